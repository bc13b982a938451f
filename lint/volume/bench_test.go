package volume_test

import (
	"encoding/json"
	"testing"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// BenchmarkCount is one event for all published rules, read from its line: what `lint --events` does a hundred thousand times.
func BenchmarkCount(b *testing.B) {
	corpus := corpustest.Open(b)
	var list []volume.Rule
	for _, f := range corpus.LiveRules(b) {
		documents, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok {
				list = append(list, volume.Rule{Rule: r, Branches: checks.Branches(r)})
			}
		}
	}
	var lines [][]byte
	corpus.Lines(b, "events/otrf_rule_hits.jsonl.gz", func(line json.RawMessage) {
		var row struct {
			Event json.RawMessage `json:"event"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			b.Fatal(err)
		}
		lines = append(lines, row.Event)
	})
	counter := volume.NewCounter(list, 0)
	b.ReportAllocs()
	b.ResetTimer()
	for k := 0; b.Loop(); k++ {
		e, err := match.ParseEvent(lines[k%len(lines)])
		if err != nil {
			b.Fatal(err)
		}
		counter.Add(e)
	}
	counter.Baseline("events")
}
