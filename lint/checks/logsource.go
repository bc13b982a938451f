package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
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
var logsourceChecks = slices.Concat([]*lint.Check{
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
}, fieldChecks, eventChecks, []*lint.Check{hashCheck, accountCheck, domainCheck, spellingCheck})

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

// sourceOf is false for documents without a log source and for those that use another taxonomy. It knows the bundled table alone.
func sourceOf(d rules.Document) (sourced, bool) { return sourceWith(d, &lint.Facts{}) }

// sourceWith also knows what the user's own rules taught.
func sourceWith(d rules.Document, facts *lint.Facts) (sourced, bool) {
	if d == nil {
		return sourced{}, false
	}
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
	s.table, s.match = facts.Learned.Table().Lookup(s.Product.Value, s.Category.Value, s.Service.Value)
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

// learned says that the table knows this very log from the user's own rules.
func (s sourced) learned() bool {
	return s.table != nil && s.match == taxonomy.Exact && s.table.Learned()
}

// name is the log source in messages.
func (s sourced) name() string { return source.Shorten(s.String()) }

// reportLogsource compares the log source and the field names with the taxonomy.
func reportLogsource(d rules.Document, facts *lint.Facts) []lint.Reported {
	s, ok := sourceWith(d, facts)
	if !ok {
		return nil
	}
	var out []lint.Reported
	s.unknownKeys(&out)
	if !own(s.Logsource, facts.Logsources) {
		s.doubts(&out, facts.Learned.Table())
	}
	s.observed = s.isObserved() || s.learned()
	s.fields(func(_ *rules.Detection, i *rules.Item) { s.field(&out, i) })
	return out
}

// own reports a log source that the configuration names, or a part of one.
func own(l rules.Logsource, named []taxonomy.Key) bool {
	fits := func(written, named string) bool { return named == "" || strings.EqualFold(written, named) }
	return slices.ContainsFunc(named, func(k taxonomy.Key) bool {
		return k != taxonomy.Key{} && fits(l.Product.Value, k.Product) && fits(l.Category.Value, k.Category) && fits(l.Service.Value, k.Service)
	})
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

// sound are the characters of a log source; schema reports others.
var sound = regexp.MustCompile(`^[a-z0-9._-]*$`)

func (s sourced) doubts(out *[]lint.Reported, table *taxonomy.Table) {
	texts := map[taxonomy.Part]rules.Text{
		taxonomy.Product: s.Product, taxonomy.Category: s.Category, taxonomy.Service: s.Service,
	}
	for _, t := range texts {
		if !sound.MatchString(strings.ToLower(t.Value)) {
			return
		}
	}
	for _, doubt := range table.CheckLogsource(s.Product.Value, s.Category.Value, s.Service.Value) {
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
