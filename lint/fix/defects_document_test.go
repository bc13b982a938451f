package fix

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// defectsOfDocuments belong to the families correlations, filter documents, cross-file and suppressions.
var defectsOfDocuments = []mutation{
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

	{"one-sided-similar", another, twin(1, func(r *rules.Rule) []source.Edit {
		return newLine("status", "related:\n    - id: "+r.ID.Value+"\n      type: similar")(r)
	})},

	{"unknown-check", another, newItem("Seeded: 'a**b' # sigtune:ignore double-wildcrad -- seeded")},
	{"unused-suppression", another, atEndOfCondition(" # sigtune:ignore double-wildcard -- seeded")},
	{"unsuppressible-check", another, atEndOfCondition(" # sigtune:ignore SIG0642,SIG0101 -- seeded")},

	{"modified-not-updated", another, newItem("Seeded: 'a'")},
	{"modified-not-updated", another, attribute("title", func(s string) string { return s + " Seeded" })},
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

// twin appends copies of the rule with ids and titles of their own, changed by further seeds.
func twin(copies int, seeds ...func(*rules.Rule) []source.Edit) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		title := attribute("title", func(s string) string { return s + " Seeded" })(r)
		if title == nil || r.ID.Value == "" {
			return nil
		}
		edits := append(title, source.Edit{Span: r.ID.Node.Span, New: "5b0f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f3N"})
		for _, seed := range seeds {
			more := seed(r)
			if more == nil {
				return nil
			}
			edits = append(edits, more...)
		}
		text, err := edit.Apply(r.File.Data, edits)
		if err != nil {
			return nil
		}
		out, eol := "", ended(r.File, "")
		if !strings.HasSuffix(string(r.File.Data), "\n") {
			out = eol
		}
		for n := range copies {
			out += "---" + eol + strings.Replace(string(text), "2f3N", "2f3"+string(rune('0'+n)), 1)
		}
		return insert(len(r.File.Data), out)
	}
}

// atEndOfCondition appends to the line of the only condition.
func atEndOfCondition(text string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		if len(r.Detection.Conditions) != 1 || r.Detection.Conditions[0].Node.Style != source.Plain {
			return nil
		}
		at := r.Detection.Conditions[0].Node.Span
		line := r.File.LineAt(at.Start)
		if r.File.LineAt(at.End) != line || r.File.LineSpan(line).End != at.End {
			return nil
		}
		return insert(at.End, text)
	}
}
