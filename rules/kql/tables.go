package kql

import (
	"bufio"
	_ "embed" // the tables
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Dialect is a schema that queries are written for.
type Dialect uint8

// The dialects.
const (
	ASIM Dialect = iota // Microsoft Sentinel, Advanced Security Information Model
	XDR                 // Microsoft Defender XDR, advanced hunting
)

// String is the dialect's short name in messages.
func (d Dialect) String() string {
	if d == XDR {
		return "XDR"
	}
	return "ASIM"
}

// columnType decides which operators a column takes.
type columnType uint8

const (
	textColumn columnType = iota
	numberColumn
	flagColumn
	timeColumn
)

var columnTypes = map[string]columnType{"text": textColumn, "number": numberColumn, "flag": flagColumn, "time": timeColumn}

// column is one column of a table.
type column struct {
	name    string
	kind    columnType
	missing bool // the reference does not know it
}

// table is what a dialect knows about one table.
type table struct {
	name       string
	categories []string
	events     []string // groups of event ids
	hashes     []string
	columns    map[string]column
	names      []string            // of the columns, in the order of the file
	fields     map[string][]string // Sigma field → columns
	reference  map[string][]string // where parity mode looks instead
	order      []string            // of the fields
}

// Tables are the tables of one dialect. The package has its own; Options may bring others.
type Tables struct {
	all    []*table
	shared *table
}

//go:embed asim.txt
var asimText string

//go:embed xdr.txt
var xdrText string

var embedded = map[Dialect]func() *Tables{ASIM: embeddedTables(asimText), XDR: embeddedTables(xdrText)}

func embeddedTables(text string) func() *Tables {
	return sync.OnceValue(func() *Tables {
		t, err := ReadTables(strings.NewReader(text))
		if err != nil {
			panic("embedded tables: " + err.Error()) // a test reads both
		}
		return t
	})
}

// ReadTables reads tables in the format that the head of asim.txt describes. Errors name the line.
func ReadTables(r io.Reader) (*Tables, error) {
	t := &Tables{shared: newTable("")}
	var current *table
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		switch {
		case words[0] == "table" && len(words) == 2:
			current = newTable(words[1])
			t.all = append(t.all, current)
			continue
		case words[0] == "shared" && len(words) == 1:
			current = t.shared
			continue
		case current == nil:
			return nil, fmt.Errorf("line %d: `%s` stands before the first `table`", n, words[0])
		}
		if err := current.read(words); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the tables: %w", err)
	}
	return t, nil
}

func newTable(name string) *table {
	return &table{name: name, columns: map[string]column{}, fields: map[string][]string{}, reference: map[string][]string{}}
}

// read takes one line of a table.
func (t *table) read(words []string) error {
	missing := words[0] == "missing"
	if missing {
		words = words[1:]
	}
	if len(words) < 2 {
		return fmt.Errorf("`%s` has nothing behind it", strings.Join(words, " "))
	}
	kind, isColumns := columnTypes[words[0]]
	switch {
	case isColumns:
		for _, name := range spread(words[1:]) {
			t.columns[name] = column{name, kind, missing}
			t.names = append(t.names, name)
		}
	case words[0] == "category":
		t.categories = append(t.categories, words[1:]...)
	case words[0] == "events":
		t.events = append(t.events, words[1:]...)
	case words[0] == "hashes":
		t.hashes = append(t.hashes, spread(words[1:])...)
	case words[0] == "reference" && len(words) > 3 && words[2] == "=":
		t.reference[words[1]] = append(t.reference[words[1]], words[3:]...)
	case words[1] == "=" && len(words) > 2:
		for _, field := range words[2:] {
			if t.fields[field] == nil {
				t.order = append(t.order, field)
			}
			t.fields[field] = append(t.fields[field], words[0])
		}
	default:
		return fmt.Errorf("`%s` is no line of a table", strings.Join(words, " "))
	}
	return nil
}

// spread writes `Dst{IpAddr Hostname}` out as DstIpAddr, DstHostname.
func spread(words []string) []string {
	var out []string
	prefix := ""
	for _, w := range words {
		if before, rest, ok := strings.Cut(w, "{"); ok {
			prefix, w = before, rest
		}
		name, closes := strings.CutSuffix(w, "}")
		out = append(out, prefix+name)
		if closes {
			prefix = ""
		}
	}
	return out
}

// named is the table with this name, or nil.
func (t *Tables) named(name string) *table {
	for _, x := range t.all {
		if x.name == name {
			return x
		}
	}
	return nil
}

// forCategory is the table of a log source category, or nil.
func (t *Tables) forCategory(category string) *table {
	for _, x := range t.all {
		if slices.Contains(x.categories, category) {
			return x
		}
	}
	return nil
}

// forEvents is the table of a group of event ids, or nil.
func (t *Tables) forEvents(group string) *table {
	for _, x := range t.all {
		if slices.Contains(x.events, group) {
			return x
		}
	}
	return nil
}

// categories are all categories that select a table, sorted.
func (t *Tables) categories() []string {
	var out []string
	for _, x := range t.all {
		out = append(out, x.categories...)
	}
	slices.Sort(out)
	return out
}

// lookup is where a field of a table is searched. Without an entry it is its own column.
func (t *Tables) lookup(x *table, field string, parity bool) []string {
	for _, from := range []*table{x, t.shared} {
		if columns := from.reference[field]; parity && columns != nil {
			return columns
		}
		if columns := from.fields[field]; columns != nil {
			return columns
		}
	}
	return []string{field}
}

// column finds a column of a table, and whether the mode accepts it. Parity mode also takes the names of fields for columns.
func (t *Tables) column(x *table, name string, parity bool) (column, bool) {
	if c, ok := x.columns[name]; ok && !(parity && c.missing) {
		return c, true
	}
	if !parity {
		c, ok := t.shared.columns[name]
		return c, ok
	}
	for _, from := range []*table{x, t.shared} {
		if from.fields[name] != nil || from.reference[name] != nil {
			return column{name: name}, true
		}
	}
	return column{name: name}, name == hashesField
}

// hashColumns are the columns that take over from Hashes in a table.
func (t *Tables) hashColumns(x *table) []string {
	if len(x.hashes) > 0 {
		return x.hashes
	}
	return t.shared.hashes
}
