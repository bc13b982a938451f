package kql

import "github.com/sigtune/sigtune/rules"

// Columns are where a field of the rule stands in its table; nil when there is no table, or it has no such column.
func Columns(r *rules.Rule, field string, o Options) []string {
	j := &job{rule: r, options: o, tables: o.Tables, manner: &corrected, notes: map[Note]bool{}}
	if j.tables == nil {
		j.tables = embedded[o.Dialect]()
	}
	if j.locate(); j.table == nil {
		return nil
	}
	names := j.tables.lookup(j.table, field, false)
	for _, name := range names {
		if _, ok := j.tables.column(j.table, name, false); !ok {
			return nil
		}
	}
	return names
}
