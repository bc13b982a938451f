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
	checkBudget(t, live)
}

// The budget of the profile recommended on well-kept rules: near-silent (the catalogue's severity and profile policy).
const (
	mostAlarms   = 150 // errors and warnings
	mostInfos    = 160
	mostPerCheck = 31
)

func checkBudget(t *testing.T, live *lint.Result) {
	t.Helper()
	count := live.Count()
	if n := count[lint.Error] + count[lint.Warning]; n > mostAlarms {
		t.Errorf("%d errors and warnings on the live rules, the budget is %d", n, mostAlarms)
	}
	if n := count[lint.Info]; n > mostInfos {
		t.Errorf("%d infos on the live rules, the budget is %d", n, mostInfos)
	}
	per := map[string]int{}
	for _, f := range live.Findings {
		if per[f.Check.Name]++; per[f.Check.Name] == mostPerCheck+1 {
			t.Errorf("%s finds more than %d", f.Check.Name, mostPerCheck)
		}
	}
	t.Logf("%d errors, %d warnings, %d infos", count[lint.Error], count[lint.Warning], count[lint.Info])
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
