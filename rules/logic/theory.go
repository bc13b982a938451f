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
	case textLeaf, oracleLeaf:
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
	// Any element may meet a positive literal; no element may meet what is negated.
	var positives, negatives []*literal
	for _, l := range literals {
		if l.negated || l.kind != textLeaf && l.kind != oracleLeaf {
			negatives = append(negatives, l)
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
		if !l.negated && (l.kind == textLeaf || l.kind == oracleLeaf) {
			positives++
		}
	}
	return positives > 1
}

// blockedTexts is how many texts a search may refuse one by one because a direct evaluation says so. Only tests that automata do
// not express exactly (IPv6 networks, odd spellings of numbers) need any.
const blockedTexts = 16

// oneText looks for one text that meets all literals.
func (t *theory) oneText(literals []*literal) fieldAnswer {
	fits := func(s string) *literal {
		for _, l := range literals {
			if (l.kind == textLeaf || l.kind == oracleLeaf) && !l.holdsFor(s, t.space.folding) {
				return l
			}
		}
		return nil
	}
	if !t.noGuess {
		for _, s := range t.guesses(literals) {
			if fits(s) == nil {
				return fieldAnswer{verdict: Yes, value: s}
			}
		}
	}
	f := t.space.field(literals[0].field)
	var searched []*literal
	for _, l := range literals {
		if l.kind == textLeaf {
			f.build(l.union)
			searched = append(searched, l)
		}
	}
	f.settle()
	p := product{alphabet: f.alphabet, budget: t.budget}
	var positive, negative []*literal
	for _, l := range searched {
		if a := f.automaton(l.union, l.excluded); l.negated {
			p.negatives = append(p.negatives, a)
			negative = append(negative, l)
		} else {
			p.positives = append(p.positives, a)
			positive = append(positive, l)
		}
	}
	core := append([]*literal(nil), positive...)
	for _, l := range literals {
		if l.kind != textLeaf && l.allows()&isAbsent == 0 {
			core = append(core, l) // what demands a text at all
		}
	}
	refusing := map[*literal]bool{}
	certain := true
	for range blockedTexts {
		switch result, classes := p.run(); result {
		case empty:
			if !certain {
				return fieldAnswer{verdict: Unknown, reason: "no text was found for " + describeOracle(refusing, literals)}
			}
			for i, l := range negative {
				if p.blocking[i] {
					core = append(core, l)
				}
			}
			for _, l := range literals {
				if refusing[l] && !contains(core, l) {
					core = append(core, l)
				}
			}
			return fieldAnswer{verdict: No, core: core}
		case exhausted:
			return fieldAnswer{verdict: Unknown, reason: "the search became too large"}
		default:
			s := f.alphabet.text(classes)
			l := fits(s)
			if l == nil {
				return fieldAnswer{verdict: Yes, value: s}
			}
			refusing[l] = true
			certain = certain && f.alphabet.spellsOne(classes)
			p = product{alphabet: p.alphabet, positives: p.positives, negatives: append(p.negatives, exactly(f.alphabet, classes)), budget: p.budget}
		}
	}
	return fieldAnswer{verdict: Unknown, reason: "no text was found for " + describeOracle(refusing, literals)}
}

func contains(list []*literal, l *literal) bool {
	for _, x := range list {
		if x == l {
			return true
		}
	}
	return false
}

func describeOracle(refusing map[*literal]bool, literals []*literal) string {
	for _, l := range literals {
		if refusing[l] {
			if l.leaf != nil {
				return l.leaf.why
			}
			return "a test on `" + l.field + "`"
		}
	}
	return "a test"
}

// exactWord accepts one word of classes.
type exactWord struct{ classes []int32 }

func exactly(a *alphabet, classes []int32) automaton {
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
