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
			"OLD and NEW are two files or two directories. With --since the old version is a git revision and the new one the working tree, renames and files\n" +
			"that git does not track yet included; `--since main` compares with main as it is, `--since main...` with where HEAD left main, as a pull request does.\n\n" +
			"A filter document is compared by what it does to the rules it names: narrowed means that they find less. Of correlations, only a changed threshold has a\n" +
			"direction; of any other change it is said what it is.\n\n" +
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
	var read versions
	var err error
	switch {
	case f.since != "":
		read, err = c.versionsSince(ctx, f.since, args)
	case len(args) != 2:
		return errors.New("name two files or two directories, OLD and NEW, or a git revision with --since")
	default:
		read, err = c.versionsOf(args[0], args[1])
	}
	if err != nil {
		return err
	}
	comparison := revision.Compare(read.pairs, proofOptions)
	comparison.Unread = read.unread
	for _, u := range read.unread {
		where := ""
		if u.Old && f.since != "" {
			where = " (at " + f.since + ")"
		}
		c.complain("%s%s", describe(u.File, u.Problem), where)
		c.fail(exitFailed)
	}
	if err := write(c.stdout, &comparison, c.palette()); err != nil {
		return failure{exitFailed, err}
	}
	c.diffCode(f.failOn, &comparison)
	return nil
}

// changed is anything that can lose or gain: a rule, a filter, a correlation.
type changed interface {
	Loses() (yes, unsure bool)
	Gains() (yes, unsure bool)
}

// diffCode turns a comparison into the exit code.
func (c *cli) diffCode(failOn string, comparison *revision.Comparison) {
	if failOn == "never" {
		return
	}
	var all []changed
	for i := range comparison.Rules {
		all = append(all, &comparison.Rules[i])
	}
	for i := range comparison.Filters {
		all = append(all, &comparison.Filters[i])
	}
	for i := range comparison.Correlations {
		all = append(all, &comparison.Correlations[i])
	}
	for _, r := range all {
		lost, unsureLost := r.Loses()
		gained, unsureGained := r.Gains()
		switch {
		case lost, gained && failOn == "gained":
			c.fail(exitFindings)
		case unsureLost, unsureGained && failOn == "gained":
			c.fail(exitFailed)
		}
	}
}

// versions are the documents to compare, and what could not be read of them.
type versions struct {
	pairs  []revision.Pair
	unread []revision.Unread
}

// take adds what could not be read of a tree, of the paths that are asked for.
func (v *versions) take(tree *revision.Tree, old bool, below func(path string) bool) {
	for _, u := range tree.Unread {
		if u.Old = old; below(u.File.Path) {
			v.unread = append(v.unread, u)
		}
	}
}

// versionsOf reads two files, or all rules of two directories.
func (c *cli) versionsOf(old, new string) (out versions, err error) {
	was, err := os.Stat(old)
	if err != nil {
		return out, unreadable(old, err)
	}
	is, err := os.Stat(new)
	if err != nil {
		return out, unreadable(new, err)
	}
	if was.IsDir() != is.IsDir() {
		return out, errors.New("name two files or two directories, not one of each")
	}
	before, after := c.tree(old), c.tree(new)
	out.pairs = revision.Match(before, after)
	everywhere := func(string) bool { return true }
	out.take(&before, true, everywhere)
	out.take(&after, false, everywhere)
	return out, nil
}

// tree reads what stands at a path. What cannot be read is said.
func (c *cli) tree(named string) (out revision.Tree) {
	files, problems := lint.Walk([]string{named})
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitFailed)
	}
	for _, path := range files {
		out.Add(source.Load(path, source.Limits{}), revision.PlaceIn(named, path), "")
	}
	return out
}

// versionsSince reads the files that differ from a revision, on both sides. Of the others it takes what changed documents touch: other
// filters, rules that a changed filter names, correlations.
func (c *cli) versionsSince(ctx context.Context, rev string, paths []string) (out versions, err error) {
	b, err := basisOf(ctx, rev, paths)
	if err != nil {
		return out, err
	}
	return b.versions(ctx)
}

// versions are those of the files that differ.
func (b *basis) versions(ctx context.Context) (out versions, err error) {
	repository := b.repository
	below, err := repository.Below(b.paths)
	if err != nil {
		return out, err
	}
	if err := repository.Known(ctx, b.commit, b.paths); err != nil {
		return out, failure{exitFailed, err}
	}
	files, err := repository.Changed(ctx, b.commit, isRuleFile)
	if err != nil {
		return out, failure{exitFailed, err}
	}
	old, err := repository.Old(ctx, files, source.Limits{})
	if err != nil {
		return out, failure{exitFailed, err}
	}
	var before, after revision.Tree
	for i, f := range files {
		if isRuleFile(f.Was) {
			before.Add(old[i], f.Was, "")
		}
		if isRuleFile(f.Path) {
			after.Add(f.New(source.Limits{}), f.Path, f.Was)
		}
	}
	out.take(&before, true, below)
	out.take(&after, false, below)
	out.pairs = revision.Match(before, after)
	for i, p := range out.pairs {
		out.pairs[i].Context = (p.Added() || !below(p.Old.Place)) && (p.Removed() || !below(p.New.Place))
	}
	context, err := repository.Context(ctx, out.pairs, files, isRuleFile)
	if err != nil {
		return out, failure{exitFailed, err}
	}
	out.pairs = append(out.pairs, context...)
	return out, nil
}

// isRuleFile goes by the name, as lint does below a directory; hidden directories are left out. No path is no rule file.
func isRuleFile(path string) bool {
	for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
		if strings.HasPrefix(part, ".") && part != "." {
			return false
		}
	}
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yml" || ext == ".yaml"
}
