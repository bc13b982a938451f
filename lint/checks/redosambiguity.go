package checks

import (
	"slices"

	"github.com/sigtune/sigtune/rules"
)

// Bounds of the evidence.
const (
	attacksTried    = 16        // candidates of exponential ambiguity whose evidence is looked for
	shortAttack     = 4         // repetitions with which an ending is looked for
	longAttack      = 64        // repetitions on which polynomial growth is shown, fewer where they take too many steps
	doublings       = 14        // repetitions on which exponential growth is shown: 16,384 ways
	mostAttackSteps = 2_000_000 // of the backtracking matcher in one try
	mostShortSteps  = 100_000   // in one try of an ending, of which there are many
	leastGrowth     = 0.8       // part of the claimed exponent that a doubling of the text has to show; lower terms take the rest
)

// examination is an expression with its automaton, nil where it is not judged.
type examination struct {
	automaton *letterAutomaton
	evidence  evidence
}

// examineRegex reads an expression. What engines other than RE2 alone can do is not judged.
func examineRegex(r *rules.Regex) *examination {
	if r.Program == nil {
		return nil
	}
	e := parseExpression(r.Source, r.Flags)
	if e == nil {
		return nil
	}
	a := newLetterAutomaton(e)
	if a == nil {
		return nil
	}
	return &examination{a, evidence{expression: e, endings: a.endings()}}
}

// exponential is an attack on which the time doubles with every repetition, nil when none was found.
func (x *examination) exponential() []attackPart {
	if x == nil {
		return nil
	}
	for _, attack := range x.automaton.exponentialAttacks() {
		if whole := x.evidence.doubles(attack); whole != nil {
			return whole
		}
	}
	return nil
}

// polynomial is an attack on an expression without exponential ambiguity, and the degree that it shows; zero when none was found.
func (x *examination) polynomial() (attack []attackPart, degree int) {
	if x == nil {
		return nil, 0
	}
	attack = x.automaton.polynomialAttack()
	for _, p := range attack {
		if p.pumped {
			degree++
		}
	}
	if attack = x.evidence.grows(attack, degree); attack == nil {
		return nil, 0
	}
	return attack, degree
}

// exponentialAttacks are texts that lead from a state back to it in two ways: the square of the automaton leaves its diagonal and comes back.
func (a *letterAutomaton) exponentialAttacks() [][]attackPart {
	var out [][]attackPart
	add := func(state int, loop []rune) {
		if prefix, ok := a.path(0, state); ok && len(out) < attacksTried {
			out = append(out, []attackPart{{text: string(prefix)}, {text: string(loop), pumped: true}})
		}
	}
	for q := range a.edges {
		if !a.looping[q] || len(out) >= attacksTried {
			continue
		}
		for _, e := range a.edges[q] {
			if !e.twice || a.part[e.to] != a.part[q] {
				continue
			}
			letter, ok := a.shared(e.to)
			back, connected := a.path(e.to, q)
			if ok && connected {
				add(q, append([]rune{letter}, back...))
			}
		}
		home := func(t tuple) bool { return a.part[t[0]] == a.part[q] && a.part[t[1]] == a.part[q] }
		if loop, _, ok := a.walk(2, tuple{q, q}, home, func(t tuple) bool { return t == tuple{q, q, 1} }); ok {
			add(q, loop)
		}
	}
	return out
}

// slide is a word that leads from a state to itself, from it to another one, and from that to itself: every repetition may be where the
// first loop is left.
type slide struct {
	from, to int
	word     []rune
}

// polynomialAttack chains as many slides as the automaton has one after the other. The number of ways grows with the length to the power of the
// number of slides (Weber and Seidl).
func (a *letterAutomaton) polynomialAttack() []attackPart {
	var slides []slide
	for p := range a.edges {
		for q := range a.edges {
			if !a.looping[p] || !a.looping[q] || a.part[q] >= a.part[p] {
				continue // parts come before those that lead to them
			}
			inside := func(t tuple) bool {
				return a.part[t[0]] == a.part[p] && a.part[t[2]] == a.part[q] && a.part[t[1]] <= a.part[p]
			}
			word, _, ok := a.walk(3, tuple{p, p, q}, inside, func(t tuple) bool { return t == tuple{p, q, q} })
			if ok {
				slides = append(slides, slide{p, q, word})
			}
		}
	}
	// The longest chain that begins with each slide; those deeper in the automaton first.
	slices.SortStableFunc(slides, func(x, y slide) int { return a.part[x.from] - a.part[y.from] })
	longest := make([]int, len(slides))
	next := make([]int, len(slides))
	best := -1
	for i, s := range slides {
		longest[i], next[i] = 1, -1
		for k := range i {
			if longest[k] < longest[i] || a.part[slides[k].from] > a.part[s.to] {
				continue
			}
			if _, ok := a.path(s.to, slides[k].from); ok {
				longest[i], next[i] = longest[k]+1, k
			}
		}
		if best < 0 || longest[i] > longest[best] {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	var attack []attackPart
	state := 0
	for i := best; i >= 0; i = next[i] {
		between, ok := a.path(state, slides[i].from)
		if !ok {
			return nil
		}
		attack = append(attack, attackPart{text: string(between)}, attackPart{text: string(slides[i].word), pumped: true})
		state = slides[i].to
	}
	return attack
}

// endings are texts that may make an attack fail: nothing, and a letter of every part of the alphabet, those that are good to read first.
func (a *letterAutomaton) endings() []string {
	letters := slices.Clone(a.sample)
	letters = append(letters, '!', '\n', 0)
	slices.SortStableFunc(letters, func(x, y rune) int {
		switch {
		case readable(x) == readable(y):
			return 0
		case readable(x):
			return -1
		}
		return 1
	})
	out := []string{"", "!"}
	for _, r := range letters {
		out = append(out, string(r))
	}
	return out
}

// evidence runs attacks.
type evidence struct {
	expression *expression
	endings    []string
}

// failing completes an attack by an ending with which the expression does not match at the start, so that a search tries everything there
// before it moves on.
func (e evidence) failing(attack []attackPart) []attackPart {
	for _, ending := range e.endings {
		whole := append(slices.Clone(attack), attackPart{text: ending})
		if _, found := backtrack(e.expression, attackText(whole, shortAttack), mostShortSteps); !found {
			return whole
		}
	}
	return nil
}

// doubles reports an attack on which the number of steps doubles with every repetition.
func (e evidence) doubles(attack []attackPart) []attackPart {
	whole := e.failing(attack)
	if whole == nil {
		return nil
	}
	if steps, _ := backtrack(e.expression, attackText(whole, doublings), mostAttackSteps); steps < 1<<doublings {
		return nil
	}
	return whole
}

// grows reports an attack on which a doubled number of repetitions shows the growth of the degree.
func (e evidence) grows(attack []attackPart, degree int) []attackPart {
	if degree == 0 {
		return nil
	}
	whole := e.failing(attack)
	if whole == nil {
		return nil
	}
	least := 1.0
	for range degree {
		least *= 2 * leastGrowth
	}
	more, _ := backtrack(e.expression, attackText(whole, longAttack), mostAttackSteps)
	for k := longAttack; k > shortAttack; k /= 2 {
		some, _ := backtrack(e.expression, attackText(whole, k/2), mostAttackSteps)
		if more < mostAttackSteps {
			if float64(more) >= least*float64(some) {
				return whole
			}
			return nil
		}
		more = some
	}
	return nil
}
