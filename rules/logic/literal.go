package logic

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
)

// literal is one demand on one field that the Boolean search can choose. Literals have no negation: that a field
// ends in `/x` and that it does not are two literals, and that they exclude each other is found like every other conflict. So every
// proof is a list of conflicts that name their predicates.
type literal struct {
	id       int32
	kind     leafKind
	field    string
	negated  bool
	union    *union         // textLeaf, orderedLeaf: any of its members
	excluded map[int32]bool // members of the union that were substituted away
	leaf     *leaf          // other kinds
}

// union is several tests of one kind on one field joined by OR: a list of 4,000 values is one literal.
type union struct {
	id     int32
	field  string
	leaves []*leaf
	says   map[string][]int32 // members by what they demand, filled on first use
}

// demand is equal for tests that hold for the same texts because they say the same.
func (l *leaf) demand() string {
	t := l.test
	switch t.Kind {
	case rules.RegexTest:
		return "re " + t.Regex.Program.String()
	case rules.CIDRTest:
		return "cidr " + network(t).String()
	case rules.CompareTest:
		return string(rune('0'+t.Compare)) + t.Number.Text
	case rules.TimeTest:
		return t.Part + string(rune('0'+t.Compare)) + t.Number.Text
	}
	var key []byte
	for _, w := range l.words {
		key = append(key, 'w')
		if w.cased {
			key = append(key, 'c')
		}
		for _, g := range w.glyphs {
			key = append(key, '0'+byte(g.kind))
			if g.kind == one {
				key = utf8.AppendRune(key, g.r)
			}
		}
	}
	return string(key)
}

// within reports that every test of l is among those of m, word for word.
func (l *literal) within(m *literal) bool {
	if l.union == nil || m.union == nil || l.kind != m.kind || len(l.union.leaves)-len(l.excluded) > len(m.union.leaves) {
		return false
	}
	if l.union == m.union && len(m.excluded) == 0 {
		return true
	}
	if m.union.says == nil {
		m.union.says = map[string][]int32{}
		for i, leaf := range m.union.leaves {
			d := leaf.demand()
			m.union.says[d] = append(m.union.says[d], int32(i))
		}
	}
	inside := true
	l.live(func(_ int32, leaf *leaf) bool {
		inside = false
		for _, i := range m.union.says[leaf.demand()] {
			inside = inside || !m.excluded[i]
		}
		return inside
	})
	return inside
}

// live calls visit for every member that was not substituted away, until visit returns false.
func (l *literal) live(visit func(member int32, leaf *leaf) bool) {
	if l.union == nil {
		visit(0, l.leaf)
		return
	}
	for i, leaf := range l.union.leaves {
		if !l.excluded[int32(i)] && !visit(int32(i), leaf) {
			return
		}
	}
}

// axiom reports a fact that the caller added.
func (l *literal) axiom() bool {
	if l.union == nil {
		return l.leaf.axiom
	}
	return l.union.leaves[0].axiom
}

// leaves are the tests of the literal.
func (l *literal) leaves() []*leaf {
	var out []*leaf
	l.live(func(_ int32, leaf *leaf) bool {
		out = append(out, leaf)
		return true
	})
	return out
}

// holdsFor decides a text or ordered literal on one text directly.
func (l *literal) holdsFor(s string, folding Folding) bool {
	found := false
	text := subject{text: s}
	l.live(func(_ int32, leaf *leaf) bool {
		found = leaf.takes(&text, folding)
		return !found
	})
	return found != l.negated
}

// literals interns literals and unions, so that queries about one rule share their automata.
type literals struct {
	leafIDs  map[*leaf]int32
	unions   map[string]*union
	byKey    map[string]*literal
	opaques  map[string]int32
	all      []*literal
	buffer   []byte
	unionSeq int32
}

func newLiterals() *literals {
	return &literals{
		leafIDs: map[*leaf]int32{}, unions: map[string]*union{}, byKey: map[string]*literal{}, opaques: map[string]int32{},
	}
}

func (t *literals) leafID(l *leaf) int32 {
	id, ok := t.leafIDs[l]
	if !ok {
		id = int32(len(t.leafIDs))
		t.leafIDs[l] = id
	}
	return id
}

// group is a union literal in the making.
type group struct {
	field    string
	leaves   []*leaf
	excluded map[int32]bool
}

func (g *group) add(l *leaf, excluded bool) {
	if excluded {
		if g.excluded == nil {
			g.excluded = map[int32]bool{}
		}
		g.excluded[int32(len(g.leaves))] = true
	}
	g.leaves = append(g.leaves, l)
}

// merged is the literal of a group, or nil when nothing in it is live.
func (t *literals) merged(g *group, negated bool) *literal {
	if len(g.excluded) == len(g.leaves) {
		return nil
	}
	key := t.buffer[:0]
	for _, l := range g.leaves {
		key = binary.LittleEndian.AppendUint32(key, uint32(t.leafID(l)))
	}
	u, ok := t.unions[string(key)]
	if !ok {
		u = &union{id: t.unionSeq, field: g.field, leaves: g.leaves}
		t.unionSeq++
		t.unions[string(key)] = u
	}
	key = append(key[:0], 'u', sign(negated))
	key = binary.LittleEndian.AppendUint32(key, uint32(u.id))
	for i := range g.leaves {
		if g.excluded[int32(i)] {
			key = binary.LittleEndian.AppendUint32(key, uint32(i))
		}
	}
	t.buffer = key
	return t.intern(key, literal{kind: g.leaves[0].kind, field: g.field, negated: negated, union: u, excluded: g.excluded})
}

// single is the literal of a test that does not merge with others.
func (t *literals) single(l *leaf, negated bool) *literal {
	key := append(t.buffer[:0], 's', sign(negated))
	key = binary.LittleEndian.AppendUint32(key, uint32(t.leafID(l)))
	t.buffer = key
	return t.intern(key, literal{kind: l.kind, field: l.field, negated: negated, leaf: l})
}

func (t *literals) intern(key []byte, l literal) *literal {
	if known, ok := t.byKey[string(key)]; ok {
		return known
	}
	l.id = int32(len(t.all))
	t.all = append(t.all, &l)
	t.byKey[string(key)] = &l
	return &l
}

func sign(negated bool) byte {
	if negated {
		return '-'
	}
	return '+'
}

// opaqueKey is equal for opaque tests that hold together, whatever they mean: the same value, under the same
// modifiers, on the same field.
func (l *leaf) opaqueKey() any {
	if l.item == nil || l.test.Value == nil {
		return l.test
	}
	type sameTest struct{ key, value string }
	return sameTest{l.item.KeyText(), l.test.Value.Text}
}

// node is a formula in negation normal form over literals: only AND and OR are left.
type node struct {
	op      operator // opTrue, opFalse, opAnd, opOr or opLeaf
	literal *literal
	args    []*node
}

var (
	trueNode  = &node{op: opTrue}
	falseNode = &node{op: opFalse}
)

// normalise pushes negation down to the literals and merges tests on one field that are joined by OR.
func (t *literals) normalise(f *Formula, negated bool) *node {
	switch f.op {
	case opTrue, opFalse:
		if (f.op == opTrue) != negated {
			return trueNode
		}
		return falseNode
	case opNot:
		return t.normalise(f.args[0], !negated)
	}
	c := collector{table: t, op: f.op, groups: map[groupKey]int{}}
	if f.op == opLeaf {
		c.op = opOr // a leaf is a list of one
	}
	if negated && c.op == opOr {
		c.op = opAnd
	} else if negated {
		c.op = opOr
	}
	if f.op == opLeaf {
		c.leaf(f.leaf, negated, false)
	} else {
		c.collect(f, negated)
	}
	return c.node()
}

// collector gathers the operands of one flattened chain.
type collector struct {
	table    *literals
	op       operator // the operator after negations were pushed down
	groups   map[groupKey]int
	pending  []pending
	absorbed bool
}

// groupKey says which tests merge: those of one field and one way to be decided.
type groupKey struct {
	field string
	kind  leafKind
	order rules.TestKind // of ordered tests: addresses, or numbers
}

func (l *leaf) groupKey() groupKey {
	k := groupKey{field: l.field, kind: l.kind}
	if l.kind == orderedLeaf {
		k.order = l.test.Kind
	}
	return k
}

// merges reports tests that join with others of their field.
func (l *leaf) merges() bool { return l.kind == textLeaf || l.kind == orderedLeaf }

// pending is an operand, or a group of tests that may still grow.
type pending struct {
	node    *node
	group   *group
	negated bool
}

func (c *collector) collect(f *Formula, negated bool) {
	for _, a := range f.args {
		if c.absorbed {
			return
		}
		c.operand(a, negated)
	}
}

func (c *collector) operand(f *Formula, negated bool) {
	switch f.op {
	case opNot:
		c.operand(f.args[0], !negated)
		return
	case opTrue, opFalse:
		holds := (f.op == opTrue) != negated
		if holds != (c.op == opAnd) {
			c.absorbed = true
		} else if f.was != nil {
			c.exclude(f.was, negated)
		}
		return
	case opLeaf:
		c.leaf(f.leaf, negated, false)
		return
	}
	if (f.op == c.op) != negated {
		c.collect(f, negated)
		return
	}
	n := c.table.normalise(f, negated)
	switch {
	case n.op == opLeaf && n.literal.union != nil:
		// A list of values: it may join its siblings.
		c.literalOf(n.literal)
	default:
		c.add(n)
	}
}

func (c *collector) literalOf(l *literal) {
	if l.negated == (c.op == opOr) {
		c.add(&node{op: opLeaf, literal: l})
		return
	}
	for i, leaf := range l.union.leaves {
		c.leaf(leaf, l.negated, l.excluded[int32(i)])
	}
}

// exclude keeps tests that were substituted away as excluded members, so that the union stays the one of the whole list.
func (c *collector) exclude(f *Formula, negated bool) {
	switch {
	case f.op == opNot:
		c.exclude(f.args[0], !negated)
	case f.op == opLeaf && f.leaf.merges():
		if negated != (c.op == opOr) {
			c.leaf(f.leaf, negated, true)
		}
	case f.op == opLeaf, (f.op == c.op) == negated:
	default:
		for _, a := range f.args {
			c.exclude(a, negated)
		}
	}
}

func (c *collector) leaf(l *leaf, negated, excluded bool) {
	if !l.merges() {
		if !excluded {
			c.add(&node{op: opLeaf, literal: c.table.single(l, negated)})
		}
		return
	}
	// Members of a union are joined by OR where positive, by AND where negative.
	if negated == (c.op == opOr) {
		g := &group{field: l.field}
		g.add(l, excluded)
		c.pending = append(c.pending, pending{group: g, negated: negated})
		return
	}
	key := l.groupKey()
	at, ok := c.groups[key]
	if !ok {
		at = len(c.pending)
		c.groups[key] = at
		c.pending = append(c.pending, pending{group: &group{field: l.field}, negated: negated})
	}
	c.pending[at].group.add(l, excluded)
}

func (c *collector) add(n *node) {
	switch {
	case n.op == opTrue && c.op == opOr, n.op == opFalse && c.op == opAnd:
		c.absorbed = true
	case n.op == opTrue, n.op == opFalse:
	default:
		c.pending = append(c.pending, pending{node: n})
	}
}

func (c *collector) node() *node {
	absorbing, empty := falseNode, trueNode
	if c.op == opOr {
		absorbing, empty = trueNode, falseNode
	}
	if c.absorbed {
		return absorbing
	}
	out := &node{op: c.op}
	for _, p := range c.pending {
		if p.group == nil {
			out.args = append(out.args, p.node)
		} else if l := c.table.merged(p.group, p.negated); l != nil {
			out.args = append(out.args, &node{op: opLeaf, literal: l})
		}
	}
	switch len(out.args) {
	case 0:
		return empty
	case 1:
		return out.args[0]
	}
	return out
}

// fieldKey is where a literal is decided: its field, or for opaque tests an own place.
func (l *literal) fieldKey() any {
	if l.kind == opaqueLeaf {
		return l.leaf.opaqueKey()
	}
	return l.field
}
