package tuning

import (
	"strings"
	"testing"
)

// spokenRules are selections of log sources for descriptions that are read by their values.
var spokenRules = map[string]string{
	"process":  "category: process_creation\n    product: windows\ndetection:\n    selection:\n        Image|endswith: ['\\rundll32.exe', '\\cmd.exe']\n",
	"lines":    "category: process_creation\n    product: windows\ndetection:\n    selection:\n        CommandLine|contains: ['-enc', '/node:', 'sdset']\n",
	"file":     "category: file_event\n    product: windows\ndetection:\n    selection:\n        TargetFilename|contains: ['\\Temp\\', '\\Startup\\', '\\ProgramData\\']\n",
	"registry": "category: registry_set\n    product: windows\ndetection:\n    selection:\n        TargetObject|contains: ['\\CurrentVersion\\Run', '\\Control\\Acme']\n",
	"load":     "category: image_load\n    product: windows\ndetection:\n    selection:\n        ImageLoaded|endswith: ['\\version.dll', '\\dbghelp.dll']\n",
	"access":   "category: process_access\n    product: windows\ndetection:\n    selection:\n        TargetImage|endswith: '\\lsass.exe'\n        GrantedAccess: ['0x1010', '0x1410']\n",
	"network":  "category: network_connection\n    product: windows\ndetection:\n    selection:\n        DestinationPort: [22, 445, 3389]\n",
	"dns":      "category: dns_query\n    product: windows\ndetection:\n    selection:\n        QueryName|contains: ['share', 'paste']\n",
	"service":  "product: windows\n    service: system\ndetection:\n    selection:\n        EventID: 7045\n        ImagePath|contains: ['\\ProgramData\\', '\\Temp\\']\n",
	"share":    "product: windows\n    service: security\ndetection:\n    selection:\n        EventID: 5145\n        RelativeTargetName|endswith: ['.bak', '.key']\n",
	"cloud":    "product: aws\n    service: cloudtrail\ndetection:\n    selection:\n        eventSource: acme.amazonaws.com\n        eventName: ['ImportKeyPair', 'ModifySnapshot']\n",
	"audit":    "product: acme\n    service: audit\ndetection:\n    selection:\n        action: ['role.grant', 'role.revoke']\n",
	"linux":    "category: process_creation\n    product: linux\ndetection:\n    selection:\n        Image|endswith: ['/cat', '/grep', '/netstat']\n",
	"secrets":  "category: process_creation\n    product: linux\ndetection:\n    selection:\n        CommandLine|contains: ['/etc/passwd', '/etc/shadow']\n",
}

// spoken tunes a rule of spokenRules and gives the first proposal as one line, or the verdict.
func spoken(t *testing.T, rule, text string) string {
	t.Helper()
	r := tune(t, "title: Odd Thing\nid: 6d0c3f3e-7f25-4c1b-9d38-0a8a3c0f3c12\nstatus: test\ndescription: Detects odd things of a kind\ndate: 2026-01-10\nlogsource:\n    "+spokenRules[rule]+"    condition: selection\nlevel: medium\n", text)
	checkClaims(t, text, r)
	o := r.Outcomes[0]
	if len(o.Proposals) == 0 || len(o.Proposals[len(o.Proposals)-1].Fill) > 0 {
		return string(o.Verdict)
	}
	var parts []string
	for _, g := range o.Conditions {
		parts = append(parts, groupText(g))
	}
	return strings.Join(parts, " | ")
}

// A description is an AND of its values. Each sentence is of its own making; the products are made up.
func TestDescriptionsAreReadByTheirValues(t *testing.T) {
	for _, c := range []struct{ what, rule, text, want string }{
		{"who starts what", "process", `Our inventory service C:\Program Files\Acme\inventory.exe starts cmd.exe every hour.`, `ParentImage: 'C:\Program Files\Acme\inventory.exe'; Image|endswith: '\cmd.exe'`},
		{"who starts what", "process", "acmepoll.exe launches rundll32", `ParentImage|endswith: '\acmepoll.exe'; Image|endswith: '\rundll32.exe'`},
		{"who starts what", "linux", "the zabbix agent greps /etc/hosts", `ParentImage|endswith: ['/zabbix_agentd', '/zabbix_agent2']; Image|endswith: '/grep'; CommandLine|contains: '/etc/hosts'`},
		{"who starts what", "secrets", "zabbix agent greps /etc/passwd", `ParentImage|endswith: ['/zabbix_agentd', '/zabbix_agent2']; Image|endswith: '/grep'; CommandLine|contains: '/etc/passwd'`},
		{"who starts what", "linux", "netstat last run by monit", `Image|endswith: '/netstat'; ParentImage|endswith: '/monit'`},
		{"through a shell", "process", "acmedesk.exe calls acme-smi.exe through cmd", `ParentImage|endswith: '\acmedesk.exe'; CommandLine|contains: 'acme-smi.exe'; Image|endswith: '\cmd.exe'`},
		{"whose", "linux", "cat spawned from a ruby whose command line contains \"/opt/acme/lib/sync.rb\"", `Image|endswith: '/cat'; ParentImage|endswith: '/ruby'; ParentCommandLine|contains: '/opt/acme/lib/sync.rb'`},
		{"writer and file", "file", `C:\Program Files\Acme Deploy\agent.exe unpacks installers into C:\Windows\Temp\AcmeDeploy\ before it runs them`, `Image: 'C:\Program Files\Acme Deploy\agent.exe'; TargetFilename|startswith: 'C:\Windows\Temp\AcmeDeploy\'`},
		{"writer and file", "file", `FP: acmehost.exe drops "Send to Acme.lnk" into Startup`, `Image|endswith: '\acmehost.exe'; TargetFilename|contains: 'Send to Acme.lnk'`},
		{"program and key", "registry", `msiexec.exe writing under HKLM\SYSTEM\Control\Acme\Drivers`, `Image|endswith: '\msiexec.exe'; TargetObject|contains: 'HKLM\SYSTEM\Control\Acme\Drivers'`},
		{"a value of the registry", "registry", "the AcmeOrderList value only keeps the order", `TargetObject|endswith: '\AcmeOrderList'`},
		{"a number as data", "registry", "setting it to the default 7 is no change", `Details: 'DWORD (0x00000007)'`},
		{"program and library", "load", `dbghelp.dll loaded from C:\Program Files\Acme Studio\`, `ImageLoaded|endswith: '\dbghelp.dll'; ImageLoaded|startswith: 'C:\Program Files\Acme Studio\'`},
		{"source and target", "access", "acmewatch.exe -> lsass.exe with GrantedAccess 0x1010", `SourceImage|endswith: '\acmewatch.exe'; TargetImage|endswith: '\lsass.exe'; GrantedAccess: '0x1010'`},
		{"a mask behind the program", "access", `C:\Program Files\Acme EDR\sensor.exe opening lsass with 0x1410`, `SourceImage: 'C:\Program Files\Acme EDR\sensor.exe'; TargetImage|endswith: '\lsass.exe'; GrantedAccess: '0x1410'`},
		{"program, port and range", "network", `C:\Tools\acme\remote.exe connects to port 3389 on 10.20.30.0/24`, `Image: 'C:\Tools\acme\remote.exe'; DestinationPort: '3389'; DestinationIp|cidr: '10.20.30.0/24'`},
		{"hosts of a list", "dns", "plugin downloads, by queried name:\n- `share.example.com`\n- anything ending in `.paste.example.net`\n- mirrors: `*.share.example.org`", `QueryName|endswith: ['share.example.com', '.paste.example.net', '.share.example.org']`},
		{"the service and its binary", "service", `service named AcmeUpd whose binary is C:\ProgramData\Acme\upd.exe`, `ServiceName: 'AcmeUpd'; ImagePath|contains: 'C:\ProgramData\Acme\upd.exe'`},
		{"the service and its binary", "service", "Exclude the Acme Agent service", `ServiceName: 'Acme Agent'`},
		{"share, account and address", "share", `svc_ship copies *.bak over the share \\*\AcmeBackup$ from 10.31.2.11 or 10.31.2.12`, `SubjectUserName: 'svc_ship'; RelativeTargetName|endswith: '.bak'; ShareName: '\\*\AcmeBackup$'; IpAddress: ['10.31.2.11', '10.31.2.12']`},
		{"fields of a cloud", "cloud", `userIdentity.arn contains assumed-role/acme-builder/ and the user agent mentions "AcmeForm"`, `userIdentity.arn|contains: 'assumed-role/acme-builder/'; userAgent|contains: 'AcmeForm'`},
		{"another call than the rule's", "cloud", "our image builds call CreateKeyPair for every instance (userAgent AcmePacker)", `noop`},
		{"fields that no table knows", "audit", `actor.alternateId is acme-tf@example.com and client.ipAddress is within 203.0.113.32/28`, `actor.alternateId: 'acme-tf@example.com'; client.ipAddress|cidr: '203.0.113.32/28'`},
		{"fields that no table knows", "audit", "DeliveryAction Blocked -> it never arrived", `DeliveryAction: 'Blocked'`},
		{"a field without a value", "process", "there is no command line", `CommandLine: null | CommandLine: ''`},
		{"a field without a value", "process", "parent image is null or empty", `ParentImage: null | ParentImage: ''`},
		{"a field without a value", "process", "Exclude when the command line is empty or missing.", `CommandLine: null | CommandLine: ''`},
		{"a pasted command", "lines", `cmd /c acmectl C:\ProgramData\acme\history.db /reset -enc`, `CommandLine|contains: 'acmectl C:\ProgramData\acme\history.db /reset -enc'`},
		{"a name drawn by chance", "lines", "acmectl -enc -f /tmp/acme-home.Xq1sFvJ2kR", `CommandLine|contains: 'acmectl -enc -f /tmp/acme-home.'`},
		{"starting and ending", "linux", "the parent command line starts with /bin/sh /var/lib/acme/ and ends with .hook purge", `ParentCommandLine|startswith: '/bin/sh /var/lib/acme/'; ParentCommandLine|endswith: '.hook purge'`},
		{"all and any in one line", "lines", `the command line contains C:\Acme\run.dll and "Launch ", plus either -queue or -respond`, `CommandLine|contains: 'C:\Acme\run.dll'; CommandLine|contains: 'Launch '; CommandLine|contains: '-queue' | CommandLine|contains: 'C:\Acme\run.dll'; CommandLine|contains: 'Launch '; CommandLine|contains: '-respond'`},
		{"exactly", "process", "the full command line equals `cmd.exe /c \"ver\"`", `CommandLine: 'cmd.exe /c "ver"'`},
		{"the account of the system", "process", `Suppress this when run as NT AUTHORITY\SYSTEM by C:\Program Files\Acme\patch.exe`, `User|contains: ['AUTHORI', 'AUTORI']; ParentImage: 'C:\Program Files\Acme\patch.exe'`},
		{"a variable of the environment", "file", `the updater extracts to %TEMP%\AcmeSetup\`, `TargetFilename|contains: '\Temp\AcmeSetup\'`},
		{"a version in a directory", "file", `acmeshell.exe bundled with the client (app-x.y.z\resources\acme\bin)`, `Image|endswith: '\acmeshell.exe'; Image|contains: '\app-'; Image|contains: '\resources\acme\bin\' | Image|endswith: '\acmeshell.exe'; TargetFilename|contains: '\app-'; TargetFilename|contains: '\resources\acme\bin\'`},
		{"where it is installed by default", "load", "Wireshark, when installed in its default location", `ImageLoaded|startswith: ['C:\Program Files\', 'C:\Program Files (x86)\']; ImageLoaded|contains: '\Wireshark\'`},
		{"a part of Windows by its name", "registry", "set by the print spooler", `Image|endswith: '\spoolsv.exe'`},
		{"a conversation", "linux", "[09:12] ops: why does this fire each night?\n[09:20] soc: acmeprobe. image is /usr/bin/netstat and the parent is /opt/acme/bin/probe, ignore that", `Image: '/usr/bin/netstat'; ParentImage: '/opt/acme/bin/probe'`},
		{"what must keep firing", "process", `Exclude this: the parent is C:\Scripts\acme\doc.exe and the user is CORP\svc_doc. Any other parent, powershell.exe for one, should still alert.`, `ParentImage: 'C:\Scripts\acme\doc.exe'; User: 'CORP\svc_doc'`},
		{"an exception", "process", `started by C:\Program Files\Acme\bk.exe, but not when the command line contains SAM, SECURITY or ntds.dit`, `ParentImage: 'C:\Program Files\Acme\bk.exe'; not CommandLine|contains|neq: ['SAM', 'SECURITY', 'ntds.dit']`},
		{"background", "process", `Enabling "Acme over HTTP" runs a batch. The parent is C:\Windows\System32\wsmprovhost.exe and the command line ends with ' /s C:\Acme\proxy.dll'.`, `ParentImage: 'C:\Windows\System32\wsmprovhost.exe'; CommandLine|endswith: ' /s C:\Acme\proxy.dll'`},
		{"who it is, said behind the verb", "process", `ignore C:\Acme\run.dll when ACMESHEET.EXE is the parent`, `CommandLine|contains: 'C:\Acme\run.dll'; ParentImage|endswith: '\ACMESHEET.EXE'`},
		{"a name and its path in a list", "process", `Please filter if the parent is either services.exe or the Acme launcher (C:\Acme\launch.exe)`, `ParentImage: ['*\services.exe', 'C:\Acme\launch.exe']`},
		{"accounts in a list", "process", `user CORP\svc_acme or CORP\svc_acme2`, `User: ['CORP\svc_acme', 'CORP\svc_acme2']`},
		{"a command in plain words", "linux", "our health probe: netstat -tn 127.0.0.1:8080", `Image|endswith: '/netstat'; CommandLine|contains: ' -tn 127.0.0.1:8080'`},
		{"a resource of a cloud", "cloud", "calls from arn:aws:iam::123456789012:role/acme with userAgent acme-sdk-go", `userIdentity.arn: 'arn:aws:iam::123456789012:role/acme'; userAgent|contains: 'acme-sdk-go'`},
		{"a field before a quotation", "load", "Signature 'Acme GmbH'", `Signature: 'Acme GmbH'`},
		{"a function of a library", "process", "FPs with explorer as parent and acmeshell.dll,OpenAs_Acme", `ParentImage|endswith: '\explorer.exe'; CommandLine|contains: 'acmeshell.dll,OpenAs_Acme'`},
		{"a field and prose on one line", "dns", "QueryName: share.example.com by acmesync.exe", `QueryName: 'share.example.com'; Image|endswith: '\acmesync.exe'`},
		{"a path that is cut off in front", "registry", `value set by C:\Windows\System32\svchost.exe under ...\Control\Acme\ with Details ending with .cmd`, `Image: 'C:\Windows\System32\svchost.exe'; TargetObject|contains: '\Control\Acme\'; Details|endswith: '.cmd'`},
		{"a number as Sysmon writes it", "registry", "Details: DWORD (0x00000001)", `Details: 'DWORD (0x00000001)'`},
		{"who and when are not in it", "linux", "Administrators run netstat during the maintenance window", `needs_environment`},
		{"a range in a language of its own", "network", "internal traffic (loopback, RFC1918, link local, ULA)", `DestinationIp|cidr: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10', '127.0.0.0/8', '::1/128']`},
	} {
		if got := spoken(t, c.rule, c.text); got != c.want {
			t.Errorf("%s\n {%q, %q, %q, `%s`},\n want %s", c.what, c.what, c.rule, c.text, got, c.want)
		}
	}
}

// What says nothing beyond the rule, or what nobody can see in an event, gives no filter that could be applied as it stands.
func TestDescriptionsThatGiveNoFilter(t *testing.T) {
	for _, c := range []struct {
		rule, text string
		want       Verdict
	}{
		{"process", "Administrators use rundll32 for many things", Swallows},
		{"process", "rundll32.exe and cmd.exe are used by all kinds of software", Swallows},
		{"process", "filter cmd.exe, admins work with it", Swallows},
		{"process", "Legitimate use by the support team during an approved change", NotExpressible},
		{"network", "Some remote tools connect to these ports, depends on the site", NotExpressible},
		{"registry", "A user profile may hold such entries sometimes", NotExpressible},
		{"cloud", "our image builds call CreateKeyPair for every instance", Noop},
		{"linux", "FP with /usr/sbin/visudo as the image", Noop},
	} {
		r := tune(t, "title: Odd Thing\nid: 6d0c3f3e-7f25-4c1b-9d38-0a8a3c0f3c12\nstatus: test\ndescription: Detects odd things of a kind\ndate: 2026-01-10\nlogsource:\n    "+spokenRules[c.rule]+"    condition: selection\nlevel: medium\n", c.text)
		if got := r.Outcomes[0].Verdict; got != c.want || concrete(r) {
			t.Errorf("%s, %q: %s, want %s\n  %s", c.rule, c.text, got, c.want, ours(r))
		}
	}
}

// What is left out of the filter is said, and such a filter is never applied unasked.
func TestWhatADescriptionSaysBesideItsValuesIsNoted(t *testing.T) {
	r := tune(t, listing, `Our operators start netstat from /opt/acme/bin/probe on SRV-ACME01 while a ticket is open. Sysmon logs /var/log/acme.`)
	o := r.Outcomes[0]
	if o.Verdict != Filter || len(o.Proposals) == 0 || o.Proposals[0].Recommended {
		t.Fatalf("%s", ours(r))
	}
	notes := strings.Join(o.Notes, "\n")
	for _, want := range []string{"operators", "SRV-ACME01"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not noted: %s", want, notes)
		}
	}
}
