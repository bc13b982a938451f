package report

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/safety"
)

// fixture is a result written by hand, so that the golden files change with the reports and with nothing else.
func fixture(t *testing.T, as tuning.Form) *tuning.Result {
	t.Helper()
	documents, _ := rules.Parse(source.Parse("rules/sockets.yml", []byte(sockets), source.Limits{}))
	monit := tuning.Proposal{
		Rank: 1, Name: "filter_optional_monit", Title: "without `systemd`", Recommended: true,
		Block: "filter_optional_monit:\n    Image|endswith: '/netstat'\n    ParentImage|endswith: '/monit'\n",
		Safety: safety.Judgement{
			Grade: safety.B, Reasons: []string{"two conditions that take an effort"}, Hides: []string{"every event where `Image` ends in `/netstat` and `ParentImage` ends in `/monit`"},
			Hidden:  map[string]any{"Image": "/usr/bin/netstat", "ParentImage": "/usr/bin/monit"},
			Evasion: []safety.Evasion{{How: "put a shell into `/tmp/` under a name that `ParentImage|endswith` accepts", Event: map[string]any{"Image": "/usr/bin/netstat", "ParentImage": "/tmp/monit"}}},
		},
		QueryHidden: "imProcessCreate\n| where TargetProcessName endswith \"/netstat\" and ParentProcessName endswith \"/monit\"", QueryAfter: "imProcessCreate\n| where …",
	}
	monit.RuleAfter = strings.Replace(sockets, "    condition: selection\n", "    filter_optional_monit:\n        Image|endswith: '/netstat'\n        ParentImage|endswith: '/monit'\n    condition: selection and not 1 of filter_optional_*\n", 1)
	monit.RuleAfter = strings.Replace(monit.RuleAfter, "modified: 2026-02-01", "modified: 2026-11-23", 1)
	both := monit
	both.Rank, both.Title, both.Recommended, both.Into = 2, "as written", false, "filter_optional_monitoring"
	both.Safety.Evasion = []safety.Evasion{{How: "act as that account"}}
	users := tuning.Proposal{
		Rank: 1, Name: "filter_optional_admin_users", Title: "with your own values", Fill: []string{"%admin_users%"}, RuleAfter: sockets,
		Block:  "filter_optional_admin_users:\n    Image|endswith: '/lsof'\n    User|expand: '%admin_users%'\n",
		Safety: safety.Judgement{Grade: safety.C, Reasons: []string{"an attacker can meet all of it"}},
	}
	r := &tuning.Result{
		Path: "rules/sockets.yml", Rule: documents[0].(*rules.Rule), RuleText: sockets, RuleAfter: monit.RuleAfter, As: as,
		QueryBefore: "imProcessCreate\n| where TargetProcessName endswith \"/netstat\" or TargetProcessName endswith \"/lsof\"", QueryAfter: monit.QueryAfter,
		Placeholders: []tuning.Placeholder{{Name: "admin_users", Meaning: "accounts of your administrators", Field: "User", Example: "jmiller-adm", Scenarios: []string{"3"}}},
	}
	if as == tuning.SigmaFilter {
		monit.FilterDocument = "title: 'Monit - Listing of Sockets by a Tool'\nfilter:\n    condition: not selection\n"
		r.FilterDocument = monit.FilterDocument
	}
	exact := func(statement string, witness map[string]any) tuning.Proof {
		return tuning.Proof{Kind: "exact", Statement: statement, Witness: witness}
	}
	r.Outcomes = []tuning.Outcome{
		{
			ID: "1", Text: "A health check calls netstat.", Exclusion: "Exclude netstat started by a tool such as monit.", Verdict: tuning.Filter, Proposals: []tuning.Proposal{monit, both},
			Open:        []tuning.Open{{Phrase: "a tool such as monit", Reason: "an open list", Examples: true}},
			Proof:       exact("The rule fires on the scenario, the filter hides it, and all 2 listed values of the rule can still fire.", monit.Safety.Hidden),
			Explanation: "`filter_optional_monit` hides what monit starts, and nothing else.", Notes: []string{"“netstat” is read as `Image|endswith: '/netstat'`"},
		},
		{
			ID: "2", Exclusion: "Exclude nmap.", Verdict: tuning.Noop, Proof: exact("`Image` cannot end in one of `/netstat`, `/lsof` and in `/nmap` at once.", map[string]any{"Image": "/usr/bin/nmap"}),
			Explanation: "The rule never fires on `nmap`.", Suggestions: []string{"Was `nmap` meant as the parent?"},
		},
		{
			ID: "3", Text: "Administrators look for open files.", Verdict: tuning.NeedsEnvironment, Proposals: []tuning.Proposal{users},
			Proof: exact("Without %admin_users% the filter would swallow the value `/lsof`.", nil), Explanation: "Only your site knows them.",
		},
		{ID: "4", Text: "Somebody works.", Verdict: tuning.Swallows, Proof: exact("The value `/lsof` could never fire again.", map[string]any{"Image": "/usr/bin/lsof", "n": 1}), Explanation: "This would switch off `/lsof`."},
		{ID: "5", Text: "Maintenance.", Verdict: tuning.NotExpressible, Proof: tuning.Proof{Kind: "reading", Statement: "An event has no maintenance window."}, Explanation: "Suppress by schedule in the SIEM."},
		{ID: "6", Text: "A script.", Verdict: tuning.Refused, Proof: exact("It would hide what must fire.", nil), Explanation: "Do not do it."},
	}
	return r
}
