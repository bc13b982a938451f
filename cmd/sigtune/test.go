package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/tuning/evidence"
	tests "github.com/sigtune/sigtune/tuning/replay"
)

// testFlags are the flags of `sigtune test`.
type testFlags struct {
	format  string
	strict  bool
	verbose bool
}

// testFormats are the values of --format.
var testFormats = []string{"text", "json", "junit"}

func (c *cli) testCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test PATH…",
		Short: "Hold rules against recorded events and what they should do to them",
		Long: "Runs the tests below the paths: files named sigtune-test.yml (a rule, the events it must keep and those it must leave out), and SigmaHQ's regression\n" +
			"sets, which rules name in regression_tests_path. docs/testing.md describes both.\n\n" +
			"Exit codes: 0 all pass; 1 a test failed, or with --strict a rule has none; 2 bad usage; 3 something could not be read or evaluated.",
		Example: "  sigtune test rules/ tests/\n  sigtune test . --strict --format junit > tests.xml",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return c.test(f, args) },
	}
	cmd.Flags().StringVar(&f.format, "format", "text", "text, json or junit")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "fail, and name them, when rules have no test")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "name the tests that pass too")
	return cmd
}

func (c *cli) test(f testFlags, paths []string) error {
	if !slices.Contains(testFormats, f.format) {
		return fmt.Errorf("--format: `%s` is no format; write text, json or junit", f.format)
	}
	suite := tests.Find(paths, lint.FenceAround(paths...))
	for _, err := range suite.Problems {
		c.complain("%v", err)
		c.fail(exitFailed)
	}
	var results []*tests.Result
	tell, events := c.countProgress("testing", time.Now()), 0
	for _, t := range suite.Tests {
		r := tests.Run(t, evidence.Limits{})
		results = append(results, r)
		events += r.Events
		tell(events / progressEvery * progressEvery)
		switch r.Status {
		case tests.Failed:
			c.fail(exitFindings)
		case tests.Errored:
			c.fail(exitFailed)
		}
	}
	c.clearProgress()
	if f.strict && len(suite.Untested) > 0 {
		c.fail(exitFindings)
	}
	if len(suite.Tests) == 0 {
		c.complain("no test found; a test is a file named %s, or a rule's regression_tests_path", tests.TestName)
		c.fail(exitFailed)
	}
	return c.reportTests(f, suite, results)
}

func (c *cli) reportTests(f testFlags, suite *tests.Suite, results []*tests.Result) error {
	switch f.format {
	case "json":
		return tests.JSON(c.stdout, results, suite.Untested, suite.Problems)
	case "junit":
		return tests.JUnit(c.stdout, results, suite.Untested, f.strict)
	}
	p := c.palette()
	tests.Text(c.stdout, results, suite.Untested, f.strict, f.verbose, tests.Paint{Good: p.Good, Bad: p.Bad, Dim: p.Dim})
	return nil
}
