package logic

import "strings"

// commandLines are the fields that begin with the path of a program, and the field that holds the path.
var commandLines = [][2]string{
	{"CommandLine", "Image"},
	{"ParentCommandLine", "ParentImage"},
}

// polished makes a witness more like an event of a real system: command lines begin with the name of their program. nil when
// nothing can be improved. The caller checks it.
func (q *question) polished(e Event, chosen []*literal) Event {
	var out Event
	for _, pair := range commandLines {
		line, ok := e[pair[0]].(string)
		image, known := e[pair[1]].(string)
		if !ok || !known || image == "" {
			continue
		}
		program := image[strings.LastIndexAny(image, `/\`)+1:]
		if program == "" || strings.Contains(strings.ToLower(line), strings.ToLower(program)) {
			continue
		}
		better := program + " " + strings.TrimLeft(line, " ")
		if strings.HasPrefix(line, " ") {
			better = program + line
		}
		if !q.fits(pair[0], better, chosen) {
			continue
		}
		if out == nil {
			out = Event{}
			for k, v := range e {
				out[k] = v
			}
		}
		out[pair[0]] = better
	}
	return out
}

// fits reports that a text meets everything chosen for a field.
func (q *question) fits(field, text string, chosen []*literal) bool {
	for _, l := range chosen {
		if l.field == field && l.union != nil && !l.holdsFor(text, q.theory.space.folding) {
			return false
		}
	}
	return true
}
