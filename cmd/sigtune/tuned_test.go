package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// tuned is the part of the JSON output that the tests below look at.
type tuned struct {
	Document struct {
		Recovered bool
		Query     struct{ Equivalent *bool }
	}
	Findings  []any
	Scenarios []struct {
		Verdict   string
		Proposals []struct {
			Name, Block, Title string
			Recommended        bool
			RuleAfter          string `json:"rule_after"`
		}
	}
	RuleAfter string `json:"rule_after"`
}

// ourPage is the page that the README tunes.
func ourPage(t *testing.T) string {
	t.Helper()
	return read(t, filepath.Join("..", "..", "testdata", "hunt", "system-network-connections-discovery.txt"))
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestThePageGetsItsFiveVerdicts(t *testing.T) { getsFiveVerdicts(t, ourPage(t)) }

// The page that started the project, of which ours is a copy in other words.
func TestTheOriginalPageGetsItsFiveVerdicts(t *testing.T) {
	corpus := corpustest.Open(t)
	getsFiveVerdicts(t, read(t, filepath.Join(corpus.Dir, "seed", "hunt-document.txt")))
}

func getsFiveVerdicts(t *testing.T, page string) {
	t.Helper()
	run := sigtune(page, "tune", "-", "--format", "json")
	if run.code != exitClean || run.stderr != "" {
		t.Fatalf("exit code %d, stderr %q", run.code, run.stderr)
	}
	var out tuned
	follows(t, "tune.schema.json", run.stdout, &out)
	if !out.Document.Recovered {
		t.Error("the rule's indentation was not put back")
	}
	if equivalent := out.Document.Query.Equivalent; equivalent == nil || !*equivalent {
		t.Error("the page's KQL is not found to be equivalent to its rule")
	}
	if len(out.Findings) > 0 {
		t.Errorf("findings on the rule: %v", out.Findings)
	}
	var verdicts []string
	for _, s := range out.Scenarios {
		verdicts = append(verdicts, s.Verdict)
	}
	if got, want := strings.Join(verdicts, " "), "noop filter noop noop needs_environment"; got != want {
		t.Errorf("verdicts %s, want %s", got, want)
	}
	for _, s := range out.Scenarios {
		for _, p := range s.Proposals {
			block := source.Parse("block", []byte(p.Block), source.Limits{})
			if len(block.Problems) > 0 || len(block.Documents) != 1 || block.Documents[0].Root.Entries[0].Key.Value != p.Name {
				t.Errorf("the block of proposal %s (%s) is no YAML of that name: %v\n%s", p.Name, p.Title, block.Problems, p.Block)
			}
			onlyRule(t, p.RuleAfter)
		}
	}
	tunedRuleDoesWhatItSays(t, out.RuleAfter)
}

// tunedRuleDoesWhatItSays: nothing to say about its form, monit's netstat hidden, everybody else's found.
func tunedRuleDoesWhatItSays(t *testing.T, text string) {
	t.Helper()
	if run := sigtune(text, "lint", "-", "--fail-on", "info"); run.code != exitClean {
		t.Errorf("the tuned rule has findings:\n%s", run.stdout)
	}
	matcher, err := match.Compile(onlyRule(t, text))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		image, parent string
		want          bool
	}{
		{"/usr/bin/netstat", "/usr/bin/bash", true},
		{"/usr/bin/netstat", "/usr/bin/monit", false},
		{"/usr/bin/lsof", "/usr/bin/monit", true},
		{"/usr/bin/who", "/usr/bin/bash", true},
		{"/usr/bin/ss", "/usr/bin/bash", false},
	} {
		event := match.NewEvent(map[string]any{"Image": c.image, "ParentImage": c.parent, "CommandLine": filepath.Base(c.image)})
		if got := matcher.Match(event); got != c.want {
			t.Errorf("%s started by %s: match %v, want %v", c.image, c.parent, got, c.want)
		}
	}
}

func onlyRule(t *testing.T, text string) *rules.Rule {
	t.Helper()
	file := source.Parse("rule.yml", []byte(text), source.Limits{})
	documents, problems := rules.Parse(file)
	if len(file.Problems) > 0 || len(problems) > 0 || len(documents) != 1 {
		t.Fatalf("%d documents, problems %v %v in\n%s", len(documents), file.Problems, problems, text)
	}
	return documents[0].(*rules.Rule)
}

// The diff changes what has to change and nothing else.
func TestTheDiffOfThePageIsMinimal(t *testing.T) {
	run := sigtune(ourPage(t), "tune", "-", "--diff")
	var removed, added []string
	for _, line := range strings.Split(run.stdout, "\n") {
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
		case strings.HasPrefix(line, "-"):
			removed = append(removed, line)
		case strings.HasPrefix(line, "+"):
			added = append(added, line)
		}
	}
	if got := strings.Join(removed, "\n"); got != "-modified: 2023-01-17" {
		t.Errorf("removed:\n%s", got)
	}
	want := strings.Join([]string{
		"+modified: 2026-11-20",
		"+    filter_optional_monit:", "+        Image|endswith: '/netstat'", "+        ParentImage|endswith: '/monit'",
		"+    - A health check that runs on a schedule calls netstat to count open connections",
	}, "\n")
	if got := strings.Join(added, "\n"); got != want {
		t.Errorf("added:\n%s\nwant:\n%s", got, want)
	}
}
