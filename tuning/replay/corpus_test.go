package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// repository unpacks SigmaHQ's rules and regression sets as they lie in its repository.
func repository(t *testing.T) string {
	t.Helper()
	corpus := corpustest.Open(t)
	dir := t.TempDir()
	files := corpus.LiveRules(t)
	files = append(files, corpus.Archive(t, "sigmahq/regression_data.tar.gz", func(string) bool { return true })...)
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSigmaHQsRegressionSetsPass(t *testing.T) {
	dir := repository(t)
	suite := Find([]string{dir}, lint.FenceAround(dir))
	for _, err := range suite.Problems {
		t.Error(err)
	}
	passed := 0
	binary, noted := 0, 0
	for _, test := range suite.Tests {
		r := Run(test, evidence.Limits{})
		if r.Status != Passed {
			for _, p := range r.Problems {
				t.Errorf("%s: %s %s", test.Path, p.Place, p.Message)
			}
			continue
		}
		passed++
		if strings.HasSuffix(test.Sets[0].Files[0], ".evtx") {
			binary++
		}
		noted += len(r.Notes)
	}
	t.Logf("%d of %d tests pass; %d read EVTX, %d match more often than they say; %d rules have no test", passed, len(suite.Tests), binary, noted, len(suite.Untested))
	if passed < 202 {
		t.Errorf("%d tests pass, 202 should", passed)
	}
}
