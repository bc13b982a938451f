package checks

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// fieldChecks are about the names of fields; reportLogsource feeds them.
var fieldChecks = []*lint.Check{
	{
		Code: "SIG0507", Name: fieldCase, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Field name in the wrong case",
			What:  "The field differs by letter case only from one that the log source has. An error where the list of fields is complete, a warning where it was only observed.",
			Why:   "Field names are case-sensitive in Sigma and in most engines: the item never matches.",
			Bad:   changed("        CommandLine|contains", "        Commandline|contains"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0508", Name: misspeltField, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Misspelt field name",
			What:  "The log source has a complete list of fields, this one of at least six letters is not in it, and one within two edits is.",
			Why:   "No event carries the field: the item never matches, and an exclusion never excludes.",
			Bad:   changed("        CommandLine|contains", "        ComandLine|contains"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0509", Name: fieldElsewhere, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Field of another log source",
			What:  "The log source has a complete list of fields, this one is not in it, and another log source of the product has it.",
			Why:   "No event of this log source carries the field: the item never matches, and an exclusion never excludes.",
			Bad:   changed("        CommandLine|contains: ' -i'", "        DestinationIp: '192.0.2.7'"),
			Good:  clean,
			Fix:   "Use the log source that has the field, or the field that this log source has for the same thing.",
		},
	},
	{
		Code: "SIG0510", Name: unknownField, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Field that the log source does not have",
			What:  "The log source has a complete list of fields, this one is not in it, and nothing explains it. A warning where category and service together are no known log source.",
			Why:   "No event carries the field: the item never matches, and an exclusion never excludes.",
			Bad:   changed("        CommandLine|contains", "        Arguments|contains"),
			Good:  clean,
			Fix:   "Use a field of the log source. `taxonomy: NAME` tells that the rule uses names of your own.",
		},
	},
	{
		Code: "SIG0511", Name: unobservedField, Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Field that was never seen in this log",
			What:  "The fields of this Windows log are known from observed events and published rules only, and this one is not among them. Also on a log source that `sigtune learn` counted: a field that fewer rules use than its minimum.",
			Why:   "Perhaps no event carries the field; check it against the schema of the event.",
			Bad:   onWindows("service: security", "        EventID: 4625\n        TargetUserNames: 'backup'\n"),
			Good:  onWindows("service: security", "        EventID: 4625\n        TargetUserName: 'backup'\n"),
		},
	},
	{
		Code: "SIG0513", Name: fieldWhitespace, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Blank in a field name",
			What:  "A space or tab in, before or after a field name.",
			Why:   "Sigma's names have no blanks: `New Value` of an event is `NewValue` in a rule, and most query languages need none or quotes.",
			Bad:   changed("        CommandLine|contains", "        Command Line|contains"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0514", Name: malformedField, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Field name with a colon or an index",
			What:  "A field name that holds `:`, or an index like `[0]` or `[any]`.",
			Why:   "In Sigma 2.1 brackets are literal characters: engines look for a field of exactly this name.",
			Bad:   changed("        CommandLine|contains", "        'args[0]|contains'"),
			Good:  clean,
		},
	},
}

// index is `[0]` or `[any]` in a field name.
var index = regexp.MustCompile(`\[(?:\d+|any|all|\*)\]`)

// field explains the name of one item's field. The first explanation that fits counts.
func (s sourced) field(out *[]lint.Reported, i *rules.Item) {
	p := source.Problem{Span: i.FieldSpan}
	shown := source.Shorten(i.Field)
	switch {
	case strings.ContainsAny(i.Field, " \t"):
		p.Kind = fieldWhitespace
		p.Message = fmt.Sprintf("the field name `%s` holds a blank", shown)
		p.Help = "write the name without blanks, as the taxonomy spells it"
		if trimmed := strings.Trim(i.Field, " \t"); !strings.ContainsAny(trimmed, " \t") && trimmed != "" {
			p.Message = fmt.Sprintf("there is a blank beside the field name `%s`", shown)
			p.Help = "write `" + trimmed + "`"
			p.Fix = s.renameField(i, trimmed, true)
		}
		add(out, p, 0)
		return
	case strings.Contains(i.Field, ":"), index.MatchString(i.Field):
		p.Kind = malformedField
		p.Message = fmt.Sprintf("`%s` is taken as a plain name; Sigma has no indexes and no namespaces in fields", shown)
		p.Help = "write the name of the field alone: an item on a list holds when any of its entries does"
		add(out, p, 0)
		return
	case !s.complete() && !s.observed:
		return
	}
	severity := lint.Severity(0)
	if s.match != taxonomy.Exact {
		severity = lint.Warning // the fields are those of the category; the service may add its own
	}
	why := s.table.Explain(i.Field)
	if why.Finding != taxonomy.Known && why.Finding != taxonomy.Casing && !s.complete() {
		p.Kind = unobservedField
		p.Message = fmt.Sprintf("`%s` was not seen in events of `%s`", shown, s.name())
		if !s.isObserved() {
			p.Message = fmt.Sprintf("hardly any of your rules uses `%s` on `%s`", shown, s.name())
		}
		p.Help = "check the name against an event"
		if len(why.Names) > 0 {
			p.Help = "did you mean " + quoteAll(why.Names) + "?"
		}
		add(out, p, 0)
		return
	}
	switch why.Finding {
	case taxonomy.Known:
		return
	case taxonomy.Casing:
		p.Kind = fieldCase
		p.Message = fmt.Sprintf("`%s` is spelt `%s` in `%s`; field names are case-sensitive", shown, why.Names[0], s.name())
		p.Help = "write `" + why.Names[0] + "`"
		p.Fix = s.renameField(i, why.Names[0], s.complete() && len(why.Names) == 1)
		if !s.complete() {
			severity = lint.Warning
		}
	case taxonomy.Misspelt:
		p.Kind = misspeltField
		p.Message = fmt.Sprintf("`%s` has no field `%s`", s.name(), shown)
		p.Help = "did you mean " + quoteAll(why.Names) + "?"
		p.Fix = s.renameField(i, why.Names[0], false)
	case taxonomy.Elsewhere:
		p.Kind = fieldElsewhere
		p.Message = fmt.Sprintf("`%s` has no field `%s`; it belongs to `%s`", s.name(), shown, why.Logsources[0])
		p.Help = "use another field, or one of the log sources that have it: " + quoteAll(keyNames(why.Logsources))
	case taxonomy.Unknown:
		p.Kind = unknownField
		p.Message = fmt.Sprintf("`%s` has no field `%s`", s.name(), shown)
		p.Help = "use one of its fields, such as " + quoteAll(firstFew(s.table.Fields(), commonFields))
	}
	add(out, p, severity)
}

// commonFields is how many fields a message names.
const commonFields = 5

func firstFew(names []string, n int) []string { return names[:min(len(names), n)] }

// renameField is nil where the result would repeat a key of the same map.
func (s sourced) renameField(i *rules.Item, to string, safe bool) *source.Fix {
	key := to + strings.TrimPrefix(i.Key.Value, i.Field)
	for _, d := range s.detections.Named {
		twice := false
		d.Node.Walk(func(_ string, n *source.Node) bool {
			if n.Kind == source.Map && n.Entry(key) != nil && n.Entry(i.Key.Value) != nil {
				twice = true
			}
			return true
		})
		if twice {
			return nil
		}
	}
	return &source.Fix{Title: "write `" + to + "`", Safe: safe, Edits: []source.Edit{{Span: i.FieldSpan, New: to}}}
}
