package rules

import (
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

// A condition that is no text has no meaning to guess, also where its characters would parse; schema reports the type.
func TestConditionThatIsNoTextIsLeftToTheSchema(t *testing.T) {
	for _, condition := range []string{"1", "true", "2024-01-01", "1.5", "null", "[1]"} {
		documents, _ := Parse(source.Parse("rule.yml", []byte("detection:\n  sel:\n    a: b\n  condition: "+condition+"\n"), source.Limits{}))
		r := documents[0].(*Rule)
		if len(r.Detection.Conditions) > 0 || len(r.Problems) > 0 {
			t.Errorf("condition: %s: %d conditions, problems %v", condition, len(r.Detection.Conditions), r.Problems)
		}
	}
}
