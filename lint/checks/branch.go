package checks

import (
	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// A branch is one way in which a condition can hold: a conjunction of tests, some of them negated. The widest branch decides how
// much a rule matches, so that is what the breadth checks look at.
type branch struct {
	positive []test
	negative []source.Span // what is negated, by its place in the condition
	at       source.Span   // the part of the condition it came from
}

// test is one item of a branch.
type test struct {
	item      *rules.Item
	detection *rules.Detection
}

// maxBranches bounds the disjunctive form. The widest live rule has far fewer; beyond it the breadth checks stay silent.
const maxBranches = 4096

// eachBranch visits the branches of all conditions of a rule. They are worked out once for all checks.
func eachBranch(p *lint.Pass, visit func(b branch)) {
	for _, b := range branchesOf(p) {
		visit(b)
	}
}

type branchesKnown []branch

func branchesOf(p *lint.Pass) []branch {
	if p.Rule == nil {
		return nil // a filter document is meant to be combined with the rule it names
	}
	if known, ok := p.Shared["branches"].(branchesKnown); ok {
		return known
	}
	all := ruleBranches(p.Rule)
	if p.Shared != nil {
		p.Shared["branches"] = branchesKnown(all)
	}
	return all
}

// ruleBranches are the branches of all conditions that have a disjunctive form of bearable size.
func ruleBranches(r *rules.Rule) []branch {
	var all []branch
	for _, c := range r.Detection.Conditions {
		if bs, ok := branches(c); ok {
			all = append(all, bs...)
		}
	}
	return all
}

// branches gives the disjunctive form of a condition over its identifiers, or ok = false when it would be too large or the condition has no
// certain meaning.
func branches(c *rules.Condition) (out []branch, ok bool) {
	if c.Root == nil {
		return nil, false
	}
	return expand(c.Root, false)
}

func expand(e *rules.Expr, negated bool) ([]branch, bool) {
	switch e.Op {
	case rules.Not:
		return expand(e.Args[0], !negated)
	case rules.And, rules.Or:
		var parts [][]branch
		for _, a := range e.Args {
			b, ok := expand(a, negated)
			if !ok {
				return nil, false
			}
			parts = append(parts, b)
		}
		if (e.Op == rules.And) != negated {
			return product(parts)
		}
		return union(parts)
	case rules.Name, rules.Of:
		if negated {
			return []branch{{negative: []source.Span{e.Span}, at: e.Span}}, true
		}
		var parts [][]branch
		for _, d := range e.Selected {
			b, ok := expandBlock(d, d.Block)
			if !ok {
				return nil, false
			}
			for i := range b {
				b[i].at = e.Span
			}
			parts = append(parts, b)
		}
		if e.Op == rules.Of && e.All {
			return product(parts)
		}
		return union(parts)
	}
	return nil, false
}

func expandBlock(d *rules.Detection, b *rules.Block) ([]branch, bool) {
	switch b.Shape {
	case rules.MapShape, rules.KeywordsShape:
		var all branch
		for _, item := range b.Items {
			all.positive = append(all.positive, test{item, d})
		}
		return []branch{all}, true
	case rules.ListShape:
		var parts [][]branch
		for _, a := range b.Alternatives {
			part, ok := expandBlock(d, a)
			if !ok {
				return nil, false
			}
			parts = append(parts, part)
		}
		return union(parts)
	}
	return nil, false
}

func union(parts [][]branch) ([]branch, bool) {
	var out []branch
	for _, p := range parts {
		out = append(out, p...)
	}
	return out, len(out) <= maxBranches
}

func product(parts [][]branch) ([]branch, bool) {
	out := []branch{{}}
	for _, p := range parts {
		var next []branch
		for _, left := range out {
			for _, right := range p {
				next = append(next, left.join(right))
			}
		}
		if out = next; len(out) > maxBranches {
			return nil, false
		}
	}
	return out, true
}

func (b branch) join(c branch) branch {
	at := b.at
	if len(b.positive) == 0 {
		at = c.at
	}
	return branch{
		positive: append(append([]test(nil), b.positive...), c.positive...),
		negative: append(append([]source.Span(nil), b.negative...), c.negative...),
		at:       at,
	}
}
