package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/proof"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// proveFlags are the flags of `sigtune prove`.
type proveFlags struct {
	against   string
	witnesses bool
	format    string
}

func (c *cli) proveCommand() *cobra.Command {
	var f proveFlags
	cmd := &cobra.Command{
		Use:   "prove RULE…",
		Short: "Prove what a rule can and cannot match, with events",
		Long: "Says of each rule whether any event can match it, with such an event or the proof that there is none, and which of its parts are dead. With --against it\n" +
			"says how the events of the rule lie to those of another: equivalent, inside, around, disjoint or overlapping, with an event for whatever is not so.\n\n" +
			"Exit codes: 0 nothing is wrong; 1 something can never match, or changes nothing; 2 bad usage; 3 something could not be read or decided.",
		Example: "  sigtune prove rule.yml\n  sigtune prove rule.yml --witnesses --format json\n  sigtune prove narrow.yml --against wide.yml",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return c.prove(f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.against, "against", "", "the rule to compare with")
	flags.BoolVar(&f.witnesses, "witnesses", false, "also give an event for every value that the rule looks for")
	flags.StringVar(&f.format, "format", "text", "text or json")
	return cmd
}

// proofFormats are the renderings of what was proved.
var proofFormats = map[string]func(io.Writer, []proof.Rule, proof.Palette) error{
	"text": proof.Text,
	"json": func(w io.Writer, list []proof.Rule, _ proof.Palette) error { return proof.JSON(w, list) },
}

// proofOptions is what is assumed about the events of a rule. Every answer names the assumptions it used.
func proofOptions(*rules.Rule) logic.Options { return logic.Options{} }

func (c *cli) prove(f proveFlags, args []string) error {
	write := proofFormats[f.format]
	if write == nil {
		return fmt.Errorf("--format: `%s` is no format; write text or json", f.format)
	}
	options := proof.Options{Witnesses: f.witnesses}
	if f.against != "" {
		other, err := c.onlyRule(f.against)
		if err != nil {
			return err
		}
		options.Against = other
	}
	files, problems := lint.Walk(args)
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitFailed)
	}
	var list []proof.Rule
	for _, path := range files {
		file := source.Load(path, source.Limits{})
		c.complainBroken(file)
		list = append(list, proof.Examine(file, options)...)
	}
	if len(list) == 0 {
		return failure{exitFailed, errors.New("no rule to prove anything about")}
	}
	if err := write(c.stdout, list, c.palette()); err != nil {
		return failure{exitFailed, err}
	}
	for i := range list {
		if list[i].Proved() {
			c.fail(exitFindings)
		}
		if list[i].Undecided() {
			c.fail(exitFailed)
		}
	}
	return nil
}

// onlyRule is the one rule of a file.
func (c *cli) onlyRule(path string) (*rules.Rule, error) {
	file := source.Load(path, source.Limits{})
	c.complainBroken(file)
	documents, _ := rules.Parse(file)
	var found []*rules.Rule
	for _, d := range documents {
		if r, ok := d.(*rules.Rule); ok {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return nil, failure{exitFailed, fmt.Errorf("%s: holds %s; --against takes a file with one rule", path, count(len(found), "rule", "rules"))}
	}
	return found[0], nil
}
