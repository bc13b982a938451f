package logic

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// mutation is an edit of any rule whose class is known by construction. nil edits: it does not apply.
type mutation struct {
	name  string
	class Class
	edits func(*rules.Rule) []source.Edit
	// redundant: what is edited may mean nothing, so that the rule may also be equivalent afterwards.
	redundant bool
}

// The field of added identifiers occurs in no published rule, so it is independent of everything.
const fresh = "SigtuneFreshField"

var mutations = []mutation{
	{"the condition in parentheses, negated twice", ClassEquivalent, conditionEdit("not (not (%s))", ""), false},
	{"an alternative inside the rule", ClassEquivalent, conditionEdit("(%[1]s) or ((%[1]s) and sigtune_a)", "a"), false},
	{"a demand on a new field", ClassNarrowed, conditionEdit("(%s) and sigtune_a", "a"), false},
	{"a filter on a new field", ClassNarrowed, conditionEdit("(%s) and not 1 of sigtune_*", "ab"), false},
	{"an alternative on a new field", ClassWidened, conditionEdit("(%s) or sigtune_a", "a"), false},
	{"a filter and an alternative", ClassBoth, conditionEdit("((%s) and not sigtune_a) or sigtune_b", "ab"), false},
	{"the values of every list in reverse", ClassEquivalent, reversedLists, false},
	{"a selection split into one alternative per value", ClassEquivalent, splitSelection, false},
	{"a value dropped from a selection", ClassNarrowed, droppedValue(rules.Positive), true},
	{"a value dropped from a filter", ClassWidened, droppedValue(rules.Negative), true},
	{"a value added to a selection", ClassWidened, addedValue(rules.Positive), true},
	{"a value added to a filter", ClassNarrowed, addedValue(rules.Negative), true},
}

// conditionEdit rewrites the condition and adds identifiers sigtune_a, sigtune_b.
func conditionEdit(format, names string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		d := &r.Detection
		if len(d.Conditions) != 1 || d.Conditions[0].Aggregation.Len() > 0 || strings.Contains(d.Conditions[0].Text, "them") {
			return nil
		}
		text := "condition: " + source.Quote(fmt.Sprintf(format, d.Conditions[0].Text))
		indent := strings.Repeat(" ", r.File.Pos(d.Named[0].Key.Span.Start).Column-1)
		for _, name := range names {
			text += fmt.Sprintf("\n%ssigtune_%c:\n%s    %s: '%c'", indent, name, indent, fresh, name)
		}
		entry := d.Node.Entry("condition")
		return []source.Edit{{Span: source.Span{Start: entry.Key.Span.Start, End: entry.Value.Span.End}, New: text}}
	}
}

// lists are the lists of values that the rule uses with one polarity.
func lists(r *rules.Rule, polarity rules.Polarity) []*rules.Item {
	var out []*rules.Item
	for _, d := range r.Detection.Named {
		if r.Detection.Polarity(d) != polarity {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Key != nil && i.Node.Kind == source.List && !i.Node.Flow && len(i.Values) > 1 && !i.All && !i.Negated {
				out = append(out, i)
			}
		})
	}
	return out
}

func reversedLists(r *rules.Rule) []source.Edit {
	var out []source.Edit
	for _, i := range append(lists(r, rules.Positive), lists(r, rules.Negative)...) {
		for k, v := range i.Values {
			out = append(out, source.Edit{Span: v.Node.Span, New: r.File.Text(i.Values[len(i.Values)-1-k].Node.Span)})
		}
	}
	return out
}

func splitSelection(r *rules.Rule) []source.Edit {
	for _, i := range lists(r, rules.Positive) {
		for _, d := range r.Detection.Named {
			if d.Block.Shape != rules.MapShape || len(d.Block.Items) != 1 || d.Block.Items[0] != i || len(i.Values) > 40 {
				continue
			}
			var b strings.Builder
			indent := strings.Repeat(" ", r.File.Pos(i.Key.Span.Start).Column-1)
			for k, v := range i.Values {
				if k > 0 {
					b.WriteString("\n" + indent)
				}
				fmt.Fprintf(&b, "- %s: %s", i.KeyText(), r.File.Text(v.Node.Span))
			}
			return []source.Edit{{Span: i.Span(), New: b.String()}}
		}
	}
	return nil
}

func droppedValue(polarity rules.Polarity) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		for _, i := range lists(r, polarity) {
			n := i.Values[len(i.Values)/2].Node
			if r.File.LineAt(n.Span.Start) == r.File.LineAt(n.Span.End) {
				line := r.File.LineSpan(r.File.LineAt(n.Span.Start))
				return []source.Edit{{Span: source.Span{Start: line.Start, End: line.End + 1}}}
			}
		}
		return nil
	}
}

func addedValue(polarity rules.Polarity) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		for _, i := range lists(r, polarity) {
			if i.Tests[0].Kind != rules.TextTest {
				continue
			}
			n := i.Values[0].Node
			indent := strings.Repeat(" ", r.File.Pos(n.Span.Start).Column-3)
			return []source.Edit{{Span: source.Span{Start: n.Span.End, End: n.Span.End}, New: "\n" + indent + "- 'Qqzz\\sigtune'"}}
		}
		return nil
	}
}

// TestMutationsOfPublishedRules classifies edits of real rules whose class is known by construction.
func TestMutationsOfPublishedRules(t *testing.T) {
	perRule := 3
	if testing.Short() {
		perRule = 1
	}
	count, applied := map[Class]int{}, map[string]int{}
	redundant := 0
	var worst time.Duration
	worstRule := ""
	for n, r := range corpusRules(t) {
		if Satisfiable(FromRule(r)).Verdict == No {
			continue
		}
		for k := range perRule {
			m := mutations[(n*perRule+k)%len(mutations)]
			edits := m.edits(r)
			if edits == nil {
				continue
			}
			data, err := edit.Apply(r.File.Data, edits)
			if err != nil {
				t.Fatal(r.File.Path, m.name, err)
			}
			docs, _ := rules.Parse(source.Parse(r.File.Path, data, source.Limits{}))
			new, ok := docs[r.Index].(*rules.Rule)
			if !ok {
				t.Fatal(r.File.Path, m.name, "no rule is left")
			}
			start := time.Now()
			c := Changes(r, new)
			if took := time.Since(start); took > worst {
				worst, worstRule = took, r.File.Path+": "+m.name
			}
			applied[m.name]++
			count[c.Class]++
			switch {
			case c.Class == m.class:
			case c.Class == ClassEquivalent && m.redundant:
				redundant++
			case c.Class == ClassUnknown && len(FromRule(r).Opaque()) > 0:
			default:
				t.Errorf("%s: %s: %v, want %v\n%+v\n%+v", r.File.Path, m.name, c.Class, m.class, c.Lost, c.Gained)
			}
			if m.class != ClassEquivalent && len(c.Edits) == 0 {
				t.Errorf("%s: %s: no words", r.File.Path, m.name)
			}
			checkEvents(t, r, new, c)
		}
	}
	t.Logf("%v; %d of redundant parts; slowest %v: %s", count, redundant, worst.Round(time.Millisecond), worstRule)
	for _, m := range mutations {
		if applied[m.name] == 0 {
			t.Errorf("%s: never applied", m.name)
		}
	}
}
