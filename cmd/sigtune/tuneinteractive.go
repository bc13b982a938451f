package main

import (
	"bytes"
	"errors"
	"os"

	"github.com/mattn/go-isatty"

	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/interactive"
)

// needsTerminal refuses to ask questions where nobody can answer.
func (c *cli) needsTerminal() error {
	in, okIn := c.stdin.(*os.File)
	out, okOut := c.stdout.(*os.File)
	if okIn && okOut && isTerminal(in) && isTerminal(out) {
		return nil
	}
	return errors.New("--interactive asks questions and needs a terminal; run without it, or with --format json for a program")
}

func isTerminal(f *os.File) bool {
	return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd())
}

// walk goes through the scenarios with the analyst. proceed says whether the result is to be written; it is already shown.
func (c *cli) walk(f tuneFlags, result *tuning.Result) (proceed bool, err error) {
	session := interactive.Session{
		In: c.stdin, Out: c.stdout, Palette: c.palette(), Result: result,
		Diff: func() string { return colourDiff(tuneDiff(f, result.RuleText, []*tuning.Result{result}), c.palette()) },
	}
	switch {
	case f.output != "":
		session.Target = f.output
	case f.write:
		session.Target = result.Path
	}
	decisions, err := session.Run()
	if f.log != "" {
		var log bytes.Buffer
		if err := interactive.WriteLog(&log, result, decisions, c.now()); err != nil {
			return false, failure{exitFailed, err}
		}
		if err := c.save(f.log, log.String()); err != nil {
			return false, err
		}
	}
	if errors.Is(err, interactive.ErrQuit) {
		c.fail(exitFindings)
		return false, nil
	}
	if err != nil {
		return false, failure{exitFailed, err}
	}
	return true, nil
}
