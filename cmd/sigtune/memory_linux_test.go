package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// memoryLimit is what a run on hostile input may take at its peak: the soft limit of the program (gcLimit) and a part for what the collector is late
// with on a busy machine. Measured: 24 to 42 MB, 89 to 147 MB for match on a line of 50 MB.
const memoryLimit = gcLimit + 48<<20

// peakMark is the line of /proc/self/status that holds the peak, in kB. It counts from the start of the program, while the figure of
// wait(2) would include the memory of the test that started it.
const peakMark = "\nVmHWM:"

// measured runs a command line and says at its end how much memory it took.
func measured() {
	c := newCLI(today)
	c.tuneMemory()
	code := c.run(os.Args[1:])
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	_, after, _ := strings.Cut(string(status), peakMark)
	line, _, _ := strings.Cut(after, "\n")
	fmt.Fprint(os.Stderr, peakMark, line)
	os.Exit(code)
}

func init() { scriptCommands["sigtune-measured"] = measured }

// Hostile input costs bounded memory, measured on a process of its own.
func TestMemoryOnHostileInput(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED under -short: memory. The race detector takes up to twice of it; run without -short.")
	}
	dir := t.TempDir()
	rule, big, line := filepath.Join(dir, "rule.yml"), filepath.Join(dir, "large.yml"), filepath.Join(dir, "line.ndjson")
	bombs := filepath.Join(dir, "bomb.yml")
	write(t, rule, healthy)
	write(t, big, large())
	write(t, line, strings.Repeat("x", 50<<20))
	write(t, bombs, bomb())
	for _, args := range [][]string{
		{"lint", big}, {"tune", big}, {"recover", big}, {"convert", big}, {"match", big, "--events", os.DevNull},
		{"tune", rule, "--scenarios", big}, {"match", rule, "--events", big}, {"match", rule, "--events", line},
		{"lint", bombs}, {"tune", bombs}, {"recover", bombs}, {"convert", bombs},
	} {
		out, err := exec.Command("sigtune-measured", args...).CombinedOutput() // the test binary, see TestMain
		name := args[0] + " " + filepath.Base(args[len(args)-1])
		peak := 0
		if _, scanned := fmt.Sscanf(string(out[strings.LastIndex(string(out), peakMark)+1:]), peakMark[1:]+"%d kB", &peak); scanned != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		t.Logf("%-18s %3d MB", name, peak>>10)
		if peak<<10 > memoryLimit {
			t.Errorf("%s took %d MB\n%s", name, peak>>10, out)
		}
	}
}
