package mine

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/tuning"
)

func TestEventsConfirmNarrowAndContradictTexts(t *testing.T) {
	r, err := tuning.Tune(tuning.Input{Path: "rule.yml", Text: whoamiRule, Today: testDay, Scenarios: []string{
		`Exclude processes where ParentImage ends with "\agent.exe"`, `Exclude processes where ParentImage ends with "\backup.exe"`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	feed(t, r.Rule, many(4, func(int) map[string]any { return map[string]any{"ParentImage": `C:\Program Files\Vendor\agent.exe`} }), m.FalsePositive)
	m.Mine()
	if len(r.Outcomes) != 3 || r.Outcomes[2].ID != "3" {
		t.Fatalf("%d outcomes", len(r.Outcomes))
	}
	for k, wanted := range []string{"they confirm ParentImage|endswith: '\\agent.exe' for 4 of 4 false positives, and narrow it: these have ParentImage: 'C:\\Program Files\\Vendor\\agent.exe'", "they contradict ParentImage|endswith: '\\backup.exe': it holds for none of 4 false positives"} {
		if notes := strings.Join(r.Outcomes[k].Notes, "\n"); !strings.Contains(notes, wanted) {
			t.Errorf("scenario %d\n got %s\nwant %s", k+1, notes, wanted)
		}
	}
}
