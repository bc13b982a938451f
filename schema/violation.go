package schema

import (
	"bytes"
	"sort"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
	"github.com/xeipuuv/gojsonschema"
)

// pathSeparator parts the steps of a path. No text that YAML can hold has this byte, so keys with dots or slashes stay whole.
const pathSeparator = "\xff"

// violation is one error of the schema, put at its place in the source.
type violation struct {
	doc    *document
	err    gojsonschema.ResultError
	path   string // steps below the root, joined by pathSeparator; of the missing key for what is missing
	row    int    // in the table
	key    *source.Node
	node   *source.Node // nil for what is missing
	parent *source.Node // the map or list around node
	owner  *source.Node // the key under which parent stands; nil at the root and for entries of a list
	merged bool         // the place was reached through a merge key
}

// violations validates the document and orders the errors by place, then by their row in the table.
func (d *document) violations() ([]violation, error) {
	if d.plainlyValid() {
		return nil, nil
	}
	s, err := compiled[d.kind]()
	if err != nil {
		return nil, err
	}
	result, err := s.Validate(gojsonschema.NewRawLoader(jsonDocument(d.Root)))
	if err != nil {
		return nil, err
	}
	if result.Valid() {
		return nil, nil
	}
	var out []violation
	for _, e := range result.Errors() {
		v := violation{doc: d, err: e}
		v.locate()
		v.row = findRow(v.path, e.Type())
		out = append(out, v)
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		if a.path != b.path {
			return a.path < b.path
		}
		if a.row != b.row {
			return a.row < b.row
		}
		return a.err.Description() < b.err.Description()
	})
	return out, nil
}

// pointsAtProperty are the errors that gojsonschema reports at a map although they are about one of its keys.
var pointsAtProperty = map[string]bool{
	"required": true, "additional_property_not_allowed": true, "invalid_property_name": true,
}

// locate walks from the root to the place.
func (v *violation) locate() {
	steps := strings.Split(v.err.Context().String(pathSeparator), pathSeparator)[1:]
	if pointsAtProperty[v.err.Type()] {
		property, _ := v.err.Details()["property"].(string)
		steps = append(steps, property)
	}
	v.path = strings.Join(steps, pathSeparator)
	v.node = v.doc.Root
	for _, step := range steps {
		if v.node == nil {
			return // cannot happen: the path comes from this very tree
		}
		v.parent, v.owner, v.key = v.node, v.key, nil
		v.node = nil
		switch v.parent.Kind {
		case source.Map:
			if e := v.parent.Entry(step); e != nil {
				v.key, v.node = e.Key, e.Value
				v.merged = v.merged || e.Merged
			}
		case source.List:
			if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v.parent.Items) {
				v.node = v.parent.Items[i]
			}
		}
	}
}

// name is the last step of the path, or for an entry of a list the key of the list.
func (v *violation) name() string {
	if v.node != nil && v.key == nil && v.owner != nil {
		return v.owner.Value
	}
	return v.path[strings.LastIndex(v.path, pathSeparator)+1:]
}

// entry is the key and value, or nil for what is missing or stands in a list.
func (v *violation) entry() *source.Entry {
	if v.key == nil || v.node == nil {
		return nil
	}
	return &source.Entry{Key: v.key, Value: v.node, Merged: v.merged}
}

// span is what to mark: the value, the key of a value that is missing or spans lines, and for a missing key the key or the
// entry that should hold it.
func (v *violation) span() source.Span {
	switch {
	case v.node == nil && v.owner != nil:
		return v.owner.Span
	case v.node == nil && v.parent != nil && v.parent != v.doc.Root:
		return v.doc.mark(v.parent)
	case v.node == nil:
		return v.doc.Anchor()
	case v.key != nil && (v.node.Span.Len() == 0 || v.node.Kind != source.Scalar && !v.node.Flow):
		return v.key.Span
	}
	return v.doc.mark(v.node)
}

// mark is a node's first line; for the empty entry of a list its dash, for a map in a list its first key.
func (d *document) mark(n *source.Node) source.Span {
	s := n.Span
	if n.Kind == source.Map && !n.Flow && len(n.Entries) > 0 {
		return n.Entries[0].Key.Span
	}
	if s.Len() == 0 {
		before := bytes.TrimRight(d.File.Data[:min(s.Start, len(d.File.Data))], " \t\r\n")
		if end := len(before); end > 0 && before[end-1] == '-' {
			return source.Span{Start: end - 1, End: end}
		}
		return d.Anchor()
	}
	line := d.File.LineSpan(d.File.LineAt(s.Start))
	return source.Span{Start: s.Start, End: max(s.Start+1, min(s.End, line.End))}
}
