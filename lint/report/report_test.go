package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run with -update\n%s", path, got)
	}
}

// mark finds a text of a file.
func mark(t *testing.T, f *source.File, text, label string) Mark {
	t.Helper()
	i := strings.Index(string(f.Data), text)
	if i < 0 {
		t.Fatalf("%q is not in the file", text)
	}
	return Mark{Span: source.Span{Start: i, End: i + len(text)}, Label: label, Primary: label == ""}
}

func TestSnippets(t *testing.T) {
	var b strings.Builder
	for _, c := range []struct{ name, text, at string }{
		{"parents and a gap", "title: x\ndetection:\n    selection:\n        User: a\n        Image|endswith:\n            - '/lsof'\n            - '/w'\n", "'/w'"},
		{"a list at the column of its key", "tags:\n- attack.x\n- attack.t1059\n", "attack.t1059"},
		{"wide characters before the mark", "title: 規則 だめ\n", "だめ"},
		{"combining marks take no column", "title: e\u0301e\u0301 bad\n", "bad"},
		{"a tab is one blank", "a:\tb bad\n", "bad"},
		{"control and invisible characters are shown, never sent", "title: \"a\u202eb\u200b\" bad\n", "bad"},
		{"the end of a line", "condition: sel and\n", "and"},
		{"a long line is cut around the mark", "description: " + strings.Repeat("word ", 60) + "BAD " + strings.Repeat("more ", 60) + "\n", "BAD"},
		{"invalid bytes", "title: a\xffb bad\n", "bad"},
	} {
		f := source.Parse("x.yml", []byte(c.text), source.Limits{})
		b.WriteString("# " + c.name + "\n" + Snippet(f, []Mark{mark(t, f, c.at, "")}, Palette{}))
	}
	f := source.Parse("x.yml", []byte("a: 1\nb: 2\na: 3\n"), source.Limits{})
	b.WriteString("# two places\n" + Snippet(f, []Mark{mark(t, f, "a: 3", ""), mark(t, f, "a: 1", "first used here")}, Palette{}))
	line := source.Parse("x.yml", []byte("condition: a and b or c\n"), source.Limits{})
	b.WriteString("# several marks on one line\n" + Snippet(line, []Mark{
		mark(t, line, "a and", "what binds first"), mark(t, line, "or", ""), mark(t, line, "c", "the start"), mark(t, line, "b", "a side"),
	}, Palette{}))
	b.WriteString("# marks in one another\n" + Snippet(line, []Mark{
		mark(t, line, "a and b", "outer"), mark(t, line, "b", ""), mark(t, line, "or c", "last"),
	}, Palette{}))
	stairs := ""
	for i := range 40 {
		stairs += strings.Repeat(" ", i) + "x\n"
	}
	staircase := source.Parse("x.yml", []byte(stairs+strings.Repeat(" ", 40)+"bad\n"), source.Limits{})
	b.WriteString("# a staircase shows the nearest steps\n" + Snippet(staircase, []Mark{mark(t, staircase, "bad", "")}, Palette{}))
	empty := source.Parse("x.yml", nil, source.Limits{})
	b.WriteString("# an empty file\n" + Snippet(empty, []Mark{{Primary: true}}, Palette{}))
	golden(t, "snippets.golden", b.String())
}

func TestTextAndStatistics(t *testing.T) {
	check := &lint.Check{Code: "SIG0901", Name: "some-check", Severity: lint.Warning}
	f := source.Parse("rules/a.yml", []byte("title: A rule\nlevel: hihg\n"), source.Limits{})
	other := source.Parse("rules/b.yml", []byte("title: A rule\n"), source.Limits{})
	r := &lint.Result{Files: 2, Documents: 2, Findings: []lint.Finding{
		{Check: check, Severity: lint.Warning, File: f, Span: source.Span{Start: 21, End: 25}, Message: "`hihg` is no level", Help: "write `high`",
			Related: []lint.Related{{File: other, Span: source.Span{Start: 7, End: 13}, Message: "the other document"}}},
		{Check: check, Severity: lint.Error, File: source.Parse("rules/gone.yml", nil, source.Limits{}), Message: "cannot open the file"},
	}}
	var b strings.Builder
	if err := Text(&b, r, Palette{}); err != nil {
		t.Fatal(err)
	}
	if err := Statistics(&b, r); err != nil {
		t.Fatal(err)
	}
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.golden", b.String())
	var coloured strings.Builder
	if err := Text(&coloured, r, Colours()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(coloured.String(), "\x1b[") {
		t.Error("no colour although it was asked for")
	}
}

func TestNothingRawReachesTheTerminal(t *testing.T) {
	f := source.Parse("x.yml", []byte("title: \"\x1b[31mred\" bad\n"), source.Limits{})
	got := Snippet(f, []Mark{mark(t, f, "bad", "")}, Palette{})
	if strings.ContainsAny(got, "\x1b\x07") {
		t.Errorf("%q", got)
	}
}
