package checks

import (
	"fmt"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// logicChecks are decided by the solver, never by comparing texts. A finding is a proof under both ways to fold case; where nothing was
// proved they are silent.
var logicChecks = append([]*lint.Check{
	{
		Code: "SIG0801", Name: "rule-never-matches", Severity: lint.Error, Profiles: rs, YieldsTo: []string{"all-never-matches"},
		Doc: lint.Doc{
			Title: "The rule can never match",
			What: "Proved: no event satisfies the condition, whatever the exclusions say. A warning where the proof takes for granted that a field holds one value " +
				"and the taxonomy does not say so.",
			Why:  "The rule is loaded, looks alive and detects nothing.",
			Bad:  example("    selection:\n        Image|endswith: '/lsof'\n    selection_tool:\n        Image|endswith: '/netstat'\n    condition: selection and selection_tool\n"),
			Good: example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/netstat'\n    condition: selection\n"),
			Fix:  "Correct the test that was mistyped, or join the two by `or`.",
		},
		Document: reportParts(logic.RuleNeverMatches),
	},
	{
		Code: "SIG0802", Name: "rule-never-matches-in-domain", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "No real event can match the rule",
			What: "Proved: no event satisfies the condition once it is granted what its fields can hold (the assumptions of value-outside-field-domain); the message names the " +
				"assumption. Rules that contradict themselves are rule-never-matches.",
			Why:  "The rule is loaded, looks alive and detects nothing.",
			Bad:  example("    selection:\n        Image: 'lsof'\n    condition: selection\n"),
			Good: example(selectLsof + "    condition: selection\n"),
		},
		Document: neverMatchesInDomain,
	},
	{
		Code: "SIG0803", Name: "rule-always-matches", Severity: lint.Error, Profiles: rs, YieldsTo: []string{"no-positive-test"},
		Doc: lint.Doc{
			Title: "The rule matches every event",
			What:  "Proved: no event escapes the condition.",
			Why:   "Every event of the log source becomes an alert.",
			Bad:   example("    selection_shell:\n        Image|contains: 'sh'\n    selection_other:\n        Image|contains|neq: 'sh'\n    condition: 1 of selection_*\n"),
			Good:  example("    selection_shell:\n        Image|endswith: '/sh'\n    selection_other:\n        CommandLine|contains: 'lsof -i'\n    condition: all of selection_*\n"),
		},
		Document: reportParts(logic.RuleAlwaysMatches),
	},
	{
		Code: "SIG0804", Name: "identifier-never-matches", Severity: lint.Error, Profiles: rs, YieldsTo: []string{"all-never-matches"},
		Doc: lint.Doc{
			Title: "An identifier contradicts itself",
			What: "Proved: no event matches the identifier alone, while the rule can still match. A warning where the proof takes for granted that a field holds one " +
				"value and the taxonomy does not say so.",
			Why:  "What it was written for is not detected, or not excluded.",
			Bad:  example("    selection_lsof:\n        Image|endswith: '/lsof'\n    selection_netstat:\n        Image: '/usr/bin/netstat'\n        Image|contains: '/sbin/'\n    condition: 1 of selection_*\n"),
			Good: example("    selection_lsof:\n        Image|endswith: '/lsof'\n    selection_netstat:\n        Image: '/usr/sbin/netstat'\n    condition: 1 of selection_*\n"),
		},
		Document: reportParts(logic.IdentifierContradictory),
	},
	{
		Code: "SIG0805", Name: "dead-identifier", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "An identifier changes nothing",
			What: "Proved: a positive identifier can be deleted and the rule matches the same events, because others cover it or the rest of the rule contradicts it. Of two " +
				"that cover each other, one is reported; identifiers of equal content are identical-identifiers.",
			Why:  "It looks like coverage and is none; usually one of the two was meant to be narrower.",
			Bad:  example("    selection_any:\n        CommandLine|contains: 'lsof'\n    selection_network:\n        CommandLine|contains: 'lsof -i'\n    condition: 1 of selection_*\n"),
			Good: example("    selection_any:\n        CommandLine|contains: 'lsof'\n    condition: selection_any\n"),
		},
		Document: reportParts(logic.IdentifierDead),
	},
	{
		Code: "SIG0806", Name: "implied-identifier", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "An identifier always holds when the rest does",
			What:  "Proved: a positive identifier is true on every event on which the rest of the condition is.",
			Why:   "It looks like a restriction and is none.",
			Bad:   example("    selection:\n        CommandLine|contains: 'lsof -i'\n    selection_tool:\n        CommandLine|contains: 'lsof'\n    condition: selection and selection_tool\n"),
			Good:  example("    selection:\n        CommandLine|contains: 'lsof -i'\n    condition: selection\n"),
		},
		Document: reportParts(logic.IdentifierImplied),
	},
	{
		Code: "SIG0807", Name: "dead-alternative", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An entry of a list of maps changes nothing",
			What:  "Proved: an entry of a list of maps, or a branch of the condition, that its siblings or the rest of the rule cover.",
			Why:   "It can be removed.",
			Bad:   example("    selection:\n        - CommandLine|contains: 'lsof'\n        - CommandLine|contains: 'lsof -i'\n    condition: selection\n"),
			Good:  example("    selection:\n        - CommandLine|contains: 'lsof'\n        - Image|endswith: '/netstat'\n    condition: selection\n"),
		},
		Document: reportParts(logic.AlternativeDead),
	},
	{
		Code: "SIG0808", Name: "dead-value", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "A value changes nothing because of the rest",
			What:  "Proved: values of a positive list that can be removed and the rule matches the same events. Values that only their own list covers are subsumed-value.",
			Why:   "Either the value is mistyped, or what covers it is wider than meant.",
			Bad: example("    selection_image:\n        Image|endswith:\n            - '/lsof'\n            - '/netstat'\n    selection_path:\n        Image|contains: '/lsof'\n" +
				"    condition: 1 of selection_*\n"),
			Good: example("    selection_image:\n        Image|endswith: '/netstat'\n    selection_path:\n        Image|contains: '/lsof'\n    condition: 1 of selection_*\n"),
		},
		Document: reportParts(logic.ValueDead),
	},
	{
		Code: "SIG0809", Name: "subsumed-value", Severity: lint.Info, Profiles: s, YieldsTo: []string{"duplicate-value"},
		Doc: lint.Doc{
			Title: "A value is covered by another of its list",
			What:  "Proved: every text that the value matches is matched by other values of the same list. All values that are named can go together. Quiet where a lone `*` covers them, which is presence-only-value.",
			Why:   "True, and mostly meant as documentation.",
			Bad:   selectWith("CommandLine|contains:\n    - 'lsof'\n    - 'lsof -i'"),
			Good:  selectWith("CommandLine|contains: 'lsof'"),
		},
		Document: reportParts(logic.ValueCovered),
	},
	{
		Code: "SIG0810", Name: "implied-all-value", Severity: lint.Info, Profiles: s, YieldsTo: []string{"duplicate-value"},
		Doc: lint.Doc{
			Title: "A value under `all` is implied by another",
			What:  "Proved: every text that has the other values of the item has this one too.",
			Why:   "It can be removed.",
			Bad:   selectWith("CommandLine|contains|all:\n    - 'lsof'\n    - 'lsof -i'"),
			Good:  selectWith("CommandLine|contains: 'lsof -i'"),
		},
		Document: reportParts(logic.AllValueImplied),
	},
	{
		Code: "SIG0811", Name: "implied-item", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An item always holds when the rest does",
			What:  "Proved: a positive item, or a value under `all`, that the other items of the rule imply.",
			Why:   "It looks like a restriction and is none.",
			Bad:   selectWith("CommandLine|startswith: 'lsof -i'\nCommandLine|contains: 'lsof'"),
			Good:  selectWith("CommandLine|startswith: 'lsof -i'"),
		},
		Document: reportParts(logic.ItemImplied),
	},
	{
		Code: "SIG0812", Name: "exclusion-restates-selection", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An exclusion repeats what the rule requires",
			What:  "Proved: an item of an exclusion, beside others, that holds for everything the rule could match.",
			Why:   "A deliberate style, which makes the exclusion readable alone.",
			Bad:   example(selectLsof + "    filter_main_monit:\n        Image|endswith: '/lsof'\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not 1 of filter_main_*\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not 1 of filter_main_*\n"),
		},
		Document: reportParts(logic.ExclusionRestates),
	},
	{
		Code: "SIG0813", Name: "exclusion-never-applies", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "An exclusion removes nothing",
			What: "Proved: an exclusion that contradicts the selection, or that lies inside other exclusions; the message says which. Exclusions of absent and empty values are " +
				"null-guard, exclusions of equal content identical-identifiers.",
			Why:  "The false positives it was written for still come, or a wider exclusion hides more than anybody looks at.",
			Bad:  example(selectLsof + "    filter_main_netstat:\n        Image: '/usr/bin/netstat'\n    condition: selection and not 1 of filter_main_*\n"),
			Good: example(selectLsof + "    filter_main_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not 1 of filter_main_*\n"),
		},
		Document: reportParts(logic.ExclusionDead),
	},
	{
		Code: "SIG0814", Name: "null-guard", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An exclusion of empty values cannot matter",
			What:  "Proved: an exclusion of absent or empty values, on a field of which the rule requires a value already.",
			Why:   "A habit; it can be removed.",
			Bad:   example("    selection:\n        CommandLine|contains: 'lsof -i'\n    filter_main_null:\n        CommandLine: null\n    condition: selection and not 1 of filter_main_*\n"),
			Good:  example("    selection:\n        CommandLine|contains: 'lsof -i'\n    condition: selection\n"),
		},
		Document: reportParts(logic.NullGuard),
	},
	{
		Code: "SIG0815", Name: "dead-exclusion-value", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "A value of an exclusion removes nothing",
			What:  "Proved: values of an exclusion that can be removed and the rule matches the same events, because of the rest of the rule. Values that only their own list covers are subsumed-value.",
			Why:   "Mostly a typo or a name that the selection never had: what it was written for is not excluded.",
			Bad: example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/netstat'\n    filter_main_monit:\n        Image|endswith:\n            - '/lsof'\n            - '/lsoff'\n" +
				"        ParentImage: '/usr/bin/monit'\n    condition: selection and not 1 of filter_main_*\n"),
			Good: example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/netstat'\n    filter_main_monit:\n        Image|endswith: '/lsof'\n        ParentImage: '/usr/bin/monit'\n" +
				"    condition: selection and not 1 of filter_main_*\n"),
		},
		Document: reportParts(logic.ExclusionValueDead),
	},
	{
		Code: "SIG0816", Name: "exclusion-swallows-rule", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "The exclusions remove everything",
			What:  "Proved: the rule could match without its exclusions and cannot with them. The smallest set that does it is named.",
			Why:   "The rule is switched off, and nothing shows it.",
			Bad:   example(selectLsof + "    filter_main_bin:\n        Image|contains: 'lsof'\n    condition: selection and not 1 of filter_main_*\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not 1 of filter_main_*\n"),
		},
		Document: reportParts(logic.ExclusionsSwallowRule),
	},
	{
		Code: "SIG0817", Name: "exclusion-swallows-branch", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "The exclusions remove all that a branch matches",
			What:  "Proved: exclusions remove everything that one positive identifier, one entry of a list of maps or one branch of the condition can match.",
			Why:   "That branch is switched off, and nothing shows it.",
			Bad:   example("    selection_lsof:\n        Image|endswith: '/lsof'\n    selection_netstat:\n        Image|endswith: '/netstat'\n    filter_main_bin:\n        Image|contains: 'netstat'\n    condition: 1 of selection_* and not 1 of filter_main_*\n"),
			Good:  example("    selection_lsof:\n        Image|endswith: '/lsof'\n    selection_netstat:\n        Image|endswith: '/netstat'\n    filter_main_bin:\n        ParentImage: '/usr/bin/monit'\n    condition: 1 of selection_* and not 1 of filter_main_*\n"),
		},
		Document: reportParts(logic.BranchSwallowed),
	},
	{
		Code: "SIG0818", Name: "exclusion-swallows-value", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "The exclusions remove all that a value matches",
			What:  "Proved: exclusions remove everything that a value of a positive list can match.",
			Why:   "That value is switched off, and nothing shows it.",
			Bad:   example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/netstat'\n    filter_main_bin:\n        Image|contains: 'netstat'\n    condition: selection and not 1 of filter_main_*\n"),
			Good:  example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/netstat'\n    filter_main_bin:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not 1 of filter_main_*\n"),
		},
		Document: reportParts(logic.ValueSwallowed),
	},
	{
		Code: "SIG0819", Name: "identical-identifiers", Severity: lint.Warning, Profiles: proved,
		Doc: lint.Doc{
			Title: "Two identifiers match the same events",
			What:  "Proved: two identifiers that the condition uses match the same events.",
			Why:   "One is superfluous, or was copied and not changed.",
			Bad:   example("    selection_one:\n        Image|endswith: '/lsof'\n    selection_two:\n        Image: '*/lsof'\n    condition: 1 of selection_*\n"),
			Good:  example("    selection_one:\n        Image|endswith: '/lsof'\n    selection_two:\n        Image|endswith: '/netstat'\n    condition: 1 of selection_*\n"),
		},
		Document: reportParts(logic.IdentifiersIdentical),
	},
}, ruleRelationChecks...)

// allNeverMatches asks the solver about every list under `all` that could clash. `contains` alone never does: a longer text holds both.
func allNeverMatches(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if !i.All || i.Keyword() || len(i.Tests) < 2 || i.Negated || i.Has("contains") {
			return
		}
		a := logic.Satisfiable(logic.FromItem(i))
		if a.Verdict != logic.No {
			return
		}
		f := lint.Finding{
			Span:    i.Span(),
			Message: fmt.Sprintf("no value can satisfy all of `%s`: %s", source.Shorten(i.KeyText()), a.Explain()),
			Help:    "remove `all` if any of the values is meant, or add `contains` if all are parts of one text",
		}
		if !fields(p).Single(i.Field) {
			f.Severity = lint.Info
			f.Message = fmt.Sprintf("no single value can satisfy all of `%s`; the field would have to hold several", source.Shorten(i.KeyText()))
		}
		p.Report(f)
	})
}
