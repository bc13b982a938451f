package checks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The counts per check on SigmaHQ's live and legacy rules stand in a golden file: a change of a check shows its effect in review.
// Errors and warnings on live rules are listed one by one.
func TestFindingsOnTheCorpus(t *testing.T) {
	corpus := corpustest.Open(t)
	live := lintFiles(t, corpus.LiveRules(t))
	legacy := lintFiles(t, corpus.LegacyRules(t))

	var b strings.Builder
	fmt.Fprintf(&b, "# live rules, profile recommended\n%s\n", counts(live))
	fmt.Fprintf(&b, "# legacy rules, profile recommended\n%s\n", counts(legacy))
	b.WriteString("# errors and warnings on live rules\n")
	for _, f := range live.Findings {
		if f.Severity >= lint.Warning {
			fmt.Fprintf(&b, "%s %s %s %s:%d\n", f.Severity, f.Check.Code, f.RuleID(), filepath.Base(f.File.Path), f.File.Pos(f.Span.Start).Line)
		}
	}
	const golden = "testdata/corpus.golden"
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
	// The budget of the recommended profile: near-silent on well-kept rules.
	if n := len(live.Findings); n >= 150 {
		t.Errorf("%d findings on the live rules, the budget is below 150", n)
	}
}

func lintFiles(t *testing.T, files []corpustest.File) *lint.Result {
	t.Helper()
	var parsed []*source.File
	for _, f := range files {
		parsed = append(parsed, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	engine := lint.Engine{Checks: recommended(t), Reporters: Reporters(), Facts: lint.Facts{Today: testDay}}
	return engine.Files(parsed...)
}

func counts(r *lint.Result) string {
	count := map[string]int{}
	for _, f := range r.Findings {
		count[fmt.Sprintf("%s %s %-7s", f.Check.Code, f.Check.Name, f.Severity)]++
	}
	var lines []string
	for key, n := range count {
		lines = append(lines, fmt.Sprintf("%-50s %5d\n", key, n))
	}
	sort.Strings(lines)
	return fmt.Sprintf("%d documents, %d findings\n", r.Documents, len(r.Findings)) + strings.Join(lines, "")
}
