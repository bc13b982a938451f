package taxonomy

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
)

//go:embed logsources.txt
var logsourceData string

//go:embed events.txt
var eventData string

// Table is a set of log sources. It is immutable and safe for concurrent use.
type Table struct {
	// Version says what the table was made from, for reports that used it.
	Version    Versions
	logsources map[Key]*Logsource
	keys       []Key
	events     func() map[string]map[int]Event // by channel in lower case; read at first use
	header     []string
}

// Versions are the versions of the embedded data.
type Versions struct {
	Specification string // version and commit of the specification
	Rules         string // commit and date of the live rules that were counted
	Additions     int    // log sources added or extended by the user
}

// String is the form for reports.
func (v Versions) String() string {
	s := "Sigma specification " + v.Specification + ", live rules " + v.Rules
	if v.Additions > 0 {
		s += fmt.Sprintf(", %d own log sources", v.Additions)
	}
	return s
}

// Event is what was observed of one Windows event id.
type Event struct {
	Seen   int // events seen
	Fields []string
}

// Default returns the embedded table.
var Default = sync.OnceValue(func() *Table {
	t, err := parse(logsourceData)
	if err != nil {
		panic(err) // cannot happen: a test reads the same embedded text
	}
	t.events = sync.OnceValue(func() map[string]map[int]Event {
		events, err := parseEvents(eventData)
		if err != nil {
			panic(err) // cannot happen: a test reads the same embedded text
		}
		return events
	})
	return t
})

// Version returns the versions of the embedded table.
func Version() Versions { return Default().Version }

// Lookup finds a log source in the embedded table; see Table.Lookup.
func Lookup(product, category, service string) (*Logsource, Match) {
	return Default().Lookup(product, category, service)
}

// Match tells how a log source was found.
type Match uint8

const (
	Exact           Match = 0
	DroppedService  Match = 1   // the service was ignored
	DroppedCategory Match = 2   // the category was ignored
	DroppedProduct  Match = 4   // the product was ignored
	NotFound        Match = 128 // nothing fits, however much is dropped
)

// fallbacks is the order in which parts are dropped (specification, section 1): service, category,
// product, one at a time and then two. Never all three.
var fallbacks = []Match{
	Exact, DroppedService, DroppedCategory, DroppedProduct,
	DroppedService | DroppedCategory, DroppedService | DroppedProduct, DroppedCategory | DroppedProduct,
}

// Lookup finds the log source for the three parts, empty when unset, without regard to letter case. When
// there is no entry it drops parts as fallbacks says; the match then tells which, and the fields found are
// those of a wider log source: the rule's own may have more. It returns nil and NotFound when nothing
// fits.
func (t *Table) Lookup(product, category, service string) (*Logsource, Match) {
	asked := Key{strings.ToLower(product), strings.ToLower(category), strings.ToLower(service)}
	for _, m := range fallbacks {
		k := asked
		if m&DroppedProduct != 0 {
			k.Product = ""
		}
		if m&DroppedCategory != 0 {
			k.Category = ""
		}
		if m&DroppedService != 0 {
			k.Service = ""
		}
		if m != Exact && k == asked || k == (Key{}) {
			continue
		}
		if l, ok := t.logsources[k]; ok {
			return l, m
		}
	}
	return nil, NotFound
}

// Authoritative says whether the fields of a log source found this way are all the fields there are, if
// the log source is complete: nothing or only the service was dropped. Another product on the same
// category may have fields of its own.
func (m Match) Authoritative() bool { return m == Exact || m == DroppedService }

// Logsources returns the keys of all log sources in alphabetical order.
func (t *Table) Logsources() []Key { return append([]Key(nil), t.keys...) }

// Get returns the log source with exactly this key.
func (t *Table) Get(k Key) (*Logsource, bool) {
	l, ok := t.logsources[k]
	return l, ok
}

// Event returns what was observed for an event id of a channel; channels compare without regard to case.
func (t *Table) Event(channel string, id int) (Event, bool) {
	e, ok := t.events()[strings.ToLower(channel)][id]
	return e, ok
}

// Addition is a log source of the user's own, or fields for one that is known.
type Addition struct {
	Key
	Fields   []string
	Complete bool // the list, together with what is known already, is all there is
}

// With returns a table extended by the user's own log sources and fields. The receiver stays as it is.
// An addition without any part, or with an empty field name, is an error that names it.
func (t *Table) With(additions ...Addition) (*Table, error) {
	extended := &Table{Version: t.Version, events: t.events, header: t.header, logsources: make(map[Key]*Logsource, len(t.logsources)+len(additions))}
	for k, l := range t.logsources {
		own := *l
		own.table = extended
		extended.logsources[k] = &own
	}
	for i, a := range additions {
		if a.Key == (Key{}) {
			return nil, fmt.Errorf("log source %d of the own taxonomy has neither product, category nor service", i+1)
		}
		key := Key{strings.ToLower(a.Product), strings.ToLower(a.Category), strings.ToLower(a.Service)}
		l, ok := extended.logsources[key]
		if !ok {
			l = &Logsource{Key: key, table: extended}
			extended.logsources[key] = l
		}
		fields := make(map[string]Field, len(a.Fields))
		if ok {
			for n, f := range l.content().fields {
				fields[n] = f
			}
		}
		for _, n := range a.Fields {
			if strings.TrimSpace(n) == "" {
				return nil, fmt.Errorf("log source %s of the own taxonomy has an empty field name", key)
			}
			f, known := fields[n]
			if !known {
				f = meaning(Field{Name: n}, key)
			}
			f.Why |= User
			fields[n] = f
		}
		indexed := index(fields)
		l.content = func() content { return indexed }
		if a.Complete {
			l.Complete, l.Authority = true, "user"
		}
	}
	extended.Version.Additions += len(additions)
	extended.sortKeys()
	return extended, nil
}

func (t *Table) sortKeys() {
	t.keys = t.keys[:0]
	for k := range t.logsources {
		t.keys = append(t.keys, k)
	}
	sort.Slice(t.keys, func(i, j int) bool { return t.keys[i].String() < t.keys[j].String() })
}

// reasons are the letters of the embedded text.
var reasons = map[rune]Reason{'s': Specified, 'm': Schema, 'o': Observed, 'r': Used, 'j': Joined, 'x': Sensor}

// parse reads the log sources; their form is described at the head of the text.
func parse(text string) (*Table, error) {
	t := &Table{logsources: map[Key]*Logsource{}, events: func() map[string]map[int]Event { return nil }}
	for number, rest := 1, text; rest != ""; number++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		col := columns(line)
		switch col[0] {
		case "! specification":
			t.Version.Specification = col[1]
			continue
		case "! rules":
			t.Version.Rules = col[1]
			continue
		case "! header":
			t.header = strings.Fields(col[1])
			continue
		}
		name, ok := strings.CutPrefix(col[0], "= ")
		if !ok {
			return nil, fmt.Errorf("logsources.txt:%d: field %q before the first log source", number, col[0])
		}
		key, ok := ParseKey(name)
		if !ok {
			return nil, fmt.Errorf("logsources.txt:%d: %q is not a log source", number, name)
		}
		l := &Logsource{Key: key, table: t, Complete: strings.Contains(col[2], "complete"), Authority: col[3]}
		l.Rules, _ = strconv.Atoi(col[1])
		for _, id := range strings.Fields(col[4]) {
			n, err := strconv.Atoi(id)
			if err != nil {
				return nil, fmt.Errorf("logsources.txt:%d: event id %q is not a number", number, id)
			}
			l.EventIDs = append(l.EventIDs, n)
		}
		if col[5] != "" {
			l.Channels = strings.Split(col[5], ";")
		}
		var header []string
		if strings.Contains(col[2], "header") {
			header = t.header
		}
		body := rest
		if strings.HasPrefix(rest, "= ") {
			body = ""
		} else if end := strings.Index(rest, "\n= "); end >= 0 {
			body = rest[:end+1]
		}
		rest = rest[len(body):]
		number += strings.Count(body, "\n")
		l.content = sync.OnceValue(func() content { return parseFields(key, header, body) })
		t.logsources[key] = l
	}
	t.sortKeys()
	return t, nil
}

// parseFields reads the field lines of a log source.
func parseFields(key Key, header []string, body string) content {
	fields := make(map[string]Field, len(header)+strings.Count(body, "\n"))
	for _, n := range header {
		fields[n] = meaning(Field{Name: n, Why: Header}, key)
	}
	for _, line := range strings.Split(body, "\n") {
		if line == "" {
			continue
		}
		col := columns(line)
		f := Field{Name: col[0], Type: Type(col[3]), Why: fields[col[0]].Why}
		f.Count, _ = strconv.Atoi(col[1])
		for _, r := range col[2] {
			f.Why |= reasons[r]
		}
		fields[f.Name] = meaning(f, key)
	}
	return index(fields)
}

// parseEvents reads the observed events; their form is described at the head of the text.
func parseEvents(text string) (map[string]map[int]Event, error) {
	events := map[string]map[int]Event{}
	var channel map[int]Event
	for number, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "= "); ok {
			channel = map[int]Event{}
			events[strings.ToLower(name)] = channel
			continue
		}
		col := columns(line)
		id, err := strconv.Atoi(col[0])
		if err != nil || channel == nil {
			return nil, fmt.Errorf("events.txt:%d: %q is not an event id of a channel", number+1, col[0])
		}
		seen, _ := strconv.Atoi(col[1])
		channel[id] = Event{Seen: seen, Fields: strings.Fields(col[2])}
	}
	return events, nil
}

// columns splits at tabs; columns that the writer left off are empty.
func columns(line string) (col [6]string) {
	for i := range col {
		head, rest, more := strings.Cut(line, "\t")
		col[i] = head
		if !more {
			break
		}
		line = rest
	}
	return col
}
