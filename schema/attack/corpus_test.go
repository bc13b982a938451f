package attack

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
)

var (
	topLevel  = regexp.MustCompile(`^([a-z]+):`)
	listEntry = regexp.MustCompile(`^\s+- ['"]?([^'"\s]+)`)
	product   = regexp.MustCompile(`^\s+product: (\S+)`)
)

// readTags is enough of YAML for the tags and the product of SigmaHQ's rules, which are written one entry a line.
func readTags(rule []byte) (tags []string, ctx Context) {
	ctx.Year = 2026
	section := ""
	for line := range strings.Lines(string(rule)) {
		if m := topLevel.FindStringSubmatch(line); m != nil {
			section = m[1]
		}
		if m := listEntry.FindStringSubmatch(line); m != nil && section == "tags" {
			tags = append(tags, m[1])
		}
		if m := product.FindStringSubmatch(line); m != nil && section == "logsource" {
			ctx.Product = m[1]
		}
	}
	return tags, ctx
}

// TestLiveRulesHaveTheKnownFindings pins what the tags of the live SigmaHQ rules give. A change is a data update
// there, or a bug here.
func TestLiveRulesHaveTheKnownFindings(t *testing.T) {
	issues, rules := map[Problem]int{}, map[Problem]int{}
	namespaces := map[string]int{}
	var deprecated []string
	taggedWithoutTechnique, untagged := 0, 0
	files := corpustest.Open(t).LiveRules(t)
	for _, file := range files {
		tags, ctx := readTags(file.Data)
		for _, text := range tags {
			tag, ok := ParseTag(text)
			if !ok {
				t.Errorf("%s: %s is no tag", file.Path, text)
			}
			namespaces[tag.Namespace]++
		}
		seen := map[Problem]bool{}
		for _, issue := range Check(tags, ctx) {
			issues[issue.Problem]++
			if !seen[issue.Problem] {
				seen[issue.Problem] = true
				rules[issue.Problem]++
			}
			switch issue.Problem {
			case DeprecatedAttackTag:
				deprecated = append(deprecated, tags[issue.Index])
			case NoAttackTechnique:
				if len(tags) == 0 {
					untagged++
				} else {
					taggedWithoutTechnique++
				}
			}
		}
	}
	if len(files) != 3780 {
		t.Errorf("%d live rules, want 3780", len(files))
	}
	for namespace, want := range map[string]int{"attack": 10775, "detection": 614, "cve": 232, "car": 73, "stp": 6} {
		if got := namespaces[namespace]; got != want {
			t.Errorf("%d tags of namespace %s, want %d", got, namespace, want)
		}
	}
	if len(namespaces) != 5 {
		t.Errorf("namespaces: %v, want 5", namespaces)
	}
	want := map[Problem][2]int{ // findings, rules
		DeprecatedAttackTag:      {1, 1},
		AttackPlatformMismatch:   {7, 7},
		UnsupportedTactic:        {348, 348},
		NoAttackTechnique:        {471, 471},
		RedundantParentTechnique: {67, 57},
	}
	for problem, n := range issues {
		if w := want[problem]; n != w[0] || rules[problem] != w[1] {
			t.Errorf("%s: %d findings in %d rules, want %d in %d", problem, n, rules[problem], w[0], w[1])
		}
	}
	for problem, w := range want {
		if issues[problem] == 0 {
			t.Errorf("%s: none, want %d", problem, w[0])
		}
	}
	if strings.Join(deprecated, " ") != "attack.ds0005" {
		t.Errorf("deprecated: %v", deprecated)
	}
	if taggedWithoutTechnique != 469 || untagged != 2 {
		t.Errorf("tactics only %d, untagged %d; want 469 and 2", taggedWithoutTechnique, untagged)
	}
}

// TestLegacyRulesConvergeUnderSafeFixes uses the retired tags of SigmaHQ's deprecated and unsupported rules.
func TestLegacyRulesConvergeUnderSafeFixes(t *testing.T) {
	retired, fixed, ruleCount := 0, 0, 0
	for _, file := range corpustest.Open(t).LegacyRules(t) {
		tags, ctx := readTags(file.Data)
		before := retiredTags(tags, ctx)
		if before == 0 {
			continue
		}
		ruleCount++
		retired += before
		fixed += before - retiredTags(fixAll(t, tags, ctx, Safe), ctx)
		if left := retiredTags(fixAll(t, tags, ctx, Unsafe), ctx); left > before {
			t.Errorf("%s: fixes brought retired tags", file.Path)
		}
	}
	t.Logf("%d rules hold %d retired tags; safe fixes settle %d", ruleCount, retired, fixed)
	if ruleCount == 0 || fixed == 0 {
		t.Errorf("no retired tags found in the legacy rules: the corpus or the check changed")
	}
}

func retiredTags(tags []string, ctx Context) int {
	n := 0
	for _, issue := range Check(tags, ctx) {
		switch issue.Problem {
		case RevokedAttackTag, DeprecatedAttackTag, LegacyAttackTactic:
			n++
		}
	}
	return n
}

func BenchmarkCheckLiveRules(b *testing.B) {
	type rule struct {
		tags []string
		ctx  Context
	}
	var rules []rule
	for _, file := range corpustest.Open(b).LiveRules(b) {
		tags, ctx := readTags(file.Data)
		rules = append(rules, rule{tags, ctx})
	}
	Bundled()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for _, r := range rules {
			Check(r.tags, r.ctx)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rules)), "ns/rule")
}
