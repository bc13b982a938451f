package manual

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// marked is the line that a finding marks, with its number, and carets below what is marked of it. Examples are long, and the eye needs a place.
func marked(f *lint.Finding) string {
	pos := f.File.Pos(f.Span.Start)
	line := f.File.LineSpan(pos.Line)
	start, end := max(f.Span.Start, line.Start), min(max(f.Span.End, f.Span.Start), line.End)
	number := fmt.Sprintf("%d | ", pos.Line)
	before := source.Visible(f.File.Text(source.Span{Start: line.Start, End: start}))
	carets := 1
	if end > start {
		carets = utf8.RuneCountInString(source.Visible(f.File.Text(source.Span{Start: start, End: end})))
	}
	return number + source.Visible(strings.TrimRight(f.File.Text(line), "\r\n")) + "\n" +
		strings.Repeat(" ", len(number)+utf8.RuneCountInString(before)) + strings.Repeat("^", carets)
}

// changes is what leads from one document to another, as a diff without names. Two whole documents would have to be compared by eye.
func changes(old, new string) string {
	text := string(diff.Diff("old", []byte(old), "new", []byte(new)))
	for _, head := range []string{"diff ", "--- ", "+++ "} {
		if strings.HasPrefix(text, head) {
			_, text, _ = strings.Cut(text, "\n")
		}
	}
	if text == "" {
		return fenced("yaml", new)
	}
	return fenced("diff", text)
}
