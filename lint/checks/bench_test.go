package checks

import (
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// BenchmarkLintLiveRules is the whole default run over the published rules, reading of files aside.
func BenchmarkLintLiveRules(b *testing.B) {
	files := corpustest.Open(b).LiveRules(b)
	engine := lint.Engine{Checks: recommended(b), Reporters: Reporters(), Facts: lint.Facts{Today: testDay}}
	b.ResetTimer()
	for b.Loop() {
		parsed := make([]*source.File, len(files))
		for i, f := range files {
			parsed[i] = source.Parse(f.Path, f.Data, source.Limits{})
		}
		engine.Files(parsed...)
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
