package rules

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Op is what a node of a condition does.
type Op uint8

// The operators of conditions.
const (
	And  Op = iota // all of Args
	Or             // any of Args
	Not            // Args[0] negated
	Name           // the identifier Pattern
	Of             // `1 of` or `all of` the identifiers that Pattern, or `them`, stands for
	Bad            // does not parse, or refers to nothing: no meaning
)

// Expr is a node of a condition. Chains of one operator are flat; parentheses keep their nesting.
type Expr struct {
	Op         Op
	Args       []*Expr
	Span       source.Span // with its parentheses
	Parens     int         // how many pairs of parentheses stand around it
	Pattern    string      // Name: the identifier; Of: the pattern or `them`
	PatternAt  source.Span
	All        bool         // Of: all of them, else at least one
	Quantifier string       // Of: `1`, `any` or `all`, as written
	Selected   []*Detection // Name, Of: what it stands for, in source order
	Reason     string       // Bad: why
}

// Condition is one condition string of a rule.
type Condition struct {
	Node        *source.Node
	Text        string
	Root        *Expr
	Aggregation source.Span // of a retired `| count() …`, zero when there is none
}

// Kinds of problems in conditions, by the names of their checks.
const (
	KindMissingCondition  = "missing-condition"
	KindConditionSyntax   = "condition-syntax"
	KindUnknownIdentifier = "unknown-identifier"
	KindUnmatchedPattern  = "unmatched-pattern"
	KindUppercaseOperator = "uppercase-operator"
	KindAggregation       = "legacy-aggregation"
)

func parseConditions(h *Head, d *Detections, e *source.Entry) []*Condition {
	nodes := []*source.Node{e.Value}
	if e.Value.Kind == source.List {
		nodes = e.Value.Items
	}
	var out []*Condition
	for _, n := range nodes {
		if !n.IsString() || strings.TrimSpace(n.Value) == "" {
			continue // missing or of the wrong type: schema reports it
		}
		p := conditionParser{head: h, detections: d, node: n}
		out = append(out, p.parse())
	}
	return out
}

// Each visits every node of the condition with its polarity: negated is true below an odd number of `not`.
func (c *Condition) Each(visit func(e *Expr, negated bool)) { c.Root.each(visit, false) }

func (e *Expr) each(visit func(*Expr, bool), negated bool) {
	visit(e, negated)
	for _, a := range e.Args {
		a.each(visit, negated != (e.Op == Not))
	}
}

// Polarity is how a rule uses a detection.
type Polarity uint8

// The uses of a detection; Both is the sum of the other two.
const (
	Unused   Polarity = 0
	Positive Polarity = 1
	Negative Polarity = 2
	Both     Polarity = 3
)

// Polarity says how the conditions use a detection. It comes from the conditions, never from the name.
func (d *Detections) Polarity(detection *Detection) Polarity {
	var p Polarity
	for _, c := range d.Conditions {
		c.Each(func(e *Expr, negated bool) {
			for _, s := range e.Selected {
				switch {
				case s != detection:
				case negated:
					p |= Negative
				default:
					p |= Positive
				}
			}
		})
	}
	return p
}

// Evaluable says why the detections have no certain meaning, or nil when they have one. Only what the conditions reach counts.
func (d *Detections) Evaluable() error {
	if len(d.Conditions) == 0 {
		return fmt.Errorf("there is no condition")
	}
	var reason error
	for _, c := range d.Conditions {
		if c.Aggregation != (source.Span{}) && reason == nil {
			reason = fmt.Errorf("the condition has an aggregation")
		}
		c.Each(func(e *Expr, _ bool) {
			if e.Op == Bad && reason == nil {
				reason = fmt.Errorf("the condition has no certain meaning: %s", e.Reason)
			}
			for _, s := range e.Selected {
				if err := s.Block.evaluable(s.Name); err != nil && reason == nil {
					reason = err
				}
			}
		})
	}
	return reason
}

func (b *Block) evaluable(name string) error {
	if b.Shape == EmptyShape {
		return fmt.Errorf("`%s` is empty", name)
	}
	for _, item := range b.Items {
		for _, t := range item.Tests {
			if t.Kind == InvalidTest {
				return fmt.Errorf("`%s` in `%s` has no certain meaning: %s", item.label(), name, t.Reason)
			}
		}
	}
	for _, a := range b.Alternatives {
		if err := a.evaluable(name); err != nil {
			return err
		}
	}
	return nil
}

// token is one word or bracket of a condition.
type token struct {
	text    string
	at, end int // bytes in the decoded text
}

// conditionParser reads one condition. Whole words are tokens before anything is a keyword: `notepad` is a name.
type conditionParser struct {
	head       *Head
	detections *Detections
	node       *source.Node
	tokens     []token
	next       int
	failed     bool // a syntax error was reported; the rest stays silent
	depth      int
}

// maxConditionDepth bounds the nesting of parentheses and `not`; the deepest published condition has 4 levels.
const maxConditionDepth = 64

func (p *conditionParser) parse() *Condition {
	c := &Condition{Node: p.node, Text: p.node.Value}
	end := len(c.Text)
	if pipe := strings.IndexByte(c.Text, '|'); pipe >= 0 {
		end = pipe
		c.Aggregation = p.node.Range(pipe, len(c.Text))
		p.report(KindAggregation, token{at: pipe, end: len(c.Text)},
			fmt.Sprintf("`%s` is no condition since Sigma 2", source.Shorten(strings.TrimSpace(c.Text[pipe:]))),
			"write a correlation rule that counts the matches of this one")
	}
	p.scan(c.Text[:end])
	c.Root = p.or()
	if !p.failed && p.next < len(p.tokens) {
		t := p.tokens[p.next]
		if t.text == ")" {
			p.fail(t, "this `)` has no `(`", "remove it, or open a parenthesis before")
		} else if word, ok := symbols[t.text]; ok {
			p.fail(t, fmt.Sprintf("`%s` is no operator of Sigma", t.text), "write `"+word+"`")
		} else {
			p.fail(t, fmt.Sprintf("an operator is missing before `%s`", source.Shorten(t.text)), "write `and` or `or` between two names")
		}
	}
	if p.failed {
		c.Root = &Expr{Op: Bad, Args: keepNames(c.Root), Span: p.node.Span, Reason: "it does not parse"}
	}
	return c
}

// keepNames keeps what could be read of a broken condition, so that the identifiers in it count as used.
func keepNames(e *Expr) []*Expr {
	if e == nil {
		return nil
	}
	return []*Expr{e}
}

// scan cuts the text into words, brackets and everything else.
func (p *conditionParser) scan(text string) {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '(' || c == ')':
			p.tokens = append(p.tokens, token{text[i : i+1], i, i + 1})
			i++
			continue
		}
		end := i
		for end < len(text) && !strings.ContainsRune(" \t\n\r()", rune(text[end])) {
			end++
		}
		p.tokens = append(p.tokens, token{text[i:end], i, end})
		i = end
	}
}

func (p *conditionParser) report(kind string, t token, message, help string) {
	p.head.report(Problem{Kind: kind, Span: p.node.Range(t.at, t.end), Message: message, Help: help})
}

// fail reports the first syntax error of the condition.
func (p *conditionParser) fail(t token, message, help string) *Expr {
	if !p.failed {
		p.failed = true
		p.report(KindConditionSyntax, t, message, help)
	}
	p.next = len(p.tokens)
	return &Expr{Op: Bad, Span: p.node.Range(t.at, t.end), Reason: message}
}

// keyword reports whether the next token is one of the keywords, in any case unless an identifier has that very name. Another
// case than lower is reported and read as the keyword.
func (p *conditionParser) keyword(words ...string) bool {
	if p.next >= len(p.tokens) {
		return false
	}
	t := p.tokens[p.next]
	for _, w := range words {
		if t.text == w {
			return true
		}
		if strings.EqualFold(t.text, w) && p.detections.Find(t.text) == nil {
			p.head.report(Problem{
				Kind: KindUppercaseOperator, Span: p.node.Range(t.at, t.end),
				Message: fmt.Sprintf("`%s` is no operator; operators are written in lower case", t.text),
				Help:    "write `" + w + "`",
				Fix:     &source.Fix{Title: "write `" + w + "`", Safe: true, Edits: []source.Edit{{Span: p.node.Range(t.at, t.end), New: w}}},
			})
			p.tokens[p.next].text = w
			return true
		}
	}
	return false
}

func (p *conditionParser) or() *Expr  { return p.joined(Or, "or", p.and) }
func (p *conditionParser) and() *Expr { return p.joined(And, "and", p.not) }

// joined reads a chain of one operator.
func (p *conditionParser) joined(op Op, word string, operand func() *Expr) *Expr {
	args := []*Expr{operand()}
	for p.keyword(word) {
		p.next++
		args = append(args, operand())
	}
	if len(args) == 1 {
		return args[0]
	}
	return &Expr{Op: op, Args: args, Span: source.Span{Start: args[0].Span.Start, End: args[len(args)-1].Span.End}}
}

func (p *conditionParser) not() *Expr {
	if !p.keyword("not") {
		return p.primary()
	}
	t := p.tokens[p.next]
	p.next++
	if p.depth++; p.depth > maxConditionDepth {
		return p.fail(t, "nested too deeply", "split the condition into named identifiers")
	}
	defer func() { p.depth-- }()
	arg := p.not()
	return &Expr{Op: Not, Args: []*Expr{arg}, Span: source.Span{Start: p.node.Range(t.at, t.end).Start, End: arg.Span.End}}
}

func (p *conditionParser) primary() *Expr {
	if p.next >= len(p.tokens) {
		at := len(p.node.Value)
		if n := len(p.tokens); n > 0 {
			last := p.tokens[n-1]
			return p.fail(last, fmt.Sprintf("a name is missing after `%s`", source.Shorten(last.text)), "name an identifier, or write `1 of selection_*`")
		}
		return p.fail(token{at: 0, end: at}, "the condition names nothing", "write for example `selection and not 1 of filter_*`")
	}
	t := p.tokens[p.next]
	switch {
	case t.text == "(":
		return p.parenthesis(t)
	case t.text == ")":
		return p.fail(t, "a name is missing before `)`", "name an identifier, or remove the parentheses")
	case p.isQuantifier():
		return p.selector()
	case p.keyword("and", "or"):
		return p.fail(t, fmt.Sprintf("a name is missing before `%s`", t.text), "name an identifier on both sides of the operator")
	}
	p.next++
	return p.name(t)
}

func (p *conditionParser) parenthesis(open token) *Expr {
	p.next++
	if p.depth++; p.depth > maxConditionDepth {
		return p.fail(open, "nested too deeply", "split the condition into named identifiers")
	}
	defer func() { p.depth-- }()
	inner := p.or()
	if p.failed {
		return inner
	}
	if p.next >= len(p.tokens) {
		return p.fail(open, "this `(` is never closed", "close it")
	}
	closing := p.tokens[p.next]
	if closing.text != ")" {
		return p.fail(closing, fmt.Sprintf("an operator is missing before `%s`", source.Shorten(closing.text)), "write `and` or `or` between two names")
	}
	p.next++
	inner.Parens++
	inner.Span = source.Span{Start: p.node.Range(open.at, open.end).Start, End: p.node.Range(closing.at, closing.end).End}
	return inner
}

// isQuantifier reports a selector: a quantifier with `of` behind it.
func (p *conditionParser) isQuantifier() bool {
	if p.next+1 >= len(p.tokens) || !strings.EqualFold(p.tokens[p.next+1].text, "of") {
		return false
	}
	first := p.tokens[p.next].text
	return strings.EqualFold(first, "all") || strings.EqualFold(first, "any") || isCount(first)
}

func isCount(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func (p *conditionParser) selector() *Expr {
	quantifier := p.tokens[p.next]
	if isCount(quantifier.text) && quantifier.text != "1" {
		return p.fail(quantifier, fmt.Sprintf("`%s of` is not in Sigma", quantifier.text), "only `1 of` and `all of` exist; count events with a correlation rule")
	}
	if quantifier.text != "1" {
		p.keyword("all", "any")
	}
	quantifier = p.tokens[p.next]
	p.next++
	p.keyword("of")
	of := p.tokens[p.next]
	p.next++
	if p.next >= len(p.tokens) {
		return p.fail(of, "a pattern is missing after `of`", "write a pattern such as `selection_*`, or `them`")
	}
	p.keyword("them")
	target := p.tokens[p.next]
	if target.text == "(" || target.text == ")" {
		return p.fail(target, "`of` takes one pattern, not a list in parentheses", "name the identifiers alike and write a pattern such as `selection_*`")
	}
	p.next++
	if bad := strings.IndexFunc(target.text, notInPattern); bad >= 0 {
		return p.fail(token{at: target.at + bad, end: target.end}, fmt.Sprintf("`%s` does not belong into a pattern", source.Shorten(target.text[bad:])),
			"a pattern has letters, digits, `_` and `*`")
	}
	e := &Expr{
		Op: Of, All: quantifier.text == "all", Quantifier: quantifier.text, Pattern: target.text,
		PatternAt: p.node.Range(target.at, target.end),
		Span:      source.Span{Start: p.node.Range(quantifier.at, quantifier.end).Start, End: p.node.Range(target.at, target.end).End},
	}
	for _, d := range p.detections.Named {
		if MatchName(target.text, d.Name) {
			e.Selected = append(e.Selected, d)
		}
	}
	if len(e.Selected) == 0 {
		p.unmatched(e, target)
	}
	return e
}

func (p *conditionParser) unmatched(e *Expr, target token) {
	effect := "it can never hold"
	if e.All {
		effect = "engines disagree on what it means"
	}
	message := fmt.Sprintf("no identifier matches `%s`; %s", source.Shorten(target.text), effect)
	if target.text == "them" {
		message = "`them` stands for no identifier; names that begin with `_` do not count"
	}
	p.report(KindUnmatchedPattern, target, message, p.orKnown("define a matching identifier", "name the one that was meant"))
	e.Op, e.Reason = Bad, message
}

func notInPattern(r rune) bool {
	return r != '*' && r != '_' && r != '-' && !(r < 0x80 && isASCIIAlnum(byte(r)))
}

// MatchName reports whether a pattern of a condition, or `them`, stands for an identifier: `*` is any run of characters,
// everything else literal. Names that begin with `_` are only matched by patterns that do.
func MatchName(pattern, name string) bool {
	if strings.HasPrefix(name, "_") && !strings.HasPrefix(pattern, "_") {
		return false
	}
	if pattern == "them" {
		return true
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(name) < len(first)+len(last) || !strings.HasPrefix(name, first) || !strings.HasSuffix(name, last) {
		return false
	}
	rest := name[len(first) : len(name)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return true
}

// symbols of other languages, with what Sigma writes.
var symbols = map[string]string{"&&": "and", "||": "or", "!": "not", "&": "and"}

func (p *conditionParser) name(t token) *Expr {
	e := &Expr{Op: Name, Pattern: t.text, Span: p.node.Range(t.at, t.end)}
	e.PatternAt = e.Span
	if d := p.detections.Find(t.text); d != nil {
		e.Selected = []*Detection{d}
		return e
	}
	if !identifierName.MatchString(t.text) {
		if word, ok := symbols[t.text]; ok {
			return p.fail(t, fmt.Sprintf("`%s` is no operator of Sigma", t.text), "write `"+word+"`")
		}
		if strings.HasPrefix(t.text, "!") && len(t.text) > 1 {
			return p.fail(t, "`!` is no operator of Sigma", "write `not "+source.Shorten(t.text[1:])+"`")
		}
		if strings.Contains(t.text, "*") {
			return p.fail(t, fmt.Sprintf("the pattern `%s` stands alone", source.Shorten(t.text)), "write `1 of "+source.Shorten(t.text)+"` or `all of "+source.Shorten(t.text)+"`")
		}
		return p.fail(t, fmt.Sprintf("`%s` does not belong into a condition", source.Shorten(t.text)), "names have letters, digits, `_` and `-`")
	}
	if bad := p.strayWord(t); bad != nil {
		return bad
	}
	message := fmt.Sprintf("`%s` is not defined in the detection", source.Shorten(t.text))
	problem := Problem{Kind: KindUnknownIdentifier, Span: e.Span, Message: message, Help: p.orKnown("define it", "name one of")}
	if best := p.nearest(t.text); best != "" {
		problem.Help = "did you mean `" + best + "`?"
		if p.node.Alias == nil && p.node.Mapped() && identifierName.MatchString(best) {
			problem.Fix = &source.Fix{Title: "write `" + best + "`", Edits: []source.Edit{{Span: e.Span, New: best}}}
		}
	}
	p.head.report(problem)
	e.Op, e.Reason = Bad, message
	return e
}

// strayWord reports a word that is no identifier and has another word behind it: what is wrong is the syntax, and to call the word
// unknown as well would be a second finding for one slip.
func (p *conditionParser) strayWord(t token) *Expr {
	if p.next >= len(p.tokens) {
		return nil
	}
	next := p.tokens[p.next]
	switch strings.ToLower(next.text) {
	case "and", "or", ")":
		return nil
	case "of":
		return p.fail(t, fmt.Sprintf("`%s of` is not in Sigma", source.Shorten(t.text)), "write `1 of` or `all of`")
	}
	if quantifier := strings.ToLower(t.text); quantifier == "all" || quantifier == "any" || isCount(t.text) {
		return p.fail(t, fmt.Sprintf("`of` is missing after `%s`", t.text), fmt.Sprintf("write `%s of %s`", quantifier, source.Shorten(next.text)))
	}
	if word, ok := symbols[next.text]; ok {
		return p.fail(next, fmt.Sprintf("`%s` is no operator of Sigma", next.text), "write `"+word+"`")
	}
	return p.fail(next, fmt.Sprintf("an operator is missing before `%s`", source.Shorten(next.text)), "write `and` or `or` between two names")
}

// knownShown is how many identifiers a message lists.
const knownShown = 5

// orKnown is a help that ends in the names there are, if any.
func (p *conditionParser) orKnown(help, choice string) string {
	if len(p.detections.Named) == 0 {
		return help
	}
	var names []string
	more := ""
	for i, d := range p.detections.Named {
		if i == knownShown {
			more = fmt.Sprintf(" and %d more", len(p.detections.Named)-i)
			break
		}
		names = append(names, "`"+source.Shorten(d.Name)+"`")
	}
	return help + ", or " + choice + ": " + strings.Join(names, ", ") + more
}

// nearest is the identifier one slip away: another case, or one edit.
func (p *conditionParser) nearest(name string) string {
	for _, d := range p.detections.Named {
		if strings.EqualFold(d.Name, name) {
			return d.Name
		}
	}
	best := ""
	for _, d := range p.detections.Named {
		if oneEdit(name, d.Name) {
			if best != "" {
				return "" // two candidates: no guess
			}
			best = d.Name
		}
	}
	return best
}

// oneEdit reports that one insertion, deletion, substitution or swap of neighbours makes a into b.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
