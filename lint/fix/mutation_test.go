package fix

import (
	"slices"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// back says what the fix of a mutation gives.
type back uint8

const (
	another  back = iota // a rule without the finding
	meaning              // a rule that means what the published one does
	bytewise             // the published rule, byte for byte
)

// mutation seeds a defect into a rule. It gives no edits where the rule has no place for it.
type mutation struct {
	check string
	back  back
	seed  func(r *rules.Rule) []source.Edit
}

// mutations are the defects that are seeded into published rules, at least one for each check with a fix.
var mutations = slices.Concat(defectsOfMetadata, defectsOfDetections, defectsOfDocuments, defectsOfForm)

// Every check with a fix is tried on so many published rules (the bar of the catalogue), or as often as the table below says.
const required = 300

// fewer are the checks that published rules cannot try so often, with the reason.
var fewer = map[string]struct {
	tries int
	why   string
}{}

// companions are other checks that have to run for a check to find something.
var companions = map[string][]string{"unused-suppression": {"double-wildcard"}, "unknown-check": {"double-wildcard"}}

func TestEveryExceptionFromTheNumberOfTriesHasAReason(t *testing.T) {
	for name, f := range fewer {
		if lint.Find(checks.All(), name) == nil || f.why == "" || f.tries >= required {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
