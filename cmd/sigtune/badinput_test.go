package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"
)

// healthy is a rule without findings.
const healthy = `title: Process Listing By A Service Account
id: 0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10
status: experimental
description: Detects the listing of processes by an account that belongs to a web server
references:
    - https://attack.mitre.org/techniques/T1057/
author: The sigtune authors
date: 2026-01-12
tags:
    - attack.discovery
    - attack.t1057
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith: '/ps'
        User: 'www-data'
    condition: selection
falsepositives:
    - Health checks of the web server
level: medium
`

// bad is an input that no command can work on, and what each says about it.
type bad struct {
	name string
	make func(t *testing.T, path string)
	// what lint finds, with its place; lintCode is the exit code
	lint     string
	lintCode int
	// what the commands that read one file say; all of them exit with 3
	tune, recover, convert, match string
}

const tooLarge = "larger than 4194304 bytes"

var badInputs = []bad{
	{
		name: "an empty file", make: content(""),
		lint: "warning[SIG0104] the file holds no document", lintCode: exitClean,
		tune: "FILE: no Sigma rule found", recover: "FILE:1:1: there is no rule in this text",
		convert: "FILE: no detection rule to convert", match: "no rule to evaluate",
	},
	{
		name: "a binary file", make: content("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
		lint: "FILE:1:1", lintCode: exitFindings,
		tune: "FILE:1:1: byte 0x89 is not UTF-8 (the file looks binary)", recover: "FILE:1:1: byte 0x89 is not UTF-8 (the file looks binary)",
		convert: "FILE:1:1: byte 0x89 is not UTF-8 (the file looks binary)", match: "FILE:1:1: byte 0x89 is not UTF-8 (the file looks binary)",
	},
	{
		name: "tabs", make: content("title: Tabs\ndetection:\n\tselection:\n\t\tImage: a\n"),
		lint: "FILE:3:1", lintCode: exitFindings,
		tune: "FILE:1:1: the text holds no rule", recover: "FILE:1:1: the text holds no rule",
		convert: "FILE:3:1: a tab cannot indent YAML", match: "FILE:3:1: a tab cannot indent YAML",
	},
	{
		name: "a bomb of aliases", make: content(bomb()),
		lint: "FILE:6:42", lintCode: exitFindings,
		tune: "FILE:6:42: more than 100000 nodes", recover: "FILE:6:42: more than 100000 nodes",
		convert: "FILE:6:42: more than 100000 nodes", match: "FILE:6:42: more than 100000 nodes",
	},
	{
		name: "50 MB", make: func(t *testing.T, path string) { write(t, path, large()) },
		lint: tooLarge, lintCode: exitFindings,
		tune: "FILE: " + tooLarge, recover: "FILE: " + tooLarge, convert: "FILE: " + tooLarge, match: "the file is " + tooLarge,
	},
	{
		name: "invalid UTF-8", make: content(strings.Replace(healthy, "www-data", "www-d\xe4ta", 1)),
		lint: "FILE:18:21", lintCode: exitFindings,
		tune: "FILE:18:21: byte 0xe4 is not UTF-8", recover: "FILE:18:21: byte 0xe4 is not UTF-8",
		convert: "FILE:18:21: byte 0xe4 is not UTF-8", match: "FILE:18:21: byte 0xe4 is not UTF-8",
	},
	{
		name: "UTF-16", make: content(inUTF16("\ufeff" + healthy)),
		lint: "error[SIG0105] the file is UTF-16, not UTF-8", lintCode: exitFindings,
		tune: "FILE:1:1: the file is UTF-16", recover: "FILE:1:1: the file is UTF-16",
		convert: "FILE:1:1: the file is UTF-16", match: "FILE:1:1: the file is UTF-16",
	},
	{
		name: "UTF-16 without its mark", make: content(inUTF16(healthy)),
		lint: "FILE:1:2", lintCode: exitFindings,
		tune: "FILE:1:2: the file holds NUL bytes", recover: "FILE:1:2: the file holds NUL bytes",
		convert: "FILE:1:2: the file holds NUL bytes", match: "FILE:1:2: the file holds NUL bytes",
	},
	{
		name: "a link to itself", make: func(t *testing.T, path string) { link(t, path, path) },
		lint: "cannot open the file: too many levels of symbolic links", lintCode: exitFailed,
		tune: "FILE: too many levels of symbolic links", recover: "FILE: too many levels of symbolic links",
		convert: "FILE: too many levels of symbolic links", match: "FILE: too many levels of symbolic links",
	},
	{
		name: "a link to nothing", make: func(t *testing.T, path string) { link(t, "gone.yml", path) },
		lint: "cannot open the file: no such file or directory", lintCode: exitFailed,
		tune: "FILE: no such file or directory", recover: "FILE: no such file or directory",
		convert: "FILE: no such file or directory", match: "FILE: no such file or directory",
	},
}

func content(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) { write(t, path, text) }
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: symbolic links need rights on Windows that tests do not have")
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// bomb is ten levels of ten aliases each: 300 bytes that stand for ten thousand million values.
func bomb() string {
	text := "title: Bomb\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i <= 10; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return text
}

// large is 50 MB of well-formed YAML.
func large() string {
	const line = "    - the same value again and again\n"
	return "title: Large\nvalues:\n" + strings.Repeat(line, 50<<20/len(line))
}

func inUTF16(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

// Each bad file is a finding with its place, found by walking; the good file beside it is linted all the same.
func TestLintOfBadInput(t *testing.T) {
	for _, b := range badInputs {
		t.Run(b.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "bad.yml")
			b.make(t, path)
			write(t, filepath.Join(dir, "good.yml"), healthy)
			run := sigtune("", "lint", dir)
			if want := strings.ReplaceAll(b.lint, "FILE", path); !strings.Contains(run.stdout, want) {
				t.Errorf("no `%s` in\n%s", want, run.stdout)
			}
			if !strings.Contains(run.stdout, path) || !strings.Contains(run.stdout, "1 document in 2 files") && b.name != "tabs" {
				t.Errorf("the file is not named, or the other one not linted:\n%s", run.stdout)
			}
			if run.code != b.lintCode || run.stderr != "" {
				t.Errorf("exit code %d, want %d; stderr %q", run.code, b.lintCode, run.stderr)
			}
		})
	}
}

// Named on the command line, alone.
func TestOtherCommandsOnBadInput(t *testing.T) {
	for _, b := range badInputs {
		t.Run(b.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.yml")
			b.make(t, path)
			for _, c := range []struct {
				want string
				args []string
			}{
				{b.tune, []string{"tune", path}},
				{b.tune, []string{"tune", path, "--scenario", "netstat started by monit", "--write"}},
				{b.recover, []string{"recover", path}},
				{b.convert, []string{"convert", path}},
				{b.match, []string{"match", path, "--events", os.DevNull}},
			} {
				run := sigtune("", c.args...)
				if want := "sigtune: " + strings.ReplaceAll(c.want, "FILE", path); !strings.Contains(run.stderr, want) && !strings.Contains(run.stderr, c.want) {
					t.Errorf("%s: no `%s` in %s", c.args[0], want, run.stderr)
				}
				if run.code != exitFailed || run.stdout != "" {
					t.Errorf("%s: exit code %d, want %d; stdout %q", c.args[0], run.code, exitFailed, run.stdout)
				}
			}
		})
	}
}

// The same bytes on standard input, where there are bytes.
func TestBadInputFromAPipe(t *testing.T) {
	for _, b := range badInputs {
		path := filepath.Join(t.TempDir(), "bad.yml")
		b.make(t, path)
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for _, args := range [][]string{{"lint", "-"}, {"tune", "-"}, {"recover", "-"}, {"convert", "-"}} {
			run := sigtune(string(data), args...)
			if want := map[bool]int{true: b.lintCode, false: exitFailed}[args[0] == "lint"]; run.code != want {
				t.Errorf("%s, %s: exit code %d, want %d\n%s%s", b.name, args[0], run.code, want, run.stdout, run.stderr)
			}
		}
	}
}

// A bad file of scenarios is named, and nothing is proposed from it.
func TestScenariosThatAreNoText(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "notes.txt"), inUTF16("\ufeffnetstat started by monit"))
	run := sigtune(healthy, "tune", "-", "--scenarios", filepath.Join(dir, "notes.txt"))
	if run.code != exitFailed || !strings.Contains(run.stderr, "notes.txt:1:1: the file is UTF-16, not UTF-8; save it as UTF-8") || run.stdout != "" {
		t.Errorf("exit code %d\n%s%s", run.code, run.stdout, run.stderr)
	}
}

// Directories that lead back to themselves are walked once.
func TestLinkedDirectoriesDoNotLoop(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good.yml"), healthy)
	if err := os.Mkdir(filepath.Join(dir, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	link(t, dir, filepath.Join(dir, "below", "again"))
	link(t, filepath.Join(dir, "round"), filepath.Join(dir, "round"))
	if run := sigtune("", "lint", dir); run.code != exitClean || !strings.Contains(run.stdout, "1 document in 1 file") {
		t.Errorf("exit code %d\n%s%s", run.code, run.stdout, run.stderr)
	}
	if run := sigtune("", "lint", filepath.Join(dir, "below", "again")); run.code != exitClean || !strings.Contains(run.stdout, "1 document in 1 file") {
		t.Errorf("the link named: exit code %d\n%s%s", run.code, run.stdout, run.stderr)
	}
	run := sigtune("", "lint", filepath.Join(dir, "round"))
	if run.code != exitFailed || !strings.Contains(run.stderr, "round: too many levels of symbolic links") {
		t.Errorf("the loop named: exit code %d\n%s%s", run.code, run.stdout, run.stderr)
	}
}

// Event files: what is no event is named by its line, ten times at most, and the others are evaluated.
func TestMatchOnBadEvents(t *testing.T) {
	hit := `{"Image": "/bin/ps", "User": "www-data"}` + "\n"
	for _, c := range []struct {
		name, events, stderr, stdout string
		code                         int
	}{
		{"nothing", "", "", "0 matches of 1 rule on 0 events\n", exitClean},
		{"a byte order mark", "\ufeff" + hit, "", "event 1: match", exitClean},
		{"no line break at the end", strings.TrimSpace(hit), "", "event 1: match", exitClean},
		{"UTF-16", inUTF16("\ufeff" + hit), "FILE: read as JSON lines, UTF-16\n", "event 1: match", exitClean},
		{"binary", "\x00\x01\x02\n" + hit, "FILE:1: the event is no JSON", "event 2: match", exitFailed},
		{"a line of 50 MB", strings.Repeat("x", 50<<20) + "\n" + hit, "FILE:1: the line is longer than 4194304 bytes; write one event a line\n", "event 2: match", exitFailed},
		{"a line of 50 MB at the end", hit + strings.Repeat("x", 50<<20), "FILE:2: the line is longer", "event 1: match", exitFailed},
		{"no events at all", strings.Repeat("text\n", 5000), "4997 more records are no events\n", "0 matches of 1 rule on 5000 events\n", exitFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			rule, events := filepath.Join(dir, "rule.yml"), filepath.Join(dir, "events.ndjson")
			write(t, rule, healthy)
			write(t, events, c.events)
			run := sigtune("", "match", rule, "--events", events)
			if want := strings.ReplaceAll(c.stderr, "FILE", events); !strings.Contains(run.stderr, want) || want == "" && run.stderr != "" {
				t.Errorf("stderr %q, want %q", run.stderr, want)
			}
			if !strings.Contains(run.stdout, c.stdout) || run.code != c.code {
				t.Errorf("exit code %d, stdout %q", run.code, run.stdout)
			}
			if lines := strings.Count(run.stderr, "\n"); lines > 4 { // three with their place, and how many more
				t.Errorf("%d lines on stderr", lines)
			}
		})
	}
}
