package rules

import (
	"strings"
)

// TokenKind tells the parts of a string pattern apart.
type TokenKind uint8

// The parts of a pattern.
const (
	Literal     TokenKind = iota // Text as it stands
	AnyRun                       // `*`: any run of characters, newline included, possibly empty
	AnyOne                       // `?`: exactly one character
	Placeholder                  // `%name%` under `expand`; Text is the name
	Dash                         // any of the characters windash stands for; Text is the one written
)

// Token is one part of a pattern. At and End are its byte range in the decoded YAML value, both 0 for tokens that a
// modifier added.
type Token struct {
	Kind    TokenKind
	Text    string
	At, End int
}

// Pattern is a string value as tokens. It is kept as tokens and never as an escaped string: gluing a `*` onto a value that
// ends in a backslash would turn both into a literal star (spec/sigma-semantics.md section 5).
type Pattern []Token

// DashCharacters are what `windash` lets a dash stand for: hyphen, slash, en dash, em dash, horizontal bar.
const DashCharacters = "-/–—―"

// ParsePattern reads Sigma's string syntax: a backslash before `\`, `*` or `?` yields that character literally, any other
// backslash is itself, `*` and `?` are wildcards.
func ParsePattern(value string) Pattern {
	var pattern Pattern
	var text strings.Builder
	from := 0
	flush := func(at int) {
		if text.Len() > 0 {
			pattern = append(pattern, Token{Literal, text.String(), from, at})
			text.Reset()
		}
	}
	if !strings.ContainsAny(value, `\*?`) {
		if value == "" {
			return nil
		}
		return Pattern{{Literal, value, 0, len(value)}}
	}
	for i := 0; i < len(value); i++ {
		c := value[i]
		if text.Len() == 0 {
			from = i
		}
		switch {
		case c == '\\' && i+1 < len(value) && strings.IndexByte(`\*?`, value[i+1]) >= 0:
			i++
			text.WriteByte(value[i])
		case c == '*':
			flush(i)
			pattern = append(pattern, Token{AnyRun, "", i, i + 1})
		case c == '?':
			flush(i)
			pattern = append(pattern, Token{AnyOne, "", i, i + 1})
		default:
			text.WriteByte(c)
		}
	}
	flush(len(value))
	return pattern
}

// String writes the pattern as a Sigma value: the text that ParsePattern reads back as the same tokens. Placeholders
// are written `%name%`, dashes as they were typed.
func (p Pattern) String() string {
	var b strings.Builder
	for i, t := range p {
		switch t.Kind {
		case AnyRun:
			b.WriteByte('*')
		case AnyOne:
			b.WriteByte('?')
		case Placeholder:
			b.WriteString("%" + t.Text + "%")
		case Dash:
			b.WriteString(t.Text)
		default:
			wildcardNext := i+1 < len(p) && (p[i+1].Kind == AnyRun || p[i+1].Kind == AnyOne)
			escapeText(&b, t.Text, wildcardNext)
		}
	}
	return b.String()
}

// escapeText writes literal text. A lone backslash needs no escape unless a wildcard or a literal star follows; a run of
// several is doubled.
func escapeText(b *strings.Builder, text string, wildcardNext bool) {
	for i := 0; i < len(text); {
		if text[i] == '*' || text[i] == '?' {
			b.WriteByte('\\')
			b.WriteByte(text[i])
			i++
			continue
		}
		if text[i] != '\\' {
			b.WriteByte(text[i])
			i++
			continue
		}
		run := i
		for run < len(text) && text[run] == '\\' {
			run++
		}
		n := run - i
		starNext := run < len(text) && (text[run] == '*' || text[run] == '?') || run == len(text) && wildcardNext
		if n > 1 || starNext {
			n *= 2
		}
		b.WriteString(strings.Repeat(`\`, n))
		i = run
	}
}

// Plain is the pattern's text when it holds nothing but literal text, and whether that is so.
func (p Pattern) Plain() (string, bool) {
	switch {
	case len(p) == 0:
		return "", true
	case len(p) == 1 && p[0].Kind == Literal:
		return p[0].Text, true
	}
	var b strings.Builder
	for _, t := range p {
		if t.Kind != Literal {
			return "", false
		}
		b.WriteString(t.Text)
	}
	return b.String(), true
}

// LiteralText is all literal text of the pattern, wildcards left out.
func (p Pattern) LiteralText() string {
	var b strings.Builder
	for _, t := range p {
		if t.Kind == Literal || t.Kind == Dash {
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// StartsOpen and EndsOpen report a `*` on that side.
func (p Pattern) StartsOpen() bool { return len(p) > 0 && p[0].Kind == AnyRun }

// EndsOpen reports a `*` at the end.
func (p Pattern) EndsOpen() bool { return len(p) > 0 && p[len(p)-1].Kind == AnyRun }

// HasWildcard reports a `*` or `?` anywhere.
func (p Pattern) HasWildcard() bool {
	for _, t := range p {
		if t.Kind == AnyRun || t.Kind == AnyOne {
			return true
		}
	}
	return false
}

// HasPlaceholder reports a `%name%` that only the environment can fill.
func (p Pattern) HasPlaceholder() bool {
	for _, t := range p {
		if t.Kind == Placeholder {
			return true
		}
	}
	return false
}

// Equal compares meaning: kinds and texts, not where tokens stood.
func (p Pattern) Equal(q Pattern) bool {
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i].Kind != q[i].Kind || p[i].Text != q[i].Text {
			return false
		}
	}
	return true
}

// open adds a `*` on the sides that have none yet.
func (p Pattern) open(start, end bool) Pattern {
	out := make(Pattern, 0, len(p)+2)
	if start && !p.StartsOpen() {
		out = append(out, Token{Kind: AnyRun})
	}
	out = append(out, p...)
	if end && !out.EndsOpen() {
		out = append(out, Token{Kind: AnyRun})
	}
	return out
}

// each maps every literal token to the tokens that replace it.
func (p Pattern) each(replace func(t Token) Pattern) Pattern {
	out := make(Pattern, 0, len(p))
	for _, t := range p {
		if t.Kind != Literal {
			out = append(out, t)
			continue
		}
		out = append(out, replace(t)...)
	}
	return out
}
