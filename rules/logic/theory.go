package logic

import (
	"encoding/binary"
	"sort"
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

// search explores the product of all automata. Under odd, positive ordered literals stand for any odd spelling.
func (t *theory) search(literals []*literal, odd bool) fieldAnswer {
	f := t.space.field(literals[0].field)
	oddly := map[*literal]*regexProgram{}
	for _, l := range literals {
		if l.union != nil {
			f.build(l.union)
		}
		if odd && l.kind == orderedLeaf && !l.negated {
			oddly[l] = newRegexProgram(oddProgram(l), f.alphabet)
		}
	}
	f.settle()
	p := product{alphabet: f.alphabet, budget: t.budget}
	var core, negative []*literal
	for _, l := range literals {
		switch {
		case l.union == nil:
			if l.allows()&isAbsent == 0 {
				core = append(core, l) // what demands a text at all
			}
		case oddly[l] != nil:
			p.positives = append(p.positives, newRegexAutomaton(oddly[l]))
			core = append(core, l)
		case l.negated:
			p.negatives = append(p.negatives, f.automaton(l.union, l.excluded))
			negative = append(negative, l)
		default:
			p.positives = append(p.positives, f.automaton(l.union, l.excluded))
			core = append(core, l)
		}
	}
	refusing := map[*literal]bool{}
	certain := true
	unsure := func() fieldAnswer {
		return fieldAnswer{verdict: Unknown, reason: "no value of `" + literals[0].field + "` was found, and odd spellings could not be ruled out"}
	}
	for range blockedTexts {
		result, classes := p.run()
		switch {
		case result == exhausted:
			return fieldAnswer{verdict: Unknown, reason: tooLarge}
		case result == empty && !certain:
			return unsure()
		case result == empty:
			for _, l := range literals {
				if refusing[l] && !contains(core, l) {
					core = append(core, l)
				}
			}
			for i, l := range negative {
				if p.blocking[i] && !refusing[l] {
					core = append(core, l)
				}
			}
			return fieldAnswer{verdict: No, core: core}
		}
		s := f.alphabet.text(classes)
		l := meets(literals, s, t.space.folding)
		if l == nil {
			return fieldAnswer{verdict: Yes, value: s}
		}
		refusing[l] = true
		certain = certain && f.alphabet.spellsOne(classes)
		p = product{alphabet: p.alphabet, positives: p.positives, negatives: append(p.negatives, exactly(classes)), budget: p.budget}
	}
	return unsure()
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

func exactly(classes []int32) automaton {
	return &exactWord{append([]int32(nil), classes...)}
}

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
