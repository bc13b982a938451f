package main

import (
	"os"
	"runtime/debug"
	"time"

	"github.com/fatih/color"
	"github.com/mattn/go-isatty"
)

// gcPercent trades memory for time: a run is short and little of what it allocates lives long. With 800 instead of 400 linting 3,780 rules takes
// a tenth less processor time; above it the pages that the system has to hand out cost what is won. GOGC in the environment overrides it.
const gcPercent = 800

// From so much memory on garbage is collected more often: a part for the program and hostile files, and a part for each file, of which facts, an
// outline and findings live to the end of a run. The 3,780 published rules stay below 300 MB. GOMEMLIMIT in the environment overrides it.
const (
	gcLimit   = 144 << 20
	gcPerFile = 24 << 10
)

func setMemory(files int) { debug.SetMemoryLimit(gcLimit + int64(files)*gcPerFile) }

func main() {
	c := newCLI(time.Now)
	c.tuneMemory()
	os.Exit(c.run(os.Args[1:]))
}

// tuneMemory sets what the environment does not decide.
func (c *cli) tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		setMemory(0)
		c.expect = setMemory
	}
}

// newCLI is an invocation on the streams of this process. The clock is the caller's, so that tests can repeat a run.
func newCLI(now func() time.Time) *cli {
	return &cli{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		colour:   !color.NoColor, // not a terminal, NO_COLOR or TERM=dumb switch it off
		terminal: isatty.IsTerminal(os.Stderr.Fd()),
		now:      now,
	}
}
