package source

import (
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
	last := f.LineAt(max(piece.End-1, piece.Start))
	parses := func(end int) bool {
		_, err := decodeAll(f.Data[piece.Start:end], p.limits.Documents+1)
		return err == nil
	}
	// good is the number of lines, from the first, that parse.
	lineEnd := func(k int) int {
		if first+k > f.Lines() {
			return piece.End
		}
		return min(f.starts[first+k-1], piece.End)
	}
	good := longest(last-first+1, func(k int) bool { return k == 0 || parses(lineEnd(k)) })
	culprit := f.LineSpan(min(first+good, last))

	// The column: the longest part of the culprit line that parses with the lines before it.
	var ends []int // ends[c] = offset behind c code points
	for i := culprit.Start; ; {
		ends = append(ends, i)
		if i >= culprit.End || len(ends) > searchedColumns {
			break
		}
		_, n := utf8.DecodeRune(f.Data[i:])
		i += n
	}
	c := longest(len(ends)-1, func(k int) bool { return k == 0 || parses(ends[k]) })
	at := ends[min(c, len(ends)-1)]
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
