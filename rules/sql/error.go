package sql

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Kinds of causes that keep a rule from becoming a predicate.
const (
	CauseColumn       = "unknown-column"
	CauseNotEvaluable = "not-evaluable"
	CausePlaceholder  = "placeholder"
	CauseUnsupported  = "unsupported"
	CauseValue        = "value"
	CauseTooLarge     = "too-large"
)

// Cause is one reason, with its place in the rule.
type Cause struct {
	Kind    string // one of the Cause constants
	Span    source.Span
	Message string // one sentence without the place
	Help    string // what to do; may be empty
}

// Error says why there is no predicate. There is at least one cause; each stands once.
type Error struct {
	File   *source.File // nil for parts that stand in no file
	Causes []Cause
}

// Error names every cause on a line of its own, as `path:line:column: message; help`.
func (e *Error) Error() string {
	lines := make([]string, len(e.Causes))
	for i, c := range e.Causes {
		if e.File != nil {
			at := e.File.Pos(c.Span.Start)
			lines[i] = fmt.Sprintf("%s:%d:%d: ", e.File.Path, at.Line, at.Column)
		}
		lines[i] += c.Message
		if c.Help != "" {
			lines[i] += "; " + c.Help
		}
	}
	return strings.Join(lines, "\n")
}

// Kinds of notes: where a predicate is not exactly the rule.
const (
	NoteCase    = "case"    // letters that the store folds otherwise
	NoteNumber  = "number"  // numbers as double precision
	NoteFloat   = "float"   // the text of a number with a fraction
	NoteNull    = "null"    // a null that is present
	NoteKeyword = "keyword" // only the raw column is searched
)

// Note is one thing that the predicate does not take over exactly.
type Note struct {
	ID      string      // one of the Note constants
	Span    source.Span // zero when it is about the whole predicate
	Message string
}

func sorted(notes map[Note]bool) []Note {
	var out []Note
	for n := range notes {
		out = append(out, n)
	}
	sort.Slice(out, func(a, b int) bool {
		x, y := out[a], out[b]
		switch {
		case x.Span.Start != y.Span.Start:
			return x.Span.Start < y.Span.Start
		case x.ID != y.ID:
			return x.ID < y.ID
		}
		return x.Message < y.Message
	})
	return out
}
