package logic

import (
	"sort"

	"github.com/sigtune/sigtune/rules"
)

// search finds a text for the literals, or a set of them that none meets. It begins with the smallest demand alone and adds
// only literals that a text found so far does not meet: what has no part in the answer is never looked at, and cores come out small. Under
// odd, positive ordered literals stand for any odd spelling.
func (t *theory) search(literals []*literal, odd bool) fieldAnswer {
	s := fieldSearch{theory: t, space: t.space.field(literals[0].field), odd: odd}
	var waiting []*literal
	for _, l := range literals {
		switch {
		case l.union != nil:
			waiting = append(waiting, l)
		case l.allows()&isAbsent == 0:
			s.core = append(s.core, l) // what demands a text at all
		}
	}
	sort.SliceStable(waiting, func(i, j int) bool { return waiting[i].effort() < waiting[j].effort() })
	for _, l := range waiting {
		if !l.negated {
			s.active = []*literal{l}
			break
		}
	}
	for {
		result, text := s.run()
		switch result {
		case exhausted:
			return fieldAnswer{verdict: Unknown, reason: s.theory.meter.reason()}
		case empty:
			if s.doubt {
				return fieldAnswer{verdict: Unknown, reason: "no value of `" + literals[0].field + "` was found, and odd spellings could not be ruled out"}
			}
			return fieldAnswer{verdict: No, core: s.core}
		}
		missed := t.meets(waiting, text)
		switch {
		case missed == nil:
			return fieldAnswer{verdict: Yes, value: text}
		case s.narrow(missed, text):
		case !contains(s.active, missed):
			s.active = append(s.active, missed)
			if len(s.active) > patientLiterals {
				s.active = append([]*literal(nil), waiting...)
			}
		case len(s.active) < len(waiting):
			// Automata take odd spellings for granted that direct evaluation refuses. What else is asked may leave none.
			s.active = append([]*literal(nil), waiting...)
		case len(s.refused) == refusedTexts:
			return fieldAnswer{verdict: Unknown, reason: "no value of `" + literals[0].field + "` was found, and odd spellings could not be ruled out"}
		default:
			s.refused = append(s.refused, refusal{text, missed})
		}
	}
}

// patientLiterals is how many literals a search adds one by one before it takes all: then the answer is probably a text, and
// every run so far was in vain.
const patientLiterals = 6

// effort orders literals by how much they cost a search.
func (l *literal) effort() int {
	n := len(l.union.leaves) - len(l.excluded)
	if l.leaves()[0].test.Kind == rules.RegexTest {
		n += 100 // an expression costs about as much as a list of that length
	}
	return n
}

// narrow takes up only those members of an excluded list that exclude the text found. It reports false where the list is
// short, or has been asked too often.
func (s *fieldSearch) narrow(l *literal, text string) bool {
	if !l.negated || len(l.union.leaves) < excludedList {
		return false
	}
	n := s.narrowed[l]
	switch {
	case n == nil && contains(s.active, l):
		return false
	case n == nil:
		n = &narrowing{}
		if s.narrowed == nil {
			s.narrowed = map[*literal]*narrowing{}
		}
		s.narrowed[l] = n
		s.active = append(s.active, l)
	case n.whole:
		return false
	}
	if n.rounds++; n.rounds > patientRounds {
		n.whole = true
		return true
	}
	added := false
	subject := subject{text: text}
	l.live(func(_ int32, leaf *leaf) bool {
		if leaf.takes(&subject, s.theory.space.folding) && !containsLeaf(n.leaves, leaf) {
			n.leaves = append(n.leaves, leaf)
			added = true
		}
		return len(n.leaves) < excludedList
	})
	if !added { // as many as are taken up one by one, and still not the one that excludes this text
		n.whole = true
	}
	return true
}

// narrowing is the members of an excluded list that a search has met.
type narrowing struct {
	leaves []*leaf
	rounds int
	whole  bool // so many that the search took the whole list
}

// A list of fewer members is taken whole, and so is one that excluded as many texts. Both are taste: most proofs need one member.
const (
	excludedList  = 8
	patientRounds = 8
)

func containsLeaf(list []*leaf, l *leaf) bool {
	for _, x := range list {
		if x == l {
			return true
		}
	}
	return false
}

// unionOf is what the search takes of a literal.
func (s *fieldSearch) unionOf(l *literal) (*union, map[int32]bool) {
	if n := s.narrowed[l]; n != nil && !n.whole {
		part := s.theory.literals.merged(&group{field: l.field, leaves: n.leaves}, true)
		return part.union, nil
	}
	return l.union, l.excluded
}

// contradiction is a list that is demanded and excluded word for word, or nil.
func (t *theory) contradiction(literals []*literal) []*literal {
	var positives, negatives, core []*literal
	for _, l := range literals {
		if l.negated {
			negatives = append(negatives, l)
		} else {
			positives = append(positives, l)
		}
	}
	t.eachWithin(positives, negatives, func(p, n *literal) bool {
		core = []*literal{p, n}
		return false
	})
	return core
}

// refusedTexts is how many texts a search may refuse one by one because direct evaluation does. Only odd spellings of addresses
// and numbers need any.
const refusedTexts = 16

// refusal is a text that a literal does not take, whatever its automaton says.
type refusal struct {
	text string
	by   *literal
}

// fieldSearch is one search on one field.
type fieldSearch struct {
	theory   *theory
	space    *fieldSpace
	odd      bool
	active   []*literal
	narrowed map[*literal]*narrowing // long excluded lists, as far as they have been met
	refused  []refusal
	core     []*literal // after an empty run: what it rests on; before: what demands a text at all
	doubt    bool       // after an empty run: a refused text had look-alikes that were refused with it
}

// run searches the product of the active literals.
func (s *fieldSearch) run() (outcome, string) {
	f := s.space
	oddly := map[*literal]*regexProgram{}
	for _, l := range s.active {
		f.build(s.unionOf(l))
		if s.odd && l.kind == orderedLeaf && !l.negated {
			oddly[l] = newRegexProgram(f.meter, oddProgram(l), f.alphabet)
		}
	}
	if f.meter.exhausted() || !f.settle() {
		return exhausted, ""
	}
	p := product{alphabet: f.alphabet, meter: f.meter}
	core := append([]*literal(nil), s.core...)
	var negative []*literal
	for _, l := range s.active {
		switch {
		case oddly[l] != nil:
			p.positives = append(p.positives, newRegexAutomaton(f.meter, oddly[l]))
			core = append(core, l)
		case l.negated:
			p.negatives = append(p.negatives, f.automaton(s.unionOf(l)))
			negative = append(negative, l)
		default:
			p.positives = append(p.positives, f.automaton(s.unionOf(l)))
			core = append(core, l)
		}
	}
	for _, r := range s.refused {
		classes := f.alphabet.spell(r.text)
		s.doubt = s.doubt || !f.alphabet.spellsOne(classes)
		p.negatives = append(p.negatives, &exactWord{classes})
	}
	result, classes := p.run()
	if result == found {
		return found, f.alphabet.text(classes)
	}
	for i, l := range negative {
		if p.blocking[i] {
			core = append(core, l)
		}
	}
	for _, r := range s.refused {
		if !contains(core, r.by) {
			core = append(core, r.by)
		}
	}
	s.core = core
	return result, ""
}

func contains(list []*literal, l *literal) bool {
	for _, x := range list {
		if x == l {
			return true
		}
	}
	return false
}

// exactWord accepts one word of classes.
type exactWord struct{ classes []int32 }

// States count the classes read, shifted beyond the two that all automata share.
func (w *exactWord) start() int32 { return universal + 1 }

func (w *exactWord) next(s int32, class int) int32 {
	if at := int(s - universal - 1); s <= universal || at >= len(w.classes) || w.classes[at] != int32(class) {
		return dead
	}
	return s + 1
}

func (w *exactWord) accepts(s int32) bool { return int(s-universal-1) == len(w.classes) }

func (w *exactWord) distance(s int32) int32 {
	if s == dead {
		return far
	}
	return int32(len(w.classes)) - (s - universal - 1)
}
