package tuning

import (
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/tuning/safety"
)

var testDay = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// listing is a rule of our own: two programs, one existing exclusion.
const listing = `title: Listing of Sockets by a Tool
id: 3d0c3f3e-7a52-4c39-8d4e-5f2f7a1f0c11
status: test
description: Detects tools that list sockets, as intruders do after they have arrived
references:
    - https://example.org/notes/sockets
author: sigtune
date: 2026-01-10
modified: 2026-02-01
tags:
    - attack.discovery
    - attack.t1049
logsource:
    category: process_creation
    product: linux
detection:
    selection:
        Image|endswith:
            - '/netstat'
            - '/lsof' # open files too
    filter_main_init:
        ParentImage: '/sbin/init'
    condition: selection and not 1 of filter_main_*
falsepositives:
    - Administrators
level: low
`

func tune(t *testing.T, rule string, scenarios ...string) *Result {
	t.Helper()
	r, err := Tune(Input{Path: "rule.yml", Text: rule, Scenarios: scenarios, Today: testDay})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Verdict
		conditions string // of the first group, as a rule writes them
	}{
		{"a tool the rule does not look for", "Exclude processes where the command line includes nmap.", Noop, "Image|endswith: '/nmap'"},
		{"a short tool name is never a substring", "Exclude processes where the command line includes ss.", Noop, "Image|endswith: '/ss'"},
		{"a tool started by a daemon", "Exclude netstat started by monit.", Filter, "Image|endswith: '/netstat'; ParentImage|endswith: '/monit'"},
		{"a tool with its separator", "Exclude processes where Image ends with /netstat and the parent process is /usr/bin/monit.", Filter, "Image|endswith: '/netstat'; ParentImage: '/usr/bin/monit'"},
		{"the tool itself", "Exclude processes where the process name is lsof.", Swallows, "Image|endswith: '/lsof'"},
		{"everything the rule looks for", "Exclude processes where the image is lsof or netstat.", Swallows, "Image|endswith: ['/lsof', '/netstat']"},
		{"a tool and a group of people", "Exclude processes where the command line includes lsof and the user is part of the admin group.", NeedsEnvironment,
			"Image|endswith: '/lsof'; User|expand: '%admin_users%'"},
		{"a maintenance window", "Exclude netstat during the weekly maintenance window.", NotExpressible, ""},
		{"a launcher named as the process is a question for its author", "Exclude processes where the process name is cron.", Noop, "Image|endswith: '/cron'"},
		{"a launcher whose role is open is the parent", "Exclude cron.", Filter, "ParentImage|endswith: '/cron'"},
		{"an exception inside the exclusion", "Exclude netstat started by monit unless the command line contains --evil.", Filter,
			"Image|endswith: '/netstat'; ParentImage|endswith: '/monit'; CommandLine|contains|neq: '--evil'"},
		{"nothing but an exception", "Exclude processes except when started by root.", Swallows, "User|neq: 'root'"},
		{"the superuser and what no event says", "Exclude processes owned by root whose change belongs to a documented ticket.", Swallows, ""},
		{"a script is not the image of the parent", "Exclude netstat started by /etc/cron.daily/report.", Filter,
			"Image|endswith: '/netstat'; ParentCommandLine|contains: '/etc/cron.daily/report'"},
		{"a Windows program on Linux", `Exclude processes where the process name is "C:\Windows\System32\netstat.exe".`, Noop, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := tune(t, listing, "Scenario: Somebody works.\nFilter/Exclusion: "+c.text).Outcomes[0]
			if o.Verdict != c.want {
				t.Fatalf("verdict %s, want %s\n%s", o.Verdict, c.want, o.Proof.Statement)
			}
			if o.Proof.Statement == "" || o.Explanation == "" {
				t.Errorf("a verdict without a proof or an explanation")
			}
			if c.conditions == "" {
				return
			}
			var got []string
			for _, condition := range o.Conditions[0] {
				got = append(got, conditionText(condition))
			}
			if text := strings.Join(got, "; "); text != c.conditions {
				t.Errorf("conditions %s, want %s", text, c.conditions)
			}
		})
	}
}

// The tuned rule loads, is clean, keeps what it should find and loses what it should not.
func TestTheTunedRuleDoesWhatIsClaimed(t *testing.T) {
	r := tune(t, listing, "netstat started by monit")
	if !r.Recommended() {
		t.Fatal("nothing is recommended")
	}
	for _, f := range r.After {
		if f.Severity >= lint.Warning {
			t.Errorf("the tuned rule has %s: %s", f.Check.Name, f.Message)
		}
	}
	tuner := &tuner{in: Input{Path: "rule.yml"}}
	after, err := tuner.parse(r.RuleAfter)
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.Compile(after)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		image, parent string
		want          bool
	}{
		{"/usr/bin/netstat", "/usr/bin/bash", true},
		{"/usr/bin/netstat", "/usr/bin/monit", false},
		{"/usr/bin/lsof", "/usr/bin/monit", true},
		{"/usr/bin/netstat", "/sbin/init", false},
	} {
		if got := m.Match(match.NewEvent(map[string]any{"Image": c.image, "ParentImage": c.parent})); got != c.want {
			t.Errorf("%s started by %s: match %v, want %v", c.image, c.parent, got, c.want)
		}
	}
	for _, want := range []string{
		"modified: 2026-11-23\n", "# open files too\n", "    - netstat started by monit\n",
		"and not 1 of filter_main_* and not 1 of filter_optional_*\n",
	} {
		if !strings.Contains(r.RuleAfter, want) {
			t.Errorf("the tuned rule lacks %q:\n%s", want, r.RuleAfter)
		}
	}
}

// What a proposal claims holds for the events it shows: found by the rule before, hidden by the rule after.
func TestEveryShownEventIsChecked(t *testing.T) {
	for _, text := range []string{"netstat started by monit", "lsof run by the user backup", "Exclude netstat with -tulpn in the command line."} {
		r := tune(t, listing, text)
		tuner := &tuner{in: Input{Path: "rule.yml"}}
		before, err := match.Compile(r.Rule)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Outcomes[0].Proposals {
			if len(p.Fill) > 0 {
				continue
			}
			rule, err := tuner.parse(p.RuleAfter)
			if err != nil {
				t.Fatal(err)
			}
			after, err := match.Compile(rule)
			if err != nil {
				t.Fatal(err)
			}
			events := []map[string]any{p.Safety.Hidden}
			for _, e := range p.Safety.Evasion {
				if e.Event != nil {
					events = append(events, e.Event)
				}
			}
			for _, e := range events {
				if !before.Match(match.NewEvent(e)) || after.Match(match.NewEvent(e)) {
					t.Errorf("%s: %v is not hidden by %s", text, e, p.Name)
				}
			}
		}
	}
}

func TestGradesFollowWhoControlsTheConditions(t *testing.T) {
	for _, c := range []struct {
		text string
		want safety.Grade
	}{
		{"Exclude processes where the command line contains \"--tulpn --quiet\".", safety.C},
		{"Exclude netstat started by monit.", safety.B},
		{"Exclude netstat where the parent process is /usr/bin/monit.", safety.A},
		{"Exclude processes where the parent process is /usr/bin/monit.", safety.B},
	} {
		o := tune(t, listing, "Scenario: Somebody works.\nFilter/Exclusion: "+c.text).Outcomes[0]
		if len(o.Proposals) == 0 {
			t.Errorf("%s: no proposal, verdict %s", c.text, o.Verdict)
			continue
		}
		if got := o.Proposals[0].Safety.Grade; got != c.want {
			t.Errorf("%s: grade %s, want %s (%v)", c.text, got, c.want, o.Proposals[0].Safety.Reasons)
		}
	}
}

func TestWordsThatWereNotUnderstoodKeepAFilterFromBeingApplied(t *testing.T) {
	r := tune(t, listing, "Scenario: Somebody works.\nFilter/Exclusion: Exclude processes where the process name is netstat and the parent is acmed started in quiet fashion.")
	if r.Recommended() {
		t.Errorf("applied although words were not understood: %v", r.Outcomes[0].Notes)
	}
}

func TestARuleWithoutCertainMeaningIsRefused(t *testing.T) {
	_, err := Tune(Input{Path: "rule.yml", Text: strings.Replace(listing, "1 of filter_main_*", "1 of filtr_*", 1), Today: testDay})
	if err == nil || !strings.Contains(err.Error(), "rule.yml:") || !strings.Contains(err.Error(), "filtr_*") {
		t.Errorf("error %v", err)
	}
}

func TestARuleThatSaysSomethingTwiceIsNotTakenForAPage(t *testing.T) {
	twice := strings.Replace(listing, "    condition:", "    selection:\n        Image: '/bin/true'\n    condition:", 1)
	_, err := Tune(Input{Path: "rule.yml", Text: twice, Today: testDay})
	if err == nil || !strings.HasPrefix(err.Error(), "rule.yml:23:5: `selection` occurs twice") {
		t.Errorf("error %v", err)
	}
}

func TestARuleThatLostItsFormIsTunedAndEndsInALineBreak(t *testing.T) {
	var flat []string
	for _, line := range strings.Split(strings.TrimSpace(listing), "\n") {
		flat = append(flat, strings.TrimSpace(line))
	}
	r := tune(t, strings.Replace(strings.Join(flat, "\n"), "- Administrators", "- netstat started by monit", 1))
	if len(r.Outcomes) != 1 || r.Outcomes[0].Verdict != Filter {
		t.Fatalf("the rule's own false positives are not judged: %v", r.Outcomes)
	}
	if !strings.HasSuffix(r.RuleAfter, "level: low\n") {
		t.Errorf("the tuned rule ends in %q", r.RuleAfter[len(r.RuleAfter)-20:])
	}
}

func TestTextWithoutARuleIsRefused(t *testing.T) {
	for _, text := range []string{"", "just some words", "imProcessCreate\n| where TargetProcessName endswith \"/x\""} {
		if _, err := Tune(Input{Path: "page.txt", Text: text, Today: testDay}); err == nil {
			t.Errorf("%q gives no error", text)
		}
	}
}

func TestSameInputSameResult(t *testing.T) {
	a, b := tune(t, listing, "netstat started by monit or systemd"), tune(t, listing, "netstat started by monit or systemd")
	if a.RuleAfter != b.RuleAfter || len(a.Outcomes[0].Proposals) != len(b.Outcomes[0].Proposals) {
		t.Error("two runs differ")
	}
	for k, p := range a.Outcomes[0].Proposals {
		if q := b.Outcomes[0].Proposals[k]; p.Block != q.Block || p.Title != q.Title {
			t.Errorf("proposal %d differs: %s / %s", k, p.Block, q.Block)
		}
	}
}

// Every rule of a file is tuned, and the last text holds all filters.
func TestSeveralRulesInOneFile(t *testing.T) {
	second := strings.NewReplacer("3d0c3f3e", "4d0c3f3e", "Listing of Sockets", "Listing of Users", "/netstat", "/ss", "/lsof", "/lslogins").Replace(listing)
	results, err := TuneAll(Input{Path: "rules.yml", Text: listing + "---\n" + second, Scenarios: []string{"netstat started by monit", "ss started by monit"}, Today: testDay})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 2 || results[1].Rule.Title.Value != "Listing of Users by a Tool" {
		t.Fatalf("%d results", len(results))
	}
	for k, want := range []Verdict{Filter, Noop} {
		if got := results[0].Outcomes[k].Verdict; got != want {
			t.Errorf("first rule, scenario %d: %s", k+1, got)
		}
		if got := results[1].Outcomes[1-k].Verdict; got != want {
			t.Errorf("second rule, scenario %d: %s", 2-k, got)
		}
	}
	if last := results[1].RuleAfter; strings.Count(last, "'/monit'") != 2 {
		t.Errorf("the last text does not hold both filters:\n%s", last)
	}
}

// Where the rule cannot fire on a scenario, the rule that does is named.
func TestTheRuleThatFiresIsNamed(t *testing.T) {
	other, err := (&tuner{in: Input{Path: "other.yml"}}).parse(strings.NewReplacer("3d0c3f3e", "4d0c3f3e", "Listing of Sockets", "Scanning", "/netstat", "/nmap").Replace(listing))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Tune(Input{Path: "rule.yml", Text: listing, Scenarios: []string{"nmap run by the user svc_scan"}, Today: testDay, Beside: []*rules.Rule{other}})
	if err != nil {
		t.Fatal(err)
	}
	if o := r.Outcomes[0]; o.Verdict != Noop || len(o.Suggestions) == 0 || !strings.Contains(o.Suggestions[0], "Scanning by a Tool") {
		t.Errorf("verdict %s, suggestions %q", o.Verdict, o.Suggestions)
	}
}
