package logic

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// Each row is one identifier about times and whether an event can match it; see predicates.
var timePredicates = []struct {
	name, block string
	want        Verdict
	says        string
}{
	{"an hour", "    a|hour: 3", Yes, ""},
	{"two hours", "    a|hour|all: [3, 4]", No, "`a` cannot have the hour `3` and the hour `4` at once"},
	{"one of two hours", "    a|hour: [3, 4]\n    a|hour|gt: 3", Yes, ""},
	{"an hour after the last", "    a|hour|gt: 25", No, "no `a` can have an hour greater than `25`"},
	{"hours end at 23", "    a|hour|gt: 23", No, "no `a` can have an hour greater than `23`"},
	{"the last hour", "    a|hour|gte: 23", Yes, ""},
	{"hours of a range that is empty", "    a|hour|gt: 3\n    a|hour|lt: 4", No, "`a` cannot have an hour greater than `3` and an hour less than `4` at once"},
	{"the minutes beside an hour", "    a|hour: 3\n    a|minute|gte: 59", Yes, ""},
	{"minutes end at 59", "    a|minute|gt: 59", No, "no `a` can have a minute greater than `59`"},
	{"there is a day 31", "    a|day: 31", Yes, ""},
	{"there is no 30 February", "    a|day: 30\n    a|month: 2", No, "`a` cannot have the day `30` and the month `2` at once"},
	{"29 February exists", "    a|day: 29\n    a|month: 2", Yes, ""},
	{"29 February exists in some years only", "    a|day: 29\n    a|month: 2\n    a|year: 2025", No,
		"`a` cannot have the day `29` and the month `2` and the year `2025` at once"},
	{"centuries are leap years by 400 only", "    a|day: 29\n    a|month: 2\n    a|year: 2100", No,
		"`a` cannot have the day `29` and the month `2` and the year `2100` at once"},
	{"week 53 of a long year", "    a|week: 53\n    a|year: 2020", Yes, ""},
	{"week 53 of a year that has none is in the January after a long one", "    a|week: 53\n    a|year: 2021\n    a|month|neq: 1", No,
		"every `a` that has the week `53` and the year `2021` also has the month `1`"},
	{"week 53 of a short year after a short one", "    a|week: 53\n    a|year: 2019", No, "`a` cannot have the week `53` and the year `2019` at once"},
	{"weeks end at 53", "    a|week|gte: 54", No, "no `a` can have a week of at least `54`"},
	{"week 10 is in March", "    a|week: 10\n    a|month: 6", No, "`a` cannot have the week `10` and the month `6` at once"},
	{"years have four digits", "    a|year|gt: 9999", No, "no `a` can have a year greater than `9999`"},
	{"fractions lie between hours", "    a|hour|gt: 2.5\n    a|hour|lt: 2.75", No,
		"`a` cannot have an hour greater than `2.5` and an hour less than `2.75` at once"},
	{"a time beside text", "    a|hour: 3\n    a|startswith: '2024-02'\n    a|endswith: '+01:00'", Yes, ""},
	{"text that no such time has", "    a|month: 3\n    a|startswith: '2024-02'", No, "`a` cannot have the month `3` and begin with `2024-02` at once"},
	{"a date alone has no hour", "    a|hour: 3\n    a|re: '^.{10}$'", No, "`a` cannot have the hour `3` and match `^.{10}$` at once"},
	{"a date alone has a day", "    a|day: 3\n    a|re: '^.{10}$'", Yes, ""},
	{"a time is no number", "    a|year: 2025\n    a|gt: 5", No, "`a` cannot have the year `2025` and be greater than `5` at once"},
	{"a time is no address", "    a|year: 2025\n    a|cidr: '::/0'", No, "`a` cannot have the year `2025` and lie in `::/0` at once"},
	{"what is no time has no hour", "    a|hour|neq: [0, 1, 2]\n    a: foo", Yes, ""},
	{"an absent time has no hour", "    a|hour|neq: 3\n    a: null", Yes, ""},
	{"a time that is present", "    a|hour: 3\n    a: null", No, "`a` cannot have the hour `3` and be absent or null at once"},
	{"all hours but one", "    a|hour|gte: 0\n    a|hour|neq: 3", Yes, ""},
	{"every hour is some hour", "    a|minute: 3\n    a|hour|gte|neq: 0", No, "every `a` that has the minute `3` also has an hour of at least `0`"},
}

func TestTimes(t *testing.T) {
	for _, row := range timePredicates {
		t.Run(row.name, func(t *testing.T) {
			for _, search := range []bool{false, true} {
				f := parsed(t, row.block)
				p := NewProver(Options{})
				p.noGuess = search
				a := p.Satisfiable(f)
				if a.Verdict != row.want || a.Explain() != row.says {
					t.Errorf("search %v: %v %v %q", search, a.Verdict, a.Witness, a.Explain())
				}
			}
		})
	}
}

func TestWitnessesOfTimesReadLikeTimes(t *testing.T) {
	for block, want := range map[string]string{
		"    a|hour: 3": "2025-06-16T03:30:00Z",
		"    a|hour|lt: 3\n    a|day: 31\n    a|month|gte: 7": "2025-07-31T02:30:00Z",
		"    a|week: 1\n    a|year: 2024":                     "2024-01-01T12:30:00Z",
		"    a|hour: 3\n    a|startswith: '2024-02-'":         "2024-02-16T03:30:00Z",
		"    a|hour|gte: 22\n    a|hour|neq: 22":              "2025-06-16T23:30:00Z",
	} {
		if a := Satisfiable(parsed(t, block)); a.Witness["a"] != want {
			t.Errorf("%s: %v, want %s", block, a.Witness, want)
		}
	}
}

func TestAProofThatNeedsTheFormOfTimesSaysSo(t *testing.T) {
	spelled := Satisfiable(parsed(t, "    a|hour: 3\n    a|contains: 'PM'"))
	if n := spelled.Assumptions; spelled.Verdict != No || len(n) == 0 || n[len(n)-1].Kind != TimeForm {
		t.Errorf("%+v", spelled)
	}
	// However a time is written, no hour is past 23, and one time has one hour.
	for _, block := range []string{"    a|hour|gt: 23", "    a|hour|all: [3, 4]", "    a|hour: 3\n    a: null", "    a|hour: 3\n    a|hour|neq: [3, 4]"} {
		for _, n := range Satisfiable(parsed(t, block)).Assumptions {
			if n.Kind == TimeForm {
				t.Errorf("%s: %+v", block, n)
			}
		}
	}
}

func TestListsOfTimes(t *testing.T) {
	f := parsed(t, "    a|hour|all: [3, 4]\n    a|day|neq: 7")
	if a := Satisfiable(f); a.Verdict != No || len(a.Assumptions) != 1 || a.Assumptions[0].Kind != OneValue {
		t.Errorf("%+v", a)
	}
	lists := NewProver(Options{Lists: func(string) bool { return true }})
	if a := lists.Satisfiable(f); a.Verdict != Yes || len(a.Witness["a"].([]any)) != 2 {
		t.Errorf("%+v", a)
	}
	if a := lists.Satisfiable(parsed(t, "    a|hour: 3\n    a|hour|neq: [3, 4]")); a.Verdict != No || len(a.Assumptions) != 0 {
		t.Errorf("%+v", a)
	}
}

// The language of the automata, direct evaluation and package match read the same texts in the same way.
func TestTimesAreReadAlike(t *testing.T) {
	random := rand.New(rand.NewSource(5))
	var texts []string
	for range 1500 {
		d := time.Date(random.Intn(10_000), 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, random.Intn(367))
		if random.Intn(3) == 0 { // where weeks and years part
			d = time.Date(1990+random.Intn(60), 12, 24+random.Intn(14), 0, 0, 0, 0, time.UTC)
		}
		texts = append(texts, randomTime(random, d))
	}
	texts = append(texts, []string{"", "2025-02-29", "2024-02-29", "1900-02-29", "2000-02-29T00:00", "0000-02-29", "2025-00-10", "2025-13-10", "2025-04-31",
		"2025-04-00", "2025-04-03T24:00", "2025-04-03T23:60", "2025-04-03T23:59:61", "2025-04-03T23:59:60", "2025-04-03 23:59 ", "2025-04-03 ",
		"2025-04-03T23:59z", "2025-04-03T23:59 uTc", "2025-04-03T23:59 +1", "2025-04-03T23:59+0100", "2025-04-03T23:59+01:0", "2025-04-03T23:59.5",
		"2025-04-03T23:59:01.", "2025-04-03T23:59:01,25-03", "x2025-04-03", "2025-04-03\n", "20250403", "1743717600", "２025-04-03"}...)
	rows := map[string][]int{"minute": {0, 30, 59, 60}, "hour": {-1, 0, 7, 23, 24}, "day": {0, 1, 29, 31}, "week": {0, 1, 9, 52, 53},
		"month": {1, 2, 12}, "year": {0, 1999, 2024, 9999}}
	agreed := map[bool]int{}
	for part, numbers := range rows {
		for _, n := range numbers {
			for _, compare := range []string{"", "|lt", "|lte", "|gt", "|gte"} {
				rule := parseRule(t, fmt.Sprintf("detection:\n  s:\n    a|%s%s: %d\n  condition: s\n", part, compare, n))
				m, err := match.Compile(rule)
				if err != nil {
					t.Fatal(err)
				}
				test := rule.Detection.Named[0].Block.Items[0].Tests[0]
				l := FromTest("a", test).leaf
				space := newSpace(UnicodeFolding).field("a")
				u := &union{leaves: []*leaf{l}}
				space.build(u, nil)
				space.settle()
				automaton := space.automaton(u, nil)
				for _, s := range texts {
					want := m.Match(match.NewEvent(Event{"a": s}))
					agreed[want]++
					state := automaton.start()
					for _, class := range space.alphabet.spell(s) {
						state = automaton.next(state, int(class))
					}
					if got, searched := l.holdsFor(s, UnicodeFolding), automaton.accepts(state); got != want || searched != want {
						t.Fatalf("%s%s %d on %q: match %v, evaluation %v, automaton %v", part, compare, n, s, want, got, searched)
					}
				}
			}
		}
	}
	if agreed[true] < 10_000 || agreed[false] < 10_000 {
		t.Errorf("the texts are too tame: %v", agreed)
	}
}

// randomTime spells a day in one of the ways that events do, now and then a little wrong.
func randomTime(random *rand.Rand, d time.Time) string {
	s := d.Format(time.DateOnly)
	if random.Intn(4) > 0 {
		pick := func(list ...string) string { return list[random.Intn(len(list))] }
		s += pick("T", "t", " ") + fmt.Sprintf("%02d:%02d", random.Intn(24), random.Intn(60))
		s += pick("", ":00", ":59.25", ":60,1") + pick("", "Z", " UTC", "+01:00", " -0130", "+00", " ")
	}
	if random.Intn(12) == 0 {
		i := random.Intn(len(s))
		s = s[:i] + strings.Repeat(string("0-:T39"[random.Intn(6)]), random.Intn(3)) + s[i+1:]
	}
	return s
}

// FuzzTimes: package match and direct evaluation read any text alike.
func FuzzTimes(f *testing.F) {
	for _, s := range []string{"2025-04-03", "2024-02-29T23:59:60.5+01:00", "2025-04-03 00:00 UTC"} {
		f.Add(s)
	}
	var matchers []*match.Matcher
	var leaves []*leaf
	for _, part := range []string{"minute", "hour", "day", "week", "month", "year"} {
		test := &rules.Test{Kind: rules.TimeTest, Part: part, Compare: rules.GreaterOrEqual, Number: rules.IntNumber(12)}
		item := &rules.Item{Field: "a", Tests: []*rules.Test{test}}
		m, err := match.CompileDetection(&rules.Detection{Name: "s", Block: &rules.Block{Items: []*rules.Item{item}}})
		if err != nil {
			f.Fatal(err)
		}
		matchers = append(matchers, m)
		leaves = append(leaves, FromTest("a", test).leaf)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for i, m := range matchers {
			if want, got := m.Match(match.NewEvent(Event{"a": s})), leaves[i].holdsFor(s, UnicodeFolding); got != want {
				t.Errorf("%s of %q: match %v, evaluation %v", leaves[i].test.Part, s, want, got)
			}
		}
	})
}
