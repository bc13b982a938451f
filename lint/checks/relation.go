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

// ruleRelationChecks compare what the rules of one run match.
var ruleRelationChecks = []*lint.Check{
	{
		Code: "SIG0820", Name: "duplicate-rule", Severity: lint.Warning, Profiles: proved | q,
		Doc: lint.Doc{
			Title: "Two rules match the same events",
			What:  "Proved: two rules of the run with the same log source (ignoring `definition`) match the same events.",
			Why:   "Every event raises two alerts, and corrections reach only one of the rules.",
			Bad: example(selectLsof+"    condition: selection\n") + "---\n" + otherExample.Replace(
				example("    selection:\n        Image: '*/LSOF'\n    condition: selection\n")),
			Good: example(selectLsof+"    condition: selection\n") + "---\n" + otherExample.Replace(
				example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")),
			Fix: "Keep one, and list the id of the other under `related` as `obsolete`.",
		},
		Gather: gatherOutline, Tree: duplicateRules,
	},
	{
		Code: "SIG0821", Name: "subsumed-by-higher-rule", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "A rule of higher level matches all its events",
			What:  "Proved: another rule of the run, of strictly higher level and for the same or a wider log source, matches every event of this one, and `related` of neither links them.",
			Why:   "The narrower rule adds no alert, only a second and milder opinion.",
			Bad: example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n    condition: selection\n") + "---\n" +
				higherExample.Replace(example(selectLsof+"    condition: selection\n")),
			Good: example(selectLsof+"    condition: selection\n") + "---\n" +
				higherExample.Replace(example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n    condition: selection\n")),
			Fix: "Exclude the narrower case from the wider rule, raise the level, or link the two under `related`.",
		},
		Gather: gatherOutline, Tree: subsumedRules(func(inner, outer int) bool { return inner < outer }, "higher", "exclude the case there, raise the level, or link the two under `related`", ""),
	},
	{
		Code: "SIG0822", Name: "subsumed-by-equal-rule", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A rule of equal level matches all its events",
			What:  "Proved: another rule of the run, of the same level and for the same or a wider log source, matches every event of this one, and `related` of neither links them.",
			Why:   "The narrower rule adds no alert.",
			Bad: example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n    condition: selection\n") + "---\n" +
				otherExample.Replace(example(selectLsof+"    condition: selection\n")),
			Good: example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n") + "---\n" +
				otherExample.Replace(example(selectLsof+"    condition: selection\n")),
			Fix: "Link the two under `related`.",
		},
		Gather: gatherOutline, Tree: subsumedRules(func(inner, outer int) bool { return inner == outer }, "the same", "link the two under `related`", "similar"),
	},
	{
		Code: "SIG0823", Name: "undeclared-narrower-rule", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A rule of lower level matches all its events",
			What:  "Proved: another rule of the run, of lower level and for the same or a wider log source, matches every event of this one, and `related` of neither links them.",
			Why:   "By design common; a link lets the reader find the wider rule.",
			Bad: higherExample.Replace(example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: ' -i'\n    condition: selection\n")) + "---\n" +
				example(selectLsof+"    condition: selection\n"),
			Good: higherExample.Replace(example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")) + "---\n" +
				example(selectLsof+"    condition: selection\n"),
			Fix: "Link the two under `related`.",
		},
		Gather: gatherOutline, Tree: subsumedRules(func(inner, outer int) bool { return inner > outer }, "lower", "link the two under `related`", "derived"),
	},
}

// otherExample and higherExample make a second document of an example.
var (
	otherExample  = strings.NewReplacer("6f1f7c3e", "7a1f7c3e", "Open Files", "Connections")
	higherExample = strings.NewReplacer("6f1f7c3e", "7a1f7c3e", "Open Files", "Connections", "level: low", "level: high")
)

// levels in the order of their weight.
var levels = map[string]int{"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}

// rulesetKey is where outlines of rules are kept, and where the checks of one run share them, ready to be compared.
const rulesetKey = "ruleset"

// relations is the rules of a run that can be compared.
type relations struct {
	*logic.Ruleset
	entries []*lint.Entry // by index of the rule
}

// gatherOutline keeps what comparing rules takes, of rules that are in use.
func gatherOutline(p *lint.Pass) {
	if _, done := p.Shared[rulesetKey]; done || p.Rule == nil || p.Rule.Status.Value == "deprecated" || p.Rule.Status.Value == "unsupported" {
		return
	}
	p.Shared[rulesetKey] = true
	p.Keep(rulesetKey, analysis(p).Outline())
}

// ruleset is the rules of the run that are in use; nil when there is nothing to compare.
func ruleset(p *lint.TreePass) *relations {
	if set, ok := p.Shared[rulesetKey].(*relations); ok {
		return set
	}
	set := &relations{}
	var outlines []*logic.Outline
	for _, e := range p.Entries {
		if o, ok := e.Kept(rulesetKey).(*logic.Outline); ok {
			set.entries, outlines = append(set.entries, e), append(outlines, o)
		}
	}
	if len(set.entries) < 2 {
		return nil
	}
	set.Ruleset = logic.RulesetOf(outlines, set.rule, logic.Options{})
	set.Among(func(inner, outer int) bool {
		return within(&set.entries[inner].Logsource, &set.entries[outer].Logsource)
	})
	p.Shared[rulesetKey] = set
	return set
}

// rule reads a rule again; nil when its file changed meanwhile.
func (r *relations) rule(i int) *rules.Rule {
	rule, _ := r.entries[i].Document().(*rules.Rule)
	return rule
}

// within reports that a log source is the same as another or a part of it.
func within(inner, outer *lint.LogsourceEntry) bool {
	part := func(a, b *lint.Fact) bool { return b.Value == "" || strings.EqualFold(a.Value, b.Value) }
	return part(&inner.Product, &outer.Product) && part(&inner.Category, &outer.Category) && part(&inner.Service, &outer.Service)
}

// linked reports that one of two rules names the other under `related`.
func linked(a, b *lint.Entry) bool {
	names := func(a, b *lint.Entry) bool {
		for _, r := range a.Related {
			if r.ID.Value != "" && strings.EqualFold(r.ID.Value, b.ID.Value) {
				return true
			}
		}
		return false
	}
	return names(a, b) || names(b, a)
}

// granted keeps the containments that hold however many values the fields of either rule may have. They were proved with one value for each,
// which asks for less, so that those that need no such thing are not asked again.
func granted(p *lint.TreePass, set *relations, list []logic.Containment, ask func(p *logic.Prover, inner, outer *logic.Formula) logic.Answer) []logic.Containment {
	kept := list[:0]
	for _, c := range list {
		inner, outer := set.rule(c.Inner), set.rule(c.Outer)
		if inner == nil || outer == nil {
			continue
		}
		a, b := p.Facts.Domains.For(inner), p.Facts.Domains.For(outer)
		several := func(field string) bool { return a.Lists(field) || b.Lists(field) }
		if slices.ContainsFunc(c.Proof.Assumptions, func(a logic.Assumption) bool { return a.Kind == logic.OneValue && several(a.Field) }) {
			c.Proof = ask(logic.NewProver(logic.Options{Lists: several}), set.Formula(c.Inner), set.Formula(c.Outer))
		}
		if c.Proof.Verdict == logic.Yes {
			kept = append(kept, c)
		}
	}
	return kept
}

// assumingOne says that a containment takes one value for granted of a field of which the taxonomy does not say it.
func assumingOne(p *lint.TreePass, c logic.Containment, inner, outer *rules.Rule) string {
	a, b := p.Facts.Domains.For(inner), p.Facts.Domains.For(outer)
	for _, assumed := range c.Proof.Assumptions {
		if assumed.Kind == logic.OneValue && !(a.Single(assumed.Field) && b.Single(assumed.Field)) {
			return ", assuming " + oneValue
		}
	}
	return ""
}

func duplicateRules(p *lint.TreePass) {
	set := ruleset(p)
	if set == nil {
		return
	}
	same := func(i, j int) bool {
		a, b := &set.entries[i].Logsource, &set.entries[j].Logsource
		return within(a, b) && within(b, a)
	}
	for _, c := range granted(p, set, set.Equivalent(same), (*logic.Prover).Equivalent) {
		a, b := set.entries[c.Inner], set.entries[c.Outer]
		p.ReportEntry(a, lint.Finding{
			Span:    a.Anchor,
			Message: fmt.Sprintf("the rule matches the same events as `%s`%s", source.Shorten(b.Title.Value), assumingOne(p, c, set.rule(c.Inner), set.rule(c.Outer))),
			Help:    "keep one of them",
			Related: []lint.Related{{File: b.File(), Span: b.Anchor, Message: "the other rule"}},
		})
	}
}

// subsumedRules reports rules all of whose events another rule of a certain level matches, with a link of the given type as the fix.
func subsumedRules(level func(inner, outer int) bool, word, help, link string) func(*lint.TreePass) {
	return func(p *lint.TreePass) {
		set := ruleset(p)
		if set == nil {
			return
		}
		wanted := func(i, j int) bool {
			a, b := set.entries[i], set.entries[j]
			inner, outer := levels[a.Level.Value], levels[b.Level.Value]
			return inner > 0 && outer > 0 && level(inner, outer) && within(&a.Logsource, &b.Logsource) && !linked(a, b)
		}
		by := map[int][]logic.Containment{}
		for _, c := range granted(p, set, set.Contained(wanted), (*logic.Prover).Implies) {
			by[c.Inner] = append(by[c.Inner], c)
		}
		for i, a := range set.entries {
			if len(by[i]) == 0 {
				continue
			}
			rule := set.rule(i)
			outer := set.entries[by[i][0].Outer]
			name := "`" + source.Shorten(outer.Title.Value) + "`"
			assumed := assumingOne(p, by[i][0], rule, set.rule(by[i][0].Outer))
			if assumed != "" { // there is less room for the name
				name = "`" + shorter(outer.Title.Value) + "`"
			}
			if n := len(by[i]) - 1; n > 0 {
				name += fmt.Sprintf(" and %d more", n)
			}
			f := lint.Finding{Span: a.Anchor, Message: "all events of this rule are matched by " + name + ", whose level is " + word + assumed, Help: help}
			if a.Level.Written {
				f.Span = a.Level.Span
			}
			var wider []*rules.Rule
			for _, c := range by[i] {
				o := set.entries[c.Outer]
				wider = append(wider, set.rule(c.Outer))
				if len(f.Related) < relatedPlaces {
					f.Related = append(f.Related, lint.Related{File: o.File(), Span: o.Anchor, Message: "`" + source.Shorten(o.Title.Value) + "`, level " + o.Level.Value})
				}
			}
			if link != "" {
				f.Fix = linkTo(rule, wider, link)
			}
			p.ReportEntry(a, f)
		}
	}
}
