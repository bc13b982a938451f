package logic

import (
	"slices"

	"github.com/sigtune/sigtune/rules"
)

// sheet is a formula laid out flat. One event, read into it, tells of every node whether it holds and whether it decides: whether the
// formula would come out differently if the node did. So one event answers many questions about parts at once, and most
// questions about published rules never reach the search.
type sheet struct {
	nodes  []sheetNode // parents before their arguments
	leaves []*leaf     // each once
	fields []sheetField
	byName map[any]int32
	at     map[Part][]int32 // the nodes that stand for a part

	// What the last event that was read says.
	cast    []fieldValue
	truth   []bool // of leaves
	holds   []bool // of nodes
	decides []bool // of nodes

	replaced []bool       // of nodes: scratch of evaluate
	taken    []takenApart // of leaves

	work int // in units of a meter
}

type sheetNode struct {
	op       operator
	negated  bool // below an odd number of negations
	parent   int32
	leaf     int32
	args     []int32
	original *Formula
}

// sheetField is a field and the tests on it. An opaque test has a field of its own.
type sheetField struct {
	name   string
	opaque bool
	leaves []int32
	finder *finder
}

// fieldValue is what a field of an event holds. For opaque tests, text means that they hold.
type fieldValue struct {
	presence presence
	text     string
}

var absent = fieldValue{presence: isAbsent}

func newSheet(f *Formula) *sheet {
	nodes, leaves, parts := 0, 0, 0
	f.each(func(g *Formula) {
		nodes++
		parts += len(g.parts)
		if g.leaf != nil {
			leaves++
		}
	})
	s := &sheet{byName: map[any]int32{}, at: make(map[Part][]int32, parts)}
	s.nodes, s.leaves = make([]sheetNode, 0, nodes), make([]*leaf, 0, leaves)
	numbers := make([]int32, nodes+parts)
	s.lay(f, -1, false, map[*leaf]int32{}, &numbers)
	marks := make([]bool, len(s.leaves)+3*len(s.nodes))
	cut := func(n int) (list []bool) {
		list, marks = marks[:n:n], marks[n:]
		return list
	}
	s.truth, s.holds, s.decides, s.replaced = cut(len(s.leaves)), cut(len(s.nodes)), cut(len(s.nodes)), cut(len(s.nodes))
	for i := range s.fields {
		s.fields[i].finder = newFinder(s.leaves, s.fields[i].leaves)
	}
	return s
}

// takenApart is a test with its shapes, once they were asked for.
type takenApart struct {
	done   bool
	shapes []shape
}

// shapes takes a test apart, once.
func (s *sheet) shapes(leaf int32) []shape {
	if s.taken == nil {
		s.taken = make([]takenApart, len(s.leaves))
	}
	t := &s.taken[leaf]
	if !t.done {
		*t = takenApart{true, s.leaves[leaf].trialShapes()}
	}
	return t.shapes
}

// lay adds a node and everything below it. numbers is room for lists of nodes: one entry for each node and part.
func (s *sheet) lay(f *Formula, parent int32, negated bool, known map[*leaf]int32, numbers *[]int32) int32 {
	take := func(n int) (list []int32) {
		list, *numbers = (*numbers)[:n:n], (*numbers)[n:]
		return list
	}
	id := int32(len(s.nodes))
	s.nodes = append(s.nodes, sheetNode{op: f.op, parent: parent, negated: negated, leaf: -1, original: f})
	for _, p := range f.parts {
		if at := s.at[p]; at != nil {
			s.at[p] = append(at, id)
			continue
		}
		at := take(1)
		at[0] = id
		s.at[p] = at
	}
	if f.leaf != nil {
		n, ok := known[f.leaf]
		if !ok {
			n = int32(len(s.leaves))
			known[f.leaf] = n
			s.leaves = append(s.leaves, f.leaf)
			field := s.field(f.leaf)
			s.fields[field].leaves = append(s.fields[field].leaves, n)
		}
		s.nodes[id].leaf = n
	}
	args := take(len(f.args))
	for i, a := range f.args {
		args[i] = s.lay(a, id, negated != (f.op == opNot), known, numbers)
	}
	s.nodes[id].args = args
	return id
}

// field is the place where a test is decided.
func (s *sheet) field(l *leaf) int32 {
	var key any = l.field
	if l.kind == opaqueLeaf {
		key = struct{ opaque any }{l.opaqueKey()}
	}
	n, ok := s.byName[key]
	if !ok {
		n = int32(len(s.fields))
		s.byName[key] = n
		s.fields = append(s.fields, sheetField{name: l.field, opaque: l.kind == opaqueLeaf})
	}
	return n
}

// empty is an event without any of the fields. Keywords are searched in a raw message that says nothing.
func (s *sheet) empty() []fieldValue {
	cast := make([]fieldValue, len(s.fields))
	for i, f := range s.fields {
		cast[i] = absent
		if f.name == "" && !f.opaque {
			cast[i] = fieldValue{isText, silence}
		}
	}
	return cast
}

// silence is a raw message that no keyword is expected to be found in.
const silence = "x"

// fromEvent is the cast of an event; ok is false when it holds what a cast cannot say.
func (s *sheet) fromEvent(e Event) (cast []fieldValue, ok bool) {
	cast = s.empty()
	for i, f := range s.fields {
		name := f.name
		switch {
		case f.opaque:
			continue
		case name == "":
			raw := e.rawTexts()
			if len(raw) != 1 {
				return nil, false
			}
			cast[i] = fieldValue{isText, raw[0]}
			continue
		}
		v, present := e[name]
		switch {
		case !present:
		case v == nil:
			cast[i] = fieldValue{presence: isNull}
		default:
			list := texts(v)
			if len(list) != 1 {
				return nil, false
			}
			cast[i] = fieldValue{isText, list[0]}
		}
	}
	return cast, true
}

// event is the cast as an event.
func (s *sheet) event(cast []fieldValue) Event {
	e := Event{}
	for i, f := range s.fields {
		switch {
		case f.opaque || cast[i].presence == isAbsent:
		case f.name == "":
			e[rawField] = cast[i].text
		case cast[i].presence == isNull:
			e[f.name] = nil
		default:
			e[f.name] = cast[i].text
		}
	}
	return e
}

// read takes an event in; only fields that changed since the last one are looked at again.
func (s *sheet) read(cast []fieldValue) {
	for i := range s.fields {
		if s.cast == nil || s.cast[i] != cast[i] {
			s.test(int32(i), cast[i])
		}
	}
	s.cast = append(s.cast[:0], cast...)
	s.evaluate(nil, false)
	s.decide()
}

// test decides the tests of one field.
func (s *sheet) test(field int32, v fieldValue) {
	f := &s.fields[field]
	s.work += len(f.leaves)
	if v.presence != isText || f.opaque {
		for _, n := range f.leaves {
			s.truth[n] = s.leaves[n].holdsWithout(v)
		}
		return
	}
	if f.finder == nil {
		text := []rune(v.text)
		for _, n := range f.leaves {
			s.work += s.leaves[n].reading(len(text))
			s.truth[n] = s.leaves[n].holdsOn(v.text, text)
		}
		return
	}
	for _, n := range f.leaves {
		s.truth[n] = false
	}
	s.work += f.finder.each(v.text, s.leaves, func(n int32) { s.truth[n] = true })
}

// hits lists the tests of a field that hold for a text, all but one, in order.
func (s *sheet) hits(field int32, text string, but int32) []int32 {
	f := &s.fields[field]
	var out []int32
	s.work += len(f.leaves) + len(text)
	if f.finder != nil {
		s.work += f.finder.each(text, s.leaves, func(n int32) {
			if n != but {
				out = append(out, n)
			}
		})
		slices.Sort(out)
		return slices.Compact(out)
	}
	runes := []rune(text)
	for _, n := range f.leaves {
		s.work += s.leaves[n].reading(len(runes))
		if n != but && s.leaves[n].holdsOn(text, runes) {
			out = append(out, n)
		}
	}
	return out
}

// holdsWithout decides a test on a field without text, and an opaque test on its free choice.
func (l *leaf) holdsWithout(v fieldValue) bool {
	switch l.kind {
	case nullLeaf:
		return v.presence != isText
	case existsLeaf:
		return v.presence != isAbsent
	case absentLeaf:
		return v.presence == isAbsent
	case opaqueLeaf:
		return v.presence == isText
	}
	return false
}

// holdsOn decides a test on a text, given also as runes.
func (l *leaf) holdsOn(s string, text []rune) bool {
	switch l.kind {
	case nullLeaf, absentLeaf:
		return false
	case existsLeaf:
		return true
	}
	switch l.test.Kind {
	case rules.TextTest, rules.NumberTest, rules.BoolTest:
		for _, w := range l.words {
			if w.covers(text, UnicodeFolding) {
				return true
			}
		}
		return false
	}
	return l.holdsFor(s, UnicodeFolding)
}

// evaluate fills in what holds, the given nodes replaced by a constant.
func (s *sheet) evaluate(replaced []int32, by bool) {
	s.work += len(s.nodes)
	for _, r := range replaced {
		s.replaced[r] = true
	}
	for i := len(s.nodes) - 1; i >= 0; i-- {
		if s.replaced[i] {
			s.replaced[i], s.holds[i] = false, by
			continue
		}
		n := &s.nodes[i]
		switch n.op {
		case opTrue, opFalse:
			s.holds[i] = n.op == opTrue
		case opLeaf:
			s.holds[i] = s.truth[n.leaf]
		case opNot:
			s.holds[i] = !s.holds[n.args[0]]
		case opAnd, opOr:
			s.holds[i] = n.op == opAnd
			for _, a := range n.args {
				if s.holds[a] == (n.op == opOr) {
					s.holds[i] = n.op == opOr
					break
				}
			}
		}
	}
}

// decide fills in which nodes decide.
func (s *sheet) decide() {
	s.work += len(s.nodes)
	for i := range s.decides {
		s.decides[i] = i == 0
	}
	for i := range s.nodes {
		n := &s.nodes[i]
		if !s.decides[i] {
			continue
		}
		if n.op == opNot {
			s.decides[n.args[0]] = true
			continue
		}
		if n.op != opAnd && n.op != opOr {
			continue
		}
		// An operand decides when all others are neutral.
		absorbing := n.op == opOr
		var last int32 = -1
		count := 0
		for _, a := range n.args {
			if s.holds[a] == absorbing {
				count++
				last = a
			}
		}
		switch count {
		case 0:
			for _, a := range n.args {
				s.decides[a] = true
			}
		case 1:
			s.decides[last] = true
		}
	}
}

// changes reports that replacing the nodes of one part by a constant changes the formula on the event that was read.
func (s *sheet) changes(nodes []int32, by bool) bool {
	if len(nodes) == 1 {
		return s.decides[nodes[0]] && s.holds[nodes[0]] != by
	}
	before := s.holds[0]
	s.evaluate(nodes, by)
	after := s.holds[0]
	s.evaluate(nil, false)
	return before != after
}
