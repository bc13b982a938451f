package logic

import (
	"sort"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// corpusRules are the published rules that can be parsed.
func corpusRules(t testing.TB) []*rules.Rule {
	var out []*rules.Rule
	for _, f := range corpustest.Open(t).LiveRules(t) {
		docs, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		for _, d := range docs {
			if r, ok := d.(*rules.Rule); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// knownUnsatisfiable is how many published rules contradict themselves (spec/checks.md, 0801).
const knownUnsatisfiable = 1

func TestEveryPublishedRuleHasAWitnessOrAProof(t *testing.T) {
	for _, search := range []bool{false, true} {
		count := map[Verdict]int{}
		var slow []string
		var times []time.Duration
		begin := time.Now()
		for _, r := range corpusRules(t) {
			f := FromRule(r)
			start := time.Now()
			p := NewProver(Options{})
			p.noGuess = search
			a := p.Satisfiable(f)
			took := time.Since(start)
			times = append(times, took)
			count[a.Verdict]++
			if took > 200*time.Millisecond {
				slow = append(slow, r.File.Path+" "+took.String())
			}
			switch a.Verdict {
			case Yes:
				if f.Eval(a.Witness, BothFoldings) == Fails {
					t.Errorf("%s: %v does not match", r.File.Path, a.Witness)
				}
			case No:
				t.Logf("%s: %s", r.File.Path, a.Explain())
			case Unknown:
				if len(f.Opaque()) == 0 {
					t.Errorf("%s: %s", r.File.Path, a.Reason)
				}
			}
		}
		sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
		t.Logf("search=%v: %v yes/no/unknown %d/%d/%d; median %v p99 %v max %v; slow %v", search, time.Since(begin).Round(time.Millisecond),
			count[Yes], count[No], count[Unknown], times[len(times)/2], times[len(times)*99/100], times[len(times)-1], slow)
		if count[No] != knownUnsatisfiable {
			t.Errorf("%d rules are unsatisfiable, want %d", count[No], knownUnsatisfiable)
		}
	}
}
