package skim

import (
	"slices"
	"testing"
)

func TestReadFindsLogsourceAndFields(t *testing.T) {
	rule, ok := Read(`title: Example
logsource:
    category: process_creation  # a comment
    product: 'windows'
    definition: 'Requirements: auditing'
detection:
    selection_one:
        Image|endswith:
            - '\a.exe'
            - 'C:\b.exe'
        # Comment: not a field
        CommandLine|contains|all: 'x: y'
    selection_two:
        - ParentImage: '\c.exe'
        - data.user-name: d
          'quoted name|contains': e
    keywords:
        - 'found: here'
        - http://example.org
    filter:
        Script|contains: |
            text: that is not a field
        Image: null
    condition: selection_one or selection_two
level: low
`)
	if !ok {
		t.Fatal("no detection found")
	}
	if rule.Product != "windows" || rule.Category != "process_creation" || rule.Service != "" {
		t.Errorf("log source is %q/%q/%q", rule.Product, rule.Category, rule.Service)
	}
	want := []string{"Image", "CommandLine", "ParentImage", "data.user-name", "quoted name", "Script"}
	if !slices.Equal(rule.Fields, want) {
		t.Errorf("fields are %q, want %q", rule.Fields, want)
	}
}

func TestReadWantsADetection(t *testing.T) {
	if _, ok := Read("title: A correlation\ncorrelation:\n    type: event_count\n"); ok {
		t.Error("a correlation is not a rule with fields")
	}
}
