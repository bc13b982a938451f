package match

import (
	"fmt"
	"net/netip"
	"sort"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// scope is a condition with the identifiers it speaks of: the rule's own, or a filter's.
type scope struct {
	head       *rules.Head // of the rule or filter, nil for parts of one
	conditions []*expr     // any must hold
}

// The types below repeat what Match asks for of their source: following a pointer into the model for every test is what
// matching would otherwise spend most of its time on.

type expr struct {
	op       rules.Op
	all      bool // Of: all selected must hold
	source   *rules.Expr
	args     []*expr
	selected []*detection
}

type detection struct {
	source *rules.Detection
	block  *block
}

type block struct {
	list         bool // of alternatives
	source       *rules.Block
	items        []*item  // all must hold
	alternatives []*block // any must hold
}

type item struct {
	field                 field
	keyword, all, negated bool
	source                *rules.Item
	tests                 []*test
	sets                  *sets   // nil when every test is in rest
	plains                plains  // the plain texts outside sets
	rest                  []*test // the other tests
}

// test is one value of an item.
type test struct {
	kind     rules.TestKind
	source   *rules.Test
	patterns []pattern    // TextTest
	network  netip.Prefix // CIDRTest, never IPv4 inside IPv6
	number   decimal      // NumberTest, CompareTest
	spelled  string       // NumberTest: as an event's text spells it, folded
	other    field        // FieldRefTest
	guard    guard        // RegexTest
}

// compiler compiles one scope; identifiers that the condition names twice are compiled once.
type compiler struct {
	env  *environment
	done map[*rules.Detection]*detection
}

func compileScope(d *rules.Detections, env *environment) (*scope, error) {
	if err := d.Evaluable(); err != nil {
		return nil, err
	}
	c := compiler{env, map[*rules.Detection]*detection{}}
	s := &scope{}
	for _, condition := range d.Conditions {
		x, err := c.expr(condition.Root)
		if err != nil {
			return nil, err
		}
		s.conditions = append(s.conditions, x)
	}
	return s, nil
}

func (c *compiler) expr(e *rules.Expr) (*expr, error) {
	if e == nil || e.Op == rules.Bad {
		return nil, fmt.Errorf("the condition has no certain meaning")
	}
	x := &expr{op: e.Op, all: e.All, source: e}
	for _, a := range e.Args {
		arg, err := c.expr(a)
		if err != nil {
			return nil, err
		}
		x.args = append(x.args, arg)
	}
	for _, d := range e.Selected {
		compiled, err := c.detection(d)
		if err != nil {
			return nil, err
		}
		x.selected = append(x.selected, compiled)
	}
	return x, nil
}

func (c *compiler) detection(d *rules.Detection) (*detection, error) {
	if done := c.done[d]; done != nil {
		return done, nil
	}
	b, err := c.block(d.Block)
	if err != nil {
		return nil, fmt.Errorf("in `%s`, %w", source.Shorten(d.Name), err)
	}
	out := &detection{d, b}
	c.done[d] = out
	return out, nil
}

func (c *compiler) block(b *rules.Block) (*block, error) {
	out := &block{list: b.Shape == rules.ListShape, source: b}
	for _, i := range b.Items {
		compiled, err := c.item(i)
		if err != nil {
			return nil, fmt.Errorf("`%s`: %w", label(i), err)
		}
		out.items = append(out.items, compiled)
	}
	for _, a := range b.Alternatives {
		compiled, err := c.block(a)
		if err != nil {
			return nil, err
		}
		out.alternatives = append(out.alternatives, compiled)
	}
	return out, nil
}

func (c *compiler) item(i *rules.Item) (*item, error) {
	out := &item{keyword: i.Keyword(), all: i.All, negated: i.Negated, source: i}
	if out.keyword {
		c.env.fields.keywords = true
	} else {
		out.field = c.env.fields.ask(i.Field)
	}
	for _, t := range i.Tests {
		compiled, err := c.test(i, t)
		if err != nil {
			return nil, err
		}
		out.tests = append(out.tests, compiled)
	}
	out.rest = out.tests
	if !i.All {
		out.sets, out.rest = takeSets(out.tests)
		if !out.keyword {
			out.plains, out.rest = takePlains(out.rest)
		}
	}
	return out, nil
}

// keywordKinds are the tests that mean something without a field.
var keywordKinds = map[rules.TestKind]bool{
	rules.TextTest: true, rules.NumberTest: true, rules.BoolTest: true, rules.RegexTest: true,
}

func (c *compiler) test(i *rules.Item, t *rules.Test) (*test, error) {
	if i.Keyword() && !keywordKinds[t.Kind] {
		return nil, fmt.Errorf("this kind of test needs a field")
	}
	out := &test{kind: t.Kind, source: t}
	switch t.Kind {
	case rules.TextTest:
		for _, p := range t.Patterns {
			filled, err := c.env.fill(p)
			if err != nil {
				return nil, err
			}
			for _, f := range filled {
				if i.Keyword() {
					f = anchoredNowhere(f)
				}
				out.patterns = append(out.patterns, compilePattern(f, t.Cased))
			}
		}
	case rules.NumberTest:
		var ok bool
		if out.number, out.spelled, ok = ruleNumber(t); !ok {
			return nil, fmt.Errorf("`%s` is no decimal number", source.Shorten(t.Number.Text))
		}
		out.spelled = fold(out.spelled)
	case rules.CompareTest:
		var ok bool
		if out.number, _, ok = ruleNumber(t); !ok {
			return nil, fmt.Errorf("`%s` is no decimal number", source.Shorten(t.Number.Text))
		}
	case rules.RegexTest:
		if t.Regex == nil || t.Regex.Program == nil {
			return nil, fmt.Errorf("the regular expression cannot be evaluated in RE2")
		}
		out.guard = guardOf(t.Regex.Program)
	case rules.CIDRTest:
		out.network = t.Network
		if a := t.Network.Addr(); a.Is4In6() && t.Network.Bits() >= mappedBits {
			out.network = netip.PrefixFrom(a.Unmap(), t.Network.Bits()-mappedBits)
		}
	case rules.FieldRefTest:
		out.other = c.env.fields.ask(t.Ref)
	case rules.InvalidTest:
		return nil, fmt.Errorf("no certain meaning: %s", t.Reason)
	}
	return out, nil
}

// mappedBits is the length of the prefix ::ffff:0:0/96 that holds IPv4 inside IPv6.
const mappedBits = 96

// maxFilled bounds what the placeholders of one value multiply to. Ten names with four values each already exceed it.
const maxFilled = 100_000

// fill puts the values of placeholders into a pattern: one pattern for each combination.
func (e *environment) fill(p rules.Pattern) ([]rules.Pattern, error) {
	if !p.HasPlaceholder() {
		return []rules.Pattern{p}, nil
	}
	filled := []rules.Pattern{nil}
	for _, t := range p {
		texts := []string{t.Text}
		if t.Kind == rules.Placeholder {
			if texts = e.placeholders[t.Text]; len(texts) == 0 {
				return nil, fmt.Errorf("the placeholder %%%s%% has no value here%s", t.Text, e.known())
			}
			t.Kind = rules.Literal
		}
		if len(filled)*len(texts) > maxFilled {
			return nil, fmt.Errorf("the placeholders multiply to more than %d values", maxFilled)
		}
		next := make([]rules.Pattern, 0, len(filled)*len(texts))
		for _, before := range filled {
			for _, text := range texts {
				t.Text = text
				next = append(next, append(before[:len(before):len(before)], t))
			}
		}
		filled = next
	}
	return filled, nil
}

// known lists the placeholders that have values.
func (e *environment) known() string {
	var names []string
	for name, values := range e.placeholders {
		if len(values) > 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	sort.Strings(names)
	list := "; known: "
	for i, name := range names {
		if i == 5 {
			return list + " and more"
		}
		if i > 0 {
			list += ", "
		}
		list += "%" + name + "%"
	}
	return list
}

// label names an item in errors.
func label(i *rules.Item) string {
	if i.Key == nil {
		return "keywords"
	}
	return source.Shorten(i.KeyText())
}
