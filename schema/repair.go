package schema

import (
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// simple reports a scalar that is written on one line, so that it can be replaced in place.
func simple(f *source.File, n *source.Node) bool {
	return n.Kind == source.Scalar && n.Span.Len() > 0 && n.Anchor == "" && !n.Explicit && n.Mapped() &&
		n.Style != source.Literal && n.Style != source.Folded && !strings.ContainsAny(f.Text(n.Span), "\r\n")
}

// rewrite replaces a scalar by a plain word, keeping the author's quotes.
func rewrite(f *source.File, n *source.Node, text string) []source.Edit {
	if !simple(f, n) {
		return nil
	}
	switch n.Style {
	case source.SingleQuoted:
		text = "'" + text + "'"
	case source.DoubleQuoted:
		text = `"` + text + `"`
	}
	return []source.Edit{{Span: n.Span, New: text}}
}

// quote puts quotes around a plain scalar, or around a map that was meant as text.
func quote(f *source.File, n *source.Node) []source.Edit {
	text := f.Text(n.Span)
	if n.Span.Len() == 0 || n.Anchor != "" || n.Alias != nil || n.Explicit || strings.ContainsAny(text, "\r\n") {
		return nil
	}
	if n.Kind == source.Scalar && n.Style != source.Plain {
		return nil
	}
	return []source.Edit{{Span: n.Span, New: source.Quote(text)}}
}

// unquote replaces a quoted scalar by its bare text.
func unquote(f *source.File, n *source.Node, text string) []source.Edit {
	if !simple(f, n) {
		return nil
	}
	return []source.Edit{{Span: n.Span, New: text}}
}

// listIndent is how far an entry stands from its key where the author gives no example: SigmaHQ's four blanks.
const listIndent = 4

// wrapInList makes a list with one entry of the scalar behind a key.
func wrapInList(f *source.File, e *source.Entry) []source.Edit {
	n := e.Value
	if !simple(f, n) || e.Merged {
		return nil
	}
	line := f.LineAt(n.Span.Start)
	start := f.LineSpan(line).Start
	before := f.Text(source.Span{Start: start, End: n.Span.Start})
	if strings.TrimSpace(before) == "" { // the value has a line of its own
		return []source.Edit{{Span: source.Span{Start: n.Span.Start, End: n.Span.Start}, New: "- "}}
	}
	gap := strings.TrimRight(before, " \t")
	if f.LineAt(e.Key.Span.Start) != line || !strings.HasSuffix(gap, ":") || strings.ContainsAny(before, "{[?") {
		return nil
	}
	indent := e.Key.Span.Start - start + listIndent
	if indent != listIndent {
		return nil // only top-level attributes of a block map need this
	}
	return []source.Edit{{
		Span: source.Span{Start: start + len(gap), End: n.Span.Start},
		New:  lineBreak(f, line) + strings.Repeat(" ", indent) + "- ",
	}}
}

// removeEntry takes away the lines of a top-level entry, unless that would take a comment along.
func removeEntry(f *source.File, root *source.Node, e *source.Entry) []source.Edit {
	if e.Merged || root.Flow || len(root.Entries) < 2 || e.Value.Anchor != "" || e.Key.Anchor != "" {
		return nil
	}
	span := e.Span()
	first, last := f.LineAt(span.Start), f.LineAt(max(span.Start, span.End-1))
	start, end := f.LineSpan(first).Start, f.LineSpan(last).End
	before := f.Text(source.Span{Start: start, End: span.Start})
	after := f.Text(source.Span{Start: span.End, End: end})
	if strings.TrimSpace(before) != "" || strings.Trim(after, " \t:") != "" {
		return nil
	}
	if last < f.Lines() {
		end = f.LineSpan(last + 1).Start
	}
	return []source.Edit{{Span: source.Span{Start: start, End: end}, New: ""}}
}

// lineBreak is the break that ends a line of the author's.
func lineBreak(f *source.File, line int) string {
	if line < f.Lines() {
		return f.Text(source.Span{Start: f.LineSpan(line).End, End: f.LineSpan(line + 1).Start})
	}
	return "\n"
}
