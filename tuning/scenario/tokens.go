package scenario

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	wordToken     tokenKind = iota
	literalToken            // shaped like an artefact: a path, file name, flag, address, identifier, number
	quotedToken             // in quotes; start and end exclude them
	operatorToken           // == != = : < > …
	commaToken
	semicolonToken
	openToken  // ( or [
	closeToken // ) or ]
	stopToken  // end of a sentence
)

// token is a piece of the text. text is the bytes at [start, end).
type token struct {
	kind       tokenKind
	start, end int
	text       string
	key        string // lower case, possessive and separators gone: what the vocabulary is looked up with
	shape      Shape
	lineStart  bool
	outer      Span // of a quotation with its marks
}

// tokenise splits a text into tokens. Offsets are into the text.
func tokenise(text string) []token {
	s := scanner{text: text, lineStart: true}
	for s.pos < len(text) {
		s.next()
	}
	return s.tokens
}

type scanner struct {
	text      string
	pos       int
	tokens    []token
	lineStart bool

	fieldLines bool // the line before was a pasted log line
}

// quotes maps an opening quotation mark to its closing one.
var quotes = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '“': '”', '”': '”', '‘': '’', '«': '»', '„': '“', '‟': '”'}

// operators, longest first.
var operators = []string{"!contains", "!in~", "in~", "===", "==", "!=", "=~", "!~", "<>", ">=", "<=", "&&", "||", "=", ">", "<", "|", "≠", "!"}

func (s *scanner) next() {
	c, size := utf8.DecodeRuneInString(s.text[s.pos:])
	switch {
	case c == '\n':
		s.pos++
		s.lineStart = true
		return
	case unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff':
		s.pos += size
		return
	case s.lineStart && bullet(s.text[s.pos:]) > 0:
		s.emit(semicolonToken, s.pos, s.pos+1)
		s.pos += bullet(s.text[s.pos:])
		return
	}
	if s.lineStart && s.fieldLine() {
		return
	}
	if s.lineStart {
		s.fieldLines = false
	}
	if closing, ok := quotes[c]; ok && s.quoted(size, closing) {
		return
	}
	switch c {
	case '(', '[', '{':
		s.emitPunctuation(openToken, size)
		return
	case ')', ']', '}':
		s.emitPunctuation(closeToken, size)
		return
	case ',', '，':
		s.emitPunctuation(commaToken, size)
		return
	case ';':
		s.emitPunctuation(semicolonToken, size)
		return
	case '?':
		s.emitPunctuation(stopToken, size)
		return
	case '—', '–', '…', '“', '”', '‘', '’', '"', '\'', '`', '«', '»':
		s.pos += size // a dash between clauses, or a quotation mark without its fellow
		return
	}
	if c == '<' && s.placeholder() {
		return
	}
	for _, op := range operators {
		if hasFold(s.text[s.pos:], op) && !(op == "in~" && s.pos > 0 && isWordByte(s.text[s.pos-1])) {
			kind := operatorToken
			if op == "!" && (s.pos+1 == len(s.text) || isSpace(s.text[s.pos+1])) {
				kind = stopToken
			}
			s.emitPunctuation(kind, len(op))
			return
		}
	}
	if c == ':' {
		s.emitPunctuation(operatorToken, 1)
		return
	}
	s.bare()
}

func hasFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func (s *scanner) emit(kind tokenKind, start, end int) *token {
	text := s.text[start:end]
	s.tokens = append(s.tokens, token{kind: kind, start: start, end: end, text: text, key: keyOf(text), lineStart: s.lineStart})
	s.lineStart = false
	return &s.tokens[len(s.tokens)-1]
}

func (s *scanner) emitPunctuation(kind tokenKind, size int) {
	s.emit(kind, s.pos, s.pos+size)
	s.pos += size
}

// longestQuotation bounds the search for a closing mark. The longest quoted value in 3,780 rules has 1.5 KB.
const longestQuotation = 2048

// quoted reads a quotation on one line, and says false when there is none.
func (s *scanner) quoted(size int, closing rune) bool {
	body := s.pos + size
	limit := min(len(s.text), body+longestQuotation)
	for i := body; i < limit; {
		c, n := utf8.DecodeRuneInString(s.text[i:])
		if c == '\n' {
			return false
		}
		if c == closing && !(c == '\'' || c == '’') || c == closing && !letterFollows(s.text[i+n:]) {
			t := s.emit(quotedToken, body, i)
			t.shape, t.outer = shapeOf(t.text), Span{s.pos, i + n}
			if i == body {
				s.tokens = s.tokens[:len(s.tokens)-1] // an empty quotation names nothing
			}
			s.pos = i + n
			return true
		}
		i += n
	}
	return false
}

func letterFollows(text string) bool { return unicode.IsLetter(firstRune(text)) }

// placeholder reads <value>.
func (s *scanner) placeholder() bool {
	const longest = 40
	end := strings.IndexByte(s.text[s.pos:min(len(s.text), s.pos+longest)], '>')
	if end < 2 || strings.IndexByte(s.text[s.pos:s.pos+end], '\n') >= 0 || !unicode.IsLetter(rune(s.text[s.pos+1])) {
		return false
	}
	t := s.emit(literalToken, s.pos, s.pos+end+1)
	t.shape = ShapePlaceholder
	s.pos += end + 1
	return true
}

// fieldLine reads a log line, "ParentImage: C:\…\x.exe -a": the value is the rest of the line.
func (s *scanner) fieldLine() bool {
	end := len(s.text)
	if i := strings.IndexByte(s.text[s.pos:], '\n'); i >= 0 {
		end = s.pos + i
	}
	name := leadingWord(s.text[s.pos:])
	colon := s.pos + len(name)
	if name == "" || colon+1 >= end || s.text[colon] != ':' || s.text[colon+1] != ' ' {
		return false
	}
	e, ok := lexicon[keyOf(name)]
	if name == "Details" {
		e, ok = entry{kind: rolePhrase, role: fieldNames[name]}, true
	}
	if !ok || e.kind != rolePhrase {
		return false
	}
	for _, separator := range []string{" / ", " | ", "; "} {
		if k := strings.Index(s.text[colon:end], separator); k > 0 {
			if next := leadingWord(s.text[colon+k+len(separator):]); next != "" && (isFieldName(next) || lexicon[keyOf(next)].kind == rolePhrase) && strings.HasPrefix(s.text[colon+k+len(separator)+len(next):], ":") {
				end = colon + k
			}
		}
	}
	start := colon + 1
	for start < end && (isSpace(s.text[start]) || s.text[start] == '"') {
		start++
	}
	for end > start && isSpace(s.text[end-1]) {
		end--
	}
	value := s.text[start:end]
	if first, _, more := strings.Cut(value, " "); more && (shapeOf(first) == ShapeDomain || shapeOf(first) == ShapeIP || shapeOf(first) == ShapeCIDR) {
		return false // "QueryName: x.example.com by y.exe": prose goes on
	}
	if first, _, _ := strings.Cut(value, " "); !shapeOf(first).artefact() && !strings.HasPrefix(value, "DWORD (0x") && !strings.HasPrefix(value, "QWORD (0x") || s.text[start-1] == '"' && strings.Count(value, "\"") == 1 && strings.HasSuffix(value, "\"") {
		return false
	}
	upper := " " + value + " "
	if strings.Contains(upper, " AND ") || strings.Contains(upper, " OR ") || strings.Contains(upper, " or ") || strings.Contains(value, ", ") {
		return false
	}
	if e.role == RoleProcess || e.role == RoleParent {
		value = imagePart(value)
	}
	if len(s.tokens) > 0 && s.pos > 0 {
		kind := stopToken // prose before the pasted lines is another sentence
		if s.fieldLines {
			kind = commaToken
		}
		s.emit(kind, s.pos, s.pos)
	}
	s.fieldLines = true
	s.emit(wordToken, s.pos, colon)
	s.emit(operatorToken, colon, colon+1)
	t := s.emit(literalToken, start, start+len(value))
	t.shape = shapeOf(value)
	s.pos = end
	return true
}

// imagePart cuts the arguments off a command line that was pasted as an image.
func imagePart(value string) string {
	if i := strings.IndexByte(value, '"'); i > 0 {
		value = value[:i]
	}
	if i := strings.Index(strings.ToLower(value), ".exe "); i > 0 && len(strings.ToLower(value)) == len(value) {
		value = value[:i+len(".exe")]
	}
	return strings.TrimRight(value, " .")
}

// bare reads a run without white space, and beyond it where a path or a schedule goes on.
func (s *scanner) bare() {
	start := s.pos
	end := s.runEnd(start)
	if end == start {
		_, n := utf8.DecodeRuneInString(s.text[start:])
		s.pos += n
		return
	}
	run := s.text[start:end]
	switch {
	case cronEnd(s.text[start:]) > 0:
		end = start + cronEnd(s.text[start:])
	case isBackslashPath(run):
		end = s.pathEnd(start, end)
	case isDrivePath(run), strings.EqualFold(run, "program") && hasFold(s.text[end:], " files\\"):
		end = s.pathEnd(start, end)
	}
	if strings.HasPrefix(run, "/") && strings.Count(run, "/") > 1 {
		end = s.unixEnd(end)
	}
	run = s.text[start:end]
	stop := false
	if trimmed := strings.TrimRight(run, ".!?"); trimmed != run && !isAbbreviation(run) && trimmed != "" {
		stop = s.endsHere(end) || strings.HasSuffix(run, "..")
		run, end = trimmed, start+len(trimmed)
	}
	if trimmed := strings.TrimRight(run, ":"); trimmed != run && len(trimmed) > 1 && !isBackslashPath(trimmed) {
		run, end = trimmed, start+len(trimmed)
		stop = false
	}
	if run == "." || run == "!" || run == "?" || run == ".." || run == "..." {
		s.emit(stopToken, start, end)
		s.pos = end
		return
	}
	t := s.emit(wordToken, start, end)
	if t.shape = shapeOf(run); t.shape != ShapeWord && t.shape != ShapeName {
		t.kind = literalToken
	}
	if _, known := lexicon[t.key]; known && (t.shape == ShapeIdentifier || t.shape == ShapeDomain || t.shape == ShapeFileName) {
		t.kind, t.shape = wordToken, ShapeIdentifier // a field name: process.name, src_ip
	}
	s.pos = end
	if stop {
		for s.pos < len(s.text) && (s.text[s.pos] == '.' || s.text[s.pos] == '!' || s.text[s.pos] == '?') {
			s.pos++
		}
		s.emit(stopToken, end, s.pos)
	} else if s.pos < len(s.text) && s.text[s.pos] == '.' {
		s.pos++
	}
}

// endsHere says whether a full stop at end is a sentence's: nothing follows, or white space and then no lower case
// letter.
func (s *scanner) endsHere(end int) bool {
	rest := s.text[end:]
	trimmed := strings.TrimLeft(rest, " \t\r\n\"'”’)]*_`")
	if trimmed == "" {
		return true
	}
	if len(rest) == len(trimmed) {
		return false
	}
	return !unicode.IsLower(firstRune(trimmed)) || strings.ContainsRune(rest[:len(rest)-len(trimmed)], '\n')
}

// runEnd is where a run that starts at start ends.
func (s *scanner) runEnd(start int) int {
	i := start
	for i < len(s.text) {
		c, n := utf8.DecodeRuneInString(s.text[i:])
		rest := s.text[i+n:]
		switch {
		case c == ',' && entryPoint(s.text[start:i], rest): // "shell32.dll,Control_RunDLL"
		case unicode.IsSpace(c), strings.ContainsRune(",\"“”«»`…—|", c), c == ';' && !(strings.Contains(s.text[start:i], "://") && rest != "" && !isSpace(rest[0])):
			return i
		case c == '(' || c == ')' || c == '[' || c == ']' || c == '{' || c == '}':
			if i == start || !(c == '{' || c == '}') {
				return i
			}
		case c == '\'' || c == '’' || c == '‘':
			if !letterFollows(rest) || i == start {
				return i
			}
		case c == '=' || c == '!' || c == '<' || c == '>':
			if isIdentifier(s.text[start:i]) && !strings.HasPrefix(s.text[start:i], "-") {
				return i
			}
		case c == ':':
			if r := firstRune(rest); isIdentifier(s.text[start:i]) && i-start > 1 && (r == '"' || r == '“' || r == '(' || r == '\'' || unicode.IsSpace(r) || r == 0 || r == '*') {
				return i
			}
		}
		i += n
	}
	return i
}

// entryPoint says whether a comma stands between a library and the function in it that rundll32 is to call.
func entryPoint(before, after string) bool {
	return (hasSuffixFold(before, ".dll") || hasSuffixFold(before, ".cpl") || hasSuffixFold(before, ".ocx")) && after != "" && (after[0] == '#' || isWordByte(after[0]))
}

// pathEnd extends a path with backslashes over spaces as long as a later word goes on with it: "C:\Program
// Files\A B\c.exe". A connective, a comma, or the start of another path ends it.
func (s *scanner) pathEnd(start, end int) int {
	const words = 8      // the longest directory name with spaces in the live rules has 7 words
	const longest = 1024 // bytes; Windows allows 260 unless told otherwise
	for end-start < longest && !hasFileExtension(strings.TrimRight(s.text[start:end], ".")) {
		next, found := end, false
		for range words {
			from := next
			for next < len(s.text) && s.text[next] == ' ' {
				next++
			}
			if next == from {
				break
			}
			to := s.wordEnd(next)
			word := s.text[next:to]
			if strings.HasSuffix(s.text[start:from], ".") && capitalised(word) || isAccount(s.text[start:from]) && pathStops[strings.ToLower(word)] {
				break // the path ends the sentence, or it is an account in a list
			}
			if word == "" || isDrivePath(word) || strings.HasPrefix(word, `\`) || strings.HasPrefix(word, "-") ||
				pathStops[strings.ToLower(word)] && !s.nameGoesOn(to) {
				break
			}
			if strings.HasSuffix(s.text[start:from], `\`) {
				break
			}
			next = to
			if strings.ContainsAny(word, `\`) || (strings.EqualFold(word, "Files") && hasSuffixFold(s.text[start:from], "Program")) || strings.EqualFold(word, "(x86)") {
				found = true
				break
			}
		}
		if !found {
			return end
		}
		end = next
	}
	return end
}

// unixEnd extends a path of Unix over one blank where a name in capitals goes on with it: "/Library/Application Support/Acme".
func (s *scanner) unixEnd(end int) int {
	for end < len(s.text) && s.text[end] == ' ' && end > 0 && (unicode.IsLetter(rune(s.text[end-1])) || unicode.IsDigit(rune(s.text[end-1]))) {
		word := s.text[end+1 : s.wordEnd(end+1)]
		slash := strings.IndexByte(word, '/')
		if slash <= 0 || !capitalised(word) {
			return end
		}
		end += 1 + len(strings.TrimRight(word, ".,;:"))
	}
	return end
}

// nameGoesOn: after "for" or "and" inside a path, a capitalised word with a backslash follows, as in "Endpoint
// Security for Windows\x64".
func (s *scanner) nameGoesOn(i int) bool {
	if i >= len(s.text) || s.text[i] != ' ' {
		return false
	}
	word := s.text[i+1 : s.wordEnd(i+1)]
	return capitalised(word) && strings.Contains(word, `\`) && !isDrivePath(word)
}

func hasSuffixFold(text, suffix string) bool {
	return len(text) >= len(suffix) && strings.EqualFold(text[len(text)-len(suffix):], suffix)
}

// wordEnd is the end of a word inside a path: brackets belong to it when they close in it.
func (s *scanner) wordEnd(i int) int {
	depth := 0
	for ; i < len(s.text); i++ {
		switch s.text[i] {
		case ' ', '\t', '\r', '\n', '"', ',', ';', '`':
			return i
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return i
}

// pathStops are words that a directory name with spaces hardly holds, but prose after a path does.
var pathStops = wordSet("and or when where with in is to from by that which as on for if not may can will are has")

func isBackslashPath(run string) bool {
	return strings.Contains(run, `\`) && len(run) > 2
}

// isDrivePath: C:\, C:/ or %VAR%\.
func isDrivePath(run string) bool {
	return len(run) >= 3 && run[1] == ':' && (run[2] == '\\' || run[2] == '/') ||
		strings.HasPrefix(run, "%") && strings.Contains(run, `%\`)
}

var abbreviations = wordSet("e.g. i.e. etc. vs. cf. incl. eg. ie. approx. no. resp.")

func isAbbreviation(run string) bool { return abbreviations[strings.ToLower(run)] }

// cronEnd is the length of a five-field schedule at the start of the text, 0 when there is none.
func cronEnd(text string) int {
	const fields = 5
	i := 0
	for n := range fields {
		start := i
		for i < len(text) && strings.IndexByte("*/0123456789,-", text[i]) >= 0 {
			i++
		}
		if i == start {
			return 0
		}
		if n == fields-1 {
			break
		}
		if i >= len(text) || text[i] != ' ' {
			return 0
		}
		i++
	}
	if !strings.Contains(text[:i], "*") {
		return 0
	}
	return i
}

// keyOf is the form in which the vocabulary is looked up: lower case, without possessive, hyphens, dots and
// underscores, so that process.command_line and command-line meet "process command line".
func keyOf(text string) string {
	if isAbbreviation(text) {
		return strings.ToLower(text)
	}
	for _, possessive := range []string{"'s", "’s", "'S", "’"} {
		text = strings.TrimSuffix(text, possessive)
	}
	plain := true
	for i := 0; i < len(text); i++ {
		if c := text[i]; !(c >= 'a' && c <= 'z') {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	if strings.ContainsAny(text, `\/:*?<>%`) || strings.HasPrefix(text, "-") || strings.HasPrefix(text, ".") {
		return strings.ToLower(text)
	}
	var b strings.Builder
	for _, c := range text {
		switch c {
		case '_', '.', '-', '@', '\'', '’':
		default:
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}

// wordSet is a set of the words in the text.
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(text) {
		set[word] = true
	}
	return set
}
