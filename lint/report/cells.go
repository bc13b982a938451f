package report

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/source"
)

// cells is the shown part of a line: its text, and the display column of each of its bytes.
type cells struct {
	text     string
	from, to int   // the bytes of the file that are shown
	columns  []int // per byte, one more for the end
}

// newCells prints the bytes from..to of a line; what is cut off at an end becomes an ellipsis.
func newCells(f *source.File, line source.Span, from, to int) cells {
	c := cells{from: from, to: to, columns: make([]int, to-from+1)}
	var b strings.Builder
	column := 0
	if from > line.Start {
		b.WriteString("…")
		column = 1
	}
	for i := from; i < to; {
		r, n := utf8.DecodeRune(f.Data[i:to])
		for k := range n {
			c.columns[i-from+k] = column
		}
		printed := " "
		if r != '\t' {
			printed = source.Visible(string(f.Data[i : i+n]))
		}
		b.WriteString(printed)
		column += Width(printed)
		i += n
	}
	c.columns[to-from] = column
	if to < line.End {
		b.WriteString("…")
	}
	c.text = b.String()
	return c
}

// column is where a byte of the file is printed. What is cut off is at the ellipsis.
func (c cells) column(offset int) int {
	if offset < c.from {
		return 0
	}
	return c.columns[min(offset, c.to)-c.from]
}

// window chooses the bytes of a line to show: all of it, or when it is long snippetWidth characters around an offset.
func window(data []byte, line source.Span, center int) (from, to int) {
	// Counting stops where no line can be short enough: a line may have megabytes.
	if line.Len() <= snippetWidth*utf8.UTFMax && utf8.RuneCount(data[line.Start:line.End]) <= snippetWidth {
		return line.Start, line.End
	}
	back := func(from, runes int) int {
		for ; runes > 0 && from > line.Start; runes-- {
			_, n := utf8.DecodeLastRune(data[line.Start:from])
			from -= n
		}
		return from
	}
	center = min(max(center, line.Start), line.End)
	for center > line.Start && center < line.End && !utf8.RuneStart(data[center]) {
		center--
	}
	from = back(center, snippetWidth/2)
	to = from
	runes := 0
	for ; runes < snippetWidth && to < line.End; runes++ {
		_, n := utf8.DecodeRune(data[to:line.End])
		to += n
	}
	return back(from, snippetWidth-runes), to
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
