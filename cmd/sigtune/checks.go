package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint/checks"
)

func (c *cli) checksCommand() *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:   "checks",
		Short: "List the checks with severity and profiles",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch format {
			case "text":
				for _, check := range checks.All() {
					fmt.Fprintf(c.stdout, "%s  %-7s  %-32s  %-28s  %s\n", check.Code, check.Severity, check.Name, check.Profiles, check.Doc.Title)
				}
				return nil
			case "json":
				return c.checksJSON()
			}
			return fmt.Errorf("--format: `%s` is no format; write text or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "text or json")
	return cmd
}

func (c *cli) checksJSON() error {
	m := checksManual()
	return c.explainJSON(m, m.All)
}

func (c *cli) writeJSON(v any) error {
	encoder := json.NewEncoder(c.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
