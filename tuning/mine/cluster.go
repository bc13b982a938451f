package mine

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/schema/commonness"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/safety"
)

// clause is one kind of false positive: events, and the AND that says them.
type clause struct {
	rows  []int
	forms []form // those that are part of the filter, the most telling first
	spare []form // further ones that hold for all events, and why they are left out
	why   map[string]string
	n     int  // occurrences that differ
	all   bool // nothing says who: the filter is everything that the events share
}

func (c *clause) conditions() []tuning.Condition {
	var out []tuning.Condition
	for _, f := range c.forms {
		out = append(out, f.conditions...)
	}
	return out
}

// Occurrences of the same kind that a prior is worth, and how likely a condition has to be to hold for the next event of the kind. With
// them one event is enough for a program (stability .95), two for the end of a file's path, three for words of a command line, six for an
// account.
const (
	priorWeight = 4
	likely      = .75
)

// build says what rows have in common.
func (m *miner) build(rows []int) *clause {
	c := &clause{rows: rows, why: map[string]string{}, n: m.occurrences(rows)}
	for _, column := range m.table.columns {
		f := m.fields.of(column.name)
		if f.silent != "" {
			c.why[f.name] = f.silent
			continue
		}
		values, missing := m.values(column, rows)
		if missing > 0 {
			if len(values) > 0 {
				c.why[f.name] = "not every event has it"
			}
			continue
		}
		if len(values) == 0 {
			continue
		}
		form := m.formOf(f, values)
		if len(form.conditions) == 0 {
			c.why[f.name] = form.volatile
			continue
		}
		if m.implies(form.conditions) {
			c.why[f.name] = "the rule implies it: " + conditionsText(form.conditions)
			continue
		}
		holding := c.n
		if form.listed {
			holding -= form.once
		}
		if f.role == taxonomy.RoleUser && len(values) == 1 && c.n >= sameAccount && (form.volatile == peopleChange || form.volatile == "") {
			form.volatile, form.tells = "", true
		}
		if m.everyday(form) && c.n < sameAccount {
			form.volatile = "one of few values, which this many events share by chance"
		}
		if f.role == taxonomy.RoleMetadata && !m.fields.ruled(f.name) && form.volatile == "" {
			form.volatile = "a program says of itself what its author wrote"
		}
		stability := f.stability
		if f.role == taxonomy.RoleIntegrity && strings.EqualFold(values[0].text, "System") {
			stability = stabilityUsed // what runs as the system is no person's doing
		}
		expected := (float64(holding) + priorWeight*stability) / float64(c.n+priorWeight)
		if expected < likely || form.volatile != "" || form.listed && (m.anyOf(form, shells) || !form.field.identity && (!form.field.selected || !informative(form))) {
			c.spare = append(c.spare, form)
			continue
		}
		c.forms = append(c.forms, form)
	}
	sort.SliceStable(c.forms, func(i, j int) bool { return m.before(c.forms[i], c.forms[j]) })
	sort.SliceStable(c.spare, func(i, j int) bool { return m.before(c.spare[i], c.spare[j]) })
	m.loosen(c)
	if m.points(c) < enough || m.onlyListed(c) {
		m.strengthen(c)
	}
	for _, f := range c.spare {
		c.why[f.field.name] = m.whySpare(f, c)
	}
	return c
}

// everyday reports a value that many events have anyway (package commonness).
func (m *miner) everyday(f form) bool {
	const few = 4 // bits: one event in sixteen
	if len(f.conditions) != 1 || len(f.conditions[0].Values) != 1 || f.conditions[0].Modifier != "" || f.field.identity {
		return false
	}
	row, known := commonness.Of(commonness.Value, f.field.name+"/"+f.conditions[0].Values[0])
	return known && row.Bits < few
}

// targets are what was done, and to what: it differs more from event to event than who did it.
var targets = map[taxonomy.Role]bool{taxonomy.RoleTargetFile: true, taxonomy.RoleRegistryKey: true, taxonomy.RoleRegistryData: true, taxonomy.RoleLoadedImage: true}

// loosen leaves out what was done where few events say who did it.
func (m *miner) loosen(c *clause) {
	actors := 0
	for _, f := range c.forms {
		if !targets[f.field.role] && !f.listed {
			actors += m.pointsIn(f, c)
		}
	}
	if actors < enough || c.n >= sameAccount {
		return
	}
	kept := c.forms[:0:0]
	for _, f := range c.forms {
		if targets[f.field.role] {
			c.spare = append(c.spare, f)
		} else {
			kept = append(kept, f)
		}
	}
	c.forms = kept
}

// strengthen takes what identifies from the spare forms: first what all events share, in the place of lists; then lists of what was seen,
// which are better than nothing.
func (m *miner) strengthen(c *clause) {
	firm := func() int {
		n := 0
		for _, f := range c.forms {
			if !f.listed {
				n += m.pointsIn(f, c)
			}
		}
		return n
	}
	for k := 0; k < len(c.spare) && firm() < enough; {
		f := c.spare[k]
		if !f.listed && f.volatile == "" && m.pointsIn(f, c) > 0 {
			c.forms = append(c.forms, f)
			c.spare = append(c.spare[:k:k], c.spare[k+1:]...)
			continue
		}
		k++
	}
	for k := 0; k < len(c.spare) && m.points(c) < enough; {
		f := c.spare[k]
		if f.listed && f.volatile == "" && 2*f.once <= c.n && m.pointsIn(f, c) > 0 {
			c.forms = append(c.forms, f)
			c.spare = append(c.spare[:k:k], c.spare[k+1:]...)
			continue
		}
		k++
	}
}

// before orders forms: what tells who first, then what changes least; names decide between equals.
func (m *miner) before(a, b form) bool {
	if x, y := m.pointsOf(a), m.pointsOf(b); x != y {
		return x > y
	}
	if a.tells != b.tells {
		return a.tells
	}
	if a.field.stability != b.field.stability {
		return a.field.stability > b.field.stability
	}
	return a.field.name < b.field.name
}

// occurrences counts events that differ in more than time: in a field that says something, or in host, user or day.
func (m *miner) occurrences(rows []int) int {
	n := 0
	for _, at := range rows {
		n += m.times(at)
	}
	return n
}

func (m *miner) times(at int) int {
	row := &m.table.rows[at]
	return max(1, min(len(row.contexts), row.count[falsePositive]))
}

// values are the distinct values of a column in rows, in the order of the rows, and how many rows have none that a condition could be made of.
func (m *miner) values(c *column, rows []int) (out []seen, missing int) {
	at := map[uint32]int{}
	byText := map[string]int{}
	for _, row := range rows {
		n := c.at(row)
		if n == 0 || !c.values[n].plain {
			missing++
			continue
		}
		k, known := at[n]
		if !known {
			key := strings.ToLower(c.values[n].text)
			if k, known = byText[key]; !known {
				k = len(out)
				byText[key] = k
				out = append(out, seen{text: c.values[n].text})
			}
			at[n] = k
		}
		out[k].times += m.times(row)
	}
	return out, missing
}

// points say how well a clause identifies what it excludes: two for a field that tells who did it, one where that is half an answer.
func (m *miner) points(c *clause) int {
	n := 0
	for _, f := range c.forms {
		n += m.pointsIn(f, c)
	}
	return n
}

// enough points for a clause of its own.
const enough = 2

// often is from how many occurrences on a program of the system counts as who did it: what five different events share is no chance.
const often = 5

// sameAccount is from how many occurrences on one account is no chance.
const sameAccount = 3

func (m *miner) pointsIn(f form, c *clause) int {
	n := m.pointsOf(f)
	switch {
	case f.listed || n > 1:
	case f.field.role == taxonomy.RoleImage && n == 1 && !f.wide && !m.startsProcesses() && c.n >= often:
		n++
	case f.field.role == taxonomy.RoleUser && f.volatile == "" && n > 0 && !m.serviceAccounts(f) && c.n >= sameAccount:
		n++
	}
	return n
}

func (m *miner) pointsOf(f form) int {
	role := f.field.role
	fresh := m.fresh(f)
	switch {
	case role == taxonomy.RoleSignature:
		if f.listed || strings.Contains(strings.ToLower(f.conditions[0].Values[0]), "microsoft") || letters(f.conditions[0].Values[0]) < 6 {
			return 0 // whoever signs the system signs what attackers use of it, too
		}
		return 2
	case role == taxonomy.RoleUser:
		if f.listed || !f.tells {
			return 0
		}
		return 1
	case role == taxonomy.NoRole && !f.listed && !f.field.identity:
		if informative(f) && fresh && !whatHappened.MatchString(f.field.name) {
			return 2
		}
		return 0
	case !f.tells, !f.field.identity:
		return 0
	case role == taxonomy.RoleParentImage && m.anyOf(f, shells):
		return 0
	case role == taxonomy.RoleParentImage && m.broad(f):
		return 1
	case role == taxonomy.NoRole && everybodys(f):
		return 1
	case role == taxonomy.RoleImage && m.startsProcesses() && (m.anyOf(f, shells) || !ownDirectory(f)):
		return 0 // a tool of the system or an interpreter does what it is told, by whomever
	case role == taxonomy.RoleImage && (m.anyOf(f, shells) || m.anyOf(f, hosts) || m.startsProcesses() && !ownDirectory(f)):
		return 1 // a tool, which anybody uses
	case f.wide:
		return 1
	case !fresh && !(role == taxonomy.RoleImage && m.startsProcesses()):
		return 0 // what the rule looks for, not who it is
	case f.listed && (f.once > 0 || role != taxonomy.RoleImage && role != taxonomy.RoleParentImage):
		return 1
	}
	return 2
}

// whatHappened are names of fields that say what was done, not who did it.
var whatHappened = regexp.MustCompile(`(?i)^(object_?(server|type)|action|outcome|result|status.*|.*protocol.*|.*packagename|logon_?type|impersonationlevel|direction|category|initiated|operation.*|.*status)$`)

// fresh reports a condition with a word that the rule does not look for in the same field: only that sets events apart from the others that
// the rule finds.
func (m *miner) fresh(f form) bool {
	own := m.fields.words[f.field.name]
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if c.Modifier == "cidr" || len(own) == 0 {
				return true
			}
			for _, w := range strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return !isWord(r) }) {
				if len(w) >= 2 && !emptyWords[w] && !own[w] {
					return true
				}
			}
		}
	}
	return false
}

func (m *miner) serviceAccounts(f form) bool {
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if !serviceAccount.MatchString(v) && v != "$" && v != "AUTHORI" && v != "AUTORI" {
				return false
			}
		}
	}
	return true
}

// ownDirectory reports programs that lie in a directory of their maker, and not where the system has all of its tools.
func ownDirectory(f form) bool {
	for _, c := range f.conditions {
		for _, v := range c.Values {
			k := strings.LastIndexAny(v, `\/`)
			if k < 0 || c.Modifier == "endswith" && len(f.conditions) > 1 {
				continue
			}
			if !tells(v[:k]) || strings.HasPrefix(strings.ToLower(v), `c:\windows\`) {
				return false
			}
		}
	}
	return true
}

// informative reports a constant that is more than yes, no or a number.
func informative(f form) bool {
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if letters(v) >= 5 {
				return true
			}
		}
	}
	return false
}

func (m *miner) startsProcesses() bool { return m.rule.Logsource.Category.Value == "process_creation" }

// broad reports parents that start everything.
func (m *miner) broad(f form) bool {
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if _, is := safety.BroadParent(m.platform, v); is || hosts[strings.ToLower(baseName(v))] {
				return true
			}
		}
	}
	return false
}

func (m *miner) anyOf(f form, names map[string]bool) bool {
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if name := strings.ToLower(baseName(v)); names[name] || hosts[name] && f.listed {
				return true
			}
		}
	}
	return false
}

// shells run whatever they are told.
var shells = map[string]bool{
	"cmd.exe": true, "powershell.exe": true, "pwsh.exe": true, "explorer.exe": true, "wscript.exe": true, "cscript.exe": true, "rundll32.exe": true, "mshta.exe": true,
	"sh": true, "bash": true, "dash": true, "zsh": true, "python": true, "python3": true, "perl": true, "regsvr32.exe": true, "msiexec.exe": true,
}

// hosts are programs of the system that run the work of others.
var hosts = map[string]bool{"svchost.exe": true, "services.exe": true, "taskeng.exe": true, "dllhost.exe": true, "taskhostw.exe": true, "wmiprvse.exe": true, "explorer.exe": true, "msiexec.exe": true, "spoolsv.exe": true}

func baseName(value string) string { return value[strings.LastIndexAny(value, `/\`)+1:] }

// shareAll takes everything that the events of a clause share, however easily it changes, where nothing in it says who they are: narrow, and
// not to be applied unasked.
func (m *miner) shareAll(c *clause) {
	c.all = true
	for _, f := range c.spare {
		if !f.listed && (f.volatile != peopleChange || c.n >= sameAccount) || f.listed && f.field.identity && (f.once == 0 || f.field.role == taxonomy.RoleImage) && !m.anyOf(f, shells) {
			c.forms = append(c.forms, f)
			delete(c.why, f.field.name)
		}
	}
	c.spare = nil
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
	if m.points(whole) >= enough && !m.hidesTrue(whole) && !m.mixed(whole) && (listedOnce(whole) == 0 || whole.n < manyOccurrences) && len(m.merge(slices.Clone(out))) >= listedValues(whole) {
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
			if len(groups) < 2 || len(groups) > mostGroups {
				continue
			}
			if score := m.worth(groups, rows) + .1*f.stability; score > bestScore {
				best, bestScore = groups, score
			}
		}
	}
	return best
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
	return good/all - .03*float64(len(groups))
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
	return out
}

func contains(sorted []string, w string) bool {
	_, found := slices.BinarySearch(sorted, w)
	return found
}

// merge joins clauses that differ in the values of one condition only into a list.
func (m *miner) merge(list []*clause) []*clause {
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
	joined := &clause{rows: append(append([]int(nil), a.rows...), b.rows...), forms: out, why: a.why, n: a.n + b.n}
	for name, why := range b.why {
		if _, known := joined.why[name]; !known {
			joined.why[name] = why
		}
	}
	sort.Ints(joined.rows)
	return joined
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
