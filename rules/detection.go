package rules

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Detections is the `detection` map of a rule, or the `filter` map of a filter document.
type Detections struct {
	Key, Node  *source.Node
	Named      []*Detection // in source order
	Conditions []*Condition // several are joined by OR
}

// Find is the detection with this name, or nil.
func (d *Detections) Find(name string) *Detection {
	for _, n := range d.Named {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// Detection is one named search identifier.
type Detection struct {
	Name  string
	Key   *source.Node
	Node  *source.Node
	Block *Block
}

// Shape is how the author wrote a block.
type Shape uint8

// The shapes of a block.
const (
	MapShape      Shape = iota // AND over Items
	ListShape                  // OR over Alternatives
	KeywordsShape              // the one Item holds the keywords
	EmptyShape                 // nothing there: no meaning
)

// Block is what stands under an identifier, or one entry of a list of maps.
type Block struct {
	Shape        Shape
	Node         *source.Node
	Items        []*Item
	Alternatives []*Block
}

// Item is one `Field|modifiers: values`. A keyword item has no field.
type Item struct {
	Field     string
	FieldSpan source.Span
	Modifiers []Modifier
	Values    []*Value
	Tests     []*Test      // one per value, or one for a null value; what the values mean after the modifiers
	All       bool         // every value must hold (`all`), else any
	Negated   bool         // `neq`: the whole item is negated
	Key       *source.Node // nil for a keyword list
	Node      *source.Node // the value or the list of values
}

// Keyword reports an item that is searched in the whole event.
func (i *Item) Keyword() bool { return i.Field == "" }

// Has reports whether the item carries a modifier, by its canonical name.
func (i *Item) Has(modifier string) bool {
	for _, m := range i.Modifiers {
		if m.Name == modifier {
			return true
		}
	}
	return false
}

// Span is the whole item.
func (i *Item) Span() source.Span {
	if i.Key == nil {
		return i.Node.Span
	}
	return source.Entry{Key: i.Key, Value: i.Node}.Span()
}

// KeyText is the item's key as written: field and modifiers.
func (i *Item) KeyText() string {
	if i.Key == nil {
		return ""
	}
	return i.Key.Value
}

// Each calls visit for every item of a block, in source order.
func (b *Block) Each(visit func(*Item)) {
	for _, item := range b.Items {
		visit(item)
	}
	for _, a := range b.Alternatives {
		a.Each(visit)
	}
}

// Kinds of problems in detections, by the names of their checks.
const (
	KindNoIdentifier         = "no-search-identifier"
	KindEmptyIdentifier      = "empty-search-identifier"
	KindInvalidValue         = "invalid-detection-value"
	KindModifierOnIdentifier = "modifier-on-identifier"
	KindUnaddressable        = "unaddressable-identifier"
	KindMixedList            = "mixed-identifier-list"
	KindLegacyTimeframe      = "legacy-timeframe"
	KindNullInList           = "null-in-value-list"
	KindEmptyList            = "empty-value-list"
)

func parseDetections(h *Head, key, node *source.Node, reserved map[string]bool) Detections {
	d := Detections{Key: key, Node: node}
	if node.Kind != source.Map {
		return d // schema reports the type
	}
	for _, e := range node.Entries {
		name := e.Key.Value
		if name == "timeframe" && reserved[name] {
			h.report(Problem{
				Kind: KindLegacyTimeframe, Span: e.Span(),
				Message: "`timeframe` has no effect since Sigma 2", Help: "write a correlation rule with a `timespan`",
			})
		}
		if reserved[name] {
			continue
		}
		d.Named = append(d.Named, parseDetection(h, e))
	}
	if len(d.Named) == 0 {
		h.report(Problem{
			Kind: KindNoIdentifier, Span: key.Span,
			Message: fmt.Sprintf("`%s` holds no search identifier", key.Value),
			Help:    "add a selection: `selection:` with at least one `Field: value`",
		})
	}
	if e := node.Entry("condition"); e != nil {
		d.Conditions = parseConditions(h, &d, e)
	}
	for _, named := range d.Named {
		d.checkName(h, named)
	}
	return d
}

func parseDetection(h *Head, e source.Entry) *Detection {
	d := &Detection{Name: e.Key.Value, Key: e.Key, Node: e.Value}
	d.Block = parseBlock(h, e.Value)
	if d.Block.Shape == EmptyShape {
		h.report(Problem{
			Kind: KindEmptyIdentifier, Span: e.Key.Span,
			Message: fmt.Sprintf("`%s` is empty", source.Shorten(d.Name)),
			Help:    "give it at least one `Field: value`, or remove it",
		})
	}
	return d
}

func parseBlock(h *Head, n *source.Node) *Block {
	b := &Block{Node: n}
	switch n.Kind {
	case source.Map:
		b.Shape = MapShape
		for _, e := range n.Entries {
			b.Items = append(b.Items, parseItem(h, e))
		}
		if len(b.Items) == 0 {
			b.Shape = EmptyShape
		}
	case source.List:
		parseListBlock(h, b, n)
	default:
		if n.IsNull() || n.Value == "" && n.IsString() {
			b.Shape = EmptyShape
			return b
		}
		b.Shape = KeywordsShape
		b.Items = []*Item{keywordItem(h, n, []*source.Node{n})}
	}
	return b
}

// parseListBlock reads a list of keywords, of maps, or (with a warning) of both.
func parseListBlock(h *Head, b *Block, n *source.Node) {
	scalars, others := 0, 0
	for _, item := range n.Items {
		if item.Kind == source.Scalar {
			scalars++
		} else {
			others++
		}
		if item.Kind == source.List {
			others, scalars = others+1, scalars+1 // a nested list is reported like a mixed one
		}
	}
	switch {
	case len(n.Items) == 0:
		b.Shape = EmptyShape
		return
	case others == 0:
		b.Shape = KeywordsShape
		b.Items = []*Item{keywordItem(h, n, n.Items)}
		return
	case scalars > 0:
		h.report(Problem{
			Kind: KindMixedList, Span: n.Items[0].Span,
			Message: "the list mixes maps with other entries; engines disagree on what it means",
			Help:    "make two identifiers of it",
		})
	}
	b.Shape = ListShape
	for _, item := range n.Items {
		b.Alternatives = append(b.Alternatives, parseBlock(h, item))
	}
}

func keywordItem(h *Head, node *source.Node, values []*source.Node) *Item {
	item := &Item{Node: node}
	item.read(h, values)
	return item
}

func parseItem(h *Head, e source.Entry) *Item {
	item := &Item{Key: e.Key, Node: e.Value}
	parts := strings.Split(e.Key.Value, "|")
	item.Field = parts[0]
	item.FieldSpan = e.Key.Range(0, len(parts[0]))
	at := len(parts[0]) + 1
	for _, name := range parts[1:] {
		item.Modifiers = append(item.Modifiers, newModifier(name, e.Key.Range(at, at+len(name))))
		at += len(name) + 1
	}
	values := []*source.Node{e.Value}
	if e.Value.Kind == source.List {
		values = e.Value.Items
		if len(values) == 0 {
			h.report(Problem{
				Kind: KindEmptyList, Span: e.Span(),
				Message: fmt.Sprintf("`%s` has an empty list of values", source.Shorten(e.Key.Value)),
				Help:    "add a value, or write `null` if the field is meant to be absent",
			})
		}
	}
	item.read(h, values)
	return item
}

// read fills values and tests.
func (i *Item) read(h *Head, nodes []*source.Node) {
	chain := readChain(h, i)
	i.All, i.Negated = chain.all, chain.negated
	inList := i.Node.Kind == source.List
	for _, n := range nodes {
		v := newValue(n)
		if v.Kind == InvalidValue {
			help := "a value is text, a number, a boolean or null"
			if n.Flow {
				help = "quote it: " + source.Quote(n.Text())
			}
			h.report(Problem{
				Kind: KindInvalidValue, Span: n.Span,
				Message: fmt.Sprintf("a value of `%s` is %s", i.label(), shapeName(n)), Help: help,
			})
		}
		if v.Kind == NullValue && inList {
			p := Problem{
				Kind: KindNullInList, Span: dashOf(h.File, n),
				Message: fmt.Sprintf("null stands among the values of `%s`; the specification forbids it", i.label()),
				Help:    "test for absence in an identifier of its own",
			}
			if i.Keyword() {
				p.Message = "null stands among the keywords, and means nothing without a field"
				p.Help = "remove it, or quote it if the word is meant"
			}
			h.report(p)
		}
		i.Values = append(i.Values, v)
		i.Tests = append(i.Tests, chain.test(h, i, v))
	}
	if len(nodes) == 0 {
		i.Tests = []*Test{{Kind: InvalidTest, Reason: "the list of values is empty"}}
	}
}

// dashOf is the place of an entry of a list: its dash where nothing is written behind it.
func dashOf(f *source.File, n *source.Node) source.Span {
	if !n.Missing() {
		return n.Span
	}
	before := strings.TrimRight(f.Text(source.Span{Start: 0, End: n.Span.Start}), " \t\r\n")
	if end := len(before); strings.HasSuffix(before, "-") {
		return source.Span{Start: end - 1, End: end}
	}
	return n.Span
}

// label names the item in messages.
func (i *Item) label() string {
	if i.Key == nil {
		return "keywords"
	}
	return source.Shorten(i.Key.Value)
}

func shapeName(n *source.Node) string {
	if n.Kind == source.Map {
		return "a map"
	}
	return "a list"
}
