package tuning

import (
	"sort"
	"strings"

	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file gives the values of a description their roles, so that the rule can fire on all of them together, and joins them.

// maxAssignments bounds the ways to give the values of one description their fields. Four values with three fields each are 81.
const maxAssignments = 96

// assigned gives every slot its role, so that the rule can fire on all of them together: of those ways the likeliest.
func (t *tuner) assigned(slots []slot) [][]scenario.Condition {
	if len(slots) == 0 {
		return nil
	}
	ways := [][]int{{}}
	for _, s := range slots {
		var next [][]int
		for _, way := range ways {
			for k := range s.roles {
				if len(ways)*len(s.roles) <= maxAssignments || k == 0 {
					next = append(next, append(append([]int(nil), way...), k))
				}
			}
		}
		ways = next
	}
	cost := func(way []int) int {
		sum := 0
		for k, choice := range way {
			sum += 2 * choice
			if n := t.ground.neighbour(slots, k); n >= 0 && slots[n].roles[way[n]] != slots[k].roles[choice] {
				sum += 5
			}
		}
		return sum
	}
	sort.SliceStable(ways, func(i, j int) bool { return cost(ways[i]) < cost(ways[j]) })
	for _, way := range ways {
		for k := range slots {
			slots[k].role = slots[k].roles[way[k]]
		}
		if !t.ground.distinctPrograms(slots) {
			continue
		}
		if groups := t.conjoined(slots); !t.deadOne(groups) {
			return groups
		}
	}
	return nil
}

// neighbour is the slot of the file whose directory slot k gives, or -1: "x.exe from C:\Acme\".
func (g *ground) neighbour(slots []slot, k int) int {
	m := slots[k].mentions[0]
	if g.sortOf(m) != directoryName || m.Part == scenario.Object || m.Place == scenario.Into || m.Role != "" || m.Field != "" {
		return -1
	}
	for _, n := range []int{k - 1, k + 1} {
		if n < 0 || n >= len(slots) || slots[n].mentions[0].Sentence != m.Sentence || slots[n].mentions[0].Part == scenario.Object {
			continue
		}
		switch v := slots[n].mentions[0].Value; g.sortOf(slots[n].mentions[0]) {
		case programName, libraryName, fileName:
			if v.Shape != scenario.ShapePath {
				return n
			}
		}
	}
	for n := range slots {
		if other := slots[n].mentions[0]; other.Sentence != m.Sentence && other.Value.Shape.Located() && other.Part == scenario.NoPart && other.Role == "" && m.Place == scenario.NoPlace {
			return n // the places of one thing, told one after the other
		}
	}
	return -1
}

// deadOne reports an alternative on which the rule cannot fire.
func (t *tuner) deadOne(groups [][]scenario.Condition) bool {
	for _, conditions := range groups {
		if t.dead(t.ground.groups([][]scenario.Condition{conditions})) {
			return true
		}
	}
	return false
}

// distinctPrograms reports that no two programs of one sentence have the same role: a process has one image.
func (g *ground) distinctPrograms(slots []slot) bool {
	for i, a := range slots {
		for _, b := range slots[:i] {
			if a.role != b.role || a.role != scenario.RoleProcess && a.role != scenario.RoleParent || a.mentions[0].Sentence != b.mentions[0].Sentence || a.mentions[0].Negated || b.mentions[0].Negated {
				continue
			}
			if g.sortOf(a.mentions[0]) == directoryName || g.sortOf(b.mentions[0]) == directoryName {
				continue
			}
			if a.mentions[0].Value.Shape != scenario.ShapePath || b.mentions[0].Value.Shape != scenario.ShapePath {
				return false
			}
		}
	}
	return true
}

// conjoined is the AND of the slots, or an OR of several where sentences give the same roles other values.
func (t *tuner) conjoined(slots []slot) [][]scenario.Condition {
	var groups [][]scenario.Condition
	var current []scenario.Condition
	for start := 0; start < len(slots); {
		end := start + 1
		for end < len(slots) && slots[end].mentions[0].Sentence == slots[start].mentions[0].Sentence {
			end++
		}
		var sentence []scenario.Condition
		for _, s := range slots[start:end] {
			sentence = with(sentence, t.ground.conditionOf(s))
		}
		if len(current) > 1 && len(sentence) > 1 && sharedRoles(current, sentence) > 1 {
			groups, current = append(groups, current), nil
		}
		for _, c := range sentence {
			current = with(current, c)
		}
		start = end
	}
	return append(groups, current)
}

func sharedRoles(a, b []scenario.Condition) int {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x.Role == y.Role && x.Field == y.Field && !x.Negated && !y.Negated {
				n++
			}
		}
	}
	return n
}

// with adds a condition to an AND. Two conditions on one role become one with more values, unless they say two things of one value: where it is, and
// what it is called; or parts of one text.
func with(conditions []scenario.Condition, c scenario.Condition) []scenario.Condition {
	for k := range conditions {
		before := &conditions[k]
		if before.Role != c.Role || before.Field != c.Field || before.Negated != c.Negated || before.Operator.Lacks() != c.Operator.Lacks() || c.Operator.Lacks() {
			continue
		}
		switch c.Role {
		case scenario.RoleCommandLine, scenario.RoleParentCommandLine, scenario.RoleField:
			continue
		}
		if located(before.Values) != located(c.Values) && (located(before.Values) == 1 && located(c.Values) == 0 || located(before.Values) == 0 && located(c.Values) == 1) {
			continue
		}
		if before.Operator != c.Operator {
			if starred(before.Values) && starred(c.Values) {
				continue
			}
			before.Values, c.Values = globs(*before), globs(c)
			before.Operator, before.Stated = scenario.Is, true
		}
		before.Values = append(append([]scenario.Value(nil), before.Values...), c.Values...)
		return conditions
	}
	return append(conditions, c)
}

// starred reports values that no wildcard can be put to.
func starred(values []scenario.Value) bool {
	for _, v := range values {
		if v.Shape == scenario.ShapeIP || v.Shape == scenario.ShapeCIDR {
			return true
		}
	}
	return false
}

// globs writes the values of a condition with the wildcards that its operator stands for.
func globs(c scenario.Condition) []scenario.Value {
	var out []scenario.Value
	for _, v := range c.Values {
		if v.Shape == scenario.ShapeGlob {
			out = append(out, v)
			continue
		}
		v.Text = literal(v)
		switch c.Operator {
		case scenario.EndsWith:
			v.Text, v.Shape = "*"+v.Text, scenario.ShapeGlob
		case scenario.StartsWith:
			v.Text, v.Shape = v.Text+"*", scenario.ShapeGlob
		case scenario.Contains:
			v.Text, v.Shape = "*"+v.Text+"*", scenario.ShapeGlob
		}
		out = append(out, v)
	}
	return out
}

// located is 1 for nothing but directories, 0 for nothing but names of files, and 2 for anything else.
func located(values []scenario.Value) int {
	all := -1
	for _, v := range values {
		kind := 2
		switch v.Shape {
		case scenario.ShapeDirectory:
			kind = 1
		case scenario.ShapeGlob:
			if !strings.ContainsAny(v.Text, `/\`) {
				kind = 0 // "*.dll"
			}
		case scenario.ShapeFileName, scenario.ShapeWord, scenario.ShapeIdentifier, scenario.ShapeName, scenario.ShapeExtension:
			kind = 0
		}
		if all >= 0 && all != kind {
			return 2
		}
		all = kind
	}
	return all
}
