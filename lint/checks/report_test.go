package checks

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The page on SigmaHQ's rules has a verdict for every error and warning that the solver gives, and for nothing else.
func TestTheReportJudgesEveryFindingOfTheLogicFamily(t *testing.T) {
	golden, err := os.ReadFile("testdata/logic.golden")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/sigmahq-report.md")
	if err != nil {
		t.Fatal(err)
	}
	var found, judged []string
	_, list, _ := strings.Cut(string(golden), "# errors and warnings\n")
	for line := range strings.Lines(list) {
		f := strings.Fields(line) // severity, code, id, file.yml:line
		found = append(found, f[1]+" "+f[2]+" "+strings.Replace(f[3], ".yml:", ":", 1))
	}
	_, judgements, _ := strings.Cut(string(page), "## Real bugs")
	for _, m := range regexp.MustCompile("(?m)^\\| (SIG\\d{4}) \\| (\\S+) `([0-9a-f-]+)` \\| (\\d+) \\|").FindAllStringSubmatch(judgements, -1) {
		judged = append(judged, m[1]+" "+m[3]+" "+m[2]+":"+m[4])
	}
	for _, f := range found {
		if !slices.Contains(judged, f) {
			t.Errorf("no verdict: %s", f)
		}
	}
	for _, f := range judged {
		if !slices.Contains(found, f) {
			t.Errorf("no finding: %s", f)
		}
	}
	if len(found) != len(judged) {
		t.Errorf("%d findings, %d verdicts", len(found), len(judged))
	}
}
