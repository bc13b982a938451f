package report

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

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

// parents are the lines of the keys that the line stands below, found by indentation: this works on what does not parse, too.
func parents(f *source.File, line int) []int {
	var out []int
	indent := indentation(f.LineText(line))
	if strings.HasPrefix(strings.TrimLeft(f.LineText(line), " "), "- ") {
		indent++ // a list item may stand at the column of its key
	}
	for n := line - 1; n >= 1 && indent > 0; n-- {
		text := f.LineText(n)
		trimmed := strings.TrimSpace(text)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "---") {
			continue
		}
		if own := indentation(text); own < indent && !strings.HasPrefix(trimmed, "- ") {
			out = append(out, n)
			indent = own
		}
	}
	return out
}

func indentation(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

func drawLine(b *strings.Builder, f *source.File, line, gutter int, marks []Mark, palette Palette) {
	span := f.LineSpan(line)
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].Span.Start < marks[j].Span.Start })
	from, to := window(f, span, marks)
	cells := newCells(f.Data[span.Start:span.End], span.Start, from, to)
	fmt.Fprintf(b, "%s %s\n", palette.Dim(fmt.Sprintf("%*d |", gutter, line)), strings.TrimRight(cells.text, " "))
	for _, m := range marks {
		start, end := cells.column(m.Span.Start), cells.column(min(m.Span.End, span.End))
		if end <= start {
			end = start + 1
		}
		caret := strings.Repeat("^", end-start)
		if !m.Primary {
			caret = strings.Repeat("-", end-start)
		}
		if m.Label != "" {
			caret += " " + m.Label
		}
		if m.Primary {
			caret = palette.Bad(caret)
		} else {
			caret = palette.Note(caret)
		}
		fmt.Fprintf(b, "%s %s%s\n", palette.Dim(strings.Repeat(" ", gutter)+" |"), strings.Repeat(" ", start), caret)
	}
}

// window chooses the bytes of a long line to show: around its first mark.
func window(f *source.File, line source.Span, marks []Mark) (from, to int) {
	if utf8.RuneCount(f.Data[line.Start:line.End]) <= snippetWidth {
		return line.Start, line.End
	}
	center := line.Start
	if len(marks) > 0 {
		center = marks[0].Span.Start
	}
	from = max(line.Start, center-snippetWidth/2)
	to = min(line.End, from+snippetWidth)
	from = max(line.Start, min(from, to-snippetWidth))
	for from > line.Start && !utf8.RuneStart(f.Data[from]) {
		from--
	}
	for to < line.End && !utf8.RuneStart(f.Data[to]) {
		to++
	}
	return from, to
}

// cells is a printed line and the display column of each byte of its source.
type cells struct {
	text    string
	start   int   // file offset of the line
	columns []int // per byte of the line, one more for its end
}

func newCells(line []byte, start, from, to int) cells {
	c := cells{start: start, columns: make([]int, len(line)+1)}
	var b strings.Builder
	column := 0
	if from > start {
		b.WriteString("…")
		column = 1
	}
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRune(line[i:])
		for k := range n {
			c.columns[i+k] = column
		}
		if at := start + i; at >= from && at < to {
			printed := string(line[i : i+n])
			switch {
			case r == '\t':
				printed = " "
			default:
				printed = source.Visible(printed)
			}
			b.WriteString(printed)
			column += Width(printed)
		}
		i += n
	}
	c.columns[len(line)] = column
	if to < start+len(line) {
		b.WriteString("…")
	}
	c.text = b.String()
	return c
}

func (c cells) column(offset int) int {
	i := min(max(offset-c.start, 0), len(c.columns)-1)
	return c.columns[i]
}

// wide are the ranges of characters that take two columns: East Asian wide and fullwidth, and emoji.
var wide = [][2]rune{
	{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xa000, 0xa4cf},
	{0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe4f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
	{0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
}

// narrow are combining marks, which take none.
var narrow = [][2]rune{{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd}, {0x610, 0x61a}, {0x64b, 0x65f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}}

// Width is the number of terminal columns a text takes.
func Width(s string) int {
	width := 0
	for _, r := range s {
		switch {
		case in(narrow, r):
		case in(wide, r):
			width += 2
		default:
			width++
		}
	}
	return width
}

func in(ranges [][2]rune, r rune) bool {
	i := sort.Search(len(ranges), func(i int) bool { return ranges[i][1] >= r })
	return i < len(ranges) && ranges[i][0] <= r
}
