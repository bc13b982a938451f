package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

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

// Every command and flag that the README shows exists, and ends well in a repository like a reader's.
func TestTheCommandsOfTheReadmeWork(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED under -short: the commands of the README, which the race detector slows down for nothing. Run without -short.")
	}
	text := read(t, filepath.Join("..", "..", "README.md"))
	dir := t.TempDir()
	for _, name := range []string{"rules", "tests"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	another := strings.NewReplacer("0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10", "0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a11", "Process Listing", "A Process Listing")
	files := map[string]string{
		"events.ndjson":          `{"Image": "/bin/ps", "User": "www-data"}` + "\n",
		"alerts.ndjson":          strings.Repeat(`{"Image": "/usr/bin/netstat", "ParentImage": "/usr/bin/monit", "CommandLine": "netstat -an"}`+"\n", 3),
		"page.txt":               ourPage(t),
		"before.yml":             tunable,
		"after.yml":              strings.Replace(tunable, "level: medium", "level: high", 1),
		"rules/listing.yml":      another.Replace(tunable),
		"tests/kept.ndjson":      `{"Image": "/usr/bin/netstat"}` + "\n",
		"tests/sigtune-test.yml": "rule: ../rules/listing.yml\nkept: kept.ndjson\n",
	}
	for name, content := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), content)
	}
	repository := newShell(t, dir)
	for _, command := range []string{"git init -q -b main", "git add .", "git commit -q -m rules", "git switch -q -c branch"} {
		if out := repository.run(command); repository.code != 0 {
			t.Fatal(command, out)
		}
	}
	t.Chdir(repository.dir)
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
		write(t, filepath.Join(repository.dir, "rule.yml"), tunable)
		args, err := words(command)
		if err != nil {
			t.Fatal(err)
		}
		if run := sigtune("", args...); run.code != exitClean {
			t.Errorf("sigtune %s: exit code %d\n%s%s", command, run.code, run.stdout, run.stderr)
		}
	}
	if ran < 5 {
		t.Errorf("only %d commands found in the README", ran)
	}
}

// Links between pages lead to files and to headings that exist.
func TestLinksBetweenPagesLeadSomewhere(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#:\s]*)(?:#([^)\s]*))?\)`)
	for _, page := range append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "editors", "README.md")) {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			target := page
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(page), filepath.FromSlash(m[1]))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which does not exist", filepath.Base(page), m[1])
			} else if m[2] != "" && !headings(read(t, target))[m[2]] {
				t.Errorf("%s links to %s#%s, and there is no such heading", filepath.Base(page), m[1], m[2])
			}
		}
	}
}

// headings returns the anchors that GitHub gives the headings of a page: small letters, no punctuation, hyphens for blanks.
func headings(page string) map[string]bool {
	out := map[string]bool{}
	for _, l := range strings.Split(page, "\n") {
		if title := strings.TrimLeft(l, "#"); title != l {
			anchor := strings.Map(func(r rune) rune {
				switch {
				case r == ' ':
					return '-'
				case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
					return unicode.ToLower(r)
				}
				return -1
			}, strings.TrimSpace(title))
			out[anchor] = true
		}
	}
	return out
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
