package tuning

import (
	"fmt"
	"strings"
	"testing"
)

// Who may start a shell, an interpreter or a remote login starts what the rule looks for from there: such a parent is no safeguard, wherever it lies.
func TestParentsThatAnybodyStarts(t *testing.T) {
	const rule = `title: Reading of a File
id: 2f3a4c1e-58aa-4c0d-9a41-6a0b7d1a9e10
status: test
description: Detects programs that read the list of accounts
logsource:
    product: %s
    category: process_creation
detection:
    selection:
        Image|endswith:
            - '%s'
            - '%s'
    condition: selection
level: low
`
	linux := fmt.Sprintf(rule, "linux", "/cat", "/grep")
	windows := fmt.Sprintf(rule, "windows", `\whoami.exe`, `\reg.exe`)
	for _, test := range []struct {
		name, rule, scenario string
		recommended          bool
	}{
		{"a shell", linux, "cat started by /bin/bash", false},
		{"another shell", linux, "cat started by /bin/sh", false},
		{"sudo", linux, "cat started by /usr/bin/sudo", false},
		{"an interpreter with a version", linux, "cat started by /usr/bin/python3.11", false},
		{"remote logins", linux, "cat started by /usr/sbin/sshd", false},
		{"a directory with shells", linux, "cat with a parent image starting with /usr/bin/", false},
		{"a service", linux, "cat started by /usr/sbin/monit", true},
		{"a web server", linux, "cat started by /usr/sbin/nginx", true}, // an effort, and limited to cat
		{"the command line", windows, `whoami.exe started by C:\Windows\System32\cmd.exe`, false},
		{"a script host", windows, `whoami.exe started by C:\Windows\System32\wscript.exe`, false},
		{"the desktop", windows, `whoami.exe started by C:\Windows\explorer.exe`, false},
		{"an agent", windows, `whoami.exe started by C:\Program Files\Acme Agent\agent.exe`, true},
		{"the tool itself", windows, `Exclude processes where the Image is C:\Windows\System32\whoami.exe`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := Tune(Input{Path: "rule.yml", Text: test.rule, Scenarios: []string{test.scenario}, Today: testDay})
			if err != nil {
				t.Fatal(err)
			}
			if r.Recommended() != test.recommended {
				t.Errorf("recommended %v, wanted %v: %s", r.Recommended(), test.recommended, ours(r))
			}
			for _, o := range r.Outcomes {
				for _, p := range o.Proposals {
					for _, e := range p.Safety.Evasion {
						if !test.recommended && strings.Contains(e.How, "none that is cheap") {
							t.Errorf("%s claims that nobody gets past it: %s", p.Title, e.How)
						}
					}
				}
			}
		})
	}
}
