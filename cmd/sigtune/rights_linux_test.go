package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user without rights on Linux.
const nobody = 65534

// ordinary runs a command line as a user to whom file permissions apply: this one, or nobody when the tests run as root.
func ordinary(t *testing.T, args ...string) command {
	t.Helper()
	cmd := exec.Command("sigtune", args...)
	if os.Geteuid() == 0 {
		cmd.Path = copyOfSelf(t)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return finish(t, cmd)
}

func finish(t *testing.T, cmd *exec.Cmd) command {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return command{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// copyOfSelf is the test binary as `sigtune`, where everybody may start it.
func copyOfSelf(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	path := filepath.Join(openDir(t), "sigtune")
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// openDir is a temporary directory that everybody may enter. (Those of t.TempDir lie in one that only its owner may.)
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sigtune")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		os.Chmod(dir, 0o755)
		os.RemoveAll(dir)
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestUnreadableFiles(t *testing.T) {
	dir := openDir(t)
	path, closed := filepath.Join(dir, "closed.yml"), filepath.Join(dir, "closed")
	write(t, filepath.Join(dir, "good.yml"), healthy)
	write(t, path, healthy)
	if err := errors.Join(os.Chmod(path, 0), os.Mkdir(closed, 0)); err != nil {
		t.Fatal(err)
	}
	run := ordinary(t, "lint", dir)
	for _, want := range []string{
		"error[SIG0002] cannot open the file: permission denied", "--> " + path, "--> " + closed, "1 document in 3 files",
	} {
		if !strings.Contains(run.stdout, want) {
			t.Errorf("no `%s` in\n%s%s", want, run.stdout, run.stderr)
		}
	}
	if run.code != exitFailed {
		t.Errorf("lint: exit code %d, want %d", run.code, exitFailed)
	}
	for _, args := range [][]string{{"tune", path}, {"recover", path}, {"convert", path}, {"match", path, "--events", os.DevNull}} {
		run := ordinary(t, args...)
		if run.code != exitFailed || !strings.Contains(run.stderr, path+": ") || !strings.Contains(run.stderr, "permission denied") {
			t.Errorf("%s: exit code %d\n%s", args[0], run.code, run.stderr)
		}
	}
}

func TestWriteIntoAReadOnlyDirectory(t *testing.T) {
	dir := openDir(t)
	path := filepath.Join(dir, "rule.yml")
	write(t, path, tunable)
	if err := errors.Join(os.Chmod(path, 0o666), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	run := ordinary(t, "tune", path, "--scenario", "netstat started by monit", "--write", "--diff")
	if want := "sigtune: " + path + " was not changed: permission denied\n"; run.stderr != want || run.code != exitFailed {
		t.Errorf("exit code %d, stderr %q, want %q", run.code, run.stderr, want)
	}
	if read(t, path) != tunable {
		t.Error("the rule was changed")
	}
	onlyFile(t, dir, "rule.yml")
}

// No byte more fits on the disk: a limit on the size of files fails in the same place, in the middle of a write.
func TestWriteToAFullDisk(t *testing.T) {
	path, dir := ruleFile(t)
	shell := exec.Command("sh", "-c", `ulimit -f 0; exec "$0" "$@"`, "sigtune", "tune", path, "--scenario", "netstat started by monit", "--write", "--diff")
	run := finish(t, shell)
	if run.code != exitFailed || !strings.Contains(run.stderr, path+" was not changed: file too large") {
		t.Errorf("exit code %d\n%s", run.code, run.stderr)
	}
	if read(t, path) != tunable {
		t.Error("the rule was changed")
	}
	onlyFile(t, dir, "rule.yml")
}

// Output that cannot be printed is not a clean run.
func TestStandardOutputIsFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	path, _ := ruleFile(t)
	for _, args := range [][]string{{"lint", path}, {"lint", path, "--format", "json"}, {"tune", path}, {"tune", path, "--format", "json"}} {
		cmd := exec.Command("sigtune", args...)
		var stderr strings.Builder
		cmd.Stdout, cmd.Stderr = full, &stderr
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%v: %v, stderr %q", args, err, stderr.String())
		}
	}
}
