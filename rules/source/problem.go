package source

// Problem is something wrong with a file or a document, found while reading it. Its Kind is the name of the check
// under which lint shows it, so that the reader and the linter cannot disagree.
type Problem struct {
	Kind    string
	Span    Span
	Message string    // one sentence, without place and without the kind
	Help    string    // the text to write instead, or what to do; may be empty
	Related []Related // other places that belong to it
	Warning bool      // it weighs less than its check does: lint shows it as a warning at most
	Fix     *Fix      // a repair, where one is known
}

// Related is a second place that explains a problem.
type Related struct {
	Span    Span
	Message string
}

// Edit replaces the bytes of Span by New.
type Edit struct {
	Span Span
	New  string
}

// Fix is a repair made of byte edits. Safe means that the meaning of the document stays as it is, or that a
// document which could not be loaded has only this one reading.
type Fix struct {
	Title string
	Safe  bool
	Edits []Edit
}

// Kinds of problems that this package reports, by the names of their checks.
const (
	KindUnreadable     = "unreadable-file"
	KindLimit          = "limit-exceeded"
	KindSyntax         = "yaml-syntax"
	KindDuplicateKey   = "duplicate-key"
	KindEmptyDocument  = "empty-document"
	KindEncoding       = "invalid-encoding"
	KindByteOrderMark  = "byte-order-mark"
	KindNonStringKey   = "non-string-key"
	KindInternalFailed = "internal-error"
)

// Kinds lists every kind of problem of this package, for the test that each has its check.
func Kinds() []string {
	return []string{
		KindUnreadable, KindLimit, KindSyntax, KindDuplicateKey, KindEmptyDocument,
		KindEncoding, KindByteOrderMark, KindNonStringKey, KindInternalFailed,
	}
}
