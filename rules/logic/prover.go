package logic

import (
	"fmt"
	"sort"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// Options adjust what is assumed about events and how much a question may cost. The zero value is the default.
type Options struct {
	// Folding is the case folding of proofs. The default demands that an answer holds under both.
	Folding Folding
	// Lists reports fields that may hold several values at once; a test then holds when it holds for one of them, and a negated
	// one when it holds for none. Without it every field holds one value. Keywords always search several.
	Lists func(field string) bool
	// Domain says what a field can hold, as a formula over that field alone, true also for absence; nil where nothing is known.
	Domain func(field string) *Formula
	// Axioms hold for every event.
	Axioms []*Formula
	// Platform is `windows`, `linux` or `macos` and only makes witnesses look at home; "" takes the product of the rule.
	Platform string
	// States bounds the product states of one question, Steps its decisions; 0 means DefaultStates and DefaultSteps.
	States, Steps int
}

// Default budgets of one question. The whole published rule corpus stays under a tenth of either.
const (
	DefaultStates = 400_000
	DefaultSteps  = 100_000
)

// Prover answers questions and remembers automata and conflicts between them: use one for all questions about a rule, or about a
// pair of rules. It is not safe for several goroutines.
type Prover struct {
	options  Options
	literals *literals
	theories [2]*theory // Unicode, ASCII
	domains  map[string]*Formula
	states   int
	platform string
	noGuess  bool
	recheck  rechecker
}

// NewProver makes a prover.
func NewProver(o Options) *Prover {
	if o.States == 0 {
		o.States = DefaultStates
	}
	if o.Steps == 0 {
		o.Steps = DefaultSteps
	}
	p := &Prover{options: o, literals: newLiterals(), domains: map[string]*Formula{}}
	p.recheck.matchers = map[*rules.Detection]*match.Matcher{}
	for i, folding := range []Folding{UnicodeFolding, ASCIIFolding} {
		p.theories[i] = &theory{space: newSpace(folding), literals: p.literals, lists: o.Lists, known: map[string]fieldAnswer{}, budget: &p.states}
	}
	return p
}

// Satisfiable asks whether any event matches.
func Satisfiable(f *Formula) Answer { return NewProver(Options{}).Satisfiable(f) }

// Implies asks whether every event that matches a matches b.
func Implies(a, b *Formula) Answer { return NewProver(Options{}).Implies(a, b) }

// Disjoint asks whether no event matches both.
func Disjoint(a, b *Formula) Answer { return NewProver(Options{}).Disjoint(a, b) }

// Equivalent asks whether the same events match both.
func Equivalent(a, b *Formula) Answer { return NewProver(Options{}).Equivalent(a, b) }

// Implies asks whether every event that matches a matches b. A No carries an event that matches a and not b.
func (p *Prover) Implies(a, b *Formula) Answer { return p.Satisfiable(And(a, Not(b))).reversed() }

// Disjoint asks whether no event matches both. A No carries an event that does.
func (p *Prover) Disjoint(a, b *Formula) Answer { return p.Satisfiable(And(a, b)).reversed() }

// Equivalent asks whether the same events match both. A No carries an event that only one of them matches.
func (p *Prover) Equivalent(a, b *Formula) Answer {
	forth := p.Implies(a, b)
	if forth.Verdict == No {
		return forth
	}
	back := p.Implies(b, a)
	if forth.Verdict == Unknown && back.Verdict != No {
		return forth
	}
	if back.Verdict == Yes {
		back.Conflicts = append(append([]Conflict(nil), forth.Conflicts...), back.Conflicts...)
		back.Assumptions = sortAssumptions(append(append([]Assumption(nil), forth.Assumptions...), back.Assumptions...))
	}
	return back
}

// reversed is the answer to "there is no such event".
func (a Answer) reversed() Answer {
	switch a.Verdict {
	case Yes:
		a.Verdict = No
	case No:
		a.Verdict = Yes
	}
	return a
}

// Satisfiable asks whether any event matches, the axioms and domains granted.
func (p *Prover) Satisfiable(f *Formula) Answer {
	f = p.withAxioms(f)
	p.setPlatform(f)
	defer p.forget()
	switch p.options.Folding {
	case UnicodeFolding:
		return p.under(f, p.theories[0])
	case ASCIIFolding:
		return p.under(f, p.theories[1])
	}
	a := p.under(f, p.theories[0])
	switch a.Verdict {
	case Yes:
		if f.Eval(a.Witness, ASCIIFolding) == Holds {
			return a
		}
		b := p.under(f, p.theories[1])
		if b.Verdict == Yes && f.Eval(b.Witness, UnicodeFolding) == Holds {
			return b
		}
		if b.Verdict == Yes {
			return a // possible either way, though not by one event
		}
		return Answer{Reason: "it depends on whether the back-end folds upper and lower case beyond ASCII"}
	case No:
		if f.foldsAlike() {
			return a
		}
		if b := p.under(f, p.theories[1]); b.Verdict != No {
			return Answer{
				Reason:    "it depends on whether the back-end folds upper and lower case beyond ASCII",
				Conflicts: a.Conflicts,
			}
		}
	}
	return a
}

// foldsAlike reports that the foldings cannot give different answers: all text is ASCII, and no test tells `k` from `K`, so
// that an event with a Kelvin sign has a twin with a `k`.
func (f *Formula) foldsAlike() bool {
	alike := true
	f.each(func(g *Formula) {
		l := g.leaf
		if l == nil || !alike || l.kind != textLeaf {
			return
		}
		switch l.test.Kind {
		case rules.RegexTest:
			alike = false
			return
		}
		for _, w := range l.words {
			for _, g := range w.glyphs {
				switch {
				case g.kind != one:
				case g.r >= 0x80, w.cased && (g.r|0x20 == 'k' || g.r|0x20 == 's'):
					alike = false
				}
			}
		}
	})
	return alike
}

func (p *Prover) withAxioms(f *Formula) *Formula {
	axioms := append([]*Formula(nil), p.options.Axioms...)
	if p.options.Domain != nil {
		seen := map[string]bool{}
		f.each(func(g *Formula) {
			if g.leaf == nil || seen[g.leaf.field] || g.leaf.kind == opaqueLeaf {
				return
			}
			field := g.leaf.field
			seen[field] = true
			domain, ok := p.domains[field]
			if !ok {
				if domain = p.options.Domain(field); domain != nil {
					domain = domain.asAxiom()
				}
				p.domains[field] = domain
			}
			if domain != nil {
				axioms = append(axioms, domain)
			}
		})
	}
	if len(axioms) == 0 {
		return f
	}
	for i := range p.options.Axioms {
		key := fmt.Sprintf("\x00axiom %d", i)
		if p.domains[key] == nil {
			p.domains[key] = axioms[i].asAxiom()
		}
		axioms[i] = p.domains[key]
	}
	return And(append([]*Formula{f}, axioms...)...)
}

// asAxiom marks every test as a fact that the caller added.
func (f *Formula) asAxiom() *Formula {
	return f.rewrite(func(g *Formula) *Formula {
		if g.leaf == nil {
			return nil
		}
		out := *g
		l := *g.leaf
		l.axiom = true
		out.leaf = &l
		return &out
	})
}

func (p *Prover) setPlatform(f *Formula) {
	platform := p.options.Platform
	if r := f.source(); platform == "" && r != nil {
		platform = r.Logsource.Product.Value
	}
	for _, t := range p.theories {
		if t.platform != platform {
			t.known = map[string]fieldAnswer{}
		}
		t.platform, t.noGuess = platform, p.noGuess
	}
}

func (p *Prover) forget() {
	for _, t := range p.theories {
		t.space.forget()
	}
}

// tooLarge is the reason when a budget ran out.
const tooLarge = "the search became too large"

// question is one run of the search under one folding.
type question struct {
	prover  *Prover
	theory  *theory
	formula *Formula
	root    *node
	sat     *sat
	vars    map[*node]int32
	byLit   map[*literal]int32
	ordered []*literal // in the order of the rule
	lemmas  []lemma
}

// lemma is a conflict as it was learned.
type lemma struct {
	core   []*literal
	scalar bool
}

// under decides the formula under one folding.
func (p *Prover) under(f *Formula, t *theory) Answer {
	p.states = p.options.States
	q := &question{prover: p, theory: t, formula: f, root: p.literals.normalise(f, false)}
	switch q.root.op {
	case opFalse:
		return Answer{Verdict: No}
	case opTrue:
		return q.checked(Event{}, nil)
	}
	return q.run()
}

// run alternates between choosing literals and asking whether the fields can meet them.
func (q *question) run() Answer {
	q.encode()
	q.contradictions()
	reason := ""
	doubts := 0
	for {
		switch q.sat.solve(q.prover.options.Steps) {
		case exhausted:
			return Answer{Reason: tooLarge}
		case empty:
			if reason != "" {
				return Answer{Reason: reason}
			}
			return q.proof()
		}
		chosen := q.chosen()
		var fields []any
		byField := map[any][]*literal{}
		for _, l := range chosen {
			k := l.fieldKey()
			if byField[k] == nil {
				fields = append(fields, k)
			}
			byField[k] = append(byField[k], l)
		}
		event := Event{}
		blocked := false
		for _, k := range fields {
			a := q.theory.decide(byField[k])
			switch a.verdict {
			case Yes:
				if _, absent := a.value.(absentValue); !absent {
					q.put(event, byField[k][0].field, a.value)
				}
				continue
			case Unknown:
				// This choice leads nowhere certain; another one may.
				reason = a.reason
				q.forbid(byField[k])
			case No:
				q.lemmas = append(q.lemmas, lemma{a.core, a.scalar})
				q.forbid(a.core)
			}
			blocked = true
		}
		if blocked {
			if p := q.prover; p.states < 0 {
				return Answer{Reason: tooLarge}
			}
			continue
		}
		answer := q.checked(event, chosen)
		if answer.Verdict == Yes {
			return answer
		}
		// The choice is possible only for some meaning of an opaque part, or the fields depend on each other
		// (keywords): look for another one before giving up.
		reason = answer.Reason
		if doubts++; doubts > maxDoubts {
			return answer
		}
		q.forbid(doubtful(chosen))
	}
}

// maxDoubts is how many choices that could not be confirmed are set aside before the answer is Unknown.
const maxDoubts = 64

// doubtful is what made a choice uncertain: its opaque literals, or all of it.
func doubtful(chosen []*literal) []*literal {
	var out []*literal
	for _, l := range chosen {
		if l.kind == opaqueLeaf {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		return chosen
	}
	return out
}

// forbid rules out that all the literals are chosen.
func (q *question) forbid(literals []*literal) {
	clause := make([]lit, len(literals))
	for i, l := range literals {
		clause[i] = positive(q.byLit[l]).not()
	}
	q.sat.add(clause...)
}

// encode turns the tree into clauses: a needed AND needs all its operands, a needed OR one of them.
func (q *question) encode() {
	q.sat = &sat{}
	q.vars = map[*node]int32{}
	q.byLit = map[*literal]int32{}
	q.sat.add(positive(q.encodeNode(q.root)))
}

// contradictions forbids from the start what needs no automaton: that a list holds and one that repeats its values does not.
// Questions about parts of a rule hold the same values on both sides.
func (q *question) contradictions() {
	byField := map[any][2][]*literal{}
	var fields []any
	for _, l := range q.ordered {
		k := l.fieldKey()
		sides, seen := byField[k]
		if !seen {
			fields = append(fields, k)
		}
		if l.negated {
			sides[1] = append(sides[1], l)
		} else {
			sides[0] = append(sides[0], l)
		}
		byField[k] = sides
	}
	for _, k := range fields {
		for _, p := range byField[k][0] {
			for _, n := range byField[k][1] {
				if p.within(n) {
					q.lemmas = append(q.lemmas, lemma{core: []*literal{p, n}})
					q.forbid([]*literal{p, n})
				}
			}
		}
	}
}

func (q *question) encodeNode(n *node) int32 {
	if n.op == opLeaf {
		v, ok := q.byLit[n.literal]
		if !ok {
			v = q.sat.variable()
			q.byLit[n.literal] = v
			q.ordered = append(q.ordered, n.literal)
		}
		q.vars[n] = v
		return v
	}
	v := q.sat.variable()
	q.vars[n] = v
	args := make([]int32, len(n.args))
	for i, a := range n.args {
		args[i] = q.encodeNode(a)
	}
	if n.op == opAnd {
		for _, a := range args {
			q.sat.add(positive(v).not(), positive(a))
		}
		return v
	}
	clause := []lit{positive(v).not()}
	for _, a := range args {
		clause = append(clause, positive(a))
	}
	q.sat.add(clause...)
	q.sat.choices = append(q.sat.choices, choice{v, args})
	return v
}

// chosen is the literals that the current choice rests on, in the order of the rule.
func (q *question) chosen() []*literal {
	var out []*literal
	seen := map[*literal]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		switch n.op {
		case opLeaf:
			if !seen[n.literal] {
				seen[n.literal] = true
				out = append(out, n.literal)
			}
		case opAnd:
			for _, a := range n.args {
				walk(a)
			}
		case opOr:
			for _, a := range n.args {
				if q.sat.value[q.vars[a]] == 1 {
					walk(a)
					return
				}
			}
		}
	}
	walk(q.root)
	return out
}

// put writes a value into the event; the event as a whole is the raw message.
func (q *question) put(e Event, field string, value any) {
	if list, ok := value.([]string); ok {
		values := make([]any, len(list))
		for i, s := range list {
			values[i] = s
		}
		value = values
	}
	if field == "" {
		field = match.RawFields[0]
	}
	e[field] = value
}

// checked evaluates a witness directly before anyone sees it.
func (q *question) checked(e Event, chosen []*literal) Answer {
	folding := q.theory.space.folding
	confirmed := func(e Event) Truth { return q.prover.recheck.confirm(q.formula, e, folding) }
	if nicer := q.polished(e, chosen); nicer != nil && confirmed(nicer) == Holds {
		return Answer{Verdict: Yes, Witness: nicer}
	}
	switch confirmed(e) {
	case Holds:
		return Answer{Verdict: Yes, Witness: e}
	case Undetermined:
		return Answer{Reason: "possible, but it depends on a part that cannot be evaluated: " + firstOf(q.formula.Opaque())}
	}
	return Answer{Reason: "keywords are searched in the fields as well, and no event was found that meets both"}
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// proof puts the learned conflicts into words, without those that the proof does not need.
func (q *question) proof() Answer {
	lemmas := q.needed()
	a := Answer{Verdict: No}
	for _, l := range lemmas {
		c, assumptions := q.conflict(l)
		a.Conflicts = append(a.Conflicts, c)
		a.Assumptions = append(a.Assumptions, assumptions...)
	}
	a.Assumptions = sortAssumptions(a.Assumptions)
	return a
}

// needed drops conflicts while the rest still proves it: halves first, then smaller pieces, then single ones.
func (q *question) needed() []lemma {
	lemmas := append([]lemma(nil), q.lemmas...)
	sort.SliceStable(lemmas, func(i, j int) bool { return len(lemmas[i].core) > len(lemmas[j].core) })
	for size := (len(lemmas) + 1) / 2; size >= 1; size /= 2 {
		for i := 0; i < len(lemmas); {
			rest := append(append([]lemma(nil), lemmas[:i]...), lemmas[min(i+size, len(lemmas)):]...)
			if q.refutes(rest) {
				lemmas = rest
			} else {
				i += size
			}
		}
	}
	return lemmas
}

func (q *question) refutes(lemmas []lemma) bool {
	again := &question{prover: q.prover, theory: q.theory, formula: q.formula, root: q.root}
	again.encode()
	for _, l := range lemmas {
		again.forbid(l.core)
	}
	return again.sat.solve(q.prover.options.Steps) == empty
}
