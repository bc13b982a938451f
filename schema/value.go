package schema

import (
	"encoding/json"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// jsonValue is the value of a node as gojsonschema wants it. Numbers must be json.Number: given an int or a float64 that
// library skips the type check without a word (spec/taxonomy-and-tags.md section 8).
func jsonValue(n *source.Node) any {
	switch n.Kind {
	case source.Map:
		m := make(map[string]any, len(n.Entries))
		for _, e := range n.Entries {
			if _, twice := m[e.Key.Value]; !twice {
				m[e.Key.Value] = jsonValue(e.Value)
			}
		}
		return m
	case source.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = jsonValue(item)
		}
		return list
	}
	return jsonScalar(n)
}

// otherNumber stands for what is no text and has no number that JSON could spell: infinities and dates. Only its type counts.
const otherNumber = json.Number("0")

func jsonScalar(n *source.Node) any {
	switch n.Tag {
	case source.TagNull:
		return nil
	case source.TagBool:
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
	case source.TagInt, source.TagFloat:
		// Never the author's digits: gojsonschema turns 1e999999999 into an integer of that length.
		if number, ok := rules.ParseNumber(n.Value); ok {
			return json.Number(number.Text)
		}
		return otherNumber
	case source.TagTimestamp:
		return otherNumber // readers of YAML 1.1 make a date of it, which is no text for them
	}
	return n.Value
}

// jsonDocument is the value of a whole document. Days are judged on their source text, whatever YAML makes of it.
func jsonDocument(root *source.Node) map[string]any {
	m := jsonValue(root).(map[string]any)
	for _, key := range days {
		if n := root.Find(key); n != nil && n.Kind == source.Scalar && !n.IsNull() {
			m[key] = n.Value
		}
	}
	return m
}

// days are the attributes that hold a day.
var days = []string{"date", "modified"}
