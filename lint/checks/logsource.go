package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/nearest"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Names of the checks that reportLogsource feeds.
const (
	unknownLogsourceKey = "unknown-logsource-key"
	misspeltLogsource   = "misspelt-logsource"
	unknownLogsource    = "unknown-logsource"
	fieldCase           = "field-case"
	misspeltField       = "misspelt-field"
	fieldElsewhere      = "field-of-other-logsource"
	unknownField        = "unknown-field"
	unobservedField     = "unobserved-field"
	fieldWhitespace     = "field-name-whitespace"
	malformedField      = "malformed-field-name"
)

// logsourceChecks are family 05. Three are reported by schema, ten by reportLogsource. A rule with a taxonomy of its own is left alone.
var logsourceChecks = []*lint.Check{
	{
		Code: "SIG0501", Name: "empty-logsource", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Log source without any part",
			What:  "`logsource` has neither category, product nor service. A `definition` alone says nothing to an engine.",
			Why:   "No engine knows which log to search; pySigma refuses the rule.",
			Bad:   changed("    category: process_creation\n    product: linux\n", "    definition: 'Requirements: Sysmon for Linux'\n"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0502", Name: unknownLogsourceKey, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Key that a log source does not have",
			What:  "A key of `logsource` other than category, product, service and definition. One that differs by letter case only is attribute-not-lowercase.",
			Why:   "Engines ignore the key: the rule runs on more logs than it says, or on none.",
			Bad:   changed("    product: linux\n", "    produkt: linux\n"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0503", Name: "logsource-not-lowercase", Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Capital letters in the log source",
			What:  "An upper-case letter in category, product or service.",
			Why:   "Pipelines compare log sources as text: `Linux` maps to no table, and the rule searches everywhere or nowhere.",
			Bad:   changed("product: linux", "product: Linux"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0504", Name: "malformed-logsource-value", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Characters that no log source has",
			What:  "Category, product or service holds, lower-cased, anything but `a-z`, `0-9`, `.`, `_` and `-`: blanks, slashes, wildcards.",
			Why:   "A log source is a name, not a pattern; no pipeline maps this one.",
			Bad:   changed("category: process_creation", "category: process creation"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0505", Name: misspeltLogsource, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Misspelt or misplaced part of the log source",
			What:  "A part is unknown and within two edits of a known one (shorter names only where the result is a known log source), or it is known as another part, like a product in `category`.",
			Why:   "No pipeline maps the log source, so the rule runs on the wrong table or on none.",
			Bad:   changed("category: process_creation", "category: process_creatoin"),
			Good:  clean,
		},
	},
	{
		Code: "SIG0506", Name: unknownLogsource, Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Log source that no table has",
			What:  "The combination of category, product and service is neither in the specification nor used by a published rule, and looks like no slip. Tables age, so this is never more than an info.",
			Why:   "Ready-made pipelines will not know the log source; a mapping of your own is needed.",
			Bad:   changed("    category: process_creation\n    product: linux\n", "    product: homebrewed\n    service: teapot\n"),
			Good:  clean,
		},
	},
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
			What:  "The fields of this Windows log are known from observed events and published rules only, and this one is not among them.",
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
	{
		Code: "SIG0515", Name: "redundant-field", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Item that the log source already says",
			What:  "EventID, Channel or another field whose value the category of the log source fixes. An EventID counts whatever its value, where the category is one event. Log sources with a service only are left alone.",
			Why:   "The rule matches the same events on one sensor and none on the others that feed the category.",
			Bad:   onWindows("category: process_creation", "        EventID: 1\n        Image|endswith: '\\openfiles.exe'\n"),
			Good:  onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n"),
		},
		Document: checkRedundantField,
	},
	{
		Code: "SIG0516", Name: "redundant-provider-name", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Provider name that the category already says",
			What:  "`Provider_Name` with the only value that the category can have.",
			Why:   "The rule matches the same events on one sensor and none on the others that feed the category.",
			Bad:   onWindows("category: process_creation", "        Provider_Name: 'Microsoft-Windows-Sysmon'\n        Image|endswith: '\\openfiles.exe'\n"),
			Good:  onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n"),
		},
		Document: checkRedundantProvider,
	},
	{
		Code: "SIG0517", Name: "sysmon-without-eventid", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Sysmon rule without EventID",
			What:  "`service: sysmon` without a category, and no EventID in any identifier that the condition wants.",
			Why:   "The rule reads all of Sysmon's events; a field of the same name in another event matches too, and every event has to be searched.",
			Bad:   onWindows("service: sysmon", "        State: 'Stopped'\n"),
			Good:  onWindows("service: sysmon", "        EventID: 4\n        State: 'Stopped'\n"),
		},
		Document: checkSysmonEventID,
	},
	{
		Code: "SIG0518", Name: "generic-logsource-available", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Log source that has a generic category",
			What:  "A rule on windows/sysmon or windows/security that can only match one event id, and that has a category: Sysmon 1 to 3, 5 to 15 and 17 to 26, Security 4688.",
			Why:   "On the category the rule would also run on other sensors with the same events.",
			Bad:   onWindows("service: sysmon", "        EventID: 1\n        Image|endswith: '\\openfiles.exe'\n"),
			Good:  onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n"),
		},
		Document: checkGenericLogsource,
	},
	{
		Code: "SIG0519", Name: "eventlog-source-value", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Item `source: eventlog`",
			What:  "A field `source` with the value `eventlog`.",
			Why:   "It is an artefact of one product's export; events elsewhere lack the field and the rule never matches.",
			Bad:   onWindows("service: system", "        source: 'eventlog'\n        EventID: 7045\n        ServiceName: 'backdoor'\n"),
			Good:  onWindows("service: system", "        EventID: 7045\n        ServiceName: 'backdoor'\n"),
		},
		Document: checkEventlogSource,
	},
	{
		Code: "SIG0520", Name: "malformed-hash", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Value that is no hash",
			What:  "A value of `Hashes` or `Hash` with an unknown algorithm, or with hexadecimal digits of the wrong number or alphabet; likewise for fields that hold one hash. Silent for `contains` without `=`, for wildcards inside the digits and for `expand`.",
			Why:   "No file has this hash, so the item never matches; without digits it matches every file.",
			Bad:   onWindows("category: process_creation", "        Hashes|contains: 'MD5=5d41402abc4b2a76b9719d911017c59'\n"),
			Good:  onWindows("category: process_creation", "        Hashes|contains: 'MD5=5d41402abc4b2a76b9719d911017c592'\n"),
		},
		Document: checkHashes,
	},
	{
		Code: "SIG0521", Name: "localised-account", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Account name of one language",
			What:  "The values of a user field hold `AUTHORI` and none holds `AUTORI`, or the reverse.",
			Why:   "Windows translates its own accounts: `NT AUTHORITY` is `AUTORITE NT` on a French system, and events there are missed.",
			Bad:   onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n        User|contains: 'AUTHORI'\n"),
			Good:  onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n        User|contains:\n            - 'AUTHORI'\n            - 'AUTORI'\n"),
		},
		Document: checkLocalisedAccount,
	},
	domainCheck,
}

// onWindows is a rule on a Windows log with one selection.
func onWindows(logsource, selection string) string {
	bad := example("    selection:\n" + selection + "    condition: selection\n")
	bad = strings.Replace(bad, "    category: process_creation\n    product: linux\n", "    product: windows\n    "+logsource+"\n", 1)
	return strings.Replace(bad, "Detects a shell that lists open files", "Detects the listing of open files", 1)
}

// sourced is the log source of a document with what the taxonomy knows of it.
type sourced struct {
	rules.Logsource
	detections *rules.Detections
	table      *taxonomy.Logsource // nil when nothing fits
	match      taxonomy.Match
	observed   bool // see isObserved; set where fields are explained
}

// sourceOf is false for documents without a log source and for those that use another taxonomy.
func sourceOf(d rules.Document) (sourced, bool) {
	var s sourced
	switch d := d.(type) {
	case *rules.Rule:
		s.Logsource, s.detections = d.Logsource, &d.Detection
	case *rules.Filter:
		s.Logsource, s.detections = d.Logsource, &d.Detection
	}
	if t := d.Base().Taxonomy.Value; s.Node == nil || s.Node.Kind != source.Map || t != "" && t != "sigma" {
		return sourced{}, false
	}
	s.table, s.match = taxonomy.Lookup(s.Product.Value, s.Category.Value, s.Service.Value)
	return s, true
}

// fields calls visit for every item with a field.
func (s sourced) fields(visit func(d *rules.Detection, i *rules.Item)) {
	for _, d := range s.detections.Named {
		d.Block.Each(func(i *rules.Item) {
			if !i.Keyword() {
				visit(d, i)
			}
		})
	}
}

// complete says that a field which the table does not have does not exist.
func (s sourced) complete() bool {
	return s.table != nil && s.table.Complete && s.match.Authoritative()
}

// isObserved says that the table knows this very log from events, which is so for some Windows logs.
func (s sourced) isObserved() bool {
	if s.table == nil || s.match != taxonomy.Exact || s.Category.Value != "" {
		return false
	}
	return slices.ContainsFunc(s.table.Fields(), func(name string) bool {
		f, _ := s.table.Field(name)
		return f.Why&taxonomy.Observed != 0
	})
}

// name is the log source in messages.
func (s sourced) name() string { return source.Shorten(s.String()) }

// reportLogsource compares the log source and the field names with the taxonomy.
func reportLogsource(d rules.Document, _ *lint.Facts) []lint.Reported {
	s, ok := sourceOf(d)
	if !ok {
		return nil
	}
	var out []lint.Reported
	s.unknownKeys(&out)
	s.doubts(&out)
	s.observed = s.isObserved()
	s.fields(func(_ *rules.Detection, i *rules.Item) { s.field(&out, i) })
	return out
}

func add(out *[]lint.Reported, p source.Problem, severity lint.Severity) {
	*out = append(*out, lint.Reported{Problem: p, Severity: severity})
}

// logsourceKeys are the keys of `logsource`.
var logsourceKeys = []string{"category", "product", "service", "definition"}

func (s sourced) unknownKeys(out *[]lint.Reported) {
	for _, e := range s.Node.Entries {
		key := e.Key.Value
		if slices.Contains(logsourceKeys, strings.ToLower(key)) {
			continue // attribute-not-lowercase has the others
		}
		p := source.Problem{
			Kind: unknownLogsourceKey, Span: e.Key.Span,
			Message: fmt.Sprintf("a log source has no key `%s`", source.Shorten(key)),
			Help:    "use category, product and service; write prose under `definition`",
		}
		if near := nearest.Of(key, logsourceKeys, 1); len(near) > 0 && s.Node.Entry(near[0]) == nil {
			p.Help = "write `" + near[0] + "`"
			p.Fix = rename(e.Key, near[0], false)
		}
		add(out, p, 0)
	}
}

// rename is the fix that writes another key.
func rename(key *source.Node, to string, safe bool) *source.Fix {
	return &source.Fix{Title: "write `" + to + "`", Safe: safe, Edits: []source.Edit{{Span: key.Span, New: to}}}
}

// sound are the characters of a log source; schema reports others.
var sound = regexp.MustCompile(`^[a-z0-9._-]*$`)

func (s sourced) doubts(out *[]lint.Reported) {
	texts := map[taxonomy.Part]rules.Text{
		taxonomy.Product: s.Product, taxonomy.Category: s.Category, taxonomy.Service: s.Service,
	}
	for _, t := range texts {
		if !sound.MatchString(strings.ToLower(t.Value)) {
			return
		}
	}
	for _, doubt := range taxonomy.Default().CheckLogsource(s.Product.Value, s.Category.Value, s.Service.Value) {
		text := texts[doubt.Part]
		p := source.Problem{Kind: unknownLogsource, Span: text.Span()}
		switch doubt.Doubt {
		case taxonomy.PartMisspelt:
			p.Kind = misspeltLogsource
			p.Message = fmt.Sprintf("`%s` is no known %s", source.Shorten(doubt.Value), doubt.Part)
			p.Help = "did you mean " + quoteAll(doubt.Suggestions) + "?"
			p.Fix = &source.Fix{
				Title: "write `" + doubt.Suggestions[0] + "`",
				Edits: []source.Edit{{Span: text.Node.Span, New: doubt.Suggestions[0]}},
			}
		case taxonomy.PartSwapped:
			p.Kind = misspeltLogsource
			p.Message = fmt.Sprintf("`%s` is a %s, not a %s", source.Shorten(doubt.Value), doubt.Belongs, doubt.Part)
			p.Help = fmt.Sprintf("write `%s: %s`", doubt.Belongs, source.Shorten(doubt.Value))
			if s.Node.Entry(string(doubt.Belongs)) == nil {
				p.Fix = rename(text.Key, string(doubt.Belongs), false)
			}
		case taxonomy.UnknownPart:
			p.Message = fmt.Sprintf("no table and no published rule has the %s `%s`", doubt.Part, source.Shorten(doubt.Value))
			p.Help = "check the name; a log source of your own needs a pipeline that maps it"
		case taxonomy.UnknownCombination:
			p.Span = s.Key.Span
			p.Message = fmt.Sprintf("no table and no published rule has the log source `%s`", s.name())
			p.Help = "known ones are " + quoteAll(keyNames(doubt.Known))
		}
		add(out, p, 0)
	}
}

func keyNames(keys []taxonomy.Key) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.String()
	}
	return names
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

// removeItem is the fix that takes an item out of its map, nil where it does not have its lines to itself or is alone.
func removeItem(f *source.File, d *rules.Detections, i *rules.Item) *source.Fix {
	alone := false
	d.Node.Walk(func(_ string, n *source.Node) bool {
		alone = alone || n.Kind == source.Map && len(n.Entries) == 1 && n.Entries[0].Key == i.Key
		return !alone
	})
	lines, ok := ownLines(f, i.Span())
	if alone || !ok {
		return nil
	}
	return &source.Fix{Title: "remove `" + source.Shorten(i.KeyText()) + "`", Edits: []source.Edit{{Span: lines}}}
}

// ownLines are the whole lines of a span, with the last line break, false when anything else stands on them.
func ownLines(f *source.File, s source.Span) (source.Span, bool) {
	first, last := f.LineAt(s.Start), f.LineAt(max(s.Start, s.End-1))
	start, end := f.LineSpan(first).Start, f.LineSpan(last).End
	around := f.Text(source.Span{Start: start, End: s.Start}) + f.Text(source.Span{Start: s.End, End: end})
	if strings.TrimSpace(around) != "" {
		return source.Span{}, false
	}
	if last < f.Lines() {
		end = f.LineSpan(last + 1).Start
	}
	return source.Span{Start: start, End: end}, true
}

// plainValues are the values of an item that is compared for equality, or ok = false.
func plainValues(i *rules.Item) (values []string, ok bool) {
	if i.Negated || len(i.Modifiers) > 0 {
		return nil, false
	}
	for _, v := range i.Values {
		switch v.Kind {
		case rules.TextValue:
			values = append(values, v.Text)
		case rules.NumberValue:
			values = append(values, v.Number.Text)
		default:
			return nil, false
		}
	}
	return values, len(values) > 0
}

// impliedFields are the fields that a category can fix, by the check that reports them.
var impliedFields = map[string]string{
	"EventID": "redundant-field", "Channel": "redundant-field", "EventType": "redundant-field",
	"Provider_Name": "redundant-provider-name",
}

func checkRedundantField(p *lint.Pass)    { redundant(p, "redundant-field") }
func checkRedundantProvider(p *lint.Pass) { redundant(p, "redundant-provider-name") }

func redundant(p *lint.Pass, check string) {
	s, ok := sourceOf(p.Document)
	if !ok || s.table == nil || s.Category.Value == "" || !s.match.Authoritative() {
		return
	}
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		implied := s.table.Implied(i.Field)
		if impliedFields[i.Field] != check || len(implied) == 0 || i.Negated {
			return
		}
		values, ok := plainValues(i)
		switch {
		case i.Field == "EventID" && len(implied) == 1: // whatever the value: the category is one event
		case !ok, !containsAll(values, implied):
			return
		}
		p.Report(lint.Finding{
			Span:    i.Key.Span,
			Message: fmt.Sprintf("`%s` is already decided by the category `%s`", i.Field, source.Shorten(s.Category.Value)),
			Help:    "remove the item",
			Fix:     removeItem(p.Document.Base().File, s.detections, i),
		})
	})
}

// containsAll reports that every value is implied, and every implied value is there: the item narrows nothing.
func containsAll(values, implied []string) bool {
	has := func(list []string, v string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return strings.EqualFold(v, w) })
	}
	for _, v := range implied {
		if !has(values, v) {
			return false
		}
	}
	for _, v := range values {
		if !has(implied, v) {
			return false
		}
	}
	return true
}

func checkSysmonEventID(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok || p.Rule == nil || !strings.EqualFold(s.Service.Value, "sysmon") || s.Category.Value != "" || len(s.detections.Conditions) == 0 {
		return
	}
	found := false
	s.fields(func(d *rules.Detection, i *rules.Item) {
		found = found || eventIDFields[strings.ToLower(i.Field)] && s.detections.Polarity(d)&rules.Positive != 0
	})
	if found {
		return
	}
	p.Report(lint.Finding{
		Span:    s.Service.Span(),
		Message: "`service: sysmon` without any EventID reads all of Sysmon's events",
		Help:    "add the EventID of the event that is meant, or name its category instead of the service",
	})
}

func checkGenericLogsource(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok || p.Rule == nil || s.Category.Value != "" {
		return
	}
	id, at := s.onlyValue("EventID")
	if id == "" {
		return
	}
	number, ok := rules.ParseNumber(id)
	if !ok || !number.Integral {
		return
	}
	eventType, _ := s.onlyValue("EventType")
	category, ok := taxonomy.GenericCategory(s.Product.Value, s.Service.Value, int(number.Int), eventType)
	if !ok {
		return
	}
	p.Report(lint.Finding{
		Span:    s.Service.Span(),
		Message: fmt.Sprintf("event %s of `service: %s` is the category `%s`", id, source.Shorten(s.Service.Value), category),
		Help:    fmt.Sprintf("write `category: %s` for the service, and remove the EventID", category),
		Related: []lint.Related{{Span: at.Span(), Message: "the only event that the rule can match"}},
	})
}

// onlyValue is the value that a field has in every way in which the conditions can hold, or empty.
func (s sourced) onlyValue(field string) (value string, at *rules.Item) {
	for _, c := range s.detections.Conditions {
		ways, ok := branches(c)
		if !ok {
			return "", nil
		}
		for _, way := range ways {
			here := ""
			for _, t := range way.positive {
				values, plain := plainValues(t.item)
				if t.item.Field == field && plain && len(values) == 1 {
					here, at = values[0], t.item
				}
			}
			if here == "" || value != "" && here != value {
				return "", nil
			}
			value = here
		}
	}
	return value, at
}

func checkEventlogSource(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok {
		return
	}
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		values, plain := plainValues(i)
		if !strings.EqualFold(i.Field, "source") || !plain {
			return
		}
		for k, v := range values {
			if strings.EqualFold(v, "eventlog") {
				p.Report(lint.Finding{
					Span:    i.Values[k].Node.Span,
					Message: fmt.Sprintf("`%s: %s` comes from one product's export; other events lack it", i.Field, v),
					Help:    "remove the item; the log source says where the events come from",
					Fix:     removeItem(p.Document.Base().File, s.detections, i),
				})
			}
		}
	})
}

// hashDigits are the numbers of hexadecimal digits, by algorithm.
var hashDigits = map[string]int{"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "imphash": 32}

var hexadecimal = regexp.MustCompile(`^[0-9A-Fa-f]*$`)

func checkHashes(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok {
		return
	}
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		field := strings.ToLower(i.Field)
		digits, single := hashDigits[field]
		if !single && field != "hashes" && field != "hash" {
			return
		}
		for _, m := range i.Modifiers {
			if m.Name != "contains" && m.Name != "startswith" && m.Name != "endswith" && m.Name != "all" {
				return
			}
		}
		for _, t := range i.Tests {
			if t.Kind != rules.TextTest || t.Value.Kind != rules.TextValue {
				continue
			}
			wrong := ""
			if single {
				if plain, ok := t.Patterns[0].Plain(); ok && len(i.Modifiers) == 0 {
					wrong = wrongDigits(plain, field, digits)
				}
			} else {
				wrong = wrongHashes(t.Value.Text)
			}
			if wrong == "" {
				continue
			}
			p.Report(lint.Finding{
				Span:    t.Value.Node.Span,
				Message: fmt.Sprintf("`%s` is no hash for `%s`: %s", shorter(t.Value.Text), source.Shorten(i.Field), wrong),
				Help:    "write ALGORITHM=DIGITS, with 32 hexadecimal digits for MD5 and IMPHASH, 40 for SHA1, 64 for SHA256, 128 for SHA512",
			})
		}
	})
}

// shorter leaves room for the rest of the message.
func shorter(text string) string {
	const shown = 40
	runes := []rune(source.Visible(text))
	if len(runes) <= shown {
		return string(runes)
	}
	return string(runes[:shown/2]) + "…" + string(runes[len(runes)-shown/2:])
}

// wrongHashes says what is wrong with a list of ALGORITHM=DIGITS. Values without `=`, and digits with wildcards, are left alone.
func wrongHashes(value string) string {
	for _, part := range strings.Split(strings.Trim(value, "*,"), ",") {
		algorithm, digits, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		n, known := hashDigits[strings.ToLower(strings.TrimSpace(algorithm))]
		if !known {
			return fmt.Sprintf("`%s` is no algorithm", shorter(algorithm))
		}
		switch wrong := wrongDigits(digits, algorithm, n); {
		case digits == "":
			return "without digits every event that lists this algorithm matches"
		case wrong != "" && !strings.ContainsAny(digits, "*?%"):
			return wrong
		}
	}
	return ""
}

func wrongDigits(digits, algorithm string, want int) string {
	switch {
	case !hexadecimal.MatchString(digits):
		return "there are other characters than 0-9 and a-f"
	case len(digits) != want:
		return fmt.Sprintf("%s has %d digits, not %d", strings.ToUpper(algorithm), want, len(digits))
	}
	return ""
}

// The two spellings of NT AUTHORITY: English and German have the h, French, Spanish and Italian do not.
const (
	withH    = "AUTHORI"
	withoutH = "AUTORI"
)

func checkLocalisedAccount(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok {
		return
	}
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		if !strings.HasSuffix(strings.ToLower(i.Field), "user") || i.Has("re") {
			return
		}
		var at [2]*rules.Value
		for _, v := range i.Values {
			for k, word := range []string{withH, withoutH} {
				if strings.Contains(strings.ToUpper(v.Text), word) && at[k] == nil {
					at[k] = v
				}
			}
		}
		found, missing := at[0], withoutH
		if found == nil {
			found, missing = at[1], withH
		}
		if found == nil || at[0] != nil && at[1] != nil {
			return
		}
		p.Report(lint.Finding{
			Span:    found.Node.Span,
			Message: fmt.Sprintf("`%s` of `%s` is the account's name in some languages only", source.Shorten(found.Text), source.Shorten(i.Field)),
			Help:    fmt.Sprintf("use `%s|contains` with both `AUTHORI` and `AUTORI`; `%s` is missing", i.Field, missing),
		})
	})
}
