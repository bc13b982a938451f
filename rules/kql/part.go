package kql

import (
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Detected is the expression that holds where a detection matches.
func Detected(d *rules.Detection) *rules.Expr {
	at := source.Span{}
	if d.Key != nil {
		at = d.Key.Span
	}
	return &rules.Expr{Op: rules.Name, Pattern: d.Name, Selected: []*rules.Detection{d}, Span: at, PatternAt: at}
}

// And is the expression that holds where all of several do. It is nil without operands.
func And(args ...*rules.Expr) *rules.Expr { return joined(rules.And, args) }

// Or is the expression that holds where any of several does. It is nil without operands.
func Or(args ...*rules.Expr) *rules.Expr { return joined(rules.Or, args) }

// Not is the expression that holds where another does not.
func Not(e *rules.Expr) *rules.Expr {
	return &rules.Expr{Op: rules.Not, Args: []*rules.Expr{e}, Span: e.Span}
}

func joined(op rules.Op, args []*rules.Expr) *rules.Expr {
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	}
	return &rules.Expr{Op: op, Args: args, Span: args[0].Span}
}

// Selection is the part of a condition that selects: what is left of it without the negated operands of its outermost AND. It is
// nil when the condition only excludes; then there is no such part to show.
func Selection(condition *rules.Expr) *rules.Expr {
	switch condition.Op {
	case rules.Not:
		return nil
	case rules.And:
		var kept []*rules.Expr
		for _, a := range condition.Args {
			if s := Selection(a); s != nil {
				kept = append(kept, s)
			}
		}
		return And(kept...)
	}
	return condition
}

// Preview is what an analyst wants to see of a proposed exclusion, one entry per condition of the rule. A text is empty where there
// is nothing to ask.
type Preview struct {
	Selection  []Query // what the rule selects, exclusions left out
	Suppressed []Query // what the rule finds now and the filter would hide
	Rule       []Query // the rule with the filter
	Notes      []Note
}

// PreviewFilter writes the three queries about a filter that a rule already holds in its detection, whether a condition names it or
// not: `rule` is the rule with the filter's block in it, `found` the conditions before the filter, `after` those with it.
// The conditions need not be those of the rule. The error is an *Error.
func PreviewFilter(r *rules.Rule, filter *rules.Detection, found, after []*rules.Expr, o Options) (Preview, error) {
	var p Preview
	seen := map[Note]bool{}
	for _, want := range []struct {
		to   *[]Query
		from []*rules.Expr
		part func(*rules.Expr) *rules.Expr
	}{
		{&p.Selection, found, Selection},
		{&p.Suppressed, found, func(e *rules.Expr) *rules.Expr { return And(e, Detected(filter)) }},
		{&p.Rule, after, func(e *rules.Expr) *rules.Expr { return e }},
	} {
		for _, e := range want.from {
			part := want.part(e)
			if part == nil {
				*want.to = append(*want.to, Query{})
				continue
			}
			q, notes, err := Expression(r, part, o)
			if err != nil {
				return Preview{}, err
			}
			*want.to = append(*want.to, q)
			for _, n := range notes {
				if !seen[n] {
					seen[n] = true
					p.Notes = append(p.Notes, n)
				}
			}
		}
	}
	return p, nil
}
