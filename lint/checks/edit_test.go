package checks

import "testing"

// A fix that would write a key which stands in the map already is not offered: the result would have it twice.
func TestAFixNeverRepeatsAKey(t *testing.T) {
	for _, row := range []struct{ check, item, beside string }{
		{"flag-without-windash", "CommandLine|contains: ' /query'", "CommandLine|contains|windash: ' -x'"},
		{"fragile-spacing", "CommandLine|contains: 'query session'", "CommandLine|contains|all: ['abc', 'def']"},
		{"ip-prefix-as-text", "DestinationIp|startswith: '10.2.'", "DestinationIp|cidr: '10.0.0.0/8'"},
		{"wildcard-for-modifier", "CommandLine: '*query'", "CommandLine|endswith: 'y'"},
		{"repeated-modifier", "CommandLine|contains|contains: 'query'", "CommandLine|contains: 'q'"},
		{"all-with-single-value", "CommandLine|contains|all: 'query'", "CommandLine|contains: 'q'"},
		{"regex-is-literal", "CommandLine|re: 'query'", "CommandLine|contains: 'q'"},
		{"base64-whole-value", "CommandLine|base64: 'query'", "CommandLine|base64|contains: 'q'"},
		{"nonportable-modifier", "CommandLine|re|ignorecase: 'q+'", "CommandLine|re|i: 'r+'"},
	} {
		for _, beside := range []string{"", row.beside} {
			category := "process_creation"
			if row.check == "ip-prefix-as-text" {
				category = "network_connection"
			}
			text := "title: A Query\nlogsource:\n    product: windows\n    category: " + category + "\ndetection:\n    selection:\n        " + row.item + "\n"
			if beside != "" {
				text += "        " + beside + "\n"
			}
			found := false
			for _, f := range run(t, All(), text+"    condition: selection\n") {
				if f.Check.Name == row.check && f.File.Text(f.Subject.Span) != "" {
					found = true
					if (f.Fix != nil) != (beside == "") {
						t.Errorf("%s beside %q: fix %v", row.check, beside, f.Fix)
					}
				}
			}
			if !found {
				t.Errorf("%s: no finding beside %q", row.check, beside)
			}
		}
	}
}

// Whether letters beyond ASCII that differ by case are the same is up to the back-end, so to remove one of them is no safe repair.
func TestADuplicateBeyondASCIIIsNotRemovedForSure(t *testing.T) {
	for values, safe := range map[string]bool{"['query', 'QUERY']": true, "['järjestelmä', 'JÄRJESTELMÄ']": false, "['ä', 'ä']": true} {
		for _, f := range run(t, All(), example("    selection:\n        CommandLine: "+values+"\n    condition: selection\n")) {
			if f.Check.Name == "duplicate-value" && (f.Fix == nil || f.Fix.Safe != safe) {
				t.Errorf("%s: %+v", values, f.Fix)
			}
		}
	}
}
