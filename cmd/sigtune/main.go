package main

import (
	"os"
	"runtime/debug"
	"time"

	"github.com/fatih/color"
	"github.com/mattn/go-isatty"
)

// gcPercent trades memory for time: a run is short and what it allocates lives to its end. Linting 3,780 rules takes 2.7 s of processor
// time instead of 3.4 s and peaks at 290 MB instead of 220 MB. GOGC in the environment overrides it.
const gcPercent = 400

// gcLimit is the memory from which on garbage is collected more often, so that the published rules, whose texts and proofs live to the end of
// a run, stay below 300 MB. Above it a run takes up to twice as long. GOMEMLIMIT in the environment overrides it.
const gcLimit = 224 << 20

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(gcLimit)
	}
	os.Exit(newCLI(time.Now).run(os.Args[1:]))
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
