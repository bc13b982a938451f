package report

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// underlined is a mark in display columns.
type underlined struct {
	start, end int
	label      string
	primary    bool
}

func (u underlined) paint(s string, palette Palette) string {
	if u.primary {
		return palette.Bad(s)
	}
	return palette.Note(s)
}

// touches reports marks that cannot stand in one row.
func (u underlined) touches(other underlined) bool {
	return u.start <= other.end && other.start <= u.end
}

// underline draws marks of one line, which are sorted by their start, as rows of carets: side by side where they do not touch, each
// label behind its carets or, when other carets follow, hanging below them.
func underline(marks []Mark, c cells, line source.Span, palette Palette) []string {
	var rows [][]underlined
	place := func(m Mark) {
		u := underlined{c.column(m.Span.Start), c.column(min(m.Span.End, line.End)), source.Visible(m.Label), m.Primary}
		u.end = max(u.end, u.start+1)
		for k := range rows {
			if !slices.ContainsFunc(rows[k], u.touches) {
				rows[k] = append(rows[k], u)
				return
			}
		}
		rows = append(rows, []underlined{u})
	}
	for _, primary := range []bool{true, false} { // the primary mark stays next to its line
		for _, m := range marks {
			if m.Primary == primary {
				place(m)
			}
		}
	}
	var out []string
	for _, row := range rows {
		slices.SortFunc(row, func(a, b underlined) int { return a.start - b.start })
		out = append(out, drawRow(row, palette)...)
	}
	return out
}

// drawRow draws marks that do not touch, from left to right, and the labels that hang below.
func drawRow(row []underlined, palette Palette) []string {
	var b strings.Builder
	column := 0
	var hanging []underlined
	for i, u := range row {
		caret := "-"
		if u.primary {
			caret = "^"
		}
		text := strings.Repeat(caret, u.end-u.start)
		if u.label != "" && i == len(row)-1 {
			text += " " + u.label
		} else if u.label != "" {
			hanging = append(hanging, u)
		}
		b.WriteString(strings.Repeat(" ", u.start-column) + u.paint(text, palette))
		column = u.end
	}
	out := []string{b.String()}
	if len(hanging) > 0 {
		out = append(out, hang(hanging, "|", palette))
	}
	for n := len(hanging) - 1; n >= 0; n-- {
		out = append(out, hang(hanging[:n+1], hanging[n].label, palette))
	}
	return out
}

// hang draws a line down from each mark, and the text below the last one.
func hang(marks []underlined, text string, palette Palette) string {
	var b strings.Builder
	column := 0
	for i, u := range marks {
		s := "|"
		if i == len(marks)-1 {
			s = text
		}
		b.WriteString(strings.Repeat(" ", u.start-column) + u.paint(s, palette))
		column = u.start + 1
	}
	return b.String()
}
