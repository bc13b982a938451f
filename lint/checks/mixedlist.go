package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// mixedListCheck is SIG0639.
var mixedListCheck = &lint.Check{
	Code: "SIG0639", Name: "wildcard-in-mixed-list", Severity: lint.Info, Profiles: s, YieldsTo: []string{"presence-only-value"},
	Doc: lint.Doc{
		Title: "A wildcard for a modifier among other values",
		What:  "A value of an item without string modifier has the shape `*x`, `x*` or `*x*` and no other wildcard, and other values of the list have another shape.",
		Why:   "It is easily read as an exact value; an item of its own with endswith, startswith or contains says what is meant, and backends translate it better.",
		Bad:   example("    selection:\n        CommandLine:\n            - 'lsof -i'\n            - '*/lsof -i'\n    condition: selection\n"),
		Good:  example("    selection:\n        - CommandLine: 'lsof -i'\n        - CommandLine|endswith: '/lsof -i'\n    condition: selection\n"),
		Fix:   "Split the item by shape. Items of one map must all hold: write a list of maps, or with `all` several items.",
	},
	Document: checkMixedList,
}

func checkMixedList(p *lint.Pass) {
	eachBlock(p, func(d *rules.Detection, b *rules.Block, i *rules.Item) {
		if i.Keyword() || len(i.Values) < 2 || slices.ContainsFunc(i.Modifiers, func(m rules.Modifier) bool { return !keepsShape[m.Name] }) {
			return
		}
		groups := shapesOf(i)
		if len(groups) < 2 {
			return
		}
		fix := splitItem(p.Document.Base().File, d, b, i, groups)
		for _, g := range groups {
			if g.modifier == "" {
				continue
			}
			for _, v := range g.values {
				p.Report(lint.Finding{
					Span:    v.Node.Span,
					Message: fmt.Sprintf("the wildcards of `%s` say what `%s` says, and other values of the list differ", shorter(v.Text), g.modifier),
					Help:    fmt.Sprintf("give it an item of its own: `%s|%s`", source.Shorten(i.KeyText()), g.modifier),
					Fix:     fix,
				})
			}
		}
	})
}

// keepsShape are the modifiers under which a wildcard says the same as a modifier.
var keepsShape = map[string]bool{"all": true, "cased": true, "windash": true}

// eachBlock visits every item with the block that it stands in.
func eachBlock(p *lint.Pass, visit func(d *rules.Detection, b *rules.Block, i *rules.Item)) {
	detections := p.Detections()
	if detections == nil {
		return
	}
	for _, d := range detections.Named {
		var walk func(b *rules.Block)
		walk = func(b *rules.Block) {
			for _, i := range b.Items {
				visit(d, b, i)
			}
			for _, a := range b.Alternatives {
				walk(a)
			}
		}
		walk(d.Block)
	}
}

// shaped are the values of an item that one modifier fits; an empty one for those that need their wildcards or have none.
type shaped struct {
	modifier   string
	start, end bool
	values     []*rules.Value
}

// shapesOf groups the values by shape, in the order in which shapes occur.
func shapesOf(i *rules.Item) []shaped {
	var groups []shaped
	for _, v := range i.Values {
		g := shaped{}
		if start, end, ok := plainShape(v); ok {
			for _, s := range shapes {
				if s.start == start && s.end == end {
					g = shaped{modifier: s.name, start: start, end: end}
				}
			}
		}
		at := slices.IndexFunc(groups, func(o shaped) bool { return o.modifier == g.modifier })
		if at < 0 {
			groups, at = append(groups, g), len(groups)
		}
		groups[at].values = append(groups[at].values, v)
	}
	return groups
}

// splitItem writes an item per shape, nil where that would need another identifier: any of the items has to hold, so they become maps of a list,
// which only an item that is alone in its map can; under `all` each of them has to hold, so they stay in the map.
func splitItem(f *source.File, d *rules.Detection, b *rules.Block, i *rules.Item, groups []shaped) *source.Fix {
	lines, ok := ownLines(f, i.Span())
	entry := slices.ContainsFunc(d.Block.Alternatives, func(a *rules.Block) bool { return a == b })
	if b.Node.Alias != nil || b.Node.Flow || b.Node.Anchor != "" || i.Node.Alias != nil || i.Node.Flow || i.Node.Anchor != "" || !editable(i.Key) {
		return nil
	}
	if !i.All && (len(b.Items) > 1 || !entry && b != d.Block) {
		return nil
	}
	line := f.LineSpan(f.LineAt(i.Key.Span.Start))
	indent := f.Text(source.Span{Start: line.Start, End: i.Key.Span.Start})
	dashed := entry && strings.TrimSpace(indent) == "-"
	if dashed && !i.All {
		lines = source.Span{Start: line.Start, End: lines.End}
		if own, whole := ownLines(f, source.Span{Start: line.Start, End: i.Span().End}); whole {
			lines, ok = own, true
		}
	}
	if !ok || strings.TrimSpace(indent) != "" && !(dashed && !i.All) || strings.Contains(f.Text(lines), "#") {
		return nil // a comment would be lost
	}
	end := lineEnd(f, lines)
	blanks := strings.Repeat(" ", len(indent))
	var out strings.Builder
	for _, g := range groups {
		key := i.KeyText()
		if g.modifier != "" {
			key = i.Field + "|" + g.modifier + strings.TrimPrefix(i.KeyText(), i.Field)
		}
		if len(g.values) == 1 { // `all` needs two values
			key = strings.TrimSuffix(strings.Replace(key, "|all|", "|", 1), "|all")
		}
		if key != i.KeyText() && b.Node.Entry(key) != nil {
			return nil
		}
		before, inside := blanks, blanks
		switch {
		case dashed && !i.All:
			before = indent
		case !i.All:
			before, inside = blanks+"- ", blanks+"  "
		}
		out.WriteString(before + key + ":")
		for _, v := range g.values {
			text, ok := withoutShape(v, g)
			if !ok {
				return nil
			}
			if len(g.values) == 1 {
				out.WriteString(" " + text + end)
				continue
			}
			if v == g.values[0] {
				out.WriteString(end)
			}
			out.WriteString(inside + "    - " + text + end)
		}
	}
	text := out.String()
	if !strings.HasSuffix(f.Text(lines), "\n") {
		text = strings.TrimSuffix(text, end)
	}
	return &source.Fix{Title: "split the item by shape", Edits: []source.Edit{{Span: lines, New: text}}}
}

// withoutShape is a value as it is written under the modifier of its group.
func withoutShape(v *rules.Value, g shaped) (string, bool) {
	if g.modifier == "" {
		return v.Node.Text(), editable(v.Node)
	}
	pattern := rules.ParsePattern(v.Text)
	text := v.Text
	if g.end {
		text = text[:pattern[len(pattern)-1].At]
	}
	if g.start {
		text = text[pattern[0].End:]
	}
	// What stood before a star may now escape the end of the value: read it again.
	again := rules.ParsePattern(text)
	if again.HasWildcard() || again.LiteralText() != pattern.LiteralText() {
		return "", false
	}
	return source.Quote(text), editable(v.Node)
}
