package evidence

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Unmet is a field that rules ask for and that no event had.
type Unmet struct {
	Field   string
	Instead string // a name of the events that likely means the same, or empty
}

// Unmet are the fields of the set that Judge saw in no event, in the order of the set. It is for the time after Judge.
func (s *Stream) Unmet() []Unmet {
	if s.judging == nil || s.Read == 0 {
		return nil
	}
	names := s.Names()
	var out []Unmet
	for _, f := range s.judging.set.Fields() {
		if !s.judging.seen[f] {
			out = append(out, Unmet{f, likely(f, names)})
		}
	}
	return out
}

// Names are the fields of the first events that Judge read, sorted, after those that this package knows were brought to the names of the taxonomy.
func (s *Stream) Names() []string {
	found := map[string]bool{}
	if s.judging != nil {
		n := newNaming(s.options)
		for _, object := range s.judging.sample {
			names, ok := object.([]string)
			if !ok {
				record, err := n.recordOf(object)
				if err != nil {
					continue
				}
				names = slices.Collect(maps.Keys(record.Fields()))
			}
			for _, name := range names {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// fieldNames are the flattened names of decoded fields.
func fieldNames(fields map[string]any) []string {
	flat := map[string]any{}
	_ = flatten(flat, "", fields, 0) // what is nested too deep is told when it is judged
	return slices.Sorted(maps.Keys(flat))
}

// likely is the name that means the field: spelled alike, or known from a product whose events these are not sure to be.
func likely(field string, names []string) string {
	want := squeezed(field)
	for _, name := range names {
		if name != field && squeezed(name) == want {
			return name
		}
	}
	for _, name := range names {
		if squeezed(name[strings.LastIndexByte(name, '.')+1:]) == want {
			return name
		}
	}
	for _, s := range nameSchemas() {
		for _, row := range s.rows {
			if row.field != field || row.joined {
				continue
			}
			for _, known := range row.names {
				for _, name := range names {
					if squeezed(name) == squeezed(known) {
						return name
					}
				}
			}
		}
	}
	return ""
}

// squeezed leaves letters and digits, in lower case: CommandLine, command_line and command-line are one.
func squeezed(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// Asked is how many fields the rules of Judge ask for.
func (s *Stream) Asked() int {
	if s.judging == nil {
		return 0
	}
	return len(s.judging.set.Fields())
}
