package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/baseline"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/edit"
)

// baselineName is the file that `sigtune baseline` writes unless another is named.
const baselineName = ".sigtune-baseline.json"

func (c *cli) baselineCommand() *cobra.Command {
	f := lintFlags{formats: []string{"text"}, noCache: true}
	out := ""
	prune := false
	cmd := &cobra.Command{
		Use:   "baseline [PATH…]",
		Short: "Record today's findings, so that only new ones are reported",
		Long: "Lints as `sigtune lint` does and records every finding. `sigtune lint --baseline FILE`, or the key `baseline` in .sigtune.yml, then reports only " +
			"what is not recorded. Records survive moved files, other lines and another order; a changed value is a new finding.",
		Example: "  sigtune baseline rules/\n  sigtune lint --baseline " + baselineName + " rules/\n  sigtune baseline --prune rules/",
		RunE: func(_ *cobra.Command, args []string) error {
			f.noBaseline = true
			return c.recordBaseline(f, args, out, prune)
		},
	}
	f.configFlags.add(cmd.Flags())
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write (default: that of the configuration, or "+baselineName+"); - for standard output")
	cmd.Flags().BoolVar(&prune, "prune", false, "only remove records of findings that are gone; add none")
	return cmd
}

func (c *cli) recordBaseline(f lintFlags, args []string, out string, prune bool) error {
	job, err := c.lintJob(f, args)
	if err != nil {
		return err
	}
	if out == "" {
		if out = job.baselinePath(); out == "" {
			out = baselineName
		}
	}
	result, err := job.run()
	if err != nil {
		return err
	}
	var b *baseline.Baseline
	what := ""
	if prune {
		if b, err = baseline.Load(out); err != nil {
			return baselineFailure(err)
		}
		_, _, stale := b.Apply(result.Findings, job.baselineRun())
		b.Prune(stale)
		what = fmt.Sprintf("removed %s; %s left", report.Plural(len(stale), "record"), report.Plural(len(b.Entries), "record"))
	} else {
		root, err := filepath.Abs(filepath.Dir(out))
		if err != nil {
			return failure{exitFailed, err}
		}
		b = baseline.Record(result.Findings, root)
		what = fmt.Sprintf("recorded %s", report.Plural(len(result.Findings), "finding"))
	}
	var text bytes.Buffer
	if err := b.Write(&text); err != nil {
		return failure{exitFailed, err}
	}
	if out == "-" {
		_, err := c.stdout.Write(text.Bytes())
		return err
	}
	if err := edit.WriteFile(out, text.Bytes()); err != nil {
		return failure{exitFailed, fmt.Errorf("cannot write %s: %s", out, reason(err))}
	}
	c.complain("%s in %s", what, out)
	return nil
}

// baselinePath is the baseline that the flags or the configuration name, or empty.
func (j *lintJob) baselinePath() string {
	if j.flags.baseline != "" {
		return j.flags.baseline
	}
	return j.config.BaselinePath()
}

// baselineRun tells a baseline what the run looked at.
func (j *lintJob) baselineRun() baseline.Run {
	run := baseline.Run{Complete: j.engine.Facts.Complete, Paths: j.report.Files}
	for _, check := range j.checks {
		if check.Tree == nil || run.Complete {
			run.Checks = append(run.Checks, check)
		}
	}
	return run
}

// applyBaseline takes the recorded findings out of a result.
func (j *lintJob) applyBaseline(result *lint.Result) error {
	path := j.baselinePath()
	if path == "" || j.flags.noBaseline {
		return nil
	}
	b, err := baseline.Load(path)
	if err != nil {
		return baselineFailure(err)
	}
	fresh, known, stale := b.Apply(result.Findings, j.baselineRun())
	result.Findings = fresh
	result.Suppressed = append(result.Suppressed, known...)
	result.Add()
	if unused := lint.Find(j.checks, lint.UnusedSuppression); unused != nil {
		result.Add(b.Unused(unused, stale)...)
	}
	return nil
}

// baselineFailure gives errors of a baseline their exit code: a file that is not there or not in order is bad usage.
func baselineFailure(err error) error {
	var e *baseline.Error
	if errors.As(err, &e) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return failure{exitFailed, err}
}
