package checks

import (
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// BenchmarkLintLiveRules is a whole run over the published rules, reading of files aside: without the solver, by default, and with every check.
func BenchmarkLintLiveRules(b *testing.B) {
	files := corpustest.Open(b).LiveRules(b)
	for _, run := range []struct {
		name   string
		choice lint.Selection
	}{
		{"WithoutSolver", lint.Selection{Profile: lint.Recommended, Ignore: []string{"08"}}},
		{"Default", lint.Selection{Profile: lint.Recommended}},
		{"All", lint.Selection{Profile: lint.Recommended, Select: []string{"ALL"}}},
	} {
		chosen, err := run.choice.Apply(All())
		if err != nil {
			b.Fatal(err)
		}
		engine := lint.Engine{Checks: chosen, Reporters: Reporters(), Facts: lint.Facts{Today: testDay}}
		b.Run(run.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				parsed := make([]*source.File, len(files))
				for i, f := range files {
					parsed[i] = source.Parse(f.Path, f.Data, source.Limits{})
				}
				engine.Files(parsed...)
			}
		})
	}
}

// BenchmarkLintOneRule is what an editor or a hook waits for.
func BenchmarkLintOneRule(b *testing.B) {
	engine := lint.Engine{Checks: recommended(b), Reporters: Reporters(), Facts: lint.Facts{Today: testDay}, Jobs: 1}
	text := []byte(example(selectLsof + filterMonit + "    condition: selection and not 1 of filter_main_*\n"))
	for b.Loop() {
		engine.Files(source.Parse("rule.yml", text, source.Limits{}))
	}
}
