package kql

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/source"
)

// tokenKind tells the parts of a query apart.
type tokenKind uint8

const (
	wordToken   tokenKind = iota // names, operators of letters (`in~`, `!contains`), `not`
	stringToken                  // text is the decoded string
	numberToken
	symbolToken // ( ) , | [ ] and operators of symbols
	endToken
)

// token is one part of a query, with its bytes.
type token struct {
	kind    tokenKind
	text    string
	at, end int
}

// symbols are the operators and brackets, the longer ones first.
var symbols = []string{"==", "=~", "!=", "!~", "<=", ">=", "<", ">", "(", ")", ",", "|", "[", "]", ";", "*"}

// unreadable is why a query, or a part of it, is outside what this package reads.
type unreadable struct {
	at, end int
	reason  string
}

func (u *unreadable) Error() string { return u.reason }

// lex cuts a query into tokens; the last one is the end.
func lex(query string) ([]token, error) {
	var out []token
	for i := 0; i < len(query); {
		if n := blank(query[i:]); n > 0 {
			i += n
			continue
		}
		t, err := lexOne(query, i)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		i = t.end
	}
	return append(out, token{kind: endToken, at: len(query), end: len(query)}), nil
}

// blank is the length of white space or a comment at the beginning of a text.
func blank(s string) int {
	if strings.HasPrefix(s, "//") {
		if n := strings.IndexByte(s, '\n'); n >= 0 {
			return n
		}
		return len(s)
	}
	if r, n := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
		return n
	}
	return 0
}

func lexOne(query string, at int) (token, error) {
	rest := query[at:]
	if n := stringLength(rest); n != 0 {
		if n < 0 {
			return token{}, &unreadable{at, len(query), "a string is not closed"}
		}
		text, ok := readString(rest[:n])
		if !ok {
			return token{}, &unreadable{at, at + n, fmt.Sprintf("%s is no valid string", source.Shorten(rest[:n]))}
		}
		return token{stringToken, text, at, at + n}, nil
	}
	n := 0
	if rest[0] == '!' && len(rest) > 1 && isLetter(rest[1]) {
		n = 1
	}
	for n < len(rest) && (isLetter(rest[n]) || rest[n] >= '0' && rest[n] <= '9') {
		n++
	}
	if n > 0 {
		if rest[0] >= '0' && rest[0] <= '9' {
			for n < len(rest) && (rest[n] == '.' || isLetter(rest[n]) || rest[n] >= '0' && rest[n] <= '9') {
				n++
			}
			return token{numberToken, rest[:n], at, at + n}, nil
		}
		if n < len(rest) && rest[n] == '~' {
			n++
		}
		return token{wordToken, rest[:n], at, at + n}, nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return token{symbolToken, s, at, at + len(s)}, nil
		}
	}
	_, n = utf8.DecodeRuneInString(rest)
	return token{}, &unreadable{at, at + n, fmt.Sprintf("`%s` is outside what can be compared", source.Visible(rest[:n]))}
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// stringLength is the length of the string literal at the beginning of a text: 0 when there is none, -1 when it is not closed.
func stringLength(s string) int {
	verbatim := strings.HasPrefix(s, "@")
	start := 0
	if verbatim {
		start = 1
	}
	if start >= len(s) || s[start] != '"' && s[start] != '\'' {
		return 0
	}
	for i := start + 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && !verbatim:
			i++
		case s[i] != s[start]:
		case verbatim && i+1 < len(s) && s[i+1] == s[start]:
			i++
		default:
			return i + 1
		}
	}
	return -1
}

// readString decodes a string literal.
func readString(s string) (string, bool) {
	if body, verbatim := strings.CutPrefix(s, "@"); verbatim {
		mark := body[:1]
		return strings.ReplaceAll(body[1:len(body)-1], mark+mark, mark), true
	}
	return unquote(s)
}

// squeeze makes every run of white space outside strings one blank, and removes it at both ends.
func squeeze(query string) string {
	var b strings.Builder
	gap := false
	for i := 0; i < len(query); {
		if r, n := utf8.DecodeRuneInString(query[i:]); unicode.IsSpace(r) {
			gap = true
			i += n
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		n := stringLength(query[i:])
		if n <= 0 {
			n = 1
		}
		b.WriteString(query[i : i+n])
		i += n
	}
	return b.String()
}
