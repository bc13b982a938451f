package match

import (
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
)

// pattern is a compiled text pattern. The four plain shapes are nearly all of what rules hold; glob is the general one.
type pattern struct {
	shape   shape
	cased   bool
	ascii   bool   // literal is ASCII
	literal string // of the plain shapes; folded unless cased
	glob    *glob
}

type shape uint8

const (
	whole    shape = iota // the text is the literal
	prefix                // it begins with it
	suffix                // it ends with it
	inside                // it holds it
	anything              // any text
	general               // glob decides
)

// compilePattern prepares tokens without placeholders.
func compilePattern(tokens rules.Pattern, cased bool) pattern {
	p := pattern{cased: cased}
	tokens = normalize(tokens, cased)
	start, end := tokens.StartsOpen(), tokens.EndsOpen()
	inner := tokens
	if start {
		inner = inner[1:]
	}
	if end && len(inner) > 0 {
		inner = inner[:len(inner)-1]
	}
	literal, plain := inner.Plain()
	switch {
	case !plain:
		p.shape, p.glob = general, compileGlob(tokens)
		return p
	case literal == "" && start:
		p.shape = anything
	case start && end:
		p.shape = inside
	case start:
		p.shape = suffix
	case end:
		p.shape = prefix
	}
	p.literal, p.ascii = literal, isASCII(literal)
	return p
}

// normalize joins neighbouring literals, drops repeated `*` and folds.
func normalize(tokens rules.Pattern, cased bool) rules.Pattern {
	out := make(rules.Pattern, 0, len(tokens))
	for _, t := range tokens {
		if t.Kind == rules.Literal && !cased {
			t.Text = fold(t.Text)
		}
		if n := len(out); n > 0 && out[n-1].Kind == t.Kind {
			switch t.Kind {
			case rules.AnyRun:
				continue
			case rules.Literal:
				out[n-1].Text += t.Text
				continue
			}
		}
		out = append(out, t)
	}
	return out
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// matches compares with the text of a scalar value.
func (p *pattern) matches(v *value) bool {
	if p.cased {
		return p.matchesText(v.text)
	}
	if p.ascii && !v.isFolded() {
		a := undecided
		switch p.shape {
		case whole:
			a = equalsASCII(v.text, p.literal)
		case prefix:
			a = beginsASCII(v.text, p.literal)
		case suffix:
			a = endsASCII(v.text, p.literal)
		}
		if a != undecided {
			return a == yes
		}
	}
	if p.shape == anything {
		return true
	}
	return p.matchesText(v.lower())
}

// matchesText compares with a text that is folded, unless case matters.
func (p *pattern) matchesText(text string) bool {
	switch p.shape {
	case whole:
		return text == p.literal
	case prefix:
		return strings.HasPrefix(text, p.literal)
	case suffix:
		return strings.HasSuffix(text, p.literal)
	case inside:
		return strings.Contains(text, p.literal)
	case anything:
		return true
	}
	return p.glob.matches(text)
}

// glob is a pattern cut at its `*`. Each segment covers a fixed number of characters, so the leftmost place of one is
// never a worse choice than a later one.
type glob struct {
	segments  []segment
	openStart bool
	openEnd   bool
	contained string // the longest literal: looking for it first spares nearly all the work
}

// segment is a run of pieces without `*`.
type segment struct {
	pieces     []rules.Token
	characters int
}

func compileGlob(tokens rules.Pattern) *glob {
	g := &glob{openStart: tokens.StartsOpen(), openEnd: tokens.EndsOpen()}
	var s segment
	for _, t := range tokens {
		if t.Kind == rules.Literal && len(t.Text) > len(g.contained) {
			g.contained = t.Text
		}
		if t.Kind == rules.AnyRun {
			if s.pieces != nil {
				g.segments = append(g.segments, s)
			}
			s = segment{}
			continue
		}
		s.pieces = append(s.pieces, t)
		if t.Kind == rules.Literal {
			s.characters += utf8.RuneCountInString(t.Text)
		} else {
			s.characters++
		}
	}
	if s.pieces != nil {
		g.segments = append(g.segments, s)
	}
	return g
}

func (g *glob) matches(text string) bool {
	if !strings.Contains(text, g.contained) {
		return false
	}
	segments := g.segments
	at := 0
	if !g.openStart {
		end := segments[0].at(text, 0)
		if end < 0 {
			return false
		}
		at, segments = end, segments[1:]
		if len(segments) == 0 {
			return g.openEnd || at == len(text)
		}
	}
	last := len(segments)
	if !g.openEnd {
		last--
	}
	for k := range segments[:last] {
		if at = segments[k].find(text, at); at < 0 {
			return false
		}
	}
	if g.openEnd {
		return true
	}
	final := &segments[last]
	start := len(text)
	for range final.characters {
		if start <= at {
			return false
		}
		_, n := utf8.DecodeLastRuneInString(text[at:start])
		start -= n
	}
	return final.at(text, start) == len(text)
}

// at is where the segment ends when it begins at a place, or -1.
func (s *segment) at(text string, at int) int {
	for i := range s.pieces {
		switch p := &s.pieces[i]; p.Kind {
		case rules.Literal:
			if !strings.HasPrefix(text[at:], p.Text) {
				return -1
			}
			at += len(p.Text)
		default:
			if at == len(text) {
				return -1
			}
			r, n := utf8.DecodeRuneInString(text[at:])
			if p.Kind == rules.Dash && !strings.ContainsRune(rules.DashCharacters, r) {
				return -1
			}
			at += n
		}
	}
	return at
}

// find is where the leftmost occurrence of the segment ends, or -1.
func (s *segment) find(text string, from int) int {
	first := &s.pieces[0]
	for from <= len(text) {
		if first.Kind == rules.Literal {
			i := strings.Index(text[from:], first.Text)
			if i < 0 {
				return -1
			}
			from += i
		}
		if end := s.at(text, from); end >= 0 {
			return end
		}
		if from == len(text) {
			return -1
		}
		_, n := utf8.DecodeRuneInString(text[from:])
		from += n
	}
	return -1
}

// anchoredNowhere opens a pattern on both sides: keywords occur anywhere in the raw message.
func anchoredNowhere(tokens rules.Pattern) rules.Pattern {
	out := make(rules.Pattern, 0, len(tokens)+2)
	out = append(out, rules.Token{Kind: rules.AnyRun})
	out = append(out, tokens...)
	return append(out, rules.Token{Kind: rules.AnyRun})
}
