package logic

import (
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// parseRule reads the rule of a test; `detection:` and what follows is enough.
func parseRule(t testing.TB, text string) *rules.Rule {
	t.Helper()
	f := source.Parse("test.yml", []byte(text), source.Limits{})
	docs, _ := rules.Parse(f)
	if len(docs) != 1 {
		t.Fatalf("%d documents", len(docs))
	}
	r, ok := docs[0].(*rules.Rule)
	if !ok {
		t.Fatalf("no rule: %T", docs[0])
	}
	return r
}

// parsed is the formula of a rule that consists of one identifier.
func parsed(t testing.TB, block string) *Formula {
	t.Helper()
	return FromRule(parseRule(t, "detection:\n  s:\n"+block+"\n  condition: s\n"))
}
