package lint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// settle fills in what every finding of a parsed file knows: the document around it, and its place there.
func settle(findings []Finding, documents []rules.Document) {
	for i := range findings {
		f := &findings[i]
		if f.File == nil || len(f.File.Documents) == 0 || f.Place != (Place{}) {
			continue
		}
		if f.Subject.Document == 0 {
			// Both lists are in order, and a file may hold thousands of documents.
			after := sort.Search(len(documents), func(i int) bool { return documents[i].Base().Root.Span.Start > f.Span.Start })
			if after > 0 && documents[after-1].Base().Root.Span.Contains(f.Span) {
				f.Subject = subjectOf(documents[after-1])
			}
		}
		all := f.File.Documents
		var root *source.Node
		if n := f.Subject.Document; n > 0 && n <= len(all) && all[n-1].Index == n-1 {
			root = all[n-1].Root
		}
		if root == nil {
			after := sort.Search(len(all), func(i int) bool { return all[i].Span.Start > f.Span.Start })
			if after > 0 && all[after-1].Root != nil && all[after-1].Root.Span.Contains(f.Span) {
				root = all[after-1].Root
			}
		}
		f.Place = placeIn(f, root)
	}
}

// placeIn words the place of a finding below the root of its document, which may be nil.
func placeIn(f *Finding, root *source.Node) Place {
	if root != nil && aboutWhole(f, root) {
		return Place{}
	}
	return placeOf(f.File, root, f.Span)
}

// LeastPlace is the place of a finding that speaks for several values: the one that comes first by its text. Which of them is marked depends on
// their order, and a place must not.
func LeastPlace(d rules.Document, spans ...source.Span) (least Place) {
	for n, span := range spans {
		place := placeOf(d.Base().File, d.Base().Root, span)
		if n == 0 || cmp.Or(strings.Compare(place.Path, least.Path), strings.Compare(place.Value, least.Value)) < 0 {
			least = place
		}
	}
	return least
}

// aboutWhole reports whether a finding is about what its document lacks or is. Such a finding marks an attribute only because it has to
// stand somewhere, often the first one, whichever that is: one about the attribute itself names it.
func aboutWhole(f *Finding, root *source.Node) bool {
	for _, e := range root.Entries {
		if f.Span == e.Key.Span {
			return !strings.Contains(f.Message, "`"+e.Key.Value+"`")
		}
	}
	return f.Span == root.Span
}

// placeOf words the place of a span below the root of its document, which may be nil.
func placeOf(file *source.File, root *source.Node, span source.Span) Place {
	var steps []string
	node := root
	// A text block ends behind its last line break, the map around it before that.
	within := source.Span{Start: span.Start, End: span.Start + len(strings.TrimRight(file.Text(span), "\r\n"))}
	for node != nil {
		next := (*source.Node)(nil)
		for _, e := range node.Entries {
			if e.Span().Contains(within) {
				steps = append(steps, e.Key.Value)
				if e.Span() == span && e.Value.Span != span && e.Key.Span != span {
					return Place{Path: strings.Join(steps, "/"), Value: shortened(leaves(e.Value))}
				}
				if e.Value.Span.Contains(within) {
					next = e.Value
				}
				break
			}
		}
		for _, item := range node.Items {
			if item.Span.Contains(within) {
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
	default:
		place.Value = leaves(node)
	}
	place.Value = shortened(place.Value)
	return place
}

// leaves are the texts of a node in any order, without their spelling.
func leaves(node *source.Node) string {
	var texts []string
	node.Each(func(n *source.Node) bool {
		for _, e := range n.Entries {
			texts = append(texts, e.Key.Value)
		}
		if n.Kind == source.Scalar {
			texts = append(texts, n.Value)
		}
		return true
	})
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func shortened(text string) string {
	if len(text) <= longestPlaceValue {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return strings.ToValidUTF8(text[:longestPlaceValue], "") + "…" + hex.EncodeToString(sum[:4])
}

// longestPlaceValue is how many bytes of a marked text tell it apart, before a checksum does: a baseline is read by people.
const longestPlaceValue = 80
