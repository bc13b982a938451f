package evidence

import (
	"fmt"

	"github.com/sigtune/sigtune/rules/source"
)

// Map are the user's own names: what his events call a field, and what Sigma calls it.
type Map struct {
	pairs []pair
}

type pair struct{ theirs, sigma string }

// ReadMap reads a YAML mapping `their name: Sigma name`, or `their name: [names]` for one that stands for several. For a Sigma name under
// several of theirs the first that an event has counts. Errors name line and column.
func ReadMap(f *source.File) (*Map, error) {
	at := func(n *source.Node, message string, args ...any) error {
		pos := f.Pos(n.Span.Start)
		return fmt.Errorf("%s:%d:%d: %s", f.Path, pos.Line, pos.Column, fmt.Sprintf(message, args...))
	}
	for _, p := range f.Problems {
		switch p.Kind {
		case source.KindUnreadable, source.KindLimit, source.KindEncoding, source.KindSyntax:
			pos := f.Pos(p.Span.Start)
			return nil, fmt.Errorf("%s:%d:%d: %s", f.Path, pos.Line, pos.Column, p.Message)
		}
	}
	if len(f.Documents) == 0 || f.Documents[0].Root == nil || f.Documents[0].Root.Kind != source.Map {
		return nil, fmt.Errorf("%s: a map of names is a YAML mapping, such as `process.executable: Image`", f.Path)
	}
	m := &Map{}
	for _, e := range f.Documents[0].Root.Entries {
		names := []*source.Node{e.Value}
		if e.Value.Kind == source.List {
			names = e.Value.Items
		}
		for _, n := range names {
			if n.Kind != source.Scalar || n.Value == "" {
				return nil, at(n, "`%s` stands for no name; write a Sigma field", e.Key.Value)
			}
			m.pairs = append(m.pairs, pair{e.Key.Value, n.Value})
		}
	}
	return m, nil
}

// apply renames what the map names. It replaces a field of the Sigma name: the user said so.
func (m *Map) apply(fields map[string]any, take takeFunc) {
	if m == nil {
		return
	}
	done := map[string]bool{}
	for _, p := range m.pairs {
		if v, ok := fields[p.theirs]; ok && !done[p.sigma] {
			done[p.sigma] = true
			take(p.sigma, v, p.theirs)
		}
	}
}
