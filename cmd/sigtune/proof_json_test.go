package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// provable is a rule of our own with a dead exclusion; texts in it are replaced to make its versions.
const provable = `title: Open Connections Listed
id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d11
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith:
            - '/netstat'
            - '/lsof'
    filter_main_ss:
        Image|endswith: '/ss'
    condition: selection and not 1 of filter_main_*
level: low
`

// versionFiles writes versions of the rule, each made by replacing one text.
func versionFiles(t *testing.T, replacements map[string][2]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, r := range replacements {
		text := strings.Replace(provable, r[0], r[1], 1)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestProveJSONFollowsItsSchema(t *testing.T) {
	dir := versionFiles(t, map[string][2]string{
		"rule.yml":        {"", ""},
		"never.yml":       {"selection and not 1 of filter_main_*", "selection and filter_main_ss"},
		"placeholder.yml": {"Image|endswith: '/ss'", "Image|expand: '%tools%'"},
		"other.yml":       {"product: linux", "product: windows"},
		"keyword.yml":     {"    filter_main_ss:\n        Image|endswith: '/ss'", "    filter_main_ss:\n        - 'word'\n        - 7"},
	})
	for _, arguments := range []string{"--witnesses", "", "--against=" + filepath.Join(dir, "rule.yml")} {
		run := sigtune("", strings.Fields("prove --format json "+dir+" "+arguments)...)
		var out struct {
			Rules []struct {
				Witnesses, Findings []any
				Against             any
			}
		}
		follows(t, "prove.schema.json", run.stdout, &out)
		if len(out.Rules) != 5 {
			t.Errorf("%s: %d rules", arguments, len(out.Rules))
		}
	}
}

func TestDiffJSONFollowsItsSchema(t *testing.T) {
	old := versionFiles(t, map[string][2]string{"a.yml": {"", ""}, "b.yml": {"0d11", "0d12"}, "c.yml": {"0d11", "0d13"}, "d.yml": {"0d11", "0d14"}})
	new := versionFiles(t, map[string][2]string{
		"a.yml": {"'/lsof'", "'/ss'"}, "b.yml": {"id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d11\nlogsource:\n    category: process_creation", "id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d12\nlogsource:\n    service: auditd"},
		"c.yml": {"id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d11\n", "id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d13\ntags:\n    - a\nrelated:\n    - id: x\n      type: y\n"},
		"e.yml": {"detection:", "correlation:"},
	})
	for _, format := range []string{"json", "text", "markdown"} {
		run := sigtune("", "diff", old, new, "--format", format)
		if run.code != exitFindings && run.code != exitFailed {
			t.Errorf("exit code %d: %s", run.code, run.stderr)
		}
		if format == "json" {
			follows(t, "diff.schema.json", run.stdout, nil)
		}
	}
}

func TestProveJSONOfPublishedRulesFollowsItsSchema(t *testing.T) {
	dir := t.TempDir()
	for n, f := range corpustest.Open(t).LiveRules(t) {
		if n%20 != 0 {
			continue // enough for a schema
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	follows(t, "prove.schema.json", sigtune("", "prove", dir, "--format", "json", "--witnesses").stdout, nil)
	run := sigtune("", "diff", dir, dir, "--format", "json")
	var out diffed
	follows(t, "diff.schema.json", run.stdout, &out)
	if run.code != exitClean || len(out.Rules) != 0 || out.Summary["unchanged"] == 0 {
		t.Errorf("a tree differs from itself: %d %+v", run.code, out.Rules)
	}
}
