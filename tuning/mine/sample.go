package mine

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// mostRows is how many distinct events are held before they become a sample. A kind that makes up one in a thousand of the distinct events has some
// thirty in it. With twenty long fields, all of them distinct, so many rows take about 70 MB.
const mostRows = 1 << 15

// held is what a table knows of events that it does not hold. Of the distinct events one in 2^level is held, drawn by a hash of what they say: which
// ones does not depend on their order, and is the same in every run. An event that came 2^level times or more is held as well, and so is every true
// positive, and whatever cannot be read a second time. How many events a filter hides is then counted in a second reading (recount).
type held struct {
	most    int // rows; held until there are more
	level   uint
	hashes  []uint64   // by row; from level 1 on
	back    hashCounts // events that are not held
	streams [labels][]*evidence.Stream
	loose   map[int32]*[labels]int // by row: events that a second reading does not give
	both    map[int]int            // by row: false positives that are true ones, too
}

// chance is which of the distinct events are held: those whose hash ends in level zeros.
func (s *held) chance() uint64 { return 1<<s.level - 1 }

// repeats reports an event that a second reading gives again.
func repeats(r *evidence.Record) bool { return r.Stream() != nil && r.Stream().Repeats() }

// note remembers where events come from: a stream that can be read again, or the row that they are in.
func (s *held) note(r *evidence.Record, at int32, l label, events int) {
	switch {
	case l == truePositive:
	case repeats(r):
		if of := s.streams[l]; len(of) == 0 || of[len(of)-1] != r.Stream() {
			s.streams[l] = append(of, r.Stream())
		}
	default:
		if s.loose[at] == nil {
			s.loose[at] = &[labels]int{}
		}
		s.loose[at][l] += events
	}
}

// heldRow is the row of an event while the table holds a sample; -1 for one that is counted as not held.
func (t *table) heldRow(r *evidence.Record, l label, events int) int32 {
	if t.knows(r) {
		if at, known := t.index[string(t.keyOf())]; known {
			return at
		}
	}
	h := t.hash(r)
	if l != truePositive && repeats(r) && h&t.chance() != 0 && t.back.count(h, l)+events < 1<<t.level {
		t.back.add(h, l, events)
		return -1
	}
	t.fill(r)
	at := t.row()
	row := &t.rows[at]
	t.hashes = append(t.hashes, h)
	for _, l := range []label{falsePositive, unlabelled} {
		if n := t.back.take(h, l); n > 0 {
			row.count[l], row.first[l] = n, r.Source
		}
	}
	return at
}

// knows fills scratch with the values of an event, and reports whether all of them were seen before. It adds none.
func (t *table) knows(r *evidence.Record) bool {
	clear(t.scratch)
	return t.each(r, func(c int, key []byte) bool {
		t.scratch[c] = t.columns[c].number[string(key)]
		return t.scratch[c] != 0
	})
}

// hash is a number for what an event says. The order of its fields does not count.
func (t *table) hash(r *evidence.Record) uint64 {
	sum := uint64(0)
	t.each(r, func(c int, key []byte) bool {
		sum += mixed(t.columns[c].hash, key)
		return true
	})
	return sum
}

// hashOf is the hash of a row.
func (t *table) hashOf(at int) uint64 {
	sum := uint64(0)
	for _, c := range t.columns {
		if n := c.at(at); n > 0 {
			t.text = appendKey(t.text[:0], c.values[n].raw)
			sum += mixed(c.hash, t.text)
		}
	}
	return sum
}

// each gives the values of the fields that say something, by their column and key, until give is false. It reports whether it came to the end.
func (t *table) each(r *evidence.Record, give func(c int, key []byte) bool) bool {
	e := r.Plain()
	if e == nil {
		for name, raw := range r.Fields() {
			if c := t.column(name); c >= 0 {
				t.text = appendKey(t.text[:0], raw)
				if !give(c, t.text) {
					return false
				}
			}
		}
		return true
	}
	n, _ := e.Members()
	for i := range n {
		m := e.Member(i)
		if c := t.place(i, m.Name); c >= 0 {
			t.text = appendMemberKey(t.text[:0], m)
			if !give(c, t.text) {
				return false
			}
		}
	}
	return true
}

// mixed is the hash of a value of a field (FNV-1a with the last steps of MurmurHash3, which spread it over all bits).
func mixed(field uint64, key []byte) uint64 {
	const prime = 1099511628211
	h := field
	for _, b := range key {
		h = (h ^ uint64(b)) * prime
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// fieldHash is where the hashes of a field's values begin.
func fieldHash(name string) uint64 {
	const offset = 14695981039346656037
	return mixed(offset, []byte(name))
}

// thin holds fewer rows: half of those that chance holds, as often as it takes. Where half of the room is needed for rows that have to stay, there
// is more of it.
func (t *table) thin() {
	stays := func(at int) bool { return t.rows[at].count[truePositive] > 0 || t.loose[int32(at)] != nil }
	fixed := 0
	for at := range t.rows {
		if stays(at) {
			fixed++
		}
	}
	if 2*fixed > t.most {
		t.most *= 2
		return
	}
	if t.level == 0 {
		for at := range t.rows {
			t.hashes = append(t.hashes, t.hashOf(at))
		}
	}
	keep := make([]bool, len(t.rows))
	for kept := len(t.rows); 4*kept > 3*t.most; { // a quarter is free afterwards
		t.level++
		kept = 0
		for at := range t.rows {
			row := &t.rows[at]
			keep[at] = stays(at) || t.hashes[at]&t.chance() == 0 || row.count[falsePositive] >= 1<<t.level || row.count[unlabelled] >= 1<<t.level
			if keep[at] {
				kept++
			}
		}
	}
	t.drop(keep)
}

// drop forgets rows, and counts their events as not held.
func (t *table) drop(keep []bool) {
	moved := make([]int32, len(keep)) // where rows go
	kept := t.rows[:0]
	hashes := t.hashes[:0]
	for at := range keep {
		row := t.rows[at]
		if !keep[at] {
			for _, l := range []label{falsePositive, unlabelled} {
				if row.count[l] > 0 {
					t.back.add(t.hashes[at], l, row.count[l])
				}
			}
			continue
		}
		moved[at] = int32(len(kept))
		kept, hashes = append(kept, row), append(hashes, t.hashes[at])
	}
	clear(t.rows[len(kept):])
	t.rows, t.hashes = slices.Clone(kept), hashes
	for _, c := range t.columns {
		c.drop(keep, len(kept))
	}
	loose := map[int32]*[labels]int{}
	for at, n := range t.loose {
		loose[moved[at]] = n
	}
	t.loose = loose
	t.index = make(map[string]int32, len(t.rows))
	for at := range t.rows {
		clear(t.scratch)
		for c, column := range t.columns {
			t.scratch[c] = column.at(at)
		}
		t.index[string(t.keyOf())] = int32(at)
	}
}

// drop keeps the cells of so many rows, and the values that they have.
func (c *column) drop(keep []bool, rows int) {
	values, number := []value{{}}, map[string]uint32{}
	cells := make([]uint32, 0, rows)
	renumbered := make([]uint32, len(c.values))
	for at, n := range c.cells {
		if !keep[at] {
			continue
		}
		if n > 0 && renumbered[n] == 0 {
			renumbered[n] = uint32(len(values))
			number[c.keyOf(c.values[n].raw)] = renumbered[n]
			values = append(values, c.values[n])
		}
		cells = append(cells, renumbered[n])
	}
	c.values, c.number, c.cells = values, number, cells
}

// hashCounts count events by a hash of what they say and their label, in twelve bytes for each. Two that differ share a number by chance once in 2^64
// pairs.
type hashCounts struct {
	keys     []uint64 // a power of two of them; 0 is free
	counts   []uint32
	used     int
	distinct [labels]int
}

// slot is where a key stands, or would.
func (t *hashCounts) slot(h uint64, l label) (at int, key uint64) {
	key = max(1, h+uint64(l)*0x9e3779b97f4a7c15)
	at = int(key>>20) & (len(t.keys) - 1) // chance has looked at the lowest bits
	for t.keys[at] != 0 && t.keys[at] != key {
		at = (at + 1) & (len(t.keys) - 1)
	}
	return at, key
}

func (t *hashCounts) count(h uint64, l label) int {
	if len(t.keys) == 0 {
		return 0
	}
	at, _ := t.slot(h, l)
	return int(t.counts[at])
}

func (t *hashCounts) add(h uint64, l label, events int) {
	if 4*t.used >= 3*len(t.keys) {
		t.grow()
	}
	at, key := t.slot(h, l)
	if t.keys[at] == 0 {
		t.keys[at] = key
		t.used++
	}
	if t.counts[at] == 0 {
		t.distinct[l]++
	}
	t.counts[at] += uint32(events)
}

// take is the count of events that are held from now on.
func (t *hashCounts) take(h uint64, l label) int {
	if len(t.keys) == 0 {
		return 0
	}
	at, _ := t.slot(h, l)
	n := t.counts[at]
	if n > 0 {
		t.counts[at] = 0
		t.distinct[l]--
	}
	return int(n)
}

func (t *hashCounts) grow() {
	const least = 1 << 10
	keys, counts := t.keys, t.counts
	t.keys, t.counts = make([]uint64, max(least, 2*len(keys))), make([]uint32, max(least, 2*len(keys)))
	for i, key := range keys {
		if key == 0 {
			continue
		}
		at := int(key>>20) & (len(t.keys) - 1)
		for t.keys[at] != 0 {
			at = (at + 1) & (len(t.keys) - 1)
		}
		t.keys[at], t.counts[at] = key, counts[i]
	}
}

// recount counts on all events what filters hide, where the table holds a sample of them, and says so.
func (m *miner) recount(outcomes []tuning.Outcome) {
	t := m.table
	if t.level == 0 {
		return
	}
	e := m.result.Events
	c := m.newCounting(outcomes)
	for _, l := range []label{falsePositive, unlabelled} {
		for _, s := range t.streams[l] {
			again := s.Again()
			for j := range again.Judge(c.set, runtime.GOMAXPROCS(0)) {
				c.see(l, j.Rules, 1)
			}
			if err := again.Err(); err != nil {
				e.Notes = append(e.Notes, fmt.Sprintf("%v: the counts are of what could be read the second time", err))
			}
		}
	}
	c.rest(t)
	e.Notes = append(e.Notes, fmt.Sprintf("filters were looked for in a sample of %d of %d distinct false positives; how many events a filter hides was counted on all of them, other numbers about kinds are of the sample",
		len(t.of(falsePositive)), m.given[falsePositive].Distinct))
	for _, l := range []label{falsePositive, unlabelled} {
		if n := m.given[l].Given - m.given[l].Silent - m.given[l].Contradicted; c.all[l] != n {
			e.Notes = append(e.Notes, fmt.Sprintf("the rule fired on %d events at first and on %d in the second reading: the files changed meanwhile", n, c.all[l]))
		}
	}
	e.FP.Kept, e.Baseline.Kept = c.hidden[falsePositive], c.all[unlabelled]-c.hidden[unlabelled]
	for k := range outcomes {
		o := &outcomes[k]
		o.Explanation = "In the sample: " + o.Explanation
		for i := range o.Proposals {
			if p := &o.Proposals[i]; c.by[p] != nil {
				title, _, _ := strings.Cut(p.Title, hidesWord)
				p.Title = title + m.hides(c.by[p], &c.all)
			}
		}
	}
}

// counting counts events by the proposals that hold for them.
type counting struct {
	set         *match.Set // the rule, then the filters
	proposals   []*tuning.Proposal
	by          map[*tuning.Proposal]*[labels]int
	all, hidden [labels]int // on which the rule fires, and of these by a recommended filter
}

// newCounting counts for the proposals of outcomes, and for recommended ones of others.
func (m *miner) newCounting(outcomes []tuning.Outcome) *counting {
	c := &counting{by: map[*tuning.Proposal]*[labels]int{}}
	matchers := []*match.Matcher{m.matcher}
	take := func(list []tuning.Outcome, unasked bool) {
		for k := range list {
			for i := range list[k].Proposals {
				p := &list[k].Proposals[i]
				d, err := tuning.Block("filter", p.Conditions)
				if err != nil || unasked && !p.Recommended {
					continue
				}
				if compiled, err := match.CompileDetection(d); err == nil {
					matchers = append(matchers, compiled)
					c.proposals = append(c.proposals, p)
					c.by[p] = &[labels]int{}
				}
			}
		}
	}
	take(m.result.Outcomes[:len(m.result.Outcomes)-len(outcomes)], true)
	take(outcomes, false)
	c.set = match.NewSet(matchers)
	return c
}

// see counts events that these matchers of the set match.
func (c *counting) see(l label, matched []int, events int) {
	if len(matched) == 0 || matched[0] != 0 {
		return // the rule does not fire
	}
	c.all[l] += events
	hidden := false
	for _, k := range matched[1:] {
		p := c.proposals[k-1]
		c.by[p][l] += events
		hidden = hidden || p.Recommended
	}
	if hidden {
		c.hidden[l] += events
	}
}

// rest adds events that the second reading does not give, and takes away false positives that are true ones.
func (c *counting) rest(t *table) {
	r := c.set.Reader(match.ReaderOptions{})
	at := func(row int) []int {
		r.Take(match.NewEvent(t.event(row)))
		return r.Hits()
	}
	for row, n := range t.loose {
		for _, l := range []label{falsePositive, unlabelled} {
			c.see(l, at(int(row)), n[l])
		}
	}
	for row, n := range t.both {
		c.see(falsePositive, at(row), -n)
	}
}

// hidesWord begins what the title of a proposal says about the events that were given.
const hidesWord = "; hides "

// hides says how many of all events a filter hides.
func (m *miner) hides(hidden, all *[labels]int) string {
	text := fmt.Sprintf(hidesWord+"%d of %s", hidden[falsePositive], plural(all[falsePositive], "false positive"))
	if m.given[unlabelled].Given > 0 {
		text += fmt.Sprintf(", %d of %s in the baseline", hidden[unlabelled], plural(all[unlabelled], "alert"))
	}
	return text
}
