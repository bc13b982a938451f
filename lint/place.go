package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// settle fills in what every finding of a file knows: the document around it, and its place there.
func settle(findings []Finding, documents []rules.Document) {
	for i := range findings {
		f := &findings[i]
		if f.File == nil || f.Place != (Place{}) {
			continue
		}
		if f.Subject.Document == 0 {
			for _, d := range documents {
				if d.Base().Root.Span.Contains(f.Span) {
					f.Subject = subjectOf(d)
				}
			}
		}
		var root *source.Node
		for _, d := range f.File.Documents {
			if d.Root != nil && (d.Root.Span.Contains(f.Span) || d.Index+1 == f.Subject.Document) {
				root = d.Root
			}
		}
		f.Place = placeOf(f.File, root, f.Span)
	}
}

// placeOf words the place of a span below the root of its document, which may be nil.
func placeOf(file *source.File, root *source.Node, span source.Span) Place {
	var steps []string
	node := root
	for node != nil {
		next := (*source.Node)(nil)
		for _, e := range node.Entries {
			if e.Span().Contains(span) {
				steps = append(steps, e.Key.Value)
				if e.Value.Span.Contains(span) {
					next = e.Value
				}
				break
			}
		}
		for _, item := range node.Items {
			if item.Span.Contains(span) {
				next = item
				break
			}
		}
		if next == nil {
			break
		}
		node = next
	}
	place := Place{Path: strings.Join(steps, "/")}
	switch {
	case node == nil || node.Span != span:
		place.Value = strings.Join(strings.Fields(file.Text(span)), " ")
	case node.Kind == source.Scalar:
		place.Value = node.Value
	default: // in any order, and without the spelling
		var leaves []string
		node.Walk(func(_ string, n *source.Node) bool {
			for _, e := range n.Entries {
				leaves = append(leaves, e.Key.Value)
			}
			if n.Kind == source.Scalar {
				leaves = append(leaves, n.Value)
			}
			return true
		})
		slices.Sort(leaves)
		place.Value = strings.Join(leaves, " ")
	}
	if len(place.Value) > longestPlaceValue {
		sum := sha256.Sum256([]byte(place.Value))
		place.Value = strings.ToValidUTF8(place.Value[:longestPlaceValue], "") + "…" + hex.EncodeToString(sum[:4])
	}
	return place
}

// longestPlaceValue is how many bytes of a marked text tell it apart, before a checksum does: a baseline is read by people.
const longestPlaceValue = 80
