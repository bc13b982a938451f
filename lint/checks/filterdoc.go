package checks

import (
	"fmt"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema"
)

// filterChecks are family 12, as far as a filter document alone decides.
var filterChecks = []*lint.Check{
	{
		Code: "SIG1201", Name: schema.MissingFilterKey, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Filter without a needed key",
			What:  "`filter` lacks `rules` or `condition`, or has an empty one. A filter without any selection is no-search-identifier.",
			Why:   "The filter cannot be loaded: the alerts it should take away stay.",
			Bad:   filter("    rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n    selection:\n        ParentImage: '/usr/sbin/logrotate'\n"),
			Good:  filter(plainFilter),
		},
	},
	{
		Code: "SIG1202", Name: schema.InvalidFilterRules, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Filter whose rules cannot be read",
			What:  "`rules` is no list of different texts, or an empty one. A warning for `any` and for a single text, which only pySigma understands.",
			Why:   "The filter applies to nothing, or to everything.",
			Bad:   filter("    rules: []\n    selection:\n        ParentImage: '/usr/sbin/logrotate'\n    condition: not selection\n"),
			Good:  filter(plainFilter),
		},
	},
	{
		Code: "SIG1203", Name: schema.InvalidFilterCondition, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Filter whose condition is no text",
			What:  "`condition` of a filter is a list, a map or a number. A filter has one condition.",
			Why:   "Tools refuse the filter: the alerts it should take away stay.",
			Bad:   filter("    rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n    selection:\n        ParentImage: '/usr/sbin/logrotate'\n    condition:\n        - not selection\n"),
			Good:  filter(plainFilter),
		},
	},
	{
		Code: "SIG1204", Name: "inverted-filter", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Filter that keeps what it should exclude",
			What:  "The condition can hold only when one of its identifiers matches. It is joined to the rule's condition by `and`, as it stands.",
			Why:   "The rule then fires on the excluded events only, and on nothing else: every real detection is lost.",
			Bad:   filter("    rules:\n        - 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n    selection:\n        ParentImage: '/usr/sbin/logrotate'\n    condition: selection\n"),
			Good:  filter(plainFilter),
		},
		Document: checkInvertedFilter,
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
        ParentImage: '/usr/sbin/logrotate'
    condition: not selection
`

// checkInvertedFilter evaluates the condition with every identifier false. When that is false, the condition holds only if some
// identifier matches: this is a proof, as identifiers are the only thing a condition consists of.
func checkInvertedFilter(p *lint.Pass) {
	f, ok := p.Document.(*rules.Filter)
	if !ok {
		return
	}
	for _, c := range f.Detection.Conditions {
		if c.Root == nil || c.Aggregation != (source.Span{}) {
			continue
		}
		if holds, known := withoutMatch(c.Root); !known || holds {
			continue
		}
		p.Report(lint.Finding{
			Span:    c.Node.Span,
			Message: fmt.Sprintf("the filter keeps only what `%s` matches; it is joined to the rule by `and`", shorter(c.Text)),
			Help:    "write `not (" + source.Shorten(c.Text) + ")` to exclude these events",
			Fix:     negation(c),
		})
	}
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
