package lint

import (
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Finding is one defect at one place.
type Finding struct {
	Check      *Check
	Severity   Severity
	File       *source.File
	Span       source.Span
	Message    string // what is wrong: one sentence that stands alone
	Help       string // the text to write
	Related    []Related
	Fix        *source.Fix
	Subject    Subject      // the document; zero for findings about a file
	Place      Place        // filled in by the engine, unless the check does
	Suppressed *Suppression // why it is not shown; nil for those that are
}

// Related is another place that belongs to a finding.
type Related struct {
	File    *source.File
	Span    source.Span
	Message string
}

// Subject is the document that a finding is about.
type Subject struct {
	Document int         // 1-based position of the document in its file; 0 when the finding is about the file
	Kind     string      // rule, correlation, filter, or empty
	ID       string      // as written, perhaps empty
	Title    string      // as written, perhaps empty
	Span     source.Span // of the whole document
}

// Place is where a finding stands in its document, in words that survive edits elsewhere, moves of the file and another order of
// lists: the keys on the way without the positions in lists, and the text that the finding marks, with its spelling evened out.
type Place struct {
	Path  string // detection/selection/Image|endswith
	Value string // /lsof
}

// Suppression says who silenced a finding.
type Suppression struct {
	By     SuppressedBy
	Reason string      // as written, perhaps empty
	Until  time.Time   // the last day, zero for ever
	Span   source.Span // of the directive in the file, zero for others
}

// SuppressedBy is the means by which a finding was silenced.
type SuppressedBy uint8

// The means of silencing.
const (
	ByDirective     SuppressedBy = iota + 1 // a comment in the file
	ByBaseline                              // a recorded finding
	ByConfiguration                         // an exclusion of a single rule in the configuration
)

func (s SuppressedBy) String() string {
	return [...]string{"", "directive", "baseline", "configuration"}[s]
}

// RuleID is the id of the document the finding is about, or empty.
func (f *Finding) RuleID() string { return f.Subject.ID }

func subjectOf(d rules.Document) Subject {
	if d == nil {
		return Subject{}
	}
	head := d.Base()
	s := Subject{Document: head.Index + 1, ID: head.ID.Value, Title: head.Title.Value, Span: head.Root.Span}
	switch d.(type) {
	case *rules.Rule:
		s.Kind = "rule"
	case *rules.Correlation:
		s.Kind = "correlation"
	case *rules.Filter:
		s.Kind = "filter"
	}
	return s
}

// Turn is the finding seen from the other of its two documents: d, in which its only related place lies.
func (f Finding) Turn(d rules.Document) Finding {
	other := f.Related[0]
	f.Related = []Related{{File: f.File, Span: f.Span, Message: other.Message}}
	f.File, f.Span, f.Subject, f.Fix = other.File, other.Span, subjectOf(d), nil
	f.Place = placeIn(&f, d.Base().Root)
	return f
}

// Option is something about a check that a configuration can set.
type Option struct {
	Name    string // as in the configuration: lower case, hyphens
	Meaning string // one sentence, with the unit
	Default any    // int, bool, string or []string: the type is the option's type
	Min     int    // of a number
	Max     int    // of a number; 0 means no limit
}
