package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema"
)

// correlationChecks are family 11. Shapes and words are judged by schema; what follows from several keys together is judged here.
var correlationChecks = []*lint.Check{
	{
		Code: "SIG1101", Name: schema.MissingCorrelationKey, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Correlation without a needed key",
			What:  "`type`, `rules` or `timespan` is missing or empty, or `condition` is and the type is not temporal.",
			Why:   "The correlation cannot be loaded, so nothing is detected.",
			Bad:   correlation(eventCount("", "    condition:\n        gte: 10\n")),
			Good:  correlation(manyEvents),
		},
	},
	{
		Code: "SIG1102", Name: schema.InvalidCorrelationType, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Unknown type of correlation",
			What:  "`type` is not event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile or value_median. A warning where only letter case or outer blanks differ.",
			Why:   "The correlation cannot be loaded, so nothing is detected.",
			Bad:   correlation(strings.Replace(manyEvents, "event_count", "event_counts", 1)),
			Good:  correlation(manyEvents),
		},
	},
	{
		Code: "SIG1103", Name: schema.EmptyCorrelationRules, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Correlation of no rules",
			What:  "`rules` is empty.",
			Why:   "There is nothing to correlate.",
			Bad:   correlation(strings.Replace(manyEvents, "    rules:\n        - open_files_by_shell\n", "    rules: []\n", 1)),
			Good:  correlation(manyEvents),
		},
	},
	{
		Code: "SIG1104", Name: "too-few-correlated-rules", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Temporal correlation of one rule",
			What:  "A temporal or temporal_ordered correlation names fewer than two different rules.",
			Why:   "Nothing can happen together with itself: it fires whenever the rule does.",
			Bad:   correlation(temporal("        - open_files_by_shell\n", "")),
			Good:  correlation(together),
		},
		Document: checkCorrelatedRules,
	},
	{
		Code: "SIG1105", Name: "missing-group-by", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Correlation without group-by",
			What:  "No or an empty `group-by` for event_count, value_count, temporal and temporal_ordered.",
			Why:   "Events of all hosts and users are counted together: the threshold is met by chance.",
			Bad:   correlation(strings.Replace(manyEvents, "    group-by:\n        - Computer\n", "", 1)),
			Good:  correlation(manyEvents),
		},
		Document: checkGroupBy,
	},
	{
		Code: "SIG1106", Name: schema.InvalidTimespan, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Timespan that is none",
			What:  "Not a positive whole number with `s`, `m`, `h` or `d`. A warning for `w`, `M` and `y`, which only pySigma knows.",
			Why:   "Engines refuse the correlation or take another window.",
			Bad:   correlation(strings.Replace(manyEvents, "10m", "10 minutes", 1)),
			Good:  correlation(manyEvents),
		},
	},
	{
		Code: "SIG1107", Name: schema.InvalidOperator, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Unknown operator in a correlation",
			What:  "A key of `condition` other than gt, gte, lt, lte, eq, neq, field and percentile.",
			Why:   "The threshold is not read.",
			Bad:   correlation(strings.Replace(manyEvents, "gte: 10", "min: 10", 1)),
			Good:  correlation(manyEvents),
		},
	},
	{
		Code: "SIG1108", Name: schema.ThresholdType, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Threshold that is no number",
			What:  "A threshold is not a number, or a fraction where events or values are counted.",
			Why:   "Engines refuse the correlation or cut the fraction off.",
			Bad:   correlation(strings.Replace(manyEvents, "gte: 10", "gte: '10'", 1)),
			Good:  correlation(manyEvents),
		},
	},
	{
		Code: "SIG1109", Name: "contradictory-threshold", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Thresholds that no number meets",
			What:  "No number, and for counts no whole number from 0 on, meets all thresholds of the condition. Ranges as such are legal.",
			Why:   "The correlation never fires.",
			Bad:   correlation(strings.Replace(manyEvents, "gte: 10", "gt: 10\n        lt: 5", 1)),
			Good:  correlation(manyEvents),
		},
		Document: checkContradictoryThreshold,
	},
	{
		Code: "SIG1110", Name: "trivial-threshold", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Threshold that is always met",
			What:  "The thresholds of event_count or value_count hold from one event on, or those of a temporal type from one rule on.",
			Why:   "The correlation fires on every event of its rules and adds nothing to them.",
			Bad:   correlation(strings.Replace(manyEvents, "gte: 10", "gte: 1", 1)),
			Good:  correlation(manyEvents),
		},
		Document: checkTrivialThreshold,
	},
	{
		Code: "SIG1111", Name: "nonportable-correlation", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Correlation that not every engine reads",
			What:  "Two operators that make a range, `rules` as a single text, or `value_median`. An info for a condition that is text.",
			Why:   "pySigma refuses ranges; the specification has neither single texts nor medians nor conditions over rule names.",
			Bad:   correlation(strings.Replace(manyEvents, "    rules:\n        - open_files_by_shell\n", "    rules: open_files_by_shell\n", 1)),
			Good:  correlation(manyEvents),
		},
		Document: checkPortableCorrelation,
	},
	{
		Code: "SIG1112", Name: schema.MissingField, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "No field to count values of",
			What:  "A `value_*` correlation without `field` in its condition.",
			Why:   "Nothing says which values count; the correlation cannot be loaded.",
			Bad:   correlation(strings.Replace(manyValues, "        field: TargetFilename\n", "", 1)),
			Good:  correlation(manyValues),
		},
	},
	{
		Code: "SIG1113", Name: "superfluous-correlation-field", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Field or percentile that the type does not have",
			What:  "`field` in an event_count or temporal correlation. A warning for `percentile` outside value_percentile, or not from 0 to 100.",
			Why:   "Values were to be counted, and events are: the threshold means something else.",
			Bad:   correlation(strings.Replace(manyEvents, "gte: 10", "gte: 10\n        field: TargetFilename", 1)),
			Good:  correlation(manyEvents),
		},
		Document: checkSuperfluousField,
	},
	{
		Code: "SIG1114", Name: schema.UnknownCorrelationKey, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Key that a correlation does not have",
			What:  "A key inside `correlation` other than type, rules, group-by, timespan, condition, aliases and generate.",
			Why:   "Nothing reads the key.",
			Bad:   correlation(manyEvents + "    window: sliding\n"),
			Good:  correlation(manyEvents),
		},
	},
	{
		Code: "SIG1115", Name: schema.GenerateNotBoolean, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "`generate` that is neither true nor false",
			What:  "`generate` is no boolean. A warning where it stands outside `correlation`, or at both places with different values.",
			Why:   "Whether the rules alert on their own is left to chance.",
			Bad:   correlation(manyEvents + "    generate: 'yes'\n"),
			Good:  correlation(manyEvents + "    generate: true\n"),
		},
	},
	{
		Code: "SIG1116", Name: "unresolved-correlation-rule", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Correlated rule that is not there",
			What:  "An entry of `rules` names a filter document, or, where the run sees a whole tree, is neither the id nor the name of a document. Titles do not count.",
			Why:   "pySigma ends the run on it; nothing is detected.",
			Bad:   filter(plainFilter) + "---\n" + correlation(strings.Replace(manyEvents, "open_files_by_shell", "2b8f6f0c-51c4-4a7e-8c55-9f2d0e6b7a13", 1)),
			Good:  correlation(manyEvents),
		},
		Tree: checkUnresolvedRules,
	},
	{
		Code: "SIG1117", Name: "duplicate-correlated-rule", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Correlated rule twice",
			What:  "The same id or name stands twice in `rules`.",
			Why:   "The second says nothing; another rule was probably meant.",
			Bad:   correlation(temporal("        - open_files_by_shell\n        - network_scan\n        - network_scan\n", "")),
			Good:  correlation(together),
		},
		Document: checkRuleTwice,
	},
	{
		Code: "SIG1118", Name: "correlation-cycle", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Correlation of itself",
			What:  "A correlation names itself, directly or through other correlations.",
			Why:   "Engines fail on it or never finish; nothing is detected.",
			Bad:   correlation(strings.Replace(manyEvents, "open_files_by_shell", "9d3f2b71-6c1e-4f0a-8a55-2e7c4b9f1d36", 1)),
			Good:  correlation(manyEvents),
		},
		Tree: checkCycles,
	},
	{
		Code: "SIG1119", Name: schema.InvalidAlias, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Broken alias",
			What:  "`aliases` is no map from alias to a map from rule to field, or an alias names a rule that is not in `rules` (judged where all rules are listed by name). A warning for an alias that neither group-by nor field uses.",
			Why:   "Events of the rules cannot be brought together.",
			Bad:   correlation(strings.Replace(aliased, "            network_scan: src_host\n", "            network_scans: src_host\n", 1)),
			Good:  correlation(aliased),
		},
		Document: checkAliases,
	},
	{
		Code: "SIG1120", Name: "unknown-group-by-field", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Grouping by a field that a rule does not have",
			What:  "`group-by` or `field` names a field that is no alias, and the log source of a correlated rule has a complete list of fields without it.",
			Why:   "Events of that rule have no such field: they are never grouped, and the threshold is never met.",
			Bad:   namedRule + "---\n" + correlation(strings.Replace(manyEvents, "- Computer", "- HostName", 1)),
			Good:  namedRule + "---\n" + correlation(manyEvents),
		},
		Tree: checkGroupByFields,
	},
	{
		Code: "SIG1121", Name: "correlation-condition-syntax", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Condition over rule names that does not fit",
			What:  "The text condition of a temporal correlation does not parse, names a rule that `rules` does not list, leaves a listed rule out, or wants no rule at all. Names are compared only where all rules are listed by name.",
			Why:   "pySigma ends the run on it; nothing is detected.",
			Bad:   correlation(together + "    condition: open_files_by_shell and\n"),
			Good:  correlation(together),
		},
		Document: checkCorrelationCondition,
	},
}

// correlation is a whole correlation document with this body.
func correlation(body string) string {
	return `title: Discovery of Network Connections by a Shell
id: 9d3f2b71-6c1e-4f0a-8a55-2e7c4b9f1d36
status: test
description: Detects many or varied listings of open files on one host, which intruders do to find network connections
references:
    - https://example.org/notes/open-files
author: sigtune
date: 2026-01-10
tags:
    - attack.discovery
    - attack.t1049
correlation:
` + body + `falsepositives:
    - Administrators
level: medium
`
}

// namedRule is the clean rule under the name that the correlations use.
var namedRule = exampleRule("name: open_files_by_shell\n", plainSelection)

// Bodies of correlations without a fault.
var (
	manyEvents = eventCount("    timespan: 10m\n", "    condition:\n        gte: 10\n")
	manyValues = strings.Replace(strings.Replace(manyEvents, "event_count", "value_count", 1), "gte: 10", "gte: 10\n        field: TargetFilename", 1)
	together   = temporal("        - open_files_by_shell\n        - network_scan\n", "")
	aliased    = strings.Replace(together, "- Computer", "- host", 1) +
		"    aliases:\n        host:\n            open_files_by_shell: Computer\n            network_scan: src_host\n"
)

func eventCount(timespan, condition string) string {
	return "    type: event_count\n    rules:\n        - open_files_by_shell\n    group-by:\n        - Computer\n" + timespan + condition
}

func temporal(rules, rest string) string {
	return "    type: temporal\n    rules:\n" + rules + "    group-by:\n        - Computer\n    timespan: 10m\n" + rest
}

// Types of correlations by what they do.
var (
	temporalTypes = map[string]bool{"temporal": true, "temporal_ordered": true}
	countingTypes = map[string]bool{"event_count": true, "value_count": true, "temporal": true, "temporal_ordered": true}
)

// asCorrelation is nil for other documents.
func asCorrelation(p *lint.Pass) *rules.Correlation {
	c, _ := p.Document.(*rules.Correlation)
	return c
}

func checkCorrelatedRules(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil || !temporalTypes[c.Type.Value] || len(c.Rules) == 0 {
		return
	}
	different := map[string]bool{}
	for _, r := range c.Rules {
		different[r.Value] = true
	}
	if len(different) < 2 {
		p.Report(lint.Finding{
			Span:    c.Rules[0].Node.Span,
			Message: fmt.Sprintf("`type: %s` correlates `%s` with nothing else", c.Type.Value, source.Shorten(c.Rules[0].Value)),
			Help:    "list a second rule, or count with `type: event_count`",
		})
	}
}

func checkGroupBy(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil || !countingTypes[c.Type.Value] {
		return
	}
	span := c.Type.Node.Span
	if e := c.Node.Entry("group-by"); e != nil {
		if !blankAttribute(e.Value) {
			return
		}
		span = e.Key.Span
	}
	p.Report(lint.Finding{
		Span:    span,
		Message: fmt.Sprintf("`type: %s` without `group-by` counts the events of all hosts and users together", c.Type.Value),
		Help:    "write `group-by:` with the field whose events belong together, such as the host or the user",
	})
}

func checkPortableCorrelation(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil {
		return
	}
	if n := c.Node.Find("rules"); n != nil && n.IsString() && n.Value != "" {
		f := lint.Finding{
			Span:    n.Span,
			Message: fmt.Sprintf("`rules: %s` is a single text; the specification wants a list", source.Shorten(n.Value)),
			Help:    "write it as a list: `- …`",
		}
		if n.Style == source.Plain && n.Alias == nil && n.Anchor == "" {
			f.Fix = &source.Fix{Title: "make a list of it", Edits: []source.Edit{{Span: n.Span, New: "[" + n.Text() + "]"}}}
		}
		p.Report(f)
	}
	if c.Type.Value == "value_median" {
		p.Report(lint.Finding{
			Span:    c.Type.Node.Span,
			Message: "`value_median` is known to pySigma only, not to the specification",
			Help:    "write `type: value_percentile` with `percentile: 50` where the engine has it",
		})
	}
	if all := thresholds(c); len(all) > 1 && meetable(all, countingTypes[c.Type.Value]) {
		p.Report(lint.Finding{
			Span:    all[1].entry.Key.Span,
			Message: fmt.Sprintf("`%s` and `%s` make a range; pySigma takes one operator and ends the run", all[0].entry.Key.Value, all[1].entry.Key.Value),
			Help:    "keep one operator where the rule has to run in pySigma",
			Related: []lint.Related{{Span: all[0].entry.Key.Span, Message: "the other operator"}},
		})
	}
	if n := textCondition(c); n != nil {
		p.Report(lint.Finding{
			Span: n.Span, Severity: lint.Info,
			Message: "a condition over rule names is known to pySigma only, not to the specification",
			Help:    "leave it out where all rules have to match",
		})
	}
}

func checkSuperfluousField(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil || c.Condition == nil || c.Condition.Value.Kind != source.Map {
		return
	}
	file := c.File
	if e := c.Condition.Value.Entry("field"); e != nil && (c.Type.Value == "event_count" || temporalTypes[c.Type.Value]) {
		f := lint.Finding{
			Span:    e.Key.Span,
			Message: fmt.Sprintf("`field` has no effect in a correlation of `type: %s`, which counts events", c.Type.Value),
			Help:    "remove it, or count its values with `type: value_count`",
		}
		if lines, ok := ownLines(file, e.Span()); ok && !e.Merged {
			f.Fix = &source.Fix{Title: "remove `field`", Safe: true, Edits: []source.Edit{{Span: lines}}}
		}
		p.Report(f)
	}
	e := c.Condition.Value.Entry("percentile")
	if e == nil {
		return
	}
	if c.Type.Value != "value_percentile" {
		p.Report(lint.Finding{
			Span: e.Key.Span, Severity: lint.Warning,
			Message: fmt.Sprintf("`percentile` has no effect in a correlation of `type: %s`", source.Shorten(c.Type.Value)),
			Help:    "remove it, or write `type: value_percentile`",
		})
		return
	}
	if n, ok := rules.ParseNumber(e.Value.Value); ok && (n.Float < 0 || n.Float > 100) {
		p.Report(lint.Finding{
			Span: e.Value.Span, Severity: lint.Warning,
			Message: fmt.Sprintf("`percentile: %s` is not between 0 and 100", e.Value.Value),
			Help:    "write a number from 0 to 100",
		})
	}
}

func checkRuleTwice(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil {
		return
	}
	first := map[string]*source.Node{}
	list := c.Node.Find("rules")
	for _, r := range c.Rules {
		before, again := first[r.Value]
		if !again {
			first[r.Value] = r.Node
			continue
		}
		f := lint.Finding{
			Span:    r.Node.Span,
			Message: fmt.Sprintf("`%s` stands in `rules` already", source.Shorten(r.Value)),
			Help:    "remove it, or name the rule that was meant",
			Related: []lint.Related{{Span: before.Span, Message: "the first one"}},
		}
		if edits := removeEntry(c.File, list, slices.Index(list.Items, r.Node)); edits != nil {
			f.Fix = &source.Fix{Title: "remove the entry", Safe: true, Edits: edits}
		}
		p.Report(f)
	}
}
