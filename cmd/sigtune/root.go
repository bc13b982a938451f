package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint/report"
)

// Exit codes.
const (
	exitClean    = 0
	exitFindings = 1 // findings at or above the threshold, or nothing safe to propose
	exitUsage    = 2 // bad flags, arguments or configuration
	exitFailed   = 3 // unreadable input or an internal error
)

// cli is one invocation with everything it takes from the outside.
type cli struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	colour         bool
	noColour       bool // --no-color
	terminal       bool // stderr is a terminal
	told           bool // a line of progress stands on it
	now            func() time.Time
	expect         func(files int) // told how many files a run will read; may be nil
	code           int             // the worst exit code so far
}

// fail records an exit code; the worst one wins.
func (c *cli) fail(code int) { c.code = max(c.code, code) }

// complain prints a message for people to stderr.
func (c *cli) complain(format string, args ...any) {
	fmt.Fprintf(c.stderr, "sigtune: "+format+"\n", args...)
}

func (c *cli) palette() report.Palette {
	if c.colour && !c.noColour {
		return report.Colours()
	}
	return report.Palette{}
}

// failure is an error with an exit code other than that of bad usage.
type failure struct {
	code int
	error
}

// run executes a command line and gives the exit code.
func (c *cli) run(args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			c.complain("internal error: %v; please report it with the command and the input", r)
			code = exitFailed
		}
	}()
	root := &cobra.Command{
		Use:   "sigtune",
		Short: "Lint Sigma rules and tune false positives with proofs",
		Long: "sigtune says exactly what is wrong with Sigma rules, and turns documented false positives into exclusions it can vouch for.\n\n" +
			"Exit codes: 0 clean; 1 findings at or above the threshold, or nothing safe to propose; 2 bad usage; 3 could not do the work.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().BoolVar(&c.noColour, "no-color", false, "plain output (also with NO_COLOR set, or into a pipe)")
	root.SetIn(c.stdin)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.SetArgs(args)
	root.AddCommand(
		c.lintCommand(), c.lspCommand(), c.tuneCommand(), c.matchCommand(), c.testCommand(), c.proveCommand(), c.diffCommand(), c.recoverCommand(), c.convertCommand(),
		c.baselineCommand(), c.learnCommand(), c.checksCommand(), c.explainCommand(), c.configCommand(), c.mcpCommand(), c.reviewCommand(), c.versionCommand(), c.manCommand(),
	)
	if err := root.Execute(); err != nil {
		c.complain("%v", err)
		var f failure
		if errors.As(err, &f) {
			return f.code
		}
		return exitUsage
	}
	return c.code
}
