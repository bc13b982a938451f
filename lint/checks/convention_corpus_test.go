package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// What conventions and formatting find on the live rules: findings and rules. Every other check of the two families finds nothing.
// Measured on SigmaHQ at 8eaafff1f.
var liveConventions = map[string][2]int{
	"SIG1422": {70, 70},
	"SIG1423": {421, 277},
	"SIG1424": {170, 53},
}

func TestConventionsOnLiveRules(t *testing.T) {
	var files []*source.File
	for _, f := range corpustest.Open(t).LiveRules(t) {
		files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	chosen := append(append([]*lint.Check{}, conventionChecks...), formatChecks...)
	engine := lint.Engine{Checks: chosen, Reporters: Reporters(), Facts: lint.Facts{Today: testDay}}
	result := engine.Files(files...)
	checkMessages(t, result.Findings)
	compareLive(t, chosen, result.Findings, liveConventions)

	// With every log source and every link, which SigmaHQ does not ask for.
	engine.Facts.Options = map[string]map[string]any{"filename-prefix": {"all-logsources": 1}, "unpinned-github-link": {"extensions": []string{"*"}}}
	engine.Checks = []*lint.Check{lint.Find(chosen, "SIG1417"), lint.Find(chosen, "SIG1412")}
	compareLive(t, engine.Checks, engine.Files(files...).Findings, map[string][2]int{"SIG1412": {48, 47}, "SIG1417": {3, 3}})
}

func compareLive(t *testing.T, chosen []*lint.Check, findings []lint.Finding, want map[string][2]int) {
	t.Helper()
	got, where, seen := map[string][2]int{}, map[string][]string{}, map[string]bool{}
	for _, f := range findings {
		n := got[f.Check.Code]
		n[0]++
		if key := f.Check.Code + f.File.Path; !seen[key] {
			seen[key] = true
			n[1]++
		}
		got[f.Check.Code] = n
		where[f.Check.Code] = append(where[f.Check.Code], fmt.Sprintf("%s:%d: %s", f.File.Path, f.File.Pos(f.Span.Start).Line, f.Message))
	}
	for _, c := range chosen {
		if got[c.Code] != want[c.Code] {
			list := where[c.Code]
			t.Errorf("%s %s: %v, want %v\n%s", c.Code, c.Name, got[c.Code], want[c.Code], strings.Join(list[:min(len(list), 60)], "\n"))
		}
	}
}

// The safe fixes of the published rules leave their entries as they are, and their findings are gone.
func TestFixesOfConventionsOnLiveRules(t *testing.T) {
	chosen := []*lint.Check{lint.Find(All(), "SIG1422"), lint.Find(All(), "SIG1423"), lint.Find(All(), "SIG1424")}
	offered, without := map[string]int{}, map[string]int{}
	for _, file := range corpustest.Open(t).LiveRules(t) {
		f := source.Parse(file.Path, file.Data, source.Limits{})
		for _, finding := range runFamilies(chosen, file.Path, file.Data) {
			if finding.Fix == nil {
				without[finding.Check.Code]++
				continue
			}
			offered[finding.Check.Code]++
			if finding.Check.Code != "SIG1422" {
				continue
			}
			if !sameDocuments(f, finding.Fix.Edits, sameEntries) {
				t.Errorf("%s: the fix changes more than the order", file.Path)
			}
			after, err := edit.Apply(file.Data, finding.Fix.Edits)
			if err != nil || len(runFamilies(chosen[:1], file.Path, after)) > 0 {
				t.Errorf("%s: the order is not the usual one after the fix: %v", file.Path, err)
			}
		}
	}
	t.Logf("fixes: %v, none: %v", offered, without)
	if without["SIG1422"]+without["SIG1424"] > 0 {
		t.Errorf("findings without a fix: %v", without)
	}
}
