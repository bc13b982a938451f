package evidence

import (
	"time"

	"github.com/sigtune/sigtune/rules/match"
)

// Record is one event. It belongs to one goroutine. What it is asked for is worked out then: of most events hardly anything is.
type Record struct {
	// Event is what matchers read: every name of the input, nested as it was, and the names of the taxonomy.
	Event  *match.Event
	Source Place
	fields map[string]any // nil until somebody asks
	stream *Stream
}

// Stream is where the record was read; nil for one that was not.
func (r *Record) Stream() *Stream { return r.stream }

// NewRecord is an event that was not read, under the names of the taxonomy.
func NewRecord(fields map[string]any, at Place) *Record {
	return &Record{Event: match.NewEvent(fields), Source: at, fields: fields}
}

// Fields are the event's fields under the names of the taxonomy where they have one, else under their own, nested objects
// flattened with dots. Values are nil, bool, json.Number, string, or []any of these.
func (r *Record) Fields() map[string]any {
	if r.fields == nil && r.Event != nil {
		r.fields = map[string]any{}
		_ = flatten(r.fields, "", r.Event.Fields(), 0) // Lines takes nothing that is nested too deep
	}
	return r.fields
}

// Plain is the event when nothing in it is nested and all its members are its Fields; else nil.
func (r *Record) Plain() *match.Event {
	if r.fields != nil || r.Event == nil {
		return nil
	}
	if _, plain := r.Event.Members(); !plain {
		return nil
	}
	return r.Event
}

// text is the text of a scalar field, or empty.
func (r *Record) text(name string) string {
	if e := r.Plain(); e != nil {
		m, _ := e.Find(name)
		return m.Text
	}
	return plain(r.Fields()[name])
}

func (r *Record) first(names []string) string {
	for _, n := range names {
		if s := r.text(n); s != "" && s != "-" {
			return s
		}
	}
	return ""
}

var hostNames = []string{"Computer", "host.name", "Hostname", "DeviceName", "ComputerName", "host", "agent.hostname", "hostname", "Host", "dest"}
var userNames = []string{"User", "SubjectUserName", "TargetUserName", "user.name", "AccountName", "UserPrincipalName", "user", "Account", "userIdentity.arn"}

// Time is when it happened; zero when the event does not tell.
func (r *Record) Time() time.Time {
	for _, name := range timeNames {
		if text := r.text(name); text != "" {
			if t, ok := timeOf(text); ok {
				return t
			}
		}
	}
	return time.Time{}
}

// Host is where it happened; empty when the event does not tell.
func (r *Record) Host() string { return r.first(hostNames) }

// User is the account, with its domain where the event has one; empty when the event does not tell.
func (r *Record) User() string { return r.first(userNames) }

// recordOfText makes a record of the text of a JSON object.
func (n *naming) recordOfText(text string) (*Record, error) {
	if r := n.keepsNames(text); r != nil {
		return r, nil
	}
	return n.decoded([]byte(text))
}

// keepsNames is the record of an event whose names are those of the taxonomy, which is not decoded for it; nil for any other.
func (n *naming) keepsNames(text string) *Record {
	if n.lines == nil {
		n.lines = match.NewLines(n.renames())
	}
	e, ok := n.lines.Event(text, len(hashFields))
	if !ok {
		return nil
	}
	hashed := false
	members, _ := e.Members()
	for i := range members {
		switch m := e.Member(i); m.Name {
		case "Hashes", "md5", "MD5", "sha1", "SHA1", "sha256", "SHA256", "Imphash", "IMPHASH":
			if m.Kind != match.Text {
				return nil
			}
			hashed = true
		}
	}
	if hashed {
		n.hashes(
			func(field string) (string, bool) { m, ok := e.Find(field); return m.Text, ok },
			func(field string) bool { _, there := e.Find(field); return there },
			e.With,
		)
	}
	return &Record{Event: e}
}
