package tuning

import (
	"strings"
	"testing"
)

const (
	startedRule = "title: x\nlogsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        Image|endswith: '\\foo.exe'\n    condition: selection\n"
	logonRule   = "title: x\nlogsource:\n    product: windows\n    service: security\ndetection:\n    selection:\n        EventID: 4624\n        LogonType: 9\n    condition: selection\n"
)

func TestFieldsWithoutValueAndLogons(t *testing.T) {
	for _, c := range []struct{ rule, text, want string }{
		{startedRule, "Filter null parent", "ParentImage: null\n"},
		{startedRule, "Exclude when parent image is null", "ParentImage: null\n"},
		{startedRule, "Filter events with no parent", "ParentImage: null\n"},
		{startedRule, "Exclude if ParentCommandLine is not set", "ParentCommandLine: null\n"},
		{startedRule, "Exclude events where the parent is empty", "ParentImage: ''\n"},
		{startedRule, "filter out empty command line", "CommandLine: ''\n"},
		{startedRule, "exclude where the parent is explorer.exe and the command line is empty", "CommandLine: ''\n"},
		{startedRule, "Exclude events where the parent is not empty", ""},
		{logonRule, "Exclude user svc_backup", "TargetUserName: 'svc_backup'\n"},
	} {
		r, err := Tune(Input{Path: "x.yml", Text: c.rule, Scenarios: []string{c.text}, Today: testDay})
		if err != nil {
			t.Fatalf("%q: %v", c.text, err)
		}
		written := ""
		for _, o := range r.Outcomes {
			for _, p := range o.Proposals {
				written += p.RuleAfter
			}
		}
		if c.want == "" && written != "" || !strings.Contains(written, c.want) {
			t.Errorf("%q: wanted %q in %s", c.text, c.want, written)
		}
	}
}
