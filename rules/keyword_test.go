package rules

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

// One slip in a condition is one problem.
func TestAConditionThatDoesNotParseIsOneProblem(t *testing.T) {
	for condition, want := range map[string]string{
		"al of s*":        KindConditionSyntax + ": al",
		"all s*":          KindConditionSyntax + ": all",
		"s && t":          KindConditionSyntax + ": &&",
		"1 of s* && t":    KindConditionSyntax + ": &&",
		"s and no 1 of t": KindConditionSyntax + ": 1",
		"s t":             KindConditionSyntax + ": t",
		"u t":             KindConditionSyntax + ": t",
		"s and u":         KindUnknownIdentifier + ": u",
		"(u) and s":       KindUnknownIdentifier + ": u",
		"u and s":         KindUnknownIdentifier + ": u",
	} {
		text := "detection:\n  s: {f: 1}\n  t: {f: 2}\n  condition: " + condition + "\n"
		documents, _ := Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
		head := documents[0].Base()
		var got []string
		for _, p := range head.Problems {
			got = append(got, p.Kind+": "+head.File.Text(p.Span))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", condition, got, want)
		}
	}
}

// A null in a list is told once, at its dash where nothing is written.
func TestNullInAListIsOneProblem(t *testing.T) {
	for list, want := range map[string]string{"- a\n    - null": "null", "- a\n    -": "-", "- a\n    - ~": "~"} {
		text := "detection:\n  s:\n    f|contains:\n    " + list + "\n  condition: s\n"
		documents, _ := Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
		head := documents[0].Base()
		if len(head.Problems) != 1 || head.Problems[0].Kind != KindNullInList || head.File.Text(head.Problems[0].Span) != want {
			t.Errorf("%q: %+v", list, head.Problems)
		}
	}
}

// What a keyword cannot be is reported once, and the rule is not evaluable: no engine agrees on what it would mean.
func TestWhatNeedsAFieldIsNoKeyword(t *testing.T) {
	for block, want := range map[string]string{
		"- a\n- null":                   KindNullInList,
		"- null\n- b":                   KindNullInList,
		"'': null":                      KindInvalidValue,
		"'|cidr': 10.0.0.0/8":           KindIncompatibleModifiers,
		"'|exists': true":               KindIncompatibleModifiers,
		"'|gt': 5":                      KindIncompatibleModifiers,
		"'|hour': [5, 6]":               KindIncompatibleModifiers,
		"'|fieldref': g":                KindIncompatibleModifiers,
		"- a\n- 5\n- true":              "",
		"'|re': 'a+'":                   "",
		"'|contains|all': [a, b]":       "",
		"'|all': [a, b]":                "",
		"'': 5":                         "",
		"f: [a, null]":                  KindNullInList,
		"- f: null\n- '|contains': [a]": "",
	} {
		text := "detection:\n  s:\n    " + strings.ReplaceAll(block, "\n", "\n    ") + "\n  condition: s\n"
		documents, _ := Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
		rule := documents[0].(*Rule)
		var got []string
		for _, p := range rule.Problems {
			got = append(got, p.Kind)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", block, got, want)
		}
		if err := rule.Detection.Evaluable(); (err != nil) != (want != "" && !strings.HasPrefix(block, "f:")) {
			t.Errorf("%s: evaluable: %v", block, err)
		}
	}
}

func TestADetectionUnderAnotherNameIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"title: a\ndetections:\n  s: {f: 1}\n  condition: s\n":                           "detections: write `detection`",
		"title: a\ncorelation:\n  type: temporal\n  rules: [a]\n  condition: {gte: 1}\n": "corelation: write `correlation`",
		"title: a\nfiltr:\n  rules: any\n  s: {f: 1}\n  condition: not s\n":              "filtr: write `filter`",
		"title: a\nlogsource:\n  product: linux\n":                                       "title: a rule needs a `detection` with at least one selection and a `condition`",
	} {
		documents, _ := Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
		problems := documents[0].Base().Problems
		if len(problems) != 1 || problems[0].Kind != KindUnknownDocument {
			t.Errorf("%s: %+v", text, problems)
			continue
		}
		p := problems[0]
		if got := documents[0].Base().File.Text(p.Span) + ": " + p.Help; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestHelpListsNamesOnlyWhereThereAreSome(t *testing.T) {
	for detection, want := range map[string]string{
		"{condition: s}":                     "define it",
		"{a: {f: 1}, condition: other}":      "define it, or name one of: `a`",
		"{condition: 1 of s*}":               "define a matching identifier",
		"{a: {f: 1}, condition: 1 of s*}":    "define a matching identifier, or name the one that was meant: `a`",
		"{sel: {f: 1}, condition: selec}":    "define it, or name one of: `sel`",
		"{select: {f: 1}, condition: selet}": "did you mean `select`?",
	} {
		documents, _ := Parse(source.Parse("rule.yml", []byte("detection: "+detection+"\n"), source.Limits{}))
		found := false
		for _, p := range documents[0].Base().Problems {
			found = found || p.Help == want
		}
		if !found {
			t.Errorf("%s: no problem with the help %q: %+v", detection, want, documents[0].Base().Problems)
		}
	}
}
