package match

import (
	"math/bits"
	"strings"
)

// gramIndex finds many literals anywhere in a text. Each is known by four of its bytes, those that the fewest literals hold; at every place of a text
// a bit says whether any literal is known by the bytes there. Shorter ones are looked for one by one, and so are few.
type gramIndex struct {
	literals map[string][]int32
	bits     *[1 << (gramBits - 6)]uint64 // nil without grams
	keys     []gramKey                    // a hash table with open addressing: a power of two, at most half full
	shift    int                          // from hash to place in keys
	grams    []gram                       // by key
	single   []entry                      // looked for one by one, when their bytes are there
	beyond   []entry                      // those of them that are not ASCII
}

// gramKey is where the literals of a key stand.
type gramKey struct {
	key      uint32
	from, to int32 // of gramIndex.grams; nothing there has to = 0
}

type gram struct {
	entry
	at int // of the key in the literal
}

// gramBits is the size of the table: 32 KB, of which the 9,000 literals of the published rules' command lines fill 3 %.
const gramBits = 18

// leastGrams is how many literals are worth a look at every place of a text.
const leastGrams = 4

func gramHash(key uint32) uint32 { return key * hashPrime >> (32 - gramBits) }

func (g *gramIndex) add(text string, matcher int32) {
	if g.literals == nil {
		g.literals = map[string][]int32{}
	}
	g.literals[text] = append(g.literals[text], matcher)
}

func (g *gramIndex) build() {
	count := map[uint32]int{}
	long := 0
	for text := range g.literals {
		for i := 0; i+keyLength <= len(text); i++ {
			count[key(text[i:])]++
		}
		if len(text) >= keyLength {
			long++
		}
	}
	byKey := map[uint32][]gram{}
	for text, matchers := range g.literals {
		switch {
		case !isASCII(text) && (len(text) < keyLength || long < leastGrams):
			g.beyond = append(g.beyond, entry{text, matchers})
			continue
		case len(text) < keyLength || long < leastGrams:
			g.single = append(g.single, entry{text, matchers})
			continue
		}
		rarest := 0
		for i := 1; i+keyLength <= len(text); i++ {
			if count[key(text[i:])] < count[key(text[rarest:])] {
				rarest = i
			}
		}
		k := key(text[rarest:])
		byKey[k] = append(byKey[k], gram{entry{text, matchers}, rarest})
	}
	if len(byKey) == 0 {
		return
	}
	size := bits.Len(uint(2 * len(byKey)))
	g.bits, g.keys, g.shift = new([1 << (gramBits - 6)]uint64), make([]gramKey, 1<<size), 32-size
	for k, list := range byKey {
		h := gramHash(k)
		g.bits[h/64] |= 1 << (h % 64)
		at := g.place(k)
		for g.keys[at].to != 0 {
			at = (at + 1) % uint32(len(g.keys))
		}
		from := int32(len(g.grams))
		g.grams = append(g.grams, list...)
		g.keys[at] = gramKey{k, from, int32(len(g.grams))}
	}
}

// place is where a key stands in keys, or before where it stands.
func (g *gramIndex) place(key uint32) uint32 { return key * hashPrime >> g.shift }

// known are the literals of a key.
func (g *gramIndex) known(key uint32) []gram {
	for at := g.place(key); ; at = (at + 1) % uint32(len(g.keys)) {
		if k := &g.keys[at]; k.to == 0 || k.key == key {
			return g.grams[k.from:k.to]
		}
	}
}

func (g *gramIndex) find(text string, r *Reader) {
	g.findSingle(text, r)
	if g.bits == nil {
		return
	}
	// A word of eight bytes holds the keys of five places. Together they cost one branch.
	i := 0
	for ; i+8 <= len(text); i += 5 {
		w := word(text[i : i+8])
		if g.hit(uint32(w))|g.hit(uint32(w>>8))|g.hit(uint32(w>>16))|g.hit(uint32(w>>24))|g.hit(uint32(w>>32)) == 0 {
			continue
		}
		for n := range 5 {
			if k := uint32(w >> (8 * n)); g.hit(k) != 0 {
				g.compare(text, i+n, k, r)
			}
		}
	}
	for ; i+keyLength <= len(text); i++ {
		if k := key(text[i:]); g.hit(k) != 0 {
			g.compare(text, i, k, r)
		}
	}
}

// hit is 1 when a literal may be known by the key.
func (g *gramIndex) hit(key uint32) uint64 {
	h := gramHash(key)
	return g.bits[h/64] >> (h % 64) & 1
}

// compare marks the literals that stand around a key at i.
func (g *gramIndex) compare(text string, i int, key uint32, r *Reader) {
	for _, e := range g.known(key) {
		if e.at <= i && strings.HasPrefix(text[i-e.at:], e.text) {
			r.mark(e.matchers)
		}
	}
}

// leastSeen is how many literals are worth a list of the bytes of a text, which costs as much as looking for some ten.
const leastSeen = 10

// findSingle looks for literals one by one.
func (g *gramIndex) findSingle(text string, r *Reader) {
	switch {
	case len(g.single) < leastSeen:
		for i := range g.single {
			if strings.Contains(text, g.single[i].text) {
				r.mark(g.single[i].matchers)
			}
		}
	default:
		var seen [256]bool
		for i := range len(text) {
			seen[text[i]] = true
		}
		for i := range g.single {
			if e := &g.single[i]; holdsAll(&seen, e.text) && strings.Contains(text, e.text) {
				r.mark(e.matchers)
			}
		}
	}
	if len(g.beyond) > 0 && !isASCII(text) {
		for i := range g.beyond {
			if strings.Contains(text, g.beyond[i].text) {
				r.mark(g.beyond[i].matchers)
			}
		}
	}
}

func holdsAll(seen *[256]bool, text string) bool {
	for i := range len(text) {
		if !seen[text[i]] {
			return false
		}
	}
	return true
}
