package proof

import (
	"encoding/json"
	"io"
	"math"

	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Schema names the form of the JSON output, documented in docs/json/prove.schema.json. The form stays additive.
const Schema = "sigtune.prove/1"

type (
	result struct {
		Schema string `json:"schema"`
		Rules  []rule `json:"rules"`
	}
	rule struct {
		Path      string    `json:"path"`
		ID        string    `json:"id"`
		Title     string    `json:"title"`
		Matches   answer    `json:"matches"`
		Witnesses []witness `json:"witnesses"`
		Findings  []finding `json:"findings"`
		Against   *against  `json:"against"` // null without --against
		// Specificity is null with --against, and where a branch asks for nothing.
		Specificity *specificity `json:"specificity"`
	}
	// specificity is an estimate, never a proof.
	specificity struct {
		Bits     float64  `json:"bits"`     // about 2^-bits of the events of the log source match, rounded to one decimal
		Branches int      `json:"branches"` // ways in which the rule can hold
		Item     string   `json:"item"`     // what carries the weakest of them, empty for keywords
		Value    string   `json:"value"`    // its weakest value, empty where it has none
		Place    location `json:"place"`
		Words    string   `json:"words"`
	}
	// answer is yes, no or unknown with what stands for it.
	answer struct {
		Verdict     string      `json:"verdict"`
		Event       logic.Event `json:"event"` // null unless one was found
		Proof       []conflict  `json:"proof"`
		Reason      string      `json:"reason,omitempty"`
		Assumptions []string    `json:"assumptions"`
	}
	conflict struct {
		Field     string   `json:"field"`
		Statement string   `json:"statement"`
		Demands   []demand `json:"demands"`
	}
	demand struct {
		Statement string     `json:"statement"`
		Places    []location `json:"places"`
	}
	location struct {
		Path   string `json:"path"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
	}
	witness struct {
		Detection string `json:"detection"`
		Item      string `json:"item"`
		Value     string `json:"value"`
		Line      int    `json:"line"`
		Answer    answer `json:"answer"`
	}
	finding struct {
		Code     string     `json:"code"`
		Name     string     `json:"name"`
		Severity string     `json:"severity"`
		Message  string     `json:"message"`
		Line     int        `json:"line"`
		Column   int        `json:"column"`
		Related  []location `json:"related"`
	}
	against struct {
		Path       string `json:"path"`
		ID         string `json:"id"`
		Title      string `json:"title"`
		Relation   string `json:"relation"`   // log sources taken into account
		Detections string `json:"detections"` // by the detections alone
		Logsource  string `json:"logsource"`  // the log source of the rule against that of the other
		Statement  string `json:"statement"`
		Inside     answer `json:"inside"`   // does every event of the rule match the other? no: an event of the rule alone
		Around     answer `json:"around"`   // the other way round
		Disjoint   answer `json:"disjoint"` // does no event match both? no: one that does
	}
)

// JSON prints one object for machines.
func JSON(w io.Writer, list []Rule) error {
	out := result{Schema: Schema, Rules: []rule{}}
	for i := range list {
		out.Rules = append(out.Rules, newRule(&list[i]))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func newRule(r *Rule) rule {
	file, own := r.Rule.File, holdersOf(r.Rule)
	out := rule{
		Path: file.Path, ID: r.Rule.ID.Value, Title: r.Rule.Title.Value,
		Matches: newAnswer(r.Matches, own), Witnesses: []witness{}, Findings: []finding{},
	}
	for _, w := range r.Witnesses {
		out.Witnesses = append(out.Witnesses, witness{
			Detection: w.Detection.Name, Item: w.Item.KeyText(), Value: w.value(), Line: w.Line(file), Answer: newAnswer(w.Answer, own),
		})
	}
	for _, f := range r.Findings {
		pos := f.File.Pos(f.Span.Start)
		g := finding{f.Check.Code, f.Check.Name, f.Severity.String(), f.Message, pos.Line, pos.Column, []location{}}
		for _, related := range f.Related {
			g.Related = append(g.Related, newLocation(related.File, related.Span))
		}
		out.Findings = append(out.Findings, g)
	}
	if s := r.Specificity; s != nil {
		at := s.Item.Span()
		g := specificity{Bits: math.Round(s.Bits*10) / 10, Branches: s.Branches, Item: s.Item.KeyText(), Words: s.Words()}
		if s.Value != nil && s.Value.Value != nil && s.Value.Value.Node != nil {
			g.Value, at = s.Value.Value.Text, s.Value.Value.Node.Span
		}
		g.Place = newLocation(file, at)
		out.Specificity = &g
	}
	if a := r.Relation; a != nil {
		both := holdersOf(r.Rule, a.Other)
		out.Against = &against{
			Path: a.Other.File.Path, ID: a.Other.ID.Value, Title: a.Other.Title.Value,
			Relation: a.Overall().String(), Detections: a.Relation.String(), Logsource: a.Logs.String(),
			Statement: sentence(a, "the rule", "the other"),
			Inside:    newAnswer(a.Forth, both), Around: newAnswer(a.Back, both), Disjoint: newAnswer(a.Apart, both),
		}
	}
	return out
}

func newLocation(f *source.File, s source.Span) location {
	pos := f.Pos(s.Start)
	return location{f.Path, pos.Line, pos.Column}
}

// newAnswer is an answer about rules, each demand with its places in the file of its rule.
func newAnswer(a logic.Answer, of holders) answer {
	out := answer{Verdict: a.Verdict.String(), Event: a.Witness, Proof: []conflict{}, Reason: a.Reason, Assumptions: []string{}}
	for _, c := range a.Conflicts {
		g := conflict{Field: c.Field, Statement: c.String(), Demands: []demand{}}
		for _, l := range c.Literals {
			d := demand{Statement: l.String(), Places: []location{}}
			if r := of.of(l); r != nil {
				for _, s := range l.Spans() {
					d.Places = append(d.Places, newLocation(r.File, s))
				}
			}
			g.Demands = append(g.Demands, d)
		}
		out.Proof = append(out.Proof, g)
	}
	for _, s := range a.Assumptions {
		out.Assumptions = append(out.Assumptions, s.Text)
	}
	return out
}
