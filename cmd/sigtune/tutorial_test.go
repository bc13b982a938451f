package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Every console block of a tutorial is run as a reader would run it, in a copy of the tutorial's files, and the page shows what came out.
// A block in the language `console` holds commands (`$ …`) with their output. A block below `<!-- file: NAME -->` is written to that file first.
// -update rewrites the output in the pages.
func TestTheTutorialsShowWhatCommandsPrint(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED under -short: the tutorials, whose commands the race detector slows down for nothing. Run without -short.")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("NOT TESTED: the console blocks of docs/tutorial-*.md, which need bash")
	}
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "tutorial-*.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 3 {
		t.Fatalf("%d tutorials, want 3", len(pages))
	}
	for _, page := range pages {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(page), "tutorial-"), ".md")
		t.Run(name, func(t *testing.T) {
			text := read(t, page)
			got, ran := runPage(t, text, filepath.Join("..", "..", "testdata", "tutorial", name))
			if ran < 5 {
				t.Errorf("only %d commands found", ran)
			}
			if *update && got != text {
				write(t, page, got)
				return
			}
			if got != text {
				t.Errorf("%s does not show what its commands print; run go test ./cmd/sigtune -run Tutorials -update and read the change\n%s", page, firstDifference(text, got))
			}
		})
	}
}

// runPage runs the commands of a page in a copy of dir. It returns the page with the output of this run, and how many commands it has.
func runPage(t *testing.T, page, dir string) (string, int) {
	t.Helper()
	shell := newShell(t, dir)
	var out []string
	var block []string // lines of the block that is being read
	language, file, inside, ran := "", "", false, 0
	for _, l := range strings.Split(page, "\n") {
		fence, isFence := strings.CutPrefix(l, "```")
		switch {
		case isFence && !inside:
			inside, language, block = true, fence, nil
			out = append(out, l)
		case isFence:
			inside = false
			if file != "" {
				write(t, filepath.Join(shell.dir, filepath.FromSlash(file)), strings.Join(block, "\n")+"\n")
				file = ""
			}
			if language == "console" {
				for _, b := range block {
					if command, ok := strings.CutPrefix(b, "$ "); ok {
						ran++
						out = append(out, b)
						out = append(out, shell.run(command)...)
					}
				}
			}
			out = append(out, l)
		case inside && language == "console":
			block = append(block, l)
		default:
			if inside {
				block = append(block, l)
			} else if name, ok := strings.CutPrefix(l, "<!-- file: "); ok {
				file = strings.TrimSuffix(name, " -->")
			}
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n"), ran
}

// shell runs commands one after the other, each with the exit code of the one before in $?.
type shell struct {
	t    *testing.T
	dir  string
	env  []string
	code int
}

func newShell(t *testing.T, files string) *shell {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, "tutorial")
	if err := os.CopyFS(dir, os.DirFS(files)); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "LC_ALL=C.UTF-8",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CEILING_DIRECTORIES="+home,
		"GIT_AUTHOR_NAME=Anna", "GIT_AUTHOR_EMAIL=anna@example.org", "GIT_AUTHOR_DATE=2026-11-20T09:00:00Z",
		"GIT_COMMITTER_NAME=Anna", "GIT_COMMITTER_EMAIL=anna@example.org", "GIT_COMMITTER_DATE=2026-11-20T09:00:00Z")
	return &shell{t: t, dir: dir, env: env}
}

// run returns the lines that a command prints, to either stream.
func (s *shell) run(command string) []string {
	s.t.Helper()
	c := exec.Command("bash", "-c", fmt.Sprintf("(exit %d); %s", s.code, command))
	c.Dir, c.Env = s.dir, s.env
	var both bytes.Buffer
	c.Stdout, c.Stderr = &both, &both
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatalf("%s: %v", command, err)
	}
	s.code = c.ProcessState.ExitCode()
	text := strings.TrimRight(both.String(), "\n")
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return lines
}

// firstDifference shows where two texts part.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			line := "(the end)"
			if i < len(g) {
				line = g[i]
			}
			return fmt.Sprintf("line %d\n  page:  %s\n  prints: %s", i+1, w[i], line)
		}
	}
	return "the page ends too early"
}
