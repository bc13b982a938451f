package checks

import (
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// successorCheck is SIG0329.
var successorCheck = &lint.Check{
	Code: "SIG0329", Name: "deprecated-without-successor", Severity: lint.Info, Profiles: s,
	Doc: lint.Doc{
		Title: "Deprecated rule that names no successor",
		What:  "The status is `deprecated`, there is no `related`, and no other document of the run names the rule as obsolete, merged or renamed.",
		Why:   "Who still runs the rule cannot tell what to run instead, and switches the detection off with it.",
		Bad:   strings.Replace(exampleRule("", plainSelection), "status: test", "status: deprecated", 1),
		Good:  strings.Replace(exampleRule("related:\n    - id: 5a3c8f0e-7d1b-4c2a-9e64-3b1f0c9d8e72\n      type: similar\n", plainSelection), "status: test", "status: deprecated", 1),
		Fix:   "Name the rule that takes over: there as `obsolete`, `merged` or `renamed` with the id of this one, or here under `related`.",
	},
	Tree: checkSuccessor,
}

// succeeding are the relations of a rule to those that it replaces.
var succeeding = []string{"obsolete", "merged", "renamed"}

func checkSuccessor(p *lint.TreePass) {
	replaced := map[string]bool{}
	for _, e := range p.Entries {
		for _, r := range e.Related {
			if slices.Contains(succeeding, strings.ToLower(r.Type.Value)) {
				replaced[strings.ToLower(r.ID.Value)] = true
			}
		}
	}
	for _, e := range p.Entries {
		if e.Context || !strings.EqualFold(e.Status.Value, "deprecated") || len(e.Related) > 0 || replaced[strings.ToLower(e.ID.Value)] {
			continue
		}
		p.ReportEntry(e, lint.Finding{
			Span:    e.Status.Span,
			Message: "the document is deprecated, and neither it nor another one of this run says what replaces it",
			Help:    "add `related` with the id of the successor, or name this id there as `obsolete`",
		})
	}
}
