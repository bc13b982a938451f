package checks

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Edits that the seeded defects of mutation_corpus_test.go are made of.

func put(at int, text string) []source.Edit {
	return []source.Edit{{Span: source.Span{Start: at, End: at}, New: text}}
}

func swap(n *source.Node, text string) []source.Edit {
	if n == nil || n.Alias != nil || n.Text() == text {
		return nil
	}
	return []source.Edit{{Span: n.Span, New: text}}
}

// indentOf is the indentation of the line of an offset.
func indentOf(r *rules.Rule, at int) string {
	return r.File.Text(source.Span{Start: r.File.LineSpan(r.File.LineAt(at)).Start, End: at})
}

func dropLine(r *rules.Rule, at int) []source.Edit {
	line := r.File.LineAt(at)
	if line == r.File.Lines() {
		return nil
	}
	return []source.Edit{{Span: source.Span{Start: r.File.LineSpan(line).Start, End: r.File.LineSpan(line + 1).Start}}}
}

// inner is a value as it is written between its quotes.
func inner(v *rules.Value) string { return strings.Trim(v.Node.Text(), "'") }

// anItem tries the items of a rule until one fits.
func anItem(fits func(*rules.Rule, *rules.Item) bool, seed func(*rules.Rule, *rules.Item) []source.Edit) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) (edits []source.Edit) {
		for _, d := range r.Detection.Named {
			d.Block.Each(func(i *rules.Item) {
				if edits == nil && i.Key != nil && !i.Keyword() && len(i.Values) > 0 && fits(r, i) {
					edits = seed(r, i)
				}
			})
		}
		return edits
	}
}

func blockItem(r *rules.Rule, i *rules.Item) bool {
	return strings.Trim(indentOf(r, i.Key.Span.Start), " ") == "" && i.Key.Style == source.Plain && !i.All
}

// plainItem has values in single quotes without anything special in them.
func plainItem(_ *rules.Rule, i *rules.Item) bool {
	return !strings.HasSuffix(i.Field, "User") && !slices.ContainsFunc(i.Values, func(v *rules.Value) bool {
		return v.Kind != rules.TextValue || v.Node.Style != source.SingleQuoted || len(v.Text) < 3 || strings.ContainsAny(v.Text, "*?'%\n")
	})
}

// exactText is one text that is compared as a whole, in a field whose values are no paths.
func exactText(r *rules.Rule, i *rules.Item) bool {
	return plainItem(r, i) && len(i.Modifiers) == 0 && len(i.Values) == 1 && i.Node == i.Values[0].Node && !strings.ContainsAny(i.Values[0].Text, `\/`)
}

// twoTexts is a list of several texts of which one has to be somewhere in the field, none of them part of another.
func twoTexts(r *rules.Rule, i *rules.Item) bool {
	if !plainItem(r, i) || len(i.Values) < 2 || i.All || len(i.Modifiers) != 1 || i.Modifiers[0].Name != "contains" || i.Node.Flow {
		return false
	}
	for k, v := range i.Values {
		for _, w := range i.Values[:k] {
			a, b := strings.ToLower(v.Text), strings.ToLower(w.Text)
			if strings.Contains(a, b) || strings.Contains(b, a) {
				return false
			}
		}
	}
	return true
}

// wholeLines reports an item without a comment on its lines.
func wholeLines(r *rules.Rule, i *rules.Item) bool {
	return !strings.Contains(r.File.Text(source.Span{Start: i.Key.Span.Start, End: r.File.LineSpan(r.File.LineAt(i.Node.Span.End)).End}), "#")
}

// insteadOfList puts another modifier and value in the place of a list under `contains`.
func insteadOfList(modifier, value string) func(*rules.Rule) []source.Edit {
	return anItem(func(r *rules.Rule, i *rules.Item) bool { return twoTexts(r, i) && wholeLines(r, i) }, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return []source.Edit{{Span: source.Span{Start: i.Modifiers[0].Span.Start, End: i.Values[len(i.Values)-1].Node.Span.End}, New: modifier + ": " + value}}
	})
}

func aModifier(name, to string, fits func(*rules.Item) bool) func(*rules.Rule) []source.Edit {
	return anItem(func(_ *rules.Rule, i *rules.Item) bool {
		return len(i.Modifiers) > 0 && i.Modifiers[0].Name == name && (fits == nil || fits(i))
	}, func(_ *rules.Rule, i *rules.Item) []source.Edit {
		return []source.Edit{{Span: i.Modifiers[0].Span, New: to}}
	})
}

func hasField(r *rules.Rule, field string) bool {
	found := false
	for _, d := range r.Detection.Named {
		d.Block.Each(func(i *rules.Item) { found = found || i.Field == field })
	}
	return found
}

func onProcesses(r *rules.Rule) bool {
	return r.Logsource.Product.Value == "windows" && r.Logsource.Category.Value == "process_creation"
}

// eventOne asks for the event 1 in the first selection.
func eventOne(r *rules.Rule) []source.Edit {
	for _, d := range r.Detection.Named {
		if r.Detection.Polarity(d) != rules.Positive || d.Block.Shape != rules.MapShape || d.Node.Flow {
			continue
		}
		at := d.Block.Items[0].Key.Span.Start
		if strings.Trim(indentOf(r, at), " ") == "" {
			return put(at, "EventID: 1\n"+indentOf(r, at))
		}
	}
	return nil
}

func attributeKey(name, to string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if e := r.Attribute(name); e != nil {
			return []source.Edit{{Span: e.Key.Span, New: to}}
		}
		return nil
	}
}

func attributeValue(name string, to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if n := r.Root.Find(name); n != nil {
			return swap(n, to(n.Value))
		}
		return nil
	}
}

// aboveLine puts lines above an attribute, where the rule lacks what they say.
func aboveLine(above, lacking, lines string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if e := r.Attribute(above); e != nil && r.Attribute(lacking) == nil {
			return put(e.Key.Span.Start, lines+"\n")
		}
		return nil
	}
}

// again repeats the first entry of a list below it.
func again(r *rules.Rule, list []rules.Text) []source.Edit {
	if len(list) == 0 || strings.TrimSpace(indentOf(r, list[0].Node.Span.Start)) != "-" {
		return nil
	}
	return put(list[0].Node.Span.End, "\n"+indentOf(r, list[0].Node.Span.Start)+list[0].Node.Text())
}

func tagsLike(r *rules.Rule, pattern string) []rules.Text {
	expression := regexp.MustCompile(pattern)
	return slices.DeleteFunc(slices.Clone(r.Tags), func(t rules.Text) bool { return !expression.MatchString(t.Value) })
}

func aTag(pattern string, to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if found := tagsLike(r, pattern); len(found) > 0 {
			return swap(found[0].Node, to(found[0].Value))
		}
		return nil
	}
}

func logsourcePart(name string, to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if e := r.Logsource.Node.Entry(name); e != nil && len(e.Value.Value) > 6 {
			return swap(e.Value, to(e.Value.Value))
		}
		return nil
	}
}

// onCondition changes a rule with one condition on one line.
func onCondition(seed func(*rules.Rule, *rules.Condition) []source.Edit) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Conditions) != 1 {
			return nil
		}
		c := r.Detection.Conditions[0]
		if c.Node.Style != source.Plain || c.Node.Text() != c.Text {
			return nil
		}
		return seed(r, c)
	}
}

func inCondition(pattern, to string) func(*rules.Rule) []source.Edit {
	expression := regexp.MustCompile(pattern)
	return onCondition(func(_ *rules.Rule, c *rules.Condition) []source.Edit {
		m := expression.FindStringSubmatchIndex(c.Text)
		if m == nil {
			return nil
		}
		return []source.Edit{{Span: c.Node.Range(m[0], m[1]), New: string(expression.ExpandString(nil, to, c.Text, m))}}
	})
}

// firstOf is the first part of a condition that fits.
func firstOf(c *rules.Condition, fits func(*rules.Expr) bool) *rules.Expr {
	var walk func(e *rules.Expr) *rules.Expr
	walk = func(e *rules.Expr) *rules.Expr {
		if fits(e) {
			return e
		}
		for _, a := range e.Args {
			if found := walk(a); found != nil {
				return found
			}
		}
		return nil
	}
	if c.Root == nil {
		return nil
	}
	return walk(c.Root)
}
