package logic

import (
	"github.com/sigtune/sigtune/rules"
)

// Identifiers is what can be said of search identifiers, of entries of lists of maps, and of branches of the condition.
func (a *Analysis) Identifiers() []PartFinding {
	if len(a.Whole()) > 0 || a.identifiers.done {
		return a.identifiers.findings
	}
	a.identifiers.done = true
	report := func(f PartFinding) { a.identifiers.findings = append(a.identifiers.findings, f) }

	// First everything is asked, and answered from events where possible; then what is left is explained.
	var dead, implied []*rules.Detection
	proofs := map[Part]Answer{}
	for _, d := range a.used() {
		if _, both := a.polarity(d); both {
			continue
		}
		if proof := a.changes(d, false); proof.Verdict == No {
			dead = append(dead, d)
			proofs[d] = proof
		}
	}
	for _, d := range a.used() {
		negated, both := a.polarity(d)
		if negated || both || containsDetection(dead, d) {
			continue
		}
		if proof := a.changes(d, true); proof.Verdict == No {
			implied = append(implied, d)
			proofs[d] = proof
		}
	}
	twins := a.twins()
	pairs := map[*rules.Detection]bool{} // identifiers that are superfluous because of their twin: one finding is enough
	for _, t := range twins {
		report(t)
		d, e := t.By[0], t.Detection
		for _, list := range [][]*rules.Detection{dead, implied} {
			if containsDetection(list, d) && containsDetection(list, e) && a.negated(d) == a.negated(e) {
				pairs[d], pairs[e] = true, true
				a.deadParts[d], a.deadParts[e] = true, true // so are all their values
			}
		}
	}
	for _, d := range a.removable(dead, false) {
		a.deadParts[d] = true
		a.gone = append(a.gone, d)
		if !pairs[d] {
			report(a.deadIdentifier(d, proofs[d]))
		}
	}
	for _, d := range a.removable(implied, true) {
		if !pairs[d] {
			report(PartFinding{Kind: IdentifierImplied, Part: d, Detection: d, Proof: proofs[d]})
		}
	}
	a.branches(report)
	return a.identifiers.findings
}

// removable are parts that can be replaced together: of two that each make the other redundant, the later one.
func (a *Analysis) removable(list []*rules.Detection, by bool) []*rules.Detection {
	if len(list) < 2 {
		return list
	}
	var out []*rules.Detection
	f := a.formula
	for i := len(list) - 1; i >= 0; i-- {
		g := f.With(list[i], by)
		if len(out) > 0 && a.same(f, g).Verdict != Yes {
			continue
		}
		f = g
		out = append([]*rules.Detection{list[i]}, out...)
	}
	return out
}

// twins are identifiers that match the same events.
func (a *Analysis) twins() []PartFinding {
	var out []PartFinding
	named := a.Rule.Detection.Named
	told := map[*rules.Detection]bool{}
	for i, d := range named {
		for k := i + 1; k < len(named); k++ {
			e := named[k]
			if told[d] || told[e] || a.likes[i] != a.likes[k] || len(a.sheet.at[d]) == 0 || len(a.sheet.at[e]) == 0 {
				continue
			}
			if proof := a.same(FromDetection(d), FromDetection(e)); proof.Verdict == Yes {
				told[e] = true
				out = append(out, PartFinding{Kind: IdentifiersIdentical, Part: e, Detection: e, By: []*rules.Detection{d}, Proof: proof})
			}
		}
	}
	return out
}

// deadIdentifier says why an identifier changes nothing.
func (a *Analysis) deadIdentifier(d *rules.Detection, proof Answer) PartFinding {
	f := PartFinding{Part: d, Detection: d, Proof: proof}
	if alone := a.contradicts(d); alone.Verdict == No {
		f.Kind, f.Proof = IdentifierContradictory, alone
		return f
	}
	if negated, _ := a.polarity(d); negated {
		f.Kind = ExclusionDead
		if nullGuard(d.Block) {
			f.Kind = NullGuard
		}
		f.By, f.Proof = a.coverers(d, FromDetection(d), proof)
		return f
	}
	f.Kind = IdentifierDead
	return a.lost(f, BranchSwallowed)
}

// contradicts asks whether a part that no event was seen to meet can be met at all.
func (a *Analysis) contradicts(d *rules.Detection) Answer {
	for _, n := range a.sheet.at[d] {
		if a.held[n] {
			return Answer{Verdict: Yes}
		}
	}
	return a.search(FromDetection(d))
}

// coverers are the other exclusions that already take away what an exclusion would; none when the selection does not let it
// come to that.
func (a *Analysis) coverers(d *rules.Detection, what *Formula, proof Answer) ([]*rules.Detection, Answer) {
	others := minus(a.exclusions(), []*rules.Detection{d})
	base := a.formula.With(d, false)
	enough := func(kept []*rules.Detection) bool {
		answer := a.search(And(without(base, minus(others, kept)), what))
		if answer.Verdict == No {
			proof = answer
		}
		return answer.Verdict == No
	}
	if enough(nil) || !enough(others) {
		return nil, proof
	}
	by := fewest(others, enough)
	enough(by)
	return by, proof
}

// lost says of a positive part that changes nothing whether exclusions take it away, the rest of the rule contradicts it, or other parts
// cover it.
func (a *Analysis) lost(f PartFinding, swallowed PartKind) PartFinding {
	part := f.Part
	if len(f.Tests) > 0 {
		part = f.Tests[0]
	}
	only := a.formula.Only(part)
	after := a.search(only)
	if after.Verdict != No {
		return f
	}
	f.Proof = after
	all := a.exclusions()
	if a.search(without(only, all)).Verdict != Yes {
		return f
	}
	f.Kind = swallowed
	enough := func(kept []*rules.Detection) bool {
		answer := a.search(without(only, minus(all, kept)))
		if answer.Verdict == No {
			f.Proof = answer
		}
		return answer.Verdict == No
	}
	f.By = fewest(all, enough)
	enough(f.By)
	return f
}

// nullGuard reports a block that only asks for absent or empty fields.
func nullGuard(b *rules.Block) bool {
	found, other := false, false
	b.Each(func(i *rules.Item) {
		for _, t := range i.Tests {
			if emptiness(t) {
				found = true
			} else {
				other = true
			}
		}
	})
	return found && !other
}

// emptiness reports a test for null or the empty text.
func emptiness(t *rules.Test) bool {
	switch t.Kind {
	case rules.NullTest:
		return true
	case rules.ExistsTest:
		return !t.Bool
	case rules.TextTest:
		return len(t.Patterns) == 1 && len(t.Patterns[0]) == 0
	}
	return false
}

// branches asks the same of entries of lists of maps and of branches of the condition.
func (a *Analysis) branches(report func(PartFinding)) {
	for _, d := range a.used() {
		negated, both := a.polarity(d)
		if both || a.deadParts[d] || d.Block == nil {
			continue
		}
		eachAlternative(d.Block, func(b *rules.Block) {
			proof := a.changes(b, false)
			if proof.Verdict != No {
				return
			}
			f := PartFinding{Kind: AlternativeDead, Part: b, Detection: d, Proof: proof}
			if !negated {
				f = a.lost(f, BranchSwallowed)
			}
			a.deadParts[b] = true
			report(f)
		})
	}
	for _, c := range a.Rule.Detection.Conditions {
		c.Each(func(e *rules.Expr, negated bool) {
			if e.Op != rules.Or || negated {
				return
			}
			for _, arg := range e.Args {
				if arg.Op == rules.Name || arg.Op == rules.Of {
					continue
				}
				proof := a.changes(arg, false)
				if proof.Verdict != No || a.holdsDead(arg) {
					continue
				}
				f := a.lost(PartFinding{Kind: AlternativeDead, Part: arg, Proof: proof}, BranchSwallowed)
				report(f)
			}
		})
	}
}

// holdsDead reports a branch with an identifier that was found dead: that is the better finding.
func (a *Analysis) holdsDead(e *rules.Expr) bool {
	for _, d := range e.Selected {
		if a.deadParts[d] {
			return true
		}
	}
	for _, x := range e.Args {
		if a.holdsDead(x) {
			return true
		}
	}
	return false
}

// eachAlternative visits the entries of lists of maps.
func eachAlternative(b *rules.Block, visit func(*rules.Block)) {
	for _, x := range b.Alternatives {
		visit(x)
		eachAlternative(x, visit)
	}
}

// eachItem visits the items of a block, each with the block it stands in, and enters only blocks that are wanted.
func eachItem(b *rules.Block, wanted func(*rules.Block) bool, visit func(*rules.Block, *rules.Item)) {
	if !wanted(b) {
		return
	}
	for _, i := range b.Items {
		visit(b, i)
	}
	for _, x := range b.Alternatives {
		eachItem(x, wanted, visit)
	}
}
