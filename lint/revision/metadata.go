package revision

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Attribute is an attribute outside the detection and the log source that differs between two versions. Of a list the entries that
// went and came are given, of anything else the text before and after.
type Attribute struct {
	Name           string
	Old, New       string // empty where it was not written; of structured values the YAML
	List           bool
	Removed, Added []string
}

// meaning are the attributes that say what a document matches: they are compared by what they mean, not here.
var meaning = map[string]bool{"detection": true, "logsource": true, "filter": true, "correlation": true}

// Metadata lists the attributes that differ, in the order of the new version, then those that are gone.
func Metadata(old, new rules.Document) []Attribute {
	var out []Attribute
	a, b := old.Base().Root, new.Base().Root
	for _, e := range b.Entries {
		if meaning[e.Key.Value] {
			continue
		}
		var was *source.Node
		if o := a.Entry(e.Key.Value); o != nil {
			was = o.Value
		}
		if attribute, differs := compared(e.Key.Value, was, e.Value); differs {
			out = append(out, attribute)
		}
	}
	for _, e := range a.Entries {
		if !meaning[e.Key.Value] && b.Entry(e.Key.Value) == nil {
			attribute, _ := compared(e.Key.Value, e.Value, nil)
			out = append(out, attribute)
		}
	}
	return out
}

func compared(name string, old, new *source.Node) (Attribute, bool) {
	a := Attribute{Name: name}
	was, wasList := entries(old)
	is, isList := entries(new)
	if wasList && isList && (old != nil || new != nil) {
		a.List = true
		a.Removed, a.Added = without(was, is), without(is, was)
		return a, len(a.Removed)+len(a.Added) > 0
	}
	a.Old, a.New = text(old), text(new)
	return a, !same(old, new)
}

// entries are the texts of a list of scalars; an absent attribute is an empty list.
func entries(n *source.Node) (list []string, ok bool) {
	if n == nil {
		return nil, true
	}
	if n.Kind != source.List {
		return nil, false
	}
	for _, i := range n.Items {
		if i.Kind != source.Scalar {
			return nil, false
		}
		list = append(list, i.Value)
	}
	return list, true
}

// same reports that two nodes say the same: layout, comments, line ends, quotes and the order of entries of a map do not count.
func same(a, b *source.Node) bool { return canonical(a) == canonical(b) }

// canonical is a node as one text, equal for nodes that say the same.
func canonical(n *source.Node) string {
	if n == nil {
		return "!"
	}
	var parts []string
	switch n.Kind {
	case source.Map:
		for _, e := range n.Entries {
			parts = append(parts, canonical(e.Key)+"="+canonical(e.Value))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case source.List:
		for _, i := range n.Items {
			parts = append(parts, canonical(i))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	// The length keeps texts that hold brackets apart. Of metadata the text counts, not its type: `2026` and `'2026'` read alike.
	return fmt.Sprintf("%d:%s", len(n.Value), n.Value)
}

func text(n *source.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Kind == source.Scalar:
		return n.Value
	}
	return n.Text()
}

// without is what a has and b lacks, counted.
func without(a, b []string) []string {
	count := map[string]int{}
	for _, s := range b {
		count[s]++
	}
	var out []string
	for _, s := range a {
		if count[s]--; count[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}
