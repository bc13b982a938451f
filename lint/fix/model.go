package fix

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
)

// model is what a document means, in parts: `title`, `tags`, `logsource`, `detection/NAME` for an identifier, `condition/0`. Each part is
// in a normal form that does not show how it is spelled: quotes, places, parentheses, order of keys, repeated values,
// names of modifiers, one value instead of a list with one. Parts that are empty count as absent.
type model struct {
	names []string // in source order
	parts map[string]part
}

// part is one part of a model.
type part struct {
	text   string
	items  []item // of an identifier
	unread bool   // it has no meaning: nothing can be said of it
}

// item is one item of an identifier; text is everything but the field.
type item struct {
	field, text string
	unread      bool
}

// equal compares the texts, and items under a normal form of their field names. An item that could not be read is equal to whatever stands
// in its place for the same field: one reading only is for the check to promise.
func (p part) equal(q part, field func(string) string) bool {
	if p.items == nil || len(p.items) != len(q.items) {
		return p.text == q.text && p.items == nil && q.items == nil
	}
	if p.text != q.text {
		return false
	}
	for i := range p.items {
		a, b := p.items[i], q.items[i]
		if field(a.field) != field(b.field) || a.text != b.text && !a.unread {
			return false
		}
	}
	return true
}

func same(s string) string { return s }

// compare says in which part two states differ in meaning, beyond what is allowed.
func compare(before, after *state, allowed []exception) string {
	old, now := models(before), models(after)
	if len(old) != len(now) {
		return fmt.Sprintf("it would make %d documents of %d", len(now), len(old))
	}
	for i := range old {
		if old[i].model.parts == nil {
			continue // the document could not be loaded before
		}
		if part := old[i].model.differs(now[i].model, allowed); part != "" && !proved(part, old[i].document, now[i].document) {
			return "it is called safe and would change `" + part + "`"
		}
	}
	return ""
}

// whole is a document with its model; the model of one that does not parse has no parts.
type whole struct {
	document rules.Document
	model    model
}

// models are the models of all documents that are not empty.
func models(s *state) []whole {
	byIndex := map[int]rules.Document{}
	for _, d := range s.documents {
		byIndex[d.Base().Index] = d
	}
	var out []whole
	for _, d := range s.file.Documents {
		switch {
		case d.Broken:
			out = append(out, whole{})
		case d.Root == nil:
		case byIndex[d.Index] == nil: // a list, a text, or a template
			m := model{parts: map[string]part{}}
			if d.Root.Kind != source.Map {
				m.add("document", part{text: node(d.Root)})
			}
			for _, e := range d.Root.Entries {
				m.add(e.Key.Value, part{text: node(e.Value)})
			}
			out = append(out, whole{model: m})
		default:
			out = append(out, whole{byIndex[d.Index], modelOf(byIndex[d.Index])})
		}
	}
	return out
}

// differs is the first part in which two models differ and no exception allows it.
func (m model) differs(n model, allowed []exception) string {
	for _, name := range append(slices.Clone(m.names), n.names...) {
		a, b := m.parts[name], n.parts[name]
		if a.equal(b, same) || a.unread && a.items == nil {
			continue
		}
		if !slices.ContainsFunc(allowed, func(e exception) bool { return e.covers(name, a, b) }) {
			return name
		}
	}
	return ""
}

// Budgets of a proof here, a tenth of the prover's defaults and less: a person waits, and what is not proved is only not applied.
const (
	proofStates = 40_000
	proofSteps  = 5_000
)

// proved reports that a difference of spelling in the detection is none of meaning: the same events match before and after. The
// narrowest question comes first, because it is the cheapest: the items that differ, the identifier, the whole.
func proved(name string, before, after rules.Document) bool {
	first, inner, _ := strings.Cut(name, "/")
	if first != "detection" && first != "condition" && first != "filter" {
		return false
	}
	a, b := detections(before), detections(after)
	if a == nil || b == nil || a.Evaluable() != nil || b.Evaluable() != nil {
		return false
	}
	prover := logic.NewProver(logic.Options{States: proofStates, Steps: proofSteps, Lists: domain.Default().For(after).Lists})
	equal := func(f, g *logic.Formula) bool { return prover.Equivalent(f, g).Verdict == logic.Yes }
	if old, now := a.Find(inner), b.Find(inner); first != "condition" && old != nil && now != nil {
		if sameItems(old.Block, now.Block, equal) || equal(logic.FromDetection(old), logic.FromDetection(now)) {
			return true
		}
	}
	return equal(logic.FromDetections(a), logic.FromDetections(b))
}

// sameItems reports that two blocks have the same shape, and items that mean the same.
func sameItems(a, b *rules.Block, equal func(f, g *logic.Formula) bool) bool {
	var p, q part
	p.block(a)
	q.block(b)
	if p.text != q.text || len(p.items) != len(q.items) {
		return false
	}
	var items [2][]*rules.Item
	a.Each(func(i *rules.Item) { items[0] = append(items[0], i) })
	b.Each(func(i *rules.Item) { items[1] = append(items[1], i) })
	for k := range p.items {
		if p.items[k] != q.items[k] && !equal(logic.FromItem(items[0][k]), logic.FromItem(items[1][k])) {
			return false
		}
	}
	return true
}

func detections(d rules.Document) *rules.Detections {
	switch d := d.(type) {
	case *rules.Rule:
		return &d.Detection
	case *rules.Filter:
		return &d.Detection
	}
	return nil
}

func (m *model) add(name string, p part) {
	if p.text == "" && p.items == nil && !p.unread {
		return
	}
	if m.parts == nil {
		m.parts = map[string]part{}
	}
	unique := name
	for i := 2; ; i++ {
		if _, taken := m.parts[unique]; !taken {
			break
		}
		unique = name + "#" + strconv.Itoa(i)
	}
	m.names = append(m.names, unique)
	m.parts[unique] = p
}

// modelOf reads a document into its parts.
func modelOf(d rules.Document) model {
	m := model{parts: map[string]part{}}
	for _, e := range d.Base().Root.Entries {
		found := detections(d)
		switch key := e.Key.Value; {
		case found != nil && e.Key == found.Key && e.Value.Kind == source.Map:
			m.detections(key, found)
		case key == "correlation" && e.Value.Kind == source.Map:
			for _, inner := range e.Value.Entries {
				m.add(key+"/"+inner.Key.Value, part{text: node(inner.Value)})
			}
		default:
			m.add(key, part{text: node(e.Value)})
		}
	}
	return m
}

func (m *model) detections(key string, d *rules.Detections) {
	named := map[*source.Node]bool{}
	for _, n := range d.Named {
		named[n.Key] = true
		p := part{items: []item{}}
		p.block(n.Block)
		p.unread = slices.ContainsFunc(p.items, func(i item) bool { return i.unread })
		m.add(key+"/"+n.Name, p)
	}
	for i, c := range d.Conditions {
		e := expression(c.Root)
		m.add("condition/"+strconv.Itoa(i), part{text: e.String(), unread: e.unread})
	}
	for _, e := range d.Node.Entries {
		if !named[e.Key] && (e.Key.Value != "condition" || len(d.Conditions) == 0) {
			m.add(key+"/"+e.Key.Value, part{text: node(e.Value)})
		}
	}
}

// unread counts the parts of detections that have no meaning.
func unread(s *state) (n int) {
	for _, d := range s.documents {
		found := detections(d)
		if found == nil {
			continue
		}
		for _, named := range found.Named {
			named.Block.Each(func(i *rules.Item) {
				for _, t := range i.Tests {
					if t.Kind == rules.InvalidTest {
						n++
					}
				}
			})
		}
		for _, c := range found.Conditions {
			if expression(c.Root).unread {
				n++
			}
		}
	}
	return n
}

// block adds the shape of a block to the text and its items to the items.
func (p *part) block(b *rules.Block) {
	switch {
	case b.Shape == rules.EmptyShape:
		p.text += "()"
	case b.Shape == rules.ListShape && len(b.Alternatives) == 1: // a list with one map is the map
		p.block(b.Alternatives[0])
	case b.Shape == rules.ListShape:
		p.text += "["
		for _, a := range b.Alternatives {
			p.block(a)
		}
		p.text += "]"
	default:
		p.text += "{" + strconv.Itoa(len(b.Items)) + "}"
		for _, i := range b.Items {
			p.items = append(p.items, itemOf(i))
		}
	}
}

func itemOf(i *rules.Item) item {
	out := item{field: i.Field}
	var tests []string
	for _, t := range i.Tests {
		text, ok := test(t)
		out.unread = out.unread || !ok
		tests = append(tests, text)
	}
	slices.Sort(tests)
	tests = slices.Compact(tests)
	word := "any"
	if i.All && len(tests) > 1 {
		word = "all"
	}
	out.text = fmt.Sprintf("%s negated=%v %q", word, i.Negated, tests)
	return out
}

// test is what one value demands; false when it has no meaning.
func test(t *rules.Test) (string, bool) {
	head := fmt.Sprintf("%d ", t.Kind)
	switch t.Kind {
	case rules.TextTest:
		var patterns []string
		for _, p := range t.Patterns {
			patterns = append(patterns, pattern(p, t.Cased))
		}
		slices.Sort(patterns)
		return head + fmt.Sprintf("cased=%v %q", t.Cased, patterns), true
	case rules.NumberTest:
		return head + t.Number.Text, true
	case rules.BoolTest, rules.ExistsTest:
		return head + strconv.FormatBool(t.Bool), true
	case rules.NullTest:
		return head, true
	case rules.RegexTest:
		flags := strings.Split(t.Regex.Flags, "")
		slices.Sort(flags)
		return head + fmt.Sprintf("%s %q", strings.Join(flags, ""), t.Regex.Source), true
	case rules.CIDRTest:
		return head + t.Network.String(), true
	case rules.CompareTest, rules.TimeTest:
		return head + fmt.Sprintf("%s %d %s", t.Part, t.Compare, t.Number.Text), true
	case rules.FieldRefTest:
		return head + fmt.Sprintf("cased=%v %v %q", t.Cased, t.RefOpen, t.Ref), true
	}
	return head, false
}

// pattern is a string pattern: a run of wildcards is its question marks and at most one star, and text is lower case where case does not
// count. Only ASCII is folded here: for the rest the prover knows how.
func pattern(p rules.Pattern, cased bool) string {
	var b strings.Builder
	for k := 0; k < len(p); k++ {
		if p[k].Kind == rules.AnyRun || p[k].Kind == rules.AnyOne {
			star := false
			for ; k < len(p) && (p[k].Kind == rules.AnyRun || p[k].Kind == rules.AnyOne); k++ {
				if p[k].Kind == rules.AnyOne {
					b.WriteString("?")
				} else {
					star = true
				}
			}
			if star {
				b.WriteString("*")
			}
			k--
			continue
		}
		text := p[k].Text
		if !cased && p[k].Kind == rules.Literal {
			text = lowerASCII(text)
		}
		fmt.Fprintf(&b, "%d%q", p[k].Kind, text)
	}
	return b.String()
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// chain is a condition without its spelling: what patterns stand for, one operator over arguments that are sorted, flat and not repeated.
type chain struct {
	op     string
	args   []string
	unread bool // a part of it has no meaning
}

// String is the chain as one argument of another.
func (c chain) String() string {
	if len(c.args) == 1 {
		return c.args[0]
	}
	return c.op + "(" + strings.Join(c.args, ", ") + ")"
}

// join adds an argument; a chain of the same operator dissolves.
func (c *chain) join(arg chain) {
	c.unread = c.unread || arg.unread
	if arg.op == c.op {
		c.args = append(c.args, arg.args...)
	} else {
		c.args = append(c.args, arg.String())
	}
	slices.Sort(c.args)
	c.args = slices.Compact(c.args)
}

func expression(e *rules.Expr) chain {
	switch e.Op {
	case rules.Bad:
		return chain{args: []string{"?"}, unread: true}
	case rules.Not:
		if inner := e.Args[0]; inner.Op == rules.Not {
			return expression(inner.Args[0])
		}
		inner := expression(e.Args[0])
		return chain{op: "not", args: []string{"not(" + inner.String() + ")"}, unread: inner.unread}
	case rules.Name, rules.Of:
		out := chain{op: "or", unread: len(e.Selected) == 0}
		if e.All {
			out.op = "and"
		}
		for _, s := range e.Selected {
			out.join(chain{args: []string{strconv.Quote(s.Name)}})
		}
		return out
	}
	out := chain{op: "or"}
	if e.Op == rules.And {
		out.op = "and"
	}
	for _, a := range e.Args {
		out.join(expression(a))
	}
	return out
}

// node is a YAML value without its spelling, empty for null, blank text, and an empty list or map.
func node(n *source.Node) string {
	switch n.Kind {
	case source.List:
		var items []string
		for _, i := range n.Items {
			items = append(items, node(i))
		}
		if len(items) == 0 {
			return ""
		}
		return fmt.Sprintf("%q", items)
	case source.Map:
		var entries []string
		for _, e := range n.Entries {
			entries = append(entries, fmt.Sprintf("%q: %q", e.Key.Value, node(e.Value)))
		}
		slices.Sort(entries)
		return strings.Join(entries, "\n")
	}
	switch {
	case n.Tag == source.TagNull, strings.TrimSpace(n.Value) == "":
		return ""
	case n.Tag == source.TagBool:
		return "boolean " + strings.ToLower(n.Value)
	case n.Tag == source.TagInt, n.Tag == source.TagFloat:
		if number, ok := rules.ParseNumber(n.Value); ok {
			return "number " + number.Text
		}
	}
	return "text " + n.Value
}
