package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// breadthOf are the findings of the given checks on a rule, as code and marked text.
func breadthOf(t *testing.T, logsource, detection string, codes ...string) []string {
	t.Helper()
	var chosen []*lint.Check
	for _, c := range All() {
		if slices.Contains(codes, c.Code) {
			chosen = append(chosen, c)
		}
	}
	text := "title: t\nlogsource:\n" + logsource + "detection:\n" + detection
	engine := lint.Engine{Checks: chosen, All: All(), Reporters: Reporters(), Facts: lint.Facts{Today: testDay}, Jobs: 1}
	var out []string
	for _, f := range engine.Files(source.Parse("rule.yml", []byte(text), source.Limits{})).Findings {
		checkMessages(t, []lint.Finding{f})
		out = append(out, f.Check.Code+" "+f.File.Text(f.Span))
	}
	return out
}

const (
	onWindowsProcesses = "    category: process_creation\n    product: windows\n"
	onSecurity         = "    product: windows\n    service: security\n"
	onWindowsFiles     = "    category: file_event\n    product: windows\n"
)

func selecting(lines ...string) string {
	return "    selection:\n        " + strings.Join(lines, "\n        ") + "\n    condition: selection\n"
}

func TestEverydayBranches(t *testing.T) {
	for _, c := range []struct {
		name, logsource, detection, want string
	}{
		{"an event of which the log is full", onSecurity, selecting("EventID: 4624"), "SIG0906 4624"},
		{"one of several", onSecurity, selecting("EventID: [1102, 4688]"), "SIG0906 4688"},
		{"a rare event", onSecurity, selecting("EventID: 1102"), ""},
		{"a test besides the event", onSecurity, selecting("EventID: 4624", "LogonType: 9"), ""},
		{"the provider says the channel", "    product: windows\n    service: system\n", selecting("EventID: 7036", "Provider_Name: 'Service Control Manager'"), "SIG0906 7036"},
		{"the same id of another channel", "    product: windows\n    service: application\n", selecting("EventID: 4624"), ""},
		{"a shell", onWindowsProcesses, selecting(`Image|endswith: '\cmd.exe'`), `SIG0907 '\cmd.exe'`},
		{"shells and their parent", onWindowsProcesses, selecting(`Image|endswith: '\cmd.exe'`, `ParentImage|endswith: '\explorer.exe'`), `SIG0907 '\cmd.exe'`},
		{"a shell where it does not belong", onWindowsProcesses, selecting(`Image|endswith: '\Music\cmd.exe'`), ""},
		{"a shell where it belongs", onWindowsProcesses, selecting(`Image: 'C:\Windows\System32\cmd.exe'`), `SIG0907 'C:\Windows\System32\cmd.exe'`},
		{"another program in the list", onWindowsProcesses, selecting(`Image|endswith: ['\cmd.exe', '\lsof.exe']`), ""},
		{"a command line", onWindowsProcesses, selecting(`Image|endswith: '\cmd.exe'`, `CommandLine|contains: 'x'`), ""},
		{"with an exclusion", onWindowsProcesses, "    selection:\n        Image|endswith: '\\cmd.exe'\n    filter:\n        User: 'x'\n    condition: selection and not filter\n", ""},
		{"an everyday extension among others", onWindowsFiles, selecting("TargetFilename|endswith: ['.tmp', '.lockbit']"), "SIG0908 '.tmp'"},
		{"only rare extensions", onWindowsFiles, selecting("TargetFilename|endswith: '.lockbit'"), ""},
		{"a double extension", onWindowsFiles, selecting("TargetFilename|endswith: '.pdf.exe'"), ""},
		{"the end of a command line", onWindowsProcesses, selecting("CommandLine|endswith: '.exe'"), ""},
		{"temporary files", onWindowsProcesses, selecting(`Image|contains: '\Temp\'`), `SIG0914 '\Temp\'`},
		{"a directory of its own below", onWindowsProcesses, selecting(`Image|contains: '\Temp\Agent\'`), ""},
		{"a file there", onWindowsProcesses, selecting(`Image|endswith: '\Temp\agent.exe'`), ""},
		{"where tasks are kept", onWindowsFiles, selecting(`TargetFilename|contains: '\Windows\System32\Tasks\'`), ""},
	} {
		got := strings.Join(breadthOf(t, c.logsource, c.detection, "SIG0906", "SIG0907", "SIG0908", "SIG0914"), "; ")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLooseValues(t *testing.T) {
	const network = "    category: network_connection\n    product: windows\n"
	for _, c := range []struct {
		name, logsource, detection, want string
	}{
		{"no smaller port", network, selecting(`Image|endswith: '\a.exe'`, "DestinationPort|gte: 0"), "SIG0912 0"},
		{"no larger port", network, selecting(`Image|endswith: '\a.exe'`, "DestinationPort|lte: 65535"), "SIG0912 65535"},
		{"some ports", network, selecting(`Image|endswith: '\a.exe'`, "DestinationPort|gt: 0"), ""},
		{"an unknown number may be negative", network, selecting(`Image|endswith: '\a.exe'`, "Offset|gte: 0"), ""},
		{"a list of limits", network, selecting(`Image|endswith: '\a.exe'`, "DestinationPort|gte: [1024, 4000]"), "SIG0912 DestinationPort|gte: [1024, 4000]"},
		{"in an exclusion it is dead or swallows, which is proved elsewhere", network,
			"    selection:\n        Image|endswith: '\\a.exe'\n    filter:\n        DestinationPort|gte: 0\n    condition: selection and not filter\n", ""},
		{"only unequal", network, selecting("DestinationPort|neq: 443"), "SIG0912 DestinationPort|neq: 443"},
		{"one short value", onWindowsProcesses, selecting("CommandLine|contains: ['longer text one', 'longer text two', 'longer text three', 'iex']"), "SIG0915 'iex'"},
		{"three values have no median", onWindowsProcesses, selecting("CommandLine|contains: ['longer text one', 'longer text two', 'iex']"), ""},
		{"all have to be there", onWindowsProcesses, selecting("CommandLine|contains|all: ['longer text one', 'longer text two', 'longer text three', 'iex']"), ""},
		{"a product alone", "    product: windows\n", selecting("EventID: 1102"), "SIG0913 windows"},
		{"a service", onSecurity, selecting("EventID: 1102"), ""},
		{"short keywords", "    product: linux\n    service: auth\n", "    keywords: ['ssh', 0, 'longer']\n    condition: keywords\n", "SIG0909 'ssh'; SIG0909 0"},
		{"a keyword with others", "    product: linux\n    service: auth\n", "    keywords:\n        '|all': ['ssh', 'longer']\n    condition: keywords\n", ""},
		{"an excluded keyword", "    product: linux\n    service: auth\n", "    selection:\n        a: something\n    keywords: ['ssh']\n    condition: selection and not keywords\n", ""},
		{"all fields are known", onWindowsProcesses, "    keywords: ['mimikatz']\n    condition: keywords\n", "SIG0910 - 'mimikatz'"},
		{"a log of lines", "    category: webserver\n", "    keywords: ['mimikatz']\n    condition: keywords\n", ""},
		{"nobody knows the fields", "    product: linux\n    service: auth\n", "    keywords: ['mimikatz']\n    condition: keywords\n", ""},
		{"carried by what it excludes", onWindowsProcesses, "    selection:\n        CommandLine|contains: 'lsof'\n    filter:\n        ParentImage: 'x'\n    condition: selection and not filter\n", "SIG0917 'lsof'"},
		{"nothing is excluded", onWindowsProcesses, selecting("CommandLine|contains: 'lsof'"), ""},
	} {
		got := strings.Join(breadthOf(t, c.logsource, c.detection, "SIG0909", "SIG0910", "SIG0912", "SIG0913", "SIG0915", "SIG0917"), "; ")
		if c.name == "all fields are known" {
			got = strings.Replace(got, "['mimikatz']", "- 'mimikatz'", 1)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The fix of list-means-or takes dashes away and moves what stood behind them, and touches no other byte.
func TestOneMapping(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{
			"values on the line",
			"    selection:\n        - Image|endswith: '\\a.exe' # the tool\n        -   CommandLine|contains: 'x'\n    condition: selection\n",
			"    selection:\n        Image|endswith: '\\a.exe' # the tool\n        CommandLine|contains: 'x'\n    condition: selection\n",
		},
		{
			"lists below",
			"    selection:\n        - Image|endswith:\n              - '\\a.exe'\n\n              - '\\b.exe'\n        - CommandLine|contains: 'x'\n    condition: selection\n",
			"    selection:\n        Image|endswith:\n            - '\\a.exe'\n\n            - '\\b.exe'\n        CommandLine|contains: 'x'\n    condition: selection\n",
		},
		{"a key twice cannot stand in one mapping", "    selection:\n        - Image: 'a'\n        - Image: 'b'\n        - CommandLine: 'x'\n    condition: selection\n", ""},
		{"flow style", "    selection: [{Image: 'a'}, {CommandLine: 'x'}]\n    condition: selection\n", ""},
		{"the dash on a line of its own", "    selection:\n        -\n            Image: 'a'\n        - CommandLine: 'x'\n    condition: selection\n", ""},
	} {
		text := "title: t\nlogsource:\n" + onWindowsProcesses + "detection:\n" + c.before
		var found *lint.Finding
		for _, f := range lintText("rule.yml", text, All()) {
			if f.Check.Code == "SIG0916" {
				found = &f
			}
		}
		switch {
		case found == nil:
			t.Errorf("%s: not found", c.name)
		case found.Fix == nil:
			if c.after != "" {
				t.Errorf("%s: no fix", c.name)
			}
		default:
			if found.Fix.Safe {
				t.Errorf("%s: the fix changes the rule", c.name)
			}
			after, err := edit.Apply(found.File.Data, found.Fix.Edits)
			if want := strings.Replace(text, c.before, c.after, 1); err != nil || string(after) != want {
				t.Errorf("%s: %v\n%s", c.name, err, after)
			}
		}
	}
}

func TestListsOfOneThing(t *testing.T) {
	for name, list := range map[string]string{
		"a program and its name in the file": "- Image|endswith: '\\a.exe'\n        - OriginalFileName: 'a.exe'",
		"a program and its hash":             "- Image|endswith: '\\a.exe'\n        - Hashes|contains: 'MD5=00000000000000000000000000000000'",
		"two tests in one map":               "- Image|endswith: '\\a.exe'\n          CommandLine: 'x'\n        - CommandLine: 'y'",
		"one field":                          "- CommandLine|contains: 'y'\n        - CommandLine|contains|all: ['x', 'z']",
	} {
		if got := breadthOf(t, onWindowsProcesses, selecting(list), "SIG0916"); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Options move the limits.
func TestLimitsOfEvidenceAreOptions(t *testing.T) {
	for check, option := range map[string]string{"weak-branch": "least-evidence", "exclusion-carried": "least-evidence", "short-keyword": "most-characters", "dominant-value": "most-evidence"} {
		c := lint.Find(All(), check)
		if c == nil || !slices.ContainsFunc(c.Options, func(o lint.Option) bool { return o.Name == option }) {
			t.Errorf("%s has no option %s", check, option)
		}
	}
	text := example("    selection:\n        CommandLine|contains: 'lsof'\n    condition: selection\n")
	count := func(least int) int {
		engine := lint.Engine{Checks: []*lint.Check{lint.Find(All(), "weak-branch")}, Facts: lint.Facts{Options: map[string]map[string]any{"weak-branch": {"least-evidence": least}}}, Jobs: 1}
		return len(engine.Files(source.Parse("rule.yml", []byte(text), source.Limits{})).Findings)
	}
	if count(3) != 0 || count(5) != 1 {
		t.Errorf("below 3: %d, below 5: %d", count(3), count(5))
	}
}
