package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// selectTwo are two selections and an exclusion.
const selectTwo = selectLsof + "    selection_net:\n        CommandLine|contains: ' -i'\n" + filterMonit

// operandChecks look at what stands beside each other in a condition.
var operandChecks = []*lint.Check{
	{
		Code: "SIG0710", Name: "all-of-them", Severity: lint.Info, Profiles: qs,
		Doc: lint.Doc{
			Title: "`all of them`",
			What:  "The selector `all of them`.",
			Why:   "Every identifier added later joins silently, exclusions included.",
			Bad:   example(selectLsof + "    selection_net:\n        CommandLine|contains: ' -i'\n    condition: all of them\n"),
			Good:  example(selectLsof + "    selection_net:\n        CommandLine|contains: ' -i'\n    condition: all of selection*\n"),
		},
		Document: allOfThem,
	},
	{
		Code: "SIG0711", Name: "pattern-with-single-match", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A pattern that stands for one identifier",
			What:  "A pattern with a `*` that matches one identifier. Patterns that begin with `filter` or `selection` are exempt: rules keep them for later.",
			Why:   "The name says the same and cannot catch another identifier by accident.",
			Bad:   example("    lsof_call:\n        Image|endswith: '/lsof'\n    condition: 1 of lsof_*\n"),
			Good:  example("    lsof_call:\n        Image|endswith: '/lsof'\n    condition: lsof_call\n"),
		},
		Document: patternWithSingleMatch,
	},
	{
		Code: "SIG0716", Name: "pattern-catches-sibling", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A pattern also catches the identifier beside it",
			What:  "In one chain of `and` stand `1 of` a pattern and, on its own, an identifier that the pattern matches too.",
			Why:   "Where the identifier holds, `1 of` the pattern holds with it: the other identifiers of the pattern are never asked.",
			Bad:   example(selectTwo + "    condition: selection and 1 of selection* and not filter_main_monit\n"),
			Good:  example(selectTwo + "    condition: selection and 1 of selection_* and not filter_main_monit\n"),
		},
		Document: patternCatchesSibling,
	},
	{
		Code: "SIG0719", Name: "double-negation", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "`not not`",
			What:  "A `not` whose operand is another `not`, also through parentheses.",
			Why:   "The two cancel out; one was probably meant.",
			Bad:   example(selectLsof + filterMonit + "    condition: selection and not (not filter_main_monit)\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
		Document: doubleNegation,
	},
	{
		Code: "SIG0720", Name: "duplicate-operand", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "The same operand twice",
			What:  "Two equal operands in one chain of `and` or of `or`.",
			Why:   "The second one does nothing; another identifier was probably meant.",
			Bad:   example(selectTwo + "    condition: selection and selection_net and selection and not filter_main_monit\n"),
			Good:  example(selectTwo + "    condition: selection and selection_net and not filter_main_monit\n"),
		},
		Document: duplicateOperand,
	},
	{
		Code: "SIG0721", Name: "redundant-parentheses", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Parentheses around one thing",
			What:  "Parentheses around a single name or selector, around the whole condition, or around other parentheses.",
			Why:   "They make a reader look for what they group.",
			Bad:   example(selectTwo + "    condition: (selection) and selection_net and not filter_main_monit\n"),
			Good:  example(selectTwo + "    condition: selection and selection_net and not filter_main_monit\n"),
		},
		Document: redundantParentheses,
	},
	{
		Code: "SIG0722", Name: "nonportable-condition", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A condition that some tools do not read",
			What:  "A hyphen in a pattern.",
			Why:   "pySigma refuses the rule.",
			Bad:   example("    selection-lsof:\n        Image|endswith: '/lsof'\n    selection-netstat:\n        Image|endswith: '/netstat'\n    condition: 1 of selection-*\n"),
			Good:  example("    selection_lsof:\n        Image|endswith: '/lsof'\n    selection_netstat:\n        Image|endswith: '/netstat'\n    condition: 1 of selection_*\n"),
		},
		Document: nonportableCondition,
	},
}

func allOfThem(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op == rules.Of && e.All && e.Pattern == "them" && len(p.Detections().Named) > 1 {
			p.Report(lint.Finding{
				Span:    e.Span,
				Message: "`all of them` takes in every identifier that is ever added",
				Help:    "name the identifiers alike and write a pattern such as `all of selection_*`",
			})
		}
	})
}

func patternWithSingleMatch(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op != rules.Of || len(e.Selected) != 1 || !strings.Contains(e.Pattern, "*") || strings.HasPrefix(e.Pattern, "filter") || strings.HasPrefix(e.Pattern, "sel") {
			return
		}
		name := e.Selected[0].Name
		p.Report(lint.Finding{
			Span:    e.Span,
			Message: fmt.Sprintf("`%s` stands for `%s` alone", source.Shorten(e.Pattern), source.Shorten(name)),
			Help:    "write `" + source.Shorten(name) + "`",
			Fix:     &source.Fix{Title: "write the name", Safe: true, Edits: []source.Edit{{Span: e.Span, New: name}}},
		})
	})
}

func patternCatchesSibling(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op != rules.And {
			return
		}
		for _, pattern := range e.Args {
			if pattern.Op != rules.Of || pattern.All || len(pattern.Selected) < 2 {
				continue
			}
			for _, name := range e.Args {
				if name.Op != rules.Name || len(name.Selected) != 1 || !rules.MatchName(pattern.Pattern, name.Pattern) {
					continue
				}
				p.Report(lint.Finding{
					Span:    pattern.Span,
					Message: fmt.Sprintf("`%s of %s` also stands for `%s`, so it always holds here", pattern.Quantifier, source.Shorten(pattern.Pattern), source.Shorten(name.Pattern)),
					Help:    fmt.Sprintf("write a pattern that leaves `%s` out", source.Shorten(name.Pattern)),
					Fix:     narrowPattern(p.Detections(), pattern, e.Args),
					Related: []lint.Related{{Span: name.Span, Message: "required on its own"}},
				})
				break
			}
		}
	})
}

// narrowPattern is the fix that takes the siblings out of a pattern: the prefix that all other identifiers of it share, up to an underscore. It is
// nil where no prefix keeps exactly those.
func narrowPattern(detections *rules.Detections, pattern *rules.Expr, operands []*rules.Expr) *source.Fix {
	sibling := func(d *rules.Detection) bool {
		return slices.ContainsFunc(operands, func(o *rules.Expr) bool { return o.Op == rules.Name && o.Pattern == d.Name })
	}
	kept := slices.DeleteFunc(slices.Clone(pattern.Selected), sibling)
	if len(kept) == 0 || pattern.Pattern == "them" {
		return nil
	}
	prefix := kept[0].Name
	for _, d := range kept[1:] {
		for !strings.HasPrefix(d.Name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	prefix = prefix[:strings.LastIndexByte(prefix, '_')+1]
	if prefix == "" {
		return nil
	}
	for _, d := range detections.Named {
		if rules.MatchName(prefix+"*", d.Name) != slices.Contains(kept, d) {
			return nil
		}
	}
	return &source.Fix{Title: "write `" + prefix + "*`", Edits: []source.Edit{{Span: pattern.PatternAt, New: prefix + "*"}}}
}

func doubleNegation(p *lint.Pass) {
	file := p.Document.Base().File
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op != rules.Not || e.Args[0].Op != rules.Not {
			return
		}
		inner := e.Args[0].Args[0]
		text := file.Text(inner.Span)
		if e.Parens > 0 {
			text = "(" + text + ")"
		}
		p.Report(lint.Finding{
			Span:    e.Span,
			Message: fmt.Sprintf("the two `not` of `%s` cancel out", shorter(file.Text(e.Span))),
			Help:    "write `" + source.Shorten(text) + "`, or a single `not`",
			Fix:     &source.Fix{Title: "remove both `not`", Safe: true, Edits: []source.Edit{{Span: e.Span, New: text}}},
		})
	})
}

// meaning is equal for expressions that say the same in the same words, parentheses aside.
func meaning(e *rules.Expr) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %t %q(", e.Op, e.All, e.Pattern)
	for _, a := range e.Args {
		b.WriteString(meaning(a))
	}
	return b.String() + ")"
}

func duplicateOperand(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op != rules.And && e.Op != rules.Or {
			return
		}
		first := map[string]*rules.Expr{}
		for k, a := range e.Args {
			if a.Op == rules.Bad {
				return
			}
			before := first[meaning(a)]
			if before == nil {
				first[meaning(a)] = a
				continue
			}
			p.Report(lint.Finding{
				Span:    a.Span,
				Message: fmt.Sprintf("`%s` stands in this chain already", shorter(p.Document.Base().File.Text(a.Span))),
				Help:    "remove it, or name the identifier that was meant",
				Related: []lint.Related{{Span: before.Span, Message: "the first one"}},
				Fix: &source.Fix{Title: "remove the repetition", Safe: true, Edits: []source.Edit{
					{Span: source.Span{Start: e.Args[k-1].Span.End, End: a.Span.End}}}},
			})
		}
	})
}

func redundantParentheses(p *lint.Pass) {
	d := p.Detections()
	if d == nil {
		return
	}
	for _, c := range d.Conditions {
		c.Each(func(e *rules.Expr, _ bool) {
			needed := 1
			if e == c.Root || e.Op == rules.Name || e.Op == rules.Of {
				needed = 0
			}
			if e.Op == rules.Bad || e.Parens <= needed {
				return
			}
			p.Report(lint.Finding{
				Span:    e.Span,
				Message: fmt.Sprintf("the parentheses of `%s` group nothing", shorter(p.Document.Base().File.Text(e.Span))),
				Help:    "remove them",
				Fix:     removeParentheses(c, e, e.Parens-needed),
			})
		})
	}
}

// removeParentheses is the fix that takes the outer pairs of parentheses away. A blank stays where words would run together.
func removeParentheses(c *rules.Condition, e *rules.Expr, pairs int) *source.Fix {
	text := c.Node.Text()
	if c.Node.Alias != nil || !c.Node.Mapped() || !c.Node.Span.Contains(e.Span) {
		return nil
	}
	fix := &source.Fix{Title: "remove the parentheses", Safe: true}
	first, last := e.Span.Start-c.Node.Span.Start, e.Span.End-1-c.Node.Span.Start
	for range pairs {
		first += strings.IndexByte(text[first:], '(')
		last = strings.LastIndexByte(text[:last+1], ')')
		if first < 0 || last <= first {
			return nil
		}
		for _, at := range []int{first, last} {
			edit := source.Edit{Span: source.Span{Start: c.Node.Span.Start + at, End: c.Node.Span.Start + at + 1}}
			if at > 0 && at+1 < len(text) && isWordByte(text[at-1]) && isWordByte(text[at+1]) {
				edit.New = " "
			}
			fix.Edits = append(fix.Edits, edit)
		}
		first, last = first+1, last-1
	}
	return fix
}

func nonportableCondition(p *lint.Pass) {
	each(p, func(e *rules.Expr, _ bool) {
		if e.Op == rules.Of && strings.Contains(e.Pattern, "-") {
			p.Report(lint.Finding{
				Span:    e.PatternAt,
				Message: fmt.Sprintf("pySigma reads no hyphen in a pattern such as `%s`", source.Shorten(e.Pattern)),
				Help:    "use `_` in the names of the identifiers",
			})
		}
	})
}
