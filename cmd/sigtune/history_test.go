package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/lint/revision/report"
	"github.com/sigtune/sigtune/rules/source"
)

// historyEdit is one paragraph of testdata/history/edits.
type historyEdit struct {
	at                   string            // file and line, for messages
	class, path, renamed string            // the class of each document that changed, joined with a plus
	hunks                [][2]string       // lines that go, lines that come
	before, after        string            // the file; empty where it is not
	around               map[string]string // other files that documents of this one may name
}

// namers is the directory of documents that name each other.
const namers = "rules/documents/"

// place is where the file is afterwards.
func (e *historyEdit) place() string {
	if e.renamed != "" {
		return e.renamed
	}
	return e.path
}

func readEdits(t *testing.T, name string) []historyEdit {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []historyEdit
	last := byte(0)
	for n, line := range strings.Split(string(data), "\n") {
		switch {
		case line == "" || line[0] == '#':
			last = 0
		case line[0] == '-' || line[0] == '+':
			e := &out[len(out)-1]
			if line[0] == '-' && last != '-' || len(e.hunks) == 0 {
				e.hunks = append(e.hunks, [2]string{})
			}
			h := &e.hunks[len(e.hunks)-1]
			if line[0] == '-' {
				h[0] += line[1:] + "\n"
			} else {
				h[1] += line[1:] + "\n"
			}
			last = line[0]
		default:
			e := historyEdit{at: fmt.Sprintf("%s:%d", filepath.Base(name), n+1)}
			e.class, e.path, _ = strings.Cut(line, " ")
			e.path, e.renamed, _ = strings.Cut(e.path, " -> ")
			out = append(out, e)
			last = 0
		}
	}
	return out
}

// apply does the edit to the files: hunks, each of which stands in one place; without hunks, a rename or the end of the file.
func (e *historyEdit) apply(t *testing.T, files map[string]string) {
	t.Helper()
	text, there := files[e.path]
	e.before = text
	if there == (e.class == "added" && len(e.hunks) == 1 && e.hunks[0][0] == "") {
		t.Fatalf("%s: %s is there: %t", e.at, e.path, there)
	}
	for _, h := range e.hunks {
		if there && (h[0] == "" || strings.Count(text, h[0]) != 1) {
			t.Fatalf("%s: %d times:\n%s\nin\n%s", e.at, strings.Count(text, h[0]), h[0], text)
		}
		text = strings.Replace(text, h[0], h[1], 1)
	}
	delete(files, e.path)
	if strings.HasPrefix(e.path, namers) {
		e.around = maps.Clone(files)
		maps.DeleteFunc(e.around, func(path, _ string) bool { return !strings.HasPrefix(path, namers) })
	}
	if e.class == "removed" && len(e.hunks) == 0 {
		return
	}
	e.after = text
	files[e.place()] = text
}

// diffed is what the tests read of sigtune.diff/1.
type diffed struct {
	Rules, Filters, Correlations []diffedDocument
	Unread                       []any
	Summary                      map[string]int
}

type diffedDocument struct {
	Path     string `json:"path"`
	OldPath  string `json:"old_path"`
	Verdict  string `json:"verdict"`
	Edits    []string
	Metadata []any
	Lost     diffedHalf
	Gained   diffedHalf
	Rules    []any // of a correlation
}

type diffedHalf struct {
	Verdict string
	Events  []struct{ Event map[string]any }
}

// class is the class of a document in the words of testdata/history: equivalent is said more closely.
func (d diffedDocument) class() string {
	switch {
	case d.Verdict != "equivalent" || len(d.Edits) > 0:
		return d.Verdict
	case d.OldPath != d.Path:
		return "renamed"
	case len(d.Metadata) > 0:
		return "metadata"
	}
	return d.Verdict
}

// classes are those of all documents in files of an edit.
func (d *diffed) classes(e *historyEdit) string {
	var out []string
	for _, list := range [][]diffedDocument{d.Rules, d.Filters, d.Correlations} {
		for _, r := range list {
			if r.Path == e.path || r.Path == e.place() {
				out = append(out, r.class())
			}
		}
	}
	if len(out) == 0 {
		return "unchanged"
	}
	return strings.Join(out, "+")
}

// history is a repository that testdata/history was replayed into.
type history struct {
	dir     string
	edits   []historyEdit
	commits []string // the one before all edits, then one for each
}

// replay writes the history into a git repository with one process.
func replay(t *testing.T) history {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT TESTED: the rule history; git is not installed")
	}
	root := filepath.Join("..", "..", "testdata", "history")
	files := map[string]string{}
	err := filepath.WalkDir(filepath.Join(root, "rules"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		path, _ := filepath.Rel(root, name)
		files[filepath.ToSlash(path)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var stream strings.Builder
	commit := func(message string) {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter test <test@example.org> 1767225600 +0000\ndata %d\n%s\n", len(message), message)
	}
	write := func(path, text string) {
		fmt.Fprintf(&stream, "M 100644 inline %q\ndata %d\n%s\n", path, len(text), text)
	}
	commit("the beginning")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		write(path, files[path])
	}
	names, err := filepath.Glob(filepath.Join(root, "edits", "*.txt"))
	if err != nil || len(names) == 0 {
		t.Fatal("no edits ", err)
	}
	h := history{dir: t.TempDir()}
	for _, name := range names {
		h.edits = append(h.edits, readEdits(t, name)...)
	}
	for i := range h.edits {
		e := &h.edits[i]
		e.apply(t, files)
		commit(e.at + " " + e.class)
		if e.before != "" {
			fmt.Fprintf(&stream, "D %q\n", e.path)
		}
		if e.after != "" {
			write(e.place(), e.after)
		}
	}
	h.git(t, "", "init", "-q", "-b", "main")
	h.git(t, stream.String(), "fast-import", "--quiet")
	h.commits = strings.Fields(h.git(t, "", "rev-list", "--reverse", "main"))
	if len(h.commits) != len(h.edits)+1 {
		t.Fatalf("%d commits of %d edits", len(h.commits), len(h.edits))
	}
	return h
}

func (h *history) git(t *testing.T, stdin string, arguments ...string) string {
	t.Helper()
	cmd := exec.Command("git", arguments...)
	cmd.Dir, cmd.Stdin = h.dir, strings.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", arguments, err, stderr.String())
	}
	return string(out)
}

// compared is what the versions of the file of one edit compare as.
func (e *historyEdit) compared(t *testing.T) (out diffed) {
	t.Helper()
	var old, new revision.Tree
	if e.before != "" {
		old.Add(source.Parse(e.path, []byte(e.before), source.Limits{}), e.path, "")
	}
	if e.after != "" {
		new.Add(source.Parse(e.place(), []byte(e.after), source.Limits{}), e.place(), e.path)
	}
	for _, path := range slices.Sorted(maps.Keys(e.around)) {
		file := source.Parse(path, []byte(e.around[path]), source.Limits{})
		old.Add(file, path, "")
		new.Add(file, path, "")
	}
	comparison := revision.Compare(revision.Match(old, new), proofOptions)
	var text strings.Builder
	if err := report.JSON(&text, &comparison); err != nil {
		t.Fatal(err)
	}
	follows(t, "diff.schema.json", text.String(), &out)
	return out
}

// TestHistoryIsClassified compares every edit of testdata/history: the class of each was decided by a person before.
func TestHistoryIsClassified(t *testing.T) {
	h := replay(t)
	count := map[string]int{}
	for i := range h.edits {
		e := &h.edits[i]
		got := e.compared(t)
		if class := got.classes(e); class != e.class {
			t.Errorf("%s: %s is %s, want %s\n%+v", e.at, e.path, class, e.class, got)
		}
		for _, list := range [][]diffedDocument{got.Rules, got.Filters} {
			for _, r := range list {
				for _, half := range []diffedHalf{r.Lost, r.Gained} {
					if (half.Verdict == "yes") != (len(half.Events) > 0) {
						t.Errorf("%s: %s with %d events", e.at, half.Verdict, len(half.Events))
					}
				}
			}
		}
		for _, class := range strings.Split(e.class, "+") {
			count[class]++
		}
	}
	t.Logf("%d edits: %v", len(h.edits), count)
	if len(h.edits) < 200 {
		t.Errorf("%d edits; the history has at least 200", len(h.edits))
	}
}

// sampled is every how many edits the whole command runs. It starts half a dozen git processes each time.
const sampled = 8

// TestHistoryThroughTheCommand checks out a sample of the commits and asks the command what the last edit did.
func TestHistoryThroughTheCommand(t *testing.T) {
	h := replay(t)
	t.Chdir(h.dir)
	diff := func(since string) (out diffed, code int) {
		t.Helper()
		run := sigtune("", "diff", "--since", since, "--format", "json")
		if err := json.Unmarshal([]byte(run.stdout), &out); err != nil {
			t.Fatalf("%v\n%s%s", err, run.stdout, run.stderr)
		}
		return out, run.code
	}
	ran := 0
	for i := range h.edits {
		e := &h.edits[i]
		if i%sampled != 0 && i != len(h.edits)-1 {
			continue
		}
		ran++
		h.git(t, "", "checkout", "-q", "-f", h.commits[i+1])
		got, code := diff("HEAD~1")
		if class := got.classes(e); class != e.class {
			t.Errorf("%s: %s is %s, want %s\n%+v", e.at, e.path, class, e.class, got)
		}
		want := exitClean
		for _, r := range got.Rules {
			switch {
			case r.Lost.Verdict == "yes":
				want = exitFindings
			case r.Lost.Verdict == "unknown":
				want = exitFailed
			}
		}
		if len(got.Filters)+len(got.Correlations) == 0 && code != want {
			t.Errorf("%s: exit code %d, want %d", e.at, code, want)
		}
	}
	t.Logf("%d of %d edits through the command", ran, len(h.edits))
	h.git(t, "", "checkout", "-q", "-f", "main")
	whole, code := diff(h.commits[0])
	// Events were lost for certain, but of some documents it cannot be decided: the graver exit code wins.
	if code != exitFailed || len(whole.Unread) != 0 || len(whole.Rules) < 20 || len(whole.Filters) != 1 || len(whole.Correlations) != 3 {
		t.Errorf("from the beginning: exit code %d, %d rules, %+v %+v", code, len(whole.Rules), whole.Filters, whole.Correlations)
	}
	again, _ := diff(h.commits[0])
	if !reflect.DeepEqual(whole, again) {
		t.Error("not the same twice")
	}
}
