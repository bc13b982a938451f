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
		n := m.letter(e, at)
		return n > 0 && then(at+n)
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
	if e.subs[0].op == opLetter {
		return m.letters(e, at, then)
	}
	return m.repeat(e, 0, at, then)
}

// letter is the length of the character that a letter reads, 0 where it reads none.
func (m *backtracker) letter(e *expression, at int) int {
	if at >= len(m.text) {
		return 0
	}
	r, n := rune(m.text[at]), 1
	if r >= utf8.RuneSelf {
		r, n = utf8.DecodeRuneInString(m.text[at:])
	}
	if !inClass(e.class, r) {
		return 0
	}
	return n
}

// letters is repeat for a loop over one letter, step by step the same: most loops are, and these need no call for each round.
func (m *backtracker) letters(e *expression, start int, then func(int) bool) bool {
	done, at := 0, start
	for {
		if m.rounds++; m.rounds > roundsPerStep*m.limit {
			m.steps = m.limit
			return true
		}
		if e.max >= 0 && done >= e.max {
			break
		}
		if m.steps >= m.limit {
			return true
		}
		m.steps++
		n := m.letter(e.subs[0], at)
		if n == 0 {
			break
		}
		at += n
		done++
	}
	for ; ; done-- {
		if done >= e.min && then(at) {
			return true
		}
		if done == 0 {
			return false
		}
		_, n := utf8.DecodeLastRuneInString(m.text[:at])
		at -= n
	}
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
