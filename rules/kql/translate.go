package kql

import (
	"slices"
	"sort"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Options say what query is wanted. The zero value is a deployable ASIM query.
type Options struct {
	Dialect Dialect
	Parity  bool    // byte for byte what pySigma-backend-kusto 1.0.1 writes
	Table   string  // read this table, whatever the log source says
	Tables  *Tables // instead of the package's own

	anyColumn bool // tests: accept every column
}

// Query is the query of one condition.
type Query struct {
	Table string
	Text  string // `TABLE\n| where …` without a final newline
}

// Translate writes one query per condition of the rule, in their order. A condition of which nothing is left to ask (the rule only
// names event ids) gives none. The notes, in order of place, say what is not as in the rule; in the default mode also what the
// reference would have written otherwise. The error is an *Error.
func Translate(r *rules.Rule, o Options) ([]Query, []Note, error) {
	var parts []*rules.Expr
	for _, c := range r.Detection.Conditions {
		parts = append(parts, c.Root)
	}
	return translate(r, parts, o)
}

// Expression writes the query of one boolean expression over the rule's detections: the whole condition, its Selection, or
// whatever And, Not and Detected build. Its text is empty when nothing is left to ask.
func Expression(r *rules.Rule, e *rules.Expr, o Options) (Query, []Note, error) {
	queries, notes, err := translate(r, []*rules.Expr{e}, o)
	if err != nil || len(queries) == 0 {
		return Query{}, notes, err
	}
	return queries[0], notes, nil
}

func translate(r *rules.Rule, parts []*rules.Expr, o Options) ([]Query, []Note, error) {
	j := &job{rule: r, options: o, tables: o.Tables, manner: &corrected, notes: map[Note]bool{}}
	if j.tables == nil {
		j.tables = embedded[o.Dialect]()
	}
	if o.Parity {
		j.manner = &reference
	}
	if len(parts) == 0 {
		j.fail(CauseNotEvaluable, r.Anchor(), "the rule has no condition", "add `condition: selection`")
		return nil, nil, j.err()
	}
	j.refuseAggregations(parts)
	if j.locate(); j.table == nil {
		return nil, nil, j.err()
	}
	var queries []Query
	for _, part := range parts {
		tree := j.expression(part)
		if tree == nil || len(j.causes) > 0 {
			continue
		}
		text := j.write(tree)
		queries = append(queries, Query{Table: j.table.name, Text: j.table.name + "\n| where " + text})
	}
	if err := j.err(); err != nil {
		return nil, nil, err
	}
	return queries, j.sortedNotes(), nil
}

// refuseAggregations keeps `selection | count() > 5` from becoming half a query.
func (j *job) refuseAggregations(parts []*rules.Expr) {
	for _, c := range j.rule.Detection.Conditions {
		if c.Aggregation.Len() > 0 && slices.Contains(parts, c.Root) {
			j.fail(CauseNotEvaluable, c.Aggregation, "the condition counts events, which one query for one event cannot",
				"write a correlation rule")
		}
	}
}

// job is one translation under way.
type job struct {
	rule    *rules.Rule
	options Options
	tables  *Tables
	table   *table
	manner  *manner
	notes   map[Note]bool
	causes  []Cause
	failed  int // how often fail was called
}

func (j *job) parity() bool { return j.options.Parity }

// fail records a cause once.
func (j *job) fail(kind string, at source.Span, message, help string) {
	j.failed++
	c := Cause{kind, at, message, help}
	for _, known := range j.causes {
		if known == c {
			return
		}
	}
	j.causes = append(j.causes, c)
}

func (j *job) err() error {
	if len(j.causes) == 0 {
		return nil
	}
	sort.SliceStable(j.causes, func(a, b int) bool { return j.causes[a].Span.Start < j.causes[b].Span.Start })
	return &Error{File: j.rule.File, Causes: j.causes}
}

// note records a defect at an item, with what happened there when the row alone does not say it.
func (j *job) note(id string, item *rules.Item, detail string) {
	defect := defectByID[id]
	text := defect.text(j.parity())
	if text == "" {
		return
	}
	if detail != "" {
		text += ": " + detail
	}
	if item.Field != "" {
		text = "`" + source.Shorten(item.Field) + "`: " + text
	}
	j.notes[Note{id, item.Span(), text, defect.Lasting}] = true
}

func (j *job) sortedNotes() []Note {
	var out []Note
	for n := range j.notes {
		out = append(out, n)
	}
	sort.Slice(out, func(a, b int) bool {
		x, y := out[a], out[b]
		switch {
		case x.Span.Start != y.Span.Start:
			return x.Span.Start < y.Span.Start
		case x.ID != y.ID:
			return x.ID < y.ID
		}
		return x.Message < y.Message
	})
	return out
}
