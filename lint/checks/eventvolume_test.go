package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// recorded are 10,000 new processes, most of them service hosts.
func recorded() string {
	var b strings.Builder
	for k := range 10000 {
		switch {
		case k%1000 == 7:
			fmt.Fprintf(&b, `{"Image": "C:\\Windows\\System32\\net.exe", "CommandLine": "net use x: \\\\files\\%d", "ParentImage": "C:\\Windows\\System32\\cmd.exe", "User": "u%d"}`+"\n", k, k)
		case k%20 == 0:
			fmt.Fprintf(&b, `{"Image": "C:\\Windows\\System32\\svchost.exe", "CommandLine": "svchost.exe -k netsvcs %d", "User": "SYSTEM"}`+"\n", k)
		default:
			fmt.Fprintf(&b, `{"Image": "C:\\Windows\\System32\\conhost.exe", "CommandLine": "conhost.exe %d", "User": "u"}`+"\n", k)
		}
	}
	return b.String()
}

func TestRulesThatFireAllTheTimeOnRecordedEvents(t *testing.T) {
	events := recorded()
	for _, c := range []struct {
		name, detection, want string
	}{
		{"a part of many words", selecting(`CommandLine|contains: ['group', 'net']`), "`selection` matched 5.1 % of 10,000 events, carried by `'net'` 'net'"},
		{"the weakest of several branches", "    selection:\n        Image|endswith: '\\lsof.exe'\n    other:\n        CommandLine|contains: 'net'\n    condition: selection or other\n", "`other` matched 5.1 % of 10,000 events, carried by `'net'` 'net'"},
		{"one event in a thousand", selecting(`Image|endswith: '\net.exe'`), `` + "`selection` matched 0.10 % of 10,000 events, carried by `'\\net.exe'` '\\net.exe'"},
		{"many bits, and it happens", selecting(`Image|endswith: '\net.exe'`, `CommandLine|contains: ' use '`, `ParentImage|endswith: '\cmd.exe'`), ""},
		{"excluded", "    selection:\n        CommandLine|contains: 'net'\n    filter:\n        User: 'SYSTEM'\n    filter_net:\n        Image|endswith: '\\net.exe'\n    condition: selection and not 1 of filter*\n", ""},
		{"it never fires", selecting(`Image|endswith: '\lsof.exe'`), ""},
		{"it fires four times", selecting(`CommandLine|contains: ['\files\7', '\files\1007', '\files\2007', '\files\3007']`), ""},
		{"an exclusion alone is told by another check", "    filter:\n        User: 'u'\n    condition: not filter\n", ""},
	} {
		text := "title: t\nlogsource:\n" + onWindowsProcesses + "detection:\n" + c.detection
		file := source.Parse("rule.yml", []byte(text), source.Limits{})
		documents, _ := rules.Parse(file)
		rule := documents[0].(*rules.Rule)
		baseline, err := volume.Read(strings.NewReader(events), "events", []volume.Rule{{Rule: rule, Branches: Branches(rule)}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		engine := lint.Engine{Checks: volumeChecks, All: All(), Facts: lint.Facts{Events: baseline}, Jobs: 1}
		var got []string
		for _, f := range engine.Files(file).Findings {
			checkMessages(t, []lint.Finding{f})
			got = append(got, f.Message+" "+f.File.Text(f.Span))
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWithoutEventsNothingIsBroad(t *testing.T) {
	if got := run(t, volumeChecks, example("    selection:\n        CommandLine|contains: 'a'\n    condition: selection\n")); len(got) > 0 {
		t.Errorf("%d findings", len(got))
	}
}

func TestSpecificityInWords(t *testing.T) {
	for _, c := range []struct{ detection, want string }{
		{selecting(`Image|endswith: '\svchost.exe'`), "about 2 bits; carried by `Image|endswith: '\\svchost.exe'` in `selection`"},
		{"    a:\n        Image|endswith: '\\svchost.exe'\n    b:\n        CommandLine|contains: 'administrators /domain'\n    condition: a or b\n",
			"about 2 bits; the weakest of 2 branches is carried by `Image|endswith: '\\svchost.exe'` in `a`"},
		{"    a:\n        Image|endswith: '\\svchost.exe'\n    b:\n        User: 'x'\n    condition: a or not b\n", ""},
		{"    a:\n        User: 'x'\n    condition: not a\n", ""},
	} {
		documents, _ := rules.Parse(source.Parse("rule.yml", []byte("title: t\nlogsource:\n"+onWindowsProcesses+"detection:\n"+c.detection), source.Limits{}))
		s, ok := SpecificityOf(documents[0].(*rules.Rule))
		if got := ""; ok {
			got = s.Words()
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		} else if c.want != "" {
			t.Errorf("nothing, want %q", c.want)
		}
	}
}
