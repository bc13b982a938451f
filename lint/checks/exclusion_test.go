package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// exclusionsFound runs the family in the profile strict and gives `code severity marked text` of what it finds.
func exclusionsFound(text string) []string {
	engine := lint.Engine{Checks: exclusionChecks, Facts: lint.Facts{Today: testDay, Profile: lint.Strict}, Jobs: 1}
	var out []string
	for _, f := range engine.Files(source.Parse("rule.yml", []byte(text), source.Limits{})).Findings {
		if f.Check.Code != "SIG1019" && f.Check.Code != "SIG1018" { // what the surroundings of the examples have
			out = append(out, fmt.Sprintf("%s %s %s", f.Check.Code[3:], f.Severity, f.File.Text(f.Span)))
		}
	}
	return out
}

func TestExclusions(t *testing.T) {
	const windowsParent = `ParentImage|startswith: 'C:\Windows\System32\'`
	for _, c := range []struct {
		what, lines string
		want        []string
	}{
		{"a directory that only administrators write to, and what runs there", windowsParent + "\nCommandLine|contains: ' /v'", nil},
		{"a prefix that names a protected directory", `ParentImage|startswith: 'C:\Windows'` + "\nUser|contains: 'svc'", []string{`1002 warning 'C:\Windows'`}},
		{"a prefix with a wildcard behind it", `ParentImage: 'C:\Program Files*\Acme\*'` + "\nUser|contains: 'svc'", []string{`1002 warning 'C:\Program Files*\Acme\*'`}},
		{"a short name", `ParentImage|startswith: 'C:\PROGRA~1'` + "\nUser|contains: 'svc'", nil},
		{"a directory beside none", `ParentImage|startswith: 'C:\Win'` + "\nUser|contains: 'svc'", nil},
		{"a system directory below any directory", `ParentImage|contains: '\System32\'` + "\nCommandLine|contains: 'q'", []string{`1003 info '\System32\'`}},
		{"the same beside what an attacker cannot choose", `ParentImage|contains: '\System32\'` + "\nUser: 'NT AUTHORITY\\SYSTEM'", nil},
		{"a device path", `ParentImage|contains: '\Device\HarddiskVolume3\Windows\System32\'` + "\nCommandLine|contains: 'q'", nil},
		{"a profile", `ParentImage|startswith: 'C:\Users\'` + "\nCommandLine|contains: 'q'", []string{`1004 info 'C:\Users\'`}},
		{"a profile, and a product in it: one finding", `ParentImage|startswith: 'C:\Users\'` + "\n" + `ParentImage|endswith: '\Acme\agent.exe'` + "\nCommandLine|contains: 'q'", []string{`1004 info 'C:\Users\'`}},
		{"a writable directory of the system", `ParentImage|startswith: 'C:\Windows\Tasks\'` + "\nCommandLine|contains: 'q'", []string{`1005 warning 'C:\Windows\Tasks\'`}},
		{"three letters", "CommandLine|contains: 'acm'", []string{"1006 warning 'acm'"}},
		{"three letters beside another test", "CommandLine|contains: 'acm'\n" + windowsParent, nil},
		{"four characters", "CommandLine|contains: ' -q '", []string{"1007 info ' -q '"}},
		{"a directory below the root", `ParentImage|startswith: 'C:\Acme\'` + "\nCommandLine|contains: 'q'", []string{`1008 info 'C:\Acme\'`}},
		{"a directory below the root that is the system's", `ParentImage|startswith: 'C:\inetpub\'` + "\nCommandLine|contains: 'q'", nil},
		{"a file name", `ParentImage|endswith: '\agent.exe'` + "\nCommandLine|contains: 'q'", []string{`1009 info '\agent.exe'`}},
		{"two file names: one finding", "ParentImage|endswith:\n    - '\\agent.exe'\n    - '\\other.exe'\nCommandLine|contains: 'q'", []string{`1009 info '\agent.exe'`}},
		{"the program that the rule looks for: no file name of its own", `Image|endswith: '\openfiles.exe'` + "\n" + windowsParent + "\nCommandLine|contains: ' /v'", nil},
		{"the directory of a product", `ParentImage|contains: '\Acme\bin\'` + "\nCommandLine|contains: 'q'", []string{`1010 info '\Acme\bin\'`}},
		{"text of the attacker's choice", "CommandLine|contains: 'acmeagent'", []string{"1011 info CommandLine|contains: 'acmeagent'"}},
		{"the program that the rule looks for, and text", `Image|endswith: '\openfiles.exe'` + "\nCommandLine|contains: 'acmeagent'", []string{"1011 info Image|endswith: '\\openfiles.exe'\n        CommandLine|contains: 'acmeagent'"}},
		{"metadata", "Company: 'Acme'", []string{"1012 info Company: 'Acme'"}},
		{"an account", "User|contains: 'svc_acme'", []string{"1013 info User|contains: 'svc_acme'"}},
		{"a parent", windowsParent, []string{"1014 info " + windowsParent}},
		{"an absent field", "User: null", []string{"1015 info User: null"}},
		{"any drive", `ParentImage|contains: ':\Program Files\Acme\'` + "\nCommandLine|contains: 'q'", []string{`1016 info ':\Program Files\Acme\'`}},
		{"a working directory", `CurrentDirectory: 'C:\Work\'`, []string{`1017 info CurrentDirectory: 'C:\Work\'`}},
		{"every path", `ParentImage|contains: '\'`, []string{`1001 warning '\'`}},
		{"a presence test", "ParentImage: '*'\nCommandLine: '*'", nil},
	} {
		if got := exclusionsFound(excluding(c.lines)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// Whatever a value looks like, its place is found, and no path of it lies outside the value.
func TestThePlaceOfOddValues(t *testing.T) {
	for _, product := range []string{"windows", "linux", "macos"} {
		platform, _ := taxonomy.PlatformOf(product)
		for _, text := range []string{
			"", "*", "?", `\`, "/", ":", `:\`, `C:`, `C:\`, `C:\*`, `*:\`, `?:\Windows*`, `C:\İİİ\`, `*\İ\*`, `*` + "`" + `*`, `C:\Program Files*`, `*:\Program Files*`, `C:\Users\*`, `*\AppData\*`,
			`\\host\share\*`, `*..\*`, `C:\Windows\Temp\*`, `*\Windows\Temp\*`, "/tmp/*", "*/x", "*x*/", "C:\\\xff\\*",
		} {
			pattern := rules.ParsePattern(text)
			v := pathValue{platform: platform, pattern: pattern}
			if len(pattern) == 0 {
				continue
			}
			at := v.unix()
			if platform.Separator == `\` {
				at = v.windows()
			}
			if at.place == soundPlace {
				continue
			}
			prover := logic.NewProver(logic.Options{})
			if a := prover.Implies(logic.Matches("f", at.paths), logic.Matches("f", pattern)); a.Verdict == logic.No {
				t.Errorf("%s %q: %q is at place %d and not covered", product, text, at.paths, at.place)
			}
		}
	}
}

// What an exclusion is comes from the condition.
func TestExclusionsAreWhatTheConditionNegates(t *testing.T) {
	named := excluding("CommandLine|contains: 'acmeagent'")
	positive := strings.Replace(named, "selection and not 1 of filter_main_*", "selection and filter_main_agent", 1)
	if got := exclusionsFound(positive); got != nil {
		t.Errorf("used positively: %q", got)
	}
	other := strings.NewReplacer("filter_main_agent", "agent", "1 of filter_main_*", "agent").Replace(named)
	if got := exclusionsFound(other); len(got) != 1 {
		t.Errorf("another name: %q", got)
	}
	whole := strings.NewReplacer("    condition: selection and not 1 of", "    filter_main_parent:\n        ParentImage: 'C:\\Windows\\explorer.exe'\n    condition: selection and not all of").Replace(named)
	if got := exclusionsFound(whole); got != nil {
		t.Errorf("an exclusion that hides nothing alone: %q", got)
	}
	only := strings.Replace(named, "condition: selection and not 1 of filter_main_*", "condition: not 1 of filter_main_*", 1)
	if got := exclusionsFound(only); got != nil {
		t.Errorf("nothing positive: %q", got)
	}
}

func TestEntriesOfAListAreExclusionsOfTheirOwn(t *testing.T) {
	text := excluding("- CommandLine|contains: 'acmeagent'\n- ParentImage|startswith: 'C:\\Windows\\System32\\'\n  CommandLine|contains: ' /v'\n- Company: 'Acme'")
	want := []string{"1011 info CommandLine|contains: 'acmeagent'", "1012 info Company: 'Acme'"}
	if got := exclusionsFound(text); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExclusionsOfOtherLogsources(t *testing.T) {
	network := strings.NewReplacer("category: process_creation", "category: network_connection", "CommandLine|contains: ' /query'", "Initiated: true").Replace(excluding("DestinationIp|cidr: '0.0.0.0/0'"))
	if got, want := exclusionsFound(network), []string{"1001 warning '0.0.0.0/0'"}; !slices.Equal(got, want) {
		t.Errorf("every address: %q, want %q", got, want)
	}
	linux := func(lines string) string {
		return example(selectLsof + "    filter_main_x:\n        " + lines + "\n    condition: selection and not 1 of filter_main_*\n")
	}
	for lines, want := range map[string][]string{
		"ParentImage|startswith: '/tmp/'":      {"1004 info '/tmp/'"},
		"ParentImage|startswith: '/usr/sbin/'": {"1014 info ParentImage|startswith: '/usr/sbin/'"},
		"ParentImage|endswith: '/monit'":       {"1009 info '/monit'"},
		"ParentImage|contains: '/acme/bin/'":   {"1010 info '/acme/bin/'"},
	} {
		if got := exclusionsFound(linux(lines)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", lines, got, want)
		}
	}
}

// A filter document is a new exclusion: all of the family, and infos are warnings. Its rules are elsewhere.
func TestFilterDocumentsAreLookedAtCloser(t *testing.T) {
	text := filter(strings.Replace(plainFilter, "ParentImage: '/opt/backup/bash'", "CommandLine|contains: 'logrotate'", 1))
	engine := lint.Engine{Checks: recommended(t), All: All(), Reporters: Reporters(), Closer: exclusionChecks, Facts: lint.Facts{Today: testDay}, Jobs: 1}
	var got []string
	for _, f := range engine.Files(source.Parse("filter.yml", []byte(text), source.Limits{})).Findings {
		got = append(got, f.Check.Code+" "+f.Severity.String())
	}
	if want := []string{"SIG1011 warning"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The evidence of a finding is an event that the rule finds without the exclusion, and only without it.
func TestAWitnessIsHiddenByThisExclusionAlone(t *testing.T) {
	text := strings.Replace(excluding("CommandLine|contains: 'acmeagent'"), "    condition:", "    filter_main_other:\n        CommandLine|contains: 'agent'\n    condition:", 1)
	if got := exclusionsFound(text); !slices.Equal(got, []string{"1011 info CommandLine|contains: 'agent'"}) {
		t.Errorf("%q: what the first exclusion hides the second hides as well", got)
	}
}

// Findings and rules on the published rules, profile strict. Measured on SigmaHQ at 8eaafff1f.
var liveExclusions = map[string][2]int{
	"SIG1002": {4, 4}, "SIG1003": {5, 5}, "SIG1004": {40, 33}, "SIG1005": {15, 14}, "SIG1006": {3, 3}, "SIG1007": {29, 27}, "SIG1008": {11, 10},
	"SIG1009": {208, 137}, "SIG1010": {124, 81}, "SIG1011": {251, 172}, "SIG1012": {9, 6}, "SIG1013": {29, 25}, "SIG1014": {47, 30}, "SIG1015": {102, 70},
	"SIG1016": {85, 56}, "SIG1017": {104, 81}, "SIG1018": {535, 402}, "SIG1019": {356, 356}, "SIG1020": {342, 254},
}

// Every fix of a published rule parses, removes its finding, and brings none of the family.
func TestExclusionsOnLiveRules(t *testing.T) {
	var files []*source.File
	for _, f := range corpustest.Open(t).LiveRules(t) {
		files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	engine := lint.Engine{Checks: exclusionChecks, Facts: lint.Facts{Today: testDay, Profile: lint.Strict}}
	result := engine.Files(files...)
	checkMessages(t, result.Findings)
	count, in := map[string]int{}, map[string]map[string]bool{}
	for _, f := range result.Findings {
		if in[f.Check.Code] == nil {
			in[f.Check.Code] = map[string]bool{}
		}
		count[f.Check.Code]++
		in[f.Check.Code][f.File.Path] = true
		if f.Fix != nil {
			holdExclusionFix(t, f)
		}
	}
	for _, c := range exclusionChecks {
		if got := [2]int{count[c.Code], len(in[c.Code])}; got != liveExclusions[c.Code] {
			t.Errorf("%s %s: %v, want %v", c.Code, c.Name, got, liveExclusions[c.Code])
		}
	}
}

func holdExclusionFix(t *testing.T, f lint.Finding) {
	t.Helper()
	data, err := edit.Apply(f.File.Data, f.Fix.Edits)
	if err != nil {
		t.Errorf("%s %s: %v", f.Check.Code, f.File.Path, err)
		return
	}
	alone := lint.Engine{Checks: []*lint.Check{f.Check}, Facts: lint.Facts{Today: testDay, Profile: lint.Strict}, Jobs: 1}
	before := alone.Files(source.Parse(f.File.Path, f.File.Data, source.Limits{})).Findings
	file := source.Parse(f.File.Path, data, source.Limits{})
	after := alone.Files(file).Findings
	documents, problems := rules.Parse(file)
	for _, d := range documents {
		problems = append(problems, d.Base().Problems...)
	}
	line := f.File.Pos(f.Span.Start).Line
	same := slices.ContainsFunc(after, func(g lint.Finding) bool { return g.File.Pos(g.Span.Start).Line == line })
	// Another exclusion may come to light, which this one hid because it hides the same: one for one at most.
	if same || len(after) > len(before) || len(problems) > 0 || len(file.Problems) > 0 {
		t.Errorf("%s %s: %q leaves the finding or has the problems %v:\n%s", f.Check.Code, f.File.Path, f.Fix.Title, problems, edit.Diff("a", "b", f.File.Data, data))
	}
}

// BenchmarkExclusions is the family on the published rules, of the default profile and of the profile strict.
func BenchmarkExclusions(b *testing.B) {
	var files []*source.File
	for _, f := range corpustest.Open(b).LiveRules(b) {
		files = append(files, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	for _, profile := range []lint.Profile{lint.None, lint.Recommended, lint.Strict} {
		var chosen []*lint.Check
		for _, c := range exclusionChecks {
			if c.Profiles&profile != 0 {
				chosen = append(chosen, c)
			}
		}
		b.Run(profile.String(), func(b *testing.B) {
			engine := lint.Engine{Checks: chosen, Facts: lint.Facts{Today: testDay, Profile: profile}, Jobs: 1}
			for b.Loop() {
				engine.Files(files...)
			}
		})
	}
}
