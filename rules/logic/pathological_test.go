package logic

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// pathologicalTime is far more than any question below takes (the slowest has some seconds on a loaded machine with two slow cores); a
// search without a budget would take hours.
const pathologicalTime = time.Minute

// numbered joins n values that a format makes of 0 to n-1.
func numbered(n int, separator, format string) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(format, i))
	}
	return strings.Join(out, separator)
}

// pathological are rules that a search without budgets never ends on. Each comes with a text and what takes its place, for a change.
var pathological = []struct{ name, rule, old, new string }{
	{
		"many texts that must all be contained, in little room",
		"    a|contains|all: [" + numbered(12, ", ", "'x%02dyz'") + "]\n    a|re: '^.{30}$'", ".{30}", ".{31}",
	},
	{
		"many texts that overlap",
		"    a|contains|all: [" + numbered(14, ", ", "'ab%xcd'") + "]\n    a|startswith: 'ab'\n    a|endswith: 'zz'", "'zz'", "'zzz'",
	},
	{
		"many contradictory wildcards", "    a|all: [" + numbered(12, ", ", "'*k%dq*w%[1]dq*'") + "]\n    a|re: '^[kw0-9]*$'", "[kw0-9]", "[kq0-9]",
	},
	{"a counted repetition", "    a|re: '^(ab?){200,900}c.{500}$'\n    a|contains: 'ca'", "{200,900}", "{200,901}"},
	{"a counted repetition of a gap", "    a|re: 'x.{900,}y.{900,}z'\n    a|re: 'z.{1000}x'", "{1000}", "{999}"},
	{"a repetition that backtracking would not survive", "    a|re: '^(a|a)*(a|aa)*b$'\n    a|re: '^(aa)*a?$'", "a?", "a?b?"},
	{"five thousand values", "    a|contains:" + numbered(5000, "", "\n      - 'v%05dx'"), "'v02500x'", "'other'"},
	{"five hundred values that must all hold", "    a|contains|all:" + numbered(500, "", "\n      - 'v%05dx'"), "'v00250x'", "'other'"},
	{"four hundred regular expressions", "    a|re:" + numbered(400, "", "\n      - 'v%03d[0-9]+x$'"), "'v300[0-9]+x$'", "'v300[0-8]+x$'"},
	{"two hundred alternatives", "    -" + numbered(200, "\n    -", " a|contains: 'x%d'\n      b|contains: 'y%[1]d'"), "'x7'", "'x8'"},
}

// deep is a rule with a deeply nested condition over n identifiers.
func deep(n int) string {
	identifiers := numbered(n, "\n", "  s%d:\n    f%[1]d|contains: 'v%[1]d'\n    g|contains: 'w%[1]d'")
	condition := "s0"
	for i := 1; i < n; i++ {
		condition = fmt.Sprintf("not (%s) and s%d or (s%[2]d and not s%d)", condition, i, i-1)
	}
	return "detection:\n" + identifiers + "\n  condition: " + condition + "\n"
}

func TestPathologicalRulesEndWithinTheirBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT MEASURED: how long pathological rules take; run without -short")
	}
	try := func(name, old, new string) {
		t.Run(name, func(t *testing.T) {
			a, b := parseRule(t, old), parseRule(t, new)
			start := time.Now()
			answer := Satisfiable(FromRule(a))
			satisfiable := time.Since(start)
			c := Changes(a, b)
			changed := time.Since(start) - satisfiable
			r := Relate(a, b)
			took := time.Since(start)
			t.Logf("%v %s in %v; %v in %v; %v in %v", answer.Verdict, answer.Reason, satisfiable.Round(time.Millisecond),
				c.Class, changed.Round(time.Millisecond), r.Relation, (took - changed - satisfiable).Round(time.Millisecond))
			if took > pathologicalTime {
				t.Errorf("took %v", took)
			}
			if answer.Verdict == Unknown && answer.Reason == "" {
				t.Error("no reason")
			}
			checkEvents(t, a, b, c)
		})
	}
	for _, p := range pathological {
		rule := "detection:\n  s:\n" + p.rule + "\n  condition: s\n"
		if !strings.Contains(rule, p.old) {
			t.Fatalf("%s: no %q", p.name, p.old)
		}
		try(p.name, rule, strings.Replace(rule, p.old, p.new, 1))
	}
	try("a deeply nested condition", deep(30), strings.Replace(deep(30), "'v20'", "'v21'", 1))
}

// families are shapes of rules that grow without bounds. Each makes a rule of a size.
var families = []struct {
	name string
	size int // for tests; the fuzzer takes smaller ones
	rule func(n int) string
}{
	{"all", 5000, func(n int) string { return selection("a|contains|all:" + values(n, "v%05dx")) }},
	{"all-and-characters", 5000, func(n int) string {
		return selection("a|contains|all:"+values(n, "v%05dx"), "a|re: '^[a-z0-9]*$'")
	}},
	{"all-in-little-room", 2000, func(n int) string {
		return selection("a|contains|all:"+values(n, "v%05dx"), "a|re: '^.{30}$'")
	}},
	{"all-between", 5000, func(n int) string {
		return selection("a|contains|all:"+values(n, "v%05dx"), "a|startswith: z", "a|endswith: q")
	}},
	{"list", 5000, func(n int) string { return selection("a|contains:" + values(n, "v%05dx")) }},
	{"list-and-excluded-list", 5000, func(n int) string {
		return selection("a|contains:"+values(n, "v%05dx")) + excluded("a|contains:"+values(n, "v%05d"))
	}},
	{"lists-that-both-hold", 5000, func(n int) string {
		return selection("a|contains:"+values(n, "v%05dx"), "b: y") + excluded("a|endswith:"+values(n, "w%05dx"))
	}},
	{"expressions", 1000, func(n int) string { return selection("a|re:" + values(n, "v%04d[0-9]+x$")) }},
	{"expressions-that-all-hold", 1000, func(n int) string { return selection("a|re|all:" + values(n, "v%04d[0-9]+x")) }},
	{"counted-gaps", 900, func(n int) string {
		return selection(fmt.Sprintf("a|re|all: ['x.{%d,}y.{%[1]d,}z', 'z.{%d}x', 'y.{%d}q.{%d}z']", n, n+1, n/3+1, n-1))
	}},
	{"counted-from-the-end", 900, func(n int) string {
		return selection(fmt.Sprintf("a|re: 'a.{%d}$'", n)) + excluded(fmt.Sprintf("a|re: ['a.{%d}$', '[^b].{%d,%d}b?.{3}$']", n-1, n/9, n))
	}},
	{"wildcards", 500, func(n int) string { return selection("a|all:"+values(n, "*k%dq*w%[1]dq*"), "a|re: '^[kw0-9]*$'") }},
	{"stars", 60, func(n int) string {
		return selection("a|all: ['" + strings.Repeat("*a?b", n) + "*', '" + strings.Repeat("*b?a", n) + "*', '" + strings.Repeat("*b??c", n) + "*']")
	}},
	{"networks", 2000, func(n int) string {
		return selection("a|cidr: 10.0.0.0/8") + excluded("a|cidr:"+values(n, "10.%[2]d.%[3]d.0/24"))
	}},
	{"bounds", 2000, func(n int) string { return selection("a|gt|all:" + numbered(n, "", "\n      - %d")) }},
	{"characters", 3000, func(n int) string { return selection("a|contains:" + values(n, "%[4]c%[5]c")) }},
	{"alternatives", 3000, func(n int) string {
		return "detection:\n  s:\n    -" + numbered(n, "\n    -", " a|contains: 'x%d'\n      b|contains: 'y%[1]d'") + "\n  condition: s\n"
	}},
	{"fields", 3000, func(n int) string { return selection(numbered(n, "\n    ", "a%d|contains: 'x%[1]d'")) }},
	{"filters", 300, func(n int) string {
		return "detection:\n  s:\n    a|contains: x\n" + numbered(n, "\n", "  f%d:\n    a|endswith: 'x%[1]dq'\n    b|contains|all: ['m%[1]d', 'n%[1]d']") +
			"\n  condition: s and not 1 of f*\n"
	}},
	{"keywords", 3000, func(n int) string {
		return "detection:\n  s:" + values(n, "v%05dx") + "\n  f:\n    '|all':" + values(n/100+2, "v%05dx") + "\n  condition: s and not f\n"
	}},
	{"pigeons", 8, pigeons},
	{"nesting", 30, deep},
}

// selection is a rule of items that all have to hold; excluded adds an exclusion to it.
func selection(items ...string) string {
	return "detection:\n  condition: s and not 1 of f*\n  f0:\n    zz: never\n  s:\n    " + strings.Join(items, "\n    ") + "\n"
}

func excluded(item string) string { return "  f:\n    " + item + "\n" }

// values is a list of values that a format makes of a number, of its parts, and of characters of a large script.
func values(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("\n      - '" + fmt.Sprintf(format+"%[6]s", i, i/250, i%250, rune(0x4e00+i), rune(0x4e00+i*7%n), "") + "'")
	}
	return b.String()
}

// pigeons asks for n+1 pigeons in n holes, of which no hole holds two.
func pigeons(n int) string {
	var b strings.Builder
	var terms []string
	for p := range n + 1 {
		for h := range n {
			fmt.Fprintf(&b, "  p%d_%d:\n    f%[1]d_%[2]d: x\n", p, h)
			for q := range p {
				terms = append(terms, fmt.Sprintf("not (p%d_%d and p%d_%[2]d)", p, h, q))
			}
		}
		terms = append(terms, fmt.Sprintf("1 of p%d_*", p))
	}
	return "detection:\n" + b.String() + "  condition: " + strings.Join(terms, " and ") + "\n"
}

func TestEveryQuestionAboutAPathologicalRuleEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT MEASURED: how long pathological rules take; run without -short")
	}
	for _, family := range families {
		t.Run(family.name, func(t *testing.T) {
			r := parseRule(t, family.rule(family.size))
			f, again := FromRule(r), FromRule(parseRule(t, family.rule(family.size)))
			ask := func(name string, question func() string) {
				start := time.Now()
				said := question()
				took := time.Since(start)
				t.Logf("%s: %s in %v", name, said, took.Round(time.Millisecond))
				if took > pathologicalTime {
					t.Errorf("%s took %v", name, took)
				}
			}
			satisfiable := func(f *Formula, noGuess bool) string {
				p := NewProver(Options{})
				p.noGuess = noGuess
				a := p.Satisfiable(f)
				if a.Verdict == Unknown && a.Reason == "" {
					t.Error("no reason")
				}
				if a.Verdict == Yes && f.Eval(a.Witness, UnicodeFolding) != Holds {
					t.Error("the witness does not match")
				}
				return a.Verdict.String() + " " + a.Reason
			}
			ask("satisfiable", func() string { return satisfiable(f, false) })
			ask("by search alone", func() string { return satisfiable(f, true) })
			ask("its opposite", func() string { return satisfiable(Not(f), false) })
			ask("implies itself", func() string { return satisfiable(And(f, Not(again)), false) })
			ask("all parts", func() string {
				a := Analyse(r, Options{})
				found := len(a.Whole()) + len(a.Identifiers()) + len(a.Values()) + len(a.Details()) + len(a.Witnesses())
				return fmt.Sprintf("%d findings and witnesses, %d unsure", found, len(a.Unsure()))
			})
		})
	}
}

func BenchmarkPathological(b *testing.B) {
	for _, family := range families {
		b.Run(family.name, func(b *testing.B) {
			f := FromRule(parseRule(b, family.rule(family.size)))
			b.ReportAllocs()
			for b.Loop() {
				Satisfiable(f)
			}
		})
	}
}

// FuzzPathological: rules of these shapes, of any size, with something else asked beside, end in an answer that holds.
func FuzzPathological(f *testing.F) {
	for i := range families {
		f.Add(uint8(i), uint8(9), uint8(i+1), uint8(3))
	}
	f.Fuzz(func(t *testing.T, first, size, second, other uint8) {
		make := func(kind, n uint8) *Formula {
			family := families[int(kind)%len(families)]
			return FromRule(parseRule(t, family.rule(min(2+int(n)%60, family.size))))
		}
		a, b := make(first, size), make(second, other)
		for _, question := range []*Formula{a, Not(a), And(a, b), And(a, Not(b))} {
			answer := NewProver(Options{States: 2000, Steps: 1000}).Satisfiable(question)
			switch {
			case answer.Verdict == Unknown && answer.Reason == "":
				t.Fatal("no reason")
			case answer.Verdict == Yes && question.Eval(answer.Witness, UnicodeFolding) != Holds:
				t.Fatalf("%v does not match", answer.Witness)
			case answer.Verdict == No && question.Eval(Event{}, UnicodeFolding) == Holds:
				t.Fatalf("the empty event matches: %s", answer.Explain())
			}
		}
	})
}

// FuzzProve: whatever two rules say, their relation and their difference come back, every event is confirmed, and no event that is
// given contradicts a proof.
func FuzzProve(f *testing.F) {
	f.Add([]byte(ruleOf(linux, "    a|endswith: ['/x', '/y']")), []byte(ruleOf(linux, "    a|endswith: '/x'\n    b|re: y+")), "/x")
	for _, p := range pathological {
		if len(p.rule) < 120 { // the fuzzer shrinks what is new, and shrinking long seeds would take all its time
			rule := "detection:\n  s:\n" + p.rule + "\n  condition: s\n"
			f.Add([]byte(rule), []byte(strings.Replace(rule, p.old, p.new, 1)), "x")
		}
	}
	f.Fuzz(func(t *testing.T, old, new []byte, value string) {
		a, b := onlyRule(old), onlyRule(new)
		if a == nil || b == nil {
			return
		}
		p := NewProver(Options{States: 300, Steps: 100})
		c, r := p.Changes(a, b), p.Relate(a, b)
		checkEvents(t, a, b, c)
		if (r.Relation == Same) != (c.Class == ClassEquivalent) && r.Logs == SameLogs && r.Relation != Vacuous && r.Relation != Undecided && c.Class != ClassUnknown {
			t.Fatalf("relation %v, and change %v", r.Relation, c.Class)
		}
		before, err := match.Compile(a)
		if err != nil {
			return
		}
		after, err := match.Compile(b)
		if err != nil {
			return
		}
		e := Event{}
		for _, formula := range []*Formula{FromRule(a), FromRule(b)} {
			formula.each(func(g *Formula) {
				if g.leaf != nil && g.leaf.field != "" {
					e[g.leaf.field] = value
				}
			})
		}
		was, is := before.Match(match.NewEvent(e)), after.Match(match.NewEvent(e))
		if was && !is && r.Forth.Verdict == Yes || is && !was && r.Back.Verdict == Yes || was && is && r.Apart.Verdict == Yes {
			t.Fatalf("%v contradicts %v", e, r.Relation)
		}
		if r.Logs == SameLogs && (was && !is && c.Lost.Verdict == No || is && !was && c.Gained.Verdict == No) {
			t.Fatalf("%v contradicts %v", e, c.Class)
		}
	})
}

func onlyRule(data []byte) *rules.Rule {
	docs, _ := rules.Parse(source.Parse("fuzz.yml", data, source.Limits{}))
	if len(docs) != 1 {
		return nil
	}
	r, _ := docs[0].(*rules.Rule)
	return r
}
