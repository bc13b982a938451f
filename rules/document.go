package rules

import (
	"github.com/sigtune/sigtune/rules/source"
)

// Document is one *Rule, *Correlation or *Filter of a file.
type Document interface {
	// Base is what all documents have.
	Base() *Head
}

// Problem is something that keeps a part of a document from having a meaning. Its Kind is the name of a check.
type Problem = source.Problem

// Text is a scalar attribute, or one entry of a list attribute. The zero value is an absent one.
type Text struct {
	Key   *source.Node // nil for list entries
	Node  *source.Node
	Value string // decoded text; for a date or number the text as typed
}

// Present reports whether the attribute was written at all.
func (t Text) Present() bool { return t.Node != nil }

// Span is the place of the value, or of the key when nothing follows it.
func (t Text) Span() source.Span {
	switch {
	case t.Node == nil:
		return source.Span{}
	case t.Node.Span.Len() == 0 && t.Key != nil:
		return t.Key.Span
	}
	return t.Node.Span
}

// Related is one entry of `related`.
type Related struct {
	Node     *source.Node
	ID, Type Text
}

// Head is what every Sigma document has: where it stands, and its metadata. Attributes of the wrong type are absent
// here; schema reports them.
type Head struct {
	File  *source.File
	Index int          // of the document in its file
	Root  *source.Node // the map of the whole document

	Title, ID, Name, Status, Level, Description Text
	Author, Date, Modified, License, Taxonomy   Text
	References, Tags, FalsePositives, Fields    []Text
	Related                                     []Related

	Problems []Problem // in order of their place
}

// Base makes every type that embeds Head a Document.
func (h *Head) Base() *Head { return h }

// Attribute is a top-level entry, or nil.
func (h *Head) Attribute(key string) *source.Entry { return h.Root.Entry(key) }

func (h *Head) report(p Problem) { h.Problems = append(h.Problems, p) }

// Anchor is the span for problems of something that is not there: the first key of the document.
func (h *Head) Anchor() source.Span {
	if len(h.Root.Entries) > 0 {
		return h.Root.Entries[0].Key.Span
	}
	return h.Root.Span
}

// Unknown is a document that is a map but none of the three kinds.
type Unknown struct{ Head }

// Logsource says which log a rule reads. Absent parts are zero.
type Logsource struct {
	Key, Node                              *source.Node
	Category, Product, Service, Definition Text
}

// String is `product/category/service` with `*` for parts that are not set.
func (l Logsource) String() string {
	part := func(t Text) string {
		if t.Value == "" {
			return "*"
		}
		return t.Value
	}
	return part(l.Product) + "/" + part(l.Category) + "/" + part(l.Service)
}

// Rule is a detection rule.
type Rule struct {
	Head
	Logsource Logsource
	Detection Detections
}

// Filter is a Sigma filter document: its condition is ANDed to the condition of the rules it names.
type Filter struct {
	Head
	Logsource Logsource
	Node      *source.Node // the map under `filter`
	Rules     []Text       // ids or names
	Any       bool         // `rules: any`, which the specification does not have
	Detection Detections   // the identifiers and the condition below `filter`
}

// Correlation is a correlation rule. Its parts are kept as nodes where only checks need them.
type Correlation struct {
	Head
	Node      *source.Node // the map under `correlation`
	Type      Text
	Rules     []Text // ids or names
	GroupBy   []Text
	Timespan  Text
	Condition *source.Entry
	Aliases   *source.Entry
	Generate  *source.Entry
}
