package proof

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
)

func examined(t *testing.T, text string, o Options) Rule {
	t.Helper()
	list := Examine(source.Parse("rule.yml", []byte(text), source.Limits{}), o)
	if len(list) != 1 {
		t.Fatalf("%d rules", len(list))
	}
	return list[0]
}

func ruleWith(detection string) string {
	return "title: t\nlogsource:\n  product: linux\n  category: process_creation\ndetection:\n" + detection
}

func TestWhatIsProvedOfARule(t *testing.T) {
	for _, row := range []struct {
		name              string
		detection         string
		matches           logic.Verdict
		proved, undecided bool
	}{
		{"a plain rule", "  s:\n    Image|endswith: /x\n  condition: s\n", logic.Yes, false, false},
		{"a rule that can never match", "  s:\n    Image|endswith: /x\n  t:\n    Image|endswith: /y\n  condition: s and t\n", logic.No, true, false},
		{"a filter that does nothing", "  s:\n    Image|endswith: /x\n  f:\n    Image|endswith: /y\n  condition: s and not f\n", logic.Yes, true, false},
		{"a covered value is no problem", "  s:\n    Image|endswith: [/x, /y/x]\n  condition: s\n", logic.Yes, false, false},
		{"a placeholder", "  s:\n    Image|expand: '%x%'\n  condition: s\n", logic.Unknown, false, true},
		{"no condition", "  s:\n    Image: x\n", logic.Unknown, false, true},
	} {
		r := examined(t, ruleWith(row.detection), Options{})
		if r.Matches.Verdict != row.matches || r.Proved() != row.proved || r.Undecided() != row.undecided {
			t.Errorf("%s: %v, proved %t, undecided %t", row.name, r.Matches.Verdict, r.Proved(), r.Undecided())
		}
	}
}

func TestAWitnessIsForItsValueAlone(t *testing.T) {
	r := examined(t, ruleWith("  s:\n    Image|endswith: [/x, /y]\n    CommandLine|contains|all: [p, q]\n  t:\n    - User: u\n    - User: v\n  condition: s or t\n"), Options{Witnesses: true})
	var got []string
	for _, w := range r.Witnesses {
		got = append(got, fmt.Sprint(w.Label(), " ", w.Answer.Witness["Image"], " ", w.Answer.Witness["User"]))
	}
	want := "`/x` /usr/bin/x <nil>; `/y` /usr/bin/y <nil>; `CommandLine|contains|all` /usr/bin/x <nil>; `u` <nil> u; `v` <nil> v"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
}

func TestWitnessesOfPublishedRulesMatch(t *testing.T) {
	events, never, unsure := 0, 0, 0
	for n, f := range corpustest.Open(t).LiveRules(t) {
		if n%10 != 0 {
			continue // the solver's own tests ask all of them
		}
		for _, r := range Examine(source.Parse(f.Path, f.Data, source.Limits{}), Options{Witnesses: len(f.Data) < 20_000}) {
			m, err := match.Compile(r.Rule)
			if err != nil {
				continue
			}
			for _, w := range append(r.Witnesses, Witness{Answer: r.Matches}) {
				switch w.Answer.Verdict {
				case logic.Yes:
					events++
					if !m.Match(match.NewEvent(w.Answer.Witness)) {
						t.Errorf("%s: %v does not match", f.Path, w.Answer.Witness)
					}
				case logic.No:
					never++
				default:
					unsure++
				}
			}
		}
	}
	t.Logf("%d events, %d values that never match, %d not decided", events, never, unsure)
}

// "One value" is said where it matters: not of fields of which the taxonomy says so; machines are told always.
func TestOneValueIsToldWhereItIsInDoubt(t *testing.T) {
	const clash = "  a:\n    %[1]s: x\n  b:\n    %[1]s: y\n  condition: a and b\n"
	several, err := domain.Default().WithLists(domain.List{Name: "edr", Fields: "Image", Several: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, logsource, field string
		domains                *domain.Table
		matches                logic.Verdict
		told                   string
	}{
		{"Sysmon's Image is certain", "{product: linux, category: process_creation}", "Image", nil, logic.No, ""},
		{"CloudTrail's eventName is not", "{product: aws, service: cloudtrail}", "eventName", nil, logic.No, "`eventName` holds one value at a time"},
		{"a nested field may hold several", "{product: aws, service: cloudtrail}", "requestParameters.name", nil, logic.Yes, ""},
		{"and so does what a configuration names", "{product: linux, category: process_creation}", "Image", several, logic.Yes, ""},
	} {
		r := examined(t, "title: t\nlogsource: "+row.logsource+"\ndetection:\n"+fmt.Sprintf(clash, row.field), Options{Domains: row.domains})
		var text, machine strings.Builder
		if err := errors.Join(Text(&text, []Rule{r}, Palette{}), JSON(&machine, []Rule{r})); err != nil {
			t.Fatal(err)
		}
		if r.Matches.Verdict != row.matches || strings.Join(r.told(r.Matches), "; ") != row.told || strings.Contains(text.String(), "assuming: ") != (row.told != "") {
			t.Errorf("%s: %v, told %q\n%s", row.name, r.Matches.Verdict, r.told(r.Matches), text.String())
		}
		if row.matches == logic.No && !strings.Contains(machine.String(), "holds one value at a time") {
			t.Errorf("%s: machines are not told\n%s", row.name, machine.String())
		}
	}
}

func TestARelationHoldsForAsManyValuesAsEitherRuleMaySee(t *testing.T) {
	parse := func(logsource string) *rules.Rule {
		documents, _ := rules.Parse(source.Parse("other.yml", []byte("title: o\nlogsource: "+logsource+"\ndetection:\n  s:\n    Image: y\n  condition: s\n"), source.Limits{}))
		return documents[0].(*rules.Rule)
	}
	const rule = "title: t\nlogsource: {product: linux, category: process_creation}\ndetection:\n  s:\n    Image: x\n  condition: s\n"
	if r := examined(t, rule, Options{Against: parse("{product: linux, category: process_creation}")}); r.Relation.Relation != logic.Apart {
		t.Errorf("one Image is not two: %v", r.Relation.Relation)
	}
	if r := examined(t, rule, Options{Against: parse("{product: acme}")}); r.Relation.Relation != logic.Overlapping {
		t.Errorf("nobody knows how many acme writes: %v", r.Relation.Relation)
	}
}
