package report

import (
	"fmt"
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
	fenced := false
	for _, line := range strings.Split(b.String(), "\n") {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
			continue
		}
		if fenced { // nothing is markup here, and nothing may end the fence
			continue
		}
		rest := ours.ReplaceAllString(line, "")
		for _, bad := range []string{"<", "`", "[l]", "@all", " #1", "http:", "www.", "\x1b", "\u202e"} {
			if strings.Contains(strings.ReplaceAll(rest, "**lost and gained**", ""), bad) {
				t.Errorf("%q in %q", bad, line)
			}
		}
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 3 {
			t.Errorf("a row with other than two cells: %s", line)
		}
	}
	if fenced {
		t.Error("a fence is open at the end")
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

// An event may hold what ends a fence; then the fence is longer.
func TestAFenceIsLongerThanWhatItHolds(t *testing.T) {
	var b strings.Builder
	if err := Markdown(&b, compared(t, ruleWith("t", "a: 'x```y````z'"), ruleWith("t", "a: x"))); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\n`````json\n{\"a\":\"x```y````z\"}\n`````\n") {
		t.Error(b.String())
	}
}

// GitHub refuses a comment of more than 65,536 characters.
func TestMarkdownFitsIntoAComment(t *testing.T) {
	var a, b revision.Tree
	for k := range 400 {
		place := fmt.Sprintf("rules/%s%d.yml", strings.Repeat("directory/", 5), k)
		rule := func(value string) string {
			return strings.Replace(ruleWith(fmt.Sprintf("Rule %d %s", k, strings.Repeat("title ", 40)), "a|contains:\n      - "+value+"\n    b: '"+strings.Repeat("long ", 500)+"'"), "id: 1", fmt.Sprintf("id: %d", k), 1)
		}
		a.Add(source.Parse(place, []byte(rule("x")), source.Limits{}), place, "")
		b.Add(source.Parse(place, []byte(rule("x\n      - y")), source.Limits{}), place, "")
	}
	c := revision.Compare(revision.Match(a, b), func(*rules.Rule) logic.Options { return logic.Options{} })
	var first, second strings.Builder
	if err := Markdown(&first, &c); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&second, &c); err != nil || first.String() != second.String() {
		t.Error("not the same twice")
	}
	n := strings.Count(first.String(), "\n#### ")
	if first.Len() > maxMarkdown || n < 20 || !strings.Contains(first.String(), fmt.Sprintf("**And %d more**, for which a comment has no room: %d widened.", 400-n, 400-n)) {
		t.Errorf("%d bytes, %d sections\n%s", first.Len(), n, first.String()[first.Len()-600:])
	}
	if !strings.Contains(first.String(), "| widened | 400 |") {
		t.Error("the table does not count them all")
	}
}
