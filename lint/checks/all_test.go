package checks

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/since"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// testDay is the run date of every test: time-dependent checks take it as a fact.
var testDay = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// run lints one text with the given checks.
func run(t testing.TB, chosen []*lint.Check, text string) []lint.Finding {
	t.Helper()
	return runAt(t, "proc_creation_lnx_example.yml", chosen, text)
}

// runAt lints a text as the file of this name.
func runAt(t testing.TB, path string, chosen []*lint.Check, text string) []lint.Finding {
	t.Helper()
	engine := lint.Engine{Checks: chosen, All: All(), Reporters: Reporters(), Facts: lint.Facts{Today: testDay}, Jobs: 1}
	return engine.Files(source.Parse(path, []byte(text), source.Limits{})).Findings
}

// examplePath is where the examples of a check stand.
func examplePath(c *lint.Check) string {
	if c.Doc.Path != "" {
		return c.Doc.Path
	}
	return "proc_creation_lnx_example.yml"
}

// runExample lints an example of a check: as a whole tree where the check says that it needs one, and as a change of what it was before.
func runExample(t testing.TB, c *lint.Check, chosen []*lint.Check, text string) []lint.Finding {
	t.Helper()
	file := func(text string) *source.File {
		return source.Parse(examplePath(c), []byte(text), source.Limits{})
	}
	engine := lint.Engine{Checks: chosen, All: All(), Reporters: Reporters(), Facts: lint.Facts{Today: testDay, Complete: c.Needs == lint.NeedsTree}, Jobs: 1}
	if c.Doc.Before != "" {
		engine.Changes = since.Between(file(c.Doc.Before), file(text))
	}
	return engine.Files(file(text)).Findings
}

func recommended(t testing.TB) []*lint.Check {
	t.Helper()
	chosen, err := lint.Selection{}.Apply(All())
	if err != nil {
		t.Fatal(err)
	}
	return chosen
}

func TestDeclarationsAreComplete(t *testing.T) {
	codes, names := map[string]bool{}, map[string]bool{}
	for _, c := range All() {
		if !regexp.MustCompile(`^SIG\d{4}$`).MatchString(c.Code) || codes[c.Code] {
			t.Errorf("%s: the code is malformed or used twice", c.Code)
		}
		if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(c.Name) || names[c.Name] {
			t.Errorf("%s: the name %q is malformed or used twice", c.Code, c.Name)
		}
		codes[c.Code], names[c.Name] = true, true
		if lint.Families[c.Family()] == "" {
			t.Errorf("%s: no such family", c.Code)
		}
		if c.Severity == 0 || c.Profiles == 0 {
			t.Errorf("%s: severity or profiles are missing", c.Code)
		}
		if c.Doc.Title == "" || len(c.Doc.Title) >= 60 || strings.HasSuffix(c.Doc.Title, ".") {
			t.Errorf("%s: the title is missing, too long or ends in a full stop: %q", c.Code, c.Doc.Title)
		}
		if c.Doc.What == "" || c.Doc.Why == "" {
			t.Errorf("%s: What or Why is missing", c.Code)
		}
		if (c.Change != nil) != (c.Doc.Before != "") || (c.Change != nil) != (c.Needs == lint.NeedsRevision) {
			t.Errorf("%s: a check of changes says that it needs a revision, and what its example was before; others do not", c.Code)
		}
		if (c.Doc.Bad == "") != (c.Doc.Good == "") || c.Doc.Bad == "" && c.Doc.Fix == "" {
			t.Errorf("%s: an example, or at least how to fix it, is missing", c.Code)
		}
	}
	for _, c := range All() {
		for _, name := range c.YieldsTo {
			if !names[name] {
				t.Errorf("%s yields to %q, which is no check", c.Code, name)
			}
		}
	}
}

func TestBadExamplesFireAndGoodOnesAreQuiet(t *testing.T) {
	for _, c := range All() {
		if c.Doc.Bad == "" {
			continue
		}
		t.Run(c.Code+"-"+c.Name, func(t *testing.T) {
			fired := false
			for _, f := range runExample(t, c, append(recommended(t), c), c.Doc.Bad) {
				if f.Check.Code == c.Code {
					fired = true
				} else if f.Severity >= lint.Warning {
					t.Logf("also: %s %s: %s", f.Severity, f.Check.Name, f.Message)
				}
			}
			if !fired {
				t.Errorf("the bad example does not fire:\n%s", c.Doc.Bad)
			}
			for _, f := range runExample(t, c, append(recommended(t), c), c.Doc.Good) {
				t.Errorf("the good example has %s %s at %v: %s", f.Check.Code, f.Check.Name, f.File.Pos(f.Span.Start), f.Message)
			}
		})
	}
}

// Whatever the parser can report has a check, or the problem would vanish.
func TestEveryProblemOfTheParserHasACheck(t *testing.T) {
	kinds := append(source.Kinds(), rules.Kinds()...)
	for _, kind := range kinds {
		if lint.Find(All(), kind) == nil {
			t.Errorf("no check is named %q", kind)
		}
	}
}

func TestMessagesAreOneShortSentence(t *testing.T) {
	for _, c := range All() {
		for _, f := range runExample(t, c, []*lint.Check{c}, c.Doc.Bad) {
			if len([]rune(f.Message)) > 140 || strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "\n") {
				t.Errorf("%s: the message is too long, ends in a full stop or has lines: %q", c.Code, f.Message)
			}
			if f.Span.Start < 0 || f.Span.End < f.Span.Start || f.Span.End > len(f.File.Data) {
				t.Errorf("%s: the span %v is outside the file", c.Code, f.Span)
			}
		}
	}
}
