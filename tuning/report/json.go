package report

import (
	"encoding/json"
	"io"

	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/tuning"
)

// Schema names the form of the JSON output, documented in docs/json/tune.schema.json. The form stays additive.
const Schema = "sigtune.tune/1"

type (
	result struct {
		Schema    string    `json:"schema"`
		Rule      rule      `json:"rule"`
		Document  *document `json:"document"`
		Findings  []finding `json:"findings"`
		Scenarios []outcome `json:"scenarios"`
		Events    events    `json:"events"`
		RuleAfter *string   `json:"rule_after"`

		As             string        `json:"as"`
		Placeholders   []placeholder `json:"placeholders"`
		FilterDocument *string       `json:"filter_document"`
		QueryBefore    string        `json:"query_before"`
		QueryAfter     string        `json:"query_after"`
	}
	placeholder struct {
		Name      string   `json:"name"`
		Meaning   string   `json:"meaning"`
		Field     string   `json:"field"`
		Modifier  string   `json:"modifier"`
		Example   string   `json:"example"`
		Scenarios []string `json:"scenarios"`
	}
	rule struct {
		Path      string    `json:"path"`
		ID        string    `json:"id"`
		Title     string    `json:"title"`
		Logsource logsource `json:"logsource"`
		Text      string    `json:"text"`
	}
	logsource struct {
		Category string `json:"category,omitempty"`
		Product  string `json:"product,omitempty"`
		Service  string `json:"service,omitempty"`
	}
	document struct {
		Recovered bool     `json:"recovered"`
		Readings  int      `json:"readings"`
		Cut       bool     `json:"cut"`
		Notes     []string `json:"notes"`
		Query     *query   `json:"query"`
	}
	query struct {
		Language   string  `json:"language"`
		Equivalent *bool   `json:"equivalent"` // null when it could not be decided
		Difference *string `json:"difference"`
	}
	finding struct {
		Code     string `json:"code"`
		Name     string `json:"name"`
		Severity string `json:"severity"`
		Message  string `json:"message"`
		Line     int    `json:"line"` // in rule.text
		Column   int    `json:"column"`
	}
	outcome struct {
		ID          string        `json:"id"`
		Text        string        `json:"text"`
		Exclusion   string        `json:"exclusion"`
		Verdict     string        `json:"verdict"`
		Proof       proof         `json:"proof"`
		Conditions  [][]condition `json:"conditions"`
		Open        []string      `json:"open"`
		Proposals   []proposal    `json:"proposals"`
		Explanation string        `json:"explanation"`
		Suggestions []string      `json:"suggestions"`
		Notes       []string      `json:"notes"`
	}
	proof struct {
		Kind      string         `json:"kind"`
		Statement string         `json:"statement"`
		Witness   map[string]any `json:"witness"`
	}
	condition struct {
		Field       string   `json:"field"`
		Modifier    string   `json:"modifier"`
		Values      []string `json:"values"`
		All         bool     `json:"all,omitempty"`
		Negated     bool     `json:"negated,omitempty"`
		Placeholder bool     `json:"placeholder"`
		Phrase      string   `json:"phrase"`
	}
	proposal struct {
		Rank        int       `json:"rank"`
		Name        string    `json:"name"`
		Title       string    `json:"title"`
		Recommended bool      `json:"recommended"`
		Block       string    `json:"block"`
		Fill        []string  `json:"fill"`
		RuleAfter   string    `json:"rule_after"`
		Safety      judgement `json:"safety"`
		QueryAfter  string    `json:"query_after"`

		QueryHidden    string `json:"query_hidden"`
		Into           string `json:"into"`
		FilterDocument string `json:"filter_document"`
	}
	judgement struct {
		Grade        string         `json:"grade"`
		Reasons      []string       `json:"reasons"`
		Hides        []string       `json:"hides"`
		Hidden       map[string]any `json:"hidden"`
		Evasion      []evasion      `json:"evasion"`
		KnownBad     int            `json:"known_bad"`
		KnownBadKept int            `json:"known_bad_kept"`
	}
	evasion struct {
		How   string         `json:"how"`
		Event map[string]any `json:"event"`
	}
)

// JSON prints one object for machines.
func JSON(w io.Writer, r *tuning.Result) error {
	l := r.Rule.Logsource
	out := result{
		Schema: Schema,
		Rule: rule{
			Path: r.Path, ID: r.Rule.ID.Value, Title: r.Rule.Title.Value, Text: r.RuleText,
			Logsource: logsource{l.Category.Value, l.Product.Value, l.Service.Value},
		},
		Document: newDocument(r.Document), Findings: []finding{}, Scenarios: []outcome{},
		Events: newEvents(r.Events),
		As:     string(r.As), Placeholders: []placeholder{}, QueryBefore: r.QueryBefore, QueryAfter: r.QueryAfter,
	}
	for _, f := range r.Findings {
		pos := f.File.Pos(f.Span.Start)
		out.Findings = append(out.Findings, finding{f.Check.Code, f.Check.Name, f.Severity.String(), f.Message, pos.Line, pos.Column})
	}
	for _, o := range r.Outcomes {
		out.Scenarios = append(out.Scenarios, newOutcome(o))
	}
	if r.Recommended() {
		out.RuleAfter = &r.RuleAfter
	}
	if r.FilterDocument != "" {
		out.FilterDocument = &r.FilterDocument
	}
	for _, p := range r.Placeholders {
		out.Placeholders = append(out.Placeholders, placeholder(p))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func newDocument(d *tuning.Document) *document {
	if d == nil {
		return nil
	}
	out := &document{Recovered: d.Recovered, Readings: d.Readings, Cut: d.Cut, Notes: list(d.Notes)}
	if d.Query == nil {
		return out
	}
	out.Query = &query{Language: string(d.Query.Language)}
	if c := d.Compared; c != nil {
		if c.Equivalent != kql.Unknown {
			yes := c.Equivalent == kql.Yes
			out.Query.Equivalent = &yes
		}
		if c.Difference != "" {
			out.Query.Difference = &c.Difference
		}
	}
	return out
}

func newOutcome(o tuning.Outcome) outcome {
	out := outcome{
		ID: o.ID, Text: o.Text, Exclusion: o.Exclusion, Verdict: string(o.Verdict),
		Proof:      proof{o.Proof.Kind, o.Proof.Statement, o.Proof.Witness},
		Conditions: [][]condition{}, Open: []string{}, Proposals: []proposal{},
		Explanation: o.Explanation, Suggestions: list(o.Suggestions), Notes: list(o.Notes),
	}
	for _, group := range o.Conditions {
		conditions := []condition{}
		for _, c := range group {
			conditions = append(conditions, condition{c.Field, c.Modifier, c.Values, c.All, c.Negated, c.Placeholder, c.Phrase})
		}
		out.Conditions = append(out.Conditions, conditions)
	}
	for _, open := range o.Open {
		out.Open = append(out.Open, open.Phrase)
	}
	for _, p := range o.Proposals {
		s := judgement{
			Grade: string(p.Safety.Grade), Reasons: list(p.Safety.Reasons), Hides: list(p.Safety.Hides), Hidden: p.Safety.Hidden,
			Evasion: []evasion{}, KnownBad: p.Safety.KnownBad, KnownBadKept: p.Safety.Kept,
		}
		for _, e := range p.Safety.Evasion {
			s.Evasion = append(s.Evasion, evasion{e.How, e.Event})
		}
		out.Proposals = append(out.Proposals, proposal{
			p.Rank, p.Name, p.Title, p.Recommended, p.Block, list(p.Fill), p.RuleAfter, s, p.QueryAfter,
			p.QueryHidden, p.Into, p.FilterDocument,
		})
	}
	return out
}

// list makes an absent list an empty one: readers of JSON should not have to tell them apart.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
