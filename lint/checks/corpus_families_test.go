package checks

import (
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

func TestScratch(t *testing.T) {
	corpus := corpustest.Open(t)
	var files []*source.File
	for _, f := range corpus.LiveRules(t) {
		files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	var mine []*lint.Check
	for _, family := range documentFamilies {
		mine = append(mine, family...)
	}
	engine := lint.Engine{Checks: mine, Reporters: Reporters(), Facts: lint.Facts{Today: theDay}}
	r := engine.Files(files...)
	count := map[*lint.Check]map[lint.Severity]int{}
	for _, f := range r.Findings {
		if count[f.Check] == nil {
			count[f.Check] = map[lint.Severity]int{}
		}
		count[f.Check][f.Severity]++
		if count[f.Check][f.Severity] <= 400 {
			t.Logf("%s %s %s:%v %s [%s]", f.Check.Code, f.Severity, f.File.Path, f.File.Pos(f.Span.Start).Line, f.Message, f.Help)
		}
	}
	for _, c := range mine {
		if n := count[c]; n != nil {
			t.Logf("COUNT %s %s %s E%d W%d I%d", c.Code, c.Name, c.Profiles, n[lint.Error], n[lint.Warning], n[lint.Info])
		}
	}
	checkMessages(t, r.Findings)
}
