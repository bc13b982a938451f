package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
	"github.com/sigtune/sigtune/tuning/mine"
)

// eventFlags are the flags of `sigtune tune` about recorded events.
type eventFlags struct {
	fp, tp, baseline []string
	atomics          string
	names            string // --map
	emit             string // --emit-tests
	acceptWeak       bool
	store            storeFlags
}

func (f *eventFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.fp, "fp", nil, "events that are false positives, in any form that `sigtune match` reads; RULE may then be a directory; repeatable")
	flags.StringArrayVar(&f.tp, "tp", nil, "events that must keep firing; repeatable")
	flags.StringArrayVar(&f.baseline, "baseline", nil, "events without a label, to say what else a filter hides; repeatable")
	flags.StringVar(&f.atomics, "atomics", "", "a checkout of Atomic Red Team: process events inferred from the tests of the rule's techniques must keep firing")
	flags.StringVar(&f.names, "map", "", "YAML file with names of the fields of events, their name: Sigma name")
	flags.StringVar(&f.emit, "emit-tests", "", "write the events that the tuned rule leaves out and those that it keeps to this directory, as a test for `sigtune test`")
	flags.BoolVar(&f.acceptWeak, "accept-weak", false, "with --fp: put filters that an attacker can satisfy (grade C) into the tuned rule, too")
	f.store.add(flags)
}

// given reports that events are to be mined.
func (f *eventFlags) given() bool { return len(f.fp) > 0 || f.store.address != "" }

// check refuses flags that say nothing without false positives.
func (f *eventFlags) check() error {
	if err := f.store.check(); err != nil {
		return err
	}
	if f.given() {
		return nil
	}
	for _, x := range []struct {
		name string
		set  bool
	}{{"--tp", len(f.tp) > 0}, {"--baseline", len(f.baseline) > 0}, {"--atomics", f.atomics != ""}, {"--map", f.names != ""}, {"--emit-tests", f.emit != ""}, {"--accept-weak", f.acceptWeak}} {
		if x.set {
			return fmt.Errorf("%s belongs to events: name those that are false positives with --fp", x.name)
		}
	}
	return nil
}

// sink takes events by their label.
type sink interface {
	FalsePositive(*evidence.Record)
	TruePositive(*evidence.Record)
	Baseline(*evidence.Record)
}

// readEvents feeds the files of --fp, --tp and --baseline.
func (c *cli) readEvents(f *eventFlags, logs taxonomy.Key, to sink) error {
	names, err := c.readMap(f.names)
	if err != nil {
		return err
	}
	for _, in := range []struct {
		paths []string
		add   func(*evidence.Record)
	}{{f.fp, to.FalsePositive}, {f.tp, to.TruePositive}, {f.baseline, to.Baseline}} {
		if len(in.paths) == 0 {
			continue
		}
		stream, err := evidence.Open(in.paths, evidence.Options{
			Map: names, Logsource: logs, Stdin: c.stdin,
			Detected: func(d evidence.Detected) {
				if d.Format != "JSON lines" && d.Format != "no events" {
					c.complain("%s: read as %s", d.Path, d.Format)
				}
			},
		})
		if err != nil {
			return unreadableEvents(err)
		}
		mine.Feed(stream, in.add, c.countProgress("reading events", time.Now()))
		c.clearProgress()
		c.complainBrokenEvents(stream)
		if err := stream.Err(); err != nil {
			return failure{exitFailed, err}
		}
	}
	return nil
}

// mineEvents adds what events say to the result of a rule.
func (c *cli) mineEvents(f *eventFlags, results []*tuning.Result) (*mine.Miner, error) {
	if !f.given() {
		return nil, nil
	}
	if len(results) > 1 {
		return nil, fmt.Errorf("%s holds %d rules; with --fp name a file with one, or the directory", results[0].Path, len(results))
	}
	r := results[0]
	m, err := mine.New(r, mine.Options{AcceptWeak: f.acceptWeak})
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	if f.atomics != "" {
		if err := m.Atomics(f.atomics); err != nil {
			return nil, failure{exitFailed, fmt.Errorf("--atomics: %w", err)}
		}
	}
	if err := c.readEvents(f, mine.Logsource(r.Rule), m); err != nil {
		return nil, err
	}
	events, err := c.openStore(f, r)
	if err != nil {
		return nil, err
	}
	defer events.close()
	if err := events.feed(m); err != nil {
		return nil, err
	}
	m.Mine()
	if err := events.count(r); err != nil {
		return nil, err
	}
	for _, note := range r.Events.Notes {
		c.complain("note: %s", note)
	}
	return m, nil
}

// emitTests writes the test set of a tuned rule. The test names the file that the rule was written to, or a copy beside the events.
func (c *cli) emitTests(f tuneFlags, m *mine.Miner, dir, path string, r *tuning.Result) error {
	if dir == "" || m == nil {
		return nil
	}
	if r.RuleAfter == "" {
		c.complain("no test set is written: the rule stays as it is")
		return nil
	}
	named := "rule.yml"
	switch {
	case f.write:
		named = relative(dir, path)
	case f.output != "" && r.As != tuning.SigmaFilter:
		named = relative(dir, f.output)
	default:
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return failure{exitFailed, fmt.Errorf("--emit-tests: %w", err)}
		}
		if err := edit.WriteFile(filepath.Join(dir, named), []byte(r.RuleAfter)); err != nil {
			return failure{exitFailed, fmt.Errorf("--emit-tests: %w", err)}
		}
	}
	if err := m.WriteTests(dir, named); err != nil {
		return failure{exitFailed, fmt.Errorf("--emit-tests: %w", err)}
	}
	fmt.Fprintf(c.stderr, "wrote %s\n", dir)
	return nil
}

// relative is a path as a file in a directory would name it, with slashes.
func relative(dir, path string) string {
	from, err := filepath.Abs(dir)
	if err == nil {
		if to, err := filepath.Abs(path); err == nil {
			if rel, err := filepath.Rel(from, to); err == nil {
				return filepath.ToSlash(rel)
			}
		}
	}
	return filepath.ToSlash(path)
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// tuneMany tunes the rules of a directory that fire on the events, the noisiest first.
func (c *cli) tuneMany(f tuneFlags, dir string) error {
	switch {
	case f.output != "" || f.env != "" || f.envTemplate || f.interactive || len(f.scenarios)+len(f.scenarioFile) > 0:
		return errors.New("a directory is tuned from events alone: --output, --scenario, --scenarios, --env, --env-template and --interactive are for one rule")
	case f.format == "html":
		return errors.New("--format html is for one rule")
	case f.events.store.address != "" || f.events.store.impact != "":
		return errors.New("--store and --impact are for one rule")
	}
	list := c.sources(dir)
	if len(list) == 0 {
		return failure{exitFailed, fmt.Errorf("%s: no rule to evaluate", dir)}
	}
	many := mine.NewMany(list, tuning.Form(f.as), c.now(), mine.Options{AcceptWeak: f.events.acceptWeak})
	if f.events.atomics != "" {
		return errors.New("--atomics is for one rule")
	}
	if err := c.readEvents(&f.events, taxonomy.Key{}, many); err != nil {
		return err
	}
	tuned := many.Mine()
	if f.format == "text" && !f.diff {
		c.ranking(many, tuned)
	}
	var diffs strings.Builder
	some := false
	for k, t := range tuned {
		if t.Err != nil {
			c.complain("%s: %v", t.Path, t.Err)
			c.fail(exitFailed)
			continue
		}
		some = some || t.Result.RuleAfter != ""
		if f.diff {
			diffs.WriteString(tuneDiff(f, t.Text, []*tuning.Result{t.Result}))
		} else {
			if f.format == "text" {
				fmt.Fprintf(c.stdout, "\n%s\n\n", c.palette().Strong(fmt.Sprintf("%d of %d: %s", k+1, len(tuned), t.Path)))
			}
			if err := f.printer()(c.stdout, t.Result, c.palette()); err != nil {
				return failure{exitFailed, err}
			}
		}
		if f.events.emit != "" && t.Result.RuleAfter != "" {
			one := f
			if err := c.emitTests(one, t.Miner, filepath.Join(f.events.emit, testName(t)), t.Path, t.Result); err != nil {
				return err
			}
		}
		if f.write && t.Result.RuleAfter != "" {
			if t.Result.Others > 0 {
				c.complain("%s holds several rules and is not written; name it alone", t.Path)
				c.fail(exitFailed)
				continue
			}
			if err := c.save(t.Path, t.Result.RuleAfter); err != nil {
				return err
			}
		}
	}
	if f.diff && diffs.Len() > 0 {
		if _, err := io.WriteString(c.stdout, colourDiff(diffs.String(), c.palette())); err != nil {
			return failure{exitFailed, err}
		}
	}
	if !some {
		c.complain("nothing safe to propose")
		c.fail(exitFindings)
	}
	return nil
}

// testName is a directory for the test of a rule.
func testName(t *mine.Tuned) string {
	name := strings.TrimSuffix(filepath.Base(t.Path), filepath.Ext(t.Path))
	if t.Rule.Index > 0 {
		name += fmt.Sprintf("_%d", t.Rule.Index+1)
	}
	return name
}

// ranking shows which rules make the noise.
func (c *cli) ranking(many *mine.Many, tuned []*mine.Tuned) {
	fmt.Fprintf(c.stdout, "%s, %s on some of them\n", count(many.Events, "false positive", "false positives"), count(len(tuned), "rule fires", "rules fire"))
	if many.Silent > 0 {
		fmt.Fprintf(c.stdout, "no rule fires on %s\n", count(many.Silent, "event", "events"))
	}
	for _, t := range tuned {
		fmt.Fprintf(c.stdout, "%8d  %s  %s\n", t.Alerts, source.Visible(t.Rule.Title.Value), c.palette().Dim(t.Path))
		fmt.Fprintf(c.stdout, "          %s\n", t.Summary())
	}
}

// sources reads the rules below a directory. What cannot be evaluated is said and left out.
func (c *cli) sources(dir string) []mine.Source {
	files, problems := lint.Walk([]string{dir})
	for _, p := range problems {
		c.complain("%v", p)
		c.fail(exitFailed)
	}
	var out []mine.Source
	for _, path := range files {
		file := source.Load(path, source.Limits{})
		c.complainBroken(file)
		documents, _ := rules.Parse(file)
		for _, d := range documents {
			rule, ok := d.(*rules.Rule)
			if !ok || len(rule.Detection.Named) == 0 {
				continue
			}
			if err := rule.Detection.Evaluable(); err != nil {
				pos := file.Pos(whatIsWrong(rule).Start)
				c.complain("%s:%d:%d: left out: %v", path, pos.Line, pos.Column, err)
				continue
			}
			out = append(out, mine.Source{Path: path, Text: string(file.Data), Rule: rule})
		}
	}
	return out
}
