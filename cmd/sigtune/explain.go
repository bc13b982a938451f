package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/schema/nearest"
)

func (c *cli) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain CODE",
		Short:   "Explain a check: what, why, and a rule before and after",
		Example: "  sigtune explain SIG0704\n  sigtune explain weak-branch",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			all := checks.All()
			check := lint.Find(all, args[0])
			if check == nil {
				return unknownCheck(all, args[0])
			}
			c.explain(check)
			return nil
		},
	}
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

func (c *cli) explain(check *lint.Check) {
	p := c.palette()
	d := check.Doc
	fmt.Fprintf(c.stdout, "%s\n%s\n", p.Strong(check.Code+" "+check.Name), d.Title)
	fmt.Fprintf(c.stdout, "severity %s · family %s · profiles: %s\n", check.Severity, lint.Families[check.Family()], check.Profiles)
	for _, section := range []struct{ title, text string }{
		{"What it looks for", d.What}, {"Why it matters", d.Why}, {"How to fix it", d.Fix},
	} {
		if section.text != "" {
			fmt.Fprintf(c.stdout, "\n%s\n%s\n", p.Strong(section.title), section.text)
		}
	}
	for _, example := range []struct{ title, text string }{{"Bad", d.Bad}, {"Good", d.Good}} {
		if example.text != "" {
			fmt.Fprintf(c.stdout, "\n%s\n%s", p.Strong(example.title), indented(example.text))
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
