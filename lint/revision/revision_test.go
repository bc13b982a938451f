package revision

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// scratch is a repository of a test.
type scratch struct {
	t   *testing.T
	dir string
}

func newScratch(t *testing.T) scratch {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT TESTED: reading revisions; git is not installed")
	}
	s := scratch{t, t.TempDir()}
	s.git("init", "-q", "-b", "main")
	return s
}

func (s scratch) git(arguments ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"}, arguments...)...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %v: %v\n%s", arguments, err, out)
	}
	return string(out)
}

func (s scratch) write(path, text string) {
	s.t.Helper()
	full := filepath.Join(s.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s scratch) commit(message string) {
	s.t.Helper()
	s.git("add", "-A")
	s.git("commit", "-q", "-m", message)
}

func isRule(path string) bool { return strings.HasSuffix(path, ".yml") }

// changed lists what differs from a revision as `old -> new`.
func (s scratch) changed(revision string, paths ...string) string {
	s.t.Helper()
	ctx := context.Background()
	r, err := Open(ctx, s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	commit, err := r.Commit(ctx, revision)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := r.Changed(ctx, commit, isRule)
	if err != nil {
		s.t.Fatal(err)
	}
	below, err := r.Below(paths)
	if err != nil {
		s.t.Fatal(err)
	}
	var files []File
	for _, f := range all {
		if f.Was != "" && below(f.Was) || f.Path != "" && below(f.Path) {
			files = append(files, f)
		}
	}
	before, err := r.Old(ctx, files, source.Limits{})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for i, f := range files {
		side := func(path string, file *source.File) string {
			if (path == "") != (file == nil) {
				s.t.Errorf("%q: %v", path, file)
			}
			if file == nil {
				return "-"
			}
			return fmt.Sprintf("%s(%s)", path, strings.TrimSpace(string(file.Data)))
		}
		out = append(out, side(f.Was, before[i])+" -> "+side(f.Path, f.New(source.Limits{})))
	}
	return strings.Join(out, "; ")
}

func TestChangedFilesOfARevision(t *testing.T) {
	s := newScratch(t)
	long := strings.Repeat("line of a rule that moves\n", 20)
	s.write("a.yml", "a1")
	s.write("sub/b.yml", "b1")
	s.write("sub/moves.yml", long)
	s.write("gone.yml", "gone")
	s.write("same.yml", "same")
	s.write("notes.txt", "n")
	s.commit("one")
	s.write("a.yml", "a2")
	if err := os.Rename(filepath.Join(s.dir, "sub/moves.yml"), filepath.Join(s.dir, "sub/moved.yml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.dir, "gone.yml")); err != nil {
		t.Fatal(err)
	}
	s.git("add", "-A")
	s.write("new.yml", "new")
	s.write("notes.txt", "m")
	long = strings.TrimSpace(long)
	want := "a.yml(a1) -> a.yml(a2); gone.yml(gone) -> -; - -> new.yml(new); sub/moves.yml(" + long + ") -> sub/moved.yml(" + long + ")"
	if got := s.changed("HEAD"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := s.changed("HEAD", "a.yml", "new.yml"); got != "a.yml(a1) -> a.yml(a2); - -> new.yml(new)" {
		t.Errorf("two paths: %s", got)
	}
	for _, path := range []string{"sub", "./sub/", "sub/moves.yml", filepath.Join(s.dir, "sub", "moved.yml")} {
		if got := s.changed("HEAD", path); !strings.HasPrefix(got, "sub/moves.yml(") || strings.Count(got, "->") != 1 {
			t.Errorf("%s: %s", path, got)
		}
	}
	r, err := Open(context.Background(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Below([]string{"../elsewhere"}); err == nil {
		t.Error("a path outside the repository")
	}
}

func TestOddFileNames(t *testing.T) {
	s := newScratch(t)
	names := []string{"with blank.yml", "-dash.yml", "*.yml", "quo\"te'.yml", ":(glob)x.yml", "tab\tand\nbreak.yml", "ünï.yml", "$(touch x).yml"}
	for _, n := range names {
		s.write(n, "old")
	}
	s.commit("one")
	for _, n := range names {
		s.write(n, "new")
		if got, want := s.changed("HEAD", n), n+"(old) -> "+n+"(new)"; got != want {
			t.Errorf("%q: %s", n, got)
		}
	}
	if got := s.changed("HEAD"); strings.Count(got, "(old) -> ") != len(names) {
		t.Error(got)
	}
}

func TestLinksAndSubmodulesAreLeftOut(t *testing.T) {
	s := newScratch(t)
	s.write("a.yml", "a")
	s.commit("one")
	if err := os.Symlink("/etc/passwd", filepath.Join(s.dir, "link.yml")); err != nil {
		t.Skip("NOT TESTED: links; ", err)
	}
	if got := s.changed("HEAD"); got != "" {
		t.Error("untracked:", got)
	}
	s.git("add", "-A")
	if got := s.changed("HEAD"); got != "" {
		t.Error("tracked:", got)
	}
}

func TestThreeDotsAreTheMergeBase(t *testing.T) {
	s := newScratch(t)
	s.write("a.yml", "1")
	s.commit("one")
	s.git("checkout", "-q", "-b", "work")
	s.write("b.yml", "mine")
	s.commit("mine")
	s.git("checkout", "-q", "main")
	s.write("a.yml", "2")
	s.commit("theirs")
	s.git("checkout", "-q", "work")
	if got := s.changed("main..."); got != "- -> b.yml(mine)" {
		t.Error(got)
	}
	if got := s.changed("main"); got != "a.yml(2) -> a.yml(1); - -> b.yml(mine)" {
		t.Error(got)
	}
}

func TestBadRevisionsAreRefusedInWords(t *testing.T) {
	s := newScratch(t)
	s.write("a.yml", "1")
	s.commit("one")
	ctx := context.Background()
	r, err := Open(ctx, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, revision := range []string{"nonsense", "--output=x", "-h", "", "HEAD:a.yml", "main..main", "x..."} {
		if commit, err := r.Commit(ctx, revision); err == nil {
			t.Errorf("%q is %q", revision, commit)
		}
	}
	if _, err := os.Stat(filepath.Join(s.dir, "x")); err == nil {
		t.Error("an option was taken")
	}
	if _, err := Open(ctx, t.TempDir()); err == nil || !strings.Contains(err.Error(), "repository") {
		t.Errorf("no repository: %v", err)
	}
}

func version(t *testing.T, place, text string) Version {
	t.Helper()
	var tree Tree
	tree.Add(source.Parse(place, []byte(text), source.Limits{}), place, "")
	if len(tree.Versions) != 1 {
		t.Fatalf("%d documents", len(tree.Versions))
	}
	return tree.Versions[0]
}

func TestRulesPairByIDThenByPath(t *testing.T) {
	rule := func(id, title string) string {
		return "title: " + title + "\nid: " + id + "\ndetection:\n  s:\n    a: b\n  condition: s\n"
	}
	correlation := "title: c\nid: 1\ncorrelation:\n  type: event_count\n"
	for _, row := range []struct {
		name     string
		old, new []Version
		want     string
	}{
		{"moved", []Version{version(t, "a", rule("1", "x"))}, []Version{version(t, "b", rule("1", "y"))}, "a=b"},
		{"another id", []Version{version(t, "a", rule("1", "x"))}, []Version{version(t, "a", rule("2", "x"))}, "a=a"},
		{
			"the id wins over the path", []Version{version(t, "a", rule("1", "x")), version(t, "b", rule("2", "x"))},
			[]Version{version(t, "a", rule("2", "x")), version(t, "b", rule("1", "x"))}, "b=a a=b",
		},
		{
			"a copied id", []Version{version(t, "b", rule("1", "x"))},
			[]Version{version(t, "a", rule("1", "x")), version(t, "b", rule("1", "x"))}, "-=a b=b",
		},
		{"a rule is no correlation", []Version{version(t, "a", rule("1", "x"))}, []Version{version(t, "a", correlation)}, "-=a a=-"},
		{"gone and new", []Version{version(t, "a", rule("1", "x"))}, []Version{version(t, "b", rule("2", "x"))}, "a=- -=b"},
	} {
		var got []string
		for _, p := range Match(Tree{Versions: row.old}, Tree{Versions: row.new}) {
			side := func(v Version) string {
				if v.Document == nil {
					return "-"
				}
				return v.Place
			}
			got = append(got, side(p.Old)+"="+side(p.New))
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("%s: %s, want %s", row.name, s, row.want)
		}
	}
}

func TestMetadataThatDiffers(t *testing.T) {
	old := version(t, "a", "title: x\nlevel: low\ntags: [a, b]\nstatus: test\nreferences:\n  - u\ndetection: {s: {a: b}, condition: s}\n")
	new := version(t, "a", "title: x\nlevel: high\ntags: [b, c]\nauthor: me\nreferences:\n  - u\ndetection: {s: {a: c}, condition: s}\n")
	var got []string
	for _, a := range Metadata(old.Document, new.Document) {
		got = append(got, fmt.Sprintf("%s %q>%q -%v +%v", a.Name, a.Old, a.New, a.Removed, a.Added))
	}
	want := `level "low">"high" -[] +[]; tags "">"" -[a] +[c]; author "">"me" -[] +[]; status "test">"" -[] +[]`
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
}

func TestCompareCountsWhatIsTheSame(t *testing.T) {
	rule := func(id, value string) string {
		return "title: t\nid: " + id + "\ndetection:\n  s:\n    a: " + value + "\n  condition: s\n"
	}
	old := []Version{version(t, "a", rule("1", "x")), version(t, "b", rule("2", "x")), version(t, "c", rule("3", "x"))}
	new := []Version{version(t, "a", rule("1", "x")), version(t, "b", rule("2", "y")), version(t, "d", rule("4", "x"))}
	c := Compare(Match(Tree{Versions: old}, Tree{Versions: new}), func(*rules.Rule) logic.Options { return logic.Options{} })
	var got []string
	for _, r := range c.Rules {
		loses, _ := r.Loses()
		gains, _ := r.Gains()
		got = append(got, fmt.Sprintf("%s %s %t %t", r.Path(), r.Verdict, loses, gains))
	}
	if s := strings.Join(got, "; "); s != "b both true true; c removed true false; d added false true" || c.Same != 1 {
		t.Error(s, c.Same)
	}
}

// What cannot be read is not gone.
func TestARuleInABrokenFileIsNotRemoved(t *testing.T) {
	var old, new Tree
	text := "title: t\nid: 1\ndetection:\n  s:\n    a: b\n  condition: s\n"
	old.Add(source.Parse("a", []byte(text), source.Limits{}), "a", "")
	new.Add(source.Parse("b", []byte(text+"x: 'y\n"), source.Limits{}), "b", "a")
	if pairs := Match(old, new); len(pairs) != 0 {
		t.Errorf("%+v", pairs)
	}
	if pairs := Match(new, old); len(pairs) != 0 && !pairs[0].Added() {
		t.Errorf("%+v", pairs)
	}
}
