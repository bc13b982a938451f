package kql

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Kinds of causes that keep a rule from becoming a query (spec/kql.md section 9).
const (
	CauseNoTable       = "no-table"
	CauseUnknownColumn = "unknown-column"
	CauseDroppedNot    = "nothing-under-not"
	CauseHash          = "no-hash-algorithm"
	CauseUnsupported   = "unsupported-modifier"
	CausePlaceholder   = "placeholder"
	CauseNotEvaluable  = "not-evaluable"
	CauseValue         = "value"
	CauseTooLarge      = "too-large"
)

// Cause is one reason, with its place in the rule.
type Cause struct {
	Kind    string // one of the Cause constants
	Span    source.Span
	Message string // one sentence without the place
	Help    string // what to do; may be empty
}

// Error says why there is no query. There is at least one cause; each stands once.
type Error struct {
	File   *source.File
	Causes []Cause
}

// Error names every cause on a line of its own, as `path:line:column: message; help`.
func (e *Error) Error() string {
	lines := make([]string, len(e.Causes))
	for i, c := range e.Causes {
		at := e.File.Pos(c.Span.Start)
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", e.File.Path, at.Line, at.Column, c.Message)
		if c.Help != "" {
			lines[i] += "; " + c.Help
		}
	}
	return strings.Join(lines, "\n")
}
