package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/report"
)

// tuneFlags are the flags of `sigtune tune`.
type tuneFlags struct {
	scenarios    []string
	scenarioFile []string
	format       string
	diff         bool
	write        bool
	output       string
}

func (c *cli) tuneCommand() *cobra.Command {
	var f tuneFlags
	cmd := &cobra.Command{
		Use:   "tune RULE or DOCUMENT",
		Short: "Turn documented false positives into filters, each with its proof",
		Long: "Reads a rule, or a hunting page that holds one, and judges every false-positive scenario: is a filter possible, what does it hide, how would an attacker\n" +
			"use it, and what stays detected. Scenarios come from --scenario, from --scenarios, from the page, or from the rule's own `falsepositives`.",
		Example: "  sigtune tune page.txt\n  sigtune tune rule.yml --scenario 'netstat started by monit' --diff\n  sigtune tune rule.yml --scenarios notes.txt --write",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return c.tune(f, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.scenarios, "scenario", nil, "a scenario in words; repeatable")
	flags.StringArrayVar(&f.scenarioFile, "scenarios", nil, "a file of scenarios in words; repeatable")
	flags.StringVar(&f.format, "format", "text", "text or json")
	flags.BoolVar(&f.diff, "diff", false, "print the change of the rule as a unified diff, and nothing else")
	flags.BoolVar(&f.write, "write", false, "write the tuned rule back to the rule file")
	flags.StringVarP(&f.output, "output", "o", "", "write the tuned rule to this file")
	return cmd
}

func (c *cli) tune(f tuneFlags, path string) error {
	switch {
	case f.format != "text" && f.format != "json":
		return fmt.Errorf("--format: `%s` is no format; write text or json", f.format)
	case f.write && path == "-" && f.output == "":
		return fmt.Errorf("--write: standard input cannot be written back; name a file with --output")
	}
	text, err := c.readInput(path)
	if err != nil {
		return err
	}
	in := tuning.Input{Path: path, Text: text, Scenarios: f.scenarios, Today: c.now()}
	for _, name := range f.scenarioFile {
		more, _, err := c.readText(name)
		if err != nil {
			return err
		}
		in.Scenarios = append(in.Scenarios, more)
	}
	result, err := tuning.Tune(in)
	if e := (*tuning.InputError)(nil); errors.As(err, &e) {
		return failure{exitFailed, err}
	} else if err != nil {
		return err
	}
	if f.write && result.Document != nil && f.output == "" {
		return fmt.Errorf("--write: %s is a page, not a rule file; name a file for the tuned rule with --output", path)
	}
	if err := c.printTune(f, result); err != nil {
		return failure{exitFailed, err}
	}
	if !result.Recommended() {
		c.fail(exitFindings)
		return nil
	}
	if !f.write && f.output == "" {
		return nil
	}
	if f.output != "" {
		return c.save(f.output, result.RuleAfter)
	}
	if now, err := c.readInput(path); err != nil {
		return err
	} else if now != text {
		return failure{exitFailed, fmt.Errorf("%s was changed by somebody else meanwhile and is left as it is now; run again", path)}
	}
	return c.save(path, result.RuleAfter)
}

func (c *cli) save(path, text string) error {
	if err := edit.WriteFile(path, []byte(text)); err != nil {
		return failure{exitFailed, fmt.Errorf("%s was not changed: %s", path, reason(err))}
	}
	fmt.Fprintf(c.stderr, "wrote %s\n", path)
	return nil
}

func (c *cli) printTune(f tuneFlags, result *tuning.Result) error {
	switch {
	case f.diff:
		if result.Recommended() {
			name := diffName(result)
			_, err := fmt.Fprint(c.stdout, colourDiff(edit.Diff(name, name, []byte(result.RuleText), []byte(result.RuleAfter)), c.palette()))
			return err
		}
		c.complain("nothing safe to propose; run without --diff for the reasons")
		return nil
	case f.format == "json":
		return report.JSON(c.stdout, result)
	}
	return report.Text(c.stdout, result, c.palette())
}

// diffName is the file a diff is about: the rule file, or a name for the rule of a page.
func diffName(r *tuning.Result) string {
	if r.Document == nil {
		return filepath.ToSlash(r.Path)
	}
	return "rule.yml"
}

func colourDiff(diff string, p report.Palette) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(diff, "\n") {
		text := strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"):
			text = p.Strong(text)
		case strings.HasPrefix(text, "+"):
			text = p.Good(text)
		case strings.HasPrefix(text, "-"):
			text = p.Bad(text)
		case strings.HasPrefix(text, "@@"):
			text = p.Note(text)
		}
		b.WriteString(text)
		if strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
