package tuning

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

func tuneAsFilter(t *testing.T, rule string, scenarios ...string) *Result {
	t.Helper()
	r, err := Tune(Input{Path: "rule.yml", Text: rule, Scenarios: scenarios, Today: testDay, As: SigmaFilter})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var filterScenarios = []string{"netstat started by monit", "lsof started by zabbix_agentd", "Exclude netstat started by cron or by puppet."}

func filtersOf(t *testing.T, text string) []*rules.Filter {
	t.Helper()
	file := source.Parse("filter.yml", []byte(text), source.Limits{})
	documents, problems := rules.Parse(file)
	if len(file.Problems) > 0 || len(problems) > 0 {
		t.Fatalf("%v %v in\n%s", file.Problems, problems, text)
	}
	var out []*rules.Filter
	for _, d := range documents {
		out = append(out, d.(*rules.Filter))
	}
	return out
}

func TestAFilterDocumentExcludesWhatItsScenarioIs(t *testing.T) {
	r := tuneAsFilter(t, listing, "netstat started by monit")
	want := `title: 'Monit - Listing of Sockets by a Tool'
id: ID
description: 'Excludes a known false positive: netstat started by monit'
date: 2026-11-23
logsource:
    category: process_creation
    product: linux
filter:
    rules:
        - 3d0c3f3e-7a52-4c39-8d4e-5f2f7a1f0c11
    selection:
        Image|endswith: '/netstat'
        ParentImage|endswith: '/monit'
    condition: not selection
`
	got := strings.Replace(r.FilterDocument, filtersOf(t, r.FilterDocument)[0].ID.Value, "ID", 1)
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

// The rule beside its filter documents is the rule with the blocks inside: by proof, and on events by the matcher.
func TestFilterDocumentsDoWhatTheBlocksDo(t *testing.T) {
	for _, rule := range []string{listing, general} {
		r := tuneAsFilter(t, rule, filterScenarios...)
		filters := filtersOf(t, r.FilterDocument)
		if len(filters) != len(filterScenarios) {
			t.Fatalf("%d filters for %d scenarios", len(filters), len(filterScenarios))
		}
		tuner := &tuner{in: Input{Path: "rule.yml"}}
		after, err := tuner.parse(r.RuleAfter)
		if err != nil {
			t.Fatal(err)
		}
		with := logic.FromRule(r.Rule)
		for _, f := range filters {
			with = logic.And(with, logic.FromDetections(&f.Detection))
		}
		if a := logic.Equivalent(logic.FromRule(after), with); a.Verdict != logic.Yes {
			t.Errorf("not equivalent: %v %v", a.Verdict, a.Witness)
		}
		before, err := match.Compile(r.Rule)
		if err != nil {
			t.Fatal(err)
		}
		filtered, err := before.With(filters...)
		if err != nil {
			t.Fatal(err)
		}
		inline, err := match.Compile(after)
		if err != nil {
			t.Fatal(err)
		}
		hidden := 0
		for _, image := range []string{"/usr/bin/netstat", "/usr/bin/lsof", "/usr/bin/ss"} {
			for _, parent := range []string{"/usr/bin/monit", "/usr/sbin/zabbix_agentd", "/usr/sbin/cron", "/opt/puppet/bin/puppet", "/bin/bash", "/sbin/init", ""} {
				e := match.NewEvent(map[string]any{"Image": image, "ParentImage": parent})
				if a, b := filtered.Match(e), inline.Match(e); a != b {
					t.Errorf("%s started by %s: %v beside the filter, %v with the block", image, parent, a, b)
				} else if before.Match(e) && !a {
					hidden++
				}
			}
		}
		if hidden < len(filterScenarios) {
			t.Errorf("only %d events are hidden", hidden)
		}
	}
}

func TestFilterDocumentsAreCleanBesideTheirRule(t *testing.T) {
	r := tuneAsFilter(t, listing, filterScenarios...)
	chosen, err := lint.Selection{Select: []string{"12"}}.Apply(checks.All())
	if err != nil {
		t.Fatal(err)
	}
	engine := lint.Engine{Checks: chosen, Reporters: checks.Reporters(), Facts: lint.Facts{Today: testDay}, Jobs: 1}
	files := []*source.File{source.Parse("rule.yml", []byte(listing), source.Limits{}), source.Parse("filter.yml", []byte(r.FilterDocument), source.Limits{})}
	for _, f := range engine.Files(files...).Findings {
		if f.File.Path == "filter.yml" {
			t.Errorf("%s %s: %s", f.Check.Code, f.Check.Name, f.Message)
		}
	}
}

func TestAFilterDocumentNeedsAReference(t *testing.T) {
	nameless := strings.Replace(listing, "id: 3d0c3f3e-7a52-4c39-8d4e-5f2f7a1f0c11\n", "", 1)
	r := tuneAsFilter(t, nameless, "netstat started by monit")
	if r.FilterDocument != "" || !strings.Contains(strings.Join(r.Outcomes[0].Notes, " "), "neither an id nor a name") {
		t.Errorf("notes %v\n%s", r.Outcomes[0].Notes, r.FilterDocument)
	}
	named := strings.Replace(nameless, "status:", "name: 'socket listing: 1'\nstatus:", 1)
	if r := tuneAsFilter(t, named, "netstat started by monit"); !strings.Contains(r.FilterDocument, "        - 'socket listing: 1'\n") {
		t.Errorf("got\n%s", r.FilterDocument)
	}
}

func TestTheSameExclusionKeepsItsID(t *testing.T) {
	a, b := tuneAsFilter(t, listing, filterScenarios...), tuneAsFilter(t, listing, filterScenarios...)
	if a.FilterDocument != b.FilterDocument {
		t.Error("two runs differ")
	}
	seen := map[string]bool{}
	for _, f := range filtersOf(t, a.FilterDocument) {
		if seen[f.ID.Value] {
			t.Errorf("the id %s occurs twice", f.ID.Value)
		}
		seen[f.ID.Value] = true
	}
}
