package match

import (
	"slices"
	"strings"
)

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
		k := clip(a.text)
		f.prefixes.add(a.text, k, k[len(k)-1], matcher)
	case suffixAtom:
		k := clipEnd(a.text)
		f.suffixes.add(a.text, k, k[0], matcher)
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
	for i := range f.prefixes.lengths {
		if n := f.prefixes.lengths[i].length; n <= len(text) && f.prefixes.lengths[i].inner.has(text[n-1]) {
			for _, e := range f.prefixes.by[text[:n]] {
				if strings.HasPrefix(text, e.text) {
					r.mark(e.matchers)
				}
			}
		}
	}
	for i := range f.suffixes.lengths {
		if n := f.suffixes.lengths[i].length; n <= len(text) && f.suffixes.lengths[i].inner.has(text[len(text)-n]) {
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
	lengths []endKeys // ascending
	by      map[string][]entry
}

// endKeys are the keys of one length.
type endKeys struct {
	length int
	inner  bytesSeen // their bytes farthest from the end: `\` or a dot of nearly all, where few texts have one
}

// bytesSeen is a set of bytes.
type bytesSeen [256 / 64]uint64

func (b *bytesSeen) has(c byte) bool { return b[c/64]>>(c%64)&1 != 0 }
func (b *bytesSeen) add(c byte)      { b[c/64] |= 1 << (c % 64) }

// endLength is how many bytes of an end are a key: `\powershell.exe` and the like differ in them, and each length costs a look-up.
const endLength = 12

func clip(s string) string    { return s[:min(len(s), endLength)] }
func clipEnd(s string) string { return s[max(0, len(s)-endLength):] }

func (e *ends) add(text, key string, inner byte, matcher int32) {
	if e.by == nil {
		e.by = map[string][]entry{}
	}
	at := 0
	for at < len(e.lengths) && e.lengths[at].length < len(key) {
		at++
	}
	if at == len(e.lengths) || e.lengths[at].length != len(key) {
		e.lengths = slices.Insert(e.lengths, at, endKeys{length: len(key)})
	}
	e.lengths[at].inner.add(inner)
	list := e.by[key]
	for i := range list {
		if list[i].text == text {
			list[i].matchers = append(list[i].matchers, matcher)
			return
		}
	}
	e.by[key] = append(list, entry{text, []int32{matcher}})
}
