package source

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// place is what the explanations look at: the culprit line and the text from the place found.
type place struct {
	file  *File
	first int    // line on which the failing document begins
	line  Span   // the culprit line
	at    int    // offset of the error
	rest  string // from at to the end of the line
	text  string // the line without leading blanks
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

// quoted says to quote the value at the place, and does it as a fix.
func (p place) quoted(message string) Problem {
	v := p.value()
	return p.rewritten(message, Span{p.at, p.at + len(v)}, Quote(v))
}

// rewritten says to write a value in another way, and does it as a fix.
func (p place) rewritten(message string, value Span, text string) Problem {
	return Problem{
		Message: message, Help: "write " + Shorten(text),
		Fix: &Fix{Title: "write " + Shorten(text), Safe: true, Edits: []Edit{{value, text}}},
	}
}

// explanation is one row of the table in spec/yaml-positions.md section 6.
type explanation struct {
	library string                // part of the yaml.v3 text; empty = any
	when    func(p place) bool    // what the source must look like; nil = anything
	say     func(p place) Problem // Kind and the span's default are filled in by explain
}

// explanations are tried in order; the last row fits everything.
var explanations = []explanation{
	{"", tabIndented, func(p place) Problem {
		start := p.line.Start + strings.IndexByte(p.file.Text(p.line), '\t')
		return Problem{
			Span:    Span{start, start + 1},
			Message: "a tab cannot indent YAML", Help: "use spaces; SigmaHQ uses four per level",
		}
	}},
	{"", func(p place) bool { return p.begins("%") && p.at == p.line.Start }, func(p place) Problem {
		return Problem{Message: "a line that begins with `%` is a YAML directive, and no rule needs one",
			Help: "remove it, or indent and quote it if it is a value"}
	}},
	{"", func(p place) bool { return p.begins("`") }, func(p place) Problem {
		return p.quoted("a value cannot start with a backtick unquoted")
	}},
	{"", func(p place) bool { return p.begins("%@") }, func(p place) Problem {
		return p.quoted("a value cannot start with `" + p.rest[:1] + "` unquoted")
	}},
	{"did not find expected alphabetic or numeric character", func(p place) bool { return p.begins("*") }, func(p place) Problem {
		problem := p.quoted("an unquoted `*` starts a YAML alias, not a wildcard")
		problem.Help += ", or use a modifier such as `endswith`"
		return problem
	}},
	{"did not find expected alphabetic or numeric character", func(p place) bool { return p.begins("&") }, func(p place) Problem {
		return p.quoted("an unquoted `&` starts a YAML anchor")
	}},
	{"unknown anchor", func(p place) bool { return p.begins("*") }, func(p place) Problem {
		problem := p.quoted("`" + Shorten(p.value()) + "` is a YAML alias, but no anchor of that name stands before it")
		problem.Help = "if a wildcard is meant, " + problem.Help
		problem.Fix.Safe = false // the anchor may be what is missing
		return problem
	}},
	{"found unknown escape character", nil, badEscape},
	{"found invalid Unicode character escape", nil, badEscape},
	{"did not find expected hexdecimal number", nil, badEscape},
	{"mapping values are not allowed", func(p place) bool { return secondColon(p) >= 0 }, func(p place) Problem {
		at := secondColon(p)
		start := at - (len(p.text[:at-p.textStart()]) - strings.Index(p.text, ": ") - 2)
		v := place{file: p.file, rest: p.file.Text(Span{start, p.line.End})}.value()
		key := p.text[:strings.Index(p.text, ": ")]
		problem := p.rewritten("an unquoted value cannot contain `: `", Span{start, start + len(v)}, Quote(v))
		problem.Span = Span{at, at + 1}
		problem.Help = "write " + Shorten(key) + ": " + Shorten(Quote(v))
		return problem
	}},
	{"mapping values are not allowed", func(p place) bool { _, ok := p.lostColonAbove(); return ok }, func(p place) Problem {
		above, _ := p.lostColonAbove()
		if gluedColon(above.text) {
			return gluedKey(above)
		}
		return lostColon(above)
	}},
	{"mapping values are not allowed", afterClosingQuote, textAfterQuote},
	{"mapping values are not allowed", nil, func(p place) Problem {
		problem := Problem{Message: "indented too far: this key does not line up with the keys above it",
			Help: "give it the indentation of its siblings"}
		if n, parent := p.siblings(); n > 0 {
			problem.Message = fmt.Sprintf("indented too far: this key belongs at column %d", n)
			if parent != "" {
				problem.Message = fmt.Sprintf("indented too far: this key belongs under `%s` at column %d", Shorten(parent), n)
			}
		}
		return problem
	}},
	{"could not find expected ':'", func(p place) bool { return gluedColon(p.text) }, gluedKey},
	{"could not find expected ':'", nil, lostColon},
	{"block sequence entries are not allowed", nil, func(p place) Problem {
		return Problem{Message: "a list cannot begin on the line of its key", Help: "put the list on the next line"}
	}},
	{"did not find expected ',' or ", func(p place) bool { return p.begins("[{") }, openBracket},
	{"did not find expected key", func(p place) bool { return p.begins("[{") }, openBracket},
	{"found unexpected end of stream", func(p place) bool { return p.begins(`'"`) }, openQuote},
	{"found unexpected document indicator", func(p place) bool { return p.begins(`'"`) }, openQuote},
	{"did not find expected key", func(p place) bool { return p.begins(`"`) || p.begins("'") }, openQuote},
	{"did not find expected", afterClosingQuote, textAfterQuote},
	{"did not find expected", afterClosingBracket, func(p place) Problem {
		start := p.valueStart()
		v := place{file: p.file, rest: p.file.Text(Span{start, p.line.End})}.value()
		problem := p.rewritten("text after the closing bracket", Span{start, start + len(v)}, Quote(v))
		problem.Help = "if the bracket is text, " + problem.Help
		problem.Span = Span{p.at, p.line.End}
		problem.Fix.Safe = !p.begins("]}") // a bracket too many is another reading
		return problem
	}},
	{"did not find expected ',' or ", nil, func(p place) Problem {
		return Problem{Message: "the bracket before this place is never closed", Help: "close it, or quote the value if the bracket is text"}
	}},
	{"did not find expected node content", func(p place) bool { return p.begins("[{") }, openCollection},
	{"did not find expected node content", nil, func(p place) Problem {
		return p.quoted("a value cannot start with `" + firstRune(p.rest) + "`")
	}},
	{"did not find expected comment or line break", nil, func(p place) Problem {
		start := p.line.Start + max(strings.LastIndexAny(p.file.Text(Span{p.line.Start, p.at}), "|>"), 0)
		v := place{file: p.file, rest: p.file.Text(Span{start, p.line.End})}.value()
		return p.rewritten("an unquoted `"+p.file.Text(Span{start, start + 1})+"` starts a text block",
			Span{start, start + len(v)}, Quote(v))
	}},
	{"expected <document start>", nil, func(p place) Problem {
		message := "text outside every document"
		if strings.HasPrefix(p.text, "...") || p.afterEndMarker() {
			message = "text after the end marker `...`"
		}
		return Problem{Message: message, Help: "separate documents with `---`"}
	}},
	{"did not find expected '-' indicator", nil, func(p place) Problem {
		return Problem{Message: "this line is indented like the list above it, but it is no list item",
			Help: "begin it with `- `, or indent it differently"}
	}},
	{"did not find expected key", nil, func(p place) Problem {
		problem := Problem{Message: "the indentation differs from the lines above", Help: "line it up with its siblings"}
		if list := p.expectedColumns(); list != "" {
			problem.Message += " (expected column " + list + ")"
		}
		return problem
	}},
	{"exceeded max depth", nil, func(p place) Problem {
		return Problem{Message: "nested too deeply", Help: "look for a run of opening brackets"}
	}},
	{"", nil, func(p place) Problem { return Problem{} }},
}

// explain words the error for a Sigma author. It chooses by the library's text and by the source at the place found.
func explain(f *File, first int, line Span, at int, err error) Problem {
	library := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(library, "line "); ok {
		if _, text, ok := strings.Cut(rest, ": "); ok {
			library = text
		}
	}
	p := f.placeAt(first, line, at)
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

// placeAt moves over the blanks in front of the culprit: the longest good prefix may end before them.
func (f *File) placeAt(first int, line Span, at int) place {
	p := place{file: f, first: first, line: line, at: at}
	for p.at < line.End && isBlank(f.Data[p.at]) {
		p.at++
	}
	p.rest = f.Text(Span{p.at, line.End})
	p.text = strings.TrimSpace(f.Text(line))
	return p
}

// endOfCulprit marks the text at the place up to the next blank, at least one character when there is one.
func endOfCulprit(p place) int {
	end := strings.IndexAny(p.rest, " \t")
	if end <= 0 {
		end = len(p.rest)
	}
	return p.at + end
}

// textStart is the offset of the line behind its leading blanks.
func (p place) textStart() int {
	line := p.file.Text(p.line)
	return p.line.Start + len(line) - len(strings.TrimLeft(line, " \t"))
}

// valueStart is the offset of the value on the line: behind its key or its dash.
func (p place) valueStart() int {
	at, text := p.textStart(), p.text
	for {
		switch rest := strings.TrimLeft(text[1:], " "); {
		case strings.HasPrefix(text, "- ") && rest != "":
			at, text = at+len(text)-len(rest), rest
			continue
		}
		break
	}
	if text[0] != '\'' && text[0] != '"' {
		if i := strings.Index(text, ": "); i >= 0 && at+i < p.at {
			value := strings.TrimLeft(text[i+1:], " ")
			return at + len(text) - len(value)
		}
	}
	return at
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
	if first < 0 || afterClosingQuote(p) {
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

// gluedColon reports `key:value`. `https://…` is no key.
func gluedColon(text string) bool {
	i := strings.IndexByte(text, ':')
	return i > 0 && i+1 < len(text) && text[i+1] != ' ' && !strings.ContainsAny(text[:i], " '\"") &&
		!strings.HasPrefix(text[i:], "://")
}

func gluedKey(p place) Problem {
	at := p.textStart() + strings.IndexByte(p.text, ':') + 1
	return Problem{
		Span:    Span{at, p.line.End},
		Message: "the blank after the colon is missing",
		Help:    "write `" + Shorten(p.text[:at-p.textStart()]+" "+p.text[at-p.textStart():]) + "`",
		Fix:     &Fix{Title: "insert a blank", Edits: []Edit{{Span{at, at}, " "}}},
	}
}

func lostColon(p place) Problem {
	return Problem{
		Span:    Span{p.textStart(), p.line.End},
		Message: "`key: value` expected; the colon is missing",
		Help:    "add the colon, or quote text that runs over several lines",
	}
}

// lostColonAbove is the line above when it has the culprit's indentation and is no key: YAML takes it and the culprit's key for one plain
// value, and complains about the culprit's colon.
func (p place) lostColonAbove() (place, bool) {
	n := p.file.LineAt(p.line.Start) - 1
	if n < p.first {
		return place{}, false
	}
	above := p.file.placeAt(p.first, p.file.LineSpan(n), p.file.LineSpan(n).Start)
	if above.text == "" || strings.ContainsAny(above.text[:1], "#-'\"[{|>") || above.textStart()-above.line.Start != p.textStart()-p.line.Start {
		return place{}, false
	}
	return above, !strings.Contains(above.text, ": ") && !strings.HasSuffix(above.text, ":")
}

// indented is a line of structure above the culprit.
type indented struct {
	column int // 1-based
	key    string
}

// above is the chain of lines above the culprit that enclose it or stand beside it: from the nearest one on, each further out.
func (p place) above() []indented {
	var chain []indented
	least := len(p.file.Data)
	for n := p.file.LineAt(p.line.Start) - 1; n >= p.first && least > 0; n-- {
		text := p.file.LineText(n)
		trimmed := strings.TrimLeft(text, " ")
		if trimmed == "" || trimmed[0] == '#' || strings.HasPrefix(trimmed, "---") || len(text)-len(trimmed) >= least {
			continue
		}
		least = len(text) - len(trimmed)
		key, _, _ := strings.Cut(trimmed, ":")
		chain = append(chain, indented{least + 1, key})
	}
	return chain
}

// siblings is the column at which a key that is indented too far belongs, and the key above that it stands under. 0 = not known.
func (p place) siblings() (column int, parent string) {
	own := p.textStart() - p.line.Start + 1
	for i, a := range p.above() {
		if a.column >= own {
			continue
		}
		if rest := p.above()[i+1:]; len(rest) > 0 {
			return a.column, rest[0].key
		}
		return a.column, ""
	}
	return 0, ""
}

// expectedColumns are the columns around that of a line that fits none: the next deeper and the next further out.
func (p place) expectedColumns() string {
	own := p.textStart() - p.line.Start + 1
	deeper, outer := 0, 0
	for _, a := range p.above() {
		switch {
		case a.column > own:
			deeper = a.column
		case a.column < own && outer == 0:
			outer = a.column
		}
	}
	switch {
	case deeper > 0 && outer > 0:
		return fmt.Sprintf("%d or %d", deeper, outer)
	case deeper > 0 || outer > 0:
		return fmt.Sprint(deeper + outer)
	}
	return ""
}

// afterEndMarker reports a `...` line above.
func (p place) afterEndMarker() bool {
	for n := p.file.LineAt(p.line.Start) - 1; n >= p.first; n-- {
		if text := p.file.LineText(n); text == "..." || strings.HasPrefix(text, "... ") {
			return true
		}
	}
	return false
}

func openBracket(p place) Problem {
	return Problem{
		Span:    Span{p.at, p.at + 1},
		Message: "the bracket `" + p.rest[:1] + "` is never closed", Help: "close it, or quote the value if the bracket is text",
	}
}

// openCollection explains a bracket or brace whose content is no list or map. It may be one that is not finished, or text.
func openCollection(p place) Problem {
	what, end := "list", "]"
	if p.begins("{") {
		what, end = "map", "}"
	}
	problem := p.quoted("the " + what + " is not closed")
	problem.Help = "close it with `" + end + "`; if the bracket is text, " + problem.Help
	if strings.Contains(p.value(), end) {
		problem.Message = "`" + Shorten(p.value()) + "` is no " + what
		problem.Help = "correct the " + what + "; if the bracket is text, " + strings.TrimPrefix(problem.Help, "close it with `"+end+"`; if the bracket is text, ")
	}
	problem.Fix.Safe = false
	return problem
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
	return before != "" && (strings.HasSuffix(before, "'") || strings.HasSuffix(before, `"`)) &&
		strings.Trim(before, `'" -`) != ""
}

// afterClosingBracket reports text that follows a closing bracket on the same line.
func afterClosingBracket(p place) bool {
	before := strings.TrimRight(p.file.Text(Span{p.line.Start, p.at}), " ")
	start := p.valueStart()
	return (strings.HasSuffix(before, "]") || strings.HasSuffix(before, "}")) && start < p.at && strings.IndexByte("[{", p.file.Data[start]) >= 0
}

// textAfterQuote is `'it's'` or `"a" b`: the first quote opens the value and an inner one closes it.
func textAfterQuote(p place) Problem {
	problem := Problem{
		Span:    Span{p.at, p.line.End},
		Message: "text after the closing quote", Help: "inside single quotes write '' for an apostrophe",
	}
	start := p.valueStart()
	v := place{file: p.file, rest: p.file.Text(Span{start, p.line.End})}.value()
	if v == "" || v[0] != '\'' && v[0] != '"' {
		return problem
	}
	whole := v
	if len(v) > 1 && v[len(v)-1] == v[0] { // the outer quotes are quotes, what stands between is the text
		whole = strings.ReplaceAll(v[1:len(v)-1], "''", "'")
	}
	fixed := p.rewritten(problem.Message, Span{start, start + len(v)}, Quote(whole))
	fixed.Span = problem.Span
	fixed.Fix.Safe = whole != v
	return fixed
}

// doubleEscapes are the escapes of a double-quoted scalar that yaml.v3 knows.
const doubleEscapes = "0abt\tnvfre \"'\\N_LPxuU\n\r"

// badEscape narrows the mark to the first illegal escape.
func badEscape(p place) Problem {
	text := p.file.Text(Span{p.at, p.line.End})
	problem := Problem{Message: "unknown escape in double quotes", Help: "use single quotes, where a backslash is just a backslash"}
	legal := 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i+1:])
		end := i + 1 + n
		if n == 1 && strings.IndexByte(doubleEscapes, text[i+1]) >= 0 {
			digits, isCode := hexEscapes[text[i+1]]
			for k := 0; k < digits && end < len(text) && isHexDigit(text[end]); k++ {
				end++
			}
			if !isCode || end == i+2+digits && !surrogate(text[i+2:end]) {
				legal++
				i = end - 1
				continue
			}
		}
		problem.Span = Span{p.at + i, p.at + end}
		problem.Message = "`" + Visible(text[i:end]) + "` is no escape in double quotes"
		if end > i+1+n || n == 1 && strings.IndexByte("xuU", byte(r)) >= 0 {
			problem.Message = "`" + Visible(text[i:end]) + "` is no valid character escape"
			legal++ // the author may have meant a character: no fix
		}
		value, length := quotedText(text)
		if length == 0 {
			return problem
		}
		problem.Help = "use single quotes: " + Shorten(Quote(value))
		if legal == 0 && !strings.Contains(value[min(end-1, len(value)):], `\\`) {
			problem.Fix = &Fix{Title: "use single quotes", Safe: true, Edits: []Edit{{Span{p.at, p.at + length}, Quote(value)}}}
		}
		return problem
	}
	return problem
}

func isHexDigit(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// surrogate reports the digits of half a character: YAML has no pairs.
func surrogate(digits string) bool {
	digits = strings.ToLower(strings.TrimLeft(digits, "0"))
	return len(digits) == 4 && digits[0] == 'd' && digits[1] >= '8' || len(digits) > 6 || len(digits) == 6 && digits[:2] > "10"
}

// quotedText is the inside of a double-quoted text at the start of s, as typed, and the length with its quotes.
func quotedText(s string) (string, int) {
	if !strings.HasPrefix(s, `"`) {
		return "", 0
	}
	if end := strings.IndexByte(s[1:], '"'); end >= 0 {
		return s[1 : 1+end], end + 2
	}
	return "", 0
}

func firstRune(s string) string {
	if s == "" {
		return "end of line"
	}
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}
