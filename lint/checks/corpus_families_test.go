package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// What these families find on the live rules whatever the profile, as errors, warnings and infos. Every other check finds nothing.
// Measured on SigmaHQ at 8eaafff1f.
var liveFindings = map[string][3]int{
	"SIG0217": {1, 0, 0},
	"SIG0218": {0, 1, 0},
	"SIG0304": {0, 0, 46},
	"SIG0312": {0, 2, 7},
	"SIG0313": {0, 0, 28},
	"SIG0317": {0, 0, 1},
	"SIG0322": {0, 0, 4},
	"SIG0325": {0, 3, 0},
	"SIG0327": {0, 0, 14},
	"SIG0406": {0, 1, 0},
	"SIG0409": {0, 0, 7},
	"SIG0412": {0, 0, 348},
	"SIG0413": {0, 0, 471},
	"SIG0414": {0, 0, 67},
	"SIG0427": {0, 0, 10},
	"SIG0511": {0, 0, 25},
	"SIG0512": {0, 0, 4},
	"SIG0515": {0, 0, 1},
	"SIG0520": {0, 1, 0},
	"SIG0522": {0, 29, 0},
}

func TestDocumentFamiliesOnLiveRules(t *testing.T) {
	var files []*source.File
	for _, f := range corpustest.Open(t).LiveRules(t) {
		files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	var chosen []*lint.Check
	for _, family := range documentFamilies {
		chosen = append(chosen, family...)
	}
	engine := lint.Engine{Checks: chosen, Reporters: Reporters(), Facts: lint.Facts{Today: testDay}}
	result := engine.Files(files...)
	checkMessages(t, result.Findings)

	got, where := map[string][3]int{}, map[string][]string{}
	for _, f := range result.Findings {
		n := got[f.Check.Code]
		n[lint.Error-f.Severity]++
		got[f.Check.Code] = n
		where[f.Check.Code] = append(where[f.Check.Code], fmt.Sprintf("%s:%d: %s", f.File.Path, f.File.Pos(f.Span.Start).Line, f.Message))
	}
	for _, c := range chosen {
		if got[c.Code] != liveFindings[c.Code] {
			t.Errorf("%s %s: %v, want %v\n%s", c.Code, c.Name, got[c.Code], liveFindings[c.Code], strings.Join(where[c.Code], "\n"))
		}
	}
}
