package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/attack"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// ofCheck are the findings of one check on a text, as its marked texts.
func ofCheck(t *testing.T, c *lint.Check, facts lint.Facts, text string) (marked []string, findings []lint.Finding) {
	t.Helper()
	facts.Today = theDay
	engine := lint.Engine{Checks: []*lint.Check{c}, Reporters: Reporters(), Facts: facts, Jobs: 1}
	findings = engine.Files(source.Parse("rule.yml", []byte(text), source.Limits{})).Findings
	checkMessages(t, findings)
	for _, f := range findings {
		marked = append(marked, f.File.Text(f.Span))
	}
	return marked, findings
}

func TestSpellingOfFields(t *testing.T) {
	one := func(field string, n string) string { return spelled(field, "7"+n+"d2b1c0", "Number"+n) }
	for name, c := range map[string]struct {
		fields []string
		want   string
	}{
		"one against two":              {[]string{"user_agent", "user_agent", "User_Agent"}, "User_Agent"},
		"one against one":              {[]string{"user_agent", "User_Agent"}, ""},
		"two against three":            {[]string{"user_agent", "user_agent", "user_agent", "User_Agent", "User_Agent"}, ""},
		"other letters are no case":    {[]string{"user_agent", "user_agent", "userAgent"}, ""},
		"the better of two majorities": {[]string{"user_agent", "user_agent", "User_agent", "User_agent", "User_agent", "user_Agent"}, "user_Agent"},
	} {
		var rules []string
		for i, f := range c.fields {
			rules = append(rules, one(f, string(rune('1'+i))))
		}
		marked, findings := ofCheck(t, spellingCheck, lint.Facts{}, strings.Join(rules, "---\n"))
		if strings.Join(marked, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, marked, c.want)
		}
		if name == "the better of two majorities" && !strings.Contains(findings[0].Help, "User_agent") {
			t.Error(findings[0].Help)
		}
	}
}

func TestSpellingIsComparedWithWhatWasLearned(t *testing.T) {
	key := taxonomy.Key{Product: "aws", Service: "cloudtrail"}
	facts := lint.Facts{Learned: &taxonomy.Learned{Minimum: 1, Logsources: []taxonomy.LearnedLogsource{{Key: key, Rules: 9, Fields: map[string]int{"user_agent": 8, "User_Agent": 1}}}}}
	text := spelled("User_Agent", "71d2b1c0", "One")
	marked, findings := ofCheck(t, spellingCheck, facts, text)
	if len(marked) != 1 || !strings.Contains(findings[0].Message, "8 other rules") {
		t.Fatalf("%q %v", marked, findings)
	}
	if fixed := applyFix(text, findings[0].Fix); !strings.Contains(fixed, "        user_agent:") {
		t.Error(fixed)
	}
}

func TestASuccessorIsLookedForInAllDocuments(t *testing.T) {
	old := strings.Replace(clean, "status: test", "status: deprecated", 1)
	names := func(as string) string {
		return strings.Replace(exampleRule("related:\n    - id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: "+as+"\n", plainSelection), "id: 6f1f7c3e", "id: 7f1f7c3e", 1)
	}
	for text, want := range map[string]int{
		old:                               1,
		clean:                             0,
		old + "---\n" + names("obsolete"): 0,
		old + "---\n" + names("renamed"):  0,
		old + "---\n" + names("similar"):  1,
	} {
		if marked, _ := ofCheck(t, successorCheck, lint.Facts{}, text); len(marked) != want {
			t.Errorf("%d findings, want %d\n%s", len(marked), want, text)
		}
	}
}

func TestVagueTechniques(t *testing.T) {
	for name, c := range map[string]struct {
		tags      []string
		selection string
		want      string
	}{
		"an interpreter":               {[]string{"attack.execution", "attack.t1059"}, "        Image|endswith: '\\powershell.exe'\n", "attack.t1059"},
		"two names of one interpreter": {[]string{"attack.t1059"}, "        - Image|endswith: ['\\powershell.exe', '\\pwsh.exe']\n        - OriginalFileName: 'PowerShell.EXE'\n", "attack.t1059"},
		"two interpreters":             {[]string{"attack.t1059"}, "        Image|endswith: ['\\powershell.exe', '\\cmd.exe']\n", ""},
		"another program too":          {[]string{"attack.t1059"}, "        Image|endswith: ['\\powershell.exe', '\\wmic.exe']\n", ""},
		"a sub-technique is there":     {[]string{"attack.t1059", "attack.t1059.003"}, "        Image|endswith: '\\powershell.exe'\n", ""},
		"a technique without a table":  {[]string{"attack.t1105"}, "        Image|endswith: '\\powershell.exe'\n", ""},
		"the parent says nothing":      {[]string{"attack.t1059"}, "        ParentImage|endswith: '\\powershell.exe'\n", ""},
		"a part of a name":             {[]string{"attack.t1218"}, "        Image|endswith: 'xmshta.exe'\n", ""},
	} {
		text := strings.Replace(onWindows("category: process_creation", c.selection), "    - attack.discovery\n    - attack.t1049\n", "    - "+strings.Join(c.tags, "\n    - ")+"\n", 1)
		marked, findings := ofCheck(t, vagueTechnique, lint.Facts{}, text)
		if strings.Join(marked, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, marked, c.want)
		}
		for _, f := range findings {
			if fixed := applyFix(text, f.Fix); !strings.Contains(fixed, "    - attack.t1059.001\n") {
				t.Error(fixed)
			}
		}
	}
}

func TestTheTableOfSubtechniquesIsOfTheBundledData(t *testing.T) {
	for technique, programs := range subtechniques {
		known := attack.Bundled().Subtechniques(strings.ToUpper(technique))
		for program, digits := range programs {
			if sub := strings.ToUpper(technique) + "." + digits; !strings.Contains(strings.Join(known, " "), sub) || program != strings.ToLower(program) {
				t.Errorf("%s: %s is none of %v", program, sub, known)
			}
		}
	}
}

func TestEnvironmentLiterals(t *testing.T) {
	for value, want := range map[string]bool{
		`C:\Users\mmustermann\Desktop\a.exe`:    true,
		`C:\Users\*\Desktop\a.exe`:              false,
		`C:\Users\Public\a.exe`:                 false,
		`\Users\Contacts\`:                      true,
		`\SAM\SAM\Domains\Account\Users\Names\`: false,
		`C:\Users\%USERNAME%\AppData\`:          false,
		`/home/mmustermann/.ssh/`:               true,
		`/home/*/.ssh/`:                         false,
		`/Users/Shared/`:                        false,
		`192.168.178.23`:                        true,
		`http://10.1.2.3/a`:                     true,
		`10.1.2.0/24`:                           false,
		`10.1.2.0`:                              false,
		`10.1.`:                                 false,
		`198.51.100.7`:                          false,
		`1.10.1.2.3`:                            false,
		`00:11:22:aa:bb:cc`:                     true,
		`00-11-22-AA-BB-CC`:                     true,
		`00:00:00:00:00:00`:                     false,
		`ff:ff:ff:ff:ff:ff`:                     false,
		`2001:db8:00:11:22:33:44:55`:            false,
		`00112233-4455-6677-8899-aabbccddeeff`:  false,
		`aa-bb-cc-dd-ee-ff-00`:                  false,
	} {
		if message, _ := environmentOf(starsAsNUL(value)); (message != "") != want {
			t.Errorf("%s: %q, want %v", value, message, want)
		}
	}
}

func TestAMixedListIsSplitByShape(t *testing.T) {
	for name, c := range map[string]struct{ before, after string }{
		"alone in its map": {
			"    selection:\n        CommandLine:\n            - 'lsof -i'\n            - '*/lsof -i'\n            - '*/lsof -n'\n    condition: selection\n",
			"    selection:\n        - CommandLine: 'lsof -i'\n        - CommandLine|endswith:\n              - '/lsof -i'\n              - '/lsof -n'\n    condition: selection\n",
		},
		"an entry of a list": {
			"    selection:\n        - Image|endswith: '/lsof'\n        - CommandLine:\n              - 'lsof *-i'\n              - '* lsof *'\n    condition: selection\n",
			"    selection:\n        - Image|endswith: '/lsof'\n        - CommandLine: 'lsof *-i'\n        - CommandLine|contains: ' lsof '\n    condition: selection\n",
		},
		"all of them": {
			"    selection:\n        Image|endswith: '/lsof'\n        CommandLine|all:\n            - '* -i*'\n            - '* -n*'\n            - 'lsof*'\n    condition: selection\n",
			"    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains|all:\n            - ' -i'\n            - ' -n'\n        CommandLine|startswith: 'lsof'\n    condition: selection\n",
		},
		"beside another item nothing is offered": {
			"    selection:\n        Image|endswith: '/lsof'\n        CommandLine:\n            - 'lsof -i'\n            - '*/lsof -i'\n    condition: selection\n", "",
		},
		"backslashes stay": {
			"    selection:\n        CommandLine:\n            - 'lsof'\n            - '*\\\\lsof\\\\*'\n    condition: selection\n",
			"    selection:\n        - CommandLine: 'lsof'\n        - CommandLine|contains: '\\\\lsof\\\\'\n    condition: selection\n",
		},
		"a comment stays": {
			"    selection:\n        CommandLine:\n            - 'lsof -i' # listening\n            - '*/lsof -i'\n    condition: selection\n", "",
		},
	} {
		text := example(c.before)
		marked, findings := ofCheck(t, mixedListCheck, lint.Facts{}, text)
		if len(marked) == 0 {
			t.Errorf("%s: quiet", name)
			continue
		}
		if got := findings[0].Fix; c.after == "" && got != nil || c.after != "" && (got == nil || applyFix(text, got) != example(c.after)) {
			t.Errorf("%s: %v", name, got)
			if got != nil {
				t.Log(applyFix(text, got))
			}
		}
	}
	if marked, _ := ofCheck(t, mixedListCheck, lint.Facts{}, selectWith("CommandLine|contains:\n    - 'a*b'\n    - '*c'")); len(marked) > 0 {
		t.Errorf("%q", marked)
	}
}

func TestLearnedLogsourcesAndFields(t *testing.T) {
	learned := &taxonomy.Learned{Minimum: 2, Logsources: []taxonomy.LearnedLogsource{
		{Key: taxonomy.Key{Product: "acme", Category: "door"}, Rules: 5, Fields: map[string]int{"badge_id": 5, "Badge_Id": 1, "door": 3, "colour": 1}},
		{Key: taxonomy.Key{Product: "linux", Category: "process_creation"}, Rules: 5, Overrules: map[string]int{"Container": 3}},
	}}
	door := func(field string) string {
		return strings.Replace(example("    selection:\n        "+field+": 'lsof -i'\n    condition: selection\n"), "    category: process_creation\n    product: linux\n", "    category: door\n    product: acme\n", 1)
	}
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"a learned field":                     {door("badge_id"), ""},
		"one that a single rule uses":         {door("colour"), "SIG0511"},
		"another spelling":                    {door("BADGE_ID"), "SIG0507"},
		"a field over the bundled list":       {changed("        CommandLine|contains", "        Container|contains"), ""},
		"the bundled list holds for the rest": {changed("        CommandLine|contains", "        Containers|contains"), "SIG0508"},
	} {
		engine := lint.Engine{Checks: logsourceChecks, Reporters: Reporters(), Facts: lint.Facts{Today: theDay, Learned: learned}, Jobs: 1}
		var got []string
		for _, f := range engine.Files(source.Parse("rule.yml", []byte(c.text), source.Limits{})).Findings {
			got = append(got, f.Check.Code)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
