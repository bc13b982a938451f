package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/cmd/lsp"
)

func (c *cli) lspCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor: findings while you type, fixes, hover, completion",
		Long: "Speaks the Language Server Protocol on standard input and output; an editor starts it. What a team decided is read from the nearest `.sigtune.yml` of " +
			"each file, as `sigtune lint` reads it.\n\n" +
			"Exit codes: 0 the editor shut the session down; 1 it left without.",
		Example: "  sigtune lsp",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			err := lsp.Serve(context.Background(), c.stdin, c.stdout, lsp.Options{Version: releaseVersion(), Now: c.now, Log: c.stderr, Expect: c.expect})
			if errors.Is(err, lsp.ErrNotShutDown) {
				return failure{exitFindings, err}
			}
			return err
		},
	}
	cmd.Flags().Bool("stdio", true, "standard input and output; the only transport, accepted because editors ask for it")
	return cmd
}
