package scenario

import (
	"fmt"
	"strings"
	"testing"
)

// brief writes groups as one line: values in brackets, a tilde for an open class, a bang for a negation.
func brief(groups [][]Condition) string {
	var out []string
	for _, g := range groups {
		var cs []string
		for _, c := range g {
			var vs []string
			for _, v := range c.Values {
				vs = append(vs, v.Text)
			}
			s := fmt.Sprintf("%s %s [%s]", c.Role, c.Operator, strings.Join(vs, "; "))
			if c.Negated {
				s = "!" + s
			}
			if c.All {
				s += " all"
			}
			if c.Open {
				s += " ~" + string(c.Class)
			}
			cs = append(cs, s)
		}
		out = append(out, strings.Join(cs, " & "))
	}
	return strings.Join(out, " | ")
}

func exclude(text string) Extraction {
	return Extract(Scenario{Exclusion: Section{Text: text}}, KindProcess)
}

func TestScoping(t *testing.T) {
	for _, rule := range []struct {
		name  string
		cases [][2]string
	}{
		{"one field and several values are one condition", [][2]string{
			{`command line contains "sync" or "mirror"`, "command_line contains [sync; mirror]"},
			{"Exclude processes where the parent process is acmed, acme-worker, or acmectl.", "parent is [acmed; acme-worker; acmectl]"},
			{"Exclude events where the process name is rotor.exe or spool.exe.", "process is [rotor.exe; spool.exe]"},
		}},
		{"two fields are two groups", [][2]string{
			{`command_line contains "sync" or parent_process contains "acme"`, "command_line contains [sync] | parent contains [acme]"},
			{"Exclude processes where the user is svc-acme, or where the parent is acmed.exe.", "user is [svc-acme] | parent is [acmed.exe]"},
		}},
		{"a new field or where starts a condition", [][2]string{
			{"Exclude processes where the user is svc-acme and where the command line includes --sync.", "user is [svc-acme] & command_line contains [--sync]"},
			{"Exclude processes whose user is svc-acme and whose parent is /opt/acme/bin/acmed.", "user is [svc-acme] & parent is [/opt/acme/bin/acmed]"},
		}},
		{"a trailing phrase gives values before it their role", [][2]string{
			{"Exclude processes with acmesync or acmepull in the command line.", "command_line contains [acmesync; acmepull]"},
			{"Exclude events where foo.exe or bar.exe is the source process.", "process is [foo.exe; bar.exe]"},
			{"Exclude those having /srv/spool/ in the command line and spoold as parent process.", "command_line contains [/srv/spool/] & parent is [spoold]"},
		}},
		{"and/or without parentheses: neighbours on one field are joined first", [][2]string{
			{`user.name == "root" AND process.args CONTAINS "resync" OR process.args CONTAINS "reindex"`, "user is [root] & command_line contains [resync; reindex]"},
			{`process.name == "acmed" OR process.name == "acmectl" AND user.name == "svc-acme"`, "process is [acmed; acmectl] & user is [svc-acme]"},
		}},
		{"an interpreter alone is qualified by what follows", [][2]string{
			{`process.name == "acmed.exe" OR process.name == "powershell.exe" AND process.args CONTAINS "Sync"`, "process is [acmed.exe] | process is [powershell.exe] & command_line contains [Sync]"},
		}},
		{"in prose the narrower reading is taken", [][2]string{
			{"Exclude processes where the process is foo.exe and the user is svc-acme or the parent is acmed.exe.",
				"process is [foo.exe] & user is [svc-acme] | process is [foo.exe] & parent is [acmed.exe]"},
		}},
		{"check and exclude, filter and check are AND", [][2]string{
			{"Check the command line for --sync and exclude processes owned by svc-acme.", "command_line contains [--sync] & user is [svc-acme]"},
			{"Filter by user svc-acme and check for parent process acmed.exe.", "user is [svc-acme] & parent is [acmed.exe]"},
		}},
		{"examples are values and the class stays open", [][2]string{
			{"Exclude processes started by a known backup agent like acmebak or spoold.", "parent is [acmebak; spoold] ~tool"},
			{"Exclude processes with a trusted binary path (e.g., /opt/acme/bin/acmed, /opt/acme/bin/acmectl).", "process is [/opt/acme/bin/acmed; /opt/acme/bin/acmectl] ~"},
			{"Exclude processes launched from a trusted directory such as /opt/acme/.", "process startswith [/opt/acme/] ~directory"},
		}},
		{"an open class gives no value", [][2]string{
			{"Exclude processes where the parent process is a trusted management agent.", "parent is [] ~tool"},
			{"Exclude processes run by authorized administrators.", "user is [] ~user"},
			{"Exclude processes during the approved maintenance window.", "time is [] ~time"},
			{"Exclude activity from known admin workstations.", "host is [] ~host"},
			{"Exclude processes where the user is a member of a privileged group.", "group is [] ~group"},
		}},
		{"role words win over position", [][2]string{
			{"Exclude netstat initiated by cron.", "unstated is [netstat] & parent is [cron]"},
			{"Exclude lsof executed by the user svc-audit.", "unstated is [lsof] & user is [svc-audit]"},
			{"Exclude processes that acmed starts.", "parent is [acmed]"},
			{"Exclude curl calls to https://repo.example.org made by /usr/local/bin/fetchd.", "unstated is [curl] & url contains [https://repo.example.org] & parent is [/usr/local/bin/fetchd]"},
		}},
		{"!= under an exclusion means exclude this", [][2]string{
			{`process.name != "acmed" OR process.name != "acmectl"`, "process is [acmed; acmectl]"},
			{`process.name != "acmed" AND process.name != "acmectl"`, "process is [acmed; acmectl]"},
			{`process.name != "acmed" AND user.name != "svc-acme"`, "process is [acmed] | user is [svc-acme]"},
			{`process.name != "acmed" OR user.name != "svc-acme"`, "process is [acmed] & user is [svc-acme]"},
		}},
		{"!= beside == is the narrowest reading", [][2]string{
			{`process.name != "acmed" OR process.parent.name == "systemd"`, "process is [acmed] & parent is [systemd]"},
		}},
		{"a negation inside an exclusion is an exception", [][2]string{
			{"Exclude processes where the process is acmed.exe and the command line does not contain --force.", "process is [acmed.exe] & !command_line contains [--force]"},
			{`process.name = find AND process.args NOT CONTAINS "exec" OR "unlink"`, "process is [find] & !command_line contains [exec; unlink]"},
			{"Exclude processes started by acmed except when the user is root.", "parent is [acmed] & !user is [root]"},
			{`process.name == "acmectl" AND file.name NOT IN ("a.conf", "b.conf")`, "process is [acmectl] & !file is [a.conf; b.conf]"},
		}},
		{"contains a and b needs both", [][2]string{
			{`Exclude processes where the command line contains "--sync" and "--quiet".`, "command_line contains [--sync; --quiet] all"},
		}},
		{"parentheses are kept", [][2]string{
			{`(ProcessName == "foo.exe") and (User == "svc" or ParentImage == "acmed.exe")`, "process is [foo.exe] & user is [svc] | process is [foo.exe] & parent is [acmed.exe]"},
			{`Exclude what admins do with known tools, such as: (ProcessName == "foo.exe") and (User == "svc")`, "process is [foo.exe] & user is [svc]"},
		}},
		{"like with percent signs is contains", [][2]string{
			{`command_line LIKE "%resync%"`, "command_line contains [resync]"},
		}},
		{"a similar thing is open", [][2]string{
			{"Exclude events where the command line includes sweep.ps1, purge.ps1, or a similar script.", "command_line contains [sweep.ps1; purge.ps1] ~script"},
		}},
		{"the process tree has one level", [][2]string{
			{"Check for ProcessName containing acmed.exe in the process tree.", "process contains [acmed.exe] | parent contains [acmed.exe]"},
		}},
		{"advice is no condition", [][2]string{
			{"Exclude processes started by acmed.exe and review the parent relationship.", "parent is [acmed.exe]"},
		}},
		{"an unknown subject is kept", [][2]string{
			{"Exclude runs whose command line has acme -d and whose decoded output is short.", "command_line contains [acme -d] & other is [] ~"},
			{"Exclude processes where the user is svc-acme and the ticket is approved.", "user is [svc-acme] & other is [] ~approval"},
		}},
		{"sentences of every day", [][2]string{
			{"Exclude lsof executions where the parent process is /usr/sbin/acmed and the user is acme.", "process is [lsof] & parent is [/usr/sbin/acmed] & user is [acme]"},
			{"Exclude who when the parent process name is acme-status or tmux.", "unstated is [who] & parent is [acme-status; tmux]"},
			{`Exclude events where the user is SYSTEM and the parent is C:\Program Files\Acme Tools\agent.exe.`, `user is [SYSTEM] & parent is [C:\Program Files\Acme Tools\agent.exe]`},
			{"Exclude foo.exe when started by acmed.exe or by acmeupd.exe.", "unstated is [foo.exe] & parent is [acmed.exe; acmeupd.exe]"},
			{`Exclude all processes running under the account CORP\svc_acme.`, `user is [CORP\svc_acme]`},
			{"Exclude mkfifo calls by the user postgres.", "process is [mkfifo] & user is [postgres]"},
			{"Exclude executions of whoami by the monitoring agent (/opt/acme/agentd).", "process is [whoami] & parent is [/opt/acme/agentd] ~tool"},
			{`Exclude files written by C:\Acme\acmed.exe to the folder D:\Spool\.`, `process is [C:\Acme\acmed.exe] & file contains [D:\Spool\]`},
			{"Suppress alerts for w started by acme-sysinfo during login.", "unstated is [w] & parent is [acme-sysinfo]"},
			{`Exclude foo.exe when the loaded DLL path starts with C:\Acme\.`, `unstated is [foo.exe] & loaded_image startswith [C:\Acme\]`},
			{"Exclude processes where neither the user is root nor the parent is acmed.", "!user is [root] & !parent is [acmed]"},
			{"Exclude any process whose parent process is not explorer.exe.", "!parent is [explorer.exe]"},
			{"Exclude netstat only when the parent is acmed.", "unstated is [netstat] & parent is [acmed]"},
			{"Exclude rm for the user svc-acme.", "unstated is [rm] & user is [svc-acme]"},
			{"Exclude lsof when the command was seen more than 50 times per day.", "unstated is [lsof] & other is [] ~frequency"},
		}},
		{"neighbouring shapes", [][2]string{
			{`Exclude foo.exe when the parent image is C:\Program Files (x86)\Acme Suite\Agent One\acmed.exe.`, `unstated is [foo.exe] & parent is [C:\Program Files (x86)\Acme Suite\Agent One\acmed.exe]`},
			{"Exclude acmectl --sync when the user is “svc-acme”.", "unstated is [acmectl --sync] & user is [svc-acme]"},
			{"Exclude traffic to updates.example.org.", "destination_host endswith [updates.example.org]"},
			{"Exclude connections from internal ranges (e.g., src_ip IN (10.1.0.0/16, 10.2.0.0/16)).", "source_ip cidr [10.1.0.0/16; 10.2.0.0/16] ~network"},
			{"Exclude events of a privileged account (e.g., uid=0).", "user is [0] ~user"},
			{"Exclude files in spool folders such as /srv/spool/, or files ending in .part or .tmp.", "file contains [/srv/spool/] ~directory | file endswith [.part; .tmp]"},
			{"Exclude processes where the working directory starts with /srv/build.", "working_directory startswith [/srv/build]"},
			{"Exclude processes located under /opt/acme/.", "process startswith [/opt/acme/]"},
			{"Exclude processes signed by Acme Software GmbH.", "signer contains [Acme Software GmbH]"},
		}},
	} {
		t.Run(rule.name, func(t *testing.T) {
			for _, c := range rule.cases {
				if got := brief(exclude(c[0]).Groups); got != c[1] {
					t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
				}
			}
		})
	}
}

func TestOtherReadingsAreStated(t *testing.T) {
	for _, c := range []struct{ text, reading string }{
		{`user.name == "root" AND process.args CONTAINS "resync" OR process.args CONTAINS "reindex"`,
			"user is [root] & command_line contains [resync] | command_line contains [reindex]"},
		{`process.name != "acmed" OR process.parent.name == "systemd"`, "process is [acmed] | parent is [systemd]"},
		{"Exclude processes where the process is foo.exe and the user is svc-acme or the parent is acmed.exe.",
			"process is [foo.exe] & user is [svc-acme] | parent is [acmed.exe]"},
	} {
		x := exclude(c.text)
		if len(x.Ambiguities) != 1 {
			t.Errorf("%s: %d other readings", c.text, len(x.Ambiguities))
			continue
		}
		if got := brief(x.Ambiguities[0].Groups); got != c.reading {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.reading)
		}
	}
}

func TestKindsChangeWhoIsMeant(t *testing.T) {
	const text = "Exclude events created by /opt/acme/bin/acmed."
	for kind, want := range map[Kind]string{
		KindProcess: "parent is [/opt/acme/bin/acmed]", KindFile: "process is [/opt/acme/bin/acmed]",
		KindRegistry: "process is [/opt/acme/bin/acmed]", KindNetwork: "process is [/opt/acme/bin/acmed]",
	} {
		if got := brief(Extract(Scenario{Exclusion: Section{Text: text}}, kind).Groups); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
}

func TestAShortToolNameIsATool(t *testing.T) {
	for _, text := range []string{"Exclude processes where the command line includes ss.", "Exclude processes where the command line includes w and the user is root."} {
		v := exclude(text).Groups[0][0].Values[0]
		if !v.BareTool {
			t.Errorf("%s: %q is not marked as a tool", text, v.Text)
		}
	}
	if v := exclude(`Exclude processes where the command line includes "ss -tulpn".`).Groups[0][0].Values[0]; v.BareTool {
		t.Errorf("a quoted command is no bare tool: %q", v.Text)
	}
}

func TestOpenClassTakesSuggestionsFromTheScenario(t *testing.T) {
	x := Extract(Scenario{
		Text:      Section{Text: "Use of vmstat by the host's metrics daemon (e.g., statsd, collectd)."},
		Exclusion: Section{Text: "Exclude processes where the command line includes vmstat and the parent process is a known metrics daemon."},
	}, KindProcess)
	if got, want := brief(x.Groups), "command_line contains [vmstat] & parent is [] ~service"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	var names []string
	for _, v := range x.Groups[0][1].Suggested {
		names = append(names, v.Text)
	}
	if got := strings.Join(names, " "); got != "statsd collectd" {
		t.Errorf("suggested %q", got)
	}
}

func TestNotesOnWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		text string
		code NoteCode
	}{
		{`process.name == "crond"`, NoteRoleSlip},
		{`user.name == "Domain Admins"`, NoteGroupAsUser},
		{`process.parent.name == "Task Scheduler"`, NoteDisplayName},
		{`process.name == "sweep.ps1"`, NoteScriptAsImage},
		{`process.name != "acmed"`, NotePolarity},
		{"Exclude processes where the parent is acmed.exe started in quiet fashion.", NoteUnreadWords},
		{"Exclude rubbish.", NoteUnreadSentence},
		{`process.name == "acmed" (see the wiki)`, NoteGloss},
	} {
		found := false
		for _, n := range exclude(c.text).Notes {
			found = found || n.Code == c.code
		}
		if !found {
			t.Errorf("%s: no note %s in %v", c.text, c.code, exclude(c.text).Notes)
		}
	}
}

func TestBareSentences(t *testing.T) {
	for _, c := range [][2]string{
		{"FP with rotor.exe", "unstated is [rotor.exe]"},
		{"Adding rotor.exe as ParentImage", "parent is [rotor.exe]"},
		{"Launched by C:\\Program Files\\Acme\\acmed.exe", `parent is [C:\Program Files\Acme\acmed.exe]`},
		{"acmed.exe running net.exe", "parent is [acmed.exe] & process is [net.exe]"},
		{"ParentImage: C:\\Acme\\acmed.exe\nCommandLine: net.exe use x:", `parent is [C:\Acme\acmed.exe] & command_line contains [net.exe use x:]`},
		{"net.exe use \\\\srv\\share /persistent:no", ""},
		{"Legitimate administrative activity", ""},
		{"Observations are rare and unlikely.", "other is [] ~"},
	} {
		x := Extract(Scenario{Text: Section{Text: c[0]}}, KindProcess)
		if got := brief(x.Groups); got != c[1] && c[1] != "" {
			t.Errorf("%q\n got %s\nwant %s", c[0], got, c[1])
		}
		for _, g := range x.Groups {
			for _, cond := range g {
				for _, v := range cond.Values {
					if v.Shape == ShapeWord && !v.BareTool && v.Product == "" {
						t.Errorf("%q: the word %q became a value", c[0], v.Text)
					}
				}
			}
		}
	}
}

func TestAnIncompleteSentenceIsNotRead(t *testing.T) {
	s := Scenario{Exclusion: Section{Text: "Exclude foo.exe started by acmed.exe. Exclude processes where the user is part of"}, Cut: true}
	x := Extract(s, KindProcess)
	if got, want := brief(x.Groups), "unstated is [foo.exe] & parent is [acmed.exe]"; got != want || !x.Cut {
		t.Errorf("got %s (cut %v), want %s", got, x.Cut, want)
	}
}

func TestActivity(t *testing.T) {
	for _, c := range []struct{ text, tool, actors string }{
		{"Network engineers using mtr to trace routes during an outage.", "mtr", "Network engineers/person/user"},
		{"Scheduled job using vmstat to watch memory.", "vmstat", "Scheduled job/job/parent"},
		{"Use of lsblk by the storage daemon (e.g., udisksd, multipathd).", "lsblk", "udisksd/service/parent, multipathd/service/parent, storage daemon/service/parent"},
		{"net.exe is executed by logon scripts.", "net.exe", "logon scripts/job/parent"},
		{"The Zabbix agent runs df every minute.", "df", "agent/tool/parent, Zabbix/tool/parent"},
		{"Developers run curl for testing.", "curl", "Developers/person/user"},
		{"CI jobs decode secrets with base64 -d.", "base64 -d", "CI jobs/job/parent"},
	} {
		a := Extract(Scenario{Text: Section{Text: c.text}}, KindProcess).Activity
		var actors []string
		for _, actor := range a.Actors {
			actors = append(actors, fmt.Sprintf("%s/%s/%s", actor.Name, actor.Kind, actor.Role))
		}
		if got := strings.Join(actors, ", "); a.Tool.Text != c.tool || got != c.actors {
			t.Errorf("%s\n got %q by %s\nwant %q by %s", c.text, a.Tool.Text, got, c.tool, c.actors)
		}
	}
}
