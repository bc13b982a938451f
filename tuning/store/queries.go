package store

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/sql"
)

// shown is how many groups and how many events a query for people asks for: a screen of each.
const shown = 20

// Queries are the questions about a rule, or about a filter for it, in one language. A text is empty when it cannot be asked.
type Queries struct {
	Count  string   `json:"count"`            // how many events: of the rule now, or of those that the filter would remove
	Groups string   `json:"groups,omitempty"` // which ones, by the fields of the filter, the most frequent first
	Sample string   `json:"sample"`           // some of them
	Notes  []string `json:"notes,omitempty"`  // what a query does not take over exactly
}

// SQL writes the questions about a rule (filter is nil) or a filter. from is the table as it stands after FROM; fields are what the groups are made of.
func SQL(r *rules.Rule, filter *rules.Detection, from string, fields []string, o sql.Options) (*Queries, error) {
	where, notes, err := sql.Rule(r, o)
	if err != nil {
		return nil, err
	}
	q := &Queries{}
	q.note(notes)
	if filter != nil {
		removed, notes, err := sql.Detection(nil, filter, o)
		if err != nil {
			return nil, err
		}
		q.note(notes)
		where = "(" + where + ")\n  AND (" + removed + ")"
	}
	tail := "\nFROM " + from + "\nWHERE " + where
	q.Count = "SELECT count(*) AS events" + tail
	q.Sample = fmt.Sprintf("SELECT *%s\nORDER BY random()\nLIMIT %d", tail, shown)
	var columns []string
	for _, f := range fields {
		if o.Columns == nil {
			columns = append(columns, sql.Name(f))
		} else if c, ok := o.Columns[f]; ok {
			columns = append(columns, sql.Name(c.Name))
		}
	}
	if len(columns) > 0 {
		list := strings.Join(columns, ", ")
		q.Groups = fmt.Sprintf("SELECT %s, count(*) AS events%s\nGROUP BY %s\nORDER BY events DESC\nLIMIT %d", list, tail, list, shown)
	}
	return q, nil
}

func (q *Queries) note(notes []sql.Note) {
	for _, n := range notes {
		q.add(n.Message)
	}
}

// add keeps a note once.
func (q *Queries) add(message string) {
	for _, known := range q.Notes {
		if known == message {
			return
		}
	}
	q.Notes = append(q.Notes, message)
}

// KQL writes the questions in KQL, for the table that the rule's log source has there.
func KQL(r *rules.Rule, filter *rules.Detection, fields []string, o kql.Options) (*Queries, error) {
	var conditions []*rules.Expr
	for _, c := range r.Detection.Conditions {
		conditions = append(conditions, c.Root)
	}
	e := kql.Or(conditions...)
	if filter != nil {
		e = kql.And(e, kql.Detected(filter))
	}
	query, notes, err := kql.Expression(r, e, o)
	if err != nil {
		return nil, err
	}
	if query.Text == "" {
		return nil, fmt.Errorf("nothing is left to ask: the table implies all that the rule tests")
	}
	q := &Queries{Count: query.Text + "\n| count", Sample: fmt.Sprintf("%s\n| sample %d", query.Text, shown)}
	for _, n := range notes {
		q.add(n.Message)
	}
	var columns []string
	for _, f := range fields {
		columns = append(columns, kql.Columns(r, f, o)...)
	}
	if len(columns) > 0 {
		q.Groups = fmt.Sprintf("%s\n| summarize events = count() by %s\n| top %d by events", query.Text, strings.Join(columns, ", "), shown)
	}
	return q, nil
}
