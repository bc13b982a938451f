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
		Schema       string         `json:"schema"`
		Rules        []rule         `json:"rules"`
		Filters      []filter       `json:"filters"`
		Correlations []correlation  `json:"correlations"`
		Skipped      []skippedPair  `json:"skipped"`
		Unread       []unreadFile   `json:"unread"`
		Summary      map[string]int `json:"summary"`
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
	filter struct {
		rule                // its condition, as a rule: lost is what it hides only now
		Targets  *attrValue `json:"targets"` // null when they are the same
		Affected []affects  `json:"affected"`
		Missing  []string   `json:"missing"`
	}
	affects struct {
		Path    string `json:"path"`
		ID      string `json:"id"`
		Title   string `json:"title"`
		Verdict string `json:"verdict"`
		Changed bool   `json:"changed"`
		Lost    answer `json:"lost"`
		Gained  answer `json:"gained"`
	}
	answer struct {
		Verdict string      `json:"verdict"`
		Reason  string      `json:"reason,omitempty"`
		Event   logic.Event `json:"event"` // null without one
	}
	correlation struct {
		Path       string      `json:"path"`
		OldPath    *string     `json:"old_path"` // null for an added correlation
		ID         string      `json:"id"`
		Title      string      `json:"title"`
		Verdict    string      `json:"verdict"`
		Reason     string      `json:"reason,omitempty"`
		Attributes []attrValue `json:"attributes"`
		Rules      []reference `json:"rules"`
		Metadata   []attrValue `json:"metadata"`
	}
	reference struct {
		Name    string `json:"name"`
		Path    string `json:"path"`
		Title   string `json:"title"`
		Verdict string `json:"verdict"`
	}
	unreadFile struct {
		Path    string `json:"path"`
		Version string `json:"version"` // old or new
		Line    int    `json:"line"`
		Message string `json:"message"`
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
	out := result{
		Schema: Schema, Rules: []rule{}, Filters: []filter{}, Correlations: []correlation{}, Skipped: []skippedPair{}, Unread: []unreadFile{},
		Summary: map[string]int{"unchanged": c.Same},
	}
	for _, v := range revision.Verdicts {
		out.Summary[string(v)] = 0
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		out.Summary[string(r.Verdict)]++
		out.Rules = append(out.Rules, newRule(r))
	}
	for i := range c.Filters {
		out.Filters = append(out.Filters, newFilter(&c.Filters[i]))
	}
	for i := range c.Correlations {
		out.Correlations = append(out.Correlations, newCorrelation(&c.Correlations[i]))
	}
	for _, p := range c.Skipped {
		out.Skipped = append(out.Skipped, skippedPair{p.Path(), p.Kind()})
	}
	for _, u := range c.Unread {
		version := "new"
		if u.Old {
			version = "old"
		}
		out.Unread = append(out.Unread, unreadFile{u.File.Path, version, u.File.LineAt(u.Problem.Span.Start), u.Problem.Message})
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
		Edits:     []string{}, Metadata: newAttributes(r.Metadata),
		Lost: newDifference(r, r.Change.Lost), Gained: newDifference(r, r.Change.Gained),
	}
	if r.Was != nil {
		out.OldPath = &r.Old.Path
	}
	for _, e := range r.Change.Edits {
		out.Edits = append(out.Edits, e.Text)
	}
	return out
}

func newAttribute(a revision.Attribute) attrValue {
	return attrValue{a.Name, a.Old, a.New, list(a.Removed), list(a.Added)}
}

func newAttributes(attributes []revision.Attribute) []attrValue {
	out := []attrValue{}
	for _, a := range attributes {
		out = append(out, newAttribute(a))
	}
	return out
}

func newFilter(f *revision.Filter) filter {
	out := filter{rule: newRule(&f.Rule), Affected: []affects{}, Missing: list(f.Missing)}
	if f.Targets.Name != "" {
		targets := newAttribute(f.Targets)
		out.Targets = &targets
	}
	for _, a := range f.Affected {
		known := a.Rule.Head()
		out.Affected = append(out.Affected, affects{
			a.Rule.Path(), known.ID.Value, known.Title.Value, string(a.Verdict), a.Changed, newAnswer(a.Lost), newAnswer(a.Gained),
		})
	}
	return out
}

func newAnswer(a logic.Answer) answer {
	return answer{a.Verdict.String(), a.Reason, a.Witness}
}

func newCorrelation(c *revision.Correlation) correlation {
	known := c.Head()
	out := correlation{
		Path: c.Path(), ID: known.ID.Value, Title: known.Title.Value, Verdict: string(c.Verdict), Reason: c.Reason,
		Attributes: newAttributes(c.Attributes), Rules: []reference{}, Metadata: newAttributes(c.Metadata),
	}
	if c.Was != nil {
		out.OldPath = &c.Old.Path
	}
	for _, r := range c.Rules {
		out.Rules = append(out.Rules, reference{r.Name, r.Pair.Path(), r.Pair.Head().Title.Value, string(r.Verdict)})
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
