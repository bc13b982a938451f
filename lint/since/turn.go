package since

import (
	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
)

// mutual are the checks whose findings say of two documents what is as true the other way round, in the same words. Where nothing is known of a
// change they report the later path.
var mutual = map[string]bool{"duplicate-id": true, "duplicate-title": true, "duplicate-filename": true, "duplicate-name": true}

// age says how far a document comes from a change.
type age uint8

const (
	unchanged age = iota
	changed
	added
)

// turned gives such a finding to the document that brought it in: a new one rather than a changed one, and that rather than one that nobody
// touched. Two that come to say the same of one document become one, with both of the others beside it.
func (t *Tree) turned(findings []lint.Finding) []lint.Finding {
	type mark struct {
		check, path string
		document    int
	}
	at := map[mark]int{}
	out := findings[:0]
	for _, f := range findings {
		if !mutual[f.Check.Name] || len(f.Related) != 1 {
			out = append(out, f)
			continue
		}
		_, mine := t.ageOf(f.File.Path, func(d rules.Document) bool { return d.Base().Index+1 == f.Subject.Document })
		other, its := t.ageOf(f.Related[0].File.Path, func(d rules.Document) bool { return d.Base().Root.Span.Contains(f.Related[0].Span) })
		if its > mine {
			f = f.Turn(other)
		}
		m := mark{f.Check.Name, f.File.Path, f.Subject.Document}
		if n, known := at[m]; known {
			out[n].Related = append(out[n].Related, f.Related...)
			continue
		}
		at[m] = len(out)
		out = append(out, f)
	}
	return out
}

// ageOf looks for a document among those that differ.
func (t *Tree) ageOf(path string, is func(rules.Document) bool) (rules.Document, age) {
	for _, c := range t.Changes {
		switch {
		case c.New.Base().File.Path != path || !is(c.New):
		case c.Old == nil:
			return c.New, added
		default:
			return c.New, changed
		}
	}
	return nil, unchanged
}
