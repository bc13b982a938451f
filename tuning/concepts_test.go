package tuning

import (
	"strings"
	"testing"
)

// noteRules are selections of several log sources, for notes that mean another field in each.
var noteRules = map[string]string{
	"process": "category: process_creation\n    product: windows\ndetection:\n    selection:\n        Image|endswith: ['\\cmd.exe', '\\sc.exe']\n        CommandLine|contains: ' sdset'\n",
	"network": "category: network_connection\n    product: windows\ndetection:\n    selection:\n        DestinationPort: [88, 389]\n",
	"file":    "category: file_event\n    product: windows\ndetection:\n    selection:\n        TargetFilename|endswith: ['.dll', '.exe']\n",
	"load":    "category: image_load\n    product: windows\ndetection:\n    selection:\n        ImageLoaded|endswith: ['\\version.dll', '\\dbghelp.dll']\n",
	"pipe":    "category: pipe_created\n    product: windows\ndetection:\n    selection:\n        PipeName|startswith: ['\\acme', '\\demo']\n",
	"dns":     "category: dns_query\n    product: windows\ndetection:\n    selection:\n        QueryName|contains: ['paste', '.com']\n",
	"logon":   "product: windows\n    service: security\ndetection:\n    selection:\n        EventID: 4672\n",
	"hash":    "product: windows\n    service: security\ndetection:\n    selection:\n        EventID: [5038, 6281]\n",
	"linux":   "category: process_creation\n    product: linux\ndetection:\n    selection:\n        Image|endswith: ['/who', '/curl']\n",
}

// What a note means in a log source, as the first proposal says it; recommended is said by a `+` in front. The names of products are made up
// where the table should not know them.
func TestNotesOnFalsePositivesAreRead(t *testing.T) {
	const programs = `startswith: ['C:\Program Files\', 'C:\Program Files (x86)\']`
	for _, c := range []struct{ rule, note, want string }{
		{"network", "exclude private IP ranges", `+[DestinationIp|cidr: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10', '127.0.0.0/8', '::1/128']]`},
		{"network", "filter localhost", `+[DestinationIp|cidr: ['127.0.0.0/8', '::1/128']]`},
		{"network", "FP with 203.0.113.7", `+[DestinationIp: '203.0.113.7']`},
		{"logon", "exclude machine accounts", `[SubjectUserName|endswith: '$']`},
		{"pipe", `exclude the named pipe \acme.1`, `[PipeName: '\acme.1']`},
		{"dns", "filter *.example.com", `[QueryName|endswith: '.example.com']`},
		{"dns", "exclude example.com", `[QueryName|endswith: 'example.com']`},
		{"file", `filter Users\Public`, `[Image|contains: '\Users\Public\'] [TargetFilename|contains: '\Users\Public\']`},
		{"load", "filter System32 and SysWOW64", `[Image|startswith: ['C:\Windows\System32\', 'C:\Windows\SysWOW64\']] [ImageLoaded|startswith: ['C:\Windows\System32\', 'C:\Windows\SysWOW64\']]`},
		{"file", "FP with msiexec.exe", `[Image: ['C:\Windows\msiexec.exe', 'C:\Windows\System32\msiexec.exe', 'C:\Windows\SysWOW64\msiexec.exe']]`},
		{"file", "filter acmesync", "[Image|" + programs + `; Image|contains: '\acmesync\'] [Image|` + programs + `; Image|endswith: '\acmesync.exe']`},
		{"file", "FP with the Acmesync Backup Agent", "[Image|" + programs + `; Image|contains: '\Acmesync\'] [Image|` + programs + `; Image|endswith: '\Acmesync.exe']`},
		{"process", `excluding C:\Program Files\Acme\acme.exe`, `+[ParentImage: 'C:\Program Files\Acme\acme.exe']`},
		{"process", "the process acmesvc.exe spawns cmd.exe", `+[ParentImage|endswith: '\acmesvc.exe'; Image|endswith: '\cmd.exe']`},
		{"process", "Add `--acme-renderer` as exclusion", `[CommandLine|contains: '--acme-renderer']`},
		{"hash", "FP with CrowdStrike", `[param1|contains: ['\Program Files\CrowdStrike\', '\Program Files (x86)\CrowdStrike\', '\System32\drivers\CrowdStrike\']]`},
		{"linux", "curl started by landscape-sysinfo", `+[Image|endswith: '/curl'; ParentCommandLine|contains: '/usr/bin/landscape-sysinfo']`},
	} {
		rule := "title: Odd Thing\nid: 6d0c3f3e-7f25-4c1b-9d38-0a8a3c0f3c12\nstatus: test\ndescription: Detects odd things of a kind\nlogsource:\n    " + noteRules[c.rule] + "    condition: selection\nlevel: medium\n"
		r := tune(t, rule, c.note)
		got := string(r.Outcomes[0].Verdict) + ": " + r.Outcomes[0].Proof.Statement
		if list := r.Outcomes[0].Proposals; len(list) > 0 {
			got = ""
			for _, g := range list[0].Conditions {
				got += " [" + groupText(g) + "]"
			}
			got = strings.TrimSpace(got)
			if list[0].Recommended {
				got = "+" + got
			}
		}
		if got != c.want {
			t.Errorf("%s, %q\n got  %s\n want %s", c.rule, c.note, got, c.want)
		}
	}
}

// Words that limit a concept are never dropped: nothing is proposed from the concept alone.
func TestAConceptWithMoreWordsIsNotReadAlone(t *testing.T) {
	for _, note := range []string{"private IP ranges of the branch in Acmeville", "machine accounts that were created by scripts"} {
		rule, err := (&tuner{in: Input{Path: "rule.yml"}}).parse("title: x\nlogsource:\n    " + noteRules["network"] + "    condition: selection\n")
		if err != nil {
			t.Fatal(err)
		}
		if found := newGround(rule).concept(note); found != nil {
			t.Errorf("%q: %v", note, found)
		}
	}
}
