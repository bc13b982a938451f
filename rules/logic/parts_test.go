package logic

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// said is what an analysis finds, as short lines.
func said(t testing.TB, text string) string {
	t.Helper()
	a := Analyse(parseRule(t, text), Options{})
	var out []string
	for _, group := range [][]PartFinding{a.Whole(), a.Identifiers(), a.Values(), a.Details()} {
		for _, f := range group {
			line := kindWords[f.Kind]
			if f.Detection != nil {
				line += " " + f.Detection.Name
			}
			for _, x := range f.Tests {
				line += " " + x.Value.Text
			}
			for _, d := range f.By {
				line += " by " + d.Name
			}
			out = append(out, line)
		}
	}
	return strings.Join(out, "; ")
}

var kindWords = map[PartKind]string{
	RuleNeverMatches: "never", RuleAlwaysMatches: "always", ExclusionsSwallowRule: "swallowed", IdentifierContradictory: "contradictory",
	IdentifierDead: "dead", IdentifierImplied: "implied", IdentifiersIdentical: "identical", AlternativeDead: "dead entry",
	BranchSwallowed: "swallowed branch", ValueSwallowed: "swallowed value", ValueDead: "dead value", ValueCovered: "covered",
	AllValueImplied: "implied value", ItemImplied: "implied item", ExclusionRestates: "restates", ExclusionDead: "no-op",
	NullGuard: "null guard", ExclusionValueDead: "no-op value",
}

var partCases = []struct{ name, detection, want string }{
	{"a rule whose parts all matter", `
  selection:
    Image|endswith: ['/who', '/w']
  filter_main_report:
    ParentImage: '/usr/bin/report'
  condition: selection and not 1 of filter_main_*`, ""},
	{"two exact ends clash", `
  a: {Image|endswith: '/who'}
  b: {Image|endswith: '/netstat'}
  condition: a and b`, "never"},
	{"a test and its negation", `
  a: {Image|contains: x}
  b: {Image|contains|neq: x}
  condition: 1 of them`, "always"},
	{"an exclusion of everything", `
  selection: {Image|endswith: '/who'}
  filter_a: {ParentImage: '/x'}
  filter_b: {Image|contains: who}
  condition: selection and not 1 of filter_*`, "swallowed by filter_b"},
	{"only together two exclusions are everything", `
  selection: {Image|endswith: '/who'}
  filter_a: {CommandLine|contains: x}
  filter_b: {CommandLine|contains|neq: x}
  condition: selection and not 1 of filter_*`, "swallowed by filter_a by filter_b"},
	{"an identifier contradicts itself", `
  a: {Image|endswith: '/who'}
  b: {Image: '/usr/bin/w', Image|contains: '/sbin/'}
  condition: 1 of them`, "contradictory b"},
	{"an identifier inside another", `
  any: {CommandLine|contains: who}
  some: {CommandLine|contains: 'who -q'}
  condition: 1 of them`, "dead some"},
	{"an identifier implied by another", `
  some: {CommandLine|contains: 'who -q'}
  any: {CommandLine|contains: who}
  condition: all of them`, "implied any"},
	{"of two that cover each other one is enough", `
  a: {Image|endswith: ['/who', '/w']}
  b: {Image|endswith: ['/w', '/who']}
  condition: 1 of them`, "identical b by a"},
	{"two exclusions that only together cover a third", `
  selection: {Image|endswith: '/who'}
  filter_a: {CommandLine|contains: x, User: root}
  filter_b: {CommandLine|contains|neq: x, User: root}
  filter_c: {User: root, ParentImage: '/y'}
  condition: selection and not 1 of filter_*`, "no-op filter_c by filter_a by filter_b"},
	{"an exclusion that contradicts the selection", `
  selection: {Image|endswith: '/who'}
  filter: {Image|endswith: '/netstat'}
  condition: selection and not filter`, "no-op filter"},
	{"an exclusion inside another", `
  selection: {Image|endswith: '/who'}
  filter_a: {ParentImage|startswith: '/opt/'}
  filter_b: {ParentImage: '/opt/report'}
  condition: selection and not 1 of filter_*`, "no-op filter_b by filter_a"},
	{"a guard against absence", `
  selection: {CommandLine|contains: who}
  filter: {CommandLine: null}
  condition: selection and not filter`, "null guard filter"},
	{"absence matters where nothing asks for presence", `
  selection: {Image|endswith: '/who'}
  filter: {CommandLine: null}
  condition: selection and not filter`, ""},
	{"a value that another identifier covers", `
  a: {Image|endswith: ['/who', '/netstat']}
  b: {Image|contains: '/who'}
  condition: 1 of them`, "dead value a /who"},
	{"a value that its own list covers is only spelling", `
  a: {Image|endswith: ['who', '/who']}
  condition: a`, "covered a /who"},
	{"of equal values the later one goes", `
  a: {Image|endswith: ['/who', '/WHO']}
  condition: a`, "covered a /WHO"},
	{"wildcards inside values", `
  a: {Image|contains: ['net*x', 'netstat*x']}
  condition: a`, "covered a netstat*x"},
	{"an exclusion that hides one value", `
  selection: {Image|endswith: ['/who', '/netstat']}
  filter: {Image|contains: netstat}
  condition: selection and not filter`, "swallowed value selection /netstat by filter"},
	{"an exclusion that hides one branch", `
  a: {Image|endswith: '/who'}
  b: {Image|endswith: '/netstat'}
  filter: {Image|contains: netstat}
  condition: 1 of a* and not filter or b and not filter`, "swallowed branch b by filter"},
	{"an exclusion that hides one entry", `
  selection:
    - Image|endswith: '/who'
    - Image|endswith: '/netstat'
      CommandLine|contains: -a
  filter: {Image|contains: netstat}
  condition: selection and not filter`, "swallowed branch selection by filter"},
	{"a mistyped value of an exclusion", `
  selection: {Image|endswith: ['/who', '/w']}
  filter: {Image|endswith: ['/who', '/whoo'], ParentImage: '/x'}
  condition: selection and not filter`, "no-op value filter /whoo"},
	{"of a value in two exclusions one is enough", `
  selection: {Image|endswith: '/who'}
  filter_a: {ParentImage: ['/x', '/y']}
  filter_b: {ParentImage: ['/y', '/z']}
  condition: selection and not 1 of filter_*`, "no-op value filter_b /y"},
	{"a dead exclusion does not make the value that covers it dead", `
  selection: {Image|endswith: '/who'}
  filter_a: {ParentImage: ['/x', '/y']}
  filter_b: {ParentImage: '/y'}
  condition: selection and not 1 of filter_*`, "no-op filter_b by filter_a"},
	{"values under all", `
  selection: {CommandLine|contains|all: [firewall, advfirewall]}
  condition: selection`, "implied value selection firewall"},
	{"an exclusion repeats the selection", `
  selection: {Image|endswith: '/who'}
  filter: {Image|endswith: '/who', ParentImage: '/x'}
  condition: selection and not filter`, "restates filter"},
	{"an item implied by another", `
  selection: {Image|endswith: '/who', Image|contains: who}
  condition: selection`, "implied item selection"},
	{"an identifier used in both directions is left alone", `
  a: {Image|endswith: '/who'}
  b: {CommandLine|contains: x}
  condition: a and (b or not b)`, ""},
	{"a placeholder may mean anything", `
  a: {User|expand: '%admins%'}
  b: {User: root}
  condition: a and not b`, ""},
	{"the same placeholder means the same", `
  a: {User|expand: '%admins%'}
  b: {User|expand: '%admins%'}
  condition: a and not b`, "swallowed by b"},
	{"a rule without a certain meaning", `
  a: {Image|endswith: '/who'}
  condition: a and missing`, ""},
	{"addresses", `
  selection: {DestinationPort: 443}
  filter: {DestinationIp|cidr: ['10.0.0.0/8', '192.168.0.0/16']}
  filter_b: {DestinationIp|cidr: '10.1.0.0/16'}
  condition: selection and not 1 of filter*`, "no-op filter_b by filter"},
	{"numbers", `
  selection: {Count|gt: 5}
  filter: {Count|lt: 3}
  condition: selection and not filter`, "no-op filter"},
}

func TestParts(t *testing.T) {
	for _, c := range partCases {
		t.Run(c.name, func(t *testing.T) {
			if got := said(t, "detection:"+c.detection+"\n"); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestAFindingOnOneValuePerFieldSaysSo(t *testing.T) {
	text := "detection:\n  a: {x|endswith: '/who'}\n  b: {x|endswith: '/netstat'}\n  condition: a and b\n"
	f := Analyse(parseRule(t, text), Options{}).Whole()
	if len(f) != 1 || len(f[0].Proof.Assumptions) != 1 || f[0].Proof.Assumptions[0].Kind != OneValue {
		t.Fatalf("%+v", f)
	}
	lists := Options{Lists: func(string) bool { return true }}
	if f := Analyse(parseRule(t, text), lists).Whole(); len(f) != 0 {
		t.Fatalf("a field with two values can meet both: %+v", f)
	}
}

func TestARuleOutsideTheDomainOfItsFields(t *testing.T) {
	domain := func(field string) *Formula {
		return Or(Absent(field), Matches(field, rules.ParsePattern("/*")))
	}
	for image, want := range map[string]Verdict{"lsof": No, "/bin/lsof": Yes} {
		r := parseRule(t, "detection:\n  a: {Image: '"+image+"'}\n  condition: a\n")
		if a := Analyse(r, Options{}).Within(domain); a.Verdict != want {
			t.Errorf("%s: %v", image, a.Verdict)
		}
	}
}

func TestWitnessesShowEveryValue(t *testing.T) {
	r := parseRule(t, discovery)
	f := FromRule(r)
	witnesses := Analyse(r, Options{}).Witnesses()
	if len(witnesses) != 5 {
		t.Fatalf("%d witnesses", len(witnesses))
	}
	for _, w := range witnesses {
		if f.Eval(w.Event, BothFoldings) != Holds || f.With(w.Part, false).Eval(w.Event, BothFoldings) != Fails {
			t.Errorf("%v does not show that %v matters", w.Event, w.Part)
		}
	}
}

func TestALongListIsNotAskedValueByValue(t *testing.T) {
	var b strings.Builder
	b.WriteString("detection:\n  s:\n    Hashes|contains:\n")
	for i := range 4000 {
		fmt.Fprintf(&b, "      - 'SHA256=%016x'\n", uint64(i)*0x9e3779b97f4a7c15)
	}
	b.WriteString("      - '☃'\n      - '☃☃'\n  condition: s\n")
	if got := said(t, b.String()); got != "covered s ☃☃" {
		t.Errorf("got %q", got)
	}
}

// Whatever is said of random small rules is true of all events of a small world.
func TestPartsAgainstBruteForce(t *testing.T) {
	random := rand.New(rand.NewSource(8))
	values := []string{"a", "b", "ab", "ba", "aa"}
	texts := []any{nil, "", "a", "b", "ab", "ba", "aa", "bb", "aab", "aba", "bab", "baa", "abb", "c"}
	var world []Event
	for i := range len(texts) + 1 {
		for j := range len(texts) + 1 {
			e := Event{}
			if i < len(texts) {
				e["f"] = texts[i]
			}
			if j < len(texts) {
				e["g"] = texts[j]
			}
			world = append(world, e)
		}
	}
	item := func() string {
		field := []string{"f", "g"}[random.Intn(2)]
		modifier := []string{"", "|contains", "|startswith", "|endswith", "|contains|all"}[random.Intn(5)]
		n := 1 + random.Intn(3)
		var list []string
		for range n {
			list = append(list, values[random.Intn(len(values))])
		}
		return fmt.Sprintf("%s%s: [%s]", field, modifier, strings.Join(list, ", "))
	}
	conditions := []string{"a and not b", "a or b", "a and b", "a and not 1 of b*", "(a or b) and not c", "a and not b and not c", "1 of them", "a and (b or not c)"}
	findings := 0
	for range 1500 {
		text := fmt.Sprintf("detection:\n  a: {%s}\n  b: {%s}\n  c: {%s}\n  condition: %s\n", item(), item(), item(), conditions[random.Intn(len(conditions))])
		r := parseRule(t, text)
		f := FromRule(r)
		a := Analyse(r, Options{})
		equal := func(what string, g *Formula) {
			findings++
			for _, e := range world {
				if f.Eval(e, UnicodeFolding) != g.Eval(e, UnicodeFolding) {
					t.Errorf("%s\n%s: %v tells the difference", text, what, e)
					return
				}
			}
		}
		for _, group := range [][]PartFinding{a.Whole(), a.Identifiers(), a.Values(), a.Details()} {
			for _, p := range group {
				switch p.Kind {
				case RuleNeverMatches, ExclusionsSwallowRule:
					equal("never", False)
				case RuleAlwaysMatches:
					equal("always", True)
				case IdentifierDead, IdentifierContradictory, ExclusionDead, NullGuard, BranchSwallowed, AlternativeDead:
					equal("dead", f.With(p.Part, false))
				case IdentifierImplied, ItemImplied, ExclusionRestates:
					g := f.With(p.Part, true)
					if len(p.Tests) > 0 {
						g = f.With(p.Tests[0], true)
					}
					equal("implied", g)
				case ValueDead, ValueSwallowed, ExclusionValueDead:
					for _, x := range p.Tests {
						equal("value", f.With(x, false))
					}
				case ValueCovered:
					g := f
					for _, x := range p.Tests {
						g = g.With(x, false)
					}
					equal("covered", g)
				case AllValueImplied:
					g := f
					for _, x := range p.Tests {
						g = g.With(x, true)
					}
					equal("implied value", g)
				}
			}
		}
	}
	if findings < 500 {
		t.Errorf("only %d findings: the rules are too tame", findings)
	}
}

func TestRulesetFindsContainments(t *testing.T) {
	rule := func(detection string) *rules.Rule { return parseRule(t, "detection:\n"+detection) }
	list := []*rules.Rule{
		rule("  s: {Image|endswith: '/who'}\n  condition: s\n"),
		rule("  s: {Image|endswith: '/who', CommandLine|contains: '-q'}\n  condition: s\n"),
		rule("  s: {Image: '*/WHO'}\n  condition: s\n"),
		rule("  s: {Image|endswith: '/netstat'}\n  condition: s\n"),
		rule("  s: {Image|re: 'who$'}\n  condition: s\n"),
	}
	s := NewRuleset(list, Options{})
	all := func(int, int) bool { return true }
	var got []string
	for _, c := range s.Contained(all) {
		got = append(got, fmt.Sprintf("%d<%d", c.Inner, c.Outer))
	}
	if fmt.Sprint(got) != "[0<2 1<0 1<2 2<0]" {
		t.Error(got)
	}
	if same := s.Equivalent(all); len(same) != 1 || same[0].Inner != 2 || same[0].Outer != 0 {
		t.Errorf("%+v", same)
	}
}
