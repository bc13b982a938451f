package logic

import (
	"github.com/sigtune/sigtune/rules"
)

// Analysis answers questions about the parts of one rule, each when it is first asked. It is not safe for several goroutines.
//
// Every finding rests on a proof: a part that is called dead, covered or implied can be replaced by a constant and no event at all is
// judged differently. Where that is unknown there is no finding.
type Analysis struct {
	Rule *rules.Rule

	formula *Formula
	options Options
	prover  *Prover // made for the first question that events do not answer
	sheet   *sheet
	trial   trial
	last    lastTrial
	matters []uint8      // by node: whether some event was seen on which it decides while it fails (bit 0), holds (bit 1)
	held    []bool       // by node: whether some event was seen on which it holds
	example []fieldValue // the first event seen that the rule matches
	likes   []uint64     // by identifier: on which of the events it held
	unsure  []Part
	work    int // units beside those of the prover and of the trial events
	tired   bool

	whole       memo
	identifiers memo
	values      memo
	details     memo
	deadParts   map[Part]bool
	within      *Answer
	gone        []*rules.Detection // dead identifiers that can all be removed at once
}

type memo struct {
	done     bool
	findings []PartFinding
}

// lastTrial is the value for which the last event was made.
type lastTrial struct {
	node   int32
	by     bool
	cast   []fieldValue
	groups [][]int32 // what else its field was asked for
	others []int32   // the tests on its field that hold beside the value
}

// PartKind is what was proved of a part.
type PartKind uint8

// What can be proved of parts.
const (
	RuleNeverMatches        PartKind = iota // no event matches, exclusions or not
	RuleAlwaysMatches                       // every event matches
	ExclusionsSwallowRule                   // no event matches because of the exclusions in By
	IdentifierContradictory                 // no event matches the identifier alone
	IdentifierDead                          // a positive identifier that changes nothing
	IdentifierImplied                       // a positive identifier that always holds when the rest does
	IdentifiersIdentical                    // the identifier and those in By match the same events
	AlternativeDead                         // an entry of a list of maps, or a branch of the condition, that changes nothing
	BranchSwallowed                         // the exclusions in By take away everything it can match
	ValueSwallowed                          // the same of a value in a list
	ValueDead                               // values of a positive list that change nothing because of the rest of the rule
	ValueCovered                            // values that other values of their list cover
	AllValueImplied                         // values under `all` that other values there imply
	ItemImplied                             // a positive item, or values under `all`, that the rest of the rule implies
	ExclusionRestates                       // an item of an exclusion that the rest of the rule implies
	ExclusionDead                           // an exclusion that takes nothing away
	NullGuard                               // the same of an exclusion of absent or empty fields
	ExclusionValueDead                      // values of an exclusion that take nothing away because of the rest
)

// PartFinding is one thing that was proved.
type PartFinding struct {
	Kind      PartKind
	Part      Part             // *rules.Rule, *rules.Detection, *rules.Block, *rules.Expr, *rules.Item; for values their *rules.Item
	Detection *rules.Detection // where it stands
	Item      *rules.Item
	Tests     []*rules.Test      // the values, where it is about values
	Covering  []*rules.Test      // ValueCovered, AllValueImplied: what covers each of Tests; nil where it takes several
	By        []*rules.Detection // identifiers that are to blame; see the kinds
	Proof     Answer
}

// Analyse prepares the analysis of a rule. Domains of the options are not used: they have a question of their own.
func Analyse(r *rules.Rule, o Options) *Analysis {
	o.Domain, o.Axioms = nil, nil
	f := FromRule(r)
	a := &Analysis{
		Rule: r, formula: f, options: o, sheet: newSheet(f),
		likes: make([]uint64, len(r.Detection.Named)), deadParts: map[Part]bool{},
	}
	platform := o.Platform
	if platform == "" {
		platform = r.Logsource.Product.Value
	}
	a.trial = trial{sheet: a.sheet, theory: &theory{platform: platform}}
	a.trial.tired = a.exhausted
	a.last.node = -1
	a.matters = make([]uint8, len(a.sheet.nodes))
	a.held = make([]bool, len(a.sheet.nodes))
	return a
}

// search asks for an event on which a formula holds.
func (a *Analysis) search(f *Formula) Answer {
	if a.prover == nil {
		a.prover = NewProver(a.options)
	}
	if a.exhausted() {
		return Answer{Reason: tooManyQuestions}
	}
	return a.prover.Satisfiable(f)
}

// ruleWork bounds the work for all questions about one rule together, in units of a meter: what a single question may use up. All questions about a
// published rule take less than a third of it: the most measured is 30 million.
const ruleWork = DefaultStates * workPerState

// tooManyQuestions is the reason when the questions about one rule took too much together.
const tooManyQuestions = tooLarge + "all questions together"

// exhausted reports that the questions so far took all that a rule may. The rule itself is then among what is unsure.
func (a *Analysis) exhausted() bool {
	work := a.work + a.sheet.work
	if a.prover != nil {
		work += a.prover.meter.all
	}
	most := ruleWork
	if a.options.States > 0 {
		most = a.options.States * workPerState
	}
	if work <= most {
		return false
	}
	if !a.tired {
		a.tired = true
		a.unsure = append(a.unsure, a.Rule)
	}
	return true
}

// testUnits is what building a test of a question costs: its pattern is taken apart.
const testUnits = 40

// afford charges for a question about all values of a list; false when nothing is left for it.
func (a *Analysis) afford(i *rules.Item) bool {
	a.work += testUnits * len(i.Tests)
	return !a.exhausted()
}

// same asks whether two formulas hold on the same events.
func (a *Analysis) same(f, g *Formula) Answer {
	if there := a.search(And(f, Not(g))).reversed(); there.Verdict != Yes {
		return there
	}
	return a.search(And(g, Not(f))).reversed()
}

// Spent reports that the questions so far took all the work that one rule may cost: every further one was left open, whether or not a part of
// Unsure stands for it.
func (a *Analysis) Spent() bool { return a.tired }

// Unsure lists the parts of which something could not be decided, in the order in which it was asked.
func (a *Analysis) Unsure() []Part { return a.unsure }

// learn takes in what the event that was read last says about all nodes.
func (a *Analysis) learn() {
	s := a.sheet
	s.work += len(s.nodes)
	if a.example == nil && s.holds[0] {
		a.example = append([]fieldValue(nil), s.cast...)
	}
	for i := range s.nodes {
		if s.holds[i] {
			a.held[i] = true
		}
		if s.decides[i] {
			if s.holds[i] {
				a.matters[i] |= 2
			} else {
				a.matters[i] |= 1
			}
		}
	}
	for i, d := range a.Rule.Detection.Named {
		if at := s.at[d]; len(at) > 0 {
			a.likes[i] *= likesMix
			if s.holds[at[0]] {
				a.likes[i]++
			}
		}
	}
}

// likesMix spreads the events over the bits of a fingerprint (2^64 divided by the golden ratio).
const likesMix = 0x9e3779b97f4a7c15

// seen reports that an event is known on which replacing the part by the constant makes a difference.
func (a *Analysis) seen(part Part, by bool) bool {
	at := a.sheet.at[part]
	bit := uint8(2)
	if by {
		bit = 1
	}
	return len(at) == 1 && a.matters[at[0]]&bit != 0
}

// changes asks whether replacing a part by a constant changes the rule for any event. No is proved.
func (a *Analysis) changes(part Part, by bool) Answer {
	if a.seen(part, by) {
		return Answer{Verdict: Yes}
	}
	if _, ok := a.tried(part, by); ok {
		return Answer{Verdict: Yes}
	}
	return a.proved(part, by)
}

// tried makes up an event on which the part matters.
func (a *Analysis) tried(part Part, by bool) ([]fieldValue, bool) {
	if a.exhausted() {
		return nil, false
	}
	at := a.sheet.at[part]
	value := len(at) == 1 && a.sheet.nodes[at[0]].leaf >= 0
	if value && a.last.node >= 0 && a.last.by == by && a.sheet.nodes[at[0]].parent == a.sheet.nodes[a.last.node].parent {
		if cast, ok := a.trial.sibling(at[0], &a.last); ok {
			bit := uint8(2)
			if by {
				bit = 1
			}
			a.matters[at[0]] |= bit
			return cast, true
		}
	}
	cast, ok := a.trial.event(at, by)
	a.last.node = -1
	if !ok {
		return nil, false
	}
	a.learn()
	if value {
		a.last = lastTrial{node: at[0], by: by, cast: cast}
	}
	return cast, true
}

// proved puts the question to the search.
func (a *Analysis) proved(part Part, by bool) Answer {
	ask := func(question *Formula) Answer {
		answer := a.search(question)
		switch answer.Verdict {
		case Yes:
			if cast, ok := a.sheet.fromEvent(answer.Witness); ok {
				a.sheet.read(cast)
				a.learn()
			}
		case Unknown:
			if !a.tired { // else the rule as a whole is among them, for all that was not even asked
				a.unsure = append(a.unsure, part)
			}
		}
		return answer
	}
	if len(a.sheet.at[part]) == 1 {
		return ask(a.difference(part, by))
	}
	replaced := a.formula.With(part, by)
	if answer := ask(And(a.formula, Not(replaced))); answer.Verdict != No {
		return answer
	}
	return ask(And(replaced, Not(a.formula)))
}

// difference holds for the events on which a part that stands in one place does not hold as `by` says, and decides: all operands beside
// the way up to the root are neutral. Operands that are left out stay known as such, so that lists keep their automata.
func (a *Analysis) difference(part Part, by bool) *Formula {
	n := a.sheet.at[part][0]
	own := a.sheet.nodes[n].original
	if by {
		own = Not(own)
	}
	terms := []*Formula{own}
	for up := a.sheet.nodes[n].parent; up >= 0; n, up = up, a.sheet.nodes[up].parent {
		p := a.sheet.nodes[up].original
		if p.op == opNot {
			continue
		}
		beside := *p
		beside.parts = nil
		beside.args = append([]*Formula(nil), p.args...)
		for i, id := range a.sheet.nodes[up].args {
			if id == n {
				beside.args[i] = &Formula{op: opFalse, was: p.args[i]}
				if p.op == opAnd {
					beside.args[i].op = opTrue
				}
			}
		}
		if p.op == opAnd {
			terms = append(terms, &beside)
		} else {
			terms = append(terms, Not(&beside))
		}
	}
	for i, j := 0, len(terms)-1; i < j; i, j = i+1, j-1 {
		terms[i], terms[j] = terms[j], terms[i]
	}
	return And(terms...)
}

// polarity says whether a part stands below negations only, or below some.
func (a *Analysis) polarity(part Part) (negated, both bool) {
	for i, n := range a.sheet.at[part] {
		if i > 0 && a.sheet.nodes[n].negated != negated {
			both = true
		}
		negated = a.sheet.nodes[n].negated
	}
	return negated, both
}

// negated reports a part that stands below negations.
func (a *Analysis) negated(part Part) bool {
	negated, _ := a.polarity(part)
	return negated
}

// exclusions are the identifiers that only ever take away.
func (a *Analysis) exclusions() []*rules.Detection {
	var out []*rules.Detection
	for _, d := range a.used() {
		if negated, both := a.polarity(d); negated && !both {
			out = append(out, d)
		}
	}
	return out
}

// used are the identifiers that the condition reaches.
func (a *Analysis) used() []*rules.Detection {
	var out []*rules.Detection
	for _, d := range a.Rule.Detection.Named {
		if len(a.sheet.at[d]) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// without is a formula with identifiers switched off.
func without(f *Formula, list []*rules.Detection) *Formula {
	for _, d := range list {
		f = f.With(d, false)
	}
	return f
}

// fewest drops identifiers from a list for as long as the rest still does what is asked.
func fewest(list []*rules.Detection, enough func([]*rules.Detection) bool) []*rules.Detection {
	kept := append([]*rules.Detection(nil), list...)
	for i := 0; i < len(kept); {
		rest := append(append([]*rules.Detection(nil), kept[:i]...), kept[i+1:]...)
		if enough(rest) {
			kept = rest
		} else {
			i++
		}
	}
	return kept
}

// minus is the identifiers of a list that are not in another.
func minus(list, other []*rules.Detection) []*rules.Detection {
	var out []*rules.Detection
	for _, d := range list {
		if !containsDetection(other, d) {
			out = append(out, d)
		}
	}
	return out
}

// Whole is what can be said of the rule as a whole. When there is anything, no other question has an answer worth reading.
func (a *Analysis) Whole() []PartFinding {
	if a.whole.done {
		return a.whole.findings
	}
	a.whole.done = true
	if a.Rule.Detection.Evaluable() != nil {
		a.whole.findings = nil
		a.identifiers.done, a.values.done, a.details.done = true, true, true
		return nil
	}
	a.sheet.read(a.sheet.empty())
	a.learn()
	if !a.seenRule(true) {
		if proof := a.search(a.formula); proof.Verdict == No {
			a.whole.findings = append(a.whole.findings, a.never(proof))
			return a.whole.findings
		} else if proof.Verdict == Unknown {
			a.unsure = append(a.unsure, a.Rule)
		}
	}
	if !a.seenRule(false) {
		if proof := a.search(Not(a.formula)); proof.Verdict == No {
			a.whole.findings = append(a.whole.findings, PartFinding{Kind: RuleAlwaysMatches, Part: a.Rule, Proof: proof})
		}
	}
	return a.whole.findings
}

// seenRule looks for an event on which the rule holds, or fails.
func (a *Analysis) seenRule(holds bool) bool {
	bit := uint8(1)
	if holds {
		bit = 2
	}
	if a.matters[0]&bit != 0 {
		return true
	}
	if _, ok := a.trial.event([]int32{0}, !holds); !ok {
		return false
	}
	a.learn()
	return true
}

// never says whose doing it is that no event matches.
func (a *Analysis) never(proof Answer) PartFinding {
	all := a.exclusions()
	bare := a.search(without(a.formula, all))
	if bare.Verdict != No {
		by := fewest(all, func(kept []*rules.Detection) bool {
			answer := a.search(without(a.formula, minus(all, kept)))
			if answer.Verdict == No {
				proof = answer
			}
			return answer.Verdict == No
		})
		return PartFinding{Kind: ExclusionsSwallowRule, Part: a.Rule, By: by, Proof: proof}
	}
	if len(all) > 0 {
		proof = bare
	}
	return PartFinding{Kind: RuleNeverMatches, Part: a.Rule, Proof: proof}
}

// Witness is an event that the rule matches, if one was found.
func (a *Analysis) Witness() (Event, bool) {
	answer := a.search(a.formula)
	return answer.Witness, answer.Verdict == Yes
}

// Within asks whether the rule can match once it is granted what fields can hold. It is asked of rules that can match at all: when nothing is
// wrong with the rule as a whole. The first answer is kept: an analysis knows one set of domains.
func (a *Analysis) Within(domain func(field string) *Formula) Answer {
	if a.within == nil {
		answer := a.grantedDomains(domain)
		a.within = &answer
	}
	return *a.within
}

func (a *Analysis) grantedDomains(domain func(field string) *Formula) Answer {
	for a.trial.attempt = range attempts {
		a.trial.demands = make([]fieldDemand, len(a.sheet.fields))
		a.trial.demand(0, true)
		cast := a.trial.cast()
		a.sheet.read(cast)
		if !a.sheet.holds[0] {
			continue
		}
		if a.rooted(cast, domain) {
			return Answer{Verdict: Yes, Witness: a.sheet.event(cast)}
		}
	}
	o := a.options
	o.Domain = domain
	return NewProver(o).Satisfiable(a.formula)
}

// roots are what values of path and registry fields begin with.
var roots = []string{"", "HKLM", `HKLM\`, "C:", `C:\`, `C:\x`, "/", "/x"}

// rooted moves the texts of an event into the domains of their fields by putting a root in front of them; false when the rule does not match
// any more, or no root helps.
func (a *Analysis) rooted(cast []fieldValue, domain func(field string) *Formula) bool {
	changed := false
	for i, f := range a.sheet.fields {
		if cast[i].presence != isText || f.opaque || f.name == "" {
			continue
		}
		d := domain(f.name)
		if d == nil {
			continue
		}
		inside := false
		for k := 0; k < 2*len(roots) && !inside; k++ {
			text := roots[k/2] + cast[i].text
			if k%2 == 1 {
				text += "x" // a path that ends in a separator is a directory
			}
			if inside = d.Eval(Event{f.name: text}, UnicodeFolding) == Holds; inside {
				changed = changed || k > 0
				cast[i].text = text
			}
		}
		if !inside {
			return false
		}
	}
	if changed {
		a.sheet.read(cast)
	}
	return a.sheet.holds[0]
}

// Restates reports a conflict between a test and its own negation elsewhere: the same demand stands in two places.
func (c Conflict) Restates() bool {
	return len(c.Literals) == 2 && c.Literals[0].Negated != c.Literals[1].Negated && c.Literals[0].says(c.Literals[1])
}
