package mine

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
	"github.com/sigtune/sigtune/tuning/safety"
)

// Options change what is proposed. The zero value is the default.
type Options struct {
	AcceptWeak   bool // let filters that an attacker can satisfy (grade C) into the tuned rule
	Alternatives int  // proposals shown for each kind of false positive; 0 is 4
}

// Miner collects events of one rule and finds exclusions in them. It is not safe for several goroutines.
type Miner struct{ m *miner }

type miner struct {
	options  Options
	result   *tuning.Result
	rule     *rules.Rule
	matcher  *match.Matcher
	formula  *logic.Formula
	prover   *logic.Prover
	fields   *fieldBook
	platform *taxonomy.Platform
	table    *table
	given    [labels]tuning.LabelledEvents
	names    nameCheck
	witness  []map[string]any // events that must fire besides those of the table
	implied  map[string]bool  // by what a condition says: whether the rule implies it
	notes    []string
}

// New prepares to mine for the rule of a result. The error says why the rule cannot be evaluated.
func New(result *tuning.Result, o Options) (*Miner, error) {
	matcher, err := match.Compile(result.Rule)
	if err != nil {
		return nil, err
	}
	if o.Alternatives == 0 {
		o.Alternatives = 4
	}
	m := &miner{
		options: o, result: result, rule: result.Rule, matcher: matcher, formula: logic.FromRule(result.Rule),
		prover: logic.NewProver(logic.Options{Lists: domain.Default().For(result.Rule).Lists}),
		fields: newFieldBook(result.Rule), implied: map[string]bool{},
	}
	m.platform, _ = taxonomy.PlatformOf(result.Rule.Logsource.Product.Value)
	m.table = newTable(m.fields)
	m.names = newNameCheck(result.Rule)
	return &Miner{m}, nil
}

// FalsePositive takes an event that somebody calls a false positive.
func (x *Miner) FalsePositive(r *evidence.Record) { x.m.add(r, falsePositive, 1) }

// FalsePositives takes an event that stands for several, as a store counts them.
func (x *Miner) FalsePositives(r *evidence.Record, events int) { x.m.add(r, falsePositive, events) }

// TruePositive takes an event that must keep firing.
func (x *Miner) TruePositive(r *evidence.Record) { x.m.add(r, truePositive, 1) }

// Baseline takes an event without a label.
func (x *Miner) Baseline(r *evidence.Record) { x.m.add(r, unlabelled, 1) }

// Logsource is the log source of the rule, for reading events.
func Logsource(rule *rules.Rule) taxonomy.Key {
	l := rule.Logsource
	return taxonomy.Key{Product: l.Product.Value, Category: l.Category.Value, Service: l.Service.Value}
}

func (m *miner) add(r *evidence.Record, l label, events int) {
	given := &m.given[l]
	given.Given += events
	if !m.matcher.Match(r.Event) {
		given.Silent += events
		if l != unlabelled {
			if onlyExcluded(m.matcher.Explain(r.Event)) {
				given.Excluded += events
			} else {
				m.names.see(r.Fields())
			}
		}
		return
	}
	m.table.add(r, l, events)
}

// onlyExcluded reports that an event would fire the rule but for what it excludes.
func onlyExcluded(r *match.Result) bool {
	switch r.Kind {
	case match.NotResult:
		return true
	case match.WholeResult, match.ScopeResult, match.AndResult, match.OrResult:
		all := r.Kind == match.WholeResult || r.Kind == match.AndResult
		for _, p := range r.Parts {
			if onlyExcluded(p) != all {
				return !all
			}
		}
		return all
	}
	return r.Matched
}

// Mine adds an outcome to the result for every kind of false positive that was found, fills in its Events and writes the tuned rule anew.
func (x *Miner) Mine() {
	m := x.m
	m.table.sort()
	m.contradictions()
	for l := range m.given {
		m.given[l].Distinct = len(m.table.of(label(l))) + m.table.back.distinct[l]
	}
	rows := m.table.of(falsePositive)
	m.witnesses()
	var found []*clause
	if len(rows) > 0 {
		found = m.clauses(rows)
	}
	m.report(rows, found)
}

// contradictions keeps events that carry both labels on the side of the true positives.
func (m *miner) contradictions() {
	for at := range m.table.rows {
		row := &m.table.rows[at]
		if row.count[falsePositive] == 0 || row.count[truePositive] == 0 {
			continue
		}
		if m.given[falsePositive].Contradicted == 0 {
			m.notes = append(m.notes, fmt.Sprintf("%s and %s are the same event in every field that says something, labelled as false and as true positive: it counts as a true positive",
				row.first[falsePositive], row.first[truePositive]))
		}
		m.given[falsePositive].Contradicted += row.count[falsePositive]
		m.given[truePositive].Contradicted += row.count[truePositive]
		row.count[falsePositive] = 0
	}
}

// witnesses stand in for true positives where none were given: an event for every branch and listed value of the rule.
func (m *miner) witnesses() {
	if m.given[truePositive].Given > m.given[truePositive].Silent {
		return
	}
	for _, w := range logic.Analyse(m.rule, logic.Options{Lists: domain.Default().For(m.rule).Lists}).Witnesses() {
		m.witness = append(m.witness, w.Event)
	}
	if len(m.witness) > 0 && len(m.table.rows) > 0 {
		m.notes = append(m.notes, fmt.Sprintf("no true positives were given: %d events that the rule is written to find, one for each branch and value of it, stand in for them", len(m.witness)))
	}
}

// report turns clauses into outcomes.
func (m *miner) report(rows []int, found []*clause) {
	r := m.result
	e := &tuning.Events{FP: m.given[falsePositive], TP: m.given[truePositive], Baseline: m.given[unlabelled], WhyNot: m.whyNot(rows, found)}
	e.Notes = append(e.Notes, m.names.notes(m.given[falsePositive])...)
	e.Notes = append(e.Notes, m.notes...)
	r.Events = e
	first := len(r.Outcomes)
	for k := range r.Outcomes {
		m.confirm(&r.Outcomes[k], rows)
	}
	for k, c := range found {
		if k == mostOutcomes {
			m.tooMany(found[k:])
			found = found[:k]
			break
		}
		o := m.outcome(c)
		o.ID = strconv.Itoa(len(r.Outcomes) + 1)
		r.Outcomes = append(r.Outcomes, o)
	}
	var chosen []tuning.Choice
	for k := range r.Outcomes {
		o := &r.Outcomes[k]
		for i := range o.Proposals {
			p := &o.Proposals[i]
			weak := m.options.AcceptWeak && i == 0 && k >= first && p.Safety.Grade != safety.D && len(p.Fill) == 0
			if p.Recommended = p.Recommended || weak; p.Recommended {
				chosen = append(chosen, tuning.Choice{Outcome: o, Proposal: p})
			}
		}
	}
	r.Choose(chosen)
	m.count(found, r.Outcomes[first:])
	m.recount(r.Outcomes[first:])
}

// mostOutcomes is how many kinds of false positives are judged, the most frequent first.
const mostOutcomes = 40

// tooMany says that further kinds were left alone.
func (m *miner) tooMany(rest []*clause) {
	events := 0
	for _, c := range rest {
		events += m.table.weight(c.rows, falsePositive)
		m.leave(c.rows, "there are more frequent kinds of false positives: deal with those first", map[int]bool{})
	}
	e := m.result.Events
	e.Notes = append(e.Notes, fmt.Sprintf("the false positives are of %s: the %d most frequent were judged; %s of the others stay as they are",
		plural(len(rest)+mostOutcomes, "kind"), mostOutcomes, plural(events, "event")))
}

// hiddenRows are the rows that the recommended filters hide.
func (m *miner) hiddenRows() map[int]bool {
	hidden := map[int]bool{}
	all := make([]int, len(m.table.rows))
	for at := range all {
		all[at] = at
	}
	for _, o := range m.result.Outcomes {
		for _, p := range o.Proposals {
			if !p.Recommended {
				continue
			}
			for at, held := range m.matches(p.Conditions, all) {
				if held {
					hidden[at] = true
				}
			}
		}
	}
	return hidden
}

// keptWitnesses are the events standing in for true positives that the recommended filters leave alone.
func (m *miner) keptWitnesses() []map[string]any {
	var out []map[string]any
	for _, w := range m.witness {
		kept := m.matcher.Match(match.NewEvent(w))
		for _, o := range m.result.Outcomes {
			for _, p := range o.Proposals {
				if d, err := tuning.Block("filter", p.Conditions); err == nil && p.Recommended {
					if filter, err := match.CompileDetection(d); err == nil && filter.Match(match.NewEvent(w)) {
						kept = false
					}
				}
			}
		}
		if kept {
			out = append(out, w)
		}
	}
	return out
}

// count says what the recommended filters do to the events.
func (m *miner) count(found []*clause, outcomes []tuning.Outcome) {
	e := m.result.Events
	hidden := m.hiddenRows()
	e.TP.Kept, e.Baseline.Kept = 0, 0
	for at := range m.table.rows {
		row := &m.table.rows[at]
		if hidden[at] {
			e.FP.Kept += row.count[falsePositive]
			if row.count[truePositive] > 0 {
				e.Lost = append(e.Lost, m.table.event(at))
			}
			continue
		}
		e.TP.Kept += row.count[truePositive]
		e.Baseline.Kept += row.count[unlabelled]
	}
	for k, c := range found {
		if why := leftOut(&outcomes[k]); why != "" {
			m.leave(c.rows, why, hidden)
		}
	}
	sort.SliceStable(e.LeftOut, func(i, j int) bool { return e.LeftOut[i].Count > e.LeftOut[j].Count })
}

// leftOut says why the events of an outcome stay alerts; empty when they do not.
func leftOut(o *tuning.Outcome) string {
	if len(o.Proposals) == 0 {
		return o.Proof.Statement
	}
	if o.Proposals[0].Recommended {
		return ""
	}
	if o.Proposals[0].Safety.Grade < safety.C {
		return "it was seen once: look at it before its filter is applied"
	}
	return "an attacker can satisfy the filter that fits (grade " + string(o.Proposals[0].Safety.Grade) + "), so it is not applied unasked"
}

// shownLeftOut is how many kinds of events that stay alerts are shown.
const shownLeftOut = 20

func (m *miner) leave(rows []int, why string, hidden map[int]bool) {
	e := m.result.Events
	for _, at := range rows {
		if hidden[at] || len(e.LeftOut) == shownLeftOut {
			continue
		}
		row := m.table.rows[at]
		e.LeftOut = append(e.LeftOut, tuning.LeftOut{Event: m.table.event(at), Count: row.count[falsePositive], Place: row.first[falsePositive].String(), Why: why})
	}
}

// matches says on which rows an exclusion holds; nil when it cannot be written.
func (m *miner) matches(groups [][]tuning.Condition, rows []int) []bool {
	d, err := tuning.Block("filter", groups)
	if err != nil {
		return nil
	}
	compiled, err := match.CompileDetection(d)
	if err != nil {
		return nil
	}
	var fields []string
	for _, g := range groups {
		for _, c := range g {
			fields = append(fields, c.Field)
		}
	}
	return m.table.matching(compiled, fields, rows)
}

// implies reports that the rule proves a condition anyway: it would narrow nothing.
func (m *miner) implies(conditions []tuning.Condition) bool {
	key := conditionsText(conditions)
	if known, ok := m.implied[key]; ok {
		return known
	}
	d, err := tuning.Block("filter", [][]tuning.Condition{conditions})
	yes := err == nil && m.prover.Implies(m.formula, logic.FromDetection(d)).Verdict == logic.Yes
	m.implied[key] = yes
	return yes
}

// provesImplied reports that whatever meets the first filter meets the second.
func (m *miner) provesImplied(a, b *rules.Detection) bool {
	return m.prover.Implies(logic.FromDetection(a), logic.FromDetection(b)).Verdict == logic.Yes
}

func conditionsText(conditions []tuning.Condition) string {
	var parts []string
	for _, c := range conditions {
		parts = append(parts, tuning.ConditionText(c))
	}
	return strings.Join(parts, "; ")
}
