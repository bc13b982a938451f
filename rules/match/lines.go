package match

import (
	"encoding/json"
	"sync/atomic"
	"unicode/utf8"
)

// Lines makes events of lines faster than ParseEvent does, and of the plain ones only. It belongs to one goroutine; its events to anybody.
type Lines struct {
	lineScan
	stop  func(key string) bool
	event uint64 // number of the current line
	known map[string]*knownKey
	order []*knownKey // the keys of the line before, by their place in it
}

// NewLines begins to scan. stop names keys of the top level that make Event give up, because the event has to be brought to other names first; it is
// asked once for each key. nil stops nothing.
func NewLines(stop func(key string) bool) *Lines {
	return &Lines{stop: stop, known: map[string]*knownKey{}}
}

// Event reads one JSON object. The whole text is checked. It is false for what is no JSON object, and for what is rare enough to leave to ParseEvent:
// a name that stands twice, text that is no UTF-8, deep nesting, a key that stops. What Event takes means what ParseEvent makes of it. The event holds
// on to the line. extra is for how many fields With may add.
func (l *Lines) Event(line string, extra int) (*Event, bool) {
	l.event++
	l.high = false
	if len(l.known) > mostKnown {
		clear(l.known)
		l.order = l.order[:0]
	}
	at := blank(line, 0)
	if at == len(line) || line[at] != '{' {
		return nil, false
	}
	object := &flat{members: make([]member, 0, len(l.order)+extra)}
	end := l.members(line, at+1, func(key string, at int) int {
		k := l.key(len(object.members), key)
		if k.stop || k.event == l.event {
			return -1
		}
		k.event = l.event
		object.members = append(object.members, member{name: k.text})
		return l.member(line, at, &object.members[len(object.members)-1].value, object)
	})
	if end < 0 || blank(line, end) != len(line) || l.high && !utf8.ValidString(line) {
		return nil, false
	}
	if n := len(object.members); n < len(l.order) {
		l.order = l.order[:n]
	}
	return &Event{flat: object}, true
}

// key finds what is known of the n-th key of the line.
func (l *Lines) key(n int, text string) *knownKey {
	if n < len(l.order) && l.order[n].text == text {
		return l.order[n]
	}
	k := l.known[text]
	if k == nil {
		k = newKnownKey(text, l.stop)
		l.known[k.text] = k
	}
	if n < len(l.order) {
		l.order[n] = k
	} else if n < mostKnown {
		l.order = append(l.order, k)
	}
	return k
}

// member reads the value of a key and returns where it ends, or -1.
func (l *Lines) member(s string, i int, v *value, in *flat) int {
	if i >= len(s) {
		return -1
	}
	switch s[i] {
	case '"':
		end, escaped := l.text(s, i+1)
		if end < 0 {
			return -1
		}
		v.kind, v.text = textValue, s[i+1:end]
		if escaped {
			v.text = l.memory.unescape(v.text)
		}
		return end + 1
	case '{', '[':
		tree, end := l.tree(s, i, 0)
		if end < 0 {
			return -1
		}
		v.kind, v.items, v.fields = tree.kind, tree.items, tree.fields
		in.nested = true
		return end
	}
	end := l.skip(s, i, 0)
	if end >= 0 {
		v.scalarOf(s[i:end])
	}
	return end
}

// flat is an event as its members stand in the line, which is all that a few look-ups need.
type flat struct {
	members []member
	nested  bool // one of them is an object or a list
	tree    atomic.Pointer[value]
}

type member struct {
	name  string
	value value
}

// fewMembers is up to how many members are looked through: beyond it a map finds a name faster.
const fewMembers = 48

// lookup is Event.lookup.
func (f *flat) lookup(field string, dotted bool) *value {
	if len(f.members) > fewMembers {
		return lookup(f.object(), field, dotted)
	}
	if v := f.member(field); v != nil || !dotted || !f.nested {
		return v
	}
	return f.object().find(field)
}

func (f *flat) member(name string) *value {
	for i := range f.members {
		if f.members[i].name == name {
			return &f.members[i].value
		}
	}
	return nil
}

// object is the event as a tree, made when it is first asked for.
func (f *flat) object() *value {
	if done := f.tree.Load(); done != nil {
		return done
	}
	out := &value{kind: objectValue, fields: make(map[string]*value, len(f.members))}
	for i := range f.members {
		out.fields[f.members[i].name] = &f.members[i].value
	}
	f.tree.Store(out)
	return out
}

// With gives an event of Lines a field that it does not have. It may be called until the event is first matched or handed on.
func (e *Event) With(name, text string) {
	if e.flat.member(name) == nil {
		e.flat.members = append(e.flat.members, member{name, value{kind: textValue, text: text}})
	}
}

// Member is a field at the top level of an event, without what may stand below it.
type Member struct {
	Name string
	Kind MemberKind
	Text string // of text, and numbers and booleans as they are spelled
}

// MemberKind is the kind of a JSON value.
type MemberKind uint8

// The kinds of members.
const (
	Null    = MemberKind(nullValue)
	Boolean = MemberKind(boolValue)
	Number  = MemberKind(numberValue)
	Text    = MemberKind(textValue)
	List    = MemberKind(listValue)
	Object  = MemberKind(objectValue)
)

// Members is how many members an event of Lines has, and whether none of them is an object or a list. It is -1 for an event that was made otherwise.
func (e *Event) Members() (n int, plain bool) {
	if e.flat == nil {
		return -1, false
	}
	return len(e.flat.members), !e.flat.nested
}

// Member is the n-th member, from 0, of an event of Lines.
func (e *Event) Member(n int) Member {
	m := &e.flat.members[n]
	return Member{m.name, MemberKind(m.value.kind), m.value.text}
}

// Find is a field at the top level of an event of Lines.
func (e *Event) Find(name string) (Member, bool) {
	v := e.flat.member(name)
	if v == nil {
		return Member{}, false
	}
	return Member{name, MemberKind(v.kind), v.text}, true
}

// Fields is the event as a decoded JSON object: nil, bool, json.Number, string, []any and map[string]any.
func (e *Event) Fields() map[string]any {
	fields, _ := e.object().decoded().(map[string]any)
	return fields
}

func (v *value) decoded() any {
	switch v.kind {
	case boolValue:
		return v.text == "true"
	case numberValue:
		return json.Number(v.text)
	case textValue:
		return v.text
	case listValue:
		out := make([]any, len(v.items))
		for i, item := range v.items {
			out[i] = item.decoded()
		}
		return out
	case objectValue:
		out := make(map[string]any, len(v.fields))
		for name, f := range v.fields {
			out[name] = f.decoded()
		}
		return out
	}
	return nil
}
