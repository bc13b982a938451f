package mine

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// label says what somebody thinks of an event.
type label uint8

const (
	falsePositive label = iota
	truePositive
	unlabelled // of a baseline
	labels     // how many there are
)

// table holds events as rows of value numbers: what looks the same in all fields that say something is one row. Most alerts of a noisy rule
// are such copies.
type table struct {
	fields  *fieldBook
	columns []*column // in the order in which their fields were first seen
	byName  map[string]int
	rows    []row
	index   map[string]int32
	scratch []uint32
	key     []byte
	text    []byte
	order   []placed // of the fields of the event before
	held
}

// placed is a field and its column.
type placed struct {
	name   string
	column int
}

// column is one field. Cells that are missing at the end of it are absent.
type column struct {
	name   string
	values []value // by number; 0 is absence
	number map[string]uint32
	cells  []uint32 // by row
	hash   uint64   // of the name
	key    []byte
}

// value is one distinct value of a field.
type value struct {
	raw   any
	text  string // as a condition sees it; empty for what is no single text
	plain bool   // a single text, number or boolean, and no stand-in for "not known"
}

// row is one distinct event.
type row struct {
	count    [labels]int
	first    [labels]evidence.Place
	contexts []context // who, where and when; the first few
}

// context is what sets two occurrences of the same event apart.
type context struct {
	host, user, day string
}

// keptContexts is how many contexts of one row are remembered: enough to tell one host from several.
const keptContexts = 6

func newTable(fields *fieldBook) *table {
	return &table{fields: fields, byName: map[string]int{}, index: map[string]int32{}, held: held{most: mostRows, loose: map[int32]*[labels]int{}, both: map[int]int{}}}
}

// add counts events that fire the rule and are alike.
func (t *table) add(r *evidence.Record, l label, events int) {
	if len(t.rows) >= t.most {
		t.thin()
	}
	var at int32
	if t.level == 0 {
		t.fill(r)
		at = t.row()
	} else {
		at = t.heldRow(r, l, events)
	}
	t.note(r, at, l, events)
	if at < 0 {
		return
	}
	row := &t.rows[at]
	if row.count[l] == 0 {
		row.first[l] = r.Source
	}
	row.count[l] += events
	if l != falsePositive || len(row.contexts) == keptContexts {
		return
	}
	c := context{host: strings.Clone(r.Host()), user: strings.Clone(r.User())}
	if at := r.Time(); !at.IsZero() {
		c.day = at.UTC().Format("2006-01-02")
	}
	if !slices.Contains(row.contexts, c) {
		row.contexts = append(row.contexts, c)
	}
}

// fill puts the values of an event into scratch.
func (t *table) fill(r *evidence.Record) {
	clear(t.scratch)
	e := r.Plain()
	if e == nil {
		for name, raw := range r.Fields() {
			if c := t.column(name); c >= 0 {
				t.scratch[c] = t.columns[c].of(raw)
			}
		}
		return
	}
	n, _ := e.Members()
	for i := range n {
		m := e.Member(i)
		if c := t.place(i, m.Name); c >= 0 {
			t.scratch[c] = t.columns[c].ofMember(m)
		}
	}
}

// row is the row with the values in scratch, a new one where there is none.
func (t *table) row() int32 {
	key := t.keyOf()
	at, known := t.index[string(key)]
	if known {
		return at
	}
	at = int32(len(t.rows))
	t.index[string(key)] = at
	t.rows = append(t.rows, row{})
	for c, n := range t.scratch {
		if n == 0 {
			continue
		}
		column := t.columns[c]
		for len(column.cells) < int(at) {
			column.cells = append(column.cells, 0)
		}
		column.cells = append(column.cells, n)
	}
	return at
}

// keyOf is what tells the row with the values in scratch from others. Absent values at the end do not count, so that a column that comes later
// leaves the key as it is.
func (t *table) keyOf() []byte {
	t.key = t.key[:0]
	last := len(t.scratch)
	for last > 0 && t.scratch[last-1] == 0 {
		last--
	}
	for _, n := range t.scratch[:last] {
		t.key = binary.AppendUvarint(t.key, uint64(n))
	}
	return t.key
}

// place is the column of the i-th field of an event; -1 for a field that says nothing. Events have their fields in one order more often than not.
func (t *table) place(i int, name string) int {
	if i < len(t.order) && t.order[i].name == name {
		return t.order[i].column
	}
	c := t.column(name)
	if i < len(t.order) {
		t.order[i] = placed{name, c}
	} else if i == len(t.order) {
		t.order = append(t.order, placed{name, c})
	}
	return c
}

// column is the number of the column of a field; -1 for a field that says nothing.
func (t *table) column(name string) int {
	if c, known := t.byName[name]; known {
		return c
	}
	return t.newColumn(strings.Clone(name))
}

// newColumn begins a column, or notes a field as one that says nothing: -1.
func (t *table) newColumn(name string) int {
	if t.fields.silent(name) && !t.fields.ruled(name) {
		t.byName[name] = -1
		return -1
	}
	// The order of a map must not show: columns are sorted when the table is read (sort).
	t.columns = append(t.columns, &column{name: name, hash: fieldHash(name), values: []value{{}}, number: map[string]uint32{}})
	t.scratch = append(t.scratch, 0)
	t.byName[name] = len(t.columns) - 1
	return len(t.columns) - 1
}

// sort puts the columns into the order of their names.
func (t *table) sort() {
	slices.SortFunc(t.columns, func(a, b *column) int { return strings.Compare(a.name, b.name) })
	for i, c := range t.columns {
		t.byName[c.name] = i
	}
	t.index, t.scratch, t.order = nil, nil, nil
	for at := range t.rows {
		if row := &t.rows[at]; row.count[falsePositive] > 0 && row.count[truePositive] > 0 {
			t.both[at] = row.count[falsePositive]
		}
	}
}

// of is the number of a value.
func (c *column) of(raw any) uint32 {
	c.key = appendKey(c.key[:0], raw)
	if n, known := c.number[string(c.key)]; known {
		return n
	}
	return c.newValue(raw)
}

// ofMember is the number of the value of a member. What is kept of it does not hold on to the line.
func (c *column) ofMember(m match.Member) uint32 {
	c.key = appendMemberKey(c.key[:0], m)
	if n, known := c.number[string(c.key)]; known {
		return n
	}
	switch m.Kind {
	case match.Text:
		return c.newValue(strings.Clone(m.Text))
	case match.Number:
		return c.newValue(json.Number(strings.Clone(m.Text)))
	case match.Boolean:
		return c.newValue(m.Text == "true")
	}
	return c.newValue(nil)
}

// appendKey appends what tells a value from others of its column: a text itself, anything else as it is spelled.
func appendKey(to []byte, raw any) []byte {
	if text, is := raw.(string); is {
		return append(to, text...)
	}
	return append(append(to, 0), spelled(raw)...)
}

// appendMemberKey is appendKey for a member.
func appendMemberKey(to []byte, m match.Member) []byte {
	switch m.Kind {
	case match.Text:
		return append(to, m.Text...)
	case match.Null:
		return append(to, "\x00null"...)
	}
	return append(append(to, 0), m.Text...)
}

// keyOf is the key of a value to keep.
func (c *column) keyOf(raw any) string {
	if text, is := raw.(string); is {
		return text
	}
	c.key = appendKey(c.key[:0], raw)
	return string(c.key)
}

// newValue numbers a value.
func (c *column) newValue(raw any) uint32 {
	v := value{raw: raw}
	switch x := raw.(type) {
	case string:
		v.text, v.plain = x, !unknownValue[x] && utf8.ValidString(x) && !strings.ContainsAny(x, hole+stand)
	case json.Number:
		v.text, v.plain = x.String(), true
	case bool:
		v.text, v.plain = fmt.Sprint(x), true
	}
	n := uint32(len(c.values))
	c.values = append(c.values, v)
	c.number[c.keyOf(raw)] = n
	return n
}

// unknownValue are the texts that sensors write for a value that they do not have.
var unknownValue = map[string]bool{"": true, "-": true, "(null)": true, "?": true, "N/A": true, "n/a": true}

func spelled(raw any) string {
	data, err := json.Marshal(raw)
	if err != nil {
		return fmt.Sprint(raw)
	}
	return string(data)
}

// at is the value of a column in a row; its number is 0 when it is absent.
func (c *column) at(row int) uint32 {
	if row >= len(c.cells) {
		return 0
	}
	return c.cells[row]
}

// event is a row as an object: the fields that say something.
func (t *table) event(at int) map[string]any {
	e := map[string]any{}
	for _, c := range t.columns {
		if n := c.at(at); n > 0 {
			e[c.name] = c.values[n].raw
		}
	}
	return e
}

// matching are the rows on which a filter holds that looks at these fields. Rows with the same values of them are asked once.
func (t *table) matching(m *match.Matcher, fields []string, rows []int) []bool {
	var columns []*column
	for _, f := range fields {
		if c, known := t.byName[f]; known && c >= 0 {
			columns = append(columns, t.columns[c])
		}
	}
	known := map[string]bool{}
	key := make([]byte, 0, 4*len(columns))
	out := make([]bool, len(rows))
	for i, at := range rows {
		key = key[:0]
		for _, c := range columns {
			key = binary.AppendUvarint(key, uint64(c.at(at)))
		}
		held, asked := known[string(key)]
		if !asked {
			e := map[string]any{}
			for _, c := range columns {
				if n := c.at(at); n > 0 {
					e[c.name] = c.values[n].raw
				}
			}
			held = m.Match(match.NewEvent(e))
			known[string(key)] = held
		}
		out[i] = held
	}
	return out
}

// weight is how many events of a label the rows stand for.
func (t *table) weight(rows []int, l label) int {
	n := 0
	for _, at := range rows {
		n += t.rows[at].count[l]
	}
	return n
}

// of are the rows with at least one event of a label.
func (t *table) of(l label) []int {
	var out []int
	for at := range t.rows {
		if t.rows[at].count[l] > 0 {
			out = append(out, at)
		}
	}
	return out
}

// contexts counts the distinct hosts, users, days, and their combinations behind rows.
func (t *table) contexts(rows []int) (hosts, users, days, all int) {
	h, u, d, c := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[context]bool{}
	for _, at := range rows {
		for _, x := range t.rows[at].contexts {
			c[x] = true
			if x.host != "" {
				h[x.host] = true
			}
			if x.user != "" {
				u[x.user] = true
			}
			if x.day != "" {
				d[x.day] = true
			}
		}
	}
	return len(h), len(u), len(d), len(c)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
