package checks

import (
	"regexp/syntax"
	"unicode/utf8"
)

// backtrack matches an expression at the start of a text as engines without an automaton do, and counts how often it compares a letter. It
// stops at the limit and then says that the expression matched. A repetition that reads nothing ends its loop, as in JavaScript, which is the kindest of the engines.
func backtrack(e *expression, text string, limit int) (steps int, found bool) {
	m := &backtracker{text: text, limit: limit}
	found = m.match(e, 0, func(int) bool { return true })
	return m.steps, found
}

type backtracker struct {
	text         string
	steps, limit int
	rounds       int // of repetitions, whether they read a letter or not
}

// roundsPerStep bounds the rounds of repetitions: nested ones go round many times without reading a letter, and that costs time as well.
const roundsPerStep = 1

// match calls then for every place where the expression can end, until one succeeds or the limit is reached.
func (m *backtracker) match(e *expression, at int, then func(int) bool) bool {
	if m.steps >= m.limit {
		return true
	}
	switch e.op {
	case opLetter:
		m.steps++
		r, n := utf8.DecodeRuneInString(m.text[at:])
		return n > 0 && inClass(e.class, r) && then(at+n)
	case opAssert:
		return m.holds(e.assert, at) && then(at)
	case opConcat:
		return m.sequence(e.subs, at, then)
	case opAlternate:
		for _, sub := range e.subs {
			if m.match(sub, at, then) {
				return true
			}
		}
		return false
	}
	return m.repeat(e, 0, at, then)
}

func (m *backtracker) sequence(subs []*expression, at int, then func(int) bool) bool {
	if len(subs) == 0 {
		return then(at)
	}
	return m.match(subs[0], at, func(end int) bool { return m.sequence(subs[1:], end, then) })
}

func (m *backtracker) repeat(e *expression, done, at int, then func(int) bool) bool {
	if m.rounds++; m.rounds > roundsPerStep*m.limit {
		m.steps = m.limit
		return true
	}
	if e.max < 0 || done < e.max {
		again := func(end int) bool {
			if end == at && done >= e.min {
				return false
			}
			return m.repeat(e, done+1, end, then)
		}
		if m.match(e.subs[0], at, again) {
			return true
		}
	}
	return done >= e.min && then(at)
}

func inClass(class []rune, r rune) bool {
	for i := 0; i+1 < len(class); i += 2 {
		if class[i] <= r && r <= class[i+1] {
			return true
		}
	}
	return false
}

func (m *backtracker) holds(assert syntax.EmptyOp, at int) bool {
	before, after := rune(-1), rune(-1)
	if at > 0 {
		before, _ = utf8.DecodeLastRuneInString(m.text[:at])
	}
	if at < len(m.text) {
		after, _ = utf8.DecodeRuneInString(m.text[at:])
	}
	return syntax.EmptyOpContext(before, after)&assert == assert
}
