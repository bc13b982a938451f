package recover

import "strings"

// layout gives every line of a reading its column.
func layout(h *hypothesis, lines []*line) ([]int, []*step) {
	steps := make([]*step, len(lines))
	for s := h.last; s != nil; s = s.before {
		steps[s.line] = s
	}
	columns := make([]int, len(lines))
	next := 0 // column of the structural line behind
	for i := len(lines) - 1; i >= 0; i-- {
		switch s := steps[i]; {
		case s.col == followColumn:
			columns[i] = next
			if c, ok := besideItem(steps, lines, i); ok {
				columns[i] = c
			}
		default:
			columns[i] = s.col
			if lines[i].kind != blankLine && !s.text {
				next = s.col
			}
		}
	}
	keepBlockIndent(columns, steps, lines)
	return columns, steps
}

// besideItem is the column of a comment that is a list entry commented out: that of the entry before it.
func besideItem(steps []*step, lines []*line, i int) (int, bool) {
	text := strings.TrimLeft(lines[i].text, "# ")
	if !strings.HasPrefix(text, "- ") && !strings.HasPrefix(text, "'") {
		return 0, false
	}
	for k := i - 1; k >= 0; k-- {
		if lines[k].kind == itemLine && !steps[k].text {
			return steps[k].col, true
		}
		if lines[k].kind != commentLine {
			return 0, false
		}
	}
	return 0, false
}

// keepBlockIndent keeps what is left of the indentation inside a block of text, as long as its first line has the least.
func keepBlockIndent(columns []int, steps []*step, lines []*line) {
	for i := 0; i < len(lines); i++ {
		if !steps[i].text || lines[i].kind == blankLine {
			continue
		}
		end := i
		least := lines[i].lead
		for end < len(lines) && steps[end].text {
			if lines[end].kind != blankLine {
				least = min(least, lines[end].lead)
			}
			end++
		}
		if lines[i].lead == least {
			for k := i; k < end; k++ {
				if lines[k].kind != blankLine {
					columns[k] += lines[k].lead - least
				}
			}
		}
		i = end
	}
}

// render writes the lines with their columns. Parts without a candidate, and document markers, stay at column 0.
func (r *recovery) render(parts []part, chosen []*candidate) (string, []segment) {
	var b strings.Builder
	var origin []segment
	write := func(l *line, column int) {
		text := l.text
		if l.kind == blankLine {
			text, column = "", 0
		}
		for range column {
			b.WriteByte(' ')
		}
		origin = append(origin, segment{b.Len(), l.start, l.end - l.start})
		b.WriteString(text)
		b.WriteString(l.ending)
	}
	for n, p := range parts {
		if n > 0 {
			write(r.lines[p.from-1], 0)
		}
		for i := p.from; i < p.to; i++ {
			column := 0
			if chosen[n] != nil {
				column = chosen[n].columns[i-p.from]
			}
			write(r.lines[i], column)
		}
	}
	return b.String(), origin
}
