package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules/source"
)

// basis is a revision of a repository that the working tree is compared with.
type basis struct {
	repository *revision.Repository
	commit     string
	paths      []string // that were named, for the repository
}

// basisOf finds the repository of some paths, and the commit that a revision stands for. What git cannot do is no fault of the command line.
func basisOf(ctx context.Context, rev string, paths []string) (*basis, error) {
	repository, paths, err := repositoryOf(ctx, paths)
	if err != nil {
		return nil, err
	}
	commit, err := repository.Commit(ctx, rev)
	if err != nil {
		return nil, failure{exitFailed, fmt.Errorf("--since: %w", err)}
	}
	return &basis{repository, commit, paths}, nil
}

// repositoryOf is the repository of the working directory, or where a path lies outside of it that of the paths: then the paths are given back in
// full, which does not depend on where one stands.
func repositoryOf(ctx context.Context, paths []string) (*revision.Repository, []string, error) {
	here, err := revision.Open(ctx, ".")
	var outside error
	if err == nil {
		if _, outside = here.Below(paths); outside == nil {
			return here, paths, nil
		}
	}
	refused := func() (*revision.Repository, []string, error) {
		if err != nil {
			return nil, nil, failure{exitFailed, err}
		}
		return nil, nil, outside
	}
	var there *revision.Repository
	var full []string
	for _, path := range paths {
		place := absolute(path)
		dir := deepest(place)
		behind, missing := filepath.Rel(dir, place)
		linkless, broken := filepath.EvalSymlinks(dir)
		if missing != nil || broken != nil {
			return refused()
		}
		full = append(full, filepath.Join(linkless, behind))
		its, none := revision.Open(ctx, linkless)
		switch {
		case none != nil:
			return refused()
		case there == nil:
			there = its
		case there.Root != its.Root:
			return nil, nil, fmt.Errorf("%s and %s lie in two repositories, %s and %s; a revision is one of a single repository, so name paths of one",
				source.Shorten(paths[0]), source.Shorten(path), source.Shorten(there.Root), source.Shorten(its.Root))
		}
	}
	if there == nil {
		return refused()
	}
	return there, full, nil
}
