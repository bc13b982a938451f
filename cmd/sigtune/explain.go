package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/manual"
	"github.com/sigtune/sigtune/rules/nearest"
)

func (c *cli) explainCommand() *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:   "explain CODE",
		Short: "Explain a check: what, why, and a rule before and after",
		Long: "Explains a check. CODE is a code or a name of ours, or the id that pySigma, its SigmaHQ plugin, yamllint, rsigma or sigmalint has for " +
			"the same thing.",
		Example: "  sigtune explain SIG0704\n  sigtune explain weak-branch\n  sigtune explain dangling_detection",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m := checksManual()
			found := named(m.All, args[0])
			if len(found) == 0 {
				return unknownCheck(m.All, args[0])
			}
			switch format {
			case "text":
				for i, check := range found {
					if i > 0 {
						fmt.Fprintln(c.stdout)
					}
					c.explain(m, check)
				}
			case "markdown":
				for _, check := range found {
					fmt.Fprint(c.stdout, m.Page(check))
				}
			case "json":
				return c.explainJSON(m, found)
			default:
				return fmt.Errorf("--format: `%s` is no format; write text, markdown or json", format)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "text, markdown or json")
	return cmd
}

func checksManual() *manual.Manual {
	return &manual.Manual{All: checks.All(), Reporters: checks.Reporters()}
}

// named are the checks that a word means: one of ours, or those that cover what another tool calls so.
func named(all []*lint.Check, word string) []*lint.Check {
	if check := lint.Find(all, word); check != nil {
		return []*lint.Check{check}
	}
	var out []*lint.Check
	for _, p := range lint.FindPeers("", word) {
		for _, code := range p.Codes {
			if check := lint.Find(all, code); check != nil && !slices.Contains(out, check) {
				out = append(out, check)
			}
		}
	}
	return out
}

func (c *cli) explainJSON(m *manual.Manual, found []*lint.Check) error {
	out := struct {
		Schema string         `json:"schema"`
		Checks []manual.Entry `json:"checks"`
	}{Schema: "sigtune.checks/1"}
	for _, check := range found {
		out.Checks = append(out.Checks, m.Entry(check))
	}
	return c.writeJSON(out)
}

func unknownCheck(all []*lint.Check, word string) error {
	var names []string
	for _, check := range all {
		names = append(names, check.Name, check.Code)
	}
	if best := nearest.Of(word, names, nearest.Suggestions); len(best) > 0 {
		return fmt.Errorf("`%s` is no check; did you mean %s?", word, strings.Join(best, ", "))
	}
	return fmt.Errorf("`%s` is no check; `sigtune checks` lists them", word)
}

func (c *cli) explain(m *manual.Manual, check *lint.Check) {
	p := c.palette()
	d := check.Doc
	e := m.Entry(check)
	fmt.Fprintf(c.stdout, "%s\n%s\n", p.Strong(check.Code+" "+check.Name), d.Title)
	fmt.Fprintf(c.stdout, "severity %s · family %s · profiles: %s · fix: %s\n", check.Severity, e.Family, check.Profiles, e.Fix)
	for _, section := range []struct{ title, text string }{
		{"What it looks for", d.What}, {"Why it matters", d.Why}, {"What it assumes", d.Assumes}, {"How to fix it", d.Fix},
	} {
		if section.text != "" {
			fmt.Fprintf(c.stdout, "\n%s\n%s\n", p.Strong(section.title), section.text)
		}
	}
	for _, example := range []struct{ title, text string }{{"Before", d.Before}, {"Bad", d.Bad}, {"Good", d.Good}} {
		if example.text != "" {
			fmt.Fprintf(c.stdout, "\n%s\n%s", p.Strong(example.title), indented(example.text))
		}
	}
	for _, o := range e.Options {
		fmt.Fprintf(c.stdout, "\n%s %s: %s (default %v)\n", p.Strong("Option"), o.Name, o.Meaning, o.Default)
	}
	if len(e.Maps) > 0 {
		var names []string
		for _, peer := range e.Maps {
			names = append(names, peer.Tool+" "+peer.ID)
		}
		fmt.Fprintf(c.stdout, "\n%s\n%s\n", p.Strong("Other tools call it"), strings.Join(names, ", "))
		for _, peer := range e.Maps {
			if peer.Note != "" {
				fmt.Fprintf(c.stdout, "%s differs: %s\n", peer.ID, peer.Note)
			}
		}
	}
}

func indented(text string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(strings.TrimSuffix(text, "\n")+"\n", "\n") {
		if line != "" {
			b.WriteString("    " + line)
		}
	}
	return b.String()
}
