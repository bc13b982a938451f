package match

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// publishedSet are the rules of the folder rules/, as the benchmarks of docs/benchmarks.md count them.
func publishedSet(t testing.TB) []*Matcher {
	t.Helper()
	var matchers []*Matcher
	live := liveRules(t, corpustest.Open(t))
	for _, path := range sortedKeys(live) {
		if strings.HasPrefix(path, "rules/") {
			if m, err := Compile(live[path], WithPlaceholders(asWritten(live[path]))); err == nil {
				matchers = append(matchers, m)
			}
		}
	}
	return matchers
}

// recordedLines are events of the corpus as JSON lines.
func recordedLines(t testing.TB) []string {
	t.Helper()
	var lines []string
	corpustest.Open(t).Lines(t, "events/otrf_rule_hits.jsonl.gz", func(line json.RawMessage) {
		var hit ruleHit
		if err := json.Unmarshal(line, &hit); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(hit.Event))
	})
	raw, _ := atomicEvents(t)
	for _, r := range raw {
		lines = append(lines, string(r))
	}
	return lines
}

func benchmarkReader(b *testing.B, matchers []*Matcher, lines []string) {
	r := NewSet(matchers).Reader(ReaderOptions{})
	size := 0
	for _, l := range lines {
		size += len(l)
	}
	b.SetBytes(int64(size / len(lines)))
	b.ReportAllocs()
	hits, candidates, slow := 0, 0, 0
	spent := processorTime()
	for k := 0; b.Loop(); k++ {
		line := lines[k%len(lines)]
		if !r.Scan(line) {
			slow++
			e, err := ParseEvent([]byte(line))
			if err != nil {
				b.Fatal(err)
			}
			r.Take(e)
		}
		hits += len(r.Hits())
		candidates += len(r.candidates)
	}
	n := float64(b.N)
	b.ReportMetric(float64((processorTime()-spent).Nanoseconds())/n, "cpu-ns/event")
	b.ReportMetric(n/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(hits)/n, "hits/event")
	b.ReportMetric(float64(candidates)/n, "candidates/event")
	b.ReportMetric(float64(slow)/n, "slow/event")
	b.ReportMetric(float64(r.set.Always()), "always")
}

// One rule on a flat event of 22 fields and 1.4 KB, from the bytes of its line to the verdict.
func BenchmarkLineOneRule(b *testing.B) {
	benchmarkReader(b, []*Matcher{compile(b, benchRule)}, []string{strings.ReplaceAll(benchEvent, "\n", "")})
}

// All published rules on recorded events, from the bytes of a line to the verdicts.
func BenchmarkLinePublishedRules(b *testing.B) {
	benchmarkReader(b, publishedSet(b), recordedLines(b))
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
