package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
		file, err := openFile(f.events)
		if err != nil {
			return err
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
		c.fail(exitFailed)
	}
	var out []compiled
	for _, path := range files {
		file := source.Load(path, source.Limits{})
		c.complainBroken(file)
		documents, _ := rules.Parse(file)
		for _, d := range documents {
			rule, ok := d.(*rules.Rule)
			if !ok {
				continue
			}
			m, err := match.Compile(rule)
			if err != nil {
				pos := file.Pos(whatIsWrong(rule).Start)
				c.complain("%s:%d:%d: %v; `sigtune lint` shows what to repair", path, pos.Line, pos.Column, err)
				c.fail(exitFailed)
				continue
			}
			out = append(out, compiled{path, rule, m})
		}
	}
	return out
}

// whatIsWrong is the place of the first problem of a rule, else where the rule begins.
func whatIsWrong(rule *rules.Rule) source.Span {
	if len(rule.Problems) > 0 {
		return rule.Problems[0].Span
	}
	return rule.Anchor()
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
	lines := newLineReader(events)
	number, hits, bad := 0, 0, 0
	complain := func(line int, err error) {
		if bad++; bad <= shownComplaints {
			c.complain("%s:%d: %v", f.events, line, err)
		}
		c.fail(exitFailed)
	}
	for line := 1; ; line++ {
		text, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			c.summariseMatch(f, hits, len(matchers), number, bad)
			return nil
		case errors.Is(err, errLongLine):
			number++
			complain(line, err)
			continue
		case err != nil:
			return unreadable(f.events, err)
		case line == 1 && isUTF16(text):
			return unreadable(f.events, errors.New("the file is UTF-16, not UTF-8; save it as UTF-8"))
		}
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		number++
		event, err := match.ParseEvent(text)
		if err != nil {
			complain(line, err)
			continue
		}
		hits += c.matchEvent(f, matchers, number, event)
	}
}

// shownComplaints is how many bad lines of an event file are named: a file that holds no events at all has one a line.
const shownComplaints = 10

func (c *cli) summariseMatch(f matchFlags, hits, rules, events, bad int) {
	if more := bad - shownComplaints; more > 0 {
		c.complain("%s: %d more lines are no events", f.events, more)
	}
	if f.format == "text" {
		fmt.Fprintf(c.stdout, "%s of %s on %s\n", count(hits, "match", "matches"), count(rules, "rule", "rules"), count(events, "event", "events"))
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
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
