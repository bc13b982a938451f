package mine

import (
	"slices"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
)

// shareAll takes everything that the events of a clause share, however easily it changes, where nothing in it says who they are: narrow, and
// not to be applied unasked.
func (m *miner) shareAll(c *clause) {
	c.all = true
	program, parent := false, false
	for _, f := range c.forms {
		program = program || f.field.role == taxonomy.RoleImage && !f.listed
		parent = parent || f.field.role == taxonomy.RoleParentImage && !f.listed
	}
	for _, f := range c.spare {
		if program && parent && m.startsProcesses() && detail[f.field.role] {
			continue // the program has it, and not every sensor tells it
		}
		if !f.listed && (f.volatile != peopleChange || c.n >= sameAccount) || f.listed && f.field.identity && (f.once == 0 || f.field.role == taxonomy.RoleImage) && !m.anyOf(f, shells) {
			c.forms = append(c.forms, f)
			delete(c.why, f.field.name)
		}
	}
	c.spare = nil
}

// placed adds where the programs of the events are, when a filter says nothing about them and only administrators put programs there: it narrows, and
// leaves what runs from where anybody may write.
func (m *miner) placed(c *clause) {
	if len(c.forms) == 0 || m.fields.logs == nil {
		return
	}
	for _, f := range c.forms {
		if f.field.role == taxonomy.RoleImage {
			return
		}
	}
	for _, name := range m.fields.logs.Role(taxonomy.RoleImage) {
		at, known := m.table.byName[name]
		if !known || at < 0 {
			continue
		}
		values, missing := m.values(m.table.columns[at], c.rows)
		if missing > 0 || len(values) == 0 {
			continue
		}
		if roots := rootsOf(texts(values), append(installRoots[:len(installRoots):len(installRoots)], systemRoots...)); roots != nil {
			f := m.fields.of(name)
			c.forms = append(c.forms, form{field: f, conditions: []tuning.Condition{condition(f, "startswith", roots...)}, wide: true, alike: len(values)})
			delete(c.why, name)
			return
		}
	}
}

// detail are the roles of what follows from the program and its parent.
var detail = map[taxonomy.Role]bool{taxonomy.RoleMetadata: true, taxonomy.RoleIntegrity: true, taxonomy.RoleDirectory: true}

// seenExactly is what was seen, value by value: the last resort for events that nothing identifies. Nil where that is an inventory, or where
// it would hide an event that the rule is written to find.
func (m *miner) seenExactly(c *clause) []form {
	var out []form
	named := false
	for _, column := range m.table.columns {
		f := m.fields.of(column.name)
		if f.silent != "" || f.kind == accountKind || f.stability < stabilityUnknown && f.role != taxonomy.RoleEventID {
			continue
		}
		values, missing := m.values(column, c.rows)
		if missing > 0 || len(values) == 0 || len(values) > longestList {
			continue
		}
		g := form{field: f, alike: len(values), listed: len(values) > 1, tells: true}
		var list []string
		for _, v := range values {
			if strings.ContainsAny(v.text, "\r\n") || f.kind == wholeKind && identifierLike.MatchString(v.text) {
				list = nil
				break
			}
			text := v.text
			if f.kind == pathKind {
				text = abstracted(text)
			}
			list = append(list, asPattern(text))
		}
		if list = union(list, nil); len(list) == 0 {
			continue
		}
		g.conditions = []tuning.Condition{condition(f, "", list...)}
		if m.implies(g.conditions) {
			continue
		}
		named = named || f.identity || f.role == taxonomy.RoleEventID
		out = append(out, g)
	}
	if !named || m.hidesWitness(out) {
		return nil
	}
	return out
}

// hidesWitness reports forms that hold for an event standing in for a true positive.
func (m *miner) hidesWitness(forms []form) bool {
	var conditions []tuning.Condition
	for _, f := range forms {
		conditions = append(conditions, f.conditions...)
	}
	d, err := tuning.Block("filter", [][]tuning.Condition{conditions})
	if err != nil {
		return true
	}
	filter, err := match.CompileDetection(d)
	if err != nil {
		return true
	}
	for _, e := range m.witness {
		if filter.Match(match.NewEvent(e)) {
			return true
		}
	}
	return false
}

// outlierExactly says an event that stands alone by everything that is no chance in it: one event tells no pattern.
func (m *miner) outlierExactly(c *clause) {
	var left []form
	for _, f := range c.spare {
		if f.volatile == "" && f.field.role != taxonomy.RoleIntegrity {
			c.forms = append(c.forms, f)
			delete(c.why, f.field.name)
		} else {
			left = append(left, f)
		}
	}
	c.spare = left
}

// deepest is how often a set of events is split.
const deepest = 4

// clauses covers rows: one clause where that identifies what it excludes, else one for each group of a split. The heaviest come first.
func (m *miner) clauses(rows []int) []*clause {
	found := m.cover(rows, deepest)
	found = m.merge(found)
	for _, c := range found {
		switch {
		case m.points(c) < enough:
			m.shareAll(c)
		case c.n == 1 && len(found) > 1:
			m.outlierExactly(c)
		}
	}
	sort.SliceStable(found, func(i, j int) bool {
		return m.table.weight(found[i].rows, falsePositive) > m.table.weight(found[j].rows, falsePositive)
	})
	return found
}

func (m *miner) cover(rows []int, depth int) []*clause {
	whole := m.build(rows)
	if depth == 0 || len(rows) == 1 || m.points(whole) >= enough && !m.inventory(whole) && !m.byOften(whole) && !m.hidesTrue(whole) {
		return []*clause{whole}
	}
	groups := m.split(rows, whole)
	if len(groups) < 2 {
		return []*clause{whole}
	}
	var out []*clause
	for _, g := range groups {
		out = append(out, m.cover(g, depth-1)...)
	}
	if m.points(whole) >= enough && !m.hidesTrue(whole) && !m.mixed(whole) && !m.told(whole) && (listedOnce(whole) == 0 || whole.n < manyOccurrences) && len(m.merge(slices.Clone(out))) >= listedValues(whole) {
		return []*clause{whole} // the groups are the list over again
	}
	return out
}

// byOften reports a clause that is enough only because its events are many: groups may say more.
func (m *miner) byOften(c *clause) bool {
	n := 0
	for _, f := range c.forms {
		n += m.pointsOf(f)
	}
	return n < enough
}

// onlyListed reports a clause that is identified by a list of what was seen, and by nothing else.
func (m *miner) onlyListed(c *clause) bool {
	for _, f := range c.forms {
		if !f.listed && m.pointsIn(f, c) >= enough {
			return false
		}
	}
	return true
}

// manyOccurrences is from how many on what was seen once is an outlier.
const manyOccurrences = 10

// inventory reports a list that groups may say shorter.
func (m *miner) inventory(c *clause) bool {
	return m.onlyListed(c) && (listedValues(c) > 2 || listedOnce(c) > 0 && c.n >= manyOccurrences || m.mixed(c))
}

// mixed reports a list with values that anybody can bring about and others that nobody can: the weak ones would spoil the rest.
func (m *miner) mixed(c *clause) bool {
	for _, f := range c.forms {
		if !f.listed || f.field.kind != pathKind {
			continue
		}
		writable := 0
		for _, v := range f.conditions[0].Values {
			if m.anyWritable([]string{v}) {
				writable++
			}
		}
		if writable > 0 && writable < len(f.conditions[0].Values) {
			return true
		}
	}
	return false
}

// listedOnce is how many values of its lists a clause saw once only.
func listedOnce(c *clause) int {
	n := 0
	for _, f := range c.forms {
		if f.listed {
			n += f.once
		}
	}
	return n
}

func listedValues(c *clause) int {
	n := 0
	for _, f := range c.forms {
		if f.listed {
			n = max(n, len(f.conditions[0].Values))
		}
	}
	return n
}

// hidesTrue reports a clause that holds for an event that must fire.
func (m *miner) hidesTrue(c *clause) bool {
	if len(c.forms) == 0 {
		return true
	}
	groups := [][]tuning.Condition{c.conditions()}
	for _, held := range m.matches(groups, m.table.of(truePositive)) {
		if held {
			return true
		}
	}
	return false
}
