package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules/match"
)

// envelope is an object around the events of a document.
type envelope struct {
	name     string
	path     []string // of keys to the array of events
	table    bool     // the array holds rows, and the columns stand beside it
	siblings []string // keys that may stand beside the first of the path; a `*` at the end stands for any rest
}

// envelopes are the results of queries and audit log files. An object with any other key beside is an event itself.
var envelopes = []envelope{
	{"Elastic search result", []string{"hits", "hits"}, false, []string{
		"took", "timed_out", "_shards", "_scroll_id", "_clusters", "pit_id", "num_reduce_phases", "aggregations", "terminated_early", "status",
		"suggest", "profile",
	}},
	{"Sentinel query result", []string{"tables", "rows"}, true, []string{"statistics", "render", "error", "dataSources"}},
	{"Sentinel query result", []string{"Tables", "Rows"}, true, []string{"Exceptions"}},
	{"Defender query result", []string{"Results"}, false, []string{"Schema", "Stats", "Session", "@odata*", "ChartVisualization"}},
	{"Defender query result", []string{"results"}, false, []string{"schema", "@odata*"}},
	{"Splunk export", []string{"results"}, false, []string{
		"preview", "init_offset", "messages", "fields", "highlighted", "post_process_count", "initialOffset",
	}},
	{"query result", []string{"value"}, false, []string{"@odata*"}},
	{"CloudTrail log", []string{"Records"}, false, nil},
	{"JSON document", []string{"events"}, false, []string{"count", "total", "next", "meta"}},
	{"JSON document", []string{"data"}, false, []string{"count", "total", "next", "meta", "links"}},
	{"table of rows", []string{"rows"}, true, []string{"fields", "columns", "name", "preview", "init_offset", "messages", "types"}},
}

// allows reports whether a key may stand beside the events.
func (e envelope) allows(key string) bool {
	return slices.ContainsFunc(e.siblings, func(s string) bool {
		if prefix, open := strings.CutSuffix(s, "*"); open {
			return strings.HasPrefix(key, prefix)
		}
		return s == key
	})
}

// envelopeOf finds the envelope that a document begins with. All keys that the sample shows must fit.
func envelopeOf(sample []byte) (envelope, bool) {
	keys, kinds := topKeys(sample)
	for _, e := range envelopes {
		i := slices.Index(keys, e.path[0])
		if i < 0 || kinds[i] == 0 || (len(e.path) == 1 || e.table) && kinds[i] != '[' {
			continue
		}
		fits := func(k string) bool { return k == e.path[0] || e.allows(k) }
		if !slices.ContainsFunc(keys, func(k string) bool { return !fits(k) }) {
			return e, true
		}
	}
	return envelope{}, false
}

// topKeys are the keys of the object that a sample begins with, as far as the sample goes, and with each `[` or `{` when that is how its value
// begins: a `[` only when objects or arrays are in it, as in a list of events.
func topKeys(sample []byte) (keys []string, kinds []byte) {
	decoder := json.NewDecoder(bytes.NewReader(sample))
	decoder.UseNumber()
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil, nil
	}
	for decoder.More() {
		t, err := decoder.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return keys, kinds
		}
		keys, kinds = append(keys, key), append(kinds, 0)
		depth := 0
		for first := true; first || depth > 0; first = false {
			if t, err = decoder.Token(); err != nil {
				return keys, kinds
			}
			delim, _ := t.(json.Delim)
			switch delim {
			case '{', '[':
				if depth == 0 {
					kinds[len(kinds)-1] = byte(delim)
				}
				depth++
			case '}', ']':
				depth--
			default:
				if depth == 1 && kinds[len(kinds)-1] == '[' {
					kinds[len(kinds)-1] = 0 // a list of plain values is a field
				}
			}
		}
	}
	return keys, kinds
}

func isColumns(key string) bool {
	return key == "columns" || key == "Columns" || key == "fields"
}

// columns reads the column list of a table: names, or objects with a name.
func (s *jsonScan) columns() ([]string, error) {
	data, err := s.value()
	if err != nil {
		return nil, err
	}
	var list []any
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, nil // rows says that there are no columns
	}
	out := make([]string, len(list))
	for i, c := range list {
		switch c := c.(type) {
		case string:
			out[i] = c
		case map[string]any:
			for _, key := range []string{"name", "Name", "ColumnName"} {
				if name, ok := c[key].(string); ok {
					out[i] = name
				}
			}
		}
	}
	return out, nil
}

// rows reads the rows of a table to the end of their array.
func (s *jsonScan) rows(columns []string) error {
	for !s.ended {
		c, err := s.next()
		if err != nil {
			return inside(err)
		}
		if c == ']' {
			s.skip()
			return nil
		}
		data, err := s.value()
		switch {
		case errors.Is(err, errLong):
			s.ended = !s.emit(nil, s.last, fmt.Errorf("the row is longer than %d bytes", s.limit))
			continue
		case err != nil:
			return err
		}
		fields, err := row(columns, data)
		s.ended = !s.emit(fields, s.last, err)
	}
	return nil
}

func row(columns []string, data []byte) (map[string]any, error) {
	if err := notUTF8(data); err != nil {
		return nil, err
	}
	v, err := decode(data)
	if err != nil {
		return nil, err
	}
	cells, ok := v.([]any)
	switch {
	case !ok:
		return nil, errors.New("a row is a JSON array, this is " + match.JSONKind(v))
	case columns == nil:
		return nil, errors.New("the table has no columns before its rows")
	case len(cells) > len(columns):
		return nil, fmt.Errorf("the row has %d cells for %d columns", len(cells), len(columns))
	}
	fields := make(map[string]any, len(cells))
	for i, cell := range cells {
		if cell == nil || cell == "" || columns[i] == "" {
			continue // a result has a cell for every column of every table; empty ones are absent fields
		}
		fields[columns[i]] = inner(cell)
	}
	return fields, nil
}

// inner decodes a dynamic column, which query results carry as text.
func inner(cell any) any {
	s, ok := cell.(string)
	if !ok || len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' {
		return cell
	}
	if v, err := decode([]byte(s)); err == nil {
		return v
	}
	return cell
}

// opened is the event in an object of the input: what a shipper wrapped, or the object itself.
func opened(object map[string]any) map[string]any {
	for _, w := range wrappers {
		if inner, ok := object[w.key].(map[string]any); ok && w.has(object) {
			for key, as := range w.keep {
				if v, ok := object[key]; ok && inner[as] == nil {
					inner[as] = v
				}
			}
			return inner
		}
	}
	return object
}

// wrapper is what a shipper puts around each event.
type wrapper struct {
	key    string
	beside []string          // one of these says that the object is the wrapper and not an event with a field of that name
	keep   map[string]string // keys that belong to the event, and their names there
}

var wrappers = []wrapper{
	{"_source", []string{"_index", "_id", "_score"}, nil},                                                                        // Elastic, OpenSearch
	{"result", []string{"preview", "offset", "lastrow"}, nil},                                                                    // Splunk export
	{"event", []string{"sourcetype", "source", "index"}, map[string]string{"time": "_time", "host": "host", "source": "source"}}, // Splunk HEC
}

func (w wrapper) has(object map[string]any) bool {
	return slices.ContainsFunc(w.beside, func(k string) bool { _, ok := object[k]; return ok })
}
