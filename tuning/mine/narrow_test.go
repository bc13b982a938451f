package mine

import (
	"strings"
	"testing"
)

// What narrows a filter where the program alone says too little, and what widens it where the program says enough.

func sysmonRule(category, selection string) string {
	return `title: Watched
id: 1d4f6a56-11e0-4c7e-9c0d-2f9d5b8f7a02
status: test
description: Something is watched
author: sigtune
date: 2026-01-10
logsource:
    category: ` + category + `
    product: windows
detection:
    selection:
` + selection + `
    condition: selection
falsepositives:
    - Unknown
level: medium
`
}

func TestWhatNarrowsAndWhatWidens(t *testing.T) {
	registry := sysmonRule("registry_event", `        TargetObject|contains: '\Trusted Places\'`)
	for _, c := range []struct {
		what, rule string
		events     []map[string]any
		want       []string // in the first proposal
		never      []string
	}{
		{"an interpreter is told by what it does", sysmonRule("registry_event", `        Image|endswith: '\mshta.exe'`),
			[]map[string]any{
				{"Image": `C:\Windows\System32\mshta.exe`, "EventType": "CreateKey", "TargetObject": `HKLM\System\One`},
				{"Image": `C:\Windows\System32\mshta.exe`, "EventType": "CreateKey", "TargetObject": `HKU\S-1-5-18\Two`},
				{"Image": `C:\Windows\System32\mshta.exe`, "EventType": "CreateKey", "TargetObject": `HKCR\Three`},
				{"Image": `C:\Windows\System32\mshta.exe`, "EventType": "CreateKey", "TargetObject": `HKLM\Four`},
				{"Image": `C:\Windows\System32\mshta.exe`, "EventType": "CreateKey", "TargetObject": `HKLM\Software\Five`},
			}, []string{"EventType: 'CreateKey'"}, nil},
		{"a maker's program is told by itself", registry,
			[]map[string]any{
				{"Image": `C:\Program Files\Maker\Suite\edit.exe`, "TargetObject": `HKU\.DEFAULT\Software\Maker\Edit\Trusted Places\One`},
				{"Image": `C:\Program Files\Maker\Suite\edit.exe`, "TargetObject": `HKU\.DEFAULT\Software\Maker\Edit\Trusted Places\Two`},
				{"Image": `C:\Program Files\Maker\Suite\edit.exe`, "TargetObject": `HKU\.DEFAULT\Software\Maker\Edit\Trusted Places\Six`},
			}, []string{`Image: 'C:\Program Files\Maker\Suite\edit.exe'`}, []string{"TargetObject"}},
		{"no program is an answer", sysmonRule("image_load", "        Description: 'Scripts'\n    filter:\n        Image|startswith: 'C:\\Program Files\\'"),
			[]map[string]any{
				{"Description": "Scripts", "ImageLoaded": `C:\Windows\System32\one.dll`},
				{"Description": "Scripts", "ImageLoaded": `C:\Windows\System32\two.dll`},
			}, []string{"Image"}, nil},
		{"keywords are found in the message", strings.Replace(sysmonRule("x", "        - 'select'"), "category: x\n    product: windows", "category: webserver", 1),
			[]map[string]any{
				{"Message": "GET /menu?widget=select box"},
				{"Message": "GET /list?widget=select row"},
				{"Message": "GET /item?widget=select one"},
			}, []string{"widget=select"}, nil},
		{"no person did it", strings.Replace(sysmonRule("x", "        EventID: 4661\n        ObjectServer: 'Security Account Manager'"), "category: x", "service: security", 1),
			[]map[string]any{
				{"EventID": 4661, "ObjectServer": "Security Account Manager", "ProcessName": `C:\Windows\System32\lsass.exe`, "SubjectUserName": "SRV01$", "ObjectName": "one"},
				{"EventID": 4661, "ObjectServer": "Security Account Manager", "ProcessName": `C:\Windows\System32\lsass.exe`, "SubjectUserName": "SRV02$", "ObjectName": "two"},
				{"EventID": 4661, "ObjectServer": "Security Account Manager", "ProcessName": `C:\Windows\System32\lsass.exe`, "SubjectUserName": "SRV03$", "ObjectName": "six"},
			}, []string{"SubjectUserName|endswith: '$'"}, nil},
		{"a program that the rule looks for is told by what comes again", sysmonRule("network_connection", "        Initiated: 'true'\n        Image|endswith:\n            - '\\mail.exe'\n            - '\\edit.exe'"),
			[]map[string]any{
				{"Image": `C:\Program Files\Maker\Suite\mail.exe`, "Initiated": "true", "DestinationPort": "389", "DestinationIp": "192.0.2.7"},
				{"Image": `C:\Program Files\Maker\Suite\mail.exe`, "Initiated": "true", "DestinationPort": "3268", "DestinationIp": "198.51.100.9"},
				{"Image": `C:\Program Files\Maker\Suite\mail.exe`, "Initiated": "true", "DestinationPort": "389", "DestinationIp": "203.0.113.4"},
				{"Image": `C:\Program Files\Maker\Suite\mail.exe`, "Initiated": "true", "DestinationPort": "3268", "DestinationIp": "192.0.2.99"},
				{"Image": `C:\Program Files\Maker\Suite\mail.exe`, "Initiated": "true", "DestinationPort": "389", "DestinationIp": "203.0.113.44"},
				{"Image": `C:\Program Files\Maker\Suite\mail.exe`, "Initiated": "true", "DestinationPort": "3268", "DestinationIp": "198.51.100.77"},
			}, []string{`mail.exe`, "'3268'"}, nil},
		{"a filter that says nothing of programs keeps what runs from elsewhere", sysmonRule("dns_query", "        QueryName|startswith: '_ldap.'"),
			[]map[string]any{
				{"Image": `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "QueryName": "_ldap._tcp.DC01.EXAMPLE.TEST."},
				{"Image": `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "QueryName": "_ldap._tcp.site._sites.DC01.EXAMPLE.TEST."},
				{"Image": `C:\Windows\System32\lsass.exe`, "QueryName": "_ldap._tcp.site._sites.dc._msdcs.example.test."},
			}, []string{`C:\Windows\System32\`}, nil},
	} {
		rule := c.rule
		if strings.Contains(rule, "    filter:\n") {
			rule = strings.Replace(rule, "condition: selection", "condition: selection and not filter", 1)
		}
		got := first(mine(t, rule, c.events, nil, Options{AcceptWeak: true}), 0)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %s is not in %s", c.what, w, got)
			}
		}
		for _, w := range c.never {
			if strings.Contains(got, w) {
				t.Errorf("%s: %s is in %s", c.what, w, got)
			}
		}
	}
}

func TestDrawnNamesAreHoles(t *testing.T) {
	for path, wanted := range map[string]string{
		`C:\Users\jo\AppData\Local\Temp\avdbqyi5\avdbqyi5.dll`:  `C:\Users\*\AppData\Local\Temp\*\*.dll`,
		`C:\Users\jo\AppData\Local\Maker\avdbqyi5\avdbqyi5.dll`: `C:\Users\*\AppData\Local\Maker\avdbqyi5\avdbqyi5.dll`,
		`C:\Users\jo\AppData\Local\Temp\setup\setup.dll`:        `C:\Users\*\AppData\Local\Temp\setup\setup.dll`,
	} {
		want(t, path, strings.ReplaceAll(abstracted(path), hole, "*"), wanted)
	}
}
