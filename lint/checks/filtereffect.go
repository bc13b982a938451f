package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// filterEffectChecks ask the solver what filter documents do to the rules they apply to. Of a filter that keeps what it should exclude only
// that is reported.
var filterEffectChecks = []*lint.Check{
	{
		Code: "SIG1211", Name: "filter-without-effect", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter that takes no event from its rule",
			What: "Proved: no event of a listed rule is excluded, because the rule never matches what the filter excludes, its own exclusions take it already, or several other " +
				"filters do together. A single other filter is overlapping-filters. With `rules: any` only when it holds for every rule with that log source.",
			Why:  "The alerts that the filter was written for go on, or have long stopped, and nobody can tell which.",
			Bad:  clean + "---\n" + filter(strings.Replace(plainFilter, "        ParentImage: '/opt/backup/bash'\n", "        Image|endswith: '/netstat'\n", 1)),
			Good: clean + "---\n" + filter(plainFilter),
			Fix:  "Correct the filter so that it fits the events of the rule, or take the rule off its list.",
		},
		Tree: checkFilterWithoutEffect,
	},
	{
		Code: "SIG1212", Name: "filter-swallows-target", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter that silences a whole rule",
			What:  "Proved: no event that the rule matches gets past the filter. A warning where the proof takes one value per event for granted and the taxonomy does not say so.",
			Why:   "The rule is loaded, looks alive and detects nothing.",
			Bad:   clean + "---\n" + filter(strings.Replace(plainFilter, "        ParentImage: '/opt/backup/bash'\n", "        Image|endswith: 'lsof'\n", 1)),
			Good:  clean + "---\n" + filter(plainFilter),
			Fix:   "Add a condition that only the unwanted events meet. To switch a rule off, remove it.",
		},
		Tree: checkFilterSwallowsTarget,
	},
	{
		Code: "SIG1213", Name: "filter-swallows-branch", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter that silences a part of a rule",
			What:  "Proved: with the filter, an alternative of the rule or a listed value never matches, and without it, it does.",
			Why:   "The rule looks as if it covered the case, and it does not.",
			Bad: strings.Replace(clean, "Image|endswith: '/lsof'", "Image|endswith:\n            - '/lsof'\n            - '/netstat'", 1) + "---\n" +
				filter(strings.Replace(plainFilter, "        ParentImage: '/opt/backup/bash'\n", "        Image|endswith: '/lsof'\n", 1)),
			Good: clean + "---\n" + filter(plainFilter),
			Fix:  "Add a condition that only the unwanted events meet.",
		},
		Tree: checkFilterSwallowsBranch,
	},
	{
		Code: "SIG1214", Name: "wide-filter", Severity: lint.Info, Profiles: rs,
		Options: []lint.Option{{Name: "rules", Meaning: "how many rules a filter may apply to", Default: 25, Min: 1}},
		Doc: lint.Doc{
			Title: "Filter for very many rules",
			What:  "A filter that applies to more than 25 rules of the run (an option), or `rules: any` with a log source that says no more than the product.",
			Why:   "Whoever fits into such a filter is invisible everywhere at once, in rules that nobody thought of.",
			Bad: clean + "---\n" + strings.Replace(filter(strings.Replace(plainFilter, "rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "rules: any", 1)),
				"    category: process_creation\n", "", 1),
			Good: clean + "---\n" + filter(plainFilter),
			Fix:  "Name the rules that raise the unwanted alerts.",
		},
		Tree: checkWideFilter,
	},
	{
		Code: "SIG1216", Name: "overlapping-filters", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter that another filter makes superfluous",
			What:  "Proved: of the events of a rule, another filter that applies to it takes all that this one does. Of two that take the same, the later one is reported.",
			Why:   "Two places have to be changed when the exclusion turns out to be wrong; one is easily forgotten.",
			Bad: clean + "---\n" + filter(plainFilter) + "---\n" + secondFilter.Replace(filter(strings.Replace(plainFilter, "        ParentImage: '/opt/backup/bash'\n",
				"        ParentImage: '/opt/backup/bash'\n        ParentUser: 'root'\n", 1))),
			Good: clean + "---\n" + filter(plainFilter) + "---\n" + secondFilter.Replace(filter(strings.Replace(plainFilter, "backup", "nightly", 1))),
			Fix:  "Keep the wider one, or the narrower if that is enough.",
		},
		Tree: checkOverlappingFilters,
	},
}

// secondFilter makes another filter document of an example.
var secondFilter = strings.NewReplacer("2b8f6f0c", "3c8f6f0c", "title: Log Rotation", "title: Nightly Jobs")

// filterUse is a filter document with the rules it applies to.
type filterUse struct {
	entry  *lint.Entry
	filter *rules.Filter
	of     []filterTarget
	judged bool // its condition has a meaning, and does not keep what it should exclude
}

type filterTarget struct {
	rule *lint.Entry
	at   source.Span // where the filter names it
}

// filterEffect is what was proved of a filter and one rule.
type filterEffect struct {
	use     *filterUse
	target  filterTarget
	title   string         // of the rule
	noop    string         // why nothing is excluded, or empty
	by      []lint.Related // the exclusions or filters behind that
	within  *filterUse     // another filter that takes all that this one does
	whole   bool           // nothing is left of the rule
	parts   []string       // what is left out for good, in words
	spans   []lint.Related
	assumed string
}

// judgedTargets bounds the rules of one filter that are proved about: `rules: any` can mean thousands, and wide-filter tells.
const judgedTargets = 200

// Keys under which the checks of one run share filters and their effects.
const (
	filterUseKey    = "filters"
	filterEffectKey = "effects of filters"
)

// filterUses are all filter documents with what they apply to (rules/match.Applies), by the index alone.
func filterUses(p *lint.TreePass) []*filterUse {
	if known, ok := p.Shared[filterUseKey].([]*filterUse); ok {
		return known
	}
	index := referencesIn(p)
	var out []*filterUse
	for _, e := range p.Entries {
		if e.Kind != kindFilter {
			continue // before the document is read again
		}
		f, ok := e.Document().(*rules.Filter)
		if !ok {
			continue
		}
		u := &filterUse{entry: e, filter: f, judged: f.Detection.Evaluable() == nil && !inverted(f)}
		l := e.Logsource
		fits := func(rule *lint.Entry) bool {
			part, _, _ := misfit(l, rule.Logsource)
			return rule.Kind == kindRule && part == "" && l.Product.Value+l.Category.Value+l.Service.Value != ""
		}
		if f.Any {
			at := e.Anchor
			if key := f.Node.Entry("rules"); key != nil {
				at = key.Value.Span
			}
			for _, rule := range p.Entries {
				if fits(rule) {
					u.of = append(u.of, filterTarget{rule, at})
				}
			}
		}
		for _, name := range e.Rules {
			rule := index.find(name.Value)
			if !f.Any && rule != nil && fits(rule) && !slices.ContainsFunc(u.of, func(t filterTarget) bool { return t.rule == rule }) {
				u.of = append(u.of, filterTarget{rule, name.Span})
			}
		}
		out = append(out, u)
	}
	p.Shared[filterUseKey] = out
	return out
}

// inverted reports a filter whose condition holds only where one of its identifiers matches.
func inverted(f *rules.Filter) bool {
	for _, c := range f.Detection.Conditions {
		if c.Root == nil {
			continue
		}
		if holds, known := withoutMatch(c.Root); known && holds {
			return false
		}
	}
	return true
}

// filterEffects proves what the linted filters do, in the order of the filters and their lists.
func filterEffects(p *lint.TreePass) []filterEffect {
	if known, ok := p.Shared[filterEffectKey].([]filterEffect); ok {
		return known
	}
	uses := filterUses(p)
	applied := map[*lint.Entry][]*filterUse{}
	for _, u := range uses {
		for _, t := range u.of {
			applied[t.rule] = append(applied[t.rule], u)
		}
	}
	out := []filterEffect{}
	for _, u := range uses {
		if u.entry.Context || !u.judged {
			continue
		}
		for _, t := range u.of[:min(len(u.of), judgedTargets)] {
			if rule, ok := t.rule.Document().(*rules.Rule); ok && rule.Detection.Evaluable() == nil && !repeatsKey(rule) {
				e := filterEffect{use: u, target: t, title: shorter(rule.Title.Value)}
				e.prove(p, rule, applied[t.rule])
				out = append(out, e)
			}
		}
	}
	p.Shared[filterEffectKey] = out
	return out
}

// prove asks what the filter does to a rule, among the filters that apply to it.
func (e *filterEffect) prove(p *lint.TreePass, rule *rules.Rule, all []*filterUse) {
	known := p.Facts.Domains.For(rule)
	prover := logic.NewProver(logic.Options{Lists: known.Lists})
	assume := func(a logic.Answer) {
		for _, assumed := range a.Assumptions {
			if assumed.Kind == logic.OneValue && !known.Single(assumed.Field) {
				e.assumed = ", assuming " + oneValue
			}
		}
	}
	before, kept := logic.FromRule(rule), logic.FromDetections(&e.use.filter.Detection)
	excluded := logic.Not(kept)
	effect := prover.Effect(before, excluded)
	if effect.Removes.Verdict == logic.No {
		if prover.Satisfiable(before).Verdict != logic.Yes {
			return // the rule never fires: not the filter's doing
		}
		assume(effect.Removes)
		e.noop = "the rule never matches what it excludes"
		for i, d := range effect.CoveredBy {
			if e.noop = "its own exclusions take them already"; i == 0 && len(effect.CoveredBy) == 1 {
				e.noop = "`" + shorter(d.Name) + "` takes them already"
			}
			e.by = append(e.by, lint.Related{File: rule.File, Span: d.Key.Span, Message: "an exclusion of the rule"})
		}
		return
	}
	if effect.Removes.Verdict != logic.Yes {
		return
	}
	swallowed, _ := prover.Swallows(before, excluded)
	for _, s := range swallowed {
		assume(s.Proof)
		words, span := partOf(rule, s.Part)
		e.whole = e.whole || words == ""
		e.parts, e.spans = append(e.parts, words), append(e.spans, lint.Related{File: rule.File, Span: span, Message: "never matches with the filter"})
	}
	if !e.whole {
		e.overlap(prover, before, excluded, all, assume)
	}
}

// overlap asks whether other filters take everything that this one does. Of two that take the same the later one is superfluous, and of several
// the last one: all of them cannot go. A filter that is not linted counts as an older one.
func (e *filterEffect) overlap(prover *logic.Prover, before, excluded *logic.Formula, all []*filterUse, assume func(logic.Answer)) {
	rest := before
	var others []*filterUse
	older := true
	for _, o := range all {
		if o == e.use {
			older = false
		}
		if o == e.use || !o.judged {
			continue
		}
		other := logic.FromDetections(&o.filter.Detection)
		within := prover.Satisfiable(logic.And(before, other, excluded))
		yields := prover.Satisfiable(logic.And(before, logic.Not(excluded), logic.Not(other))).Verdict == logic.No
		first := older || o.entry.Context
		if within.Verdict == logic.No && (first || !yields) {
			assume(within)
			e.within = o
			return
		}
		if first && !yields {
			others, rest = append(others, o), logic.And(rest, other)
		}
	}
	if len(others) < 2 {
		return
	}
	if together := prover.Satisfiable(logic.And(rest, excluded)); together.Verdict == logic.No {
		assume(together)
		e.noop = fmt.Sprintf("%d other filters take them together", len(others))
		for _, o := range others[:min(len(others), relatedPlaces)] {
			e.by = append(e.by, lint.Related{File: o.entry.File(), Span: o.entry.Anchor, Message: "another filter"})
		}
	}
}

// partOf words a part of a rule; nothing for the rule itself.
func partOf(rule *rules.Rule, part logic.Part) (words string, span source.Span) {
	span = rule.Anchor()
	if rule.Detection.Key != nil {
		span = rule.Detection.Key.Span
	}
	switch part := part.(type) {
	case *rules.Test:
		words = "a value"
		if part.Value != nil {
			words, span = "the value `"+shorter(part.Value.Text)+"`", part.Value.Node.Span
		}
	case *rules.Detection:
		words, span = "`"+shorter(part.Name)+"`", part.Key.Span
	case *rules.Block:
		words, span = "an entry of a list", first(part)
	case *rules.Item:
		words, span = "`"+shorter(part.KeyText())+"`", part.Span()
	case *rules.Expr:
		words, span = "a branch of the condition", part.Span
	}
	return words, span
}

func checkFilterWithoutEffect(p *lint.TreePass) {
	of := map[*filterUse][]filterEffect{}
	var order []*filterUse
	for _, e := range filterEffects(p) {
		if of[e.use] == nil {
			order = append(order, e.use)
		}
		of[e.use] = append(of[e.use], e)
	}
	for _, u := range order {
		idle := slices.DeleteFunc(slices.Clone(of[u]), func(e filterEffect) bool { return e.noop == "" })
		if u.filter.Any {
			if len(idle) == len(u.of) {
				p.ReportEntry(u.entry, lint.Finding{
					Span:    idle[0].target.at,
					Message: fmt.Sprintf("the filter takes no event from any of the %s with its log source", counted(len(idle), "rule")),
					Help:    "correct the filter, or remove it",
				})
			}
			continue
		}
		for _, e := range idle {
			p.ReportEntry(u.entry, lint.Finding{
				Span: e.target.at, Message: fmt.Sprintf("the filter takes no event from `%s`: %s", e.title, e.noop) + e.assumed, Help: "correct the filter, or take the rule off its list",
				Related: e.by,
			})
		}
	}
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func checkFilterSwallowsTarget(p *lint.TreePass) {
	for _, e := range filterEffects(p) {
		if !e.whole {
			continue
		}
		f := lint.Finding{
			Span: e.target.at, Message: fmt.Sprintf("the filter takes every event of `%s`", e.title) + e.assumed, Help: "add a condition that only the unwanted events meet",
			Related: e.spans[:1],
		}
		if e.assumed != "" {
			f.Severity = lint.Warning
		}
		p.ReportEntry(e.use.entry, f)
	}
}

func checkFilterSwallowsBranch(p *lint.TreePass) {
	for _, e := range filterEffects(p) {
		if e.whole || len(e.parts) == 0 {
			continue
		}
		what := e.parts[0]
		if n := len(e.parts) - 1; n > 0 {
			what += fmt.Sprintf(" and %d more", n)
		}
		p.ReportEntry(e.use.entry, lint.Finding{
			Span: e.target.at, Message: fmt.Sprintf("with the filter, %s of `%s` never matches", what, e.title) + e.assumed, Help: "add a condition that only the unwanted events meet",
			Related: e.spans[:min(len(e.spans), relatedPlaces)],
		})
	}
}

func checkOverlappingFilters(p *lint.TreePass) {
	for _, e := range filterEffects(p) {
		if e.within == nil {
			continue
		}
		other := e.within.entry
		p.ReportEntry(e.use.entry, lint.Finding{
			Span:    e.target.at,
			Message: fmt.Sprintf("of `%s`, the filter `%s` takes all that this one does", e.title, shorter(other.Title.Value)) + e.assumed,
			Help:    "keep the one that is meant",
			Related: []lint.Related{{File: other.File(), Span: other.Anchor, Message: "the other filter"}},
		})
	}
}

func checkWideFilter(p *lint.TreePass) {
	for _, u := range filterUses(p) {
		l := u.entry.Logsource
		productOnly := u.filter.Any && l.Product.Value != "" && l.Category.Value == "" && l.Service.Value == ""
		if u.entry.Context || !productOnly && len(u.of) <= p.Int("rules") {
			continue
		}
		f := lint.Finding{Span: u.entry.Anchor, Message: "the filter applies to " + counted(len(u.of), "rule") + byLevel(u.of), Help: "name the rules that raise the unwanted alerts"}
		if len(u.of) > 0 {
			f.Span = u.of[0].at
		}
		if key := u.filter.Node.Entry("rules"); key != nil {
			f.Span = key.Key.Span
		}
		if productOnly {
			f.Message = fmt.Sprintf("the filter applies to whatever has `product: %s`, here to ", shorter(l.Product.Value)) + counted(len(u.of), "rule") + byLevel(u.of)
		}
		p.ReportEntry(u.entry, f)
	}
}

// byLevel counts rules by their level, the worst first.
func byLevel(targets []filterTarget) string {
	count := map[string]int{}
	for _, t := range targets {
		count[t.rule.Level.Value]++
	}
	var out []string
	for _, level := range []string{"critical", "high", "medium", "low", "informational"} {
		if n := count[level]; n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, level))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}
