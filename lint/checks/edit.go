package checks

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// rename is the fix that writes another key.
func rename(key *source.Node, to string, safe bool) *source.Fix {
	return &source.Fix{Title: "write `" + to + "`", Safe: safe, Edits: []source.Edit{{Span: key.Span, New: to}}}
}

// unlessTaken is a fix that rewrites the key of an item, nil where the map of the item has the new key already: it would stand there twice.
func unlessTaken(p *lint.Pass, i *rules.Item, fix *source.Fix) *source.Fix {
	if fix == nil || i.Key == nil {
		return fix
	}
	at := i.Key.Range(0, len(i.Key.Value))
	inKey := slices.DeleteFunc(slices.Clone(fix.Edits), func(e source.Edit) bool { return e.Span.Start < at.Start || e.Span.End > at.End })
	slices.SortStableFunc(inKey, func(a, b source.Edit) int { return b.Span.Start - a.Span.Start })
	key := p.Document.Base().File.Text(at)
	for _, e := range inKey {
		key = key[:e.Span.Start-at.Start] + e.New + key[e.Span.End-at.Start:]
	}
	taken := false
	p.Detections().Node.Walk(func(_ string, n *source.Node) bool {
		if n.Kind == source.Map && n.Entry(key) != nil {
			taken = taken || slices.ContainsFunc(n.Entries, func(e source.Entry) bool { return e.Key == i.Key })
		}
		return !taken
	})
	if taken {
		return nil
	}
	return fix
}

// removeItem is the fix that takes an item out of its map, nil where it does not have its lines to itself or is alone.
func removeItem(f *source.File, d *rules.Detections, i *rules.Item) *source.Fix {
	alone := false
	d.Node.Walk(func(_ string, n *source.Node) bool {
		alone = alone || n.Kind == source.Map && len(n.Entries) == 1 && n.Entries[0].Key == i.Key
		return !alone
	})
	lines, ok := ownLines(f, i.Span())
	if alone || !ok {
		return nil
	}
	return &source.Fix{Title: "remove `" + source.Shorten(i.KeyText()) + "`", Edits: []source.Edit{{Span: lines}}}
}

// ownLines are the whole lines of a span, with the last line break, false when anything else stands on them.
func ownLines(f *source.File, s source.Span) (source.Span, bool) {
	first, last := f.LineAt(s.Start), f.LineAt(max(s.Start, s.End-1))
	start, end := f.LineSpan(first).Start, f.LineSpan(last).End
	around := f.Text(source.Span{Start: start, End: s.Start}) + f.Text(source.Span{Start: s.End, End: end})
	if strings.TrimSpace(around) != "" {
		return source.Span{}, false
	}
	if last < f.Lines() {
		end = f.LineSpan(last + 1).Start
	}
	return source.Span{Start: start, End: end}, true
}

// lineEnd is the break at the end of whole lines, or that of the first line where they have none.
func lineEnd(f *source.File, lines source.Span) string {
	for _, n := range []int{f.LineAt(max(lines.Start, lines.End-1)), 1} {
		if n < f.Lines() {
			return f.Text(source.Span{Start: f.LineSpan(n).End, End: f.LineSpan(n + 1).Start})
		}
	}
	return "\n"
}

// removeValue is the fix that takes a value out of the list of an item, nil where it does not have its line to itself or is alone.
func removeValue(f *source.File, i *rules.Item, v *rules.Value, safe bool) *source.Fix {
	at := slices.Index(i.Node.Items, v.Node)
	if at < 0 || i.Node.Alias != nil {
		return nil
	}
	edits := removeEntry(f, i.Node, at)
	if edits == nil {
		return nil
	}
	return &source.Fix{Title: "remove the value", Safe: safe, Edits: edits}
}

// shorter leaves room for the rest of the message.
func shorter(text string) string {
	const shown = 40
	runes := []rune(source.Visible(text))
	if len(runes) <= shown {
		return string(runes)
	}
	return string(runes[:shown/2]) + "…" + string(runes[len(runes)-shown/2:])
}
