package taxonomy

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/nearest"
)

// Finding is what Explain says about a field name. The order is the order in which it looks.
type Finding uint8

const (
	Known     Finding = iota // the log source has the field
	Casing                   // the log source has it in another letter case
	Elsewhere                // another log source of the product has it
	Misspelt                 // the log source has a name within two edits
	Unknown                  // none of these
)

// shortestGuess is the length from which a near miss is worth a guess: shorter field names are too close
// to each other (specification, section 2).
const shortestGuess = 6

// Explanation tells why a field name is not known, and what may have been meant.
type Explanation struct {
	Finding Finding
	// Names are the spellings that the log source knows, best first, at most three: for Casing and
	// Misspelt.
	Names []string
	// Logsources have the field, those whose rules use it most first, at most three: for Elsewhere.
	Logsources []Key
}

// Explain gives the first explanation of a field name that fits: it is known; it differs only by letter
// case; it belongs to another log source of the same product; it is a near miss; it is unknown.
// Whether that is an error depends on Complete and on the match that found the log source.
func (l *Logsource) Explain(name string) Explanation {
	own := l.content()
	if _, ok := own.fields[name]; ok {
		return Explanation{Finding: Known}
	}
	if same := own.folded[strings.ToLower(name)]; len(same) > 0 {
		return Explanation{Finding: Casing, Names: first(same)}
	}
	if others := l.elsewhere(name); len(others) > 0 {
		return Explanation{Finding: Elsewhere, Logsources: first(others)}
	}
	if utf8.RuneCountInString(name) >= shortestGuess {
		if near := nearest.Of(name, own.names, nearest.Suggestions); len(near) > 0 {
			return Explanation{Finding: Misspelt, Names: near}
		}
	}
	return Explanation{Finding: Unknown}
}

// elsewhere finds the log sources of the same product that have the field.
func (l *Logsource) elsewhere(name string) []Key {
	var keys []Key
	count := map[Key]int{}
	for _, k := range l.table.keys {
		if k.Product != l.Product || k == l.Key {
			continue
		}
		if f, ok := l.table.logsources[k].Field(name); ok {
			keys, count[k] = append(keys, k), f.Count
		}
	}
	sort.SliceStable(keys, func(i, j int) bool {
		if x, y := count[keys[i]], count[keys[j]]; x != y {
			return x > y
		}
		return l.table.logsources[keys[i]].Rules > l.table.logsources[keys[j]].Rules
	})
	return keys
}

func first[T any](list []T) []T {
	return append([]T(nil), list[:min(len(list), nearest.Suggestions)]...)
}
