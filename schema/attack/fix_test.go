package attack

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// mostRounds is how often fixes may follow one another before the list must be still.
const mostRounds = 8

// fixAll applies the fixes of at least this safety, one per tag and round, until none is left.
func fixAll(t testing.TB, tags []string, ctx Context, least Safety) []string {
	t.Helper()
	start := tags
	for range mostRounds {
		next, changed := fixOnce(tags, ctx, least)
		if !changed {
			return tags
		}
		tags = next
	}
	t.Errorf("fixes of %q do not come to rest: now %q", start, tags)
	return tags
}

func fixOnce(tags []string, ctx Context, least Safety) (fixed []string, changed bool) {
	byTag := map[int]Issue{}
	for _, issue := range Check(tags, ctx) {
		if _, taken := byTag[issue.Index]; !taken && issue.Fix.Safety >= least && issue.Fix.Safety != NoFix {
			byTag[issue.Index] = issue
		}
	}
	for i, tag := range tags {
		issue, ok := byTag[i]
		if !ok || issue.Fix.Action == Add {
			fixed = append(fixed, tag)
		}
		fixed = append(fixed, issue.Fix.Tags...)
	}
	return fixed, len(byTag) > 0
}

// sound fails unless every issue keeps the promises of the type.
func sound(t testing.TB, tags []string, issues []Issue) {
	t.Helper()
	for _, issue := range issues {
		fail := func(why string) { t.Errorf("%q: %s: %+v", tags, why, issue) }
		if issue.Index < WholeList || issue.Index >= len(tags) {
			fail("index outside the list")
			continue
		}
		if issue.Index != WholeList {
			if n := len(tags[issue.Index]); issue.Start < 0 || issue.End > n || issue.Start > issue.End || issue.Start == issue.End && n > 0 {
				fail("span outside the tag, or empty")
			}
		}
		for _, other := range issue.Related {
			if other < 0 || other >= len(tags) || other == issue.Index {
				fail("related index")
			}
		}
		if issue.Message == "" || utf8.RuneCountInString(issue.Message) > longestMessage || !utf8.ValidString(issue.Message) {
			fail("message")
		}
		if strings.ContainsAny(issue.Message, "\n\t") || strings.ContainsAny(issue.Help, "\n\t") {
			fail("line break in the text")
		}
		if (issue.Fix.Safety == NoFix) != reflect.DeepEqual(issue.Fix, Fix{}) {
			fail("a fix without safety")
		}
		if issue.Fix.Safety != NoFix && (issue.Fix.Action == Remove) != (len(issue.Fix.Tags) == 0) {
			fail("a fix without tags")
		}
		for _, tag := range issue.Fix.Tags {
			if _, ok := ParseTag(tag); !ok {
				fail("the fix is no tag")
			}
		}
	}
}

// oddTags are shapes that rules get wrong.
var oddTags = []string{
	"attack.defense-evasion", "attack.defense_evasion", "attack.ta0005", "attack.evasion", "attack.T1059", "attack.t1059.1",
	"attack.initial_access", "attack.persistance", "atack.t1059", "attack.t1699", "attack.t1059.099", "tlp.white", "tlp.clear",
	"cve.2021.44228", "car.car-2016-04-005", "detection.dfirx", "detection.dfir", "d3fend.D3-MFA", "t1059", "attack..x", "",
	"attack.apt28", "attack.ds0005", "attack.c0001", "execution",
}

func TestRandomListsAreJudgedSoundlyAndFixesComeToRest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 19))
	objects := Bundled().Objects()
	products := []string{"", "windows", "linux", "android", "zeek"}
	for range 3000 {
		var tags []string
		for range 1 + random.IntN(6) {
			if random.IntN(3) == 0 {
				tags = append(tags, oddTags[random.IntN(len(oddTags))])
				continue
			}
			tags = append(tags, tagOf(&objects[random.IntN(1200)])) // tactics and techniques
		}
		ctx := Context{Product: products[random.IntN(len(products))], Year: 2026}
		issues := Check(tags, ctx)
		sound(t, tags, issues)
		if again := Check(tags, ctx); !reflect.DeepEqual(issues, again) {
			t.Fatalf("%q: judged twice, found differently", tags)
		}
		safe := fixAll(t, tags, ctx, Safe)
		for _, issue := range Check(safe, ctx) {
			if issue.Problem == DuplicateTag {
				t.Errorf("%q: fixed to %q, which repeats a tag", tags, safe)
			}
		}
		fixAll(t, tags, ctx, Unsafe)
		if t.Failed() {
			return
		}
	}
}

func TestNoRowOfTheTableIsCalledUnknown(t *testing.T) {
	for _, o := range Bundled().Objects() {
		tag := tagOf(&o)
		for _, issue := range Check([]string{tag}, Context{}) {
			switch {
			case issue.Problem == UnknownAttackTag && !unspecified(o.Kind),
				issue.Problem == RevokedAttackTag && o.Status != Revoked,
				issue.Problem == DeprecatedAttackTag && o.Status != Deprecated,
				issue.Problem == MalformedTag:
				t.Errorf("%s: %s", tag, issue.Message)
			}
		}
	}
}

func TestAFixOfARevokedTagIsLive(t *testing.T) {
	for _, o := range Bundled().Objects() {
		if o.Status != Revoked {
			continue
		}
		issues := Check([]string{tagOf(&o)}, Context{})
		for _, issue := range issues {
			if issue.Problem != RevokedAttackTag || issue.Fix.Safety == NoFix {
				continue
			}
			id := strings.TrimPrefix(issue.Fix.Tags[0], "attack.")
			got, _ := Lookup(id)
			if got.Status != Live || got.ID == "" {
				t.Errorf("%s: fix %s is not live", o.ID, id)
			}
			if hasSubs := Bundled().Subtechniques(id) != nil; hasSubs == (issue.Fix.Safety == Safe) {
				t.Errorf("%s: fix %s has safety %d", o.ID, id, issue.Fix.Safety)
			}
		}
	}
}

func TestEveryProblemOfTheListIsFoundSomewhere(t *testing.T) {
	found := map[Problem]bool{}
	for _, tags := range [][]string{
		oddTags,
		{"attack.t1562", "attack.T1059", "attack.t1059.001", "attack.t1053", "attack.persistence", "attack.t1059"},
		{"attack.t1059.003", "attack.execution", "attack.impact", "attack.impair-process-control"},
		{"stp.9", "d3fend.x", "detection.dfir", "detection.threat-hunting", "tlp.red", "tlp.green"},
	} {
		for _, issue := range Check(tags, Context{Product: "linux"}) {
			found[issue.Problem] = true
		}
	}
	for _, p := range Problems {
		if !found[p] {
			t.Errorf("%s is in the list, but nothing gives it", p)
		}
		delete(found, p)
	}
	for p := range found {
		t.Errorf("%s is not in the list", p)
	}
}

func FuzzTag(f *testing.F) {
	for _, tag := range oddTags {
		f.Add(tag, "attack.t1059", "windows")
	}
	f.Add("attack.\xff\xfe", "TLP:\u202ered", "ANDROID")
	f.Fuzz(func(t *testing.T, a, b, product string) {
		tags := []string{a, b, "attack.execution"}
		ctx := Context{Product: product, Year: 2026}
		sound(t, tags, Check(tags, ctx))
		ParseTag(a)
		Describe(a)
		Bundled().Nearest(a, 3)
		Bundled().Newer(a)
		Techniques(tags)
	})
}

func FuzzParseTable(f *testing.F) {
	f.Add("# version: 1\nT1059\tx\te\t\t\texecution\nTA0002\ty\te\t\t\texecution\n")
	f.Add("# version: 1\r\nT1\tx\temi\trevoked\t~T2\ta,b\tc\td\te;f\t+1,-2")
	f.Add("# version: 1\nAa\teXeCution")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := ParseTable("fuzz", text)
		if err != nil {
			return
		}
		_ = table.Validate()
		Check([]string{"attack.t1059", "attack.execution", "attack.t1059.001"}, Context{Attack: table})
	})
}
