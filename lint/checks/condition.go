package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

const (
	selectLsof  = "    selection:\n        Image|endswith: '/lsof'\n"
	filterMonit = "    filter_main_monit:\n        ParentImage: '/usr/bin/monit'\n"
)

// conditionChecks look at the condition and at what it names. They apply to filter documents too.
var conditionChecks = slices.Concat([]*lint.Check{
	{
		Code: "SIG0701", Name: rules.KindConditionSyntax, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "The condition does not parse",
			What:  "A missing operator or name, an unclosed parenthesis, a symbol of another language (`&&`, `!`), a count other than `1 of`, a list after `of`.",
			Why:   "No engine loads the rule.",
			Bad:   example(selectLsof + filterMonit + "    condition: (selection and not filter_main_monit\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
	},
	{
		Code: "SIG0702", Name: rules.KindUnknownIdentifier, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "The condition names an identifier that is not there",
			What:  "A name in the condition that no search identifier of the detection has. Names are case-sensitive.",
			Why:   "No engine loads the rule.",
			Bad:   example(selectLsof + "    condition: selction\n"),
			Good:  example(selectLsof + "    condition: selection\n"),
		},
	},
	{
		Code: "SIG0703", Name: rules.KindUnmatchedPattern, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A pattern of the condition matches no identifier",
			What: "`1 of` or `all of` a pattern, or `them`, for which there is no identifier, in either polarity. Names that begin with `_` only count for " +
				"patterns that do.",
			Why:  "Engines disagree: pySigma drops the term, others take `all of` nothing as true. Either way the rule does not do what it says.",
			Bad:  example(selectLsof + "    condition: selection and all of filter_optional_*\n"),
			Good: example(selectLsof + filterMonit + "    condition: selection and not 1 of filter_main_*\n"),
		},
	},
	{
		Code: "SIG0704", Name: "unused-identifier", Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A search identifier is never used",
			What:  "No name and no pattern of any condition reaches the identifier.",
			Why:   "What it selects is not detected; if it is an exclusion, what it should keep out still fires.",
			Bad:   example(selectLsof + filterMonit + "    condition: selection\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
		Document: unusedIdentifiers,
	},
	{
		Code: "SIG0705", Name: rules.KindUppercaseOperator, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "An operator is written in capitals",
			What:  "and, or, not, all, of or them in any other case, unless an identifier has that very name.",
			Why:   "pySigma refuses the rule; others may take the word for an identifier.",
			Bad:   example(selectLsof + filterMonit + "    condition: selection AND not filter_main_monit\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
	},
	{
		Code: "SIG0706", Name: rules.KindAggregation, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "The condition has a retired aggregation",
			What:  "A pipe in the condition, as in `selection | count() > 5` or `| near`.",
			Why:   "Sigma 2 replaced it by correlation rules; no current engine loads it.",
			Bad:   example(selectLsof + "    condition: selection | count() > 5\n"),
			Good:  example(selectLsof + "    condition: selection\n"),
			Fix:   "Keep the selection as a rule of its own and count its matches in a correlation rule.",
		},
	},
	{
		Code: "SIG0707", Name: "mixed-and-or", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "and and or stand on one level without parentheses",
			What:  "An `or` with an operand that is an `and` chain without parentheses.",
			Why:   "`and` binds tighter: an exclusion at the end belongs to the last alternative only, which is seldom meant.",
			Bad:   example(selectLsof + "    other:\n        Image|endswith: '/netstat'\n" + filterMonit + "    condition: selection or other and not filter_main_monit\n"),
			Good:  example(selectLsof + "    other:\n        Image|endswith: '/netstat'\n" + filterMonit + "    condition: (selection or other) and not filter_main_monit\n"),
		},
		Document: mixedAndOr,
	},
	{
		Code: "SIG0708", Name: "selector-without-wildcard", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "`1 of` a plain name",
			What:  "A selector whose pattern has no `*` and is not `them`.",
			Why:   "It means the name itself; a wildcard was probably forgotten.",
			Bad:   example(selectLsof + filterMonit + "    condition: selection and not 1 of filter_main_monit\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not 1 of filter_main_*\n"),
		},
		Document: selectorWithoutWildcard,
	},
	{
		Code: "SIG0709", Name: "them-with-single-identifier", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "`of them` with exactly one identifier",
			What:  "`1 of them` or `all of them` where the detection has one identifier.",
			Why:   "It says less than the name, and every identifier added later joins silently.",
			Bad:   example(selectLsof + "    condition: 1 of them\n"),
			Good:  example(selectLsof + "    condition: selection\n"),
		},
		Document: themWithSingle,
	},
	{
		Code: "SIG0712", Name: "negated-all-of", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "`not all of` drops only what meets every exclusion",
			What:  "`not all of` a pattern that matches two or more identifiers.",
			Why:   "An event is kept out only when it meets all exclusions at once, which usually none does.",
			Bad:   example(selectLsof + filterMonit + "    filter_main_cron:\n        ParentImage: '/usr/sbin/cron'\n    condition: selection and not all of filter_main_*\n"),
			Good:  example(selectLsof + filterMonit + "    filter_main_cron:\n        ParentImage: '/usr/sbin/cron'\n    condition: selection and not 1 of filter_main_*\n"),
		},
		Document: negatedAllOf,
	},
	{
		Code: "SIG0715", Name: "identifier-in-both-polarities", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "An identifier is required and excluded",
			What:  "The same identifier stands in the conditions with and without a `not`.",
			Why:   "One of the two uses has no effect, or the rule cannot match.",
			Bad:   example(selectLsof + filterMonit + "    condition: selection and not 1 of them\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
		Document: bothPolarities,
	},
	{
		Code: "SIG0717", Name: "operator-prefixed-identifier", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "An identifier begins with `not`",
			What:  "An identifier whose name begins with `not` and goes on with a letter or digit.",
			Why:   "It is legal and read as a name here, but pySigma reads `notepad` as `not epad`.",
			Bad:   example(selectLsof + "    notmonit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not notmonit\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
		Document: operatorPrefixed,
	},
}, operandChecks, namingChecks)

// each visits every node of every condition.
func each(p *lint.Pass, visit func(e *rules.Expr, negated bool)) {
	d := p.Detections()
	if d == nil {
		return
	}
	for _, c := range d.Conditions {
		c.Each(visit)
	}
}

func unusedIdentifiers(p *lint.Pass) {
	d := p.Detections()
	if d == nil || len(d.Conditions) == 0 {
		return // the condition is missing, which is a finding of its own
	}
	used := map[*rules.Detection]bool{}
	broken := false
	each(p, func(e *rules.Expr, _ bool) {
		broken = broken || e.Op == rules.Bad && len(e.Args) == 0 && e.Pattern == ""
		for _, s := range e.Selected {
			used[s] = true
		}
	})
	for _, c := range d.Conditions {
		if c.Root.Op == rules.Bad && c.Root.Pattern == "" {
			return // what a condition that does not parse would have used is not known
		}
		if c.Aggregation.Len() > 0 {
			// Nor is what stands behind a pipe.
			for _, named := range d.Named {
				if strings.Contains(c.Text, named.Name) {
					used[named] = true
				}
			}
		}
	}
	if broken {
		return
	}
	for _, named := range d.Named {
		if used[named] {
			continue
		}
		help := "name it in the condition, or remove it"
		if strings.HasPrefix(named.Name, "_") {
			help = "patterns and `them` skip names that begin with `_`; name it, or rename it"
		}
		p.Report(lint.Finding{
			Span:    named.Key.Span,
			Message: fmt.Sprintf("`%s` is never used by the condition", source.Shorten(named.Name)),
			Help:    help,
			Related: []lint.Related{{Span: d.Conditions[0].Node.Span, Message: "the condition"}},
		})
	}
}

func mixedAndOr(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op != rules.Or {
			return
		}
		for _, a := range e.Args {
			if a.Op != rules.And || a.Parens > 0 {
				continue
			}
			f := p.Document.Base().File
			p.Report(lint.Finding{
				Span:    a.Span,
				Message: "`and` binds tighter than `or` here, and there are no parentheses",
				Help:    fmt.Sprintf("it is read as `… or (%s)`; write the parentheses you mean", source.Shorten(f.Text(a.Span))),
				Fix:     parenthesise(e),
			})
			return
		}
	})
}

// parenthesise is the fix that puts every `and` of an `or` into parentheses.
func parenthesise(or *rules.Expr) *source.Fix {
	fix := &source.Fix{Title: "add the parentheses as they are read", Safe: true}
	for _, a := range or.Args {
		if a.Op == rules.And && a.Parens == 0 {
			fix.Edits = append(fix.Edits,
				source.Edit{Span: source.Span{Start: a.Span.Start, End: a.Span.Start}, New: "("},
				source.Edit{Span: source.Span{Start: a.Span.End, End: a.Span.End}, New: ")"})
		}
	}
	return fix
}

func selectorWithoutWildcard(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op != rules.Of || e.Pattern == "them" || strings.Contains(e.Pattern, "*") {
			return
		}
		p.Report(lint.Finding{
			Span:    e.Span,
			Message: fmt.Sprintf("`%s of %s` means just `%s`", e.Quantifier, source.Shorten(e.Pattern), source.Shorten(e.Pattern)),
			Help:    fmt.Sprintf("write `%s`, or a pattern such as `%s*`", source.Shorten(e.Pattern), source.Shorten(family(e.Pattern))),
			Fix:     &source.Fix{Title: "write the name", Safe: true, Edits: []source.Edit{{Span: e.Span, New: e.Pattern}}},
		})
	})
}

// family is a name up to and with its last `_`.
func family(name string) string {
	if i := strings.LastIndexByte(name, '_'); i > 0 {
		return name[:i+1]
	}
	return name + "_"
}

func themWithSingle(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op != rules.Of || e.Pattern != "them" || len(p.Detections().Named) != 1 {
			return
		}
		name := p.Detections().Named[0].Name
		p.Report(lint.Finding{
			Span:    e.Span,
			Message: fmt.Sprintf("`%s of them` stands for the single identifier `%s`", e.Quantifier, source.Shorten(name)),
			Help:    "write `" + source.Shorten(name) + "`",
			Fix:     &source.Fix{Title: "write the name", Safe: true, Edits: []source.Edit{{Span: e.Span, New: name}}},
		})
	})
}

func negatedAllOf(p *lint.Pass) {
	each(p, func(e *rules.Expr, negated bool) {
		if e.Op != rules.Of || !e.All || !negated || len(e.Selected) < 2 {
			return
		}
		word := source.Span{Start: e.Span.Start, End: e.Span.Start + len(e.Quantifier)}
		p.Report(lint.Finding{
			Span:    e.Span,
			Message: fmt.Sprintf("`not all of %s` keeps out only events that meet all %d exclusions at once", source.Shorten(e.Pattern), len(e.Selected)),
			Help:    fmt.Sprintf("write `not 1 of %s`", source.Shorten(e.Pattern)),
			Fix:     &source.Fix{Title: "write `1 of`", Edits: []source.Edit{{Span: word, New: "1"}}},
		})
	})
}

func bothPolarities(p *lint.Pass) {
	d := p.Detections()
	if d == nil {
		return
	}
	for _, c := range d.Conditions {
		positive, reported := map[*rules.Detection]source.Span{}, map[*rules.Detection]bool{}
		c.Each(func(e *rules.Expr, negated bool) {
			for _, s := range e.Selected {
				if !negated {
					positive[s] = e.Span
				}
			}
		})
		c.Each(func(e *rules.Expr, negated bool) {
			for _, s := range e.Selected {
				at, both := positive[s]
				if !negated || !both || reported[s] {
					continue
				}
				reported[s] = true
				p.Report(lint.Finding{
					Span:    e.Span,
					Message: fmt.Sprintf("`%s` is required and excluded by the same condition", source.Shorten(s.Name)),
					Help:    "name the exclusions so that a pattern reaches only them: `not 1 of filter_*`",
					Related: []lint.Related{{Span: at, Message: "required here"}},
				})
			}
		})
	}
}

// renameIdentifier is the fix that puts `selection_` or `filter_` before a name, in the conditions too. It is nil where patterns reach the
// identifier, or would with the new name.
func renameIdentifier(d *rules.Detections, named *rules.Detection) *source.Fix {
	name := "selection_" + named.Name
	if d.Polarity(named) == rules.Negative {
		name = "filter_" + named.Name
	}
	if !editable(named.Key) || d.Find(name) != nil {
		return nil
	}
	fix := &source.Fix{Title: "write `" + source.Shorten(name) + "`", Edits: []source.Edit{{Span: named.Key.Range(0, len(named.Name)), New: name}}}
	caught := false
	for _, c := range d.Conditions {
		c.Each(func(e *rules.Expr, _ bool) {
			switch {
			case e.Op == rules.Of && (slices.Contains(e.Selected, named) || rules.MatchName(e.Pattern, name)):
				caught = true
			case e.Op == rules.Name && e.Pattern == named.Name:
				fix.Edits = append(fix.Edits, source.Edit{Span: e.PatternAt, New: name})
			}
		})
	}
	if caught {
		return nil
	}
	return fix
}

func operatorPrefixed(p *lint.Pass) {
	d := p.Detections()
	if d == nil {
		return
	}
	for _, named := range d.Named {
		rest, ok := strings.CutPrefix(strings.ToLower(named.Name), "not")
		if !ok || rest == "" || rest[0] == '_' || rest[0] == '-' {
			continue
		}
		p.Report(lint.Finding{
			Span:    named.Key.Span,
			Message: fmt.Sprintf("pySigma reads the identifier `%s` as `not %s`", source.Shorten(named.Name), source.Shorten(named.Name[3:])),
			Help:    "rename it, for example with `filter_` in front",
			Fix:     renameIdentifier(d, named),
		})
	}
}
