package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
)

// docs/checks.md is rendered from the checks; -update writes it.
func TestTheListOfChecksIsCurrent(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "checks.md")
	want := checksPage(checks.All())
	if *update {
		write(t, path, want)
	}
	if read(t, path) != want {
		t.Errorf("%s does not list the checks as they are; run go test ./cmd/sigtune -update", path)
	}
}

func checksPage(all []*lint.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Checks\n\n%d checks, rendered from their declarations. `sigtune explain CODE` says what each looks for and why, with a rule before and after.\n", len(all))
	lint.Sort(all)
	family := ""
	for _, c := range all {
		if c.Family() != family {
			family = c.Family()
			fmt.Fprintf(&b, "\n## %s: %s\n\n| code | name | severity | profiles | what |\n|---|---|---|---|---|\n", family, lint.Families[family])
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", c.Code, c.Name, c.Severity, c.Profiles, strings.ReplaceAll(c.Doc.Title, "|", `\|`))
	}
	return b.String()
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
