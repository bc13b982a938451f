package logic

import (
	"unicode"

	"github.com/sigtune/sigtune/rules"
)

// Folding says which characters a comparison that ignores case takes as equal.
type Folding uint8

// The ways to fold. Back-ends differ; BothFoldings asks for answers that hold either way.
const (
	BothFoldings   Folding = iota
	UnicodeFolding         // simple folding, one code point to one: `K` (kelvin sign) equals `k`
	ASCIIFolding           // only a to z
)

// canonical is the same rune for all runes that are equal under the folding.
func (f Folding) canonical(r rune) rune {
	if f == ASCIIFolding || r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	low := r
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		low = min(low, o)
	}
	if 'A' <= low && low <= 'Z' {
		low += 'a' - 'A'
	}
	return low
}

// orbit is every rune that equals r under the folding, r first.
func (f Folding) orbit(r rune) []rune {
	out := []rune{r}
	if f == ASCIIFolding {
		switch {
		case 'A' <= r && r <= 'Z':
			out = append(out, r+'a'-'A')
		case 'a' <= r && r <= 'z':
			out = append(out, r-'a'+'A')
		}
		return out
	}
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		out = append(out, o)
	}
	return out
}

// glyph is one step of a text pattern.
type glyph struct {
	kind   glyphKind
	r      rune       // of one
	folded foldedRune // r by Folding
}

// foldedRune is a rune under either folding.
type foldedRune struct{ unicode, ascii rune }

func (r foldedRune) under(f Folding) rune {
	if f == ASCIIFolding {
		return r.ascii
	}
	return r.unicode
}

type glyphKind uint8

const (
	one     glyphKind = iota // the rune r, with its case variants unless the pattern is cased
	anyOne                   // `?`
	anyRun                   // `*`
	anyDash                  // what windash lets a dash stand for
)

// word is a pattern of glyphs.
type word struct {
	glyphs []glyph
	cased  bool
}

func newWord(p rules.Pattern, cased bool) word {
	w := word{cased: cased}
	size := 0
	for _, t := range p {
		if t.Kind == rules.Literal {
			size += len(t.Text)
		} else {
			size++
		}
	}
	w.glyphs = make([]glyph, 0, size)
	for _, t := range p {
		switch t.Kind {
		case rules.AnyRun:
			if n := len(w.glyphs); n == 0 || w.glyphs[n-1].kind != anyRun {
				w.glyphs = append(w.glyphs, glyph{kind: anyRun})
			}
		case rules.AnyOne:
			w.glyphs = append(w.glyphs, glyph{kind: anyOne})
		case rules.Dash:
			w.glyphs = append(w.glyphs, glyph{kind: anyDash, r: firstRune(t.Text)})
		default:
			for _, r := range t.Text {
				w.glyphs = append(w.glyphs, newGlyph(r))
			}
		}
	}
	return w
}

func newGlyph(r rune) glyph {
	return glyph{kind: one, r: r, folded: foldedRune{UnicodeFolding.canonical(r), ASCIIFolding.canonical(r)}}
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// plainWord is a text as it stands, case and all.
func plainWord(text string, cased bool) word {
	return newWord(rules.Pattern{{Kind: rules.Literal, Text: text}}, cased)
}

// open adds a `*` on both sides.
func (w word) open() word {
	star := glyph{kind: anyRun}
	out := word{cased: w.cased}
	if len(w.glyphs) == 0 || w.glyphs[0].kind != anyRun {
		out.glyphs = append(out.glyphs, star)
	}
	out.glyphs = append(out.glyphs, w.glyphs...)
	if out.glyphs[len(out.glyphs)-1].kind != anyRun {
		out.glyphs = append(out.glyphs, star)
	}
	return out
}

// covers is the direct evaluator: does the pattern cover the whole text? It backtracks to the last `*` only, which
// is enough because a later star can always start earlier.
func (w *word) covers(text []rune, f Folding) bool {
	// Most comparisons are decided by the end of the text: values are exact or endings.
	glyphs := w.glyphs
	for n := len(glyphs); n > 0 && glyphs[n-1].kind != anyRun; n = len(glyphs) {
		last := len(text) - 1
		if last < 0 || !w.takes(&glyphs[n-1], text[last], f) {
			return false
		}
		glyphs, text = glyphs[:n-1], text[:last]
	}
	if len(glyphs) == 0 {
		return len(text) == 0
	}
	p, t := 0, 0
	star, mark := -1, 0
	for t < len(text) {
		switch {
		case glyphs[p].kind == anyRun:
			if p++; p == len(glyphs) {
				return true
			}
			star = p
			t = w.skip(&glyphs[p], text, t, f)
			mark = t
		case w.takes(&glyphs[p], text[t], f):
			p++
			t++
		case star >= 0:
			mark = w.skip(&glyphs[star], text, mark+1, f)
			p, t = star, mark
		default:
			return false
		}
	}
	for p < len(glyphs) && glyphs[p].kind == anyRun {
		p++
	}
	return p == len(glyphs)
}

// skip goes on to the next rune that a glyph may take. Most of the time of a long text is spent here.
func (w *word) skip(g *glyph, text []rune, t int, f Folding) int {
	if g.kind != one || g.r >= 0x80 {
		return t
	}
	low, high := g.r, g.r
	if folded := g.folded.under(f); !w.cased && 'a' <= folded && folded <= 'z' {
		low, high = folded, folded-'a'+'A'
	}
	for t < len(text) && text[t] != low && text[t] != high && text[t] < 0x80 {
		t++
	}
	return t
}

func (w *word) takes(g *glyph, r rune, f Folding) bool {
	switch {
	case g.kind == one:
		return g.r == r || !w.cased && g.folded.under(f) == f.canonical(r)
	case g.kind == anyDash:
		return isDash(r)
	}
	return true
}

func isDash(r rune) bool {
	for _, d := range rules.DashCharacters {
		if d == r {
			return true
		}
	}
	return false
}
