package recover

import (
	"strings"
	"unicode/utf8"
)

// lineKind is what a line can be, seen alone.
type lineKind uint8

const (
	blankLine lineKind = iota
	commentLine
	keyLine  // `key:` or `key: value`
	itemLine // `- …`; what follows the dash is in inner
	textLine // the rest of a value that runs over several lines
)

// valueKind is how the value behind a key or a dash begins.
type valueKind uint8

const (
	noValue     valueKind = iota // nothing, or a comment: the value follows below
	closedValue                  // a value that ends on its line and cannot go on
	plainValue                   // plain text; it may go on below
	blockValue                   // `|` or `>`
	quoteValue                   // a quote that is not closed on its line
	flowValue                    // a bracket that is not closed on its line
)

// line is one line of the input without its leading blanks.
type line struct {
	start, end int    // bytes of the content in the input
	text       string // the content as it will be written
	ending     string // its line break
	lead       int    // width of the blanks in front of it
	kind       lineKind
	key        string // of a keyLine: the name without quotes
	value      valueKind
	inner      *line // of an itemLine: what follows the dash; nil when nothing does
	open       scan  // how an open quote or bracket stands at the end of the line
	indicator  int   // of a blockValue: its explicit indentation, 0 when there is none
	raw        string
}

// leadWidth is how many columns a tab counts for in what is left of an indentation.
const leadWidth = 4

// blanks that pages put in front of a line or between its parts: non-breaking, figure, narrow and ideographic space, zero
// width space and a byte order mark in the middle of a text.
const oddBlanks = "\u00a0\u2007\u202f\u3000\u200b\ufeff"

// cutBlanks counts the width of the blanks at the start of s and their length in bytes.
func cutBlanks(s string) (width, length int) {
	for i, r := range s {
		switch {
		case r == ' ':
			width++
		case r == '\t':
			width += leadWidth
		case strings.ContainsRune(oddBlanks, r):
			if r != '\u200b' && r != '\ufeff' {
				width++
			}
		default:
			return width, i
		}
	}
	return width, len(s)
}

// newLine reads one line of the input, which begins at offset start and ends in ending.
func newLine(text string, start int, ending string) *line {
	width, length := cutBlanks(text)
	l := &line{start: start + length, end: start + len(text), lead: width, ending: ending, text: text[length:], raw: text[length:]}
	l.classify()
	return l
}

// classify decides what the line is from its text.
func (l *line) classify() {
	l.kind, l.key, l.value, l.inner, l.open, l.indicator = textLine, "", noValue, nil, scan{}, 0
	t := strings.TrimRight(l.text, " \t")
	switch {
	case t == "":
		l.kind = blankLine
		return
	case t[0] == '#':
		l.kind = commentLine
		return
	case t == "-":
		l.kind = itemLine
		return
	case strings.HasPrefix(t, "- ") || strings.HasPrefix(t, "-\t"):
		l.kind = itemLine
		rest := strings.TrimLeft(t[1:], " \t")
		if rest[0] == '#' {
			return
		}
		l.inner = &line{text: rest}
		l.inner.classify()
		if l.inner.kind == itemLine { // a list in a list: nothing in Sigma needs one, so it stays one value
			l.inner.kind = textLine
		}
		l.value, l.open, l.indicator = l.inner.value, l.inner.open, l.inner.indicator
		return
	}
	if name, rest, ok := cutKey(t); ok {
		l.kind, l.key = keyLine, name
		l.value, l.open, l.indicator = classifyValue(rest)
		return
	}
	l.value, l.open, l.indicator = classifyValue(t)
}

// cutKey splits `key: rest`. The key may be quoted.
func cutKey(t string) (name, rest string, ok bool) {
	switch t[0] {
	case '\'', '"':
		s := scan{quote: t[0]}
		n := s.feed(t[1:])
		if s.quote != 0 {
			return "", "", false
		}
		after := strings.TrimLeft(t[1+n:], " \t")
		if !strings.HasPrefix(after, ":") || len(after) > 1 && after[1] != ' ' && after[1] != '\t' {
			return "", "", false
		}
		return t[1:n], after[1:], true
	case '[', '{', '&', '!', '|', '>', '%', '@', '`', '*':
		return "", "", false
	}
	for i := 0; i < len(t); i++ {
		switch t[i] {
		case ':':
			if i > 0 && (i+1 == len(t) || t[i+1] == ' ' || t[i+1] == '\t') {
				return strings.TrimRight(t[:i], " \t"), t[i+1:], true
			}
		case '#':
			if i > 0 && (t[i-1] == ' ' || t[i-1] == '\t') {
				return "", "", false
			}
		}
	}
	return "", "", false
}

// classifyValue looks at the text behind a colon or a dash.
func classifyValue(rest string) (valueKind, scan, int) {
	rest = strings.TrimLeft(rest, " \t")
	// An anchor or a tag stands before the value.
	for strings.HasPrefix(rest, "&") || strings.HasPrefix(rest, "!") {
		_, after, _ := strings.Cut(rest, " ")
		rest = strings.TrimLeft(after, " \t")
	}
	switch {
	case rest == "" || rest[0] == '#':
		return noValue, scan{}, 0
	case rest[0] == '|' || rest[0] == '>':
		header, _, _ := strings.Cut(rest[1:], " ")
		if strings.Trim(header, "+-123456789") != "" || len(header) > 2 {
			return plainValue, scan{}, 0
		}
		indicator := 0
		if i := strings.IndexAny(header, "123456789"); i >= 0 {
			indicator = int(header[i] - '0')
		}
		return blockValue, scan{}, indicator
	case rest[0] == '\'' || rest[0] == '"':
		s := scan{quote: rest[0]}
		s.feed(rest[1:])
		if s.quote != 0 {
			return quoteValue, s, 0
		}
		return closedValue, scan{}, 0
	case rest[0] == '[' || rest[0] == '{':
		var s scan
		s.feedFlow(rest)
		if s.depth > 0 || s.quote != 0 {
			return flowValue, s, 0
		}
		return closedValue, scan{}, 0
	case rest[0] == '*':
		return closedValue, scan{}, 0
	}
	if i := strings.Index(rest, " #"); i >= 0 {
		return closedValue, scan{}, 0 // a comment ends plain text
	}
	return plainValue, scan{}, 0
}

// scan is the state of quotes and brackets that run over several lines.
type scan struct {
	quote byte // the open quote, 0 outside
	depth int  // open brackets
}

// feed reads text inside a quote. It returns the length of what belongs to it, the closing quote included, and clears quote when
// the quote is closed.
func (s *scan) feed(text string) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && s.quote == '"':
			i++
		case text[i] == s.quote && s.quote == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == s.quote:
			s.quote = 0
			return i + 1
		}
	}
	return len(text)
}

// feedFlow reads text inside brackets, up to the end of the line or of the outermost bracket.
func (s *scan) feedFlow(text string) int {
	for i := 0; i < len(text); {
		if s.quote != 0 {
			i += s.feed(text[i:])
			continue
		}
		switch c := text[i]; {
		case c == '[' || c == '{':
			s.depth++
		case c == ']' || c == '}':
			if s.depth--; s.depth == 0 {
				return i + 1
			}
		case (c == '\'' || c == '"') && (i == 0 || strings.IndexByte(" \t,[{:", text[i-1]) >= 0):
			s.quote = c
		case c == '#' && (i == 0 || text[i-1] == ' '):
			return len(text)
		}
		i++
	}
	return len(text)
}

// splitLines cuts a text into lines with their breaks.
func splitLines(text string) []*line {
	var lines []*line
	for start := 0; start < len(text); {
		end := strings.IndexByte(text[start:], '\n')
		if end < 0 {
			lines = append(lines, newLine(text[start:], start, ""))
			break
		}
		end += start
		ending := "\n"
		content := end
		if content > start && text[content-1] == '\r' {
			content--
			ending = "\r\n"
		}
		lines = append(lines, newLine(text[start:content], start, ending))
		start = end + 1
	}
	return lines
}

// hasOddBlank reports a blank that YAML takes as text.
func hasOddBlank(s string) bool { return strings.ContainsAny(s, oddBlanks) }

// repairBlanks replaces the odd blanks that hide the structure of a line: behind a dash, behind the colon of a key, and at
// the end. It reports whether it changed anything.
func (l *line) repairBlanks() bool {
	if !hasOddBlank(l.text) {
		return false
	}
	before := l.text
	t := strings.TrimRight(l.text, " \t"+oddBlanks)
	if rest, ok := strings.CutPrefix(t, "-"); ok {
		if r, _ := utf8.DecodeRuneInString(rest); rest != "" && strings.ContainsRune(oddBlanks, r) {
			t = "- " + strings.TrimLeft(rest, " \t"+oddBlanks)
		}
	}
	if i := strings.IndexByte(t, ':'); i > 0 {
		name := strings.TrimPrefix(t[:i], "- ")
		r, _ := utf8.DecodeRuneInString(t[i+1:])
		if i+1 < len(t) && strings.ContainsRune(oddBlanks, r) && !strings.ContainsAny(name, " '\"") {
			t = t[:i] + ": " + strings.TrimLeft(t[i+1:], " \t"+oddBlanks)
		}
	}
	if t == strings.TrimRight(before, " \t") {
		return false
	}
	l.text = t
	l.classify()
	return true
}
