package scenario

import (
	"fmt"
	"strings"

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
	if !strings.Contains(text, "scenarios:") || !strings.Contains(text, "conditions:") {
		return nil, false
	}
	file := source.Parse("", []byte(text), source.Limits{})
	for _, p := range file.Problems {
		if p.Kind != source.KindByteOrderMark {
			return nil, false
		}
	}
	if len(file.Documents) != 1 {
		return nil, false
	}
	entries := file.Documents[0].Root.Entry("scenarios")
	if entries == nil || entries.Value.Kind != source.List {
		return nil, false
	}
	for _, item := range entries.Value.Items {
		if item.Kind == source.Map {
			list = append(list, structuredScenario(text, item))
		}
	}
	return list, len(list) > 0
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
