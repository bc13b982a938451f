package checks

import (
	"slices"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
)

// reportParts reports what was proved of the parts of a rule, of one kind. The analysis of a rule is shared by all checks that
// are chosen, and answers only what they ask.
func reportParts(kind logic.PartKind) func(*lint.Pass) {
	return func(p *lint.Pass) {
		if p.Rule == nil || repeatsKey(p.Rule) {
			return
		}
		a := analysis(p)
		for _, f := range answers(a, kind) {
			if f.Kind == kind && !(kind == logic.ValueCovered && swallowsItsList(f.Item)) {
				w := partWords{pass: p, finding: f}
				w.report()
			}
		}
	}
}

// repeatsKey reports a file with a key that occurs twice: engines keep one of the two, so what both say together proves nothing.
func repeatsKey(rule *rules.Rule) bool {
	for _, p := range rule.File.Problems {
		if p.Kind == source.KindDuplicateKey {
			return true
		}
	}
	return false
}

// neverMatchesInDomain reports rules that could match only events that no sensor writes.
func neverMatchesInDomain(p *lint.Pass) {
	if p.Rule == nil || repeatsKey(p.Rule) || p.Rule.Detection.Evaluable() != nil {
		return
	}
	a := analysis(p)
	if len(a.Whole()) > 0 {
		return
	}
	domains := fields(p)
	answer := a.Within(domains.Formula)
	if answer.Verdict != logic.No {
		return
	}
	w := partWords{pass: p, finding: logic.PartFinding{Part: p.Rule, Proof: answer}}
	telling, span := w.outsider()
	f := lint.Finding{Span: span, Message: "no real event can match the rule", Help: "correct the value that the field never has"}
	assumed := domains.Assumptions(answer)
	if w.assumesOne() {
		assumed = append(assumed, oneValue)
	}
	if len(assumed) > 0 {
		f.Message += ", assuming " + enumerate(assumed)
	}
	f.Related = w.related(telling, f.Span)
	p.Report(f)
}

// outsider is the conflict of the proof about a value outside the domain of its field, and the place where value-outside-field-domain reports that
// value. Where it takes several tests, it is the conflict that explains the proof best and the first test in it.
func (w *partWords) outsider() (*logic.Conflict, source.Span) {
	o := newOutsiders(w.pass)
	conflicts := w.finding.Proof.Conflicts
	for n := range conflicts {
		for _, l := range conflicts[n].Literals {
			if l.Item == nil || l.Axiom {
				continue
			}
			if tests := o.of(l.Item); len(tests) > 0 && slices.ContainsFunc(l.Tests, func(t *rules.Test) bool { return slices.Contains(tests, t) }) {
				return &conflicts[n], tests[0].Value.Node.Span
			}
		}
	}
	telling := w.telling()
	if telling != nil {
		for _, l := range telling.Literals {
			if spans := l.Spans(); len(spans) > 0 && !l.Axiom {
				return telling, spans[0]
			}
		}
	}
	return telling, w.span()
}

// answers asks for the group of questions that a kind belongs to.
func answers(a *logic.Analysis, kind logic.PartKind) []logic.PartFinding {
	switch kind {
	case logic.RuleNeverMatches, logic.RuleAlwaysMatches, logic.ExclusionsSwallowRule:
		return a.Whole()
	case logic.ValueDead, logic.ValueSwallowed, logic.ExclusionValueDead:
		return a.Values()
	case logic.ValueCovered, logic.AllValueImplied, logic.ItemImplied, logic.ExclusionRestates:
		return a.Details()
	case logic.NullGuard:
		return append(append([]logic.PartFinding(nil), a.Identifiers()...), a.Values()...)
	}
	return a.Identifiers()
}

// analysisKey is where the checks of one document share their analysis.
const analysisKey = "logic"

func analysis(p *lint.Pass) *logic.Analysis {
	a, ok := p.Shared[analysisKey].(*logic.Analysis)
	if !ok {
		a = logic.Analyse(p.Rule, logic.Options{Lists: fields(p).Lists})
		p.Shared[analysisKey] = a
	}
	return a
}

// fieldsKey is where the checks of one document share what is known of its fields.
const fieldsKey = "fields"

// fields is what the run knows of the fields of a document.
func fields(p *lint.Pass) domain.Fields {
	f, ok := p.Shared[fieldsKey].(domain.Fields)
	if !ok {
		f = p.Facts.Domains.For(p.Document)
		p.Shared[fieldsKey] = f
	}
	return f
}
