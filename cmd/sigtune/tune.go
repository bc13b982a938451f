package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/report"
)

// tuneFlags are the flags of `sigtune tune`.
type tuneFlags struct {
	scenarios    []string
	scenarioFile []string
	format       string
	as           string
	env          string
	envTemplate  bool
	interactive  bool
	log          string
	diff         bool
	write        bool
	output       string
	beside       []string
	config       string
	noConfig     bool
	events       eventFlags
}

func (c *cli) tuneCommand() *cobra.Command {
	var f tuneFlags
	cmd := &cobra.Command{
		Use:   "tune RULE or DOCUMENT",
		Short: "Turn documented false positives into filters, each with its proof",
		Long: "Reads a rule, or a hunting page that holds one, and judges every false-positive scenario: is a filter possible, what does it hide, how would an attacker\n" +
			"use it, and what stays detected. Scenarios come from --scenario, from --scenarios, from the page, or from the rule's own `falsepositives`.",
		Example: "  sigtune tune page.txt\n  sigtune tune rule.yml --scenario 'netstat started by monit' --diff\n  sigtune tune rule.yml --scenarios notes.txt --write\n" +
			"  sigtune tune page.txt --env-template > site.yml     # fill it in, then\n  sigtune tune page.txt --env site.yml --as sigma-filter -o filter.yml\n" +
			"  sigtune tune page.txt --format html > page.html",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.tune(f, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.scenarios, "scenario", nil, "a scenario in words; repeatable")
	flags.StringArrayVar(&f.scenarioFile, "scenarios", nil, "a file of scenarios in words; repeatable")
	flags.StringVar(&f.format, "format", "text", tuneFormatNames)
	flags.StringVar(&f.as, "as", string(tuning.Inline), "how exclusions are written: inline (a block in the rule) or sigma-filter (a Sigma filter document beside it)")
	flags.StringVar(&f.env, "env", "", "a YAML `FILE` with your site's values for placeholders, name: [value, …]")
	flags.BoolVar(&f.envTemplate, "env-template", false, "print the file for --env, with the names to fill in, and nothing else")
	flags.BoolVar(&f.interactive, "interactive", false, "go through the scenarios on the terminal and choose")
	flags.StringVar(&f.log, "log", "", "with --interactive: write the decisions to this file, one JSON object a line")
	flags.BoolVar(&f.diff, "diff", false, "print the change of the rule as a unified diff, and nothing else")
	flags.BoolVar(&f.write, "write", false, "write the tuned rule back to the rule file")
	flags.StringArrayVar(&f.beside, "rules", nil, "other rules, a file or a directory: those that fire on a scenario on which this one never does are named; repeatable")
	flags.StringVar(&f.config, "config", "", "configuration file; what it says of fields holds (default: the nearest "+config.Name+" upwards)")
	flags.BoolVar(&f.noConfig, "no-config", false, "read no configuration file")
	flags.StringVarP(&f.output, "output", "o", "", "write the tuned rule, or with --as sigma-filter the filter documents, to this file")
	f.events.add(flags)
	return cmd
}

// tuneFormats print a result; the first is that of people at a terminal.
var tuneFormats = []struct {
	name  string
	print func(io.Writer, *tuning.Result, report.Palette) error
}{
	{"text", report.Text},
	{"json", func(w io.Writer, r *tuning.Result, _ report.Palette) error { return report.JSON(w, r) }},
	{"markdown", func(w io.Writer, r *tuning.Result, _ report.Palette) error { return report.Markdown(w, r) }},
	{"html", func(w io.Writer, r *tuning.Result, _ report.Palette) error { return report.HTML(w, r) }},
}

const tuneFormatNames = "text, json, markdown or html"

// printer finds how to print, or nil.
func (f tuneFlags) printer() func(io.Writer, *tuning.Result, report.Palette) error {
	for _, known := range tuneFormats {
		if known.name == f.format {
			return known.print
		}
	}
	return nil
}

// check refuses flags that do not fit together.
func (f tuneFlags) check(path string) error {
	switch {
	case f.printer() == nil:
		return fmt.Errorf("--format: `%s` is no format; write %s", f.format, tuneFormatNames)
	case !slices.Contains(tuning.Forms(), tuning.Form(f.as)):
		return fmt.Errorf("--as: `%s` is no form; write inline or sigma-filter", f.as)
	case f.write && f.as == string(tuning.SigmaFilter):
		return fmt.Errorf("--write: a filter document is a file of its own and leaves the rule as it is; name the file with --output")
	case f.write && path == "-" && f.output == "":
		return fmt.Errorf("--write: standard input cannot be written back; name a file with --output")
	case f.log != "" && !f.interactive:
		return fmt.Errorf("--log: there are decisions to write down with --interactive only")
	case f.interactive && (f.format != "text" || f.diff || f.envTemplate):
		return fmt.Errorf("--interactive talks to you; it cannot be joined with --format, --diff or --env-template")
	}
	return nil
}

func (c *cli) tune(f tuneFlags, path string) error {
	if err := errors.Join(f.check(path), f.events.check()); err != nil {
		return err
	}
	if f.events.given() && isDirectory(path) {
		return c.tuneMany(f, path)
	}
	if f.interactive {
		if err := c.needsTerminal(); err != nil {
			return err
		}
	}
	text, err := c.readInput(path)
	if err != nil {
		return err
	}
	in := tuning.Input{Path: path, Text: text, Scenarios: f.scenarios, Today: c.now(), As: tuning.Form(f.as), GivenOnly: f.events.given()}
	if err := c.readTuneFiles(f, &in); err != nil {
		return err
	}
	results, err := tuning.TuneAll(in)
	if e := (*tuning.InputError)(nil); errors.As(err, &e) {
		return failure{exitFailed, err}
	} else if err != nil {
		return err
	}
	miner, err := c.mineEvents(&f.events, results)
	if err != nil {
		return err
	}
	for _, note := range in.Environment.Unused(results) {
		c.complain("note: %s", note)
	}
	switch {
	case f.write && results[0].Document != nil && f.output == "":
		return fmt.Errorf("--write: %s is a page, not a rule file; name a file for the tuned rule with --output", path)
	case len(results) > 1 && (f.interactive || f.format == "html"):
		return fmt.Errorf("%s holds %d rules; --interactive and --format html are for files with one", path, len(results))
	}
	switch {
	case f.events.store.impact != "":
		return c.printImpact(f, results)
	case f.envTemplate:
		_, err := fmt.Fprint(c.stdout, tuning.EnvironmentTemplate(results...))
		return err
	case f.interactive:
		if proceed, err := c.walk(f, results[0]); err != nil || !proceed {
			return err
		}
	default:
		if err := c.printTune(f, text, results); err != nil {
			return failure{exitFailed, err}
		}
	}
	if err := c.applyTune(f, path, text, results); err != nil {
		return err
	}
	return c.emitTests(f, miner, f.events.emit, path, results[0])
}

// readTuneFiles reads the files that flags name.
func (c *cli) readTuneFiles(f tuneFlags, in *tuning.Input) error {
	for _, name := range f.scenarioFile {
		more, _, err := c.readText(name)
		if err != nil {
			return err
		}
		if err := tuning.CheckScenarios(name, more); err != nil {
			return failure{exitFailed, err}
		}
		in.Pages = append(in.Pages, more)
	}
	site, err := c.choose(configFlags{path: f.config, none: f.noConfig}, in.Path)
	if err != nil {
		return err
	}
	var facts lint.Facts
	site.config.Facts(&facts)
	in.Domains = facts.Domains
	if in.Beside, err = besideRules(f.beside); err != nil {
		return err
	}
	if f.env == "" {
		return nil
	}
	text, err := c.readInput(f.env)
	if err != nil {
		return err
	}
	if in.Environment, err = tuning.ReadEnvironment(f.env, []byte(text)); err != nil {
		return failure{exitFailed, err}
	}
	return nil
}

// besideRules reads the rules of files and directories. What is no rule there is passed over: linting them is another command.
func besideRules(paths []string) ([]*rules.Rule, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	files, problems := lint.Walk(paths)
	for _, p := range problems {
		return nil, failure{exitFailed, fmt.Errorf("--rules: %w", p)}
	}
	var found []*rules.Rule
	for _, path := range files {
		documents, _ := rules.Parse(source.Load(path, source.Limits{}))
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok {
				found = append(found, r)
			}
		}
	}
	return found, nil
}

// applyTune writes what was found where the flags say.
func (c *cli) applyTune(f tuneFlags, path, text string, results []*tuning.Result) error {
	tuned := tunedText(results)
	if tuned == "" {
		c.fail(exitFindings)
		return nil
	}
	switch {
	case f.output != "":
		return c.save(f.output, tuned)
	case !f.write:
		return nil
	}
	if now, err := c.readInput(path); err != nil {
		return err
	} else if now != text {
		return failure{exitFailed, fmt.Errorf("%s was changed by somebody else meanwhile and is left as it is now; run again", path)}
	}
	return c.save(path, tuned)
}

func (c *cli) save(path, text string) error {
	if err := edit.WriteFile(path, []byte(text)); err != nil {
		return failure{exitFailed, fmt.Errorf("%s was not changed: %s", path, reason(err))}
	}
	fmt.Fprintf(c.stderr, "wrote %s\n", path)
	return nil
}

// printTune prints the results one after the other: as JSON each is an object of its own.
func (c *cli) printTune(f tuneFlags, text string, results []*tuning.Result) error {
	if !f.diff {
		for k, result := range results {
			if k > 0 && f.format != "json" {
				fmt.Fprintln(c.stdout)
			}
			if err := f.printer()(c.stdout, result, c.palette()); err != nil {
				return err
			}
		}
		return nil
	}
	diff := tuneDiff(f, text, results)
	if diff == "" {
		c.complain("nothing safe to propose; run without --diff for the reasons")
		return nil
	}
	_, err := fmt.Fprint(c.stdout, colourDiff(diff, c.palette()))
	return err
}

// tunedText is what was made of the input: the rule file with its filters, or the filter documents. It is empty when nothing was.
func tunedText(results []*tuning.Result) string {
	if results[0].As != tuning.SigmaFilter {
		return tuning.Tuned(results)
	}
	var documents []string
	for _, r := range results {
		if r.FilterDocument != "" {
			documents = append(documents, r.FilterDocument)
		}
	}
	return strings.Join(documents, "---\n")
}

// tuneDiff is the change as a unified diff: of the rule, or a new file of filters. It is empty when there is none.
func tuneDiff(f tuneFlags, text string, results []*tuning.Result) string {
	after := tunedText(results)
	if after == "" {
		return ""
	}
	if results[0].As == tuning.SigmaFilter {
		name := "filter.yml"
		if f.output != "" {
			name = filepath.ToSlash(f.output)
		}
		return edit.Diff(name, name, nil, []byte(after))
	}
	if results[0].Document != nil {
		text = results[0].RuleText // the rule of the page
	}
	name := diffName(results[0])
	return edit.Diff(name, name, []byte(text), []byte(after))
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
