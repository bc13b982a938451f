package checks

import (
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The standard parser merges what a backtracking engine tries one after the other (`a|a`, `(?:a+)+`, `\w|\d`), so expressions are read here as
// they are written. Only single letters, classes and escapes go through it.

// expression is a part of a regular expression.
type expression struct {
	op       expressionOp
	class    []rune // of a letter: pairs of bounds
	subs     []*expression
	min, max int // of a loop; max is -1 without a bound
	assert   syntax.EmptyOp
}

type expressionOp uint8

const (
	opLetter expressionOp = iota
	opConcat
	opAlternate
	opLoop
	opAssert
)

// expressionParser reads what RE2 takes. The text compiles already; whatever it does not expect makes it give up.
type expressionParser struct {
	text  string
	at    int
	flags syntax.Flags
	fail  bool
	depth int
}

// deepestExpression bounds the nesting of groups; the standard parser has the same bound.
const deepestExpression = 1000

// parseExpression is nil for what it cannot read.
func parseExpression(text, flags string) *expression {
	p := &expressionParser{text: text, flags: syntax.Perl}
	p.setFlags(flags)
	e := p.alternate()
	if p.fail || p.at < len(p.text) {
		return nil
	}
	return e
}

func (p *expressionParser) setFlags(flags string) {
	on := true
	for _, f := range flags {
		var bit syntax.Flags
		switch f {
		case '-':
			on = false
			continue
		case 'i':
			bit = syntax.FoldCase
		case 's':
			bit = syntax.DotNL
		case 'm':
			bit = syntax.OneLine
		case 'U':
			continue // greed does not matter when everything is tried
		default:
			p.fail = true
		}
		if set := on != (f == 'm'); set { // OneLine is the opposite of m
			p.flags |= bit
		} else {
			p.flags &^= bit
		}
	}
}

func (p *expressionParser) alternate() *expression {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > deepestExpression {
		p.fail = true
		return nil
	}
	e := &expression{op: opAlternate, subs: []*expression{p.concat()}}
	for !p.fail && strings.HasPrefix(p.text[p.at:], "|") {
		p.at++
		e.subs = append(e.subs, p.concat())
	}
	if len(e.subs) == 1 {
		return e.subs[0]
	}
	return e
}

func (p *expressionParser) concat() *expression {
	e := &expression{op: opConcat}
	for !p.fail && p.at < len(p.text) && p.text[p.at] != '|' && p.text[p.at] != ')' {
		atoms := p.atom()
		if p.fail {
			break
		}
		for len(atoms) > 0 {
			loop := p.quantifier(atoms[len(atoms)-1])
			if loop == nil {
				break
			}
			atoms[len(atoms)-1] = loop
		}
		e.subs = append(e.subs, atoms...)
	}
	return e
}

// quantifier wraps an atom into the loop that follows it, nil where none does.
func (p *expressionParser) quantifier(of *expression) *expression {
	if p.at >= len(p.text) {
		return nil
	}
	loop := &expression{op: opLoop, subs: []*expression{of}, max: -1}
	rest := p.text[p.at:]
	switch rest[0] {
	case '*':
		p.at++
	case '+':
		loop.min = 1
		p.at++
	case '?':
		loop.max = 1
		p.at++
	case '{':
		bounds, _, closed := strings.Cut(rest[1:], "}")
		low, high, ranged := strings.Cut(bounds, ",")
		min, err := strconv.Atoi(low)
		if !closed || err != nil {
			return nil // a brace as text, which atom reads
		}
		loop.min, loop.max = min, min
		if ranged {
			loop.max = -1
			if high != "" {
				if loop.max, err = strconv.Atoi(high); err != nil {
					return nil
				}
			}
		}
		p.at += len(bounds) + 2
	default:
		return nil
	}
	if strings.HasPrefix(p.text[p.at:], "?") {
		p.at++
	}
	return loop
}

// atom reads a group, a class, an escape or a letter.
func (p *expressionParser) atom() []*expression {
	rest := p.text[p.at:]
	switch rest[0] {
	case '(':
		return p.group()
	case '[':
		return p.single(classLength(rest))
	case '\\':
		if strings.HasPrefix(rest, `\Q`) || strings.HasPrefix(rest, `\C`) {
			p.fail = true
			return nil
		}
		return p.single(escapeLength(rest))
	}
	_, n := utf8.DecodeRuneInString(rest)
	return p.single(n)
}

// group reads parentheses. Flags without a colon hold to the end of the group around them.
func (p *expressionParser) group() []*expression {
	before := p.flags
	p.at++
	if strings.HasPrefix(p.text[p.at:], "?") {
		end := strings.IndexAny(p.text[p.at:], ":)>=!'\"")
		if end < 0 {
			p.fail = true
			return nil
		}
		head, stop := p.text[p.at+1:p.at+end], p.text[p.at+end]
		named := strings.HasPrefix(head, "P<") || strings.HasPrefix(head, "<")
		switch {
		case named && stop == '>':
		case stop == ':':
			p.setFlags(head)
		case stop == ')':
			p.setFlags(head)
			p.at += end + 1
			return nil
		default:
			p.fail = true
			return nil
		}
		p.at += end + 1
	}
	inside := p.alternate()
	if p.fail || p.at >= len(p.text) || p.text[p.at] != ')' {
		p.fail = true
		return nil
	}
	p.at++
	p.flags = before
	return []*expression{inside}
}

// single reads one letter, class or escape of n bytes with the standard parser.
func (p *expressionParser) single(n int) []*expression {
	if n <= 0 || p.at+n > len(p.text) {
		p.fail = true
		return nil
	}
	text := p.text[p.at : p.at+n]
	tree, err := syntax.Parse(text, p.flags)
	if err != nil && (text == "{" || text == "}" || text == "]") {
		tree, err = syntax.Parse(`\`+text, p.flags)
	}
	if err != nil {
		p.fail = true
		return nil
	}
	p.at += n
	e := &expression{op: opLetter}
	switch tree.Op {
	case syntax.OpLiteral:
		for _, r := range tree.Rune {
			e.class = append(e.class, folded(r, tree.Flags&syntax.FoldCase != 0)...)
		}
		if len(tree.Rune) != 1 {
			p.fail = true
		}
	case syntax.OpCharClass:
		e.class = tree.Rune
	case syntax.OpAnyChar:
		e.class = []rune{0, unicode.MaxRune}
	case syntax.OpAnyCharNotNL:
		e.class = []rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	case syntax.OpBeginLine:
		e.op, e.assert = opAssert, syntax.EmptyBeginLine
	case syntax.OpEndLine:
		e.op, e.assert = opAssert, syntax.EmptyEndLine
	case syntax.OpBeginText:
		e.op, e.assert = opAssert, syntax.EmptyBeginText
	case syntax.OpEndText:
		e.op, e.assert = opAssert, syntax.EmptyEndText
	case syntax.OpWordBoundary:
		e.op, e.assert = opAssert, syntax.EmptyWordBoundary
	case syntax.OpNoWordBoundary:
		e.op, e.assert = opAssert, syntax.EmptyNoWordBoundary
	default:
		p.fail = true
	}
	return []*expression{e}
}

// folded is a letter as a class, with its other cases where case does not matter.
func folded(r rune, fold bool) []rune {
	class := []rune{r, r}
	if fold {
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			class = append(class, o, o)
		}
	}
	return class
}

// classLength is the length of a class in brackets.
func classLength(text string) int {
	i := 1
	if strings.HasPrefix(text[i:], "^") {
		i++
	}
	if strings.HasPrefix(text[i:], "]") {
		i++
	}
	for i < len(text) {
		switch {
		case text[i] == '\\':
			i += 2
		case strings.HasPrefix(text[i:], "[:"):
			end := strings.Index(text[i:], ":]")
			if end < 0 {
				i++
				continue
			}
			i += end + 2
		case text[i] == ']':
			return i + 1
		default:
			i++
		}
	}
	return 0
}

// escapeLength is the length of an escape, 0 where it is none.
func escapeLength(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch c := text[1]; {
	case (c == 'x' || c == 'p' || c == 'P') && strings.HasPrefix(text[2:], "{"):
		return strings.IndexByte(text, '}') + 1
	case c == 'x':
		return min(4, len(text))
	case c == 'p' || c == 'P':
		return min(3, len(text))
	case c >= '0' && c <= '7':
		n := 2
		for n < len(text) && n < 4 && text[n] >= '0' && text[n] <= '7' {
			n++
		}
		return n
	case c >= utf8.RuneSelf:
		_, n := utf8.DecodeRuneInString(text[1:])
		return 1 + n
	}
	return 2
}
