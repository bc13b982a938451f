package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/config"
	"github.com/sigtune/sigtune/rules/source"
)

func (c *cli) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show or validate a configuration",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var f configFlags
	show := &cobra.Command{
		Use:   "show [PATH]",
		Short: "Show what holds for a path: the file, the checks that run, their severities",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := "."
			if len(args) == 1 {
				path = args[0]
			}
			return c.configShow(f, path)
		},
	}
	f.add(show.Flags())
	validate := &cobra.Command{
		Use:   "validate [FILE]",
		Short: "Check a configuration file (default: the nearest " + config.Name + ")",
		Args:  cobra.MaximumNArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return c.configValidate(args) },
	}
	schema := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of " + config.Name + ", for editors",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := c.stdout.Write(config.JSONSchema(checks.All()))
			return err
		},
	}
	cmd.AddCommand(show, validate, schema)
	return cmd
}

func (c *cli) configValidate(args []string) error {
	named := ""
	if len(args) == 1 {
		named = args[0]
	} else if config.Find(".") == "" {
		return fmt.Errorf("there is no %s here or above; name a file", config.Name)
	}
	read, problems := readConfig(named, ".", checks.All())
	file := read.File
	if len(problems) > 0 {
		return configError(file, problems)
	}
	for _, n := range read.Notes {
		pos := file.Pos(n.Span.Start)
		fmt.Fprintf(c.stdout, "%s:%d:%d: note: %s\n", file.Path, pos.Line, pos.Column, n.Message)
	}
	fmt.Fprintf(c.stdout, "%s is valid\n", file.Path)
	return nil
}

// configShow prints what lint would do to a path.
func (c *cli) configShow(f configFlags, path string) error {
	what, err := c.choose(f, path)
	if err != nil {
		return err
	}
	cfg := what.config
	adjust, err := cfg.Adjuster(what.all, c.now())
	if err != nil {
		return err
	}
	from := "none"
	if cfg.File != nil {
		from = cfg.File.Path
	}
	fmt.Fprintf(c.stdout, "configuration: %s\n", from)
	fmt.Fprintf(c.stdout, "profile: %s\n", what.profile)
	if cfg.Excluded(path) {
		fmt.Fprintf(c.stdout, "%s is not linted: `exclude` names it\n", path)
	}
	for _, row := range []struct {
		name   string
		values []string
	}{
		{"tag namespaces", cfg.Namespaces}, {"attributes", cfg.Attributes}, {"excluded files", cfg.Exclude}, {"not to be silenced by comments", cfg.Policy.Forbid},
	} {
		if len(row.values) > 0 {
			fmt.Fprintf(c.stdout, "%s: %s\n", row.name, strings.Join(row.values, ", "))
		}
	}
	if n := len(cfg.Exclusions); n > 0 {
		fmt.Fprintf(c.stdout, "exclusions of single rules: %d\n", n)
	}
	for _, check := range slices.Sorted(maps.Keys(cfg.Options)) {
		for _, option := range slices.Sorted(maps.Keys(cfg.Options[check])) {
			fmt.Fprintf(c.stdout, "option %s.%s: %v\n", check, option, cfg.Options[check][option])
		}
	}
	fmt.Fprintf(c.stdout, "checks for %s:\n", path)
	for _, check := range what.checks {
		probe := lint.Finding{Check: check, Severity: check.Severity, File: source.Bare(path, nil)}
		if !adjust(&probe) {
			continue
		}
		changed := ""
		if probe.Severity != check.Severity {
			changed = fmt.Sprintf("  (by default %s)", check.Severity)
		}
		fmt.Fprintf(c.stdout, "  %s  %-7s  %s%s\n", check.Code, probe.Severity, check.Name, changed)
	}
	return nil
}
