package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/nearest"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// references finds documents by id, then by name, as correlations and filters name them.
type references struct{ byID, byName map[string]rules.Document }

func referencesTo(documents []rules.Document) references {
	r := references{map[string]rules.Document{}, map[string]rules.Document{}}
	for _, d := range documents {
		head := d.Base()
		if id := strings.ToLower(head.ID.Value); id != "" && r.byID[id] == nil {
			r.byID[id] = d
		}
		if name := head.Name.Value; name != "" && r.byName[name] == nil {
			r.byName[name] = d
		}
	}
	return r
}

func (r references) find(reference string) rules.Document {
	if d := r.byID[strings.ToLower(reference)]; d != nil {
		return d
	}
	return r.byName[reference]
}

// suggest words what may have been meant.
func (r references) suggest(name string) string {
	var names []string
	for n := range r.byName {
		names = append(names, n)
	}
	slices.Sort(names)
	if near := nearest.Of(name, names, nearest.Suggestions); len(near) > 0 {
		return "did you mean " + quoteAll(near) + "?"
	}
	return "write the `id` or the `name` of a rule; titles do not count"
}

func checkUnresolvedRules(p *lint.TreePass) {
	index := referencesTo(p.Documents)
	for _, d := range p.Documents {
		c, ok := d.(*rules.Correlation)
		if !ok {
			continue
		}
		for _, r := range c.Rules {
			switch found := index.find(r.Value).(type) {
			case nil:
				if p.Facts.Complete && r.Value != "" {
					p.Report(d, lint.Finding{
						Span:    r.Node.Span,
						Message: fmt.Sprintf("no rule has the id or name `%s`", source.Shorten(r.Value)),
						Help:    index.suggest(r.Value),
					})
				}
			case *rules.Filter:
				p.Report(d, lint.Finding{
					Span:    r.Node.Span,
					Message: fmt.Sprintf("`%s` is a filter, which nothing can be correlated with", source.Shorten(r.Value)),
					Help:    "name the rule that the filter belongs to",
					Related: []lint.Related{{File: found.File, Span: found.Anchor(), Message: "the filter"}},
				})
			}
		}
	}
}

func checkGroupByFields(p *lint.TreePass) {
	index := referencesTo(p.Documents)
	for _, d := range p.Documents {
		c, ok := d.(*rules.Correlation)
		if !ok {
			continue
		}
		for _, field := range groupFields(c) {
			for _, r := range c.Rules {
				rule, ok := index.find(r.Value).(*rules.Rule)
				if !ok {
					continue
				}
				s, ok := sourceOf(rule)
				if !ok || !s.complete() {
					continue
				}
				why := s.table.Explain(field.Value)
				if why.Finding == taxonomy.Known {
					continue
				}
				f := lint.Finding{
					Span:    field.Node.Span,
					Message: fmt.Sprintf("`%s` has no field `%s`, which the correlation groups or counts by", s.name(), source.Shorten(field.Value)),
					Help:    "use a field that all correlated rules have, or an alias",
					Related: []lint.Related{{File: rule.File, Span: rule.Logsource.Key.Span, Message: "the log source of the correlated rule"}},
				}
				if len(why.Names) > 0 {
					f.Help = "did you mean " + quoteAll(why.Names) + "?"
					if field.Node.Style == source.Plain && field.Node.Alias == nil {
						f.Fix = &source.Fix{Title: "write `" + why.Names[0] + "`", Edits: []source.Edit{{Span: field.Node.Span, New: why.Names[0]}}}
					}
				}
				p.Report(d, f)
				break // one rule is enough
			}
		}
	}
}

// groupFields are the fields of group-by and condition that are no alias.
func groupFields(c *rules.Correlation) []rules.Text {
	all := append([]rules.Text(nil), c.GroupBy...)
	if c.Condition != nil {
		if n := c.Condition.Value.Find("field"); n != nil {
			if n.Kind == source.Scalar {
				all = append(all, rules.Text{Node: n, Value: n.Value})
			}
			for _, item := range n.Items {
				all = append(all, rules.Text{Node: item, Value: item.Value})
			}
		}
	}
	return slices.DeleteFunc(all, func(t rules.Text) bool {
		return t.Value == "" || !t.Node.IsString() || c.Aliases != nil && c.Aliases.Value.Entry(t.Value) != nil
	})
}

// checkCycles reports every cycle once, at its first correlation.
func checkCycles(p *lint.TreePass) {
	index := referencesTo(p.Documents)
	told := map[*rules.Correlation]bool{}
	for _, d := range p.Documents {
		c, ok := d.(*rules.Correlation)
		if !ok || told[c] {
			continue
		}
		way := index.wayTo(c, c, map[*rules.Correlation]bool{})
		if way == nil {
			continue
		}
		message := fmt.Sprintf("the correlation names itself as `%s`", source.Shorten(way[0].Value))
		if len(way) > 1 {
			message = fmt.Sprintf("the correlation names itself by way of `%s`", source.Shorten(way[0].Value))
		}
		for _, r := range way {
			told[index.find(r.Value).(*rules.Correlation)] = true
		}
		p.Report(d, lint.Finding{Span: way[0].Node.Span, Message: message, Help: "name the rules whose events count"})
	}
}

// wayTo is the chain of references from one correlation to another, or nil.
func (r references) wayTo(goal, from *rules.Correlation, seen map[*rules.Correlation]bool) []rules.Text {
	seen[from] = true
	for _, text := range from.Rules {
		next, ok := r.find(text.Value).(*rules.Correlation)
		switch {
		case !ok:
		case next == goal:
			return []rules.Text{text}
		case !seen[next]:
			if way := r.wayTo(goal, next, seen); way != nil {
				return append([]rules.Text{text}, way...)
			}
		}
	}
	return nil
}
