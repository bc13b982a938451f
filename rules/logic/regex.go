package logic

import (
	"regexp/syntax"
	"slices"
	"unicode"
)

// regexProgram is a regular expression, searched without anchors, over an alphabet.
type regexProgram struct {
	prog     *syntax.Prog
	alphabet *alphabet
	sets     []int32 // by instruction: what it reads
	togo     []int32 // by instruction: a lower bound on the runes up to a match
	asks     syntax.EmptyOp
	anchored bool // it can only match from the start of the text
}

func newRegexProgram(m *meter, prog *syntax.Prog, a *alphabet) *regexProgram {
	p := &regexProgram{prog: prog, alphabet: a, sets: make([]int32, len(prog.Inst)), togo: make([]int32, len(prog.Inst))}
	for pc := range prog.Inst {
		inst := &prog.Inst[pc]
		switch inst.Op {
		case syntax.InstRune, syntax.InstRune1:
			p.sets[pc] = a.add(instructionSet(inst))
		case syntax.InstRuneAny:
			p.sets[pc] = everySet
		case syntax.InstRuneAnyNotNL:
			p.sets[pc] = a.add(notNewline)
		case syntax.InstEmptyWidth:
			p.asks |= syntax.EmptyOp(inst.Arg)
		}
	}
	if p.asks&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0 {
		a.add(newlineSet)
	}
	if p.asks&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0 {
		a.add(wordSet)
	}
	p.anchored = prog.StartCond()&syntax.EmptyBeginText != 0
	p.measure(m)
	return p
}

// instructionSet is the runes that an instruction reads.
func instructionSet(inst *syntax.Inst) runeSet {
	if len(inst.Rune) != 1 {
		return runeSet(inst.Rune)
	}
	r := inst.Rune[0]
	if syntax.Flags(inst.Arg)&syntax.FoldCase == 0 {
		return runeSet{r, r}
	}
	orbit := []rune{r}
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		orbit = append(orbit, o)
	}
	return setOf(orbit...)
}

// measure computes the distances, taking every assertion as met.
func (p *regexProgram) measure(m *meter) {
	for i := range p.togo {
		p.togo[i] = far
	}
	for changed := true; changed; {
		changed = false
		m.spend(costPrograms, len(p.togo))
		for pc := len(p.togo) - 1; pc >= 0; pc-- {
			inst := &p.prog.Inst[pc]
			d := far
			switch inst.Op {
			case syntax.InstMatch:
				d = 0
			case syntax.InstFail:
			case syntax.InstAlt, syntax.InstAltMatch:
				d = min(p.togo[inst.Out], p.togo[inst.Arg])
			case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
				d = min(p.togo[inst.Out]+1, far)
			default:
				d = p.togo[inst.Out]
			}
			if d < p.togo[pc] {
				p.togo[pc], changed = d, true
			}
		}
	}
}

// What stood before the current place, as far as assertions can tell.
const (
	beforeStart int32 = iota
	beforeOther
	beforeWord
	beforeNewline
)

// A rune of each kind of context, for syntax.EmptyOpContext.
var contextRune = [...]rune{beforeStart: -1, beforeOther: '.', beforeWord: 'a', beforeNewline: '\n'}

// regexAutomaton determinises a program. A state is the kind of rune before it and the instructions that wait there, before
// assertions are looked at: those need the rune that follows.
type regexAutomaton struct {
	lazy
	program *regexProgram
	before  []int32
	waiting [][]int32
	stack   []int32
	seen    []uint32 // by instruction: the generation that visited it
	now     uint32
}

func newRegexAutomaton(m *meter, p *regexProgram) *regexAutomaton {
	a := &regexAutomaton{
		lazy: newLazy(m, costPrograms, p.alphabet.size()), program: p,
		before: []int32{0, 0}, waiting: [][]int32{nil, nil}, seen: make([]uint32, len(p.prog.Inst)),
	}
	return a
}

func (a *regexAutomaton) start() int32 {
	return a.state(beforeStart, []int32{int32(a.program.prog.Start)})
}

func (a *regexAutomaton) state(before int32, waiting []int32) int32 {
	togo := far
	for _, pc := range waiting {
		togo = min(togo, a.program.togo[pc])
	}
	if togo >= far {
		return dead
	}
	if togo == 0 {
		// A match that needs no assertion cannot be lost again.
		if _, matched := a.follow(waiting, 0); matched {
			return universal
		}
	}
	a.meter.spend(costPrograms, determinising*len(waiting))
	slices.Sort(waiting)
	s, fresh := a.intern(append([]int32{before}, waiting...))
	if fresh {
		a.before = append(a.before, before)
		a.waiting = append(a.waiting, waiting)
		_, a.accept[s] = a.follow(waiting, syntax.EmptyOpContext(contextRune[before], -1))
		a.togo[s] = togo
		if a.accept[s] {
			a.togo[s] = 0
		} else {
			a.togo[s] = togo
		}
	}
	return s
}

// follow walks from the waiting instructions through everything that reads nothing, under the given assertions. It
// returns the instructions that read a rune, and whether a match is complete.
func (a *regexAutomaton) follow(waiting []int32, met syntax.EmptyOp) (reading []int32, matched bool) {
	a.now++
	stack := append(a.stack[:0], waiting...)
	defer func() { a.stack = stack[:0] }()
	visited := 0
	defer func() { a.meter.spend(costPrograms, visited) }()
	for len(stack) > 0 {
		visited++
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if a.seen[pc] == a.now {
			continue
		}
		a.seen[pc] = a.now
		inst := &a.program.prog.Inst[pc]
		switch inst.Op {
		case syntax.InstMatch:
			return nil, true
		case syntax.InstFail:
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, int32(inst.Out), int32(inst.Arg))
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^met == 0 {
				stack = append(stack, int32(inst.Out))
			}
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, int32(inst.Out))
		default:
			reading = append(reading, pc)
		}
	}
	return reading, false
}

func (a *regexAutomaton) next(s int32, class int) int32 {
	if s <= universal {
		return s
	}
	if t := a.after[s][class]; t != unvisited {
		return t
	}
	t := a.step(s, class)
	a.after[s][class] = t
	return t
}

func (a *regexAutomaton) step(s int32, class int) int32 {
	p := a.program
	r := p.alphabet.shown[class]
	reading, matched := a.follow(a.waiting[s], syntax.EmptyOpContext(contextRune[a.before[s]], r))
	a.meter.spend(costPrograms, len(reading))
	if matched {
		return universal // a search is content with the first match
	}
	var waiting []int32
	a.now++
	push := func(pc int32) {
		if a.seen[pc] != a.now && p.togo[pc] < far {
			a.seen[pc] = a.now
			waiting = append(waiting, pc)
		}
	}
	for _, pc := range reading {
		if p.alphabet.has(p.sets[pc], class) {
			push(int32(p.prog.Inst[pc].Out))
		}
	}
	if !p.anchored {
		push(int32(p.prog.Start))
	}
	return a.state(p.context(r), waiting)
}

// context is what assertions can tell about a rune that stands before them.
func (p *regexProgram) context(r rune) int32 {
	switch {
	case r == '\n' && p.asks&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0:
		return beforeNewline
	case p.asks&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0 && syntax.IsWordChar(r):
		return beforeWord
	}
	return beforeOther
}
