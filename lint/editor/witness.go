package editor

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/domain"
)

// Witness asks whether any event matches a rule. Yes comes with an event that package match confirmed, No with a proof.
func Witness(r *rules.Rule, domains *domain.Table) logic.Answer {
	if err := r.Detection.Evaluable(); err != nil {
		return logic.Answer{Reason: err.Error()}
	}
	answer := logic.NewProver(logic.Options{Lists: domains.For(r).Lists}).Satisfiable(logic.FromRule(r))
	if answer.Verdict != logic.Yes {
		return answer
	}
	if m, err := match.Compile(r); err != nil || !m.Match(match.NewEvent(answer.Witness)) {
		return logic.Answer{Reason: "an event was found, but a second evaluation does not confirm it"}
	}
	return answer
}

// alone is the rule as if its condition were one identifier.
func alone(r *rules.Rule, d *rules.Detection) *rules.Rule {
	only := *r
	only.Detection.Named = []*rules.Detection{d}
	only.Detection.Conditions = []*rules.Condition{{
		Node: d.Key, Text: d.Name, Root: &rules.Expr{Op: rules.Name, Pattern: d.Name, Selected: []*rules.Detection{d}},
	}}
	return &only
}

// Bits estimates how much an identifier asks for, were it the whole condition. It is false where there is nothing to estimate.
func Bits(r *rules.Rule, d *rules.Detection) (float64, bool) {
	s, ok := checks.SpecificityOf(alone(r, d))
	return s.Bits, ok
}

// longestLens is how many code points a sentence above a rule may have: what an editor shows on one line.
const longestLens = 120

// LensOf says in one line what was proved about the events of a rule; empty where nothing was.
func LensOf(r *rules.Rule, domains *domain.Table) string {
	switch answer := Witness(r, domains); answer.Verdict {
	case logic.Yes:
		return cut("matches e.g. "+report.Event(answer.Witness), longestLens)
	case logic.No:
		return cut("can never match"+assuming(answer, domains.For(r)), longestLens)
	}
	return ""
}

// assuming are the assumptions of a proof that a reader has to know of: not that a field holds one value where nobody doubts it.
func assuming(a logic.Answer, fields domain.Fields) string {
	for _, s := range a.Assumptions {
		if s.Text != "" && !(s.Kind == logic.OneValue && fields.Single(s.Field)) {
			return ", assuming " + s.Text
		}
	}
	return ""
}

func cut(text string, limit int) string {
	if points := []rune(text); len(points) > limit {
		return string(points[:limit-1]) + "…"
	}
	return text
}

func bitsWords(bits float64) string {
	return strings.Replace(fmt.Sprintf("about %.0f bits", bits), "about 1 bits", "about 1 bit", 1)
}
