package mine

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Made-up events of a case: what fires a rule without one of its filters.

// How many events of each sort a case has, as the public cases.
const (
	givenEach  = 3 // for each alternative of the filter
	hiddenAll  = 3
	newAll     = 4
	trueAll    = 6
	mostTries  = 60
	mostValues = 2 // alternatives of the filter that a case shows
)

// demands are the tests that fields have to meet.
type demands struct {
	fields []string
	tests  map[string][]*rules.Test
	words  []*rules.Test // keywords
}

func (d *demands) item(i *rules.Item, r *rand.Rand) {
	if i.Negated || len(i.Tests) == 0 {
		return
	}
	tests := i.Tests
	if !i.All {
		k := r.Intn(len(tests))
		tests = tests[k : k+1]
	}
	if i.Keyword() {
		d.words = append(d.words, tests...)
		return
	}
	if d.tests[i.Field] == nil {
		d.fields = append(d.fields, i.Field)
	}
	d.tests[i.Field] = append(d.tests[i.Field], tests...)
}

func (d *demands) block(b *rules.Block, r *rand.Rand) {
	if b.Shape == rules.ListShape {
		if len(b.Alternatives) > 0 {
			d.block(b.Alternatives[r.Intn(len(b.Alternatives))], r)
		}
		return
	}
	for _, i := range b.Items {
		d.item(i, r)
	}
}

// expr takes one way to meet a condition; what it negates is left to the check of the whole.
func (d *demands) expr(e *rules.Expr, r *rand.Rand) {
	switch e.Op {
	case rules.And:
		for _, a := range e.Args {
			d.expr(a, r)
		}
	case rules.Or:
		d.expr(e.Args[r.Intn(len(e.Args))], r)
	case rules.Name, rules.Of:
		chosen := e.Selected
		if !e.All && len(chosen) > 1 {
			k := r.Intn(len(chosen))
			chosen = chosen[k : k+1]
		}
		for _, s := range chosen {
			d.block(s.Block, r)
		}
	}
}

func newDemands() *demands { return &demands{tests: map[string][]*rules.Test{}} }

func (d *demands) with(other *demands) *demands {
	out := &demands{fields: slices.Clone(d.fields), tests: map[string][]*rules.Test{}, words: append(slices.Clone(d.words), other.words...)}
	for f, t := range d.tests {
		out.tests[f] = slices.Clone(t)
	}
	for _, f := range other.fields {
		if out.tests[f] == nil {
			out.fields = append(out.fields, f)
		}
		out.tests[f] = append(out.tests[f], other.tests[f]...)
	}
	return out
}

// loom makes the events of one case.
type loom struct {
	fabric
	rule          *rules.Rule
	condition     *rules.Expr
	block         *rules.Block
	before, after *match.Matcher
	frame         []part
	coherent      bool // its false positives are of one program, else only the filter's fields are alike
}

// first come the fields from which others follow.
var fieldOrder = map[string]int{"Image": -3, "ParentImage": -2, "SourceImage": -1}

// event is one event that meets demands. Fields of which nothing is demanded are those of another event where it has them, with the
// probability that is given.
func (l *loom) event(d *demands, s scene, like map[string]any, share float64) map[string]any {
	e, none := map[string]any{}, map[string]bool{}
	fields := slices.Clone(d.fields)
	slices.SortStableFunc(fields, func(a, b string) int { return fieldOrder[a] - fieldOrder[b] })
	set := func(name string) {
		value, absent := l.value(name, d.tests[name], s, e)
		if none[name] = absent; !absent && value != nil {
			e[name] = value
		}
	}
	for _, name := range fields {
		if fieldOrder[name] < 0 {
			set(name)
		}
	}
	if like != nil {
		for _, name := range slices.Sorted(maps.Keys(like)) {
			if _, has := e[name]; !has && d.tests[name] == nil && l.Float64() < share {
				e[name] = like[name]
			}
		}
	}
	for _, name := range []string{"Image", "ParentImage"} { // the line begins with them
		if _, has := e[name]; !has && !none[name] && l.has(name) {
			e[name] = l.program(l.scenes(s))
		}
	}
	for _, name := range fields {
		if fieldOrder[name] >= 0 {
			set(name)
		}
	}
	if len(d.words) > 0 {
		p, _ := l.pieces(d.words)
		if p.exact != "" {
			p.middle = append(p.middle, p.exact)
		}
		e["Message"] = l.line(p, s, s.word+" "+l.pick(madeWords))
	}
	for _, p := range l.frame {
		if _, has := e[p.name]; has || none[p.name] {
			continue
		}
		if v := p.make(l, s, e); v != nil {
			e[p.name] = v
		}
	}
	return e
}

// scenes are what a program of which nothing is demanded comes from: in a loose case from anywhere.
func (l *loom) scenes(s scene) scene {
	if !l.coherent && !s.hostile {
		s.loose = true
		s.maker, s.word = l.pick(madeMakers), l.pick(madeWords)
	}
	return s
}

func (l *loom) has(name string) bool {
	return slices.ContainsFunc(l.frame, func(p part) bool { return p.name == name })
}

// falsePositive is an event that only the filter keeps from firing; nil when none was found.
func (l *loom) falsePositive(filter *demands, s scene) map[string]any {
	for range mostTries {
		d := newDemands()
		d.expr(l.condition, l.Rand)
		e := l.event(d.with(filter), s, nil, 0)
		if x := match.NewEvent(e); l.before.Match(x) && !l.after.Match(x) {
			return e
		}
	}
	return nil
}

// truePositive is an event that fires the rule with its filter, too.
func (l *loom) truePositive(like map[string]any) map[string]any {
	for try := range mostTries {
		d := newDemands()
		d.expr(l.condition, l.Rand)
		other := maps.Clone(like)
		l.block.Each(func(i *rules.Item) { delete(other, i.Field) })
		maps.DeleteFunc(other, func(_ string, v any) bool {
			// What only the false positives' program does is no background.
			return l.coherent && (holdsFold(fmt.Sprint(v), l.habit.maker) || holdsFold(fmt.Sprint(v), l.habit.word))
		})
		e := l.event(d, l.scene(true), other, []float64{.5, .2, 0}[try%3])
		if l.after.Match(match.NewEvent(e)) {
			return e
		}
	}
	return nil
}

// nearMiss is a false positive with one field of the filter changed.
func (l *loom) nearMiss(from map[string]any, field string) map[string]any {
	for range mostTries {
		d := newDemands()
		d.expr(l.condition, l.Rand)
		s := l.scene(true)
		e := maps.Clone(from)
		delete(e, field)
		if d.tests[field] != nil {
			if v, absent := l.value(field, d.tests[field], s, e); !absent && v != nil {
				e[field] = v
			}
		} else {
			for _, p := range l.frame {
				if p.name == field {
					e[field] = p.make(l, s, e)
				}
			}
		}
		if e[field] != nil && l.after.Match(match.NewEvent(e)) {
			return e
		}
	}
	return nil
}

// historyCase is a case of a rule and one of its filters; nil where no events for it were found.
func historyCase(rule *rules.Rule, filter *rules.Detection) *eventCase {
	text, ok := without(rule, filter)
	if !ok {
		return nil
	}
	documents, _ := rules.Parse(source.Parse("rule", []byte(text), source.Limits{}))
	if len(documents) != 1 {
		return nil
	}
	before, ok := documents[0].(*rules.Rule)
	if !ok || len(before.Detection.Conditions) != 1 || len(rule.Detection.Conditions) != 1 {
		return nil
	}
	c := &eventCase{ID: rule.ID.Value + " " + filter.Name, Kind: "history", RuleBefore: text}
	c.Reference.RuleAfter = string(rule.File.Data)
	l := &loom{rule: before, condition: before.Detection.Conditions[0].Root, block: filter.Block}
	var err, failed error
	if l.before, err = match.Compile(before); err != nil || compares(before) {
		return nil
	}
	if l.after, failed = match.Compile(rule); failed != nil {
		return nil
	}
	h := fnv.New64a()
	h.Write([]byte(c.ID))
	source := rule.Logsource
	logs, _ := taxonomy.Lookup(source.Product.Value, source.Category.Value, source.Service.Value)
	l.fabric = fabric{Rand: rand.New(rand.NewSource(int64(h.Sum64() >> 1))), logs: logs, unix: source.Product.Value == "linux" || source.Product.Value == "macos"}
	l.frame = frames[source.Category.Value]
	if l.unix {
		l.frame = frames["unix"]
	}
	if l.frame == nil {
		l.frame = frames[source.Product.Value+"/"+source.Service.Value]
	}
	l.coherent, l.native = l.Intn(2) == 0, l.Intn(3) == 0
	l.habit = l.scene(false)
	return l.fill(c, filter)
}

func (l *loom) fill(c *eventCase, filter *rules.Detection) *eventCase {
	var ways []*demands
	seen := map[string]bool{}
	for range 3 * mostValues {
		d := newDemands()
		d.block(filter.Block, l.Rand)
		key := fmt.Sprint(d.fields)
		for _, f := range d.fields {
			for _, t := range d.tests[f] {
				key += fmt.Sprintf(" %p", t)
			}
		}
		if e := l.falsePositive(d, l.own()); e != nil && !seen[key] && len(ways) < mostValues {
			ways = append(ways, d)
		}
		seen[key] = true
	}
	if len(ways) == 0 {
		return nil
	}
	some := func(n int, s func() scene) (out []map[string]any) {
		for k := range n {
			if e := l.falsePositive(ways[k%len(ways)], s()); e != nil {
				out = append(out, e)
			}
		}
		return out
	}
	c.Events.FPGiven = some(givenEach*len(ways), l.own)
	c.Events.FPHidden = some(hiddenAll, l.own)
	c.Events.FPGeneralise = some(newAll, func() scene {
		s := l.own()
		s.user, s.host = "newcomer"+fmt.Sprint(l.Intn(9)), "NEW-"+fmt.Sprint(l.Intn(90))
		return s
	})
	for range trueAll {
		if e := l.truePositive(c.Events.FPGiven[l.Intn(len(c.Events.FPGiven))]); e != nil {
			c.Events.TP = append(c.Events.TP, e)
		}
	}
	for _, f := range ways[0].fields {
		c.Reference.Alternatives = append(c.Reference.Alternatives, [][2]any{{f, ways[0].tests[f][0].Value}})
		if e := l.nearMiss(c.Events.FPGiven[0], f); e != nil {
			c.Events.NearMiss = append(c.Events.NearMiss, struct {
				Event   map[string]any
				Flipped string
				How     string
			}{e, f, "other value"})
		}
	}
	if len(c.Events.FPGiven) < givenEach || len(c.Events.TP) < trueAll/2 {
		return nil
	}
	return c
}

// own is the surroundings of a false positive: the same program in the hands of others.
func (l *loom) own() scene {
	s := l.scene(false)
	s.maker, s.word = l.habit.maker, l.habit.word
	if !l.coherent {
		s.maker = l.pick(madeMakers)
		s.word = l.pick(madeWords)
	}
	return s
}

// compares reports a rule that compares fields with each other: such events are not made.
func compares(rule *rules.Rule) (yes bool) {
	for _, d := range rule.Detection.Named {
		d.Block.Each(func(i *rules.Item) { yes = yes || i.Has("fieldref") })
	}
	return yes
}

// without is the text of a rule with one filter taken out, and whether that could be done.
func without(rule *rules.Rule, filter *rules.Detection) (string, bool) {
	if len(rule.Detection.Conditions) != 1 {
		return "", false
	}
	references := ""
	rule.Detection.Conditions[0].Each(func(e *rules.Expr, negated bool) {
		if !negated || e.Op != rules.Name && e.Op != rules.Of || !slices.Contains(e.Selected, filter) {
			return
		}
		switch {
		case e.Op == rules.Name:
			references = filter.Name
		case len(e.Selected) == 1:
			references = `(1|any|all) of ` + regexp.QuoteMeta(e.Pattern)
		}
	})
	lines := strings.SplitAfter(string(rule.File.Data), "\n")
	at := rule.File.Pos(filter.Key.Span.Start).Line - 1
	end := at + 1
	indent := func(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
	for end < len(lines) && (strings.TrimSpace(lines[end]) == "" || indent(lines[end]) > indent(lines[at])) {
		end++
	}
	text := strings.Join(append(slices.Clone(lines[:at]), lines[end:]...), "")
	if references == "" {
		return text, true
	}
	clause := regexp.MustCompile(`(?m)^(\s+condition:.*?) and not ` + references + `( |\)|$)`)
	if !clause.MatchString(text) {
		return "", false
	}
	return clause.ReplaceAllString(text, "$1$2"), true
}
