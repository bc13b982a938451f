package checks

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// The gates of the documentation contract (spec/checks.md) that are not in all_test.go: frozen codes, fixtures of every check, examples that
// load and say one thing, ids of other tools, and the form of messages. What fixes have to hold is tested in lint/fix.

// Codes and names are frozen: the golden list only grows. A name may change when the old one stays as an alias.
func TestCodesAreFrozen(t *testing.T) {
	const golden = "testdata/codes.golden"
	text, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	listed := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(text) == 0 {
		listed = nil
	}
	for _, line := range listed {
		code, name, _ := strings.Cut(line, " ")
		c := lint.Find(All(), code)
		if c == nil || c.Name != name && !slices.Contains(c.Aliases, name) {
			t.Errorf("%s %s is gone: codes and names are never removed; keep the old name as an alias", code, name)
		}
	}
	var fresh []string
	for _, c := range All() {
		if line := c.Code + " " + c.Name; !slices.Contains(listed, line) {
			fresh = append(fresh, line)
		}
	}
	if len(fresh) == 0 {
		return
	}
	if !*update {
		t.Errorf("new checks; run with -update to freeze them:\n%s", strings.Join(fresh, "\n"))
		return
	}
	listed = append(listed, fresh...)
	slices.Sort(listed)
	if err := os.WriteFile(golden, []byte(strings.Join(listed, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// testedElsewhere are the checks without examples: what they need is no text. Each has a test that lets it fire and one that keeps it quiet.
var testedElsewhere = map[string]struct{ fires, quiet string }{
	"internal-error":         {"TestAPanicOfACheckIsAFinding", "TestAPanicOfACheckIsAFinding"},
	"unreadable-file":        {"TestUnreadableFiles", "TestUnreadableFiles"},
	"limit-exceeded":         {"TestLintOfBadInput", "TestLintOfBadInput"},
	"analysis-incomplete":    {"TestABudgetThatRunsOutIsToldWithTheQuestion", "TestWhatOnlyDependsOnCaseFoldingIsNotOpen"},
	"schema-violation":       {"TestBackstop", "TestBackstop"},
	"detection-tag-folder":   {"TestTheFolderAsksForItsTag", "TestTheFolderAsksForItsTag"},
	"filter-without-target":  {"TestAFilterForNothingIsToldWhereTheRunSeesTheWholeTree", "TestAFilterForNothingIsToldWhereTheRunSeesTheWholeTree"},
	"filename-length":        {"TestFileNames", "TestFileNames"},
	"filename-pattern":       {"TestFileNames", "TestFileNames"},
	"correlation-filename":   {"TestFileNames", "TestFileNames"},
	"file-extension":         {"TestFileNames", "TestFileNames"},
	"broad-against-baseline": {"TestRulesThatFireAllTheTimeOnRecordedEvents", "TestWithoutEventsNothingIsBroad"},
	"duplicate-filename":     {"TestWhatRulesOfATreeSayAboutEachOther", "TestWhatRulesOfATreeSayAboutEachOther"},
}

func TestEveryCheckHasFixtures(t *testing.T) {
	tests := testNames(t)
	for _, c := range All() {
		e, listed := testedElsewhere[c.Name]
		switch {
		case c.Doc.Bad != "" && listed:
			t.Errorf("%s %s has examples and needs no row", c.Code, c.Name)
		case c.Doc.Bad == "" && !listed:
			t.Errorf("%s %s has neither examples nor a row in testedElsewhere", c.Code, c.Name)
		case listed && (!tests[e.fires] || !tests[e.quiet]):
			t.Errorf("%s %s: no test is named %s or %s", c.Code, c.Name, e.fires, e.quiet)
		}
	}
}

// testNames are the names of the tests of this module that are about checks.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, dir := range []string{".", "..", "../config", "../../schema", "../../cmd/sigtune"} {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			file, err := goparser.ParseFile(gotoken.NewFileSet(), path, nil, goparser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") {
					names[f.Name.Name] = true
				}
			}
		}
	}
	return names
}

// brokenExamples are the checks about documents that cannot be loaded, besides those of the families engine and yaml.
var brokenExamples = map[string]bool{}

// What an example says besides its own check stands in a golden file: an example that says too much teaches the wrong thing.
func TestExamplesLoadAndSayOneThing(t *testing.T) {
	var b strings.Builder
	for _, c := range All() {
		if c.Doc.Bad == "" {
			continue
		}
		if c.Family() != "00" && c.Family() != "01" && !brokenExamples[c.Name] {
			if fault := loads(c.Doc.Bad); fault != "" {
				t.Errorf("%s %s: the bad example does not load: %s", c.Code, c.Name, fault)
			}
		}
		if fault := loads(c.Doc.Good); fault != "" {
			t.Errorf("%s %s: the good example does not load: %s", c.Code, c.Name, fault)
		}
		also := map[string]bool{}
		for _, f := range runExample(t, c, append(recommended(t), c), c.Doc.Bad) {
			if f.Check != c {
				also[f.Check.Code] = true
			}
		}
		if len(also) > 0 {
			fmt.Fprintf(&b, "%s also %s\n", c.Code, strings.Join(slices.Sorted(maps.Keys(also)), " "))
		}
		// That it has no finding of its own check and none of profile recommended is tested in all_test.go.
		still := map[string]bool{}
		for _, f := range runExample(t, c, sameFamily(c), c.Doc.Good) {
			still[f.Check.Code] = true
		}
		if len(still) > 0 {
			fmt.Fprintf(&b, "%s repaired, of its family only on request %s\n", c.Code, strings.Join(slices.Sorted(maps.Keys(still)), " "))
		}
	}
	compareGolden(t, "testdata/examples.golden", b.String())
}

// loads says why a text is not loaded as Sigma, or nothing.
func loads(text string) string {
	file := source.Parse("rule.yml", []byte(text), source.Limits{})
	documents, _ := rules.Parse(file)
	for _, d := range file.Documents {
		if d.Broken {
			return "a document is no YAML"
		}
	}
	if len(documents) == 0 {
		return "it holds no Sigma document"
	}
	return ""
}

func sameFamily(c *lint.Check) []*lint.Check {
	var out []*lint.Check
	for _, other := range All() {
		if other.Family() == c.Family() {
			out = append(out, other)
		}
	}
	return out
}

func compareGolden(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	wanted := strings.Split(string(want), "\n")
	gotten := strings.Split(got, "\n")
	for _, line := range gotten {
		if !slices.Contains(wanted, line) {
			t.Errorf("%s has no line %q", golden, line)
		}
	}
	for _, line := range wanted {
		if !slices.Contains(gotten, line) {
			t.Errorf("%s: no longer true: %q", golden, line)
		}
	}
	t.Errorf("if that is meant, run with -update")
}

// pendingCodes are catalogue codes that ids of other tools name and that have no check yet. A row whose check exists is an error.
var pendingCodes = strings.Fields(``)

func TestIDsOfOtherToolsHaveChecks(t *testing.T) {
	missing := map[string]bool{}
	for _, p := range lint.Peers {
		for _, code := range p.Codes {
			if lint.Find(All(), code) == nil {
				missing[code] = true
				if !slices.Contains(pendingCodes, code) {
					t.Errorf("%s %s stands for %s, which is no check", p.Tool, p.ID, code)
				}
			}
		}
	}
	for _, code := range pendingCodes {
		if !missing[code] {
			t.Errorf("%s is no longer pending", code)
		}
	}
}

// Every alias and every id that a Differs note names is known.
func TestAliasesAndNotesResolve(t *testing.T) {
	for _, c := range All() {
		for _, alias := range c.Aliases {
			if lint.Find(All(), alias) != c {
				t.Errorf("%s: the alias %s does not lead to it", c.Code, alias)
			}
		}
		for id := range c.Doc.Differs {
			known := false
			for _, p := range lint.FindPeers("", id) {
				known = known || slices.Contains(p.Codes, c.Code)
			}
			if !known {
				t.Errorf("%s: it differs from %s, which does not map to it", c.Code, id)
			}
		}
	}
}

// The form of messages (spec/checks.md, "Messages").
var (
	quotesInside = regexp.MustCompile("`[^`]*`")
	placeInside  = regexp.MustCompile(`SIG\d{4}|\.ya?ml\b|:\d+:\d+|\bline \d+\b|\bcolumn \d+\b`)
)

// placesInWords are checks whose message may name a line or a column, because it is about that.
var placesInWords = map[string]bool{"yaml-syntax": true}

func faultOfMessage(f *lint.Finding) string {
	words := quotesInside.ReplaceAllString(f.Message, "``")
	switch {
	case utf8.RuneCountInString(f.Message) > longestMessage:
		return fmt.Sprintf("longer than %d characters", longestMessage)
	case strings.HasSuffix(f.Message, ".") || strings.ContainsAny(f.Message, "\r\n"):
		return "not one sentence without full stop"
	case strings.Contains(words, "!") || strings.Contains(words, "should probably"):
		return "an exclamation mark, or \"should probably\""
	case placeInside.MatchString(words) && !placesInWords[f.Check.Name]:
		return "a path, line or code inside"
	case strings.Count(f.Message, "`")%2 == 1 && !strings.Contains(f.File.Text(f.Span), "`"):
		return "a backtick that is never closed"
	}
	return ""
}

func TestMessagesOfExamplesKeepTheForm(t *testing.T) {
	for _, c := range All() {
		for _, text := range []string{c.Doc.Bad, c.Doc.Good} {
			if text == "" {
				continue
			}
			for _, f := range runExample(t, c, All(), text) {
				if fault := faultOfMessage(&f); fault != "" {
					t.Errorf("%s %s: %s: %s", f.Check.Code, f.Check.Name, fault, f.Message)
				}
			}
		}
	}
}

func TestMessagesOnTheCorpusKeepTheForm(t *testing.T) {
	corpus := corpustest.Open(t)
	told := map[string]int{}
	for _, findings := range [][]lint.Finding{publishedFindings(t, corpus), lintAll(t, corpus.LegacyRules(t), lint.Recommended)} {
		for i := range findings {
			f := &findings[i]
			if fault := faultOfMessage(f); fault != "" {
				if told[f.Check.Code]++; told[f.Check.Code] <= shownWrong {
					t.Errorf("%s %s: %s: %s", f.Check.Code, f.Check.Name, fault, f.Message)
				}
			}
		}
	}
}
