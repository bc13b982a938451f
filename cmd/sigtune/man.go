package main

import (
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the man pages of all commands; packages ship them. It is hidden: people read `sigtune COMMAND --help`.
func (c *cli) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the man pages into a directory",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return failure{exitFailed, err}
			}
			date := builtAt()
			header := &doc.GenManHeader{Section: "1", Source: "sigtune " + releaseVersion(), Manual: "sigtune", Date: &date}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return failure{exitFailed, err}
			}
			return nil
		},
	}
}

// builtAt is the day that the pages carry: SOURCE_DATE_EPOCH or else the commit's, so that the same source makes the same pages.
func builtAt() time.Time {
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	if at, err := time.Parse(time.RFC3339, buildSetting("vcs.time")); err == nil {
		return at.UTC()
	}
	return time.Unix(0, 0).UTC()
}
