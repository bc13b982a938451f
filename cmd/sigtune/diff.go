package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/lint/revision/report"
	"github.com/sigtune/sigtune/rules/source"
)

// diffFlags are the flags of `sigtune diff`.
type diffFlags struct {
	since  string
	format string
	failOn string
}

func (c *cli) diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say which events a change of rules lost and gained",
		Long: "Compares two versions of rules by what they match, not by their text: each rule is equivalent, narrowed, widened, or both, and every loss and gain comes\n" +
			"with an event. Rules are matched by id, then by path.\n\n" +
			"OLD and NEW are two files or two directories. With --since the old version is a git revision and the new one the working tree, renames followed;\n" +
			"`--since main...` compares with where HEAD left main, as a pull request does.\n\n" +
			"Exit codes: 0 nothing was lost; 1 a detection was lost; 2 bad usage; 3 something could not be read or decided.",
		Example: "  sigtune diff before.yml after.yml\n  sigtune diff --since main... rules/ --format markdown\n  sigtune diff --since HEAD~1 --fail-on never",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.diff(cmd.Context(), f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.since, "since", "", "compare the working tree with this git revision; paths limit what is compared")
	flags.StringVar(&f.format, "format", "text", "text, json or markdown")
	flags.StringVar(&f.failOn, "fail-on", "lost", "what gives exit code 1: lost, gained (lost or gained) or never")
	return cmd
}

// diffFormats are the renderings of a comparison.
var diffFormats = map[string]func(io.Writer, *revision.Comparison, lintreport.Palette) error{
	"text":     report.Text,
	"json":     func(w io.Writer, r *revision.Comparison, _ lintreport.Palette) error { return report.JSON(w, r) },
	"markdown": func(w io.Writer, r *revision.Comparison, _ lintreport.Palette) error { return report.Markdown(w, r) },
}

func (c *cli) diff(ctx context.Context, f diffFlags, args []string) error {
	write := diffFormats[f.format]
	if write == nil {
		return fmt.Errorf("--format: `%s` is no format; write text, json or markdown", f.format)
	}
	if f.failOn != "lost" && f.failOn != "gained" && f.failOn != "never" {
		return fmt.Errorf("--fail-on: `%s` is not possible; write lost, gained or never", f.failOn)
	}
	var pairs []revision.Pair
	var err error
	switch {
	case f.since != "":
		pairs, err = c.pairsSince(ctx, f.since, args)
	case len(args) != 2:
		return errors.New("name two files or two directories, OLD and NEW, or a git revision with --since")
	default:
		pairs, err = c.pairsOf(args[0], args[1])
	}
	if err != nil {
		return err
	}
	comparison := revision.Compare(pairs, proofOptions)
	if err := write(c.stdout, &comparison, c.palette()); err != nil {
		return failure{exitFailed, err}
	}
	c.diffCode(f.failOn, &comparison)
	return nil
}

// diffCode turns a comparison into the exit code.
func (c *cli) diffCode(failOn string, comparison *revision.Comparison) {
	for i := range comparison.Rules {
		r := &comparison.Rules[i]
		lost, unsureLost := r.Loses()
		gained, unsureGained := r.Gains()
		switch {
		case failOn == "never":
		case lost, gained && failOn == "gained":
			c.fail(exitFindings)
		case unsureLost, unsureGained && failOn == "gained":
			c.fail(exitFailed)
		}
	}
}

// pairsOf reads two files, or all rules of two directories.
func (c *cli) pairsOf(old, new string) ([]revision.Pair, error) {
	was, err := os.Stat(old)
	if err != nil {
		return nil, unreadable(old, err)
	}
	is, err := os.Stat(new)
	if err != nil {
		return nil, unreadable(new, err)
	}
	if was.IsDir() != is.IsDir() {
		return nil, errors.New("name two files or two directories, not one of each")
	}
	return revision.Match(c.tree(old), c.tree(new)), nil
}

// tree reads what stands at a path. What cannot be read is said.
func (c *cli) tree(named string) (out revision.Tree) {
	files, problems := lint.Walk([]string{named})
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitFailed)
	}
	for _, path := range files {
		file := source.Load(path, source.Limits{})
		c.complainBroken(file)
		out.Add(file, revision.PlaceIn(named, path), "")
	}
	return out
}

// pairsSince reads the files that differ from a revision, on both sides.
func (c *cli) pairsSince(ctx context.Context, rev string, paths []string) ([]revision.Pair, error) {
	repository, err := revision.Open(ctx, ".")
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	below, err := repository.Below(paths)
	if err != nil {
		return nil, err
	}
	commit, err := repository.Commit(ctx, rev)
	if err != nil {
		return nil, failure{exitFailed, fmt.Errorf("--since: %w", err)}
	}
	files, err := repository.Changed(ctx, commit, isRuleFile)
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	old, err := repository.Old(ctx, files, source.Limits{})
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	var before, after revision.Tree
	read := func(tree *revision.Tree, file *source.File, path, was string) {
		if file == nil || !isRuleFile(path) {
			return
		}
		if below(path) {
			c.complainBroken(file)
		}
		tree.Add(file, path, was)
	}
	for i, f := range files {
		read(&before, old[i], f.Was, "")
		read(&after, f.New(source.Limits{}), f.Path, f.Was)
	}
	var pairs []revision.Pair
	for _, p := range revision.Match(before, after) {
		if !p.Added() && below(p.Old.Place) || !p.Removed() && below(p.New.Place) {
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// isRuleFile goes by the name, as lint does below a directory; hidden directories are left out.
func isRuleFile(path string) bool {
	for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
		if strings.HasPrefix(part, ".") && part != "." {
			return false
		}
	}
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yml" || ext == ".yaml"
}
