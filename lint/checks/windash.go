package checks

import (
	"fmt"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// windashChecks are about one modifier.
var windashChecks = []*lint.Check{
	{
		Code: "SIG0609", Name: "windash-with-all", Severity: lint.Info, Profiles: q,
		Doc: lint.Doc{
			Title: "`windash` together with `all`",
			What:  "Both modifiers on one item. It is well defined: every value, each in any spelling of its dashes.",
			Why:   "pySigma's validators report it, and SigmaHQ's gate with them.",
			Bad:   selectWith("CommandLine|windash|contains|all:\n    - ' -i'\n    - ' -n'"),
			Good:  selectWith("CommandLine|windash|contains:\n    - ' -i'\n    - ' -n'"),
		},
		Document: windashWithAll,
	},
	{
		Code: "SIG0610", Name: "windash-without-dash", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "`windash` and no dash to vary",
			What:  "No value of the item has a dash or slash that begins a word.",
			Why:   "The modifier does nothing; a value was probably meant to begin with a dash.",
			Bad:   selectWith("CommandLine|windash|contains: ' i '"),
			Good:  selectWith("CommandLine|windash|contains: ' -i '"),
		},
		Document: windashWithoutDash,
	},
}

// modifier is the first one of an item with this name, or nil.
func modifier(i *rules.Item, name string) *rules.Modifier {
	for k := range i.Modifiers {
		if i.Modifiers[k].Name == name {
			return &i.Modifiers[k]
		}
	}
	return nil
}

// removeModifier is the fix that takes it out of the key.
func removeModifier(m *rules.Modifier, safe bool) *source.Fix {
	return &source.Fix{Title: "remove `" + m.Written + "`", Safe: safe, Edits: []source.Edit{
		{Span: source.Span{Start: m.Span.Start - 1, End: m.Span.End}}}}
}

func windashWithAll(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if m := modifier(i, "windash"); m != nil && i.All {
			p.Report(lint.Finding{
				Span:    m.Span,
				Message: fmt.Sprintf("`%s` combines `windash` with `all`", source.Shorten(i.KeyText())),
				Help:    "nothing needs to change; pySigma's validators report it",
			})
		}
	})
}

func windashWithoutDash(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		m := modifier(i, "windash")
		if m == nil || len(i.Tests) == 0 {
			return
		}
		for _, t := range i.Tests {
			if t.Kind != rules.TextTest {
				return
			}
			for _, pattern := range t.Patterns {
				for _, token := range pattern {
					if token.Kind == rules.Dash {
						return
					}
				}
			}
		}
		p.Report(lint.Finding{
			Span:    m.Span,
			Message: fmt.Sprintf("no value of `%s` has a dash that `windash` could vary", source.Shorten(i.KeyText())),
			Help:    "remove `windash`, or write the dash that was forgotten",
			Fix:     removeModifier(m, true),
		})
	})
}
