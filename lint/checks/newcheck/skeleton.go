package main

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// kind is one way in which a check looks at rules.
type kind struct {
	name  string
	field string // of lint.Check; empty for a check that the parser or a reporter feeds
	pass  string // what its function gets
	needs lint.Need
	hint  string // what its function begins with
}

var kinds = []kind{
	{"document", "Document", "*lint.Pass", "", "look at p.Document, and p.Report what is wrong, with the span of the wrong words"},
	{"tree", "Tree", "*lint.TreePass", "", "compare p.Entries, and report what is wrong at one of them"},
	{"change", "Change", "*lint.ChangePass", lint.NeedsRevision, "compare p.Old with p.Document, and p.Report what the change broke"},
	{"nothing", "", "", "", ""},
}

func kindNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// unwritten is the documentation of a check that nobody has written. The title ends in a full stop and both examples are the clean rule: the
// contract of checks refuses them, so that nothing of this is released.
var unwritten = lint.Doc{
	Title:      "TODO: what is wrong, in under 60 characters.",
	What:       "TODO: the exact trigger, and every exception.",
	Why:        "TODO: what it costs in detection.",
	Fix:        "TODO: how to repair it; remove this line when Bad and Good say it all.",
	Assumes:    "TODO: what has to be true for the finding to be right, with the versions of data tables; or remove this line.",
	References: []string{"TODO: the section of the specification, the convention or the paper; or remove this line."},
}

// literalOf is the declaration.
func literalOf(p *plan, k kind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{\nCode: %q, Name: %q, Severity: lint.Info, Profiles: s,", p.check.Code, p.check.Name)
	if k.needs == lint.NeedsRevision {
		b.WriteString(" Needs: lint.NeedsRevision,")
	}
	d := p.check.Doc
	fmt.Fprintf(&b, "\nDoc: lint.Doc{\nTitle: %q,\nWhat: %q,\nWhy: %q,\n", d.Title, d.What, d.Why)
	if k.needs == lint.NeedsRevision {
		b.WriteString("Before: clean, // TODO: what both were at the base revision\n")
	}
	b.WriteString("Bad: clean, // TODO: a whole document that yields this check\nGood: clean, // TODO: the same, repaired\n")
	fmt.Fprintf(&b, "Fix: %q,\nAssumes: %q,\nReferences: []string{%q},\n},\n", d.Fix, d.Assumes, d.References[0])
	if p.function != "" {
		fmt.Fprintf(&b, "%s: %s,\n", k.field, p.function)
	}
	b.WriteString("}")
	return b.String()
}

// functionOfKind is the function of the check, empty.
func functionOfKind(p *plan, k kind) string {
	return fmt.Sprintf("\n\n// %s reports TODO: what %s finds.\nfunc %s(p %s) {\n\t// TODO: %s.\n}\n", p.function, p.check.Code, p.function, k.pass, k.hint)
}

const module = "github.com/sigtune/sigtune"

// testImports are the packages that a test uses.
var testImports = []string{"strings", "testing", module + "/lint"}

// testHeader begins a test file.
const testHeader = "package checks\n\nimport (\n\"strings\"\n\"testing\"\n\n\"" + module + "/lint\"\n)\n"

// testOf is a test with one row that fires and one that is quiet. It fails until the first one is written.
func testOf(p *plan) string {
	return fmt.Sprintf(`
func %s(t *testing.T) {
	check := lint.Find(All(), %q)
	for name, c := range map[string]struct {
		text string
		want string // the marked texts; empty: quiet
	}{
		"TODO: what it looks for":               {check.Doc.Bad, "TODO: what is marked"},
		"TODO: what looks alike and is no fault": {clean, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var marked []string
			for _, f := range runExample(t, check, []*lint.Check{check}, c.text) {
				marked = append(marked, f.File.Text(f.Span))
			}
			if got := strings.Join(marked, " | "); got != c.want {
				t.Errorf("%%q, want %%q", got, c.want)
			}
		})
	}
}
`, p.test, p.check.Name)
}
