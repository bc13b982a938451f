package logic

import (
	"slices"

	"github.com/sigtune/sigtune/rules"
)

// deadTest is a value that changes nothing.
type deadTest struct {
	detection *rules.Detection
	item      *rules.Item
	test      *rules.Test
	proof     Answer
}

// Values is what can be said of values in lists because of the rest of the rule, grouped by item. All values that are named can
// go together, along with the dead identifiers: of two that make each other redundant only the later one is named.
func (a *Analysis) Values() []PartFinding {
	a.Identifiers()
	if len(a.Whole()) > 0 || a.values.done {
		return a.values.findings
	}
	a.values.done = true
	var dead []deadTest
	a.eachLive(func(d *rules.Detection, i *rules.Item) {
		if i.All || len(i.Tests) < 2 {
			return
		}
		covered := a.plainlyCovered(i)
		for n, t := range i.Tests {
			if covered[n] >= 0 || a.leafOf(t) == nil {
				continue
			}
			if proof := a.changes(t, false); proof.Verdict == No && a.coveredInList(i, n).Verdict == Yes {
				dead = append(dead, deadTest{d, i, t, proof})
			}
		}
	})
	for _, t := range a.together(dead) {
		f := a.deadValue(t)
		known := a.values.findings
		if n := len(known) - 1; n >= 0 && known[n].Item == f.Item && known[n].Kind == f.Kind {
			known[n].Tests = append(known[n].Tests, t.test)
			for _, b := range f.By {
				if !containsDetection(known[n].By, b) {
					known[n].By = append(known[n].By, b)
				}
			}
			continue
		}
		a.values.findings = append(known, f)
	}
	return a.values.findings
}

// together keeps those that can all go at once, after the identifiers that can go.
func (a *Analysis) together(dead []deadTest) []deadTest {
	if len(dead) == 0 {
		return nil
	}
	f := a.formula
	gone := map[*rules.Test]bool{}
	for _, d := range a.gone {
		f = f.With(d, false)
		d.Block.Each(func(i *rules.Item) {
			for _, t := range i.Tests {
				gone[t] = true
			}
		})
	}
	var out []deadTest
	for i := len(dead) - 1; i >= 0; i-- {
		t := dead[i].test
		g := f.With(t, false)
		if dead[i].proof.names(gone) && a.same(f, g).Verdict != Yes {
			continue
		}
		f = g
		gone[t] = true
		out = append(out, dead[i])
	}
	slices.Reverse(out)
	return out
}

// names reports a proof that rests on one of the tests. One that does not holds without them as well.
func (a Answer) names(tests map[*rules.Test]bool) bool {
	for _, c := range a.Conflicts {
		for _, l := range c.Literals {
			for _, t := range l.Tests {
				if tests[t] {
					return true
				}
			}
		}
	}
	return false
}

// deadValue says why a value changes nothing.
func (a *Analysis) deadValue(t deadTest) PartFinding {
	f := PartFinding{Part: t.item, Detection: t.detection, Item: t.item, Tests: []*rules.Test{t.test}, Proof: t.proof}
	if !a.negated(t.test) {
		f.Kind = ValueDead
		return a.lost(f, ValueSwallowed)
	}
	f.Kind = ExclusionValueDead
	if emptiness(t.test) {
		f.Kind = NullGuard
	}
	return f
}

// eachLive visits the items of identifiers that were not found dead.
func (a *Analysis) eachLive(visit func(*rules.Detection, *rules.Item)) {
	for _, d := range a.used() {
		if _, both := a.polarity(d); both || a.deadParts[d] || d.Block == nil {
			continue
		}
		eachItem(d.Block, func(b *rules.Block) bool { return !a.deadParts[b] }, func(_ *rules.Block, i *rules.Item) { visit(d, i) })
	}
}

// plainlyCovered gives for every value of a list the index of another one that covers it by its spelling alone, or -1. Of
// equal values the first covers the others.
func (a *Analysis) plainlyCovered(i *rules.Item) []int {
	out := make([]int, len(i.Tests))
	leaves := make([]*leaf, len(i.Tests))
	var ids []int32
	for n, t := range i.Tests {
		out[n] = -1
		leaves[n] = a.leafOf(t)
		if l := leaves[n]; l != nil && l.kind == textLeaf && len(l.words) > 0 {
			ids = append(ids, int32(n))
		}
	}
	f := newFinder(leaves, ids)
	for _, n := range ids {
		check := func(m int32) {
			if m == n || out[n] >= 0 {
				return
			}
			a.work += leaves[m].comparing(leaves[n])
			if !leaves[m].covers(leaves[n]) {
				return
			}
			if m < n || !leaves[n].covers(leaves[m]) {
				out[n] = int(m)
			}
		}
		if a.exhausted() {
			break // what is not found here is left to the search, which says so
		}
		if f != nil {
			a.work += f.each(leaves[n].words[0].specimen(), leaves, check)
			continue
		}
		for _, m := range ids {
			check(m)
		}
	}
	return out
}

// leafOf is the test as the formula has it.
func (a *Analysis) leafOf(t *rules.Test) *leaf {
	at := a.sheet.at[t]
	if len(at) == 0 || a.sheet.nodes[at[0]].leaf < 0 {
		return nil
	}
	return a.sheet.leaves[a.sheet.nodes[at[0]].leaf]
}

// includes reports, by the spelling alone, that every text of q is one of w, whatever the folding: case is set aside for a to z
// only. What it does not report may still be so.
func (w word) includes(q word) bool {
	if w.cased && !q.cased {
		return false
	}
	p, t := 0, 0
	star, mark := -1, 0
	for t < len(q.glyphs) {
		switch {
		case p < len(w.glyphs) && w.glyphs[p].kind == anyRun:
			star, mark = p, t
			p++
		case p < len(w.glyphs) && w.glyphs[p].covers(q.glyphs[t], w.cased):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(w.glyphs) && w.glyphs[p].kind == anyRun {
		p++
	}
	return p == len(w.glyphs)
}

// covers reports that a step takes whatever another takes.
func (g glyph) covers(h glyph, cased bool) bool {
	switch {
	case h.kind == anyRun:
		return false
	case g.kind == anyOne:
		return true
	case g.kind == anyDash:
		return h.kind == anyDash || h.kind == one && isDash(h.r)
	case h.kind != one:
		return false
	case cased:
		return g.r == h.r
	}
	return ASCIIFolding.canonical(g.r) == ASCIIFolding.canonical(h.r)
}

// comparing is what covers takes, in units of a meter.
func (l *leaf) comparing(m *leaf) int {
	return len(l.words) * len(m.words) * checkUnits
}

// covers reports the same of tests made of patterns.
func (l *leaf) covers(m *leaf) bool {
	if l.kind != textLeaf || m.kind != textLeaf || len(l.words) == 0 || len(m.words) == 0 {
		return false
	}
	for _, q := range m.words {
		found := false
		for _, w := range l.words {
			found = found || w.includes(q)
		}
		if !found {
			return false
		}
	}
	return true
}

// specimen is one text of a pattern.
func (w word) specimen() string {
	text := make([]rune, 0, len(w.glyphs))
	for _, g := range w.glyphs {
		switch g.kind {
		case one, anyDash:
			text = append(text, g.r)
		default:
			text = append(text, 0)
		}
	}
	return string(text)
}

// coveredInList asks whether a value of a list matches anything that the other values do not. No: they cover it.
func (a *Analysis) coveredInList(i *rules.Item, n int) Answer {
	if !a.afford(i) {
		return Answer{Reason: tooManyQuestions}
	}
	var others []*Formula
	for m, t := range i.Tests {
		if m != n {
			others = append(others, fromTest(i.Field, i, t))
		}
	}
	own := fromTest(i.Field, i, i.Tests[n])
	return a.search(And(own, Not(Or(others...))))
}

// Details is what can be said of redundant spelling: values that their own list covers, and items and values that the rest
// implies. All of it is true, and most of it is harmless.
func (a *Analysis) Details() []PartFinding {
	a.Values()
	if len(a.Whole()) > 0 || a.details.done {
		return a.details.findings
	}
	a.details.done = true
	report := func(f PartFinding) { a.details.findings = append(a.details.findings, f) }
	for _, d := range a.used() {
		if _, both := a.polarity(d); both || a.deadParts[d] || d.Block == nil {
			continue
		}
		eachItem(d.Block, func(b *rules.Block) bool { return !a.deadParts[b] }, func(b *rules.Block, i *rules.Item) {
			if len(i.Tests) > 1 && !i.All {
				a.covered(d, i, report)
			}
			if len(i.Tests) > 1 && i.All {
				a.impliedValues(d, i, report)
			}
			if len(b.Items) > 1 {
				a.impliedItem(d, i, report)
			}
		})
	}
	return a.details.findings
}

// covered reports values that other values of their list cover, each so that all can go at once.
func (a *Analysis) covered(d *rules.Detection, i *rules.Item, report func(PartFinding)) {
	out := PartFinding{Kind: ValueCovered, Part: i, Detection: d, Item: i}
	by := a.plainlyCovered(i)
	for n, t := range i.Tests {
		if by[n] >= 0 {
			out.Tests = append(out.Tests, t)
			out.Covering = append(out.Covering, i.Tests[by[n]])
		}
	}
	gone := map[int]bool{}
	for n := len(i.Tests) - 1; n >= 0; n-- {
		t := i.Tests[n]
		if a.exhausted() {
			break
		}
		if by[n] >= 0 || a.alone(i, n) || !a.afford(i) {
			continue
		}
		var others []*Formula
		for m, u := range i.Tests {
			if m != n && !gone[m] && by[m] < 0 {
				others = append(others, fromTest(i.Field, i, u))
			}
		}
		proof := a.search(And(fromTest(i.Field, i, t), Not(Or(others...))))
		if proof.Verdict != No {
			continue
		}
		gone[n] = true
		out.Tests = append(out.Tests, t)
		out.Covering = append(out.Covering, onlyOther(proof, t))
		out.Proof = proof
	}
	if len(out.Tests) > 0 {
		report(out)
	}
}

// alone reports that an event was seen on which this value decides its list: so it is not covered.
func (a *Analysis) alone(i *rules.Item, n int) bool {
	at := a.sheet.at[i.Tests[n]]
	if len(at) == 1 && a.matters[at[0]]&2 != 0 {
		return true
	}
	l := a.leafOf(i.Tests[n])
	if l == nil {
		return true
	}
	for _, s := range l.trialShapes() {
		text := s.start
		for _, m := range s.middle {
			text += m
		}
		text += s.end
		runes := []rune(text)
		a.work += l.reading(len(runes))
		if !l.holdsOn(text, runes) {
			continue
		}
		other := false
		for m, t := range i.Tests {
			u := a.leafOf(t)
			if m == n || u == nil || u.kind == opaqueLeaf {
				continue
			}
			if a.work += u.reading(len(runes)); u.holdsOn(text, runes) {
				other = true
				break
			}
		}
		if !other {
			return true
		}
	}
	return false
}

// onlyOther is the one test that a proof names beside the given one, or nil.
func onlyOther(proof Answer, t *rules.Test) *rules.Test {
	var out *rules.Test
	for _, l := range proof.Core() {
		for _, x := range l.Tests {
			if x == t || x == out {
				continue
			}
			if out != nil {
				return nil
			}
			out = x
		}
	}
	return out
}

// impliedValues reports values under `all` that other values there imply (AllValueImplied), or that the rest of the rule does.
func (a *Analysis) impliedValues(d *rules.Detection, i *rules.Item, report func(PartFinding)) {
	local := PartFinding{Kind: AllValueImplied, Part: i, Detection: d, Item: i}
	rest := PartFinding{Kind: ItemImplied, Part: i, Detection: d, Item: i}
	gone := map[int]bool{}
	for n := len(i.Tests) - 1; n >= 0; n-- {
		t := i.Tests[n]
		proof := a.changes(t, true)
		if proof.Verdict != No || !a.afford(i) {
			continue
		}
		var others []*Formula
		for m, u := range i.Tests {
			if m != n && !gone[m] {
				others = append(others, fromTest(i.Field, i, u))
			}
		}
		if p := a.search(And(And(others...), Not(fromTest(i.Field, i, t)))); p.Verdict == No {
			gone[n] = true
			local.Tests = append(local.Tests, t)
			local.Covering = append(local.Covering, onlyOther(p, t))
			local.Proof = p
			continue
		}
		if negated, _ := a.polarity(d); !negated && len(gone) == 0 {
			rest.Tests = append(rest.Tests, t)
			rest.Proof = proof
		}
	}
	for _, f := range []PartFinding{local, rest} {
		if len(f.Tests) > 0 {
			report(f)
		}
	}
}

// impliedItem reports an item that the rest implies.
func (a *Analysis) impliedItem(d *rules.Detection, i *rules.Item, report func(PartFinding)) {
	proof := a.changes(i, true)
	if proof.Verdict != No {
		return
	}
	f := PartFinding{Kind: ItemImplied, Part: i, Detection: d, Item: i, Proof: proof}
	if negated, _ := a.polarity(d); negated {
		f.Kind = ExclusionRestates
		if f.Proof = a.search(And(without(a.formula, a.exclusions()), Not(FromItem(i)))); f.Proof.Verdict != No {
			return // two exclusions that complete each other
		}
	}
	report(f)
}

// PartWitness is an event that the rule matches because of one part.
type PartWitness struct {
	Part  Part
	Event Event
}

// Witnesses gives an event for every value of every positive list, and for every positive item without a list, that can
// matter: one on which the rule holds and would not without the value. Each was confirmed by direct evaluation; parts for which no
// event could be confirmed are left out.
func (a *Analysis) Witnesses() []PartWitness {
	if len(a.Whole()) > 0 || a.Rule.Detection.Evaluable() != nil {
		return nil
	}
	var out []PartWitness
	for _, d := range a.used() {
		if negated, both := a.polarity(d); negated || both || d.Block == nil {
			continue
		}
		eachItem(d.Block, func(*rules.Block) bool { return true }, func(_ *rules.Block, i *rules.Item) {
			if i.Negated {
				return
			}
			parts := []Part{i}
			if !i.All && len(i.Tests) > 1 {
				parts = parts[:0]
				for _, t := range i.Tests {
					parts = append(parts, t)
				}
			}
			for _, p := range parts {
				if e, ok := a.witness(p); ok {
					out = append(out, PartWitness{p, e})
				}
			}
		})
	}
	return out
}

// witness is an event on which the rule holds because of a part.
func (a *Analysis) witness(part Part) (Event, bool) {
	if cast, ok := a.tried(part, false); ok {
		e := a.sheet.event(cast)
		if a.confirmed(e) {
			return e, true
		}
	}
	answer := a.search(And(a.formula, Not(a.formula.With(part, false))))
	return answer.Witness, answer.Verdict == Yes
}

// confirmed evaluates a witness with package match, which shares nothing with the way it was found.
func (a *Analysis) confirmed(e Event) bool {
	if a.prover == nil {
		a.prover = NewProver(a.options)
	}
	return a.prover.recheck.confirm(a.formula, e, UnicodeFolding) == Holds
}
