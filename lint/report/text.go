package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// Text prints findings for people: a headline, the place, a snippet with carets, and what to write instead.
func Text(w io.Writer, result *lint.Result, palette Palette) error {
	out := bufio.NewWriter(w)
	for i := range result.Findings {
		writeFinding(out, &result.Findings[i], palette)
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, Summary(result, palette))
	return out.Flush()
}

func writeFinding(out *bufio.Writer, f *lint.Finding, palette Palette) {
	head := fmt.Sprintf("%s[%s]", f.Severity, f.Check.Code)
	switch f.Severity {
	case lint.Error:
		head = palette.Bad(head)
	case lint.Warning:
		head = palette.Warn(head)
	default:
		head = palette.Note(head)
	}
	fmt.Fprintf(out, "%s %s  %s\n", head, palette.Strong(f.Message), palette.Dim("("+f.Check.Name+")"))
	if len(f.File.Data) == 0 {
		if f.File.Path != "" {
			fmt.Fprintf(out, "  %s %s\n", palette.Dim("-->"), f.File.Path)
		}
	} else {
		pos := f.File.Pos(f.Span.Start)
		fmt.Fprintf(out, "  %s %s:%d:%d\n", palette.Dim("-->"), f.File.Path, pos.Line, pos.Column)
		marks := []Mark{{Span: f.Span, Primary: true}}
		for _, r := range f.Related {
			if r.File == f.File {
				marks = append(marks, Mark{Span: r.Span, Label: r.Message})
			}
		}
		fmt.Fprint(out, indent(Snippet(f.File, marks, palette)))
	}
	for _, r := range f.Related {
		if r.File != f.File {
			pos := r.File.Pos(r.Span.Start)
			fmt.Fprintf(out, "   %s %s: %s:%d:%d\n", palette.Dim("="), r.Message, r.File.Path, pos.Line, pos.Column)
		}
	}
	if f.Help != "" {
		fmt.Fprintf(out, "   %s %s\n", palette.Dim("= help:"), f.Help)
	}
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}

// Summary is the last line: how many findings in how much.
func Summary(result *lint.Result, palette Palette) string {
	count := result.Count()
	scope := fmt.Sprintf("%s in %s", Plural(result.Documents, "document"), Plural(result.Files, "file"))
	if len(result.Findings) == 0 {
		return palette.Good("No findings") + " · " + scope
	}
	var parts []string
	for _, s := range []lint.Severity{lint.Error, lint.Warning, lint.Info} {
		if count[s] > 0 {
			name := s.String()
			if s != lint.Info {
				parts = append(parts, Plural(count[s], name))
			} else {
				parts = append(parts, fmt.Sprintf("%d info", count[s]))
			}
		}
	}
	return strings.Join(parts, ", ") + " · " + scope
}

// Plural is a number with its noun, in the plural unless it is one.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Statistics prints how often each check fired with each severity, the most frequent first.
func Statistics(w io.Writer, result *lint.Result) error {
	type row struct {
		check    *lint.Check
		severity lint.Severity
	}
	count := map[row]int{}
	for _, f := range result.Findings {
		count[row{f.Check, f.Severity}]++
	}
	rows := slices.SortedFunc(maps.Keys(count), func(a, b row) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.check.Code, b.check.Code), cmp.Compare(b.severity, a.severity))
	})
	for _, r := range rows {
		if _, err := fmt.Fprintf(w, "%6d  %-7s  %s  %s\n", count[r], r.severity, r.check.Code, r.check.Name); err != nil {
			return err
		}
	}
	return nil
}
