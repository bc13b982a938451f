package scenario

import (
	"strings"
	"unicode"
)

// phrase is one or more tokens that do one thing in a sentence.
type phrase struct {
	entry
	start, end int
	text       string
	inner      int // start of text, when the phrase is quoted
	key        string
	shape      Shape
	quoted     bool
	product    string   // name of the product table's row family, when the text is one of its aliases
	children   []phrase // of a group
	lineStart  bool
	adjacent   bool // only blanks between this phrase and the one before
}

// phrasesOf turns the tokens of one sentence into phrases: the longest surface of the vocabulary or of the product
// table wins, parentheses become groups.
func phrasesOf(text string, tokens []token) []phrase {
	list, _ := parsePhrases(text, tokens, 0)
	return list
}

// maxNesting bounds recursion on hostile input; prose nests once, expressions two or three times.
const maxNesting = 8

func parsePhrases(text string, tokens []token, depth int) ([]phrase, int) {
	var list []phrase
	for i := 0; i < len(tokens); {
		t := tokens[i]
		switch t.kind {
		case openToken:
			if depth < maxNesting {
				children, used := parsePhrases(text, tokens[i+1:], depth+1)
				end := t.end
				if last := i + used; last < len(tokens) {
					end = tokens[last].end
				}
				list = append(list, phrase{entry: entry{kind: groupPhrase}, start: t.start, end: end, text: text[t.start:end], children: children})
				i += used + 1
				continue
			}
			i++
		case closeToken:
			if depth > 0 {
				return list, i + 1
			}
			i++
		case stopToken:
			i++
		case commaToken, semicolonToken:
			list = append(list, phrase{entry: entry{kind: connectivePhrase}, start: t.start, end: t.end, text: ",", lineStart: t.lineStart})
			i++
		default:
			p, n := longest(text, tokens[i:], before(list))
			list = appendPhrase(text, list, p, tokens[i])
			i += n
		}
	}
	return list, len(tokens)
}

// before is the kind of the last phrase, noPhrase at the start.
func before(list []phrase) phraseKind {
	if len(list) == 0 {
		return noPhrase
	}
	return list[len(list)-1].kind
}

// accountAt finds the name of a built-in account at the start of the tokens: the number of its tokens, or 0.
func accountAt(text string, tokens []token, after phraseKind) int {
	switch after {
	case opPhrase, rolePhrase, examplePhrase, connectivePhrase, relationPhrase, prepositionPhrase:
	default:
		return 0
	}
	const words = 3
	for n := min(words, len(tokens)); n > 0; n-- {
		if accounts[text[tokens[0].start:tokens[n-1].end]] {
			return n
		}
	}
	return 0
}

// appendPhrase adds a phrase; flags join the tool before them.
func appendPhrase(text string, list []phrase, p phrase, t token) []phrase {
	if n := len(list); n > 0 {
		p.adjacent = list[n-1].end <= p.start && strings.Trim(text[list[n-1].end:p.start], " ") == ""
	}
	if n := len(list); n > 0 && p.kind == valuePhrase && p.shape == ShapeFlag && !p.quoted {
		before := &list[n-1]
		if p.adjacent && takesFlags(*before) {
			before.end, before.text = p.end, text[before.start:p.end]
			before.shape, before.kind = ShapeCommand, valuePhrase
			before.entry = entry{kind: valuePhrase}
			return list
		}
	}
	return append(list, p)
}

// takesFlags: a tool's name, or a command that flags were already joined to.
func takesFlags(p phrase) bool {
	switch {
	case p.quoted:
		return false
	case p.kind == valuePhrase:
		return p.shape == ShapeFileName || p.shape == ShapePath || p.shape == ShapeCommand || p.shape == ShapeIdentifier || p.product != ""
	case p.kind == wordPhrase:
		return !stopWords[p.key]
	}
	return false
}

// longest finds the longest phrase at the start of the tokens and the number of tokens it takes.
func longest(text string, tokens []token, after phraseKind) (phrase, int) {
	t, first := tokens[0], after == noPhrase
	if n := accountAt(text, tokens, after); n > 0 && t.kind != quotedToken {
		return span(text, tokens[:n], entry{kind: valuePhrase}, ShapeAccount), n
	}
	p := phrase{start: t.start, end: t.end, text: t.text, key: t.key, shape: t.shape, lineStart: t.lineStart}
	switch t.kind {
	case quotedToken:
		p.kind, p.quoted = valuePhrase, true
		p.start, p.end, p.inner = t.outer.Start, t.outer.End, t.start
		if e, ok := lexicon[t.key]; ok && e.kind == rolePhrase && len(tokens) > 1 && tokens[1].kind == operatorToken && strings.ContainsAny(t.text, "._") {
			p.entry, p.quoted = e, false // "process.name": "x", in the manner of JSON
		}
		p.product = productOf(t.text)
		return p, 1
	case operatorToken:
		if e, ok := lexicon[strings.ToLower(t.text)]; ok {
			p.entry = e
		} else {
			p.kind = fillerPhrase
		}
		if t.text == "|" {
			p.kind = fillerPhrase
		}
		return p, 1
	}
	if t.text == "IN" || (t.key == "in" && len(tokens) > 1 && tokens[1].kind == openToken) {
		p.entry = entry{kind: opPhrase, op: Is, exact: true}
		return p, 1
	}
	if t.text == "LIKE" || t.text == "ILIKE" || (t.key == "like" && len(tokens) > 1 && tokens[1].kind == quotedToken && strings.Contains(tokens[1].text, "%")) {
		p.entry = entry{kind: opPhrase, op: Contains, exact: true}
		return p, 1
	}
	if t.text == "FileName" { // Defender's: key "filename" is the prose "file name"
		p.entry = entry{kind: rolePhrase, role: RoleProcess, in: map[Kind]Role{KindFile: RoleFile}, op: Is, exact: true}
		return p, 1
	}
	if role, ok := fieldNames[t.text]; ok && len(tokens) > 1 && operates(tokens[1]) {
		p.entry = entry{kind: rolePhrase, role: role, op: Default(role), exact: true}
		return p, 1
	}
	if first && t.key == "excluding" { // the verb; elsewhere it begins an exception
		p.entry = entry{kind: verbPhrase}
		return p, 1
	}
	words := 0
	for words < len(tokens) && words < longestSurface && joins(tokens[words]) {
		words++
	}
	for n := words; n > 0; n-- {
		key := surfaceKey(tokens[:n])
		e, known := lookup(key)
		product := ""
		if n > 1 || !known || capitalised(t.text) && !first && e.kind != rolePhrase && e.kind != opPhrase {
			product = productByKey(key)
		}
		if product != "" && n > 1 && classNoun(tokens[n-1]) && productByKey(surfaceKey(tokens[:n-1])) != "" {
			continue // "cron job": cron is the name
		}
		if product != "" && acceptsAlias(tokens[:n], known) {
			q := span(text, tokens[:n], entry{kind: valuePhrase}, tokens[0].shape)
			if n > 1 {
				q.shape = ShapeName
			}
			q.product = product
			return q, n
		}
		if !known || (n == 1 && t.kind == literalToken && e.kind != rolePhrase && e.kind != classPhrase) {
			continue
		}
		q := span(text, tokens[:n], e, t.shape)
		if e.kind == opPhrase && isUpperWord(t.text) {
			q.exact = true
		}
		return q, n
	}
	if t.kind == literalToken {
		p.kind = valuePhrase
		p.product = productByKey(t.key)
		return p, 1
	}
	if isFieldName(t.text) && len(tokens) > 1 && operates(tokens[1]) {
		p.entry = entry{kind: rolePhrase, role: RoleField, op: Is, exact: true}
		return p, 1
	}
	p.kind = wordPhrase
	return p, 1
}

func span(text string, tokens []token, e entry, shape Shape) phrase {
	start, end := tokens[0].start, tokens[len(tokens)-1].end
	return phrase{entry: e, start: start, end: end, text: text[start:end], key: surfaceKey(tokens), shape: shape, lineStart: tokens[0].lineStart}
}

// lookup finds a surface, in the plural as well.
func lookup(key string) (entry, bool) {
	if e, ok := lexicon[key]; ok {
		return e, true
	}
	if key == "windows" { // the system, not the plural
		return entry{}, false
	}
	const shortest = 4 // "as" and "is" are no plurals
	if len(key) >= shortest && strings.HasSuffix(key, "s") {
		if e, ok := lexicon[key[:len(key)-1]]; ok && (e.kind == rolePhrase || e.kind == classPhrase || e.kind == nounPhrase) {
			return e, true
		}
	}
	return entry{}, false
}

func classNoun(t token) bool {
	e, ok := lookup(t.key)
	return ok && e.kind == classPhrase
}

func joins(t token) bool {
	return t.kind == wordToken || t.kind == literalToken && (t.shape == ShapeIdentifier || t.shape == ShapeDomain || t.shape == ShapeWord)
}

func surfaceKey(tokens []token) string {
	if len(tokens) == 1 {
		return tokens[0].key
	}
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.key)
	}
	return b.String()
}

// acceptsAlias: an alias that is also a word of the vocabulary counts only when it is written as a name.
func acceptsAlias(tokens []token, known bool) bool {
	if !known || len(tokens) > 1 {
		return true
	}
	return capitalised(tokens[0].text)
}

// operates says whether the token is an operator, or a word that is one.
func operates(t token) bool {
	if t.kind == operatorToken {
		return true
	}
	e, ok := lexicon[t.key]
	return t.kind == wordToken && ((ok && e.kind == opPhrase) || t.text == "IN" || t.text == "LIKE" || t.text == "NOT")
}

// isFieldName: CamelCase with a lower-case letter before an inner capital, a dotted name, or snake_case.
func isFieldName(text string) bool {
	if !isIdentifier(text) || strings.HasPrefix(text, "-") {
		return false
	}
	if strings.ContainsAny(text, "._") {
		return true
	}
	lower := false
	for i, c := range text {
		if unicode.IsUpper(c) && lower && i > 0 {
			return true
		}
		lower = unicode.IsLower(c)
	}
	return false
}

func isUpperWord(text string) bool {
	return strings.ToUpper(text) == text && strings.ToLower(text) != text
}

func capitalised(text string) bool { return unicode.IsUpper(firstRune(text)) }

// opensWithVerb says whether a text begins with a verb of exclusion.
func opensWithVerb(text string) bool {
	const enough = 200 // bytes that hold the longest surface
	tokens := tokenise(text[:min(len(text), enough)])
	if len(tokens) == 0 {
		return false
	}
	p, _ := longest(text, tokens, noPhrase)
	return p.kind == verbPhrase && !p.advice && exclusionVerbs[keyOf(firstWord(text))]
}

var exclusionVerbs = wordSet("exclude excluding ignore drop suppress skip omit exempt discard filter whitelist allowlist")

func firstWord(text string) string {
	if fields := strings.Fields(text); len(fields) > 0 {
		return fields[0]
	}
	return ""
}
