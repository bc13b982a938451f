package logic

// sat searches a choice of literals that meets an AND/OR tree and a list of conflicts. The tree has no negation, so a choice
// only ever has to be large enough, and conflicts only ever forbid. It learns from every contradiction (conflict-driven clause
// learning, first unique implication point), and it decides only where an OR still lacks a reason, in the order of the rule.
type sat struct {
	clauses [][]lit
	watches [][]int // by literal: clauses that watch it
	value   []int8  // by variable: 0 open, 1 true, -1 false
	level   []int32
	reason  []int // by variable: the clause that forced it, or -1
	trail   []lit
	limits  []int // of trail, by level
	head    int   // of propagation
	choices []choice
	work    int  // since it was last charged
	broken  bool // contradictory without any decision
	steps   int  // decisions and conflicts so far
}

// lit is a variable, or its negation where odd.
type lit int32

func positive(v int32) lit    { return lit(2 * v) }
func (l lit) not() lit        { return l ^ 1 }
func (l lit) variable() int32 { return int32(l >> 1) }

// choice is an OR of the tree: when it is needed, one of its operands is.
type choice struct {
	of   int32
	args []int32
}

func (s *sat) variable() int32 {
	v := int32(len(s.value))
	s.value = append(s.value, 0)
	s.level = append(s.level, 0)
	s.reason = append(s.reason, -1)
	s.watches = append(s.watches, nil, nil)
	return v
}

func (s *sat) valueOf(l lit) int8 {
	if l&1 == 1 {
		return -s.value[l.variable()]
	}
	return s.value[l.variable()]
}

// add adds a clause; the search starts over.
func (s *sat) add(clause ...lit) {
	s.backtrack(0)
	var open []lit
	for _, l := range clause {
		switch s.valueOf(l) {
		case 1:
			return
		case 0:
			open = append(open, l)
		}
	}
	switch len(open) {
	case 0:
		s.broken = true
	case 1:
		s.assign(open[0], -1)
	default:
		s.watch(open)
	}
}

func (s *sat) watch(clause []lit) int {
	id := len(s.clauses)
	s.clauses = append(s.clauses, clause)
	for _, l := range clause[:2] {
		s.watches[l] = append(s.watches[l], id)
	}
	return id
}

func (s *sat) assign(l lit, reason int) {
	v := l.variable()
	s.value[v] = 1
	if l&1 == 1 {
		s.value[v] = -1
	}
	s.level[v] = int32(len(s.limits))
	s.reason[v] = reason
	s.trail = append(s.trail, l)
}

func (s *sat) backtrack(level int) {
	if len(s.limits) <= level {
		return
	}
	from := s.limits[level]
	for _, l := range s.trail[from:] {
		s.value[l.variable()] = 0
	}
	s.trail = s.trail[:from]
	s.limits = s.limits[:level]
	s.head = min(s.head, from)
}

// satUnits is what a forced choice costs beside the clauses that watch it.
const satUnits = 5

// propagate draws all forced consequences. It returns a contradicted clause, or -1.
func (s *sat) propagate() int {
	for s.head < len(s.trail) {
		s.work += satUnits + 2*len(s.watches[s.trail[s.head].not()])
		failed := s.trail[s.head].not()
		s.head++
		watching := s.watches[failed]
		kept := watching[:0]
		for i, id := range watching {
			c := s.clauses[id]
			if c[0] == failed {
				c[0], c[1] = c[1], c[0]
			}
			if s.valueOf(c[0]) == 1 || s.moveWatch(c, id) {
				if c[1] == failed {
					kept = append(kept, id)
				}
				continue
			}
			kept = append(kept, id)
			if s.valueOf(c[0]) == -1 {
				kept = append(kept, watching[i+1:]...)
				s.watches[failed] = kept
				return id
			}
			s.assign(c[0], id)
		}
		s.watches[failed] = kept
	}
	return -1
}

// moveWatch finds another literal of the clause to watch instead of its second one.
func (s *sat) moveWatch(c []lit, id int) bool {
	for k := 2; k < len(c); k++ {
		if s.valueOf(c[k]) != -1 {
			c[1], c[k] = c[k], c[1]
			s.watches[c[1]] = append(s.watches[c[1]], id)
			return true
		}
	}
	return false
}

// solve reports whether a choice exists; it then stands in value.
func (s *sat) solve(maxSteps int, m *meter) outcome {
	s.backtrack(0)
	for {
		if s.broken {
			return empty
		}
		id := s.propagate()
		m.spend(costChoice, s.work)
		if s.work = 0; m.exhausted() {
			return exhausted
		}
		if id >= 0 {
			if len(s.limits) == 0 {
				s.broken = true
				return empty
			}
			s.learn(id)
			continue
		}
		v := s.open()
		if v < 0 {
			return found
		}
		if s.steps++; s.steps > maxSteps {
			return exhausted
		}
		s.limits = append(s.limits, len(s.trail))
		s.assign(positive(v), -1)
	}
}

// open is the next operand to choose for an OR that is needed and has none, or -1. Propagation has seen to it that an operand
// is left.
func (s *sat) open() int32 {
next:
	for _, c := range s.choices {
		s.work++
		if s.value[c.of] != 1 {
			continue
		}
		s.work += len(c.args)
		first := none
		for _, a := range c.args {
			if s.value[a] == 1 {
				continue next
			}
			if s.value[a] == 0 && first == none {
				first = a
			}
		}
		return first
	}
	return -1
}

// learn turns a contradiction into a clause and goes back to where the clause forces something.
func (s *sat) learn(id int) {
	s.work += len(s.value) / 4
	seen := make([]bool, len(s.value))
	learned := []lit{0}
	open := 0
	at := len(s.trail)
	current := int32(len(s.limits))
	var uip lit
	clause := s.clauses[id]
	for {
		s.work += len(clause)
		for _, l := range clause {
			v := l.variable()
			if seen[v] || s.level[v] == 0 || s.valueOf(l) == 1 {
				continue
			}
			seen[v] = true
			if s.level[v] == current {
				open++
			} else {
				learned = append(learned, l)
			}
		}
		for at--; !seen[s.trail[at].variable()]; at-- {
		}
		uip = s.trail[at]
		if open--; open == 0 {
			break
		}
		clause = s.clauses[s.reason[uip.variable()]]
	}
	learned[0] = uip.not()
	if len(learned) == 1 {
		s.backtrack(0)
		s.assign(learned[0], -1)
		return
	}
	deepest := 1
	for i, l := range learned {
		if i > 0 && s.level[l.variable()] > s.level[learned[deepest].variable()] {
			deepest = i
		}
	}
	learned[1], learned[deepest] = learned[deepest], learned[1]
	s.backtrack(int(s.level[learned[1].variable()]))
	s.assign(learned[0], s.watch(learned))
}
