package schema

import (
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// problem starts a problem at the place of the violation.
func (v *violation) problem(kind, message, help string) *Problem {
	return &Problem{Kind: kind, Span: v.span(), Message: message, Help: help}
}

// fixed adds a repair, when there is one and the place is the document's own.
func (p *Problem) fixed(v *violation, title string, safe bool, edits []source.Edit) *Problem {
	if len(edits) > 0 && !v.merged {
		p.Fix = &source.Fix{Title: title, Safe: safe, Edits: edits}
	}
	return p
}

// warning marks a problem that weighs less than its check.
func (p *Problem) warning() *Problem {
	p.Warning = true
	return p
}

// quoted is a text of the author's in a message.
func quoted(s string) string { return "`" + source.Shorten(s) + "`" }

// written is how a scalar stands in the source, without quotes.
func written(n *source.Node) string { return quoted(n.Value) }

// blank reports a null, or a text without a visible character.
func blank(n *source.Node) bool {
	return n.Kind == source.Scalar && (n.IsNull() || n.IsString() && strings.TrimSpace(n.Value) == "")
}

// shape names what a node is, to follow "is".
func shape(n *source.Node) string {
	switch {
	case n.Kind == source.Map:
		return "a map"
	case n.Kind == source.List:
		return "a list"
	case blank(n):
		return "empty"
	}
	switch n.Tag {
	case source.TagInt, source.TagFloat:
		return "a number"
	case source.TagBool:
		return "a boolean"
	case source.TagTimestamp:
		return "a date"
	}
	return "text"
}

// choice lists words for a help text.
func choice(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// codes puts each word in backticks.
func codes(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "`" + w + "`"
	}
	return out
}

// didYouMean is the help for a word that is near known ones.
func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + choice(codes(near)) + "?"
}
