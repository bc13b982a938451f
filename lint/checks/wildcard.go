package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// shapes are the modifiers that open a side of a value: at the start, at the end.
var shapes = []struct {
	name       string
	start, end bool
}{{"contains", true, true}, {"startswith", false, true}, {"endswith", true, false}}

// shapeOf is the string modifier of an item with the sides it opens.
func shapeOf(i *rules.Item) (name string, start, end, ok bool) {
	for _, s := range shapes {
		if i.Has(s.name) {
			return s.name, s.start, s.end, true
		}
	}
	return "", false, false, false
}

func emptyStringWithModifier(p *lint.Pass) {
	eachItem(p, func(d *rules.Detection, i *rules.Item) {
		shape, _, _, ok := shapeOf(i)
		if !ok || i.Has("re") || i.Has("fieldref") {
			return
		}
		for _, v := range i.Values {
			if v.Kind != rules.TextValue || v.Text != "" || v.Node.Missing() {
				continue
			}
			message := fmt.Sprintf("`%s: ''` is true for every event that has the field", source.Shorten(i.KeyText()))
			if i.Keyword() {
				message = fmt.Sprintf("the empty keyword under `%s` is true for every event", shape)
			}
			if len(i.Values) > 1 && !i.All {
				message += ", whatever the other values say"
			}
			p.Report(lint.Finding{
				Span: v.Node.Span, Message: message,
				Help: "remove the empty value; to test for an empty field write it without a modifier",
				Fix:  removeValue(p.Document.Base().File, i, v, false),
			})
		}
	})
}

func presenceOnlyValue(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for _, v := range i.Values {
			if !onlyPresence(i, v) {
				continue
			}
			f := lint.Finding{
				Span:    v.Node.Span,
				Message: fmt.Sprintf("`%s: %s` only says that the field is there", source.Shorten(i.KeyText()), source.Shorten(v.Text)),
				Help:    "write `" + source.Shorten(i.Field) + "|exists: true` if that is meant (it also holds for empty values)",
			}
			if len(i.Values) > 1 && !i.All {
				f.Severity = lint.Error
				f.Message = fmt.Sprintf("`%s` makes every other value of `%s` superfluous", source.Shorten(v.Text), source.Shorten(i.KeyText()))
				f.Help = "remove it from the list"
				f.Fix = removeValue(p.Document.Base().File, i, v, false)
			} else {
				f.Fix = unlessTaken(p, i, testPresence(i, v))
			}
			p.Report(f)
		}
	})
}

// onlyPresence reports a value of nothing but `*`.
func onlyPresence(i *rules.Item, v *rules.Value) bool {
	return v.Kind == rules.TextValue && v.Text != "" && strings.Trim(v.Text, "*") == "" && !i.Has("re") && !i.Has("cidr")
}

// swallowsItsList reports an item with a lone `*` among its values, which is what has to go: to remove the others for its sake would leave a test
// of presence.
func swallowsItsList(i *rules.Item) bool {
	return i != nil && !i.All && slices.ContainsFunc(i.Values, func(v *rules.Value) bool { return onlyPresence(i, v) })
}

// testPresence is the fix that asks for the field itself, nil for lists and where modifiers say more.
func testPresence(i *rules.Item, v *rules.Value) *source.Fix {
	if i.Keyword() || len(i.Modifiers) > 0 || i.Node != v.Node || !editable(i.Key) || !editable(v.Node) {
		return nil
	}
	return &source.Fix{Title: "write `exists: true`", Edits: []source.Edit{
		{Span: source.Span{Start: i.FieldSpan.End, End: i.FieldSpan.End}, New: "|exists"}, {Span: v.Node.Span, New: "true"},
	}}
}

// editable reports a scalar whose source can be replaced in place.
func editable(n *source.Node) bool {
	return n.Kind == source.Scalar && n.Alias == nil && n.Anchor == "" && !n.Explicit && n.Mapped() &&
		n.Style != source.Literal && n.Style != source.Folded
}

// plainShape reports a text value whose wildcards stand only at its ends, with the sides that are open.
func plainShape(v *rules.Value) (start, end, ok bool) {
	if v.Kind != rules.TextValue {
		return false, false, false
	}
	p := rules.ParsePattern(v.Text)
	start, end = p.StartsOpen(), p.EndsOpen()
	inner := p
	if start {
		inner = inner[1:]
	}
	if end && len(inner) > 0 {
		inner = inner[:len(inner)-1]
	}
	return start, end, (start || end) && len(inner) > 0 && !inner.HasWildcard()
}

func wildcardForModifier(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if i.Keyword() || len(i.Values) == 0 {
			return
		}
		for _, m := range i.Modifiers {
			if m.Name != "all" && m.Name != "neq" && m.Name != "cased" && m.Name != "windash" {
				return
			}
		}
		start, end, ok := plainShape(i.Values[0])
		for _, v := range i.Values {
			s, e, plain := plainShape(v)
			ok = ok && plain && s == start && e == end
		}
		if !ok {
			return
		}
		for _, shape := range shapes {
			if shape.start == start && shape.end == end {
				p.Report(lint.Finding{
					Span:    i.Values[0].Node.Span,
					Message: fmt.Sprintf("the wildcards of `%s` say what `%s` says", source.Shorten(i.Values[0].Text), shape.name),
					Help:    fmt.Sprintf("write `%s|%s` and leave the `*` out", source.Shorten(i.KeyText()), shape.name),
					Fix:     unlessTaken(p, i, writeModifier(i, shape.name, start, end)),
				})
			}
		}
	})
}

// writeModifier is the fix that lets a modifier say what the wildcards of all values say.
func writeModifier(i *rules.Item, name string, start, end bool) *source.Fix {
	if !editable(i.Key) {
		return nil
	}
	fix := &source.Fix{Title: "write `" + name + "`", Safe: true, Edits: []source.Edit{
		{Span: source.Span{Start: i.FieldSpan.End, End: i.FieldSpan.End}, New: "|" + name},
	}}
	for _, v := range i.Values {
		edits := withoutStars(v, start, end)
		if edits == nil {
			return nil
		}
		fix.Edits = append(fix.Edits, edits...)
	}
	return fix
}

// withoutStars takes the `*` away at the ends that are asked for, nil where there are none or they do not stand in the file as they are.
func withoutStars(v *rules.Value, start, end bool) []source.Edit {
	if !editable(v.Node) || v.Node.Style == source.Plain {
		return nil // a plain value may need quotes without its star
	}
	pattern := rules.ParsePattern(v.Text)
	var edits []source.Edit
	if at, ok := openEnd(pattern, start, false); ok {
		edits = append(edits, source.Edit{Span: v.Node.Range(at.At, at.End)})
	}
	if at, ok := openEnd(pattern, false, end); ok && len(pattern) > 1 {
		edits = append(edits, source.Edit{Span: v.Node.Range(at.At, at.End)})
	}
	return edits
}

// stripStars is the fix that takes the `*` away at the ends that are asked for.
func stripStars(v *rules.Value, start, end, safe bool) *source.Fix {
	edits := withoutStars(v, start, end)
	if edits == nil {
		return nil
	}
	return &source.Fix{Title: "remove the `*`", Safe: safe, Edits: edits}
}

// openEnd is the `*` at one of the ends that are asked for.
func openEnd(p rules.Pattern, start, end bool) (rules.Token, bool) {
	switch {
	case start && p.StartsOpen():
		return p[0], true
	case end && p.EndsOpen():
		return p[len(p)-1], true
	}
	return rules.Token{}, false
}

func redundantWildcard(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		shape, start, end, ok := shapeOf(i)
		if !ok || i.Has("re") || i.Has("fieldref") {
			return
		}
		for _, v := range i.Values {
			if v.Kind != rules.TextValue || strings.Trim(v.Text, "*") == "" {
				continue
			}
			pattern := rules.ParsePattern(v.Text)
			at, found := openEnd(pattern, start, end)
			if !found {
				continue
			}
			p.Report(lint.Finding{
				Span:    v.Node.Range(at.At, at.End),
				Message: fmt.Sprintf("the `*` does nothing here: `%s` already leaves this side open", shape),
				Help:    `remove it; a literal star is written \*`,
				Fix:     stripStars(v, start, end, true),
			})
		}
	})
}

func wildcardDefeatsModifier(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		shape, start, end, ok := shapeOf(i)
		if !ok || start && end || i.Has("re") || i.Has("fieldref") {
			return
		}
		for _, v := range i.Values {
			if v.Kind != rules.TextValue || strings.Trim(v.Text, "*") == "" {
				continue
			}
			pattern := rules.ParsePattern(v.Text)
			at, found := openEnd(pattern, !start, !end)
			if !found {
				continue
			}
			p.Report(lint.Finding{
				Span:    v.Node.Range(at.At, at.End),
				Message: fmt.Sprintf("the `*` undoes `%s`: the value may stand anywhere", shape),
				Help:    "remove the `*`, or write `contains`",
				Fix:     stripStars(v, !start, !end, false),
			})
		}
	})
}

func doubleWildcard(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if i.Has("re") || i.Has("cidr") {
			return
		}
		for _, v := range i.Values {
			if v.Kind != rules.TextValue || strings.Trim(v.Text, "*") == "" {
				continue
			}
			pattern := rules.ParsePattern(v.Text)
			for k := 1; k < len(pattern); k++ {
				if pattern[k].Kind != rules.AnyRun || pattern[k-1].Kind != rules.AnyRun {
					continue
				}
				span := v.Node.Range(pattern[k-1].At, pattern[k].End)
				p.Report(lint.Finding{
					Span:    span,
					Message: fmt.Sprintf("`**` in `%s` means the same as `*`", source.Shorten(v.Text)),
					Help:    "write one `*`",
					Fix:     &source.Fix{Title: "write one `*`", Safe: true, Edits: []source.Edit{{Span: span, New: "*"}}},
				})
				break
			}
		}
	})
}
