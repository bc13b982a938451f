package checks

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema"
	"github.com/sigtune/sigtune/schema/attack"
)

// documentFamilies are the families of which one document decides, but for detection items and conditions.
var documentFamilies = [][]*lint.Check{structureChecks, metadataChecks, tagChecks, logsourceChecks, correlationChecks, filterChecks}

// theDay of every test run.
var theDay = time.Date(2026, 8, 6, 12, 0, 0, 0, time.UTC)

// lintText runs all checks over one text.
func lintText(path, text string, checks []*lint.Check) []lint.Finding {
	engine := lint.Engine{Checks: checks, Reporters: Reporters(), Facts: lint.Facts{Today: theDay}, Jobs: 1}
	return engine.Files(source.Parse(path, []byte(text), source.Limits{})).Findings
}

// show writes findings as `code severity message`.
func show(findings []lint.Finding) []string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, f.Check.Code+" "+f.Severity.String()+" "+f.File.Text(f.Span)+": "+f.Message+" | "+f.Help)
	}
	return lines
}

func named(findings []lint.Finding, name string) []lint.Finding {
	var out []lint.Finding
	for _, f := range findings {
		if f.Check.Name == name {
			out = append(out, f)
		}
	}
	return out
}

func TestEveryKindOfTheReportersHasACheck(t *testing.T) {
	have := map[string]bool{}
	for _, c := range All() {
		have[c.Name] = true
	}
	kinds := schema.Kinds()
	for _, p := range attack.Problems {
		kinds = append(kinds, string(p))
	}
	kinds = append(kinds, unknownLogsourceKey, misspeltLogsource, unknownLogsource, fieldCase, misspeltField, fieldElsewhere,
		unknownField, unobservedField, fieldWhitespace, malformedField)
	for _, kind := range kinds {
		if !have[kind] {
			t.Errorf("no check is named %s, so its problems are lost", kind)
		}
	}
}

func TestTheBadExampleOfACheckYieldsItAndTheGoodOneIsClean(t *testing.T) {
	recommended, err := lint.Selection{Profile: lint.Recommended}.Apply(All())
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range documentFamilies {
		for _, c := range family {
			if c.Doc.Bad == "" {
				continue // it depends on the path
			}
			t.Run(c.Name, func(t *testing.T) {
				chosen := recommended
				if c.Profiles&lint.Recommended == 0 {
					chosen = append([]*lint.Check{c}, recommended...)
				}
				found := lintText("rules/linux/proc_creation_lnx_example.yml", c.Doc.Bad, chosen)
				if len(named(found, c.Name)) == 0 {
					t.Errorf("the bad example does not yield the check: %q", show(found))
				}
				for _, f := range found {
					if f.Check != c && f.Severity != lint.Info {
						t.Errorf("the bad example also yields %q", show([]lint.Finding{f}))
					}
				}
				if found := lintText("rules/linux/proc_creation_lnx_example.yml", c.Doc.Good, chosen); len(found) > 0 {
					t.Errorf("the good example yields %q", show(found))
				}
			})
		}
	}
}

func TestTheFixOfTheBadExampleRemovesTheFinding(t *testing.T) {
	for _, family := range documentFamilies {
		for _, c := range family {
			found := named(lintText("rules/linux/proc_creation_lnx_example.yml", c.Doc.Bad, All()), c.Name)
			if len(found) == 0 || found[0].Fix == nil {
				continue
			}
			fixed := applyFix(c.Doc.Bad, found[0].Fix)
			after := lintText("rules/linux/proc_creation_lnx_example.yml", fixed, All())
			if len(named(after, c.Name)) >= len(found) {
				t.Errorf("%s: still there after %q:\n%s", c.Name, found[0].Fix.Title, fixed)
			}
			before := map[string]bool{}
			for _, f := range lintText("rules/linux/proc_creation_lnx_example.yml", c.Doc.Bad, All()) {
				before[f.Check.Name] = true
			}
			for _, f := range after {
				if !before[f.Check.Name] && f.Severity != lint.Info {
					t.Errorf("%s: %q brings %q", c.Name, found[0].Fix.Title, show([]lint.Finding{f}))
				}
			}
		}
	}
}

// applyFix applies edits from the last to the first.
func applyFix(text string, fix *source.Fix) string {
	for i := len(fix.Edits) - 1; i >= 0; i-- {
		e := fix.Edits[i]
		text = text[:e.Span.Start] + e.New + text[e.Span.End:]
	}
	return text
}

func TestDocumentationIsWhole(t *testing.T) {
	for _, family := range documentFamilies {
		for _, c := range family {
			d := c.Doc
			if d.Title == "" || d.What == "" || d.Why == "" || d.Fix == "" && (d.Bad == "" || d.Good == "") {
				t.Errorf("%s: a part of the documentation is missing", c.Name)
			}
			if utf8.RuneCountInString(d.Title) >= 60 || strings.HasSuffix(d.Title, ".") {
				t.Errorf("%s: the title %q is too long or ends in a full stop", c.Name, d.Title)
			}
			if !strings.HasSuffix(d.What, ".") || !strings.HasSuffix(d.Why, ".") {
				t.Errorf("%s: What and Why are sentences", c.Name)
			}
		}
	}
}

// longestMessage is the limit of the message rules, in code points.
const longestMessage = 140

func checkMessages(t *testing.T, findings []lint.Finding) {
	t.Helper()
	for _, f := range findings {
		if n := utf8.RuneCountInString(f.Message); n > longestMessage || strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "\n") {
			t.Errorf("%s: not one sentence of at most %d characters: %q", f.Check.Name, longestMessage, f.Message)
		}
		if f.Help == "" {
			t.Errorf("%s: no help beside %q", f.Check.Name, f.Message)
		}
	}
}

func TestMessagesOfExamplesAreShortSentences(t *testing.T) {
	for _, family := range documentFamilies {
		for _, c := range family {
			if c.Doc.Bad != "" {
				checkMessages(t, lintText("rules/linux/proc_creation_lnx_example.yml", c.Doc.Bad, family))
			}
		}
	}
}

// expect compares the findings of one family, written as `code severity marked text`.
func expect(t *testing.T, family, text string, want ...string) {
	t.Helper()
	found := lintText("rules/linux/rule.yml", text, All())
	var got []string
	for _, f := range found {
		if f.Check.Family() == family {
			checkMessages(t, []lint.Finding{f})
			got = append(got, f.Check.Code+" "+f.Severity.String()+" "+f.File.Text(f.Span))
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q\nin\n%s", got, want, text)
	}
}

func TestStructure(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a single value as identifier is an info": {
			example("    keywords: 'list open files'\n    condition: keywords\n"),
			[]string{"SIG0220 info 'list open files'"},
		},
		"an item without the blank after its colon is one text": {
			example("    selection:\n        Image|endswith:'/lsof'\n    condition: selection\n"),
			[]string{"SIG0220 warning Image|endswith:'/lsof'"},
		},
		"a keyword with a colon is a keyword": {
			example("    keywords: http://example.org/\n    condition: keywords\n"),
			[]string{"SIG0220 info http://example.org/"},
		},
		"identifiers named like operators are legal, and told": {
			example("    any:\n        Image|endswith: '/lsof'\n    anthem:\n        Image|endswith: '/lsof2'\n    condition: any or anthem\n"),
			[]string{"SIG0219 info any"},
		},
		"a status in capitals weighs less than an unknown one": {
			changed("status: test", "status: Test"), nil,
		},
		"a custom attribute that SigmaHQ has is silent": {
			exampleRule("regression_tests_path: regression/lsof\n", plainSelection), nil,
		},
		"a map is no misspelt date": {
			exampleRule("data:\n    source: lab\n", plainSelection), []string{"SIG0212 info data"},
		},
	} {
		t.Run(name, func(t *testing.T) { expect(t, "02", c.text, c.want...) })
	}
}

// Runs of lines of some whole documents are taken away, and every value replaced by one of another shape. Whatever that makes of them,
// the checks say something sensible or nothing: a failing check comes out as internal-error.
func TestNoCheckFailsOnDamagedDocuments(t *testing.T) {
	related := exampleRule("name: open_files_by_shell\nmodified: 2026-01-11\nrelated:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: similar\n", plainSelection)
	const longestRun = 4
	for _, text := range []string{
		related,
		onWindows("service: sysmon", "        EventID: 12\n        EventType: SetValue\n        Hashes|contains: 'MD5='\n"),
		related + "---\n" + correlation(aliased+"    condition: open_files_by_shell and network_scan\n    generate: true\n"),
		related + "---\n" + correlation(manyValues),
		related + "---\n" + filter(plainFilter),
	} {
		lines := strings.SplitAfter(text, "\n")
		for i, line := range lines {
			for n := 1; n <= longestRun && i+n <= len(lines); n++ {
				mustNotFail(t, strings.Join(lines[:i], "")+strings.Join(lines[i+n:], ""))
			}
			indent := line[:len(line)-len(strings.TrimLeft(line, " -"))]
			key, _, _ := strings.Cut(strings.TrimSpace(line[len(indent):]), ":")
			for _, value := range []string{"", " []", " {}", " {a: [b]}", " 5", " ''", " &x [*x]"} {
				mustNotFail(t, strings.Join(lines[:i], "")+indent+key+":"+value+"\n"+strings.Join(lines[i+1:], ""))
			}
		}
	}
}

func mustNotFail(t *testing.T, text string) {
	t.Helper()
	for _, f := range lintWhole(text) {
		if f.Check.Name == source.KindInternalFailed {
			t.Fatalf("%s\n%s", f.Message, text)
		}
	}
}

// lintWhole lints a text as if it were a whole tree.
func lintWhole(text string) []lint.Finding {
	engine := lint.Engine{Checks: All(), Reporters: Reporters(), Facts: lint.Facts{Today: theDay, Complete: true}, Jobs: 1}
	return engine.Files(source.Parse("rules/linux/proc_creation_lnx_example.yml", []byte(text), source.Limits{})).Findings
}
