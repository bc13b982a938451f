package nearest

import (
	"sort"
	"strings"
	"unicode/utf8"
)

const (
	// Suggestions is how many candidates a message shows at most.
	Suggestions = 3
	// farthest is the number of edits up to which a suggestion helps.
	farthest = 2
	// shortWord is the length below which two edits turn a word into an unrelated one.
	shortWord = 5
)

// Of returns the candidates within reach of word, at most max of them: fewest edits first, then in the
// order given, so that a caller who sorts candidates by use gets the commonest first. Reach is two
// edits, one when word has fewer than five letters. Letter case does not count as an edit; a candidate
// equal to word is left out, one that differs only by case comes first. Repeated candidates count once.
func Of(word string, candidates []string, max int) []string {
	reach := farthest
	if utf8.RuneCountInString(word) < shortWord {
		reach = farthest - 1
	}
	folded := []rune(strings.ToLower(word))
	type hit struct {
		name     string
		distance int
	}
	var hits []hit
	seen := map[string]bool{word: true}
	for _, c := range candidates {
		if seen[c] {
			continue
		}
		seen[c] = true
		if d := distance(folded, []rune(strings.ToLower(c)), reach); d <= reach {
			hits = append(hits, hit{c, d})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].distance < hits[j].distance })
	if len(hits) > max {
		hits = hits[:max]
	}
	var names []string
	for _, h := range hits {
		names = append(names, h.name)
	}
	return names
}

// Distance is the Damerau–Levenshtein distance between two words in its restricted form (optimal string
// alignment): the number of inserted, deleted, replaced or swapped neighbouring letters, no letter edited
// twice. It counts code points and letter case.
func Distance(a, b string) int {
	return distance([]rune(a), []rune(b), len(a)+len(b))
}

// distance stops counting beyond reach: any result above reach only means "farther".
func distance(a, b []rune, reach int) int {
	if len(a)-len(b) > reach || len(b)-len(a) > reach {
		return reach + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > reach+1 {
			return reach + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
