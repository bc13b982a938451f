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

// Back-ends that search for whole words do not find a keyword inside a longer one: what rests on it says so, and is nothing to fix unasked.
func TestKeywordsInsideWordsAreAnAssumption(t *testing.T) {
	for detection, want := range map[string]string{
		"    keywords:\n        - 'crack'\n        - 'pwcrack'\n    condition: keywords\n":                                                    "info `pwcrack` in `keywords` is covered by the rest of the list, assuming keywords match inside words",
		"    keywords:\n        - 'pwcrack'\n    filter_main_words:\n        - 'crack'\n    condition: keywords and not 1 of filter_main_*\n": "warning `filter_main_words` excludes everything the rule can match, assuming keywords match inside words",
	} {
		got := ""
		for _, f := range run(t, logicChecks, example(detection)) {
			got += f.Severity.String() + " " + f.Message
			if f.Fix != nil && f.Fix.Safe {
				t.Errorf("%s: the fix is not safe", f.Check.Name)
			}
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A fix takes out what was proved to change nothing: the rule that is left has no such finding and matches the same events.
func TestFixesOfTheLogicFamily(t *testing.T) {
	for name, c := range map[string]struct{ detection, want string }{
		"a covered value goes": {
			"    selection:\n        CommandLine|contains:\n            - 'lsof'\n            - 'lsof -i'\n            - 'netstat'\n    condition: selection\n",
			"    selection:\n        CommandLine|contains:\n            - 'lsof'\n            - 'netstat'\n    condition: selection\n",
		},
		"a comment beside a value is nothing to delete unasked": {
			"    selection:\n        CommandLine|contains:\n            - 'lsof'\n            - 'lsof -i' # network\n    condition: selection\n", "",
		},
		"a flow list is left to the author": {
			"    selection:\n        CommandLine|contains: ['lsof', 'lsof -i']\n    condition: selection\n", "",
		},
		"`all` keeps two values": {
			"    selection:\n        CommandLine|contains|all:\n            - 'lsof'\n            - 'lsof -i'\n    condition: selection\n", "",
		},
		"an implied item goes": {
			"    selection:\n        CommandLine|startswith: 'lsof -i'\n        CommandLine|contains: 'lsof'\n    condition: selection\n",
			"    selection:\n        CommandLine|startswith: 'lsof -i'\n    condition: selection\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := example(c.detection)
			var fix *source.Fix
			for _, f := range run(t, logicChecks, before) {
				if f.Fix != nil {
					fix = f.Fix
				}
			}
			switch {
			case fix == nil && c.want == "":
				return
			case fix == nil || c.want == "":
				t.Fatalf("fix: %+v", fix)
			}
			after := before
			for i := len(fix.Edits) - 1; i >= 0; i-- {
				e := fix.Edits[i]
				after = after[:e.Span.Start] + e.New + after[e.Span.End:]
			}
			if after != example(c.want) {
				t.Errorf("%s", after)
			}
			for _, f := range run(t, logicChecks, after) {
				t.Errorf("still %s: %s", f.Check.Name, f.Message)
			}
		})
	}
}
