package logic

import "slices"

// trie holds many text patterns as one nondeterministic automaton. For lists of `contains` values its determinised form is the
// Aho-Corasick automaton, built only where a search walks.
type trie struct {
	alphabet *alphabet
	nodes    []trieNode
}

type trieNode struct {
	edges  []trieEdge
	bySet  map[int32]int32 // where edges lead, once there are many
	star   int32           // the node behind a `*`, or none
	loop   bool            // stays on every rune: it stands behind a `*`
	accept []int32
	togo   int32
	gate   int32 // the first node behind a `*` that every text from here has to pass, or none
}

type trieEdge struct {
	set int32 // of the alphabet
	to  int32
}

const none int32 = -1

func newTrie(a *alphabet) *trie {
	return &trie{alphabet: a, nodes: []trieNode{{star: none}}}
}

// add adds the pattern of one member. sets gives the alphabet's set of every glyph.
func (t *trie) add(w word, member int32, folding Folding) {
	at := int32(0)
	for _, g := range w.glyphs {
		if g.kind == anyRun {
			if t.nodes[at].star == none {
				t.nodes = append(t.nodes, trieNode{star: none, loop: true})
				t.nodes[at].star = int32(len(t.nodes) - 1)
			}
			at = t.nodes[at].star
			continue
		}
		at = t.child(at, t.alphabet.add(glyphSet(g, w.cased, folding)))
	}
	t.nodes[at].accept = append(t.nodes[at].accept, member)
}

// manyEdges is how many edges are worth an index: only lists in scripts with thousands of characters have more.
const manyEdges = 64

func (t *trie) child(at, set int32) int32 {
	n := &t.nodes[at]
	if n.bySet != nil {
		if to, ok := n.bySet[set]; ok {
			return to
		}
	} else {
		for _, e := range n.edges {
			if e.set == set {
				return e.to
			}
		}
	}
	to := int32(len(t.nodes))
	t.nodes = append(t.nodes, trieNode{star: none})
	n = &t.nodes[at]
	n.edges = append(n.edges, trieEdge{set, to})
	switch {
	case n.bySet != nil:
		n.bySet[set] = to
	case len(n.edges) > manyEdges:
		n.bySet = map[int32]int32{}
		for _, e := range n.edges {
			n.bySet[e.set] = e.to
		}
	}
	return to
}

// glyphSet is the runes that a glyph other than `*` takes.
func glyphSet(g glyph, cased bool, folding Folding) runeSet {
	switch {
	case g.kind == anyOne:
		return everyRune
	case g.kind == anyDash:
		return dashSet
	case cased:
		return runeSet{g.r, g.r}
	}
	return setOf(folding.orbit(g.r)...)
}

// measure computes distances and gates; children stand behind their parents, so one pass backwards is enough.
func (t *trie) measure() {
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := &t.nodes[i]
		n.togo = far
		if len(n.accept) > 0 {
			n.togo = 0
		}
		for _, e := range n.edges {
			n.togo = min(n.togo, t.nodes[e.to].togo+1)
		}
		if n.star != none {
			n.togo = min(n.togo, t.nodes[n.star].togo)
		}
		n.gate = none
		switch {
		case len(n.accept) > 0:
		case n.star != none && len(n.edges) == 0:
			n.gate = n.star
		case n.star == none && len(n.edges) == 1:
			child := n.edges[0].to
			if n.gate = t.nodes[child].gate; t.nodes[child].loop {
				n.gate = child
			}
		}
	}
}

// trieView is the trie without some of its members: "the list minus value i" costs no rebuild.
type trieView struct {
	lazy
	trie     *trie
	excluded map[int32]bool
	marked   []uint32 // by node: the set it was seen in last
	mark     uint32
	sets     [][]int32           // by state: sorted nodes
	fans     map[int32][][]int32 // of nodes with many edges: by class, where they lead
}

// wideNode is how many edges are worth a table by class: with fewer, trying each is as fast.
const wideNode = 8

// fan is the edges of a node with many of them, by class.
func (v *trieView) fan(n int32) [][]int32 {
	if f, ok := v.fans[n]; ok {
		return f
	}
	a := v.trie.alphabet
	f := make([][]int32, a.size())
	units := len(f) * sliceUnits
	for _, e := range v.trie.nodes[n].edges {
		for _, class := range a.classes[e.set] {
			f[class] = append(f[class], e.to)
		}
		units += len(a.classes[e.set])
	}
	if v.fans == nil {
		v.fans = map[int32][][]int32{}
	}
	v.fans[n] = f
	v.meter.keep(costTexts, units)
	return f
}

// sliceUnits is what a slice takes beside its elements, in units of four bytes.
const sliceUnits = 6

func newTrieView(m *meter, t *trie, excluded map[int32]bool) *trieView {
	return &trieView{lazy: newLazy(m, costTexts, t.alphabet.size()), trie: t, excluded: excluded, sets: [][]int32{nil, nil}}
}

func (v *trieView) acceptsAt(n *trieNode) bool {
	if len(v.excluded) == 0 {
		return len(n.accept) > 0
	}
	for _, member := range n.accept {
		if !v.excluded[member] {
			return true
		}
	}
	return false
}

// determinising is the work that a member of a new set of nodes or instructions takes: sorting, comparing, hashing.
const determinising = 10

func (v *trieView) start() int32 { return v.state(v.reach(nil, 0)) }

// reach adds a node and what follows it without reading.
func (v *trieView) reach(nodes []int32, n int32) []int32 {
	for n != none {
		nodes = append(nodes, n)
		n = v.trie.nodes[n].star
	}
	return nodes
}

func (v *trieView) state(nodes []int32) int32 {
	if len(nodes) == 0 {
		return dead
	}
	slices.Sort(nodes)
	unique := nodes[:1]
	for _, n := range nodes[1:] {
		if n != unique[len(unique)-1] {
			unique = append(unique, n)
		}
	}
	unique = v.passed(unique)
	accept, togo := false, far
	for _, n := range unique {
		node := &v.trie.nodes[n]
		if v.acceptsAt(node) {
			if node.loop {
				return universal
			}
			accept = true
		}
		togo = min(togo, node.togo)
	}
	s, fresh := v.intern(unique)
	if fresh {
		v.sets = append(v.sets, append([]int32(nil), unique...))
		v.accept[s], v.togo[s] = accept, togo
	}
	return s
}

// passed drops nodes from which every text has to pass a gate that is in the set already: whatever they lead to, the gate does.
func (v *trieView) passed(nodes []int32) []int32 {
	loops := false
	for _, n := range nodes {
		loops = loops || v.trie.nodes[n].loop && n > 1
	}
	if !loops {
		return nodes
	}
	if v.marked == nil {
		v.marked = make([]uint32, len(v.trie.nodes))
	}
	v.mark++
	for _, n := range nodes {
		v.marked[n] = v.mark
	}
	steps := 0
	defer func() { v.meter.spend(costTexts, steps) }()
	kept := nodes[:0]
next:
	for _, n := range nodes {
		for g := v.trie.nodes[n].gate; g != none; g = v.trie.nodes[g].gate {
			if steps++; v.marked[g] == v.mark {
				continue next
			}
		}
		kept = append(kept, n)
	}
	return kept
}

func (v *trieView) next(s int32, class int) int32 {
	if s <= universal {
		return s
	}
	if t := v.after[s][class]; t != unvisited {
		return t
	}
	var nodes []int32
	work := len(v.sets[s])
	for _, n := range v.sets[s] {
		node := &v.trie.nodes[n]
		if node.loop {
			nodes = append(nodes, n)
			if node.star != none {
				nodes = v.reach(nodes, node.star)
			}
		}
		if len(node.edges) > wideNode {
			for _, to := range v.fan(n)[class] {
				nodes = v.reach(nodes, to)
			}
			continue
		}
		work += len(node.edges)
		for _, e := range node.edges {
			if v.trie.alphabet.has(e.set, class) {
				nodes = v.reach(nodes, e.to)
			}
		}
	}
	v.meter.spend(costTexts, work+determinising*len(nodes))
	t := v.state(nodes)
	v.after[s][class] = t
	return t
}
