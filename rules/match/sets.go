package match

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// sets answers the OR over many plain values of an item at once. The longest published list has 4,432 values.
type sets struct {
	wholes  map[string]struct{}
	insides *finder
}

// Below these numbers of values one comparison after the other is as fast (BenchmarkValueList).
const (
	minWholes  = 8
	minInsides = 16
)

// takeSets moves the plain case-insensitive tests of an OR into sets, and returns the rest.
func takeSets(tests []*test) (*sets, []*test) {
	var wholes, insides []*test
	for _, t := range tests {
		switch {
		case t.kind != rules.TextTest || len(t.patterns) != 1 || t.patterns[0].cased:
		case t.patterns[0].shape == whole:
			wholes = append(wholes, t)
		case t.patterns[0].shape == inside && len(t.patterns[0].literal) >= keyLength:
			insides = append(insides, t)
		}
	}
	s := &sets{}
	taken := map[*test]bool{}
	if len(wholes) >= minWholes {
		s.wholes = make(map[string]struct{}, len(wholes))
		for _, t := range wholes {
			s.wholes[t.patterns[0].literal] = struct{}{}
			taken[t] = true
		}
	}
	if len(insides) >= minInsides {
		var literals []string
		for _, t := range insides {
			literals = append(literals, t.patterns[0].literal)
			taken[t] = true
		}
		s.insides = newFinder(literals)
	}
	if len(taken) == 0 {
		return nil, tests
	}
	var rest []*test
	for _, t := range tests {
		if !taken[t] {
			rest = append(rest, t)
		}
	}
	return s, rest
}

// has reports whether any value of the sets matches v or, for an array, any element of it.
func (s *sets) has(v *value) bool {
	if v == nil {
		return false
	}
	if !v.scalar() {
		for _, item := range v.items {
			if s.has(item) {
				return true
			}
		}
		return false
	}
	text := v.lower()
	if _, ok := s.wholes[text]; ok {
		return true
	}
	return s.insides != nil && s.insides.in(text)
}

// finder finds any of many literals in a text. Each literal is known by four of its bytes; at every place of the text a bit
// says whether any literal is known by the bytes there, and the few that are get compared.
type finder struct {
	bits  [1 << (hashBits - 6)]uint64
	byKey map[uint32][]known
}

// known is a literal and where in it its key stands.
type known struct {
	literal string
	at      int
}

const (
	keyLength = 4  // bytes that a literal is known by
	hashBits  = 16 // 8 KB; the longest published list fills 7 % of the bits
	hashPrime = 0x9E3779B1
)

func key(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func hash(key uint32) uint32 { return key * hashPrime >> (32 - hashBits) }

// newFinder knows each literal by the rarest of three keys, at its start, middle and end: hashes share their start (`md5=`),
// paths their end (`.exe`).
func newFinder(literals []string) *finder {
	count := map[uint32]int{}
	for _, l := range literals {
		for _, at := range keyPlaces(l) {
			count[key(l[at:])]++
		}
	}
	f := &finder{byKey: map[uint32][]known{}}
	for _, l := range literals {
		best := 0
		for _, at := range keyPlaces(l) {
			if count[key(l[at:])] < count[key(l[best:])] {
				best = at
			}
		}
		k := key(l[best:])
		f.bits[hash(k)/64] |= 1 << (hash(k) % 64)
		f.byKey[k] = append(f.byKey[k], known{l, best})
	}
	return f
}

func keyPlaces(literal string) [3]int {
	end := len(literal) - keyLength
	return [3]int{0, end / 2, end}
}

func (f *finder) in(text string) bool {
	for i := 0; i+keyLength <= len(text); i++ {
		k := key(text[i : i+keyLength])
		h := hash(k)
		if f.bits[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, l := range f.byKey[k] {
			if l.at <= i && strings.HasPrefix(text[i-l.at:], l.literal) {
				return true
			}
		}
	}
	return false
}
