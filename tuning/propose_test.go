package tuning

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/tuning/safety"
)

const windowsListing = `title: Service Control by an Odd Parent
id: 5d0c3f3e-7f25-4c1b-9d38-0a8a3c0f3c11
status: test
description: Detects changes of services
references:
    - https://attack.mitre.org/techniques/T1543/003/
author: The sigtune authors
date: 2026-01-12
tags:
    - attack.persistence
    - attack.t1543.003
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        CommandLine|contains:
            - ' sdset '
            - ' config '
    filter_main_system:
        Image: 'C:\Windows\System32\explorer.exe'
    condition: selection and not 1 of filter_main_*
falsepositives:
    - Unknown
level: medium
`

// A value that a filter of the rule hides already would do nothing: it is left out of the list, and the linter has nothing to say.
func TestValuesThatDoNothingAreLeftOut(t *testing.T) {
	r := tune(t, windowsListing, "explorer.exe")
	if len(r.Outcomes[0].Proposals) == 0 {
		t.Fatalf("%s: %s", r.Outcomes[0].Verdict, r.Outcomes[0].Proof.Statement)
	}
	for _, p := range r.Outcomes[0].Proposals {
		if strings.Contains(p.Block, `C:\Windows\System32\explorer.exe`) {
			t.Errorf("%s\n%s", p.Title, p.Block)
		}
		for _, reason := range p.Safety.Reasons {
			if strings.Contains(reason, "dead-exclusion") {
				t.Error(reason)
			}
		}
	}
}

// A proposal of which the linter says something new is graded C at best, with what it says.
func TestAProposalThatDrawsAFindingIsNotRecommended(t *testing.T) {
	tuner := &tuner{in: Input{Path: "rule.yml", Today: testDay}}
	tuner.result = &Result{Findings: tuner.lint(windowsListing)}
	dead := strings.Replace(windowsListing, "    condition:", "    filter_main_again:\n        Image: 'C:\\Windows\\System32\\explorer.exe'\n    condition:", 1)
	p := Proposal{RuleAfter: dead, Safety: safety.Judgement{Grade: safety.A}}
	tuner.drawn(&p)
	if p.Safety.Grade != safety.C || len(p.Safety.Reasons) == 0 || !strings.HasPrefix(p.Safety.Reasons[0], "the linter says of it (") {
		t.Errorf("grade %s, reasons %q", p.Safety.Grade, p.Safety.Reasons)
	}
}
