package mine

import (
	"sort"
	"strings"

	"github.com/sigtune/sigtune/schema/commonness"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
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
		if f.role == taxonomy.RoleMetadata && !m.fields.ruled(f.name) && form.volatile == "" && !m.maker(form, rows) {
			form.volatile = "a program says of itself what its author wrote"
		}
		if f.role == taxonomy.RoleEventID && form.volatile == "" && !m.fields.selected[""] {
			form.volatile = whatNotWho
		}
		stability := f.stability
		if f.role == taxonomy.RoleIntegrity && strings.EqualFold(values[0].text, "System") {
			stability = stabilityUsed // what runs as the system is no person's doing
		}
		if f.role == taxonomy.RoleUser && m.fields.ruled(f.name) && form.tells && m.serviceAccounts(form) {
			stability = max(stability, stabilityService)
		}
		expected := (float64(holding) + priorWeight*stability) / float64(c.n+priorWeight)
		if expected < likely || form.volatile != "" || form.listed && (m.anyOf(form, shells) || !form.field.identity && (!form.field.selected || !informative(form))) {
			c.spare = append(c.spare, form)
			continue
		}
		c.forms = append(c.forms, form)
	}
	c.forms = append(c.forms, m.absent(rows)...)
	sort.SliceStable(c.forms, func(i, j int) bool { return m.before(c.forms[i], c.forms[j]) })
	sort.SliceStable(c.spare, func(i, j int) bool { return m.before(c.spare[i], c.spare[j]) })
	m.loosen(c)
	if m.points(c) < enough || m.onlyListed(c) {
		m.strengthen(c)
	}
	m.narrowInterpreter(c)
	m.trim(c)
	m.fasten(c)
	for _, f := range c.spare {
		c.why[f.field.name] = m.whySpare(f, c)
	}
	return c
}

// noChance is how many bits of agreement are no chance, given that every event has a dozen fields to agree in; bitsEnough is how much
// the rest has to say of who it is for a list to be left out.
const (
	noChance   = 5.0
	bitsEnough = 8.0
)

// trim leaves out lists of what few events happened to hold, where the rest says who they are: the next event of the kind holds another value.
func (m *miner) trim(c *clause) {
	for k := len(c.forms) - 1; k >= 0; k-- {
		f := c.forms[k]
		if !f.listed || m.agreement(f, c) >= noChance {
			continue
		}
		rest := *c
		rest.forms = append(append([]form(nil), c.forms[:k]...), c.forms[k+1:]...)
		if m.points(&rest) < enough || m.onlyListed(&rest) || m.clauseBits(&rest) < bitsEnough {
			continue
		}
		if f.volatile == "" {
			f.volatile = "its values are too few to tell the next one"
		}
		c.forms, c.spare = rest.forms, append(c.spare, f)
	}
}

// fasten adds who did it where no program of its own directory says so and it was no person: a service account, a machine, nobody, or the host itself. An
// attacker's event that is like these in everything else mostly comes from a person's account or from elsewhere.
func (m *miner) fasten(c *clause) {
	if len(c.forms) == 0 {
		return
	}
	for _, f := range c.forms {
		if f.field.role == taxonomy.RoleImage && !f.listed && ownDirectory(f) {
			return
		}
	}
	kept := c.spare[:0:0]
	for _, f := range c.spare {
		if !f.listed && m.nobody(f) {
			c.forms = append(c.forms, f)
		} else {
			kept = append(kept, f)
		}
	}
	c.spare = kept
}

// nobody reports a form that no person's event meets.
func (m *miner) nobody(f form) bool {
	if len(f.conditions) != 1 {
		return false
	}
	c := f.conditions[0]
	switch {
	case f.field.role == taxonomy.RoleSourceIP:
		for _, v := range c.Values {
			if a, ok := parsedAddress(v); c.Modifier != "" || !ok || !a.IsLoopback() {
				return false
			}
		}
		return true
	case f.field.role != taxonomy.RoleUser:
		return false
	case c.Modifier == "endswith" && len(c.Values) == 1 && c.Values[0] == "$", c.Modifier == "" && len(c.Values) == 1 && c.Values[0] == "-":
		return true
	}
	return m.serviceAccounts(f)
}

func (m *miner) clauseBits(c *clause) float64 {
	n := 0.0
	for _, f := range c.forms {
		n += m.bits(f)
	}
	return n
}

// agreement is how surprising it is that all events of a clause meet a form, in bits: each event after those that the form was made of.
func (m *miner) agreement(f form, c *clause) float64 {
	made := 1
	if f.listed {
		made = f.alike
	}
	return m.bits(f) * float64(c.n-made)
}

// absentRoles are the roles whose absence tells something: drivers and the kernel have no image, a process without a command line was not
// started by a person, a key that is made has no data.
var absentRoles = []taxonomy.Role{taxonomy.RoleImage, taxonomy.RoleCommandLine, taxonomy.RoleParentImage, taxonomy.RoleParentCommandLine, taxonomy.RoleRegistryData}

// absent says that events lack what the rule looks at and events of the log source have.
func (m *miner) absent(rows []int) []form {
	if m.fields.logs == nil {
		return nil
	}
	var out []form
	for _, role := range absentRoles {
		for _, name := range m.fields.logs.Role(role) {
			if !m.fields.ruled(name) || m.has(name, rows) {
				continue
			}
			f := m.fields.of(name)
			none := condition(f, "", "*")
			none.Negated = true
			out = append(out, form{field: f, conditions: []tuning.Condition{none}})
		}
	}
	return out
}

// has reports a field that one of the rows has.
func (m *miner) has(name string, rows []int) bool {
	at, known := m.table.byName[name]
	if !known || at < 0 {
		return false
	}
	for _, row := range rows {
		if m.table.columns[at].at(row) != 0 {
			return true
		}
	}
	return false
}

// told reports a clause that nothing identifies but an interpreter, or a program that the rule itself looks for, in a rule about something else than
// the start of programs.
func (m *miner) told(c *clause) bool {
	if m.startsProcesses() || len(c.forms) == 0 {
		return false
	}
	for _, f := range c.forms {
		if (f.field.role != taxonomy.RoleImage || !f.field.selected && (!m.anyOf(f, shells) || m.desktop(f))) && m.pointsIn(f, c) > 0 {
			return false
		}
	}
	return true
}

// narrowInterpreter takes whatever else the events of such a program share, and the lists of what comes again: alone it says nothing, for an
// interpreter does what it is told, and the program that a rule looks for is where it looks.
func (m *miner) narrowInterpreter(c *clause) {
	if !m.told(c) {
		return
	}
	kept := c.spare[:0:0]
	for _, f := range c.spare {
		if f.field.role == taxonomy.RoleEventID && !f.listed || f.volatile == "" && (!f.listed || targets[f.field.role] && f.once == 0 || c.returns(f)) {
			c.forms = append(c.forms, f)
		} else {
			kept = append(kept, f)
		}
	}
	c.spare = kept
}

// returns reports a list of few values that each come again and again: the next event has one of them.
func (c *clause) returns(f form) bool {
	const again = 3
	return f.listed && f.volatile == "" && f.once == 0 && c.n >= again*f.alike && f.field.kind != accountKind
}

// maker reports the company that all false positives name, whatever program they are of: it is all that such a set of tools shares.
func (m *miner) maker(f form, rows []int) bool {
	const programs = 2
	if f.field.name != "Company" || f.listed || len(rows) != len(m.table.of(falsePositive)) {
		return false
	}
	value := f.conditions[0].Values[0]
	if strings.Contains(strings.ToLower(value), "microsoft") || letters(value) < 6 || m.fields.logs == nil {
		return false
	}
	for _, name := range m.fields.logs.Role(taxonomy.RoleImage) {
		if at, known := m.table.byName[name]; known && at >= 0 {
			values, missing := m.values(m.table.columns[at], rows)
			return missing == 0 && len(values) >= programs
		}
	}
	return false
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
	actors, own := 0, false
	for _, f := range c.forms {
		if !targets[f.field.role] && !f.listed {
			actors += m.pointsIn(f, c)
			own = own || m.ownWork(f)
		}
	}
	if actors < enough || c.n >= sameAccount && !own {
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

// ownWork reports a program in a protected directory of its maker, in a rule that does not look for programs: what it touches is its own
// affair, and the next event of it touches something else.
func (m *miner) ownWork(f form) bool {
	if f.field.role != taxonomy.RoleImage || f.field.selected || m.startsProcesses() || m.anyOf(f, shells) || !ownDirectory(f) {
		return false
	}
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if c.Modifier == "endswith" || !m.ties(v) {
				return false
			}
		}
	}
	return true
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
