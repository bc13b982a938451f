package logic

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// rawField is where a witness keeps the event as a whole.
var rawField = match.RawFields[0]

// trial makes an event to order: one on which a given node of a sheet decides. It only guesses, each guess is read into the
// sheet, and where all fail the exact search answers.
type trial struct {
	sheet   *sheet
	theory  *theory     // for its guesses
	tired   func() bool // nothing is left to try anything; nil is never
	attempt int
	demands []fieldDemand
}

// fieldDemand is what the texts of one field are asked for.
type fieldDemand struct {
	groups   [][]int32 // of each, one test must hold
	forbids  []int32   // tests that must not hold
	asked    bool
	wantNull bool
	wantText bool
}

// attempts is how many ways of meeting alternatives are tried.
const attempts = 4

// triedPlaces bounds the places of one part that are tried: an identifier that a condition names a thousand times matters in the first ones, or
// the search tells.
const triedPlaces = 32

// triedValues bounds the values of a list, and triedTexts the texts, that are tried for one field.
const (
	triedValues = 24
	triedTexts  = 48
)

// event gives an event on which the part at the nodes does not hold as `by` says, and where that matters. The sheet has read it.
func (t *trial) event(nodes []int32, by bool) ([]fieldValue, bool) {
	for t.attempt = range attempts {
		for _, n := range nodes[:min(len(nodes), triedPlaces)] {
			if t.tired != nil && t.tired() {
				return nil, false
			}
			t.demands = make([]fieldDemand, len(t.sheet.fields))
			t.around(n)
			t.demand(n, !by)
			cast := t.cast()
			t.sheet.read(cast)
			if t.sheet.changes(nodes, by) {
				return cast, true
			}
		}
	}
	return nil, false
}

// sibling gives such an event for another value of the list for which the last one was made: only the text of its field changes, and
// of the tests on that field only those two values tell the texts apart. So nothing has to be read.
func (t *trial) sibling(node int32, last *lastTrial) ([]fieldValue, bool) {
	s := t.sheet
	leaf, old := s.nodes[node].leaf, s.nodes[last.node].leaf
	field := s.field(s.leaves[leaf])
	if s.field(s.leaves[old]) != field || s.fields[field].opaque {
		return nil, false
	}
	if last.groups == nil {
		last.groups = [][]int32{nil}
		for _, g := range t.demands[field].groups {
			if len(g) != 1 || g[0] != old {
				last.groups = append(last.groups, g)
			}
		}
		last.others = s.hits(field, last.cast[field].text, old)
	}
	last.groups[0] = []int32{leaf}
	var next []fieldValue
	t.eachText(field, last.groups, func(text string) bool {
		runes := []rune(text)
		s.work += s.leaves[leaf].reading(len(runes))
		if s.leaves[leaf].holdsOn(text, runes) && same(s.hits(field, text, leaf), last.others) {
			next = append([]fieldValue(nil), last.cast...)
			next[field] = fieldValue{isText, text}
		}
		return next == nil
	})
	return next, next != nil
}

func same(a, b []int32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// around demands that everything beside the way from a node to the root stays neutral.
func (t *trial) around(n int32) {
	for up := t.sheet.nodes[n].parent; up >= 0; n, up = up, t.sheet.nodes[up].parent {
		p := &t.sheet.nodes[up]
		if p.op == opNot {
			continue
		}
		for _, a := range p.args {
			if a != n {
				t.demand(a, p.op == opAnd)
			}
		}
	}
}

func (t *trial) demand(n int32, want bool) {
	node := &t.sheet.nodes[n]
	t.sheet.work++
	switch {
	case node.op == opNot:
		t.demand(node.args[0], !want)
	case node.op == opLeaf:
		t.one([]int32{node.leaf}, want)
	case node.op != opAnd && node.op != opOr:
	case (node.op == opAnd) == want:
		for _, a := range node.args {
			t.demand(a, want)
		}
	case want && t.list(node):
		leaves := make([]int32, len(node.args))
		for i, a := range node.args {
			leaves[i] = t.sheet.nodes[a].leaf
		}
		t.one(leaves, true)
	default:
		t.demand(node.args[t.attempt%len(node.args)], want)
	}
}

// list reports alternatives that are all tests of text on one field.
func (t *trial) list(node *sheetNode) bool {
	t.sheet.work += len(node.args)
	for _, a := range node.args {
		n := &t.sheet.nodes[a]
		if n.op != opLeaf || !t.sheet.leaves[n.leaf].merges() || t.sheet.leaves[n.leaf].field != t.sheet.leaves[t.sheet.nodes[node.args[0]].leaf].field {
			return false
		}
	}
	return true
}

func (t *trial) one(leaves []int32, want bool) {
	l := t.sheet.leaves[leaves[0]]
	d := &t.demands[t.sheet.field(l)]
	switch l.kind {
	case textLeaf, orderedLeaf:
		if want {
			d.groups = append(d.groups, leaves)
			d.asked = true
		} else {
			d.forbids = append(d.forbids, leaves...)
		}
	case opaqueLeaf:
		d.wantText = d.wantText || want
	case nullLeaf:
		d.wantNull, d.wantText = d.wantNull || want, d.wantText || !want
	case existsLeaf:
		d.wantText = d.wantText || want
	case absentLeaf:
		d.wantText = d.wantText || !want
	}
}

// cast fills every field as well as the demands on it can be met one by one.
func (t *trial) cast() []fieldValue {
	out := t.sheet.empty()
	t.sheet.work += castUnits * len(t.demands)
	for i, d := range t.demands {
		f := &t.sheet.fields[i]
		switch {
		case f.opaque:
			if d.wantText {
				out[i] = fieldValue{presence: isText}
			}
			continue
		case d.wantNull || !d.asked && !d.wantText && f.name != "":
			continue
		}
		first := true
		t.eachText(int32(i), d.groups, func(text string) bool {
			met := t.met(d, text)
			if met || first {
				out[i] = fieldValue{isText, text}
			}
			first = false
			return !met
		})
	}
	return out
}

// met reports that a text meets all demands.
func (t *trial) met(d fieldDemand, text string) bool {
	runes := []rune(text)
	holds := func(n int32) bool {
		t.sheet.work += t.sheet.leaves[n].reading(len(text))
		return t.sheet.leaves[n].holdsOn(text, runes)
	}
	for _, g := range d.groups {
		found := false
		for _, n := range g {
			if holds(n) {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	for _, n := range d.forbids {
		if holds(n) {
			return false
		}
	}
	return true
}

// castUnits is what making up a text costs beside its parts; so many parts are looked for in a text for one unit per character.
const (
	castUnits     = 60
	comparedParts = 8
)

// assembling is what putting one text together of some shapes takes, in units of a meter: every part is looked for among the others.
func assembling(lists [][]shape) int {
	size := castUnits
	for _, shapes := range lists {
		size += sizeOf(shapes)
	}
	return size * (1 + len(lists)/comparedParts)
}

// sizeOf is how many parts and characters shapes have.
func sizeOf(shapes []shape) (size int) {
	for _, s := range shapes {
		size += len(s.start) + len(s.end) + len(s.middle)
		for _, m := range s.middle {
			size += len(m)
		}
	}
	return size
}

// alternatives are the shapes of tests of which one must hold, taken apart as they are asked for.
type alternatives struct {
	leaves []int32 // those that were not taken apart yet
	shapes []shape
}

// upTo takes apart what it takes to know the shape with this index; false when there are fewer.
func (t *trial) upTo(a *alternatives, i int) bool {
	for len(a.shapes) <= i && len(a.leaves) > 0 && len(a.shapes) < triedValues {
		a.shapes = append(a.shapes, t.sheet.shapes(a.leaves[0])...)
		a.leaves = a.leaves[1:]
	}
	return i < len(a.shapes)
}

// eachText visits what to try for a field, until visit returns false.
func (t *trial) eachText(field int32, groups [][]int32, visit func(text string) bool) {
	lists := make([]alternatives, 0, len(groups))
	for _, g := range groups {
		if a := (alternatives{leaves: g}); t.upTo(&a, 0) {
			lists = append(lists, a)
		}
	}
	if len(lists) == 0 {
		for _, text := range []string{"x", "unknown", "0", "yz"} {
			if !visit(text) {
				return
			}
		}
		return
	}
	picked := make([]shape, len(lists))
	visited := 0
	for i := 0; visited < triedTexts; i++ {
		more := false
		for k := range lists {
			more = t.upTo(&lists[k], i) || more
			picked[k] = lists[k].shapes[min(i, len(lists[k].shapes)-1)]
		}
		if !more {
			return
		}
		if t.sheet.work += (castUnits + sizeOf(picked)) * (1 + len(picked)/comparedParts); t.tired != nil && t.tired() {
			return
		}
		if len(picked) > 1 && picked[0].whole {
			// A whole text may meet the rest as it is.
			if i == 0 {
				if visited++; !visit(picked[0].start) {
					return
				}
			}
			continue
		}
		for _, text := range t.theory.assemble(t.sheet.fields[field].name, picked) {
			if visited++; !visit(text) {
				return
			}
		}
		if len(picked) > 1 {
			for _, text := range t.plain(picked) {
				if visited++; !visit(text) {
					return
				}
			}
		}
	}
}

// plain puts shapes together without any care for looks.
func (t *trial) plain(picked []shape) []string {
	var start, end string
	var middle []string
	for _, s := range picked {
		if s.whole {
			return []string{s.start}
		}
		if len(s.start) > len(start) {
			start = s.start
		}
		if len(s.end) > len(end) {
			end = s.end
		}
		middle = append(middle, s.middle...)
	}
	return []string{start + strings.Join(middle, "") + end, start + strings.Join(middle, " q ") + end}
}

// trialShapes is the shapes of a test, those of addresses and numbers included.
func (l *leaf) trialShapes() []shape {
	whole := func(texts ...string) []shape {
		var out []shape
		for _, s := range texts {
			out = append(out, shape{start: s, whole: true})
		}
		return out
	}
	switch l.test.Kind {
	case rules.CIDRTest:
		n := network(l.test)
		first := n.Masked().Addr()
		return whole(first.Next().String(), first.String(), lastAddr(n).String())
	case rules.CompareTest:
		if n, err := strconv.Atoi(l.test.Number.Text); err == nil {
			return whole(strconv.Itoa(n), strconv.Itoa(n+1), strconv.Itoa(n-1))
		}
		return whole(l.test.Number.Text)
	}
	return l.shapes()
}

// lastAddr is the highest address of a network.
func lastAddr(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
