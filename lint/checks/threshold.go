package checks

import (
	"fmt"
	"math"
	"slices"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// threshold is one numeric entry of a correlation's condition.
type threshold struct {
	entry  source.Entry
	number rules.Number
}

var thresholdOperators = []string{"gt", "gte", "lt", "lte", "eq", "neq"}

func thresholds(c *rules.Correlation) []threshold {
	if c.Condition == nil || c.Condition.Value.Kind != source.Map {
		return nil
	}
	var out []threshold
	for _, e := range c.Condition.Value.Entries {
		if !slices.Contains(thresholdOperators, e.Key.Value) || e.Value.Tag != source.TagInt && e.Value.Tag != source.TagFloat {
			continue
		}
		if n, ok := rules.ParseNumber(e.Value.Value); ok {
			out = append(out, threshold{e, n})
		}
	}
	return out
}

// holds compares a value with the threshold.
func (t threshold) holds(v float64) bool {
	switch t.entry.Key.Value {
	case "gt":
		return v > t.number.Float
	case "gte":
		return v >= t.number.Float
	case "lt":
		return v < t.number.Float
	case "lte":
		return v <= t.number.Float
	case "eq":
		return v == t.number.Float
	}
	return v != t.number.Float
}

// meetable reports a value that meets all thresholds. The set of such values is bounded by thresholds, so it is enough to try them, their
// neighbours and, for fractions, the middles between them.
func meetable(all []threshold, whole bool) bool {
	var marks []float64
	for _, t := range all {
		marks = append(marks, t.number.Float)
	}
	slices.Sort(marks)
	candidates := []float64{0, 1, marks[0] - 1, marks[len(marks)-1] + 1}
	for i, m := range marks {
		candidates = append(candidates, m, math.Floor(m)-1, math.Floor(m), math.Floor(m)+1, math.Floor(m)+2)
		if i > 0 {
			candidates = append(candidates, (m+marks[i-1])/2)
		}
	}
	return slices.ContainsFunc(candidates, func(v float64) bool {
		if whole && (v < 0 || v != math.Floor(v)) {
			return false
		}
		return !slices.ContainsFunc(all, func(t threshold) bool { return !t.holds(v) })
	})
}

func checkContradictoryThreshold(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil {
		return
	}
	all := thresholds(c)
	if len(all) == 0 || meetable(all, countingTypes[c.Type.Value]) {
		return
	}
	var words []string
	for _, t := range all {
		words = append(words, t.entry.Key.Value+": "+t.entry.Value.Value)
	}
	p.Report(lint.Finding{
		Span:    source.Span{Start: all[0].entry.Key.Span.Start, End: all[len(all)-1].entry.Span().End},
		Message: "no number meets " + quoteAll(words) + ", so the correlation never fires",
		Help:    "correct one of the thresholds",
	})
}

func checkTrivialThreshold(p *lint.Pass) {
	c := asCorrelation(p)
	if c == nil || !countingTypes[c.Type.Value] {
		return
	}
	all := thresholds(c)
	if len(all) == 0 {
		return
	}
	for _, t := range all {
		lower := t.entry.Key.Value == "gt" || t.entry.Key.Value == "gte" || t.entry.Key.Value == "neq" && t.number.Float < 1
		if !lower || !t.holds(1) { // a count that fires at 1 and has no upper bound fires at every event
			return
		}
	}
	t := all[0].entry
	p.Report(lint.Finding{
		Span:    t.Span(),
		Message: fmt.Sprintf("`%s: %s` is met by the first event", t.Key.Value, source.Shorten(t.Value.Value)),
		Help:    "raise the threshold, or leave the correlation out",
	})
}
