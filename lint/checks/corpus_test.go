package checks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
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

// lintAll lints files as a whole tree with every check there is, as `sigtune lint --select ALL` does.
func lintAll(t testing.TB, files []corpustest.File, profile lint.Profile) []lint.Finding {
	t.Helper()
	var parsed []*source.File
	for _, f := range files {
		parsed = append(parsed, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	all := All()
	engine := lint.Engine{Checks: all, All: all, Reporters: Reporters(), Facts: lint.Facts{Today: testDay, Profile: profile, Complete: true}}
	return engine.Files(parsed...).Findings
}

// published is what every check finds on the live rules. Several tests ask for it, and it takes seconds.
var published struct {
	once     sync.Once
	findings []lint.Finding
}

func publishedFindings(t *testing.T, corpus corpustest.Corpus) []lint.Finding {
	t.Helper()
	published.once.Do(func() { published.findings = lintAll(t, corpus.LiveRules(t), lint.Recommended) })
	return published.findings
}

// What the pages of the checks say under "Measured": how often each fires on the published rules, whatever the profile.
func TestMeasured(t *testing.T) {
	corpus := corpustest.Open(t)
	findings, files := map[string]int{}, map[string]map[string]bool{}
	for _, f := range publishedFindings(t, corpus) {
		findings[f.Check.Code]++
		if files[f.Check.Code] == nil {
			files[f.Check.Code] = map[string]bool{}
		}
		files[f.Check.Code][f.File.Path] = true
	}
	rules := len(corpus.LiveRules(t))
	var b strings.Builder
	for _, c := range All() {
		if c.Needs == lint.NeedsRevision || c.Needs == lint.NeedsBaseline {
			continue // the rules have nothing to be compared with
		}
		fmt.Fprintf(&b, "%s %s in %s of the %s published rules (SigmaHQ, %s)\n", c.Code, howMany(findings[c.Code], "finding"), grouped(len(files[c.Code])), grouped(rules), publishedOn)
	}
	compareGolden(t, "testdata/measured.golden", b.String())
}

// publishedOn is the day of the commit of the live rules, 8eaafff1f.
const publishedOn = "2026-08-05"

func howMany(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%s %s", grouped(n), what)
}

// grouped writes a number below a million with a comma before the last three digits.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
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
