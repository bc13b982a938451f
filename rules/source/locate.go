package source

import (
	"bytes"
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
		_, err := decodeAll(f.Data[piece.Start:end])
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
	return explain(f, culprit, at, err)
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

// place is what the explanations look at: the culprit line and the text from the place found.
type place struct {
	file *File
	line Span   // the culprit line
	at   int    // offset of the error
	rest string // from at to the end of the line
	text string // the line without leading blanks
}

// value is the plain value that begins at the place: up to the end of the line, without a comment.
func (p place) value() string {
	v := p.rest
	if i := strings.Index(v, " #"); i >= 0 {
		v = v[:i]
	}
	return strings.TrimSpace(v)
}

func (p place) begins(set string) bool {
	return p.rest != "" && strings.IndexByte(set, p.rest[0]) >= 0
}

// quoted is the span and message part for "write 'V'".
func (p place) quoted() string { return "write " + Quote(p.value()) }

// explanation is one row of the table in spec/yaml-positions.md section 6.
type explanation struct {
	library string                // part of the yaml.v3 text; empty = any
	when    func(p place) bool    // what the source must look like; nil = anything
	say     func(p place) Problem // Kind and the span's default are filled in by explain
}

// explanations are tried in order; the last row fits everything.
var explanations = []explanation{
	{"", func(p place) bool {
		return strings.HasPrefix(p.text, "<<<<<<<") || strings.HasPrefix(p.text, ">>>>>>>")
	},
		func(p place) Problem {
			return Problem{Message: "merge conflict marker left in the file", Help: "resolve the conflict and remove the marker"}
		}},
	{"", func(p place) bool { return tabIndented(p) }, func(p place) Problem {
		start := p.line.Start + strings.IndexByte(p.file.Text(p.line), '\t')
		return Problem{
			Span:    Span{start, start + 1},
			Message: "a tab cannot indent YAML", Help: "use spaces; SigmaHQ uses four per level",
		}
	}},
	{"cannot start any token", func(p place) bool { return p.begins("%@`") }, func(p place) Problem {
		return Problem{Message: "a value cannot start with `" + p.rest[:1] + "` unquoted", Help: p.quoted()}
	}},
	{"", func(p place) bool { return p.begins("%@`") }, func(p place) Problem {
		return Problem{Message: "a value cannot start with `" + p.rest[:1] + "` unquoted", Help: p.quoted()}
	}},
	{"did not find expected alphabetic or numeric character", func(p place) bool { return p.begins("*") }, func(p place) Problem {
		return Problem{
			Message: "an unquoted `*` starts a YAML alias, not a wildcard",
			Help:    p.quoted() + ", or use a modifier such as `endswith`",
		}
	}},
	{"did not find expected alphabetic or numeric character", func(p place) bool { return p.begins("&") }, func(p place) Problem {
		return Problem{Message: "an unquoted `&` starts a YAML anchor", Help: p.quoted()}
	}},
	{"unknown anchor", func(p place) bool { return p.begins("*") }, func(p place) Problem {
		return Problem{
			Message: "`" + Shorten(p.value()) + "` is a YAML alias, but no anchor of that name stands before it",
			Help:    "if a wildcard is meant, " + p.quoted(),
		}
	}},
	{"found unknown escape character", nil, badEscape},
	{"found invalid Unicode character escape", nil, func(p place) Problem {
		return Problem{Message: "not a valid character escape", Help: "use single quotes for paths"}
	}},
	{"did not find expected hexdecimal number", nil, func(p place) Problem {
		return Problem{Message: "not a valid character escape", Help: "use single quotes for paths"}
	}},
	{"mapping values are not allowed", func(p place) bool { return secondColon(p) >= 0 }, func(p place) Problem {
		at := secondColon(p)
		key, value, _ := strings.Cut(p.text, ":")
		return Problem{
			Span:    Span{at, at + 1},
			Message: "an unquoted value cannot contain `: `",
			Help:    "write " + Shorten(key) + ": " + Quote(strings.TrimSpace(value)),
		}
	}},
	{"mapping values are not allowed", nil, func(p place) Problem {
		return Problem{Message: "indented too far: this key does not line up with the keys above it",
			Help: "give it the indentation of its siblings"}
	}},
	{"could not find expected ':'", func(p place) bool { return gluedColon(p.text) }, func(p place) Problem {
		return Problem{Message: "the blank after the colon is missing", Help: "write `key: value`"}
	}},
	{"could not find expected ':'", nil, func(p place) Problem {
		return Problem{Message: "`key: value` expected; the colon is missing", Help: "add the colon, or quote text that runs over several lines"}
	}},
	{"block sequence entries are not allowed", nil, func(p place) Problem {
		return Problem{Message: "a list cannot begin on the line of its key", Help: "put the list on the next line"}
	}},
	{"did not find expected ',' or ", func(p place) bool { return p.begins("[{") }, openBracket},
	{"did not find expected key", func(p place) bool { return p.begins("[{") }, openBracket},
	{"found unexpected end of stream", func(p place) bool { return p.begins(`'"`) }, openQuote},
	{"did not find expected key", func(p place) bool { return p.begins(`"`) || p.begins("'") }, openQuote},
	{"did not find expected key", afterClosingQuote, textAfterQuote},
	{"mapping values are not allowed", afterClosingQuote, textAfterQuote},
	{"did not find expected ',' or ", nil, func(p place) Problem {
		return Problem{Message: "the bracket before this place is never closed", Help: "close it, or quote the value if the bracket is text"}
	}},
	{"did not find expected node content", nil, func(p place) Problem {
		return Problem{Message: "a value cannot start with `" + firstRune(p.rest) + "`", Help: p.quoted()}
	}},
	{"did not find expected comment or line break", nil, func(p place) Problem {
		return Problem{Message: "an unquoted `|` or `>` starts a text block", Help: "quote the value: " + Quote(blockText(p))}
	}},
	{"expected <document start>", nil, func(p place) Problem {
		return Problem{Message: "text outside every document", Help: "indent it, or separate documents with `---`"}
	}},
	{"did not find expected '-' indicator", nil, func(p place) Problem {
		return Problem{Message: "this line is indented like the list above it, but it is no list item",
			Help: "begin it with `- `, or indent it differently"}
	}},
	{"did not find expected key", nil, func(p place) Problem {
		return Problem{Message: "the indentation differs from the lines above", Help: "line it up with its siblings"}
	}},
	{"exceeded max depth", nil, func(p place) Problem {
		return Problem{Message: "nested too deeply", Help: "look for a run of opening brackets"}
	}},
	{"", nil, func(p place) Problem { return Problem{} }},
}

// explain words the error for a Sigma author. It chooses by the library's text and by the source at the place found.
func explain(f *File, line Span, at int, err error) Problem {
	library := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(library, "line "); ok {
		if _, text, ok := strings.Cut(rest, ": "); ok {
			library = text
		}
	}
	p := place{file: f, line: line, at: at}
	// The longest good prefix may end before the blanks in front of the culprit.
	for p.at < line.End && isBlank(f.Data[p.at]) {
		p.at++
	}
	p.rest = f.Text(Span{p.at, line.End})
	p.text = strings.TrimSpace(f.Text(line))
	for _, row := range explanations {
		if !strings.Contains(library, row.library) || row.when != nil && !row.when(p) {
			continue
		}
		problem := row.say(p)
		problem.Kind = KindSyntax
		if problem.Span == (Span{}) {
			problem.Span = Span{p.at, endOfCulprit(p)}
		}
		if problem.Message == "" {
			problem.Message = "not well-formed YAML: " + library
		}
		return problem
	}
	panic("the last explanation fits everything")
}

// endOfCulprit marks the text at the place up to the next blank, at least one character when there is one.
func endOfCulprit(p place) int {
	end := strings.IndexAny(p.rest, " \t")
	if end <= 0 {
		end = len(p.rest)
	}
	return p.at + end
}

func tabIndented(p place) bool {
	line := p.file.Text(p.line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return strings.Contains(indent, "\t") && p.at <= p.line.Start+len(indent)
}

// secondColon is the offset of the `: ` that makes a plain value look like a map, -1 when there is none.
func secondColon(p place) int {
	line := p.file.Text(p.line)
	first := strings.Index(line, ": ")
	if first < 0 {
		return -1
	}
	second := strings.Index(line[first+1:], ": ")
	if second < 0 {
		if strings.HasSuffix(strings.TrimRight(line, " "), ":") && strings.LastIndexByte(line, ':') > first {
			return p.line.Start + strings.LastIndexByte(line, ':')
		}
		return -1
	}
	return p.line.Start + first + 1 + second
}

// gluedColon reports `key:value`.
func gluedColon(text string) bool {
	i := strings.IndexByte(text, ':')
	return i > 0 && i+1 < len(text) && text[i+1] != ' ' && !strings.ContainsAny(text[:i], " '\"")
}

func openBracket(p place) Problem {
	return Problem{
		Span:    Span{p.at, p.at + 1},
		Message: "the bracket `" + p.rest[:1] + "` is never closed", Help: "close it, or quote the value if the bracket is text",
	}
}

func openQuote(p place) Problem {
	return Problem{
		Span:    Span{p.at, p.at + 1},
		Message: "this quote is never closed", Help: "close it; inside single quotes write '' for an apostrophe",
	}
}

// afterClosingQuote reports text that follows the closing quote of a value on the same line.
func afterClosingQuote(p place) bool {
	before := strings.TrimRight(p.file.Text(Span{p.line.Start, p.at}), " ")
	return before != "" && strings.HasSuffix(before, "'") || strings.HasSuffix(before, `"`)
}

func textAfterQuote(p place) Problem {
	return Problem{
		Span:    Span{p.at, p.line.End},
		Message: "text after the closing quote", Help: "inside single quotes write '' for an apostrophe",
	}
}

// doubleEscapes are the escapes of a double-quoted scalar that yaml.v3 knows.
const doubleEscapes = "0abt\tnvfre \"'\\N_LPxuU\n\r"

// badEscape narrows the mark to the first illegal escape.
func badEscape(p place) Problem {
	text := p.file.Data[p.at:p.line.End]
	problem := Problem{Message: "unknown escape in double quotes", Help: "use single quotes, where a backslash is just a backslash"}
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		r, n := utf8.DecodeRune(text[i+1:])
		if n > 1 || bytes.IndexByte([]byte(doubleEscapes), text[i+1]) < 0 {
			problem.Span = Span{p.at + i, p.at + i + 1 + n}
			problem.Message = "`\\" + string(r) + "` is no escape in double quotes"
			if value := quotedText(string(text)); value != "" {
				problem.Help = "use single quotes: " + Quote(value)
			}
			return problem
		}
		i++
	}
	return problem
}

// quotedText is the inside of a double-quoted text at the start of s, as typed.
func quotedText(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return ""
	}
	if end := strings.IndexByte(s[1:], '"'); end >= 0 {
		return s[1 : 1+end]
	}
	return ""
}

// blockText is the value of which `|` or `>` is the first character.
func blockText(p place) string {
	line := p.file.Text(p.line)
	if i := strings.IndexAny(line, "|>"); i >= 0 {
		return strings.TrimSpace(line[i:])
	}
	return p.value()
}

func firstRune(s string) string {
	if s == "" {
		return "end of line"
	}
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}
