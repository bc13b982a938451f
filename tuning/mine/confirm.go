package mine

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/tuning"
)

// confirm says of every condition that was read from a text whether the false positives confirm it, narrow it or contradict it. It changes
// no verdict: what is written stays what somebody wrote.
func (m *miner) confirm(o *tuning.Outcome, rows []int) {
	if len(rows) == 0 {
		return
	}
	said := map[string]bool{}
	for _, group := range o.Conditions {
		for _, c := range group {
			note := m.confirmed(c, rows)
			if note != "" && !said[note] {
				said[note] = true
				o.Notes = append(o.Notes, "events: "+note)
			}
		}
		if len(group) > 1 && !placeholders(group) {
			if n := m.holding([][]tuning.Condition{group}, rows); n >= 0 {
				o.Notes = append(o.Notes, fmt.Sprintf("events: all of it together holds for %d of %s", n, plural(m.table.weight(rows, falsePositive), "false positive")))
			}
		}
	}
	if len(o.Conditions) > 0 && !placeholders(o.Conditions...) {
		of := m.table.of(truePositive)
		for i, held := range m.matches(o.Conditions, of) {
			if held {
				o.Notes = append(o.Notes, fmt.Sprintf("events: it would hide a true positive, %s", m.table.rows[of[i]].first[truePositive]))
				break
			}
		}
	}
}

func placeholders(groups ...[]tuning.Condition) bool {
	for _, g := range groups {
		for _, c := range g {
			if c.Placeholder {
				return true
			}
		}
	}
	return false
}

// holding is for how many false positives an exclusion holds; -1 when it cannot be written.
func (m *miner) holding(groups [][]tuning.Condition, rows []int) int {
	held := m.matches(groups, rows)
	if held == nil {
		return -1
	}
	n := 0
	for i, h := range held {
		if h {
			n += m.table.rows[rows[i]].count[falsePositive]
		}
	}
	return n
}

// confirmed is what the events say about one condition.
func (m *miner) confirmed(c tuning.Condition, rows []int) string {
	said := tuning.ConditionText(c)
	at, known := m.table.byName[c.Field]
	if !known || at < 0 {
		return fmt.Sprintf("none of them has `%s`: nothing confirms %s", c.Field, said)
	}
	column := m.table.columns[at]
	if c.Placeholder {
		return fmt.Sprintf("they have `%s` %s: candidates for %s", c.Field, m.shownValues(column, rows), strings.Join(c.Values, ", "))
	}
	held := m.matches([][]tuning.Condition{{c}}, rows)
	if held == nil {
		return ""
	}
	var in []int
	for i, h := range held {
		if h {
			in = append(in, rows[i])
		}
	}
	all := m.table.weight(rows, falsePositive)
	if len(in) == 0 {
		return fmt.Sprintf("they contradict %s: it holds for none of %s, which have %s", said, plural(all, "false positive"), m.shownValues(column, rows))
	}
	text := fmt.Sprintf("they confirm %s for %d of %s", said, m.table.weight(in, falsePositive), plural(all, "false positive"))
	values, missing := m.values(column, in)
	if missing > 0 || c.Negated {
		return text
	}
	form := m.formOf(m.fields.of(c.Field), values)
	if len(form.conditions) == 0 || form.volatile != "" {
		return text
	}
	narrower := conditionsText(form.conditions)
	if narrower == said || !m.narrower(form.conditions, c) {
		return text
	}
	return text + ", and narrow it: these have " + narrower
}

// narrower proves that conditions demand what another does.
func (m *miner) narrower(conditions []tuning.Condition, than tuning.Condition) bool {
	a, err := tuning.Block("a", [][]tuning.Condition{conditions})
	if err != nil {
		return false
	}
	b, err := tuning.Block("b", [][]tuning.Condition{{than}})
	return err == nil && m.provesImplied(a, b)
}

// shownFew is how many values a note names.
const shownFew = 3

func (m *miner) shownValues(c *column, rows []int) string {
	values, missing := m.values(c, rows)
	var parts []string
	for k, v := range values {
		if k == shownFew {
			parts = append(parts, fmt.Sprintf("%d more", len(values)-k))
			break
		}
		text := v.text
		if len(text) > 80 {
			text = strings.ToValidUTF8(text[:80], "") + "…"
		}
		parts = append(parts, "`"+text+"`")
	}
	if missing > 0 {
		parts = append(parts, "nothing")
	}
	return strings.Join(parts, ", ")
}
