package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// maxDiffLines is how many lines of each kind the diff of one fix shows.
const maxDiffLines = 10

// fixDiff draws the lines that a fix takes away and those that it puts in their place, with the numbers they have before. It is empty
// for edits that do not fit the file.
func fixDiff(f *lint.Finding, palette Palette) string {
	edits := slices.SortedStableFunc(slices.Values(f.Fix.Edits), func(a, b source.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var rows []diffRow
	for len(edits) > 0 {
		n, first, last := sameLines(f.File, edits)
		span := source.Span{Start: f.File.LineSpan(first).Start, End: f.File.LineSpan(last).End}
		if first == 1 {
			span.Start = 0 // with the byte order mark, which a fix may remove
		}
		edited, ok := apply(f.File, span, edits[:n])
		if !ok {
			return ""
		}
		rows = append(rows, diffLines(first, lines(f.File.Text(span)), lines(edited))...)
		edits = edits[n:]
	}
	if len(rows) == 0 {
		return ""
	}
	gutter := len(fmt.Sprint(slices.MaxFunc(rows, func(a, b diffRow) int { return cmp.Compare(a.line, b.line) }).line))
	var b strings.Builder
	b.WriteString(palette.Dim(strings.Repeat(" ", gutter)+" |") + "\n")
	for _, r := range rows {
		number := strings.Repeat(" ", gutter)
		if r.line > 0 {
			number = fmt.Sprintf("%*d", gutter, r.line)
		}
		fmt.Fprintf(&b, "%s %s\n", palette.Dim(number+" |"), r.paint(palette))
	}
	return b.String()
}

// sameLines is how many of the edits, sorted by place, touch the lines of the first one, and which lines those are.
func sameLines(f *source.File, edits []source.Edit) (n, first, last int) {
	first, last = f.LineAt(edits[0].Span.Start), f.LineAt(edits[0].Span.End)
	for n = 1; n < len(edits) && f.LineAt(edits[n].Span.Start) <= last; n++ {
		last = max(last, f.LineAt(edits[n].Span.End))
	}
	return n, first, last
}

// apply gives the text of a span with sorted edits made; false when they overlap or lie outside.
func apply(f *source.File, span source.Span, edits []source.Edit) (string, bool) {
	var b strings.Builder
	done := span.Start
	for _, e := range edits {
		if e.Span.Start < done || e.Span.End < e.Span.Start || e.Span.End > len(f.Data) {
			return "", false
		}
		b.WriteString(f.Text(source.Span{Start: done, End: e.Span.Start}) + e.New)
		done = e.Span.End
	}
	return b.String() + f.Text(source.Span{Start: done, End: span.End}), true
}

func lines(s string) []string { return strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") }

// diffRow is a line of a diff. Added lines have the number of the line they come before or replace.
type diffRow struct {
	line int // 0 for a remark
	sign string
	text string
}

func (r diffRow) paint(palette Palette) string {
	switch r.sign {
	case "-":
		return palette.Bad("- " + r.text)
	case "+":
		return palette.Good("+ " + r.text)
	}
	return palette.Dim(r.text)
}

// diffLines compares the lines around edits: what is equal at both ends is left out.
func diffLines(first int, old, new []string) []diffRow {
	for len(old) > 0 && len(new) > 0 && old[0] == new[0] {
		old, new = old[1:], new[1:]
		first++
	}
	for len(old) > 0 && len(new) > 0 && old[len(old)-1] == new[len(new)-1] {
		old, new = old[:len(old)-1], new[:len(new)-1]
	}
	var out []diffRow
	side := func(sign string, of, other []string) {
		shown, left := capped(of, maxDiffLines)
		for i, text := range shown {
			change := 0
			if i < len(other) {
				change = commonPrefix(text, other[i])
			}
			out = append(out, diffRow{first + i, sign, cut(text, change)})
		}
		if left > 0 {
			out = append(out, diffRow{0, "", "… and " + Plural(left, "more line")})
		}
	}
	side("-", old, new)
	side("+", new, old)
	return out
}

// commonPrefix is how many bytes two texts share at their start.
func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// cut is a line as a diff shows it: whole, or the part around an offset, with dots for blanks at its end.
func cut(text string, center int) string {
	f := &source.File{Data: []byte(text)}
	line := source.Span{Start: 0, End: len(text)}
	from, to := window(f.Data, line, center)
	shown := newCells(f, line, from, to).text
	trimmed := strings.TrimRight(shown, " ")
	return trimmed + strings.Repeat("·", len(shown)-len(trimmed))
}
