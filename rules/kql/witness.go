package kql

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decider looks for an event that one form selects and another does not.
type decider struct {
	table  *table
	budget int // branches left
}

// maxBranches bounds the search. Ten times as many decide one changed query in a hundred more (measured on the corpus).
const maxBranches = 2_000

// search looks for an event that f selects and g does not. Closed means that there is none by propositional logic alone.
func (d *decider) search(f, g *form) (event map[string]string, closed bool) {
	d.budget = maxBranches
	s := branch{decider: d, left: f, right: g, assigned: map[string]*form{}, spellings: []func(string) string{asWritten}}
	if mindsCase(f) || mindsCase(g) {
		s.spellings = append(s.spellings, strings.ToUpper, strings.ToLower)
	}
	closed = s.expand([]*form{f, complement(g)})
	return s.event, closed
}

// complement is a form's negation.
func complement(f *form) *form {
	if f.op == opLeaf {
		return &form{op: opLeaf, atom: f.atom, negated: !f.negated, key: f.key}
	}
	out := &form{op: opAnd, args: make([]*form, len(f.args))}
	if f.op == opAnd {
		out.op = opOr
	}
	for i, a := range f.args {
		out.args[i] = complement(a)
	}
	return out
}

// branch is one path of the search: the literals taken for granted so far, by the key of their atom.
type branch struct {
	*decider
	left, right *form
	assigned    map[string]*form
	spellings   []func(string) string // to try for values whose case does not matter
	event       map[string]string
}

func asWritten(s string) string { return s }

// mindsCase reports a form with a test that only one spelling of a value passes.
func mindsCase(f *form) bool {
	found := false
	f.each(func(leaf *form) { found = found || casedOperator(leaf.atom.operator) })
	return found
}

// expand takes the forms of a list for granted, one after the other. It reports whether all paths end in a contradiction; it
// stops at the first event found, or when the budget is spent.
func (s *branch) expand(todo []*form) (closed bool) {
	if s.budget--; s.budget < 0 {
		return false
	}
	var choices []*form
	var added []string
	defer func() {
		for _, key := range added {
			delete(s.assigned, key)
		}
	}()
	for len(todo) > 0 {
		f := todo[0]
		todo = todo[1:]
		switch f.op {
		case opLeaf:
			key := f.atom.id
			if known := s.assigned[key]; known != nil {
				if known.negated != f.negated {
					return true
				}
				continue
			}
			s.assigned[key] = f
			added = append(added, key)
		case opAnd:
			todo = append(f.args[:len(f.args):len(f.args)], todo...)
		default:
			choices = append(choices, f)
		}
	}
	for i, c := range choices {
		if s.settled(c) {
			continue
		}
		rest := choices[i+1:]
		closed = true
		for _, a := range c.args {
			if !s.expand(append([]*form{a}, rest...)) {
				closed = false
			}
			if s.event != nil || s.budget < 0 {
				return false
			}
		}
		return closed
	}
	s.try()
	return false
}

// settled reports an OR of which an operand is taken for granted already.
func (s *branch) settled(f *form) bool {
	for _, a := range f.args {
		if a.op == opLeaf {
			if known := s.assigned[a.atom.id]; known != nil && known.negated == a.negated {
				return true
			}
		}
	}
	return false
}

// filler is a value for a column that only must not be empty: it has none of the texts that rules look for.
const filler = "\u25a1"

// try makes events from the open path and evaluates both forms on them.
func (s *branch) try() {
	for _, spell := range s.spellings {
		columns := s.columns(spell)
		for _, empty := range []string{"", filler} {
			event := map[string]string{}
			for _, parts := range columns {
				value := parts.value()
				if value == "" {
					value = empty
				}
				if value != "" {
					event[parts.column] = value
				}
			}
			if s.evaluate(s.left, event) == Yes && s.evaluate(s.right, event) == No {
				s.event = event
				return
			}
		}
	}
}

// wanted is what an open path asks of one column.
type wanted struct {
	column              string
	exact               *string
	begin, middle, last string
}

func (w *wanted) value() string {
	if w.exact != nil {
		return *w.exact
	}
	return w.begin + w.middle + w.last
}

// columns sorts what the path asks for by column, in the order of the query's text so that the result is always the same.
func (s *branch) columns(spell func(string) string) []*wanted {
	var out []*wanted
	by := map[string]*wanted{}
	all := &form{op: opAnd}
	for _, f := range s.assigned {
		all.args = append(all.args, f)
	}
	slices.SortFunc(all.args, func(a, b *form) int { return strings.Compare(a.atom.id, b.atom.id) })
	for _, f := range all.args {
		w := by[f.atom.column]
		if w == nil {
			w = &wanted{column: f.atom.column}
			by[f.atom.column] = w
			out = append(out, w)
		}
		if f.negated {
			continue
		}
		value := f.atom.value
		if !casedOperator(f.atom.operator) {
			value = spell(value)
		}
		switch f.atom.operator {
		case "==", "=~":
			w.exact = &value
		case "isempty":
			none := ""
			w.exact = &none
		case "startswith", "startswith_cs":
			w.begin = value + w.begin
		case "endswith", "endswith_cs":
			w.last += value
		case "contains", "contains_cs":
			w.middle += value
		case "matches regex":
			w.middle += sample(value)
		}
	}
	return out
}

// twoValued reports that every test of a form is true or false, never null, on every event: text operators on text columns.
func (d *decider) twoValued(f *form) bool {
	all := true
	f.each(func(leaf *form) {
		c, known := d.table.columns[leaf.atom.column]
		if !known || c.kind != textColumn || strings.HasPrefix(leaf.atom.operator, "ipv") || leaf.atom.kind != textLiteral && leaf.atom.kind != noLiteral {
			all = false
		}
	})
	return all
}

// evaluate says whether an event is selected; Unknown when that hangs on a test whose result is not certain.
func (d *decider) evaluate(f *form, event map[string]string) Answer {
	if f.op == opLeaf {
		held := d.holds(f.atom, event[f.atom.column])
		if f.negated {
			return opposite[held]
		}
		return held
	}
	decisive := No // what one operand decides alone
	if f.op == opOr {
		decisive = Yes
	}
	result := opposite[decisive]
	for _, a := range f.args {
		switch d.evaluate(a, event) {
		case decisive:
			return decisive
		case Unknown:
			result = Unknown
		}
	}
	return result
}

var opposite = map[Answer]Answer{Yes: No, No: Yes, Unknown: Unknown}

func answer(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// holds evaluates one test on a column's value, empty for none. Certain are text operators on text columns, and equality on number
// columns; letters beyond ASCII make a test that ignores case uncertain, unless it holds as written.
func (d *decider) holds(a *atom, value string) Answer {
	c, known := d.table.columns[a.column]
	switch {
	case known && c.kind == numberColumn:
		return numberHolds(a, value)
	case !known || c.kind != textColumn:
		return Unknown
	case a.operator == "isempty":
		return answer(value == "")
	case a.operator == "isnull":
		return No // text is never null
	case a.kind != textLiteral:
		return Unknown
	}
	operator, sought := a.operator, a.value
	if operator == "matches regex" {
		program, err := regexp.Compile(sought)
		if err != nil {
			return Unknown
		}
		return answer(program.MatchString(value))
	}
	test, ok := textTests[strings.TrimSuffix(operator, "_cs")]
	if !ok {
		return Unknown
	}
	if test(value, sought) {
		return Yes
	}
	if casedOperator(operator) {
		return No
	}
	if test(lowerASCII(value), lowerASCII(sought)) {
		return Yes
	}
	if test(strings.ToLower(value), strings.ToLower(sought)) || test(strings.ToUpper(value), strings.ToUpper(sought)) {
		return Unknown
	}
	return No
}

// numberHolds evaluates the tests of a number column that are certain.
func numberHolds(a *atom, value string) Answer {
	switch {
	case a.operator == "isnull" || a.operator == "isempty":
		return answer(value == "")
	case a.operator != "==" || a.kind != numberLiteral:
		return Unknown
	case value == "":
		return No
	}
	x, err := strconv.ParseFloat(value, 64)
	y, err2 := strconv.ParseFloat(a.value, 64)
	if err != nil || err2 != nil {
		return Unknown
	}
	return answer(x == y)
}

// textTests are the operators whose result is certain.
var textTests = map[string]func(value, sought string) bool{
	"==":         func(v, s string) bool { return v == s },
	"=~":         func(v, s string) bool { return v == s },
	"contains":   strings.Contains,
	"startswith": strings.HasPrefix,
	"endswith":   strings.HasSuffix,
}

// maxSample bounds a sample text in bytes; `(.){200,}` needs 200.
const maxSample = 4096

// sample is a short text that a regular expression finds, or something else when it is too involved: evaluate decides.
func sample(expression string) string {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	writeSample(&b, parsed)
	if b.Len() > maxSample || !utf8.ValidString(b.String()) {
		return ""
	}
	return b.String()
}

func writeSample(b *strings.Builder, r *syntax.Regexp) {
	if b.Len() > maxSample {
		return
	}
	switch r.Op {
	case syntax.OpLiteral:
		b.WriteString(string(r.Rune))
	case syntax.OpCharClass:
		if len(r.Rune) > 0 {
			b.WriteRune(classSample(r.Rune))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpCapture, syntax.OpPlus:
		writeSample(b, r.Sub[0])
	case syntax.OpRepeat:
		for range r.Min {
			writeSample(b, r.Sub[0])
		}
	case syntax.OpConcat:
		for _, s := range r.Sub {
			writeSample(b, s)
		}
	case syntax.OpAlternate:
		writeSample(b, r.Sub[0])
	}
}

// classSample is a printable member of a class of characters where it has one.
func classSample(ranges []rune) rune {
	for _, want := range "a0A _-." {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= want && want <= ranges[i+1] {
				return want
			}
		}
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] >= '!' {
			return ranges[i]
		}
	}
	return ranges[0]
}
