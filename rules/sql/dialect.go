package sql

import (
	"fmt"
	"strings"
	"unicode"
)

// Dialect is the SQL of one engine.
type Dialect uint8

// The dialects.
const (
	Trino  Dialect = iota // Trino, Starburst, Athena 3
	SQLite                // SQLite with a function regexp(pattern, text) of RE2's syntax; lower folds ASCII only
)

// speech is what sets dialects apart: one row per dialect.
type speech struct {
	name     string
	lower    func(rune) rune                              // what the engine's lower does to a character
	quote    func(string) string                          // a text literal
	cased    func(column string, p []piece) string        // a pattern whose case matters
	regex    func(column, expression string) string       // found anywhere
	re2      bool                                         // the engine takes the syntax of RE2 as it is
	find     string                                       // the function that finds a text in a text, 1-based, 0 when it is not there
	asText   string                                       // the type that CAST takes for text
	asNumber func(column string) string                   // a text as a number, NULL when it cannot be read; the caller has seen its form
	network  func(column, network string, v4 bool) string // nil: the dialect has no addresses
	caseNote string
}

var speeches = map[Dialect]*speech{
	Trino: {
		name: "Trino", lower: unicode.ToLower, quote: quoteUnicode,
		cased:    func(c string, p []piece) string { return c + like(p, quoteUnicode) },
		regex:    func(c, e string) string { return "regexp_like(" + c + ", " + quoteUnicode(e) + ")" },
		find:     "strpos",
		asText:   "varchar",
		asNumber: func(c string) string { return "TRY_CAST(" + c + " AS double)" },
		network:  trinoNetwork,
		caseNote: "upper and lower case are compared with `lower`: the long s, the final sigma and the dotted capital I are told apart as the store does it, not as Sigma does",
	},
	SQLite: {
		name: "SQLite", lower: lowerASCII, quote: quotePlain,
		cased:    func(c string, p []piece) string { return c + " GLOB " + quotePlain(glob(p)) },
		regex:    func(c, e string) string { return c + " REGEXP " + quotePlain(e) },
		find:     "instr",
		re2:      true,
		asText:   "text",
		asNumber: func(c string) string { return "CAST(" + c + " AS real)" },
		caseNote: "`lower` folds the letters A to Z only: other letters count as different in another case",
	},
}

func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// quotePlain is a standard text literal.
func quotePlain(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quoteUnicode is a text literal in which nothing is invisible: control characters are spelled as code points.
func quoteUnicode(s string) string {
	if strings.IndexFunc(s, unicode.IsControl) < 0 {
		return quotePlain(s)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return "U&" + quotePlain(b.String())
}

// Name quotes an identifier.
func Name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// piece is a part of a pattern as engines have it.
type piece struct {
	text string // literal, or
	any  byte   // '%' any run, '_' one character
}

// likeEscape is not a backslash: Windows paths are full of those, and each would be doubled.
const likeEscape = "!"

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// like is ` LIKE 'pattern'`, with an ESCAPE where it needs one.
func like(pieces []piece, quote func(string) string) string {
	var b strings.Builder
	escaped := false
	for _, p := range pieces {
		if p.any != 0 {
			b.WriteByte(p.any)
			continue
		}
		text := likeEscaper.Replace(p.text)
		escaped = escaped || text != p.text
		b.WriteString(text)
	}
	out := " LIKE " + quote(b.String())
	if escaped {
		out += " ESCAPE '" + likeEscape + "'"
	}
	return out
}

var globEscaper = strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]")

// glob is the pattern of SQLite's GLOB, which minds case where its LIKE does not.
func glob(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch p.any {
		case '%':
			b.WriteByte('*')
		case '_':
			b.WriteByte('?')
		default:
			b.WriteString(globEscaper.Replace(p.text))
		}
	}
	return b.String()
}

// trinoNetwork asks for an address in a network. TRY_CAST gives NULL for what is no address; a zone (%eth0) is no part of it. Trino keeps
// IPv4 inside IPv6: a wide IPv6 network must not take it in.
func trinoNetwork(column, network string, v4 bool) string {
	address := "TRY_CAST(split_part(" + column + ", '%', 1) AS ipaddress)"
	in := "contains(" + quotePlain(network) + ", " + address + ")"
	if v4 {
		return in
	}
	return "(" + in + " AND NOT contains('0.0.0.0/0', " + address + "))"
}
