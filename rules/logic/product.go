package logic

import "encoding/binary"

// outcome is the result of a search in a product of automata.
type outcome uint8

const (
	empty     outcome = iota // proved: no text
	found                    // a text was found
	exhausted                // the budget ran out
)

// product searches a text that every positive automaton accepts and no negative one. It walks the product state by
// state, the most promising first: length so far plus the sum of what the positive automata still need. Only
// positive automata multiply states; negative ones cut branches as soon as they accept everything.
type product struct {
	alphabet  *alphabet
	positives []automaton
	negatives []automaton
	meter     *meter

	blocking []bool // by negative: it cut a branch or refused a text, so the emptiness rests on it

	index   map[string]int32
	states  []int32 // width entries each
	parent  []int32
	via     []int32
	length  []int32
	buckets [][]int32
	lowest  int
	buffer  []byte
}

// run returns the classes of the text found.
func (p *product) run() (outcome, []int32) {
	p.blocking = make([]bool, len(p.negatives))
	p.index = map[string]int32{}
	width := len(p.positives) + len(p.negatives)
	at := make([]int32, width)
	for i, a := range p.positives {
		at[i] = a.start()
	}
	for i, a := range p.negatives {
		at[len(p.positives)+i] = a.start()
	}
	p.push(at, none, none, 0)
	next := make([]int32, width)
	for {
		current, ok := p.pop()
		if !ok {
			return empty, nil
		}
		copy(at, p.states[int(current)*width:])
		if p.accepts(at) {
			return found, p.trace(current)
		}
		if p.meter.states--; p.meter.exhausted() {
			return exhausted, nil
		}
		// The last class pushed is the first tried, so the most readable one goes last.
	classes:
		for class := p.alphabet.size() - 1; class >= 0; class-- {
			if p.meter.exhausted() {
				return exhausted, nil
			}
			for i, a := range p.positives {
				if next[i] = a.next(at[i], class); next[i] == dead {
					p.meter.spend(costProduct, i+1)
					continue classes
				}
			}
			p.meter.spend(costProduct, width)
			for i, a := range p.negatives {
				k := len(p.positives) + i
				next[k] = a.next(at[k], class)
			}
			p.push(next, current, int32(class), p.length[current]+1)
		}
	}
}

// push adds a state unless it is known or hopeless.
func (p *product) push(at []int32, parent, via, length int32) {
	estimate := length
	for i, a := range p.positives {
		d := a.distance(at[i])
		if d >= far {
			return
		}
		estimate += d
	}
	for i := range p.negatives {
		if at[len(p.positives)+i] == universal {
			p.blocking[i] = true
			return
		}
	}
	key := p.buffer[:0]
	for _, s := range at {
		key = binary.LittleEndian.AppendUint32(key, uint32(s))
	}
	p.buffer = key
	if _, ok := p.index[string(key)]; ok {
		return
	}
	p.meter.spend(costProduct, stateOverhead+4*len(at))
	id := int32(len(p.parent))
	p.index[string(key)] = id
	p.states = append(p.states, at...)
	p.parent = append(p.parent, parent)
	p.via = append(p.via, via)
	p.length = append(p.length, length)
	for len(p.buckets) <= int(estimate) {
		p.buckets = append(p.buckets, nil)
	}
	p.buckets[estimate] = append(p.buckets[estimate], id)
	p.lowest = min(p.lowest, int(estimate))
}

func (p *product) pop() (int32, bool) {
	for ; p.lowest < len(p.buckets); p.lowest++ {
		if b := p.buckets[p.lowest]; len(b) > 0 {
			p.buckets[p.lowest] = b[:len(b)-1]
			return b[len(b)-1], true
		}
	}
	return 0, false
}

func (p *product) accepts(at []int32) bool {
	for i, a := range p.positives {
		if !a.accepts(at[i]) {
			return false
		}
	}
	for i, a := range p.negatives {
		if a.accepts(at[len(p.positives)+i]) {
			p.blocking[i] = true
			return false
		}
	}
	return true
}

func (p *product) trace(state int32) []int32 {
	var classes []int32
	for p.parent[state] != none {
		classes = append(classes, p.via[state])
		state = p.parent[state]
	}
	for i, j := 0, len(classes)-1; i < j; i, j = i+1, j-1 {
		classes[i], classes[j] = classes[j], classes[i]
	}
	return classes
}
