package logic

import (
	"fmt"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
)

// FromRule is what a rule says. Parts without a certain meaning become opaque: they may hold or not.
func FromRule(r *rules.Rule) *Formula {
	f := FromDetections(&r.Detection)
	out := *f
	out.rule = r
	return &out
}

// FromDetections joins the conditions by OR. Without a condition the meaning is opaque.
func FromDetections(d *rules.Detections) *Formula {
	b := builder{detections: map[*rules.Detection]*Formula{}}
	var args []*Formula
	for _, c := range d.Conditions {
		args = append(args, b.condition(c))
	}
	if len(args) == 0 {
		return opaque(d, "there is no condition")
	}
	return Or(args...)
}

// FromCondition is one condition with everything it refers to.
func FromCondition(c *rules.Condition) *Formula {
	b := builder{detections: map[*rules.Detection]*Formula{}}
	return b.condition(c)
}

// FromDetection is one search identifier.
func FromDetection(d *rules.Detection) *Formula { return FromBlock(d.Block).labelled(d) }

// FromBlock is what stands under an identifier, or one entry of a list of maps.
func FromBlock(b *rules.Block) *Formula {
	var args []*Formula
	for _, item := range b.Items {
		args = append(args, FromItem(item))
	}
	op := opAnd
	if b.Shape == rules.ListShape {
		op = opOr
		for _, a := range b.Alternatives {
			args = append(args, FromBlock(a))
		}
	}
	if b.Shape == rules.EmptyShape || len(args) == 0 {
		return opaque(b, "an identifier is empty")
	}
	return &Formula{op: op, args: args, parts: []Part{b}}
}

// FromItem is one `Field|modifiers: values`.
func FromItem(i *rules.Item) *Formula {
	f := &Formula{op: opOr, parts: []Part{i}}
	if i.All {
		f.op = opAnd
	}
	f.args = make([]*Formula, 0, len(i.Tests))
	for _, t := range i.Tests {
		f.args = append(f.args, fromTest(i.Field, i, t))
	}
	if !i.Negated {
		return f
	}
	f.parts = nil
	return &Formula{op: opNot, args: []*Formula{f}, parts: []Part{i}}
}

// FromTest is one value on a field; the empty field is the event as a whole (keywords).
func FromTest(field string, t *rules.Test) *Formula { return fromTest(field, nil, t) }

// Matches demands that the field holds text that the pattern covers.
func Matches(field string, p rules.Pattern) *Formula {
	return FromTest(field, &rules.Test{Kind: rules.TextTest, Patterns: []rules.Pattern{p}})
}

// MatchesRegex demands that the expression is found in the field. A regular expression outside RE2 is opaque.
func MatchesRegex(field string, r *rules.Regex) *Formula {
	t := &rules.Test{Kind: rules.RegexTest, Regex: r}
	if r.Program == nil {
		t.Kind, t.Reason = rules.InvalidTest, "the regular expression cannot be evaluated"
	}
	return FromTest(field, t)
}

// Absent holds when the field is missing or null.
func Absent(field string) *Formula { return FromTest(field, &rules.Test{Kind: rules.NullTest}) }

func fromTest(field string, i *rules.Item, t *rules.Test) *Formula {
	// A rule has more tests than anything else, so each is made in one piece.
	made := &struct {
		formula Formula
		leaf    leaf
		part    [1]Part
	}{leaf: leaf{field: field, item: i, test: t}, part: [1]Part{t}}
	l := &made.leaf
	l.kind, l.why = classify(field, t)
	if l.kind == textLeaf {
		l.words = readWords(field, t)
	}
	made.formula = Formula{op: opLeaf, leaf: l, parts: made.part[:]}
	return &made.formula
}

func opaque(part Part, why string) *Formula {
	l := &leaf{kind: opaqueLeaf, why: why, test: &rules.Test{Kind: rules.InvalidTest, Reason: why}}
	return &Formula{op: opLeaf, leaf: l, parts: []Part{part}}
}

// longPattern is how many wildcards and texts between them a value may have to be reasoned about. Automata of
// more are deep rather than wide, and take seconds.
const longPattern = 4_000

// leafKind is how a test takes part in reasoning.
type leafKind uint8

const (
	textLeaf    leafKind = iota // a regular language of texts
	nullLeaf                    // absent or null
	existsLeaf                  // present, even as null
	absentLeaf                  // `exists: false`
	orderedLeaf                 // a range of addresses or numbers, each with several spellings
	opaqueLeaf                  // free: it may hold or not
)

// classify says how a test takes part, and why when it cannot.
func classify(field string, t *rules.Test) (leafKind, string) {
	if field == "" && t.Kind != rules.TextTest && t.Kind != rules.RegexTest && t.Kind != rules.NumberTest && t.Kind != rules.BoolTest {
		return opaqueLeaf, "a keyword that is no text"
	}
	switch t.Kind {
	case rules.TextTest:
		for _, p := range t.Patterns {
			if len(p) > longPattern {
				return opaqueLeaf, fmt.Sprintf("a value has more than %d wildcards and texts between them", longPattern)
			}
			for _, token := range p {
				switch {
				case token.Kind == rules.Placeholder:
					return opaqueLeaf, fmt.Sprintf("the placeholder `%%%s%%` is filled in by the environment", token.Text)
				case !utf8.ValidString(token.Text):
					return opaqueLeaf, "a value holds bytes that are no text"
				}
			}
		}
		return textLeaf, ""
	case rules.NumberTest, rules.BoolTest, rules.RegexTest, rules.TimeTest:
		return textLeaf, ""
	case rules.CIDRTest, rules.CompareTest:
		return orderedLeaf, ""
	case rules.NullTest:
		return nullLeaf, ""
	case rules.ExistsTest:
		if t.Bool {
			return existsLeaf, ""
		}
		return absentLeaf, ""
	case rules.FieldRefTest:
		return opaqueLeaf, fmt.Sprintf("`%s` is compared with the field `%s`", field, t.Ref)
	}
	if t.Reason != "" {
		return opaqueLeaf, t.Reason
	}
	return opaqueLeaf, "a value has no certain meaning"
}

// builder shares what several references to one identifier have in common.
type builder struct {
	detections map[*rules.Detection]*Formula
}

func (b *builder) condition(c *rules.Condition) *Formula {
	f := b.expr(c.Root)
	if c.Aggregation.Len() > 0 {
		f = And(f, opaque(c, "the condition has an aggregation"))
	}
	return f
}

func (b *builder) expr(e *rules.Expr) *Formula {
	f := &Formula{parts: []Part{e}}
	switch e.Op {
	case rules.And:
		f.op = opAnd
	case rules.Or:
		f.op = opOr
	case rules.Not:
		f.op = opNot
	case rules.Name:
		return b.detection(e.Selected[0]).labelled(e)
	case rules.Of:
		f.op = opOr
		if e.All {
			f.op = opAnd
		}
		for _, d := range e.Selected {
			f.args = append(f.args, b.detection(d))
		}
		return f
	default:
		return opaque(e, "the condition has no certain meaning: "+e.Reason)
	}
	args := e.Args
	if len(args) > longChain {
		args = distinct(args)
	}
	for _, a := range args {
		f.args = append(f.args, b.expr(a))
	}
	if len(f.args) == 1 && f.op != opNot {
		return f.args[0].labelled(e)
	}
	return f
}

// longChain is how many operands an `and` or `or` may have before repeated identifiers are dropped. The number is taste: in
// shorter ones every operand keeps its place, so that what is superfluous can be named.
const longChain = 100

// distinct drops identifiers that were named before in the same chain: `a and b and a` says what `a and b` does.
func distinct(args []*rules.Expr) []*rules.Expr {
	seen := map[*rules.Detection]bool{}
	var out []*rules.Expr
	for _, a := range args {
		if a.Op == rules.Name {
			if seen[a.Selected[0]] {
				continue
			}
			seen[a.Selected[0]] = true
		}
		out = append(out, a)
	}
	return out
}

func (b *builder) detection(d *rules.Detection) *Formula {
	f, ok := b.detections[d]
	if !ok {
		f = FromDetection(d)
		b.detections[d] = f
	}
	return f
}
