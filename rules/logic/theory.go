package logic

import (
	"encoding/binary"
	"sort"

	"github.com/sigtune/sigtune/rules"
)

// absentValue stands for a field that is not there.
type absentValue struct{}

// fieldAnswer says whether one field can meet a set of literals.
type fieldAnswer struct {
	verdict Verdict
	value   any        // Yes: absentValue, nil, a text or a list of texts
	core    []*literal // No: a minimal set that cannot hold together
	list    bool       // Yes: only a list of values can do it
	scalar  bool       // No: it would be possible if the field could hold a list
	reason  string     // Unknown
}

// theory decides what single fields can hold. Answers are remembered by the set of literals.
type theory struct {
	space    *space
	literals *literals
	lists    func(field string) bool
	platform string
	noGuess  bool // tests: search even where a guess would do
	known    map[string]fieldAnswer
	budget   *int
}

// presence is the states of a field that a literal allows.
type presence uint8

const (
	isAbsent presence = 1 << iota
	isNull
	isText
	anyPresence = isAbsent | isNull | isText
)

func (l *literal) allows() presence {
	p := anyPresence
	switch l.kind {
	case nullLeaf:
		p = isAbsent | isNull
	case existsLeaf:
		p = isNull | isText
	case absentLeaf:
		p = isAbsent
	case textLeaf, orderedLeaf:
		if !l.negated {
			return isText
		}
		return anyPresence
	case opaqueLeaf:
		return anyPresence
	}
	if l.negated {
		p = anyPresence &^ p
	}
	return p
}

// decide answers for literals of one field.
func (t *theory) decide(literals []*literal) fieldAnswer {
	sort.Slice(literals, func(i, j int) bool { return literals[i].id < literals[j].id })
	var key []byte
	for _, l := range literals {
		key = binary.LittleEndian.AppendUint32(key, uint32(l.id))
	}
	if a, ok := t.known[string(key)]; ok {
		return a
	}
	a := t.compute(literals)
	if a.verdict != Unknown {
		t.known[string(key)] = a
	}
	return a
}

func (t *theory) compute(literals []*literal) fieldAnswer {
	if literals[0].kind == opaqueLeaf {
		return decideOpaque(literals)
	}
	allowed := anyPresence
	for _, l := range literals {
		allowed &= l.allows()
	}
	if allowed == 0 {
		return fieldAnswer{verdict: No, core: minimal(literals, func(rest []*literal) bool {
			p := anyPresence
			for _, l := range rest {
				p &= l.allows()
			}
			return p == 0
		})}
	}
	demands := false
	for _, l := range literals {
		demands = demands || l.allows()&isAbsent == 0 && l.allows()&isText != 0
	}
	switch {
	case allowed&isAbsent != 0:
		return fieldAnswer{verdict: Yes, value: absentValue{}}
	case allowed&isNull != 0 && (allowed&isText == 0 || !demands):
		return fieldAnswer{verdict: Yes, value: nil}
	}
	a := t.text(literals)
	if a.verdict == No && allowed&isNull != 0 {
		return fieldAnswer{verdict: Yes, value: nil}
	}
	if a.verdict == No {
		a = t.shrink(literals, a)
	}
	return a
}

// decideOpaque: an opaque test can hold or fail, but not both.
func decideOpaque(literals []*literal) fieldAnswer {
	for _, a := range literals {
		for _, b := range literals {
			if !a.negated && b.negated {
				return fieldAnswer{verdict: No, core: []*literal{a, b}}
			}
		}
	}
	return fieldAnswer{verdict: Yes, value: absentValue{}}
}

// shrink makes the core of a refusal minimal.
func (t *theory) shrink(literals []*literal, a fieldAnswer) fieldAnswer {
	scalar := a.scalar
	a.core = minimal(a.core, func(rest []*literal) bool {
		b := t.absentOrText(rest)
		return b.verdict == No
	})
	sort.Slice(a.core, func(i, j int) bool { return a.core[i].id < a.core[j].id })
	a.scalar = scalar && t.listWouldDo(a.core)
	return a
}

// absentOrText decides a subset: without a demand for presence the field may be absent.
func (t *theory) absentOrText(literals []*literal) fieldAnswer {
	allowed := anyPresence
	for _, l := range literals {
		allowed &= l.allows()
	}
	if allowed&(isAbsent|isNull) != 0 {
		return fieldAnswer{verdict: Yes}
	}
	return t.text(literals)
}

// minimal drops literals while the rest is still refused.
func minimal(literals []*literal, refused func([]*literal) bool) []*literal {
	core := append([]*literal(nil), literals...)
	for i := 0; i < len(core) && len(core) > 1; {
		rest := append(append([]*literal(nil), core[:i]...), core[i+1:]...)
		if refused(rest) {
			core = rest
		} else {
			i++
		}
	}
	return core
}

// text looks for a text, or a list of texts where the field can hold one.
func (t *theory) text(literals []*literal) fieldAnswer {
	a := t.oneText(literals)
	if a.verdict != No || !t.isList(literals[0].field) {
		a.scalar = a.verdict == No
		return a
	}
	// Any element may meet a positive literal; no element may meet what is negated, and all keep to the axioms.
	var positives, negatives []*literal
	for _, l := range literals {
		if l.negated || l.union == nil || l.axiom() {
			negatives = append(negatives, l) // for every element
		} else {
			positives = append(positives, l)
		}
	}
	if len(positives) < 2 {
		return a
	}
	var values []string
	for _, p := range positives {
		b := t.oneText(append([]*literal{p}, negatives...))
		if b.verdict != Yes {
			return b
		}
		values = append(values, b.value.(string))
	}
	return fieldAnswer{verdict: Yes, value: values, list: true}
}

func (t *theory) isList(field string) bool {
	return field == "" || t.lists != nil && t.lists(field)
}

// listWouldDo reports that a refusal rests on the field holding one value only.
func (t *theory) listWouldDo(core []*literal) bool {
	positives := 0
	for _, l := range core {
		if !l.negated && l.union != nil && !l.axiom() {
			positives++
		}
	}
	return positives > 1
}

// oneText looks for one text that meets all literals: by a guess, among plainly spelled texts, among oddly spelled ones.
func (t *theory) oneText(literals []*literal) fieldAnswer {
	if core := contradiction(literals); core != nil {
		return fieldAnswer{verdict: No, core: core}
	}
	points, refused := t.ordered(literals)
	if refused != nil {
		return fieldAnswer{verdict: No, core: refused}
	}
	guesses := points
	if !t.noGuess {
		guesses = append(guesses, t.guesses(literals)...)
	}
	for _, s := range guesses {
		if meets(literals, s, t.space.folding) == nil {
			return fieldAnswer{verdict: Yes, value: s}
		}
	}
	a := t.search(literals, false)
	if a.verdict != No || len(points) == 0 {
		return a
	}
	b := t.search(literals, true)
	if b.verdict == No {
		for _, l := range a.core {
			if !contains(b.core, l) {
				b.core = append(b.core, l)
			}
		}
	}
	return b
}

// blockedTexts is how many texts a search may refuse one by one because direct evaluation does. Only odd spellings of addresses
// and numbers need any.
const blockedTexts = 16

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
			return fieldAnswer{verdict: Unknown, reason: tooLarge}
		case empty:
			if s.doubt {
				return fieldAnswer{verdict: Unknown, reason: "no value of `" + literals[0].field + "` was found, and odd spellings could not be ruled out"}
			}
			return fieldAnswer{verdict: No, core: s.core}
		}
		missed := meets(waiting, text, t.space.folding)
		switch {
		case missed == nil:
			return fieldAnswer{verdict: Yes, value: text}
		case s.narrow(missed, text):
		case !contains(s.active, missed):
			s.active = append(s.active, missed)
			if len(s.active) > patientLiterals {
				s.active = append([]*literal(nil), waiting...)
			}
		case len(s.refused) == refusedTexts:
			return fieldAnswer{verdict: Unknown, reason: "no value of `" + literals[0].field + "` was found, and odd spellings could not be ruled out"}
		default:
			// Automata take odd spellings for granted that direct evaluation refuses.
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
	return added
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
func contradiction(literals []*literal) []*literal {
	for _, p := range literals {
		for _, n := range literals {
			if !p.negated && n.negated && p.within(n) {
				return []*literal{p, n}
			}
		}
	}
	return nil
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
			oddly[l] = newRegexProgram(oddProgram(l), f.alphabet)
		}
	}
	f.settle()
	p := product{alphabet: f.alphabet, budget: s.theory.budget}
	core := append([]*literal(nil), s.core...)
	var negative []*literal
	for _, l := range s.active {
		switch {
		case oddly[l] != nil:
			p.positives = append(p.positives, newRegexAutomaton(oddly[l]))
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
