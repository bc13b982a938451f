package revision

import (
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
)

// Filter is a filter document that differs. The condition of a filter is ANDed to the rules it names (spec/sigma-semantics.md section
// 11), so it is compared as if it were a rule: Narrowed means that its rules find less because the filter hides more, and Lost are events
// that it hides only now. An added filter can only lose events, a removed one only gain.
type Filter struct {
	Rule               // Was and Is hold the condition, as a rule
	Targets  Attribute // the rules it names; Name is empty when they are the same
	Affected []Affected
	Missing  []string // rules that either version names and that no given rule bears as its id or name

	condition [2]logic.Answer // what the condition alone loses and gains
}

// Affected is a rule to which a filter applies, before or now, with all filters of its tree: what the site finds in the end.
type Affected struct {
	Rule         Pair
	Changed      bool // the detection of the rule itself differs, too
	Verdict      Verdict
	Lost, Gained logic.Answer
}

// Loses reports that the filter takes events from a rule for certain, and whether that could not be decided. Where rules are not given,
// the filter speaks for them.
func (f *Filter) Loses() (yes, unsure bool) {
	return f.half(f.Change.Lost.Verdict, func(a Affected) logic.Verdict { return a.Lost.Verdict })
}

// Gains is Loses for events that rules only find now.
func (f *Filter) Gains() (yes, unsure bool) {
	return f.half(f.Change.Gained.Verdict, func(a Affected) logic.Verdict { return a.Gained.Verdict })
}

func (f *Filter) half(own logic.Verdict, of func(Affected) logic.Verdict) (yes, unsure bool) {
	count := func(v logic.Verdict) {
		yes, unsure = yes || v == logic.Yes, unsure || v == logic.Unknown
	}
	for _, a := range f.Affected {
		count(of(a))
	}
	if len(f.Missing) > 0 {
		count(own)
	}
	return yes, unsure && !yes
}

// filters compares the filter documents among the pairs, and the rules they apply to.
func filters(pairs []Pair, options func(*rules.Rule) logic.Options) []Filter {
	var out []Filter
	var set filterSet
	for _, p := range pairs {
		if kindOf(p) != kindFilter {
			continue
		}
		was, _ := p.Old.Document.(*rules.Filter)
		is, _ := p.New.Document.(*rules.Filter)
		set.add(was, is)
		if p.Context {
			continue
		}
		f := Filter{Rule: Rule{Pair: p, Moved: was != nil && is != nil && moved(p)}}
		if f.compare(was, is, options); f.differs() || f.Targets.Name != "" {
			out = append(out, f)
		}
	}
	for i := range out {
		out[i].affects(pairs, &set, options)
	}
	return out
}

// compare compares the condition and the targets.
func (f *Filter) compare(was, is *rules.Filter, options func(*rules.Rule) logic.Options) {
	f.Was, f.Is = conditionOf(was), conditionOf(is)
	lost, gained := reach(was, is)
	switch {
	case was == nil:
		f.Verdict, f.Change.Gained.Verdict = Added, logic.No
	case is == nil:
		f.Verdict, f.Change.Lost.Verdict = Removed, logic.No
	default:
		f.Metadata = Metadata(was, is)
		f.Targets, _ = compared("rules", was.Node.Find("rules"), is.Node.Find("rules"))
		if same(was.Node.Find("rules"), is.Node.Find("rules")) {
			f.Targets.Name = ""
		}
		// Which logs the rules read does not change; what the filter applies to is told by reach.
		a, b := *f.Was, *f.Is
		a.Logsource, b.Logsource = rules.Logsource{}, rules.Logsource{}
		f.Change = logic.NewProver(options(f.Is)).Changes(&a, &b)
		f.Change.Logs = logic.CompareLogs(is.Logsource, was.Logsource)
	}
	f.condition = [2]logic.Answer{f.Change.Lost.Answer, f.Change.Gained.Answer}
	if lost && f.Change.Lost.Verdict != logic.Yes {
		f.Change.Lost.Answer = hidden(f.Is, options)
	}
	if gained && f.Change.Gained.Verdict != logic.Yes {
		f.Change.Gained.Answer = hidden(f.Was, options)
	}
	if f.Verdict == "" {
		f.Verdict = verdictOf(f.Change.Lost.Verdict, f.Change.Gained.Verdict)
	}
}

// conditionOf is the condition of a filter as a rule.
func conditionOf(f *rules.Filter) *rules.Rule {
	if f == nil {
		return nil
	}
	return &rules.Rule{Head: f.Head, Logsource: f.Logsource, Detection: f.Detection}
}

// hidden asks for an event that a filter takes away.
func hidden(condition *rules.Rule, options func(*rules.Rule) logic.Options) logic.Answer {
	return logic.NewProver(options(condition)).Satisfiable(logic.Not(logic.FromRule(condition)))
}

// reach compares the rules that two versions of a filter apply to, by what they name: some only now have it (lost: they may lose
// events), some only had it (gained).
func reach(was, is *rules.Filter) (lost, gained bool) {
	if was == nil || is == nil {
		return was == nil, is == nil
	}
	a, b := targets(was), targets(is)
	for name := range b {
		lost = lost || !was.Any && !a[name]
	}
	for name := range a {
		gained = gained || !is.Any && !b[name]
	}
	lost, gained = lost || is.Any && !was.Any, gained || was.Any && !is.Any
	parts := 0
	for _, p := range [][2]rules.Text{
		{was.Logsource.Product, is.Logsource.Product}, {was.Logsource.Category, is.Logsource.Category}, {was.Logsource.Service, is.Logsource.Service},
	} {
		// A part that is not set asks nothing of the rule.
		old, new := p[0].Value, p[1].Value
		lost, gained = lost || old != "" && old != new, gained || new != "" && old != new
		if old != "" {
			parts |= 1
		}
		if new != "" {
			parts |= 2
		}
	}
	// Without any part it applies to nothing (match.Applies).
	return lost && parts&2 != 0, gained && parts&1 != 0
}

func targets(f *rules.Filter) map[string]bool {
	out := map[string]bool{}
	for _, t := range f.Rules {
		out[strings.ToLower(t.Value)] = true
	}
	return out
}

// filterSet is the filters of both trees.
type filterSet struct{ was, is []*rules.Filter }

func (s *filterSet) add(was, is *rules.Filter) {
	if was != nil {
		s.was = append(s.was, was)
	}
	if is != nil {
		s.is = append(s.is, is)
	}
}

// affects compares every rule that the filter applies to, before and now.
func (f *Filter) affects(pairs []Pair, set *filterSet, options func(*rules.Rule) logic.Options) {
	was, _ := f.Old.Document.(*rules.Filter)
	is, _ := f.New.Document.(*rules.Filter)
	missing := map[string]string{}
	for _, side := range []*rules.Filter{was, is} {
		if side != nil {
			for _, t := range side.Rules {
				missing[strings.ToLower(t.Value)] = t.Value
			}
		}
	}
	var more, fewer bool // rules it applies to
	for _, p := range pairs {
		if kindOf(p) != kindRule {
			continue
		}
		for _, v := range []Version{p.Old, p.New} {
			if v.Document != nil {
				delete(missing, strings.ToLower(v.head().ID.Value))
				delete(missing, strings.ToLower(v.head().Name.Value))
			}
		}
		r := newRule(p)
		if r.Was == nil || r.Is == nil {
			continue // its own verdict says it
		}
		before, now := was != nil && match.Applies(was, r.Was) == nil, is != nil && match.Applies(is, r.Is) == nil
		more, fewer = more || now && !before, fewer || before && !now
		if before || now {
			f.Affected = append(f.Affected, affected(r, set, options))
		}
	}
	for _, name := range missing {
		f.Missing = append(f.Missing, name)
	}
	sort.Strings(f.Missing)
	if was == nil || is == nil || was.Any || is.Any {
		return
	}
	// What it names is not yet what it applies to: two names may be one rule, and a log source may leave out none of them.
	settle := func(d *logic.Difference, condition logic.Answer, seen bool) {
		switch {
		case seen || condition.Verdict == logic.Yes || d.Verdict == condition.Verdict:
		case len(f.Missing) == 0:
			d.Answer = condition
		default:
			d.Answer = logic.Answer{Reason: "the filter names other rules or logs, and not all rules it names are given"}
		}
	}
	settle(&f.Change.Lost, f.condition[0], more)
	settle(&f.Change.Gained, f.condition[1], fewer)
	f.Verdict = verdictOf(f.Change.Lost.Verdict, f.Change.Gained.Verdict)
}

// affected compares a rule with the filters of both trees.
func affected(r Rule, set *filterSet, options func(*rules.Rule) logic.Options) Affected {
	out := Affected{Rule: r.Pair, Changed: !same(r.Was.Detection.Node, r.Is.Detection.Node)}
	prover := logic.NewProver(options(r.Is))
	before, old := filtered(r.Was, set.was)
	after, new := filtered(r.Is, set.is)
	out.Lost = confirmed(prover.Satisfiable(logic.And(before, logic.Not(after))), old, new)
	out.Gained = confirmed(prover.Satisfiable(logic.And(after, logic.Not(before))), new, old)
	out.Verdict = verdictOf(out.Lost.Verdict, out.Gained.Verdict)
	return out
}

// filtered is a rule with the filters that apply to it, for search and for evaluation; the matcher is nil where it refuses.
func filtered(r *rules.Rule, all []*rules.Filter) (*logic.Formula, *match.Matcher) {
	parts := []*logic.Formula{logic.FromRule(r)}
	for _, f := range all {
		if match.Applies(f, r) == nil {
			parts = append(parts, logic.FromDetections(&f.Detection))
		}
	}
	matcher, err := match.Compile(r)
	if err == nil {
		matcher, err = matcher.With(all...)
	}
	if err != nil {
		return logic.And(parts...), nil
	}
	return logic.And(parts...), matcher
}

// disputed is the reason when two evaluators disagree about an event: a defect of ours, and never a reason to claim anything.
const disputed = "an event was found, but a second evaluation of the rule with its filters disagrees; please report this rule"

// confirmed gives up an answer whose witness does not match as it should.
func confirmed(a logic.Answer, in, out *match.Matcher) logic.Answer {
	if a.Witness == nil {
		return a
	}
	event := match.NewEvent(a.Witness)
	if in != nil && !in.Match(event) || out != nil && out.Match(event) {
		return logic.Answer{Reason: disputed}
	}
	return a
}
