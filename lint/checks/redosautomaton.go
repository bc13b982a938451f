package checks

import (
	"slices"
	"sort"
	"unicode"
)

// letterAutomaton has a state for every letter of an expression, and state 0 before the first one. Entering a state reads its letter. An edge
// keeps whether there is more than one way along it, which is what a nested loop comes to (Glushkov's construction with multiplicities).
type letterAutomaton struct {
	classes [][]uint64 // by state: the parts of the alphabet that its letter takes
	sample  []rune     // by part of the alphabet: a letter to show
	edges   [][]letterEdge
	part    []int // by state: its strongly connected part; parts come before those that lead to them
	looping []bool
	budget  int
}

type letterEdge struct {
	to    int
	twice bool
}

// Bounds of the analysis. An expression beyond them is not judged.
const (
	mostLetters      = 400       // states; published rules have up to 250 after their counted loops are written out
	mostAlphabet     = 512       // parts of the alphabet
	mostProductEdges = 3_000_000 // edges of product automata: about a tenth of a second
)

// fragment is the automaton of a part of an expression: where it can begin and end, and in how many ways it can be empty.
type fragment struct {
	first, last []letterEdge
	empty       int // 0, 1, or 2 for several ways
}

// automatonBuilder makes the states.
type automatonBuilder struct {
	letters [][]rune
	edges   []map[int]bool
	fail    bool
}

// newLetterAutomaton is nil for an expression that is too large.
func newLetterAutomaton(e *expression) *letterAutomaton {
	b := &automatonBuilder{letters: [][]rune{nil}, edges: []map[int]bool{{}}}
	whole := b.fragment(e)
	if b.fail {
		return nil
	}
	b.join([]letterEdge{{to: 0}}, whole.first, false)
	a := &letterAutomaton{edges: make([][]letterEdge, len(b.letters)), budget: mostProductEdges}
	for from, to := range b.edges {
		for state, twice := range to {
			a.edges[from] = append(a.edges[from], letterEdge{state, twice})
		}
		slices.SortFunc(a.edges[from], func(x, y letterEdge) int { return x.to - y.to })
	}
	if !a.divide(b.letters) {
		return nil
	}
	a.connect()
	return a
}

func (b *automatonBuilder) join(from, to []letterEdge, twice bool) {
	for _, f := range from {
		for _, t := range to {
			_, before := b.edges[f.to][t.to]
			b.edges[f.to][t.to] = before || twice || f.twice || t.twice
		}
	}
}

func (b *automatonBuilder) fragment(e *expression) fragment {
	switch {
	case b.fail:
		return fragment{}
	case e.op == opAssert:
		return fragment{empty: 1} // taken as passable: the evidence is checked with it
	case e.op == opLetter:
		if len(b.letters) > mostLetters {
			b.fail = true
			return fragment{}
		}
		b.letters, b.edges = append(b.letters, e.class), append(b.edges, map[int]bool{})
		self := []letterEdge{{to: len(b.letters) - 1}}
		return fragment{first: self, last: self}
	case e.op == opAlternate:
		var f fragment
		for _, sub := range e.subs {
			s := b.fragment(sub)
			f.first, f.last = append(f.first, s.first...), append(f.last, s.last...)
			f.empty = min(2, f.empty+s.empty)
		}
		return f
	case e.op == opConcat:
		f := fragment{empty: 1}
		for _, sub := range e.subs {
			f = b.then(f, b.fragment(sub))
		}
		return f
	}
	return b.loop(e)
}

// then is one fragment behind another.
func (b *automatonBuilder) then(f, g fragment) fragment {
	b.join(f.last, g.first, false)
	return fragment{
		first: append(slices.Clone(f.first), ways(g.first, f.empty)...),
		last:  append(slices.Clone(g.last), ways(f.last, g.empty)...),
		empty: min(2, f.empty*g.empty),
	}
}

// ways are ends that can be reached through an empty neighbour in so many ways.
func ways(ends []letterEdge, n int) []letterEdge {
	if n == 0 {
		return nil
	}
	out := slices.Clone(ends)
	for i := range out {
		out[i].twice = out[i].twice || n > 1
	}
	return out
}

// loop writes counted repetitions out. A repetition that reads nothing is no way of its own: engines differ, so it is not counted.
func (b *automatonBuilder) loop(e *expression) fragment {
	f := fragment{empty: 1}
	for range e.min {
		if f = b.then(f, b.fragment(e.subs[0])); b.fail {
			return f
		}
	}
	switch {
	case e.max < 0 && e.min > 0:
		// The last copy goes round: x{3,} is x x x+.
		last := b.fragment(e.subs[0])
		b.join(last.last, last.first, false)
		last.empty = 1
		return b.then(f, last)
	case e.max < 0:
		f = b.fragment(e.subs[0])
		b.join(f.last, f.first, false)
		f.empty = 1
		return f
	}
	rest := fragment{empty: 1}
	for range e.max - e.min {
		if b.fail {
			break
		}
		rest = b.then(b.fragment(e.subs[0]), rest)
		rest.empty = 1
	}
	return b.then(f, rest)
}

// divide cuts the alphabet into parts that every class takes as a whole or not at all.
func (a *letterAutomaton) divide(classes [][]rune) bool {
	cuts := map[rune]bool{0: true}
	for _, class := range classes {
		for i := 0; i+1 < len(class); i += 2 {
			cuts[class[i]], cuts[class[i+1]+1] = true, true
		}
	}
	delete(cuts, unicode.MaxRune+1)
	var starts []rune
	for c := range cuts {
		starts = append(starts, c)
	}
	slices.Sort(starts)
	if len(starts) > mostAlphabet {
		return false
	}
	for i, low := range starts {
		high := rune(unicode.MaxRune)
		if i+1 < len(starts) {
			high = starts[i+1] - 1
		}
		a.sample = append(a.sample, showing(low, high))
	}
	words := (len(starts) + 63) / 64
	a.classes = make([][]uint64, len(classes))
	for state, class := range classes {
		a.classes[state] = make([]uint64, words)
		for i := 0; i+1 < len(class); i += 2 {
			first := sort.Search(len(starts), func(k int) bool { return starts[k] >= class[i] })
			for k := first; k < len(starts) && starts[k] <= class[i+1]; k++ {
				a.classes[state][k/64] |= 1 << (k % 64)
			}
		}
	}
	return true
}

// showing picks a letter that is good to read.
func showing(low, high rune) rune {
	for _, r := range [][2]rune{{'a', 'z'}, {'0', '9'}, {'A', 'Z'}, {' ', '~'}} {
		if low <= r[1] && high >= r[0] {
			return max(low, r[0])
		}
	}
	return low
}

// shared is a letter that all states take, false when there is none.
func (a *letterAutomaton) shared(states ...int) (rune, bool) {
	best := rune(-1)
	for w := range a.classes[0] {
		bits := ^uint64(0)
		for _, s := range states {
			bits &= a.classes[s][w]
		}
		for k := 0; bits != 0 && k < 64; k++ {
			if bits&(1<<k) != 0 {
				if r := a.sample[w*64+k]; best < 0 || readable(r) && !readable(best) {
					best = r
				}
			}
		}
	}
	return best, best >= 0
}

func readable(r rune) bool { return r > ' ' && r <= '~' }

// connect finds the strongly connected parts (Tarjan), each before the parts that lead to it.
func (a *letterAutomaton) connect() {
	n := len(a.edges)
	a.part, a.looping = make([]int, n), make([]bool, n)
	order, low, number, parts := make([]int, n), make([]int, n), 0, 0
	var stack []int
	on := make([]bool, n)
	var visit func(v int)
	visit = func(v int) {
		number++
		order[v], low[v] = number, number
		stack, on[v] = append(stack, v), true
		for _, e := range a.edges[v] {
			if order[e.to] == 0 {
				visit(e.to)
				low[v] = min(low[v], low[e.to])
			} else if on[e.to] {
				low[v] = min(low[v], order[e.to])
			}
		}
		if low[v] != order[v] {
			return
		}
		for {
			u := stack[len(stack)-1]
			stack, on[u] = stack[:len(stack)-1], false
			a.part[u] = parts
			if u == v {
				break
			}
		}
		parts++
	}
	for v := range n { // state 0 leads everywhere
		if order[v] == 0 {
			visit(v)
		}
	}
	for v := range n {
		for _, e := range a.edges[v] {
			if a.part[e.to] == a.part[v] {
				a.looping[v] = true
			}
		}
	}
}

// tuple is a state of a product automaton of up to three copies. In a product of two the last place says that the copies have been apart.
type tuple [3]int

// step is how a tuple was reached.
type step struct {
	from   tuple
	letter rune
}

// walk searches a product automaton of `width` copies breadth first from a tuple, along edges that stay in bounds, until the goal is reached
// after at least one letter. It gives the word, and false when there is none or the budget is used up.
func (a *letterAutomaton) walk(width int, from tuple, inside func(tuple) bool, goal func(tuple) bool) (word []rune, to tuple, ok bool) {
	reached := map[tuple]step{}
	queue := []tuple{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		var next func(copy int, t tuple) bool
		next = func(copy int, t tuple) bool {
			if copy < width {
				for _, e := range a.edges[at[copy]] {
					t[copy] = e.to
					if next(copy+1, t) {
						return true
					}
				}
				return false
			}
			a.budget--
			if a.budget < 0 {
				return true
			}
			if width == 2 && (at[2] == 1 || t[0] != t[1]) {
				t[2] = 1
			}
			if _, seen := reached[t]; seen || !inside(t) {
				return false
			}
			letter, ok := a.shared(t[:width]...)
			if !ok {
				return false
			}
			reached[t] = step{at, letter}
			queue = append(queue, t)
			to = t
			return goal(t)
		}
		if next(0, tuple{}) {
			break
		}
	}
	if _, found := reached[to]; a.budget < 0 || !found || !goal(to) {
		return nil, tuple{}, false
	}
	for t := to; ; {
		s := reached[t]
		word = append(word, s.letter)
		if t = s.from; t == from {
			break
		}
	}
	slices.Reverse(word)
	return word, to, true
}

// path is the shortest word between two states, empty where they are the same.
func (a *letterAutomaton) path(from, to int) ([]rune, bool) {
	if from == to {
		return nil, true
	}
	word, _, ok := a.walk(1, tuple{from}, func(tuple) bool { return true }, func(t tuple) bool { return t[0] == to })
	return word, ok
}
