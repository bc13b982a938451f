package logic

import (
	"github.com/sigtune/sigtune/rules"
)

// Effect is what adding `and not filter` does to a rule.
type Effect struct {
	// Removes asks whether the filter takes any event away from the rule. Yes: Witness is one. No: the filter is a no-op, and
	// Conflicts say why.
	Removes Answer
	// CoveredBy are exclusions of the rule that already take away everything the filter would; only when Removes is No for that
	// reason.
	CoveredBy []*rules.Detection
}

// Effect says what `and not filter` would do to a rule.
func (p *Prover) Effect(rule, filter *Formula) Effect {
	e := Effect{Removes: p.Satisfiable(And(rule, filter))}
	if e.Removes.Verdict == No {
		e.CoveredBy = p.Redundant(rule, filter)
	}
	return e
}

// Redundant lists the exclusions of a rule that already take away everything a filter would: a smallest set of them. It is
// empty when the filter still does something, or does nothing for another reason.
func (p *Prover) Redundant(rule, filter *Formula) []*rules.Detection {
	source := rule.source()
	if source == nil {
		return nil
	}
	var exclusions []*rules.Detection
	for _, d := range source.Detection.Named {
		if source.Detection.Polarity(d) == rules.Negative {
			exclusions = append(exclusions, d)
		}
	}
	inert := func(kept []*rules.Detection) bool {
		f := rule
		for _, d := range exclusions {
			if !containsDetection(kept, d) {
				f = f.With(d, false)
			}
		}
		return p.Disjoint(f, filter).Verdict == Yes
	}
	if len(exclusions) == 0 || inert(nil) || !inert(exclusions) {
		return nil
	}
	kept := append([]*rules.Detection(nil), exclusions...)
	for i := 0; i < len(kept); {
		rest := append(append([]*rules.Detection(nil), kept[:i]...), kept[i+1:]...)
		if inert(rest) {
			kept = rest
		} else {
			i++
		}
	}
	return kept
}

func containsDetection(list []*rules.Detection, d *rules.Detection) bool {
	for _, x := range list {
		if x == d {
			return true
		}
	}
	return false
}

// Swallowed is an alternative of a rule that could fire, and cannot any more once `and not filter` is added.
type Swallowed struct {
	Part  Part        // *rules.Rule for everything, else the alternative: *rules.Expr, *rules.Detection, *rules.Block or *rules.Test
	Item  *rules.Item // of a *rules.Test: where the value stands
	Lost  Event       // an event that the alternative matched
	Proof Answer      // of the question whether anything is left: No
}

// Swallows lists the alternatives of a rule that `and not filter` silences completely: the rule itself, or operands of a
// positive `or`, detections under `1 of`, entries of a list of maps, values of a list. What lies inside a silenced alternative is not
// listed again. unsure are alternatives for which it could not be decided.
func (p *Prover) Swallows(rule, filter *Formula) (swallowed []Swallowed, unsure []Part) {
	removes := p.Satisfiable(And(rule, filter))
	if removes.Verdict == No {
		return nil, nil
	}
	s := swallower{prover: p, rule: rule, kept: Not(filter)}
	var whole Part
	if r := rule.source(); r != nil {
		whole = r
	}
	if s.silenced(whole, nil, rule) {
		return s.swallowed, s.unsure
	}
	s.alternatives(rule, nil)
	return s.swallowed, s.unsure
}

type swallower struct {
	prover    *Prover
	rule      *Formula
	kept      *Formula
	swallowed []Swallowed
	unsure    []Part
	done      map[Part]bool
}

// silenced decides one alternative, given the rule with nothing else left to make it fire.
func (s *swallower) silenced(part Part, item *rules.Item, only *Formula) bool {
	after := s.prover.Satisfiable(And(only, s.kept))
	if after.Verdict == Yes {
		return false
	}
	before := s.prover.Satisfiable(only)
	switch {
	case before.Verdict == No:
		return true // it never fired: not the filter's doing, and nothing inside can fire either
	case before.Verdict == Yes && after.Verdict == No:
		s.swallowed = append(s.swallowed, Swallowed{Part: part, Item: item, Lost: before.Witness, Proof: after})
		return true
	}
	s.unsure = append(s.unsure, part)
	return false
}

// alternatives walks the positive side of the rule and tries every operand of an OR.
func (s *swallower) alternatives(f *Formula, item *rules.Item) {
	if f.op == opNot || f.op == opLeaf {
		return
	}
	for _, p := range f.parts {
		if i, ok := p.(*rules.Item); ok {
			item = i
		}
	}
	for _, a := range f.args {
		if f.op == opOr && len(f.args) > 1 {
			part := a.outermost()
			if part == nil || s.done[part] {
				continue
			}
			if s.done == nil {
				s.done = map[Part]bool{}
			}
			s.done[part] = true
			if s.silenced(part, item, s.rule.Only(part)) {
				continue
			}
		}
		s.alternatives(a, item)
	}
}

// outermost is the part that names a node best: a detection, else the last it got.
func (f *Formula) outermost() Part {
	for _, p := range f.parts {
		if d, ok := p.(*rules.Detection); ok {
			return d
		}
	}
	if len(f.parts) == 0 {
		return nil
	}
	return f.parts[len(f.parts)-1]
}
