package logic

import "sort"

// trie holds many text patterns as one nondeterministic automaton. For lists of `contains` values its determinised form is the
// Aho-Corasick automaton, built only where a search walks.
type trie struct {
	alphabet *alphabet
	nodes    []trieNode
}

type trieNode struct {
	edges  []trieEdge
	star   int32 // the node behind a `*`, or none
	loop   bool  // stays on every rune: it stands behind a `*`
	accept []int32
	togo   int32
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

func (t *trie) child(at, set int32) int32 {
	for _, e := range t.nodes[at].edges {
		if e.set == set {
			return e.to
		}
	}
	to := int32(len(t.nodes))
	t.nodes = append(t.nodes, trieNode{star: none})
	t.nodes[at].edges = append(t.nodes[at].edges, trieEdge{set, to})
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

// measure computes the distances; children stand behind their parents, so one pass backwards is enough.
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
	}
}

// trieView is the trie without some of its members: "the list minus value i" costs no rebuild.
type trieView struct {
	lazy
	trie     *trie
	excluded map[int32]bool
	sets     [][]int32 // by state: sorted nodes
}

func newTrieView(t *trie, excluded map[int32]bool) *trieView {
	return &trieView{lazy: newLazy(t.alphabet.size()), trie: t, excluded: excluded, sets: [][]int32{nil, nil}}
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
	sort.Slice(nodes, func(i, j int) bool { return nodes[i] < nodes[j] })
	unique := nodes[:1]
	for _, n := range nodes[1:] {
		if n != unique[len(unique)-1] {
			unique = append(unique, n)
		}
	}
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

func (v *trieView) next(s int32, class int) int32 {
	if s <= universal {
		return s
	}
	if t := v.after[s][class]; t != unvisited {
		return t
	}
	var nodes []int32
	for _, n := range v.sets[s] {
		node := &v.trie.nodes[n]
		if node.loop {
			nodes = append(nodes, n)
			if node.star != none {
				nodes = v.reach(nodes, node.star)
			}
		}
		for _, e := range node.edges {
			if v.trie.alphabet.contains[e.set][class] {
				nodes = v.reach(nodes, e.to)
			}
		}
	}
	t := v.state(nodes)
	v.after[s][class] = t
	return t
}
