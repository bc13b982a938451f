package mine

import (
	"fmt"

	"github.com/sigtune/sigtune/tuning"
)

// leftOutGroups is how many hosts, users and days are left out in turn: the first ones; more change an estimate little.
const leftOutGroups = 8

// leftOutRows is how many distinct events an estimate looks at, evenly taken.
const leftOutRows = 2000

// leaveOut estimates how a filter generalises: built without the events of one host, user or day, would it have caught them? It is empty
// where all events come from one.
func (m *miner) leaveOut(c *clause) string {
	rows := c.rows
	if len(rows) > leftOutRows {
		rows = nil
		for i := range leftOutRows {
			rows = append(rows, c.rows[i*len(c.rows)/leftOutRows])
		}
	}
	caught, all, dimensions := 0, 0, []string{}
	for _, d := range []struct {
		name string
		of   func(context) string
	}{{"host", func(x context) string { return x.host }}, {"user", func(x context) string { return x.user }}, {"day", func(x context) string { return x.day }}} {
		groups := m.grouped(rows, d.of)
		if len(groups) < 2 {
			continue
		}
		dimensions = append(dimensions, d.name)
		for k, g := range groups {
			if k == leftOutGroups {
				break
			}
			out := map[int]bool{}
			for _, at := range g {
				out[at] = true
			}
			var rest []int
			for _, at := range rows {
				if !out[at] {
					rest = append(rest, at)
				}
			}
			all += m.table.weight(g, falsePositive)
			if len(rest) == 0 {
				continue
			}
			without := m.build(rest)
			for i, held := range m.matches([][]tuning.Condition{without.conditions()}, g) {
				if held {
					caught += m.table.rows[g[i]].count[falsePositive]
				}
			}
		}
	}
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("Built without one %s at a time, it would have hidden %d %% of what was left out (an estimate).", orList(dimensions), 100*caught/all)
}

// grouped are the rows that occurred in one group only, by group, in the order of their first row.
func (m *miner) grouped(rows []int, of func(context) string) [][]int {
	at := map[string]int{}
	var out [][]int
	for _, row := range rows {
		name, one := "", true
		for _, x := range m.table.rows[row].contexts {
			if v := of(x); name == "" {
				name = v
			} else if v != name {
				one = false
			}
		}
		if name == "" || !one {
			continue
		}
		k, known := at[name]
		if !known {
			k = len(out)
			at[name] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], row)
	}
	return out
}

func orList(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	out := words[0]
	for _, w := range words[1 : len(words)-1] {
		out += ", " + w
	}
	return out + " or " + words[len(words)-1]
}
