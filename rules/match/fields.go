package match

import "strings"

// fields are the names that a matcher asks events for, in the order it met them.
type fields struct {
	names    []string
	at       map[string]int
	keywords bool // it also asks for the raw message, or every text
}

// field is a name that a test asks for.
type field struct {
	name   string
	dotted bool
	at     int // in fields of its matcher
}

func newFields() *fields { return &fields{at: map[string]int{}} }

// ask numbers a name.
func (f *fields) ask(name string) field {
	at, ok := f.at[name]
	if !ok {
		at = len(f.names)
		f.names, f.at[name] = append(f.names, name), at
	}
	return field{name, isDotted(name), at}
}

// clone keeps the numbers, for a matcher that asks for more.
func (f *fields) clone() *fields {
	out := newFields()
	out.keywords = f.keywords
	for _, name := range f.names {
		out.ask(name)
	}
	return out
}

func isDotted(name string) bool { return strings.IndexByte(name, '.') >= 0 }

// view is an event as a Reader holds it: the fields that its rules ask for have a slot each.
type view struct {
	slots []*value // nil is an absent field
	local []int32  // the slot of each name of the matcher that is asking
	raw   *value   // what keywords are searched in, or nil
	whole *value   // all values, where there is a rule with keywords
}
