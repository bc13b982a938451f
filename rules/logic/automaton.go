package logic

import "encoding/binary"

// automaton is a deterministic automaton over the classes of an alphabet, built as far as it is visited.
type automaton interface {
	start() int32
	next(state int32, class int) int32
	accepts(state int32) bool
	// distance is a lower bound on how many more runes lead to acceptance; far when none do.
	distance(state int32) int32
}

// Two states that every automaton shares: nothing is accepted any more, and everything is.
const (
	dead      int32 = 0
	universal int32 = 1
)

// far is the distance from where acceptance cannot be reached. Sums of a few of them do not overflow.
const far int32 = 1 << 24

// lazy is the table of an automaton that is determinised on the fly: states are interned by their content.
type lazy struct {
	meter   *meter
	cost    cost
	classes int
	index   map[string]int32
	after   [][]int32 // by state and class; unvisited where not known
	accept  []bool
	togo    []int32
}

const unvisited int32 = -1

func newLazy(m *meter, c cost, classes int) lazy {
	return lazy{
		meter: m, cost: c, classes: classes, index: map[string]int32{},
		after: [][]int32{nil, nil}, accept: []bool{false, true}, togo: []int32{far, 0},
	}
}

// intern gives the state with this content its number; fresh says that it was new and needs its properties.
func (l *lazy) intern(content []int32) (state int32, fresh bool) {
	var buffer [256]byte
	key := buffer[:0]
	for _, x := range content {
		key = binary.LittleEndian.AppendUint32(key, uint32(x))
	}
	if s, ok := l.index[string(key)]; ok {
		return s, false
	}
	l.meter.keep(l.cost, stateOverhead+l.classes+2*len(content))
	s := int32(len(l.accept))
	l.index[string(key)] = s
	row := make([]int32, l.classes)
	for i := range row {
		row[i] = unvisited
	}
	l.after = append(l.after, row)
	l.accept = append(l.accept, false)
	l.togo = append(l.togo, far)
	return s, true
}

// stateOverhead is what a state costs whatever it holds: its entries in the index and the tables, some 150 bytes.
const stateOverhead = 40

func (l *lazy) accepts(s int32) bool   { return l.accept[s] }
func (l *lazy) distance(s int32) int32 { return l.togo[s] }

// either accepts what one of its parts accepts.
type either struct {
	lazy
	parts  []automaton
	tuples [][]int32 // by state, of the parts' states
}

func newEither(m *meter, classes int, parts []automaton) automaton {
	if len(parts) == 1 {
		return parts[0]
	}
	return &either{lazy: newLazy(m, costPrograms, classes), parts: parts, tuples: [][]int32{nil, nil}}
}

func (e *either) state(tuple []int32) int32 {
	alive := false
	for _, s := range tuple {
		if s == universal {
			return universal
		}
		alive = alive || s != dead
	}
	if !alive {
		return dead
	}
	s, fresh := e.intern(tuple)
	if fresh {
		e.tuples = append(e.tuples, tuple)
		for i, p := range e.parts {
			e.accept[s] = e.accept[s] || p.accepts(tuple[i])
			e.togo[s] = min(e.togo[s], p.distance(tuple[i]))
		}
	}
	return s
}

func (e *either) start() int32 {
	tuple := make([]int32, len(e.parts))
	for i, p := range e.parts {
		tuple[i] = p.start()
	}
	return e.state(tuple)
}

func (e *either) next(s int32, class int) int32 {
	if s <= universal {
		return s
	}
	if t := e.after[s][class]; t != unvisited {
		return t
	}
	e.meter.spend(costPrograms, 2*len(e.parts))
	tuple := make([]int32, len(e.parts))
	for i, p := range e.parts {
		tuple[i] = p.next(e.tuples[s][i], class)
	}
	t := e.state(tuple)
	e.after[s][class] = t
	return t
}
