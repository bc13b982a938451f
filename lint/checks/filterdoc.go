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

// filterChecks are family 12, but for what takes the solver (filterEffectChecks).
var filterChecks = []*lint.Check{
	{
		Code: "SIG1201", Name: schema.MissingFilterKey, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Filter without a needed key",
			What:  "`filter` lacks `rules` or `condition`, or has an empty one. A filter without any selection is no-search-identifier.",
			Why:   "The filter cannot be loaded: the alerts it should take away stay.",
			Bad:   filter("    rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n    selection:\n        ParentImage: '/opt/backup/bash'\n"),
			Good:  filter(plainFilter),
		},
	},
	{
		Code: "SIG1202", Name: schema.InvalidFilterRules, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Filter whose rules cannot be read",
			What:  "`rules` is no list of different texts, or an empty one. A warning for `any` and for a single text, which only pySigma understands.",
			Why:   "The filter applies to nothing, or to everything.",
			Bad:   filter("    rules: []\n    selection:\n        ParentImage: '/opt/backup/bash'\n    condition: not selection\n"),
			Good:  filter(plainFilter),
		},
	},
	{
		Code: "SIG1203", Name: schema.InvalidFilterCondition, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Filter whose condition is no text",
			What:  "`condition` of a filter is a list, a map or a number. A filter has one condition.",
			Why:   "Tools refuse the filter: the alerts it should take away stay.",
			Bad:   filter("    rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n    selection:\n        ParentImage: '/opt/backup/bash'\n    condition:\n        - not selection\n"),
			Good:  filter(plainFilter),
		},
	},
	{
		Code: "SIG1204", Name: "inverted-filter", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter that keeps what it should exclude",
			What:  "The condition can hold only when one of its identifiers matches. It is joined to the rule's condition by `and`, as it stands.",
			Why:   "The rule then fires on the excluded events only, and on nothing else: every real detection is lost.",
			Bad:   filter("    rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n    selection:\n        ParentImage: '/opt/backup/bash'\n    condition: selection\n"),
			Good:  filter(plainFilter),
		},
		Tree: checkInvertedFilters,
	},
	{
		Code: "SIG1205", Name: "filter-has-level", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter with a level",
			What:  "`level` on a filter document.",
			Why:   "A filter raises no alert; the level of the rule counts.",
			Bad:   filter(plainFilter) + "level: low\n",
			Good:  filter(plainFilter),
		},
		Document: func(p *lint.Pass) { checkNotOnFilter(p, "level") },
	},
	{
		Code: "SIG1206", Name: "filter-has-status", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter with a status",
			What:  "`status` on a filter document.",
			Why:   "A filter is in force or it is not; engines do not look at its status.",
			Bad:   filter(plainFilter) + "status: test\n",
			Good:  filter(plainFilter),
		},
		Document: func(p *lint.Pass) { checkNotOnFilter(p, "status") },
	},
	{
		Code: "SIG1207", Name: "unresolved-filter-rule", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filtered rule that is not there",
			What:  "An entry of `rules` is the title of a document, or, where the run sees a whole tree, neither the id nor the name of one.",
			Why:   "Engines skip the entry without a word: the alerts the filter should take away stay.",
			Bad:   clean + "---\n" + filter(strings.Replace(plainFilter, "6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "Listing of Open Files by a Shell", 1)),
			Good:  clean + "---\n" + filter(plainFilter),
		},
		Tree: checkFilteredRules,
	},
	{
		Code: "SIG1208", Name: "filter-logsource-mismatch", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter for another log source than its rule's",
			What:  "Category, product or service of the filter is set, and a listed rule lacks it or has another one.",
			Why:   "The filter is never applied to the rule: the alerts it should take away stay.",
			Bad:   clean + "---\n" + strings.Replace(filter(plainFilter), "product: linux", "product: macos", 1),
			Good:  clean + "---\n" + filter(plainFilter),
		},
		Tree: checkFilterLogsource,
	},
	{
		Code: "SIG1209", Name: "filter-without-target", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter for which there is no rule",
			What:  "A filter with `rules: any` in a run that sees a whole tree, and no rule has its log source.",
			Why:   "The filter does nothing.",
			Fix:   "Correct the log source, or remove the filter.",
		},
		Tree: checkFilterTarget,
	},
	{
		Code: "SIG1210", Name: "filter-targets-correlation", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter for a correlation",
			What:  "An entry of `rules` is a correlation.",
			Why:   "A filter applies to rules with a log source only: the correlation goes on as before.",
			Bad:   correlation(manyEvents) + "---\n" + filter(strings.Replace(plainFilter, "6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "9d3f2b71-6c1e-4f0a-8a55-2e7c4b9f1d36", 1)),
			Good:  clean + "---\n" + filter(plainFilter),
		},
		Tree: checkFilteredCorrelation,
	},
	{
		Code: "SIG1215", Name: "filter-without-rationale", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Filter that nobody explains",
			What:  "A filter document without description, or without both author and date.",
			Why:   "Nobody dares to remove an exclusion whose reason is not known.",
			Bad:   "title: Log Rotation\nid: 2b8f6f0c-51c4-4a7e-8c55-9f2d0e6b7a13\nlogsource:\n    category: process_creation\n    product: linux\nfilter:\n" + plainFilter,
			Good:  filter(plainFilter),
		},
		Document: checkFilterRationale,
	},
}

// filter is a whole filter document with this body.
func filter(body string) string {
	return `title: Log Rotation
id: 2b8f6f0c-51c4-4a7e-8c55-9f2d0e6b7a13
description: Log rotation lists open files every night
author: sigtune
date: 2026-01-10
logsource:
    category: process_creation
    product: linux
filter:
` + body
}

// plainFilter is the body of a filter without a fault.
const plainFilter = `    rules:
        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11
    selection:
        ParentImage: '/opt/backup/bash'
    condition: not selection
`

// checkInvertedFilters evaluates conditions with every identifier false. When that is false, the condition holds only if some identifier
// matches: this is a proof, as identifiers are the only thing a condition consists of. What the rules come to is shown beside it.
func checkInvertedFilters(p *lint.TreePass) {
	for _, u := range filterUses(p) {
		if u.entry.Context {
			continue
		}
		for _, c := range u.filter.Detection.Conditions {
			if c.Root == nil || c.Aggregation != (source.Span{}) {
				continue
			}
			if holds, known := withoutMatch(c.Root); !known || holds {
				continue
			}
			p.Report(u.filter, lint.Finding{
				Span:    c.Node.Span,
				Message: fmt.Sprintf("the filter keeps only what `%s` matches; it is joined to the rule by `and`", shorter(c.Text)),
				Help:    "write `not (" + source.Shorten(c.Text) + ")` to exclude these events",
				Fix:     negation(c),
				Related: joined(u, c.Text),
			})
		}
	}
}

// joined shows the conditions of the first rules that a filter applies to, as they come to be.
func joined(u *filterUse, condition string) []lint.Related {
	var out []lint.Related
	for _, t := range u.of {
		rule, ok := t.rule.Document().(*rules.Rule)
		if !ok || len(rule.Detection.Conditions) != 1 {
			continue
		}
		if len(out) == relatedPlaces {
			break
		}
		own := rule.Detection.Conditions[0]
		out = append(out, lint.Related{
			File: rule.File, Span: own.Node.Span, Message: fmt.Sprintf("in effect `(%s) and (%s)`, the second part as the filter has it", shorter(own.Text), shorter(condition)),
		})
	}
	return out
}

// negation writes `not` before the whole condition, nil where the text does not stand in the file as it is.
func negation(c *rules.Condition) *source.Fix {
	n := c.Node
	if n.Alias != nil || !n.Mapped() || n.Style == source.Literal || n.Style == source.Folded {
		return nil
	}
	inner := n.Range(0, len(n.Value))
	open, end := "not (", ")"
	if c.Root.Op == rules.Name || c.Root.Op == rules.Of {
		open, end = "not ", ""
	}
	fix := &source.Fix{Title: "negate the condition", Edits: []source.Edit{{Span: source.Span{Start: inner.Start, End: inner.Start}, New: open}}}
	if end != "" {
		fix.Edits = append(fix.Edits, source.Edit{Span: source.Span{Start: inner.End, End: inner.End}, New: end})
	}
	return fix
}

// withoutMatch is the value of a condition when no identifier matches. It is not known where the condition has no certain meaning.
func withoutMatch(e *rules.Expr) (holds, known bool) {
	switch e.Op {
	case rules.Name, rules.Of:
		return false, len(e.Selected) > 0
	case rules.Not:
		holds, known = withoutMatch(e.Args[0])
		return !holds, known
	case rules.And, rules.Or:
		holds = e.Op == rules.And
		for _, a := range e.Args {
			h, k := withoutMatch(a)
			if !k {
				return false, false
			}
			if e.Op == rules.And {
				holds = holds && h
			} else {
				holds = holds || h
			}
		}
		return holds, true
	}
	return false, false
}

func checkNotOnFilter(p *lint.Pass, key string) {
	f, ok := p.Document.(*rules.Filter)
	if !ok {
		return
	}
	if e := f.Attribute(key); e != nil {
		p.Report(lint.Finding{
			Span: e.Key.Span, Message: "a filter document has no `" + key + "`; that of the rule counts",
			Help: "remove it", Fix: removeAttribute(&f.Head, key, true),
		})
	}
}

func checkFilterRationale(p *lint.Pass) {
	f, ok := p.Document.(*rules.Filter)
	if !ok {
		return
	}
	_, noDescription := lacks(&f.Head, "description")
	_, noAuthor := lacks(&f.Head, "author")
	_, noDate := lacks(&f.Head, "date")
	if noDescription || noAuthor && noDate {
		p.Report(lint.Finding{
			Span: f.Anchor(), Message: "nobody can tell who wanted this filter and why",
			Help: "add a description, the author and the date",
		})
	}
}

// eachFiltered visits the entries of every filter document with what they name, nil for nothing.
func eachFiltered(p *lint.TreePass, visit func(f *lint.Entry, entry lint.Fact, target *lint.Entry)) {
	index := referencesIn(p)
	ofKind(p, kindFilter, func(f *lint.Entry) {
		for _, entry := range f.Rules {
			visit(f, entry, index.find(entry.Value))
		}
	})
}

func checkFilteredRules(p *lint.TreePass) {
	titles := map[string]*lint.Entry{}
	for _, e := range p.Entries {
		if title := e.Title.Value; title != "" && titles[title] == nil {
			titles[title] = e
		}
	}
	index := referencesIn(p)
	eachFiltered(p, func(f *lint.Entry, entry lint.Fact, target *lint.Entry) {
		if target != nil || entry.Value == "" {
			return
		}
		if meant := titles[entry.Value]; meant != nil {
			finding := lint.Finding{
				Span:    entry.Span,
				Message: fmt.Sprintf("`%s` is a title; a filter names rules by id or name", source.Shorten(entry.Value)),
				Help:    "write the id of the rule",
				Related: []lint.Related{{File: meant.File(), Span: meant.Title.Span, Message: "the rule"}},
			}
			if id := meant.ID.Value; canonicalID.MatchString(id) && replaceable(f, entry) {
				finding.Help = "write `" + id + "`"
				finding.Fix = &source.Fix{Title: "write the id", Edits: []source.Edit{{Span: entry.Span, New: id}}}
			}
			p.ReportEntry(f, finding)
			return
		}
		if p.Facts.Complete {
			p.ReportEntry(f, lint.Finding{
				Span:    entry.Span,
				Message: fmt.Sprintf("no rule has the id or name `%s`", source.Shorten(entry.Value)),
				Help:    index.suggest(entry.Value),
			})
		}
	})
}

// replaceable reports that what a filter document names stands there itself, without alias or anchor.
func replaceable(e *lint.Entry, entry lint.Fact) bool {
	f, ok := e.Document().(*rules.Filter)
	return ok && slices.ContainsFunc(f.Rules, func(t rules.Text) bool {
		return t.Node.Span == entry.Span && t.Node.Alias == nil && t.Node.Anchor == ""
	})
}

// misfit is the first part of the log source that a filter sets and a rule does not have, or nothing.
func misfit(filter, rule lint.LogsourceEntry) (part string, text, other lint.Fact) {
	for _, p := range []struct {
		name         string
		filter, rule lint.Fact
	}{
		{"category", filter.Category, rule.Category}, {"product", filter.Product, rule.Product}, {"service", filter.Service, rule.Service},
	} {
		if p.filter.Value != "" && p.filter.Value != p.rule.Value {
			return p.name, p.filter, p.rule
		}
	}
	return "", lint.Fact{}, lint.Fact{}
}

func checkFilterLogsource(p *lint.TreePass) {
	eachFiltered(p, func(f *lint.Entry, _ lint.Fact, target *lint.Entry) {
		if target == nil || target.Kind != kindRule || target.Logsource.Key == (source.Span{}) {
			return
		}
		part, text, other := misfit(f.Logsource, target.Logsource)
		if part == "" {
			return
		}
		finding := lint.Finding{
			Span:    text.Span,
			Message: fmt.Sprintf("the filter is for `%s: %s`, and the rule it names has no %s", part, source.Shorten(text.Value), part),
			Help:    "write the log source of the rule, or leave the part out",
			Related: []lint.Related{{File: target.File(), Span: target.Logsource.Key, Message: "the log source of the rule"}},
		}
		if other.Value != "" {
			finding.Message = fmt.Sprintf("the filter is for `%s: %s`, and the rule it names for `%s`", part, shorter(text.Value), shorter(other.Value))
			finding.Related[0].Span = other.Span
			if f.File().Text(text.Span) == text.Value && sound.MatchString(other.Value) {
				finding.Fix = &source.Fix{Title: "write `" + other.Value + "`", Edits: []source.Edit{{Span: text.Span, New: other.Value}}}
			}
		}
		p.ReportEntry(f, finding)
	})
}

func checkFilterTarget(p *lint.TreePass) {
	if !p.Facts.Complete {
		return
	}
	ofKind(p, kindFilter, func(e *lint.Entry) {
		f, ok := e.Document().(*rules.Filter)
		if !ok || !f.Any {
			return
		}
		fits := slices.ContainsFunc(p.Entries, func(rule *lint.Entry) bool {
			part, _, _ := misfit(e.Logsource, rule.Logsource)
			return rule.Kind == kindRule && part == ""
		})
		if !fits {
			p.ReportEntry(e, lint.Finding{
				Span:    e.Anchor,
				Message: fmt.Sprintf("no rule has the log source `%s`, so the filter does nothing", source.Shorten(f.Logsource.String())),
				Help:    "correct the log source, or remove the filter",
			})
		}
	})
}

func checkFilteredCorrelation(p *lint.TreePass) {
	eachFiltered(p, func(f *lint.Entry, entry lint.Fact, target *lint.Entry) {
		if target != nil && target.Kind == kindCorrelation {
			p.ReportEntry(f, lint.Finding{
				Span:    entry.Span,
				Message: fmt.Sprintf("`%s` is a correlation, and filters apply to rules only", source.Shorten(entry.Value)),
				Help:    "name the rules that it correlates",
				Related: []lint.Related{{File: target.File(), Span: target.Anchor, Message: "the correlation"}},
			})
		}
	})
}
