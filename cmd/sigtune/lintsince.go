package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/lint/since"
)

// runSince lints the working tree and the tree of the revision, and keeps what only the first has: of changed files, and of others that the
// change makes wrong. Configuration, comments and baseline count on both sides.
func (j *lintJob) runSince() (*lint.Result, error) {
	tree, err := j.treeSince(context.Background())
	if err != nil {
		return nil, err
	}
	now, before := *j, *j
	now.flags.since, before.flags.since = "", ""
	closer, err := j.closer()
	if err != nil {
		return nil, err
	}
	now.engine.Closer, before.engine.Closer = closer, closer
	now.engine.Changes, before.engine.Changes = tree.Changes, tree.Was
	result, err := now.run()
	if err != nil {
		return nil, err
	}
	if !tree.Changed() {
		return &lint.Result{Files: result.Files, Documents: result.Documents, IDs: result.IDs, Tests: result.Tests}, nil
	}
	before.inputs, before.report.Files = tree.Inputs, nil
	for _, in := range tree.Inputs {
		if !in.Context {
			before.report.Files = append(before.report.Files, in.Path)
		}
	}
	old, err := before.run()
	if err != nil {
		return nil, err
	}
	result.Findings = tree.Introduced(result.Findings, old.Findings)
	result.Suppressed = tree.Introduced(result.Suppressed, old.Suppressed)
	result.Add() // in their places: some are told of another document now
	return result, nil
}

// treeSince reads what differs from the revision.
func (j *lintJob) treeSince(ctx context.Context) (*since.Tree, error) {
	if slices.Contains(j.args, "-") {
		return nil, errors.New("--since compares files with a git revision, and standard input (`-`) is no file; name the path")
	}
	h := j.basis
	if h == nil {
		var err error
		if h, err = basisOf(ctx, j.flags.since, j.args); err != nil {
			return nil, err
		}
	}
	if err := h.repository.Known(ctx, h.commit, h.paths); err != nil {
		return nil, failure{exitFailed, err}
	}
	tree, err := since.Read(ctx, h.repository, h.commit, j.inputs, since.Scope{
		Paths: j.args, Complete: j.engine.Facts.Complete, Rule: isRuleFile, Limits: j.engine.Limits,
		Linted: func(path string) bool { return j.named(path) || !j.leftOut(path) },
	})
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	return tree, nil
}

// closerFamily are the checks that every filter document and every changed document gets (spec/checks.md, severity and profile policy).
const closerFamily = "10"

// closer are the checks of that family, but for those that the user does not want.
func (j *lintJob) closer() ([]*lint.Check, error) {
	var codes []string
	for _, check := range j.all {
		if check.Family() == closerFamily {
			codes = append(codes, check.Code)
		}
	}
	ignored := slices.Concat(j.config.Ignore, j.flags.ignored)
	chosen, err := lint.Selection{Profile: lint.None, Select: codes, Ignore: ignored}.Apply(j.all)
	return slices.DeleteFunc(chosen, func(c *lint.Check) bool { return c.Family() != closerFamily }), err
}

// named reports a path that stands on the command line.
func (j *lintJob) named(path string) bool {
	return slices.ContainsFunc(j.args, func(a string) bool { return filepath.Clean(a) == filepath.Clean(path) })
}

// leftOut reports a file that is not linted when it is found below a directory.
func (j *lintJob) leftOut(path string) bool {
	return j.config.Excluded(path) || filepath.Base(path) == config.Name
}

// present are the paths to walk. With --since a path may be gone: that is a change, and a slip of the pen is found by git.
func (j *lintJob) present() []string {
	if j.flags.since == "" {
		return j.args
	}
	return slices.DeleteFunc(slices.Clone(j.args), func(path string) bool {
		_, err := os.Lstat(path)
		return errors.Is(err, os.ErrNotExist)
	})
}
