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
		Deep: true, Tree: duplicateRules,
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
		Deep: true, Tree: subsumedRules(func(inner, outer int) bool { return inner < outer }, "higher", "exclude the case there, raise the level, or link the two under `related`", ""),
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
		Deep: true, Tree: subsumedRules(func(inner, outer int) bool { return inner == outer }, "the same", "link the two under `related`", "similar"),
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
		Deep: true, Tree: subsumedRules(func(inner, outer int) bool { return inner > outer }, "lower", "link the two under `related`", "derived"),
	},
}

// otherExample and higherExample make a second document of an example.
var (
	otherExample  = strings.NewReplacer("6f1f7c3e", "7a1f7c3e", "Open Files", "Connections")
	higherExample = strings.NewReplacer("6f1f7c3e", "7a1f7c3e", "Open Files", "Connections", "level: low", "level: high")
)

// levels in the order of their weight.
var levels = map[string]int{"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}

// rulesetKey is where the checks of one run share the rules, ready to be compared.
const rulesetKey = "ruleset"

// ruleset is the rules of the run that are in use and have a log source; nil when there is nothing to compare.
func ruleset(p *lint.TreePass) *logic.Ruleset {
	if len(p.Documents) < 2 {
		return nil
	}
	if set, ok := p.Shared[rulesetKey].(*logic.Ruleset); ok {
		return set
	}
	var list []*rules.Rule
	for _, d := range p.Documents {
		r, ok := d.(*rules.Rule)
		if ok && r.Status.Value != "deprecated" && r.Status.Value != "unsupported" {
			list = append(list, r)
		}
	}
	set := logic.NewRuleset(list, logic.Options{})
	set.Among(func(inner, outer int) bool { return within(set.Rules[inner].Logsource, set.Rules[outer].Logsource) })
	p.Shared[rulesetKey] = set
	return set
}

// within reports that a log source is the same as another or a part of it.
func within(inner, outer rules.Logsource) bool {
	part := func(a, b string) bool { return b == "" || strings.EqualFold(a, b) }
	return part(inner.Product.Value, outer.Product.Value) && part(inner.Category.Value, outer.Category.Value) && part(inner.Service.Value, outer.Service.Value)
}

// linked reports that one of two rules names the other under `related`.
func linked(a, b *rules.Rule) bool {
	names := func(a, b *rules.Rule) bool {
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
func granted(p *lint.TreePass, set *logic.Ruleset, list []logic.Containment, ask func(p *logic.Prover, inner, outer *logic.Formula) logic.Answer) []logic.Containment {
	kept := list[:0]
	for _, c := range list {
		inner, outer := set.Rules[c.Inner], set.Rules[c.Outer]
		a, b := p.Facts.Domains.For(inner), p.Facts.Domains.For(outer)
		several := func(field string) bool { return a.Lists(field) || b.Lists(field) }
		if slices.ContainsFunc(c.Proof.Assumptions, func(a logic.Assumption) bool { return a.Kind == logic.OneValue && several(a.Field) }) {
			c.Proof = ask(logic.NewProver(logic.Options{Lists: several}), logic.FromRule(inner), logic.FromRule(outer))
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
		a, b := set.Rules[i].Logsource, set.Rules[j].Logsource
		return within(a, b) && within(b, a)
	}
	for _, c := range granted(p, set, set.Equivalent(same), (*logic.Prover).Equivalent) {
		a, b := set.Rules[c.Inner], set.Rules[c.Outer]
		p.Report(a, lint.Finding{
			Span:    a.Anchor(),
			Message: fmt.Sprintf("the rule matches the same events as `%s`%s", source.Shorten(b.Title.Value), assumingOne(p, c, a, b)),
			Help:    "keep one of them",
			Related: []lint.Related{{File: b.File, Span: b.Anchor(), Message: "the other rule"}},
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
			a, b := set.Rules[i], set.Rules[j]
			inner, outer := levels[a.Level.Value], levels[b.Level.Value]
			return inner > 0 && outer > 0 && level(inner, outer) && within(a.Logsource, b.Logsource) && !linked(a, b)
		}
		by := map[int][]logic.Containment{}
		for _, c := range granted(p, set, set.Contained(wanted), (*logic.Prover).Implies) {
			by[c.Inner] = append(by[c.Inner], c)
		}
		for i, a := range set.Rules {
			if len(by[i]) == 0 {
				continue
			}
			outer := set.Rules[by[i][0].Outer]
			name := "`" + source.Shorten(outer.Title.Value) + "`"
			assumed := assumingOne(p, by[i][0], a, outer)
			if assumed != "" { // there is less room for the name
				name = "`" + shorter(outer.Title.Value) + "`"
			}
			if n := len(by[i]) - 1; n > 0 {
				name += fmt.Sprintf(" and %d more", n)
			}
			f := lint.Finding{Span: a.Anchor(), Message: "all events of this rule are matched by " + name + ", whose level is " + word + assumed, Help: help}
			if a.Level.Present() {
				f.Span = a.Level.Span()
			}
			var wider []*rules.Rule
			for _, c := range by[i] {
				o := set.Rules[c.Outer]
				wider = append(wider, o)
				if len(f.Related) < relatedPlaces {
					f.Related = append(f.Related, lint.Related{File: o.File, Span: o.Anchor(), Message: "`" + source.Shorten(o.Title.Value) + "`, level " + o.Level.Value})
				}
			}
			if link != "" {
				f.Fix = linkTo(a, wider, link)
			}
			p.Report(a, f)
		}
	}
}
