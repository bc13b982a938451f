package config

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// What SigmaHQ's own configuration gives on its rules: nothing that `sigma check` does not exclude, and three exclusions that nothing needs.
const (
	excludedFindings = 80
	staleExclusions  = "7c9340a9 7dc2dedd a8f29a7b"
)

func TestSigmaHQConfiguration(t *testing.T) {
	corpus := corpustest.Open(t)
	conf := corpus.Archive(t, "sigmahq/rules.tar.gz", func(path string) bool { return strings.HasSuffix(path, "/sigma_cli_conf.yml") })
	if len(conf) != 1 {
		t.Fatalf("%d configurations", len(conf))
	}
	all := checks.All()
	c, problems := Read(source.Parse(conf[0].Path, conf[0].Data, source.Limits{}), all)
	if len(problems) > 0 || len(c.Notes) > 0 {
		t.Fatal(problems, c.Notes)
	}
	profile, err := lint.ParseProfile(c.Profile)
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := lint.Selection{Profile: profile, Select: c.Select, Ignore: c.Ignore}.Apply(all)
	if err != nil {
		t.Fatal(err)
	}
	today := day("")
	adjust, err := c.Adjuster(all, today)
	if err != nil {
		t.Fatal(err)
	}
	facts := lint.Facts{Today: today, Profile: profile, Complete: true}
	c.Facts(&facts)
	engine := lint.Engine{Checks: chosen, All: all, Reporters: checks.Reporters(), Facts: facts, Adjust: adjust, Policy: c.Comments(all)}
	var files []*source.File
	ids := map[string]bool{}
	for _, f := range corpus.LiveRules(t) {
		files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
		if id := files[len(files)-1].Documents[0].Root.Find("id"); id != nil {
			ids[id.Value] = true
		}
	}
	result := engine.Files(files...)
	for _, f := range result.Findings {
		t.Errorf("%s: %s %s", f.File.Path, f.Check.Code, f.Message)
	}
	if n := len(result.Suppressed); n != excludedFindings {
		t.Errorf("%d findings are excluded, want %d", n, excludedFindings)
	}
	var stale []string
	for _, f := range c.Stale(chosen, func(id string) bool { return ids[id] }, today) {
		id, _, _ := strings.Cut(f.Place.Value, "-")
		stale = append(stale, id)
	}
	if got := strings.Join(stale, " "); got != staleExclusions {
		t.Errorf("stale: %s, want %s", got, staleExclusions)
	}
}
