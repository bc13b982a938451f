package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// references finds documents by id, then by name, as correlations and filters name them.
type references struct{ byID, byName map[string]*lint.Entry }

// referencesKey is where the checks of one run share the references.
const referencesKey = "references"

func referencesIn(p *lint.TreePass) references {
	if r, ok := p.Shared[referencesKey].(references); ok {
		return r
	}
	r := references{map[string]*lint.Entry{}, map[string]*lint.Entry{}}
	for _, e := range p.Entries {
		if id := strings.ToLower(e.ID.Value); id != "" && r.byID[id] == nil {
			r.byID[id] = e
		}
		if name := e.Name.Value; name != "" && r.byName[name] == nil {
			r.byName[name] = e
		}
	}
	p.Shared[referencesKey] = r
	return r
}

func (r references) find(reference string) *lint.Entry {
	if e := r.byID[strings.ToLower(reference)]; e != nil {
		return e
	}
	return r.byName[reference]
}

// ofKind visits the linted documents of a kind.
func ofKind(p *lint.TreePass, kind string, visit func(e *lint.Entry)) {
	for _, e := range p.Entries {
		if e.Kind == kind && !e.Context {
			visit(e)
		}
	}
}

// Kinds of documents, as entries name them.
const (
	kindRule        = "rule"
	kindCorrelation = "correlation"
	kindFilter      = "filter"
)

// suggest words what may have been meant.
func (r references) suggest(name string) string {
	if near := r.near(name); len(near) > 0 {
		return "did you mean " + quoteAll(near) + "?"
	}
	return "write the `id` or the `name` of a rule; titles do not count"
}

// near are the names that a misspelt one may stand for.
func (r references) near(name string) []string {
	var names []string
	for n, e := range r.byName {
		if e.Kind != kindFilter {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return nearest.Of(name, names, nearest.Suggestions)
}

// nameReference is the fix that writes the nearest name, nil where there is none or the correlation names it already.
func nameReference(c *lint.Entry, r lint.Fact, near []string) *source.Fix {
	if len(near) == 0 || slices.ContainsFunc(c.Rules, func(o lint.Fact) bool { return o.Value == near[0] }) {
		return nil
	}
	text := near[0]
	switch written := c.File().Text(r.Span); {
	case written == r.Value && plainName.MatchString(text):
	case written == "'"+r.Value+"'":
		text = source.Quote(text)
	default:
		return nil
	}
	return &source.Fix{Title: "write `" + near[0] + "`", Edits: []source.Edit{{Span: r.Span, New: text}}}
}

// plainName needs no quotes in YAML.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func checkUnresolvedRules(p *lint.TreePass) {
	index := referencesIn(p)
	ofKind(p, kindCorrelation, func(c *lint.Entry) {
		for _, r := range c.Rules {
			found := index.find(r.Value)
			switch {
			case found == nil:
				if p.Facts.Complete && r.Value != "" {
					p.ReportEntry(c, lint.Finding{
						Span:    r.Span,
						Message: fmt.Sprintf("no rule has the id or name `%s`", source.Shorten(r.Value)),
						Help:    index.suggest(r.Value),
						Fix:     nameReference(c, r, index.near(r.Value)),
					})
				}
			case found.Kind == kindFilter:
				p.ReportEntry(c, lint.Finding{
					Span:    r.Span,
					Message: fmt.Sprintf("`%s` is a filter, which nothing can be correlated with", source.Shorten(r.Value)),
					Help:    "name the rule that the filter belongs to",
					Related: []lint.Related{{File: found.File(), Span: found.Anchor, Message: "the filter"}},
				})
			}
		}
	})
}

func checkGroupByFields(p *lint.TreePass) {
	index := referencesIn(p)
	ofKind(p, kindCorrelation, func(e *lint.Entry) {
		c, ok := e.Document().(*rules.Correlation)
		if !ok {
			return
		}
		for _, field := range groupFields(c) {
			for _, r := range c.Rules {
				target := index.find(r.Value)
				if target == nil || target.Kind != kindRule {
					continue
				}
				rule, ok := target.Document().(*rules.Rule)
				if !ok {
					continue
				}
				s, ok := sourceWith(rule, p.Facts)
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
					Related: []lint.Related{{File: target.File(), Span: target.Logsource.Key, Message: "the log source of the correlated rule"}},
				}
				if len(why.Names) > 0 {
					f.Help = "did you mean " + quoteAll(why.Names) + "?"
					if field.Node.Style == source.Plain && field.Node.Alias == nil {
						f.Fix = &source.Fix{Title: "write `" + why.Names[0] + "`", Edits: []source.Edit{{Span: field.Node.Span, New: why.Names[0]}}}
					}
				}
				p.ReportEntry(e, f)
				break // one rule is enough
			}
		}
	})
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
	index := referencesIn(p)
	told := map[*lint.Entry]bool{}
	ofKind(p, kindCorrelation, func(c *lint.Entry) {
		if told[c] {
			return
		}
		way := index.wayTo(c, c, map[*lint.Entry]bool{})
		if way == nil {
			return
		}
		message := fmt.Sprintf("the correlation names itself as `%s`", source.Shorten(way[0].Value))
		if len(way) > 1 {
			message = fmt.Sprintf("the correlation names itself by way of `%s`", source.Shorten(way[0].Value))
		}
		for _, r := range way {
			told[index.find(r.Value)] = true
		}
		p.ReportEntry(c, lint.Finding{Span: way[0].Span, Message: message, Help: "name the rules whose events count"})
	})
}

// wayTo is the chain of references from one correlation to another, or nil.
func (r references) wayTo(goal, from *lint.Entry, seen map[*lint.Entry]bool) []lint.Fact {
	seen[from] = true
	for _, text := range from.Rules {
		next := r.find(text.Value)
		switch {
		case next == nil || next.Kind != kindCorrelation:
		case next == goal:
			return []lint.Fact{text}
		case !seen[next]:
			if way := r.wayTo(goal, next, seen); way != nil {
				return append([]lint.Fact{text}, way...)
			}
		}
	}
	return nil
}
