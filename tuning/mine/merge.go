package mine

import (
	"sort"
	"strings"

	"github.com/sigtune/sigtune/tuning"
)

// mostMerged is up to how many clauses each is compared with every other. More kinds than that are an inventory, joined or not.
const mostMerged = 300

// merge joins clauses that differ in the values of one condition only into a list.
func (m *miner) merge(list []*clause) []*clause {
	if len(list) > mostMerged {
		return list
	}
	for again := true; again; {
		again = false
		for i := 0; i < len(list) && !again; i++ {
			for j := i + 1; j < len(list) && !again; j++ {
				if joined := m.join(list[i], list[j]); joined != nil {
					list[i] = joined
					list = append(list[:j], list[j+1:]...)
					again = true
				}
			}
		}
	}
	return list
}

// outlier is how many times rarer than another kind of events one is that stays apart from it.
const outlier = 20

func (m *miner) anyWritable(values []string) bool {
	for _, v := range values {
		if m.writable(strings.ReplaceAll(v, `\\*`, `\x`)) {
			return true
		}
	}
	return false
}

func (m *miner) join(a, b *clause) *clause {
	if len(a.forms) != len(b.forms) || min(a.n, b.n)*outlier < max(a.n, b.n) {
		return nil
	}
	other := map[string]form{}
	for _, f := range b.forms {
		other[f.field.name] = f
	}
	var out []form
	differs := 0
	for _, f := range a.forms {
		g, ok := other[f.field.name]
		if !ok {
			return nil
		}
		if strings.EqualFold(conditionsText(f.conditions), conditionsText(g.conditions)) {
			out = append(out, f)
			continue
		}
		if len(f.conditions) != 1 || len(g.conditions) != 1 {
			return nil
		}
		x, y := f.conditions[0], g.conditions[0]
		if x.Modifier != y.Modifier || x.All || y.All || len(x.Values)+len(y.Values) > longestList {
			return nil
		}
		if m.anyWritable(x.Values) != m.anyWritable(y.Values) {
			return nil // what anybody can write stays apart from what nobody can
		}
		differs++
		x.Values = union(x.Values, y.Values)
		f.conditions, f.listed = []tuning.Condition{x}, true
		f.once += g.once
		out = append(out, f)
	}
	if differs != 1 {
		return nil
	}
	rows := append(append([]int(nil), a.rows...), b.rows...)
	sort.Ints(rows)
	if whole := m.build(rows); m.sharper(whole, out) {
		return whole
	}
	joined := &clause{rows: append(append([]int(nil), a.rows...), b.rows...), forms: out, why: a.why, n: a.n + b.n}
	for name, why := range b.why {
		if _, known := joined.why[name]; !known {
			joined.why[name] = why
		}
	}
	sort.Ints(joined.rows)
	return joined
}

// sharper reports that what two clauses share says them as well as a list of both, in the same fields: the next of their kind fits it, too.
func (m *miner) sharper(whole *clause, list []form) bool {
	if len(whole.forms) < len(list) || m.points(whole) < enough {
		return false
	}
	has := map[string]bool{}
	for _, f := range whole.forms {
		if f.listed {
			return false
		}
		has[f.field.name] = true
	}
	for _, f := range list {
		if !has[f.field.name] {
			return false
		}
	}
	return true
}

func union(a, b []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, v := range append(append([]string(nil), a...), b...) {
		if key := strings.ToLower(v); !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	sort.Strings(out)
	return out
}
