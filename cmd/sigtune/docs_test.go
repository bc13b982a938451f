package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint/manual"
)

// docs/checks/ is rendered from the checks; -update writes it.
func TestThePagesOfTheChecksAreCurrent(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "checks")
	m := checksManual()
	m.Measured = publishedCounts(t)
	want := map[string]string{"README.md": m.Index("")}
	for _, c := range m.All {
		want[manual.FileName(c)] = m.Page(c)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			write(t, filepath.Join(dir, name), text)
		}
	}
	for _, path := range found {
		if _, ok := want[filepath.Base(path)]; !ok {
			if *update {
				os.Remove(path)
				continue
			}
			t.Errorf("%s is the page of no check", path)
		}
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
			t.Errorf("%s does not say what the check says; run go test ./cmd/sigtune -update (%v)", name, err)
		}
	}
}

// publishedCounts reads how often checks fire on the published rules from the golden file of the corpus test.
func publishedCounts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, line := range strings.Split(read(t, filepath.Join("..", "..", "lint", "checks", "testdata", "measured.golden")), "\n") {
		if code, rest, ok := strings.Cut(line, " "); ok && strings.HasPrefix(code, "SIG") {
			out[code] = rest
		}
	}
	return out
}

// Every command and flag that the README shows exists.
func TestTheCommandsOfTheReadmeWork(t *testing.T) {
	text := read(t, filepath.Join("..", "..", "README.md"))
	dir := t.TempDir()
	rule, events := filepath.Join(dir, "rule.yml"), filepath.Join(dir, "events.ndjson")
	page := filepath.Join(dir, "page.txt")
	write(t, events, `{"Image": "/bin/ps", "User": "www-data"}`+"\n")
	write(t, page, ourPage(t))
	write(t, filepath.Join(dir, "before.yml"), tunable)
	write(t, filepath.Join(dir, "after.yml"), strings.Replace(tunable, "level: medium", "level: high", 1))
	if err := os.Mkdir(filepath.Join(dir, "rules"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "rules", "rule.yml"), tunable)
	t.Chdir(dir)
	ran, inside := 0, false
	for _, l := range strings.Split(text, "\n") {
		if strings.HasPrefix(l, "```") {
			inside = l == "```sh"
		}
		if !inside {
			continue
		}
		command, isCommand := strings.CutPrefix(l, "sigtune ")
		if !isCommand {
			continue
		}
		ran++
		write(t, rule, tunable)
		args, err := words(command)
		if err != nil {
			t.Fatal(err)
		}
		if run := sigtune("", args...); run.code != exitClean {
			t.Errorf("sigtune %s: exit code %d\n%s", command, run.code, run.stderr)
		}
	}
	if ran < 5 {
		t.Errorf("only %d commands found in the README", ran)
	}
}

// words splits a command line as a shell does: at blanks outside single quotes, up to a comment.
func words(s string) (out []string, err error) {
	s, _, _ = strings.Cut(s, " #")
	for k, part := range strings.Split(s, "'") {
		if k%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	if strings.Count(s, "'")%2 == 1 {
		return nil, fmt.Errorf("a quote is never closed in %q", s)
	}
	return out, nil
}

// The example of lint in docs/json.md is what lint prints.
func TestTheExampleOfTheJSONPageIsReal(t *testing.T) {
	_, after, _ := strings.Cut(read(t, filepath.Join("..", "..", "docs", "json.md")), "```json\n")
	example, _, _ := strings.Cut(after, "```")
	real := sigtune(strings.Replace(healthy, "level: medium", "level: mediun", 1), "lint", "-", "--stdin-filename", "rules/ps.yml", "--format", "json").stdout
	var want, got any
	follows(t, "lint.schema.json", example, &want)
	follows(t, "lint.schema.json", real, &got)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the page shows\n%s\nlint prints\n%s", example, real)
	}
}
