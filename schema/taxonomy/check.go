package taxonomy

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/nearest"
)

// Part is a part of a log source.
type Part string

const (
	Product  Part = "product"
	Category Part = "category"
	Service  Part = "service"
)

// Doubt is what CheckLogsource doubts.
type Doubt uint8

const (
	PartMisspelt       Doubt = iota // the value is unknown and within two edits of known ones
	PartSwapped                     // the value is known, but only as another part
	UnknownPart                     // the value is unknown and resembles nothing
	UnknownCombination              // every value is known, the combination is not
)

// Problem is one doubt about a log source.
type Problem struct {
	Doubt       Doubt
	Part        Part     // the part in doubt; empty for UnknownCombination
	Value       string   // its value
	Suggestions []string // for PartMisspelt, best first, at most three
	Belongs     Part     // for PartSwapped: the part that has this value
	Known       []Key    // for UnknownCombination: known log sources that share a part, at most three
}

// CheckLogsource says what is doubtful about a log source, empty parts being unset. Values compare without
// regard to letter case. A known log source has no problems, nor has one without any part, which is
// another check's business. A misspelt or swapped part comes alone: the rest follows from it. Tables age
// quickly, so an unknown part or combination is a hint and never an error.
func (t *Table) CheckLogsource(product, category, service string) []Problem {
	key := Key{strings.ToLower(product), strings.ToLower(category), strings.ToLower(service)}
	if _, ok := t.logsources[key]; ok || key == (Key{}) {
		return nil
	}
	var likely, unknown []Problem
	for _, part := range []Part{Product, Category, Service} {
		value := key.part(part)
		if value == "" || t.uses(part, value) > 0 {
			continue
		}
		if other, ok := t.home(part, value); ok {
			likely = append(likely, Problem{Doubt: PartSwapped, Part: part, Value: value, Belongs: other})
			continue
		}
		if near := t.near(part, value, key); len(near) > 0 {
			likely = append(likely, Problem{Doubt: PartMisspelt, Part: part, Value: value, Suggestions: near})
			continue
		}
		unknown = append(unknown, Problem{Doubt: UnknownPart, Part: part, Value: value})
	}
	switch {
	case len(likely) > 0:
		return likely
	case len(unknown) > 0:
		return unknown
	}
	return []Problem{{Doubt: UnknownCombination, Known: first(t.relatives(key))}}
}

func (k Key) part(p Part) string {
	switch p {
	case Product:
		return k.Product
	case Category:
		return k.Category
	}
	return k.Service
}

// uses counts the log sources that have the value as this part.
func (t *Table) uses(part Part, value string) int {
	n := 0
	for _, k := range t.keys {
		if k.part(part) == value {
			n++
		}
	}
	return n
}

// home finds the part to which a value belongs that is unknown as part.
func (t *Table) home(part Part, value string) (Part, bool) {
	for _, other := range []Part{Product, Category, Service} {
		if other != part && t.uses(other, value) > 0 {
			return other, true
		}
	}
	return "", false
}

// near finds known values for a part, those that make a known log source with the other parts first.
func (t *Table) near(part Part, value string, key Key) []string {
	if utf8.RuneCountInString(value) < shortestGuess {
		// Short names are one edit from each other (`dns`, `pim`, `aaa`); only a fitting one is a guess.
		return t.fitting(part, nearest.Of(value, t.values(part), len(t.keys)), key)
	}
	names := nearest.Of(value, t.values(part), len(t.keys))
	fitting := t.fitting(part, names, key)
	for _, n := range names {
		if !slices.Contains(fitting, n) {
			fitting = append(fitting, n)
		}
	}
	return first(fitting)
}

// fitting are the values that make a known log source in the place of the part.
func (t *Table) fitting(part Part, values []string, key Key) []string {
	var fit []string
	for _, v := range values {
		k := key
		switch part {
		case Product:
			k.Product = v
		case Category:
			k.Category = v
		case Service:
			k.Service = v
		}
		if _, ok := t.logsources[k]; ok {
			fit = append(fit, v)
		}
	}
	return fit
}

// values are the known values of a part, in alphabetical order.
func (t *Table) values(part Part) []string {
	var values []string
	for _, k := range t.keys {
		if v := k.part(part); v != "" {
			values = append(values, v)
		}
	}
	sort.Strings(values)
	return slices.Compact(values)
}

// relatives are known log sources that agree in most parts, commonest first.
func (t *Table) relatives(key Key) []Key {
	shared := func(k Key) int {
		n := 0
		for _, part := range []Part{Product, Category, Service} {
			if v := key.part(part); v != "" && k.part(part) == v {
				n++
			}
		}
		return n
	}
	var found []Key
	for _, k := range t.keys {
		if shared(k) > 0 {
			found = append(found, k)
		}
	}
	sort.SliceStable(found, func(i, j int) bool {
		if a, b := shared(found[i]), shared(found[j]); a != b {
			return a > b
		}
		return t.logsources[found[i]].Rules > t.logsources[found[j]].Rules
	})
	return found
}
