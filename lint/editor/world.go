package editor

import (
	"bytes"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// World is what is known besides the file.
type World struct {
	Checks   []*lint.Check
	Taxonomy *taxonomy.Table // with what the user's own rules taught
	Domains  *domain.Table   // nil is the bundled one
}

// File is a parsed file with its documents.
type File struct {
	*source.File
	Rules []rules.Document
}

// Note is what is said about a place.
type Note struct {
	Span     source.Span
	Markdown string
}

// IsSigma reports a text that is meant as Sigma: it has one of the keys that make a document a rule, a correlation or a filter. Editors send every YAML
// file, and a folder of rules holds pipelines and workflows too.
func IsSigma(data []byte) bool {
	for _, key := range []string{"detection:", "logsource:", "correlation:"} {
		if bytes.HasPrefix(bytes.TrimPrefix(data, []byte("\ufeff")), []byte(key)) || bytes.Contains(data, []byte("\n"+key)) || bytes.Contains(data, []byte("\r"+key)) {
			return true
		}
	}
	return false
}

// document is the one around an offset, or nil. The blank lines behind a document belong to it.
func (f File) document(offset int) rules.Document {
	var found rules.Document
	for _, d := range f.Rules {
		if d.Base().Root.Span.Start <= offset {
			found = d
		}
	}
	return found
}

// detections are those of a rule or a filter document, else nil.
func detections(d rules.Document) *rules.Detections {
	switch d := d.(type) {
	case *rules.Rule:
		return &d.Detection
	case *rules.Filter:
		return &d.Detection
	}
	return nil
}

// logsource is that of a rule or a filter document, else zero.
func logsource(d rules.Document) rules.Logsource {
	switch d := d.(type) {
	case *rules.Rule:
		return d.Logsource
	case *rules.Filter:
		return d.Logsource
	}
	return rules.Logsource{}
}

// touches reports an offset inside a span or right behind it, where a cursor stands after the last letter.
func touches(s source.Span, offset int) bool {
	return s.Start <= offset && offset <= s.End && s.End > s.Start
}
