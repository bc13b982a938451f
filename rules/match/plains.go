package match

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// plains answers the OR over the plain case-insensitive texts of an item: nearly all that rules ask. Side by side in memory, they are compared with
// the folded text of a value without asking for each what kind of test it is.
type plains struct {
	patterns []pattern // whole, prefix, suffix, inside; none is cased
	insides  bool      // there is an inside, which needs the folded text
}

// takePlains moves the plain tests of an OR into plains, and returns the rest.
func takePlains(tests []*test) (plains, []*test) {
	var p plains
	var rest []*test
	for _, t := range tests {
		if !t.plain() {
			rest = append(rest, t)
			continue
		}
		for _, of := range t.patterns {
			p.patterns = append(p.patterns, of)
			p.insides = p.insides || of.shape == inside
		}
	}
	return p, rest
}

func (t *test) plain() bool {
	for i := range t.patterns {
		if p := &t.patterns[i]; p.cased || p.shape > inside {
			return false
		}
	}
	return t.kind == rules.TextTest
}

// has reports whether any of the texts matches v or, for an array, any element of it.
func (p *plains) has(v *value) bool {
	if v == nil {
		return false
	}
	if !v.scalar() {
		for _, item := range v.items {
			if p.has(item) {
				return true
			}
		}
		return false
	}
	if !p.insides && !v.isFolded() { // the other shapes mostly do without folding
		for i := range p.patterns {
			if p.patterns[i].matches(v) {
				return true
			}
		}
		return false
	}
	text := v.lower()
	for i := range p.patterns {
		if p.patterns[i].isIn(text) {
			return true
		}
	}
	return false
}

// isIn is matchesText for a plain pattern. The byte of an end that is looked at first is the one farthest inside: many texts end with `.exe`,
// few have a backslash where one begins.
func (p *pattern) isIn(text string) bool {
	n := len(p.literal)
	if n > len(text) {
		return false
	}
	switch p.shape {
	case whole:
		return text == p.literal
	case prefix:
		return text[n-1] == p.literal[n-1] && text[:n] == p.literal
	case suffix:
		return text[len(text)-n] == p.literal[0] && text[len(text)-n:] == p.literal
	}
	return strings.Contains(text, p.literal)
}
