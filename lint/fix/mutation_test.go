package fix

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// back says what the fix of a mutation gives.
type back uint8

const (
	another  back = iota // a rule without the finding
	meaning              // a rule that means what the published one does
	bytewise             // the published rule, byte for byte
)

// mutation seeds a defect into a rule. It gives no edits where the rule has no place for it.
type mutation struct {
	check string
	back  back
	seed  func(r *rules.Rule) []source.Edit
}

// mutations are the defects that are seeded into published rules, at least one for each check whose fix a rule can need.
var mutations = []mutation{
	{"yaml-syntax", another, firstValue(quoted, func(v *rules.Value) string { return "@" + strings.ReplaceAll(v.Text, "#", "") })},
	{"byte-order-mark", bytewise, func(*rules.Rule) []source.Edit { return insert(0, "\ufeff") }},
	{"invisible-character", bytewise, func(r *rules.Rule) []source.Edit { return insert(r.Title.Node.Span.Start+3, "\u200b") }},
	{"ambiguous-scalar", another, newItem("Seeded: 0x1f")},
	{"ambiguous-scalar", another, newItem("Seeded: yes")},
	{"unquoted-timestamp", another, newItem("Seeded|contains: 2024-01-02")},
	{"implicit-null", another, newItem("Seeded:")},
	{"comment-cuts-value", another, newItem("Seeded: abc #def")},
	{"double-quoted-escape", another, newItem(`Seeded: "C:\temp\new.exe"`)},
	{"non-string-key", another, newItem("4711: 'x'")},
	{"wrong-attribute-type", meaning, unlist("falsepositives")},
	{"wrong-attribute-type", meaning, unlist("references")},
	{"wrong-attribute-type", meaning, unlist("tags")},
	{"empty-document", bytewise, func(r *rules.Rule) []source.Edit {
		if !strings.HasSuffix(string(r.File.Data), "\n") {
			return nil
		}
		return insert(len(r.File.Data), ended(r.File, "---"))
	}},
	{"empty-document", another, func(r *rules.Rule) []source.Edit { return insert(0, ended(r.File, "---\n# nothing\n---")) }},
	{"detection-tag-folder", another, func(r *rules.Rule) []source.Edit {
		for _, t := range r.Tags {
			if strings.HasPrefix(t.Value, "detection.") {
				return []source.Edit{{Span: t.Node.Span, New: "cve.2021-44228"}}
			}
		}
		return nil
	}},
	{"modifier-order", another, newItem("Seeded|i|re: 'a+b'")},
	{"modifier-order", another, newItem("Seeded|contains|fieldref: Other")},
	{"empty-attribute", bytewise, newLine("status", "license:")},
	{"empty-attribute", bytewise, newLine("status", "fields: []")},
	{"attribute-not-lowercase", bytewise, key("status", "Status")},
	{"attribute-not-lowercase", bytewise, key("tags", "TAGS")},
	{"invalid-related-type", another, newLine("status", "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: simlar")},
	{"missing-id", another, withoutLine("id")},
	{"id-not-canonical", bytewise, attribute("id", strings.ToUpper)},
	{"id-not-canonical", bytewise, attribute("id", func(s string) string { return strings.ReplaceAll(s, "-", "") })},
	{"invalid-status", bytewise, attribute("status", strings.ToUpper)},
	{"invalid-status", bytewise, attribute("status", func(s string) string { return s[:len(s)-2] + s[len(s)-1:] })},
	{"invalid-level", bytewise, attribute("level", strings.ToUpper)},
	{"invalid-level", bytewise, attribute("level", func(s string) string { return s + "x" })},
	{"legacy-date-format", bytewise, attribute("date", func(s string) string { return strings.ReplaceAll(s, "-", "/") })},
	{"legacy-date-format", bytewise, attribute("modified", func(s string) string { return strings.ReplaceAll(s, "-", "/") })},
	{"legacy-date-format", meaning, attribute("date", func(s string) string { return "'" + strings.ReplaceAll(s, "-", "") + "'" })},
	{"modified-equals-date", bytewise, func(r *rules.Rule) []source.Edit {
		if r.Modified.Present() {
			return nil
		}
		return newLine("tags", "modified: "+r.Date.Value)(r)
	}},
	{"untidy-title", bytewise, func(r *rules.Rule) []source.Edit {
		if at := strings.Index(r.Title.Value, " "); r.Title.Node.Style == source.Plain && at > 0 {
			return insert(r.Title.Node.Span.Start+at, "  ")
		}
		return nil
	}},
	{"duplicate-list-entry", bytewise, repeatEntry("references", same)},
	{"duplicate-list-entry", bytewise, repeatEntry("references", func(s string) string { return s + "/" })},
	{"duplicate-list-entry", bytewise, repeatEntry("falsepositives", strings.ToUpper)},
	{"related-self", another, func(r *rules.Rule) []source.Edit {
		return newLine("status", "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived\n    - id: "+r.ID.Value+"\n      type: similar")(r)
	}},
	{"related-duplicate", another, newLine("status", "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived")},

	{"tag-not-lowercase", bytewise, firstTag(`attack\.t\d`, func(s string) string { return strings.Replace(s, ".t", ".T", 1) })},
	{"tag-not-lowercase", bytewise, firstTag(`attack\.[a-z]`, strings.ToUpper)},
	{"unknown-tag-namespace", bytewise, firstTag(`attack\.`, func(s string) string { return "atack" + s[len("attack"):] })},
	{"legacy-attack-tactic", bytewise, firstTag(`attack\.[a-z]+-[a-z]`, func(s string) string { return strings.ReplaceAll(s, "-", "_") })},
	{"revoked-attack-tag", another, newEntry("tags", "attack.t1086")},
	{"unknown-attack-tag", another, newEntry("tags", "attack.exfiltratoin")},
	{"malformed-tag", another, newEntry("tags", "attack.t1059-001")},
	{"technique-without-tactic", another, withoutTactics},
	{"incomplete-tactics", another, withoutOneTactic},
	{"redundant-parent-technique", bytewise, func(r *rules.Rule) []source.Edit {
		for _, t := range r.Tags {
			if m := regexp.MustCompile(`^(attack\.t\d{4})\.\d{3}$`).FindStringSubmatch(t.Value); m != nil {
				return newEntry("tags", m[1])(r)
			}
		}
		return nil
	}},
	{"duplicate-tag", bytewise, repeatEntry("tags", same)},
	{"duplicate-tag", bytewise, repeatEntry("tags", func(s string) string { return "'" + s + "'" })},
	{"invalid-cve-tag", another, newEntry("tags", "cve.2019.0708")},
	{"invalid-tlp-tag", another, newEntry("tags", "tlp.white")},
	{"invalid-detection-tag", another, newEntry("tags", "detection.threat-huntin")},
	{"invalid-d3fend-tag", another, newEntry("tags", "d3fend.d3-pss")},
	{"missing-cve-tag", another, func(r *rules.Rule) []source.Edit {
		return insert(r.Title.Node.Range(0, len(r.Title.Value)).End, " CVE-2021-44228")
	}},

	{"unknown-logsource-key", bytewise, logsourceKey("category", "categry")},
	{"unknown-logsource-key", bytewise, logsourceKey("product", "produkt")},
	{"logsource-not-lowercase", bytewise, logsourceValue("product", strings.ToUpper)},
	{"malformed-logsource-value", bytewise, logsourceValue("category", func(s string) string { return strings.ReplaceAll(s, "_", " ") })},
	{"misspelt-logsource", bytewise, logsourceValue("category", func(s string) string { return s[:len(s)-1] })},
	{"field-case", bytewise, firstField(strings.ToLower)},
	{"field-case", bytewise, firstField(strings.ToUpper)},
	{"misspelt-field", bytewise, firstField(func(s string) string { return s[:len(s)-2] + s[len(s)-1:] })},
	{"field-name-whitespace", bytewise, func(r *rules.Rule) []source.Edit {
		return firstItem(r, func(i *rules.Item) []source.Edit {
			if i.Key == nil || len(i.Modifiers) == 0 || i.Key.Style != source.Plain {
				return nil
			}
			return insert(i.FieldSpan.End, " ")
		})
	}},
	{"redundant-field", bytewise, newItem("EventID: 1")},
	{"redundant-provider-name", bytewise, newItem("Provider_Name: 'Microsoft-Windows-Sysmon'")},
	{"redundant-provider-name", bytewise, newItem("Provider_Name: 'Microsoft-Windows-PowerShell'")},
	{"eventlog-source-value", bytewise, newItem("source: eventlog")},

	{"unknown-modifier", bytewise, modifier("endswith", "endwith")},
	{"unknown-modifier", bytewise, modifier("contains", "Contains")},
	{"unknown-modifier", bytewise, modifier("startswith", "strtswith")},
	{"repeated-modifier", bytewise, modifier("contains", "contains|contains")},
	{"repeated-modifier", bytewise, modifier("endswith", "endswith|endswith")},
	{"all-with-single-value", bytewise, func(r *rules.Rule) []source.Edit {
		return firstItem(r, func(i *rules.Item) []source.Edit {
			if !i.Has("contains") || i.Has("all") || len(i.Values) != 1 || i.Key == nil {
				return nil
			}
			return insert(i.Modifiers[len(i.Modifiers)-1].Span.End, "|all")
		})
	}},
	{"base64offset-without-contains", another, newItem("Seeded|base64offset: 'a secret'")},
	{"base64-whole-value", another, newItem("Seeded|base64: 'a secret'")},
	{"windash-without-dash", bytewise, func(r *rules.Rule) []source.Edit {
		return firstItem(r, func(i *rules.Item) []source.Edit {
			if !i.Has("contains") || i.Has("windash") || strings.ContainsAny(i.Node.Text(), rules.DashCharacters) {
				return nil
			}
			return insert(i.Modifiers[len(i.Modifiers)-1].Span.End, "|windash")
		})
	}},
	{"nonportable-modifier", another, newItem("Seeded|re|ignorecase: 'a+b'")},
	{"comparison-needs-number", another, newItem("Seeded|gt: '5'")},
	{"exists-needs-boolean", another, newItem("Seeded|exists: 'true'")},
	{"string-modifier-on-non-string", another, newItem("Seeded|contains: 5")},
	{"placeholder-without-expand", another, newItem("Seeded: '%Administrators%'")},
	{"empty-string-with-modifier", another, newItem("Seeded|contains:\n- 'abc'\n- ''")},
	{"presence-only-value", another, newItem("Seeded: '*'")},
	{"duplicate-value", bytewise, repeatValue(same)},
	{"duplicate-value", bytewise, repeatValue(strings.ToUpper)},
	{"typographic-character", another, newItem("CommandLine|contains: ' –seeded'")},
	{"ip-prefix-as-text", another, newItem("DestinationIp|startswith: '10.2.'")},
	{"presence-only-value", another, newItem("Seeded:\n- 'abc'\n- '*'")},
	{"number-as-text", another, newItem("Seeded: '4711'")},
	{"wildcard-for-modifier", meaning, firstValue(plainEnd, func(v *rules.Value) string { return source.Quote("*" + v.Text) }, "endswith")},
	{"wildcard-for-modifier", another, newItem("Seeded: '*abc*'")},
	{"wildcard-for-modifier", another, newItem("Seeded: 'abc*'")},
	{"redundant-wildcard", bytewise, firstValue(quoted, func(v *rules.Value) string { return "'*" + v.Node.Text()[1:] }, "contains")},
	{"wildcard-defeats-modifier", another, newItem("Seeded|endswith: 'abc*'")},
	{"double-wildcard", another, newItem("Seeded: 'a**b'")},
	{"double-wildcard", another, newItem("Seeded: 'a*?b'")},
	{"escaped-wildcard", another, onWindows(`TargetFilename: 'C:\Temp\*'`)},
	{"unc-backslashes", another, onWindows(`TargetFilename: '\\server\share\x.exe'`)},
	{"collapsed-backslash", another, newItem(`Seeded: 'C:\\Temp\\x.exe'`)},
	{"missing-path-separator", another, newItem("Image|endswith: 'seeded.exe'")},
	{"surrounding-space", another, newItem(`Image|endswith: '\seeded.exe '`)},
	{"truncated-extension", another, newItem(`Image|endswith: '\seeded.ex'`)},
	{"invalid-cidr", another, newItem("Seeded|cidr: '10.2.0.0/255.255.0.0'")},
	{"cidr-host-bits", another, newItem("Seeded|cidr: '10.2.3.4/8'")},
	{"single-value-list", another, newItem("Seeded:\n- 'abc'")},
	{"single-value-list", another, newItem("Seeded|contains:\n- 'abc' # the only one")},
	{"base64-wildcard", another, newItem("Seeded|base64offset|contains: 'a*b'")},
	{"regex-odd-escape", another, newItem(`Seeded|re: 'a\qb+'`)},
	{"regex-unescaped-dot", another, newItem(`Seeded|re: '[a-z]+seeded.exe'`)},
	{"regex-is-literal", another, newItem(`Seeded|re: 'seeded'`)},
	{"regex-redundant-any", another, newItem(`Seeded|re: '.*seeded[0-9]+'`)},
	{"regex-redundant-any", another, newItem(`Seeded|re: 'seeded[0-9]+.*'`)},
	{"regex-case-sensitive", another, newItem(`CommandLine|re: 'seeded[0-9]+x'`)},

	{"uppercase-operator", bytewise, condition(` and `, " AND ")},
	{"uppercase-operator", bytewise, condition(` or `, " Or ")},
	{"uppercase-operator", bytewise, condition(` not `, " NOT ")},
	{"mixed-and-or", another, condition(`^(\w+) and (not .*)$`, "$1 or $1 and $2")},
	{"selector-without-wildcard", meaning, condition(`^(\w+)$`, "1 of $1")},
	{"selector-without-wildcard", meaning, condition(`^(\w+) and`, "all of $1 and")},
	{"them-with-single-identifier", meaning, condition(`^\w+$`, "1 of them")},
	{"pattern-with-single-match", meaning, func(r *rules.Rule) []source.Edit {
		name := ""
		for _, n := range r.Detection.Named {
			if r.Detection.Conditions[0].Text == n.Name && !strings.HasPrefix(n.Name, "sel") && !strings.HasPrefix(n.Name, "filter") {
				name = n.Name
			}
		}
		if name == "" {
			return nil
		}
		return []source.Edit{{Span: r.Detection.Conditions[0].Node.Span, New: "1 of " + name + "*"}}
	}},
	{"negated-all-of", another, condition(`not 1 of (\w+\*)`, "not all of $1")},
	{"double-negation", meaning, condition(`^(\w+)$`, "not not $1")},
	{"duplicate-operand", meaning, condition(`^(\w+) and`, "$1 and $1 and")},
	{"operator-prefixed-identifier", another, func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Named) != 1 || len(r.Detection.Conditions) != 1 || r.Detection.Conditions[0].Text != r.Detection.Named[0].Name {
			return nil
		}
		return []source.Edit{{Span: r.Detection.Named[0].Key.Span, New: "notify"}, {Span: r.Detection.Conditions[0].Node.Span, New: "notify"}}
	}},
	{"redundant-parentheses", meaning, condition(`^(\w+)`, "($1)")},
	{"unknown-identifier", bytewise, condition(`^selection\b`, "selectoin")},

	{"dead-value", another, newItem("CommandLine|startswith: 'seeded'\nCommandLine:\n- 'seeded -i'\n- 'x'")},
	{"exclusion-restates-selection", another, exclusion("Seeded: 'a'", "SeededToo: 'b'")},
	{"exclusion-never-applies", another, exclusion("Seeded: 'b'")},
	{"dead-exclusion-value", another, exclusion("Seeded:", "    - 'a'", "    - 'b'", "SeededToo: 'b'")},

	{"invalid-correlation-type", another, correlation("event_count", "event_cout")},
	{"invalid-timespan", another, correlation("5m", "5 m")},
	{"correlation-threshold-type", another, correlation("gte: 10", "gte: '10'")},
	{"nonportable-correlation", another, correlation("rules:\n        - RULE", "rules: RULE")},
	{"superfluous-correlation-field", another, correlation("gte: 10", "gte: 10\n        field: Image")},
	{"generate-not-boolean", another, correlation("generate: true", "generate: 'yes'")},
	{"duplicate-correlated-rule", another, correlation("    group-by", "        - RULE\n    group-by")},
	{"invalid-correlation-operator", another, correlation("gte: 10", "gtee: 10")},
	{"unknown-correlation-key", another, correlation("timespan:", "timespn: 1m\n    timespan:")},
	{"inverted-filter", another, filter("condition: not selection", "condition: selection")},
	{"filter-logsource-mismatch", another, filter("category: CATEGORY", "category: file_event")},
	{"unresolved-filter-rule", another, filter("- RULE", "- 'TITLE'")},
	{"filter-has-level", another, filter("filter:", "level: low\nfilter:")},
	{"filter-has-status", another, filter("filter:", "status: test\nfilter:")},

	{"generate-not-boolean", another, correlation("generate: true", "generate: 'true'")},
	{"unknown-correlation-key", another, correlation("generate:", "generat:")},
	{"unknown-group-by-field", another, correlation("- Image", "- image")},
	{"value-outside-field-domain", another, onWindows("Image|endswith: '/seeded.exe'")},
	{"implied-all-value", another, newItem("Seeded|contains|all:\n- 'seeded'\n- 'seeded -i'\n- 'x'")},

	{"subsumed-value", bytewise, repeatValue(func(s string) string { return s + "seeded" })},
	{"implied-item", another, newItem("CommandLine|startswith: 'seeded -i'\nCommandLine|contains: 'seeded'")},
}

// correlation appends a correlation of the rule with one change, filter a filter document.
func correlation(old, new string) func(*rules.Rule) []source.Edit {
	return appended(`title: Seeded Correlation
id: 5b0f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f33
status: test
description: Detects many events of one rule in a short time, which a test has appended
author: sigtune
date: 2026-01-10
correlation:
    type: event_count
    rules:
        - RULE
    group-by:
        - Image
    timespan: 5m
    condition:
        gte: 10
    generate: true
falsepositives:
    - Administrators
level: low`, old, new)
}

func filter(old, new string) func(*rules.Rule) []source.Edit {
	return appended(`title: Seeded Filter
id: 5b0f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f33
description: Excludes the events of one program, which a test has appended
author: sigtune
date: 2026-01-10
logsource:
    category: CATEGORY
    product: PRODUCT
filter:
    rules:
        - RULE
    selection:
        Image: 'C:\Program Files\Seeded\seeded.exe'
    condition: not selection`, old, new)
}

func appended(document, old, new string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if r.Logsource.Category.Value != "process_creation" || r.Logsource.Product.Value == "" {
			return nil
		}
		text := strings.NewReplacer("RULE", r.ID.Value, "TITLE", r.Title.Value, "CATEGORY", r.Logsource.Category.Value, "PRODUCT", r.Logsource.Product.Value).
			Replace("---\n" + strings.Replace(document, old, new, 1))
		text = ended(r.File, text)
		if data := string(r.File.Data); !strings.HasSuffix(data, "\n") {
			text = ended(r.File, "") + strings.TrimRight(text, "\r\n")
		}
		return insert(len(r.File.Data), text)
	}
}

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
