package logic

import (
	"github.com/sigtune/sigtune/rules"
)

// operator is what a node of a formula does.
type operator uint8

const (
	opTrue operator = iota
	opFalse
	opAnd
	opOr
	opNot
	opLeaf
)

// Formula is a Boolean combination of tests on fields. It is immutable; parts are shared freely. Its nodes remember which
// part of a rule they came from, so that every check is a substitution on it (spec/logic.md section 1).
type Formula struct {
	op    operator
	args  []*Formula
	leaf  *leaf
	parts []Part
	was   *Formula    // of a constant: the part it replaced
	rule  *rules.Rule // of the root that FromRule built
}

// Part is a piece of a rule that keeps its identity in a formula: *rules.Expr, *rules.Detection, *rules.Block, *rules.Item or
// *rules.Test (one value).
type Part any

// leaf is one test on one field.
type leaf struct {
	field string
	item  *rules.Item // nil when the caller built the test
	test  *rules.Test
	kind  leafKind
	words []word // of tests that are made of patterns
	why   string // opaque: why it cannot be evaluated
	axiom bool   // it states what a field can hold, and is no part of a rule
}

// True and False are the constants.
var (
	True  = &Formula{op: opTrue}
	False = &Formula{op: opFalse}
)

// And holds when all arguments hold; And() is True.
func And(args ...*Formula) *Formula { return join(opAnd, True, args) }

// Or holds when one of the arguments holds; Or() is False.
func Or(args ...*Formula) *Formula { return join(opOr, False, args) }

func join(op operator, empty *Formula, args []*Formula) *Formula {
	switch len(args) {
	case 0:
		return empty
	case 1:
		return args[0]
	}
	return &Formula{op: op, args: args}
}

// Not holds when f does not.
func Not(f *Formula) *Formula { return &Formula{op: opNot, args: []*Formula{f}} }

// is reports that the node stands for the part.
func (f *Formula) is(part Part) bool {
	for _, p := range f.parts {
		if p == part {
			return true
		}
	}
	return false
}

// labelled is the node with one more part that it stands for.
func (f *Formula) labelled(part Part) *Formula {
	out := *f
	out.parts = append(append([]Part(nil), f.parts...), part)
	return &out
}

// Has reports whether the part occurs in the formula.
func (f *Formula) Has(part Part) bool {
	if f.is(part) {
		return true
	}
	for _, a := range f.args {
		if a.Has(part) {
			return true
		}
	}
	return false
}

// With is the formula with every occurrence of the part replaced by a constant.
func (f *Formula) With(part Part, holds bool) *Formula {
	return f.rewrite(func(g *Formula) *Formula {
		if !g.is(part) {
			return nil
		}
		constant := &Formula{op: opFalse, was: g}
		if holds {
			constant.op = opTrue
		}
		return constant
	})
}

// Only is the formula with the part as the sole reason to hold: of every alternative that contains it, the others are dropped.
// Parts under a negation are left alone: there is no alternative to choose there.
func (f *Formula) Only(part Part) *Formula {
	if f.is(part) || f.op == opNot {
		return f
	}
	holders := 0
	args := make([]*Formula, len(f.args))
	for i, a := range f.args {
		args[i] = a
		if a.Has(part) {
			holders++
			args[i] = a.Only(part)
		}
	}
	if holders == 0 {
		return f
	}
	out := *f
	out.args = args
	if f.op == opOr && holders < len(args) {
		out.args = nil
		for i, a := range args {
			if f.args[i].Has(part) {
				out.args = append(out.args, a)
			} else {
				out.args = append(out.args, &Formula{op: opFalse, was: f.args[i]})
			}
		}
	}
	return &out
}

// rewrite replaces the nodes for which change gives one, and shares everything else.
func (f *Formula) rewrite(change func(*Formula) *Formula) *Formula {
	if g := change(f); g != nil {
		return g
	}
	var args []*Formula
	for i, a := range f.args {
		b := a.rewrite(change)
		if b != a && args == nil {
			args = append(make([]*Formula, 0, len(f.args)), f.args[:i]...)
		}
		if args != nil {
			args = append(args, b)
		}
	}
	if args == nil {
		return f
	}
	out := *f
	out.args = args
	return &out
}

// each visits every node, parents first.
func (f *Formula) each(visit func(*Formula)) {
	visit(f)
	for _, a := range f.args {
		a.each(visit)
	}
}

// source is the rule that the formula, or the first of its parts, was built from; nil when there is none.
func (f *Formula) source() *rules.Rule {
	if f.rule != nil {
		return f.rule
	}
	for _, a := range f.args {
		if r := a.source(); r != nil {
			return r
		}
	}
	return nil
}

// Opaque lists why parts of the formula cannot be evaluated, in order, each reason once.
func (f *Formula) Opaque() []string {
	var out []string
	seen := map[string]bool{}
	f.each(func(g *Formula) {
		if g.leaf != nil && g.leaf.kind == opaqueLeaf && !seen[g.leaf.why] {
			seen[g.leaf.why] = true
			out = append(out, g.leaf.why)
		}
	})
	return out
}
