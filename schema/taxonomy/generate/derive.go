package main

import (
	"fmt"
	"sort"
	"strings"
)

const (
	// enoughRules is how many live rules must agree on a spelling before it counts as known: one may be a
	// slip, two by the same slip were never seen in the live rules.
	enoughRules = 2
	// enoughEvents is how often an event must have been observed before its field list counts as full:
	// above it no event of the collection showed a further field.
	enoughEvents = 1000
	// enoughUse is how many live rules must use a log source before an observed list may be complete:
	// the rules are the test that the list holds.
	enoughUse = 10
)

// field is one known field of a log source. why holds one letter per reason, in this order:
//
//	s  the specification lists it for this log source
//	m  the naming authority to which the specification points has it (Sysmon, W3C)
//	o  real events carry it
//	r  at least two live rules use it with this spelling
//	j  it joins a property of the acting process, or one hash, to the event
//	x  a sensor documents that it adds it
type field struct {
	name, why, kind string
	count           int
}

type logsource struct {
	key       string
	rules     int
	complete  bool
	header    bool
	authority string
	eventIDs  []int
	channels  []string
	fields    []field
	unknown   []string // names that live rules use and no reason covers
}

// derive decides for each log source which fields are known and whether the list is complete.
//
// Known: any of the reasons above, or the event header where the log source is a Windows channel.
// Complete, so that a name outside the list may be called an error, is a log source that
//   - the specification names, and whose field names it lists or takes from Sysmon or W3C, or whose bound
//     events were each observed at least enoughEvents times while at least enoughUse rules use it; and
//   - has no live rule with a field outside the list.
func derive(c collected, seen observed) []logsource {
	categories := sysmonCategories(c)
	process := specified(c, "*/process_creation/*")
	var all []logsource
	for key, from := range c.Logsources {
		if len(from.Sources) == 0 {
			continue // a parent that nobody names
		}
		part := strings.Split(key, "/")
		product, category, service := part[0], part[1], part[2]
		l := logsource{key: key, rules: from.Rules, eventIDs: from.EventIDs, channels: from.Channels}
		l.header = product == "windows" || len(from.EventIDs) > 0
		why := map[string]string{}
		add := func(reason, names string) {
			for _, n := range strings.Fields(names) {
				if !strings.Contains(why[n], reason) {
					why[n] += reason
				}
			}
		}

		spec := specified(c, key)
		for n := range spec {
			add("s", n)
		}
		if ids, ok := categories[category]; ok && service == "*" && sysmonProducts[product] {
			l.authority = "sysmon"
			for _, id := range ids {
				add("m", sysmonEvents[id])
			}
		}
		if service == "sysmon" {
			for _, names := range sysmonEvents {
				add("m", names)
			}
		}
		if names, ok := w3cFields[key]; ok {
			l.authority = "w3c"
			add("m", names)
		}

		full := len(from.EventIDs) > 0
		for _, channel := range from.Channels {
			for id, e := range seen.events(channel) {
				if len(from.EventIDs) > 0 && !hasID(from.EventIDs, id) {
					continue
				}
				for _, n := range e {
					if !artefacts[n] && !strings.ContainsAny(n, " :") {
						add("o", n)
					}
				}
			}
		}
		for _, id := range from.EventIDs {
			full = full && seen.count(from.Channels, id) >= enoughEvents
		}
		if full && l.authority == "" && from.Rules >= enoughUse {
			l.authority = "observed"
		}

		for n, f := range from.Fields {
			if f.Count >= enoughRules && !strings.Contains(n, " ") {
				add("r", n)
			}
		}
		if l.authority == "sysmon" {
			joined(l, why, from, process, add)
			if product == "windows" {
				add("x", sensorFields[category])
			} else if category == "process_creation" {
				add("x", "Imphash")
			}
		}

		header := set(eventHeader)
		for n, f := range from.Fields {
			if f.Count > 0 && why[n] == "" && !(l.header && header[n]) {
				l.unknown = append(l.unknown, n)
			}
		}
		l.complete = l.authority != "" && contains(from.Sources, "spec") && len(l.unknown) == 0
		for n, reasons := range why {
			kind := from.Fields[n].Type
			if kind == "string" {
				kind = ""
			}
			l.fields = append(l.fields, field{n, reasons, kind, from.Fields[n].Count})
		}
		for n := range header {
			if f := from.Fields[n]; l.header && why[n] == "" && f.Count > 0 {
				l.fields = append(l.fields, field{n, "", "", f.Count})
			}
		}
		sort.Slice(l.fields, func(i, j int) bool { return l.fields[i].name < l.fields[j].name })
		sort.Strings(l.unknown)
		all = append(all, l)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].key < all[j].key })
	return all
}

// joined adds what an event may carry of the processes it names. A property that the specification lists
// for processes and that a live rule uses here, alone or behind the event's own role, is taken as joined
// on, even from one rule. Where rules do so for the ancestry of a role, its whole ancestry is known.
func joined(l logsource, why map[string]string, from collectedLogsource, process map[string]bool, add func(reason, names string)) {
	if why["Hashes"] != "" || why["Hash"] != "" {
		add("j", splitHashes)
	}
	ancestry := false
	for n, f := range from.Fields {
		property, role := n, ""
		for _, a := range actors {
			if rest, ok := strings.CutPrefix(n, a); ok && why[a+"Image"] != "" {
				property, role = rest, a
			}
		}
		if f.Count > 0 && process[property] {
			add("j", n)
			ancestry = ancestry || role != "" && strings.HasPrefix(property, "Parent")
		}
	}
	if !ancestry {
		return
	}
	for _, a := range actors {
		for _, property := range []string{"ParentImage", "ParentCommandLine", "ParentProcessId"} {
			add("j", a+property)
		}
	}
}

// sysmonProducts are the products whose generic categories follow Sysmon's names; for other products a
// category of the same name means something else (an appliance has no processes).
var sysmonProducts = set("* windows linux macos")

// sysmonCategories are the categories that the specification binds to Sysmon events, with the ids. Their
// field names are Sysmon's for every product.
func sysmonCategories(c collected) map[string][]int {
	found := map[string][]int{}
	for key, l := range c.Logsources {
		part := strings.Split(key, "/")
		if part[0] == "windows" && part[1] != "*" && contains(l.Channels, sysmonChannel) && len(l.EventIDs) > 0 {
			found[part[1]] = l.EventIDs
		}
	}
	return found
}

// specified are the names that the specification lists for a log source.
func specified(c collected, key string) map[string]bool {
	found := map[string]bool{}
	for n, f := range c.Logsources[key].Fields {
		if f.Source == "spec" {
			found[n] = true
		}
	}
	return found
}

// events are the observed fields of a channel by event id. Collections differ in the case of channels.
func (o observed) events(channel string) map[int][]string {
	found := map[int][]string{}
	for name, events := range o {
		if strings.EqualFold(name, channel) {
			for id, e := range events {
				found[id] = append(found[id], e.Fields...)
			}
		}
	}
	return found
}

func (o observed) count(channels []string, id int) int {
	n := 0
	for _, channel := range channels {
		for name, events := range o {
			if strings.EqualFold(name, channel) {
				n += events[id].N
			}
		}
	}
	return n
}

func hasID(ids []int, id int) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
}

func joinInts(ids []int) string {
	return strings.Trim(fmt.Sprint(ids), "[]")
}
