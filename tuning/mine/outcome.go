package mine

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// scenarioRoles are the roles by which a filter gets its name.
var scenarioRoles = map[taxonomy.Role][]scenario.Role{
	taxonomy.RoleImage:       {scenario.RoleProcess},
	taxonomy.RoleParentImage: {scenario.RoleParent},
	taxonomy.RoleUser:        {scenario.RoleUser},
}

// variant is one way to say a clause.
type variant struct {
	title string
	forms []form
}

// variants are the ways to say a clause, the one that is thought best first.
func (m *miner) variants(c *clause) []variant {
	out := []variant{{"what the events share", c.forms}}
	if c.all {
		return out
	}
	if len(c.forms) > 1 {
		var identity []form
		for _, f := range c.forms {
			if m.pointsIn(f, c) >= enough {
				identity = append(identity, f)
			}
		}
		if len(identity) > 0 && len(identity) < len(c.forms) {
			out = append(out, variant{"wider: only what says who", identity})
		}
		if len(identity) > 1 {
			out = append(out, variant{"wider: by " + identity[0].field.name + " alone", identity[:1]})
		}
	}
	for _, f := range c.spare {
		if f.volatile == "" && f.field.stability >= .3 && !f.listed {
			out = append(out, variant{"narrower: with " + f.field.name, append(append([]form(nil), c.forms...), f)})
		}
	}
	if exact, ok := m.exact(c); ok {
		out = append(out, variant{"narrower: exactly what was seen", exact})
	}
	return out
}

// narrow reports a clause that says more than the rule does. Without that it would hide whatever the rule is written to find.
func (m *miner) narrow(c *clause) bool {
	for _, f := range c.forms {
		switch {
		case f.field.role == taxonomy.RoleMetadata, f.field.role == taxonomy.RoleSignature:
		case f.listed && (f.once > 0 && f.field.role != taxonomy.RoleImage || everybodys(f)):
		case m.fresh(f), f.wide:
			return true
		}
	}
	return false
}

// everybodys reports nothing but programs of the system that run the work of others.
func everybodys(f form) bool {
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if name := strings.ToLower(baseName(v)); !shells[name] && !hosts[name] {
				return false
			}
		}
	}
	return true
}

// exact lists the values as they were seen.
func (m *miner) exact(c *clause) ([]form, bool) {
	var out []form
	changed := false
	for _, f := range c.forms {
		values, missing := m.values(m.table.columns[m.table.byName[f.field.name]], c.rows)
		if missing > 0 || len(values) > longestList || f.field.kind == textKind {
			out = append(out, f)
			continue
		}
		var list []string
		for _, v := range values {
			list = append(list, asPattern(v.text))
		}
		sort.Strings(list)
		g := f
		g.conditions = []tuning.Condition{condition(f.field, "", list...)}
		changed = changed || !strings.EqualFold(conditionsText(g.conditions), conditionsText(f.conditions))
		out = append(out, g)
	}
	return out, changed
}

// outcome judges a clause and words it.
func (m *miner) outcome(c *clause) tuning.Outcome {
	events := m.table.weight(c.rows, falsePositive)
	o := tuning.Outcome{Text: m.describe(c), Verdict: tuning.Filter, Proof: tuning.Proof{Kind: "exact", Witness: m.table.event(c.rows[0])}}
	hosts, users, days, _ := m.table.contexts(c.rows)
	o.Explanation = fmt.Sprintf("%s, %s in the fields that say something%s.", plural(events, "event"), distinctWords(len(c.rows)), spread(hosts, users, days))
	if len(c.forms) == 0 || c.all && !m.narrow(c) {
		c.forms = m.seenExactly(c)
	}
	if !m.startsProcesses() {
		m.placed(c)
	}
	if len(c.forms) == 0 {
		o.Verdict = tuning.NotExpressible
		o.Proof.Statement = "these events have nothing in common that says who or what they are: any filter for them would hide what the rule is written to find"
		return o
	}
	tried := map[string]bool{}
	var refusals []string
	for _, v := range m.variants(c) {
		if len(o.Proposals) == m.options.Alternatives {
			break
		}
		p, refusal := m.try(&o, c, v, tried)
		if refusal != "" {
			refusals = append(refusals, refusal)
			continue
		}
		if p != nil {
			o.Proposals = append(o.Proposals, *p)
		}
	}
	m.rank(&o)
	if len(o.Proposals) == 0 {
		o.Verdict = tuning.Refused
		if len(refusals) == 0 {
			refusals = []string{"no filter for these events can be written"}
		}
		o.Proof.Statement = refusals[0]
		return o
	}
	o.Conditions = o.Proposals[0].Conditions
	o.Proof.Statement = "every event of this kind fires the rule, and the filter holds for it"
	for _, r := range refusals {
		o.Notes = append(o.Notes, "not offered: "+r)
	}
	if estimate := m.leaveOut(c); estimate != "" {
		o.Explanation += " " + estimate
	}
	return o
}

// try judges one way to say a clause. A refusal says why it is not offered; both results are empty where it was tried before.
func (m *miner) try(o *tuning.Outcome, c *clause, v variant, tried map[string]bool) (*tuning.Proposal, string) {
	var conditions []tuning.Condition
	for _, f := range v.forms {
		conditions = append(conditions, f.conditions...)
	}
	key := conditionsText(conditions)
	if tried[key] {
		return nil, ""
	}
	tried[key] = true
	groups := [][]tuning.Condition{conditions}
	for i, held := range m.matches(groups, c.rows) {
		if !held {
			return nil, fmt.Sprintf("%s (%s does not hold for %s)", v.title, key, m.table.rows[c.rows[i]].first[falsePositive])
		}
	}
	of := m.table.of(truePositive)
	for i, held := range m.matches(groups, of) {
		if held {
			return nil, fmt.Sprintf("%s would hide a true positive, %s", v.title, m.table.rows[of[i]].first[truePositive])
		}
	}
	p, err := m.result.Propose(o, v.title, groups)
	switch {
	case err != nil:
		return nil, fmt.Sprintf("%s: %s", v.title, err)
	case p.Safety.Grade == safety.D:
		return nil, fmt.Sprintf("%s: %s", v.title, strings.Join(p.Safety.Reasons, "; "))
	}
	m.cap(&p, v.forms)
	if c.n == 1 && m.others(c) {
		p.Recommended = false // an outlier
	}
	if c.all {
		p.Title = "everything that the events share, for nothing says who they are"
		p.Recommended = false
		if p.Safety.Grade < safety.C {
			p.Safety.Grade = safety.C
			p.Safety.Reasons = append([]string{"nothing in the events says who or what they are: the next one of their kind may differ, and an attack may not"}, p.Safety.Reasons...)
		}
	}
	m.blast(&p)
	return &p, ""
}

// others reports further kinds of false positives besides a clause.
func (m *miner) others(c *clause) bool { return len(c.rows) < len(m.table.of(falsePositive)) }

// cap judges a filter again without programs that anybody runs from where they are: the tool that a rule about processes looks for, and
// interpreters. Their directory keeps nobody out. The grade of what is left is that of the filter, where it is lower.
func (m *miner) cap(p *tuning.Proposal, forms []form) {
	var rest []tuning.Condition
	why := ""
	for _, f := range forms {
		switch {
		case f.field.role != taxonomy.RoleImage:
			rest = append(rest, f.conditions...)
		case interprets(f):
			why = fmt.Sprintf("an interpreter does what it is told: `%s` does not say by whom", f.field.name)
		case m.startsProcesses() && f.field.selected && !ownDirectory(f):
			why = fmt.Sprintf("whoever runs the program that the rule looks for runs it from where it is: `%s` keeps nobody out", f.field.name)
		default:
			rest = append(rest, f.conditions...)
		}
	}
	if why == "" {
		return
	}
	if len(rest) == 0 {
		p.Safety.Grade, p.Recommended = safety.C, false
		p.Safety.Reasons = []string{why}
		p.Safety.Evasion = []safety.Evasion{{How: "run it"}}
		return
	}
	j, err := m.result.Judge([][]tuning.Condition{rest})
	if err != nil || j.Grade == safety.D || j.Grade <= p.Safety.Grade {
		return
	}
	p.Safety.Grade, p.Safety.Evasion = j.Grade, j.Evasion
	p.Safety.Reasons = append(append([]string(nil), j.Reasons...), why)
	p.Recommended = p.Recommended && j.Grade == safety.B
}

// interprets reports a condition that an interpreter meets.
func interprets(f form) bool {
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if shells[strings.ToLower(baseName(v))] {
				return true
			}
		}
	}
	return false
}

// blast says what a proposal does to the events that were given.
func (m *miner) blast(p *tuning.Proposal) {
	var hidden, all [labels]int
	for _, l := range []label{falsePositive, unlabelled} {
		of := m.table.of(l)
		for i, h := range m.matches(p.Conditions, of) {
			n := m.table.rows[of[i]].count[l]
			all[l] += n
			if h {
				hidden[l] += n
			}
		}
	}
	p.Title += m.hides(&hidden, &all)
	if m.given[truePositive].Given == 0 {
		d, err := tuning.Block("filter", p.Conditions)
		if err != nil {
			return
		}
		if compiled, err := match.CompileDetection(d); err == nil {
			p.Safety.KnownBad, p.Safety.Kept = len(m.witness), 0
			for _, e := range m.witness {
				if !compiled.Match(match.NewEvent(e)) {
					p.Safety.Kept++
				}
			}
		}
		return
	}
	p.Safety.KnownBad = m.table.weight(m.table.of(truePositive), truePositive)
	p.Safety.Kept = p.Safety.KnownBad // a proposal that loses one is not made
}

// rank puts what can be applied first, and otherwise keeps the order of the variants.
func (m *miner) rank(o *tuning.Outcome) {
	sort.SliceStable(o.Proposals, func(i, j int) bool { return o.Proposals[i].Recommended && !o.Proposals[j].Recommended })
	for i := range o.Proposals {
		o.Proposals[i].Rank = i + 1
		o.Proposals[i].Recommended = o.Proposals[i].Recommended && i == 0
	}
}

// describe names a clause for the rule's list of false positives.
func (m *miner) describe(c *clause) string {
	who, of := "", ""
	for _, f := range c.forms {
		if !f.tells || len(f.conditions) == 0 {
			continue
		}
		name := valueName(f)
		if name == "" {
			continue
		}
		switch {
		case who == "":
			who = name
		case of == "" && f.field.role == taxonomy.RoleParentImage:
			of = name
		}
	}
	switch {
	case who == "":
		return "Legitimate activity that was recorded as a false positive"
	case of != "" && of != who:
		return "Legitimate activity of " + who + " started by " + of
	}
	return "Legitimate activity of " + who
}

// valueName is what a condition names, for a sentence.
func valueName(f form) string {
	c := f.conditions[len(f.conditions)-1]
	var names []string
	for _, v := range c.Values {
		name := strings.Trim(v, `*\/ `)
		if f.field.kind == pathKind && c.Modifier != "startswith" {
			name = baseName(name)
		}
		name = strings.ReplaceAll(name, `*`, "")
		if name != "" && len(name) <= 60 {
			names = append(names, name)
		}
	}
	if len(names) > 3 {
		names = append(names[:3], fmt.Sprintf("%d more", len(c.Values)-3))
	}
	return strings.Join(names, ", ")
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func distinctWords(n int) string {
	if n == 1 {
		return "all alike"
	}
	return fmt.Sprintf("%d distinct ones", n)
}

func spread(hosts, users, days int) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{hosts, "host"}, {users, "user"}, {days, "day"}} {
		if p.n > 0 {
			parts = append(parts, plural(p.n, p.what))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ", from " + strings.Join(parts, ", ")
}
