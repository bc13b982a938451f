package match

import "strings"

// index tells from what an event holds which matchers have a chance. Every matcher is entered under each atom of its need; without one, in always.
type index struct {
	always []int32
	fields []*fieldIndex // by slot; nil where no matcher is entered
	any    *fieldIndex   // what keywords are searched in; nil without keywords
}

// fieldIndex are the matchers by what one field holds.
type fieldIndex struct {
	present  []int32
	wholes   map[string][]int32
	numbers  map[decimal][]int32
	prefixes ends
	suffixes ends
	insides  gramIndex
}

// leastIndexed is how many matchers an index is worth: below it, asking each is as fast as looking up which to ask.
const leastIndexed = 4

func newIndex(s *Set) *index {
	x := &index{fields: make([]*fieldIndex, len(s.names))}
	w := &weigher{rarity: &rarity{shared: map[atom]int{}}}
	for _, m := range s.matchers {
		w.rarity.count(m)
	}
	for number, m := range s.matchers {
		n := w.matcher(m)
		if n.bits == 0 || len(s.matchers) < leastIndexed {
			x.always = append(x.always, int32(number))
			continue
		}
		for _, a := range n.atoms {
			if a.field == "" && a.kind == insideAtom {
				if x.any == nil {
					x.any = &fieldIndex{}
				}
				x.any.add(a, int32(number))
				continue
			}
			slot := s.slots[a.field]
			if x.fields[slot] == nil {
				x.fields[slot] = &fieldIndex{}
			}
			x.fields[slot].add(a, int32(number))
		}
	}
	for _, f := range append(x.fields, x.any) {
		if f != nil {
			f.insides.build()
		}
	}
	return x
}

func (f *fieldIndex) add(a atom, matcher int32) {
	switch a.kind {
	case presentAtom:
		f.present = append(f.present, matcher)
	case numberAtom:
		if f.numbers == nil {
			f.numbers = map[decimal][]int32{}
		}
		f.numbers[a.number] = append(f.numbers[a.number], matcher)
		f.whole(a.text, matcher)
	case wholeAtom:
		f.whole(a.text, matcher)
	case prefixAtom:
		f.prefixes.add(a.text, clip(a.text), matcher)
	case suffixAtom:
		f.suffixes.add(a.text, clipEnd(a.text), matcher)
	case insideAtom:
		f.insides.add(a.text, matcher)
	}
}

func (f *fieldIndex) whole(text string, matcher int32) {
	if f.wholes == nil {
		f.wholes = map[string][]int32{}
	}
	f.wholes[text] = append(f.wholes[text], matcher)
}

// find makes candidates of the current event of a reader.
func (x *index) find(r *Reader) {
	for _, slot := range r.filled {
		if int(slot) < len(x.fields) && x.fields[slot] != nil {
			r.mark(x.fields[slot].present)
			x.fields[slot].find(r.view.slots[slot], r)
		}
	}
	switch {
	case x.any == nil:
	case r.view.raw != nil:
		x.any.find(r.view.raw, r)
	default:
		x.any.findAnywhere(r.view.whole, r)
	}
}

// findAnywhere looks into every text at any depth.
func (f *fieldIndex) findAnywhere(v *value, r *Reader) {
	if v.kind == textValue {
		f.find(v, r)
	}
	for _, item := range v.items {
		f.findAnywhere(item, r)
	}
	for _, inner := range v.fields {
		f.findAnywhere(inner, r)
	}
}

// find looks into a value, or into every element of an array.
func (f *fieldIndex) find(v *value, r *Reader) {
	if !v.scalar() {
		for _, item := range v.items {
			f.find(item, r)
		}
		return
	}
	if f.numbers != nil && v.kind == numberValue {
		if n, ok := parseDecimal(v.text); ok {
			r.mark(f.numbers[n])
		}
	}
	if f.wholes == nil && f.prefixes.lengths == nil && f.suffixes.lengths == nil && f.insides.literals == nil {
		return
	}
	text := v.lower()
	if f.wholes != nil {
		r.mark(f.wholes[text])
	}
	for _, n := range f.prefixes.lengths {
		if n <= len(text) {
			for _, e := range f.prefixes.by[text[:n]] {
				if strings.HasPrefix(text, e.text) {
					r.mark(e.matchers)
				}
			}
		}
	}
	for _, n := range f.suffixes.lengths {
		if n <= len(text) {
			for _, e := range f.suffixes.by[text[len(text)-n:]] {
				if strings.HasSuffix(text, e.text) {
					r.mark(e.matchers)
				}
			}
		}
	}
	f.insides.find(text, r)
}

// entry is a literal and the matchers that ask for it.
type entry struct {
	text     string
	matchers []int32
}

// ends finds literals at one end of a text by their first, or last, few bytes.
type ends struct {
	lengths []int // of the keys that there are, ascending
	by      map[string][]entry
}

// endLength is how many bytes of an end are a key: `\powershell.exe` and the like differ in them, and each length costs a look-up.
const endLength = 12

func clip(s string) string    { return s[:min(len(s), endLength)] }
func clipEnd(s string) string { return s[max(0, len(s)-endLength):] }

func (e *ends) add(text, key string, matcher int32) {
	if e.by == nil {
		e.by = map[string][]entry{}
	}
	at := 0
	for at < len(e.lengths) && e.lengths[at] < len(key) {
		at++
	}
	if at == len(e.lengths) || e.lengths[at] != len(key) {
		e.lengths = append(e.lengths[:at], append([]int{len(key)}, e.lengths[at:]...)...)
	}
	list := e.by[key]
	for i := range list {
		if list[i].text == text {
			list[i].matchers = append(list[i].matchers, matcher)
			return
		}
	}
	e.by[key] = append(list, entry{text, []int32{matcher}})
}

// gramIndex finds many literals anywhere in a text. Each is known by four of its bytes, those that the fewest literals hold; at every place of a text
// a bit says whether any literal is known by the bytes there. Shorter ones are looked for one by one.
type gramIndex struct {
	literals map[string][]int32
	bits     []uint64
	byKey    map[uint32][]gram
	short    []entry
}

type gram struct {
	entry
	at int // of the key in the literal
}

// gramBits is the size of the table: 32 KB, of which the 9,000 literals of the published rules' command lines fill 3 %.
const gramBits = 18

func gramHash(key uint32) uint32 { return key * hashPrime >> (32 - gramBits) }

func (g *gramIndex) add(text string, matcher int32) {
	if g.literals == nil {
		g.literals = map[string][]int32{}
	}
	g.literals[text] = append(g.literals[text], matcher)
}

func (g *gramIndex) build() {
	count := map[uint32]int{}
	for text := range g.literals {
		for i := 0; i+keyLength <= len(text); i++ {
			count[key(text[i:])]++
		}
	}
	for text, matchers := range g.literals {
		if len(text) < keyLength {
			g.short = append(g.short, entry{text, matchers})
			continue
		}
		if g.bits == nil {
			g.bits, g.byKey = make([]uint64, 1<<(gramBits-6)), map[uint32][]gram{}
		}
		rarest := 0
		for i := 1; i+keyLength <= len(text); i++ {
			if count[key(text[i:])] < count[key(text[rarest:])] {
				rarest = i
			}
		}
		k := key(text[rarest:])
		g.bits[gramHash(k)/64] |= 1 << (gramHash(k) % 64)
		g.byKey[k] = append(g.byKey[k], gram{entry{text, matchers}, rarest})
	}
}

func (g *gramIndex) find(text string, r *Reader) {
	for i := range g.short {
		if strings.Contains(text, g.short[i].text) {
			r.mark(g.short[i].matchers)
		}
	}
	if g.bits == nil || len(text) < keyLength {
		return
	}
	k := key(text) << 8
	for i := 0; i+keyLength <= len(text); i++ {
		k = k>>8 | uint32(text[i+keyLength-1])<<24
		h := gramHash(k)
		if g.bits[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, e := range g.byKey[k] {
			if e.at <= i && strings.HasPrefix(text[i-e.at:], e.text) {
				r.mark(e.matchers)
			}
		}
	}
}
