package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// matchFlags are the flags of `sigtune match`.
type matchFlags struct {
	events  []string
	names   string // --map
	explain bool
	format  string
}

func (c *cli) matchCommand() *cobra.Command {
	var f matchFlags
	cmd := &cobra.Command{
		Use:   "match RULE…",
		Short: "Say which events a rule matches, and with --explain why",
		Long: "Evaluates rules on recorded events. Their form is recognised by content: JSON lines, arrays and documents, Elastic hits, Splunk, Sentinel and Defender\n" +
			"results, CSV, Windows event XML, evtx dumps and EVTX, also in gzip or UTF-16. Names of ECS, Defender XDR, ASIM, Splunk and the Security log are brought to those of\n" +
			"Sigma; --map does it for names of your own (a YAML mapping `their name: Sigma name`). Rules whose meaning is not certain are refused, never answered with yes or no.",
		Example: "  sigtune match rule.yml --events events.ndjson\n  sigtune match rules/ --events Security.evtx --events export.csv.gz\n" +
			"  sigtune match rules/ --events - --explain < one-event.json",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return c.match(f, args) },
	}
	cmd.Flags().StringArrayVar(&f.events, "events", nil, "file of events, or - for standard input (required; repeatable)")
	cmd.Flags().StringVar(&f.names, "map", "", "YAML file with names of fields, their name: Sigma name")
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
	names, err := c.readMap(f.names)
	if err != nil {
		return err
	}
	matchers := c.compile(paths)
	if len(matchers) == 0 {
		return failure{exitFailed, fmt.Errorf("no rule to evaluate")}
	}
	return c.matchEvents(f, matchers, names)
}

// readMap reads the file of --map; no name is no map.
func (c *cli) readMap(path string) (*evidence.Map, error) {
	if path == "" {
		return nil, nil
	}
	names, err := evidence.ReadMap(source.Load(path, source.Limits{}))
	if err != nil {
		return nil, failure{exitUsage, fmt.Errorf("--map: %w", err)}
	}
	return names, nil
}

// compiledFiles is how many linted files a rule that waits for events takes the memory of: its text, tree and matcher are all kept, 36 KB on average of
// the published rules. Without that room the collector takes half of the time.
const compiledFiles = 3

// compile reads every rule behind the paths. What cannot be evaluated is said and left out.
func (c *cli) compile(paths []string) []compiled {
	files, problems := lint.Walk(paths)
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitFailed)
	}
	if c.expect != nil {
		c.expect(compiledFiles * len(files))
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
	Schema string       `json:"schema"`
	Event  int          `json:"event"` // 1-based, in the order of the input
	Path   string       `json:"path"`
	RuleID string       `json:"rule_id"`
	Title  string       `json:"title"`
	Source matchedPlace `json:"source"`
}

// matchedPlace is where the event stands. EVTX has no lines: there it is 0.
type matchedPlace struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Record int    `json:"record"` // 1-based, in its file
}

// sameLogsource is the log source of all rules, or the zero key when they differ: then every event tells its own.
func sameLogsource(matchers []compiled) taxonomy.Key {
	key := func(m compiled) taxonomy.Key {
		l := m.rule.Logsource
		return taxonomy.Key{Product: l.Product.Value, Category: l.Category.Value, Service: l.Service.Value}
	}
	first := key(matchers[0])
	for _, m := range matchers[1:] {
		if key(m) != first {
			return taxonomy.Key{}
		}
	}
	return first
}

func (c *cli) matchEvents(f matchFlags, matchers []compiled, names *evidence.Map) error {
	stream, err := evidence.Open(f.events, evidence.Options{
		Map: names, Logsource: sameLogsource(matchers), Stdin: c.stdin,
		Detected: func(d evidence.Detected) {
			if d.Format != "JSON lines" && d.Format != "no events" { // what most people feed, and nothing
				c.complain("%s: read as %s", d.Path, d.Format)
			}
		},
	})
	if err != nil {
		return unreadableEvents(err)
	}
	run := &matchRun{cli: c, flags: f, matchers: matchers, tell: c.countProgress("matching", time.Now())}
	if f.explain {
		run.explain(stream)
	} else {
		run.judge(stream)
	}
	c.clearProgress()
	c.complainBrokenEvents(stream)
	if err := stream.Err(); err != nil {
		return failure{exitFailed, err}
	}
	if f.format == "text" {
		events := stream.Read + stream.Broken
		fmt.Fprintf(c.stdout, "%s of %s on %s\n", count(run.hits, "match", "matches"), count(len(matchers), "rule", "rules"), count(events, "event", "events"))
	}
	if !f.explain && run.hits == 0 {
		c.adviseNames(stream.Unmet(), matchers, stream)
	}
	return nil
}

// matchRun is one run of rules over events.
type matchRun struct {
	*cli
	flags    matchFlags
	matchers []compiled
	tell     func(n int)
	hits     int
}

// judge puts every event to all rules at once.
func (r *matchRun) judge(stream *evidence.Stream) {
	list := make([]*match.Matcher, len(r.matchers))
	for i, m := range r.matchers {
		list[i] = m.matcher
	}
	for event := range stream.Judge(match.NewSet(list), runtime.GOMAXPROCS(0)) {
		for _, k := range event.Rules {
			r.hit(event.Number, event.Source, r.matchers[k])
		}
		r.tell(stream.Read)
	}
}

// explain puts every event to one rule after the other, and says why it matches or does not.
func (r *matchRun) explain(stream *evidence.Stream) {
	for record := range stream.Records() {
		number := stream.Read + stream.Broken
		for _, m := range r.matchers {
			switch held := m.matcher.Match(record.Event); {
			case r.flags.format == "json" && !held:
				continue
			case held:
				r.hit(number, record.Source, m)
			default:
				r.line(number, record.Source, m, r.palette().Dim("no match"))
			}
			if r.flags.format == "text" {
				r.printResult(m.matcher.Explain(record.Event), 1)
			}
		}
		r.tell(stream.Read)
	}
}

func (r *matchRun) hit(number int, at evidence.Place, m compiled) {
	r.hits++
	if r.flags.format == "text" {
		r.line(number, at, m, r.palette().Good("match"))
		return
	}
	r.clearProgress()
	line, err := json.Marshal(matched{"sigtune.match/1", number, m.path, m.rule.ID.Value, m.rule.Title.Value, matchedPlace{at.Path, at.Line, at.Number}})
	if err == nil {
		fmt.Fprintf(r.stdout, "%s\n", line)
	}
}

// line tells the verdict about one event.
func (r *matchRun) line(number int, at evidence.Place, m compiled, verdict string) {
	r.clearProgress()
	if len(r.flags.events) > 1 {
		fmt.Fprintf(r.stdout, "%s: ", at)
	}
	fmt.Fprintf(r.stdout, "event %d: %s  %s (%s)\n", number, verdict, source.Visible(m.rule.Title.Value), m.path)
}

// namesShown bounds the names of fields that advice lists.
const namesShown = 8

// adviseNames says that no rule could match because events call fields otherwise. Of many rules nearly all ask for fields of other log sources: then it is
// only said when no event has a field of any rule.
func (c *cli) adviseNames(unmet []evidence.Unmet, matchers []compiled, stream *evidence.Stream) {
	asked := stream.Asked()
	if len(unmet) == 0 || len(matchers) > 1 && len(unmet) < asked {
		return
	}
	var missing, pairs []string
	for _, u := range unmet {
		missing = append(missing, "`"+source.Visible(u.Field)+"`")
		if u.Instead != "" {
			pairs = append(pairs, fmt.Sprintf("%s: %s", source.Visible(u.Instead), source.Visible(u.Field)))
		}
	}
	said := "no event has " + firstOf(missing, ", ")
	if len(unmet) == asked {
		said = "no event has a field that the rules ask for: " + firstOf(missing, ", ")
	}
	switch names := stream.Names(); {
	case len(pairs) > 0:
		said += "; if these mean the same, put them in a file for --map: " + firstOf(pairs, ", ")
	case len(unmet) == asked && len(names) > 0:
		for i := range names {
			names[i] = "`" + source.Visible(names[i]) + "`"
		}
		said += "; the events have " + firstOf(names, ", ") + "; --map brings names of your own to those of Sigma"
	}
	c.complain("%s", said)
}

// firstOf joins the first of a list, and counts the others.
func firstOf(list []string, separator string) string {
	if more := len(list) - namesShown; more > 0 {
		return strings.Join(list[:namesShown], separator) + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(list, separator)
}

// unreadableEvents is an error of opening event files.
func unreadableEvents(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return unreadable(e.Path, err)
	}
	return failure{exitFailed, err}
}

// complainBrokenEvents names the first records that could not be read, and how many more there are.
func (c *cli) complainBrokenEvents(stream *evidence.Stream) {
	for _, p := range stream.First {
		c.complain("%v", p)
	}
	if more := stream.Broken - len(stream.First); more > 0 {
		c.complain("%s no events", count(more, "more record is", "more records are"))
	}
	if stream.Broken > 0 {
		c.fail(exitFailed)
	}
}

// progressEvery is how many events pass between two looks at the clock.
const progressEvery = 1 << 10

// countProgress tells on a terminal how many events were read, from the first second on.
func (c *cli) countProgress(doing string, start time.Time) func(n int) {
	return func(n int) {
		if c.terminal && n%progressEvery == 0 && time.Since(start) > time.Second {
			fmt.Fprintf(c.stderr, "\r\x1b[K%s: %d events", doing, n)
			c.told = true
		}
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
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
