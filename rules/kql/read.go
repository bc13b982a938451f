package kql

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// statement is a query that was read: a table and everything its rows must fulfil.
type statement struct {
	table token
	where *formula
}

// formula is a condition of a query. An AND without operands always holds, an OR without any never.
type formula struct {
	op   op
	args []*formula
	atom *atom // opLeaf
}

// literalKind is the type of the literal in a test.
type literalKind uint8

const (
	textLiteral literalKind = iota
	numberLiteral
	boolLiteral
	noLiteral
)

// atom is one test of one column, with the operator in its positive form.
type atom struct {
	column   string
	operator string
	kind     literalKind
	value    string
	at, end  int    // of the whole test
	id       string // its key
}

// String is the test as a query writes it.
func (a *atom) String() string {
	switch {
	case a.kind == noLiteral:
		return a.operator + "(" + a.column + ")"
	case strings.HasPrefix(a.operator, "ipv"):
		return a.operator + "(" + a.column + ", " + quote(a.value) + ")"
	case a.kind == textLiteral:
		return a.column + " " + a.operator + " " + quote(a.value)
	}
	return a.column + " " + a.operator + " " + a.value
}

// textOperators compare with a string; all have a form with `!`.
var textOperators = map[string]bool{
	"contains": true, "contains_cs": true, "startswith": true, "startswith_cs": true, "endswith": true, "endswith_cs": true,
	"has": true, "has_cs": true, "hasprefix": true, "hasprefix_cs": true, "hassuffix": true, "hassuffix_cs": true,
}

// listOperators compare with each value of a list.
var listOperators = map[string]struct {
	operator string
	op       op
}{
	"in": {"==", opOr}, "in~": {"=~", opOr}, "has_any": {"has", opOr}, "has_all": {"has", opAnd},
}

// functions of one column, with the positive form and whether they are the negation of it.
var columnFunctions = map[string]struct {
	operator string
	negated  bool
}{
	"isempty": {"isempty", false}, "isnotempty": {"isempty", true},
	"isnull": {"isnull", false}, "isnotnull": {"isnull", true},
}

// rangeFunctions take a column and a network.
var rangeFunctions = map[string]bool{"ipv4_is_in_range": true, "ipv6_is_in_range": true}

// symbolOperators compare with a literal; the negated ones with text are the negation of the others.
var symbolOperators = map[string]struct {
	operator string
	negated  bool
}{
	"==": {"==", false}, "=~": {"=~", false}, "!=": {"==", true}, "!~": {"=~", true},
	"<": {"<", false}, "<=": {"<=", false}, ">": {">", false}, ">=": {">=", false},
}

// maxQueryDepth bounds the nesting of parentheses; queries of rules reach 8.
const maxQueryDepth = 200

// reader reads a query. The first thing it does not know ends it.
type reader struct {
	tokens []token
	next   int
	depth  int
}

// readQuery reads `TABLE | where … | where …`. The error is an *unreadable.
func readQuery(query string) (*statement, error) {
	tokens, err := lex(query)
	if err != nil {
		return nil, err
	}
	r := &reader{tokens: tokens}
	s := &statement{table: r.take(), where: &formula{op: opAnd}}
	if s.table.kind != wordToken {
		return nil, r.stuck(s.table, "the name of a table")
	}
	if r.is("(") && r.tokens[r.next+1].text == ")" {
		r.next += 2 // a function without arguments
	}
	for r.is("|") {
		r.take()
		if word := r.take(); word.text != "where" || word.kind != wordToken {
			return nil, &unreadable{word.at, word.end, fmt.Sprintf("it goes on with `%s`, which is not compared", source.Shorten(word.text))}
		}
		f, err := r.or()
		if err != nil {
			return nil, err
		}
		s.where.args = append(s.where.args, f)
	}
	if r.is(";") {
		r.take()
	}
	if last := r.peek(); last.kind != endToken {
		return nil, r.stuck(last, "`| where`")
	}
	return s, nil
}

func (r *reader) peek() token { return r.tokens[r.next] }

// take moves on; the end stays the end.
func (r *reader) take() token {
	t := r.tokens[r.next]
	if t.kind != endToken {
		r.next++
	}
	return t
}

// is reports whether the next token is this symbol or word.
func (r *reader) is(text string) bool {
	t := r.peek()
	return t.text == text && (t.kind == symbolToken || t.kind == wordToken)
}

// stuck says what was expected.
func (r *reader) stuck(t token, expected string) error {
	found := "`" + source.Shorten(t.text) + "`"
	switch t.kind {
	case endToken:
		found = "the end"
	case stringToken:
		found = source.Shorten(quote(t.text))
	}
	return &unreadable{t.at, t.end, fmt.Sprintf("%s stands where %s is expected", found, expected)}
}

func (r *reader) or() (*formula, error)  { return r.chain(opOr, "or", r.and) }
func (r *reader) and() (*formula, error) { return r.chain(opAnd, "and", r.unary) }

func (r *reader) chain(op op, word string, operand func() (*formula, error)) (*formula, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	args := []*formula{first}
	for r.is(word) {
		r.take()
		next, err := operand()
		if err != nil {
			return nil, err
		}
		args = append(args, next)
	}
	if len(args) == 1 {
		return first, nil
	}
	return &formula{op: op, args: args}, nil
}

func (r *reader) unary() (*formula, error) {
	if r.depth++; r.depth > maxQueryDepth {
		t := r.peek()
		return nil, &unreadable{t.at, t.end, "it is nested too deeply"}
	}
	defer func() { r.depth-- }()
	if r.is("not") {
		r.take()
		if !r.is("(") {
			return nil, r.stuck(r.peek(), "`(`")
		}
		inner, err := r.parenthesis()
		if err != nil {
			return nil, err
		}
		return negation(inner), nil
	}
	if r.is("(") {
		return r.parenthesis()
	}
	return r.test()
}

func (r *reader) parenthesis() (*formula, error) {
	r.take()
	f, err := r.or()
	if err != nil {
		return nil, err
	}
	if t := r.take(); t.text != ")" || t.kind != symbolToken {
		return nil, r.stuck(t, "`)`")
	}
	return f, nil
}

func negation(f *formula) *formula { return &formula{op: opNot, args: []*formula{f}} }

func negatedIf(negated bool, f *formula) *formula {
	if negated {
		return negation(f)
	}
	return f
}

// test reads one test of a column.
func (r *reader) test() (*formula, error) {
	start := r.peek()
	if function, ok := columnFunctions[start.text]; ok && start.kind == wordToken {
		r.take()
		column, _, err := r.arguments(false)
		if err != nil {
			return nil, err
		}
		return negatedIf(function.negated, r.leaf(start, atom{column: column, operator: function.operator, kind: noLiteral})), nil
	}
	if rangeFunctions[start.text] && start.kind == wordToken {
		r.take()
		column, network, err := r.arguments(true)
		if err != nil {
			return nil, err
		}
		return r.leaf(start, atom{column: column, operator: start.text, value: network}), nil
	}
	column, err := r.column()
	if err != nil {
		return nil, err
	}
	operator := r.take()
	if s, ok := symbolOperators[operator.text]; ok && operator.kind == symbolToken {
		return r.compared(start, column, s.operator, s.negated)
	}
	if operator.kind != wordToken {
		return nil, r.stuck(operator, "an operator")
	}
	positive, negated := strings.CutPrefix(operator.text, "!")
	if list, ok := listOperators[positive]; ok && !(negated && strings.HasPrefix(positive, "has")) {
		return r.list(start, column, list.operator, list.op, negated)
	}
	switch {
	case operator.text == "matches" && r.is("regex"):
		r.take()
		positive = "matches regex"
	case !textOperators[positive]:
		return nil, &unreadable{operator.at, operator.end, fmt.Sprintf("the operator `%s` is not compared", source.Shorten(operator.text))}
	}
	value := r.take()
	if value.kind != stringToken {
		return nil, r.stuck(value, "a string")
	}
	return negatedIf(negated, r.leaf(start, atom{column: column, operator: positive, value: value.text})), nil
}

// leaf makes an atom that ends with the token before the next.
func (r *reader) leaf(start token, a atom) *formula {
	a.at, a.end = start.at, r.tokens[max(r.next-1, 0)].end
	a.id = a.key()
	return &formula{op: opLeaf, atom: &a}
}

// column reads `Name`, `['name']`, `*` or `tostring(Name)`; the last two are columns of their own.
func (r *reader) column() (string, error) {
	t := r.take()
	switch {
	case t.kind == symbolToken && t.text == "*":
		return "*", nil
	case t.kind == wordToken && r.is("("):
		if t.text != "tostring" && t.text != "todouble" {
			return "", &unreadable{t.at, t.end, fmt.Sprintf("the function `%s` is not compared", source.Shorten(t.text))}
		}
		inner, _, err := r.arguments(false)
		return t.text + "(" + inner + ")", err
	case t.kind == wordToken && !strings.ContainsAny(t.text, "!~"):
		return t.text, nil
	case t.kind == symbolToken && t.text == "[":
		name := r.take()
		if closing := r.take(); name.kind != stringToken || closing.text != "]" || closing.kind != symbolToken {
			return "", r.stuck(name, "the name of a column")
		}
		return name.text, nil
	}
	return "", r.stuck(t, "a column")
}

// arguments reads `(Column)` or `(Column, "text")`.
func (r *reader) arguments(two bool) (column, text string, err error) {
	if t := r.take(); t.text != "(" || t.kind != symbolToken {
		return "", "", r.stuck(t, "`(`")
	}
	name := r.take()
	if name.kind != wordToken {
		return "", "", r.stuck(name, "a column")
	}
	if two {
		comma, value := r.take(), r.take()
		if comma.text != "," || comma.kind != symbolToken || value.kind != stringToken {
			return "", "", r.stuck(comma, "a column and a string")
		}
		text = value.text
	}
	if t := r.take(); t.text != ")" || t.kind != symbolToken {
		return "", "", r.stuck(t, "`)`")
	}
	return name.text, text, nil
}

// literal reads a string, a number or a boolean.
func (r *reader) literal() (literalKind, string, error) {
	t := r.take()
	switch {
	case t.kind == stringToken:
		return textLiteral, t.text, nil
	case t.kind == numberToken:
		return numberLiteral, t.text, nil
	case t.kind == wordToken && (t.text == "true" || t.text == "false"):
		return boolLiteral, t.text, nil
	}
	return 0, "", r.stuck(t, "a value")
}

func (r *reader) compared(start token, column, operator string, negated bool) (*formula, error) {
	kind, value, err := r.literal()
	if err != nil {
		return nil, err
	}
	if negated && kind != textLiteral {
		// With null on one side `!=` is no negation of `==`.
		operator, negated = "!=", false
	}
	return negatedIf(negated, r.leaf(start, atom{column: column, operator: operator, kind: kind, value: value})), nil
}

func (r *reader) list(start token, column, operator string, op op, negated bool) (*formula, error) {
	if t := r.take(); t.text != "(" || t.kind != symbolToken {
		return nil, r.stuck(t, "a list in parentheses")
	}
	out := &formula{op: op}
	for {
		at := r.peek()
		kind, value, err := r.literal()
		if err != nil {
			return nil, err
		}
		if kind != textLiteral && (negated || operator != "==") {
			return nil, &unreadable{at.at, at.end, "a list of other values than text is not compared here"}
		}
		item := r.leaf(at, atom{column: column, operator: operator, kind: kind, value: value})
		out.args = append(out.args, item)
		if t := r.take(); t.text == ")" && t.kind == symbolToken {
			break
		} else if t.text != "," || t.kind != symbolToken {
			return nil, r.stuck(t, "`,` or `)`")
		}
	}
	return negatedIf(negated, out), nil
}
