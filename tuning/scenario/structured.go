package scenario

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// The structured form: a YAML document with the key `scenarios`, a list of maps. docs/json/scenarios.schema.json describes it. It is for
// tools, and for people who know the fields: `conditions` says what to exclude in fields, modifiers and values, and wins over prose.

// structuredKeys are the keys of a scenario, and those of a condition.
var (
	structuredKeys = wordSet("text description exclusion exclude conditions environment")
	conditionKeys  = wordSet("field modifier values not")
)

// statedOperators are the modifiers that a condition can have.
var statedOperators = map[string]Operator{"": Is, "contains": Contains, "startswith": StartsWith, "endswith": EndsWith, "cidr": InRange, "re": Matches}

// structured reads the structured form. ok is false for any other text, and for a document without `conditions`, which the lines of prose
// say as well.
func structured(text string) (list []Scenario, ok bool) {
	if !strings.Contains(text, "conditions") {
		return nil, false
	}
	_, items := structuredItems("", text)
	for _, item := range items {
		if item.Kind == source.Map {
			list = append(list, structuredScenario(text, item))
		}
	}
	return list, len(list) > 0
}

// structuredItems are the entries of `scenarios` in a text that is one YAML or JSON document with a list under that key.
func structuredItems(path, text string) (*source.File, []*source.Node) {
	if !strings.Contains(text, "scenarios") {
		return nil, nil
	}
	file := source.Parse(path, []byte(text), source.Limits{})
	for _, p := range file.Problems {
		if p.Kind != source.KindByteOrderMark {
			return file, nil
		}
	}
	if len(file.Documents) != 1 {
		return file, nil
	}
	entries := file.Documents[0].Root.Entry("scenarios")
	if entries == nil || entries.Value.Kind != source.List {
		return file, nil
	}
	return file, entries.Value.Items
}

// Problems are the keys of the structured form that mean nothing, each with the key that may have been meant. A text in any other form has
// none: only a list of maps under `scenarios`, each with at least one key of ours, is taken for it.
func Problems(path, text string) (*source.File, []source.Problem) {
	file, items := structuredItems(path, text)
	var out []source.Problem
	unknown := func(n *source.Node, known map[string]bool, what string) {
		for _, e := range n.Entries {
			if known[e.Key.Value] {
				continue
			}
			var names []string
			for k := range known {
				names = append(names, k)
			}
			sort.Strings(names)
			p := source.Problem{Span: e.Key.Span, Message: fmt.Sprintf("`%s` is no key of a %s", source.Shorten(e.Key.Value), what), Help: "it has `" + strings.Join(names, "`, `") + "`"}
			if near := nearest.Of(e.Key.Value, names, nearest.Suggestions); len(near) > 0 {
				p.Help = "did you mean `" + near[0] + "`?"
			}
			out = append(out, p)
		}
	}
	for _, item := range items {
		if item.Kind != source.Map {
			return file, nil
		}
		ours := false
		for _, e := range item.Entries {
			ours = ours || structuredKeys[e.Key.Value]
		}
		if !ours {
			return file, nil
		}
	}
	for _, item := range items {
		unknown(item, structuredKeys, "scenario")
		conditions := item.Find("conditions")
		if conditions == nil || conditions.Kind != source.List {
			continue
		}
		for _, c := range conditions.Items {
			if c.Kind == source.Map {
				unknown(c, conditionKeys, "condition")
			}
		}
	}
	return file, out
}

func structuredScenario(text string, item *source.Node) Scenario {
	var s Scenario
	var stated []Condition
	section := func(n *source.Node) Section {
		span := Span{n.Span.Start, n.Span.End}
		if n.Style == source.SingleQuoted || n.Style == source.DoubleQuoted {
			span = Span{span.Start + 1, span.End - 1}
		}
		return sectionOf(text, span)
	}
	for _, e := range item.Entries {
		switch key := e.Key.Value; {
		case !structuredKeys[key]:
			stated = append(stated, unreadable(e.Key, "`"+key+"` is no key of a scenario"))
		case key == "conditions" && e.Value.Kind == source.List:
			for _, c := range e.Value.Items {
				stated = append(stated, structuredCondition(c))
			}
		case e.Value.Kind != source.Scalar || e.Value.IsNull():
			stated = append(stated, unreadable(e.Key, "`"+key+"` has no such value"))
		case key == "text":
			s.Text = section(e.Value)
		case key == "description":
			s.Description = section(e.Value)
		case key == "environment":
			c := unreadable(e.Value, "")
			c.Class, c.Note = ClassEnvironment, ""
			stated = append(stated, c)
		default:
			s.Exclusion = section(e.Value)
		}
	}
	if item.Find("conditions") != nil {
		s.Stated = stated
	}
	return s
}

// unreadable is a condition that stands for what cannot be read: an AND part is never dropped.
func unreadable(n *source.Node, why string) Condition {
	return Condition{Role: RoleOther, Operator: Is, Open: true, Phrase: n.Text(), Span: Span{n.Span.Start, n.Span.End}, Note: why}
}

func structuredCondition(n *source.Node) Condition {
	field, values := n.Find("field"), n.Find("values")
	if n.Kind != source.Map || field == nil || field.Kind != source.Scalar || field.Value == "" || values == nil {
		return unreadable(n, "a condition has a field and values")
	}
	for _, e := range n.Entries {
		if !conditionKeys[e.Key.Value] {
			return unreadable(n, fmt.Sprintf("`%s` is no key of a condition", e.Key.Value))
		}
	}
	c := Condition{Role: RoleField, Field: field.Value, Stated: true, Phrase: n.Text(), Span: Span{n.Span.Start, n.Span.End}}
	if e, known := lexicon[keyOf(field.Value)]; known && e.kind == rolePhrase {
		c.Role = e.role
	}
	modifier := ""
	if m := n.Find("modifier"); m != nil {
		modifier = m.Value
	}
	modifier, c.All = strings.CutSuffix(modifier, "|all")
	operator, known := statedOperators[modifier]
	if !known {
		return unreadable(n, fmt.Sprintf("the modifier %q is not read here; one of contains, startswith, endswith, cidr and re, or none", modifier))
	}
	c.Operator = operator
	if not := n.Find("not"); not != nil {
		c.Negated = not.Value == "true"
	}
	items := values.Items
	if values.Kind == source.Scalar {
		items = []*source.Node{values}
	}
	for _, v := range items {
		if v.Kind != source.Scalar || v.IsNull() || v.Value == "" {
			return unreadable(n, "a value is a text or a number")
		}
		c.Values = append(c.Values, Value{Text: v.Value, Span: Span{v.Span.Start, v.Span.End}, Shape: shapeOf(v.Value), Quoted: true})
	}
	if len(c.Values) == 0 {
		return unreadable(n, "a condition has values")
	}
	return c
}
