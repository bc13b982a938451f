package logic

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sigtune/sigtune/rules"
)

// Ruleset answers which rules contain which, over many rules. Events of each rule refute nearly all pairs; a row of characters that a
// rule needs keeps most pairs from being looked at at all. It is not safe for several goroutines.
type Ruleset struct {
	Rules   []*rules.Rule
	options Options
	members []member
	needing map[fieldNeed][]int32 // rules that need this in some event field
	widths  [gramWidth + 1]bool
	others  []int32 // rules that need nothing in particular
	near    func(inner, outer int) bool
	hits    [][]int32 // by inner rule: the near ones that match its event; nil before they are asked for
}

type member struct {
	formula  *Formula
	analysis *Analysis
	cast     []fieldValue // of an event that the rule matches; nil when there is none
	needs    []fieldNeed  // of which every event that it matches has one, until they are in the index
	needed   bool
}

// fieldNeed is characters that a field must hold.
type fieldNeed struct {
	field string
	need  need
}

// Containment says that every event that the rule Inner matches is matched by the rule Outer. Both are indexes.
type Containment struct {
	Inner, Outer int
	Proof        Answer
}

// NewRuleset prepares questions about rules, on all processors. Those without a certain meaning take no part.
func NewRuleset(list []*rules.Rule, o Options) *Ruleset {
	s := &Ruleset{Rules: list, options: o, needing: map[fieldNeed][]int32{}, members: make([]member, len(list))}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(len(list), 1)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(list); i = int(next.Add(1)) - 1 {
				s.members[i] = newMember(list[i], o)
			}
		})
	}
	workers.Wait()
	for i := range s.members {
		m := &s.members[i]
		if m.formula == nil {
			continue
		}
		if !m.needed {
			s.others = append(s.others, int32(i))
		}
		for _, n := range m.needs {
			s.needing[n] = append(s.needing[n], int32(i))
			s.widths[n.need.width] = true
		}
		m.needs = nil
	}
	return s
}

func newMember(r *rules.Rule, o Options) member {
	if r.Detection.Evaluable() != nil {
		return member{}
	}
	a := Analyse(r, o)
	m := member{formula: a.formula, analysis: a}
	if cast, ok := a.trial.event([]int32{0}, false); ok {
		m.cast = cast
	} else if answer := a.search(a.formula); answer.Verdict == Yes {
		m.cast, _ = a.sheet.fromEvent(answer.Witness)
	}
	m.needs, m.needed = a.formula.needs(false)
	return m
}

// Among restricts all questions to pairs for which near is true, which is called from several goroutines. What an event of a rule refutes is then found out once for all of them.
func (s *Ruleset) Among(near func(inner, outer int) bool) { s.near, s.hits = near, nil }

// tooManyNeeds is how many alternatives are worth an index entry each; rules with longer lists are simply looked at.
const tooManyNeeds = 2000

// needs is a set of which every event that the formula matches has a member; false when there is none.
func (f *Formula) needs(negated bool) ([]fieldNeed, bool) {
	switch {
	case f.op == opNot:
		return f.args[0].needs(!negated)
	case f.op == opLeaf:
		if negated || f.leaf.field == "" {
			return nil, false
		}
		var out []fieldNeed
		for _, n := range f.leaf.needs(nil) {
			out = append(out, fieldNeed{f.leaf.field, n})
		}
		return out, out != nil
	case f.op != opAnd && f.op != opOr:
		return nil, false
	case (f.op == opAnd) != negated:
		var best []fieldNeed
		for _, a := range f.args {
			if n, ok := a.needs(negated); ok && (best == nil || weight(n) < weight(best)) {
				best = n
			}
		}
		return best, best != nil
	}
	var out []fieldNeed
	for _, a := range f.args {
		n, ok := a.needs(negated)
		if !ok || len(out) > tooManyNeeds {
			return nil, false
		}
		out = append(out, n...)
	}
	return out, out != nil
}

// weight prefers few and wide rows.
func weight(list []fieldNeed) int {
	w := len(list)
	for _, n := range list {
		if n.need.width < gramWidth {
			w += 10
		}
	}
	return w
}

// candidates are the rules that the event could match, each once.
func (s *Ruleset) candidates(of *sheet, cast []fieldValue, seen []int32, round int32, visit func(int32)) {
	try := func(list []int32) {
		for _, i := range list {
			if seen[i] != round {
				seen[i] = round
				visit(i)
			}
		}
	}
	try(s.others)
	for i, f := range of.fields {
		if f.opaque || cast[i].presence != isText {
			continue
		}
		g, at := gram(0), 0
		for _, r := range cast[i].text {
			g = g.then(r)
			at++
			for width := 1; width <= min(at, gramWidth); width++ {
				if s.widths[width] {
					try(s.needing[fieldNeed{f.name, need{g.last(width), width}}])
				}
			}
		}
	}
}

// on translates an event of one rule for another.
func (s *sheet) on(of *sheet, cast []fieldValue) []fieldValue {
	out := s.empty()
	for key, i := range s.byName {
		if j, ok := of.byName[key]; ok {
			out[i] = cast[j]
		}
	}
	return out
}

// matches evaluates a rule on an event of another.
func (m *member) matches(of *sheet, cast []fieldValue) bool {
	s := m.analysis.sheet
	next := s.on(of, cast)
	for i := range s.fields {
		if s.cast == nil || s.cast[i] != next[i] {
			s.test(int32(i), next[i])
		}
	}
	s.cast = append(s.cast[:0], next...)
	s.evaluate(nil, false)
	return s.holds[0]
}

// Contained gives the proved containments among the pairs that are wanted, by inner and outer rule.
func (s *Ruleset) Contained(wanted func(inner, outer int) bool) []Containment {
	return s.compare(wanted, false)
}

// Equivalent gives the pairs among those wanted that match the same events; the later rule is called the inner one.
func (s *Ruleset) Equivalent(wanted func(inner, outer int) bool) []Containment {
	return s.compare(func(i, j int) bool { return i > j && wanted(i, j) }, true)
}

func (s *Ruleset) compare(wanted func(inner, outer int) bool, both bool) []Containment {
	var out []Containment
	hits := s.hits
	if s.near == nil {
		hits = s.matching(wanted)
	} else if hits == nil {
		hits = s.matching(s.near)
		s.hits = hits
	}
	for i := range s.members {
		inner := &s.members[i]
		var left []int
		for _, j := range hits[i] {
			outer := &s.members[j]
			if wanted(i, int(j)) && (!both || inner.matches(outer.analysis.sheet, outer.cast)) {
				left = append(left, int(j))
			}
		}
		for _, j := range s.refute(inner, left) {
			outer := &s.members[j]
			if both && len(s.refute(outer, []int{i})) == 0 {
				continue
			}
			p := NewProver(s.options)
			proof := p.Implies(inner.formula, outer.formula)
			if both && proof.Verdict == Yes {
				proof = p.Equivalent(inner.formula, outer.formula)
			}
			if proof.Verdict == Yes {
				out = append(out, Containment{i, j, proof})
			}
		}
	}
	return out
}

// matching gives for each rule the others of the pairs asked for that match its event, in order. Each worker has rules of its own to evaluate,
// as evaluating changes their sheets.
func (s *Ruleset) matching(asked func(inner, outer int) bool) [][]int32 {
	shares := make([][][]int32, min(runtime.GOMAXPROCS(0), max(len(s.members), 1)))
	var workers sync.WaitGroup
	for w := range shares {
		workers.Go(func() {
			hits := make([][]int32, len(s.members))
			seen := make([]int32, len(s.members))
			for i := range s.members {
				inner := &s.members[i]
				if inner.cast == nil {
					continue
				}
				s.candidates(inner.analysis.sheet, inner.cast, seen, int32(i)+1, func(j int32) {
					outer := &s.members[j]
					if int(j)%len(shares) == w && int(j) != i && outer.cast != nil && asked(i, int(j)) && outer.matches(inner.analysis.sheet, inner.cast) {
						hits[i] = append(hits[i], j)
					}
				})
			}
			shares[w] = hits
		})
	}
	workers.Wait()
	hits := shares[0]
	for i := range hits {
		for _, more := range shares[1:] {
			hits[i] = append(hits[i], more[i]...)
		}
		slices.Sort(hits[i])
	}
	return hits
}

// comparedEvents is how many events of a rule are held against the rules that are left.
const comparedEvents = 60

// refute drops rules that miss an event of the inner rule.
func (s *Ruleset) refute(inner *member, left []int) []int {
	if len(left) == 0 {
		return nil
	}
	a := inner.analysis
	events := 0
	for i := range a.sheet.nodes {
		n := &a.sheet.nodes[i]
		if n.negated || n.parent < 0 || a.sheet.nodes[n.parent].op != opOr || events == comparedEvents || len(left) == 0 {
			continue
		}
		events++
		cast, ok := a.trial.event([]int32{int32(i)}, false)
		if !ok {
			continue
		}
		kept := left[:0]
		for _, j := range left {
			if s.members[j].matches(a.sheet, cast) {
				kept = append(kept, j)
			}
		}
		left = kept
	}
	return left
}
