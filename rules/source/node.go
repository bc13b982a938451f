package source

import (
	"strconv"
	"strings"
)

// Kind tells the three shapes of a node apart.
type Kind uint8

// The shapes of a node. An alias has the shape of its target.
const (
	Scalar Kind = iota
	Map
	List
)

// Style is how a scalar is written.
type Style uint8

// The styles of a scalar.
const (
	Plain Style = iota
	SingleQuoted
	DoubleQuoted
	Literal
	Folded
)

// Tags of scalars as yaml.v3 resolves them.
const (
	TagString    = "!!str"
	TagInt       = "!!int"
	TagFloat     = "!!float"
	TagBool      = "!!bool"
	TagNull      = "!!null"
	TagTimestamp = "!!timestamp"
	TagMerge     = "!!merge"
)

// Node is one YAML node. Decide on its Tag, Style and Value, never on a decoded Go value: readers of YAML differ on
// what plain text means (spec/sigma-semantics.md section 2).
type Node struct {
	Kind     Kind
	Style    Style
	Tag      string // resolved, short form (`!!str`); a tag of the author's own as it stands
	Explicit bool   // the author wrote the tag
	Flow     bool   // a collection in brackets or braces
	Value    string // decoded text of a scalar
	Span     Span   // quotes and brackets included; an anchor or a tag before the node is not
	Anchor   string
	Alias    *Node   // the target, when the author wrote `*name` here
	Entries  []Entry // of a map, in source order; merged keys (`<<`) follow the map's own
	Items    []*Node // of a list

	file     *File
	content  int  // offset of the first byte of content of a scalar
	verbatim bool // Value stands at content byte by byte
	unmapped bool // Value could not be found in the source
}

// Entry is one key of a map with its value.
type Entry struct {
	Key, Value *Node
	Merged     bool // it came through a merge key
}

// Span is the whole entry, key start to value end. The value of a merged entry stands elsewhere: then only the key counts.
func (e Entry) Span() Span {
	if e.Value.Span.End < e.Key.Span.Start {
		return e.Key.Span
	}
	return Span{e.Key.Span.Start, max(e.Key.Span.End, e.Value.Span.End)}
}

// Find is the value of the first entry with this key, or nil.
func (n *Node) Find(key string) *Node {
	if e := n.Entry(key); e != nil {
		return e.Value
	}
	return nil
}

// Entry is the first entry with this key, or nil. It is nil-safe.
func (n *Node) Entry(key string) *Entry {
	if n == nil || n.Kind != Map {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key.Value == key {
			return &n.Entries[i]
		}
	}
	return nil
}

// IsNull reports a null scalar, written or missing.
func (n *Node) IsNull() bool { return n.Kind == Scalar && n.Tag == TagNull }

// IsString reports a scalar that every YAML 1.2 reader takes as text.
func (n *Node) IsString() bool {
	if n.Kind != Scalar {
		return false
	}
	switch n.Tag {
	case TagInt, TagFloat, TagBool, TagNull, TagTimestamp, TagMerge:
		return false
	}
	return true
}

// Missing reports a value that is not there at all (`key:` and nothing after it).
func (n *Node) Missing() bool { return n.IsNull() && n.Span.Len() == 0 }

// Text is the source text of the node: for a plain scalar what the author typed.
func (n *Node) Text() string {
	if n.file == nil {
		return n.Value
	}
	return n.file.Text(n.Span)
}

// Mapped reports whether the place of every byte of Value is known.
func (n *Node) Mapped() bool { return !n.unmapped }

// Walk calls visit for the node and everything below it, with its path (RFC 6901, `/detection/sel/0`). Aliased
// content is visited once per alias, as the limits of Parse keep that bounded. visit returns false to stay out of a node's children.
func (n *Node) Walk(visit func(path string, n *Node) bool) { n.walk("", visit) }

func (n *Node) walk(path string, visit func(string, *Node) bool) {
	if n == nil || !visit(path, n) {
		return
	}
	for _, e := range n.Entries {
		e.Value.walk(path+"/"+escapePath(e.Key.Value), visit)
	}
	for i, item := range n.Items {
		item.walk(path+"/"+strconv.Itoa(i), visit)
	}
}

// Each visits what Walk visits, for those who need no paths: they are most, and making paths takes longer than the visit.
func (n *Node) Each(visit func(n *Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for i := range n.Entries {
		n.Entries[i].Value.Each(visit)
	}
	for _, item := range n.Items {
		item.Each(visit)
	}
}

// At resolves a path as Walk gives it. It returns nil when there is no such node.
func (n *Node) At(path string) *Node {
	if path == "" {
		return n
	}
	for _, step := range strings.Split(path, "/")[1:] {
		if n == nil {
			return nil
		}
		n = n.child(step)
	}
	return n
}

func (n *Node) child(step string) *Node {
	switch n.Kind {
	case Map:
		return n.Find(unescapePath(step))
	case List:
		for i, item := range n.Items {
			if strconv.Itoa(i) == step {
				return item
			}
		}
	}
	return nil
}

var (
	pathEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pathUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

func escapePath(s string) string {
	if !strings.ContainsAny(s, "~/") {
		return s
	}
	return pathEscaper.Replace(s)
}

func unescapePath(s string) string { return pathUnescaper.Replace(s) }
