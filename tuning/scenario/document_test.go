package scenario

import (
	"strings"
	"testing"
)

// page is a document in the style of the hunt pages, in our own words, its rule's indentation lost.
const page = `Intruders list mounted volumes to find data. Hunt for it.
Detection Rule
title: Volume Listing
id: 11111111-2222-4333-8444-555555555555
description: |
Detects tools that list volumes,
scenario tools included
logsource:
category: process_creation
product: linux
detection:
selection:
Image|endswith:
# common tools
- '/lsblk'
- '/blkid'
condition: selection
falsepositives:
- Storage administration
- 'Inventory agents: nightly'
level: low
imProcessCreate
| where TargetProcessName endswith "/lsblk" or TargetProcessName endswith "/blkid"
Scenario: Storage daemon calls lsblk.
Filter/Exclusion: Exclude lsblk when the parent process is /usr/libexec/udisks2/udisksd.
Scenario: Engineers check a volume.
Description: Happens
after each change.
Filter/Exclusion: Exclude processes where the command line includes
blkid and the user is in the storage group.
Scenario: Inventory.
Filter/Exclusion: Exclude processes run by the inventory agent and the`

func TestReadPage(t *testing.T) {
	for _, variant := range []struct{ name, text string }{
		{"as it is", page},
		{"with CRLF", strings.ReplaceAll(page, "\n", "\r\n")},
		{"with a byte order mark", "\uFEFF" + page},
	} {
		t.Run(variant.name, func(t *testing.T) {
			d := Read(variant.text)
			if !strings.HasPrefix(d.Hypothesis.Text, "Intruders") || !strings.HasSuffix(d.Hypothesis.Text, "Hunt for it.") {
				t.Errorf("hypothesis %q", d.Hypothesis.Text)
			}
			if !strings.HasPrefix(d.Rule.Text, "title:") || !strings.HasSuffix(d.Rule.Text, "level: low") {
				t.Errorf("rule %q", d.Rule.Text)
			}
			if d.Query.Language != KQL || !strings.HasPrefix(d.Query.Text, "imProcessCreate") || !strings.HasSuffix(d.Query.Text, `"/blkid"`) {
				t.Errorf("query %q in %q", d.Query.Text, d.Query.Language)
			}
			if len(d.Scenarios) != 3 {
				t.Fatalf("%d scenarios", len(d.Scenarios))
			}
			if got := strings.Join(strings.Fields(d.Scenarios[1].Exclusion.Text), " "); got != "Exclude processes where the command line includes blkid and the user is in the storage group." {
				t.Errorf("continuation lines: %q", got)
			}
			if !d.Cut || !d.Scenarios[2].Cut || d.Scenarios[1].Cut {
				t.Errorf("cut %v, last %v", d.Cut, d.Scenarios[2].Cut)
			}
			if got := brief(Extract(d.Scenarios[0], KindProcess).Groups); got != "unstated is [lsblk] & parent is [/usr/libexec/udisks2/udisksd]" {
				t.Errorf("extraction %s", got)
			}
			if x := Extract(d.Scenarios[2], KindProcess); len(x.Groups) != 0 || !x.Cut {
				t.Errorf("a cut sentence was read: %s", brief(x.Groups))
			}
			if len(d.FalsePositives) != 2 || d.FalsePositives[1].Text.Text != "Inventory agents: nightly" {
				t.Errorf("falsepositives %v", d.FalsePositives)
			}
			checkSpans(t, variant.text, d)
		})
	}
}

func TestReadForms(t *testing.T) {
	const rule = "title: Volume Listing\nlogsource:\n    product: linux\ndetection:\n    sel:\n        Image: /x\n    condition: sel\nlevel: low\n"
	for _, c := range []struct {
		name, text              string
		rule, query             bool
		scenarios, exclusions   int
		firstText, firstExclude string
	}{
		{"pairs alone", "Scenario: A runs.\nFilter/Exclusion: Exclude a.exe.\nScenario: B runs.\nFilter/Exclusion: Exclude b.exe.\n", false, false, 2, 2, "A runs.", "Exclude a.exe."},
		{"a pair on one line", "Scenario: A runs. Filter/Exclusion: Exclude a.exe.", false, false, 1, 1, "A runs.", "Exclude a.exe."},
		{"Markdown bullets", "## Known false positives\n\n- **Scenario 1:** A runs.\n  - **Filter/Exclusion:** Exclude a.exe.\n- **Scenario 2:** B runs.\n  - **Filter/Exclusion:** Exclude b.exe.\n", false, false, 2, 2, "A runs.", "Exclude a.exe."},
		{"Markdown headings and fences", "# Hunt\nProse.\n\n## Detection Rule\n```yaml\n" + rule + "```\n\n## KQL Query\n```kql\nDeviceProcessEvents\n| where FileName == \"x\"\n```\n\n### Scenario: A runs.\nFilter: Exclude a.exe.\n", true, true, 1, 1, "A runs.", "Exclude a.exe."},
		{"a rule alone", rule, true, false, 0, 0, "", ""},
		{"a rule with falsepositives", rule + "falsepositives:\n    - Backups\n", true, false, 0, 0, "", ""},
		{"one sentence", "exclude processes where the user is svc-acme", false, false, 1, 1, "", "exclude processes where the user is svc-acme"},
		{"one note", "FP with acmed.exe", false, false, 1, 0, "FP with acmed.exe", ""},
		{"two paragraphs", "acmed starts lsblk\n\nudisksd starts blkid\n", false, false, 2, 0, "acmed starts lsblk", ""},
		{"our own YAML", "scenarios:\n  - text: A runs.\n    exclude: Exclude a.exe.\n  - text: B runs.\n    exclude: Exclude b.exe.\n", false, false, 2, 2, "A runs.", "Exclude a.exe."},
		{"an announced Splunk query", "Splunk query\nindex=linux process=lsblk\n| stats count\n\nScenario: A runs.\nFilter/Exclusion: Exclude a.exe.\n", false, true, 1, 1, "A runs.", "Exclude a.exe."},
		{"nothing", "", false, false, 0, 0, "", ""},
		{"blank lines", "\r\n\n \t\n", false, false, 0, 0, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Read(c.text)
			exclusions := 0
			for _, s := range d.Scenarios {
				if !s.Exclusion.Empty() {
					exclusions++
				}
			}
			if d.Rule.Empty() == c.rule || d.Query.Empty() == c.query || len(d.Scenarios) != c.scenarios || exclusions != c.exclusions {
				t.Fatalf("rule %q, query %q, scenarios %+v", d.Rule.Text, d.Query.Text, d.Scenarios)
			}
			if c.scenarios > 0 && (d.Scenarios[0].Text.Text != c.firstText || d.Scenarios[0].Exclusion.Text != c.firstExclude) {
				t.Errorf("first scenario %q / %q", d.Scenarios[0].Text.Text, d.Scenarios[0].Exclusion.Text)
			}
			if d.Cut {
				t.Error("taken for cut")
			}
			checkSpans(t, c.text, d)
		})
	}
}

func TestCut(t *testing.T) {
	const before = "Scenario: A runs.\nFilter/Exclusion: Exclude a.exe.\nScenario: B runs.\nFilter/Exclusion: "
	for text, want := range map[string]bool{
		before + "Exclude processes where the user is part of":       true,
		before + "Exclude processes where the command line includes": true,
		before + "Exclude processes run by the inventory agent":      true,
		before + "Exclude processes run by acmed (e.g., ":            true,
		before + "Exclude b.exe.":                                    false,
		before + `process.name == "b.exe"`:                           false,
		before + "process.name = b":                                  false,
		before + "Exclude ranges (e.g., src_ip IN (10.0.0.0/8))":     false,
		"exclude processes where the user is svc":                    false,
		"exclude processes where the user is svc and":                true,
	} {
		if got := Read(text).Cut; got != want {
			t.Errorf("cut %v, want %v: %q", got, want, text[max(0, len(text)-60):])
		}
	}
}

// checkSpans: every section is the text at its span.
func checkSpans(t *testing.T, text string, d Document) {
	t.Helper()
	check := func(s Section) {
		if s.Span.Start < 0 || s.Span.End > len(text) || s.Span.Start > s.Span.End || text[s.Span.Start:s.Span.End] != s.Text {
			t.Fatalf("section %q is not at %v", s.Text, s.Span)
		}
	}
	check(d.Hypothesis)
	check(d.Rule)
	check(d.Query.Section)
	for _, s := range append(append([]Scenario{}, d.Scenarios...), d.FalsePositives...) {
		check(s.Text)
		check(s.Description)
		check(s.Exclusion)
		checkExtraction(t, text, Extract(s, KindProcess))
	}
}

// checkExtraction: values and phrases are the text at their spans.
func checkExtraction(t *testing.T, text string, x Extraction) {
	t.Helper()
	at := func(what string, s Span, want string) {
		if s.Start < 0 || s.End > len(text) || s.Start > s.End || text[s.Start:s.End] != want {
			t.Fatalf("%s %q is not at %v", what, want, s)
		}
	}
	readings := [][][]Condition{x.Groups}
	for _, a := range x.Ambiguities {
		readings = append(readings, a.Groups)
	}
	for _, groups := range readings {
		for _, g := range groups {
			for _, c := range g {
				if c.Phrase != "" {
					at("phrase", c.Span, c.Phrase)
				}
				for _, v := range append(append([]Value{}, c.Values...), c.Suggested...) {
					at("value", v.Span, v.Text)
					if v.Text == "" {
						t.Fatal("empty value")
					}
				}
			}
		}
	}
	for _, a := range x.Advice {
		at("advice", a.Span, a.Text)
	}
	for _, a := range x.Activity.Actors {
		at("actor", a.Span, a.Name)
	}
	for _, v := range x.Activity.Tools {
		at("tool", v.Span, v.Text)
	}
	for _, n := range x.Notes {
		if n.Span.Start < 0 || n.Span.End > len(text) || n.Span.Start > n.Span.End {
			t.Fatalf("note %s at %v", n.Code, n.Span)
		}
	}
}

// A message without labels is about one thing, however many paragraphs it has; labelled scenarios are as many as there are labels.
func TestMessageIsOneScenarioUnlessLabelled(t *testing.T) {
	for text, want := range map[string]int{
		"the backup agent does it\n\nit runs every night":                                                                1,
		"- the agent of Acme\n- below /opt/acme":                                                                         1,
		"Scenario: ss by monit\nScenario: lsof by root":                                                                  2,
		"Scenario: ss\nExclusion: Exclude ss where the parent is monit\nScenario: lsof\nExclusion: Exclude lsof by root": 2,
		"monit runs netstat": 1,
	} {
		if got := len(Message(text)); got != want {
			t.Errorf("%q: %d scenarios, not %d", text, got, want)
		}
	}
}
