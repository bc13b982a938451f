package scenario

import (
	"strings"
	"testing"
)

// said writes mentions as one line: what the words say of each value.
func said(mentions []Mention) string {
	var out []string
	for _, m := range mentions {
		text := m.Value.Text
		for _, more := range []struct {
			is   bool
			what string
		}{
			{m.Role != "", string(m.Role)}, {m.Field != "", "." + m.Field}, {m.Operator != "", string(m.Operator)}, {m.Part == Agent, "acts"}, {m.Part == Object, "is acted on"},
			{m.Place == Within, "in"}, {m.Place == RunsFrom, "runs from"}, {m.Place == Into, "into"}, {m.Place == Out, "from"}, {m.Class != ClassNone, "<" + string(m.Class) + ">"},
			{m.Join == OrJoin, "or"}, {m.Join == AndJoin, "and"}, {m.Negated, "not"}, {m.Name, "name"}, {m.Via, "through"},
		} {
			if more.is {
				text += " " + more.what
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}

func TestMentions(t *testing.T) {
	fields := func(key string) string {
		return map[string]string{"useragent": "userAgent", "sharename": "ShareName"}[key]
	}
	for _, c := range []struct{ text, want string }{
		{`C:\Acme\agent.exe writes to C:\Data\out.log`, `C:\Acme\agent.exe acts | C:\Data\out.log is acted on into`},
		{"netstat run by acmed", `netstat is acted on | acmed acts`},
		{"the process acmed.exe spawns cmd.exe", `acmed.exe acts | cmd.exe is acted on`},
		{"acmedesk.exe calls tool.exe through cmd", `acmedesk.exe acts | tool.exe is acted on | cmd through`},
		{"a parent whose command line contains --sync", `--sync parent_command_line contains`},
		{"the parent is a.exe, b.exe or c.exe", `a.exe parent is | b.exe parent is or | c.exe parent is or`},
		{"rpcacme.exe as parent", `rpcacme.exe parent`},
		{"with --acme in the command line", `--acme command_line contains`},
		{"dbghelp.dll from the folder of Acme Studio", `dbghelp.dll | Acme Studio from <directory> name`},
		{"user agent mentions AcmeBot", `AcmeBot user_agent contains`},
		{"acme.field = x17 and other.field contains y", `x17 .acme.field is | y .other.field contains`},
		{"not when the user is svc_acme", `svc_acme user is not`},
		{"Acme Sync Service runs as svc_acme", `Acme Sync <service> name | svc_acme user`},
		{"the command line starts with /bin/sh /opt/acme/ and ends with .hook", `/bin/sh /opt/acme/ command_line startswith | .hook command_line endswith`},
		{"Any other child should still alert, cmd.exe for one.", ``},
		{"full path, x.exe (an x.exe from anywhere else has to be escalated)", `x.exe process`},
		{"TargetFilename: C:\\Acme\\a.json / Image: C:\\Acme\\a.exe", `C:\Acme\a.json file .TargetFilename is | C:\Acme\a.exe process is`},
		{"empty or missing command line", ` command_line null or empty`},
	} {
		if got := said(Mentions(Scenario{Text: Section{Text: c.text}}, Fields{Named: fields, Used: fields})); got != c.want {
			t.Errorf("{%q, `%s`},\n want %s", c.text, got, c.want)
		}
	}
}
