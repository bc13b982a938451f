package logic

// finder finds the tests of a long list that hold for a text without trying each: a test is tried only when characters in a row that it
// needs occur.
type finder struct {
	needing map[gram][]int32
	widths  [gramWidth + 1]bool // of the rows in needing
	others  []int32             // tests that need no character in particular
}

// gram is up to gramWidth characters in a row, without regard to case.
type gram uint64

const (
	gramWidth = 3
	runeBits  = 21
)

// longField is how many tests on one field are worth a finder.
const longField = 24

func newFinder(leaves []*leaf, of []int32) *finder {
	if len(of) < longField {
		return nil
	}
	f := &finder{needing: map[gram][]int32{}}
	count := map[gram]int{}
	for _, n := range of {
		for _, w := range leaves[n].words {
			w.grams(func(g gram, _ int) { count[g]++ })
		}
	}
	for _, n := range of {
		needs := leaves[n].needs(count)
		if needs == nil {
			f.others = append(f.others, n)
		}
		for _, need := range needs {
			f.needing[need.gram] = append(f.needing[need.gram], n)
			f.widths[need.width] = true
		}
	}
	return f
}

type need struct {
	gram  gram
	width int
}

// needs is rows of characters of which a text must have one for the test to hold: of each pattern the least common of the widest; nil
// when some pattern has none.
func (l *leaf) needs(count map[gram]int) []need {
	if l.kind != textLeaf || len(l.words) == 0 {
		return nil
	}
	var out []need
	for _, w := range l.words {
		var best need
		w.grams(func(g gram, width int) {
			if width > best.width || width == best.width && count[g] < count[best.gram] {
				best = need{g, width}
			}
		})
		if best.width == 0 {
			return nil
		}
		out = append(out, best)
	}
	return out
}

// grams visits rows of characters that each text of the pattern has: of every literal part the rows of full width, or
// the part itself when it is shorter.
func (w word) grams(visit func(g gram, width int)) {
	run, g := 0, gram(0)
	flush := func() {
		if run > 0 && run < gramWidth {
			visit(g, run)
		}
		run, g = 0, 0
	}
	for _, x := range w.glyphs {
		if x.kind != one {
			flush()
			continue
		}
		run++
		if g = g.then(x.r); run >= gramWidth {
			visit(g, gramWidth)
		}
	}
	flush()
}

// then moves on by one character.
func (g gram) then(r rune) gram {
	return (g<<runeBits | gram(UnicodeFolding.canonical(r)+1)) & (1<<(gramWidth*runeBits) - 1)
}

// last is the last characters of a gram.
func (g gram) last(width int) gram { return g & (1<<(width*runeBits) - 1) }

// longText is how many characters are worth remembering which rows were looked up.
const longText = 1000

// rowUnits is what looking up the rows that end in a character takes.
const rowUnits = 10

// each visits every test that holds for a text, some more than once. It returns what that took, in units of a meter: tests that were tried in vain
// cost as much as those that hold.
func (f *finder) each(s string, leaves []*leaf, visit func(int32)) (work int) {
	text := []rune(s)
	work = rowUnits * len(text)
	try := func(list []int32) {
		for _, n := range list {
			work += leaves[n].reading(len(text))
			if leaves[n].holdsOn(s, text) {
				visit(n)
			}
		}
	}
	try(f.others)
	// In a long text the same characters in a row come again and again.
	var done map[gram]bool
	if len(text) > longText {
		done = map[gram]bool{}
	}
	g := gram(0)
	for i, r := range text {
		g = g.then(r)
		for width := 1; width <= min(i+1, gramWidth); width++ {
			if !f.widths[width] {
				continue
			}
			row := g.last(width)
			if done != nil {
				if done[row] {
					continue
				}
				done[row] = true
			}
			try(f.needing[row])
		}
	}
	return work
}
