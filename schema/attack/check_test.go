package attack

import (
	"fmt"
	"strings"
	"testing"
)

// show writes an issue as the tables below do: problem, grade, index[text], fix.
func show(tags []string, issue Issue) string {
	where := "list"
	if issue.Index != WholeList {
		where = fmt.Sprintf("%d[%s]", issue.Index, tags[issue.Index][issue.Start:issue.End])
	}
	text := string(issue.Problem) + " " + where
	if issue.Grade != GradeDefault {
		text += [...]string{GradeInfo: " info", GradeWarning: " warning"}[issue.Grade]
	}
	if issue.Fix.Safety != NoFix {
		text += [...]string{Safe: " safe", Unsafe: " unsafe"}[issue.Fix.Safety]
		text += [...]string{Replace: " =", Remove: " -", Add: " +"}[issue.Fix.Action]
		text += strings.Join(issue.Fix.Tags, ",")
	}
	return text
}

// aboutTheTag are the problems of single tags; coverage has a table of its own.
func aboutTheTag(p Problem) bool {
	switch p {
	case TechniqueWithoutTactic, IncompleteTactics, UnsupportedTactic, NoAttackTechnique, RedundantParentTechnique, TLPNotAllowed:
		return false
	}
	return true
}

func TestTagsByThemselves(t *testing.T) {
	for _, c := range []struct {
		name string
		tags string // comma-separated
		want string // one line per issue
	}{
		{"live technique", "attack.t1059", ""},
		{"live sub-technique", "attack.t1059.001", ""},
		{"live tactic", "attack.credential-access", ""},
		{"tactics that the specification's appendix lacks", "attack.reconnaissance,attack.resource-development,attack.stealth,attack.defense-impairment", ""},
		{"group", "attack.g0010", ""},
		{"software", "attack.s0002", ""},
		{"mitigation", "attack.m1036", ""},
		{"asset: form only", "attack.a0007", ""},

		{"no dot, nothing known", "mytag", "malformed-tag 0[mytag]"},
		{"no namespace before a technique", "t1059", "malformed-tag 0[t1059] unsafe =attack.t1059"},
		{"no namespace before a tactic", "execution", "malformed-tag 0[execution] unsafe =attack.execution"},
		{"no namespace before a detection label", "emerging-threats", "malformed-tag 0[emerging-threats] unsafe =detection.emerging-threats"},
		{"CVE id alone", "CVE-2021-44228", "malformed-tag 0[CVE-2021-44228] unsafe =cve.2021-44228"},
		{"empty", "", "malformed-tag 0[]"},
		{"only a dot", ".", "malformed-tag 0[.]"},
		{"empty name", "attack.", "malformed-tag 0[.]"},
		{"empty part", "attack..t1059", "malformed-tag 0[.] unsafe =attack.t1059"},
		{"trailing dot", "attack.t1059.", "malformed-tag 0[.] unsafe =attack.t1059"},
		{"blank inside", "attack.lateral movement", "malformed-tag 0[ ] unsafe =attack.lateral-movement"},
		{"colon for the dot", "attack:t1059", "malformed-tag 0[:] unsafe =attack.t1059"},
		{"TLP as it is printed", "TLP:AMBER+STRICT", "malformed-tag 0[:] unsafe =tlp.amber-strict"},
		{"other letters", "attack.t1059é", "malformed-tag 0[é]"},

		{"short sub-technique", "attack.t1059.1", "malformed-tag 0[t1059.1] unsafe =attack.t1059.001"},
		{"hyphen in a sub-technique", "attack.t1059-001", "malformed-tag 0[t1059-001] unsafe =attack.t1059.001"},
		{"hyphen behind the letter", "attack.t-1059", "malformed-tag 0[t-1059] unsafe =attack.t1059"},
		{"too many digits", "attack.t10599", "malformed-tag 0[t10599]"},
		{"dot run together", "attack.t1059001", "malformed-tag 0[t1059001] unsafe =attack.t1059.001"},
		{"three digits", "attack.g010", "malformed-tag 0[g010] unsafe =attack.g0010"},
		{"tactic by id", "attack.ta0006", "malformed-tag 0[ta0006] safe =attack.credential-access"},
		{"deprecated tactic by id", "attack.ta0038", "deprecated-attack-tag 0[ta0038]"},

		{"capital technique", "attack.T1059", "tag-not-lowercase 0[T] safe =attack.t1059"},
		{"capital namespace and name", "Attack.Execution", "tag-not-lowercase 0[Attack.E] safe =attack.execution"},
		{"artifact capitals are legal", "d3fend.d3f-AccessToken", ""},
		{"artifact prefix is not", "d3fend.D3F-AccessToken", "tag-not-lowercase 0[D3F] safe =d3fend.d3f-AccessToken"},

		{"own namespace", "acme.team-blue", "unknown-tag-namespace 0[acme] info"},
		{"misspelt namespace", "atack.t1059", "unknown-tag-namespace 0[atack] warning unsafe =attack.t1059"},

		{"unknown below the maximum", "attack.t1549", "unknown-attack-tag 0[t1549]"},
		{"unknown, one candidate fits the tactic", "attack.exfiltration,attack.t1341", "unknown-attack-tag 1[t1341] unsafe =attack.t1041"},
		{"unknown group below the maximum", "attack.g0002,attack.g0000", "unknown-attack-tag 1[g0000]"},
		{"unknown above the maximum", "attack.t1696", "unknown-attack-tag 0[t1696] info"},
		{"new sub-technique of a new technique", "attack.t1701.001", "unknown-attack-tag 0[t1701.001] info"},
		{"new software", "attack.s1250", "unknown-attack-tag 0[s1250] info"},
		{"new tactic", "attack.ta0113", "unknown-attack-tag 0[ta0113] info"},
		{"unknown sub-technique", "attack.t1685.099", "unknown-attack-tag 0[t1685.099] warning"},
		{"unknown sub-technique, one is near", "attack.t1588.017", "unknown-attack-tag 0[t1588.017] warning unsafe =attack.t1588.007"},
		{"sub-technique of a technique without any", "attack.t1049.001", "unknown-attack-tag 0[t1049.001] warning unsafe =attack.t1049"},
		{"unknown sub-technique of a revoked one", "attack.t1562.099", "unknown-attack-tag 0[t1562.099]"},
		{"campaign: outside the specification", "attack.c0001", "unknown-attack-tag 0[c0001] info"},
		{"data component: outside the specification", "attack.dc0001", "unknown-attack-tag 0[dc0001] info"},
		{"misspelt tactic", "attack.persistance", "unknown-attack-tag 0[persistance] unsafe =attack.persistence"},
		{"technique by name", "attack.powershell", "unknown-attack-tag 0[powershell] unsafe =attack.t1059.001"},
		{"group by another name", "attack.apt28", "unknown-attack-tag 0[apt28] unsafe =attack.g0007"},
		{"nothing", "attack.zzzzzz", "unknown-attack-tag 0[zzzzzz]"},

		{"revoked, successor with sub-techniques", "attack.t1562.001", "revoked-attack-tag 0[t1562.001] unsafe =attack.t1685"},
		{"revoked, one successor", "attack.t1562.002", "revoked-attack-tag 0[t1562.002] safe =attack.t1685.001"},
		{"revoked, successor is tagged", "attack.t1685.001,attack.t1562.002", "revoked-attack-tag 1[t1562.002] safe -"},
		{"two revoked, one successor", "attack.t1562.001,attack.t1562.006", "revoked-attack-tag 0[t1562.001] unsafe =attack.t1685\nrevoked-attack-tag 1[t1562.006] unsafe -"},
		{"revoked by a chain into nothing", "attack.t1454", "revoked-attack-tag 0[t1454]"},
		{"revoked by a deprecated one", "attack.t1431", "revoked-attack-tag 0[t1431]"},
		{"revoked group", "attack.g0042", "revoked-attack-tag 0[g0042] safe =attack.g0040"},
		{"deprecated technique", "attack.t1476", "deprecated-attack-tag 0[t1476]"},
		{"data source", "attack.ds0005", "deprecated-attack-tag 0[ds0005]"},
		{"data source that never was", "attack.ds9999", "deprecated-attack-tag 0[ds9999]"},
		{"deprecated tactic", "attack.network-effects", "deprecated-attack-tag 0[network-effects]"},

		{"underscore tactic", "attack.initial_access", "legacy-attack-tactic 0[initial_access] safe =attack.initial-access"},
		{"underscore tactic beside the right one", "attack.initial-access,attack.initial_access", "legacy-attack-tactic 1[initial_access] safe -"},
		{"ICS tactic alone", "attack.evasion", "attack-domain-mismatch 0[evasion]"},
		{"ICS tactic with an enterprise technique", "attack.t1059,attack.impair-process-control", "attack-domain-mismatch 1[impair-process-control]"},
		{"ICS tactic with its technique", "attack.t0800,attack.inhibit-response-function", ""},
		{"ICS tactic beside an unknown technique", "attack.t1699,attack.evasion", "unknown-attack-tag 0[t1699] info"},

		{"duplicate", "attack.t1059,attack.t1059", "duplicate-tag 1[attack.t1059] safe -"},
		{"duplicate but for case", "attack.t1059,attack.T1059", "duplicate-tag 1[attack.T1059] safe -"},

		{"CVE", "cve.2021-44228", ""},
		{"CVE of 1999", "cve.1999-0001", ""},
		{"CVE of next year", "cve.2027-1234", ""},
		{"CVE of the year after", "cve.2028-1234", "invalid-cve-tag 0[2028]"},
		{"CVE of 1998", "cve.1998-1234", "invalid-cve-tag 0[1998-1234]"},
		{"CVE with a dot", "cve.2021.44228", "invalid-cve-tag 0[2021.44228] safe =cve.2021-44228"},
		{"CVE doubled", "cve.cve-2021-44228", "invalid-cve-tag 0[cve-2021-44228] safe =cve.2021-44228"},
		{"CVE with three digits", "cve.2019-708", "invalid-cve-tag 0[2019-708] unsafe =cve.2019-0708"},
		{"CVE that pySigma accepts", "cve.1-1", "invalid-cve-tag 0[1-1]"},

		{"CAR", "car.2016-04-005", ""},
		{"CAR doubled", "car.car-2016-04-005", "invalid-car-tag 0[car-2016-04-005] safe =car.2016-04-005"},
		{"CAR in month 13", "car.2016-13-005", "invalid-car-tag 0[2016-13-005]"},
		{"STP", "stp.1,stp.3k,stp.5a,stp.4u", ""},
		{"STP above five", "stp.6", "invalid-stp-tag 0[6]"},
		{"STP with another letter", "stp.3x", "invalid-stp-tag 0[3x]"},

		{"D3FEND", "d3fend.d3-mfa,d3fend.harden,d3fend.restore,d3fend.d3f-accesstoken", ""},
		{"the specification's own artifact", "d3fend.d3f-WindowsNtOpenFile", ""},
		{"D3FEND technique in capitals", "d3fend.D3-MFA", "tag-not-lowercase 0[D3-MFA] safe =d3fend.d3-mfa"},
		{"unknown D3FEND technique", "d3fend.d3-zzzzz", "invalid-d3fend-tag 0[d3-zzzzz] info"},
		{"unknown artifact near one", "d3fend.d3f-accesstokem", "invalid-d3fend-tag 0[d3f-accesstokem] info unsafe =d3fend.d3f-accesstoken"},
		{"no D3FEND shape", "d3fend.firewalls", "invalid-d3fend-tag 0[firewalls]"},
		{"misspelt D3FEND tactic", "d3fend.hardn", "invalid-d3fend-tag 0[hardn] unsafe =d3fend.harden"},

		{"TLP 2", "tlp.amber-strict", ""},
		{"TLP 1", "tlp.white", "invalid-tlp-tag 0[white] safe =tlp.clear"},
		{"no TLP", "tlp.purple", "invalid-tlp-tag 0[purple]"},
		{"two TLP", "tlp.green,attack.t1059,tlp.red", "conflicting-tlp-tags 2[tlp.red]"},
		{"TLP twice the same", "tlp.clear,tlp.clear", "duplicate-tag 1[tlp.clear] safe -"},

		{"detection", "detection.dfir", ""},
		{"two detection labels", "detection.dfir,detection.threat-hunting", "conflicting-detection-tags 1[detection.threat-hunting]"},
		{"detection that pySigma accepts", "detection.dfirx", "invalid-detection-tag 0[dfirx] unsafe =detection.dfir"},
		{"detection with underscore", "detection.threat_hunting", "invalid-detection-tag 0[threat_hunting] unsafe =detection.threat-hunting"},
		{"detection of another kind", "detection.sigma", "invalid-detection-tag 0[sigma]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tags := strings.Split(c.tags, ",")
			var got []string
			for _, issue := range Check(tags, Context{Year: 2026}) {
				if aboutTheTag(issue.Problem) {
					got = append(got, show(tags, issue))
				}
			}
			if text := strings.Join(got, "\n"); text != c.want {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", c.tags, text, c.want)
			}
		})
	}
}

func TestOldDefenseEvasionFollowsTheTechniques(t *testing.T) {
	for _, c := range []struct {
		name, product, tags, want string
	}{
		{"moved to stealth", "windows", "attack.defense-evasion,attack.t1027", "safe =attack.stealth"},
		{"moved to impairment", "windows", "attack.defense-evasion,attack.t1222.001", "safe =attack.defense-impairment"},
		{"through a revoked id", "windows", "attack.defense-evasion,attack.t1562.001", "safe =attack.defense-impairment"},
		{"through a new id", "windows", "attack.defense-evasion,attack.t1685", "safe =attack.defense-impairment"},
		{"both", "windows", "attack.defense-evasion,attack.t1027,attack.t1562.001", "unsafe =attack.stealth,attack.defense-impairment"},
		{"both, one is tagged", "windows", "attack.defense-evasion,attack.stealth,attack.t1027,attack.t1562.001", "unsafe =attack.defense-impairment"},
		{"the result is tagged", "windows", "attack.stealth,attack.defense-evasion,attack.t1027", "safe -"},
		{"only stealth of two new tactics", "windows", "attack.defense-evasion,attack.t1574.001", "safe =attack.stealth"},
		{"technique that was never there", "windows", "attack.defense-evasion,attack.t1059", "unsafe =attack.stealth"},
		{"no technique", "windows", "attack.defense-evasion", "unsafe =attack.stealth"},
		{"technique that left for older tactics", "windows", "attack.defense-evasion,attack.privilege-escalation,attack.t1548.002", "unsafe -"},
		{"with an unknown technique", "windows", "attack.defense-evasion,attack.t1027,attack.t1699", "unsafe =attack.stealth"},
		{"underscore", "windows", "attack.defense_evasion,attack.t1027", "safe =attack.stealth"},
		{"by id", "windows", "attack.ta0005,attack.t1562.001", "safe =attack.defense-impairment"},
		{"no logsource", "", "attack.defense-evasion,attack.t1027", "safe =attack.stealth"},
		{"mobile logsource", "android", "attack.defense-evasion", "none"},
		{"mobile technique", "", "attack.defense-evasion,attack.t1406", "none"},
		{"enterprise technique on a mobile logsource", "android", "attack.defense-evasion,attack.t1027", "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tags := strings.Split(c.tags, ",")
			got := "none"
			for _, issue := range Check(tags, Context{Product: c.product}) {
				if issue.Problem == LegacyAttackTactic || issue.Problem == MalformedTag {
					text := show(tags, issue)
					got = text[strings.Index(text, "]")+1:]
				}
			}
			if strings.TrimSpace(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTechniquesAndTacticsTogether(t *testing.T) {
	for _, c := range []struct {
		name, product, tags, want string
	}{
		{"complete", "windows", "attack.execution,attack.t1059.001", ""},
		{"one tactic missing", "windows", "attack.t1059.001", "technique-without-tactic 0[t1059.001] safe +attack.execution"},
		{"shared tactic missing", "windows", "attack.t1059.001,attack.t1059.003", "technique-without-tactic 0[t1059.001] safe +attack.execution"},
		{"none of several", "windows", "attack.t1053.005", "technique-without-tactic 0[t1053.005] unsafe +attack.execution,attack.persistence,attack.privilege-escalation"},
		{"some of several", "windows", "attack.execution,attack.t1053.005", "incomplete-tactics 1[t1053.005] safe +attack.persistence,attack.privilege-escalation"},
		{"nothing is added twice", "windows", "attack.persistence,attack.t1059.001,attack.t1053.005",
			"technique-without-tactic 1[t1059.001] safe +attack.execution\nincomplete-tactics 2[t1053.005] safe +attack.privilege-escalation"},
		{"a legacy tactic counts as what it becomes", "windows", "attack.defense-evasion,attack.t1027", "legacy-attack-tactic 0[defense-evasion] safe =attack.stealth"},
		{"a misspelt tactic counts as what it was meant to be", "windows", "attack.execusion,attack.t1059.001", "unknown-attack-tag 0[execusion] unsafe =attack.execution"},
		{"unsupported", "windows", "attack.execution,attack.impact,attack.discovery,attack.t1059.001", "unsupported-tactic 1[impact]"},
		{"unsupported, but a technique is unknown", "windows", "attack.execution,attack.impact,attack.t1059.001,attack.t1699", "unknown-attack-tag 3[t1699] info"},
		{"tactic only", "windows", "attack.execution", "no-attack-technique list"},
		{"nothing at all", "windows", "", "no-attack-technique list"},
		{"parent and sub-technique", "windows", "attack.execution,attack.t1059,attack.t1059.001,attack.t1059.003", "redundant-parent-technique 1[t1059] safe -"},
		{"parent of a revoked sub-technique", "windows", "attack.stealth,attack.t1070,attack.t1070.001,attack.defense-impairment", "revoked-attack-tag 2[t1070.001] safe =attack.t1685.005"},
		{"wrong platform", "linux", "attack.execution,attack.t1059.003", "attack-platform-mismatch 1[t1059.003]"},
		{"right platform", "windows", "attack.execution,attack.t1059.003", ""},
		{"platform of a cloud technique", "windows", "attack.persistence,attack.t1098.001,attack.privilege-escalation", ""},
		{"product that is no system", "zeek", "attack.execution,attack.t1059.003", ""},
		{"ICS on an enterprise logsource", "windows", "attack.inhibit-response-function,attack.t0800", "attack-domain-mismatch 1[t0800] info"},
		{"ICS without logsource", "", "attack.inhibit-response-function,attack.t0800", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tags []string
			if c.tags != "" {
				tags = strings.Split(c.tags, ",")
			}
			var got []string
			for _, issue := range Check(tags, Context{Product: c.product}) {
				got = append(got, show(tags, issue))
			}
			if text := strings.Join(got, "\n"); text != c.want {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", c.tags, text, c.want)
			}
		})
	}
}

func TestMessagesNameTheVersionAndTheWayOut(t *testing.T) {
	for _, c := range []struct{ tag, message, help string }{
		{"attack.t1562.001", "`attack.t1562.001` is revoked in ATT&CK 19.1; its successor is T1685 (sub-techniques T1685.001 to T1685.006).",
			"Write `attack.t1685`, or better the sub-technique that fits: `attack.t1685.001`, `attack.t1685.002`, `attack.t1685.003`, `attack.t1685.004`, `attack.t1685.005` and `attack.t1685.006`. The successor is derived from names, not stated by MITRE."},
		{"attack.t1431", "`attack.t1431` is revoked in ATT&CK 19.1; its successor T1476 is deprecated.", "Choose another technique, or remove the tag."},
		{"attack.ds0005", "`attack.ds0005` is a data source; ATT&CK 19.1 has retired all of them.", "Remove the tag."},
		{"attack.evasion", "`attack.evasion` is a tactic of ICS, but no technique of it is tagged.", "For Enterprise, write `attack.stealth`."},
		{"attack.t1699", "`attack.t1699` is newer than the bundled ATT&CK 19.1 data.", "Check the id; sigtune cannot until its data are renewed."},
		{"d3fend.d3-zzzzz", "`d3fend.d3-zzzzz` is not in D3FEND 0.16.0.", "Check the id; it may be newer than the data."},
		{"attack.t1549", "`attack.t1549` is not in ATT&CK 19.1.", "One digit away: `attack.t1594` Search Victim-Owned Websites, `attack.t1548` Abuse Elevation Control Mechanism and `attack.t1547` Boot or Logon Autostart Execution."},
	} {
		issue := Check([]string{c.tag}, Context{})[0]
		if issue.Problem == NoAttackTechnique {
			issue = Check([]string{c.tag}, Context{})[1]
		}
		if issue.Message != c.message {
			t.Errorf("%s\n got %s\nwant %s", c.tag, issue.Message, c.message)
		}
		if c.help != "" && issue.Help != c.help {
			t.Errorf("%s\n got %s\nwant %s", c.tag, issue.Help, c.help)
		}
	}
}

func TestContextWidensWhatIsAccepted(t *testing.T) {
	for _, c := range []struct {
		name, tag string
		ctx       Context
		want      string
	}{
		{"own namespace", "acme.x", Context{Namespaces: []string{"acme"}}, ""},
		{"one edit from an own namespace", "acmee.x", Context{Namespaces: []string{"acme"}}, "unknown-tag-namespace 0[acmee] warning unsafe =acme.x"},
		{"TLP 1 asked for", "tlp.white", Context{TLP: TLP1, AllowTLP: []string{"white"}}, ""},
		{"TLP 2 when TLP 1 is asked for", "tlp.clear", Context{TLP: TLP1}, "invalid-tlp-tag 0[clear]"},
		{"either TLP", "tlp.white", Context{TLP: TLPAny, AllowTLP: []string{"white"}}, ""},
		{"SigmaHQ's only label", "tlp.clear", Context{}, ""},
		{"another label", "tlp.green", Context{}, "tlp-not-allowed 0[green]"},
		{"allowed label", "tlp.green", Context{AllowTLP: []string{"green"}}, ""},
		{"no year: no limit", "cve.2099-1234", Context{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tags := []string{c.tag, "attack.execution", "attack.t1059"}
			var got []string
			for _, issue := range Check(tags, c.ctx) {
				got = append(got, show(tags, issue))
			}
			if text := strings.Join(got, "\n"); text != c.want {
				t.Errorf("got %q, want %q", text, c.want)
			}
		})
	}
}

func TestTechniquesOfAList(t *testing.T) {
	got := Techniques([]string{"attack.execution", "attack.T1059.001", "attack.t1049", "attack.t1049", "cve.2021-44228", "attack.t1.2", "bad tag"})
	if strings.Join(got, " ") != "T1059.001 T1049" {
		t.Errorf("got %v", got)
	}
}
