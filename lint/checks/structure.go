package checks

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema"
)

// structureChecks are family 02: what must hold for a document to be loadable at all. Most are reported by the parser or by schema.
var structureChecks = []*lint.Check{
	{
		Code: "SIG0201", Name: rules.KindUnknownDocument, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Document of no known kind",
			What:  "A map with none of `detection`, `correlation`, `filter` and `action` at top level.",
			Why:   "No tool can load it, so nothing is detected.",
			Bad:   changed("detection:\n"+plainSelection, ""),
			Good:  clean,
		},
	},
	{
		Code: "SIG0202", Name: rules.KindMixedDocument, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Document of two kinds",
			What:  "More than one of `detection`, `correlation` and `filter` at top level.",
			Why:   "Tools read one of them and drop the other without a word.",
			Bad:   clean + "correlation:\n" + manyEvents,
			Good:  clean,
		},
	},
	{
		Code: "SIG0203", Name: schema.MissingTitle, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "No title",
			What:  "`title` is absent or blank.",
			Why:   "The title is what an alert shows; tools refuse a rule without one.",
			Bad:   changed("title: Listing of Open Files by a Shell\n", ""),
			Good:  clean,
		},
	},
	{
		Code: "SIG0204", Name: schema.MissingLogsource, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "No log source",
			What:  "`logsource` is absent in a rule or filter document.",
			Why:   "Nothing says which log to search; pySigma refuses the rule.",
			Bad:   changed("logsource:\n    category: process_creation\n    product: linux\n", ""),
			Good:  clean,
		},
	},
	{
		Code: "SIG0205", Name: schema.MissingCondition, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "No condition",
			What:  "`detection` has no `condition`, or one that is empty.",
			Why:   "Without a condition nothing says how the selections combine, and the rule cannot be loaded.",
			Bad:   changed("    condition: selection\n", ""),
			Good:  clean,
		},
	},
	{
		Code: "SIG0206", Name: rules.KindNoIdentifier, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Detection without a search identifier",
			What:  "`detection` (or `filter`) is empty or holds nothing but its reserved keys.",
			Why:   "There is nothing to search for.",
			Bad:   example(""),
			Good:  clean,
		},
	},
	{
		Code: "SIG0207", Name: rules.KindEmptyIdentifier, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Empty search identifier",
			What:  "The content of an identifier is null, an empty map, an empty list or an empty text.",
			Why:   "Tools disagree on what it means: nothing, everything, or an error.",
			Bad:   example("    selection:\n        Image|endswith: '/lsof'\n    filter: {}\n    condition: selection and not filter\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n    filter:\n        ParentImage: '/usr/sbin/logrotate'\n    condition: selection and not filter\n"),
		},
	},
	{
		Code: "SIG0208", Name: schema.WrongType, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Attribute of the wrong type",
			What:  "A list where text is wanted or the reverse, an entry of a list that is no text, a part of the log source or a condition that is no text.",
			Why:   "Strict tools refuse the rule; others drop or garble the attribute.",
			Bad:   changed("falsepositives:\n    - Administrators\n", "falsepositives: Administrators\n"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0209", Name: schema.EmptyAttribute, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Attribute without content",
			What:  "An attribute is there, and null, blank or an empty list.",
			Why:   "It looks filled in and says nothing; schemas refuse some of these.",
			Bad:   changed("falsepositives:\n    - Administrators\n", "falsepositives: []\n"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0210", Name: schema.Misspelt, Severity: lint.Warning, Profiles: rqs, YieldsTo: []string{rules.KindUnknownDocument},
		Doc: lint.Doc{
			Title: "Misspelt attribute",
			What:  "An unknown top-level key within two edits (one below five letters) of an attribute that the document lacks and whose type the value fits.",
			Why:   "Unknown keys are legal and ignored: what is written there counts for nothing.",
			Bad:   changed("references:\n", "reference:\n"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0211", Name: schema.NotLowercase, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Attribute with capital letters",
			What:  "A key equals a known one but for letter case, at top level or inside `logsource`, `related`, `detection`, `correlation` or `filter`.",
			Why:   "Keys are case-sensitive: nothing reads this one.",
			Bad:   changed("author: sigtune\n", "Author: sigtune\n"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0212", Name: schema.Custom, Severity: lint.Info, Profiles: qs,
		Doc: lint.Doc{
			Title: "Custom attribute",
			What:  "A top-level key that is neither in the specification nor allowed. `regression_tests_path` and `simulation` are allowed.",
			Why:   "Custom keys are legal, and only your own tools will read them.",
			Bad:   exampleRule("ticket: SOC-1024\n", plainSelection),
			Good:  clean,
		},
	},
	{
		Code: "SIG0213", Name: schema.MalformedRelated, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Malformed `related`",
			What:  "`related` is no list of maps, or an entry lacks `id` or `type`, has an empty one, or holds other keys.",
			Why:   "Tools that follow renamed or merged rules fail on it.",
			Bad:   exampleRule("related:\n    - 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n", plainSelection),
			Good:  exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: similar\n", plainSelection),
		},
	},
	{
		Code: "SIG0214", Name: schema.InvalidRelatedType, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Unknown type of relation",
			What:  "`type` of a `related` entry is not derived, obsolete, merged, renamed or similar. A warning for `correlation`, which only pySigma knows, and where only letter case or outer blanks differ.",
			Why:   "The specification fixes the words; schemas and tools refuse others.",
			Bad:   exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: obsoletes\n", plainSelection),
			Good:  exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: obsolete\n", plainSelection),
		},
	},
	{
		Code: "SIG0215", Name: schema.InvalidRelatedID, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Related id that is no UUID",
			What:  "`id` of a `related` entry is not a UUID.",
			Why:   "The relation points at nothing.",
			Bad:   exampleRule("related:\n    - id: lsof-rule\n      type: similar\n", plainSelection),
			Good:  exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: similar\n", plainSelection),
		},
	},
	{
		Code: "SIG0216", Name: rules.KindInvalidValue, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Detection value that is no value",
			What:  "A value of an item is a map or a nested list.",
			Why:   "It has no meaning in Sigma; unquoted braces and brackets make such values by accident.",
			Bad:   example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: {GUID}\n    condition: selection\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: '{GUID}'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0217", Name: rules.KindModifierOnIdentifier, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Modifier on a search identifier",
			What:  "The name of a search identifier holds a pipe.",
			Why:   "The modifier has no effect there: the items below are compared exactly and miss what was meant.",
			Bad:   example("    selection|endswith:\n        Image: '/lsof'\n    condition: 1 of selection*\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0218", Name: rules.KindUnaddressable, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Identifier that no condition can name",
			What:  "The name of a search identifier has other characters than letters, digits, `_` and `-`.",
			Why:   "A condition cannot write the name; only a pattern may still reach it.",
			Bad:   example("    selection_lsof.bin:\n        Image|endswith: '/lsof'\n    selection_copy:\n        Image|endswith: '/lsof2'\n    condition: 1 of selection_*\n"),
			Good:  example("    selection_lsof:\n        Image|endswith: '/lsof'\n    selection_copy:\n        Image|endswith: '/lsof2'\n    condition: 1 of selection_*\n"),
		},
	},
	{
		Code: "SIG0219", Name: "reserved-identifier", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "Identifier named like a word of the condition",
			What:  "A search identifier is named `and`, `or`, `not`, `of`, `them`, `all`, `any` or `1`.",
			Why:   "The condition can be read in two ways, and engines do.",
			Bad:   example("    all:\n        Image|endswith: '/lsof'\n    condition: all\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
		},
		Document: checkReservedIdentifier,
	},
	{
		Code: "SIG0220", Name: rules.KindMixedList, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "List of maps and keywords",
			What:  "A list that mixes maps and single values, or holds lists. An info for an identifier with a single value instead of a list, which pySigma takes as one keyword and the schema refuses; a warning where that value is an item whose colon lacks its blank.",
			Why:   "Engines disagree on the meaning.",
			Bad:   example("    selection:\n        - Image|endswith: '/lsof'\n        - 'list open files'\n    condition: selection\n"),
			Good:  example("    selection:\n        - Image|endswith: '/lsof'\n        - CommandLine|contains: 'list open files'\n    condition: selection\n"),
		},
		Document: checkBareKeyword,
	},
	{
		Code: "SIG0221", Name: rules.KindLegacyTimeframe, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "`timeframe` in a detection",
			What:  "`timeframe` inside `detection`.",
			Why:   "It went with Sigma 2: engines ignore it or take it for a selection.",
			Bad:   example(plainSelection + "    timeframe: 10m\n"),
			Good:  clean,
			Fix:   "Count over time with a correlation document that names this rule and has a `timespan`.",
		},
	},
	{
		Code: "SIG0222", Name: rules.KindLegacyAction, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Collection action",
			What:  "`action: global`, `reset` or `repeat` at top level.",
			Why:   "The specification does not have it: most tools ignore the template and load broken rules.",
			Bad:   "action: global\nlicense: MIT\n---\n" + clean,
			Good:  clean,
			Fix:   "Write every rule out in full.",
		},
	},
	{
		Code: "SIG0223", Name: schema.SchemaViolation, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Document that does not fit the schema",
			What:  "The JSON schema of this kind of document fails where no other check has an explanation. It is the backstop: everything common has a check of its own.",
			Why:   "Tools that validate refuse the document.",
			Fix:   "Compare the place with the specification; the message names the path.",
		},
	},
}

// plainSelection is a detection that says nothing worth a finding.
const plainSelection = `    selection:
        ParentImage|endswith: '/bash'
        Image|endswith: '/lsof'
        CommandLine|contains: ' -i'
    condition: selection
`

// reportStructure runs the schema.
func reportStructure(d rules.Document, facts *lint.Facts) []lint.Reported {
	var out []lint.Reported
	for _, p := range schema.Validate(d, facts.Attributes...) {
		out = append(out, lint.Reported{Problem: source.Problem(p)})
	}
	return out
}

// conditionWords are the words that a condition reads as its own.
var conditionWords = map[string]bool{
	"and": true, "or": true, "not": true, "of": true, "them": true, "all": true, "any": true, "1": true,
}

func checkReservedIdentifier(p *lint.Pass) {
	detections := p.Detections()
	if detections == nil {
		return
	}
	for _, d := range detections.Named {
		if conditionWords[strings.ToLower(d.Name)] {
			p.Report(lint.Finding{
				Span:    d.Key.Span,
				Message: fmt.Sprintf("the identifier `%s` has the name of a word of the condition", d.Name),
				Help:    "rename it, such as `selection`, here and in the condition",
			})
		}
	}
}

// gluedItem is an item whose colon has no blank behind it, which makes one text of it: a modifier before the colon or a quote
// behind it tells it from an address such as `http://…`.
var gluedItem = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_.-]*(?:\|[a-z0-9]+)+):\S|^([A-Za-z][A-Za-z0-9_.-]*):['"\[]`)

func checkBareKeyword(p *lint.Pass) {
	detections := p.Detections()
	if detections == nil {
		return
	}
	for _, d := range detections.Named {
		if d.Block.Shape == rules.KeywordsShape && d.Node.Items == nil {
			f := lint.Finding{
				Span: d.Node.Span, Severity: lint.Info,
				Message: fmt.Sprintf("`%s` is a single value; the schema wants a map or a list there", d.Name),
				Help:    "write it as a list with one keyword: `- …`",
			}
			if m := gluedItem.FindStringSubmatch(d.Node.Value); m != nil && d.Node.Style == source.Plain {
				f.Severity = lint.Warning
				f.Message = fmt.Sprintf("`%s` is a keyword: without a blank after the colon `%s` is no field", source.Shorten(d.Name), source.Shorten(m[1]+m[2]))
				f.Help = "put a blank after the colon"
				if d.Node.Alias == nil && d.Node.Anchor == "" {
					at := d.Node.Span.Start + len(m[1]+m[2]) + 1
					f.Fix = &source.Fix{Title: "put a blank after the colon", Edits: []source.Edit{{Span: source.Span{Start: at, End: at}, New: " "}}}
				}
			}
			p.Report(f)
		}
	}
}
