package fix

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// defectsOfMetadata belong to the families yaml, structure, metadata, tags, log sources and fields.
var defectsOfMetadata = []mutation{
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
}
