package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// lintFlags are the flags of `sigtune lint`.
type lintFlags struct {
	formats       []string
	profile       string
	selected      []string
	ignored       []string
	failOn        string
	jobs          int
	statistics    bool
	stdinFilename string
}

func (c *cli) lintCommand() *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Validate and lint rules, correlations and filters",
		Long: "Validates and lints files, directories (.yml and .yaml below them) or, with `-`, standard input. Without a path the current directory.\n\n" +
			"A bad file never stops the run: it is a finding, and the other files are still linted.",
		Example: "  sigtune lint rules/\n  sigtune lint --fail-on warning --format json rule.yml\n  cat rule.yml | sigtune lint - --stdin-filename rule.yml",
		RunE:    func(_ *cobra.Command, args []string) error { return c.lint(f, args) },
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.formats, "format", []string{"text"}, "text or json; as FORMAT=FILE into a file; repeatable")
	flags.StringVar(&f.profile, "profile", "recommended", "recommended, sigmahq or strict")
	flags.StringSliceVar(&f.selected, "select", nil, "also run these checks: codes, names, families, or ALL")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not run these checks: codes, names or families")
	flags.StringVar(&f.failOn, "fail-on", "error", "lowest severity that gives exit code 1: error, warning, info or never")
	flags.IntVar(&f.jobs, "jobs", 0, "files in parallel (default: one per processor)")
	flags.BoolVar(&f.statistics, "statistics", false, "count findings per check instead of printing them")
	flags.StringVar(&f.stdinFilename, "stdin-filename", "<stdin>", "the name that findings about standard input carry")
	return cmd
}

func (c *cli) lint(f lintFlags, args []string) error {
	threshold, err := parseThreshold(f.failOn)
	if err != nil {
		return err
	}
	profile, err := lint.ParseProfile(f.profile)
	if err != nil {
		return err
	}
	chosen, err := lint.Selection{Profile: profile, Select: f.selected, Ignore: f.ignored}.Apply(checks.All())
	if err != nil {
		return err
	}
	outputs, err := parseFormats(f.formats)
	if err != nil {
		return err
	}
	engine := lint.Engine{Checks: chosen, Reporters: checks.Reporters(), Facts: lint.Facts{Today: c.now()}, Jobs: f.jobs}
	result, err := c.lintInputs(engine, f, args)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		if err := c.writeLint(o, f.statistics, result); err != nil {
			return failure{exitFailed, err}
		}
	}
	c.lintCode(result, threshold)
	return nil
}

// lintInputs runs the engine over standard input or over the files behind the arguments.
func (c *cli) lintInputs(engine lint.Engine, f lintFlags, args []string) (*lint.Result, error) {
	for _, a := range args {
		if a == "-" && len(args) > 1 {
			return nil, fmt.Errorf("`-` (standard input) cannot be combined with other paths")
		}
	}
	if len(args) == 1 && args[0] == "-" {
		return engine.Files(source.Read(f.stdinFilename, c.stdin, engine.Limits)), nil
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	files, problems := lint.Walk(args)
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitFailed)
	}
	return engine.Paths(files), nil
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
type output struct{ format, file string }

// lintFormats are the renderings of lint results.
var lintFormats = map[string]func(io.Writer, *lint.Result, report.Palette) error{
	"text": report.Text,
	"json": func(w io.Writer, r *lint.Result, _ report.Palette) error { return report.JSON(w, r) },
}

func parseFormats(formats []string) ([]output, error) {
	var out []output
	toStdout := 0
	for _, s := range formats {
		format, file, _ := strings.Cut(s, "=")
		if lintFormats[format] == nil {
			return nil, fmt.Errorf("--format: `%s` is no format; write text or json", format)
		}
		if file == "" {
			toStdout++
		}
		out = append(out, output{format, file})
	}
	if toStdout > 1 {
		return nil, fmt.Errorf("--format: only one format can go to standard output; write FORMAT=FILE for the others")
	}
	return out, nil
}

func (c *cli) writeLint(o output, statistics bool, result *lint.Result) error {
	if o.file == "" {
		if statistics && o.format == "text" {
			if err := report.Statistics(c.stdout, result); err != nil {
				return err
			}
			_, err := fmt.Fprintln(c.stdout, report.Summary(result, c.palette()))
			return err
		}
		return lintFormats[o.format](c.stdout, result, c.palette())
	}
	var b strings.Builder
	if err := lintFormats[o.format](&b, result, report.Palette{}); err != nil {
		return err
	}
	if err := edit.WriteFile(o.file, []byte(b.String())); err != nil {
		return fmt.Errorf("--format %s=%s: %s", o.format, o.file, reason(err))
	}
	return nil
}
