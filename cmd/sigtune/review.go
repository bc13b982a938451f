package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/cmd/review"
	"github.com/sigtune/sigtune/cmd/review/forge"
	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules/edit"
)

// reviewFlags are the flags of `sigtune review`.
type reviewFlags struct {
	configFlags
	since      string
	configFrom string
	formats    []string
	failOn     string
	failOnLost bool
	jobs       int
	noCache    bool
	cacheDir   string
	noHints    bool
	wholeTree  bool
	post       string
	repository string
	number     int
}

func (c *cli) reviewCommand() *cobra.Command {
	var f reviewFlags
	cmd := &cobra.Command{
		Use:   "review --since REV [PATH…]",
		Short: "Review a change of rules: new findings, lost detections, tests, hints",
		Long: "The view of a pull request: what a change since a git revision brought in. New findings alone, what every changed rule detects no longer and newly, with\n" +
			"events; the tests of changed rules; documented false positives that could be filters. `--since origin/main...` compares with where HEAD left main.\n\n" +
			"With --post the review becomes comments on a pull or merge request: a summary that is updated in place, and comments with suggestions on lines that\n" +
			"the change wrote. The network is used with --post alone. docs/pull-requests.md says how pipelines are set up.\n\n" +
			"The configuration is that of the revision, so that a change cannot loosen the rules it is reviewed by; --config-from working-tree reads it as it is now.\n\n" +
			"Exit codes: 0 fine; 1 a finding at or above --fail-on, a failed test, or with --fail-on-lost a lost detection; 2 bad usage; 3 something could not be\n" +
			"read, decided or posted.",
		Example: "  sigtune review --since origin/main...\n  sigtune review --since HEAD~1 rules/ --format markdown\n" +
			"  sigtune review --since origin/main... --format github --format markdown=summary.md --post github",
		RunE: func(cmd *cobra.Command, args []string) error { return c.review(cmd.Context(), f, args) },
	}
	flags := cmd.Flags()
	f.configFlags.add(flags)
	flags.StringVar(&f.since, "since", "", "the git revision to compare with; `BRANCH...` is where HEAD left it (required)")
	flags.StringVar(&f.configFrom, "config-from", "base", "where the configuration is read: base (the revision) or working-tree")
	flags.StringSliceVar(&f.formats, "format", []string{"text"}, reviewFormatNames()+"; as FORMAT=FILE into a file; repeatable")
	flags.StringVar(&f.failOn, "fail-on", "", "lowest severity of a new finding that gives exit code 1: error, warning, info or never (default error)")
	flags.BoolVar(&f.failOnLost, "fail-on-lost", false, "exit code 1 when a detection was lost, 3 when that could not be decided")
	flags.IntVar(&f.jobs, "jobs", 0, "files in parallel (default: one per processor)")
	flags.BoolVar(&f.noCache, "no-cache", false, "remember nothing between runs")
	flags.StringVar(&f.cacheDir, "cache-dir", "", "where to remember results (default: the user's cache directory)")
	flags.BoolVar(&f.noHints, "no-hints", false, "do not look for documented false positives that could be filters")
	flags.BoolVar(&f.wholeTree, "whole-tree", false, "hold changed rules against every other rule, not only those with a word in common")
	flags.StringVar(&f.post, "post", "", "write comments on the pull or merge request: github or gitlab; the token is read from GITHUB_TOKEN or GITLAB_TOKEN")
	flags.StringVar(&f.repository, "repository", "", "with --post: the repository, owner/name, where the pipeline does not tell")
	flags.IntVar(&f.number, "request", 0, "with --post: the number of the request, where the pipeline does not tell")
	return cmd
}

func reviewFormatNames() string {
	var names []string
	for _, f := range review.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// reviewOutput is one requested rendering with its file, empty for standard output.
type reviewOutput struct {
	review.Format
	file string
}

func parseReviewFormats(formats []string) ([]reviewOutput, error) {
	var out []reviewOutput
	files := map[string]bool{}
	for _, s := range formats {
		name, file, _ := strings.Cut(s, "=")
		at := slices.IndexFunc(review.Formats, func(f review.Format) bool { return f.Name == name })
		switch {
		case at < 0:
			return nil, fmt.Errorf("--format: `%s` is no format; write %s", name, reviewFormatNames())
		case files[file] && file == "":
			return nil, fmt.Errorf("--format: only one format can go to standard output; write FORMAT=FILE for the others")
		case files[file]:
			return nil, fmt.Errorf("--format: two formats cannot go to one file, `%s`", file)
		}
		files[file] = true
		out = append(out, reviewOutput{review.Formats[at], file})
	}
	return out, nil
}

func (c *cli) review(ctx context.Context, f reviewFlags, args []string) error {
	outputs, err := parseReviewFormats(f.formats)
	if err != nil {
		return err
	}
	request, err := f.request()
	if err != nil {
		return err
	}
	switch {
	case f.since == "":
		return errors.New("--since: name the revision to compare with; in a pull request `--since origin/main...`")
	case f.configFrom != "base" && f.configFrom != "working-tree":
		return fmt.Errorf("--config-from: `%s` is not possible; write base or working-tree", f.configFrom)
	case slices.Contains(args, "-"):
		return errors.New("review compares files with a git revision, and standard input (`-`) is no file; name the path")
	}
	r, err := c.reviewOf(ctx, f, args)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		if err := c.writeReview(o, r); err != nil {
			return failure{exitFailed, err}
		}
	}
	c.reviewCode(f, r)
	if request == nil {
		return nil
	}
	outcome, err := forge.Post(ctx, request, r.Draft)
	if err != nil {
		return failure{exitFailed, fmt.Errorf("--post %s: %w", f.post, err)}
	}
	c.complain("%s", outcome)
	return nil
}

// request is where comments go, nil without --post. It fails before any work is done.
func (f reviewFlags) request() (forge.Request, error) {
	if f.post == "" {
		if f.repository != "" || f.number != 0 {
			return nil, errors.New("--repository and --request say where --post goes; write --post github or --post gitlab")
		}
		return nil, nil
	}
	kind, err := forge.Find(f.post)
	if err != nil {
		return nil, fmt.Errorf("--post: %w", err)
	}
	environment, err := kind.Environment(os.Getenv, forge.Environment{Repository: f.repository, Number: f.number})
	if err != nil {
		return nil, fmt.Errorf("--post %s: %w", f.post, err)
	}
	request, err := kind.Open(environment)
	if err != nil {
		return nil, fmt.Errorf("--post %s: %w", f.post, err)
	}
	return request, nil
}

// reviewOf gathers the content: findings, changes, tests, hints.
func (c *cli) reviewOf(ctx context.Context, f reviewFlags, args []string) (*review.Review, error) {
	base, err := c.reviewBase(ctx, f, args)
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		args = []string{userPath(base.repository.Root, ".")} // a pull request is about all of it, wherever one stands
	}
	r := &review.Review{Since: f.since, Commit: base.commit, Lint: &lint.Result{}}
	lf := lintFlags{
		configFlags: f.configFlags, formats: []string{"text"}, failOn: f.failOn, jobs: f.jobs, since: f.since, stdinFilename: "<stdin>",
		showFixes: true, noCache: f.noCache, cacheDir: f.cacheDir, noBaseline: true, // what is new stands in no baseline
	}
	if r.Notes, err = base.configure(ctx, f, args, &lf.configFlags); err != nil {
		return nil, err
	}
	found := make(chan *suite, 1)
	go func() { found <- base.tests(ctx) }()
	read, err := base.versions(ctx)
	if err != nil {
		return nil, err
	}
	comparison := revision.Compare(read.pairs, proofOptions)
	comparison.Unread = read.unread
	comparison.Skipped = slices.DeleteFunc(comparison.Skipped, func(p revision.Pair) bool { return ourOwn(p.Path()) })
	r.Changes = &comparison
	job, err := c.lintJob(lf, args)
	if err != nil {
		return nil, err
	}
	job.basis = base.basis
	r.Options, r.Threshold = job.report, job.threshold
	if !f.wholeTree {
		narrow(job.inputs, base.present(), read.pairs)
	}
	if r.Lint, err = job.run(); err != nil {
		return nil, err
	}
	r.Lint.Tests = 0 // a review runs them
	r.Lint.Findings = slices.DeleteFunc(r.Lint.Findings, toldTwice)
	r.Tests, r.Problems = base.replay(<-found)
	if !f.noHints {
		r.Hints = c.hints(&comparison)
	}
	return r, nil
}

// ourOwn reports a file that is no rule and not meant to be one: configuration, tests.
func ourOwn(path string) bool {
	name := filepath.Base(path)
	return name == config.Name || name == regressionName || isTestFile(path)
}

// toldTwice reports a remark on a lost or gained detection: the review says so itself, with more. Who made more of it than a remark wants it
// among the findings.
func toldTwice(f lint.Finding) bool {
	return f.Severity == lint.Info && (f.Check.Code == "SIG1322" || f.Check.Code == "SIG1323")
}

func (c *cli) writeReview(o reviewOutput, r *review.Review) error {
	shown := *r
	if o.file == "" {
		shown.Options.Palette, shown.Options.Hyperlinks = c.palette(), c.hyperlinks()
		return o.Write(c.stdout, &shown)
	}
	shown.Options.Palette = report.Palette{}
	var b strings.Builder
	if err := o.Write(&b, &shown); err != nil {
		return err
	}
	if err := edit.WriteFile(o.file, []byte(b.String())); err != nil {
		return fmt.Errorf("--format %s=%s: %s", o.Name, o.file, reason(err))
	}
	return nil
}

// reviewCode turns a review into the exit code.
func (c *cli) reviewCode(f reviewFlags, r *review.Review) {
	c.lintCode(r.Lint, r.Threshold)
	_, failed, broken := r.Status()
	if failed > 0 {
		c.fail(exitFindings)
	}
	if broken > 0 || len(r.Changes.Unread) > 0 {
		c.fail(exitFailed)
	}
	switch {
	case f.failOnLost && r.Lost():
		c.fail(exitFindings)
	case f.failOnLost && r.Undecided():
		c.fail(exitFailed)
	}
}

// userPath is a path of the repository as the user would type it.
func userPath(root, path string) string {
	full := filepath.Join(root, filepath.FromSlash(path))
	working, err := os.Getwd()
	if err == nil {
		working, err = filepath.EvalSymlinks(working)
	}
	if err != nil {
		return full
	}
	if relative, err := filepath.Rel(working, full); err == nil {
		return relative
	}
	return full
}
