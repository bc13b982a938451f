package proof

import (
	"slices"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
)

// Rule is what was proved about one rule.
type Rule struct {
	Rule      *rules.Rule
	Matches   logic.Answer   // can any event match?
	Witnesses []Witness      // events for single values, when they were asked for
	Findings  []lint.Finding // of the logic checks
	Relation  *Relation      // to another rule, when one was given

	// Specificity estimates how much the rule asks for; nil where a branch of it asks for nothing. It is no proof, and no verdict depends on it.
	Specificity *checks.Specificity

	fields []domain.Fields // of the rule, and of the other
}

// Witness is an event that the rule matches on account of one value alone, of all the values beside it.
type Witness struct {
	Part      logic.Part // *rules.Test, or *rules.Item where its values belong together
	Detection *rules.Detection
	Item      *rules.Item
	Answer    logic.Answer // Yes with the event, No with the proof
}

// Relation is how a rule lies to another.
type Relation struct {
	logic.Relationship
	Other *rules.Rule
}

// Options says what to look for beyond the rule itself.
type Options struct {
	Witnesses bool
	Against   *rules.Rule
	Domains   *domain.Table // what is known of fields; nil is the bundled table
	Logic     logic.Options // Lists is that of the table where it is nil
}

// Proved reports a finding that something can never match, or never matters: a rule without events, or a warning.
func (r *Rule) Proved() bool {
	if r.Matches.Verdict == logic.No {
		return true
	}
	for _, f := range r.Findings {
		if f.Severity >= lint.Warning {
			return true
		}
	}
	return false
}

// several reports a field that may hold several values in the events of one of the rules.
func (r *Rule) several(field string) bool {
	return slices.ContainsFunc(r.fields, func(f domain.Fields) bool { return f.Lists(field) })
}

// told are the assumptions of an answer that a reader has to know of: not that a field holds one value where nobody doubts it.
func (r *Rule) told(a logic.Answer) []string {
	var out []string
	for _, s := range a.Assumptions {
		certain := s.Kind == logic.OneValue && !slices.ContainsFunc(r.fields, func(f domain.Fields) bool { return !f.Single(s.Field) })
		if s.Text != "" && !certain {
			out = append(out, s.Text)
		}
	}
	return out
}

// Undecided reports that a question about the rule has no answer.
func (r *Rule) Undecided() bool {
	return r.Matches.Verdict == logic.Unknown || r.Relation != nil && r.Relation.Overall() == logic.Undecided
}

// Examine proves what it can about the rules of a file, in their order.
func Examine(file *source.File, o Options) []Rule {
	documents, _ := rules.Parse(file)
	var out []Rule
	var findings []lint.Finding
	if o.Against == nil {
		engine := lint.Engine{Checks: logicChecks(), Reporters: checks.Reporters(), Facts: lint.Facts{Domains: o.Domains}, Jobs: 1}
		findings = engine.Files(file).Findings
	}
	for _, d := range documents {
		r, ok := d.(*rules.Rule)
		if !ok {
			continue
		}
		p := Rule{Rule: r, fields: []domain.Fields{o.Domains.For(r)}}
		if o.Against != nil {
			p.fields = append(p.fields, o.Domains.For(o.Against))
		}
		options := o.Logic
		if options.Lists == nil {
			options.Lists = p.several
		}
		prover := logic.NewProver(options)
		formula := logic.FromRule(r)
		p.Matches = confirmed(r, prover.Satisfiable(formula))
		if o.Witnesses && p.Matches.Verdict == logic.Yes {
			p.witnesses(prover, formula)
		}
		for _, f := range findings {
			if f.Subject.Document == r.Index+1 {
				p.Findings = append(p.Findings, f)
			}
		}
		if s, ok := checks.SpecificityOf(r); ok && o.Against == nil {
			p.Specificity = &s
		}
		if o.Against != nil {
			p.Relation = &Relation{prover.Relate(r, o.Against), o.Against}
		}
		out = append(out, p)
	}
	return out
}

// logicChecks are the checks of the logic family that look at one rule.
func logicChecks() []*lint.Check {
	var out []*lint.Check
	for _, c := range checks.All() {
		if c.Family() == logicFamily && c.Document != nil {
			out = append(out, c)
		}
	}
	return out
}

const logicFamily = "08"

// confirmed evaluates a witness once more, with package match and on the rule as a whole.
func confirmed(r *rules.Rule, a logic.Answer) logic.Answer {
	if a.Verdict != logic.Yes {
		return a
	}
	if m, err := match.Compile(r); err == nil && !m.Match(match.NewEvent(a.Witness)) {
		return logic.Answer{Reason: "an event was found, but a second evaluation of the rule disagrees; please report this rule"}
	}
	return a
}

// witnesses looks for an event for every value that the rule looks for.
func (p *Rule) witnesses(prover *logic.Prover, formula *logic.Formula) {
	for _, d := range p.Rule.Detection.Named {
		if p.Rule.Detection.Polarity(d) != rules.Positive {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			parts := []logic.Part{i}
			if !i.All && !i.Negated {
				parts = nil
				for _, t := range i.Tests {
					parts = append(parts, t)
				}
			}
			for _, part := range parts {
				p.Witnesses = append(p.Witnesses, Witness{
					Part: part, Detection: d, Item: i, Answer: confirmed(p.Rule, prover.Satisfiable(formula.Only(part))),
				})
			}
		})
	}
}

// Label names what a witness is for: the value, or the key of the item.
func (w Witness) Label() string {
	if t, ok := w.Part.(*rules.Test); ok && t.Value != nil {
		return "`" + source.Shorten(t.Value.Text) + "`"
	}
	return "`" + source.Shorten(w.Item.KeyText()) + "`"
}

// value is the value that the witness is for, empty where it is for an item as a whole.
func (w Witness) value() string {
	if t, ok := w.Part.(*rules.Test); ok && t.Value != nil {
		return t.Value.Text
	}
	return ""
}

// Line is where it stands.
func (w Witness) Line(f *source.File) int {
	if t, ok := w.Part.(*rules.Test); ok && t.Value != nil && t.Value.Node != nil {
		return f.LineAt(t.Value.Node.Span.Start)
	}
	return f.LineAt(w.Item.Span().Start)
}

// sentence is the relation of two rules in words, `a` and `b` being their names.
func sentence(r *Relation, a, b string) string {
	switch r.Overall() {
	case logic.Same:
		return a + " and " + b + " match the same events"
	case logic.Inside:
		return "every event that " + a + " matches, " + b + " matches too"
	case logic.Around:
		return "every event that " + b + " matches, " + a + " matches too"
	case logic.Apart:
		return "no event matches both " + a + " and " + b
	case logic.Overlapping:
		return "some events match both, and each matches some that the other does not"
	case logic.Vacuous:
		never, other := r.Never()
		switch {
		case never && other:
			return "neither rule ever matches"
		case never:
			return a + " never matches, so there is nothing to compare"
		}
		return b + " never matches, so there is nothing to compare"
	}
	return "the relation could not be decided"
}

var scopes = map[logic.Scope]string{
	logic.NarrowerLogs: "reads fewer logs than",
	logic.WiderLogs:    "reads more logs than",
	logic.OtherLogs:    "reads other logs than",
	logic.UnclearLogs:  "may read other logs than",
}

// logsSentence says how the log sources differ, or nothing.
func logsSentence(r *Relation, a string, of *rules.Rule, b string) string {
	if r.Logs == logic.SameLogs {
		return ""
	}
	return a + " (" + of.Logsource.String() + ") " + scopes[r.Logs] + " " + b + " (" + r.Other.Logsource.String() + ")"
}

// holders tell in which rule a value stands: a proof about two rules names values of both.
type holders map[*rules.Test]*rules.Rule

func holdersOf(list ...*rules.Rule) holders {
	out := holders{}
	for _, r := range list {
		for _, d := range r.Detection.Named {
			d.Block.Each(func(i *rules.Item) {
				for _, t := range i.Tests {
					out[t] = r
				}
			})
		}
	}
	return out
}

// of is the rule that a demand was made by, nil for a fact about a field.
func (h holders) of(l logic.Literal) *rules.Rule {
	if len(l.Tests) == 0 {
		return nil
	}
	return h[l.Tests[0]]
}
