package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Table is what is known of fields: their domains, and how many values they hold. Where several rows speak of a field, the last one
// counts. It is immutable and safe for concurrent use; a nil table is the bundled one.
type Table struct {
	rows  []*Domain
	lists []*List
}

// Digest names the contents of the table: what was decided with another digest has to be decided again.
func (t *Table) Digest() string {
	h := sha256.New()
	for _, d := range t.orDefault().rows {
		fmt.Fprintf(h, "%q %q %q %q %q %q\n", d.Name, d.In, d.names, d.Assuming, d.expanded(), d.Hint)
	}
	for _, l := range t.orDefault().lists {
		fmt.Fprintf(h, "%q %q %q %t %t\n", l.Name, l.In, l.names, l.Several, l.bundled)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Default is the bundled table.
var Default = sync.OnceValue(func() *Table {
	t, err := (&Table{}).with(nil, lists)
	if err != nil {
		panic(err) // cannot happen: a test reads the same rows
	}
	for _, d := range rows {
		d.names = strings.Fields(d.Fields)
		if d.Expression != "" {
			// Most runs look at few rows, and compiling all of them would take most of the time of linting one rule.
			d.language = sync.OnceValue(func() *language {
				l, err := compile(d.expanded(), d.Assuming)
				if err != nil {
					panic(err) // cannot happen: a test compiles the same rows
				}
				return l
			})
		}
		t.rows = append(t.rows, &d)
	}
	for _, l := range t.lists {
		l.bundled = true
	}
	return t
})

func (t *Table) orDefault() *Table {
	if t == nil {
		return Default()
	}
	return t
}

// With is the table with more domains, which win over those it has: a row without an expression frees its fields. The receiver stays
// as it is. A row without fields or assumption, and an expression that does not compile, is an error that names the row.
func (t *Table) With(more ...Domain) (*Table, error) { return t.orDefault().with(more, nil) }

// WithLists is the table with more rows about how many values fields hold, which win over those it has: a row can turn a field to several
// values and back to one. The receiver stays as it is. A row without fields is an error that names the row.
func (t *Table) WithLists(more ...List) (*Table, error) { return t.orDefault().with(nil, more) }

// with adds rows whose fields may be written as one text.
func (t *Table) with(domains []Domain, lists []List) (*Table, error) {
	out := &Table{rows: slices.Clone(t.rows), lists: slices.Clone(t.lists)}
	for _, d := range domains {
		if d.names == nil {
			d.names = strings.Fields(d.Fields)
		}
		switch {
		case len(d.names) == 0:
			return nil, fmt.Errorf("field domain %q names no fields", d.Name)
		case d.Expression != "" && strings.TrimSpace(d.Assuming) == "":
			return nil, fmt.Errorf("field domain %q does not say what it assumes", d.Name)
		}
		if err := d.compile(); err != nil {
			return nil, fmt.Errorf("field domain %q: %w", d.Name, err)
		}
		out.rows = append(out.rows, &d)
	}
	for _, l := range lists {
		if l.names == nil {
			l.names = strings.Fields(l.Fields)
		}
		if len(l.names) == 0 {
			return nil, fmt.Errorf("field list %q names no fields", l.Name)
		}
		out.lists = append(out.lists, &l)
	}
	return out, nil
}

// compile makes the language of a row; a row without an expression has none.
func (d *Domain) compile() (err error) {
	d.language = nil
	if d.Expression != "" {
		var l *language
		if l, err = compile(d.expanded(), d.Assuming); err == nil {
			d.language = func() *language { return l }
		}
	}
	return err
}

// expanded is the expression with NONE replaced by the names of processes without a file, of the one product of the row.
func (d *Domain) expanded() string {
	if !strings.Contains(d.Expression, "NONE") {
		return d.Expression
	}
	names := []string{"-", ""}
	for _, in := range d.In {
		if p, ok := taxonomy.PlatformOf(in.Product); ok {
			names = append(names, p.NoImage...)
		}
	}
	return strings.Replace(d.Expression, "NONE", alternatives(names), 1)
}

// Of is the domain of a field in a log source, or nil when nothing is known of it.
func (t *Table) Of(logsource taxonomy.Key, field string) *Domain {
	for _, d := range slices.Backward(t.orDefault().rows) {
		if among(d.names, field) && fits(d.In, logsource) {
			if d.language == nil {
				return nil // freed
			}
			return d
		}
	}
	return nil
}

// Fields is what is known of the fields of one log source.
type Fields struct {
	table *Table
	key   taxonomy.Key
	lists []*List // that speak of this log source
	own   bool    // the document uses a taxonomy of its own: the names of its fields are not ours
}

// For is what is known of the fields of a rule or a filter document. Documents with another taxonomy than Sigma's have no domains, and
// their fields may hold several values.
func (t *Table) For(d rules.Document) Fields {
	f := Fields{table: t.orDefault()}
	if name := d.Base().Taxonomy.Value; name != "" && name != "sigma" {
		f.own = true
	}
	var l rules.Logsource
	switch d := d.(type) {
	case *rules.Rule:
		l = d.Logsource
	case *rules.Filter:
		l = d.Logsource
	}
	f.key = taxonomy.Key{Product: l.Product.Value, Category: l.Category.Value, Service: l.Service.Value}
	_, match := taxonomy.Lookup(f.key.Product, f.key.Category, f.key.Service)
	known := match == taxonomy.Exact || match == taxonomy.DroppedService && f.key.Category != ""
	for _, l := range f.table.lists {
		if (known || l.Several || !l.bundled) && fits(l.In, f.key) {
			f.lists = append(f.lists, l)
		}
	}
	return f
}

// Of is the domain of a field, or nil.
func (f Fields) Of(field string) *Domain {
	if f.own || field == "" {
		return nil
	}
	return f.table.Of(f.key, field)
}

// Formula is the function for logic.Options.Domain: what the field can hold, or nil where nothing is known.
func (f Fields) Formula(field string) *logic.Formula {
	d := f.Of(field)
	if d == nil {
		return nil
	}
	return d.Formula(field)
}

// Assumptions are the sentences behind an answer of package logic that these domains took part in, in its order, each once:
// "`Image` holds Sysmon full paths".
func (f Fields) Assumptions(a logic.Answer) []string {
	var out []string
	for _, assumed := range a.Assumptions {
		if d := f.Of(assumed.Field); assumed.Kind == logic.Axiom && d != nil {
			if s := fmt.Sprintf("`%s` holds %s", assumed.Field, d.Assuming); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Formula says that the field is absent, null, or holds a value of the domain.
func (d *Domain) Formula(field string) *logic.Formula {
	return logic.Or(logic.Absent(field), logic.MatchesRegex(field, d.language().regex))
}

// Contains reports a value of the domain.
func (d *Domain) Contains(value string) bool { return d.language().regex.Program.MatchString(value) }
