package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

// meanings are the rows of spec/sigma-semantics.md section 7: one item, what it tests, and what is reported. An item with the
// meaning "none" keeps its rule from being evaluated.
var meanings = []struct {
	item string
	want string
	kind string // of the only problem
	help string // part of its help
}{
	{"f: a", "a", "", ""},
	{"f: [a, b]", "a, b", "", ""},
	{"f|all: [a, b]", "all a, b", "", ""},
	{"f|contains: a", "⟨*⟩a⟨*⟩", "", ""},
	{"f|startswith: a", "a⟨*⟩", "", ""},
	{"f|endswith: a", "⟨*⟩a", "", ""},
	{"f|contains: '*a*'", "⟨*⟩a⟨*⟩", "", ""},
	{`f|startswith: 'C:\x\'`, `C:\x\⟨*⟩`, "", ""},
	{`f|contains: '\*'`, `⟨*⟩*⟨*⟩`, "", ""},
	{"f|contains: ''", "⟨*⟩", "", ""},
	{"f|contains|all: [a, b]", "all ⟨*⟩a⟨*⟩, ⟨*⟩b⟨*⟩", "", ""},
	{"f|all|contains: [a, b]", "all ⟨*⟩a⟨*⟩, ⟨*⟩b⟨*⟩", "", ""},
	{"f|neq: a", "not a", "", ""},
	{"f|neq|contains: a", "not ⟨*⟩a⟨*⟩", "", ""},
	{"f|cased: A", "cased A", "", ""},
	{"f|contains|cased: A", "cased ⟨*⟩A⟨*⟩", "", ""},
	{"f: null", "null", "", ""},
	{"f: 5", "num 5", "", ""},
	{"f: true", "bool true", "", ""},
	{"f: '5'", "5", "", ""},
	{"f: 0x1f", "num 31", "", ""},
	{"f: 0123", "num 83", "", ""},
	{"f: 0089", "0089", "", ""},
	{"f: 4.10", "num 4.1", "", ""},
	{"f: 1.0", "num 1", "", ""},
	{"f: 2024-01-02", "2024-01-02", KindUnquotedTimestamp, "'2024-01-02'"},
	{"f: [a, null]", "a, null", KindNullInList, ""},
	{"f: []", "none", KindEmptyList, ""},
	{"f: {a: b}", "none", KindInvalidValue, "'{a: b}'"},
	{"f: [[a]]", "none", KindInvalidValue, ""},
	{"f|contains: 5", "⟨*⟩5⟨*⟩", KindStringModifier, "'5'"},
	{"f|endswith: true", "⟨*⟩true", KindStringModifier, "'true'"},
	{"f|contains: null", "none", KindStringModifier, ""},
	{"f|contains:", "none", KindStringModifier, ""},
	{"f|startswith|endswith: a", "⟨*⟩a⟨*⟩", KindIncompatibleModifiers, "contains"},

	{"f|Contains: a", "none", KindUnknownModifier, "`contains`"},
	{"f|endwith: a", "none", KindUnknownModifier, "`endswith`"},
	{"f|contain: a", "none", KindUnknownModifier, "`contains`"},
	{"f|contians: a", "none", KindUnknownModifier, "did you mean `contains`?"},
	{"f|startwiht: a", "none", KindUnknownModifier, "did you mean `startswith`?"},
	{"f|is: a", "none", KindUnknownModifier, "the usual ones"},
	{"f|utf16xe: a", "none", KindUnknownModifier, "the usual ones"},
	{"'f|contains ': a", "none", KindUnknownModifier, "`contains`"},
	{"f||contains: a", "none", KindUnknownModifier, "extra `|`"},
	{"f|: a", "none", KindUnknownModifier, "extra `|`"},
	{"f|not: a", "none", KindUnknownModifier, "condition"},
	{"f|in: [a]", "none", KindUnknownModifier, "OR"},
	{"f|equals: a", "none", KindUnknownModifier, "leave it out"},

	{"f|re: a.*b", `re "a.*b" `, "", ""},
	{"f|re|i|m|s: a", `re "a" ims`, "", ""},
	{"f|re|ignorecase: a", `re "a" i`, "", ""},
	{"f|re|all: [a, b]", `all re "a" , re "b" `, "", ""},
	{"f|i: a", "none", KindModifierOrder, "`re|i`"},
	{"f|contains|re: a", "none", KindModifierOrder, "re"},
	{"f|re|cased: a", "none", KindIncompatibleModifiers, ""},
	{"f|re|base64: a", "none", KindIncompatibleModifiers, ""},
	{"f|re|cidr: a", "none", KindIncompatibleModifiers, ""},
	{"f|re: 5", "none", KindStringModifier, "'5'"},
	{"f|re: '('", "none", KindInvalidRegex, ""},
	{"f|re:", "none", KindStringModifier, "test for absence"},

	{"f|cidr: 10.0.0.0/8", "cidr 10.0.0.0/8", "", ""},
	{"f|cidr: 10.0.0.1", "cidr 10.0.0.1/32", "", ""},
	{"f|cidr: fe80::/10", "cidr fe80::/10", "", ""},
	{"f|cidr: '::1'", "cidr ::1/128", "", ""},
	{"f|cidr: 10.0.0.1/8", "cidr 10.0.0.0/8", KindCIDRHostBits, "'10.0.0.0/8'"},
	{"f|cidr: 10.0.0.0/255.0.0.0", "cidr 10.0.0.0/8", KindInvalidCIDR, "'10.0.0.0/8'"},
	{"f|cidr: 10.0.0.0/255.0.255.0", "none", KindInvalidCIDR, ""},
	{"f|cidr: 10.0.0.0/33", "none", KindInvalidCIDR, ""},
	{"f|cidr: 10.*", "none", KindInvalidCIDR, ""},
	{"f|cidr: 10", "none", KindInvalidCIDR, ""},
	{"f|cidr:", "none", KindInvalidCIDR, "an address"},
	{"f|contains|cidr: 10.0.0.0/8", "none", KindIncompatibleModifiers, ""},
	{"f|cidr|contains: 10.0.0.0/8", "none", KindIncompatibleModifiers, ""},

	{"f|exists: true", "exists true", "", ""},
	{"f|exists: false", "exists false", "", ""},
	{"f|exists|neq: true", "not exists true", "", ""},
	{"f|exists: 'true'", "none", KindExistsBoolean, ""},
	{"f|exists: 1", "none", KindExistsBoolean, ""},
	{"'|exists': true", "none", KindIncompatibleModifiers, "name the field"},
	{"f|exists|contains: true", "none", KindIncompatibleModifiers, ""},

	{"f|gt: 5", "cmp 3 5", "", ""},
	{"f|lte: -1.5", "cmp 2 -1.5", "", ""},
	{"f|gt: '5'", "none", KindComparisonNumber, ""},
	{"f|gt: a", "none", KindComparisonNumber, ""},
	{"f|gt|lt: 5", "none", KindIncompatibleModifiers, "two items"},
	{"f|hour: 5", "part hour 5", "", ""},
	{"f|hour|gte: 5", "cmp 4 5", "", ""},
	{"f|gt|hour: 5", "none", KindIncompatibleModifiers, ""},
	{"f|hour: 25", "part hour 25", KindTimePartRange, "0 to 23"},
	{"f|week: 53", "part week 53", "", ""},
	{"f|month: 13", "part month 13", KindTimePartRange, "1 to 12"},
	{"f|minute: '5'", "none", KindComparisonNumber, ""},

	{"f|fieldref: g", "fieldref g [false false]", "", ""},
	{"f|fieldref|contains: g", "fieldref g [true true]", "", ""},
	{"f|fieldref|startswith: g", "fieldref g [false true]", "", ""},
	{"f|fieldref|endswith: g", "fieldref g [true false]", "", ""},
	{"f|fieldref|neq: g", "not fieldref g [false false]", "", ""},
	{"f|contains|fieldref: g", "none", KindModifierOrder, "fieldref|contains"},

	{"f|expand: '%x%'", "⟨%x%⟩", "", ""},
	{"f|expand|contains: 'a%x%b'", "⟨*⟩a⟨%x%⟩b⟨*⟩", "", ""},
	{`f|expand: '\%plain%name%'`, "%plain⟨%name%⟩", "", ""},
	{"f|expand: '%x'", "%x", "", ""},
	{"f: '%x%'", "%x%", "", ""},

	{"f|base64: foo", "Zm9v", "", ""},
	{"f|base64|base64: foo", "Wm05dg==", "", ""},
	{`f|base64: 'foo\*'`, "Zm9vKg==", "", ""},
	{"f|base64: 'foo*'", "none", KindBase64Wildcard, ""},
	{"f|utf16le|base64: ping", "cABpAG4AZwA=", "", ""},
	{"f|wide|base64: ping", "cABpAG4AZwA=", "", ""},
	{"f|utf16be|base64: ping", "AHAAaQBuAGc=", "", ""},
	{"f|utf16|base64: ping", "//5wAGkAbgBnAA==", "", ""},
	{"f|base64offset|contains: foo", "⟨*⟩Zm9v⟨*⟩ | ⟨*⟩Zvb⟨*⟩ | ⟨*⟩mb2⟨*⟩", "", ""},
	{"f|base64offset|contains: föö", "⟨*⟩ZsO2w7⟨*⟩ | ⟨*⟩bDtsO2⟨*⟩ | ⟨*⟩mw7bDt⟨*⟩", "", ""},
	{"f|base64offset: foo", "Zm9v | Zvb | mb2", KindOffsetWithoutContains, "base64offset|contains"},
	{"f|contains|base64offset: foo", "none", KindOffsetWithoutContains, "base64offset|contains"},
	{"f|base64offset|contains: ''", "none", KindBase64Short, "at least 4"},

	{"f|windash: -a", "-a | /a | –a | —a | ―a", "", ""},
	{"f|windash|contains: ' /x'", "⟨*⟩ -x⟨*⟩ | ⟨*⟩ /x⟨*⟩ | ⟨*⟩ –x⟨*⟩ | ⟨*⟩ —x⟨*⟩ | ⟨*⟩ ―x⟨*⟩", "", ""},
	{"f|windash: no", "no", "", ""},
	{"f|windash: a-b", "a-b", "", ""},
	{"f|windash: --foo", "--foo | -/foo | -–foo | -—foo | -―foo", "", ""},
	{"f|windash: -param-name", "-param-name | /param-name | –param-name | —param-name | ―param-name", "", ""},
	{"f|windash: '- x'", "- x", "", ""},

	{"'|all': [a, b]", "all a, b", "", ""},
	{"'|contains': a", "⟨*⟩a⟨*⟩", "", ""},
	{"'|re': a", `re "a" `, "", ""},
}

func TestMeaningOfItems(t *testing.T) {
	for _, c := range meanings {
		t.Run(c.item, func(t *testing.T) {
			r := parseText(t, "detection:\n  sel:\n    "+c.item+"\n  condition: sel\n")
			item := r.Detection.Named[0].Block.Items[0]
			got := "none"
			if r.Detection.Evaluable() == nil {
				var values []string
				for _, test := range item.Tests {
					values = append(values, sorted(testText(test), c.want))
				}
				got = strings.Join(values, ", ")
				if item.All {
					got = "all " + got
				}
				if item.Negated {
					got = "not " + got
				}
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			switch {
			case c.kind == "" && len(r.Problems) > 0:
				t.Errorf("%s: %s", r.Problems[0].Kind, r.Problems[0].Message)
			case c.kind != "" && len(r.Problems) != 1:
				t.Errorf("problems: %v", r.Problems)
			case c.kind != "":
				p := r.Problems[0]
				if p.Kind != c.kind || !strings.Contains(p.Help, c.help) {
					t.Errorf("%s: %s; %s", p.Kind, p.Message, p.Help)
				}
				if p.Span.Len() == 0 || !r.Root.Span.Contains(p.Span) {
					t.Errorf("%s stands at %v", p.Kind, p.Span)
				}
			}
		})
	}
}

// sorted gives alternatives in the order of want where they are the same set: the comparison of the corpus sorts them.
func sorted(got, want string) string {
	a, b := strings.Split(got, " | "), map[string]bool{}
	for _, w := range strings.Split(want, " | ") {
		b[w] = true
	}
	for _, w := range a {
		if !b[w] {
			return got
		}
	}
	if len(a) == len(b) {
		return want
	}
	return got
}

// Every fix of an item's problem leads to a rule that has a meaning and no longer has the problem.
func TestFixesOfItemsWork(t *testing.T) {
	fixed := 0
	for _, c := range meanings {
		text := "detection:\n  sel:\n    " + c.item + "\n  condition: sel\n"
		for _, p := range parseText(t, text).Problems {
			if p.Fix == nil {
				continue
			}
			fixed++
			out := text
			for i := len(p.Fix.Edits) - 1; i >= 0; i-- {
				e := p.Fix.Edits[i]
				out = out[:e.Span.Start] + e.New + out[e.Span.End:]
			}
			r := parseText(t, out)
			for _, left := range r.Problems {
				if left.Kind == p.Kind {
					t.Errorf("%s: still %s after %q:\n%s", c.item, p.Kind, p.Fix.Title, out)
				}
			}
			if err := r.Detection.Evaluable(); err != nil {
				t.Errorf("%s: %v after %q:\n%s", c.item, err, p.Fix.Title, out)
			}
		}
	}
	if fixed < 5 {
		t.Errorf("only %d fixes were tried", fixed)
	}
}

func TestEveryModifierIsUsedInATest(t *testing.T) {
	for _, m := range Modifiers {
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			if info, ok := LookupModifier(name); !ok || info.Name != m.Name {
				t.Errorf("%s is not found", name)
			}
		}
		used := false
		for _, c := range meanings {
			key, _, _ := strings.Cut(c.item, ": ")
			for _, part := range strings.Split(strings.Trim(key, "':"), "|")[1:] {
				used = used || part == m.Name
			}
		}
		if !used && m.Name != "day" && m.Name != "year" && m.Name != "lt" && m.Name != "gte" {
			t.Errorf("no row tests `%s`", m.Name)
		}
		if m.Effect == "" {
			t.Errorf("`%s` has no effect to show", m.Name)
		}
	}
}

// Shapes of identifiers, spec/sigma-semantics.md section 4.
func TestShapesOfDetections(t *testing.T) {
	for _, c := range []struct{ name, body, shape, kind string }{
		{"a map", "sel: {a: b, c: d}", "and(a c)", ""},
		{"keywords", "sel: [a, b]", "keywords(a b)", ""},
		{"a list of maps", "sel: [{a: b}, {c: d, e: f}]", "or(and(a) and(c e))", ""},
		{"one keyword", "sel: foo", "keywords(foo)", ""},
		{"a number as keyword", "sel: 4688", "keywords(4688)", ""},
		{"mixed", "sel: [a, {b: c}]", "or(keywords(a) and(b))", KindMixedList},
		{"a nested list", "sel: [[a], [b]]", "or(keywords(a) keywords(b))", KindMixedList},
		{"an empty map", "sel: {}", "empty", KindEmptyIdentifier},
		{"an empty list", "sel: []", "empty", KindEmptyIdentifier},
		{"null", "sel: null", "empty", KindEmptyIdentifier},
		{"nothing", "sel:", "empty", KindEmptyIdentifier},
		{"an empty text", "sel: ''", "empty", KindEmptyIdentifier},
		{"a modifier on the identifier", "sel|contains: {a: b}", "and(a)", KindModifierOnIdentifier},
		{"a name that no condition can write", "sel.x: {a: b}", "and(a)", KindUnaddressable},
		{"a retired timeframe", "sel: {a: b}\n  timeframe: 5m", "and(a)", KindLegacyTimeframe},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := parseText(t, "detection:\n  "+c.body+"\n")
			if got := shapeOf(r.Detection.Named[0].Block); got != c.shape {
				t.Errorf("%s", got)
			}
			kinds := ""
			for _, p := range r.Problems {
				kinds += p.Kind
			}
			if kinds != c.kind {
				t.Errorf("problems %v", r.Problems)
			}
		})
	}
	r := parseText(t, "detection:\n  condition: sel\n")
	if len(r.Problems) != 2 || r.Problems[0].Kind != KindNoIdentifier {
		t.Errorf("%v", r.Problems)
	}
}

func shapeOf(b *Block) string {
	var parts []string
	switch b.Shape {
	case EmptyShape:
		return "empty"
	case KeywordsShape:
		for _, v := range b.Items[0].Values {
			parts = append(parts, v.Text)
		}
		return "keywords(" + strings.Join(parts, " ") + ")"
	case ListShape:
		for _, a := range b.Alternatives {
			parts = append(parts, shapeOf(a))
		}
		return "or(" + strings.Join(parts, " ") + ")"
	}
	for _, i := range b.Items {
		parts = append(parts, i.Field)
	}
	return "and(" + strings.Join(parts, " ") + ")"
}

func TestDocuments(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a rule", "title: T\ndetection: {sel: {a: b}, condition: sel}\n", "*rules.Rule"},
		{"a correlation", "correlation: {type: event_count, rules: [x], timespan: 5m}\n", "*rules.Correlation"},
		{"a filter", "filter: {rules: [x], sel: {a: b}, condition: not sel}\n", "*rules.Filter"},
		{"a filter for any rule", "filter: {rules: any, sel: {a: b}, condition: not sel}\n", "*rules.Filter"},
		{"a map of something else", "title: T\n", "*rules.Unknown unknown-document-kind"},
		{"two kinds: the correlation comes first", "detection: {sel: {a: b}, condition: sel}\ncorrelation: {type: temporal}\n", "*rules.Correlation mixed-document-kind"},
		{"a list", "- a\n", " document-not-mapping"},
		{"a scalar", "a\n", " document-not-mapping"},
		{"three documents, one of them broken", "title: A\ndetection: {sel: {a: b}, condition: sel}\n---\na: 'b\n---\ntitle: B\ndetection: {sel: {a: b}, condition: sel}\n", "*rules.Rule *rules.Rule"},
		{"global: merged into later rules", "action: global\nlogsource: {product: x}\n---\ndetection: {sel: {a: b}, condition: sel}\n---\ndetection: {other: {a: b}, condition: other}\n",
			"*rules.Rule/x *rules.Rule/x legacy-action"},
		{"reset", "action: global\nlogsource: {product: x}\n---\naction: reset\n---\ndetection: {sel: {a: b}, condition: sel}\n", "*rules.Rule legacy-action legacy-action"},
		{"repeat", "title: A\nlogsource: {product: x}\ndetection: {sel: {a: b}, condition: sel}\n---\naction: repeat\nlogsource: {product: y}\n", "*rules.Rule/x *rules.Rule/y legacy-action"},
		{"global leaves correlations alone", "action: global\nlogsource: {product: x}\n---\ncorrelation: {type: temporal}\n", "*rules.Correlation legacy-action"},
	} {
		t.Run(c.name, func(t *testing.T) {
			documents, problems := Parse(source.Parse("", []byte(c.text), source.Limits{}))
			var parts []string
			for _, d := range documents {
				part := fmt.Sprintf("%T", d)
				if r, ok := d.(*Rule); ok && r.Logsource.Product.Value != "" {
					part += "/" + r.Logsource.Product.Value
				}
				parts = append(parts, part)
				problems = append(problems, d.Base().Problems...)
			}
			got := strings.Join(parts, " ")
			for _, p := range problems {
				got += " " + p.Kind
			}
			if got != c.want {
				t.Errorf("%s", got)
			}
		})
	}
}

func TestTheTemplateWins(t *testing.T) {
	r := parseText(t, "action: global\nlevel: high\ntags: [a]\ndetection: {shared: {a: b}}\n---\nlevel: low\ntags: [b]\ntitle: T\ndetection: {sel: {a: b}, condition: sel and shared}\n")
	if r.Level.Value != "high" || len(r.Tags) != 1 || r.Tags[0].Value != "a" || r.Title.Value != "T" {
		t.Errorf("%v %v %v", r.Level.Value, r.Tags, r.Title.Value)
	}
	if err := r.Detection.Evaluable(); err != nil {
		t.Error(err)
	}
	if line := r.File.Pos(r.Level.Node.Span.Start).Line; line != 2 {
		t.Errorf("the level stands on line %d", line)
	}
}

func FuzzRule(f *testing.F) {
	for _, c := range meanings {
		f.Add("detection:\n  sel:\n    " + c.item + "\n  condition: sel\n")
	}
	f.Add("action: global\ndetection: {a: b}\n---\naction: repeat\n---\ncorrelation: [a]\n---\nfilter: {rules: 5}\n---\nrelated: [{id: [a]}]\ndetection: a\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := source.Parse("", []byte(text), source.Limits{Bytes: 1 << 14})
		documents, problems := Parse(file)
		for _, d := range documents {
			problems = append(problems, d.Base().Problems...)
			_ = d.Base().Anchor()
			r, ok := d.(*Rule)
			if !ok {
				continue
			}
			_ = r.Logsource.String()
			evaluable := r.Detection.Evaluable() == nil
			for _, n := range r.Detection.Named {
				r.Detection.Polarity(n)
				n.Block.Each(func(i *Item) {
					_ = i.Span()
					for _, test := range i.Tests {
						if test.Kind == InvalidTest && test.Reason == "" {
							t.Fatal("a test without meaning and without a reason")
						}
						for _, p := range test.Patterns {
							if !p.HasPlaceholder() && !hasDash(p) && !ParsePattern(p.String()).Equal(joined(p)) {
								t.Fatalf("%v is written %q", p, p.String())
							}
						}
					}
				})
			}
			_ = evaluable
		}
		for _, p := range problems {
			if p.Span.Start < 0 || p.Span.End > len(text) || p.Span.End < p.Span.Start {
				t.Fatalf("%s stands at %v of %d bytes", p.Kind, p.Span, len(text))
			}
		}
	})
}

func hasDash(p Pattern) bool {
	for _, t := range p {
		if t.Kind == Dash {
			return true
		}
	}
	return false
}
