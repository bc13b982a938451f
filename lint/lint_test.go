package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

var (
	failed   = &Check{Code: "SIG0001", Name: source.KindInternalFailed, Severity: Error, Profiles: Recommended}
	syntax   = &Check{Code: "SIG0101", Name: source.KindSyntax, Severity: Error, Profiles: Recommended}
	titled   = &Check{Code: "SIG0901", Name: "titled", Severity: Warning, Profiles: Strict, Document: func(p *Pass) { p.Report(Finding{Span: p.Document.Base().Title.Span(), Message: "a title"}) }}
	specific = &Check{Code: "SIG0902", Name: "specific", Severity: Info, Profiles: Recommended | Strict, Document: titled.Document}
	general  = &Check{Code: "SIG0903", Name: "general", Severity: Info, Profiles: Recommended, YieldsTo: []string{"specific"}, Document: titled.Document}
)

const rule = "title: A rule\nlogsource:\n    product: linux\ndetection:\n    sel:\n        Image: '/x'\n    condition: sel\n"

func files(texts ...string) []*source.File {
	var out []*source.File
	for i, text := range texts {
		out = append(out, source.Parse(fmt.Sprintf("%02d.yml", i), []byte(text), source.Limits{}))
	}
	return out
}

func describe(r *Result) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s:%d %s %s %s\n", f.File.Path, f.Span.Start, f.Severity, f.Check.Name, f.Message)
	}
	return b.String()
}

func TestABadFileDoesNotHideTheOthers(t *testing.T) {
	e := Engine{Checks: []*Check{syntax, specific}}
	got := describe(e.Files(files("a: [", rule)...))
	if !strings.Contains(got, "00.yml") || !strings.Contains(got, "01.yml:7 info specific") {
		t.Error(got)
	}
}

func TestOneDefectIsOneFinding(t *testing.T) {
	e := Engine{Checks: []*Check{specific, general}}
	if got := describe(e.Files(files(rule)...)); strings.Contains(got, "general") || !strings.Contains(got, "specific") {
		t.Error(got)
	}
}

func TestAPanicOfACheckIsAFinding(t *testing.T) {
	broken := &Check{Code: "SIG0904", Name: "broken", Severity: Info, Document: func(*Pass) { panic("slip") }}
	brokenTree := &Check{Code: "SIG0905", Name: "broken-tree", Severity: Info, Tree: func(*TreePass) { panic("slip") }}
	e := Engine{Checks: []*Check{failed, broken, brokenTree}}
	r := e.Files(files(rule)...)
	if got := describe(r); strings.Count(got, "internal-error") != 2 || !strings.Contains(got, "broken") {
		t.Error(got)
	}
}

func TestOrderDoesNotDependOnJobs(t *testing.T) {
	var texts []string
	for range 40 {
		texts = append(texts, rule, "a: [")
	}
	one := Engine{Checks: []*Check{syntax, titled}, Jobs: 1}
	many := Engine{Checks: []*Check{syntax, titled}, Jobs: 8}
	if a, b := describe(one.Files(files(texts...)...)), describe(many.Files(files(texts...)...)); a != b {
		t.Error("findings differ between 1 and 8 jobs")
	}
}

func TestSharedTemplatesAreReportedOnce(t *testing.T) {
	text := "action: global\ntitle: A rule\n---\n" + strings.TrimPrefix(rule, "title: A rule\n") + "---\n" + strings.TrimPrefix(rule, "title: A rule\n")
	e := Engine{Checks: []*Check{titled}}
	if got := describe(e.Files(files(text)...)); strings.Count(got, "titled") != 1 {
		t.Error(got)
	}
}

func TestSelection(t *testing.T) {
	all := []*Check{failed, syntax, titled, specific}
	for _, c := range []struct {
		selection Selection
		want      string
	}{
		{Selection{}, "internal-error yaml-syntax specific"},
		{Selection{Profile: Strict}, "titled specific"},
		{Selection{Select: []string{"titled"}}, "internal-error yaml-syntax titled specific"},
		{Selection{Select: []string{"0901"}, Ignore: []string{"yaml"}}, "internal-error titled specific"},
		{Selection{Ignore: []string{"ALL"}}, "internal-error"},
		{Selection{Ignore: []string{"breadth", "SIG01"}}, "internal-error"},
	} {
		chosen, err := c.selection.Apply(all)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, check := range chosen {
			names = append(names, check.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%+v: %s, want %s", c.selection, got, c.want)
		}
	}
	if _, err := (Selection{Select: []string{"titel"}}).Apply(all); err == nil {
		t.Error("an unknown word is no error")
	}
}

func TestWalk(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.yml", "sub/a.YAML", ".git/x.yml", "note.txt", "empty/keep.txt"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(rule), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(dir, filepath.Join(dir, "sub", "loop.yml")); err != nil {
		t.Fatal(err)
	}
	found, problems := Walk([]string{dir, filepath.Join(dir, "b.yml"), filepath.Join(dir, "empty"), filepath.Join(dir, "gone.yml")})
	want := []string{filepath.Join(dir, "b.yml"), filepath.Join(dir, "sub", "a.YAML")}
	if fmt.Sprint(found) != fmt.Sprint(want) {
		t.Errorf("found %v, want %v", found, want)
	}
	if len(problems) != 2 || !strings.Contains(fmt.Sprint(problems), "no .yml") || !strings.Contains(fmt.Sprint(problems), "no such file") {
		t.Errorf("problems %v", problems)
	}
}

func TestWalkLeavesTestsOfRulesAlone(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"rule.yml":               rule,
		"info.yml":               rule, // a rule that is called so
		"sigtune-test.yml":       "rule: rule.yml\n",
		"sub/a.sigtune-test.yml": "rule: rule.yml\n",
		"sub/info.yml":           "id: 1\nrule_metadata:\n    - id: 2\nregression_tests_info: []\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	named := filepath.Join(dir, "sub", "info.yml")
	for _, c := range []struct{ paths, want []string }{
		{[]string{dir}, []string{filepath.Join(dir, "info.yml"), filepath.Join(dir, "rule.yml")}},
		{[]string{filepath.Join(dir, "sub")}, nil},
		{[]string{named}, []string{named}},
	} {
		if found, problems := Walk(c.paths); fmt.Sprint(found) != fmt.Sprint(c.want) || len(problems) > 0 {
			t.Errorf("%v: found %v, problems %v", c.paths, found, problems)
		}
	}
}

func TestRuleID(t *testing.T) {
	documents, _ := rules.Parse(files("id: abc\n" + rule)[0])
	if id := (&Finding{Subject: subjectOf(documents[0])}).RuleID(); id != "abc" {
		t.Errorf("id %q", id)
	}
	if id := (&Finding{}).RuleID(); id != "" {
		t.Errorf("id %q of a finding about a file", id)
	}
}
