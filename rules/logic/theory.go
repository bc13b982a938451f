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
	meter    *meter
	demands  map[*leaf]string

	remembered int // bytes in known
}

// presence is the states of a field that a literal allows.
type presence uint8

const (
	isAbsent presence = 1 << iota
	isNull
	isText
	isHollow    // present without any text: an empty list, an object
	anyPresence = isAbsent | isNull | isText | isHollow
)

func (l *literal) allows() presence {
	p := anyPresence
	switch l.kind {
	case nullLeaf:
		p = isAbsent | isNull
	case existsLeaf:
		p = isNull | isText | isHollow
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
		text, _ := a.value.(string)
		if t.remembered += len(key) + len(text); t.remembered > rememberedBytes {
			t.known, t.remembered = map[string]fieldAnswer{}, 0
		}
		t.known[string(key)] = a
	}
	return a
}

// rememberedBytes bounds the answers that are kept: those of rules with thousands of demands are long.
const rememberedBytes = 16 << 20

func (t *theory) compute(literals []*literal) fieldAnswer {
	if literals[0].kind == opaqueLeaf {
		return decideOpaque(literals)
	}
	possible := t.possible(literals)
	if possible == 0 {
		core := t.minimal(literals, func(rest []*literal) bool { return t.possible(rest) == 0 })
		return fieldAnswer{verdict: No, core: core, scalar: allowed(core)&isHollow != 0}
	}
	demands := false
	for _, l := range literals {
		demands = demands || l.allows()&isAbsent == 0 && l.allows()&isText != 0
	}
	switch {
	case possible&isAbsent != 0:
		return fieldAnswer{verdict: Yes, value: absentValue{}}
	case possible&isNull != 0 && (possible&isText == 0 || !demands):
		return fieldAnswer{verdict: Yes, value: nil}
	}
	a := fieldAnswer{verdict: No}
	if possible&isText != 0 {
		a = t.text(literals)
	}
	switch {
	case a.verdict == No && possible&isNull != 0:
		return fieldAnswer{verdict: Yes, value: nil}
	case a.verdict == No && possible&isHollow != 0:
		return fieldAnswer{verdict: Yes, value: []string{}, list: true}
	case a.verdict == No:
		a = t.shrink(literals, a)
	}
	return a
}

// allowed is the states that all literals allow.
func allowed(literals []*literal) presence {
	p := anyPresence
	for _, l := range literals {
		p &= l.allows()
	}
	return p
}

// possible is the states that are left for the field. A field with one value is never hollow.
func (t *theory) possible(literals []*literal) presence {
	p := allowed(literals)
	if field := literals[0].field; field == "" || !t.isList(field) {
		p &^= isHollow
	}
	return p
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
	a.core = t.minimal(a.core, func(rest []*literal) bool {
		b := t.absentOrText(rest)
		return b.verdict == No
	})
	sort.Slice(a.core, func(i, j int) bool { return a.core[i].id < a.core[j].id })
	a.scalar = scalar && t.listWouldDo(a.core) || allowed(a.core)&isHollow != 0
	return a
}

// withoutExpressions is the literals that are lists of patterns.
func withoutExpressions(literals []*literal) []*literal {
	var out []*literal
	for _, l := range literals {
		if l.union == nil || l.union.leaves[0].test.Kind != rules.RegexTest {
			out = append(out, l)
		}
	}
	return out
}

// absentOrText decides a subset: without a demand for presence the field may be absent.
func (t *theory) absentOrText(literals []*literal) fieldAnswer {
	if len(literals) == 0 || t.possible(literals)&^isText != 0 {
		return fieldAnswer{verdict: Yes}
	}
	return t.text(literals)
}

// minimal drops literals while the rest is still refused: of many first halves, then smaller pieces, at last one by one. When a share of
// the budget is used up, what is left is still refused, though it may not be the least.
func (t *theory) minimal(literals []*literal, refused func([]*literal) bool) []*literal {
	core := append([]*literal(nil), literals...)
	size := 1
	for len(core) > fewLiterals*size {
		size *= 2
	}
	patience := t.meter.part(2)
	for ; size >= 1; size /= 2 {
		for i := 0; i < len(core) && len(core) > 1 && patience.left(); {
			t.meter.spend(costProduct, len(core))
			rest := append(append([]*literal(nil), core[:i]...), core[min(i+size, len(core)):]...)
			if len(rest) > 0 && refused(rest) {
				core = rest
			} else {
				i += size
			}
		}
	}
	return core
}

// fewLiterals are dropped one by one.
const fewLiterals = 8

// eachWithin visits the pairs of a positive and a negated literal of one field of which every test of the one is among those of the other, word
// for word, until visit returns false. Of many literals only those are compared that share a demand.
func (t *theory) eachWithin(positives, negatives []*literal, visit func(p, n *literal) bool) {
	if len(positives)*len(negatives) <= fewPairs {
		for _, p := range positives {
			for _, n := range negatives {
				if p.within(n) && !visit(p, n) {
					return
				}
			}
		}
		return
	}
	saying := map[string][]*literal{}
	for _, n := range negatives {
		if n.union == nil {
			continue
		}
		n.live(func(_ int32, leaf *leaf) bool {
			t.meter.spend(costChoice, checkUnits+len(leaf.words))
			d := t.demand(leaf)
			saying[d] = append(saying[d], n)
			return true
		})
	}
	for _, p := range positives {
		if p.union == nil {
			continue
		}
		var first string
		p.live(func(_ int32, leaf *leaf) bool {
			first = t.demand(leaf)
			return false
		})
		var last *literal
		for _, n := range saying[first] {
			if n == last {
				continue // the list repeats a value
			}
			last = n
			if t.meter.spend(costChoice, checkUnits*(len(p.union.leaves)-len(p.excluded))); t.meter.exhausted() {
				return
			}
			if p.within(n) && !visit(p, n) {
				return
			}
		}
	}
}

// fewPairs are compared one by one.
const fewPairs = 64

// demand is what a test says, worked out once.
func (t *theory) demand(l *leaf) string {
	d, ok := t.demands[l]
	if !ok {
		d = l.demand()
		if t.demands == nil {
			t.demands = map[*leaf]string{}
		}
		t.demands[l] = d
	}
	return d
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
	if core := t.contradiction(literals); core != nil {
		return fieldAnswer{verdict: No, core: core}
	}
	points, refused := t.ordered(literals)
	if t.meter.exhausted() {
		return fieldAnswer{verdict: Unknown, reason: t.meter.reason()}
	}
	if refused != nil {
		return fieldAnswer{verdict: No, core: refused}
	}
	guesses := points
	if !t.noGuess {
		guesses = append(guesses, t.guesses(literals)...)
		// Many texts put together may meet an expression that only says which characters there are.
		if plain := withoutExpressions(literals); len(plain) > patientLiterals && len(plain) < len(literals) {
			guesses = append(guesses, t.guesses(plain)...)
		}
	}
	for _, s := range guesses {
		if t.meter.exhausted() {
			break
		}
		if t.meets(literals, s) == nil {
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
