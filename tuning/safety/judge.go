package safety

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Grade says how far a filter can be trusted.
type Grade string

// The grades (spec/tuning.md section 5).
const (
	A Grade = "A" // exact proof, a condition that an attacker cannot meet, and narrow
	B Grade = "B" // exact proof, one such condition, or two that take an effort
	C Grade = "C" // an attacker can meet all of it: shown with a warning, never applied unasked
	D Grade = "D" // refused: it does nothing, it swallows, or it hides what must fire
)

// Evasion is the cheapest way to hide behind a filter.
type Evasion struct {
	How   string
	Event map[string]any // matched by the filter and by the rule without it; nil when the way is only described
}

// Swallowed is a part of the rule that could never fire again.
type Swallowed struct {
	What string      // in Sigma terms: "the value `/netstat` of `Image|endswith`"
	Span source.Span // of the part in the rule
}

// Judgement is what is known about a filter.
type Judgement struct {
	Grade     Grade
	Reasons   []string       // for the grade, one sentence each
	Hides     []string       // what becomes invisible, in words
	Hidden    map[string]any // an event that the rule finds and the filter hides; nil for a no-op
	Noop      string         // why the filter can never apply, or empty
	Swallowed []Swallowed
	Unknown   string // what could not be decided, or empty
	Evasion   []Evasion
	KnownBad  int // events that must fire: here one witness per branch and listed value of the rule
	Kept      int // how many of them still fire
}

// Whole reports that the filter leaves nothing of the rule, renamed copies of its program aside.
func (j Judgement) Whole() bool {
	return len(j.Swallowed) == 1 && strings.HasPrefix(j.Swallowed[0].What, wholeRule)
}

// wholeRule begins what is said when nothing is left.
const wholeRule = "the whole rule"

// Judge judges filters of one rule. It remembers what it learned about the rule. It is not safe for several goroutines.
type Judge struct {
	rule      *rules.Rule
	prover    *logic.Prover
	before    *logic.Formula
	parts     []part
	witnesses map[logic.Part]logic.Event // an event for most values of the rule
	logs      *taxonomy.Logsource
	platform  *taxonomy.Platform
}

// For prepares a judge for the filters of a rule, with the bundled table of fields that hold several values. The prover may remember earlier
// questions about the rule.
func For(rule *rules.Rule, prover *logic.Prover) *Judge {
	return With(rule, prover, logic.Options{Lists: domain.Default().For(rule).Lists})
}

// With is For with what is known of the rule's fields; the prover has to know the same.
func With(rule *rules.Rule, prover *logic.Prover, options logic.Options) *Judge {
	j := &Judge{
		rule: rule, prover: prover, before: logic.FromRule(rule),
		parts: parts(&rule.Detection), witnesses: map[logic.Part]logic.Event{},
	}
	for _, w := range logic.Analyse(rule, options).Witnesses() {
		j.witnesses[w.Part] = w.Event
	}
	l := rule.Logsource
	j.logs, _ = taxonomy.Lookup(l.Product.Value, l.Category.Value, l.Service.Value)
	j.platform, _ = taxonomy.PlatformOf(l.Product.Value)
	return j
}

// Filter decides about a filter that would be negated in the rule's condition.
func (j *Judge) Filter(filter *rules.Detection) Judgement {
	t := trial{Judge: j, filter: logic.FromDetection(filter), block: filter.Block}
	t.effect()
	if t.out.Noop != "" {
		t.out.Grade = D
		t.out.Reasons = []string{"it does nothing: " + t.out.Noop}
		return t.out
	}
	t.swallows()
	t.hides()
	t.grade()
	return t.out
}

// trial is the judgement of one filter in the making.
type trial struct {
	*Judge
	filter *logic.Formula
	block  *rules.Block
	out    Judgement
}

// effect decides whether the filter can ever apply.
func (j *trial) effect() {
	a := j.prover.Satisfiable(logic.And(j.before, j.filter))
	switch a.Verdict {
	case logic.No:
		j.out.Noop = a.Explain()
	case logic.Yes:
		j.out.Hidden = a.Witness
	default:
		j.out.Unknown = a.Reason
	}
}

// swallows asks for every branch and every listed value of the rule whether it can fire besides the filter. The whole rule comes first: when
// that is gone the parts need no mention.
func (j *trial) swallows() {
	after := func(f *logic.Formula) logic.Answer { return j.prover.Satisfiable(logic.And(f, logic.Not(j.filter))) }
	if whole := after(j.before); whole.Verdict == logic.No {
		j.out.Swallowed = []Swallowed{{What: wholeRule, Span: j.rule.Detection.Key.Span}}
		return
	}
	if j.leavesOnlyRenamed() {
		j.out.Swallowed = []Swallowed{{What: wholeRule + ", but for renamed copies of the program", Span: j.rule.Detection.Key.Span}}
		return
	}
	for _, part := range j.parts {
		if event, ok := j.witnesses[part.part]; ok && j.filter.Eval(event, logic.BothFoldings) == logic.Fails {
			// An event that only this part explains passes the filter: nothing is left to prove.
			j.out.KnownBad++
			j.out.Kept++
			continue
		}
		only := j.before.Only(part.part)
		if j.prover.Satisfiable(only).Verdict != logic.Yes {
			continue // it could not fire before either, or nobody knows
		}
		j.out.KnownBad++
		switch left := after(only); left.Verdict {
		case logic.Yes:
			j.out.Kept++
		case logic.No:
			j.out.Swallowed = append(j.out.Swallowed, Swallowed{What: part.what, Span: part.span})
		default:
			// With a placeholder in the filter nobody can say what is kept; without one the budget ran out.
			if len(j.filter.Opaque()) > 0 {
				j.out.Kept++
			} else {
				j.out.Unknown = left.Reason
			}
		}
	}
}

// leavesOnlyRenamed decides the question for programs under their own names: a rule that looks for the file name or the original file
// name keeps firing on renamed copies only, when the filter takes the file name.
func (j *trial) leavesOnlyRenamed() bool {
	names := OwnNames(j.rule)
	if len(names) == 0 {
		return false
	}
	named := logic.And(append(names, j.before)...)
	return j.prover.Satisfiable(named).Verdict == logic.Yes &&
		j.prover.Satisfiable(logic.And(named, logic.Not(j.filter))).Verdict == logic.No
}

// OwnNames says of every program that a rule looks for by its original file name that it runs under that name. It is an assumption about
// ordinary use, for questions about what is ordinary; an attacker renames programs.
func OwnNames(rule *rules.Rule) []*logic.Formula {
	platform, ok := taxonomy.PlatformOf(rule.Logsource.Product.Value)
	if !ok {
		return nil
	}
	var out []*logic.Formula
	for _, d := range rule.Detection.Named {
		d.Block.Each(func(i *rules.Item) {
			if i.Field != originalName {
				return
			}
			for _, t := range i.Tests {
				name, ok := plain(t)
				if !ok || name == "" {
					continue
				}
				tail := rules.Pattern{{Kind: rules.AnyRun}, {Kind: rules.Literal, Text: platform.Separator + name}}
				out = append(out, logic.Or(logic.Not(logic.FromTest(i.Field, t)), logic.Matches(imageField, tail)))
			}
		})
	}
	return out
}

// The fields of process events that hold the name of a program: as it is on disk, and as its maker compiled it in.
const (
	imageField   = "Image"
	originalName = "OriginalFileName"
)

// part is a piece of the rule whose loss would be a blind spot.
type part struct {
	part logic.Part
	what string
	span source.Span
}

// parts lists the positive branches and values of a rule: each alternative of a list of maps, and each value of a list.
func parts(d *rules.Detections) []part {
	var out []part
	for _, named := range d.Named {
		if d.Polarity(named)&rules.Positive == 0 {
			continue
		}
		positive := 0
		for _, other := range d.Named {
			if d.Polarity(other)&rules.Positive != 0 {
				positive++
			}
		}
		if positive > 1 {
			out = append(out, part{named, fmt.Sprintf("the identifier `%s`", named.Name), named.Key.Span})
		}
		out = append(out, blockParts(named.Block, named.Name)...)
	}
	return out
}

func blockParts(b *rules.Block, name string) []part {
	var out []part
	for k, a := range b.Alternatives {
		out = append(out, part{a, fmt.Sprintf("alternative %d of `%s`", k+1, name), a.Node.Span})
		out = append(out, blockParts(a, name)...)
	}
	for _, i := range b.Items {
		if len(i.Tests) < 2 || i.All || i.Negated {
			continue
		}
		for _, t := range i.Tests {
			if t.Value == nil {
				continue
			}
			where := fmt.Sprintf("of `%s`", i.KeyText())
			if i.Keyword() {
				where = "among the keywords of `" + name + "`"
			}
			out = append(out, part{t, fmt.Sprintf("the value `%s` %s", source.Shorten(t.Value.Text), where), t.Value.Node.Span})
		}
	}
	return out
}

// hides says what becomes invisible.
func (j *trial) hides() {
	for _, a := range alternatives(j.block) {
		words := Words(a)
		if words != "" {
			j.out.Hides = append(j.out.Hides, "every event where "+words)
		}
	}
}

// alternatives are the ANDs of a block: the maps of a list, or the one map.
func alternatives(b *rules.Block) [][]*rules.Item {
	if b.Shape != rules.ListShape {
		return [][]*rules.Item{b.Items}
	}
	var out [][]*rules.Item
	for _, a := range b.Alternatives {
		out = append(out, alternatives(a)...)
	}
	return out
}
