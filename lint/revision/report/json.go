package report

import (
	"encoding/json"
	"io"

	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
)

// Schema names the form of the JSON output, documented in docs/json/diff.schema.json. The form stays additive.
const Schema = "sigtune.diff/1"

type (
	result struct {
		Schema  string         `json:"schema"`
		Rules   []rule         `json:"rules"`
		Skipped []skippedPair  `json:"skipped"`
		Summary map[string]int `json:"summary"`
	}
	rule struct {
		Path      string      `json:"path"`
		OldPath   *string     `json:"old_path"` // null for an added rule
		ID        string      `json:"id"`
		Title     string      `json:"title"`
		Verdict   string      `json:"verdict"`
		Logsource logsource   `json:"logsource"`
		Edits     []string    `json:"edits"`
		Lost      difference  `json:"lost"`
		Gained    difference  `json:"gained"`
		Metadata  []attrValue `json:"metadata"`
	}
	logsource struct {
		Change string `json:"change"` // same, narrower, wider, other or unclear: the new against the old
		Old    string `json:"old"`
		New    string `json:"new"`
	}
	difference struct {
		Verdict     string    `json:"verdict"` // yes, no or unknown
		Reason      string    `json:"reason,omitempty"`
		Logs        bool      `json:"logs,omitempty"`
		Events      []sampled `json:"events"`
		Assumptions []string  `json:"assumptions"`
	}
	sampled struct {
		Event   logic.Event `json:"event"`
		Because string      `json:"because,omitempty"`
		Version string      `json:"version,omitempty"` // old or new: where the line is
		Line    int         `json:"line,omitempty"`
	}
	attrValue struct {
		Name    string   `json:"name"`
		Old     string   `json:"old"`
		New     string   `json:"new"`
		Removed []string `json:"removed"`
		Added   []string `json:"added"`
	}
	skippedPair struct {
		Path string `json:"path"`
		Kind string `json:"kind"`
	}
)

// JSON prints one object for machines.
func JSON(w io.Writer, c *revision.Comparison) error {
	out := result{Schema: Schema, Rules: []rule{}, Skipped: []skippedPair{}, Summary: map[string]int{"unchanged": c.Same}}
	for _, v := range revision.Verdicts {
		out.Summary[string(v)] = 0
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		out.Summary[string(r.Verdict)]++
		out.Rules = append(out.Rules, newRule(r))
	}
	for _, p := range c.Skipped {
		out.Skipped = append(out.Skipped, skippedPair{p.Path(), p.Kind()})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func newRule(r *revision.Rule) rule {
	known := head(r)
	out := rule{
		Path: r.Path(), ID: known.ID.Value, Title: known.Title.Value, Verdict: string(r.Verdict),
		Logsource: logsource{r.Change.Logs.String(), logsText(r.Was), logsText(r.Is)},
		Edits:     []string{}, Metadata: []attrValue{},
		Lost: newDifference(r, r.Change.Lost), Gained: newDifference(r, r.Change.Gained),
	}
	if r.Was != nil {
		out.OldPath = &r.Old.Path
	}
	for _, e := range r.Change.Edits {
		out.Edits = append(out.Edits, e.Text)
	}
	for _, a := range r.Metadata {
		out.Metadata = append(out.Metadata, attrValue{a.Name, a.Old, a.New, list(a.Removed), list(a.Added)})
	}
	return out
}

func newDifference(r *revision.Rule, d logic.Difference) difference {
	out := difference{Verdict: d.Verdict.String(), Reason: d.Reason, Logs: d.Logs, Events: []sampled{}, Assumptions: []string{}}
	for _, s := range samples(r, d) {
		e := sampled{Event: s.event, Because: s.why}
		if s.file != nil {
			e.Version, e.Line = "new", s.file.LineAt(s.span.Start)
			if s.old {
				e.Version = "old"
			}
		}
		out.Events = append(out.Events, e)
	}
	for _, a := range d.Assumptions {
		out.Assumptions = append(out.Assumptions, a.Text)
	}
	return out
}

func logsText(r *rules.Rule) string {
	if r == nil {
		return ""
	}
	return r.Logsource.String()
}

// list makes an absent list an empty one: readers of JSON should not have to tell them apart.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
