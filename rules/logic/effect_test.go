package logic

import (
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// A discovery rule: one of five programs, unless a report of the system asks.
const discovery = `
logsource:
  product: linux
  category: process_creation
detection:
  selection:
    Image|endswith:
      - '/who'
      - '/w'
      - '/last'
      - '/lsof'
      - '/netstat'
  filter_report:
    ParentCommandLine|contains: '/usr/bin/report-sysinfo'
    CommandLine|endswith: 'who -q'
  condition: selection and not 1 of filter_*
`

func TestFilterOnAnotherProgramIsANoOp(t *testing.T) {
	rule := FromRule(parseRule(t, discovery))
	filter := parsed(t, "    Image|endswith: '/nmap'")
	e := NewProver(Options{}).Effect(rule, filter)
	if e.Removes.Verdict != No || len(e.CoveredBy) != 0 {
		t.Fatalf("%+v", e)
	}
	t.Log(e.Removes.Explain())
}

func TestFilterOnOneProgramSwallowsItsValue(t *testing.T) {
	rule := FromRule(parseRule(t, discovery))
	swallowed, unsure := NewProver(Options{}).Swallows(rule, parsed(t, "    Image|endswith: '/netstat'"))
	if len(swallowed) != 1 || len(unsure) != 0 {
		t.Fatalf("%+v %v", swallowed, unsure)
	}
	s := swallowed[0]
	test, ok := s.Part.(*rules.Test)
	if !ok || test.Value.Text != "/netstat" {
		t.Fatalf("%+v", s)
	}
	t.Log(s.Lost, s.Proof.Explain())
}

func TestFilterOnTheCommandLineSwallowsNothingFormally(t *testing.T) {
	rule := FromRule(parseRule(t, discovery))
	p := NewProver(Options{})
	filter := parsed(t, "    CommandLine|contains: netstat")
	if swallowed, unsure := p.Swallows(rule, filter); len(swallowed)+len(unsure) != 0 {
		t.Fatalf("%+v %v", swallowed, unsure)
	}
	e := p.Effect(rule, filter)
	if e.Removes.Verdict != Yes {
		t.Fatalf("%+v", e)
	}
	t.Log(e.Removes.Witness)
}
