package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// derived runs the derivation over a small collection and returns one log source.
func derived(t *testing.T, key, collection, events string) (logsource, map[string]string) {
	t.Helper()
	var c collected
	var seen observed
	if err := json.Unmarshal([]byte(collection), &c); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(events), &seen); err != nil {
		t.Fatal(err)
	}
	for _, l := range derive(c, seen) {
		if l.key == key {
			why := map[string]string{}
			for _, f := range l.fields {
				why[f.name] = f.why
			}
			return l, why
		}
	}
	t.Fatalf("no log source %s", key)
	return logsource{}, nil
}

const small = `{"logsources": {
	"*/process_creation/*": {"sources": ["spec"], "fields": {"Image": {"src": "spec"}, "CommandLine": {"src": "spec"}, "ParentImage": {"src": "spec"}}},
	"windows/process_creation/*": {"sources": ["spec"], "eventids": [1], "channels": ["Microsoft-Windows-Sysmon/Operational"], "fields": {}},
	"windows/file_event/*": {"sources": ["spec", "rules"], "rules": 3, "eventids": [11], "channels": ["Microsoft-Windows-Sysmon/Operational"],
		"fields": {"TargetFilename": {"count": 3}, "CommandLine": {"count": 1}, "FOREIGN": {"src": "native", "count": 0}}},
	"windows/create_remote_thread/*": {"sources": ["spec", "rules"], "rules": 2, "eventids": [8], "channels": ["Microsoft-Windows-Sysmon/Operational"],
		"fields": {"SourceImage": {"count": 2}, "SourceParentImage": {"count": 1}}},
	"windows/wmi_event/*": {"sources": ["spec", "rules"], "rules": 2, "eventids": [19, 20, 21], "channels": ["Microsoft-Windows-Sysmon/Operational"],
		"fields": {"Destination": {"count": 1}, "Once": {"count": 1}}},
	"windows/ps_script/*": {"sources": ["spec", "rules"], "rules": 20, "eventids": [4104], "channels": ["PowerShell"], "fields": {"ScriptBlockText": {"count": 20}}},
	"windows/*/rare": {"sources": ["spec", "rules"], "rules": 2, "channels": ["Rare"], "fields": {"Twice": {"count": 2}, "Once": {"count": 1}, "Data": {"count": 0}}},
	"nobody/*/*": {"fields": {}}
}}`

const seenSmall = `{"POWERSHELL": {"4104": {"n": 2000, "fields": ["ScriptBlockText", "Path", "TimeCreated"]}},
	"Rare": {"7": {"n": 1, "fields": ["Seen", "Data"]}}}`

func TestAFieldIsKnownForAReason(t *testing.T) {
	for _, c := range []struct{ what, key, field, why string }{
		{"listed by the specification", "*/process_creation/*", "ParentImage", "sm"},
		{"named by the authority", "windows/file_event/*", "CreationUtcTime", "m"},
		{"a property of the process, used once, and documented by a sensor", "windows/file_event/*", "CommandLine", "jx"},
		{"the ancestry of a role of which rules use a part", "windows/create_remote_thread/*", "TargetParentImage", "j"},
		{"observed", "windows/*/rare", "Seen", "o"},
		{"used by two rules", "windows/*/rare", "Twice", "r"},
	} {
		if _, why := derived(t, c.key, small, seenSmall); why[c.field] != c.why {
			t.Errorf("%s: %s in %s is known because of %q, want %q", c.what, c.field, c.key, why[c.field], c.why)
		}
	}
	for _, c := range []struct{ what, key, field string }{
		{"used by one rule only", "windows/*/rare", "Once"},
		{"an artefact of the reader", "windows/*/rare", "Data"},
		{"an artefact of the reader", "windows/ps_script/*", "TimeCreated"},
		{"known to another project only", "windows/file_event/*", "FOREIGN"},
	} {
		if _, why := derived(t, c.key, small, seenSmall); why[c.field] != "" {
			t.Errorf("%s: %s in %s counts as known (%s)", c.what, c.field, c.key, why[c.field])
		}
	}
}

func TestALogsourceIsCompleteOnlyWithAnAuthorityThatTheRulesBearOut(t *testing.T) {
	for key, want := range map[string]bool{
		"*/process_creation/*": true,
		"windows/file_event/*": true,
		"windows/ps_script/*":  true,
		"windows/wmi_event/*":  false, // a live rule uses a field outside the list
		"windows/*/rare":       false, // no authority
	} {
		if l, _ := derived(t, key, small, seenSmall); l.complete != want {
			t.Errorf("%s: complete is %v, want %v (outside: %v)", key, l.complete, want, l.unknown)
		}
	}
	var c collected
	if err := json.Unmarshal([]byte(small), &c); err != nil {
		t.Fatal(err)
	}
	for _, l := range derive(c, nil) {
		if l.key == "nobody/*/*" {
			t.Error("a log source that nobody names was taken in")
		}
		if l.key == "windows/ps_script/*" && l.complete {
			t.Error("complete by observation without an observation")
		}
	}
}

// The schema that we wrote down and the events that others recorded have to agree.
func TestObservedSysmonFieldsAreInTheSchema(t *testing.T) {
	text, err := os.ReadFile("../events.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "= "+sysmonChannel+"\n")
	if !ok {
		t.Fatal("no Sysmon events")
	}
	section, _, _ = strings.Cut(section, "\n= ")
	for _, line := range strings.Split(section, "\n") {
		col := strings.Split(line, "\t")
		if len(col) < 3 {
			continue
		}
		var id int
		if err := json.Unmarshal([]byte(col[0]), &id); err != nil {
			t.Fatal(err)
		}
		schema := set(sysmonEvents[id])
		for _, f := range strings.Fields(col[2]) {
			// Some readers put the header's process id into events that have none of their own.
			if !schema[f] && f != "ProcessId" {
				t.Errorf("Sysmon event %d was seen with %s, which the schema lacks", id, f)
			}
		}
	}
}
