package logic

import "strings"

// commandLines are the fields that begin with the path of a program, and the field that holds the path.
var commandLines = [][2]string{
	{"CommandLine", "Image"},
	{"ParentCommandLine", "ParentImage"},
}

// polished makes a witness more like an event of a real system: texts are whole, and command lines begin with the name of their program. nil when
// nothing can be improved. The caller checks it.
func (q *question) polished(e Event, chosen []*literal) Event {
	out := q.plausible(e, chosen)
	if out != nil {
		e = out
	}
	for _, pair := range commandLines {
		line, ok := e[pair[0]].(string)
		image, known := e[pair[1]].(string)
		if !known && ok && strings.HasPrefix(line, " ") {
			image = q.anyProgram(e)
			known = true
		}
		if !ok || !known || image == "" {
			continue
		}
		program := image[strings.LastIndexAny(image, `/\`)+1:]
		if program == "" || names(line, program) {
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

// anyProgram is what a command line begins with when the rule leaves it open.
func (q *question) anyProgram(e Event) string {
	if name, ok := e["OriginalFileName"].(string); ok && !strings.Contains(name, " ") {
		return strings.ToLower(name)
	}
	if q.theory.platform == "windows" {
		return "app.exe"
	}
	return "app"
}

// names reports a command line that says the name of its program, or begins with it as people type it: without `.exe`.
func names(line, program string) bool {
	line, program = strings.ToLower(line), strings.ToLower(program)
	first, _, _ := strings.Cut(line, " ")
	stem, _, _ := strings.Cut(program, ".")
	return first == stem || strings.Contains(line, program)
}

// fits reports that a text meets everything chosen for a field.
func (q *question) fits(field, text string, chosen []*literal) bool {
	for _, l := range chosen {
		if l.field != field || l.union == nil {
			continue
		}
		m := &q.prover.meter
		l.live(func(_ int32, leaf *leaf) bool {
			m.spend(costTrial, leaf.reading(len(text)))
			return true
		})
		if m.exhausted() || !l.holdsFor(text, q.theory.space.folding) {
			return false
		}
	}
	return true
}
