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

func BenchmarkPathological(b *testing.B) {
	for _, p := range pathological {
		b.Run(strings.ReplaceAll(p.name, " ", "-"), func(b *testing.B) {
			r := parseRule(b, "detection:\n  s:\n"+p.rule+"\n  condition: s\n")
			for b.Loop() {
				Satisfiable(FromRule(r))
			}
		})
	}
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
