package kql

import (
	"math/rand/v2"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// shuffled is a formula with the operands of every group in another order and every other test negated twice.
func shuffled(f *formula, random *rand.Rand) *formula {
	if f.op == opLeaf {
		if random.IntN(2) == 0 {
			return negation(negation(f))
		}
		return f
	}
	out := &formula{op: f.op}
	for _, i := range random.Perm(len(f.args)) {
		out.args = append(out.args, shuffled(f.args[i], random))
	}
	return out
}

// mutated is a formula with one of its tests changed (the nth in order), and whether there was one.
func mutated(f *formula, n *int, change func(*atom) *formula) (*formula, bool) {
	if f.op == opLeaf {
		if *n--; *n >= 0 {
			return f, false
		}
		return change(f.atom), true
	}
	out := &formula{op: f.op, args: append([]*formula(nil), f.args...)}
	for i, a := range f.args {
		if m, done := mutated(a, n, change); done {
			out.args[i] = m
			if m == nil {
				if out.args = append(out.args[:i], out.args[i+1:]...); len(out.args) == 0 {
					return nil, true
				}
			}
			return out, true
		}
	}
	return out, false
}

// On the corpus, no changed query passes for its rule, reordered ones do, and nearly every change is proved by an event.
func TestCompareTellsChangedQueriesApart(t *testing.T) {
	corpus := corpustest.Open(t)
	random := rand.New(rand.NewPCG(1, 2))
	figures := map[string]map[Answer]int{}
	count := func(what string, a Answer) {
		if figures[what] == nil {
			figures[what] = map[Answer]int{}
		}
		figures[what][a]++
	}
	changes := []struct {
		name   string
		change func(*atom) *formula
	}{
		{"a test removed", func(*atom) *formula { return nil }},
		{"a value changed", func(a *atom) *formula {
			b := *a
			b.value += "q"
			b.id = b.key()
			return &formula{op: opLeaf, atom: &b}
		}},
		{"a test negated", func(a *atom) *formula { return negation(&formula{op: opLeaf, atom: a}) }},
	}
	byPath := corpusRules(t, corpus)
	for _, f := range corpus.LiveRules(t) {
		r := byPath[f.Path]
		if r == nil {
			continue
		}
		queries, _, err := Translate(r, Options{Parity: true})
		if err != nil || len(queries) != 1 {
			continue
		}
		own, err := readQuery(queries[0].Text)
		if err != nil {
			count("the translation itself", Unknown)
			continue
		}
		count("the translation itself", Yes)
		c := Comparison{Translation: queries[0]}
		table := tableOf(Options{}, queries[0].Table)
		decide := func(f *formula) Answer {
			d := c
			d.decide(&statement{own.table, f}, own, table)
			return d.Equivalent
		}
		again := decide(shuffled(own.where, random))
		count("shuffled", again)
		if again != Yes {
			t.Errorf("%s: a reordered query is %s", f.Path, again)
		}
		leaves := 0
		normalise(own.where, false).each(func(*form) { leaves++ })
		for _, m := range changes {
			n := random.IntN(leaves)
			changed, _ := mutated(own.where, &n, m.change)
			if changed == nil {
				changed = &formula{op: opAnd}
			}
			got := decide(changed)
			count(m.name, got)
			if got == Yes {
				t.Logf("%s: equivalent with %s: %s", f.Path, m.name, queries[0].Text)
			}
		}
	}
	for _, name := range []string{"the translation itself", "shuffled", "a test removed", "a value changed", "a test negated"} {
		t.Logf("%-24s %4d yes %4d no %4d unknown", name, figures[name][Yes], figures[name][No], figures[name][Unknown])
	}
}
