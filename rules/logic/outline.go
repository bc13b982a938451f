package logic

import (
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
)

// Outline is what a Ruleset keeps of a rule: an event that the rule matches, the characters that all its events have, and its tests in a form
// that is evaluated quickly and holds nothing of the rule's text. So thousands of rules are compared while none of them is in memory. It is
// immutable and safe for several goroutines.
type Outline struct {
	places []any // what fieldKey gives: of each field, or opaque test, of the rule
	body   *clause
	cast   []fieldValue // by place, of an event that the rule matches; nil when none was found
	folded []string     // by place, the texts of the event without regard to case
	needs  []fieldNeed  // of which every event that the rule matches has one
	needed bool
}

// clause is a node of an outline.
type clause struct {
	op       operator
	args     []clause
	place    int32     // of a leaf, in places
	kind     leafKind  // of a leaf
	patterns []pattern // of a leaf made of patterns, of which one must cover the text
	leaf     *leaf     // of other leaves that look at a text: a copy that holds nothing of the rule
}

// Outline of the rule. It takes over an event that an earlier question has found.
func (a *Analysis) Outline() *Outline {
	if a.Rule.Detection.Evaluable() != nil {
		return &Outline{}
	}
	s := a.sheet
	o := &Outline{places: make([]any, len(s.fields))}
	for key, i := range s.byName {
		o.places[i] = key
	}
	body := a.clause(0)
	o.body = &body
	cast := a.example
	if cast == nil && !a.exhausted() {
		if made, ok := a.trial.event([]int32{0}, false); ok {
			cast = made
		}
		a.last.node = -1
	}
	if cast == nil {
		// The options of the analysis may let fields hold several values, which a cast cannot say.
		if answer := NewProver(Options{Platform: a.options.Platform}).Satisfiable(a.formula); answer.Verdict == Yes {
			cast, _ = s.fromEvent(answer.Witness)
		}
	}
	if cast != nil {
		o.cast = append([]fieldValue(nil), cast...)
		o.folded = make([]string, len(cast))
		for i := range o.cast {
			v := &o.cast[i]
			if !utf8.ValidString(v.text) {
				v.text = string([]rune(v.text)) // as tests read it
			}
			o.folded[i] = folded(v.text)
		}
	}
	o.needs, o.needed = a.formula.needs(false)
	return o
}

// clause is a node of the sheet in short. Tests of text on one field that are joined by OR become one.
func (a *Analysis) clause(id int32) clause {
	n := &a.sheet.nodes[id]
	c := clause{op: n.op}
	if n.op == opLeaf {
		l := a.sheet.leaves[n.leaf]
		c.kind, c.place = l.kind, a.sheet.field(l)
		switch {
		case l.kind == textLeaf && l.test.Kind != rules.RegexTest && l.test.Kind != rules.TimeTest:
			for _, w := range l.words {
				c.patterns = append(c.patterns, w.pattern())
			}
		case l.kind == textLeaf || l.kind == orderedLeaf:
			t := *l.test
			t.Value = nil
			c.leaf = &leaf{kind: l.kind, test: &t}
		}
		return c
	}
	for _, arg := range n.args {
		b := a.clause(arg)
		if k := len(c.args) - 1; n.op == opOr && k >= 0 && b.patterns != nil && c.args[k].patterns != nil && b.place == c.args[k].place {
			c.args[k].patterns = append(c.args[k].patterns, b.patterns...)
			continue
		}
		c.args = append(c.args, b)
	}
	return c
}

// stage is an event on which outlines are evaluated. Its places are those of all outlines together.
type stage struct {
	values []fieldValue
	folded []string
}

// holds evaluates an outline on an event, under Unicode folding as a sheet does. at translates its places into those of the stage.
func (c *clause) holds(e *stage, at []int32) bool {
	switch c.op {
	case opTrue, opFalse:
		return c.op == opTrue
	case opNot:
		return !c.args[0].holds(e, at)
	case opAnd, opOr:
		for i := range c.args {
			if c.args[i].holds(e, at) == (c.op == opOr) {
				return c.op == opOr
			}
		}
		return c.op == opAnd
	}
	v := &e.values[at[c.place]]
	switch {
	case v.presence != isText || c.kind == opaqueLeaf:
		return (&leaf{kind: c.kind}).holdsWithout(*v)
	case c.kind == nullLeaf || c.kind == absentLeaf:
		return false
	case c.kind == existsLeaf:
		return true
	case c.leaf != nil:
		return c.leaf.holdsFor(v.text, UnicodeFolding)
	}
	folded := e.folded[at[c.place]]
	for i := range c.patterns {
		if c.patterns[i].covers(v.text, folded) {
			return true
		}
	}
	return false
}

// pattern is a word written as bytes, in the folding that is needed, its wildcards as bytes that no text has.
type pattern struct {
	text  string
	shape patternShape
	cased bool
}

type patternShape uint8

const (
	wholeText patternShape = iota
	startOfText
	endOfText
	partOfText
	mixedText // wildcards in between
)

// The wildcards of a mixed pattern: bytes that are never part of a text in UTF-8.
const (
	runByte  = 0xff
	oneByte  = 0xfe
	dashByte = 0xfd
)

func (w word) pattern() pattern {
	text := make([]byte, 0, len(w.glyphs))
	wild := 0
	for _, g := range w.glyphs {
		switch {
		case g.kind == anyRun:
			text = append(text, runByte)
		case g.kind == anyOne:
			text = append(text, oneByte)
			wild++
		case g.kind == anyDash:
			text = append(text, dashByte)
			wild++
		case w.cased:
			text = utf8.AppendRune(text, g.r)
		default:
			text = utf8.AppendRune(text, UnicodeFolding.canonical(g.r))
		}
	}
	p := pattern{cased: w.cased, shape: mixedText}
	first, last := 0, len(text)
	for first < last && text[first] == runByte {
		first++
	}
	for last > first && text[last-1] == runByte {
		last--
	}
	if inner := string(text[first:last]); wild == 0 && strings.IndexByte(inner, runByte) < 0 {
		switch open, close := first > 0, last < len(text); {
		case open && close, open && inner == "":
			p.shape = partOfText
		case open:
			p.shape = endOfText
		case close:
			p.shape = startOfText
		default:
			p.shape = wholeText
		}
		p.text = inner
		return p
	}
	p.text = string(text)
	return p
}

// covers is what word.covers says under Unicode folding, of a text that is given as it stands and folded.
func (p *pattern) covers(text, folded string) bool {
	s := folded
	if p.cased {
		s = text
	}
	switch p.shape {
	case wholeText:
		return s == p.text
	case startOfText:
		return strings.HasPrefix(s, p.text)
	case endOfText:
		return strings.HasSuffix(s, p.text)
	case partOfText:
		return strings.Contains(s, p.text)
	}
	return globs(p.text, s)
}

// globs matches a mixed pattern. It backtracks to the last `*` only, as word.covers does.
func globs(pattern, text string) bool {
	p, t := 0, 0
	star, mark := -1, 0
	for t < len(text) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == runByte:
				p++
				star, mark = p, t
				continue
			case c == oneByte || c == dashByte:
				r, n := utf8.DecodeRuneInString(text[t:])
				if c == oneByte || isDash(r) {
					p++
					t += n
					continue
				}
			case c == text[t]:
				p++
				t++
				continue
			}
		}
		if star < 0 {
			return false
		}
		_, n := utf8.DecodeRuneInString(text[mark:])
		mark += n
		p, t = star, mark
	}
	for p < len(pattern) && pattern[p] == runByte {
		p++
	}
	return p == len(pattern)
}

// folded is a text with every character as Unicode folding takes it.
func folded(text string) string {
	plain := true
	for i := 0; i < len(text) && plain; i++ {
		plain = text[i] < utf8.RuneSelf && (text[i] < 'A' || text[i] > 'Z')
	}
	if plain {
		return text
	}
	return strings.Map(UnicodeFolding.canonical, text)
}
