package main

import (
	"os"
	"time"

	"github.com/fatih/color"
)

func main() {
	os.Exit(newCLI(time.Now).run(os.Args[1:]))
}

// newCLI is an invocation on the streams of this process. The clock is the caller's, so that tests can repeat a run.
func newCLI(now func() time.Time) *cli {
	return &cli{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		colour: !color.NoColor, // not a terminal, NO_COLOR or TERM=dumb switch it off
		now:    now,
	}
}
