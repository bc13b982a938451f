package logic

import (
	"testing"
)

const (
	windows  = "logsource:\n  product: windows\n  category: process_creation\n"
	anywhere = "logsource:\n  category: process_creation\n"
	sysmon   = "logsource:\n  product: windows\n  service: sysmon\n"
	linux    = "logsource:\n  product: linux\n  category: process_creation\n"
)

// ruleOf is a rule of one selection.
func ruleOf(logsource, block string) string {
	return logsource + "detection:\n  selection:\n" + block + "\n  condition: selection\n"
}

func TestRelationOfTwoRules(t *testing.T) {
	const net, any = "    Image|endswith: '\\net.exe'", "    Image|endswith: '.exe'"
	for _, row := range []struct {
		name          string
		a, b          string
		want, overall Relation
		logs          Scope
	}{
		{"the same words", ruleOf(windows, net), ruleOf(windows, net), Same, Same, SameLogs},
		{"the same events in other words", ruleOf(windows, "    Image: '*\\NET.EXE'"), ruleOf(windows, net), Same, Same, SameLogs},
		{"inside", ruleOf(windows, net), ruleOf(windows, any), Inside, Inside, SameLogs},
		{"around", ruleOf(windows, any), ruleOf(windows, net), Around, Around, SameLogs},
		{"disjoint", ruleOf(windows, net), ruleOf(windows, "    Image|endswith: '\\sc.exe'"), Apart, Apart, SameLogs},
		{"overlapping", ruleOf(windows, net), ruleOf(windows, "    CommandLine|contains: ' user '"), Overlapping, Overlapping, SameLogs},
		{"inside, and a reads fewer logs", ruleOf(windows, net), ruleOf(anywhere, any), Inside, Inside, NarrowerLogs},
		{"inside, but a reads more logs", ruleOf(anywhere, net), ruleOf(windows, any), Inside, Overlapping, WiderLogs},
		{"equal, but a reads more logs", ruleOf(anywhere, net), ruleOf(windows, net), Same, Around, WiderLogs},
		{"equal, in another log", ruleOf(linux, net), ruleOf(windows, net), Same, Apart, OtherLogs},
		{"equal, a category against a service", ruleOf(sysmon, net), ruleOf(windows, net), Same, Undecided, UnclearLogs},
		{
			"one rule never matches", ruleOf(windows, "    Image|endswith: .exe\n    Image|startswith: 'a'\n    Image: 'b.exe'"),
			ruleOf(windows, net), Vacuous, Vacuous, SameLogs,
		},
		{
			"a placeholder may be anything", ruleOf(windows, "    Image|expand: '%tools%'"), ruleOf(windows, net),
			Undecided, Undecided, SameLogs,
		},
		{
			"the same placeholder is the same on both sides", ruleOf(windows, "    Image|expand: '%tools%'\n    User: x"),
			ruleOf(windows, "    Image|expand: '%tools%'"), Inside, Inside, SameLogs,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			a, b := parseRule(t, row.a), parseRule(t, row.b)
			r := Relate(a, b)
			if r.Relation != row.want || r.Overall() != row.overall || r.Logs != row.logs {
				t.Fatalf("%v, overall %v, logs %v\n%+v", r.Relation, r.Overall(), r.Logs, r)
			}
			v := NewProver(Options{}).versions(a, b)
			for _, evidence := range []struct {
				Answer
				inA, inB bool
			}{{r.Forth, true, false}, {r.Back, false, true}, {r.Apart, true, true}} {
				switch {
				case evidence.Verdict == No && evidence.Witness == nil, evidence.Verdict == Unknown && evidence.Reason == "":
					t.Errorf("no evidence: %+v", evidence)
				case evidence.Verdict == No && !v.agree(evidence.Witness, evidence.inA, evidence.inB):
					t.Errorf("%v is no witness", evidence.Witness)
				}
			}
		})
	}
}

func TestARelationTurnsRoundWithItsRules(t *testing.T) {
	texts := []string{
		ruleOf(windows, "    Image|endswith: '\\net.exe'"), ruleOf(anywhere, "    Image|endswith: '.exe'"),
		ruleOf(sysmon, "    Image|endswith: '.exe'\n    CommandLine|contains: x"), ruleOf(linux, "    Image: '*'"),
		ruleOf(windows, "    Image|endswith: .exe\n    Image: 'b.com'"),
	}
	turned := map[Relation]Relation{Inside: Around, Around: Inside}
	for _, s := range texts {
		for _, u := range texts {
			forth, back := Relate(parseRule(t, s), parseRule(t, u)), Relate(parseRule(t, u), parseRule(t, s))
			for _, pair := range [][2]Relation{{forth.Relation, back.Relation}, {forth.Overall(), back.Overall()}} {
				want := pair[0]
				if other, ok := turned[want]; ok {
					want = other
				}
				if pair[1] != want {
					t.Errorf("%v, and turned round %v:\n%s\n%s", pair[0], pair[1], s, u)
				}
			}
			if back.Logs != forth.Logs.Reversed() {
				t.Errorf("%v, and turned round %v", forth.Logs, back.Logs)
			}
		}
	}
}
