package mine

import (
	"net/netip"
	"slices"
	"sort"
	"strings"
)

// mostGroups is into how many groups events are split at once. More kinds than that are an inventory.
const mostGroups = 40

// split parts rows by the field whose groups identify best; nil when none helps.
func (m *miner) split(rows []int, whole *clause) [][]int {
	var best [][]int
	bestScore := .3 // of the rows at least; below that the groups are chance
	for _, column := range m.table.columns {
		f := m.fields.of(column.name)
		if f.silent != "" || f.stability < .6 || !f.identity && !f.selected {
			continue
		}
		for _, groups := range m.groupings(f, column, rows) {
			if len(groups) < 2 {
				continue
			}
			groups = m.heaviest(groups)
			score := m.worth(groups, rows) + .1*f.stability
			if f.selected {
				score -= .1 // what the rule looks for is what its true positives have, too
			}
			if score > bestScore {
				best, bestScore = groups, score
			}
		}
	}
	return best
}

// heaviest keeps the groups that most events are in, and puts the others together.
func (m *miner) heaviest(groups [][]int) [][]int {
	if len(groups) <= mostGroups {
		return groups
	}
	sort.SliceStable(groups, func(i, j int) bool { return m.occurrences(groups[i]) > m.occurrences(groups[j]) })
	var rest []int
	for _, g := range groups[mostGroups-1:] {
		rest = append(rest, g...)
	}
	sort.Ints(rest)
	return append(groups[:mostGroups-1:mostGroups-1], rest)
}

// groupings are the ways to part rows by a field.
func (m *miner) groupings(f *field, c *column, rows []int) [][][]int {
	switch f.kind {
	case textKind:
		return [][][]int{m.wordGroups(c, rows)}
	case pathKind:
		return [][][]int{m.groups(c, rows), m.nameGroups(c, rows)}
	}
	return [][][]int{m.groups(c, rows)}
}

// fewGroups is up to how many groups one that was seen once is a kind of its own, and not one entry of an inventory.
const fewGroups = 3

// worth is the share of the rows that a split identifies. A group that was seen once says little, one of many nothing, and every one has its price: a
// list of everything that happened identifies all of it and says nothing.
func (m *miner) worth(groups [][]int, rows []int) float64 {
	all, good := float64(m.occurrences(rows)), 0.0
	for _, g := range groups {
		c := m.build(g)
		if m.points(c) < enough || m.hidesTrue(c) {
			continue
		}
		switch {
		case c.n > 1:
			good += float64(c.n)
		case len(groups) <= fewGroups:
			good += .5
		}
	}
	return good/all - min(.03*float64(len(groups)), 3*float64(len(groups))/all)
}

// nameGroups parts rows by the last segment of a path.
func (m *miner) nameGroups(c *column, rows []int) [][]int {
	at := map[string]int{}
	var out [][]int
	for _, row := range rows {
		text := strings.ToLower(abstracted(c.values[c.at(row)].text))
		key := baseName(text)
		k, known := at[key]
		if !known {
			k = len(out)
			at[key] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], row)
	}
	return out
}

// groups parts rows by what a field says: a path by the directory that names its maker, anything else by its value.
func (m *miner) groups(c *column, rows []int) [][]int {
	f := m.fields.of(c.name)
	keys := map[uint32]string{}
	at := map[string]int{}
	var out [][]int
	for _, row := range rows {
		n := c.at(row)
		key, known := keys[n]
		if !known {
			key = strings.ToLower(c.values[n].text)
			if f.kind == pathKind {
				key = strings.ToLower(family(abstracted(c.values[n].text)))
			}
			if f.kind == addressKind {
				key = network(key)
			}
			keys[n] = key
		}
		k, known := at[key]
		if !known {
			k = len(out)
			at[key] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], row)
	}
	return out
}

// network is the /16, or /48, that an address is in: addresses of one service lie near each other.
func network(text string) string {
	a, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return text
	}
	bits := 16
	if a = a.Unmap(); a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return text
	}
	return p.String()
}

// mostWords is how many distinct texts are compared by their words.
const mostWords = 400

// wordGroups parts rows by a word that their texts share and others lack, the most frequent first.
func (m *miner) wordGroups(c *column, rows []int) [][]int {
	byValue := map[uint32][]string{}
	support := map[string]int{}
	for _, row := range rows {
		n := c.at(row)
		if _, known := byValue[n]; known {
			continue
		}
		if len(byValue) == mostWords {
			return nil
		}
		set := map[string]bool{}
		for _, w := range words(c.values[n].text) {
			set[w] = true
		}
		byValue[n] = sortedKeys(set)
		for w := range set {
			support[w]++
		}
	}
	left := rows
	var out [][]int
	for len(left) > 0 && len(out) <= mostGroups {
		times := map[string]int{}
		for _, row := range left {
			for _, w := range byValue[c.at(row)] {
				if support[w] < len(byValue) {
					times[w]++
				}
			}
		}
		best := ""
		for _, w := range sortedKeys(times) {
			if n := times[w]; n > times[best] || n == times[best] && len(w) > len(best) {
				best = w
			}
		}
		if best == "" {
			return append(out, left)
		}
		var in, rest []int
		for _, row := range left {
			if contains(byValue[c.at(row)], best) {
				in = append(in, row)
			} else {
				rest = append(rest, row)
			}
		}
		out, left = append(out, in), rest
	}
	if len(left) > 0 {
		out = append(out, left)
	}
	return out
}

func contains(sorted []string, w string) bool {
	_, found := slices.BinarySearch(sorted, w)
	return found
}
