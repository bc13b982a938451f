package fix

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// exclusion gives a rule with one identifier the item `Seeded: 'a'` and excludes what the lines hold.
func exclusion(lines ...string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Named) != 1 || len(r.Detection.Conditions) != 1 || r.Detection.Conditions[0].Node.Style != source.Plain {
			return nil
		}
		edits := newItem("Seeded: 'a'")(r)
		line := r.File.LineSpan(r.File.LineAt(r.Detection.Conditions[0].Node.Span.Start))
		indent, _, _ := strings.Cut(r.File.Text(line), "condition")
		if edits == nil || strings.Trim(indent, " ") != "" {
			return nil
		}
		block := indent + "filter_main_seeded:"
		for _, l := range lines {
			block += "\n" + indent + "    " + l
		}
		edits = append(edits, insert(line.Start, ended(r.File, block))...)
		return append(edits, insert(r.Detection.Conditions[0].Node.Span.End, " and not filter_main_seeded")...)
	}
}

func insert(at int, text string) []source.Edit {
	return []source.Edit{{Span: source.Span{Start: at, End: at}, New: text}}
}

// attribute rewrites the value of a top-level attribute.
func attribute(name string, to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		n := r.Root.Find(name)
		if n == nil || n.Style != source.Plain || to(n.Value) == n.Value {
			return nil
		}
		return []source.Edit{{Span: n.Span, New: to(n.Value)}}
	}
}

func key(name, to string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if e := r.Attribute(name); e != nil {
			return []source.Edit{{Span: e.Key.Span, New: to}}
		}
		return nil
	}
}

// newLine puts lines above a top-level attribute.
func newLine(above, lines string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		e := r.Attribute(above)
		name, _, _ := strings.Cut(lines, ":")
		if e == nil || r.Attribute(name) != nil {
			return nil
		}
		return insert(e.Key.Span.Start, ended(r.File, lines))
	}
}

// ended gives lines the line ends of a file, and one at the end.
func ended(f *source.File, lines string) string {
	eol := f.Text(source.Span{Start: f.LineSpan(1).End, End: f.LineSpan(2).Start})
	return strings.ReplaceAll(lines+"\n", "\n", eol)
}

func withoutLine(name string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		e := r.Attribute(name)
		if e == nil {
			return nil
		}
		line := r.File.LineAt(e.Key.Span.Start)
		return []source.Edit{{Span: source.Span{Start: r.File.LineSpan(line).Start, End: r.File.LineSpan(line + 1).Start}}}
	}
}

// unlist writes a list with one entry as a single value.
func unlist(name string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		e := r.Attribute(name)
		if e == nil || e.Value.Kind != source.List || len(e.Value.Items) != 1 || strings.Contains(r.File.Text(e.Span()), "#") {
			return nil
		}
		only := e.Value.Items[0]
		return []source.Edit{{Span: source.Span{Start: e.Key.Span.End, End: only.Span.End}, New: ": " + only.Text()}}
	}
}

// newEntry appends an entry to a list attribute.
func newEntry(name, text string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		list := r.Root.Find(name)
		if list == nil || list.Kind != source.List || list.Flow || len(list.Items) == 0 {
			return nil
		}
		return entryBelow(r.File, list.Items[len(list.Items)-1], text)
	}
}

// entryBelow puts an entry on a line of its own below another, nil where that one shares its lines.
func entryBelow(f *source.File, last *source.Node, text string) []source.Edit {
	line := f.LineAt(last.Span.Start)
	span := f.LineSpan(line)
	before := f.Text(source.Span{Start: span.Start, End: last.Span.Start})
	if line == f.Lines() || line != f.LineAt(last.Span.End) || strings.TrimSpace(before) != "-" {
		return nil
	}
	return insert(f.LineSpan(line+1).Start, ended(f, before+text))
}

func repeatEntry(name string, to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		list := r.Root.Find(name)
		if list == nil || list.Kind != source.List || len(list.Items) == 0 || list.Items[0].Style != source.Plain || to(list.Items[0].Text()) == list.Items[0].Text() && to("a") != "a" {
			return nil
		}
		return newEntry(name, to(list.Items[0].Text()))(r)
	}
}

func firstTag(pattern string, to func(string) string) func(*rules.Rule) []source.Edit {
	expression := regexp.MustCompile("^" + pattern)
	return func(r *rules.Rule) []source.Edit {
		for _, t := range r.Tags {
			if expression.MatchString(t.Value) && t.Node.Style == source.Plain {
				return []source.Edit{{Span: t.Node.Span, New: to(t.Value)}}
			}
		}
		return nil
	}
}

var tactic = regexp.MustCompile(`^attack\.[a-z-]+$`)

// withoutTactics removes all tactics, withoutOneTactic the last of several.
func withoutTactics(r *rules.Rule) []source.Edit { return dropTags(r, 1, 99) }

func withoutOneTactic(r *rules.Rule) []source.Edit { return dropTags(r, 2, 1) }

func dropTags(r *rules.Rule, least, most int) []source.Edit {
	var edits []source.Edit
	for _, t := range r.Tags {
		if !tactic.MatchString(t.Value) {
			continue
		}
		line := r.File.LineAt(t.Node.Span.Start)
		edits = append(edits, source.Edit{Span: source.Span{Start: r.File.LineSpan(line).Start, End: r.File.LineSpan(line + 1).Start}})
	}
	if len(edits) < least || len(edits) == len(r.Tags) {
		return nil
	}
	return edits[max(0, len(edits)-most):]
}

func logsourceKey(name, to string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if e := r.Root.Find("logsource").Entry(name); e != nil {
			return []source.Edit{{Span: e.Key.Span, New: to}}
		}
		return nil
	}
}

func logsourceValue(name string, to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if n := r.Root.Find("logsource").Find(name); n != nil && n.Style == source.Plain && to(n.Value) != n.Value {
			return []source.Edit{{Span: n.Span, New: to(n.Value)}}
		}
		return nil
	}
}

func firstItem(r *rules.Rule, try func(*rules.Item) []source.Edit) (edits []source.Edit) {
	for _, n := range r.Detection.Named {
		n.Block.Each(func(i *rules.Item) {
			if edits == nil {
				edits = try(i)
			}
		})
	}
	return edits
}

func firstField(to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		return firstItem(r, func(i *rules.Item) []source.Edit {
			if len(i.Field) < 6 || i.Key.Style != source.Plain || to(i.Field) == i.Field {
				return nil
			}
			return []source.Edit{{Span: i.FieldSpan, New: to(i.Field)}}
		})
	}
}

func modifier(name, to string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		return firstItem(r, func(i *rules.Item) []source.Edit {
			for _, m := range i.Modifiers {
				if m.Name == name {
					return []source.Edit{{Span: m.Span, New: to}}
				}
			}
			return nil
		})
	}
}

// quoted is a single-quoted value of one line, plainEnd one whose spelling is its text.
func quoted(v *rules.Value) bool {
	return v.Node.Style == source.SingleQuoted && !strings.ContainsAny(v.Text, "'\n:")
}

func plainEnd(v *rules.Value) bool { return quoted(v) && !strings.ContainsAny(v.Text, `*?`) }

// firstValue rewrites the source of a value. With a modifier named, only of items that have it alone; `endswith` goes with the change.
func firstValue(fits func(*rules.Value) bool, to func(*rules.Value) string, modifier ...string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		return firstItem(r, func(i *rules.Item) []source.Edit {
			if i.Keyword() || len(modifier) > 0 && (len(i.Modifiers) != 1 || i.Modifiers[0].Name != modifier[0]) || len(i.Values) == 0 || !fits(i.Values[0]) {
				return nil
			}
			edits := []source.Edit{{Span: i.Values[0].Node.Span, New: to(i.Values[0])}}
			if len(modifier) > 0 && modifier[0] == "endswith" {
				if len(i.Values) > 1 {
					return nil
				}
				edits = append(edits, source.Edit{Span: source.Span{Start: i.FieldSpan.End, End: i.Key.Span.End}})
			}
			return edits
		})
	}
}

// newItem puts an item above the first one of an identifier that is a map. Further lines are entries below it, or further items.
func newItem(lines string) func(*rules.Rule) []source.Edit {
	field, _, _ := strings.Cut(lines, ":")
	return func(r *rules.Rule) []source.Edit {
		for _, n := range r.Detection.Named {
			if n.Block.Shape != rules.MapShape || n.Node.Flow || r.Detection.Polarity(n) != rules.Positive || n.Node.Entry(field) != nil {
				continue
			}
			at := n.Block.Items[0].Key.Span.Start
			indent := r.File.Text(source.Span{Start: r.File.LineSpan(r.File.LineAt(at)).Start, End: at})
			if strings.Trim(indent, " ") != "" {
				continue
			}
			text := strings.ReplaceAll(lines, "\n- ", "\n"+indent+"    - ")
			text = regexp.MustCompile(`\n(\w)`).ReplaceAllString(text, "\n"+indent+"$1")
			return insert(at, ended(r.File, text)+indent)
		}
		return nil
	}
}

// onWindows is newItem for the log sources whose paths have drives.
func onWindows(lines string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if r.Logsource.Product.Value != "windows" {
			return nil
		}
		return newItem(lines)(r)
	}
}

// repeatValue appends a variant of the first value to a list under `contains`.
func repeatValue(to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		return firstItem(r, func(i *rules.Item) []source.Edit {
			if len(i.Modifiers) != 1 || i.Modifiers[0].Name != "contains" || i.Node.Kind != source.List || i.Node.Flow || len(i.Values) < 2 || !plainEnd(i.Values[0]) {
				return nil
			}
			return entryBelow(r.File, i.Values[len(i.Values)-1].Node, source.Quote(to(i.Values[0].Text)))
		})
	}
}

// condition rewrites the only condition of a rule.
func condition(pattern, to string) func(*rules.Rule) []source.Edit {
	expression := regexp.MustCompile(pattern)
	return func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Conditions) != 1 {
			return nil
		}
		c := r.Detection.Conditions[0]
		m := expression.FindStringSubmatchIndex(c.Text)
		if m == nil || c.Node.Style != source.Plain || c.Node.Text() != c.Text {
			return nil
		}
		return []source.Edit{{Span: c.Node.Range(m[0], m[1]), New: string(expression.ExpandString(nil, to, c.Text, m))}}
	}
}

// added puts a search identifier above the only condition, and writes a new condition around it in place of RULE.
func added(name, body, condition string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Conditions) != 1 {
			return nil
		}
		c := r.Detection.Conditions[0]
		line := r.File.LineSpan(r.File.LineAt(c.Node.Span.Start))
		indent, _, _ := strings.Cut(r.File.Text(line), "condition")
		if c.Node.Style != source.Plain || c.Node.Text() != c.Text || strings.Trim(indent, " ") != "" || strings.Contains(c.Text, "them") || strings.Contains(c.Text, "|") {
			return nil
		}
		text := indent + name + ":"
		for _, l := range strings.Split(body, "\n") {
			text += "\n" + indent + "    " + l
		}
		old := c.Text
		if strings.Contains(old, " ") {
			old = "(" + old + ")"
		}
		return append(insert(line.Start, ended(r.File, text)), source.Edit{Span: c.Node.Span, New: strings.Replace(condition, "RULE", old, 1)})
	}
}

// excluding excludes events of processes of Windows.
func excluding(body string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if r.Logsource.Category.Value != "process_creation" || r.Logsource.Product.Value != "windows" {
			return nil
		}
		return added("filter_main_seeded", body, "RULE and not filter_main_seeded")(r)
	}
}

// withoutAttribute removes all lines of an attribute.
func withoutAttribute(name string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		e := r.Attribute(name)
		if e == nil {
			return nil
		}
		last := r.File.LineAt(e.Value.Span.End)
		if last == r.File.Lines() {
			return nil
		}
		return []source.Edit{{Span: source.Span{Start: r.File.LineSpan(r.File.LineAt(e.Key.Span.Start)).Start, End: r.File.LineSpan(last + 1).Start}}}
	}
}

// firstEntry rewrites the first entry of a list attribute.
func firstEntry(name string, to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		list := r.Root.Find(name)
		if list == nil || list.Kind != source.List || len(list.Items) == 0 {
			return nil
		}
		first := list.Items[0]
		if first.Style != source.Plain || first.Value == "" || first.Text() != first.Value || to(first.Value) == first.Value {
			return nil
		}
		return []source.Edit{{Span: first.Span, New: to(first.Value)}}
	}
}
