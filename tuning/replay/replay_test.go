package replay

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/tuning/evidence"
)

const rule = `title: Open Connections Listed
id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d11
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith: '/netstat'
    filter_main_monit:
        ParentImage|endswith: '/monit'
    condition: selection and not filter_main_monit
`

const attack, monit = `{"Image": "/bin/netstat", "ParentImage": "/bin/bash"}` + "\n", `{"Image": "/bin/netstat", "ParentImage": "/usr/bin/monit"}` + "\n"

// tree writes files below a directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// told runs what is found in a directory and gives the text report, without the name of the directory.
func told(dir string) string {
	suite := Find([]string{dir}, lint.FenceAround(dir))
	var results []*Result
	for _, test := range suite.Tests {
		results = append(results, Run(test, evidence.Limits{}))
	}
	var out bytes.Buffer
	for _, err := range suite.Problems {
		out.WriteString("problem " + err.Error() + "\n")
	}
	Text(&out, results, suite.Untested, true, true, Paint{})
	return strings.ReplaceAll(out.String(), dir+string(filepath.Separator), "")
}

func TestExpectationsOfOurOwnForm(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"kept and excluded", map[string]string{"rule.yml": rule, "test/sigtune-test.yml": "name: monit\nrule: ../rule.yml\nkept: a.ndjson\nexcluded: [m.ndjson]\n", "test/a.ndjson": attack, "test/m.ndjson": monit},
			"ok  monit  test/sigtune-test.yml:1\n1 of 1 test passed (1 rule, 2 events)\n"},
		{"a kept event is lost", map[string]string{"rule.yml": rule, "sigtune-test.yml": "name: x\nrule: rule.yml\nkept: a.ndjson\n", "a.ndjson": attack + monit},
			"FAIL  x  sigtune-test.yml:1\n  a.ndjson:2: the rule does not match an event that it should keep\n    ✗ rule\n      ✗ condition\n        ✗ and\n          ✗ not\n            ✓ filter_main_monit\n              ✓ ParentImage|endswith: `ParentImage` is '/usr/bin/monit'\n                ✓ '/monit': '/usr/bin/monit' ends with '/monit'\n0 of 1 test passed (1 rule, 2 events)\n"},
		{"an excluded event matches", map[string]string{"rule.yml": rule, "sigtune-test.yml": "name: x\nrule: rule.yml\nexcluded: a.ndjson\n", "a.ndjson": strings.Repeat(attack, 5)},
			"FAIL  x  sigtune-test.yml:1\n  a.ndjson:1: the rule matches an event that it should leave out\n"},
		{"a list of tests, names mapped", map[string]string{"rule.yml": rule, "sigtune-test.yml": "- name: x\n  rule: rule.yml\n  kept: a.csv\n  map: names.yml\n- name: y\n  rule: rule.yml\n  excluded: a.csv\n", "a.csv": "exe,parent\n/bin/netstat,x\n", "names.yml": "exe: Image\nparent: ParentImage\n"},
			"ok  x  sigtune-test.yml:1\nok  y  sigtune-test.yml:5\n2 of 2 tests passed (1 rule, 2 events)\n"},
		{"no events at all", map[string]string{"rule.yml": rule, "sigtune-test.yml": "name: x\nrule: rule.yml\nexcluded: a.ndjson\n", "a.ndjson": "\n"},
			"ERROR  x  sigtune-test.yml:1\n  a.ndjson: holds no events\n0 of 1 test passed (1 rule, 0 events)\n"},
		{"events that cannot be read", map[string]string{"rule.yml": rule, "sigtune-test.yml": "name: x\nrule: rule.yml\nexcluded: a.ndjson\n", "a.ndjson": monit + "{\n"},
			"ERROR  x  sigtune-test.yml:1\n  a.ndjson:2: the event is no JSON: it ends in the middle\n"},
		{"no such file", map[string]string{"rule.yml": rule, "sigtune-test.yml": "name: x\nrule: rule.yml\nkept: a.ndjson\n"},
			"ERROR  x  sigtune-test.yml:1\n  a.ndjson: no such file or directory\n"},
		{"no rule there", map[string]string{"rule.yml": "title: x\n", "sigtune-test.yml": "name: x\nrule: rule.yml\nkept: a.ndjson\n"},
			"ERROR  x  sigtune-test.yml:1\n  sigtune-test.yml:2:7: `rule.yml` holds no rule\n"},
		{"a misspelt key", map[string]string{"rule.yml": rule, "sigtune-test.yml": "rule: rule.yml\nkeep: a.ndjson\n"}, "`keep` is no key of a test; the keys are name, rule, kept, excluded and map"},
		{"no expectation", map[string]string{"rule.yml": rule, "sigtune-test.yml": "name: x\nrule: rule.yml\n"}, "the test has neither `kept` nor `excluded` events"},
		{"no mapping", map[string]string{"rule.yml": rule, "sigtune-test.yml": "- 3\n"}, "a test is a mapping with `rule`"},
		{"a rule without a test", map[string]string{"rule.yml": rule}, "UNTESTED  Open Connections Listed  rule.yml\n0 of 0 tests passed (0 rules, 0 events); 1 rule without a test\n"},
		{"a regression set", map[string]string{"rules/rule.yml": rule + "regression_tests_path: data/x/info.yml\n", "data/x/a.json": attack,
			"data/x/info.yml": "rule_metadata:\n    - id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d11\nregression_tests_info:\n    - name: Positive\n      type: json\n      path: data/x/a.json\n"},
			"ok  Open Connections Listed: Positive  data/x/info.yml:4\n1 of 1 test passed (1 rule, 1 event)\n"},
		{"a regression set by id alone", map[string]string{"rules/rule.yml": rule, "data/x/a.json": attack + attack,
			"data/x/info.yml": "rule_metadata:\n    - id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d11\nregression_tests_info:\n    - path: data/x/a.json\n      match_count: 1\n"},
			"ok  Open Connections Listed  data/x/info.yml:4\n  note: 2 events match, the test counts 1\n1 of 1 test passed (1 rule, 2 events)\n"},
		{"too few matches", map[string]string{"rules/rule.yml": rule, "data/x/a.json": attack + monit,
			"data/x/info.yml": "rule_metadata:\n    - id: 7a1d5c0e-3b7f-4f0e-9a55-0e6f6a1f0d11\nregression_tests_info:\n    - path: data/x/a.json\n      match_count: 2\n"},
			"FAIL  Open Connections Listed  data/x/info.yml:4\n  data/x/a.json:2: 1 of 2 events match, 2 should\n"},
		{"a regression set that is not there", map[string]string{"rule.yml": rule + "regression_tests_path: data/none/info.yml\n"}, "`data/none/info.yml` is in no directory above the rule"},
		{"a regression set of no given rule", map[string]string{"info.yml": "rule_metadata: []\nregression_tests_info:\n    - path: a.json\n"}, "no given rule has an id of `rule_metadata`; name the rules too"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(tree(t, c.files)); !strings.Contains(got, c.want) {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}
