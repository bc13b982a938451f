package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/rules/recover"
	"github.com/sigtune/sigtune/tuning/scenario"
)

func (c *cli) recoverCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "recover FILE",
		Short: "Put back the indentation that a web page took from a rule",
		Long: "Reads a rule whose indentation is lost, or a page that holds one, and prints it as well-formed YAML. Comments and quotes stay byte for byte.\n" +
			"Where the text leaves a choice the likeliest reading is printed, and the choice is named on standard error.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.recover(args[0]) },
	}
}

func (c *cli) recover(path string) error {
	text, page, err := c.readText(path)
	if err != nil {
		return err
	}
	start := 0
	if rule := scenario.Read(text).Rule; !rule.Empty() {
		text, start = rule.Text, rule.Span.Start
	}
	r := recover.Rule(text)
	if r.Err != nil {
		if bad, ok := r.Err.(*recover.Error); ok {
			pos := page.Pos(start + bad.Span.Start)
			return failure{exitFailed, fmt.Errorf("%s:%d:%d: %s", path, pos.Line, pos.Column, bad.Message)}
		}
		return failure{exitFailed, fmt.Errorf("%s: %w", path, r.Err)}
	}
	fmt.Fprintln(c.stdout, strings.TrimSuffix(r.Text, "\n"))
	for _, n := range r.Notes {
		pos := page.Pos(start + n.Span.Start)
		c.complain("%s:%d:%d: %s", path, pos.Line, pos.Column, n.Message)
	}
	return nil
}
