package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// tested writes a rule with a test that passes, one that fails and one that cannot be run.
func tested(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "rule.yml"), healthy)
	write(t, filepath.Join(dir, "other.yml"), healthy)
	write(t, filepath.Join(dir, "hit.ndjson"), `{"Image": "/bin/ps", "User": "www-data"}`+"\n")
	write(t, filepath.Join(dir, "sigtune-test.yml"), "- rule: rule.yml\n  kept: hit.ndjson\n- rule: rule.yml\n  excluded: [hit.ndjson]\n- rule: rule.yml\n  kept: none.ndjson\n- rule: none.yml\n  kept: hit.ndjson\n")
	return dir
}

func TestTestJSONFollowsItsSchema(t *testing.T) {
	run := sigtune("", "test", tested(t), "--format", "json")
	var out struct {
		Tests    []struct{ Status string }
		Untested []struct{ Path string }
	}
	follows(t, "test.schema.json", run.stdout, &out)
	var got []string
	for _, x := range out.Tests {
		got = append(got, x.Status)
	}
	if s := strings.Join(got, " "); s != "passed failed error error" || len(out.Untested) != 1 {
		t.Errorf("statuses %s, untested %v", s, out.Untested)
	}
	if run.code != exitFailed {
		t.Errorf("exit code %d", run.code)
	}
}

func TestMatchJSONFollowsItsSchema(t *testing.T) {
	dir := tested(t)
	run := sigtune("", "match", filepath.Join(dir, "rule.yml"), "--events", filepath.Join(dir, "hit.ndjson"), "--format", "json")
	follows(t, "match.schema.json", run.stdout, nil)
}

// The example of docs/testing.md is what its schema takes, as is every test of ours.
func TestTheSchemaOfTestFilesTakesWhatTheCommandTakes(t *testing.T) {
	for _, good := range []string{`{"rule": "a.yml", "kept": "b"}`, `[{"name": "x", "rule": ["a.yml"], "excluded": ["b", "c"], "map": "m.yml"}]`} {
		follows(t, "sigtune-test.schema.json", good, nil)
	}
}
