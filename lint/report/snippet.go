package report

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Mark is one place of a snippet with the words behind its caret.
type Mark struct {
	Span    source.Span
	Label   string
	Primary bool
}

// snippetWidth is how many columns of a source line are shown; longer lines are cut around the mark.
const snippetWidth = 100

// Snippet draws the lines of the marks with carets below them, and the keys above them so that the reader sees where in the rule he
// is. Gaps are drawn as ` : `. Rule text is never printed raw.
func Snippet(f *source.File, marks []Mark, palette Palette) string {
	lines := map[int][]Mark{}
	for _, m := range marks {
		first := f.LineAt(m.Span.Start)
		lines[first] = append(lines[first], m)
	}
	shown := map[int]bool{}
	for line := range lines {
		shown[line] = true
		for _, parent := range parents(f, line) {
			shown[parent] = true
		}
	}
	var order []int
	for line := range shown {
		order = append(order, line)
	}
	sort.Ints(order)
	if len(order) == 0 {
		return ""
	}
	gutter := len(fmt.Sprint(order[len(order)-1]))
	var b strings.Builder
	bar := func() { b.WriteString(palette.Dim(strings.Repeat(" ", gutter)+" |") + "\n") }
	bar()
	last := 0
	for _, line := range order {
		if last != 0 && line > last+1 {
			b.WriteString(palette.Dim(strings.Repeat(" ", gutter)+" :") + "\n")
		}
		last = line
		drawLine(&b, f, line, gutter, lines[line], palette)
	}
	return b.String()
}

// maxParents is how many keys above a mark are shown. Rules nest less deep; what is not YAML may be a staircase of any length.
const maxParents = 8

// maxClimb is how many lines above a mark are looked at for its keys: twice the longest list of the published rules, 4,432 values.
// Without a limit a file of megabytes with a finding on every line takes minutes.
const maxClimb = 10_000

// parents are the lines of the keys that the line stands below, found by indentation: this works on what does not parse, too.
func parents(f *source.File, line int) []int {
	var out []int
	indent, text := lead(f, line)
	if bytes.HasPrefix(text, []byte("- ")) {
		indent++ // a list item may stand at the column of its key
	}
	for n := line - 1; n >= max(1, line-maxClimb) && indent > 0 && len(out) < maxParents; n-- {
		own, text := lead(f, n)
		blank := len(bytes.TrimLeft(text[:min(len(text), snippetWidth)], " \t")) == 0
		if blank || text[0] == '#' || bytes.HasPrefix(text, []byte("---")) {
			continue
		}
		if own < indent && !bytes.HasPrefix(text, []byte("- ")) {
			out = append(out, n)
			indent = own
		}
	}
	return out
}

// lead is the indentation of a line, and what follows it.
func lead(f *source.File, line int) (indent int, text []byte) {
	span := f.LineSpan(line)
	text = f.Data[span.Start:span.End]
	for indent < len(text) && text[indent] == ' ' {
		indent++
	}
	return indent, text[indent:]
}

// drawLine prints a line and its marks below it.
func drawLine(b *strings.Builder, f *source.File, line, gutter int, marks []Mark, palette Palette) {
	span := f.LineSpan(line)
	center := span.Start
	if len(marks) > 0 {
		sort.SliceStable(marks, func(i, j int) bool { return marks[i].Span.Start < marks[j].Span.Start })
		center = marks[0].Span.Start
		for _, m := range marks {
			if m.Primary {
				center = m.Span.Start
				break
			}
		}
	}
	from, to := window(f.Data, span, center)
	cells := newCells(f, span, from, to)
	fmt.Fprintf(b, "%s %s\n", palette.Dim(fmt.Sprintf("%*d |", gutter, line)), strings.TrimRight(cells.text, " "))
	for _, row := range underline(marks, cells, span, palette) {
		fmt.Fprintf(b, "%s %s\n", palette.Dim(strings.Repeat(" ", gutter)+" |"), row)
	}
}
