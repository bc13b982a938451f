package lint

import (
	"os"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Entry is what the checks of a whole tree know of one document: facts and places. A tree of any size is held as entries; the text
// and the detections of a document are read again when a check asks for them.
type Entry struct {
	Kind      string      // rule, correlation, filter, or empty for a document of no kind
	Index     int         // of the document in its file
	Span      source.Span // of the document
	Anchor    source.Span // of its first key
	ID        Fact        `json:",omitzero"`
	Name      Fact        `json:",omitzero"`
	Title     Fact        `json:",omitzero"`
	Status    Fact        `json:",omitzero"`
	Level     Fact        `json:",omitzero"`
	Taxonomy  Fact        `json:",omitzero"`
	Logsource LogsourceEntry
	Fields    []string       `json:",omitempty"` // names that a rule or filter document with Sigma's own taxonomy uses, sorted
	Related   []RelatedEntry `json:",omitempty"`
	Rules     []Fact         `json:",omitempty"` // what a correlation or filter names
	Context   bool           `json:"-"`          // seen, but not linted

	held     *held
	gathered bool           // by the checks of this run
	kept     map[string]any // what they put by
}

// Kept is what a check put by when it saw the document, or nil.
func (e *Entry) Kept(name string) any { return e.kept[name] }

// Fact is a text and where it stands. Written is false for an attribute that is not there.
type Fact struct {
	Value   string
	Span    source.Span
	Written bool
}

// LogsourceEntry is the log source of a rule or a filter document.
type LogsourceEntry struct {
	Product, Category, Service Fact        `json:",omitzero"`
	Key                        source.Span // of the word `logsource`
}

// RelatedEntry is one entry of `related`.
type RelatedEntry struct {
	ID, Type Fact
	Span     source.Span
}

// held is the file of an entry, in memory or on disk.
type held struct {
	path      string
	limits    source.Limits
	once      sync.Once
	bare      *source.File
	parse     sync.Once
	documents []rules.Document
}

// Path is the path of the file as the user named it.
func (e *Entry) Path() string { return e.held.path }

// File is the file with its lines, for places in it.
func (e *Entry) File() *source.File { return e.held.file() }

// Document reads the document again where it is no longer in memory. It is nil when the file changed meanwhile.
func (e *Entry) Document() rules.Document {
	all := e.held.all() // in the order of the file, of thousands perhaps
	if i := sort.Search(len(all), func(i int) bool { return all[i].Base().Index >= e.Index }); i < len(all) && all[i].Base().Index == e.Index {
		return all[i]
	}
	return nil
}

func (h *held) file() *source.File {
	h.once.Do(func() {
		if h.bare == nil {
			data, _ := os.ReadFile(h.path)
			h.bare = source.Bare(h.path, data)
		}
	})
	return h.bare
}

func (h *held) all() []rules.Document {
	h.parse.Do(func() {
		if h.documents == nil {
			h.documents, _ = rules.Parse(source.Parse(h.path, h.file().Data, h.limits))
		}
	})
	return h.documents
}

func (e *Entry) subject() Subject {
	return Subject{Document: e.Index + 1, Kind: e.Kind, ID: e.ID.Value, Title: e.Title.Value, Span: e.Span}
}

// newEntry collects the facts of a document.
func newEntry(d rules.Document, h *held) *Entry {
	head := d.Base()
	s := subjectOf(d)
	e := &Entry{
		Kind: s.Kind, Index: head.Index, Span: s.Span, Anchor: head.Anchor(), held: h,
		ID: fact(head.ID), Name: fact(head.Name), Title: fact(head.Title), Status: fact(head.Status), Level: fact(head.Level), Taxonomy: fact(head.Taxonomy),
	}
	for _, r := range head.Related {
		related := RelatedEntry{ID: fact(r.ID), Type: fact(r.Type)}
		if r.Node != nil {
			related.Span = r.Node.Span
		}
		e.Related = append(e.Related, related)
	}
	switch d := d.(type) {
	case *rules.Rule:
		e.Logsource = logsourceEntry(d.Logsource)
		e.Fields = FieldNames(d, &d.Detection)
	case *rules.Filter:
		e.Logsource = logsourceEntry(d.Logsource)
		e.Fields = FieldNames(d, &d.Detection)
		e.Rules = factsOf(d.Rules)
	case *rules.Correlation:
		e.Rules = factsOf(d.Rules)
	}
	return e
}

// FieldNames are the fields that the detections of a document use, each once and sorted; none where the document follows a taxonomy of its own.
func FieldNames(d rules.Document, detections *rules.Detections) []string {
	if t := d.Base().Taxonomy.Value; t != "" && t != "sigma" {
		return nil
	}
	var names []string
	for _, named := range detections.Named {
		named.Block.Each(func(i *rules.Item) {
			if !i.Keyword() && !slices.Contains(names, i.Field) {
				names = append(names, strings.Clone(i.Field))
			}
		})
	}
	slices.Sort(names)
	return names
}

func fact(t rules.Text) Fact { return Fact{strings.Clone(t.Value), t.Span(), t.Present()} }

func factsOf(texts []rules.Text) []Fact {
	var out []Fact
	for _, t := range texts {
		out = append(out, fact(t))
	}
	return out
}

func logsourceEntry(l rules.Logsource) LogsourceEntry {
	e := LogsourceEntry{Product: fact(l.Product), Category: fact(l.Category), Service: fact(l.Service)}
	if l.Key != nil {
		e.Key = l.Key.Span
	}
	return e
}
