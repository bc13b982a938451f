package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// lintFlags are the flags of `sigtune lint`, and of the commands that lint on the way.
type lintFlags struct {
	configFlags
	formats       []string
	failOn        string
	jobs          int
	statistics    bool
	explain       bool
	showFixes     bool
	category      string
	stdinFilename string
	noCache       bool
	cacheDir      string
	baseline      string
	noBaseline    bool
	since         string
	fix           bool
	unsafe        bool
	diff          bool
	events        string
}

func (c *cli) lintCommand() *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Validate and lint rules, correlations and filters",
		Long: "Validates and lints files, directories (.yml and .yaml below them) or, with `-`, standard input. Without a path the current directory.\n\n" +
			"A bad file never stops the run: it is a finding, and the other files are still linted. What a team decided is read from `.sigtune.yml`, " +
			"looked for from the first path upwards; flags win.",
		Example: "  sigtune lint rules/\n  sigtune lint --fail-on warning --format json rule.yml\n  sigtune lint --fix rules/\n" +
			"  sigtune lint --since origin/main --format text --format sarif=out.sarif rules/\n  cat rule.yml | sigtune lint - --stdin-filename rule.yml",
		RunE: func(_ *cobra.Command, args []string) error { return c.lint(f, args) },
	}
	flags := cmd.Flags()
	f.configFlags.add(flags)
	flags.StringSliceVar(&f.formats, "format", []string{"text"}, formatNames()+"; as FORMAT=FILE into a file; repeatable")
	flags.StringVar(&f.failOn, "fail-on", "", "lowest severity that gives exit code 1: error, warning, info or never (default error; info for profile sigmahq)")
	flags.IntVar(&f.jobs, "jobs", 0, "files in parallel (default: one per processor)")
	flags.BoolVar(&f.statistics, "statistics", false, "count findings per check instead of printing them")
	flags.BoolVar(&f.explain, "explain", false, "say under findings why the check matters and how to repair the rule")
	flags.BoolVar(&f.showFixes, "show-fixes", true, "draw what --fix or --unsafe-fixes would write under findings")
	flags.StringVar(&f.category, "category", "", "name of this run in SARIF, to tell several over one commit apart")
	flags.StringVar(&f.stdinFilename, "stdin-filename", "<stdin>", "the name that findings about standard input carry")
	flags.BoolVar(&f.noCache, "no-cache", false, "lint every file, changed or not, and remember nothing")
	flags.StringVar(&f.cacheDir, "cache-dir", "", "where to remember results (default: the user's cache directory)")
	flags.StringVar(&f.baseline, "baseline", "", "report only findings that this `FILE` of sigtune baseline does not hold")
	flags.BoolVar(&f.noBaseline, "no-baseline", false, "report what the baseline of the configuration holds, too")
	flags.StringVar(&f.since, "since", "", "report only what changed since this git revision brought in")
	flags.BoolVar(&f.fix, "fix", false, "repair what can be repaired without changing what a rule means, and report the rest")
	flags.BoolVar(&f.unsafe, "unsafe-fixes", false, "also repair what may change what a rule means; with --fix or --diff")
	flags.StringVar(&f.events, "events", "", "also report rules that fire all the time on these recorded events: one JSON object a line, gzip or not, or - for standard input")
	flags.BoolVar(&f.diff, "diff", false, "show what --fix would change, and change nothing")
	return cmd
}

// formatNames lists the renderings of findings.
func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

func (c *cli) lint(f lintFlags, args []string) error {
	job, err := c.lintJob(f, args)
	if err != nil {
		return err
	}
	if f.events == "-" && len(args) == 1 && args[0] == "-" {
		return fmt.Errorf("rule and events cannot both come from standard input")
	}
	if f.unsafe && !f.fix && !f.diff {
		return fmt.Errorf("--unsafe-fixes needs --fix or --diff")
	}
	if f.fix && !f.diff && len(args) == 1 && args[0] == "-" {
		for _, o := range job.outputs {
			if o.file == "" && o.Name != "text" {
				return fmt.Errorf("--fix writes the repaired text to standard output; send the findings into a file: --format %s=FILE", o.Name)
			}
		}
	}
	if f.fix || f.diff {
		if job, err = c.lintFix(job); job == nil || err != nil {
			return err
		}
	}
	if err := job.countEvents(); err != nil {
		return err
	}
	result, err := job.run()
	if err != nil {
		return err
	}
	for _, o := range job.outputs {
		if err := c.writeLint(o, job, result); err != nil {
			return failure{exitFailed, err}
		}
	}
	c.lintCode(result, job.threshold)
	return nil
}

// lintCode turns findings into the exit code.
func (c *cli) lintCode(result *lint.Result, threshold lint.Severity) {
	if threshold != 0 && result.Worst() >= threshold {
		c.fail(exitFindings)
	}
	for _, finding := range result.Findings {
		if name := finding.Check.Name; name == source.KindUnreadable || name == source.KindInternalFailed {
			c.fail(exitFailed)
		}
	}
}

// parseThreshold reads --fail-on; zero means never.
func parseThreshold(s string) (lint.Severity, error) {
	if s == "never" {
		return 0, nil
	}
	severity, err := lint.ParseSeverity(s)
	if err != nil {
		return 0, fmt.Errorf("--fail-on: %w, or never", err)
	}
	return severity, nil
}

// output is one requested format with its file, empty for standard output.
type output struct {
	report.Format
	file string
}

func parseFormats(formats []string) ([]output, error) {
	var out []output
	files := map[string]bool{}
	for _, s := range formats {
		name, file, _ := strings.Cut(s, "=")
		format, err := report.ParseFormat(name)
		if err != nil {
			return nil, fmt.Errorf("--format: %w", err)
		}
		if files[file] {
			if file == "" {
				return nil, fmt.Errorf("--format: only one format can go to standard output; write FORMAT=FILE for the others")
			}
			return nil, fmt.Errorf("--format: two formats cannot go to one file, `%s`", file)
		}
		files[file] = true
		out = append(out, output{format, file})
	}
	return out, nil
}

func (c *cli) writeLint(o output, job *lintJob, result *lint.Result) error {
	options := job.report
	if o.file == "" && o.Name == "text" && job.nothing && len(result.Findings) == 0 {
		return nil // "No findings" would be the last word, below an error
	}
	if o.file == "" {
		options.Palette = c.palette()
		options.Hyperlinks = c.hyperlinks()
		if job.flags.statistics && o.Name == "text" {
			if err := report.Statistics(c.stdout, result); err != nil {
				return err
			}
			_, err := fmt.Fprintln(c.stdout, report.Summary(result, c.palette()))
			return err
		}
		return o.Write(c.stdout, result, options)
	}
	var b strings.Builder
	if err := o.Write(&b, result, options); err != nil {
		return err
	}
	if err := edit.WriteFile(o.file, []byte(b.String())); err != nil {
		return fmt.Errorf("--format %s=%s: %s", o.Name, o.file, reason(err))
	}
	return nil
}

// progress tells on a terminal how far a long run is, from its first second on.
func (c *cli) progress(start time.Time) func(done, of int) {
	if !c.terminal {
		return nil
	}
	return func(done, of int) {
		if time.Since(start) > time.Second {
			fmt.Fprintf(c.stderr, "\r\x1b[Klinting: %d of %d files", done, of)
			c.told = true
		}
	}
}

// clearProgress removes the line of progress.
func (c *cli) clearProgress() {
	if c.told {
		fmt.Fprint(c.stderr, "\r\x1b[K")
		c.told = false
	}
}

// hyperlinks reports whether standard output is a terminal that is known to follow links (OSC 8). FORCE_HYPERLINK decides otherwise.
func (c *cli) hyperlinks() bool {
	if !c.colour || c.noColour {
		return false
	}
	if force := os.Getenv("FORCE_HYPERLINK"); force != "" {
		return force != "0"
	}
	if os.Getenv("CI") != "" || os.Getenv("TMUX") != "" {
		return false
	}
	for _, variable := range []string{"WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "WEZTERM_PANE", "DOMTERM"} {
		if os.Getenv(variable) != "" {
			return true
		}
	}
	switch os.Getenv("TERM_PROGRAM") {
	case "iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper":
		return true
	}
	return os.Getenv("VTE_VERSION") >= "5000" && len(os.Getenv("VTE_VERSION")) == 4
}
