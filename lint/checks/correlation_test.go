package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

func TestCorrelations(t *testing.T) {
	counted := func(condition string) string {
		return correlation(strings.Replace(manyEvents, "gte: 10", strings.ReplaceAll(condition, "; ", "\n        "), 1))
	}
	both := func(condition string) string { return correlation(together + "    condition: " + condition + "\n") }
	const textual = "SIG1111 info "
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a temporal correlation needs no condition": {correlation(together), nil},
		"a range is legal, and not portable":        {counted("gt: 5; lt: 10"), []string{"SIG1111 warning lt"}},
		"no whole number between 5 and 6":           {counted("gt: 5; lt: 6"), []string{"SIG1109 error gt: 5\n        lt: 6"}},
		"a value between 5 and 6 for an average": {
			correlation(strings.Replace(strings.Replace(manyValues, "value_count", "value_avg", 1), "gte: 10", "gt: 5\n        lt: 6", 1)),
			[]string{"SIG1111 warning lt"},
		},
		"a number that is excluded":              {counted("eq: 3; neq: 3"), []string{"SIG1109 error eq: 3\n        neq: 3"}},
		"counts are never negative":              {counted("lt: 0"), []string{"SIG1109 error lt: 0"}},
		"at most ten is met by the first event,": {counted("lte: 10"), nil}, // but no longer by the eleventh
		"more than none":                         {counted("gt: 0"), []string{"SIG1110 warning gt: 0"}},
		"the same rule twice in time":            {correlation(temporal("        - a\n        - a\n", "")), []string{"SIG1104 warning a", "SIG1117 warning a"}},
		"a percentile without the type":          {counted("gte: 10; percentile: 95"), []string{"SIG1113 warning percentile"}},
		"an empty list of fields":                {correlation(strings.Replace(manyEvents, "group-by:\n        - Computer", "group-by: []", 1)), []string{"SIG1105 warning group-by"}},
		"a condition over both rules":            {both("open_files_by_shell and not network_scan"), []string{textual + "open_files_by_shell and not network_scan"}},
		"an unknown rule in the condition": {
			both("(open_files_by_shell or network_scan) and scan"),
			[]string{textual + "(open_files_by_shell or network_scan) and scan", "SIG1121 error scan"},
		},
		"a rule left out": {both("open_files_by_shell"), []string{"SIG1121 error network_scan", textual + "open_files_by_shell"}},
		"no rule wanted": {
			both("not open_files_by_shell and not network_scan"),
			[]string{textual + "not open_files_by_shell and not network_scan", "SIG1121 error not open_files_by_shell and not network_scan"},
		},
		"a double negation wants the rule": {
			both("not (not open_files_by_shell or network_scan)"), []string{textual + "not (not open_files_by_shell or network_scan)"},
		},
		"an open parenthesis": {both("(open_files_by_shell or network_scan"), []string{textual + "(open_files_by_shell or network_scan", "SIG1121 error ("}},
		"two names in a row":  {both("open_files_by_shell network_scan"), []string{textual + "open_files_by_shell network_scan", "SIG1121 error network_scan"}},
		"a rule listed by its id may have any name": {
			correlation(temporal("        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n        - network_scan\n", "    condition: open_files and network_scan\n")),
			[]string{textual + "open_files and network_scan"},
		},
		"an alias that groups nothing": {
			correlation(together + "    aliases:\n        host:\n            network_scan: src_host\n"), []string{"SIG1119 warning host"},
		},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "11", c.text, c.want...) })
	}
}

func TestACycleOverTwoCorrelationsIsToldOnce(t *testing.T) {
	first := correlation(strings.Replace(manyEvents, "open_files_by_shell", "second", 1))
	first = strings.Replace(first, "status: test", "name: first\nstatus: test", 1)
	second := correlation(strings.Replace(manyEvents, "open_files_by_shell", "first", 1))
	second = strings.Replace(second, "status: test", "name: second\nstatus: test", 1)
	second = strings.Replace(second, "id: 9d3f2b71", "id: 8d3f2b71", 1)
	expect(t, "11", first+"---\n"+second, "SIG1118 error second")
}

func TestAMissingRuleIsToldWhereTheRunSeesTheWholeTree(t *testing.T) {
	named := strings.Replace(clean, "status: test", "name: open_file_by_shell\nstatus: test", 1)
	file := source.Parse("rules.yml", []byte(named+"---\n"+correlation(manyEvents)), source.Limits{})
	for complete, want := range map[bool]int{false: 0, true: 1} {
		engine := lint.Engine{Checks: correlationChecks, Reporters: Reporters(), Facts: lint.Facts{Today: testDay, Complete: complete}}
		found := engine.Files(file).Findings
		if len(found) != want || want == 1 && found[0].Help != "did you mean `open_file_by_shell`?" {
			t.Errorf("complete %v: %q", complete, show(found))
		}
	}
}
