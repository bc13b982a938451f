package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

func compared(t *testing.T, old, new string) *revision.Comparison {
	t.Helper()
	var a, b revision.Tree
	a.Add(source.Parse("rule.yml", []byte(old), source.Limits{}), "rule.yml", "")
	b.Add(source.Parse("rule.yml", []byte(new), source.Limits{}), "rule.yml", "")
	c := revision.Compare(revision.Match(a, b), func(*rules.Rule) logic.Options { return logic.Options{} })
	return &c
}

func ruleWith(title, block string) string {
	return "title: " + title + "\nid: 1\ndetection:\n  s:\n    " + block + "\n  condition: s\n"
}

// hostile is text that means something to Markdown, to HTML or to a terminal.
const hostile = `"]|</code><img src=x>` + "`" + `**b** [l](http://x) @all #1 www.x.org\n\u202e\e[31m"`

func TestMarkdownHoldsNoMarkupOfTheRule(t *testing.T) {
	c := compared(t, ruleWith(hostile, "a|contains: "+hostile), ruleWith(hostile, "a|contains: x"))
	var b strings.Builder
	if err := Markdown(&b, c); err != nil {
		t.Fatal(err)
	}
	ours := regexp.MustCompile(`</?(?:code|br|details|summary|sub)>`)
	for _, line := range strings.Split(b.String(), "\n") {
		rest := ours.ReplaceAllString(line, "")
		for _, bad := range []string{"<", "`", "[l]", "@all", " #1", "http:", "www.", "\x1b", "\u202e"} {
			if strings.Contains(strings.ReplaceAll(rest, "**lost and gained**", ""), bad) {
				t.Errorf("%q in %q", bad, line)
			}
		}
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 5 {
			t.Errorf("a row with other than four cells: %s", line)
		}
	}
}

func TestTextIsNeverRaw(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, compared(t, ruleWith(hostile, "a|contains: "+hostile), ruleWith("t", "a|contains: x")), Palette{}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Errorf("%q", b.String())
	}
}

// That nothing is lost may hang on what a field can hold; then it is said.
func TestAssumptionsAreNamed(t *testing.T) {
	c := compared(t, ruleWith("t", "a|endswith: x"), strings.Replace(ruleWith("t", "a|endswith: x\n  f:\n    a|endswith: y"), "condition: s", "condition: s and not f", 1))
	var b strings.Builder
	if err := Text(&b, c, Palette{}); err != nil {
		t.Fatal(err)
	}
	if c.Rules[0].Verdict != revision.Equivalent || !strings.Contains(b.String(), "assuming: `a` holds one value at a time") {
		t.Errorf("%s", b.String())
	}
}
