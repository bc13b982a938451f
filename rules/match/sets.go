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
	minInsides = 24
)

// takeSets moves the plain case-insensitive tests of an OR into sets, and returns the rest.
func takeSets(tests []*test) (*sets, []*test) {
	var wholes, insides []*test
	for _, t := range tests {
		switch {
		case t.source.Kind != rules.TextTest || len(t.patterns) != 1 || t.patterns[0].cased:
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
		s.insides = &finder{byKey: map[uint32][]string{}}
		for _, t := range insides {
			s.insides.add(t.patterns[0].literal)
			taken[t] = true
		}
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

// finder finds any of many literals in a text. It looks at every place's first bytes: a bit says whether any literal
// begins like that, and the few that do are compared.
type finder struct {
	bits  [1 << (hashBits - 6)]uint64
	byKey map[uint32][]string
}

const (
	keyLength = 4  // bytes of a literal that decide whether it is looked at
	hashBits  = 16 // 8 KB; the longest published list fills 7 % of the bits
	hashPrime = 0x9E3779B1
)

func key(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func (f *finder) add(literal string) {
	k := key(literal)
	h := k * hashPrime >> (32 - hashBits)
	f.bits[h/64] |= 1 << (h % 64)
	f.byKey[k] = append(f.byKey[k], literal)
}

func (f *finder) in(text string) bool {
	for i := 0; i+keyLength <= len(text); i++ {
		k := key(text[i : i+keyLength])
		h := k * hashPrime >> (32 - hashBits)
		if f.bits[h/64]&(1<<(h%64)) == 0 {
			continue
		}
		for _, literal := range f.byKey[k] {
			if strings.HasPrefix(text[i:], literal) {
				return true
			}
		}
	}
	return false
}
