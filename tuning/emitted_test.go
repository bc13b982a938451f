package tuning

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/logic"
)

// checkEmitted proves what is promised of every rule that is emitted: it parses, it draws no finding that the rule did not draw before, of any
// severity, and its filters are neither a no-op nor do they swallow: not the rule, not one of its listed values.
func checkEmitted(t *testing.T, id string, r *Result) {
	t.Helper()
	after, err := (&tuner{in: Input{Path: id}}).parse(r.RuleAfter)
	if err != nil {
		t.Errorf("%s: does not parse: %v", id, err)
		return
	}
	count := map[string]int{}
	for _, f := range r.Findings {
		count[f.Check.Name]++
	}
	for _, f := range r.tuner.lint(r.RuleAfter) {
		if count[f.Check.Name]--; count[f.Check.Name] < 0 {
			t.Errorf("%s: a new finding, %s: %s\n%s", id, f.Check.Name, f.Message, r.RuleAfter)
		}
	}
	prover, before, left := logic.NewProver(logic.Options{}), logic.FromRule(r.Rule), logic.FromRule(after)
	if a := prover.Satisfiable(left); a.Verdict != logic.Yes {
		t.Errorf("%s: not proven that something is left: %s", id, a.Reason)
	}
	if a := prover.Satisfiable(logic.And(before, logic.Not(left))); a.Verdict != logic.Yes {
		t.Errorf("%s: not proven that something is hidden: %s", id, a.Reason)
	}
	if a := prover.Implies(left, before); a.Verdict == logic.No {
		t.Errorf("%s: the rule finds more than before: %v", id, a.Witness)
	}
	for _, d := range r.Rule.Detection.Named {
		if r.Rule.Detection.Polarity(d)&rules.Positive == 0 {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if len(i.Tests) < 2 || i.All || i.Negated {
				return
			}
			for _, value := range i.Tests {
				only := before.Only(value)
				if prover.Satisfiable(only).Verdict == logic.Yes && prover.Satisfiable(logic.And(only, left)).Verdict == logic.No {
					t.Errorf("%s: the value `%s` of %s can never fire again", id, value.Value.Text, i.KeyText())
				}
			}
		})
	}
}

// Every case of the corpus and every page of ours that ends in a rule keeps the promise.
func TestEveryEmittedRuleKeepsThePromise(t *testing.T) {
	seen := 0
	check := func(id string, in Input) {
		in.Path, in.Today = id, testDay
		if r, err := Tune(in); err == nil && r.RuleAfter != "" {
			checkEmitted(t, id, r)
			seen++
		}
	}
	own := filepath.Join("..", "testdata")
	if err := filepath.WalkDir(own, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && (filepath.Ext(path) == ".txt" || filepath.Ext(path) == ".yml") {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			check(path, Input{Text: string(data)})
		}
		return err
	}); err != nil || seen == 0 {
		t.Fatalf("%d of our own pages end in a rule: %v", seen, err)
	}
	corpus := corpustest.Open(t)
	for _, file := range corpus.Archive(t, "tuning/public.tar.gz", func(path string) bool {
		return strings.Contains(path, "/t2f-") || strings.Contains(path, "/neg-")
	}) {
		var c tuningCase
		if err := json.Unmarshal(file.Data, &c); err != nil {
			t.Fatal(err)
		}
		check(c.ID, Input{Text: c.RuleBefore, Scenarios: []string{c.Text}})
	}
	for _, f := range corpus.Archive(t, "hunt/documents.tar.gz", func(path string) bool { return strings.HasSuffix(path, ".txt") }) {
		check(f.Path, Input{Text: string(f.Data)})
	}
	t.Logf("%d rules were emitted", seen)
}
