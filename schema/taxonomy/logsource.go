package taxonomy

import (
	"sort"
	"strconv"
	"strings"
)

// Key names a log source. An empty part is unset.
type Key struct {
	Product, Category, Service string
}

// String writes the key as the tables and messages do: product/category/service, `*` for an unset part.
func (k Key) String() string {
	return star(k.Product) + "/" + star(k.Category) + "/" + star(k.Service)
}

// ParseKey reads the form that String writes. It reports false unless there are three parts.
func ParseKey(s string) (Key, bool) {
	part := strings.Split(s, "/")
	if len(part) != 3 {
		return Key{}, false
	}
	for i := range part {
		if part[i] == "*" {
			part[i] = ""
		}
	}
	return Key{part[0], part[1], part[2]}, true
}

func star(part string) string {
	if part == "" {
		return "*"
	}
	return part
}

// Reason says why a field counts as known. A field may have several.
type Reason uint8

const (
	Specified Reason = 1 << iota // the specification lists it for this log source
	Schema                       // the naming authority to which the specification points has it
	Observed                     // real events carry it
	Used                         // at least two live rules use it with this spelling
	Joined                       // a property of an acting process, or a single hash, joined to the event
	Sensor                       // a sensor documents that it adds it
	Header                       // it is in the header of every event of the log source
	User                         // the user's own entry
)

// Field is a field of a log source.
type Field struct {
	Name    string
	Why     Reason
	Count   int  // live rules that use it in this log source
	Type    Type // a hint from its name and the values seen, never a proof
	Role    Role // what it says about the event; NoRole when nothing is known
	Control Control
	// Single says that an event holds at most one value of it: it comes from an event or log line with
	// named data. False means that nobody knows.
	Single bool
}

// Logsource is a log source and what is known of it. Values are shared: do not change them.
type Logsource struct {
	Key
	Rules     int      // live rules on exactly this key
	Complete  bool     // an unknown field may be called an error; see the package comment
	Authority string   // whose names count: sysmon, w3c, observed, user, or "" when only single reasons speak
	EventIDs  []int    // the event ids to which the specification binds the category
	Channels  []string // the Windows channels to which the specification binds it

	table   *Table
	content func() content // read at first use: a run needs a few of the log sources
}

// content are the fields of a log source.
type content struct {
	fields map[string]Field
	names  []string            // commonest first, then by alphabet
	folded map[string][]string // lower case to the spellings that are known
}

// Field returns a field by its exact name.
func (l *Logsource) Field(name string) (Field, bool) {
	f, ok := l.content().fields[name]
	return f, ok
}

// Fields returns the names of all fields, those that most rules use first. The header of Windows events
// is included.
func (l *Logsource) Fields() []string { return append([]string(nil), l.content().names...) }

// Role returns the names of the fields with this role, commonest first.
func (l *Logsource) Role(role Role) []string {
	var names []string
	c := l.content()
	for _, n := range c.names {
		if c.fields[n].Role == role {
			names = append(names, n)
		}
	}
	return names
}

// Implied returns the values that the log source itself fixes for a field, by the specification's binding:
// EventID and Channel of a category, the provider behind the channel, and the kind of registry event. With
// one value an item that repeats it says nothing; with several, an item narrows.
func (l *Logsource) Implied(field string) []string {
	if l.Category == "" {
		return nil // a service is a channel with many events: narrowing it is what rules are for
	}
	switch field {
	case "EventID":
		var values []string
		for _, id := range l.EventIDs {
			values = append(values, strconv.Itoa(id))
		}
		return values
	case "Channel":
		return append([]string(nil), l.Channels...)
	case "Provider_Name":
		var values []string
		for _, c := range l.Channels {
			if p, ok := providers[c]; ok {
				values = append(values, p)
			}
		}
		return values
	case "EventType":
		if len(l.EventIDs) == 1 && l.EventIDs[0] == sysmonRegistryValueSet {
			return []string{"SetValue"}
		}
	}
	return nil
}

// providers are the providers that write the channels to which the specification binds categories. Other
// sensors feed the same categories under their own provider names, so a Provider_Name that differs is a
// choice of the sensor and not a contradiction.
var providers = map[string]string{
	"Microsoft-Windows-Sysmon/Operational":     "Microsoft-Windows-Sysmon",
	"Microsoft-Windows-PowerShell/Operational": "Microsoft-Windows-PowerShell",
	"PowerShellCore/Operational":               "PowerShellCore",
	"Windows PowerShell":                       "PowerShell",
}

// Redundant says whether an item on this field can only repeat what the log source says: the
// specification binds the category to one value of it.
func (l *Logsource) Redundant(field string) bool { return len(l.Implied(field)) == 1 }

// Event returns what was observed for one event id on the log source's channels. It reports false when
// no such event was seen. A name that is missing from Fields proves nothing.
func (l *Logsource) Event(id int) (Event, bool) {
	merged, found := Event{}, false
	for _, c := range l.Channels {
		if e, ok := l.table.Event(c, id); ok {
			merged.Seen += e.Seen
			merged.Fields = append(merged.Fields, e.Fields...)
			found = true
		}
	}
	if len(l.Channels) > 1 {
		sort.Strings(merged.Fields)
	}
	return merged, found
}

// index orders fields by use and finds them by lower case.
func index(fields map[string]Field) content {
	c := content{fields: fields, names: make([]string, 0, len(fields)), folded: make(map[string][]string, len(fields))}
	for n := range fields {
		c.names = append(c.names, n)
	}
	sort.Slice(c.names, func(i, j int) bool {
		a, b := fields[c.names[i]], fields[c.names[j]]
		if a.Count != b.Count {
			return a.Count > b.Count
		}
		return a.Name < b.Name
	})
	for _, n := range c.names {
		low := strings.ToLower(n)
		c.folded[low] = append(c.folded[low], n)
	}
	return c
}
