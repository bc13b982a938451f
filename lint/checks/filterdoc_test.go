package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

func TestFilters(t *testing.T) {
	with := func(condition string) string {
		body := strings.Replace(plainFilter, "condition: not selection", "condition: "+condition, 1)
		return filter(strings.Replace(body, "    condition:", "    selection_user:\n        User: 'root'\n    condition:", 1))
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a negated selection excludes": {with("not selection and not selection_user"), nil},
		"not one of them":              {with("not 1 of selection*"), nil},
		"by De Morgan":                 {with("not (selection or selection_user)"), nil},
		"a positive selection keeps":   {with("1 of selection*"), []string{"SIG1204 error 1 of selection*"}},
		"two negations keep":           {with("not (not selection and not selection_user)"), []string{"SIG1204 error not (not selection and not selection_user)"}},
		"with one excluded and one wanted, it still needs a match": {with("selection and not selection_user"), []string{"SIG1204 error selection and not selection_user"}},
		"one negated way out is enough":                            {with("selection or not selection_user"), nil},
		"a broken condition says nothing":                          {with("not"), nil},
		"any is a warning":                                         {strings.Replace(filter(plainFilter), "rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "rules: any", 1), []string{"SIG1202 warning any"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "12", c.text, c.want...) })
	}
}

func TestNegatingAFilter(t *testing.T) {
	for before, after := range map[string]string{
		"selection":          "not selection",
		"'1 of selection*'":  "'not 1 of selection*'",
		"selection or other": "not (selection or other)",
	} {
		text := strings.Replace(filter(plainFilter), "    condition: not selection", "    other:\n        User: 'root'\n    condition: "+before, 1)
		found := named(lintText("filter.yml", text, All()), "inverted-filter")
		if len(found) != 1 || found[0].Fix == nil || found[0].Fix.Safe {
			t.Fatalf("want one finding with an unsafe fix: %q", show(found))
		}
		if got, want := applyFix(text, found[0].Fix), strings.Replace(text, "condition: "+before, "condition: "+after, 1); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestAFilterAndItsRules(t *testing.T) {
	other := func(old, new string) string {
		return clean + "---\n" + strings.Replace(filter(plainFilter), old, new, 1)
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a filter that sets less than its rule fits": {other("    category: process_creation\n", ""), nil},
		"a filter that sets more does not":           {other("    product: linux\n", "    product: linux\n    service: auditd\n"), []string{"SIG1208 error auditd"}},
		"an id in capitals is the same id":           {other("6f1f7c3e", "6F1F7C3E"), nil},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "12", c.text, c.want...) })
	}
}

func TestAFilterForNothingIsToldWhereTheRunSeesTheWholeTree(t *testing.T) {
	anyRule := strings.Replace(filter(plainFilter), "rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "rules: any", 1)
	for text, want := range map[string]string{
		clean + "---\n" + anyRule: "",
		clean + "---\n" + strings.Replace(anyRule, "product: linux", "product: macos", 1):   "filter-without-target",
		clean + "---\n" + strings.Replace(filter(plainFilter), "6f1f7c3e-", "7f1f7c3e-", 1): "unresolved-filter-rule",
	} {
		engine := lint.Engine{Checks: filterChecks, Facts: lint.Facts{Today: testDay, Complete: true}}
		got := ""
		for _, f := range engine.Files(source.Parse("rules.yml", []byte(text), source.Limits{})).Findings {
			got += f.Check.Name
		}
		if got != want {
			t.Errorf("got %q, want %q for\n%s", got, want, text)
		}
	}
}
