package checks

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// treeChecks compare documents of one run with each other.
var treeChecks = []*lint.Check{
	{
		Code: "SIG1301", Name: "duplicate-id", Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Two documents have the same id",
			What:  "The same `id` on two documents of the run, also within one file.",
			Why:   "References, exclusions and alerts can no longer tell them apart; many systems keep only one.",
			Bad:   example(selectLsof+"    condition: selection\n") + "---\n" + strings.Replace(example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n"), "Open Files", "Connections", 1),
			Good:  example(selectLsof + "    condition: selection\n"),
			Fix:   "Give the newer one a fresh UUID.",
		},
		Tree: duplicates(func(e *lint.Entry) lint.Fact { return e.ID }, func(id string) string { return strings.ToLower(id) },
			"the id `%s` is also that of another document", "give one of them a fresh UUID", "the other document"),
	},
	{
		Code: "SIG1302", Name: "duplicate-title", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Two documents have the same title",
			What:  "The same `title` on two documents of the run, ignoring case and spacing.",
			Why:   "An analyst cannot tell which rule fired.",
			Bad:   example(selectLsof+"    condition: selection\n") + "---\n" + strings.Replace(example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n"), "6f1f7c3e", "7a1f7c3e", 1),
			Good:  example(selectLsof + "    condition: selection\n"),
		},
		Tree: duplicates(func(e *lint.Entry) lint.Fact { return e.Title }, func(t string) string { return strings.ToLower(strings.Join(strings.Fields(t), " ")) },
			"the title `%s` is also that of another document", "say in the title what tells the two apart", "the other document"),
	},
	{
		Code: "SIG1303", Name: "duplicate-filename", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Two files have the same name",
			What:  "The same base name, ignoring case, in two directories of the run.",
			Why:   "Tools that collect rules into one directory overwrite one with the other.",
			Fix:   "Rename one of them.",
		},
		Tree: duplicateFilenames,
	},
	{
		Code: "SIG1305", Name: "duplicate-name", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Two documents have the same name",
			What:  "The same `name` on two documents of the run.",
			Why:   "Correlations and filters refer to rules by name: the reference becomes ambiguous.",
			Bad: exampleRule("name: open_files\n", selectLsof+"    condition: selection\n") + "---\n" + strings.NewReplacer("6f1f7c3e", "7a1f7c3e", "Open Files", "Connections").
				Replace(exampleRule("name: open_files\n", "    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")),
			Good: exampleRule("name: open_files\n", selectLsof+"    condition: selection\n"),
		},
		Tree: duplicates(func(e *lint.Entry) lint.Fact { return e.Name }, func(n string) string { return n },
			"the name `%s` is also that of another document", "rename one of them", "the other document"),
	},
}

// duplicates reports every linted document but the first with the same value of an attribute.
func duplicates(of func(*lint.Entry) lint.Fact, normal func(string) string, message, help, related string) func(*lint.TreePass) {
	return func(p *lint.TreePass) {
		first := map[string]*lint.Entry{}
		visit := func(e *lint.Entry) {
			value := of(e)
			key := normal(value.Value)
			if !value.Written || key == "" {
				return
			}
			before, ok := first[key]
			if !ok {
				first[key] = e
				return
			}
			if e.Context {
				return
			}
			p.ReportEntry(e, lint.Finding{
				Span:    value.Span,
				Message: fmt.Sprintf(message, source.Shorten(value.Value)),
				Help:    help,
				Related: []lint.Related{{File: before.File(), Span: of(before).Span, Message: related}},
			})
		}
		// Documents that are only looked at count as the older ones: the linted copy is the one to change.
		for _, context := range []bool{true, false} {
			for _, e := range p.Entries {
				if e.Context == context {
					visit(e)
				}
			}
		}
	}
}

func duplicateFilenames(p *lint.TreePass) {
	first := map[string]*lint.Entry{}
	for _, e := range p.Entries {
		if e.Context {
			continue
		}
		key := strings.ToLower(filepath.Base(e.Path()))
		before, ok := first[key]
		if !ok {
			first[key] = e
			continue
		}
		if before.Path() == e.Path() {
			continue
		}
		p.ReportEntry(e, lint.Finding{
			Span:    e.Anchor,
			Message: fmt.Sprintf("another file is named `%s` too", source.Shorten(filepath.Base(e.Path()))),
			Help:    "rename one of them",
			Related: []lint.Related{{File: before.File(), Span: before.Anchor, Message: "the other file"}},
		})
	}
}
