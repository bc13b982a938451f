package match

import (
	"math"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// need is a condition that events must meet for a part of a rule to hold: at least one atom is there. Bits say how rarely that is so. A need of zero
// bits is none: nothing is known, or the part holds for events that lack things.
type need struct {
	atoms []atom
	bits  float64
}

// atom is something that an event holds.
type atom struct {
	kind   atomKind
	field  string // empty: any text that keywords are searched in
	text   string // folded
	number decimal
}

type atomKind uint8

const (
	presentAtom atomKind = iota // the field is there
	wholeAtom                   // a value is the text
	numberAtom                  // a value is the number, or its text
	prefixAtom                  // a value begins with the text
	suffixAtom
	insideAtom
)

// Bits of what is asked for. They only decide which of several needs is looked up, never what matches. An atom of text has more the longer it is; whole
// values and ends are rarer than texts anywhere, beginnings are shared (C:\Windows\). Numbers are mostly event ids, of which a log has some tens.
const (
	bitsPresent   = 0.5
	bitsLetter    = 1.0
	bitsSign      = 3.0 // a character that words, paths and numbers do not have
	bitsAnchored  = 2.0
	shareOfPrefix = 0.3
	bitsNumber    = 3.0
	mostBits      = 12.0
	// bitsUnshared are those of being asked for by one rule of all instead of by every one: what many rules name (powershell.exe), many events hold.
	// Measured on the published rules: with it a recorded event has a third of the candidates.
	bitsUnshared = 1.5
)

// rarity tells how rare atoms are among the rules of a set.
type rarity struct {
	rules  int
	shared map[atom]int // how many ask for an atom
}

// count counts what a matcher asks for.
func (x *rarity) count(m *Matcher) {
	x.rules++
	seen := map[atom]bool{}
	note := &weigher{note: func(a atom) { seen[a] = true }}
	note.matcher(m)
	for a := range seen {
		x.shared[a]++
	}
}

func (x *rarity) bits(a atom) float64 {
	if a.kind == presentAtom {
		return bitsPresent
	}
	return a.bits() + bitsUnshared*math.Log2(float64(x.rules)/float64(max(1, x.shared[a])))
}

func (a atom) bits() float64 {
	n := 0.0
	for i := range len(a.text) {
		if c := a.text[i]; 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte(` .:\/-_`, c) >= 0 {
			n += bitsLetter
		} else {
			n += bitsSign
		}
	}
	switch a.kind {
	case numberAtom:
		return bitsNumber
	case prefixAtom:
		return min(n*shareOfPrefix, mostBits)
	case insideAtom:
		return min(n, mostBits)
	}
	return min(n+bitsAnchored, mostBits)
}

// weigher finds needs. Every atom it meets is noted; without a rarity that is all it does.
type weigher struct {
	rarity *rarity
	note   func(atom)
}

func (w *weigher) single(a atom) need {
	if w.note != nil {
		w.note(a)
		return need{[]atom{a}, bitsPresent}
	}
	return need{[]atom{a}, w.rarity.bits(a)}
}

// either is what is needed when any of several parts must hold.
func either(parts []need) need {
	out, share := need{}, 0.0
	for _, p := range parts {
		if p.bits == 0 {
			return need{}
		}
		out.atoms = append(out.atoms, p.atoms...)
		share += math.Exp2(-p.bits)
	}
	if share < 1 {
		out.bits = -math.Log2(share)
	} else {
		out.bits = math.SmallestNonzeroFloat64 // it is a need all the same
	}
	if len(out.atoms) == 0 {
		return need{} // nothing can hold; the matcher may say so itself
	}
	return out
}

// best is the rarest of needs that all have to be met.
func best(parts []need) need {
	out := need{}
	for _, p := range parts {
		if p.bits > out.bits {
			out = p
		}
	}
	return out
}

func each[T any](list []T, of func(T) need) []need {
	out := make([]need, len(list))
	for i, x := range list {
		out[i] = of(x)
	}
	return out
}

// matcher is what an event must hold for a matcher to match.
func (w *weigher) matcher(m *Matcher) need {
	return best(each(m.scopes, func(s *scope) need { return either(each(s.conditions, w.expr)) }))
}

func (w *weigher) expr(x *expr) need {
	switch x.op {
	case rules.And:
		return best(each(x.args, w.expr))
	case rules.Or:
		return either(each(x.args, w.expr))
	case rules.Not:
		return need{}
	}
	of := each(x.selected, func(d *detection) need { return w.block(d.block) })
	if x.all {
		return best(of)
	}
	return either(of)
}

func (w *weigher) block(b *block) need {
	if b.list {
		return either(each(b.alternatives, w.block))
	}
	return best(each(b.items, w.item))
}

func (w *weigher) item(i *item) need {
	if i.negated {
		return need{}
	}
	of := each(i.tests, func(t *test) need { return w.test(t, i) })
	if i.all {
		return best(of)
	}
	return either(of)
}

func (w *weigher) test(t *test, i *item) need {
	field := i.field.name
	switch t.kind {
	case rules.NullTest:
		return need{}
	case rules.ExistsTest:
		if !t.source.Bool {
			return need{}
		}
	case rules.TextTest:
		of := make([]need, len(t.patterns))
		for k := range t.patterns {
			of[k] = w.pattern(&t.patterns[k], i)
		}
		return either(of)
	case rules.NumberTest:
		if !i.keyword {
			return w.single(atom{kind: numberAtom, field: field, text: t.spelled, number: t.number})
		}
	case rules.BoolTest:
		if !i.keyword {
			return w.single(atom{kind: wholeAtom, field: field, text: spellBool(t.source.Bool)})
		}
	case rules.RegexTest:
		of := each(t.guard, func(group []string) need {
			return either(each(group, func(text string) need { return w.single(atom{kind: insideAtom, field: field, text: text}) }))
		})
		if n := best(of); n.bits > 0 {
			return n
		}
	}
	if i.keyword {
		return need{}
	}
	return w.single(atom{kind: presentAtom, field: field})
}

var plainAtoms = map[shape]atomKind{whole: wholeAtom, prefix: prefixAtom, suffix: suffixAtom, inside: insideAtom}

func (w *weigher) pattern(p *pattern, i *item) need {
	literal, kind, plain := p.literal, insideAtom, false
	switch p.shape {
	case anything:
	case general:
		literal = p.glob.contained
	default:
		kind, plain = plainAtoms[p.shape], true
	}
	if p.cased {
		literal = fold(literal)
	}
	if i.keyword {
		if kind != insideAtom || literal == "" {
			return need{}
		}
		return w.single(atom{kind: insideAtom, text: literal})
	}
	if literal == "" && !(plain && kind == wholeAtom) {
		return w.single(atom{kind: presentAtom, field: i.field.name})
	}
	return w.single(atom{kind: kind, field: i.field.name, text: literal})
}
