package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// historyEdit is one paragraph of testdata/history/edits.txt.
type historyEdit struct {
	class, path, renamed string
	hunks                [][2]string // lines that go, lines that come
}

func readHistory(t *testing.T, name string) []historyEdit {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []historyEdit
	last := byte(0)
	for _, line := range strings.Split(string(data), "\n") {
		switch {
		case line == "" || line[0] == '#':
			last = 0
		case line[0] == '-' || line[0] == '+':
			e := &out[len(out)-1]
			if line[0] == '-' && last != '-' {
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
			class, path, _ := strings.Cut(line, " ")
			path, renamed, _ := strings.Cut(path, " -> ")
			out = append(out, historyEdit{class: class, path: path, renamed: renamed})
			last = 0
		}
	}
	return out
}

func (e historyEdit) apply(t *testing.T, text string) string {
	t.Helper()
	for _, h := range e.hunks {
		if strings.Count(text, h[0]) != 1 {
			t.Fatalf("%s: %d times:\n%s\nin\n%s", e.path, strings.Count(text, h[0]), h[0], text)
		}
		text = strings.Replace(text, h[0], h[1], 1)
	}
	return text
}

// diffed is what the tests read of sigtune.diff/1.
type diffed struct {
	Rules []struct {
		Path    string `json:"path"`
		OldPath string `json:"old_path"`
		Verdict string `json:"verdict"`
		Lost    struct {
			Verdict string
			Events  []struct{ Event map[string]any }
		}
		Gained struct {
			Verdict string
			Events  []struct{ Event map[string]any }
		}
	}
	Summary map[string]int
}

// TestHistory replays testdata/history as a git repository and asks of every commit what it did.
func TestHistory(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT TESTED: the rule history; git is not installed")
	}
	history := filepath.Join("..", "..", "testdata", "history")
	edits := readHistory(t, filepath.Join(history, "edits.txt"))
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "rules"), os.DirFS(filepath.Join(history, "rules"))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	git := func(arguments ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"}, arguments...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", arguments, err, out)
		}
	}
	commit := func(message string) {
		t.Helper()
		git("add", "-A")
		git("commit", "-q", "-m", message)
	}
	diff := func(since string) (out diffed, code int) {
		t.Helper()
		run := sigtune("", "diff", "--since", since, "--format", "json")
		if err := json.Unmarshal([]byte(run.stdout), &out); err != nil {
			t.Fatalf("%v\n%s%s", err, run.stdout, run.stderr)
		}
		return out, run.code
	}
	git("init", "-q", "-b", "main")
	commit("the beginning")
	count := map[string]int{}
	codes := map[string]int{"yes": exitFindings, "no": exitClean, "unknown": exitFailed} // by what was lost
	for n, e := range edits {
		data, err := os.ReadFile(e.path)
		if err != nil {
			t.Fatal(err)
		}
		if e.renamed != "" {
			git("mv", e.path, e.renamed)
		} else if err := os.WriteFile(e.path, []byte(e.apply(t, string(data))), 0o644); err != nil {
			t.Fatal(err)
		}
		commit(e.class)
		got, code := diff("HEAD~1")
		count[e.class]++
		if e.class == "unchanged" {
			if len(got.Rules) != 0 || got.Summary["unchanged"] != 1 {
				t.Errorf("edit %d of %s: %+v, want no change", n+1, e.path, got)
			}
			continue
		}
		if len(got.Rules) != 1 {
			t.Errorf("edit %d of %s: %d rules changed", n+1, e.path, len(got.Rules))
			continue
		}
		r := got.Rules[0]
		if r.Verdict != e.class || code != codes[r.Lost.Verdict] || r.OldPath != e.path {
			t.Errorf("edit %d of %s: %s, exit code %d, want %s\n%+v", n+1, e.path, r.Verdict, code, e.class, r)
		}
		for _, half := range []struct {
			verdict string
			events  int
		}{{r.Lost.Verdict, len(r.Lost.Events)}, {r.Gained.Verdict, len(r.Gained.Events)}} {
			if (half.verdict == "yes") != (half.events > 0) {
				t.Errorf("edit %d of %s: %s with %d events", n+1, e.path, half.verdict, half.events)
			}
		}
	}
	t.Logf("%d edits: %v", len(edits), count)
	whole, code := diff(fmt.Sprintf("HEAD~%d", len(edits)))
	if len(whole.Rules) != 3 || code != exitFindings {
		t.Errorf("from the beginning: %+v, exit code %d", whole, code)
	}
}
