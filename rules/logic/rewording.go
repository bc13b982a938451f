package logic

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Edit is one place where two versions of a detection are worded differently. It says nothing about events: an edit may change
// nothing, and only the change as a whole has a meaning.
type Edit struct {
	Text    string // in words
	Removed []Part // what only the old version has
	Added   []Part // what only the new version has
}

// Reworded lists where two versions of a detection differ, in source order. Order and layout do not count.
func Reworded(old, new *rules.Detections) []Edit {
	var w rewording
	w.identifiers(old, new)
	w.conditions(old, new)
	return w.edits
}

// rewording collects edits.
type rewording struct {
	edits []Edit
	at    string // the identifier that is being compared, as `in ...`
}

func (w *rewording) add(removed, added []Part, format string, args ...any) {
	w.edits = append(w.edits, Edit{fmt.Sprintf(format, args...), removed, added})
}

func (w *rewording) identifiers(old, new *rules.Detections) {
	var gone []*rules.Detection
	renamed := map[*rules.Detection]bool{}
	for _, d := range old.Named {
		if n := new.Find(d.Name); n != nil {
			w.at = "in " + quoted(d.Name)
			w.block(d.Block, n.Block)
		} else {
			gone = append(gone, d)
		}
	}
	for _, d := range gone {
		var twin *rules.Detection
		for _, n := range new.Named {
			if twin == nil && !renamed[n] && old.Find(n.Name) == nil && sameNode(d.Node, n.Node) {
				twin = n
			}
		}
		if twin != nil {
			renamed[twin] = true
			w.add(nil, nil, "%s is called %s now", quoted(d.Name), quoted(twin.Name))
		} else {
			w.add([]Part{d}, nil, "%s is gone", quoted(d.Name))
		}
	}
	for _, n := range new.Named {
		if old.Find(n.Name) == nil && !renamed[n] {
			w.add(nil, []Part{n}, "%s is new", quoted(n.Name))
		}
	}
}

func (w *rewording) conditions(old, new *rules.Detections) {
	was, is := conditionTexts(old), conditionTexts(new)
	if len(was) == 1 && len(is) == 1 {
		if was[0] != is[0] {
			w.add(nil, nil, "the condition %s became %s", quoted(was[0]), quoted(is[0]))
		}
		return
	}
	gone, come := difference(was, is), difference(is, was)
	for _, k := range gone {
		w.add([]Part{old.Conditions[k].Root}, nil, "the condition %s is gone", quoted(was[k]))
	}
	for _, k := range come {
		w.add(nil, []Part{new.Conditions[k].Root}, "the condition %s is new", quoted(is[k]))
	}
}

func conditionTexts(d *rules.Detections) []string {
	var out []string
	for _, c := range d.Conditions {
		out = append(out, strings.Join(strings.Fields(c.Text), " "))
	}
	return out
}

func (w *rewording) block(old, new *rules.Block) {
	switch {
	case sameNode(old.Node, new.Node):
	case old.Shape == rules.MapShape && new.Shape == rules.MapShape:
		w.items(old.Items, new.Items)
	case old.Shape == rules.KeywordsShape && new.Shape == rules.KeywordsShape:
		w.values(old.Items[0], new.Items[0], "the keywords")
	case old.Shape == rules.ListShape && new.Shape == rules.ListShape:
		w.alternatives(old.Alternatives, new.Alternatives)
	default:
		w.add([]Part{old}, []Part{new}, "%s is written another way", strings.TrimPrefix(w.at, "in "))
	}
}

// alternatives pairs the maps of two lists: equal ones first, then the others in their order when there are as many.
func (w *rewording) alternatives(old, new []*rules.Block) {
	key := func(list []*rules.Block) []string {
		var out []string
		for _, b := range list {
			out = append(out, canonical(b.Node))
		}
		return out
	}
	gone, come := difference(key(old), key(new)), difference(key(new), key(old))
	if len(gone) == len(come) {
		for k := range gone {
			w.block(old[gone[k]], new[come[k]])
		}
		return
	}
	for _, k := range gone {
		w.add([]Part{old[k]}, nil, "alternative %d %s is gone", k+1, w.at)
	}
	for _, k := range come {
		w.add(nil, []Part{new[k]}, "alternative %d %s is new", k+1, w.at)
	}
}

// items pairs the entries of two maps: those with one key, then those with one field.
func (w *rewording) items(old, new []*rules.Item) {
	key := func(list []*rules.Item) []string {
		var out []string
		for _, i := range list {
			out = append(out, i.KeyText())
		}
		return out
	}
	gone, come := difference(key(old), key(new)), difference(key(new), key(old))
	for _, o := range old {
		for _, n := range new {
			if o.KeyText() == n.KeyText() {
				w.values(o, n, quoted(o.KeyText()))
				break
			}
		}
	}
	taken := map[int]bool{}
	for _, k := range gone {
		twin := -1
		for _, m := range come {
			if twin < 0 && !taken[m] && old[k].Field == new[m].Field {
				twin = m
			}
		}
		if twin < 0 {
			w.add([]Part{old[k]}, nil, "%s is gone %s", quoted(old[k].KeyText()), w.at)
			continue
		}
		taken[twin] = true
		rest := ""
		if !sameNode(old[k].Node, new[twin].Node) {
			rest = ", with other values"
		}
		w.add([]Part{old[k]}, []Part{new[twin]}, "%s became %s %s%s", quoted(old[k].KeyText()), quoted(new[twin].KeyText()), w.at, rest)
	}
	for _, m := range come {
		if !taken[m] {
			w.add(nil, []Part{new[m]}, "%s is new %s", quoted(new[m].KeyText()), w.at)
		}
	}
}

func (w *rewording) values(old, new *rules.Item, of string) {
	key := func(i *rules.Item) []string {
		var out []string
		for _, v := range i.Values {
			out = append(out, canonical(v.Node))
		}
		return out
	}
	gone, come := difference(key(old), key(new)), difference(key(new), key(old))
	removed, names := chosenTests(old, gone)
	added, others := chosenTests(new, come)
	switch {
	case len(gone) == 0 && len(come) == 0:
	case len(come) == 0:
		w.add(removed, nil, "%s removed from %s %s", names, of, w.at)
	case len(gone) == 0:
		w.add(nil, added, "%s added to %s %s", others, of, w.at)
	default:
		w.add(removed, added, "%s replaced by %s in %s %s", names, others, of, w.at)
	}
}

// chosenTests are the tests of some values, and the values in words.
func chosenTests(i *rules.Item, chosen []int) (parts []Part, names string) {
	var shown []string
	for n, k := range chosen {
		if k < len(i.Tests) {
			parts = append(parts, i.Tests[k])
		}
		if n < shownValues {
			shown = append(shown, quoted(valueText(i.Values[k])))
		}
	}
	names = strings.Join(shown, ", ")
	if more := len(chosen) - len(shown); more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return parts, names
}

func valueText(v *rules.Value) string {
	if v.Kind == rules.NullValue {
		return "null"
	}
	return v.Text
}

// difference is the indices of the entries of a that b lacks, counted: what a has twice and b once is listed once.
func difference(a, b []string) []int {
	count := map[string]int{}
	for _, s := range b {
		count[s]++
	}
	var out []int
	for k, s := range a {
		if count[s]--; count[s] < 0 {
			out = append(out, k)
		}
	}
	return out
}

// sameNode reports that two parts of a detection say the same: only order, layout, comments and quotes that change no type differ.
func sameNode(a, b *source.Node) bool { return canonical(a) == canonical(b) }

// canonical is a part of a detection as one text, equal for parts that say the same. Order means nothing in detections: maps are
// ANDs, lists are ORs or ANDs.
func canonical(n *source.Node) string {
	if n == nil {
		return "!"
	}
	var parts []string
	switch n.Kind {
	case source.Map:
		seen, repeated := map[string]bool{}, false
		for _, e := range n.Entries {
			parts = append(parts, canonical(e.Key)+"="+canonical(e.Value))
			repeated = repeated || seen[e.Key.Value]
			seen[e.Key.Value] = true
		}
		if !repeated { // of a repeated key, readers disagree on which entry counts
			sort.Strings(parts)
		}
		return "{" + strings.Join(parts, ",") + "}"
	case source.List:
		for _, i := range n.Items {
			parts = append(parts, canonical(i))
		}
		sort.Strings(parts)
		return "[" + strings.Join(parts, ",") + "]"
	}
	// The length keeps texts that hold brackets apart.
	return fmt.Sprintf("%s %d:%s", n.Tag, len(n.Value), n.Value)
}
