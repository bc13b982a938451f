package kql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unquote reads a string literal of Kusto in double or single quotes, and whether it is one.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '"' && s[0] != '\'' {
		return "", false
	}
	mark, body := s[0], s[1:len(s)-1]
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case c == mark:
			return "", false
		case c != '\\':
			b.WriteByte(c)
			continue
		case i+1 == len(body):
			return "", false
		}
		i++
		if r, ok := escapes[body[i]]; ok {
			b.WriteByte(r)
			continue
		}
		digits, ok := unicodeEscapes[body[i]]
		if !ok || i+digits >= len(body) {
			return "", false
		}
		code, err := strconv.ParseUint(body[i+1:i+1+digits], 16, 32)
		if err != nil || !utf8.ValidRune(rune(code)) {
			return "", false
		}
		b.WriteRune(rune(code))
		i += digits
	}
	return b.String(), true
}

// escapes of one letter, and those with hex digits by how many.
var (
	escapes = map[byte]byte{
		'\\': '\\', '"': '"', '\'': '\'', 'n': '\n', 'r': '\r', 't': '\t',
		'0': 0, 'a': 7, 'b': 8, 'f': 12, 'v': 11,
	}
	unicodeEscapes = map[byte]int{'u': 4, 'U': 8, 'x': 2}
)
