package logic

import (
	"encoding/binary"
	"sort"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
)

// runeSet is sorted pairs lo, hi (both included) of runes.
type runeSet []rune

func setOf(runes ...rune) runeSet {
	sort.Slice(runes, func(i, j int) bool { return runes[i] < runes[j] })
	var s runeSet
	for _, r := range runes {
		switch n := len(s); {
		case n > 0 && s[n-1] == r:
		case n > 0 && s[n-1] == r-1:
			s[n-1] = r
		default:
			s = append(s, r, r)
		}
	}
	return s
}

var (
	newlineSet = setOf('\n')
	wordSet    = runeSet{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'} // what \w and \b mean in RE2
	notNewline = runeSet{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	everyRune  = runeSet{0, unicode.MaxRune}
	dashSet    = setOf([]rune(rules.DashCharacters)...)
)

func (s runeSet) key() string {
	b := make([]byte, 0, 4*len(s))
	for _, r := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(r))
	}
	return string(b)
}

// alphabet divides all runes into classes that no pattern of a field tells apart, so that automata read a few dozen
// classes instead of a million runes.
type alphabet struct {
	sets  []runeSet
	index map[string]int32
	// after close:
	classes [][]int32  // by set: the classes in it
	bits    [][]uint64 // the same by class, 64 to a word
	shown   []rune     // by class: its most readable rune
	single  []bool     // by class: it has no other rune
	begins  []rune     // of the intervals, sorted
	classAt []int32    // by interval
}

// everySet is the index of the set of all runes, which every alphabet has.
const everySet int32 = 0

func newAlphabet() *alphabet {
	a := &alphabet{index: map[string]int32{}}
	a.add(everyRune)
	return a
}

// add makes sure that classes respect the set.
func (a *alphabet) add(s runeSet) int32 {
	key := s.key()
	id, ok := a.index[key]
	if !ok {
		id = int32(len(a.sets))
		a.sets = append(a.sets, s)
		a.index[key] = id
	}
	return id
}

// has reports that a class lies in a set.
func (a *alphabet) has(set int32, class int) bool { return a.bits[set][class>>6]>>(class&63)&1 == 1 }

// close cuts the code points at the boundaries of all sets and groups the pieces by the sets they lie in; false when that takes more than
// is left.
func (a *alphabet) close(m *meter) bool {
	a.shown, a.single, a.begins, a.classAt = nil, nil, nil, nil
	type edge struct {
		at    rune
		set   int32
		begin bool
	}
	var edges []edge
	for id, s := range a.sets {
		for i := 0; i < len(s); i += 2 {
			edges = append(edges, edge{s[i], int32(id), true}, edge{s[i+1] + 1, int32(id), false})
		}
	}
	m.spend(costAlphabet, sortedEdge*len(edges))
	sort.SliceStable(edges, func(i, j int) bool { return edges[i].at < edges[j].at })
	type class struct {
		in    []int32
		shown rune
		rank  int
		runes rune

		number int // before sorting
	}
	var classes []class
	byMembers := map[string]int{}
	active := map[int32]int{}
	var sorted []int32
	var key []byte
	for i := 0; i < len(edges); {
		at := edges[i].at
		for ; i < len(edges) && edges[i].at == at; i++ {
			if edges[i].begin {
				active[edges[i].set]++
			} else if active[edges[i].set]--; active[edges[i].set] == 0 {
				delete(active, edges[i].set)
			}
		}
		if i == len(edges) {
			break
		}
		sorted = sorted[:0]
		for id := range active {
			sorted = append(sorted, id)
		}
		if m.spend(costAlphabet, sortedMember*len(sorted)); m.exhausted() {
			return false
		}
		sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
		shown, rank := mostReadable(at, edges[i].at-1)
		if rank < 0 {
			continue // surrogates: no text holds them
		}
		key = key[:0]
		for _, id := range sorted {
			key = binary.LittleEndian.AppendUint32(key, uint32(id))
		}
		c, ok := byMembers[string(key)]
		if !ok {
			c = len(classes)
			byMembers[string(key)] = c
			classes = append(classes, class{in: append([]int32(nil), sorted...), shown: shown, rank: rank})
		} else if rank < classes[c].rank {
			classes[c].shown, classes[c].rank = shown, rank
		}
		classes[c].runes += edges[i].at - at
		a.begins = append(a.begins, at)
		a.classAt = append(a.classAt, int32(c))
	}
	// The most readable class comes first: searches try classes in this order.
	order := make([]int, len(classes))
	for c := range classes {
		classes[c].number, order[c] = c, c
	}
	sort.SliceStable(classes, func(i, j int) bool { return classes[i].rank < classes[j].rank })
	for c, class := range classes {
		order[class.number] = c
	}
	for i, c := range a.classAt {
		a.classAt[i] = int32(order[c])
	}
	words := (len(classes) + 63) / 64
	if m.spend(costAlphabet, 2*words*len(a.sets)); m.exhausted() {
		return false
	}
	a.classes = make([][]int32, len(a.sets))
	a.bits = make([][]uint64, len(a.sets))
	for id := range a.sets {
		a.bits[id] = make([]uint64, words)
	}
	for c, class := range classes {
		a.shown = append(a.shown, class.shown)
		a.single = append(a.single, class.runes == 1)
		for _, id := range class.in {
			a.classes[id] = append(a.classes[id], int32(c))
			a.bits[id][c>>6] |= 1 << (c & 63)
		}
	}
	return true
}

// What sorting costs per boundary, and per set that a piece lies in.
const (
	sortedEdge   = 20
	sortedMember = 12
)

// size is how many classes there are.
func (a *alphabet) size() int { return len(a.shown) }

// spell gives the classes of a text.
func (a *alphabet) spell(text string) []int32 {
	var out []int32
	for _, r := range text {
		i := sort.Search(len(a.begins), func(i int) bool { return a.begins[i] > r }) - 1
		out = append(out, a.classAt[i])
	}
	return out
}

// spellsOne reports that a word of classes stands for one text only.
func (a *alphabet) spellsOne(classes []int32) bool {
	for _, c := range classes {
		if !a.single[c] {
			return false
		}
	}
	return true
}

// readable lists runes for witnesses, the most readable first. The order is taste.
const readable = "aeionrstlcdumphgbyfvwkxzjq0123456789AEIONRSTLCDUMPHGBYFVWKXZJQ_-./ \\:,;=@+#%&'()[]{}~!$^`\"<>|?*"

var readableRank = func() [utf8.RuneSelf]int {
	var rank [utf8.RuneSelf]int
	for i, r := range readable {
		rank[r] = i + 1
	}
	return rank
}()

// Ranks behind the readable ASCII characters.
const (
	rankLetter  = 1000
	rankGraphic = 2000
	rankControl = 3000
)

// mostReadable picks a rune of the range and says how readable it is, smaller being better; -1 when the range holds no
// rune that text can hold.
func mostReadable(lo, hi rune) (rune, int) {
	best, rank := rune(-1), -1
	consider := func(r rune, k int) {
		if rank < 0 || k < rank {
			best, rank = r, k
		}
	}
	for r := lo; r <= min(hi, utf8.RuneSelf-1); r++ {
		if k := readableRank[r]; k > 0 {
			consider(r, k)
		} else {
			consider(r, rankControl+int(r))
		}
	}
	if rank >= 0 && rank < rankControl {
		return best, rank
	}
	// A few beyond ASCII are enough: ranges that hold no graphic rune among them are odd anyway.
	const tries = 128
	for r, n := max(lo, utf8.RuneSelf), 0; r <= hi && n < tries; r, n = r+1, n+1 {
		switch {
		case r >= 0xd800 && r <= 0xdfff:
			r = 0xdfff
		case r == utf8.RuneError:
			consider(r, rankControl+rankControl)
		case unicode.IsLetter(r):
			consider(r, rankLetter+n)
			return best, rank
		case unicode.IsGraphic(r):
			consider(r, rankGraphic+n)
		default:
			consider(r, rankControl+rankLetter+n)
		}
	}
	return best, rank
}
