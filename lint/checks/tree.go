package checks

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
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
		Tree: duplicates(func(e *lint.Entry) lint.Fact { return e.ID }, func(id string) string { return strings.ToLower(id) }, true,
			"the id `%s` is also that of another document", "give one of them a fresh UUID", "the other document"),
	},
	{
		Code: "SIG1302", Name: "duplicate-title", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Two documents have the same title",
			What:  "The same `title` on two documents, ignoring case and spacing. Quiet for rules around the linted ones that are deprecated or unsupported, by their status or their directory.",
			Why:   "An analyst cannot tell which rule fired.",
			Bad:   example(selectLsof+"    condition: selection\n") + "---\n" + strings.Replace(example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n"), "6f1f7c3e", "7a1f7c3e", 1),
			Good:  example(selectLsof + "    condition: selection\n"),
		},
		Tree: duplicates(func(e *lint.Entry) lint.Fact { return e.Title }, func(t string) string { return strings.ToLower(strings.Join(strings.Fields(t), " ")) }, false,
			"the title `%s` is also that of another document", "say in the title what tells the two apart", "the other document"),
	},
	{
		Code: "SIG1303", Name: "duplicate-filename", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Two files have the same name",
			What:  "The same base name, ignoring case, in two directories. Quiet for rules around the linted ones that are deprecated or unsupported, by their status or their directory.",
			Why:   "Tools that collect rules into one directory overwrite one with the other.",
			Fix:   "Rename one of them.",
		},
		Tree: duplicateFilenames,
	},
	{
		Code: "SIG1304", Name: "dangling-related", Severity: lint.Info, Profiles: rs, Needs: lint.NeedsTree,
		Doc: lint.Doc{
			Title: "Related rule that is not there",
			What: "Where the run sees a whole tree: no document has the id of a `related` entry of type derived or similar. In the profile strict also of type obsolete, merged " +
				"or renamed, which may name rules that were removed.",
			Why: "Whoever follows the link finds nothing: the id is mistyped, or the other rule is gone.",
			Bad: exampleRule("related:\n    - id: 7a1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: derived\n", selectLsof+"    condition: selection\n"),
			Good: exampleRule("related:\n    - id: 7a1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: derived\n", selectLsof+"    condition: selection\n") + "---\n" + otherExample.Replace(
				example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")),
			Fix: "Correct the id, or remove the entry.",
		},
		Tree: checkDanglingRelated,
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
		Tree: duplicates(func(e *lint.Entry) lint.Fact { return e.Name }, func(n string) string { return n }, true,
			"the name `%s` is also that of another document", "rename one of them", "the other document"),
	},
	{
		Code: "SIG1306", Name: "obsolete-still-live", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Replaced rule that is still in force",
			What:  "A `related` entry says that the rule replaces another one (obsolete, merged, renamed), and that one is there and neither deprecated nor unsupported, by its status or its directory.",
			Why:   "Both rules fire on the same events, and the one that was given up is no longer looked after.",
			Bad: exampleRule("related:\n    - id: 7a1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: obsolete\n", selectLsof+"    condition: selection\n") + "---\n" + otherExample.Replace(
				example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")),
			Good: exampleRule("related:\n    - id: 7a1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: obsolete\n", selectLsof+"    condition: selection\n") + "---\n" + strings.Replace(otherExample.Replace(
				example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")), "status: test", "status: deprecated", 1),
			Fix: "Set the status of the replaced rule to deprecated, or remove it. Where both are meant to stay, write `similar`.",
		},
		Tree: checkObsoleteStillLive,
	},
	{
		Code: "SIG1307", Name: "one-sided-similar", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Similar rule that does not link back",
			What:  "Another rule names this one under `related` as similar, and this one names that one not at all.",
			Why:   "Who comes from this side does not learn of the other rule, and changes only one of the two.",
			Bad: exampleRule("related:\n    - id: 7a1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: similar\n", selectLsof+"    condition: selection\n") + "---\n" + otherExample.Replace(
				example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")),
			Good: exampleRule("related:\n    - id: 7a1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: similar\n", selectLsof+"    condition: selection\n") + "---\n" + strings.Replace(otherExample.Replace(
				example("    selection:\n        Image|endswith: '/netstat'\n    condition: selection\n")), "logsource:", "related:\n    - id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: similar\nlogsource:", 1),
		},
		Tree: checkOneSidedSimilar,
	},
}

// duplicates reports every linted document but the first with the same value of an attribute.
// retiredToo asks for rules
// that are out of use as well, where they are only looked at.
func duplicates(of func(*lint.Entry) lint.Fact, normal func(string) string, retiredToo bool, message, help, related string) func(*lint.TreePass) {
	return func(p *lint.TreePass) {
		first := map[string]*lint.Entry{}
		visit := func(e *lint.Entry) {
			value := of(e)
			key := normal(value.Value)
			if !value.Written || key == "" || e.Context && !retiredToo && isRetired(e) {
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
	for _, context := range []bool{true, false} {
		for _, e := range p.Entries {
			if e.Context != context || context && isRetired(e) {
				continue
			}
			key := strings.ToLower(filepath.Base(e.Path()))
			before, ok := first[key]
			if !ok {
				first[key] = e
				continue
			}
			if context || before.Path() == e.Path() || e.Index > 0 {
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
}

// replacing are the types of `related` that say that the rule takes the place of another, in words.
var replacing = map[string]string{"obsolete": "made obsolete", "merged": "merged into this one", "renamed": "renamed to this one"}

// eachRelated visits the entries under `related` of the linted documents, with what they name: nil for nothing that the run knows. Entries
// that name the document itself are left to related-self.
func eachRelated(p *lint.TreePass, visit func(e *lint.Entry, r lint.RelatedEntry, target *lint.Entry)) {
	index := referencesIn(p)
	for _, e := range p.Entries {
		if e.Context {
			continue
		}
		for _, r := range e.Related {
			if id := strings.ToLower(r.ID.Value); id != "" && !strings.EqualFold(id, e.ID.Value) {
				visit(e, r, index.byID[id])
			}
		}
	}
}

func checkDanglingRelated(p *lint.TreePass) {
	if !p.Facts.Complete {
		return
	}
	eachRelated(p, func(e *lint.Entry, r lint.RelatedEntry, target *lint.Entry) {
		kind := strings.ToLower(r.Type.Value)
		_, replaced := replacing[kind]
		wanted := kind == "derived" || kind == "similar" || replaced && p.Facts.Profile == lint.Strict
		if target != nil || !wanted || !canonicalID.MatchString(strings.ToLower(r.ID.Value)) {
			return
		}
		p.ReportEntry(e, lint.Finding{
			Span:    r.ID.Span,
			Message: fmt.Sprintf("no document has the id `%s` of this %s rule", source.Shorten(r.ID.Value), kind),
			Help:    "correct the id, or remove the entry",
		})
	})
}

func checkObsoleteStillLive(p *lint.TreePass) {
	eachRelated(p, func(e *lint.Entry, r lint.RelatedEntry, target *lint.Entry) {
		became := replacing[strings.ToLower(r.Type.Value)]
		if became == "" || target == nil || isRetired(target) {
			return
		}
		f := lint.Finding{
			Span:    r.ID.Span,
			Message: fmt.Sprintf("`%s` was %s, and is still in force", shorter(target.Title.Value), became),
			Help:    "set its status to deprecated, or remove it",
			Related: []lint.Related{{File: target.File(), Span: target.Anchor, Message: "the rule that was replaced"}},
		}
		if target.Status.Written {
			f.Related[0].Span = target.Status.Span
		}
		p.ReportEntry(e, f)
	})
}

// retired are the states of rules that are not in use, and the directories where they are kept.
var retired = map[string]bool{"deprecated": true, "unsupported": true}

func isRetired(e *lint.Entry) bool {
	return retired[strings.ToLower(e.Status.Value)] || slices.ContainsFunc(strings.Split(filepath.ToSlash(filepath.Dir(e.Path())), "/"), func(dir string) bool {
		return retired[strings.ToLower(dir)]
	})
}

// checkOneSidedSimilar reports at the document that lacks the link: that is the one to edit.
func checkOneSidedSimilar(p *lint.TreePass) {
	index := referencesIn(p)
	for _, e := range p.Entries {
		for _, r := range e.Related {
			target := index.byID[strings.ToLower(r.ID.Value)]
			if !strings.EqualFold(r.Type.Value, "similar") || e.ID.Value == "" || target == nil || target == e || target.Context {
				continue
			}
			if slices.ContainsFunc(target.Related, func(back lint.RelatedEntry) bool { return strings.EqualFold(back.ID.Value, e.ID.Value) }) {
				continue
			}
			f := lint.Finding{
				Span:    target.Anchor,
				Message: fmt.Sprintf("`%s` names this rule as similar, and this one does not name it back", shorter(e.Title.Value)),
				Help:    "list `" + source.Shorten(e.ID.Value) + "` under `related`",
				Related: []lint.Related{{File: e.File(), Span: r.ID.Span, Message: "the link to this rule"}},
			}
			if rule, ok := target.Document().(*rules.Rule); ok {
				if other, ok := e.Document().(*rules.Rule); ok {
					if f.Fix = linkTo(rule, []*rules.Rule{other}, "similar"); f.Fix != nil {
						f.Fix.Title, f.Fix.Safe = "link back under `related`", true
					}
				}
			}
			p.ReportEntry(target, f)
		}
	}
}
