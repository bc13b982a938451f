package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/source"
)

// targets of `sigtune convert --to`.
var targets = map[string]kql.Dialect{"kql-asim": kql.ASIM, "kql-xdr": kql.XDR}

func (c *cli) convertCommand() *cobra.Command {
	var to string
	var parity bool
	cmd := &cobra.Command{
		Use:   "convert RULE --to kql-asim",
		Short: "Preview a rule as a Microsoft Sentinel (ASIM) or Defender XDR query",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dialect, ok := targets[to]
			if !ok {
				return fmt.Errorf("--to: `%s` is no target; write kql-asim or kql-xdr", to)
			}
			return c.convert(args[0], kql.Options{Dialect: dialect, Parity: parity})
		},
	}
	cmd.Flags().StringVar(&to, "to", "kql-asim", "kql-asim (Microsoft Sentinel) or kql-xdr (Defender XDR)")
	cmd.Flags().BoolVar(&parity, "parity", false, "exactly what pySigma's Kusto backend writes, its defects included")
	return cmd
}

func (c *cli) convert(path string, options kql.Options) error {
	text, err := c.readInput(path)
	if err != nil {
		return err
	}
	file := source.Parse(path, []byte(text), source.Limits{})
	c.complainBroken(file)
	documents, _ := rules.Parse(file)
	converted := 0
	for _, d := range documents {
		rule, ok := d.(*rules.Rule)
		if !ok {
			continue
		}
		queries, notes, err := kql.Translate(rule, options)
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				c.complain("%s", line) // each with its place
			}
			c.fail(exitFailed)
			continue
		}
		for _, q := range queries {
			if converted > 0 {
				fmt.Fprintln(c.stdout)
			}
			converted++
			fmt.Fprintln(c.stdout, q.Text)
		}
		for _, n := range notes {
			pos := file.Pos(n.Span.Start)
			c.complain("%s:%d:%d: %s", path, pos.Line, pos.Column, n.Message)
		}
	}
	if converted == 0 && c.code == 0 {
		return failure{exitFailed, fmt.Errorf("%s: no detection rule to convert", path)}
	}
	return nil
}
