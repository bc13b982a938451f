package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// seedBase is a clean rule. Every seeded defect is one change of it.
const seedBase = `title: Open File Handles Listed Via OpenFiles.EXE
id: 3d0c9a52-1f6e-4b7a-8c41-5e2f9b7d6a30
status: test
description: Detects the listing of open files and of their owners on this computer or a remote one
references:
    - https://example.org/notes/openfiles
author: A. Nalyst
date: 2026-01-10
modified: 2026-03-02
tags:
    - attack.execution
    - attack.t1059.003
logsource:
    category: process_creation
    product: windows
detection:
    selection_img:
        - Image|endswith: '\openfiles.exe'
        - OriginalFileName: 'openfiles.exe'
    selection_cli:
        CommandLine|contains:
            - ' /query '
            - ' /disconnect '
    filter_main_agent:
        ParentImage|startswith: 'C:\Program Files\Acme Agent\'
    condition: all of selection_* and not 1 of filter_main_*
falsepositives:
    - Administrators of file servers
level: medium
`

// seed is one change of the base rule and what it must give. The rows are those of spec/seeded-defects.md.
type seed struct {
	row    int
	what   string
	old    string // the part of the base rule that changes; empty for changes by hand
	new    string
	text   string   // the whole text, for changes by hand
	codes  []string // one of them has to be new
	at     string   // what that finding marks
	also   []string // may be new as well
	unsaid bool     // the message has no room for what it marks, or marks what surrounds the fault
}

var seeds = []seed{
	{row: 1, what: "an item key twice", old: "        CommandLine|contains:", new: "        CommandLine|contains: ' /v '\n        CommandLine|contains:", codes: []string{"SIG0102"}, at: "CommandLine|contains"},
	{row: 2, what: "an opening bracket before the title", old: "title: ", new: "title: [", codes: []string{"SIG0101"}, at: "[", unsaid: true},
	{row: 3, what: "a tab before the condition", old: "    condition", new: "\tcondition", codes: []string{"SIG0101"}, at: "\t", unsaid: true},
	{row: 4, what: "a word that is a boolean in YAML 1.1", old: "OriginalFileName: 'openfiles.exe'", new: "OriginalFileName: yes", codes: []string{"SIG0110"}, at: "yes", also: []string{"SIG0522"}},
	{row: 5, what: "level with swapped letters", old: "level:", new: "leevl:", codes: []string{"SIG0210"}, at: "leevl", also: []string{"SIG0307"}},
	{row: 6, what: "a relation of a misspelt type", old: "status:", new: "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: simlar\nstatus:", codes: []string{"SIG0214"}, at: "simlar", also: []string{"SIG1304"}},
	{row: 7, what: "no condition", old: "    condition: all of selection_* and not 1 of filter_main_*\n", new: "", codes: []string{"SIG0205"}, at: "detection"},
	{row: 8, what: "references without s", old: "references:", new: "reference:", codes: []string{"SIG0210"}, at: "reference"},
	{row: 9, what: "a status of its own", old: "status: test", new: "status: finished", codes: []string{"SIG0305"}, at: "finished"},
	{row: 10, what: "no such day", old: "date: 2026-01-10", new: "date: 2026/13/45", codes: []string{"SIG0314"}, at: "2026/13/45"},
	{row: 11, what: "a date with slashes", old: "date: 2026-01-10", new: "date: 2026/01/10", codes: []string{"SIG0315"}, at: "2026/01/10"},
	{row: 12, what: "modified in years to come", old: "2026-03-02", new: "2031-03-02", codes: []string{"SIG0316"}, at: "2031-03-02"},
	{row: 13, what: "modified before date", old: "2026-03-02", new: "2025-03-02", codes: []string{"SIG0318"}, at: "2025-03-02"},
	{row: 14, what: "an id of words", old: "3d0c9a52-1f6e-4b7a-8c41-5e2f9b7d6a30", new: "open files by name", codes: []string{"SIG0302"}, at: "open files by name"},
	{row: 15, what: "a time-based id", old: "1f6e-4b7a", new: "1f6e-1b7a", codes: []string{"SIG0304"}, at: "3d0c9a52-1f6e-1b7a-8c41-5e2f9b7d6a30"},
	{row: 16, what: "a reference of two words", old: "https://example.org/notes/openfiles", new: "team notes", codes: []string{"SIG0327"}, at: "team notes"},
	{row: 17, what: "a reference twice", old: "author:", new: "    - https://example.org/notes/openfiles\nauthor:", codes: []string{"SIG0324"}, at: "https://example.org/notes/openfiles"},
	{row: 18, what: "a sub-technique that does not exist", old: "t1059.003", new: "t1059.099", codes: []string{"SIG0404"}, at: "t1059.099", also: []string{"SIG0413", "SIG0412"}},
	{row: 19, what: "a tactic of other techniques", old: "attack.execution", new: "attack.exfiltration", codes: []string{"SIG0410"}, at: "t1059.003", also: []string{"SIG0412"}},
	{row: 20, what: "a tactic with underscore", old: "attack.execution", new: "attack.privilege_escalation", codes: []string{"SIG0407", "SIG0404"}, at: "privilege_escalation", also: []string{"SIG0410", "SIG0412"}},
	{row: 21, what: "a technique with a capital T", old: "attack.t1059", new: "attack.T1059", codes: []string{"SIG0402"}, at: "T"},
	{row: 22, what: "a namespace without one letter", old: "attack.execution", new: "atack.execution", codes: []string{"SIG0403"}, at: "atack", also: []string{"SIG0410"}},
	{row: 23, what: "a tag twice", old: "logsource:", new: "    - attack.t1059.003\nlogsource:", codes: []string{"SIG0416"}, at: "attack.t1059.003"},
	{row: 24, what: "a category without its end", old: "process_creation", new: "process_creat", codes: []string{"SIG0505", "SIG0506"}, at: "process_creat", also: []string{"SIG1417"}},
	{row: 25, what: "a capital product", old: "product: windows", new: "product: Windows", codes: []string{"SIG0503"}, at: "Windows"},
	{
		row: 26, what: "the service sysmon instead of the category", text: strings.NewReplacer("    category: process_creation\n", "", "windows\ndet", "windows\n    service: sysmon\ndet",
			"        CommandLine", "        EventID: 1\n        CommandLine").Replace(seedBase), codes: []string{"SIG0518"}, at: "sysmon", also: []string{"SIG1417", "SIG0511"},
	},
	{row: 27, what: "a field without one letter", old: "        CommandLine", new: "        ComandLine", codes: []string{"SIG0508", "SIG0510"}, at: "ComandLine"},
	{row: 28, what: "the EventID of the category", old: "        CommandLine", new: "        EventID: 1\n        CommandLine", codes: []string{"SIG0515"}, at: "EventID"},
	{row: 29, what: "endswith without one letter", old: "Image|endswith", new: "Image|endswth", codes: []string{"SIG0601"}, at: "endswth"},
	{row: 30, what: "all with one value", old: "Image|endswith", new: "Image|endswith|all", codes: []string{"SIG0605"}, at: "all"},
	{row: 31, what: "all for contains", old: "CommandLine|contains", new: "CommandLine|all", codes: []string{"SIG0606", "SIG0801", "SIG0804"}, at: "CommandLine|all:\n            - ' /query '\n            - ' /disconnect '", unsaid: true},
	{row: 32, what: "stars on both sides", old: ": 'openfiles.exe'", new: ": '*openfiles.exe*'", codes: []string{"SIG0638"}, at: "'*openfiles.exe*'"},
	{row: 33, what: "stars under contains", old: "' /query '", new: "'* /query *'", codes: []string{"SIG0640"}, at: "*"},
	{row: 34, what: "a star behind the last backslash", old: `Acme Agent\'`, new: `Acme Agent\*'`, codes: []string{"SIG0643"}, at: `\*`, also: []string{"SIG0522", "SIG0813"}},
	{row: 35, what: "a file name without separator", old: `'\openfiles.exe'`, new: `'openfiles.exe'`, codes: []string{"SIG0646"}, at: "'openfiles.exe'"},
	{row: 36, what: "two stars in a row", old: "' /query '", new: "' /query ** all '", codes: []string{"SIG0642"}, at: "**"},
	{row: 37, what: "an empty text in a contains list", old: "' /disconnect '", new: "''", codes: []string{"SIG0630"}, at: "''", also: []string{"SIG0809", "SIG0917"}},
	{row: 38, what: "an empty list", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "contains: []", codes: []string{"SIG0633"}, at: "CommandLine|contains: []", unsaid: true},
	{row: 39, what: "the same value twice", old: "' /disconnect '", new: "' /query '", codes: []string{"SIG0634"}, at: "' /query '"},
	{row: 40, what: "the same value in capitals", old: "' /disconnect '", new: "' /QUERY '", codes: []string{"SIG0634"}, at: "' /QUERY '"},
	{row: 41, what: "a number under re", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "re: 4688", codes: []string{"SIG0616"}, at: "4688"},
	{row: 42, what: "a host under cidr", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "cidr: '10.2.3.4/8'", codes: []string{"SIG0651"}, at: "'10.2.3.4/8'", also: []string{"SIG0522"}},
	{row: 43, what: "quoted digits", old: ": 'openfiles.exe'", new: ": '4711'", codes: []string{"SIG0635"}, at: "'4711'"},
	{row: 44, what: "an open group", old: "OriginalFileName: 'openfiles.exe'", new: "OriginalFileName|re: 'open(files|handles'", codes: []string{"SIG0670"}, at: "(files|handles"},
	{row: 45, what: "a lookahead", old: "OriginalFileName: 'openfiles.exe'", new: "OriginalFileName|re: 'open(?!ssl)[a-z]+'", codes: []string{"SIG0671"}, at: "(?!", unsaid: true},
	{row: 46, what: "a file name as regular expression", old: "OriginalFileName: 'openfiles.exe'", new: "OriginalFileName|re: 'openfiles.exe'", codes: []string{"SIG0676"}, at: "."},
	{row: 47, what: "an undefined name", old: "1 of filter_main_*", new: "filter_main_agnts", codes: []string{"SIG0702"}, at: "filter_main_agnts", also: []string{"SIG0704"}},
	{row: 48, what: "one selection for the pattern", old: "all of selection_*", new: "selection_img", codes: []string{"SIG0704"}, at: "selection_cli"},
	{row: 49, what: "AND", old: "* and not", new: "* AND not", codes: []string{"SIG0705", "SIG0701"}, at: "AND"},
	{row: 50, what: "an open parenthesis", old: "condition: all", new: "condition: (all", codes: []string{"SIG0701"}, at: "("},
	{row: 51, what: "a or b and not c", old: "all of selection_* and", new: "selection_img or selection_cli and", codes: []string{"SIG0707"}, at: "selection_cli and not 1 of filter_main_*", unsaid: true},
	{row: 52, what: "1 of a full name", old: "filter_main_*", new: "filter_main_agent", codes: []string{"SIG0708"}, at: "1 of filter_main_agent"},
	{
		row: 53, what: "an identifier that begins with not", text: strings.NewReplacer("filter_main_agent", "notagent", "not 1 of filter_main_*", "not notagent").Replace(seedBase),
		codes: []string{"SIG0717"}, at: "notagent", also: []string{"SIG1423"},
	},
	{row: 54, what: "a value inside another", old: "' /disconnect '", new: "' /query /v '", codes: []string{"SIG0809"}, at: "' /query /v '"},
	{row: 55, what: "an exclusion by one word", old: `ParentImage|startswith: 'C:\Program Files\Acme Agent\'`, new: "CommandLine|contains: 'acmeagent'", codes: []string{"SIG1011", "SIG1017"}, at: "CommandLine|contains: 'acmeagent'"},
	{row: 56, what: "the document again", text: seedBase + "---\n" + seedBase, codes: []string{"SIG1301"}, at: "3d0c9a52-1f6e-4b7a-8c41-5e2f9b7d6a30", also: []string{"SIG1302", "SIG0820"}},
	{row: 57, what: "a relation to nothing", old: "status:", new: "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: derived\nstatus:", codes: []string{"SIG1304"}, at: "7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31"},
	{row: 58, what: "a false positive in lower case", old: "Administrators of", new: "administrators of", codes: []string{"SIG1409"}, at: "administrators of file servers"},
	{row: 59, what: "CRLF", text: strings.ReplaceAll(seedBase, "\n", "\r\n"), codes: []string{"SIG1505"}, at: "\r\n", unsaid: true},
	{row: 60, what: "blanks at the end of a line", old: "level: medium", new: "level: medium  ", codes: []string{"SIG1501"}, at: "  ", unsaid: true},
}

// seeded is the base rule with the change.
func (s seed) seeded(t *testing.T) string {
	t.Helper()
	if s.text != "" {
		return s.text
	}
	if strings.Count(seedBase, s.old) < 1 {
		t.Fatalf("row %d: %q is not in the base rule", s.row, s.old)
	}
	return strings.Replace(seedBase, s.old, s.new, 1)
}

// lintAlone lints a text as the only file of a tree, with every check.
func lintAlone(text string) []lint.Finding {
	engine := lint.Engine{Checks: All(), Reporters: Reporters(), Facts: lint.Facts{Today: testDay, Complete: true}, Jobs: 1}
	return engine.Files(source.Parse(seedPath(text), []byte(text), source.Limits{})).Findings
}

// seedPath is the name of the file, by convention.
func seedPath(text string) string {
	if strings.Contains(text, "category: proxy") {
		return "proxy_openfiles.yml"
	}
	return "proc_creation_win_openfiles.yml"
}

func TestTheBaseRuleIsSilent(t *testing.T) {
	for _, f := range lintAlone(seedBase) {
		if f.Severity > lint.Info || f.Check.Profiles&(lint.Recommended|lint.SigmaHQ) != 0 {
			t.Errorf("%q", show([]lint.Finding{f}))
		}
	}
}

// fresh are the findings whose code the base rule does not give.
func fresh(text string) []lint.Finding {
	known := map[string]bool{}
	for _, f := range lintAlone(seedBase) {
		known[f.Check.Code] = true
	}
	return slices.DeleteFunc(lintAlone(text), func(f lint.Finding) bool { return known[f.Check.Code] })
}

func TestSeededDefects(t *testing.T) {
	for _, s := range seeds {
		t.Run(fmt.Sprintf("%02d %s", s.row, s.what), func(t *testing.T) {
			text := s.seeded(t)
			hit := false
			for _, f := range fresh(text) {
				switch {
				case slices.Contains(s.codes, f.Check.Code):
					if !hit {
						s.checkHit(t, f)
					}
					hit = true
				case f.Severity > lint.Info && !slices.Contains(s.also, f.Check.Code):
					t.Errorf("also %q", show([]lint.Finding{f}))
				}
			}
			if !hit {
				t.Errorf("none of %v: %q", s.codes, show(fresh(text)))
			}
		})
	}
}

func (s seed) checkHit(t *testing.T, f lint.Finding) {
	t.Helper()
	at := f.File.Text(f.Span)
	if at != s.at {
		t.Errorf("marks %q, want %q: %s", at, s.at, f.Message)
	}
	if quoted := source.Shorten(strings.Trim(at, "'")); !s.unsaid && !strings.Contains(f.Message, quoted) {
		t.Errorf("the message does not quote %q: %s", quoted, f.Message)
	}
	if f.Help == "" {
		t.Errorf("no help: %s", f.Message)
	}
	if f.Fix == nil || !f.Fix.Safe {
		return
	}
	fixed := applyFix(string(f.File.Data), f.Fix)
	for _, again := range fresh(fixed) {
		if again.Check == f.Check || again.Severity > lint.Info {
			t.Errorf("after the safe fix %q: %q", f.Fix.Title, show([]lint.Finding{again}))
		}
	}
}

// lookalikes are changes that are no defects. They give no new error or warning, and not the code that they tempt.
var lookalikes = []struct {
	what, old, new, text string
	tempted              string
}{
	{what: "two expressions that one text can meet", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "re|all:\n            - ' /query'\n            - 'open[a-z]+'", tempted: "SIG0606"},
	{what: "a suffix of the other suffix", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "endswith|all:\n            - ' /query /v'\n            - '/v'", tempted: "SIG0606"},
	{what: "keywords under all", old: "        CommandLine|contains:", new: "        '|all':", tempted: "SIG0606"},
	{what: "a pattern with a star inside", text: strings.NewReplacer("selection_img", "selection_a_x", "selection_cli", "selection_b_x", "all of selection_*", "1 of selection*_x").Replace(seedBase), tempted: "SIG0708"},
	{what: "an identifier named anthem", text: strings.NewReplacer("filter_main_agent", "anthem", "1 of filter_main_*", "anthem", "all of selection_*", "1 of selection*").Replace(seedBase), tempted: "SIG0709"},
	{what: "separator plus wildcard", old: `Acme Agent\'`, new: `Acme Agent\\*'`, tempted: "SIG0643"},
	{what: "a literal star in a script", old: "' /disconnect '", new: `' -Filter \*'`, tempted: "SIG0643"},
	{what: "a UNC path", old: `'C:\Program Files\Acme Agent\'`, new: `'\\\\fileserver\tools\'`, tempted: "SIG0644"},
	{what: "an empty field as exclusion", old: `ParentImage|startswith: 'C:\Program Files\Acme Agent\'`, new: "ParentCommandLine: ''", tempted: "SIG0630"},
	{what: "an absent field as exclusion", old: `ParentImage|startswith: 'C:\Program Files\Acme Agent\'`, new: "ParentCommandLine: null", tempted: "SIG0630"},
	{what: "encoded values that differ by case", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "base64offset|contains:\n            - 'Openfiles'\n            - 'openfiles'", tempted: "SIG0634"},
	{what: "a value of one no-break space", old: "' /disconnect '", new: "'\u00a0'", tempted: "SIG0107"},
	{what: "an emoji with joiner", old: "' /disconnect '", new: "'\U0001F468\u200d\U0001F4BB'", tempted: "SIG0107"},
	{what: "quoted dates", text: strings.NewReplacer("2026-01-10", "'2026-01-10'", "2026-03-02", "'2026-03-02'").Replace(seedBase), tempted: "SIG0111"},
	{what: "regression tests", old: "level:", new: "regression_tests_path: tests/openfiles\nlevel:", tempted: "SIG0210"},
	{what: "a custom map named data", old: "level:", new: "data:\n    owner: soc\nlevel:", tempted: "SIG0210"},
	{what: "Unknown", old: "Administrators of file servers", new: "Unknown", tempted: "SIG1410"},
	{what: "a false positive that begins with None", old: "Administrators of file servers", new: "None of the known tools does this", tempted: "SIG1410"},
	{what: "an obsolete rule that is gone", old: "status:", new: "related:\n    - id: 7b2c9a52-1f6e-4b7a-8c41-5e2f9b7d6a31\n      type: obsolete\nstatus:", tempted: "SIG1304"},
	{what: "an artifact with capitals", old: "logsource:", new: "    - d3fend.d3f-WindowsNtOpenFile\nlogsource:", tempted: "SIG0401"},
	{
		what: "sysmon's own events", text: strings.NewReplacer("    category: process_creation\n", "", "windows\ndet", "windows\n    service: sysmon\ndet",
			"        CommandLine", "        EventID: 16\n        CommandLine").Replace(seedBase), tempted: "SIG0518",
	},
	{what: "values of which none holds the other", old: "' /query '\n            - ' /disconnect '", new: "'.doc'\n            - '.dot'", tempted: "SIG0809"},
	{what: "an exclusion of one of two names below a protected directory", old: "        ParentImage|", new: "        Image|endswith: '\\openfiles.exe'\n        ParentImage|", tempted: "SIG0817"},
	{what: "an exclusion that repeats an item", old: "        ParentImage|", new: "        CommandLine|contains: ' /query '\n        ParentImage|", tempted: "SIG0813"},
	{what: "or alone", old: "all of selection_* and not 1 of filter_main_*", new: "selection_img or selection_cli or filter_main_agent", tempted: "SIG0707"},
	{what: "and alone", old: "all of selection_* and", new: "selection_img and selection_cli and", tempted: "SIG0707"},
	{what: "not all of one", old: "not 1 of", new: "not all of", tempted: "SIG0712"},
	{what: "a flag at the start and a dot in a class", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "re:\n            - '(?i)openfiles /query'\n            - '[a-z0-9.]+@'", tempted: "SIG0676"},
	{what: "nested repetition that is bounded", old: "contains:\n            - ' /query '\n            - ' /disconnect '", new: "re: '(?:[a-z0-9-]+\\.){2}x'", tempted: "SIG0673"},
	{
		what: "no exclusion", text: strings.NewReplacer("    filter_main_agent:\n        ParentImage|startswith: 'C:\\Program Files\\Acme Agent\\'\n", "", " and not 1 of filter_main_*", "").Replace(seedBase),
		tempted: "SIG0917",
	},
	{what: "comments", text: strings.NewReplacer("level: medium", "level: medium # --- as agreed", "' /disconnect '", "' # /disconnect '").Replace(seedBase), tempted: "SIG0114"},
	{
		what: "a second document of its own",
		text: seedBase + "---\n" + strings.NewReplacer("3d0c9a52", "4d0c9a52", "Open File Handles", "Remote Handles", " /query ", " /local ").Replace(seedBase), tempted: "SIG1301",
	},
}

func TestLookalikesStayQuiet(t *testing.T) {
	for _, l := range lookalikes {
		t.Run(l.what, func(t *testing.T) {
			text := seed{what: l.what, old: l.old, new: l.new, text: l.text}.seeded(t)
			if text == seedBase {
				t.Fatal("nothing changed")
			}
			for _, f := range fresh(text) {
				if f.Severity > lint.Info || f.Check.Code == l.tempted {
					t.Errorf("%q", show([]lint.Finding{f}))
				}
			}
		})
	}
}

// Quoted digits in a user agent, a technique beyond the bundled data, a group, a campaign and an asset are at most infos.
func TestLookalikesThatAreAtMostAnInfo(t *testing.T) {
	agent := strings.NewReplacer("    category: process_creation\n    product: windows\n", "    category: proxy\n",
		seedBase[strings.Index(seedBase, "    selection_img:"):strings.Index(seedBase, "falsepositives")],
		"    selection:\n        c-useragent: '1337'\n    condition: selection\n").Replace(seedBase)
	newer := strings.Replace(seedBase, "logsource:", "    - attack.t9123\nlogsource:", 1)
	others := strings.Replace(seedBase, "logsource:", "    - attack.g0016\n    - attack.c0001\n    - attack.a0001\nlogsource:", 1)
	for _, text := range []string{agent, newer, others} {
		for _, f := range fresh(text) {
			if f.Severity > lint.Info {
				t.Errorf("%q", show([]lint.Finding{f}))
			}
		}
	}
}

// Slips of the same kinds that the table does not list: each is one error or warning.
func TestOneSlipIsOneFinding(t *testing.T) {
	for _, s := range []struct{ old, new, want string }{
		{"detection:", "detections:", "SIG0201 detections"},
		{"falsepositives:", "falsepositive:", "SIG0210 falsepositive"},
		{"conditi", "conditt", "SIG0205 detection"},
		{"product: windows", "product: windwos", "SIG0505 windwos"},
		{"date: 2026-01-10", "date: 10.01.2026", "SIG0314 10.01.2026"},
		{"level: medium", "level: Medium", "SIG0306 Medium"},
		{"level: medium", "level: hihg", "SIG0306 hihg"},
		{"attack.t1059.003", "attack.t1059003", "SIG0401 t1059003"},
		{"Image|endswith", "image|endswith", "SIG0507 image"},
		{"Image|endswith", "Image |endswith", "SIG0513 Image "},
		{"Image|endswith", "Image|Endswith", "SIG0601 Endswith"},
		{"CommandLine|contains:", "CommandLine|contains|startswith:", "SIG0603 startswith"},
		{"CommandLine|contains:", "CommandLine|base64offset:", "SIG0607 base64offset"},
		{"- ' /query '", "- ' /query '\n            - null", "SIG0632 null"},
		{"- ' /query '", "- ' /query '\n            -", "SIG0632 -"},
		{"' /query '", "*", "SIG0101 *"},
		{"all of selection_*", "al of selection_*", "SIG0701 al"},
		{"all of selection_*", "all selection_*", "SIG0701 all"},
		{"and not 1", "&& not 1", "SIG0701 &&"},
		{"and not 1", "not 1", "SIG0701 not"},
		{"selection_cli:", "selection_img:", "SIG0102 selection_img"},
		{"selection_cli:", "selection_cli|all:", "SIG0217 selection_cli|all"},
		{`'C:\Program Files`, `' C:\Program Files`, `SIG0522 ' C:\Program Files\Acme Agent\'`},
		{`C:\Program Files\Acme Agent\`, `C:/Program Files/Acme Agent/`, `SIG0522 'C:/Program Files/Acme Agent/'`},
		{": 'openfiles.exe'", `: '\openfiles.exe'`, `SIG0522 '\openfiles.exe'`},
		{`ParentImage|startswith: '`, `ParentImage|startswith:'`, `SIG0220 ParentImage|startswith:'C:\Program Files\Acme Agent\'`},
		{"ParentImage|startswith:", "ParentImage|cidr:", `SIG0650 'C:\Program Files\Acme Agent\'`},
		{"    - Administrators of file servers", "    Administrators of file servers", "SIG0208 Administrators of file servers"},
		{"    category: process_creation\n    product: windows\n", "    definition: any\n", "SIG0501 logsource"},
	} {
		var got []string
		for _, f := range fresh(seed{old: s.old, new: s.new}.seeded(t)) {
			if f.Severity > lint.Info {
				got = append(got, f.Check.Code+" "+f.File.Text(f.Span))
			}
		}
		if strings.Join(got, "; ") != s.want {
			t.Errorf("%q: %q, want %q", s.new, got, s.want)
		}
	}
}
