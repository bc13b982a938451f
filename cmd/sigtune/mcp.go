package main

import (
	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/cmd/mcp"
)

func (c *cli) mcpCommand() *cobra.Command {
	var root, configuration string
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Offer lint, explain, prove, tune, diff and convert to assistants (Model Context Protocol)",
		Long: "Speaks the Model Context Protocol on standard input and output. Tools take rule texts and only read; there is no network, and without --root no file\n" +
			"system. With --root calls may also name files below one directory; a path or a symbolic link that leaves it is refused. docs/mcp.md says how clients\n" +
			"are set up.",
		Example: "  sigtune mcp\n  sigtune mcp --root rules/ --config .sigtune.yml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			what, err := c.choose(configFlags{path: configuration, none: configuration == ""}, ".")
			if err != nil {
				return err
			}
			err = mcp.Serve(cmd.Context(), mcp.Options{Version: releaseVersion(), Today: c.now, Root: root, Config: what.config}, c.stdin, c.stdout)
			if err != nil {
				return failure{exitFailed, err}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&root, "root", "", "the directory `DIR` whose files calls may name")
	cmd.Flags().StringVar(&configuration, "config", "", "what your team decided about checks: a configuration `FILE`; none is looked for")
	return cmd
}
