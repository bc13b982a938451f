package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// judgement is what is said about an expression.
type judgement struct {
	exponential bool
	degree      int
}

func TestAmbiguityOfExpressions(t *testing.T) {
	for source, want := range map[string]judgement{
		// two loops over the same letter
		`(a+)+$`:                {exponential: true},
		`(?:a+)+$`:              {exponential: true},
		`(a*)*b`:                {exponential: true},
		`(a|a)*$`:               {exponential: true},
		`(a|b|ab)*c`:            {exponential: true},
		`(\w|\d)+$`:             {exponential: true},
		`(a*b*)*c`:              {exponential: true},
		`^(([a-z])+.)+[A-Z]x$`:  {exponential: true},
		`x(?i:A|a)*$`:           {exponential: true},
		`(a{1,3}){2,}c`:         {exponential: true},
		`([^,]*,?)*;`:           {exponential: true},
		`lsof( -[in]+)+$`:       {}, // a blank begins every round
		`(a+)+`:                 {}, // found at once in whatever holds an a
		`(a+b)+$`:               {},
		`(ab|ac)*d`:             {},
		`(?:[a-z]+\.)+[a-z]{2}`: {},
		`a{2,5}b`:               {},
		// loops one after the other
		`.*a.*b.*c`:          {degree: 2},
		`\d+\d+\d+x`:         {degree: 2},
		`a*a*b`:              {degree: 1},
		`.*a.*b`:             {degree: 1},
		`.*a`:                {},
		`[^a]*a[^b]*b[^c]*c`: {}, // the letter that ends a loop is none of the loop's
		// what is not judged
		`(a+)+(?=b)$`:            {},
		`(a{1,900}){1,900}`:      {},
		`^foo\bbar$`:             {},
		`[[:alpha:]\]]+\x41\.$`:  {},
		`^(\\[^\\]+)*\\x\.exe$`:  {},
		`(?i)\\(?:a|b)\.(?:ps1)`: {},
	} {
		r := rules.CompileRegex(source, "")
		if r.Broken != "" {
			t.Errorf("%s: %s", source, r.Broken)
		}
		x := examineRegex(r)
		attack := x.exponential()
		got := judgement{exponential: attack != nil}
		if attack == nil {
			attack, got.degree = x.polynomial()
		}
		if got.exponential != want.exponential || got.degree != want.degree {
			t.Errorf("%s: exponential %v, degree %d, want %v, %d; attack %s", source, got.exponential, got.degree, want.exponential, want.degree, recipe(attack))
		}
	}
}

// The reader of expressions has to agree with the standard library on what matches: its steps are evidence.
func TestTheBacktrackingMatcherAgreesWithTheLibrary(t *testing.T) {
	texts := []string{"", "a", "ab", "aab", "abab", "A b\n", "x.y", "foo bar", "a\nb", "1-2", "ÄÖ", "]", "{2}", "a{", "ss", "ſ"}
	for _, source := range []string{
		`a`, `a|b`, `(a|ab)(b|$)`, `^a*b$`, `(?i)A`, `(?s)a.b`, `a.b`, `(?m)^b`, `\bfoo\b`, `\B`, `[^\w]`, `[]a]`, `[[:digit:]-]`, `\x61`, `\x{e4}`, `\p{Lu}`, `\pL`, `x\.y`,
		`a{`, `a{2}`, `a{1,}`, `a{0,1}b`, `(?P<n>a)b`, `(?i:S)`, `(?i)s`, `(a(?i)B)b`, `()*a`, `(a?)*b`, `(a|)+$`, `\z`, `\A`, ``,
	} {
		r := rules.CompileRegex("^(?:"+source+")", "")
		e := parseExpression(source, "")
		if r.Program == nil || e == nil {
			t.Errorf("%s: not read", source)
			continue
		}
		for _, text := range texts {
			m := &backtracker{text: text, limit: 1 << 20}
			if got, want := m.match(e, 0, func(int) bool { return true }), r.Program.MatchString(text); got != want {
				t.Errorf("%s on %q: %v, want %v", source, text, got, want)
			}
		}
	}
}

func TestAnAttackStallsTheMatcherAndDoesNotMatch(t *testing.T) {
	r := rules.CompileRegex(`^(\w+\s?)+=$`, "")
	attack := examineRegex(r).exponential()
	if attack == nil {
		t.Fatal("not exponential")
	}
	text := attackText(attack, 20)
	if steps, _ := backtrack(parseExpression(r.Source, ""), text, mostAttackSteps); steps < mostAttackSteps || r.Program.MatchString(text) {
		t.Errorf("the attack %q does no harm", text)
	}
	if !strings.Contains(recipe(attack), "many times") {
		t.Error(recipe(attack))
	}
}

// Every answer comes in a bounded time.
func BenchmarkAmbiguity(b *testing.B) {
	r := rules.CompileRegex(`(?i)^.*(\d{1,3}\.){3}\d{1,3}.*[a-z0-9+/]{40,}={0,2}.*(cmd|powershell|wscript).*$`, "")
	for b.Loop() {
		x := examineRegex(r)
		x.exponential()
		x.polynomial()
	}
}

// Deeply nested repetitions go round without reading: the work is bounded all the same.
func TestTheMatcherIsBoundedByItsRounds(t *testing.T) {
	const limit = 1000
	m := &backtracker{text: strings.Repeat("a", 40) + "!", limit: limit}
	m.match(parseExpression("((((((a+)+)+)+)+)+)+$", ""), 0, func(int) bool { return true })
	if m.steps < limit || m.rounds > roundsPerStep*limit+100 {
		t.Errorf("%d steps, %d rounds", m.steps, m.rounds)
	}
}
