package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	rulesql "github.com/sigtune/sigtune/rules/sql"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// Groups are the events that a rule finds, by the fields that can make a filter.
type Groups struct {
	Events  int // that the rule finds
	Covered int // that the groups which came stand for
	Came    int // groups
	Cut     bool
	Hosts   int      // about how many hosts the events come from; 0 when the table does not tell
	Left    []string // columns that are in no group: their values are nearly all different
}

// Table is how the fields of a rule stand in the store.
type Table struct {
	Options rulesql.Options
	rule    *rules.Rule
	names   *evidence.Map
	written map[string]string // by column: the name under which its values are given to package evidence
}

// Table finds the columns of the rule's fields: under the same names that are read in files, the user's own among them, and in any case.
func (s *Store) Table(r *rules.Rule, names *evidence.Map) *Table {
	t := &Table{Options: rulesql.Options{Dialect: s.engine.dialect, Columns: map[string]rulesql.Column{}}, rule: r, names: names, written: map[string]string{}}
	known := map[string]string{}
	spell := func(name string) {
		if known[strings.ToLower(name)] == "" {
			known[strings.ToLower(name)] = name
		}
	}
	for _, d := range r.Detection.Named {
		d.Block.Each(func(i *rules.Item) { spell(i.Field) })
	}
	logs := t.logs()
	if l, _ := taxonomy.Lookup(logs.Product, logs.Category, logs.Service); l != nil {
		for _, f := range l.Fields() {
			spell(f)
		}
	}
	spell(hostName)
	spell("User")
	for _, c := range s.columns {
		written := c.name
		if fields := t.fieldsOf(c.name); len(fields) == 1 && known[strings.ToLower(c.name)] != "" {
			written = known[strings.ToLower(c.name)]
		}
		t.written[c.name] = written
		for _, f := range t.fieldsOf(written) {
			if _, taken := t.Options.Columns[f]; !taken {
				t.Options.Columns[f] = rulesql.Column{Name: c.name, Type: c.kind}
			}
		}
		if slices.Contains(rawNames, strings.ToLower(c.name)) && c.kind == rulesql.Text && t.Options.Raw == "" {
			t.Options.Raw = c.name
		}
	}
	return t
}

// rawNames are how columns with the unparsed record are named (match.RawFields).
var rawNames = []string{"_raw", "raw", "raw_message", "event.original", "message"}

func (t *Table) logs() taxonomy.Key {
	l := t.rule.Logsource
	return taxonomy.Key{Product: l.Product.Value, Category: l.Category.Value, Service: l.Service.Value}
}

// fieldsOf are the names that package evidence gives to what stands under a name.
func (t *Table) fieldsOf(name string) []string {
	const token = "tracer"
	var out []string
	for f, v := range t.record(map[string]any{name: token}).Fields() {
		if v == token {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}

// record reads an event as one of a file is read.
func (t *Table) record(event map[string]any) *evidence.Record {
	line, err := json.Marshal(event)
	if err != nil {
		return &evidence.Record{}
	}
	s := evidence.Read("the store", strings.NewReader(string(line)+"\n"), evidence.Options{Map: t.names, Logsource: t.logs()})
	for r := range s.Records() {
		return r
	}
	return &evidence.Record{}
}

// hostName is the field that says where an event comes from. A group is of all hosts.
const hostName = "Computer"

const (
	// maxGrouped bounds the columns of a group: rows of tables with hundreds of columns would be all different.
	maxGrouped = 24
	// fewValues is always worth a column, whatever the share.
	fewValues = 50
	// variedShare is from where on values say nothing: half of the events have one of their own.
	variedShare = 2
)

// Groups gives the events that the rule finds to add: each kind once, with how many it stands for, the most frequent first.
func (s *Store) Groups(ctx context.Context, t *Table, add func(r *evidence.Record, events int)) (*Groups, error) {
	where, _, err := rulesql.Rule(t.rule, t.Options)
	if err != nil {
		return nil, err
	}
	tail := " FROM " + s.table + " WHERE " + where
	g := &Groups{}
	grouped, err := s.profile(ctx, t, tail, g)
	if err != nil || g.Events == 0 {
		return g, err
	}
	var list, asked []string
	for _, c := range grouped {
		list = append(list, rulesql.Name(c.name))
		asked = append(asked, "CAST("+rulesql.Name(c.name)+" AS varchar)")
	}
	asked = append(asked, "count(*) AS events")
	query := "SELECT " + strings.Join(asked, ", ") + tail
	if len(list) > 0 {
		query += " GROUP BY " + strings.Join(list, ", ")
	}
	query += fmt.Sprintf(" ORDER BY events DESC LIMIT %d", s.options.Groups+1)
	err = s.ask(ctx, query, func(rows *sql.Rows) error {
		cells := make([]sql.NullString, len(asked))
		to := make([]any, len(cells))
		for i := range cells {
			to[i] = &cells[i]
		}
		events := 0
		to[len(grouped)] = &events
		if err := rows.Scan(to...); err != nil {
			return err
		}
		if g.Came == s.options.Groups {
			g.Cut = true
			return nil
		}
		g.Came, g.Covered = g.Came+1, g.Covered+events
		event := map[string]any{}
		for i, c := range grouped {
			if cells[i].Valid {
				event[t.written[c.name]] = valueOf(c.kind, cells[i].String)
			}
		}
		r := t.record(event)
		r.Source = evidence.Place{Path: s.table, Number: g.Came}
		add(r, events)
		return nil
	})
	return g, err
}

// valueOf is a value as an event would hold it.
func valueOf(kind rulesql.Type, text string) any {
	switch kind {
	case rulesql.Integer:
		return json.Number(text)
	case rulesql.Bool:
		return text == "true" || text == "1"
	}
	return text
}

// profile counts the events and the values of every column, and chooses the columns that groups are made of: those of the rule, and those
// whose values come again.
func (s *Store) profile(ctx context.Context, t *Table, tail string, g *Groups) ([]column, error) {
	var ask []column
	ruled := map[string]bool{}
	for _, d := range t.rule.Detection.Named {
		d.Block.Each(func(i *rules.Item) {
			ruled[t.Options.Columns[i.Field].Name] = true
			for _, test := range i.Tests {
				if test.Kind == rules.FieldRefTest {
					ruled[t.Options.Columns[test.Ref].Name] = true
				}
			}
			if i.Keyword() {
				ruled[t.Options.Raw] = true
			}
		})
	}
	host := t.Options.Columns[hostName].Name
	for _, c := range s.columns {
		if c.kind != rulesql.Other {
			ask = append(ask, c)
		}
	}
	selected := []string{"count(*)"}
	for _, c := range ask {
		selected = append(selected, s.engine.distinct(rulesql.Name(c.name)))
	}
	counts := make([]int, len(selected))
	err := s.ask(ctx, "SELECT "+strings.Join(selected, ", ")+tail, func(rows *sql.Rows) error {
		to := make([]any, len(counts))
		for i := range counts {
			to[i] = &counts[i]
		}
		return rows.Scan(to...)
	})
	if err != nil {
		return nil, err
	}
	g.Events = counts[0]
	var grouped []column
	for i, c := range ask {
		values := counts[i+1]
		switch {
		case c.name == host && !ruled[c.name]:
			g.Hosts = values
		case values == 0 && !ruled[c.name]: // NULL in all of them
		case ruled[c.name]:
			grouped = append(grouped, c)
		case (values <= fewValues || values*variedShare <= g.Events) && len(grouped) < maxGrouped:
			grouped = append(grouped, c)
		default:
			g.Left = append(g.Left, c.name)
		}
	}
	return grouped, nil
}

// Count asks how many events a query of Queries.Count finds.
func (s *Store) Count(ctx context.Context, query string) (int, error) {
	n := 0
	err := s.ask(ctx, query, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}
