package fix

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules/source"
)

// testDay is the run date of every test.
var testDay = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// linter gives the function that lints with some checks. When none is named it is all of them but those of form and house style, which would
// rewrite what the tests hold against the result.
func linter(names ...string) func(*source.File) []lint.Finding {
	chosen := slices.DeleteFunc(checks.All(), func(c *lint.Check) bool { return c.Family() == "14" || c.Family() == "15" })
	if len(names) > 0 {
		chosen = nil
		for _, n := range names {
			chosen = append(chosen, lint.Find(checks.All(), n))
		}
	}
	engine := lint.Engine{Checks: chosen, Reporters: checks.Reporters(), Facts: lint.Facts{Today: testDay}, Jobs: 1}
	return func(f *source.File) []lint.Finding { return engine.Files(f).Findings }
}

func parse(text string) *source.File {
	return source.Parse("rules/rule.yml", []byte(text), source.Limits{})
}

// base is a rule without a defect; %s stands for what a test changes.
const base = `title: Listing of Open Files by a Shell
id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11
status: test
description: Detects a shell that lists open files, which intruders do to find network connections
references:
    - https://example.org/notes/open-files # the first one
    - https://example.org/notes/lsof
author: sigtune
date: 2026-01-10
tags:
    - attack.discovery
    - attack.t1049
logsource:
    category: process_creation
    product: linux
detection:
    # shells
    selection:
        ParentImage|endswith:
            - '/bash' # the usual one
            - '/zsh'
        Image|endswith: '/lsof'
        CommandLine|contains: ' -i'
    condition: selection
falsepositives:
    - Administrators
level: low
`

func with(old, new string) string {
	if !strings.Contains(base, old) {
		panic("the base rule has no " + old)
	}
	return strings.Replace(base, old, new, 1)
}

func TestApplyRepairsWhatIsSafe(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"nothing to do", base, base},
		{"several defects at once, comments stay", strings.NewReplacer(
			"2026-01-10", "2026/01/10", "attack.t1049", "attack.T1049\n    - attack.t1049", "status: test", "status: Test",
			"selection\nfalse", "selection AND selection\nfalse").Replace(base), base},
		{"CRLF stays CRLF", crlf(with("date: 2026-01-10", "date: 2026/01/10")), crlf(base)},
		{"no final line end stays none", strings.TrimSuffix(with("date: 2026-01-10", "date: 2026/01/10"), "\n"), strings.TrimSuffix(base, "\n")},
		{"an unsafe one is left alone", with("attack.discovery", "atack.discovery"), with("attack.discovery", "atack.discovery")},
		{"a document that did not parse", with("'/lsof'", "*/lsof"), with("'/lsof'", "'*/lsof'")},
		{"the second document of a file", "title: \"x\n---\n" + with("2026-01-10", "2026/01/10"), "title: \"x\n---\n" + base},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := Apply(parse(c.before), linter(), Options{})
			if got := string(out.Data()); got != c.after && c.name != "a document that did not parse" {
				t.Errorf("%s\n%v", Diff("rule.yml", []byte(c.after), []byte(got)), out.Rejected)
			}
			if again := Apply(out.File, linter(), Options{}); again.Rounds > 0 {
				t.Errorf("a second run changes it again:\n%s", Diff("rule.yml", out.Data(), again.Data()))
			}
		})
	}
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func TestApplyCountsWhatItDid(t *testing.T) {
	out := Apply(parse(strings.Replace(with("2026-01-10", "2026/01/10"), "attack.t1049", "attack.T1049", 1)), linter(), Options{})
	var got []string
	for _, c := range out.Counts() {
		got = append(got, c.Check.Name)
	}
	if strings.Join(got, " ") != "legacy-date-format tag-not-lowercase" || out.Rounds != 1 || out.Stopped != "" || len(out.Rejected) > 0 {
		t.Errorf("%v, %d rounds, %q, %v", got, out.Rounds, out.Stopped, out.Rejected)
	}
}

// offers is a lint function with one check whose fix comes from the test: what Apply must refuse is shown with fixes that no check offers.
func offers(safe bool, edits func(text string) []source.Edit) (func(*source.File) []lint.Finding, *lint.Check) {
	check := &lint.Check{Code: "SIG9901", Name: "from-the-test", Severity: lint.Warning}
	all := linter()
	return func(f *source.File) []lint.Finding {
		out := all(f)
		if e := edits(string(f.Data)); len(e) > 0 {
			out = append(out, lint.Finding{
				Check: check, Severity: lint.Warning, File: f, Span: e[0].Span, Message: "a defect",
				Fix: &source.Fix{Title: "repair", Safe: safe, Edits: e},
			})
		}
		return out
	}, check
}

// replacing gives an edit for the first place of a text.
func replacing(old, new string) func(string) []source.Edit {
	return func(text string) []source.Edit {
		at := strings.Index(text, old)
		if at < 0 {
			return nil
		}
		return []source.Edit{{Span: source.Span{Start: at, End: at + len(old)}, New: new}}
	}
}

func TestApplyRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		safe   bool
		edits  func(string) []source.Edit
		reason string
	}{
		{"a change of meaning that is called safe", true, replacing("'/lsof'", "'/lsof2'"), "called safe"},
		{"a change of metadata that is called safe", true, replacing("Administrators", "Nobody"), "called safe"},
		{"a result that does not parse", false, replacing("'/lsof'", "'/lsof"), "not well-formed"},
		{"a key that stands twice", false, replacing("status:", "title:"), "duplicate-key"},
		{"a new error", false, replacing("level: low", "level: hihg"), "SIG0306"},
		{"a finding that stays", false, replacing("title: ", "title:  "), "still be there"},
		{"a lost comment", false, replacing(" # the usual one", ""), "lose the comment"},
		{"no change at all", true, replacing("'/lsof'", "'/lsof'"), "changes nothing"},
		{"edits that overlap", true, func(text string) []source.Edit {
			at := strings.Index(text, "'/lsof'")
			return []source.Edit{{Span: source.Span{Start: at, End: at + 4}, New: "'"}, {Span: source.Span{Start: at + 2, End: at + 5}, New: "x"}}
		}, "overlap"},
		{"a place outside the file", true, func(text string) []source.Edit {
			return []source.Edit{{Span: source.Span{Start: len(text), End: len(text) + 9}, New: "x"}}
		}, "does not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run, check := offers(c.safe, c.edits)
			out := Apply(parse(base), run, Options{Unsafe: true})
			if string(out.Data()) != base {
				t.Errorf("applied:\n%s", Diff("rule.yml", []byte(base), out.Data()))
			}
			if len(out.Rejected) != 1 || out.Rejected[0].Finding.Check != check || !strings.Contains(out.Rejected[0].Reason, c.reason) {
				t.Errorf("rejected: %+v", out.Rejected)
			}
			if count(out.Remaining, check, 0) != 1 {
				t.Error("the finding does not remain")
			}
		})
	}
}

func TestABadFixDoesNotTakeTheGoodOnesWithIt(t *testing.T) {
	run, check := offers(true, replacing("'/lsof'", "'/lsof2'"))
	out := Apply(parse(with("2026-01-10", "2026/01/10")), run, Options{})
	if string(out.Data()) != base || len(out.Rejected) != 1 || out.Rejected[0].Finding.Check != check {
		t.Errorf("%s\n%+v", Diff("rule.yml", []byte(base), out.Data()), out.Rejected)
	}
}

func TestFixesThatUndoEachOtherEnd(t *testing.T) {
	there := &lint.Check{Code: "SIG9901", Name: "there", Severity: lint.Info}
	back := &lint.Check{Code: "SIG9902", Name: "back", Severity: lint.Info}
	out := Apply(parse(base), func(f *source.File) []lint.Finding {
		check, edits := there, replacing("'/lsof'", "'/lsof2'")(string(f.Data))
		if edits == nil {
			check, edits = back, replacing("'/lsof2'", "'/lsof'")(string(f.Data))
		}
		return []lint.Finding{{Check: check, File: f, Severity: lint.Info, Message: "a defect", Fix: &source.Fix{Title: "the other", Edits: edits}}}
	}, Options{Unsafe: true})
	if out.Stopped != "the fixes undo each other: back" || out.Rounds != 1 {
		t.Errorf("%d rounds, %q", out.Rounds, out.Stopped)
	}
}

func TestRoundsAreBounded(t *testing.T) {
	check := &lint.Check{Code: "SIG9901", Name: "from-the-test", Severity: lint.Info}
	out := Apply(parse(base+strings.Repeat("#x\n", 40)), func(f *source.File) []lint.Finding {
		var found []lint.Finding // one less for each comment that a fix has marked
		for i := strings.Count(string(f.Data), "#x"); i > 0; i-- {
			at := strings.Index(string(f.Data), "#x")
			found = append(found, lint.Finding{Check: check, File: f, Severity: lint.Info, Message: "a defect",
				Fix: &source.Fix{Title: "one", Safe: true, Edits: []source.Edit{{Span: source.Span{Start: at, End: at + 1}, New: "# "}}}})
		}
		return found
	}, Options{})
	if out.Rounds != maxRounds || !strings.Contains(out.Stopped, "10 rounds") {
		t.Errorf("%d rounds, %q, %v", out.Rounds, out.Stopped, out.Rejected)
	}
}

func TestFindingsOfTheTreeKeepTheirPlace(t *testing.T) {
	check := &lint.Check{Code: "SIG9902", Name: "of-the-tree", Severity: lint.Warning}
	text := with("2026-01-10", "2026-1-10") // repaired first, which moves what follows by a byte
	at := strings.Index(text, "Administrators")
	given := lint.Finding{Check: check, Severity: lint.Warning, File: parse(text), Span: source.Span{Start: at, End: at + 5}, Message: "a defect",
		Fix: &source.Fix{Title: "name them", Edits: []source.Edit{{Span: source.Span{Start: at, End: at + len("Administrators")}, New: "Operators"}}}}
	out := Apply(parse(text), linter(), Options{Unsafe: true, Tree: []lint.Finding{given}})
	if want := with("Administrators", "Operators"); string(out.Data()) != want {
		t.Errorf("%s\n%+v", Diff("rule.yml", []byte(want), out.Data()), out.Rejected)
	}
	out = Apply(parse(text), linter(), Options{Tree: []lint.Finding{given}})
	if string(out.Data()) != base {
		t.Errorf("without Unsafe:\n%s", Diff("rule.yml", []byte(base), out.Data()))
	}
}

func TestSuppressedFindingsAreLeftAlone(t *testing.T) {
	all := linter()
	text := with("2026-01-10", "2026/01/10")
	out := Apply(parse(text), func(f *source.File) []lint.Finding {
		found := all(f)
		for i := range found {
			found[i].Suppressed = &lint.Suppression{By: lint.ByBaseline}
		}
		return found
	}, Options{Unsafe: true})
	if string(out.Data()) != text {
		t.Errorf("%s", Diff("rule.yml", []byte(text), out.Data()))
	}
}

func TestANarrowRunIsGuardedByAllChecks(t *testing.T) {
	run, check := offers(false, replacing("attack.discovery", "attack.execution"))
	narrow := func(f *source.File) (out []lint.Finding) {
		for _, found := range run(f) {
			if found.Check == check {
				out = append(out, found)
			}
		}
		return out
	}
	strict := func(f *source.File) []lint.Finding {
		found := run(f)
		for i := range found {
			found[i].Severity = max(found[i].Severity, lint.Warning)
		}
		return found
	}
	if out := Apply(parse(base), narrow, Options{Unsafe: true, Verify: strict}); len(out.Rejected) != 1 || !strings.Contains(out.Rejected[0].Reason, "SIG04") {
		t.Errorf("%+v", out.Rejected)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "rule.yml"), filepath.Join(dir, "link.yml")
	if err := os.WriteFile(path, []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("rule.yml", link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("a"), []byte("b")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	var changed *ChangedError
	if err := Write(path, []byte("a"), []byte("c")); !errors.As(err, &changed) {
		t.Errorf("a file that somebody changed is overwritten: %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "b" {
		t.Errorf("%q", data)
	}
	if err := Write(filepath.Join(dir, "gone.yml"), []byte("a"), []byte("b")); err == nil {
		t.Error("a file that is gone is written again")
	}
}

func TestDiffNamesTheFileTwice(t *testing.T) {
	d := Diff("rules/rule.yml", []byte("a\n"), []byte("b\n"))
	if !strings.HasPrefix(d, "--- a/rules/rule.yml\n+++ b/rules/rule.yml\n") || Diff("x", nil, nil) != "" {
		t.Errorf("%q", d)
	}
}
