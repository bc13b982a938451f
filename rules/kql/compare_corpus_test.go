package kql

import (
	"maps"
	"math/rand/v2"
	"slices"
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

// sampled takes every nth rule of the corpus: enough for figures, quick enough for every run.
const sampled = 6

// agree evaluates two forms on random events made of the texts they hold.
func agree(t *testing.T, d decider, a, b *form, random *rand.Rand) bool {
	values := map[string][]string{}
	for _, f := range []*form{a, b} {
		f.each(func(leaf *form) {
			values[leaf.atom.column] = append(values[leaf.atom.column], leaf.atom.value, "", "z")
		})
	}
	for range 200 {
		event := map[string]string{}
		for column, texts := range values {
			event[column] = texts[random.IntN(len(texts))] + texts[random.IntN(len(texts))]
		}
		if x, y := d.evaluate(a, event), d.evaluate(b, event); x != y && x != Unknown && y != Unknown {
			t.Logf("%v", event)
			return false
		}
	}
	return true
}

// On the corpus, reordered queries pass for their rule, changed ones only where the change changes nothing, and nearly every
// other change is proved by an event.
func TestCompareTellsChangedQueriesApart(t *testing.T) {
	corpus := corpustest.Open(t)
	random := rand.New(rand.NewPCG(1, 2))
	counts := map[string]int{}
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
	for i, path := range slices.Sorted(maps.Keys(byPath)) {
		if i%sampled != 0 {
			continue
		}
		queries, _, err := Translate(byPath[path], Options{Parity: true})
		if err != nil || len(queries) != 1 {
			continue
		}
		own, err := readQuery(queries[0].Text)
		if err != nil {
			counts["translation unreadable"]++
			continue
		}
		table := tableOf(Options{}, queries[0].Table)
		decide := func(f *formula) Answer {
			c := Comparison{Translation: queries[0]}
			c.decide(&statement{own.table, f}, own, table)
			return c.Equivalent
		}
		again := decide(shuffled(own.where, random))
		counts["shuffled: "+again.String()]++
		if again != Yes {
			t.Errorf("%s: a reordered query is %s", path, again)
		}
		leaves := 0
		ownForm := normalise(own.where, false)
		ownForm.each(func(*form) { leaves++ })
		for _, m := range changes {
			n := random.IntN(leaves)
			changed, _ := mutated(own.where, &n, m.change)
			if changed == nil {
				changed = &formula{op: opAnd}
			}
			got := decide(changed)
			counts[m.name+": "+got.String()]++
			if got == Yes && !agree(t, decider{table: table}, normalise(changed, false), ownForm, random) {
				t.Errorf("%s: equivalent with %s: %s", path, m.name, queries[0].Text)
			}
		}
	}
	golden(t, "compare", figures("changed queries", counts))
}
