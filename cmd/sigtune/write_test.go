package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// tunable is a rule for which `netstat started by monit` gives a filter.
var tunable = strings.NewReplacer("/ps'", "/netstat'", "        User: 'www-data'\n", "").Replace(healthy)

// inPlace tunes a file and writes it back, with a clock that may do mischief: it is asked for the date after the rule was read
// and before it is written.
func inPlace(path string, meanwhile func()) command {
	now := func() time.Time {
		meanwhile()
		return today()
	}
	return sigtuneAt(now, "", "tune", path, "--scenario", "netstat started by monit", "--write", "--diff")
}

func nothing() {}

// ruleFile is the rule in a directory of its own.
func ruleFile(t *testing.T) (path, dir string) {
	t.Helper()
	dir = t.TempDir()
	path = filepath.Join(dir, "rule.yml")
	write(t, path, tunable)
	return path, dir
}

// onlyFile asserts that a directory holds one file and nothing that was left behind.
func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("the directory holds %v", entries)
	}
}

func TestWriteKeepsModeAndLinks(t *testing.T) {
	path, dir := ruleFile(t)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "link.yml")
	link(t, path, other)
	run := inPlace(other, nothing)
	if run.code != exitClean || !strings.Contains(run.stderr, "wrote "+other) {
		t.Fatalf("exit code %d\n%s", run.code, run.stderr)
	}
	if text := read(t, path); !strings.Contains(text, "filter_optional_monit") {
		t.Errorf("the file behind the link was not written:\n%s", text)
	}
	info, err := os.Lstat(other)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
	if info, err = os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600 as before (%v)", info.Mode(), err)
	}
	onlyFile(t, dir, "rule.yml")
}

// What somebody else wrote meanwhile is not overwritten.
func TestWriteLeavesWhatChangedMeanwhile(t *testing.T) {
	path, dir := ruleFile(t)
	theirs := strings.Replace(tunable, "level: medium", "level: high", 1)
	run := inPlace(path, func() { write(t, path, theirs) })
	if run.code != exitFailed || !strings.Contains(run.stderr, "was changed by somebody else meanwhile") {
		t.Errorf("exit code %d\n%s", run.code, run.stderr)
	}
	if read(t, path) != theirs {
		t.Error("their change is lost")
	}
	onlyFile(t, dir, "rule.yml")
}

// A file that is gone stays gone, and is named.
func TestWriteToAFileThatVanished(t *testing.T) {
	path, dir := ruleFile(t)
	run := inPlace(path, func() { os.Remove(path) })
	if run.code != exitFailed || !strings.Contains(run.stderr, path+": no such file or directory") {
		t.Errorf("exit code %d\n%s", run.code, run.stderr)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v (%v)", entries, err)
	}
}

func TestOutputIntoADirectoryThatIsNotThere(t *testing.T) {
	run := sigtune(tunable, "tune", "-", "--scenario", "netstat started by monit", "-o", filepath.Join(t.TempDir(), "no", "rule.yml"))
	if run.code != exitFailed || !strings.Contains(run.stderr, "rule.yml was not changed: no such file or directory") {
		t.Errorf("exit code %d\n%s", run.code, run.stderr)
	}
}

func TestOutputToWhatIsNoFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: there is no such device on Windows")
	}
	run := sigtune(tunable, "tune", "-", "--scenario", "netstat started by monit", "-o", os.DevNull)
	if run.code != exitFailed || !strings.Contains(run.stderr, "it is no regular file") {
		t.Errorf("exit code %d\n%s", run.code, run.stderr)
	}
}
