package kql

import (
	"slices"
	"strings"
)

// form is a formula in normal form: negation only at the atoms, no group inside a group of its kind, operands sorted and each
// there once. Equal keys mean equal queries; every step also holds where a test is null, neither true nor false.
type form struct {
	op      op // opAnd, opOr or opLeaf
	args    []*form
	atom    *atom
	negated bool
	key     string
}

// normalise brings a formula into normal form.
func normalise(f *formula, negated bool) *form {
	switch f.op {
	case opNot:
		return normalise(f.args[0], !negated)
	case opLeaf:
		key := f.atom.id
		if negated {
			key = "!" + key
		}
		return &form{op: opLeaf, atom: f.atom, negated: negated, key: key}
	}
	op := f.op
	if negated && op == opAnd {
		op = opOr
	} else if negated {
		op = opAnd
	}
	var args []*form
	for _, a := range f.args {
		n := normalise(a, negated)
		if n.op == op {
			args = append(args, n.args...)
			continue
		}
		args = append(args, n)
	}
	slices.SortStableFunc(args, func(a, b *form) int { return strings.Compare(a.key, b.key) })
	args = slices.CompactFunc(args, func(a, b *form) bool { return a.key == b.key })
	if len(args) == 1 {
		return args[0]
	}
	word := "&"
	if op == opOr {
		word = "|"
	}
	keys := make([]string, len(args))
	for i, a := range args {
		keys[i] = a.key
	}
	return &form{op: op, args: args, key: "(" + word + strings.Join(keys, word) + ")"}
}

// casedOperator reports an operator for which upper and lower case differ.
func casedOperator(operator string) bool {
	return strings.HasSuffix(operator, "_cs") || operator == "==" || operator == "matches regex"
}

// key is the same for two tests exactly when they are written alike but for the case of a value whose operator ignores it. Only
// ASCII letters are folded: what else Kusto takes for the same letter is not documented.
func (a *atom) key() string {
	value := a.value
	if a.kind == textLiteral && !casedOperator(a.operator) {
		value = lowerASCII(value)
	}
	return a.column + " " + a.operator + " " + string('0'+rune(a.kind)) + quote(value)
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// each visits the leaves of a form.
func (f *form) each(visit func(leaf *form)) {
	if f.op == opLeaf {
		visit(f)
		return
	}
	for _, a := range f.args {
		a.each(visit)
	}
}
