package checks

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// What the solver proves of the live rules stands in a golden file, finding by finding: every line was read (docs/sigmahq-report.md).
func TestLogicOnLiveRules(t *testing.T) {
	var files []*source.File
	for _, f := range corpustest.Open(t).LiveRules(t) {
		files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	engine := lint.Engine{Checks: logicChecks, Reporters: nil, Facts: lint.Facts{Today: testDay}}
	start := time.Now()
	result := engine.Files(files...)
	t.Logf("the whole family over %d documents: %v", result.Documents, time.Since(start))
	checkMessages(t, result.Findings)

	rules, findings := map[string]map[string]bool{}, map[string]int{}
	var list, spoken strings.Builder
	for _, f := range result.Findings {
		c := f.Check.Code
		if rules[c] == nil {
			rules[c] = map[string]bool{}
		}
		findings[c]++
		rules[c][f.File.Path] = true
		if f.Severity >= lint.Warning {
			fmt.Fprintf(&list, "%s %s %s %s:%d\n", f.Severity, c, f.RuleID(), filepath.Base(f.File.Path), f.File.Pos(f.Span.Start).Line)
		}
		fmt.Fprintf(&spoken, "%s %s %s:%d: %s\n", c, f.Severity, f.File.Path, f.File.Pos(f.Span.Start).Line, f.Message)
		for _, r := range f.Related {
			fmt.Fprintf(&spoken, "      %s:%d %s\n", filepath.Base(r.File.Path), r.File.Pos(r.Span.Start).Line, r.Message)
		}
	}
	var b strings.Builder
	b.WriteString("# findings/rules of family 08 on live rules, all profiles\n")
	for _, c := range logicChecks {
		fmt.Fprintf(&b, "%s %-30s %3d/%d\n", c.Code, c.Name, findings[c.Code], len(rules[c.Code]))
	}
	b.WriteString("# errors and warnings\n" + list.String())
	if path := os.Getenv("SIGTUNE_SPOKEN"); path != "" {
		if err := os.WriteFile(path, []byte(spoken.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const golden = "testdata/logic.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("findings changed; if that is meant, run with -update\n%s", b.String())
	}
}
