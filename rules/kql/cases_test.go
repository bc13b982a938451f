package kql

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// ruleOf parses a rule written for a test.
func ruleOf(t testing.TB, text string) *rules.Rule {
	t.Helper()
	documents, _ := rules.Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
	if len(documents) != 1 {
		t.Fatalf("%d documents in\n%s", len(documents), text)
	}
	r, ok := documents[0].(*rules.Rule)
	if !ok {
		t.Fatalf("no rule in\n%s", text)
	}
	return r
}

// processRule puts a detection under a process creation rule.
func processRule(t testing.TB, detection, condition string) *rules.Rule {
	t.Helper()
	return categoryRule(t, "process_creation", detection, condition)
}

func categoryRule(t testing.TB, category, detection, condition string) *rules.Rule {
	t.Helper()
	return ruleOf(t, "title: A rule\nlogsource:\n  product: windows\n  category: "+category+
		"\ndetection:\n  "+strings.ReplaceAll(detection, "\n", "\n  ")+"\n  condition: "+condition+"\n")
}

// The reference's one-construct cases agree, with its check of columns and without.
func TestParityOfSingleConstructs(t *testing.T) {
	corpus := corpustest.Open(t)
	count := 0
	corpus.Lines(t, "kql/kql_cases.jsonl.gz", func(line json.RawMessage) {
		var c struct {
			Name, Detection, Condition, Error string
			RelaxedError                      string `json:"relaxed_error"`
			Query, Relaxed                    []string
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		count++
		r := processRule(t, c.Detection, c.Condition)
		check := func(o Options, want []string, wantError bool) {
			queries, _, err := Translate(r, o)
			var e *Error
			if wantError != errors.As(err, &e) {
				t.Errorf("%s: error %v, want one: %v", c.Name, err, wantError)
				return
			}
			var got []string
			for _, q := range queries {
				got = append(got, q.Text)
			}
			if !wantError && !slices.Equal(got, want) {
				t.Errorf("%s\n got %q\nwant %q", c.Name, got, want)
			}
		}
		accepted := strings.Contains(c.Error, "TargetProcessFilename") // the one column parity mode adds
		if !accepted {
			check(Options{Parity: true}, c.Query, c.Error != "")
		}
		if c.Relaxed != nil || c.RelaxedError != "" {
			check(Options{Parity: true, anyColumn: true}, c.Relaxed, c.RelaxedError != "")
		}
	})
	t.Logf("%d cases", count)
}
