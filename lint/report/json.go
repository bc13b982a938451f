package report

import (
	"encoding/json"
	"io"

	"github.com/sigtune/sigtune/lint"
)

// Schema names the form of the JSON output. The form stays additive: fields are added, never changed.
const Schema = "sigtune.lint/1"

// The JSON output, as documented in docs/json.md and docs/json/lint.schema.json.
type (
	document struct {
		Schema   string    `json:"schema"`
		Findings []finding `json:"findings"`
		Summary  summary   `json:"summary"`
	}
	finding struct {
		Code      string    `json:"code"`
		Name      string    `json:"name"`
		Severity  string    `json:"severity"`
		Message   string    `json:"message"`
		Help      string    `json:"help,omitempty"`
		Path      string    `json:"path"`
		Line      int       `json:"line"`
		Column    int       `json:"column"`
		EndLine   int       `json:"end_line"`
		EndColumn int       `json:"end_column"`
		ByteStart int       `json:"byte_start"`
		ByteEnd   int       `json:"byte_end"`
		RuleID    string    `json:"rule_id,omitempty"`
		Related   []related `json:"related,omitempty"`
		Fix       *fix      `json:"fix,omitempty"`
	}
	related struct {
		Path    string `json:"path"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
	}
	fix struct {
		Title  string `json:"title"`
		Safety string `json:"safety"`
		Edits  []edit `json:"edits"`
	}
	edit struct {
		ByteStart int    `json:"byte_start"`
		ByteEnd   int    `json:"byte_end"`
		New       string `json:"new"`
	}
	summary struct {
		Files     int `json:"files"`
		Documents int `json:"documents"`
		Errors    int `json:"errors"`
		Warnings  int `json:"warnings"`
		Infos     int `json:"infos"`
	}
)

// JSON prints one object for machines.
func JSON(w io.Writer, result *lint.Result) error {
	count := result.Count()
	out := document{
		Schema:   Schema,
		Findings: []finding{},
		Summary: summary{
			Files: result.Files, Documents: result.Documents,
			Errors: count[lint.Error], Warnings: count[lint.Warning], Infos: count[lint.Info],
		},
	}
	for i := range result.Findings {
		out.Findings = append(out.Findings, newFinding(&result.Findings[i]))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func newFinding(f *lint.Finding) finding {
	start, end := f.File.Pos(f.Span.Start), f.File.Pos(f.Span.End)
	out := finding{
		Code: f.Check.Code, Name: f.Check.Name, Severity: f.Severity.String(),
		Message: f.Message, Help: f.Help, Path: f.File.Path,
		Line: start.Line, Column: start.Column, EndLine: end.Line, EndColumn: end.Column,
		ByteStart: f.Span.Start, ByteEnd: f.Span.End, RuleID: f.RuleID(),
	}
	for _, r := range f.Related {
		pos := r.File.Pos(r.Span.Start)
		out.Related = append(out.Related, related{r.File.Path, pos.Line, pos.Column, r.Message})
	}
	if f.Fix != nil {
		out.Fix = &fix{Title: f.Fix.Title, Safety: "unsafe", Edits: []edit{}}
		if f.Fix.Safe {
			out.Fix.Safety = "safe"
		}
		for _, e := range f.Fix.Edits {
			out.Fix.Edits = append(out.Fix.Edits, edit{e.Span.Start, e.Span.End, e.New})
		}
	}
	return out
}
