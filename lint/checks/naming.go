package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// namingChecks compare the names of identifiers with their use.
var namingChecks = []*lint.Check{
	{
		Code: "SIG0713", Name: "exclusion-used-positively", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "An exclusion by name that is required",
			What:  "The name begins with filter, exclu, exception, fp, falsepositive or whitelist, and no occurrence in the condition is negated.",
			Why:   "A `not` was forgotten, or the name misleads the next reader.",
			Bad:   example(selectLsof + "    filter_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and filter_monit\n"),
			Good:  example(selectLsof + "    filter_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not filter_monit\n"),
		},
		Document: exclusionUsedPositively,
	},
	{
		Code: "SIG0714", Name: "selection-only-negated", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A selection by name that is excluded",
			What:  "The name begins with sel and holds neither filter nor exclu, and every occurrence in the condition is negated.",
			Why:   "A `not` too many, or a name that misleads the next reader.",
			Bad:   example(selectLsof + "    selection_monit:\n        ParentImage: '/usr/bin/monit'\n    condition: selection and not selection_monit\n"),
			Good:  example(selectLsof + filterMonit + "    condition: selection and not filter_main_monit\n"),
		},
		Document: selectionOnlyNegated,
	},
	{
		Code: "SIG0718", Name: "identifier-case-clash", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Two identifiers that differ by letter case only",
			What:  "Two search identifiers whose names are equal but for letter case.",
			Why:   "Names are case-sensitive: one slip in the condition takes the other one, silently.",
			Bad:   example(selectLsof + "    Selection:\n        CommandLine|contains: ' -i'\n    condition: selection and Selection\n"),
			Good:  example(selectLsof + "    selection_net:\n        CommandLine|contains: ' -i'\n    condition: selection and selection_net\n"),
		},
		Document: identifierCaseClash,
	},
}

// Beginnings of names that people give to exclusions.
var exclusionNames = []string{"filter", "exclu", "exception", "fp", "falsepositive", "whitelist"}

func beginsWithAny(name string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(strings.ToLower(name), p) {
			return true
		}
	}
	return false
}

func exclusionUsedPositively(p *lint.Pass) {
	d := p.Detections()
	if d == nil || p.Rule == nil {
		return
	}
	for _, named := range d.Named {
		if beginsWithAny(named.Name, exclusionNames) && d.Polarity(named) == rules.Positive {
			p.Report(lint.Finding{
				Span:    named.Key.Span,
				Message: fmt.Sprintf("`%s` is named like an exclusion, and the condition requires it", source.Shorten(named.Name)),
				Help:    "write `not` before it in the condition, or name it `selection_…`",
				Related: []lint.Related{{Span: d.Conditions[0].Node.Span, Message: "the condition"}},
			})
		}
	}
}

func selectionOnlyNegated(p *lint.Pass) {
	d := p.Detections()
	if d == nil || p.Rule == nil {
		return // the selection of a filter document is what it excludes
	}
	for _, named := range d.Named {
		lower := strings.ToLower(named.Name)
		if !strings.HasPrefix(lower, "sel") || strings.Contains(lower, "filter") || strings.Contains(lower, "exclu") || d.Polarity(named) != rules.Negative {
			continue
		}
		p.Report(lint.Finding{
			Span:    named.Key.Span,
			Message: fmt.Sprintf("`%s` is named like a selection, and the condition excludes it", source.Shorten(named.Name)),
			Help:    "name it `filter_…`, or remove the `not`",
			Related: []lint.Related{{Span: d.Conditions[0].Node.Span, Message: "the condition"}},
		})
	}
}

func identifierCaseClash(p *lint.Pass) {
	d := p.Detections()
	if d == nil {
		return
	}
	first := map[string]*rules.Detection{}
	for _, named := range d.Named {
		key := strings.ToLower(named.Name)
		before := first[key]
		if before == nil {
			first[key] = named
			continue
		}
		if before.Name == named.Name {
			continue // duplicate-key
		}
		p.Report(lint.Finding{
			Span:    named.Key.Span,
			Message: fmt.Sprintf("`%s` and `%s` differ by letter case only", source.Shorten(before.Name), source.Shorten(named.Name)),
			Help:    "give one of them another name",
			Related: []lint.Related{{Span: before.Key.Span, Message: "the other one"}},
		})
	}
}
