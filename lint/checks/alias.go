package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// byName reports whether a name is listed, and whether that can be told: a rule listed by its id has a name that only the other
// document knows.
func byName(c *rules.Correlation, name string) (listed, known bool) {
	known = true
	for _, r := range c.Rules {
		if r.Value == name {
			return true, true
		}
		known = known && !canonicalID.MatchString(strings.ToLower(r.Value))
	}
	return false, known
}

func checkAliases(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil || c.Aliases == nil || c.Aliases.Value.Kind != source.Map {
		return
	}
	used := map[string]bool{}
	for _, g := range c.GroupBy {
		used[g.Value] = true
	}
	if c.Condition != nil {
		if field := c.Condition.Value.Find("field"); field != nil {
			used[field.Value] = true
			for _, n := range field.Items {
				used[n.Value] = true
			}
		}
	}
	for _, alias := range c.Aliases.Value.Entries {
		if alias.Value.Kind != source.Map {
			continue // schema reports it
		}
		for _, e := range alias.Value.Entries {
			if listed, known := byName(c, e.Key.Value); !listed && known && len(c.Rules) > 0 {
				p.Report(lint.Finding{
					Span:    e.Key.Span,
					Message: fmt.Sprintf("the alias `%s` names `%s`, which `rules` does not list", source.Shorten(alias.Key.Value), source.Shorten(e.Key.Value)),
					Help:    "write one of " + quoteAll(ruleNames(c)),
				})
			}
		}
		if !used[alias.Key.Value] {
			p.Report(lint.Finding{
				Span: alias.Key.Span, Severity: lint.Warning,
				Message: fmt.Sprintf("neither `group-by` nor `field` uses the alias `%s`", source.Shorten(alias.Key.Value)),
				Help:    "group by it, or remove it",
			})
		}
	}
}

func ruleNames(c *rules.Correlation) []string {
	var names []string
	for _, r := range c.Rules {
		names = append(names, r.Value)
	}
	return names
}
