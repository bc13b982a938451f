package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// asked is what stays open of a rule under a budget.
func asked(t *testing.T, detection string, o logic.Options) (lint.Finding, bool) {
	t.Helper()
	documents, _ := rules.Parse(source.Parse("rule.yml", []byte(example(detection)), source.Limits{}))
	rule := documents[0].(*rules.Rule)
	p := &lint.Pass{Document: rule, Rule: rule, Facts: &lint.Facts{}, Shared: map[string]any{}}
	return openQuestions(p, logic.Analyse(rule, o), o)
}

func TestABudgetThatRunsOutIsToldWithTheQuestion(t *testing.T) {
	const clash = "    selection:\n        CommandLine|re: '^[ab]*a[ab]{9}$'\n    selection_b:\n        CommandLine|re: '^[ab]*b[ab]{9}$'\n    condition: selection and selection_b\n"
	f, ok := asked(t, clash, logic.Options{States: 50})
	if !ok || !strings.HasPrefix(f.Message, "not decided whether the rule can match: too large: ") || len([]rune(f.Message)) > messageLength {
		t.Errorf("%t %q", ok, f.Message)
	}
	if f, ok := asked(t, clash, logic.Options{}); ok {
		t.Errorf("the budget suffices: %q", f.Message)
	}
}

// Each question has an answer of its own, and all of them together are too many: the rule is named, for some were never asked.
func TestARuleWithTooManyQuestionsIsTold(t *testing.T) {
	var values strings.Builder
	for i := range 400 {
		fmt.Fprintf(&values, "            - 'a%d*b%d*c'\n", i, i%7)
	}
	detection := "    selection:\n        CommandLine|contains:\n" + values.String() + "    condition: selection\n"
	f, ok := asked(t, detection, logic.Options{States: 100})
	if !ok || !strings.Contains(f.Message, "too large: all questions together") {
		t.Errorf("%t %q", ok, f.Message)
	}
	if f, ok := asked(t, detection, logic.Options{}); ok {
		t.Errorf("the budget suffices: %q", f.Message)
	}
}

func TestWhatOnlyDependsOnCaseFoldingIsNotOpen(t *testing.T) {
	if f, ok := asked(t, "    selection:\n        CommandLine|contains:\n            - 'д'\n            - 'Д'\n    condition: selection\n", logic.Options{}); ok {
		t.Errorf("certain under either folding: %q", f.Message)
	}
}

// Whatever stays open is silent in every other check.
func TestAnOpenQuestionIsNoFinding(t *testing.T) {
	for _, f := range run(t, All(), example("    selection:\n        Image|expand: '%tool%'\n    filter_main_x:\n        Image|expand: '%other%'\n    condition: selection and not 1 of filter_main_*\n")) {
		if f.Check.Family() == "08" {
			t.Errorf("%s: %s", f.Check.Name, f.Message)
		}
	}
}
