package checks

import (
	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// analysisIncomplete names the questions about a rule that the solver left open. They are told once a rule: none of them became a finding.
func analysisIncomplete(p *lint.Pass) {
	if p.Rule == nil || repeatsKey(p.Rule) || p.Rule.Detection.Evaluable() != nil {
		return
	}
	if f, ok := openQuestions(p, analysis(p), logic.Options{Lists: fields(p).Lists}); ok {
		p.Report(f)
	}
}

// openQuestions asks everything, and says the first that is left open: to learn the reason takes as long as it took to ask. The options are
// those of the analysis.
func openQuestions(p *lint.Pass, a *logic.Analysis, o logic.Options) (lint.Finding, bool) {
	a.Whole()
	a.Identifiers()
	a.Values()
	a.Details()
	for _, part := range a.Unsure() {
		if d, ok := doubtful(p, part, o); ok {
			return d.finding(), true
		}
	}
	within := a.Within(fields(p).Formula)
	if a.Spent() { // each part that was asked again has an answer of its own, and some were never asked
		return doubt{"whether every part of the rule changes anything", "too large: all questions together", p.Rule.Anchor()}.finding(), true
	}
	if within.Verdict == logic.Unknown {
		return doubt{"whether a real event can match the rule", within.Reason, p.Rule.Anchor()}.finding(), true
	}
	return lint.Finding{}, false
}

// doubt is a question without an answer.
type doubt struct {
	question, reason string
	span             source.Span
}

func (d doubt) finding() lint.Finding {
	message := "not decided " + d.question + ": " + d.reason
	if len([]rune(message)) > messageLength {
		message = "not decided " + d.question + ": " + source.Shorten(d.reason)
	}
	return lint.Finding{
		Span:    d.span,
		Message: message,
		Help:    "nothing has to be done; fewer or shorter values and patterns make the question easier",
	}
}

// doubtful asks again what was not decided of a part, to learn why. Nothing is in doubt where the answer is certain under either way to fold
// case and merely not the same.
func doubtful(p *lint.Pass, part logic.Part, o logic.Options) (doubt, bool) {
	formula := logic.FromRule(p.Rule)
	questions := []*logic.Formula{formula}
	if part != logic.Part(p.Rule) {
		questions = nil
		for _, by := range [2]bool{false, true} {
			replaced := formula.With(part, by)
			questions = append(questions, logic.And(formula, logic.Not(replaced)), logic.And(replaced, logic.Not(formula)))
		}
	}
	for _, o.Folding = range [2]logic.Folding{logic.UnicodeFolding, logic.ASCIIFolding} {
		prover := logic.NewProver(o)
		for _, q := range questions {
			if answer := prover.Satisfiable(q); answer.Verdict == logic.Unknown {
				what, span := inQuestion(p, part)
				return doubt{what, answer.Reason, span}, true
			}
		}
	}
	return doubt{}, false
}

// inQuestion names the question about a part, and where the part stands.
func inQuestion(p *lint.Pass, part logic.Part) (string, source.Span) {
	w := partWords{pass: p, finding: logic.PartFinding{Part: part}}
	what := "a part of the condition"
	switch part := part.(type) {
	case *rules.Rule:
		return "whether the rule can match", w.span()
	case *rules.Detection:
		what = "`" + source.Shorten(part.Name) + "`"
	case *rules.Block:
		what = "an entry of a list of maps"
	case *rules.Item:
		what = "`" + source.Shorten(part.KeyText()) + "`"
	case *rules.Test:
		what = "`" + shorter(writtenValue(part)) + "`"
		if part.Value != nil {
			return "whether " + what + " changes anything", part.Value.Node.Span
		}
	}
	return "whether " + what + " changes anything", w.span()
}
