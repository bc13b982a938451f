package kql

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// manner is how a mode spells a tree: one row per kind of leaf, and what is left of the two modes' differences.
type manner struct {
	leaves [leafKinds]func(j *job, l *leaf) string
	column func(j *job, l *leaf, name string) string
	// folded writes a group of texts and numbers on one column; false when the group is written operand by operand.
	folded func(j *job, n *node) (string, bool)
}

// write spells a tree (spec/kql.md section 7.3). At the top nothing stands in parentheses.
func (j *job) write(n *node) string {
	switch n.op {
	case opLeaf:
		return j.leaf(n.leaf)
	case opNot:
		inner := n.args[0]
		if inner.op == opLeaf {
			return "not(" + j.write(inner) + ")"
		}
		return "not((" + j.write(inner) + "))"
	}
	if oneColumn(n) {
		if text, ok := j.manner.folded(j, n); ok {
			return text
		}
	}
	joint := " or "
	if n.op == opAnd {
		joint = " and "
	}
	parts := make([]string, len(n.args))
	for i, a := range n.args {
		parts[i] = j.write(a)
		if a.op != opLeaf || a.leaf.kind == leafExpansion && n.op == opAnd {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, joint)
}

func (j *job) leaf(l *leaf) string { return j.manner.leaves[l.kind](j, l) }

// name is the leaf's column as the mode writes it.
func (j *job) name(l *leaf) string { return j.manner.column(j, l, l.column.name) }

// oneColumn reports a group of nothing but texts and numbers on one column: it is folded into one expression.
func oneColumn(n *node) bool {
	for _, a := range n.args {
		if a.op != opLeaf || a.leaf.kind != leafText && a.leaf.kind != leafNumber || a.leaf.column.name != n.args[0].leaf.column.name {
			return false
		}
	}
	return true
}

// shape is where a text pattern is open.
type shape uint8

const (
	whole shape = iota
	opensEnd
	opensStart
	opensBoth
	wild // other wildcards
)

// shapeOf sorts a pattern the way the reference tests for operators, and gives what stands between the open sides. A single `*`
// counts as open at its end.
func shapeOf(p rules.Pattern) (shape, rules.Pattern) {
	n := len(p)
	switch {
	case !p.HasWildcard():
		return whole, p
	case p.EndsOpen() && !p[:n-1].HasWildcard():
		return opensEnd, p[:n-1]
	case p.StartsOpen() && !p[1:].HasWildcard():
		return opensStart, p[1:]
	case n > 1 && p.StartsOpen() && p.EndsOpen() && !p[1:n-1].HasWildcard():
		return opensBoth, p[1 : n-1]
	}
	return wild, p
}

// wildcardInside reports a wildcard that is neither the first nor the last character.
func wildcardInside(p rules.Pattern) bool {
	for i, t := range p {
		if (t.Kind == rules.AnyRun || t.Kind == rules.AnyOne) && i > 0 && i < len(p)-1 {
			return true
		}
	}
	return false
}

// regexSpecial are the characters that a regular expression needs escaped.
const regexSpecial = `.*+?^$[](){}\|`

// regexOf is a pattern as a regular expression without anchors.
func regexOf(p rules.Pattern) string {
	var b strings.Builder
	for _, t := range p {
		switch t.Kind {
		case rules.AnyRun:
			b.WriteString(".*")
		case rules.AnyOne:
			b.WriteByte('.')
		default:
			b.WriteString(escapeRegex(t.Text))
		}
	}
	return b.String()
}

func escapeRegex(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(regexSpecial, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// regexFlags writes flags as the prefix of a regular expression, in the order i, m, s.
func regexFlags(flags string) string {
	out := ""
	for _, f := range "ims" {
		if strings.ContainsRune(flags, f) {
			out += string(f)
		}
	}
	if out == "" {
		return ""
	}
	return "(?" + out + ")"
}

// comparisons are the operators of order relations.
var comparisons = map[rules.Comparison]string{
	rules.Equal: "==", rules.Less: "<", rules.LessOrEqual: "<=", rules.Greater: ">", rules.GreaterOrEqual: ">=",
}

var boolText = map[bool]string{true: "true", false: "false"}
