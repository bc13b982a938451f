package fix

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// trial fixes one seeded defect and holds the result against the promises of the package.
type trial struct {
	check *lint.Check
	path  string
	text  string // with the defect
	guard func(*source.File) []lint.Finding

	parsed *source.File
}

// only keeps the findings of one check.
func only(check *lint.Check, run func(*source.File) []lint.Finding) func(*source.File) []lint.Finding {
	return func(f *source.File) []lint.Finding {
		return slices.DeleteFunc(slices.Clone(run(f)), func(found lint.Finding) bool { return found.Check != check })
	}
}

// offered reports whether the check finds something with a fix.
func (c *trial) offered() bool {
	return slices.ContainsFunc(only(c.check, c.guard)(c.file()), func(f lint.Finding) bool { return f.Fix != nil })
}

func (c *trial) file() *source.File {
	if c.parsed == nil {
		c.parsed = source.Parse(c.path, []byte(c.text), source.Limits{})
	}
	return c.parsed
}

// hold applies the fixes of the check and gives the result.
func (c *trial) hold(t *testing.T) *source.File {
	t.Helper()
	run := only(c.check, c.guard)
	before := c.file()
	out := Apply(before, run, Options{Unsafe: true, Verify: c.guard})
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s %s: %s\n%s", c.check.Code, c.check.Name, fmt.Sprintf(format, args...), Diff(c.path, []byte(c.text), out.Data()))
	}
	if len(out.Rejected) > 0 {
		r := out.Rejected[0]
		fail("the fix %q (safe: %v) of `%s` is refused: %s", r.Finding.Fix.Title, r.Finding.Fix.Safe, r.Finding.Message, r.Reason)
		return nil
	}
	if len(out.Applied) == 0 || out.Stopped != "" {
		fail("%d applied, %q", len(out.Applied), out.Stopped)
		return nil
	}
	for _, f := range out.Remaining {
		if f.Fix != nil {
			fail("still there: %s", f.Message)
		}
	}
	if again := Apply(out.File, run, Options{Unsafe: true, Verify: c.guard}); again.Rounds > 0 {
		fail("a second run changes more:\n%s", Diff(c.path, out.Data(), again.Data()))
	}
	if out.Rounds == 1 { // what is not in an edit stays: applied by other code than the package's
		var edits []source.Edit
		for _, a := range out.Applied {
			edits = append(edits, a.Finding.Fix.Edits...)
		}
		if want := backwards(c.text, edits); want != string(out.Data()) {
			fail("bytes outside the edits changed, want\n%s", Diff(c.path, []byte(want), out.Data()))
		}
	}
	for _, d := range out.File.Documents {
		if d.Broken {
			fail("the result does not parse")
		}
	}
	return out.File
}

// backwards applies edits from the last to the first.
func backwards(text string, edits []source.Edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b source.Edit) int { return b.Span.Start - a.Span.Start })
	for _, e := range edits {
		text = text[:e.Span.Start] + e.New + text[e.Span.End:]
	}
	return text
}

// remembering spares linting the same bytes again, which the promises ask for several times.
func remembering(run func(*source.File) []lint.Finding) func(*source.File) []lint.Finding {
	const kept = 64
	type text struct{ path, data string }
	memory := map[text][]lint.Finding{}
	return func(f *source.File) []lint.Finding {
		key := text{f.Path, string(f.Data)}
		found, ok := memory[key]
		if !ok {
			if len(memory) == kept {
				clear(memory)
			}
			found = run(f)
			memory[key] = found
		}
		return found
	}
}

// without leaves the checks of some families out.
func without(families ...string) func(*source.File) []lint.Finding {
	chosen := slices.DeleteFunc(checks.All(), func(c *lint.Check) bool { return slices.Contains(families, c.Family()) })
	engine := lint.Engine{Checks: chosen, Reporters: checks.Reporters(), Facts: lint.Facts{Today: testDay}, Jobs: 1}
	return func(f *source.File) []lint.Finding { return engine.Files(f).Findings }
}

// ruleOf is the rule of a file with one.
func ruleOf(path, text string) *rules.Rule {
	documents, _ := rules.Parse(source.Parse(path, []byte(text), source.Limits{}))
	if len(documents) != 1 {
		return nil
	}
	rule, _ := documents[0].(*rules.Rule)
	return rule
}

// windows is base for a log source whose list of fields is complete.
var windows = strings.NewReplacer("product: linux", "product: windows", "/lsof'", `\lsof.exe'`, "/bash'", `\bash.exe'`, "/zsh'", `\zsh.exe'`,
	"t1049", "t1059.003", "discovery", "execution", "' -i'", "'seeded -i'").Replace(base)

func examplePath(c *lint.Check) string {
	if c.Doc.Path != "" {
		return c.Doc.Path
	}
	return "rules/proc_creation_lnx_example.yml"
}

// TestFixesOfTheBadExamples fixes the bad example of every check with other line ends, without a final one, beside comments, and as a second
// document.
func TestFixesOfTheBadExamples(t *testing.T) {
	alone, quick := remembering(linter()), remembering(without("08", "13"))
	for _, row := range fixable() {
		for name, text := range map[string]string{
			"as it is":               row.check.Doc.Bad,
			"CRLF":                   crlf(row.check.Doc.Bad),
			"no final line end":      strings.TrimSuffix(row.check.Doc.Bad, "\n"),
			"comments":               "# above\n" + row.check.Doc.Bad + "# below\n",
			"as the second document": base + "---\n" + strings.Replace(row.check.Doc.Bad, "id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11", "id: 0c1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f12", 1),
		} {
			guard := alone
			if strings.Contains(text, "---\n") && row.check.Family() != "08" {
				guard = quick // the examples are alike, and some checks say so
			}
			c := trial{check: row.check, path: examplePath(row.check), text: text, guard: guard}
			if !c.offered() {
				continue
			}
			t.Run(row.check.Code+"-"+row.check.Name+"/"+name, func(t *testing.T) { c.hold(t) })
		}
	}
}

// TestFixableChecks compares the checks that offer fixes with the recorded ones.
func TestFixableChecks(t *testing.T) {
	var b strings.Builder
	for _, row := range fixable() {
		kinds := map[[2]bool]string{{true, false}: "safe", {false, true}: "unsafe", {true, true}: "safe or unsafe"}
		fmt.Fprintf(&b, "%s %-32s %s\n", row.check.Code, row.check.Name, kinds[[2]bool{row.safe, row.unsafe}])
	}
	const golden = "testdata/fixable.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the checks with fixes changed; if that is meant, run with -update\n%s", edit.Diff(golden, golden, want, []byte(b.String())))
	}
}

// Every exception is for a check that has a safe fix and is a reason in words. Rows for checks that do not exist are dead.
func TestExceptionsAreUsed(t *testing.T) {
	for name, e := range exceptions {
		if e.why == "" || len(e.parts) == 0 && !e.comments {
			t.Errorf("%s: no reason or no part", name)
		}
		if lint.Find(checks.All(), name) == nil {
			t.Logf("%s is no check yet", name)
		}
	}
}
