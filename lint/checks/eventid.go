package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// eventChecks are about items that repeat the log source, or that it lacks.
var eventChecks = []*lint.Check{
	{
		Code: "SIG0515", Name: "redundant-field", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Item that the log source already says",
			What:  "EventID, Channel or another field whose value the category of the log source fixes. An EventID counts whatever its value, where the category is one event, and in profile sigmahq, where this is a warning. Log sources with a service only are left alone.",
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
			What:  "`Provider_Name` with the only value that the category can have; in profile sigmahq, where this is a warning, also with the name under which another sensor writes it.",
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
			What:  "`service: sysmon` without a category, and no EventID in any identifier that the condition wants. A warning in profile sigmahq.",
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
			What: "A rule on windows/sysmon or windows/security that can only match one event id, and that has a category: Sysmon 1 to 3, 5 to 15 and 17 to 26, Security 4688. " +
				"In profile sigmahq, where this is a warning, one of several event ids is enough.",
			Why:  "On the category the rule would also run on other sensors with the same events.",
			Bad:  onWindows("service: sysmon", "        EventID: 1\n        Image|endswith: '\\openfiles.exe'\n"),
			Good: onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n"),
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

func checkRedundantField(p *lint.Pass) { redundant(p, "redundant-field") }

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
		case literal(p.Facts) && i.Field == "EventID": // as the validator does
		case literal(p.Facts) && i.Field == "Provider_Name" && ok && slices.ContainsFunc(values, func(v string) bool {
			return containsFold(implied, v) || containsFold(traceProviders[s.Category.Value], v)
		}):
		case !ok, !containsAll(values, implied):
			return
		}
		p.Report(lint.Finding{
			Span: i.Key.Span, Severity: gate(p.Facts),
			Message: fmt.Sprintf("`%s` is already decided by the category `%s`", i.Field, source.Shorten(s.Category.Value)),
			Help:    "remove the item",
			Fix:     removeItem(p.Document.Base().File, s.detections, i),
		})
	})
}

// traceProviders are the event tracing providers from which sensors other than Sysmon feed a category.
var traceProviders = map[string][]string{
	"process_creation":   {"SystemTraceProvider-Process", "Microsoft-Windows-Kernel-Process"},
	"process_access":     {"Microsoft-Windows-Kernel-Audit-API-Calls"},
	"process_tampering":  {"Microsoft-Windows-Threat-Intelligence"},
	"file_event":         {"Microsoft-Windows-Kernel-File"},
	"file_access":        {"Microsoft-Windows-Kernel-File"},
	"file_rename":        {"Microsoft-Windows-Kernel-File"},
	"file_delete":        {"Microsoft-Windows-Kernel-File"},
	"image_load":         {"Microsoft-Windows-Kernel-Process"},
	"network_connection": {"Microsoft-Windows-Kernel-Network", "SystemTraceProvider-Network"},
	"dns_query":          {"Microsoft-Windows-DNS-Client"},
	"registry_event":     {"Microsoft-Windows-Kernel-Registry"},
	"registry_set":       {"Microsoft-Windows-Kernel-Registry"},
}

func containsFold(list []string, v string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return strings.EqualFold(v, w) })
}

// containsAll reports that every value is implied, and every implied value is there: the item narrows nothing.
func containsAll(values, implied []string) bool {
	for _, v := range implied {
		if !containsFold(values, v) {
			return false
		}
	}
	for _, v := range values {
		if !containsFold(implied, v) {
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
		Span: s.Service.Span(), Severity: gate(p.Facts),
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
	eventType, _ := s.onlyValue("EventType")
	category := s.genericCategory(id, eventType)
	if category == "" && literal(p.Facts) {
		id, at, category = s.anyGeneric(eventType)
	}
	if category == "" {
		return
	}
	related := "the only event that the rule can match"
	if values, _ := plainValues(at); len(values) > 1 {
		related = "one of the events that the rule looks for"
	}
	p.Report(lint.Finding{
		Span: s.Service.Span(), Severity: gate(p.Facts),
		Message: fmt.Sprintf("event %s of `service: %s` is the category `%s`", id, source.Shorten(s.Service.Value), category),
		Help:    fmt.Sprintf("write `category: %s` for the service, and remove the EventID", category),
		Related: []lint.Related{{Span: at.Span(), Message: related}},
	})
}

// genericCategory is the category of an event id of the rule's service, or empty.
func (s sourced) genericCategory(id, eventType string) string {
	number, ok := rules.ParseNumber(id)
	if !ok || !number.Integral {
		return ""
	}
	category, _ := taxonomy.GenericCategory(s.Product.Value, s.Service.Value, int(number.Int), eventType)
	return category
}

// anyGeneric is the first event id of any item that has a category.
func (s sourced) anyGeneric(eventType string) (id string, at *rules.Item, category string) {
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		values, _ := plainValues(i)
		for _, v := range values {
			if category == "" && i.Field == "EventID" {
				if category = s.genericCategory(v, eventType); category != "" {
					id, at = v, i
				}
			}
		}
	})
	return id, at, category
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
