package logic

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// edited is the discovery rule with one text replaced.
func edited(t testing.TB, pairs ...string) *rules.Rule {
	t.Helper()
	text := discovery
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("no %q in the rule", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return parseRule(t, text)
}

func TestChangeOfARule(t *testing.T) {
	for _, row := range []struct {
		name  string
		edit  []string
		class Class
		words string // of the edits, joined
	}{
		{"nothing", nil, ClassEquivalent, ""},
		{"order and layout", []string{"      - '/who'\n      - '/w'", "      - \"/w\"   # short\n      - /who"}, ClassEquivalent, ""},
		{
			"a value that another covers", []string{"      - '/who'\n", "      - '/who'\n      - '/usr/bin/who'\n"}, ClassEquivalent,
			"`/usr/bin/who` added to `Image|endswith` in `selection`",
		},
		{
			"a value less", []string{"      - '/lsof'\n", ""}, ClassNarrowed,
			"`/lsof` removed from `Image|endswith` in `selection`",
		},
		{
			"a value more", []string{"      - '/lsof'\n", "      - '/lsof'\n      - '/ss'\n"}, ClassWidened,
			"`/ss` added to `Image|endswith` in `selection`",
		},
		{
			"a value for another", []string{"'/lsof'", "'/ss'"}, ClassBoth,
			"`/lsof` replaced by `/ss` in `Image|endswith` in `selection`",
		},
		{
			"another modifier", []string{"Image|endswith", "Image|contains"}, ClassWidened,
			"`Image|endswith` became `Image|contains` in `selection`",
		},
		{
			"one demand more", []string{"  filter_report", "    User: root\n  filter_report"}, ClassNarrowed,
			"`User` is new in `selection`",
		},
		{
			"a filter less", []string{" and not 1 of filter_*", ""}, ClassWidened,
			"the condition `selection and not 1 of filter_*` became `selection`",
		},
		{
			"a filter that takes a whole value", []string{"  condition", "  filter_w:\n    Image|endswith: '/w'\n  condition"}, ClassNarrowed,
			"`filter_w` is new",
		},
		{
			"a filter that can meet nothing", []string{"  condition", "  filter_nmap:\n    Image|endswith: '/nmap'\n  condition"}, ClassEquivalent,
			"`filter_nmap` is new",
		},
		{
			"a filter by another name", []string{"filter_report", "filter_main_report"}, ClassEquivalent,
			"`filter_report` is called `filter_main_report` now",
		},
		{
			"a filter with one demand less", []string{"    CommandLine|endswith: 'who -q'\n", ""}, ClassNarrowed,
			"`CommandLine|endswith` is gone in `filter_report`",
		},
		{
			"a list split into two alternatives", []string{
				"    Image|endswith:\n      - '/who'\n      - '/w'\n", "    - Image: ['*/who', '*/w']\n    - Image|endswith:\n",
				"      - '/last'\n      - '/lsof'\n      - '/netstat'\n", "        - '/last'\n        - '/lsof'\n        - '/netstat'\n",
			}, ClassEquivalent, "`selection` is written another way",
		},
		{"another product", []string{"product: linux", "product: macos"}, ClassBoth, ""},
		{"a product less", []string{"  product: linux\n", ""}, ClassWidened, ""},
		{"a service more", []string{"  product: linux\n", "  product: linux\n  service: auditd\n"}, ClassNarrowed, ""},
		{"a category became a service", []string{"category: process_creation", "service: auditd"}, ClassUnknown, ""},
		{"a placeholder instead of a value", []string{"Image|endswith", "Image|expand|endswith", "'/lsof'", "'%tools%'"}, ClassUnknown, "*"},
		{"an aggregation that stays", []string{"filter_*", "filter_* | count() > 3", "condition", "condition "}, ClassUnknown, "*"},
	} {
		t.Run(row.name, func(t *testing.T) {
			old, new := edited(t), edited(t, row.edit...)
			c := Changes(old, new)
			if c.Class != row.class {
				t.Errorf("%v, want %v\nlost %+v\ngained %+v", c.Class, row.class, c.Lost, c.Gained)
			}
			var words []string
			for _, e := range c.Edits {
				words = append(words, e.Text)
			}
			if got := strings.Join(words, "; "); got != row.words && row.words != "*" {
				t.Errorf("words: %s\n want: %s", got, row.words)
			}
			checkEvents(t, old, new, c)
			back := Changes(new, old)
			if turned := map[Class]Class{ClassNarrowed: ClassWidened, ClassWidened: ClassNarrowed}; turned[c.Class] != back.Class && c.Class != back.Class {
				t.Errorf("%v, and undone %v", c.Class, back.Class)
			}
		})
	}
}

// checkEvents evaluates every event of a change with package match on both versions.
func checkEvents(t testing.TB, old, new *rules.Rule, c Change) {
	t.Helper()
	before, err := match.Compile(old)
	if err != nil {
		return
	}
	after, err := match.Compile(new)
	if err != nil {
		return
	}
	for _, d := range []struct {
		name     string
		of       Difference
		from, to *match.Matcher
	}{{"lost", c.Lost, before, after}, {"gained", c.Gained, after, before}} {
		if d.of.Verdict == Yes && d.of.Witness == nil {
			t.Errorf("%s without a witness", d.name)
		}
		events := []Event{}
		if d.of.Witness != nil {
			events = append(events, d.of.Witness)
		}
		for _, b := range d.of.Because {
			events = append(events, b.Event)
		}
		for _, e := range events {
			event := match.NewEvent(e)
			if !d.from.Match(event) || !d.of.Logs && d.to.Match(event) {
				t.Errorf("%v is not %s", e, d.name)
			}
		}
	}
}

func TestEveryChangedValueHasItsEvent(t *testing.T) {
	c := Changes(edited(t), edited(t, "      - '/lsof'\n      - '/netstat'\n", "      - '/ss'\n", "  condition", "  filter_w:\n    Image|endswith: '/w'\n  condition"))
	value := func(b Because) string {
		switch part := b.Part.(type) {
		case *rules.Test:
			return part.Value.Text
		case *rules.Detection:
			return part.Name
		}
		return fmt.Sprintf("%T", b.Part)
	}
	var lost, gained []string
	for _, b := range c.Lost.Because {
		lost = append(lost, value(b))
	}
	for _, b := range c.Gained.Because {
		gained = append(gained, value(b))
	}
	if got := strings.Join(lost, " "); got != "/lsof /netstat filter_w" {
		t.Errorf("lost: %s", got)
	}
	if got := strings.Join(gained, " "); got != "/ss" {
		t.Errorf("gained: %s", got)
	}
}

// An edit that does nothing is not blamed for what another does.
func TestADroppedDemandIsNotBlamedForALoss(t *testing.T) {
	old := edited(t, "  filter_report", "    User: root\n  filter_report")
	new := edited(t, "      - '/lsof'\n", "")
	c := Changes(old, new)
	for _, b := range c.Lost.Because {
		if _, ok := b.Part.(*rules.Test); !ok {
			t.Errorf("%T is blamed", b.Part)
		}
	}
	if len(c.Lost.Because) != 1 || len(c.Gained.Because) != 1 || c.Class != ClassBoth {
		t.Errorf("%+v", c)
	}
}

// One wording has one meaning, even where nobody knows it.
func TestAnUnchangedAggregationIsEquivalent(t *testing.T) {
	old := edited(t, "filter_*", "filter_* | count() > 3")
	if c := Changes(old, edited(t, "filter_*", "filter_* | count() > 3", "    Image|endswith:\n", "    Image|endswith:   # programs\n")); c.Class != ClassEquivalent {
		t.Errorf("%+v", c)
	}
}

func TestAReplacedLongListEndsInTime(t *testing.T) {
	list := func(seed uint64) *rules.Rule {
		var values strings.Builder
		for i := range 2000 {
			fmt.Fprintf(&values, "\n      - 'SHA256=%064x'", (uint64(i)+seed)*0x9e3779b97f4a7c15)
		}
		return parseRule(t, "detection:\n  s:\n    Hashes|contains:"+values.String()+"\n  condition: s\n")
	}
	old, new := list(0), list(1)
	start := time.Now()
	c := Changes(old, new)
	t.Logf("%v", time.Since(start))
	if c.Class != ClassBoth || len(c.Lost.Because) != 1 || len(c.Gained.Because) != 1 {
		t.Errorf("%v %d %d", c.Class, len(c.Lost.Because), len(c.Gained.Because))
	}
	checkEvents(t, old, new, c)
}

// A list of exclusions is taken up value by value only so far: the ninth that matters must not leave the answer open.
func TestALongListOfExclusionsIsTakenUpWhole(t *testing.T) {
	rule := func(first string) *rules.Rule {
		return parseRule(t, "detection:\n  s:\n    C|contains: service\n  f1:\n    C|contains:\n      - stopservice\n"+first+
			"  f2:\n    C|contains:\n      - Change\n      - Create\n      - Delete\n      - PauseService\n      - ResumeService\n      - SetDescriptor\n"+
			"      - StartService\n      - StopService\n      - ControlService\n  condition: s and not 1 of f*\n")
	}
	if c := Changes(rule("      - startservice\n"), rule("")); c.Class != ClassEquivalent {
		t.Errorf("%v: %s", c.Class, c.Gained.Answer.Reason)
	}
}
