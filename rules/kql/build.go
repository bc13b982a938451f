package kql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// droppedFields are implied by the table; their items leave the query (spec/kql.md section 3).
var droppedFields = map[string]bool{"EventID": true, "EventCode": true, "ObjectType": true}

// expression makes the tree of a condition. It is nil when nothing is left of it.
func (j *job) expression(e *rules.Expr) *node {
	switch e.Op {
	case rules.Bad:
		j.fail(CauseNotEvaluable, e.Span, "the condition has no certain meaning: "+e.Reason, "")
		return nil
	case rules.Not:
		failed := j.failed
		inner := j.expression(e.Args[0])
		if inner == nil {
			if j.failed > failed {
				return nil // its cause is named already
			}
			j.fail(CauseDroppedNot, e.Span, "nothing is left under this `not` after dropping event ids", "test something else in the filter")
			return nil
		}
		return j.not(inner)
	case rules.And, rules.Or:
		op := opAnd
		if e.Op == rules.Or {
			op = opOr
		}
		var args []*node
		for _, a := range e.Args {
			args = append(args, j.expression(a))
		}
		return group(op, args, len(args))
	}
	op := opOr
	if e.Op == rules.Of && e.All {
		op = opAnd
	}
	var args []*node
	for _, d := range e.Selected {
		args = append(args, j.block(d.Block))
	}
	return group(op, args, len(args))
}

// block makes the tree of a detection or of one entry of a list.
func (j *job) block(b *rules.Block) *node {
	switch b.Shape {
	case rules.EmptyShape:
		j.fail(CauseNotEvaluable, b.Node.Span, "an identifier is empty", "give it at least one `Field: value`")
		return nil
	case rules.ListShape:
		var args []*node
		for _, a := range b.Alternatives {
			args = append(args, j.block(a))
		}
		return group(opOr, args, len(args))
	}
	var args []*node
	for _, item := range b.Items {
		if n := j.item(item); n != nil {
			args = append(args, n)
		}
	}
	return join(opAnd, args)
}

// item makes the tree of one item: one group per column.
func (j *job) item(item *rules.Item) *node {
	if item.Keyword() {
		return j.negated(item, j.leaves(item, column{}, nil))
	}
	if droppedFields[item.Field] {
		j.note(defectDroppedItem, item, "the table implies it; under AND the query is broader, under OR narrower")
		return nil
	}
	if j.options.Dialect == XDR && item.Field == initiatedField {
		j.note(defectDroppedItem, item, "the table has no direction; under AND the query is broader, under OR narrower")
		return nil
	}
	names := j.tables.lookup(j.table, item.Field, j.parity())
	if other := j.tables.lookup(j.table, item.Field, !j.parity()); !slices.Equal(names, other) {
		j.note(defectFileColumn, item, strings.Join(names, ", "))
	}
	var groups []*node
	for _, name := range names {
		n := j.column(item, name)
		if j.parity() {
			n = j.negated(item, n)
		}
		if n != nil {
			groups = append(groups, n)
		}
	}
	if item.Negated && len(groups) > 1 {
		j.note(defectNegatedColumns, item, "")
	}
	n := join(opOr, groups)
	if !j.parity() {
		n = j.negated(item, n)
	}
	return n
}

func (j *job) negated(item *rules.Item, n *node) *node {
	if n == nil || !item.Negated {
		return n
	}
	return j.not(n)
}

// not negates a tree. An address range is no test with two results only.
func (j *job) not(n *node) *node {
	n.each(func(l *leaf) {
		if l.kind == leafCIDR {
			j.note(defectRangeNull, l.item, "")
		}
	})
	return &node{op: opNot, args: []*node{n}}
}

// column makes the tree of an item in one column.
func (j *job) column(item *rules.Item, name string) *node {
	if rewrite := j.rewriting(name); rewrite != nil {
		return rewrite(j, item, name)
	}
	c, ok := j.checked(item, name)
	if !ok {
		return nil
	}
	return j.leaves(item, c, nil)
}

// checked finds a column, or records that there is none.
func (j *job) checked(item *rules.Item, name string) (column, bool) {
	c, ok := j.tables.column(j.table, name, j.parity())
	if ok || j.options.anyColumn {
		return c, true
	}
	message := fmt.Sprintf("field `%s` has no column in %s", source.Shorten(item.Field), j.table.name)
	if name != item.Field {
		message = fmt.Sprintf("field `%s` maps to `%s`, which is no column of %s", source.Shorten(item.Field), name, j.table.name)
	}
	help := "no field of the table comes near"
	if near := j.tables.near(j.table, item.Field); len(near) > 0 {
		help = "nearest: " + strings.Join(near, ", ")
	}
	j.fail(CauseUnknownColumn, item.FieldSpan, message, help)
	return c, false
}

// alternatives replaces one text by the texts it becomes in the column. One text in, one or several out: any of them counts.
type alternatives func(p rules.Pattern) []rules.Pattern

// leaves makes the tree of the values of an item in one column.
func (j *job) leaves(item *rules.Item, c column, rewrite alternatives) *node {
	if len(item.Values) == 0 && j.parity() && !item.Keyword() {
		return leafNode(&leaf{kind: leafNull, column: c, item: item}) // what the reference takes an empty list for
	}
	var args []*node
	for _, t := range item.Tests {
		args = append(args, j.test(item, c, t, rewrite)...)
	}
	if item.All {
		return join(opAnd, args)
	}
	return join(opOr, args)
}

// test makes the leaves of one value: several only where rewrite says so.
func (j *job) test(item *rules.Item, c column, t *rules.Test, rewrite alternatives) []*node {
	l := &leaf{kind: leafText, column: c, test: t, item: item}
	switch t.Kind {
	case rules.TextTest:
		return j.text(l, rewrite)
	case rules.NumberTest:
		l.kind = leafNumber
	case rules.BoolTest:
		l.kind = leafBool
	case rules.NullTest:
		l.kind = leafNull
	case rules.RegexTest:
		l.kind = leafRegex
	case rules.CIDRTest:
		l.kind = leafCIDR
	case rules.ExistsTest:
		l.kind = leafExists
	case rules.CompareTest:
		l.kind = leafCompare
	case rules.TimeTest:
		l.kind = leafTime
	case rules.FieldRefTest:
		return j.fieldRef(l)
	case rules.InvalidTest:
		if t.Regex != nil && t.Regex.Broken == "" && j.parity() {
			l.kind = leafRegex // Python takes it, and Kusto's RE2 will not
			break
		}
		at := item.Span()
		if t.Value != nil {
			at = t.Value.Node.Span
		}
		j.fail(CauseNotEvaluable, at, "the value has no certain meaning: "+t.Reason, "")
		return nil
	}
	if item.Keyword() {
		kind, ok := keywordKinds[l.kind]
		if !ok {
			j.fail(CauseUnsupported, item.Span(), "a keyword cannot be compared like this", "name a field")
			return nil
		}
		l.kind = kind
	}
	return []*node{leafNode(l)}
}

// keywordKinds are the leaves that keywords become.
var keywordKinds = map[leafKind]leafKind{
	leafText: leafKeyword, leafNumber: leafKeywordNumber, leafBool: leafKeywordBool, leafRegex: leafKeywordRegex,
}

// maxVariants bounds what windash writes out: 5 dashes in 4 places. The live rules reach 25.
const maxVariants = 625

// text makes the leaves of a text value.
func (j *job) text(l *leaf, rewrite alternatives) []*node {
	var patterns []rules.Pattern
	for _, p := range l.test.Patterns {
		if p.HasPlaceholder() {
			j.fail(CausePlaceholder, l.test.Value.Node.Span, fmt.Sprintf("placeholder in `%s` has no value", source.Shorten(p.String())),
				"replace it by what your environment has there")
			return nil
		}
		variants, ok := dashes(p, j.parity())
		if !ok {
			j.fail(CauseTooLarge, l.test.Value.Node.Span, "`windash` with this many dashes makes too many variants", "keep the first flag only")
			return nil
		}
		for _, v := range variants {
			if rewrite == nil {
				patterns = append(patterns, v)
				continue
			}
			patterns = append(patterns, rewrite(v)...)
		}
	}
	if l.item.Keyword() {
		l.kind = leafKeyword
	}
	expands := l.item.Has("windash") || l.item.Has("base64offset")
	if expands && (j.parity() || len(patterns) > 1) && !l.item.Keyword() {
		l.kind, l.variants = leafExpansion, patterns
		return []*node{leafNode(l)}
	}
	var out []*node
	for _, p := range patterns {
		one := *l
		one.pattern = p
		out = append(out, leafNode(&one))
	}
	if !j.parity() && len(out) > 1 && l.item.All {
		return []*node{{op: opOr, args: out}}
	}
	return out
}

// dashes writes out what windash lets a value stand for, in the reference's order: the last dash varies fastest. The
// reference knows no Unicode dash in a value. It reports false when there are too many.
func dashes(p rules.Pattern, parity bool) ([]rules.Pattern, bool) {
	out := []rules.Pattern{nil}
	for _, t := range p {
		texts := []string{t.Text}
		if t.Kind == rules.Dash {
			if !parity || t.Text == "-" || t.Text == "/" {
				texts = strings.Split(rules.DashCharacters, "")
			}
			t.Kind = rules.Literal
		}
		if len(out)*len(texts) > maxVariants {
			return nil, false
		}
		var longer []rules.Pattern
		for _, begin := range out {
			for _, text := range texts {
				t.Text = text
				longer = append(longer, append(begin[:len(begin):len(begin)], t))
			}
		}
		out = longer
	}
	for i := range out {
		out[i] = merged(out[i])
	}
	return out, true
}

// merged joins neighbouring literal tokens.
func merged(p rules.Pattern) rules.Pattern {
	var out rules.Pattern
	for _, t := range p {
		if n := len(out); n > 0 && t.Kind == rules.Literal && out[n-1].Kind == rules.Literal {
			out[n-1].Text += t.Text
			continue
		}
		out = append(out, t)
	}
	return out
}

// fieldRef compares two columns; one leaf per column of the other field.
func (j *job) fieldRef(l *leaf) []*node {
	if j.parity() {
		j.fail(CauseUnsupported, l.item.Span(), "`fieldref` is not supported by the reference", "leave parity mode")
		return nil
	}
	var out []*node
	for _, name := range j.tables.lookup(j.table, l.test.Ref, false) {
		c, ok := j.tables.column(j.table, name, false)
		if !ok {
			j.fail(CauseUnknownColumn, l.test.Value.Node.Span, fmt.Sprintf("field `%s` has no column in %s", source.Shorten(l.test.Ref), j.table.name),
				strings.Join(append([]string{"nearest:"}, j.tables.near(j.table, l.test.Ref)...), " "))
			return nil
		}
		one := *l
		one.kind, one.other = leafFieldRef, c
		out = append(out, leafNode(&one))
	}
	if len(out) > 1 && l.item.All {
		return []*node{{op: opOr, args: out}}
	}
	return out
}
