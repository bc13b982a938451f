package logic

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/match"
)

// The main evidence for soundness: random rules, whose answers are compared with an evaluator that shares no code with this
// package (package match) on events that were enumerated, not searched.

// propertyCases is how many rules a test run tries.
const propertyCases = 10_000

var fragments = []string{"a", "b", "B", "ab", "/a", "-a", "k", "K", "1", "10", "é", "", ".", "aa", `\*`, "*", "?", "a*b", "?b", "*a", "b*", "-", "s"}

var expressions = []string{"a", "^a", "b$", "^a.b$", "a+b?", "[ab]{2}", `\bab\b`, "(?i)K", "^$", "a|^b", `\d+`, "(?m)^b$", "[^a]", `\Bb`, "(a|b)*1$", `a\nb`, "^[ab]*$"}

var networks = []string{"10.0.0.0/8", "10.1.0.0/16", "10.0.0.1/32", "0.0.0.0/1", "fe80::/10", "::1/128", "::/0", "10.0.0.2/31"}

// brute are the values that events take in turn.
var brute = func() []any {
	out := []any{nil, true, "true", 1, 10, "10.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fe80::1", "::ffff:10.0.0.1", "-1", "0.5", "1e1", "11", "a\nb", "É", "ſ", "\u212a"}
	letters := []rune("abBkK/-1*. é")
	var grow func(prefix string, n int)
	grow = func(prefix string, n int) {
		out = append(out, prefix)
		if n == 0 {
			return
		}
		for _, r := range letters {
			grow(prefix+string(r), n-1)
		}
	}
	grow("", 2)
	for _, r := range letters[:5] {
		for _, x := range letters[:5] {
			for _, y := range letters[:5] {
				out = append(out, string([]rune{r, x, y}), string([]rune{'/', r, x, y}))
			}
		}
	}
	return out
}()

// both is an event as this package and as package match takes it.
type both struct {
	fields Event
	event  *match.Event
}

func newBoth(e Event) both { return both{e, match.NewEvent(e)} }

// randomEvents are all brute values on every field alone, and random mixtures up to n; with lists, some fields hold
// several values.
func randomEvents(r *rand.Rand, n int, lists bool) []both {
	events := []both{newBoth(Event{})}
	for _, field := range []string{"a", "b", "c"} {
		for _, v := range brute {
			events = append(events, newBoth(Event{field: v}))
		}
	}
	for len(events) < n {
		fields := Event{}
		for _, field := range []string{"a", "b", "c"} {
			if r.Intn(4) > 0 {
				fields[field] = brute[r.Intn(len(brute))]
			}
			if lists && r.Intn(10) == 0 {
				fields[field] = []any{}
			} else if lists && r.Intn(2) == 0 {
				fields[field] = []any{brute[3+r.Intn(len(brute)-3)], brute[3+r.Intn(len(brute)-3)]}
			}
		}
		events = append(events, newBoth(fields))
	}
	r.Shuffle(n, func(i, j int) { events[i], events[j] = events[j], events[i] })
	return events
}

// triedEvents is how many events a refuted formula is tried on; each case takes another part of the pool.
const triedEvents = 400

func tried(events []both, n int) []both {
	from := n * triedEvents % (len(events) - triedEvents)
	return events[from : from+triedEvents]
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// randomItem writes one item.
func randomItem(r *rand.Rand) string {
	field := []string{"a", "a", "b", "c"}[r.Intn(4)]
	list := func(values []string, most int) string {
		var out []string
		for range 1 + r.Intn(most) {
			out = append(out, quote(values[r.Intn(len(values))]))
		}
		if len(out) == 1 {
			return out[0]
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	tail := []string{"", "", "", "|all", "|neq"}[r.Intn(5)]
	switch r.Intn(12) {
	case 0:
		return field + ": null"
	case 1:
		return fmt.Sprintf("%s|exists: %t", field, r.Intn(2) == 0)
	case 2:
		return field + "|re" + []string{"", "|i", "|m", "|s"}[r.Intn(4)] + tail + ": " + list(expressions, 3)
	case 3:
		return field + "|cidr" + tail + ": " + list(networks, 3)
	case 4:
		return fmt.Sprintf("%s|%s: %s", field, []string{"lt", "lte", "gt", "gte"}[r.Intn(4)], []string{"1", "10", "0", "-1", "0.5", "11"}[r.Intn(6)])
	case 5:
		return fmt.Sprintf("%s%s: %s", field, strings.TrimPrefix(tail, "|all"), []string{"1", "true", "10", "[1, 10]", "false"}[r.Intn(5)])
	case 6:
		return field + "|windash|contains" + tail + ": " + list([]string{"-a", "/a", " -b"}, 2)
	case 7:
		return field + "|cased" + []string{"", "|contains", "|endswith"}[r.Intn(3)] + tail + ": " + list(fragments, 3)
	}
	length := 4
	if r.Intn(6) == 0 {
		length = 3 * excludedList // long lists are searched in parts
	}
	return field + []string{"", "|contains", "|startswith", "|endswith"}[r.Intn(4)] + tail + ": " + list(fragments, length)
}

func randomBlock(r *rand.Rand, indent string) string {
	var b strings.Builder
	if r.Intn(5) == 0 {
		for range 2 + r.Intn(2) {
			b.WriteString(indent + "- " + randomItem(r) + "\n")
		}
		return b.String()
	}
	seen := map[string]bool{}
	for range 1 + r.Intn(3) {
		item := randomItem(r)
		key, _, _ := strings.Cut(item, ":")
		if !seen[key] {
			seen[key] = true
			b.WriteString(indent + item + "\n")
		}
	}
	return b.String()
}

func randomCondition(r *rand.Rand, names []string, depth int) string {
	name := names[r.Intn(len(names))]
	if depth == 0 {
		return name
	}
	switch r.Intn(6) {
	case 0:
		return "not " + randomCondition(r, names, depth-1)
	case 1, 2:
		return "(" + randomCondition(r, names, depth-1) + " and " + randomCondition(r, names, depth-1) + ")"
	case 3:
		return "(" + randomCondition(r, names, depth-1) + " or " + randomCondition(r, names, depth-1) + ")"
	case 4:
		return name + " and not " + names[r.Intn(len(names))]
	}
	return []string{"1 of s*", "all of s*", name}[r.Intn(3)]
}

// randomRule writes a rule with one to three identifiers.
func randomRule(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("detection:\n")
	var names []string
	for i := range 1 + r.Intn(3) {
		name := fmt.Sprintf("s%d", i)
		names = append(names, name)
		b.WriteString("  " + name + ":\n" + randomBlock(r, "    "))
	}
	b.WriteString("  condition: " + randomCondition(r, names, 3) + "\n")
	return b.String()
}

func TestAnswersNeverContradictTheMatcher(t *testing.T) {
	for _, lists := range []bool{false, true} {
		r := rand.New(rand.NewSource(1))
		events := randomEvents(r, 8000, lists)
		count := map[Verdict]int{}
		for n := range propertyCases / 2 {
			text := randomRule(r)
			rule := parseRule(t, text)
			m, err := match.Compile(rule)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			o := Options{Folding: []Folding{UnicodeFolding, BothFoldings}[n%2]}
			if lists {
				o.Lists = func(string) bool { return true }
			}
			p := NewProver(o)
			p.noGuess = n%4 < 2
			a := p.Satisfiable(FromRule(rule))
			count[a.Verdict]++
			switch a.Verdict {
			case Yes:
				if !m.Match(match.NewEvent(a.Witness)) {
					t.Fatalf("%v does not match\n%s", a.Witness, text)
				}
			case No:
				for _, e := range tried(events, n) {
					if m.Match(e.event) {
						t.Fatalf("%v matches\n%s%s", e.fields, text, a.Explain())
					}
				}
				if a.Explain() == "" {
					t.Fatalf("no proof for\n%s", text)
				}
			default:
				if count[Unknown] < 5 {
					t.Logf("unknown: %s\n%s", a.Reason, text)
				}
			}
		}
		t.Logf("lists %v: yes %d, no %d, unknown %d", lists, count[Yes], count[No], count[Unknown])
		if count[Unknown] > propertyCases/50 || count[No] < propertyCases/20 {
			t.Errorf("too few decided: %v", count)
		}
	}
}

func TestDirectEvaluationAgreesWithTheMatcher(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	events := randomEvents(r, 8000, true)
	for n := range 1000 {
		text := randomRule(r)
		rule := parseRule(t, text)
		m, err := match.Compile(rule)
		if err != nil {
			t.Fatal(err)
		}
		f := FromRule(rule)
		for _, e := range tried(events, n)[:200] {
			if got := f.Eval(e.fields, UnicodeFolding); got != truth(m.Match(e.event)) {
				t.Fatalf("%v: %v\n%s", e.fields, got, text)
			}
		}
	}
}

// Every check is a substitution; what it says about the substituted formula has to hold on every event.
func TestSubstitutionsNeverContradictEvaluation(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	events := randomEvents(r, 8000, false)
	count := map[Verdict]int{}
	for n := range 2000 {
		text := randomRule(r)
		f := FromRule(parseRule(t, text))
		var parts []Part
		f.each(func(g *Formula) { parts = append(parts, g.parts...) })
		part := parts[r.Intn(len(parts))]
		p := NewProver(Options{Folding: UnicodeFolding})
		p.noGuess = n%2 == 0
		if n%3 == 0 {
			p.Satisfiable(f) // views of automata that are there already
		}
		g := f.With(part, r.Intn(4) == 0)
		if r.Intn(3) == 0 {
			g = f.Only(part)
		}
		a := p.Equivalent(f, g)
		count[a.Verdict]++
		switch a.Verdict {
		case No:
			if f.Eval(a.Witness, UnicodeFolding) == g.Eval(a.Witness, UnicodeFolding) {
				t.Fatalf("%v tells nothing apart\n%s", a.Witness, text)
			}
		case Yes:
			for _, e := range tried(events, n) {
				if f.Eval(e.fields, UnicodeFolding) != g.Eval(e.fields, UnicodeFolding) {
					t.Fatalf("%v tells %T apart\n%s%s", e.fields, part, text, a.Explain())
				}
			}
		}
	}
	t.Logf("no %d, yes %d, unknown %d", count[No], count[Yes], count[Unknown])
}
