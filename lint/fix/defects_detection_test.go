package fix

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// defectsOfDetections belong to the families detection items, condition, logic, breadth and exclusions.
var defectsOfDetections = []mutation{
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
			if !i.Has("contains") || i.Has("windash") || strings.Contains(i.Field, "ash") || // the modifier hides what is wrong with a hash
				strings.ContainsAny(i.Node.Text(), rules.DashCharacters) {
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
	{"ip-prefix-as-text", another, newItem("SourceIp|startswith: '10.2.'")},
	{"ip-prefix-as-text", another, newItem("IpAddress|startswith: '10.2.'")},
	{"ip-prefix-as-text", another, newItem("sourceIPAddress|startswith: '10.2.'")},
	{"ip-prefix-as-text", another, newItem("dst_ip|startswith: '10.2.'")},
	{"ip-prefix-as-text", another, newItem("src_ip|startswith: '10.2.'")},
	{"ip-prefix-as-text", another, newItem("c-ip|startswith: '10.2.'")},
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

	{"subsumed-value", bytewise, repeatValue(func(s string) string { return s + "seeded" })},
	{"implied-item", another, newItem("CommandLine|startswith: 'seeded -i'\nCommandLine|contains: 'seeded'")},

	{"modifier-on-identifier", another, func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Named) != 1 || len(r.Detection.Conditions) != 1 || r.Detection.Conditions[0].Text != r.Detection.Named[0].Name {
			return nil
		}
		named, at := r.Detection.Named[0], r.Detection.Conditions[0].Node.Span
		if named.Block.Shape != rules.MapShape {
			return nil
		}
		edits := append(insert(named.Key.Span.End, "|endswith"), source.Edit{Span: at, New: "1 of " + named.Name + "*"})
		for _, i := range named.Block.Items {
			if i.Key == nil || i.Key.Style != source.Plain {
				return nil
			}
			if i.FieldSpan.End < i.Key.Span.End {
				edits = append(edits, source.Edit{Span: source.Span{Start: i.FieldSpan.End, End: i.Key.Span.End}})
			}
		}
		return edits
	}},
	{"unaddressable-identifier", another, func(r *rules.Rule) []source.Edit {
		for _, n := range r.Detection.Named {
			if strings.Contains(n.Name, "_") && !strings.Contains(r.Detection.Conditions[0].Text, n.Name) {
				return insert(n.Key.Span.End, ".bin")
			}
		}
		return nil
	}},
	{"unaddressable-identifier", another, added("filter_main_seeded.bin", "Seeded: 'a'", "RULE and not 1 of filter_main_seeded*")},
	{"vague-technique", another, func(r *rules.Rule) []source.Edit {
		tag, item := newEntry("tags", "attack.t1059")(r), onWindows(`Image|endswith: '\pwsh.exe'`)(r)
		if tag == nil || item == nil || strings.Contains(string(r.File.Data), "attack.t1059") {
			return nil
		}
		return append(tag, item...)
	}},
	{"localised-account", another, onWindows("User|contains: 'AUTHORI'")},
	{"localised-account", another, onWindows("User|contains:\n- 'AUTHORI'\n- 'seeded'")},
	{"wildcard-in-mixed-list", another, ofProcesses(added("selection_seeded", "CommandLine:\n    - 'abc'\n    - '*def'", "RULE and selection_seeded"))},
	{"wildcard-in-mixed-list", another, ofProcesses(added("selection_seeded", "CommandLine:\n    - 'abc'\n    - 'def*'\n    - '*ghi*'", "RULE and selection_seeded"))},
	{"pattern-catches-sibling", another, func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Named) != 1 {
			return nil
		}
		name := r.Detection.Named[0].Name
		return added(name+"_seeded", "Seeded: 'a'", "RULE and 1 of "+name+"*")(r)
	}},

	{"dead-alternative", another, added("selection_seeded", "- Seeded|contains: 'lsof'\n- Seeded|contains: 'lsof -i'", "RULE and selection_seeded")},
	{"null-guard", another, exclusion("Seeded: null")},
	{"null-guard", another, exclusion("Seeded: ''")},
	{"subsumed-by-equal-rule", another, twin(1, newItem("Seeded: 'a'"))},
	{"undeclared-narrower-rule", another, twin(1, newItem("Seeded: 'a'"), attribute("level", func(s string) string {
		if s == "critical" {
			return s
		}
		return "critical"
	}))},

	{"list-means-or", another, added("selection_seeded", "- SeededOne: 'a'\n- SeededTwo|contains: 'b'", "RULE and selection_seeded")},
	{"exclusion-prefix-without-separator", another, excluding(`ParentImage|startswith: 'C:\Program Files'`)},
	{"exclusion-prefix-without-separator", another, excluding(`ParentImage|startswith: 'C:\Windows'`)},
	{"exclusion-unanchored-system-path", another, excluding(`ParentImage|contains: '\Windows\System32\'`)},
	{"exclusion-unanchored-system-path", another, excluding(`ParentImage|endswith: '\Windows\System32\seeded.exe'`)},
	{"exclusion-file-name-only", another, excluding(`ParentImage|endswith: '\services.exe'`)},
	{"exclusion-file-name-only", another, excluding(`ParentImage|endswith: '\svchost.exe'`)},
	{"exclusion-unanchored-vendor-path", another, excluding(`ParentImage|contains: '\Acme Agent\bin\'`)},
	{"exclusion-unanchored-vendor-path", another, excluding(`ParentImage|endswith: '\Acme Agent\bin\agent.exe'`)},
	{"flag-without-windash", another, onWindows("CommandLine|contains: ' /seeded'")},
	{"flag-without-windash", another, onWindows("CommandLine|contains:\n- ' -seeded '\n- ' -seed '")},
	{"fragile-spacing", another, onWindows("CommandLine|contains: 'seeded words'")},
	{"fragile-spacing", another, onWindows("CommandLine|contains: 'three seeded words'")},
	{"pattern-with-single-match", another, func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Named) != 1 || len(r.Detection.Conditions) != 1 || r.Detection.Conditions[0].Text != r.Detection.Named[0].Name {
			return nil
		}
		return []source.Edit{{Span: r.Detection.Named[0].Key.Span, New: "tools"}, {Span: r.Detection.Conditions[0].Node.Span, New: "1 of tools*"}}
	}},
	{"negated-all-of", another, added("filter_main_seeded:\n        Seeded: 'a'\n    filter_main_other", "Seeded: 'b'", "RULE and not all of filter_main_*")},
	{"inconsistent-field-spelling", another, misspelt(strings.ToUpper)},
	{"inconsistent-field-spelling", another, misspelt(strings.ToLower)},
}

// misspelt spells a field otherwise than two more rules for the same log source, of whose fields there is no table.
func misspelt(to func(string) string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		field, others := firstField(to)(r), twin(2)(r)
		if field == nil || others == nil || slices.Contains([]string{"windows", "linux", "macos"}, r.Logsource.Product.Value) {
			return nil
		}
		return append(field, others...)
	}
}

// ofProcesses seeds rules for process_creation alone, of whose fields all are known.
func ofProcesses(seed func(*rules.Rule) []source.Edit) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if r.Logsource.Category.Value != "process_creation" {
			return nil
		}
		return seed(r)
	}
}
