package edit

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// SigmaHQ's indentation, for documents that show none of their own.
const defaultIndent = 4

// writable refuses documents whose nodes do not stand where they seem to: a rule put together by `action: global`.
func writable(h *rules.Head) error {
	if h.Index >= len(h.File.Documents) || h.File.Documents[h.Index].Root != h.Root {
		return fmt.Errorf("the rule is put together from several documents (`action`); write it out in full first")
	}
	if h.Root.Flow {
		return fmt.Errorf("the rule is written in braces; write it in lines first")
	}
	return nil
}

// column is the number of columns before an offset on its line.
func column(f *source.File, offset int) int { return f.Pos(offset).Column - 1 }

// ending is the line break of the line that holds the offset, else of the line before, else of the first line.
func ending(f *source.File, offset int) string {
	n := f.LineAt(offset)
	for _, k := range []int{n, n - 1, 1} {
		if k >= 1 && k < f.Lines() {
			end := f.LineSpan(k).End
			return string(f.Data[end:f.LineSpan(k+1).Start])
		}
	}
	return "\n"
}

// lastLine is the line on which a span ends; the break that ends a text block is not part of it.
func lastLine(f *source.File, s source.Span) int {
	end := s.End
	for end > s.Start && (f.Data[end-1] == '\n' || f.Data[end-1] == '\r' || f.Data[end-1] == ' ') {
		end--
	}
	return f.LineAt(max(end-1, s.Start))
}

// insertBehind puts whole lines behind line n. The lines come with \n and without a final one.
func insertBehind(f *source.File, n int, lines string) source.Edit {
	eol := ending(f, f.LineSpan(n).Start)
	lines = strings.ReplaceAll(lines, "\n", eol)
	if n < f.Lines() {
		at := f.LineSpan(n + 1).Start
		return source.Edit{Span: source.Span{Start: at, End: at}, New: lines + eol}
	}
	at := len(f.Data) // no final newline: it stays so
	return source.Edit{Span: source.Span{Start: at, End: at}, New: eol + lines}
}

// belongsAbove moves behind comment lines that are indented deeper than col and follow line n: they belong to what ends there.
func belongsAbove(f *source.File, n, col int) int {
	for n < f.Lines() {
		text := f.LineText(n + 1)
		trimmed := strings.TrimLeft(text, " ")
		if !strings.HasPrefix(trimmed, "#") || len(text)-len(trimmed) <= col {
			break
		}
		n++
	}
	return n
}

func blanks(n int) string { return strings.Repeat(" ", n) }

// listIndent is how far the lists under attributes are indented: as the document does it.
func listIndent(h *rules.Head) int {
	for _, e := range h.Root.Entries {
		if e.Value.Kind == source.List && !e.Value.Flow && len(e.Value.Items) > 0 && !e.Merged && e.Value.Alias == nil {
			return column(h.File, e.Value.Span.Start) - column(h.File, e.Key.Span.Start)
		}
	}
	for _, e := range h.Root.Entries {
		if e.Value.Kind == source.Map && !e.Value.Flow && len(e.Value.Entries) > 0 && !e.Merged && e.Value.Alias == nil {
			return column(h.File, e.Value.Span.Start) - column(h.File, e.Key.Span.Start)
		}
	}
	return defaultIndent
}
