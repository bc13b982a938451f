package main

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/fix"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/source"
)

func codes(checks []*lint.Check) []string {
	var out []string
	for _, check := range checks {
		out = append(out, check.Code)
	}
	return out
}

// lintFix repairs the files of a job, or shows what it would change. It returns the job that reports the rest, or nil when everything is said.
func (c *cli) lintFix(j *lintJob) (*lintJob, error) {
	var result *lint.Result
	if j.flags.since == "" {
		result = j.engine.Run(j.inputs)
		c.clearProgress()
	} else { // what the change did not bring in is not its business
		var err error
		if result, err = j.run(); err != nil {
			return nil, err
		}
	}
	byPath := map[string][]lint.Finding{}
	for _, f := range result.Findings {
		if f.Fix != nil && (f.Fix.Safe || j.flags.unsafe) {
			byPath[f.File.Path] = append(byPath[f.File.Path], f)
		}
	}
	alone := j.engine
	alone.Cache, alone.Progress, alone.Facts.Complete, alone.Jobs = nil, nil, false, 1
	run := func(f *source.File) []lint.Finding { return alone.Files(f).Findings }
	// No fix may trade a defect that was asked for against one that was not. Where no check is missing, run answers for both.
	var verify func(*source.File) []lint.Finding
	if all, err := (lint.Selection{Profile: lint.Recommended, Select: codes(j.checks)}).Apply(j.all); err == nil && len(all) > len(j.checks) {
		wide := alone
		wide.Checks = all
		verify = func(f *source.File) []lint.Finding { return wide.Files(f).Findings }
	}
	fixed, files, rejected := 0, 0, 0
	var diffs strings.Builder
	for i, in := range j.inputs {
		findings := byPath[in.Path]
		if in.Context || len(findings) == 0 {
			continue
		}
		file := in.File
		if file == nil {
			file = source.Load(in.Path, j.engine.Limits)
		}
		var tree []lint.Finding
		for _, f := range findings {
			if f.Check.Tree != nil || f.Check.Change != nil {
				tree = append(tree, f)
			}
		}
		outcome := fix.Apply(file, run, fix.Options{Unsafe: j.flags.unsafe, Tree: tree, Verify: verify, Limits: j.engine.Limits})
		rejected += len(outcome.Rejected)
		for _, r := range outcome.Rejected {
			pos := r.Finding.File.Pos(r.Finding.Span.Start)
			c.complain("%s:%d:%d: the fix of %s was not applied: %s", in.Path, pos.Line, pos.Column, r.Finding.Check.Name, r.Reason)
		}
		if outcome.Stopped != "" {
			c.complain("%s: %s", in.Path, outcome.Stopped)
		}
		if len(outcome.Applied) == 0 {
			continue
		}
		fixed += len(outcome.Applied)
		files++
		switch {
		case j.flags.diff:
			diffs.WriteString(fix.Diff(in.Path, file.Data, outcome.Data()))
		case in.File != nil: // standard input: the result goes to standard output, findings to standard error
			j.inputs[i].File = outcome.File
		default:
			if err := fix.Write(in.Path, file.Data, outcome.Data()); err != nil {
				c.complain("%v", err)
				c.fail(exitFailed)
				files--
			}
		}
	}
	if j.flags.diff {
		fmt.Fprint(c.stdout, paintDiff(diffs.String(), c.palette()))
		if fixed > 0 {
			c.complain("%s in %s would be fixed", report.Plural(fixed, "finding"), report.Plural(files, "file"))
			c.fail(exitFindings)
		} else {
			c.complain("nothing to fix")
		}
		return nil, nil
	}
	if fixed > 0 {
		c.complain("fixed %s in %s", report.Plural(fixed, "finding"), report.Plural(files, "file"))
	}
	if len(j.inputs) == 1 && j.inputs[0].File != nil {
		return c.fixedStdin(j)
	}
	return j, nil
}

// fixedStdin prints the repaired document, as a filter does, and what is left about it to standard error.
func (c *cli) fixedStdin(j *lintJob) (*lintJob, error) {
	if _, err := c.stdout.Write(j.inputs[0].File.Data); err != nil {
		return nil, failure{exitFailed, err}
	}
	c.stdout = c.stderr
	return j, nil
}

// paintDiff colours the lines of a unified diff.
func paintDiff(diff string, p report.Palette) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(diff, "\n") {
		text, end, _ := strings.Cut(line, "\n")
		if strings.HasSuffix(line, "\n") {
			end = "\n"
		}
		switch {
		case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"):
			text = p.Strong(text)
		case strings.HasPrefix(text, "@@"):
			text = p.Dim(text)
		case strings.HasPrefix(text, "+"):
			text = p.Good(text)
		case strings.HasPrefix(text, "-"):
			text = p.Bad(text)
		}
		b.WriteString(text + end)
	}
	return b.String()
}
