package tuning

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// indent is one level of the block; rules/edit re-indents it to the document's own width.
const indent = "    "

// block writes an identifier: a map for one AND, a list of maps for several.
func block(name string, groups [][]Condition) string {
	var b strings.Builder
	b.WriteString(name + ":\n")
	for _, conditions := range groups {
		lead, rest := indent, indent
		if len(groups) > 1 {
			lead, rest = indent+"- ", indent+"  "
		}
		for k, c := range merge(conditions) {
			if k > 0 {
				lead = rest
			}
			writeItem(&b, lead, rest, c)
		}
	}
	return b.String()
}

// null is the modifier of a condition for a field that is not there. A rule says it with the value null, and has no modifier.
const null = "null"

func writeItem(b *strings.Builder, lead, rest string, c Condition) {
	key := c.Field
	if c.Modifier != "" && c.Modifier != null {
		key += "|" + c.Modifier
	}
	if c.Placeholder {
		key += "|expand"
	}
	if c.All {
		key += "|all"
	}
	if c.Negated {
		key += "|neq" // an exception inside the exclusion: the item holds for everything else
	}
	values := c.written()
	if len(values) == 1 {
		fmt.Fprintf(b, "%s%s: %s\n", lead, key, values[0])
		return
	}
	fmt.Fprintf(b, "%s%s:\n", lead, key)
	for _, v := range values {
		fmt.Fprintf(b, "%s%s- %s\n", rest, indent, v)
	}
}

// written is the values as a rule has them.
func (c Condition) written() []string {
	if c.Modifier == null {
		return []string{null}
	}
	var out []string
	for _, v := range c.Values {
		out = append(out, source.Quote(v))
	}
	return out
}

// merge joins conditions that would give the same key twice: contains of one AND becomes `all`.
func merge(conditions []Condition) []Condition {
	var out []Condition
	at := map[string]int{}
	for _, c := range conditions {
		key := fmt.Sprintf("%s|%s|%v|%v", c.Field, c.Modifier, c.Placeholder, c.Negated)
		k, again := at[key]
		switch {
		case !again:
			at[key] = len(out)
			out = append(out, c)
		case sameValues(out[k].Values, c.Values):
		default:
			// Each condition holds: every value of both, where each is a single one.
			out[k].Values = append(append([]string(nil), out[k].Values...), c.Values...)
			out[k].All = true
		}
	}
	return out
}

// mergeable reports that the conditions of an AND fit into one map: two lists of alternatives on one key do not.
func mergeable(conditions []Condition) bool {
	at := map[string]Condition{}
	for _, c := range conditions {
		key := fmt.Sprintf("%s|%s|%v|%v", c.Field, strings.TrimPrefix(c.Modifier, null), c.Placeholder, c.Negated)
		before, again := at[key]
		if again && before.Modifier != c.Modifier {
			return false // null and a value
		}
		if again && !sameValues(before.Values, c.Values) && (len(before.Values) > 1 && !before.All || len(c.Values) > 1 && !c.All) {
			return false
		}
		at[key] = c
	}
	return true
}

func sameValues(a, b []string) bool {
	return len(a) == len(b) && strings.EqualFold(strings.Join(a, "\x00"), strings.Join(b, "\x00"))
}

// detection reads a block back the way an engine would. What is proven is proven about this, not about the conditions it was written
// from.
func detection(text string) (*rules.Detection, error) {
	var b strings.Builder
	b.WriteString("title: block\nlogsource:\n    category: x\ndetection:\n")
	for _, line := range strings.SplitAfter(text, "\n") {
		if line != "" {
			b.WriteString(indent + line)
		}
	}
	name, _, _ := strings.Cut(text, ":")
	b.WriteString("    condition: " + name + "\n")
	file := source.Parse("block", []byte(b.String()), source.Limits{})
	documents, _ := rules.Parse(file)
	if len(file.Problems) > 0 {
		return nil, fmt.Errorf("the block does not parse: %s", file.Problems[0].Message)
	}
	if len(documents) != 1 {
		return nil, fmt.Errorf("the block is no identifier")
	}
	rule, ok := documents[0].(*rules.Rule)
	if !ok || len(rule.Detection.Named) != 1 {
		return nil, fmt.Errorf("the block is no identifier")
	}
	for _, p := range rule.Problems {
		return nil, fmt.Errorf("the block has no certain meaning: %s", p.Message)
	}
	return rule.Detection.Named[0], nil
}
