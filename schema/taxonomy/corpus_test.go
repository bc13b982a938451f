package taxonomy

import (
	"path"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/schema/taxonomy/internal/skim"
)

// The numbers to pin of the specification, section 9: on live rules nothing is unknown.
func TestLiveRulesAreKnown(t *testing.T) {
	var rules, complete, unknown int
	for _, file := range corpustest.Open(t).LiveRules(t) {
		rule, ok := skim.Read(string(file.Data))
		if !ok {
			continue
		}
		rules++
		name := path.Base(file.Path)
		if problems := Default().CheckLogsource(rule.Product, rule.Category, rule.Service); len(problems) > 0 {
			t.Errorf("%s: log source %s/%s/%s: %+v", name, rule.Product, rule.Category, rule.Service, problems)
		}
		l, match := Lookup(rule.Product, rule.Category, rule.Service)
		if l == nil {
			continue
		}
		if l.Complete && match.Authoritative() {
			complete++
		}
		for _, f := range rule.Fields {
			e := l.Explain(f)
			if e.Finding == Known {
				continue
			}
			if l.Complete {
				t.Errorf("%s: field %s is not known in %s: %+v", name, f, l.Key, e)
			}
			unknown++
		}
	}
	t.Logf("%d rules, %d in complete log sources, %d fields outside observed lists", rules, complete, unknown)
	if rules < 3700 || complete < 2800 {
		t.Errorf("%d rules read, %d of them in complete log sources: too few", rules, complete)
	}
}

// A slip in a field name must be noticed wherever a list is complete: each name with a letter lost,
// doubled or in another case.
func TestSlipsInCompleteLogsourcesAreNoticed(t *testing.T) {
	slips, noticed, explained := 0, 0, 0
	for _, k := range Default().Logsources() {
		l, _ := Default().Get(k)
		if !l.Complete {
			continue
		}
		for _, n := range l.Fields() {
			if len(n) < 3 {
				continue
			}
			for _, slip := range []string{n[:1] + n[2:], n + n[len(n)-1:], swap(n), strings.ToUpper(n)} {
				if slip == n {
					continue
				}
				slips++
				e := l.Explain(slip)
				if e.Finding != Known {
					noticed++
				}
				if contains(e.Names, n) {
					explained++
				}
			}
		}
	}
	t.Logf("%d slips, %d noticed, %d explained by the right name", slips, noticed, explained)
	// The rest are slips that turn one known name into another.
	if noticed*1000 < slips*995 {
		t.Errorf("%d of %d slips noticed", noticed, slips)
	}
}

func swap(n string) string { return n[:1] + string(n[2]) + string(n[1]) + n[3:] }

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
