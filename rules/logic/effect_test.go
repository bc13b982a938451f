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
	if got, want := e.Removes.Explain(), "`Image` cannot end in one of `/who`, `/w`, `/last` … (5 values) and in `/nmap` at once"; got != want {
		t.Errorf("%s", got)
	}
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
	if s.Lost["Image"] != "/usr/bin/netstat" || s.Proof.Verdict != No || s.Item.Field != "Image" {
		t.Errorf("%v %s", s.Lost, s.Proof.Explain())
	}
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
	if w := e.Removes.Witness; w["Image"] != "/usr/bin/who" || w["CommandLine"] != "who netstat" {
		t.Errorf("%v", w)
	}
}

func TestFilterThatAnExclusionCoversNamesIt(t *testing.T) {
	r := parseRule(t, discovery)
	filter := parsed(t, "    ParentCommandLine|startswith: '/usr/bin/report-sysinfo --now'\n    CommandLine: '/bin/who -q'")
	e := NewProver(Options{}).Effect(FromRule(r), filter)
	if e.Removes.Verdict != No || len(e.CoveredBy) != 1 || e.CoveredBy[0].Name != "filter_report" {
		t.Errorf("%+v", e)
	}
}

func TestFilterThatRestatesTheSelectionSwallowsTheRule(t *testing.T) {
	r := parseRule(t, discovery)
	swallowed, _ := NewProver(Options{}).Swallows(FromRule(r), parsed(t, "    Image|contains: '/'"))
	if len(swallowed) != 1 || swallowed[0].Part != r {
		t.Errorf("%+v", swallowed)
	}
}

func TestNarrowFilterSwallowsNothing(t *testing.T) {
	rule := FromRule(parseRule(t, discovery))
	swallowed, unsure := NewProver(Options{}).Swallows(rule, parsed(t, "    Image|endswith: '/netstat'\n    ParentImage|endswith: '/monit'"))
	if len(swallowed)+len(unsure) != 0 {
		t.Errorf("%+v", swallowed)
	}
}

func TestSwallowedBranchIsListedOnce(t *testing.T) {
	r := parseRule(t, `
detection:
  selection_a:
    Image: ['/bin/a', '/bin/b']
  selection_b:
    CommandLine|contains: 'x'
    Image|endswith: '/c'
  condition: 1 of selection_*
`)
	swallowed, _ := NewProver(Options{}).Swallows(FromRule(r), parsed(t, "    Image|re: '^/bin/[ab]$'"))
	// A case variant such as /BIN/A escapes an expression that minds case.
	if len(swallowed) != 0 {
		t.Errorf("%+v", swallowed)
	}
	swallowed, _ = NewProver(Options{}).Swallows(FromRule(r), parsed(t, "    Image|startswith: '/bin/a'"))
	if len(swallowed) != 1 || swallowed[0].Part.(*rules.Test).Value.Text != "/bin/a" {
		t.Errorf("%+v", swallowed)
	}
	swallowed, _ = NewProver(Options{}).Swallows(FromRule(r), parsed(t, "    Image: '/bin/?'"))
	if len(swallowed) != 1 || swallowed[0].Part != r.Detection.Find("selection_a") {
		t.Errorf("%+v", swallowed)
	}
}
