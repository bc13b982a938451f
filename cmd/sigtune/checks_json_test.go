package main

import (
	"testing"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/manual"
)

func TestChecksJSONFollowsItsSchema(t *testing.T) {
	var all struct{ Checks []manual.Entry }
	follows(t, "checks.schema.json", sigtune("", "checks", "--format", "json").stdout, &all)
	if len(all.Checks) != len(checks.All()) {
		t.Errorf("%d checks of %d", len(all.Checks), len(checks.All()))
	}
	for _, word := range []string{"SIG0101", "weak-branch", "attacktag"} {
		follows(t, "checks.schema.json", sigtune("", "explain", word, "--format", "json").stdout, nil)
	}
}
