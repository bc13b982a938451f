package evidence

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// maxDepth is the nesting that package match accepts.
const maxDepth = 128

var errDepth = fmt.Errorf("the event is nested deeper than %d levels", maxDepth)

// naming brings decoded events to the names of the taxonomy.
type naming struct {
	user      *Map
	category  string // of the rule
	told      bool   // a log source was given; else the event tells its category, as far as it does
	logsource *taxonomy.Logsource
	lines     *match.Lines // of events that keep their names
}

func newNaming(o Options) *naming {
	n := &naming{user: o.Map, category: strings.ToLower(o.Logsource.Category)}
	if o.Logsource != (taxonomy.Key{}) {
		n.told = true
		n.logsource, _ = taxonomy.Lookup(o.Logsource.Product, o.Logsource.Category, o.Logsource.Service)
	}
	return n
}

// record makes a record of a decoded object.
func (n *naming) record(object map[string]any) (*Record, error) {
	if object == nil {
		return nil, errors.New("an event is a JSON object, this is null")
	}
	if windows := windowsFields(object); windows != nil {
		object = windows
	} else if raw := rawEvent(object); raw != nil {
		for name, v := range raw {
			setAbsent(object, name, v)
		}
	}
	fields := make(map[string]any, len(object))
	if err := flatten(fields, "", object, 0); err != nil {
		return nil, err
	}
	added := n.rename(fields)
	for name, v := range added {
		object[name] = v
	}
	return &Record{Event: match.NewEvent(object), fields: fields}, nil
}

// rawEvent are the fields of the Windows event that an export carries as text only: Splunk's `_raw`, the column EventData of Sentinel's table Event.
func rawEvent(object map[string]any) map[string]any {
	for _, name := range []string{"_raw", "EventData"} {
		text, ok := object[name].(string)
		text = strings.TrimSpace(text)
		switch {
		case !ok || !strings.HasPrefix(text, "<"):
			continue
		case strings.HasPrefix(text, eventOpen):
			if fields, err := xmlEvent([]byte(text)); err == nil {
				return windowsFields(fields)
			}
		case strings.Contains(text, "<EventData"):
			if root, err := parseXML([]byte(text)); err == nil {
				out := map[string]any{}
				data := root
				if root.name != "EventData" {
					for _, c := range root.children {
						if c.name == "EventData" {
							data = c
						}
					}
				}
				dataFields(out, data.value(0))
				return out
			}
		}
	}
	return nil
}

// flatten writes nested objects with dots. Objects in a list give one list for each of their fields, as a dotted look-up finds it. Where two
// paths spell one name, the key that holds the dots itself wins, as it does in package match.
func flatten(out map[string]any, path string, object map[string]any, depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	var nested []string
	for name, v := range object {
		switch v.(type) {
		case map[string]any, []any:
			nested = append(nested, name)
		default:
			setAbsent(out, path+name, v)
		}
	}
	sort.Strings(nested) // two may spell the same names
	for _, name := range nested {
		full := path + name
		var err error
		switch v := object[name].(type) {
		case map[string]any:
			if len(v) == 0 {
				setAbsent(out, full, nil)
			}
			err = flatten(out, full+".", v, depth+1)
		case []any:
			err = flattenList(out, full, v, depth+1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func flattenList(out map[string]any, path string, list []any, depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	scalars := make([]any, 0, len(list))
	lists := map[string]any{} // of the fields of the objects in the list
	for _, item := range list {
		inner := map[string]any{}
		var err error
		switch item := item.(type) {
		case map[string]any:
			err = flatten(inner, path+".", item, depth+1)
		case []any:
			err = flattenList(inner, path, item, depth+1)
		default:
			scalars = append(scalars, item)
		}
		if err != nil {
			return err
		}
		for name, v := range inner {
			more, isList := v.([]any)
			if !isList {
				more = []any{v}
			}
			if name == path {
				scalars = append(scalars, more...)
				continue
			}
			before, _ := lists[name].([]any)
			lists[name] = append(before, more...)
		}
	}
	if len(scalars) > 0 || len(lists) == 0 {
		setAbsent(out, path, scalars)
	}
	for name, v := range lists {
		setAbsent(out, name, v)
	}
	return nil
}

// rename gives fields the names of the taxonomy and returns what it added. The names that a field had before go, but for those in the
// taxonomy themselves.
func (n *naming) rename(fields map[string]any) map[string]any {
	added := map[string]any{}
	gone := map[string]bool{}
	take := func(field string, v any, from ...string) {
		fields[field], added[field] = v, v
		for _, name := range from {
			gone[name] = true
		}
	}
	n.user.apply(fields, take)
	var known []*nameSchema
	schemas := nameSchemas()
	for i := range schemas {
		if schemas[i].recognises(fields) {
			known = append(known, &schemas[i])
		}
	}
	for _, s := range known {
		s.unprefix(fields, take)
	}
	category := n.category
	if !n.told {
		if category = categoryOf(fields); category == "" { // EventID and Channel may have to be renamed first
			for _, s := range known {
				s.apply(fields, added, "", false, take)
			}
			category = categoryOf(fields)
		}
	}
	for _, s := range known {
		s.apply(fields, added, category, n.told, take)
	}
	for _, s := range known {
		s.translate(fields, added, category, take)
	}
	n.hashes(
		func(field string) (string, bool) { text, ok := fields[field].(string); return text, ok },
		func(field string) bool { _, there := fields[field]; return there },
		func(field, hash string) { take(field, hash) },
	)
	for name := range gone {
		if _, stays := added[name]; !stays {
			delete(fields, name)
		}
	}
	return added
}

// takeFunc sets a field that came from others.
type takeFunc func(field string, v any, from ...string)

// unprefix drops the prefixes under which shippers put the fields of Windows events.
func (s *nameSchema) unprefix(fields map[string]any, take takeFunc) {
	for _, p := range s.prefixes {
		var names []string
		for name := range fields {
			if rest, ok := strings.CutPrefix(name, p.text); ok && rest != "" {
				names = append(names, name)
			}
		}
		sort.Strings(names)
		for _, name := range names {
			rest := name[len(p.text):]
			if p.upper {
				rest = strings.ToUpper(rest[:1]) + rest[1:]
			}
			if _, there := fields[rest]; !there {
				take(rest, fields[name], name)
			}
		}
	}
}

// apply takes the rows for a category. Fields are only replaced for a rule of that category: another may mean what the log means.
func (s *nameSchema) apply(fields, added map[string]any, category string, replace bool, take takeFunc) {
	for _, row := range s.rows {
		if !covers(row.categories, category) {
			continue
		}
		_, there := fields[row.field]
		if _, ours := added[row.field]; there && (!row.replace || !replace || ours) {
			continue
		}
		if row.joined {
			first, second := plain(fields[row.names[0]]), plain(fields[row.names[1]])
			switch {
			case second == "" && row.field != "TargetObject", first == "" && second == "":
			case first == "" || second == "": // no domain; or the default value of a registry key
				take(row.field, first+second, row.names...)
			default:
				take(row.field, strings.TrimRight(first, `\`)+`\`+second, row.names...)
			}
			continue
		}
		for _, name := range row.names {
			if v, ok := fields[name]; ok && v != nil && v != "" {
				take(row.field, v, name)
				break
			}
		}
	}
}

func (s *nameSchema) translate(fields, added map[string]any, category string, take takeFunc) {
	for _, row := range s.values {
		text, ok := fields[row.field].(string)
		if !ok || !covers(row.categories, category) {
			continue
		}
		switch rest, begins := strings.CutPrefix(text, row.from); {
		case !begins, !row.start && rest != "", row.start && rest != "" && rest[0] != '\\':
		default:
			take(row.field, row.to+rest)
		}
	}
}
