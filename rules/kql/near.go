package kql

import (
	"slices"
	"strings"
)

// Nearest fields for a message: how many, and how many edits away at most.
const (
	nearShown = 3
	nearReach = 3
)

// near are the fields, then the columns, of a table whose names come closest to a word, best first.
func (t *Tables) near(x *table, word string) []string {
	type hit struct {
		name string
		far  int
	}
	var hits []hit
	seen := map[string]bool{}
	for _, names := range [][]string{x.order, t.shared.order, x.names} {
		for _, name := range names {
			if d := edits(strings.ToLower(word), strings.ToLower(name)); d <= nearReach && d < len(word) && !seen[name] {
				seen[name] = true
				hits = append(hits, hit{name, d})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.far - b.far })
	var out []string
	for _, h := range hits[:min(len(hits), nearShown)] {
		out = append(out, "`"+h.name+"`")
	}
	return out
}

// edits is the Levenshtein distance in bytes; names of columns are ASCII.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for k := range row {
		row[k] = k
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for k := range len(b) {
			change := diagonal
			if a[i] != b[k] {
				change++
			}
			diagonal = row[k+1]
			row[k+1] = min(change, row[k]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
