package since

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
)

// repository is a git repository with its first commit, in the working directory of the test.
func repository(t *testing.T, files map[string]string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT TESTED: findings since a revision; git is not installed")
	}
	t.Chdir(t.TempDir())
	git(t, "init", "-q", "-b", "main")
	for path, text := range files {
		write(t, path, text)
	}
	git(t, "add", "-A")
	git(t, "commit", "-q", "-m", "one")
}

func git(t *testing.T, arguments ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"}, arguments...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", arguments, err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// since rebuilds the tree of HEAD around the directories that are named.
func since(t *testing.T, paths ...string) (*Tree, []lint.Input) {
	t.Helper()
	ctx := context.Background()
	r, err := revision.Open(ctx, ".")
	if err != nil {
		t.Fatal(err)
	}
	commit, err := r.Commit(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	files, _ := lint.Walk(paths)
	var now []lint.Input
	for _, path := range files {
		now = append(now, lint.Input{Path: path})
	}
	around := lint.Surround(paths, files)
	for _, path := range around.Context {
		now = append(now, lint.Input{Path: path, Context: true})
	}
	tree, err := Read(ctx, r, commit, now, Scope{
		Paths: paths, Complete: around.Complete, Rule: func(path string) bool { return strings.HasSuffix(path, ".yml") }, Linted: func(string) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree, now
}

// rule is a rule with a word that noWords complains about for every time it is there.
func rule(id, title string, words ...string) string {
	return "title: " + title + "\nid: " + id + "\nfields:\n    - x\n" + strings.Repeat("    - word\n", len(words)) + "detection:\n    s:\n        A: b\n    condition: s\n"
}

// twins are checks of a document and of a tree, the second of which reports the later of two.
var twins = []*lint.Check{
	{Code: "SIG9901", Name: "word", Severity: lint.Info, Document: func(p *lint.Pass) {
		for _, f := range p.Document.Base().Fields {
			if f.Value == "word" {
				p.Report(lint.Finding{Span: f.Span(), Message: "a word"})
			}
		}
	}},
	{Code: "SIG9902", Name: "twin", Severity: lint.Info, Tree: func(p *lint.TreePass) {
		first := map[string]*lint.Entry{}
		for _, e := range p.Entries {
			if other := first[e.Title.Value]; other != nil && !e.Context {
				p.ReportEntry(e, lint.Finding{Span: e.Title.Span, Message: "a twin", Related: []lint.Related{{File: other.File(), Span: other.Title.Span, Message: "the other"}}})
			} else {
				first[e.Title.Value] = e
			}
		}
	}},
}

func TestOnlyWhatIsNewIsTold(t *testing.T) {
	base := map[string]string{
		"rules/a.yml":   rule("1", "A", "one"),
		"rules/b.yml":   rule("2", "B"),
		"rules/c.yml":   rule("3", "Same") + "---\n" + rule("4", "D", "one"),
		"rules/d.yml":   rule("5", "Same"),
		"other/e.yml":   rule("6", "E", "one"),
		"other/txt.txt": "no rule",
	}
	for name, c := range map[string]struct {
		change func(t *testing.T)
		want   string
	}{
		"nothing":                        {func(t *testing.T) {}, ""},
		"other lines":                    {func(t *testing.T) { write(t, "rules/a.yml", "# a comment\n\n"+rule("1", "A", "one")) }, ""},
		"one word more":                  {func(t *testing.T) { write(t, "rules/a.yml", rule("1", "A", "one", "two")) }, "rules/a.yml word"},
		"one word less":                  {func(t *testing.T) { write(t, "rules/a.yml", rule("1", "A")) }, ""},
		"another title":                  {func(t *testing.T) { write(t, "rules/a.yml", rule("1", "Another", "one")) }, ""},
		"another id":                     {func(t *testing.T) { write(t, "rules/a.yml", rule("9", "A", "one")) }, ""},
		"another file name":              {func(t *testing.T) { git(t, "mv", "rules/a.yml", "rules/x.yml") }, ""},
		"another file name, unknown":     {func(t *testing.T) { remove(t, "rules/a.yml"); write(t, "rules/x.yml", rule("1", "A", "one")) }, ""},
		"another file, id and no rename": {func(t *testing.T) { remove(t, "rules/a.yml"); write(t, "rules/x.yml", "# new\n"+rule("9", "a", "one")) }, ""},
		"a copy under another name":      {func(t *testing.T) { write(t, "rules/x.yml", rule("9", "Copy", "one")) }, "rules/x.yml word"},
		"a rule that leaves its file": {func(t *testing.T) {
			write(t, "rules/c.yml", rule("3", "Same"))
			write(t, "rules/x.yml", rule("4", "D", "one"))
		}, ""},
		"a rule in the place of another": {func(t *testing.T) { write(t, "rules/c.yml", rule("3", "Same")+"---\n"+rule("7", "New", "one")) }, "rules/c.yml word"},
		"a rule before another":          {func(t *testing.T) { write(t, "rules/c.yml", rule("7", "New")+"---\n"+base["rules/c.yml"]) }, ""},
		"from outside":                   {func(t *testing.T) { git(t, "mv", "other/e.yml", "rules/e.yml") }, ""},
		"from outside, into another file": {func(t *testing.T) {
			remove(t, "other/e.yml")
			write(t, "rules/b.yml", base["rules/b.yml"]+"---\n"+base["other/e.yml"])
		}, ""},
		"a new twin of an unchanged rule":     {func(t *testing.T) { write(t, "rules/a.yml", rule("1", "B", "one")) }, "rules/b.yml twin"},
		"the first of two twins moves behind": {func(t *testing.T) { git(t, "mv", "rules/c.yml", "rules/z.yml") }, ""},
		"the second moves before":             {func(t *testing.T) { git(t, "mv", "rules/d.yml", "rules/0.yml") }, ""},
		"one of them goes":                    {func(t *testing.T) { remove(t, "rules/d.yml") }, ""},
		"a third one":                         {func(t *testing.T) { write(t, "rules/e.yml", rule("8", "Same")) }, "rules/e.yml twin"},
		"a file that was no rule": {func(t *testing.T) {
			git(t, "mv", "other/txt.txt", "rules/x.yml")
			write(t, "rules/x.yml", rule("8", "X", "one"))
		}, "rules/x.yml word"},
		"only the context changed, and has no twin": {func(t *testing.T) { write(t, "other/e.yml", rule("6", "Elsewhere", "one", "two")) }, ""},
		"the context is a twin now":                 {func(t *testing.T) { write(t, "other/e.yml", rule("6", "B")) }, "rules/b.yml twin"},
	} {
		t.Run(name, func(t *testing.T) {
			repository(t, base)
			c.change(t)
			tree, now := since(t, "rules")
			engine := lint.Engine{Checks: twins, Jobs: 1}
			var got []string
			for _, f := range tree.Introduced(engine.Run(now).Findings, engine.Run(tree.Inputs).Findings) {
				got = append(got, filepath.ToSlash(f.File.Path)+" "+f.Check.Name)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheTreeOfTheRevision(t *testing.T) {
	repository(t, map[string]string{
		"rules/same.yml": rule("1", "A"), "rules/changes.yml": rule("2", "B"), "rules/moves.yml": rule("3", "C"), "rules/goes.yml": rule("4", "D"),
		"other/same.yml": rule("5", "E"), "other/goes.yml": rule("6", "F"),
	})
	write(t, "rules/changes.yml", rule("2", "B", "one"))
	git(t, "mv", "rules/moves.yml", "rules/moved.yml")
	remove(t, "rules/goes.yml")
	remove(t, "other/goes.yml")
	write(t, "rules/new.yml", rule("7", "G"))
	tree, _ := since(t, "rules")
	var got []string
	for _, in := range tree.Inputs {
		s := filepath.ToSlash(in.Path)
		if in.File != nil {
			s += " old"
		}
		if in.Context {
			s += " context"
		}
		got = append(got, s)
	}
	slices.Sort(got)
	want := "other/goes.yml old context, other/same.yml context, rules/changes.yml old, rules/goes.yml old, rules/moves.yml old, rules/same.yml"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
	id := func(d rules.Document) string {
		if d == nil {
			return "-"
		}
		return d.Base().ID.Value
	}
	got = nil
	for _, c := range tree.Changes {
		got = append(got, fmt.Sprintf("%s>%s", id(c.Old), id(c.New)))
	}
	slices.Sort(got)
	if s := strings.Join(got, " "); s != "->7 2>2 3>3" {
		t.Errorf("changes: %s", s)
	}
}

func TestADuplicateIsToldOfTheDocumentThatBroughtIt(t *testing.T) {
	duplicate := &lint.Check{Code: "SIG9903", Name: "duplicate-title", Severity: lint.Info, Tree: twins[1].Tree}
	for name, c := range map[string]struct {
		change func(t *testing.T)
		want   string
	}{
		"a new one before": {func(t *testing.T) { write(t, "rules/a.yml", rule("9", "M")) }, "rules/a.yml 1 title M, beside rules/m.yml"},
		"a new one behind": {func(t *testing.T) { write(t, "rules/z.yml", rule("9", "M")) }, "rules/z.yml 1 title M, beside rules/m.yml"},
		"a new one before a changed": {func(t *testing.T) {
			write(t, "rules/a.yml", rule("9", "M"))
			write(t, "rules/m.yml", rule("2", "M", "one"))
		}, "rules/a.yml 1 title M, beside rules/m.yml"},
		"a changed one before":     {func(t *testing.T) { write(t, "rules/b.yml", rule("1", "M")) }, "rules/b.yml 1 title M, beside rules/m.yml"},
		"a second document before": {func(t *testing.T) { write(t, "rules/b.yml", rule("1", "B")+"---\n"+rule("9", "M")) }, "rules/b.yml 2 title M, beside rules/m.yml"},
		"of two that were there":   {func(t *testing.T) { write(t, "rules/a.yml", rule("9", "T")) }, "rules/a.yml 1 title T, beside rules/t.yml"},
		"a new one before two changed": {func(t *testing.T) {
			write(t, "rules/a.yml", rule("9", "X"))
			write(t, "rules/b.yml", rule("1", "X"))
			write(t, "rules/m.yml", rule("2", "X"))
		}, "rules/a.yml 1 title X, beside rules/b.yml rules/m.yml"},
		"two that were there all along": {func(t *testing.T) { write(t, "rules/b.yml", rule("1", "B", "one")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			repository(t, map[string]string{
				"rules/b.yml": rule("1", "B"), "rules/m.yml": rule("2", "M"), "rules/t.yml": rule("3", "T"), "rules/u.yml": rule("4", "T"),
			})
			c.change(t)
			tree, now := since(t, "rules")
			engine := lint.Engine{Checks: []*lint.Check{duplicate}, Jobs: 1}
			var got []string
			for _, f := range tree.Introduced(engine.Run(now).Findings, engine.Run(tree.Inputs).Findings) {
				s := fmt.Sprintf("%s %d %s %s, beside", filepath.ToSlash(f.File.Path), f.Subject.Document, f.Place.Path, f.Subject.Title)
				for _, r := range f.Related {
					s += " " + filepath.ToSlash(r.File.Path)
				}
				if text := f.File.Text(f.Span); text != f.Subject.Title {
					t.Errorf("marks `%s` for the title %s", text, f.Subject.Title)
				}
				got = append(got, s)
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
