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
	type row struct {
		Code     string `json:"code"`
		Name     string `json:"name"`
		Severity string `json:"severity"`
		Profiles string `json:"profiles"`
		Title    string `json:"title"`
		What     string `json:"what"`
		Why      string `json:"why"`
	}
	out := struct {
		Schema string `json:"schema"`
		Checks []row  `json:"checks"`
	}{Schema: "sigtune.checks/1"}
	for _, check := range checks.All() {
		out.Checks = append(out.Checks, row{
			check.Code, check.Name, check.Severity.String(), check.Profiles.String(), check.Doc.Title, check.Doc.What, check.Doc.Why,
		})
	}
	encoder := json.NewEncoder(c.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
