package since

import (
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// identity is what a document is in both trees: the number of its pair, or its place in a file that did not change, or its id.
type identity struct {
	pair  int
	path  string // as the old tree has it
	index int
	id    string
}

// key is what two findings have in common that are the same one.
type key struct {
	check string
	of    identity
	place lint.Place
	text  string // the message of a finding that is about no document
}

// Introduced are the findings of the working tree that the old tree does not have, in their order. Equal findings are counted: of three
// where there were two, the last is new. A finding that is about two documents alike is told of the one that the change brought.
func (t *Tree) Introduced(now, before []lint.Finding) []lint.Finding {
	had := map[key]int{}
	for i := range before {
		had[t.key(&before[i], true)]++
	}
	var fresh []lint.Finding
	for i := range now {
		if k := t.key(&now[i], false); had[k] > 0 {
			had[k]--
		} else {
			fresh = append(fresh, now[i])
		}
	}
	// Of two files that say the same, a check reports one. It may have been the other before one of them moved.
	swapped := map[key]int{}
	for i := range before {
		f := &before[i]
		if k := t.key(f, true); had[k] > 0 && f.Check.Tree != nil && len(f.Related) == 1 {
			had[k]--
			swapped[relation(f, f.Related[0].File.Path, f.File.Path)]++
		}
	}
	out := fresh[:0]
	for i := range fresh {
		f := &fresh[i]
		if f.Check.Tree != nil && len(f.Related) == 1 {
			if k := relation(f, t.was(f.File.Path), t.was(f.Related[0].File.Path)); swapped[k] > 0 {
				swapped[k]--
				continue
			}
		}
		out = append(out, *f)
	}
	return t.turned(out)
}

// relation names a finding about two files by both.
func relation(f *lint.Finding, subject, other string) key {
	return key{check: f.Check.Code, of: identity{path: subject, id: other}, place: lint.Place{Path: f.Place.Path}}
}

// was is the path that a file of the working tree had.
func (t *Tree) was(path string) string {
	if old, ok := t.renamed[path]; ok {
		return old
	}
	return path
}

func (t *Tree) key(f *lint.Finding, old bool) key {
	k := key{check: f.Check.Code, place: f.Place}
	path := f.File.Path
	if who, ok := t.who[document{old, path, f.Subject.Document}]; ok {
		k.of = who
		return k
	}
	if !old {
		path = t.was(path)
	}
	k.of = identity{path: path, index: f.Subject.Document}
	if t.changed[path] { // a document that could not be paired may stand elsewhere in its file now
		k.of.index, k.of.id = 0, strings.ToLower(f.Subject.ID)
	}
	if f.Subject.Document == 0 && f.Place == (lint.Place{}) {
		k.text = f.Message
	}
	return k
}

// Between are the documents of a file that differ from an earlier version of it, or stand beside it: what an example of a check shows.
func Between(old, new *source.File) []lint.Change {
	was, _ := rules.Parse(old)
	is, _ := rules.Parse(new)
	var out []lint.Change
	for i, d := range is {
		c := lint.Change{New: d}
		if i < len(was) {
			c.Old = was[i]
		}
		out = append(out, c)
	}
	return out
}
