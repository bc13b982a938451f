package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/sql"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
	"github.com/sigtune/sigtune/tuning/mine"
	"github.com/sigtune/sigtune/tuning/store"
)

// storeFlags are the flags of `sigtune tune` about events that do not fit here.
type storeFlags struct {
	impact  string
	table   string
	address string
	groups  int
	timeout time.Duration

	found *store.Table // with --store, once its columns are known
}

func (f *storeFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.impact, "impact", "", "print, and nothing else, the queries that count and sample what the rule finds and what each filter would remove: sql or kql")
	flags.StringVar(&f.table, "table", "", "with --impact sql: the table of events; without one it is called events")
	flags.StringVar(&f.address, "store", "", "a table in an engine, `URL` "+store.Forms+": what the rule finds there counts as false positives, grouped by the engine")
	flags.IntVar(&f.groups, "store-groups", 0, "with --store: the most kinds of events that are fetched (default 5000)")
	flags.DurationVar(&f.timeout, "store-timeout", 0, "with --store: how long one query may take (default 5m)")
}

// check refuses flags that do not fit together.
func (f *storeFlags) check() error {
	switch {
	case f.impact != "" && f.impact != "sql" && f.impact != "kql":
		return fmt.Errorf("--impact: `%s` is no language; write sql or kql", f.impact)
	case f.table != "" && f.impact != "sql":
		return fmt.Errorf("--table names the table for --impact sql")
	case f.table != "" && f.address != "":
		return fmt.Errorf("--table: the address of --store names the table")
	case f.address == "" && (f.groups != 0 || f.timeout != 0):
		return fmt.Errorf("--store-groups and --store-timeout belong to --store")
	case f.groups < 0 || f.timeout < 0:
		return fmt.Errorf("--store-groups and --store-timeout are above zero")
	}
	return nil
}

// storeRun is a store in use. Without --store it is nil, and its methods do nothing.
type storeRun struct {
	c     *cli
	store *store.Store
	table *store.Table
	got   *store.Groups
}

// openStore connects to the store of --store.
func (c *cli) openStore(f *eventFlags, r *tuning.Result) (*storeRun, error) {
	if f.store.address == "" {
		return nil, nil
	}
	names, err := c.readMap(f.names)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(context.Background(), f.store.address, os.Getenv, store.Options{Timeout: f.store.timeout, Groups: f.store.groups})
	if err != nil {
		return nil, failure{exitFailed, fmt.Errorf("--store: %w", err)}
	}
	f.store.found, f.store.table = s.Table(r.Rule, names), s.From()
	return &storeRun{c: c, store: s, table: f.store.found}, nil
}

func (s *storeRun) close() {
	if s != nil {
		s.store.Close()
	}
}

// feed gives the groups of the store to the miner.
func (s *storeRun) feed(m *mine.Miner) error {
	if s == nil {
		return nil
	}
	told := s.c.countProgress("reading groups", time.Now())
	n := 0
	var err error
	s.got, err = s.store.Groups(context.Background(), s.table, func(r *evidence.Record, events int) {
		m.FalsePositives(r, events)
		if n++; told != nil {
			told(n)
		}
	})
	s.c.clearProgress()
	if err != nil {
		return failure{exitFailed, fmt.Errorf("--store: %w", err)}
	}
	return nil
}

// count asks the store what every filter would remove, and adds it to the result as notes.
func (s *storeRun) count(r *tuning.Result) error {
	if s == nil {
		return nil
	}
	e := r.Events
	from := ""
	if s.got.Hosts > 0 {
		from = fmt.Sprintf(", from about %s", count(s.got.Hosts, "host", "hosts"))
	}
	e.Notes = append(e.Notes, fmt.Sprintf("the store counts %s that the rule finds, in %s%s", count(s.got.Events, "event", "events"), count(s.got.Came, "kind", "kinds"), from))
	if len(s.got.Left) > 0 {
		e.Notes = append(e.Notes, "columns of the store whose values are nearly all different were not fetched: "+strings.Join(s.got.Left, ", "))
	}
	if s.got.Cut {
		e.Notes = append(e.Notes, fmt.Sprintf("only the %d most frequent kinds were fetched: they stand for %d of %d events (--store-groups)", s.got.Came, s.got.Covered, s.got.Events))
	}
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			d, err := tuning.Block(p.Name, p.Conditions)
			if err != nil || len(p.Fill) > 0 {
				continue
			}
			q, err := store.SQL(r.Rule, d, s.store.From(), nil, s.table.Options)
			if err != nil {
				e.Notes = append(e.Notes, fmt.Sprintf("%s (outcome %s) cannot be counted in the store: %v", p.Name, o.ID, err))
				continue
			}
			n, err := s.store.Count(context.Background(), q.Count)
			if err != nil {
				return failure{exitFailed, fmt.Errorf("--store: %w", err)}
			}
			e.Notes = append(e.Notes, fmt.Sprintf("in the store, %s (outcome %s, proposal %d) hides %d of the %d events that the rule finds", p.Name, o.ID, p.Rank, n, s.got.Events))
		}
	}
	return nil
}

// impactSchema is the version of the JSON form.
const impactSchema = "sigtune.impact/1"

// impact is what --impact prints of a rule.
type impact struct {
	Schema    string           `json:"schema"`
	Path      string           `json:"path"`
	Language  string           `json:"language"`
	Rule      *store.Queries   `json:"rule,omitempty"`
	Problem   string           `json:"problem,omitempty"` // why there are no queries
	Proposals []impactProposal `json:"proposals"`
}

type impactProposal struct {
	Outcome     string         `json:"outcome"`
	Rank        int            `json:"rank"`
	Name        string         `json:"name"`
	Title       string         `json:"title"`
	Recommended bool           `json:"recommended"`
	Queries     *store.Queries `json:"queries,omitempty"`
	Problem     string         `json:"problem,omitempty"`
}

// printImpact writes the queries about the rules and their proposals.
func (c *cli) printImpact(f tuneFlags, results []*tuning.Result) error {
	switch f.format {
	case "text", "json":
	default:
		return fmt.Errorf("--impact is printed as text or json")
	}
	for _, r := range results {
		x := impactOf(&f.events.store, r)
		if f.format == "text" {
			c.printQueries(x)
			continue
		}
		encoder := json.NewEncoder(c.stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(x); err != nil {
			return failure{exitFailed, err}
		}
	}
	return nil
}

// ruleFields is how many fields of the rule its events are grouped by, before the groups are all different.
const ruleFields = 6

func impactOf(f *storeFlags, r *tuning.Result) impact {
	write := func(d *rules.Detection, fields []string) (*store.Queries, string) {
		var q *store.Queries
		var err error
		if f.impact == "kql" {
			q, err = store.KQL(r.Rule, d, fields, kql.Options{})
		} else {
			from, o := f.table, sql.Options{}
			if f.found != nil {
				o = f.found.Options
			}
			if from == "" {
				from = "events"
			}
			q, err = store.SQL(r.Rule, d, from, fields, o)
		}
		if err != nil {
			return nil, err.Error()
		}
		return q, ""
	}
	x := impact{Schema: impactSchema, Path: r.Path, Language: f.impact, Proposals: []impactProposal{}}
	var all []string
	take := func(to []string, field string) []string {
		if field != "" && !slices.Contains(to, field) {
			to = append(to, field)
		}
		return to
	}
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			one := impactProposal{Outcome: o.ID, Rank: p.Rank, Name: p.Name, Title: p.Title, Recommended: p.Recommended}
			var fields []string
			for _, g := range p.Conditions {
				for _, condition := range g {
					fields, all = take(fields, condition.Field), take(all, condition.Field)
				}
			}
			if d, err := tuning.Block(p.Name, p.Conditions); err != nil {
				one.Problem = err.Error()
			} else {
				one.Queries, one.Problem = write(d, fields)
			}
			x.Proposals = append(x.Proposals, one)
		}
	}
	for _, d := range r.Rule.Detection.Named {
		d.Block.Each(func(i *rules.Item) {
			if len(all) < ruleFields {
				all = take(all, i.Field)
			}
		})
	}
	x.Rule, x.Problem = write(nil, all)
	return x
}

// printQueries prints queries as one text that an engine takes: what is no query is a comment.
func (c *cli) printQueries(x impact) {
	mark, end := "-- ", ";"
	if x.Language == "kql" {
		mark, end = "// ", ""
	}
	told := map[string]bool{}
	comment := func(text string) {
		for _, line := range strings.Split(text, "\n") {
			fmt.Fprintln(c.stdout, mark+line)
		}
	}
	print := func(q *store.Queries, problem, counts string) {
		if q == nil {
			comment("no query: " + problem)
			return
		}
		for _, n := range q.Notes {
			if !told[n] {
				told[n] = true
				comment("note: " + n)
			}
		}
		for _, part := range []struct{ title, text string }{{counts, q.Count}, {"which ones", q.Groups}, {"some of them", q.Sample}} {
			if part.text != "" {
				comment(part.title)
				fmt.Fprintf(c.stdout, "%s%s\n\n", part.text, end)
			}
		}
	}
	comment(x.Path)
	print(x.Rule, x.Problem, "how many events the rule finds now")
	for _, p := range x.Proposals {
		comment(fmt.Sprintf("outcome %s, proposal %d: %s (%s)", p.Outcome, p.Rank, p.Name, p.Title))
		print(p.Queries, p.Problem, "how many of them the filter would remove")
	}
	if len(x.Proposals) == 0 {
		comment("no filter is proposed")
	}
}
