package attack

import "sort"

// Limits of suggestions (spec, "Messages"): two edits, one for names below five letters.
const (
	suggestible      = 2
	suggestibleShort = 1
	shortName        = 5
	mostSuggestions  = 3
)

// nearest returns the candidates within suggestible distance of name, nearest first, then in the given order.
func nearest(name string, candidates []string) []string {
	limit := suggestible
	if len(name) < shortName {
		limit = suggestibleShort
	}
	var found []string
	distances := map[string]int{}
	for _, c := range candidates {
		if abs(len(c)-len(name)) > limit {
			continue
		}
		if d := distance(name, c); d > 0 && d <= limit {
			found = append(found, c)
			distances[c] = d
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return distances[found[i]] < distances[found[j]] })
	return firstOf(found, mostSuggestions)
}

// distance is the Damerau–Levenshtein distance of a and b, neighbouring letters swapped at most once, in bytes.
func distance(a, b string) int {
	two := make([]int, len(b)+1)
	one := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := one[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, one[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}
