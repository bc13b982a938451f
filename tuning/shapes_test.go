package tuning

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/match"
)

// ruleOn is a rule of our own on a log source: keys of the log source and of the selection, a line each.
func ruleOn(logsource, selection string) string {
	indented := func(width int, lines string) string {
		var b strings.Builder
		for _, l := range strings.Split(lines, "\n") {
			b.WriteString(strings.Repeat(" ", width) + l + "\n")
		}
		return b.String()
	}
	return "title: Something Odd\nid: 3d0c3f3e-7a52-4c39-8d4e-5f2f7a1f0c11\nstatus: test\ndescription: Detects something odd\nauthor: sigtune\ndate: 2026-01-10\n" +
		"logsource:\n" + indented(4, logsource) + "detection:\n    selection:\n" + indented(8, selection) + "    condition: selection\nlevel: low\n"
}

func windows(category string) string { return "category: " + category + "\nproduct: windows" }

// What people paste without saying what it is, on log sources of several kinds.
func TestWhatIsReadFromBareTexts(t *testing.T) {
	for _, c := range []struct{ name, logsource, selection, text, want string }{
		{"a profile is not one user's", windows("file_event"), "TargetFilename|endswith: '.exe'", `C:\Users\jdoe\AppData\Local\Acme\updater.exe`,
			`Image|startswith: 'C:\Users\'; Image|endswith: '\AppData\Local\Acme\updater.exe'`},
		{"a version is not the next one", windows("process_creation"), "CommandLine|contains: ' -enc '", `Example: C:\Program Files\Acme\Agent 4.2.1\agent.exe`,
			`Image|startswith: 'C:\Program Files\Acme\Agent '; Image|endswith: '\agent.exe'`},
		{"a glob by modifiers", windows("network_connection"), "DestinationPort: 443", "Exclude connections to *.acme.example", `DestinationHostname|endswith: '.acme.example'`},
		{"a volume of the kernel", "product: windows\nservice: codeintegrity-operational", "EventID: 3033", `Example: \device\harddiskvolume3\acme\x.dll`, `FileNameBuffer|endswith: '\acme\x.dll'`},
		{"slashes of another system", windows("process_creation"), `Image|endswith: '\cmd.exe'`, "ParentImage: C:/Acme/bin/postgres.exe", `ParentImage: 'C:\Acme\bin\postgres.exe'`},
		{"an address by its host", "product: windows\nservice: bits-client", "EventID: 16403", "https://updates.acme.example/a/b/c.msi", `RemoteName|contains: 'updates.acme.example'`},
		{"a key of the registry", windows("registry_set"), `Details|endswith: '.exe'`, `\Software\Acme\Agent\Run`, `TargetObject|contains: '\Software\Acme\Agent\Run'`},
		{"a function", windows("process_creation"), "CommandLine|contains: ' -enc '", "FP with the function Get-AcmeInventory", `CommandLine|contains: 'Get-AcmeInventory'`},
		{"a mask beside a program", windows("process_access"), `TargetImage|endswith: '\lsass.exe'`, "FP with acmescan.exe and GrantedAccess 0x1410",
			`SourceImage|endswith: '\acmescan.exe'; GrantedAccess: '0x1410'`},
		{"a directory by its last name", windows("file_event"), "TargetFilename|endswith: '.exe'", `Exclude "WinSxS"`, `Image|startswith: 'C:\Windows\WinSxS\'`},
		{"a product by its directories", windows("file_event"), "TargetFilename|endswith: '.exe'", "FP with Avast",
			`Image|startswith: ['C:\Program Files\', 'C:\Program Files (x86)\']; Image|contains: '\Avast Software\'`},
		{"a package of the store", windows("file_event"), "TargetFilename|endswith: '.exe'", "FP with Microsoft.WindowsCalculator", `Image|startswith: 'C:\Program Files\WindowsApps\Microsoft.WindowsCalculator_'`},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := tune(t, ruleOn(c.logsource, c.selection), c.text).Outcomes[0]
			if len(o.Conditions) == 0 {
				t.Fatalf("nothing was read: %s %s", o.Verdict, o.Proof.Statement)
			}
			if got := groupText(o.Conditions[0]); got != c.want {
				t.Errorf("read as %s, want %s", got, c.want)
			}
		})
	}
}

// A program named without a directory is tied to where administrators install programs, before it is offered as it was named.
func TestABareNameIsTiedToProtectedDirectories(t *testing.T) {
	r := tune(t, ruleOn(windows("file_event"), "TargetFilename|endswith: '.exe'"), "FP with acmesync.exe")
	for _, c := range []struct {
		image string
		found bool
	}{
		{`C:\Program Files\Acme\acmesync.exe`, false},
		{`C:\Program Files (x86)\Acme\acmesync.exe`, false},
		{`C:\Users\Public\acmesync.exe`, true},
	} {
		if got := finds(t, r.Outcomes[0].Proposals[0].RuleAfter, map[string]any{"Image": c.image, "TargetFilename": `C:\x\y.exe`}); got != c.found {
			t.Errorf("%s: found %v, want %v", c.image, got, c.found)
		}
	}
}

// A filter is called after what it is for, not after where that is installed.
func TestAFilterIsNamedAfterTheProgram(t *testing.T) {
	for text, want := range map[string]string{"FP with acmesync.exe": "filter_optional_acmesync", "FP with Avast": "filter_optional_avast_software"} {
		r := tune(t, ruleOn(windows("file_event"), "TargetFilename|endswith: '.exe'"), text)
		if got := r.Outcomes[0].Proposals[0].Name; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// The exception of an exclusion is still found.
func TestAnExceptionIsStillFound(t *testing.T) {
	r := tune(t, listing, "Scenario: Monitoring.\nFilter/Exclusion: Exclude netstat started by monit unless the command line contains --evil or --worse.")
	after := r.Outcomes[0].Proposals[0].RuleAfter
	for command, found := range map[string]bool{"netstat -a": false, "netstat --evil": true, "netstat --worse": true} {
		if got := finds(t, after, map[string]any{"Image": "/usr/bin/netstat", "ParentImage": "/usr/bin/monit", "CommandLine": command}); got != found {
			t.Errorf("%s: found %v, want %v\n%s", command, got, found, after)
		}
	}
}

func TestWhatTheRuleIsAboutIsNoExclusion(t *testing.T) {
	rule := strings.Replace(listing, "title: Listing of Sockets by a Tool", "title: Use of Acmetunnel", 1)
	if o := tune(t, rule, "Legitimate use of Acmetunnel").Outcomes[0]; o.Verdict != Swallows && o.Verdict != NotExpressible || len(o.Proposals) > 0 {
		t.Errorf("verdict %s, %d proposals", o.Verdict, len(o.Proposals))
	}
}

func finds(t *testing.T, rule string, event map[string]any) bool {
	t.Helper()
	parsed, err := (&tuner{in: Input{Path: "rule.yml"}}).parse(rule)
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.Compile(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return m.Match(match.NewEvent(event))
}
