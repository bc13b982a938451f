package tuning

import (
	"strings"

	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file reads descriptions by their values. Every value of the text is a part of one AND; the words around it, its looks, the log source and
// the rule itself say to which field it belongs. Where the words leave several fields open, the first on which the rule can fire is taken.

// slot is a list of values that share a place in the sentence: "a.exe, b.exe or c.exe".
type slot struct {
	mentions []scenario.Mention
	roles    []scenario.Role // that the words leave open, the likeliest first
	role     scenario.Role   // the one that was taken
}

// mentioned reads a description by its values. Without values it reads names only where names is set, and otherwise gives nothing.
func (t *tuner) mentioned(s scenario.Scenario, names bool) [][]scenario.Condition {
	g := t.ground
	slots := g.slots(scenario.Mentions(s, g.fields()))
	strong, agent, object, known := false, false, false, false
	for _, s := range slots {
		for _, m := range s.mentions {
			strong = strong || g.evidence(m)
			program := scenario.WindowsProgram(m.Value.Text) || scenario.Tool(m.Value.Text) || m.Value.Product != "" || m.Value.CamelCase() || hasExtension(m.Value.Text, programExtensions)
			agent = agent || m.Part == scenario.Agent && program && !m.Name
			object = object || m.Part == scenario.Object && !m.Name && (program || g.evidence(m))
			known = known || (len(scenario.Component(m.Value.Text)) > 0 || scenario.WindowsProgram(m.Value.Text) || scenario.Tool(m.Value.Text) || m.Part != scenario.NoPart && m.Value.CamelCase()) && !m.Name && !g.interpreterWord(m)
		}
	}
	if !strong && !(agent && object) && !(known && g.note) && !names {
		return nil
	}
	if !strong && len(scenario.Limits(s)) > 0 {
		return nil // who does it, or when, is all that would narrow it
	}
	groups := t.assigned(slots)
	if groups == nil {
		return t.contradicting(slots)
	}
	var kept [][]scenario.Condition
	for _, conditions := range groups {
		kept = append(kept, apart(conditions)...)
	}
	return kept
}

// apart makes alternatives of lists that stand beside other conditions on the same text: "contains a, and b or c".
func apart(conditions []scenario.Condition) [][]scenario.Condition {
	for k, c := range conditions {
		if len(c.Values) < 2 || c.All || c.Negated {
			continue
		}
		for j, other := range conditions {
			if j == k || other.Role != c.Role || other.Field != c.Field || other.Operator != c.Operator || other.Negated {
				continue
			}
			var out [][]scenario.Condition
			for _, v := range c.Values {
				one := append([]scenario.Condition(nil), conditions...)
				one[k].Values = []scenario.Value{v}
				out = append(out, apart(one)...)
			}
			return out
		}
	}
	return [][]scenario.Condition{conditions}
}

// evidence reports a value that can only be one: a path, a file, an address, what a field is said to hold, a text in quotes that is no word.
func (g *ground) evidence(m scenario.Mention) bool {
	v := m.Value
	stated := m.Role != "" || m.Field != ""
	switch {
	case m.Operator.Lacks():
		return true
	case m.Class == scenario.ClassService && g.installsServices() && kindless(v):
		return true
	case m.Name, m.Example && !stated:
		return false
	case m.Firm && !v.Quoted:
		return true
	case strings.HasPrefix(v.Text, "0x"):
		return stated || g.family() == accessFamily
	case g.family() == registryFamily && kindless(v) && mixedCase(v.Text) && !m.Name && (m.Beside || m.Class == scenario.ClassPattern):
		return true
	case v.Shape == scenario.ShapeNumber:
		return stated || m.Part == scenario.Object || g.datum(m) || g.family() == networkFamily
	case stated:
		return v.Quoted || v.Shape != scenario.ShapeName && v.Shape != scenario.ShapeWord || m.Operator != "" || m.Role == scenario.RoleUser && v.Product != ""
	case v.Shape == scenario.ShapeWord || v.Shape == scenario.ShapeName:
		return v.Quoted && g.note
	case v.Shape == scenario.ShapeFlag, v.Shape == scenario.ShapeExtension:
		return g.note
	case v.Shape == scenario.ShapeIdentifier:
		return g.note || strings.ContainsAny(v.Text, "_$") || v.Cmdlet() && v.Quoted
	}
	return v.Shape != scenario.ShapePlaceholder && v.Shape != scenario.ShapeTime && v.Shape != scenario.ShapeSchedule
}

// interpreterWord reports the name of an interpreter: which scripts are meant is what it does not say.
func (g *ground) interpreterWord(m scenario.Mention) bool {
	return scenario.Interpreter(m.Value.Text) || m.Value.Product != "" && g.interpreter(m.Value.Product)
}

// contradicting is what the text says in so many words of a field, where the rule never fires on that alone: the verdict then says so.
func (t *tuner) contradicting(slots []slot) [][]scenario.Condition {
	for _, s := range slots {
		m := s.mentions[0]
		if m.Negated || len(s.roles) != 1 && t.ground.sortOf(m) != registryKey && !(t.ground.sortOf(m) == anyText && t.ground.arguments(m.Value) != "") || m.Role == "" && m.Field == "" && t.ground.sortOf(m) != registryKey && (t.ground.fieldOf(m) == "" || !isOperation(m.Value.Text)) && (t.ground.sortOf(m) != anyText || t.ground.arguments(m.Value) == "") {
			continue
		}
		s.role = s.roles[0]
		if groups := [][]scenario.Condition{{t.ground.conditionOf(s)}}; t.deadOne(groups) {
			return groups
		}
	}
	return nil
}

// slots are the lists of the mentions that can be values of the log source.
func (g *ground) slots(mentions []scenario.Mention) []slot {
	g.background = nil
	mentions = g.explained(g.commands(mentions))
	var slots []slot
	for _, m := range mentions {
		if g.remark(m) {
			g.background = append(g.background, m.Value.Text)
			continue
		}
		roles := g.rolesOf(m)
		if len(roles) == 0 && m.Value.Shape == scenario.ShapeIdentifier && m.Part != scenario.Object && !m.Value.Quoted {
			roles = g.having(scenario.RoleUser) // "svc_backup copies …"
		}
		if len(roles) == 0 {
			switch stated := m.Role != "" || m.Field != ""; {
			case m.Value.Shape.Located(), m.Value.Shape == scenario.ShapeIP, m.Value.Shape == scenario.ShapeCIDR, m.Value.Shape == scenario.ShapeHash, m.Value.Shape == scenario.ShapeRegistry, m.Value.Shape == scenario.ShapeAccount, stated && m.Artefact(), m.Part == scenario.Agent && g.evidence(m):
				roles = []scenario.Role{scenario.RoleOther} // no field holds it: that part of the AND stays open
			default:
				g.background = append(g.background, m.Value.Text)
				continue
			}
		}
		textual := m.Role == scenario.RoleCommandLine || m.Role == scenario.RoleParentCommandLine
		if n := len(slots); m.Join != scenario.NoJoin && !(textual && m.Join == scenario.AndJoin) && n > 0 && g.sameFields(slots[n-1].roles, roles) && slots[n-1].mentions[0].Field == m.Field {
			slots[n-1].mentions = append(slots[n-1].mentions, m)
			continue
		}
		slots = append(slots, slot{mentions: []scenario.Mention{m}, roles: roles})
	}
	return slots
}

// commands takes commands that are written without quotation marks apart: the program, and its arguments.
func (g *ground) commands(mentions []scenario.Mention) []scenario.Mention {
	var out []scenario.Mention
	for _, m := range mentions {
		program, arguments, ok := strings.Cut(m.Value.Text, " ")
		if m.Value.Shape != scenario.ShapeCommand || m.Value.Quoted || !ok || m.Role != "" || m.Field != "" || g.family() != processFamily || strings.ContainsAny(program, `/"`) || !scenario.Tool(program) && !scenario.WindowsProgram(program) {
			out = append(out, m)
			continue
		}
		tool, rest := m, m
		tool.Value.Text, tool.Value.Shape, tool.Value.Span.End = program, scenario.ShapeWord, m.Value.Span.Start+len(program)
		rest.Value.Text, rest.Value.Quoted, rest.Value.Span.Start = " "+arguments, true, tool.Value.Span.End
		rest.Part, rest.Join = scenario.NoPart, scenario.NoJoin
		out = append(out, tool, rest)
	}
	return out
}

// sameFields reports roles that stand for the same fields, in the same order.
func (g *ground) sameFields(a, b []scenario.Role) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		x, _, _ := g.field(a[k], "")
		y, _, _ := g.field(b[k], "")
		if a[k] != b[k] && (x == "" || x != y) {
			return false
		}
	}
	return true
}
