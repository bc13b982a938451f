package logic

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// world is the events that are enumerated for a rule: every combination of what its fields hold, each value standing for all that
// no test of the rule tells from it.
type world struct {
	rule   *rules.Rule
	author *author
	lists  bool

	made     bool
	tests    map[*rules.Test]int // number in a mask
	matchers map[string][]testMatcher
	fields   []string
	values   [][]value
	events   []candidate
}

type testMatcher struct {
	bit     int
	matcher *match.Matcher
}

// value is what a field holds, and the tests that hold for it.
type value struct {
	holds any
	mask  uint64
}

// candidate is an event by its values, which are numbered by field, and the tests that hold for it.
type candidate struct {
	values [5]int16
	mask   uint64
}

// absentField stands for a field that is not there.
type absentField struct{}

// rawText is the field of keywords. Every event of a world has a raw message, so that keywords are independent of fields.
const rawText = "_raw"

// Limits of a world, so that a case takes about a millisecond.
const (
	valuesTried   = 140 // per field
	valuesKept    = 24  // per field, with different masks
	eventsTried   = 1500
	eventsMatched = 6 // are evaluated by package match as a whole, to check the naive evaluator
)

func (w *world) make(t *testing.T) {
	if w.made {
		return
	}
	w.made = true
	w.tests = map[*rules.Test]int{}
	w.matchers = map[string][]testMatcher{}
	byField := map[string][]*rules.Test{}
	for _, d := range w.rule.Detection.Named {
		d.Block.Each(func(i *rules.Item) {
			for _, x := range i.Tests {
				field := i.Field
				if field == "" {
					field = rawText
				}
				if byField[field] == nil {
					w.fields = append(w.fields, field)
				}
				alone := *i
				alone.Tests, alone.All, alone.Negated = []*rules.Test{x}, false, false
				m, err := match.CompileDetection(&rules.Detection{Name: "x", Block: &rules.Block{Items: []*rules.Item{&alone}}})
				if err != nil {
					t.Fatal(err)
				}
				byField[field] = append(byField[field], x)
				w.matchers[field] = append(w.matchers[field], testMatcher{len(w.tests), m})
				w.tests[x] = len(w.tests)
			}
		})
	}
	if len(w.tests) > 64 || len(w.fields) > len(candidate{}.values) {
		t.Fatalf("the rule is too large: %d tests on %d fields", len(w.tests), len(w.fields))
	}
	r := w.author.r
	for _, field := range w.fields {
		w.values = append(w.values, w.fieldValues(r, field, byField[field]))
	}
	w.combine(r)
	w.check(t, r)
}

// fieldValues are values of a field no two of which pass the same tests.
func (w *world) fieldValues(r *rand.Rand, field string, tests []*rules.Test) []value {
	var out []value
	seen := map[uint64]bool{}
	take := func(v any) {
		e := Event{}
		if _, absent := v.(absentField); !absent {
			e[field] = v
		}
		event := match.NewEvent(e)
		var mask uint64
		for _, m := range w.matchers[field] {
			if m.matcher.Match(event) {
				mask |= 1 << m.bit
			}
		}
		if !seen[mask] && len(out) < valuesKept {
			seen[mask] = true
			out = append(out, value{v, mask})
		}
	}
	texts := w.author.texts(tests)
	if field != rawText {
		for _, v := range []any{absentField{}, nil, true, 1, 10, 2.5} {
			take(v)
		}
	}
	for _, s := range texts {
		take(s)
	}
	if field == listField && w.lists {
		take([]any{})
		elements := []any{"x"}
		for _, v := range out {
			if _, absent := v.holds.(absentField); !absent && v.holds != nil {
				if _, list := v.holds.([]any); !list {
					elements = append(elements, v.holds)
				}
			}
		}
		pick := func() any { return elements[r.Intn(len(elements))] }
		for range 40 {
			take([]any{pick(), pick()})
		}
		for range 10 {
			take([]any{pick(), pick(), pick()})
		}
	}
	return out
}

// combine fills in the events: all of them, or a random selection where there are too many.
func (w *world) combine(r *rand.Rand) {
	product := 1
	for _, v := range w.values {
		product *= len(v)
	}
	step := func(n int) candidate {
		var c candidate
		for i, values := range w.values {
			c.values[i] = int16(n % len(values))
			c.mask |= values[c.values[i]].mask
			n /= len(values)
		}
		return c
	}
	if product <= eventsTried {
		for n := range product {
			w.events = append(w.events, step(n))
		}
		return
	}
	for range eventsTried {
		w.events = append(w.events, step(r.Intn(product)))
	}
}

// check compares the naive evaluator, package match and direct evaluation on a few events.
func (w *world) check(t *testing.T, r *rand.Rand) {
	m, err := match.Compile(w.rule)
	if err != nil {
		t.Fatal(err)
	}
	f := FromRule(w.rule)
	for range eventsMatched {
		c := w.events[r.Intn(len(w.events))]
		e := w.event(c)
		v := verdict{world: w, rule: w.rule, mask: c.mask}
		naive := false
		for _, x := range w.rule.Detection.Conditions {
			naive = naive || v.expr(x.Root)
		}
		if matched := m.Match(match.NewEvent(e)); matched != naive {
			t.Errorf("%v: package match says %v, the naive evaluator %v\n%s", e, matched, naive, w.author.text)
		}
		if direct := f.Eval(e, UnicodeFolding); direct != truth(naive) {
			t.Errorf("%v: direct evaluation says %v, the naive evaluator %v\n%s", e, direct, naive, w.author.text)
		}
	}
}

func (w *world) event(c candidate) Event {
	e := Event{}
	for i, field := range w.fields {
		v := w.values[i][c.values[i]].holds
		if _, absent := v.(absentField); !absent {
			e[field] = v
		}
	}
	return e
}

// find is an event of the world that meets a condition, or nil.
func (w *world) find(t *testing.T, meets func(*verdict) bool) Event {
	w.make(t)
	for _, c := range w.events {
		if meets(&verdict{world: w, rule: w.rule, mask: c.mask}) {
			return w.event(c)
		}
	}
	return nil
}

// holds evaluates an event that is not of the world: package match decides every test.
func (w *world) holds(t *testing.T, e Event, meets func(*verdict) bool) bool {
	w.make(t)
	event := match.NewEvent(e)
	var mask uint64
	for _, field := range w.fields {
		for _, m := range w.matchers[field] {
			if m.matcher.Match(event) {
				mask |= 1 << m.bit
			}
		}
	}
	return meets(&verdict{world: w, rule: w.rule, mask: mask})
}

// verdict is the naive evaluation of a rule's parts, given the tests that hold. Parts can be replaced by constants.
type verdict struct {
	world    *world
	rule     *rules.Rule
	mask     uint64
	replaced map[any]bool
}

func (v *verdict) expr(e *rules.Expr) bool {
	if by, ok := v.replaced[e]; ok {
		return by
	}
	switch e.Op {
	case rules.And:
		return !slices.ContainsFunc(e.Args, func(x *rules.Expr) bool { return !v.expr(x) })
	case rules.Or:
		return slices.ContainsFunc(e.Args, v.expr)
	case rules.Not:
		return !v.expr(e.Args[0])
	}
	for _, d := range e.Selected {
		if v.detection(d) != e.All {
			return !e.All
		}
	}
	return e.All
}

func (v *verdict) detection(d *rules.Detection) bool {
	if by, ok := v.replaced[d]; ok {
		return by
	}
	return v.block(d.Block)
}

func (v *verdict) block(b *rules.Block) bool {
	if by, ok := v.replaced[b]; ok {
		return by
	}
	if b.Shape == rules.ListShape {
		return slices.ContainsFunc(b.Alternatives, v.block) || slices.ContainsFunc(b.Items, v.item)
	}
	return !slices.ContainsFunc(b.Items, func(i *rules.Item) bool { return !v.item(i) })
}

func (v *verdict) item(i *rules.Item) bool {
	if by, ok := v.replaced[i]; ok {
		return by
	}
	count := 0
	for _, x := range i.Tests {
		holds, ok := v.replaced[x]
		if !ok {
			holds = v.mask&(1<<v.world.tests[x]) != 0
		}
		if holds {
			count++
		}
	}
	if i.All {
		return (count == len(i.Tests)) != i.Negated
	}
	return (count > 0) != i.Negated
}
