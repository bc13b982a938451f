package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminalTimeout ends a dialogue that hangs. One takes less than a second; a busy machine gets a minute.
const terminalTimeout = time.Minute

// dialogue is a run of the command on a pseudo-terminal.
type dialogue struct {
	t    *testing.T
	cmd  *exec.Cmd
	file *os.File
	mu   sync.Mutex
	seen strings.Builder
	told int // bytes of output before the last answer
	done chan struct{}
}

func onTerminal(t *testing.T, args ...string) *dialogue {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED on Windows: tune --interactive on a terminal; there is no pseudo-terminal here. Run this test on Linux or macOS")
	}
	d := &dialogue{t: t, cmd: exec.Command("sigtune", args...), done: make(chan struct{})}
	d.cmd.Env = append(os.Environ(), "NO_COLOR=1")
	file, err := pty.StartWithSize(d.cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatalf("no pseudo-terminal: %v", err)
	}
	d.file = file
	t.Cleanup(func() { file.Close() })
	go func() {
		defer close(d.done)
		buffer := make([]byte, 4096)
		for {
			n, err := file.Read(buffer)
			d.mu.Lock()
			d.seen.Write(buffer[:n])
			d.mu.Unlock()
			if err != nil {
				return // the program ended; Linux says EIO then
			}
		}
	}()
	return d
}

func (d *dialogue) output() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.ReplaceAll(d.seen.String(), "\r\n", "\n")
}

// answer waits for a prompt behind what was seen so far, and types a line.
func (d *dialogue) answer(prompt, line string) {
	d.t.Helper()
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		out := d.output()
		if strings.HasSuffix(strings.TrimRight(out[d.told:], " "), prompt) {
			d.told = len(out)
			break
		}
		if time.Since(start) > terminalTimeout {
			d.cmd.Process.Kill()
			d.t.Fatalf("no prompt %q in\n%s", prompt, d.output())
		}
	}
	if _, err := io.WriteString(d.file, line+"\n"); err != nil {
		d.t.Fatal(err)
	}
}

// end waits for the end of the program and gives its exit code.
func (d *dialogue) end() int {
	d.t.Helper()
	timer := time.AfterFunc(terminalTimeout, func() { d.cmd.Process.Kill() })
	defer timer.Stop()
	<-d.done
	d.cmd.Wait()
	return d.cmd.ProcessState.ExitCode()
}

func TestAnAnalystChoosesOnATerminal(t *testing.T) {
	dir := t.TempDir()
	page, tuned, log := filepath.Join(dir, "page.txt"), filepath.Join(dir, "tuned.yml"), filepath.Join(dir, "decisions.ndjson")
	if err := os.WriteFile(page, []byte(ourPage(t)), 0o644); err != nil {
		t.Fatal(err)
	}
	d := onTerminal(t, "tune", page, "--interactive", "-o", tuned, "--log", log)
	const nothing, filter = "q stops:", "Enter: 1]"
	d.answer(nothing, "") // nmap
	d.answer(filter, "d 1")
	d.answer(filter, "1")
	d.answer(nothing, "") // tcpdump
	d.answer(nothing, "") // ss
	d.answer("Enter: skip]", "e 1")
	d.answer("Which condition?", "2")
	d.answer("  -", "adm-anna")
	d.answer("  -", "")
	d.answer("Enter: 2]", "2")
	d.answer("[Y/n]", "y")
	if code := d.end(); code != exitClean {
		t.Fatalf("exit code %d\n%s", code, d.output())
	}
	rule := read(t, tuned)
	for _, want := range []string{"filter_optional_monit:", "'adm-anna'"} {
		if !strings.Contains(rule, want) {
			t.Errorf("the tuned rule lacks %s\n%s", want, rule)
		}
	}
	onlyRule(t, rule)
	if !strings.Contains(d.output(), "+    filter_optional_monit:") {
		t.Errorf("the change was not shown\n%s", d.output())
	}
	var actions []string
	for _, line := range strings.Split(strings.TrimSpace(read(t, log)), "\n") {
		var entry struct{ Schema, Action, Scenario string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Schema != "sigtune.decision/1" {
			t.Fatalf("%v in %s", err, line)
		}
		actions = append(actions, entry.Scenario+" "+entry.Action)
	}
	if got := strings.Join(actions, ", "); got != "1 skipped, 2 chosen, 3 skipped, 4 skipped, 5 chosen" {
		t.Errorf("decisions %s", got)
	}
}

func TestStoppingOnATerminalWritesNothing(t *testing.T) {
	dir := t.TempDir()
	page, tuned := filepath.Join(dir, "page.txt"), filepath.Join(dir, "tuned.yml")
	if err := os.WriteFile(page, []byte(ourPage(t)), 0o644); err != nil {
		t.Fatal(err)
	}
	d := onTerminal(t, "tune", page, "--interactive", "-o", tuned)
	d.answer("q stops:", "")
	d.answer("Enter: 1]", "q")
	if code := d.end(); code != exitFindings {
		t.Errorf("exit code %d\n%s", code, d.output())
	}
	if _, err := os.Stat(tuned); err == nil {
		t.Error("a rule was written")
	}
}

func TestInteractiveNeedsATerminal(t *testing.T) {
	run := sigtune(ourPage(t), "tune", "-", "--interactive")
	if run.code != exitUsage || !strings.Contains(run.stderr, "needs a terminal") {
		t.Errorf("exit code %d, stderr %q", run.code, run.stderr)
	}
}
