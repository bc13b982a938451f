package tuning

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file says what of a description is no value: where to read more, the names for people that a path stands for, what is told beside.

// remark reports a mention that is no value: where to read more, the name of a filter, the id of an event that the rule selects.
func (g *ground) remark(m scenario.Mention) bool {
	v := m.Value
	switch {
	case m.Operator.Lacks():
		return false
	case v.Shape == scenario.ShapeURL && !v.Quoted && m.Role == "" && m.Field == "" && m.Part == scenario.NoPart && m.Place == scenario.NoPlace && m.Class == scenario.ClassNone && m.After != "on" && m.After != "to" && m.After != "from" && m.After != "of" && m.After != "against" && m.After != "with" && g.family() == processFamily:
		return true // where to read more
	case g.family() == textFamily && kindless(v) && !v.Quoted && m.Role == "" && m.Field == "" && g.interpreterWord(m):
		return true
	case v.Shape == scenario.ShapeDirectory && len(strings.Trim(v.Text, `\/`)) < shortestPart:
		return true // "C:\"
	case v.Shape.Located() && !v.Quoted && m.Role == "" && m.Field == "" && m.Part == scenario.NoPart && m.Place == scenario.NoPlace && g.own(v.Text):
		return true
	case v.Shape == scenario.ShapeURL && m.Role == "" && m.Field == "" && !g.holdsAddresses(false), v.Shape == scenario.ShapeTime, v.Shape == scenario.ShapeSchedule, v.Shape == scenario.ShapePlaceholder:
		return true
	case m.Class == scenario.ClassHost && m.Role == "" && m.Field == "" && !v.Quoted && kindless(v):
		return true
	case strings.HasPrefix(v.Text, "filter_") || strings.HasPrefix(v.Text, "selection_"), version.MatchString(v.Text) && v.Shape != scenario.ShapeIP && v.Shape != scenario.ShapeNumber, ticket.MatchString(v.Text) && !v.Quoted, strings.HasSuffix(v.Text, ".yml"):
		return true
	case v.Shape == scenario.ShapePath && !v.Quoted && g.separator() == `\` && strings.Contains(v.Text, "/") && !strings.HasPrefix(v.Text, "/") && !g.absolute(v.Text) && !strings.Contains(v.Text, `\`):
		return true // "Win7/8"
	case v.Shape == scenario.ShapeDomain && !v.Quoted && v.Text == strings.ToUpper(v.Text) && m.Role == "" && m.Field == "":
		return true // "ASP.NET"
	case strings.HasPrefix(v.Text, "0x"):
		return false
	case v.Shape == scenario.ShapeNumber && (m.Role == scenario.RoleCommandLine || m.Role == scenario.RoleProcess || m.Role == scenario.RoleParent):
		return true
	case v.Shape == scenario.ShapeNumber && g.datum(m):
		return false
	case v.Shape == scenario.ShapeNumber && m.Role == "" && m.Field == "" && g.holding(v) == "":
		return !(g.family() == networkFamily && (m.Part == scenario.Object || m.After == "on" || m.After == "to" || m.After == "port"))
	case !v.Quoted && m.Role == "" && m.Field == "" && m.Part == scenario.NoPart && !(isOperation(v.Text) && g.holding(v) != "") && (!scenario.Tool(v.Text) && !scenario.WindowsProgram(v.Text) || g.family() == registryFamily) && !g.located && (v.Shape == scenario.ShapeWord || v.Shape == scenario.ShapeName || v.Shape == scenario.ShapeIdentifier) && (g.restates(v.Text) || g.contained(v.Text)):
		return true // what the rule is about
	case strings.Trim(v.Text, `/\.*-+=>`) == "" && m.Field == "" && m.Role == "", v.Shape == scenario.ShapeExtension && m.Role == "" && m.Field == "" && m.Operator == "":
		return true
	}
	return false
}

// own reports a path that is one of the rule's own values.
func (g *ground) own(path string) bool {
	found := false
	for _, d := range g.rule.Detection.Named {
		d.Block.Each(func(i *rules.Item) {
			for _, v := range i.Values {
				found = found || strings.Count(strings.Trim(path, `\/`), g.separator()) == 0 && strings.EqualFold(strings.Trim(v.Text, `\/*`), strings.Trim(path, `\/`))
			}
		})
	}
	return found
}

// title reports a text of words in capitals, as names for people are.
func title(text string) bool {
	for _, w := range strings.Fields(text) {
		if c := w[0]; c < 'A' || c > 'Z' || strings.ContainsAny(w, `\/.=:`) {
			return false
		}
	}
	return strings.Contains(text, " ")
}

// datum reports a number that the text gives as the data of a registry value.
func (g *ground) datum(m scenario.Mention) bool {
	if g.family() != registryFamily || m.Role != "" && m.Role != scenario.RoleRegistryValue || m.Field != "" && g.known(m.Field) && m.Field != "Details" {
		return false
	}
	switch m.After {
	case "=", "==", "is", "to", "set to", "default", "value", "data", "dword", "equals", ":":
		return true
	}
	return m.Operator == scenario.Is || m.Operator == scenario.Equals
}

// mixedCase reports a word with small letters and more than one capital, as the names of values in the registry are.
func mixedCase(text string) bool {
	capitals := 0
	for _, c := range text {
		if c >= 'A' && c <= 'Z' {
			capitals++
		}
	}
	return capitals > 1 && strings.ToUpper(text) != text
}

// kindless reports a word that could be the name of anything.
func kindless(v scenario.Value) bool {
	return v.Shape == scenario.ShapeWord || v.Shape == scenario.ShapeName || v.Shape == scenario.ShapeIdentifier
}

var (
	version = regexp.MustCompile(`^v\d+(\.(\d+|x))*$|^\d+(\.(\d+|x))+$`)
	ticket  = regexp.MustCompile(`^[A-Z]{2,10}[-#]?\d{3,}(-\d+)*$|^[A-Z]{2,10}[-#]\d+(-\d+)*$|^\d+:$`)
)

// explained leaves out names for people that a value beside them stands for, and program names that a path repeats.
func (g *ground) explained(mentions []scenario.Mention) []scenario.Mention {
	var out []scenario.Mention
	twins(mentions)
	stated := map[scenario.Role]bool{} // by the words for them
	statedIn := map[int]bool{}
	others, identified := 0, false // by what is said of a field that can say who it is
	for _, m := range mentions {
		if m.Role != "" || m.Field != "" {
			statedIn[m.Sentence] = true
		}
		if m.Role != "" && !m.Negated {
			stated[m.Role] = true
			switch m.Role {
			case scenario.RolePort, scenario.RoleAccess, scenario.RoleEventID, scenario.RoleSourceIP, scenario.RoleDestinationIP:
			default:
				identified = true
			}
		} else if m.Field != "" && !m.Negated {
			stated[g.roleOfField(m.Field)] = true
		}
		if m.Artefact() && !(m.Value.Quoted && title(m.Value.Text)) {
			others++
		}
	}
	for k, m := range mentions {
		v := m.Value
		named := m.Name || v.Product != "" && v.Shape != scenario.ShapeFileName && !v.Shape.Located() && !scenario.WindowsProgram(v.Text) && (!scenario.Tool(v.Text) || g.family() != processFamily) || kindless(v) && !v.Quoted && v.CamelCase() && !strings.Contains(v.Text, ",") && !scenario.WindowsProgram(v.Text) && !scenario.Tool(v.Text) && m.Role == "" && m.Field == "" && !m.Content
		uncued := m.Role == "" && m.Field == "" && m.Operator == "" && !(isOperation(v.Text) && g.holding(v) != "") && !(m.Class == scenario.ClassService && g.installsServices())
		drop := m.Name && uncued && (identified || g.anySpecific(mentions))
		if v.Quoted && title(v.Text) && uncued && m.Class != scenario.ClassDirectory && !g.installsServices() {
			drop = others > 0 || len(stated) > 0
		}
		if kind := g.sortOf(m); uncued && len(stated) > 0 {
			word := kindless(v) && !v.Quoted && !strings.Contains(v.Text, ",")
			elsewhere := !statedIn[m.Sentence]
			switch {
			case kind == anyText && !m.Content && m.Place == scenario.NoPlace && (elsewhere && g.arguments(v) == "" || word && m.Part == scenario.NoPart),
				kind == hostName && !v.Quoted && v.Shape == scenario.ShapeDomain && g.family() == processFamily,
				named && m.Part == scenario.NoPart,
				kind == programName && word && (stated[scenario.RoleProcess] && m.Part != scenario.Agent || stated[scenario.RoleParent] && m.Part == scenario.Agent),
				(kind == directoryName || kind == fileName) && !v.Quoted && elsewhere && g.family() == processFamily && m.Part != scenario.Agent:
				drop = true // what is said in so many words counts, the rest is background
			}
		}
		for j, other := range mentions {
			if j == k || other.Name || other.Negated != m.Negated {
				continue
			}
			o := other.Value
			place := g.sortOf(other)
			program := o.Shape == scenario.ShapeFileName && hasExtension(o.Text, programExtensions) || o.Shape.Located() && (place == programName || place == directoryName) || o.Shape == scenario.ShapeGlob
			switch {
			case m.Example && v.Shape.Located() && o.Shape == scenario.ShapeDirectory && strings.HasPrefix(v.Text, o.Text):
				drop = true
			case m.Name && j == k+1 && other.Beside && place == programName:
				drop = true
			case named && !uncued:
			case named && j == k+1 && other.Beside && (g.sortOf(other) == programName || g.evidence(other)):
				drop = true
			case named && program && (m.Part == other.Part || other.Part == scenario.NoPart || m.Part == scenario.NoPart && j < k+3):
				drop = true
			case named && specific(other) && !g.ownFile(o.Text) && m.Role == "" && m.Field == "" && (m.Name || m.Part == scenario.NoPart):
				drop = true
			case !m.Artefact() && o.Shape.Located() && mentionsName(o.Text, v.Text) && (m.Part == other.Part || m.Part == scenario.NoPart || other.Part == scenario.NoPart):
				drop = true
			case v.Shape == scenario.ShapeFileName && o.Shape == scenario.ShapePath && strings.EqualFold(baseName(o.Text), v.Text):
				drop = true
			case !m.Name && strings.EqualFold(strings.TrimSuffix(strings.ToLower(o.Text), ".exe"), strings.TrimSuffix(strings.ToLower(v.Text), ".exe")) && (m.Role == "" || m.Role == other.Role) && m.Field == "" &&
				!(kindless(o) && !kindless(v)) && (j < k && (m.Part == scenario.NoPart || m.Part == other.Part) || j > k && m.Part == scenario.NoPart && m.Role == "" && (other.Part != scenario.NoPart || other.Role != "")):
				drop = true // it is named twice
			}
		}
		if drop {
			if k+1 < len(mentions) && m.Join != scenario.NoJoin && mentions[k+1].Beside && mentions[k+1].Join == scenario.NoJoin && mentions[k+1].Role == "" {
				next := &mentions[k+1] // "x or the Acme launcher (y)"
				next.Join, next.Role, next.Field, next.Operator, next.Part, next.Place = m.Join, m.Role, m.Field, m.Operator, m.Part, m.Place
			}
			if !named && g.sortOf(m) != programName {
				g.background = append(g.background, v.Text)
			}
			continue
		}
		out = append(out, m)
	}
	return out
}

// twins gives a file the part that the words give it elsewhere by its bare name: "the acmesync.exe hits: acmesync starts x".
func twins(mentions []scenario.Mention) {
	for k := range mentions {
		m := &mentions[k]
		for _, other := range mentions {
			if m.Part == scenario.NoPart && m.Role == "" && other.Part != scenario.NoPart && m.Value.Shape == scenario.ShapeFileName && kindless(other.Value) &&
				strings.EqualFold(strings.TrimSuffix(strings.ToLower(m.Value.Text), ".exe"), other.Value.Text) {
				m.Part = other.Part
			}
		}
	}
}

// anySpecific reports that one of the values says by itself what is meant.
func (g *ground) anySpecific(mentions []scenario.Mention) bool {
	for _, m := range mentions {
		if !m.Negated && specific(m) && !g.ownFile(m.Value.Text) {
			return true
		}
	}
	return false
}

// ownFile reports a file or a path that the rule itself looks for.
func (g *ground) ownFile(name string) bool {
	found := false
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d) == rules.Negative {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			for _, v := range i.Values {
				found = found || !i.Negated && strings.EqualFold(strings.Trim(v.Text, `\/*`), strings.Trim(name, `\/*`))
			}
		})
	}
	return found
}

// specific reports a value that names one thing: a path, a file that Windows does not bring, a text in quotes.
func specific(m scenario.Mention) bool {
	v := m.Value
	switch {
	case !m.Artefact():
		return false
	case v.Shape == scenario.ShapeFileName:
		return !scenario.WindowsProgram(v.Text)
	case v.Shape.Located(), v.Shape == scenario.ShapeGlob, v.Shape == scenario.ShapeHash, v.Shape == scenario.ShapeRegistry, v.Shape == scenario.ShapeCommand, v.Shape == scenario.ShapeText:
		return true
	}
	return v.Quoted || v.Shape == scenario.ShapeIdentifier && strings.ContainsAny(v.Text, "_-")
}

// mentionsName reports a path with a part of a name in it.
func mentionsName(path, name string) bool {
	for _, w := range strings.Fields(name) {
		if len(w) >= shortestPart && strings.Contains(strings.ToLower(path), strings.ToLower(w)) {
			return true
		}
	}
	return false
}
