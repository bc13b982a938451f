package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// Schema names the form of the JSON output. The form stays additive: fields are added, never changed.
const Schema = "sigtune.lint/1"

// The JSON output, as documented in docs/json.md and docs/json/lint.schema.json.
type (
	document struct {
		Schema     string    `json:"schema"`
		Findings   []finding `json:"findings"`
		Suppressed []finding `json:"suppressed"`
		Summary    summary   `json:"summary"`
	}
	finding struct {
		Code       string       `json:"code"`
		Name       string       `json:"name"`
		Severity   string       `json:"severity"`
		Message    string       `json:"message"`
		Help       string       `json:"help,omitempty"`
		Path       string       `json:"path"`
		Line       int          `json:"line"`
		Column     int          `json:"column"`
		EndLine    int          `json:"end_line"`
		EndColumn  int          `json:"end_column"`
		ByteStart  int          `json:"byte_start"`
		ByteEnd    int          `json:"byte_end"`
		RuleID     string       `json:"rule_id,omitempty"`
		RuleTitle  string       `json:"rule_title,omitempty"`
		Place      *place       `json:"place,omitempty"`
		Related    []related    `json:"related,omitempty"`
		Fix        *fix         `json:"fix,omitempty"`
		Suppressed *suppression `json:"suppressed,omitempty"`
	}
	place struct {
		Path  string `json:"path"`
		Value string `json:"value"`
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
	suppression struct {
		By     string `json:"by"`
		Reason string `json:"reason,omitempty"`
		Until  string `json:"until,omitempty"`
	}
	summary struct {
		Files      int `json:"files"`
		Documents  int `json:"documents"`
		Errors     int `json:"errors"`
		Warnings   int `json:"warnings"`
		Infos      int `json:"infos"`
		Suppressed int `json:"suppressed"`
	}
)

// JSON prints one object for machines.
func JSON(w io.Writer, result *lint.Result) error { return writeJSON(w, result, Options{}) }

func writeJSON(w io.Writer, result *lint.Result, _ Options) error {
	count := result.Count()
	out := document{
		Schema:     Schema,
		Findings:   []finding{},
		Suppressed: []finding{},
		Summary: summary{
			Files: result.Files, Documents: result.Documents,
			Errors: count[lint.Error], Warnings: count[lint.Warning], Infos: count[lint.Info], Suppressed: len(result.Suppressed),
		},
	}
	for i := range result.Findings {
		out.Findings = append(out.Findings, newFinding(&result.Findings[i]))
	}
	for i := range result.Suppressed {
		out.Suppressed = append(out.Suppressed, newFinding(&result.Suppressed[i]))
	}
	return encode(w, out)
}

func newFinding(f *lint.Finding) finding {
	start, end := at(f.File, f.Span.Start), at(f.File, f.Span.End)
	out := finding{
		Code: f.Check.Code, Name: f.Check.Name, Severity: f.Severity.String(),
		Message: f.Message, Help: f.Help, Path: f.File.Path,
		Line: start.Line, Column: start.Column, EndLine: end.Line, EndColumn: end.Column,
		ByteStart: f.Span.Start, ByteEnd: f.Span.End, RuleID: f.Subject.ID, RuleTitle: f.Subject.Title,
	}
	if f.Place != (lint.Place{}) {
		out.Place = &place{f.Place.Path, f.Place.Value}
	}
	for _, r := range f.Related {
		pos := at(r.File, r.Span.Start)
		out.Related = append(out.Related, related{r.File.Path, pos.Line, pos.Column, r.Message})
	}
	if sound(f.Fix) {
		out.Fix = &fix{Title: f.Fix.Title, Safety: "unsafe", Edits: []edit{}}
		if f.Fix.Safe {
			out.Fix.Safety = "safe"
		}
		for _, e := range f.Fix.Edits {
			out.Fix.Edits = append(out.Fix.Edits, edit{e.Span.Start, e.Span.End, e.New})
		}
	}
	if s := f.Suppressed; s != nil {
		out.Suppressed = &suppression{By: s.By.String(), Reason: s.Reason, Until: day(s.Until)}
	}
	return out
}

// sound says that a fix can be written down: JSON and XML cannot carry bytes that are not UTF-8, and another text in their place
// would be another fix.
func sound(f *source.Fix) bool {
	return f != nil && !slices.ContainsFunc(f.Edits, func(e source.Edit) bool { return !utf8.ValidString(e.New) })
}

// day writes a date, and nothing for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// encode prints a value as indented JSON. Characters that a terminal would act on or not show are written as \u escapes, which says
// the same to a program.
func encode(w io.Writer, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(escapeHidden(b.Bytes()))
	return err
}

// escapeHidden escapes in a JSON text; the control characters below U+0020 already are.
func escapeHidden(text []byte) []byte {
	var out []byte
	copied := 0
	for i := 0; i < len(text); {
		if text[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if s := string(text[i : i+n]); source.Visible(s) != s {
			out = append(out, text[copied:i]...)
			out = fmt.Appendf(out, `\u%04x`, r) // all of them lie in the first plane
			copied = i + n
		}
		i += n
	}
	return append(out, text[copied:]...)
}
