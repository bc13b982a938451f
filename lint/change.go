package lint

import (
	"slices"

	"github.com/sigtune/sigtune/rules"
)

// Change is a document of the run with its version of an earlier revision.
type Change struct {
	Old rules.Document // nil for a new document
	New rules.Document // of one of the linted files
}

// ChangePass gives a check a document in two versions and takes its findings, which are about the new one.
type ChangePass struct {
	Pass
	Old rules.Document
}

// changes runs what only changed documents get: checks that compare two versions, and those that look closer at what is new.
func (r *run) changes(perFile map[string]*linted) {
	for _, change := range r.Changes {
		head := change.New.Base()
		l := perFile[head.File.Path]
		if l == nil {
			continue
		}
		var found []Finding
		rule, _ := change.New.(*rules.Rule)
		pass := Pass{Document: change.New, Rule: rule, Facts: &r.Facts, Shared: map[string]any{}, findings: &found}
		for _, c := range r.Checks {
			if c.Change != nil && change.Old != nil {
				r.guarded(c, head.File, &found, func() {
					pass.check = c
					c.Change(&ChangePass{Pass: pass, Old: change.Old})
				})
			}
		}
		for _, c := range r.Closer {
			if c.Document != nil && r.byName[c.Name] == nil && rule != nil { // filter documents have had them
				r.guarded(c, head.File, &found, func() {
					pass.check = c
					c.Document(&pass)
				})
			}
		}
		settle(found, []rules.Document{change.New})
		l.findings = append(l.findings, found...)
		for i := range l.findings {
			f := &l.findings[i]
			if f.Subject.Document == head.Index+1 && f.Severity == Info && slices.Contains(r.Closer, f.Check) {
				f.Severity = Warning
			}
		}
	}
}
