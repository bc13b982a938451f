package logic

import (
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// FuzzSatisfiable: whatever a file says, an answer comes back, and a witness matches.
func FuzzSatisfiable(f *testing.F) {
	f.Add([]byte(discovery), "/usr/bin/who")
	for _, row := range predicates {
		f.Add([]byte("detection:\n  s:\n"+row.block+"\n  condition: not (s and not 1 of s*)\n"), "x")
	}
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		docs, _ := rules.Parse(source.Parse("fuzz.yml", data, source.Limits{}))
		for _, d := range docs {
			r, ok := d.(*rules.Rule)
			if !ok {
				continue
			}
			m, err := match.Compile(r)
			formula := FromRule(r)
			a := NewProver(Options{States: 2000, Steps: 200}).Satisfiable(formula)
			if err != nil {
				continue
			}
			if a.Verdict == Yes && !m.Match(match.NewEvent(a.Witness)) {
				t.Fatalf("%v does not match", a.Witness)
			}
			if a.Verdict == No {
				e := Event{}
				formula.each(func(g *Formula) {
					if g.leaf != nil && g.leaf.field != "" {
						e[g.leaf.field] = value
					}
				})
				if m.Match(match.NewEvent(e)) {
					t.Fatalf("%v matches: %s", e, a.Explain())
				}
			}
		}
	})
}
