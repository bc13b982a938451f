package rules

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

// shape writes a condition as an S-expression: operators, names and selectors as they were understood.
func shape(e *Expr) string {
	words := map[Op]string{And: "and", Or: "or", Not: "not"}
	switch e.Op {
	case Name:
		return e.Pattern
	case Of:
		var names []string
		for _, s := range e.Selected {
			names = append(names, s.Name)
		}
		quantifier := "any"
		if e.All {
			quantifier = "all"
		}
		return "(" + quantifier + " " + strings.Join(names, " ") + ")"
	case Bad:
		return "bad"
	}
	parts := []string{words[e.Op]}
	for _, a := range e.Args {
		parts = append(parts, shape(a))
	}
	return "(" + strings.Join(parts, " ") + ")"
}

const identifiers = "  selection: {a: b}\n  sel_a: {a: b}\n  sel_b: {a: b}\n  filter_x: {a: b}\n  notepad: {a: b}\n  andy: {a: b}\n" +
	"  _hidden: {a: b}\n  sel-dash: {a: b}\n  all: {a: b}\n  Upper: {a: b}\n"

// Every row of spec/sigma-semantics.md section 9.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		condition string
		want      string // shape, "bad" when it has no meaning
		kind      string // of the one problem, "" when there is none
		marked    string
		message   string
	}{
		{"selection", "selection", "", "", ""},
		{"selection and filter_x or sel_a", "(or (and selection filter_x) sel_a)", "", "", ""},
		{"selection or filter_x and sel_a", "(or selection (and filter_x sel_a))", "", "", ""},
		{"selection or sel_a or sel_b", "(or selection sel_a sel_b)", "", "", ""},
		{"not selection and sel_a", "(and (not selection) sel_a)", "", "", ""},
		{"not (selection and sel_a)", "(not (and selection sel_a))", "", "", ""},
		{"not not selection", "(not (not selection))", "", "", ""},
		{"((selection))", "selection", "", "", ""},
		{"(selection)and(sel_a)", "(and selection sel_a)", "", "", ""},
		{"selection\n  and\tsel_a", "(and selection sel_a)", "", "", ""},
		{"notepad and andy", "(and notepad andy)", "", "", ""},
		{"1 of sel_*", "(any sel_a sel_b)", "", "", ""},
		{"any of sel_*", "(any sel_a sel_b)", "", "", ""},
		{"all of sel_*", "(all sel_a sel_b)", "", "", ""},
		{"not 1 of sel_*", "(not (any sel_a sel_b))", "", "", ""},
		{"1 of *_a", "(any sel_a)", "", "", ""},
		{"1 of s*l*a", "(any sel_a)", "", "", ""},
		{"1 of selection", "(any selection)", "", "", ""},
		{"1 of them", "(any selection sel_a sel_b filter_x notepad andy sel-dash all Upper)", "", "", ""},
		{"all of them", "(all selection sel_a sel_b filter_x notepad andy sel-dash all Upper)", "", "", ""},
		{"1 of _*", "(any _hidden)", "", "", ""},
		{"_hidden", "_hidden", "", "", ""},
		{"1 of sel-*", "(any sel-dash)", "", "", ""},
		{"all", "all", "", "", ""},
		{"all and selection", "(and all selection)", "", "", ""},
		{"1 of upper*", "bad", KindUnmatchedPattern, "upper*", "no identifier matches"},
		{"selection and not 1 of typo_*", "(and selection (not bad))", KindUnmatchedPattern, "typo_*", "it can never hold"},
		{"all of typo_*", "bad", KindUnmatchedPattern, "typo_*", "engines disagree"},
		{"selectoin", "bad", KindUnknownIdentifier, "selectoin", "not defined"},
		{"selection and Selection", "(and selection bad)", KindUnknownIdentifier, "Selection", "not defined"},
		{"selection AND sel_a", "(and selection sel_a)", KindUppercaseOperator, "AND", "lower case"},
		{"Not selection", "(not selection)", KindUppercaseOperator, "Not", "lower case"},
		{"ALL of sel_*", "(all sel_a sel_b)", KindUppercaseOperator, "ALL", "lower case"},
		{"1 OF sel_*", "(any sel_a sel_b)", KindUppercaseOperator, "OF", "lower case"},
		{"2 of sel_*", "bad", KindConditionSyntax, "2", "`2 of` is not in Sigma"},
		{"1 of (sel_a,sel_b)", "bad", KindConditionSyntax, "(", "one pattern"},
		{"selection && sel_a", "bad", KindConditionSyntax, "&&", ""},
		{"!selection", "bad", KindConditionSyntax, "!selection", "`!` is no operator"},
		{"selection, sel_a", "bad", KindConditionSyntax, "selection,", "does not belong"},
		{"selection or 'sel_a'", "bad", KindConditionSyntax, "'sel_a'", "does not belong"},
		{"1 of sel_?", "bad", KindConditionSyntax, "?", "does not belong into a pattern"},
		{"sel_*", "bad", KindConditionSyntax, "sel_*", "stands alone"},
		{"selection sel_a", "bad", KindConditionSyntax, "sel_a", "operator is missing"},
		{"selection and", "bad", KindConditionSyntax, "and", "a name is missing after"},
		{"and selection", "bad", KindConditionSyntax, "and", "a name is missing before"},
		{"selection and or sel_a", "bad", KindConditionSyntax, "or", "a name is missing before"},
		{"not", "bad", KindConditionSyntax, "not", "a name is missing after"},
		{"()", "bad", KindConditionSyntax, ")", "a name is missing before"},
		{"(selection", "bad", KindConditionSyntax, "(", "never closed"},
		{"selection)", "bad", KindConditionSyntax, ")", "has no `(`"},
		{"1 of", "bad", KindConditionSyntax, "of", "a pattern is missing"},
		{"selection | count() by a > 5", "selection", KindAggregation, "| count() by a > 5", "no condition since Sigma 2"},
		{"selection | near sel_a", "selection", KindAggregation, "| near sel_a", "no condition since Sigma 2"},
	} {
		t.Run(c.condition, func(t *testing.T) {
			for _, style := range []struct{ name, open, close string }{
				{"single quotes", "'", "'"}, {"double quotes", `"`, `"`}, {"literal", "|-\n    ", ""},
			} {
				text := c.condition
				switch style.name {
				case "single quotes":
					if strings.Contains(text, "\n") {
						continue
					}
					text = strings.ReplaceAll(text, "'", "''")
				case "double quotes":
					text = strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(text)
				case "literal":
					text = strings.ReplaceAll(text, "\n", "\n    ")
				}
				r := parseText(t, "detection:\n"+identifiers+"  condition: "+style.open+text+style.close+"\n")
				got := r.Detection.Conditions[0]
				if s := shape(got.Root); s != c.want {
					t.Errorf("%s: %s, want %s", style.name, s, c.want)
				}
				checkSpans(t, r.File, got)
				switch {
				case c.kind == "" && len(r.Problems) > 0:
					t.Errorf("%s: %s: %s", style.name, r.Problems[0].Kind, r.Problems[0].Message)
				case c.kind != "" && len(r.Problems) != 1:
					t.Errorf("%s: %d problems: %v", style.name, len(r.Problems), r.Problems)
				case c.kind != "":
					p := r.Problems[0]
					marked := strings.ReplaceAll(r.File.Text(p.Span), "''", "'")
					if p.Kind != c.kind || marked != c.marked || !strings.Contains(p.Message, c.message) {
						t.Errorf("%s: %s at %q: %s", style.name, p.Kind, marked, p.Message)
					}
				}
				evaluable := r.Detection.Evaluable() == nil
				if hasMeaning := !strings.Contains(c.want, "bad") && c.kind != KindAggregation; evaluable != hasMeaning {
					t.Errorf("%s: evaluable is %v", style.name, evaluable)
				}
			}
		})
	}
}

// checkSpans checks that every part of a condition lies inside the part around it, and names read as they are written.
func checkSpans(t *testing.T, f *source.File, c *Condition) {
	t.Helper()
	var walk func(e *Expr)
	walk = func(e *Expr) {
		if !c.Node.Span.Contains(e.Span) {
			t.Errorf("a part stands at %v outside its condition %v", e.Span, c.Node.Span)
		}
		if (e.Op == Name || e.Op == Of) && f.Text(e.PatternAt) != e.Pattern {
			t.Errorf("%q is marked for %q", f.Text(e.PatternAt), e.Pattern)
		}
		for _, a := range e.Args {
			if e.Op != Bad && !e.Span.Contains(a.Span) {
				t.Errorf("%v outside %v", a.Span, e.Span)
			}
			walk(a)
		}
	}
	walk(c.Root)
}

func TestConditionsWithoutMeaning(t *testing.T) {
	for _, c := range []struct {
		name, condition string
		count           int
		reason          string
	}{
		{"a list: each entry is a query", "condition: [selection, sel_a or sel_b]", 2, ""},
		{"none", "x: {a: b}", 0, "no condition"},
		{"empty", "condition: ''", 0, "no condition"},
		{"blanks", "condition: '   '", 0, "no condition"},
		{"a map", "condition: {a: b}", 0, "no condition"},
		{"null", "condition:", 0, "no condition"},
		{"a broken entry of a list", "condition: [selection, sel_a or]", 2, "does not parse"},
		{"nested too deeply", "condition: '" + strings.Repeat("(", 100) + "selection" + strings.Repeat(")", 100) + "'", 1, "does not parse"},
		{"too many negations", "condition: '" + strings.Repeat("not ", 100) + "selection'", 1, "does not parse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parseText(t, "detection:\n"+identifiers+"  "+c.condition+"\n")
			if len(r.Detection.Conditions) != c.count {
				t.Errorf("%d conditions", len(r.Detection.Conditions))
			}
			err := r.Detection.Evaluable()
			if (err == nil) != (c.reason == "") || err != nil && !strings.Contains(err.Error(), c.reason) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestSuggestionsForNames(t *testing.T) {
	for _, c := range []struct{ condition, help string }{
		{"selektion", "did you mean `selection`?"},
		{"upper", "did you mean `Upper`?"},
		{"sel_c", "define it, or name one of"}, // two are equally near
		{"nothing_like_it", "and 5 more"},
	} {
		r := parseText(t, "detection:\n"+identifiers+"  condition: "+c.condition+"\n")
		if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Help, c.help) {
			t.Errorf("%s: %v", c.condition, r.Problems)
		}
	}
}

func TestPolarityComesFromTheCondition(t *testing.T) {
	r := parseText(t, "detection:\n"+identifiers+"  condition: selection and not (sel_a or not sel_b) and (1 of sel_* or not selection)\n")
	for name, want := range map[string]Polarity{"selection": Both, "sel_a": Both, "sel_b": Positive, "filter_x": Unused, "_hidden": Unused} {
		if got := r.Detection.Polarity(r.Detection.Find(name)); got != want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestPatternsOfNames(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"sel*", "selection", true}, {"sel*", "Selection", false}, {"*", "x", true}, {"*", "_x", false}, {"_*", "_x", true},
		{"them", "x", true}, {"them", "_x", false}, {"them*", "them_x", true}, {"them*", "x", false},
		{"a*a", "a", false}, {"a*a", "aa", true}, {"a*b*c", "a1b2c", true}, {"a*b*c", "acb", false}, {"**", "x", true},
		{"a.c", "abc", false}, {"x", "x", true}, {"x", "xy", false}, {"a*b*b", "ab", false}, {"*_a*", "_a", false},
	} {
		if got := MatchName(c.pattern, c.name); got != c.want {
			t.Errorf("%s %s: %v", c.pattern, c.name, got)
		}
	}
}

func FuzzCondition(f *testing.F) {
	for _, c := range []string{"selection and not 1 of filter_*", "(a or b) and not (c", "all of them | count() > 5", "1 of sel_? or NOT x", "((((", "not not not"} {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, condition string) {
		file := source.Parse("", []byte("detection:\n"+identifiers+"  condition: "+source.Quote(condition)+"\n"), source.Limits{})
		documents, _ := Parse(file)
		if len(documents) != 1 {
			return // not UTF-8
		}
		r := documents[0].(*Rule)
		for _, p := range r.Problems {
			if p.Span.Start < 0 || p.Span.End > len(file.Data) || p.Span.End < p.Span.Start {
				t.Fatalf("%s stands at %v", p.Kind, p.Span)
			}
		}
		for _, c := range r.Detection.Conditions {
			bad := false
			c.Each(func(e *Expr, _ bool) {
				bad = bad || e.Op == Bad
				if !c.Node.Span.Contains(e.Span) {
					t.Fatalf("a part stands at %v outside %v", e.Span, c.Node.Span)
				}
			})
			if bad && len(r.Problems) == 0 {
				t.Fatalf("%q has no meaning, and nothing says why", condition)
			}
			if bad && r.Detection.Evaluable() == nil {
				t.Fatalf("%q has no meaning and counts as evaluable", condition)
			}
		}
	})
}
