package sql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// Type is what a column holds, as far as tests care.
type Type uint8

// The types.
const (
	Text Type = iota
	Integer
	Float // fractions too
	Bool
	Other // lists, maps, times: no test is written on it but for presence
)

// Column is where a field stands.
type Column struct {
	Name string // as the store has it, not quoted
	Type Type
}

// Options say what predicate is wanted. In the zero value every field is a column of text of its own name, in Trino.
type Options struct {
	Dialect Dialect
	Columns map[string]Column // by the field's name; nil: every field is a column of text
	Raw     string            // the column with the unparsed record, for keywords; empty: there is none
}

// Rule is the predicate of a whole rule. The error is an *Error.
func Rule(r *rules.Rule, o Options) (string, []Note, error) {
	if err := r.Detection.Evaluable(); err != nil {
		return "", nil, &Error{r.File, []Cause{{CauseNotEvaluable, r.Anchor(), err.Error(), ""}}}
	}
	var any []*rules.Expr
	for _, c := range r.Detection.Conditions {
		any = append(any, c.Root)
	}
	e := any[0]
	if len(any) > 1 {
		e = &rules.Expr{Op: rules.Or, Args: any}
	}
	return Expression(r.File, e, o)
}

// Detection is the predicate of one search identifier. The file, for places in errors, may be nil.
func Detection(f *source.File, d *rules.Detection, o Options) (string, []Note, error) {
	return Expression(f, &rules.Expr{Op: rules.Name, Pattern: d.Name, Selected: []*rules.Detection{d}}, o)
}

// Expression is the predicate of a condition or a part of one.
func Expression(f *source.File, e *rules.Expr, o Options) (string, []Note, error) {
	j := &job{options: o, speech: speeches[o.Dialect], notes: map[Note]bool{}}
	root := j.expression(e, false)
	if len(j.causes) > 0 {
		return "", nil, &Error{f, j.causes}
	}
	return root.text, sorted(j.notes), nil
}

// job is one predicate under way.
type job struct {
	options Options
	speech  *speech
	notes   map[Note]bool
	causes  []Cause
}

// fail records a cause once, and stands for what cannot be written.
func (j *job) fail(kind string, at source.Span, message, help string) term {
	if c := (Cause{kind, at, message, help}); !slices.Contains(j.causes, c) {
		j.causes = append(j.causes, c)
	}
	return never
}

func (j *job) note(id string, at source.Span, message string) { j.notes[Note{id, at, message}] = true }

// term is a piece of SQL and how tightly it holds together.
type term struct {
	text string
	join string // " AND " or " OR " when it is several; else empty
}

var always, never = term{text: "TRUE"}, term{text: "FALSE"}

// join writes several terms as one; of none it is what holds without any.
func join(joint string, terms []term) term {
	if len(terms) == 0 {
		if joint == and {
			return always
		}
		return never
	}
	if len(terms) == 1 {
		return terms[0]
	}
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = t.text
		if t.join != "" && t.join != joint {
			parts[i] = "(" + t.text + ")"
		}
	}
	return term{strings.Join(parts, joint), joint}
}

const and, or = " AND ", " OR "

func not(t term) term { return term{text: "NOT (" + t.text + ")"} }

// expression writes a condition. exact asks for a term that is never NULL.
func (j *job) expression(e *rules.Expr, exact bool) term {
	switch e.Op {
	case rules.Bad:
		return j.fail(CauseNotEvaluable, e.Span, "the condition has no certain meaning: "+e.Reason, "")
	case rules.Not:
		return not(j.expression(e.Args[0], true))
	case rules.And, rules.Or:
		var terms []term
		for _, a := range e.Args {
			terms = append(terms, j.expression(a, exact))
		}
		if e.Op == rules.And {
			return join(and, terms)
		}
		return join(or, terms)
	}
	var terms []term
	for _, d := range e.Selected {
		terms = append(terms, j.block(d.Block, exact))
	}
	if e.All {
		return join(and, terms)
	}
	return join(or, terms)
}

// block writes a detection, or one entry of a list.
func (j *job) block(b *rules.Block, exact bool) term {
	var terms []term
	switch b.Shape {
	case rules.EmptyShape:
		return j.fail(CauseNotEvaluable, b.Node.Span, "an identifier is empty", "give it at least one `Field: value`")
	case rules.ListShape:
		for _, a := range b.Alternatives {
			terms = append(terms, j.block(a, exact))
		}
		return join(or, terms)
	}
	for _, i := range b.Items {
		terms = append(terms, j.item(i, exact))
	}
	return join(and, terms)
}

// item writes the tests of one item.
func (j *job) item(i *rules.Item, exact bool) term {
	exact = exact || i.Negated
	c, ok := j.column(i)
	if !ok {
		return never
	}
	var terms []term
	var whole []string // texts that the field may equal, written as one list
	for _, t := range i.Tests {
		if text, ok := j.equal(i, c, t); ok && !i.All {
			if !slices.Contains(whole, text) {
				whole = append(whole, text)
			}
			continue
		}
		terms = append(terms, j.defined(j.test(i, c, t), t, exact))
	}
	if len(whole) > 0 {
		j.caseNote()
		list := term{text: "lower(" + j.text(c) + ") = " + whole[0]}
		if len(whole) > 1 {
			list.text = "lower(" + j.text(c) + ") IN (" + strings.Join(whole, ", ") + ")"
		}
		terms = append([]term{j.defined(list, nil, exact)}, terms...)
	}
	out := join(or, terms)
	if i.All {
		out = join(and, terms)
	}
	if i.Negated {
		return not(out)
	}
	return out
}

// defined makes a term two-valued where that is asked for. Tests for presence are so already.
func (j *job) defined(t term, of *rules.Test, exact bool) term {
	if !exact || t == always || t == never || of != nil && (of.Kind == rules.NullTest || of.Kind == rules.ExistsTest) {
		return t
	}
	return term{text: "COALESCE(" + t.text + ", FALSE)"}
}

// column finds where an item's field stands.
func (j *job) column(i *rules.Item) (Column, bool) {
	if i.Keyword() {
		if j.options.Raw == "" {
			j.fail(CauseUnsupported, i.Span(), "keywords are searched in the whole record, and no column holds it", "name a field in the rule; with --store, a column such as _raw or message is searched")
			return Column{}, false
		}
		j.note(NoteKeyword, i.Span(), "keywords are searched in the column "+j.options.Raw+" alone; a row without it does not match")
		return Column{j.options.Raw, Text}, true
	}
	return j.field(i.Field, i.FieldSpan)
}

func (j *job) field(name string, at source.Span) (Column, bool) {
	if j.options.Columns == nil {
		return Column{name, Text}, true
	}
	c, ok := j.options.Columns[name]
	if !ok {
		var known []string
		for field := range j.options.Columns {
			known = append(known, field)
		}
		slices.Sort(known)
		help := "no column comes near; name it with --map"
		if near := nearest.Of(name, known, 3); len(near) > 0 {
			help = "nearest: " + strings.Join(near, ", ")
		}
		j.fail(CauseColumn, at, fmt.Sprintf("field `%s` has no column", source.Shorten(name)), help)
	}
	return c, ok
}

// text is a column as text.
func (j *job) text(c Column) string {
	if c.Type == Text {
		return Name(c.Name)
	}
	return "CAST(" + Name(c.Name) + " AS " + j.speech.asText + ")"
}

func (j *job) caseNote() { j.note(NoteCase, source.Span{}, j.speech.caseNote) }
