package tuning

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/logic"
)

// general has a filter that is named after no value of it, and one that is.
const general = `title: Listing of Sockets by a Tool
id: 3d0c3f3e-7a52-4c39-8d4e-5f2f7a1f0c11
status: test
description: Detects tools that list sockets
author: sigtune
date: 2026-01-10
modified: 2026-02-01
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith:
            - '/netstat'
            - '/lsof'
    filter_optional_monitoring:
        Image|endswith: '/netstat' # sockets only
        ParentImage|endswith: '/nagios' # ours
    condition: selection and not 1 of filter_optional_*
falsepositives:
    - Netstat started by monit.
level: low
`

func combined(t *testing.T, rule string, scenarios ...string) string {
	t.Helper()
	r := tune(t, rule, scenarios...)
	if !r.Recommended() {
		t.Fatalf("nothing is recommended: %v", r.Outcomes[0].Proof)
	}
	return r.RuleAfter
}

func TestAValueIsAddedToAFilterThatDiffersInNothingElse(t *testing.T) {
	got := combined(t, general, "netstat started by monit")
	want := `    filter_optional_monitoring:
        Image|endswith: '/netstat' # sockets only
        ParentImage|endswith:
            - '/nagios' # ours
            - '/monit'
    condition: selection and not 1 of filter_optional_*
falsepositives:
    - Netstat started by monit.
`
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s", got)
	}
	list := strings.Replace(general, "ParentImage|endswith: '/nagios' # ours", "ParentImage|endswith:\n            - '/nagios' # ours\n            - '/nrpe'", 1)
	if got := combined(t, list, "netstat started by monit"); !strings.Contains(got, "            - '/nrpe'\n            - '/monit'\n    condition") {
		t.Errorf("got\n%s", got)
	}
	flow := strings.Replace(general, "'/nagios' # ours", "['/nagios'] # ours", 1)
	if got := combined(t, flow, "netstat started by monit"); !strings.Contains(got, "['/nagios', '/monit'] # ours\n") {
		t.Errorf("got\n%s", got)
	}
	if got := combined(t, strings.ReplaceAll(general, "\n", "\r\n"), "netstat started by monit"); strings.Count(got, "\r\n") != strings.Count(got, "\n") {
		t.Errorf("line ends differ: %q", got)
	}
}

func TestAFilterNamedAfterItsValueStaysTrueToItsName(t *testing.T) {
	named := strings.Replace(general, "filter_optional_monitoring", "filter_optional_nagios", 1)
	if got := combined(t, named, "netstat started by monit"); !strings.Contains(got, "    filter_optional_monit:\n        Image|endswith: '/netstat'\n        ParentImage|endswith: '/monit'\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestValuesAreNotAddedWhereThatWouldMeanMore(t *testing.T) {
	// Two tests differ: the list would also hide what neither filter hides.
	got := combined(t, general, "lsof started by monit")
	if !strings.Contains(got, "    filter_optional_monit:\n        Image|endswith: '/lsof'\n        ParentImage|endswith: '/monit'\n") || !strings.Contains(got, "'/nagios' # ours\n    filter_") {
		t.Errorf("got\n%s", got)
	}
}

func TestSeveralScenariosBecomeOneEdit(t *testing.T) {
	r := tune(t, general, "netstat started by zabbix_agentd", "netstat started by monit", "netstat that monit started", "lsof started by monit")
	got := r.RuleAfter
	for _, once := range []string{"\nmodified: 2026-11-23\n", "etstat started by monit", "    - lsof started by monit\n"} {
		if strings.Count(got, once) != 1 {
			t.Errorf("%q occurs %d times in\n%s", once, strings.Count(got, once), got)
		}
	}
	var hides []*logic.Formula
	for _, o := range r.Outcomes {
		d, err := detection(o.Proposals[0].Block)
		if err != nil {
			t.Fatal(err)
		}
		hides = append(hides, logic.FromDetection(d))
	}
	tuner := &tuner{in: Input{Path: "rule.yml"}}
	after, err := tuner.parse(got)
	if err != nil {
		t.Fatal(err)
	}
	wanted := logic.And(logic.FromRule(r.Rule), logic.Not(logic.Or(hides...)))
	if a := logic.Equivalent(logic.FromRule(after), wanted); a.Verdict != logic.Yes {
		t.Errorf("the combined rule is not the rule without what the filters hide: %v %s\n%s", a.Verdict, a.Explain(), got)
	}
}

func TestALoneFilterIsTheProposalItself(t *testing.T) {
	r := tune(t, listing, "netstat started by monit")
	if r.RuleAfter != r.Outcomes[0].Proposals[0].RuleAfter {
		t.Errorf("the tuned rule is not that of the proposal:\n%s", r.RuleAfter)
	}
}

// The same tool in two scenarios: one filter with two values, not `filter_optional_monit_2`.
func TestFiltersOfOneNameAreJoined(t *testing.T) {
	got := combined(t, listing, "netstat started by monit", "lsof started by monit")
	if strings.Contains(got, "_2") || !strings.Contains(got, "    filter_optional_monit:\n        Image|endswith:\n            - '/netstat'\n            - '/lsof'\n        ParentImage|endswith: '/monit'\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestRevisedValuesAreJudgedAgain(t *testing.T) {
	r := tune(t, listing, "netstat started by monit")
	c := Choice{&r.Outcomes[0], &r.Outcomes[0].Proposals[0]}
	p, err := r.Revise(c, 0, 1, []string{"/usr/bin/monit"})
	if err != nil || !strings.Contains(p.RuleAfter, "'/usr/bin/monit'") {
		t.Errorf("error %v\n%s", err, p.RuleAfter)
	}
	if _, err := r.Revise(c, 0, 0, []string{"/nmap"}); err == nil || !strings.Contains(err.Error(), "it does nothing") {
		t.Errorf("a filter that does nothing is taken: %v", err)
	}
}

func TestAPlaceholderNeverGetsIntoTheTunedRule(t *testing.T) {
	r := tune(t, listing, "netstat started by monit", adminsList)
	r.Choose([]Choice{{&r.Outcomes[0], &r.Outcomes[0].Proposals[0]}, {&r.Outcomes[1], &r.Outcomes[1].Proposals[0]}})
	if strings.Contains(r.RuleAfter, "%") || !strings.Contains(r.RuleAfter, "filter_optional_monit:") {
		t.Errorf("got\n%s", r.RuleAfter)
	}
}
