package checks

import (
	"fmt"
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
			})
		}
	})
}

func presenceOnlyValue(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for _, v := range i.Values {
			if v.Kind != rules.TextValue || v.Text == "" || strings.Trim(v.Text, "*") != "" || i.Has("re") || i.Has("cidr") {
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
			}
			p.Report(f)
		}
	})
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
				})
			}
		}
	})
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
