package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// matchFlags are the flags of `sigtune match`.
type matchFlags struct {
	events  string
	explain bool
	format  string
}

func (c *cli) matchCommand() *cobra.Command {
	var f matchFlags
	cmd := &cobra.Command{
		Use:   "match RULE…",
		Short: "Say which events a rule matches, and with --explain why",
		Long: "Evaluates rules on events: one JSON object a line, field names as in the rule's taxonomy. Rules whose meaning is not certain are refused, never answered\n" +
			"with yes or no.",
		Example: "  sigtune match rule.yml --events events.ndjson\n  sigtune match rules/ --events - --explain < one-event.json",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return c.match(f, args) },
	}
	cmd.Flags().StringVar(&f.events, "events", "", "file of events, or - for standard input (required)")
	cmd.Flags().BoolVar(&f.explain, "explain", false, "show for each test why it held or did not")
	cmd.Flags().StringVar(&f.format, "format", "text", "text or json (one object a line)")
	if err := cmd.MarkFlagRequired("events"); err != nil {
		panic(err)
	}
	return cmd
}

// compiled is a rule ready to match.
type compiled struct {
	path    string
	rule    *rules.Rule
	matcher *match.Matcher
}

func (c *cli) match(f matchFlags, paths []string) error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("--format: `%s` is no format; write text or json", f.format)
	}
	matchers := c.compile(paths)
	if len(matchers) == 0 {
		return failure{exitFailed, fmt.Errorf("no rule to evaluate")}
	}
	events := c.stdin
	if f.events != "-" {
		file, err := os.Open(f.events)
		if err != nil {
			return failure{exitFailed, fmt.Errorf("%s: %s", f.events, pathReason(err))}
		}
		defer file.Close()
		events = file
	}
	return c.matchEvents(f, matchers, events)
}

// compile reads every rule behind the paths. What cannot be evaluated is said and left out.
func (c *cli) compile(paths []string) []compiled {
	files, problems := lint.Walk(paths)
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitUsage)
	}
	var out []compiled
	for _, path := range files {
		file := source.Load(path, source.Limits{})
		for _, p := range file.Problems {
			pos := file.Pos(p.Span.Start)
			c.complain("%s:%d:%d: %s", path, pos.Line, pos.Column, p.Message)
			c.fail(exitFailed)
		}
		documents, _ := rules.Parse(file)
		for _, d := range documents {
			rule, ok := d.(*rules.Rule)
			if !ok {
				continue
			}
			m, err := match.Compile(rule)
			if err != nil {
				c.complain("%s: %v", path, err)
				c.fail(exitFailed)
				continue
			}
			out = append(out, compiled{path, rule, m})
		}
	}
	return out
}

// matched is one hit in JSON.
type matched struct {
	Schema string `json:"schema"`
	Event  int    `json:"event"` // 1-based, in the order of the input
	Path   string `json:"path"`
	RuleID string `json:"rule_id"`
	Title  string `json:"title"`
}

func (c *cli) matchEvents(f matchFlags, matchers []compiled, events io.Reader) error {
	reader := bufio.NewReader(events)
	number, hits := 0, 0
	for {
		line, err := reader.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			number++
			event, bad := match.ParseEvent(line)
			if bad != nil {
				c.complain("event %d: %v", number, bad)
				c.fail(exitFailed)
			} else {
				hits += c.matchEvent(f, matchers, number, event)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return failure{exitFailed, fmt.Errorf("%s: %s", f.events, pathReason(err))}
		}
	}
	if f.format == "text" {
		fmt.Fprintf(c.stdout, "%d matches of %d rules on %d events\n", hits, len(matchers), number)
	}
	return nil
}

func (c *cli) matchEvent(f matchFlags, matchers []compiled, number int, event *match.Event) (hits int) {
	for _, m := range matchers {
		held := m.matcher.Match(event)
		if held {
			hits++
		}
		switch {
		case f.format == "json" && held:
			line, err := json.Marshal(matched{"sigtune.match/1", number, m.path, m.rule.ID.Value, m.rule.Title.Value})
			if err == nil {
				fmt.Fprintf(c.stdout, "%s\n", line)
			}
		case f.format == "text" && (held || f.explain):
			verdict := c.palette().Good("match")
			if !held {
				verdict = c.palette().Dim("no match")
			}
			fmt.Fprintf(c.stdout, "event %d: %s  %s (%s)\n", number, verdict, source.Visible(m.rule.Title.Value), m.path)
			if f.explain {
				c.printResult(m.matcher.Explain(event), 1)
			}
		}
	}
	return hits
}

// printResult prints an explanation as a tree.
func (c *cli) printResult(r *match.Result, depth int) {
	mark := c.palette().Good("✓")
	if !r.Matched {
		mark = c.palette().Bad("✗")
	}
	line := strings.Repeat("  ", depth) + mark + " " + source.Visible(r.Label)
	if r.Reason != "" {
		line += c.palette().Dim(": " + r.Reason)
	}
	fmt.Fprintln(c.stdout, line)
	for _, p := range r.Parts {
		c.printResult(p, depth+1)
	}
}
