package logic

import (
	"sort"

	"github.com/sigtune/sigtune/rules/match"
)

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
	p.meter.reset(p.options.States)
	nodes := 0
	f.each(func(*Formula) { nodes++ })
	p.meter.spend(costChoice, nodeUnits*nodes)
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
	q.prover.meter.spend(costChoice, clauseUnits*len(q.sat.value))
	q.contradictions()
	reason := ""
	doubts := 0
	for {
		switch q.sat.solve(q.prover.options.Steps, &q.prover.meter) {
		case exhausted:
			return Answer{Reason: q.prover.meter.reason()}
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
		q.prover.meter.spend(costChoice, chosenUnits*len(chosen))
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
			if m := &q.prover.meter; m.exhausted() {
				return Answer{Reason: m.reason()}
			}
			continue
		}
		if !q.affordable(event) {
			return Answer{Reason: q.prover.meter.reason()}
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
		q.theory.eachWithin(byField[k][0], byField[k][1], func(p, n *literal) bool {
			q.lemmas = append(q.lemmas, lemma{core: []*literal{p, n}})
			q.forbid([]*literal{p, n})
			return true
		})
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

// affordable reports that the event is short enough for every test to be evaluated on it directly.
func (q *question) affordable(e Event) bool {
	m := &q.prover.meter
	lengths := map[string]int{}
	for field, v := range e {
		for _, s := range texts(v) {
			lengths[field] += len(s)
		}
	}
	if raw, ok := lengths[match.RawFields[0]]; ok {
		lengths[""] = raw
	}
	q.formula.each(func(f *Formula) {
		if f.leaf != nil {
			m.spend(costTrial, f.leaf.reading(lengths[f.leaf.field]))
		}
	})
	return !m.exhausted()
}

// checkUnits is what evaluating a test costs beside reading the text.
const checkUnits = 10

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

// chosenUnits is what a chosen literal costs: it is collected, and sorted by its field.
const chosenUnits = 20

// nodeUnits is what reading a node of a formula costs.
const nodeUnits = 10

// clauseUnits is what a node of the formula, or a conflict, costs the choice: clauses, watches, entries in tables.
const clauseUnits = 50

// needed drops conflicts while the rest still proves it: halves first, then smaller pieces, then single ones.
func (q *question) needed() []lemma {
	lemmas := append([]lemma(nil), q.lemmas...)
	sort.SliceStable(lemmas, func(i, j int) bool { return len(lemmas[i].core) > len(lemmas[j].core) })
	patience := q.prover.meter.part(2)
	for size := (len(lemmas) + 1) / 2; size >= 1; size /= 2 {
		for i := 0; i < len(lemmas) && patience.left(); {
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
	q.prover.meter.spend(costChoice, clauseUnits*(len(again.sat.value)+len(lemmas)))
	for _, l := range lemmas {
		again.forbid(l.core)
	}
	return again.sat.solve(q.prover.options.Steps, &q.prover.meter) == empty
}
