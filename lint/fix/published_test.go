package fix

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// TestPublishedRulesAreRepaired fixes published rules as they are, the retired ones above all: they have the most to repair.
func TestPublishedRulesAreRepaired(t *testing.T) {
	corpus := corpustest.Open(t)
	step := 7 // of the live rules
	if testing.Short() {
		step = 50
	}
	files := corpus.LegacyRules(t)
	if testing.Short() {
		files = files[:len(files)/5]
	}
	for i, f := range corpus.LiveRules(t) {
		if i%step == 0 {
			files = append(files, f)
		}
	}
	run := remembering(without("08", "13"))
	applied, refused, changed := map[string]int{}, map[string]int{}, 0
	for _, f := range files {
		for _, o := range []Options{{}, {Unsafe: true}} {
			out := Apply(source.Parse(f.Path, f.Data, source.Limits{}), run, o)
			for _, c := range out.Counts() {
				applied[c.Check.Code] += c.Applied
			}
			for _, r := range out.Rejected {
				refused[r.Finding.Check.Code+" "+r.Reason]++
				if r.Finding.Fix.Safe && strings.Contains(r.Reason, "called safe") {
					t.Errorf("%s: the fix %q of %s: %s", f.Path, r.Finding.Fix.Title, r.Finding.Check.Code, r.Reason)
				}
			}
			if out.Stopped != "" {
				t.Errorf("%s: %s", f.Path, out.Stopped)
			}
			if out.Rounds == 0 {
				continue
			}
			changed++
			if again := Apply(out.File, run, o); again.Rounds > 0 {
				t.Errorf("%s: a second run changes more:\n%s", f.Path, Diff(f.Path, out.Data(), again.Data()))
			}
		}
	}
	t.Logf("%d files changed of %d; applied:%s\nrefused:%s", changed, len(files), table(applied), table(refused))
}

func table(counts map[string]int) string {
	var rows []string
	for name, n := range counts {
		rows = append(rows, fmt.Sprintf("\n%5d %s", n, name))
	}
	slices.Sort(rows)
	return strings.Join(rows, "")
}
