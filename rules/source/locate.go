package source

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// The line in a yaml.v3 error is wrong for half of the real mistakes and there is never a column. The place is found
// without it, as the end of the longest prefix that parses (spec/yaml-positions.md section 5).

// Up to this many lines every prefix is tried; above, the search bisects first (0.6 s at 16,500 lines).
const linearLines = 400

// A prefix that cuts a valid multi-line construct does not parse either, so a bisection step tries this many
// neighbours before it gives up on a half.
const bisectProbes = 24

// Searching for a column beyond this many code points costs more than it tells.
const searchedColumns = 2000

// locate names the culprit of the syntax error in a piece of the file.
func (p *parser) locate(piece Span, err error) Problem {
	f := p.file
	first := f.LineAt(piece.Start)
	whole := broken{data: f.Data[piece.Start:piece.End], most: p.limits.Documents + 1}
	for n, last := first, f.LineAt(max(piece.End-1, piece.Start)); n <= last; n++ {
		whole.starts = append(whole.starts, f.LineSpan(n).Start-piece.Start)
	}
	line, column := whole.place()
	culprit := f.LineSpan(first + line)
	at := culprit.Start + column
	if marker, ok := f.conflictMarker(first, f.LineAt(culprit.Start)); ok {
		return marker
	}
	problem := explain(f, first, culprit, at, err)
	// A repair is only offered when it makes the document well-formed.
	if problem.Fix != nil && !WellFormed(applied(f.Data, piece, problem.Fix.Edits)) {
		problem.Fix = nil
	}
	return problem
}

// broken is YAML with a syntax error.
type broken struct {
	data   []byte
	starts []int // of its lines
	most   int   // documents that are read
}

// place is the line of the error, from 0, and the number of its bytes that parse.
func (b broken) place() (line, column int) {
	if len(b.starts) > linearLines {
		if line, column, ok := b.placeInEssence(); ok {
			return line, column
		}
	}
	return b.search()
}

// search tries prefixes: whole lines first, then parts of the line after the last that parses.
func (b broken) search() (line, column int) {
	line = longest(len(b.starts), func(k int) bool { return k == 0 || b.parses(b.starts[k]) })
	ends := b.columns(line)
	c := longest(len(ends)-1, func(k int) bool { return k == 0 || b.parses(ends[k]) })
	return line, ends[min(c, len(ends)-1)] - b.starts[line]
}

func (b broken) parses(end int) bool {
	_, err := decodeAll(b.data[:end], b.most)
	return err == nil
}

// columns are the offsets behind 0, 1, … code points of a line.
func (b broken) columns(line int) (ends []int) {
	for i, end := b.starts[line], b.end(line); ; {
		ends = append(ends, i)
		if i >= end || len(ends) > searchedColumns {
			return ends
		}
		_, n := utf8.DecodeRune(b.data[i:])
		i += n
	}
}

// end is the offset behind a line without its line break.
func (b broken) end(line int) int {
	return b.starts[line] + len(bytes.TrimRight(b.data[b.starts[line]:b.next(line)], "\r\n"))
}

// next is the offset behind a line with its line break.
func (b broken) next(line int) int {
	if line+1 < len(b.starts) {
		return b.starts[line+1]
	}
	return len(b.data)
}

// placeInEssence searches a shorter text for the error of a long one, and confirms the place in the long one: four prefixes are read there instead of
// hundreds. A rule of thousands of lines has thousands of values that look alike.
func (b broken) placeInEssence() (line, column int, ok bool) {
	essence, origin := b.essence()
	if len(origin) == len(b.starts) {
		return 0, 0, false
	}
	if _, err := decodeAll(essence.data, b.most); err == nil {
		return 0, 0, false
	}
	short, column := essence.search()
	line = origin[short]
	ends := b.columns(line)
	after := slices.Index(ends, b.starts[line]+column) + 1
	confirmed := b.parses(b.starts[line]) && !b.parses(b.next(line)) && b.parses(b.starts[line]+column) && (after == len(ends) || !b.parses(ends[after]))
	return line, column, confirmed || line == 0
}

// essence leaves out the inner lines of each run of list items that are alike. origin gives the line that a line was.
func (b broken) essence() (essence broken, origin []int) {
	essence.most = b.most
	indent := func(line int) int { // of a plain item; -1 for any other line
		if n := plainItem(b.data[b.starts[line]:b.end(line)]); n > 0 {
			return n
		}
		return -1
	}
	run := 0 // lines before this one that are items of its indentation
	for line := range b.starts {
		here := indent(line)
		if here >= 0 && line > 0 && indent(line-1) == here {
			run++
		} else {
			run = 0
		}
		inside := run >= keptOfRun
		for k := 1; k <= keptOfRun && inside; k++ {
			inside = line+k < len(b.starts) && indent(line+k) == here
		}
		if inside {
			continue
		}
		essence.starts = append(essence.starts, len(essence.data))
		essence.data = append(essence.data, b.data[b.starts[line]:b.next(line)]...)
		origin = append(origin, line)
	}
	return essence, origin
}

// keptOfRun is how many lines of a run of items stay at either end: an error in their surroundings shows there.
const keptOfRun = 3

// plainItem is how far `- ` stands in, plus one, when a line is a list item of one quoted value, or of one without anything that means something to YAML; else 0.
func plainItem(line []byte) int {
	item := bytes.TrimLeft(line, " ")
	value, ok := bytes.CutPrefix(item, []byte("- "))
	if !ok {
		return 0
	}
	quote := byte(0)
	for i, c := range value {
		switch {
		case i == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote != 0 && i == len(value)-1 && c == quote:
			return len(line) - len(item) + 1
		case quote != 0 && (c == quote || c == '\\' && quote == '"'):
			return 0
		case quote == 0 && !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '/' || c == '_'):
			return 0
		}
	}
	if quote != 0 || len(value) == 0 {
		return 0
	}
	return len(line) - len(item) + 1
}

// applied is a piece of the file with edits that stand in order and do not overlap.
func applied(data []byte, piece Span, edits []Edit) []byte {
	var out []byte
	from := piece.Start
	for _, e := range edits {
		out = append(append(out, data[from:e.Span.Start]...), e.New...)
		from = e.Span.End
	}
	return append(out, data[from:piece.End]...)
}

// conflictMarker finds what a merge left behind, at the first of its lines up to the culprit. The text behind `<<<<<<<` makes a
// plain value of its own, so that the error shows up a line later.
func (f *File) conflictMarker(first, culprit int) (Problem, bool) {
	for n := first; n <= culprit; n++ {
		line := f.LineSpan(n)
		text := f.Text(line)
		if strings.HasPrefix(text, "<<<<<<< ") || strings.HasPrefix(text, ">>>>>>> ") || text == "=======" {
			return Problem{
				Kind: KindSyntax, Span: line,
				Message: "merge conflict marker left in the file",
				Help:    "resolve the conflict and remove the marker",
			}, true
		}
	}
	return Problem{}, false
}

// longest is the largest k in [0, n) for which good holds, searching from the end. good(0) is taken to hold.
func longest(n int, good func(k int) bool) int {
	low, high := 0, n
	for high-low > linearLines {
		middle := (low + high) / 2
		found := false
		for k := middle; k > low && k > middle-bisectProbes; k-- {
			if good(k) {
				low, found = k, true
				break
			}
		}
		if !found {
			high = middle
		}
	}
	for k := high - 1; k > low; k-- {
		if good(k) {
			return k
		}
	}
	return low
}
