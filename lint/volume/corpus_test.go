package volume_test

import (
	"encoding/json"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/lint/volume"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// How well do the estimates tell rules that fire from rules that do not? Recorded events are divided by the data set they come from; one
// half is the baseline, the other tells which rules fire. The events are of attacks and were chosen because some rule fires on them, so this
// is a proxy; the order of the three figures is what counts.
func TestEstimatesTellRulesThatFire(t *testing.T) {
	corpus := corpustest.Open(t)
	var list []volume.Rule
	for _, f := range corpus.LiveRules(t) {
		documents, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok && r.Logsource.Product.Value == "windows" {
				list = append(list, volume.Rule{Rule: r, Branches: checks.Branches(r)})
			}
		}
	}
	known, held := volume.NewCounter(list, 0), volume.NewCounter(list, 0)
	known.CountEverything()
	corpus.Lines(t, "events/otrf_rule_hits.jsonl.gz", func(line json.RawMessage) {
		var row struct {
			Src   string          `json:"src"`
			Event json.RawMessage `json:"event"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		e, err := match.ParseEvent(row.Event)
		if err != nil {
			t.Fatal(err)
		}
		h := fnv.New32a()
		_, _ = h.Write([]byte(row.Src))
		if h.Sum32()%2 == 0 {
			known.Add(e)
		} else {
			held.Add(e)
		}
	})
	baseline, later := known.Baseline("known"), held.Baseline("held out")
	var static, calibrated, counted []scored
	for _, r := range list {
		before, ok := baseline.Of(r.Rule)
		after, _ := later.Of(r.Rule)
		if !ok || len(before.Branches) == 0 || len(before.Branches) != len(r.Branches) {
			continue
		}
		alone, with, seen := math.Inf(1), math.Inf(1), math.Inf(1)
		for k, items := range r.Branches {
			alone = min(alone, volume.OfBranch(r.Logsource, items).Bits)
			sum, least := 0.0, 0.0
			for n, i := range items {
				bits := volume.ItemBits(r.Logsource, i)
				if c := before.Branches[k].Items[n]; c.Held > 0 {
					bits = min(bits, c.Bits())
					least = max(least, c.Bits())
				} else {
					least = max(least, volume.ItemBits(r.Logsource, i))
				}
				sum += bits
			}
			with, seen = min(with, sum), min(seen, least)
		}
		fires := after.Fired > 0
		static, calibrated, counted = append(static, scored{alone, fires}), append(calibrated, scored{with, fires}), append(counted, scored{seen, fires})
	}
	a, b, c := auc(static), auc(calibrated), auc(counted)
	t.Logf("%d rules, %d fire on the half held out of %d + %d events; AUC: %.2f without events, %.2f with the counts of the other half, %.2f for the rarest test alone",
		len(static), count(static), baseline.Events, later.Events, a, b, c)
	if b < a+0.1 {
		t.Errorf("counting hardly helps: %.2f and %.2f", a, b)
	}
}

type scored struct {
	bits  float64
	fires bool
}

func count(list []scored) (n int) {
	for _, s := range list {
		if s.fires {
			n++
		}
	}
	return n
}

// auc is the chance that a rule that fires has fewer bits than one that does not.
func auc(list []scored) float64 {
	slices.SortFunc(list, func(a, b scored) int {
		switch {
		case a.bits < b.bits:
			return -1
		case a.bits > b.bits:
			return 1
		}
		return 0
	})
	better, pairs, fired := 0.0, 0.0, 0.0
	for from := 0; from < len(list); {
		to := from
		firing, quiet := 0.0, 0.0
		for ; to < len(list) && list[to].bits == list[from].bits; to++ {
			if list[to].fires {
				firing++
			} else {
				quiet++
			}
		}
		better += quiet * (fired + firing/2)
		fired += firing
		from = to
	}
	quiet := float64(len(list)) - fired
	pairs = fired * quiet
	return better / pairs
}
