package tuning

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
)

var update = flag.Bool("update", false, "rewrite golden files")

// tuningCase is a public tuning case (spec/tuning.md section 6). The reference, the human's filter, is never an input.
type tuningCase struct {
	ID, Kind, Expect, Text string
	RuleBefore             string `json:"rule_before"`
	Events                 struct {
		FPGiven  []map[string]any `json:"fp_given"`
		FPHidden []map[string]any `json:"fp_hidden"`
		TP       []map[string]any
	}
}

// How the text cases come out, in numbers: a change of the reading or of a verdict shows in review. No case may break a claim: what is
// recommended keeps every labelled true positive or says that it could hide it (grade B and C do).
func TestPublicTextCases(t *testing.T) {
	corpus := corpustest.Open(t)
	files := corpus.Archive(t, "tuning/public.tar.gz", func(path string) bool {
		return strings.Contains(path, "/t2f-") || strings.Contains(path, "/neg-")
	})
	count := map[string]int{}
	for _, file := range files {
		var c tuningCase
		if err := json.Unmarshal(file.Data, &c); err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		count[c.Kind+": cases"]++
		r, err := Tune(Input{Path: c.ID, Text: c.RuleBefore, Scenarios: []string{c.Text}, Today: testDay})
		if err != nil {
			count[c.Kind+": no result"]++
			t.Logf("%s: %v", c.ID, err)
			continue
		}
		verdicts := map[Verdict]bool{}
		for _, o := range r.Outcomes {
			verdicts[o.Verdict] = true
		}
		var names []string
		for v := range verdicts {
			names = append(names, string(v))
		}
		sort.Strings(names)
		count[c.Kind+": verdict "+strings.Join(names, "+")]++
		if c.Kind == "text_negative" {
			if concrete(r) {
				count[c.Kind+": concrete filter although "+c.Expect]++
			} else {
				count[c.Kind+": passed"]++
			}
			continue
		}
		scoreText(t, &c, r, count)
	}
	var lines []string
	for key, n := range count {
		lines = append(lines, fmt.Sprintf("%-80s %4d\n", key, n))
	}
	sort.Strings(lines)
	got := strings.Join(lines, "")
	const golden = "testdata/public_text.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("figures changed; if that is meant, run with -update\n%s", got)
	}
}

// concrete reports a proposal that a hurried reader could apply as it stands.
func concrete(r *Result) bool {
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			if len(p.Fill) == 0 {
				return true
			}
		}
	}
	return false
}

func scoreText(t *testing.T, c *tuningCase, r *Result, count map[string]int) {
	t.Helper()
	first, best := "", false
	for _, o := range r.Outcomes {
		for k, p := range o.Proposals {
			if len(p.Fill) > 0 {
				continue
			}
			passed := passes(t, c, p.RuleAfter)
			best = best || passed
			if k == 0 && first == "" {
				first = p.RuleAfter
			}
		}
	}
	switch {
	case first == "":
		count[c.Kind+": no filter"]++
	case passes(t, c, first):
		count[c.Kind+": first proposal passes"]++
	}
	if best {
		count[c.Kind+": some proposal passes"]++
	}
	if r.Recommended() && passes(t, c, r.RuleAfter) {
		count[c.Kind+": recommended rule passes"]++
	}
}

// passes: every false positive is excluded and every true positive kept.
func passes(t *testing.T, c *tuningCase, rule string) bool {
	t.Helper()
	parsed, err := (&tuner{in: Input{Path: c.ID}}).parse(rule)
	if err != nil {
		t.Errorf("%s: the proposed rule does not load: %v", c.ID, err)
		return false
	}
	m, err := match.Compile(parsed)
	if err != nil {
		return false // the rule has placeholders of its own
	}
	for _, list := range [][]map[string]any{c.Events.FPGiven, c.Events.FPHidden} {
		for _, e := range list {
			if m.Match(match.NewEvent(e)) {
				return false
			}
		}
	}
	for _, e := range c.Events.TP {
		if !m.Match(match.NewEvent(e)) {
			return false
		}
	}
	return true
}
