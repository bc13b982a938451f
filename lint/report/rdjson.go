package report

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// The reviewdog diagnostic format, message DiagnosticResult of its reviewdog.proto. Readers refuse fields that they do not know, so
// related places, which are new there, go into the message.
type (
	rdResult struct {
		Source      rdSource       `json:"source"`
		Severity    string         `json:"severity,omitempty"`
		Diagnostics []rdDiagnostic `json:"diagnostics"`
	}
	rdSource struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	rdDiagnostic struct {
		Message     string         `json:"message"`
		Location    rdLocation     `json:"location"`
		Severity    string         `json:"severity"`
		Code        rdCode         `json:"code"`
		Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	}
	rdLocation struct {
		Path  string  `json:"path"`
		Range rdRange `json:"range"`
	}
	rdRange struct {
		Start rdPosition `json:"start"`
		End   rdPosition `json:"end"` // exclusive
	}
	rdPosition struct {
		Line   int `json:"line"`
		Column int `json:"column"` // 1-based, in bytes
	}
	rdCode struct {
		Value string `json:"value"`
		URL   string `json:"url"`
	}
	rdSuggestion struct {
		Range rdRange `json:"range"`
		Text  string  `json:"text"`
	}
)

var rdSeverities = map[lint.Severity]string{lint.Error: "ERROR", lint.Warning: "WARNING", lint.Info: "INFO"}

// suggestionBytes is how long a suggestion may be: it is a comment on a few lines of a change, not a new file.
const suggestionBytes = 8 << 10

func writeRDJSON(w io.Writer, result *lint.Result, o Options) error {
	out := rdResult{
		Source: rdSource{"sigtune", homepage}, Severity: rdSeverities[result.Worst()], Diagnostics: []rdDiagnostic{},
	}
	for i := range result.Findings {
		f := &result.Findings[i]
		d := rdDiagnostic{
			Message:  o.withRelated(f),
			Location: rdLocation{o.relative(f.File.Path), newRDRange(f.File, f.Span)},
			Severity: rdSeverities[f.Severity], Code: rdCode{f.Check.Code, Page(f.Check)},
		}
		if sound(f.Fix) && f.Fix.Safe {
			if span, text, ok := joined(f.File, f.Fix.Edits); ok && len(text) <= suggestionBytes {
				d.Suggestions = []rdSuggestion{{newRDRange(f.File, span), text}}
			}
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	return encode(w, out)
}

func newRDRange(f *source.File, s source.Span) rdRange {
	place := func(offset int) rdPosition { return rdPosition{at(f, offset).Line, byteColumn(f, offset)} }
	return rdRange{place(s.Start), place(s.End)}
}

// joined makes one edit of several: each suggestion is offered by itself, and half a fix is none. It gives false for edits that
// overlap, and when what lies between them is not UTF-8.
func joined(f *source.File, edits []source.Edit) (source.Span, string, bool) {
	if len(edits) == 0 {
		return source.Span{}, "", false
	}
	edits = slices.SortedStableFunc(slices.Values(edits), func(a, b source.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	span := source.Span{Start: edits[0].Span.Start, End: edits[0].Span.Start}
	var b strings.Builder
	for _, e := range edits {
		if e.Span.Start < span.End || e.Span.End < e.Span.Start || e.Span.End > len(f.Data) {
			return source.Span{}, "", false
		}
		b.WriteString(f.Text(source.Span{Start: span.End, End: e.Span.Start}))
		b.WriteString(e.New)
		span.End = e.Span.End
	}
	return span, b.String(), utf8.ValidString(b.String())
}
