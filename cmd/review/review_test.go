package review

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

const clean = `title: Network Connections Listed
id: 0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10
status: test
description: Detects the listing of network connections with netstat or ss
references:
    - https://sigtune.example/listing
author: The sigtune authors
date: 2026-01-12
tags:
    - attack.discovery
    - attack.t1049
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith:
            - '/netstat'
            - '/ss'
    condition: selection
level: low
`

// linted is what lint finds in a text, with every check.
func linted(path, text string) *lint.Result {
	engine := lint.Engine{Checks: checks.All(), All: checks.All(), Reporters: checks.Reporters(), Facts: lint.Facts{Today: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}}
	return engine.Files(source.Parse(path, []byte(text), source.Limits{}))
}

func reviewed(path, old, new string) *Review {
	var before, after revision.Tree
	before.Add(source.Parse(path, []byte(old), source.Limits{}), "", "")
	after.Add(source.Parse(path, []byte(new), source.Limits{}), "", "")
	changes := revision.Compare(revision.Match(before, after), func(*rules.Rule) logic.Options { return logic.Options{} })
	return &Review{Lint: linted(path, new), Changes: &changes, Options: report.Options{Root: "/repository", Dir: "/repository"}}
}

func of(result *lint.Result, check string) *lint.Finding {
	for i := range result.Findings {
		if result.Findings[i].Check.Name == check {
			return &result.Findings[i]
		}
	}
	return nil
}

// A suggestion replaces exactly the lines that a safe fix changes. A forge applies it without asking us again.
func TestASuggestionIsWhatTheFixMakesOfItsLines(t *testing.T) {
	for _, test := range []struct {
		name, old, new string // what differs from the clean rule
		check          string
		want           string
	}{
		{"a word", "tags:\n    - attack.discovery", "tags:\n    - Attack.Discovery", "tag-not-lowercase", "10-10 [    - attack.discovery]"},
		{"a line that goes", "            - '/ss'\n", "            - '/ss'\n            - '/ss'\n", "duplicate-value", "20-20 []"},
		{"space at the end", "level: low\n", "level: low   \n", "trailing-space", "21-21 [level: low]"},
		{"an unsafe fix", "level: low", "level: lwo", "invalid-level", "none"},
		{"no fix", "author: The sigtune authors\n", "", "missing-author", "none"},
		{"lines that end in a carriage return", "level: low\n", "level: low   \r\n", "trailing-space", "none"},
		{"nothing but the end of the file", "level: low\n", "level: low", "missing-final-newline", "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(clean, test.old, test.new, 1)
			f := of(linted("rule.yml", text), test.check)
			if f == nil {
				t.Fatalf("%s finds nothing", test.check)
			}
			got := "none"
			if from, to, lines, ok := Suggestion(f); ok {
				got = fmt.Sprintf("%d-%d %s", from, to, lines)
				all := strings.Split(text, "\n")
				after := strings.Join(append(append(append([]string{}, all[:from-1]...), lines...), all[to:]...), "\n")
				if of(linted("rule.yml", after), test.check) != nil {
					t.Errorf("the finding is still there:\n%s", after)
				}
			}
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestCommentsStandOnLinesThatTheChangeWrote(t *testing.T) {
	text := strings.NewReplacer("attack.discovery", "Attack.Discovery", "level: low", "level: lwo", "status: test", "status: tested").Replace(clean)
	r := reviewed("rules/listing.yml", clean, text)
	draft, err := r.Draft(func(path string, line int, text string) bool {
		return path == "rules/listing.yml" && (line == 10 && text == "    - Attack.Discovery" || line == 21)
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	marks := map[string]bool{}
	for _, c := range draft.Comments {
		got = append(got, fmt.Sprint(c.Path, ":", c.From, "-", c.To, " ", c.Suggests))
		marks[c.Fingerprint] = true
	}
	if strings.Join(got, "; ") != "rules/listing.yml:10-10 true; rules/listing.yml:21-21 false" || len(marks) != 2 {
		t.Errorf("%s", got)
	}
	if !strings.Contains(draft.Summary, "invalid-status") {
		t.Errorf("what stands on no changed line is not in the summary:\n%s", draft.Summary)
	}
	// The same findings further down are the same comments.
	moved := reviewed("rules/listing.yml", clean, "# by anna\n"+text)
	again, err := moved.Draft(func(_ string, line int, _ string) bool { return line == 11 || line == 22 })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range again.Comments {
		if !marks[c.Fingerprint] {
			t.Errorf("line %d has a new fingerprint", c.To)
		}
	}
}

func TestManyFindingsGiveFewComments(t *testing.T) {
	lines := "    - attack.t9999\n"
	for n := range 100 {
		lines += fmt.Sprintf("    - Attack.T10%02d\n", n)
	}
	r := reviewed("rule.yml", clean, strings.Replace(clean, "    - attack.t1049\n", lines, 1))
	draft, err := r.Draft(func(string, int, string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if len(draft.Comments) != maxComments || !draft.Comments[0].Suggests {
		t.Errorf("%d comments, the first with a suggestion: %t", len(draft.Comments), draft.Comments[0].Suggests)
	}
}

// Whoever opens a pull request writes the titles: they may not mention people, hide lines, close our sections or pass for our words.
func TestTextOfRulesIsNoMarkup(t *testing.T) {
	evil := "</details> <!-- @octocat **safe** | ![x](https://evil.example/x.png) `#1` <script>"
	text := strings.NewReplacer("Network Connections Listed", `'`+evil+`'`, "level: low", `level: '`+evil+`'`, "            - '/ss'\n", "").Replace(clean)
	r := reviewed("rules/<b>evil`.yml", clean, text)
	r.Hints = []Hint{{Path: r.Path("rules/<b>evil`.yml"), Scenario: evil, Block: "filter:\n    Image: '```'\n", Grade: "A"}}
	var out strings.Builder
	if err := Markdown(&out, r); err != nil {
		t.Fatal(err)
	}
	summary := out.String()
	for _, raw := range []string{"<!--", "@octocat", "**safe**", "![x]", "<script>", "<b>"} {
		if strings.Contains(summary, raw) {
			t.Errorf("%s stands in the summary:\n%s", raw, summary)
		}
	}
	if a, b := strings.Count(summary, "<details>"), strings.Count(summary, "</details>"); a != b {
		t.Errorf("%d sections, %d ends", a, b)
	}
	if !strings.Contains(summary, "````yaml\n") {
		t.Error("the fence is not longer than what it holds")
	}
	draft, err := r.Draft(func(string, int, string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range draft.Comments {
		if strings.Contains(c.Body, "@octocat") || strings.Contains(c.Body, "<!--") {
			t.Errorf("a comment: %s", c.Body)
		}
	}
}

func TestTheSummaryFitsACommentWhateverChanged(t *testing.T) {
	var old, new revision.Tree
	for n := range 200 {
		id := strings.Replace(clean, "0f5b6c1e", fmt.Sprintf("%08x", n), 1)
		old.Add(source.Parse(fmt.Sprintf("%03d.yml", n), []byte(id), source.Limits{}), fmt.Sprint(n), "")
		narrow := strings.Replace(id, "            - '/ss'\n", fmt.Sprintf("            - '/%s'\n", strings.Repeat("a-long-name-", 60)), 1)
		new.Add(source.Parse(fmt.Sprintf("%03d.yml", n), []byte(narrow), source.Limits{}), fmt.Sprint(n), "")
	}
	changes := revision.Compare(revision.Match(old, new), func(*rules.Rule) logic.Options { return logic.Options{} })
	r := reviewed("rule.yml", clean, clean)
	r.Changes = &changes
	for range 60 {
		r.Hints = append(r.Hints, Hint{Path: "a.yml", Scenario: strings.Repeat("word ", 500), Block: "filter:\n    Image: /a\n", Grade: "B"})
	}
	var out strings.Builder
	if err := Markdown(&out, r); err != nil {
		t.Fatal(err)
	}
	if n := out.Len(); n > maxSummary || n < maxSummary/4 {
		t.Errorf("%d bytes", n)
	}
	if !strings.Contains(out.String(), "200") {
		t.Error("how many changed is not said")
	}
}

func TestHeadlines(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", clean, "no rule changed"},
		{"a lost value", strings.Replace(clean, "            - '/ss'\n", "", 1), "detections lost in 1 document"},
		{"a gained value", strings.Replace(clean, "'/ss'\n", "'/ss'\n            - '/lsof'\n", 1), "no detection lost"},
	} {
		if got := reviewed("rule.yml", clean, test.text).Headline(); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s", test.name, got)
		}
	}
}
