package tuning

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/taxonomy"
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

// maxAssignments bounds the ways to give the values of one description their fields. Four values with three fields each are 81.
const maxAssignments = 96

// mentioned reads a description by its values. Without values it reads names only where names is set, and otherwise gives nothing.
func (t *tuner) mentioned(s scenario.Scenario, names bool) [][]scenario.Condition {
	g := t.ground
	slots := g.slots(scenario.Mentions(s, g.fieldNamed))
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
		return v.Quoted || v.Shape != scenario.ShapeName && v.Shape != scenario.ShapeWord || m.Operator != ""
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
		named := m.Name || v.Product != "" && v.Shape != scenario.ShapeFileName && !v.Shape.Located() && !scenario.WindowsProgram(v.Text) && (!scenario.Tool(v.Text) || g.family() != processFamily) || kindless(v) && !v.Quoted && v.CamelCase() && !scenario.WindowsProgram(v.Text) && !scenario.Tool(v.Text) && m.Role == "" && m.Field == "" && !m.Content
		uncued := m.Role == "" && m.Field == "" && m.Operator == "" && !(isOperation(v.Text) && g.holding(v) != "") && !(m.Class == scenario.ClassService && g.installsServices())
		drop := m.Name && uncued && (identified || g.anySpecific(mentions))
		if v.Quoted && title(v.Text) && uncued && m.Class != scenario.ClassDirectory && !g.installsServices() {
			drop = others > 0 || len(stated) > 0
		}
		if kind := g.sortOf(m); uncued && len(stated) > 0 {
			word := kindless(v) && !v.Quoted
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

// fieldNamed is the field of the log source that words name, written as one in small letters; "user agent" is `userAgent`.
func (g *ground) fieldNamed(key string) string {
	if g.names == nil {
		g.names = map[string]string{}
		add := func(name string) {
			lower := strings.ToLower(name)
			short := lower[strings.LastIndexByte(lower, '.')+1:]
			for _, k := range []string{squeezed(lower), squeezed(short)} {
				if _, taken := g.names[k]; !taken && len(k) > 2 {
					g.names[k] = name
				}
			}
		}
		shorten := func() {
			const shortest = 5 // "subject" of SubjectUserName says too little
			for _, key := range sortedKeys(g.names) {
				for _, rest := range []string{strings.TrimSuffix(key, "name"), strings.TrimSuffix(key, "text"), strings.TrimPrefix(key, "target"), strings.TrimPrefix(key, "subject")} {
					if _, taken := g.names[rest]; !taken && len(rest) >= shortest {
						g.names[rest] = g.names[key]
					}
				}
			}
		}
		for _, d := range g.rule.Detection.Named {
			d.Block.Each(func(i *rules.Item) {
				if i.Field != "" {
					add(i.Field)
				}
			})
		}
		if g.logs != nil {
			own := g.ofEvents(g.logs.Fields())
			for _, name := range own {
				if g.held(name) {
					add(name)
				}
			}
			if len(own) < len(g.logs.Fields()) {
				shorten()
			}
			for _, name := range g.logs.Fields() {
				if g.held(name) {
					add(name)
				}
			}
		}
		shorten()
	}
	if key == "any CamelCase" && g.platform == nil {
		return key
	}
	if name, ok := strings.CutPrefix(key, "used "); ok {
		if field := g.names[name]; g.used[field] {
			return field
		}
		return ""
	}
	if name, ok := strings.CutPrefix(key, "winlogeventdata"); ok {
		key = name
	}
	if key == "winlogeventid" {
		key = "eventid"
	}
	return g.names[key]
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func squeezed(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == '@' {
			return -1
		}
		return r
	}, name)
}

// valueSort of value, as far as its role depends on it.
type valueSort int

const (
	anyText valueSort = iota
	programName
	libraryName
	fileName
	directoryName
	address
	hostName
	registryKey
	accountName
	hashText
	maskText
	portNumber
	nullTest
)

// noPrograms are directories of Unix that hold no programs.
var noPrograms = regexp.MustCompile(`^/(?:etc|proc|sys|dev/null|var/log)/`)

// extension is the end of a file's name that says what it holds; a number is a version.
var extension = regexp.MustCompile(`\.[A-Za-z][A-Za-z0-9_]*$`)

func (g *ground) sortOf(m scenario.Mention) valueSort {
	v := m.Value
	switch {
	case m.Operator.Lacks():
		return nullTest
	case v.Shape == scenario.ShapeIP || v.Shape == scenario.ShapeCIDR:
		return address
	case g.namesHosts() && (strings.HasPrefix(v.Text, ".") && strings.Count(v.Text, ".") > 1 || v.Shape == scenario.ShapeFileName && strings.HasSuffix(strings.ToLower(v.Text), ".com") && !scenario.WindowsProgram(strings.TrimSuffix(v.Text, ".com"))):
		return hostName
	case strings.HasPrefix(v.Text, "arn:"):
		return accountName
	case v.Shape == scenario.ShapeURL || v.Shape == scenario.ShapeDomain && !storePackage.MatchString(v.Text) || hostGlob.MatchString(v.Text) || hostLike.MatchString(v.Text):
		return hostName
	case v.Shape == scenario.ShapeRegistry, g.family() == registryFamily && v.Shape == scenario.ShapePath && strings.HasPrefix(v.Text, `\`) && !strings.Contains(baseName(v.Text), "."):
		return registryKey
	case v.Shape == scenario.ShapeAccount || v.Shape == scenario.ShapeSID || strings.HasSuffix(v.Text, "$") && !strings.HasPrefix(v.Text, `\\`), m.Class == scenario.ClassUser && !v.Shape.Located() && v.Shape != scenario.ShapeFileName && !scenario.WindowsProgram(v.Text) && !scenario.Tool(v.Text):
		return accountName
	case v.Shape == scenario.ShapeHash:
		return hashText
	case strings.HasPrefix(v.Text, "0x"):
		return maskText
	case v.Shape == scenario.ShapeNumber:
		return portNumber
	case m.Class == scenario.ClassDirectory && (v.Quoted || !m.Name && v.Product == "") && !strings.ContainsAny(v.Text, `/\`) && g.separator() != "":
		return directoryName
	case v.Shape == scenario.ShapeDirectory, v.Shape == scenario.ShapeGlob && strings.HasSuffix(v.Text, `\*`):
		return directoryName
	case v.Shape == scenario.ShapeFlag, v.Shape == scenario.ShapeCommand, v.Shape == scenario.ShapeText, v.Cmdlet():
		return anyText
	case m.Content && !v.Shape.Located() && !hasExtension(v.Text, programExtensions) && !hasExtension(v.Text, libraryExtensions) && !scenario.Tool(v.Text):
		return anyText
	case hasExtension(v.Text, programExtensions):
		return programName
	case hasExtension(v.Text, libraryExtensions):
		return libraryName
	case v.Shape == scenario.ShapeFileName, v.Shape == scenario.ShapeExtension, v.Shape == scenario.ShapePath && extension.MatchString(v.Text):
		return fileName
	case v.Shape == scenario.ShapePath && g.separator() == "/" && noPrograms.MatchString(v.Text):
		return fileName
	case v.Shape == scenario.ShapePath && g.separator() == `\`:
		return directoryName // a program or file of Windows has an extension
	case v.Shape == scenario.ShapePath && (m.Place == scenario.Within || m.Place == scenario.Into || m.Class == scenario.ClassDirectory):
		return directoryName
	case v.Shape == scenario.ShapePath:
		return programName
	case m.Name, v.Product != "", scenario.Tool(v.Text), scenario.WindowsProgram(v.Text), !v.Quoted && m.Part == scenario.Agent:
		return programName
	case v.Quoted || v.Shape == scenario.ShapeIdentifier && strings.ContainsAny(v.Text, "_-"):
		return anyText
	}
	return programName
}

// namesHosts reports a log source of connections to hosts with names.
func (g *ground) namesHosts() bool {
	return g.family() == networkFamily || g.platform == nil && (g.present(scenario.RoleURL) != "" || g.present(scenario.RoleDestinationHost) != "")
}

// rolesOf are the roles that a mention can have in the log source, the likeliest first.
func (g *ground) rolesOf(m scenario.Mention) []scenario.Role {
	kind := g.sortOf(m)
	if m.Field == "" && m.Role == "" && !m.Operator.Lacks() && (!m.Value.Shape.Located() || strings.HasPrefix(m.Value.Text, `\\`)) {
		if field := g.holding(m.Value); field != "" {
			return []scenario.Role{g.roleOfField(field)}
		}
	}
	if m.Part == scenario.Object && m.Field == "" && m.Role == "" && kind == programName && g.family() != processFamily {
		if field := g.looksFor(m.Value); field != "" {
			return []scenario.Role{g.roleOfField(field)}
		}
	}
	if m.Field != "" && (m.Role == "" || g.written(m.Field)) {
		return []scenario.Role{g.roleOfField(m.Field)}
	}
	if m.Role == scenario.RoleCommandLine && g.holding(m.Value) != "" && g.roleOfField(g.holding(m.Value)) == scenario.RoleProcess {
		return g.having(scenario.RoleProcess) // the rule's own program by its name
	}
	if m.Role != "" {
		switch {
		case m.Role == scenario.RoleUser && kind != accountName && (m.Value.Shape == scenario.ShapeFlag || m.Value.Shape.Located() || m.Value.Shape == scenario.ShapeFileName):
		default:
			if roles := g.having(m.Role); len(roles) > 0 || m.Role != scenario.RoleFile && m.Role != scenario.RoleDirectory && m.Role != scenario.RoleScript {
				return roles
			}
		}
	}
	if g.installsServices() && (m.Class == scenario.ClassService || kind == anyText && m.Value.Shape == scenario.ShapeText && title(m.Value.Text)) {
		return g.having(scenario.RoleService)
	}
	switch kind {
	case accountName:
		return g.having(scenario.RoleUser)
	case hashText:
		return g.having(scenario.RoleHash)
	case maskText:
		return g.having(scenario.RoleAccess)
	case portNumber:
		if g.datum(m) {
			return g.having(scenario.RoleRegistryValue)
		}
		return g.having(scenario.RolePort)
	case registryKey:
		return g.having(scenario.RoleRegistryKey, scenario.RoleCommandLine)
	case address:
		if m.Place == scenario.Out || m.Part == scenario.Agent {
			return g.having(scenario.RoleSourceIP, scenario.RoleDestinationIP, scenario.RoleCommandLine)
		}
		if m.Part == scenario.Object || m.Place == scenario.Into {
			return g.having(scenario.RoleDestinationIP, scenario.RoleCommandLine, scenario.RoleSourceIP)
		}
		return g.having(scenario.RoleIP, scenario.RoleCommandLine)
	case hostName:
		return g.having(scenario.RoleURL, scenario.RoleDestinationHost, scenario.RoleCommandLine)
	}
	if g.validates() || storePackage.MatchString(m.Value.Text) {
		return g.having(scenario.RoleUnstated)
	}
	if m.Via && scenario.Interpreter(m.Value.Text) {
		return g.having(scenario.RoleProcess, scenario.RoleParent)
	}
	if g.family() == registryFamily && kindless(m.Value) && !m.Value.Quoted && mixedCase(m.Value.Text) && m.Value.Product == "" && !m.Name && !scenario.WindowsProgram(m.Value.Text) && (m.Beside || m.Class == scenario.ClassPattern || m.Class == scenario.ClassService) {
		return g.having(scenario.RoleRegistryKey)
	}
	if (m.Value.DisplayName() || m.Name) && m.Part == scenario.NoPart && m.Place == scenario.NoPlace && (g.located || !scenario.WindowsProgram(m.Value.Text) && !scenario.Tool(m.Value.Text)) {
		return g.having(scenario.RoleUnstated)
	}
	row, ok := partsOf[g.family()][kind]
	if !ok {
		row = partsOf[otherFamily][kind]
	}
	if kind == directoryName && g.family() == processFamily && m.Part == scenario.Object && !g.used["CommandLine"] {
		row[2] = []scenario.Role{scenario.RoleProcess, scenario.RoleCommandLine}
	}
	at := 0
	switch {
	case kind == directoryName && m.Part == scenario.Object && g.family() == loadFamily:
		at = 2
	case m.Place == scenario.RunsFrom, m.Part == scenario.Agent, m.Place == scenario.Out && (kind == directoryName || kind == programName && m.Value.Shape == scenario.ShapePath):
		at = 1
	case m.Part == scenario.Object, m.Place == scenario.Into:
		at = 2
	}
	if kind == directoryName && m.Scripts && g.family() == processFamily {
		return g.having(scenario.RoleCommandLine, scenario.RoleParentCommandLine, scenario.RoleProcess, scenario.RoleParent)
	}
	if kind == directoryName && m.Place == scenario.Within && g.family() == processFamily && m.Part == scenario.NoPart {
		return g.having(g.able(kind, m.Value, []scenario.Role{scenario.RoleProcess, scenario.RoleCommandLine, scenario.RoleParent, scenario.RoleParentCommandLine})...)
	}
	if kind == programName && kindless(m.Value) && (scenario.Tool(m.Value.Text) || scenario.WindowsProgram(m.Value.Text)) && g.family() == processFamily {
		return g.having(without(row[at], scenario.RoleCommandLine)...) // the name of a command is a part of other words
	}
	return g.having(g.able(kind, m.Value, row[at])...)
}

// holding is the field of the rule one of whose values, of several, the text repeats: an event id, the name of an operation.
func (g *ground) holding(v scenario.Value) string {
	if strings.HasPrefix(v.Text, `\\`) && g.known("ShareName") {
		return "ShareName"
	}
	field := ""
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d) != rules.Positive {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Field == "" || i.Negated || field != "" {
				return
			}
			for _, own := range i.Values {
				switch {
				case strings.EqualFold(own.Text, v.Text):
					field = i.Field
				case isOperation(own.Text) && isOperation(v.Text) && v.Product == "" && g.platform == nil:
					field = i.Field
				case (i.Field == "Image" || i.Field == "NewProcessName") && v.Quoted && strings.EqualFold(strings.TrimSuffix(strings.ToLower(baseName(own.Text)), ".exe"), strings.TrimSuffix(v.Text, ".exe")):
					field = i.Field
				}
			}
		})
	}
	return field
}

// looksFor is the field in which the rule looks for a program of this name, other than that of the process itself.
func (g *ground) looksFor(v scenario.Value) string {
	field := ""
	name := strings.TrimSuffix(strings.ToLower(baseName(v.Text)), ".exe")
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d) != rules.Positive {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			for _, own := range i.Values {
				if i.Field != "" && !i.Negated && strings.TrimSuffix(strings.ToLower(baseName(strings.Trim(own.Text, "*"))), ".exe") == name && i.Field != "Image" && i.Field != "SourceImage" && i.Field != "ProcessName" {
					field = i.Field
				}
			}
		})
	}
	return field
}

// operation is the name of a call of a cloud: a verb and what it is done to, in one word.
var operation = regexp.MustCompile(`^(?:Accept|Add|Assign|Associate|Assume|Attach|Authorize|Cancel|Change|Console|Copy|Create|Delete|Deregister|Describe|Detach|Disable|Disassociate|Enable|Execute|Export|Generate|Get|Import|Invoke|Issue|List|Lookup|Modify|Publish|Put|Reboot|Register|Reject|Remove|Reset|Restore|Revoke|Run|Send|Set|Start|Stop|Switch|Tag|Terminate|Untag|Update|Upload)(?:[A-Z][a-z0-9]*)+$`)

func isOperation(text string) bool { return operation.MatchString(text) }

// written reports a field that the text writes as a query does and that the events of a service may have, although no table knows it.
func (g *ground) written(name string) bool {
	return g.known(name) || g.rule.Logsource.Category.Value == "" && (g.platform == nil || g.platform.Product != "windows") && name == strings.ToLower(name)
}

// known reports a field that the log source or the rule has.
func (g *ground) known(name string) bool {
	if g.used[name] {
		return true
	}
	if g.logs == nil {
		return false
	}
	_, ok := g.logs.Field(name)
	return ok && g.held(name)
}

func without(roles []scenario.Role, role scenario.Role) []scenario.Role {
	var out []scenario.Role
	for _, r := range roles {
		if r != role {
			out = append(out, r)
		}
	}
	return out
}

// having are those of the roles that the log source has a field for.
func (g *ground) having(roles ...scenario.Role) []scenario.Role {
	var out []scenario.Role
	seen := map[string]bool{}
	for _, r := range roles {
		if field, _, ok := g.field(r, ""); ok && !seen[field] {
			seen[field] = true
			out = append(out, r)
		}
	}
	return out
}

// family of log sources with one way to be the agent and the object.
type family int

const (
	otherFamily family = iota
	processFamily
	fileFamily
	registryFamily
	networkFamily
	loadFamily
	accessFamily
	textFamily
)

func (g *ground) family() family {
	category := g.rule.Logsource.Category.Value
	switch {
	case category == "image_load" || category == "driver_load":
		return loadFamily
	case category == "process_access" || category == "create_remote_thread" || category == "process_tampering":
		return accessFamily
	case strings.HasPrefix(category, "ps_"):
		return textFamily
	}
	switch g.kind() {
	case scenario.KindProcess:
		return processFamily
	case scenario.KindFile:
		return fileFamily
	case scenario.KindRegistry:
		return registryFamily
	case scenario.KindNetwork:
		return networkFamily
	}
	if g.present(scenario.RoleParent) != "" && g.present(scenario.RoleCommandLine) != "" {
		return processFamily // 4688, auditd's execve
	}
	return otherFamily
}

// partsOf are the roles of a value by family and valueSort, each three times: where the words say nothing of its part, as the agent, as the object.
var partsOf = map[family]map[valueSort][3][]scenario.Role{
	processFamily: {
		programName:   {{scenario.RoleProcess, scenario.RoleParent, scenario.RoleCommandLine}, {scenario.RoleParent, scenario.RoleProcess}, {scenario.RoleProcess, scenario.RoleCommandLine}},
		libraryName:   {{scenario.RoleCommandLine, scenario.RoleParentCommandLine}, {scenario.RoleParentCommandLine, scenario.RoleCommandLine}, {scenario.RoleCommandLine}},
		fileName:      {{scenario.RoleCommandLine, scenario.RoleParentCommandLine}, {scenario.RoleParentCommandLine, scenario.RoleCommandLine}, {scenario.RoleCommandLine}},
		directoryName: {{scenario.RoleProcess, scenario.RoleParent, scenario.RoleCommandLine, scenario.RoleParentCommandLine}, {scenario.RoleProcess, scenario.RoleParent, scenario.RoleParentCommandLine}, {scenario.RoleCommandLine, scenario.RoleProcess}},
		anyText:       {{scenario.RoleCommandLine, scenario.RoleParentCommandLine}, {scenario.RoleCommandLine, scenario.RoleParentCommandLine}, {scenario.RoleCommandLine}},
	},
	fileFamily: {
		programName:   {{scenario.RoleProcess, scenario.RoleFile}, {scenario.RoleProcess}, {scenario.RoleFile, scenario.RoleProcess}},
		libraryName:   {{scenario.RoleFile, scenario.RoleProcess}, {scenario.RoleProcess}, {scenario.RoleFile}},
		fileName:      {{scenario.RoleFile}, {scenario.RoleProcess, scenario.RoleFile}, {scenario.RoleFile}},
		directoryName: {{scenario.RoleUnstated}, {scenario.RoleProcess, scenario.RoleFile}, {scenario.RoleFile, scenario.RoleProcess}},
		anyText:       {{scenario.RoleFile}, {scenario.RoleProcess}, {scenario.RoleFile}},
	},
	registryFamily: {
		programName:   {{scenario.RoleProcess, scenario.RoleRegistryValue}, {scenario.RoleProcess}, {scenario.RoleRegistryValue, scenario.RoleRegistryKey, scenario.RoleProcess}},
		libraryName:   {{scenario.RoleRegistryValue, scenario.RoleRegistryKey}, {scenario.RoleProcess}, {scenario.RoleRegistryValue, scenario.RoleRegistryKey}},
		fileName:      {{scenario.RoleRegistryValue, scenario.RoleRegistryKey}, {scenario.RoleProcess}, {scenario.RoleRegistryValue, scenario.RoleRegistryKey}},
		directoryName: {{scenario.RoleProcess, scenario.RoleRegistryValue}, {scenario.RoleProcess}, {scenario.RoleRegistryValue, scenario.RoleRegistryKey}},
		anyText:       {{scenario.RoleRegistryKey, scenario.RoleRegistryValue}, {scenario.RoleProcess}, {scenario.RoleRegistryKey, scenario.RoleRegistryValue}},
	},
	networkFamily: {
		programName:   {{scenario.RoleProcess}, {scenario.RoleProcess}, {scenario.RoleProcess}},
		directoryName: {{scenario.RoleProcess}, {scenario.RoleProcess}, {scenario.RoleProcess}},
	},
	loadFamily: {
		programName:   {{scenario.RoleProcess, scenario.RoleLoadedImage}, {scenario.RoleProcess}, {scenario.RoleProcess, scenario.RoleLoadedImage}},
		libraryName:   {{scenario.RoleLoadedImage}, {scenario.RoleProcess}, {scenario.RoleLoadedImage}},
		fileName:      {{scenario.RoleLoadedImage}, {scenario.RoleProcess}, {scenario.RoleLoadedImage}},
		directoryName: {{scenario.RoleUnstated, scenario.RoleLoadedImage}, {scenario.RoleProcess, scenario.RoleLoadedImage}, {scenario.RoleLoadedImage, scenario.RoleProcess}},
		anyText:       {{scenario.RoleLoadedImage}, {scenario.RoleProcess}, {scenario.RoleLoadedImage}},
	},
	accessFamily: {
		programName:   {{scenario.RoleProcess, scenario.RoleTargetProcess}, {scenario.RoleProcess}, {scenario.RoleTargetProcess, scenario.RoleProcess}},
		directoryName: {{scenario.RoleProcess, scenario.RoleTargetProcess}, {scenario.RoleProcess}, {scenario.RoleTargetProcess, scenario.RoleProcess}},
	},
	textFamily: {
		programName:   {{scenario.RoleCommandLine, scenario.RoleProcess}, {scenario.RoleProcess, scenario.RoleCommandLine}, {scenario.RoleCommandLine}},
		libraryName:   {{scenario.RoleCommandLine}, {scenario.RoleCommandLine}, {scenario.RoleCommandLine}},
		fileName:      {{scenario.RoleFile, scenario.RoleCommandLine}, {scenario.RoleFile, scenario.RoleCommandLine}, {scenario.RoleCommandLine}},
		directoryName: {{scenario.RoleFile, scenario.RoleCommandLine}, {scenario.RoleFile, scenario.RoleCommandLine}, {scenario.RoleCommandLine}},
		anyText:       {{scenario.RoleCommandLine}, {scenario.RoleCommandLine}, {scenario.RoleCommandLine}},
	},
	otherFamily: {
		programName:   {{scenario.RoleUnstated, scenario.RoleFile}, {scenario.RoleProcess, scenario.RoleUnstated}, {scenario.RoleFile, scenario.RoleUnstated}},
		libraryName:   {{scenario.RoleLoadedImage, scenario.RoleFile, scenario.RoleUnstated}, {scenario.RoleProcess}, {scenario.RoleLoadedImage, scenario.RoleFile}},
		fileName:      {{scenario.RoleFile, scenario.RoleCommandLine, scenario.RoleUnstated}, {scenario.RoleProcess}, {scenario.RoleFile, scenario.RoleCommandLine}},
		directoryName: {{scenario.RoleUnstated, scenario.RoleFile}, {scenario.RoleProcess, scenario.RoleFile}, {scenario.RoleFile, scenario.RoleUnstated}},
		anyText:       {{scenario.RoleCommandLine, scenario.RoleJob, scenario.RoleFile}, {scenario.RoleProcess}, {scenario.RoleCommandLine, scenario.RoleFile}},
	},
}

// able leaves out roles that a value cannot have: where the rule looks for nothing but programs of Windows, their path is one of Windows.
func (g *ground) able(kind valueSort, v scenario.Value, roles []scenario.Role) []scenario.Role {
	if kind != directoryName && !(kind == programName && v.Shape == scenario.ShapePath) {
		return roles
	}
	var out []scenario.Role
	for _, r := range roles {
		if (r == scenario.RoleProcess || r == scenario.RoleParent) && g.windowsOnly(r) && !ofWindows(v.Text) {
			continue
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return roles
	}
	return out
}

// ofWindows reports a path, whole or in part, below the directories of the system's own programs.
func ofWindows(path string) bool {
	path = strings.ToLower(path)
	for _, root := range []string{"/usr/", "/bin/", "/sbin/", "/system/"} {
		if strings.HasPrefix(path, root) {
			return true
		}
	}
	return strings.HasPrefix(path, strings.ToLower(windowsDirectory)) || strings.HasPrefix(strings.TrimPrefix(path, `\`), `windows\`) || strings.HasPrefix(strings.TrimPrefix(path, `\`), `system32\`) || strings.HasPrefix(strings.TrimPrefix(path, `\`), `syswow64\`)
}

// windowsOnly reports that the rule asks for programs that the system brings, by their names, in the field of a role.
func (g *ground) windowsOnly(role scenario.Role) bool {
	field, _, ok := g.field(role, "")
	if !ok || g.platform == nil {
		return false
	}
	comes := scenario.WindowsProgram
	if g.platform.Product != "windows" {
		comes = func(name string) bool { return scenario.Tool(name) }
	}
	found, some := false, false
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d) != rules.Positive {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Field != field || i.Negated {
				return
			}
			for _, v := range i.Values {
				some = true
				found = found || !comes(baseName(strings.Trim(v.Text, "*")))
			}
		})
		if found {
			return false
		}
	}
	return some && !found
}

// installsServices reports a rule about events of services that were installed: 7045 of the system's log, 4697 of the security log.
func (g *ground) installsServices() bool {
	for _, id := range g.eventIDs() {
		if id == "7045" || id == "4697" || id == "7036" || id == "7040" {
			return true
		}
	}
	return g.used["ServiceName"]
}

// roleOfField is what a field holds, as the prose would call it.
func (g *ground) roleOfField(name string) scenario.Role {
	if g.logs == nil {
		return scenario.RoleField
	}
	f, _ := g.logs.Field(name)
	for role, candidates := range fieldRoles {
		if len(candidates) > 0 && candidates[0].role == f.Role && f.Role != taxonomy.NoRole && f.Role != taxonomy.RoleMetadata && role != scenario.RoleUnstated && role != scenario.RoleIP && role != scenario.RoleDirectory && role != scenario.RoleJob {
			if role == scenario.RoleScript {
				return scenario.RoleCommandLine
			}
			return role
		}
	}
	return scenario.RoleField
}

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
			sentence = with(sentence, t.ground.conditionOf(s), true)
		}
		if len(current) > 1 && len(sentence) > 1 && sharedRoles(current, sentence) > 1 {
			groups, current = append(groups, current), nil
		}
		for _, c := range sentence {
			current = with(current, c, false)
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

// conditionOf writes a slot in its role.
func (g *ground) conditionOf(s slot) scenario.Condition {
	first := s.mentions[0]
	c := scenario.Condition{Role: s.role, Field: g.fieldOf(first), Operator: first.Operator, Negated: first.Negated, Phrase: first.Value.Text, Span: first.Value.Span}
	if first.Operator.Lacks() {
		c.Stated = true
		return c
	}
	if s.role == scenario.RoleCommandLine && len(s.mentions) == 1 && !c.Negated && (first.Operator == "" || first.Operator == scenario.Equals) {
		if rest := g.arguments(first.Value); rest != "" {
			c.Operator, c.Stated = scenario.Equals, true // a whole command on which the rule does not fire
			c.Values = []scenario.Value{first.Value}
			return c
		}
	}
	if v := first.Value; s.role == scenario.RoleRegistryKey && len(s.mentions) == 1 && c.Operator == "" && g.kills != nil && strings.HasPrefix(v.Text, `\`) && !strings.HasSuffix(v.Text, `\`) {
		if field, _, ok := g.field(scenario.RoleRegistryKey, ""); ok && g.kills([]Condition{{Field: field, Modifier: "endswith", Values: []string{literal(v)}}}) && !g.kills([]Condition{{Field: field, Modifier: "contains", Values: []string{literal(v) + `\`}}}) {
			c.Operator, c.Stated, c.Values = scenario.EndsWith, true, []scenario.Value{v} // a value that the rule does not look at
			return c
		}
	}
	all := len(s.mentions) > 1
	for k, m := range s.mentions {
		v := m.Value
		all = all && (k == 0 || m.Join == scenario.AndJoin)
		if kind := g.sortOf(m); kind == directoryName && v.Shape != scenario.ShapeDirectory && !strings.ContainsAny(v.Text, `/\`) {
			v.Text, v.Shape = g.separator()+v.Text, scenario.ShapeDirectory
			if c.Operator != scenario.StartsWith {
				v.Text += g.separator()
			}
			c.Operator = scenario.Contains
		} else if kind == directoryName && v.Shape == scenario.ShapePath && (c.Operator == "" || c.Operator == scenario.StartsWith || first.Place != scenario.NoPlace) {
			v.Text, v.Shape = strings.TrimRight(v.Text, `\/`)+g.separator(), scenario.ShapeDirectory
			if !g.absolute(v.Text) {
				v.Text = g.anchored(v.Text)
			}
		}
		v.BareTool = false
		if n, err := strconv.ParseUint(v.Text, 10, 32); err == nil && s.role == scenario.RoleRegistryValue && g.datum(m) {
			v.Text, v.Shape, v.Quoted = fmt.Sprintf("DWORD (0x%08x)", n), scenario.ShapeText, true // as Sysmon writes a number
			c.Operator, c.Stated, c.Field = scenario.Is, true, ""
			c.Values = append(c.Values, v)
			continue
		}
		if known := scenario.WindowsProgram(v.Text) || scenario.Tool(v.Text); known && kindless(v) && s.role != scenario.RoleUnstated {
			v.Product = ""
		}
		if files := scenario.Component(v.Text); len(files) > 0 && !v.Quoted {
			for _, file := range files {
				c.Values = append(c.Values, scenario.Value{Text: file, Span: v.Span, Shape: scenario.ShapeFileName})
			}
			continue
		}
		if directories := namedDirectories[squeezed(strings.ToLower(strings.ReplaceAll(v.Text, " ", "")))]; len(directories) > 0 && !v.Quoted {
			for _, d := range directories {
				c.Values = append(c.Values, scenario.Value{Text: d, Span: v.Span, Shape: scenario.ShapeDirectory})
			}
			if !g.absolute(directories[0]) {
				c.Operator = scenario.Contains
			}
			continue
		}
		if s.role != scenario.RoleRegistryValue && s.role != scenario.RoleCommandLine && s.role != scenario.RoleParentCommandLine {
			v = expandVariable(v)
		}
		if (s.role == scenario.RoleUser) && systemAccount(v.Text) && g.windowsDomainUser() {
			c.Values = append(c.Values, authorities(v)...)
			c.Operator, c.Note = scenario.Contains, "the name of the system's accounts, as it is written in English and in other languages"
			continue
		}
		if s.role == scenario.RoleCommandLine && v.Quoted && c.Operator != scenario.Equals {
			if at := randomAt(v.Text); at > shortestPrefix {
				v.Text = v.Text[:at]
			}
		}
		c.Values = append(c.Values, v)
	}
	c.Stated = c.Operator != ""
	if first.Value.BareTool && kindless(first.Value) && s.role == scenario.RoleProcess && g.present(scenario.RoleCommandLine) != "" {
		c.Note = "`" + first.Value.Text + "` is the name of a program: a substring of the command line would also match other words"
	}
	switch s.role {
	case scenario.RoleCommandLine, scenario.RoleParentCommandLine:
		c.All = all
		if c.Operator == "" || c.Operator == scenario.Is {
			c.Operator, c.Stated = scenario.Contains, true
		}
	case scenario.RoleRegistryValue:
		if c.Operator == "" {
			switch g.sortOf(first) {
			case directoryName:
				c.Operator = scenario.Contains
				if g.absolute(first.Value.Text) || namedDirectories[squeezed(strings.ToLower(strings.ReplaceAll(first.Value.Text, " ", "")))] != nil {
					c.Operator = scenario.StartsWith
				}
			case programName, libraryName, fileName:
				c.Operator = scenario.EndsWith
			default:
				c.Operator = scenario.Contains
			}
			c.Stated = true
		}
	case scenario.RoleRegistryKey:
		if kindless(first.Value) && !first.Value.Quoted && c.Operator == "" {
			for k := range c.Values {
				c.Values[k].Text, c.Values[k].Quoted = `\`+c.Values[k].Text, true
			}
			c.Operator, c.Stated = scenario.Contains, true
			if first.Class == scenario.ClassPattern {
				c.Operator = scenario.EndsWith
			}
		}
		if c.Operator == "" && g.sortOf(first) == anyText {
			c.Operator, c.Stated = scenario.Contains, true
		}
	case scenario.RoleFile:
		if c.Operator == "" && g.sortOf(first) == anyText {
			c.Operator, c.Stated = scenario.Contains, true
		}
	}
	if c.Field != "" && g.logs != nil && g.text(c.Field) && (c.Operator == "" || c.Operator == scenario.Is) {
		c.Operator, c.Stated = scenario.Contains, true
	}
	if c.Operator == "" {
		c.Operator = scenario.Is
	}
	return c
}

// arguments are those of a whole command in quotes, from the blank behind its program on, where the rule cannot fire on a line that ends in them.
func (g *ground) arguments(v scenario.Value) string {
	program, _, ok := strings.Cut(v.Text, " ")
	base := strings.TrimSuffix(strings.ToLower(baseName(program)), ".exe")
	if !ok || !v.Quoted || g.kills == nil || !scenario.Tool(base) && !scenario.WindowsProgram(base) && g.holding(scenario.Value{Text: base, Quoted: true}) == "" && !g.own("/"+base) {
		return ""
	}
	field, _, has := g.field(scenario.RoleCommandLine, "")
	rest := v.Text[len(program):]
	if !has {
		return ""
	}
	for _, line := range []string{v.Text, base + rest, base + ".exe" + rest, `C:\Windows\System32\` + base + ".exe" + rest, `"C:\Windows\System32\` + base + `.exe"` + rest, "/usr/bin/" + base + rest} {
		if !g.kills([]Condition{{Field: field, Values: []string{literal(scenario.Value{Text: line})}}}) {
			return ""
		}
	}
	return rest
}

// namedDirectories are directories of Windows by the names that people give them.
var namedDirectories = map[string][]string{
	"programfiles": installDirectories["windows"], "programdata": {`C:\ProgramData\`}, "appdata": {`\AppData\`}, "localappdata": {`\AppData\Local\`},
	"system32": {`C:\Windows\System32\`}, "syswow64": {`C:\Windows\SysWOW64\`}, "winsxs": {`C:\Windows\WinSxS\`},
}

// variables are what stands for the variables of the environment in the paths of events.
var variables = map[string]string{
	"%temp%": `\Temp`, "%tmp%": `\Temp`, "%appdata%": `\AppData\Roaming`, "%localappdata%": `\AppData\Local`, "%programdata%": `C:\ProgramData`, "%allusersprofile%": `C:\ProgramData`,
	"%systemroot%": `C:\Windows`, "%windir%": `C:\Windows`, "%programfiles%": `C:\Program Files`, "%programfiles(x86)%": `C:\Program Files (x86)`, "%systemdrive%": `C:`, "%public%": `C:\Users\Public`,
	"$env:temp": `\Temp`, "$env:appdata": `\AppData\Roaming`, "$env:localappdata": `\AppData\Local`, "$env:programdata": `C:\ProgramData`, "$env:programfiles": `C:\Program Files`,
}

// expandVariable writes the directory behind a variable at the beginning of a path.
func expandVariable(v scenario.Value) scenario.Value {
	name, rest, ok := strings.Cut(v.Text, `\`)
	directory := variables[strings.ToLower(name)]
	if !ok || directory == "" {
		return v
	}
	v.Text = directory + `\` + rest
	if v.Shape != scenario.ShapeDirectory && v.Shape != scenario.ShapeGlob {
		v.Shape = scenario.ShapePath
	}
	return v
}

// systemAccount reports one of the accounts that the system itself runs as.
func systemAccount(name string) bool {
	switch name = strings.ToUpper(name); {
	case strings.HasPrefix(name, `NT AUTHORITY\`), name == "SYSTEM", name == "LOCAL SYSTEM", name == "LOCALSYSTEM":
		return true
	}
	return false
}

// authorities are the parts that the domain of those accounts has in all languages of Windows: NT AUTHORITY, AUTORITE NT, NT-AUTORITÄT.
func authorities(v scenario.Value) []scenario.Value {
	return []scenario.Value{{Text: "AUTHORI", Span: v.Span, Shape: scenario.ShapeText, Quoted: true}, {Text: "AUTORI", Span: v.Span, Shape: scenario.ShapeText, Quoted: true}}
}

// shortestPrefix is how much of a command must stand before a random name, for the rest to say something.
const shortestPrefix = 12

// randomName is a word that may have been drawn by chance.
var randomName = regexp.MustCompile(`[A-Za-z0-9]{8,}`)

// randomAt is where a name that was drawn by chance begins, in small and capital letters and digits mixed, or -1.
func randomAt(text string) int {
	for _, at := range randomName.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		turns := 0
		for k := 1; k < len(word); k++ {
			if class(word[k]) != class(word[k-1]) {
				turns++
			}
		}
		const mixed = 5 // changes between digits, small and capital letters; a name in CamelCase with a number has fewer
		if turns >= mixed && strings.ContainsAny(word, "0123456789") {
			return at[0]
		}
	}
	return -1
}

func class(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return 0
	case c >= 'a':
		return 1
	}
	return 2
}

// fieldOf is the field that the text names for a mention, or the one that holds its value in the rule.
func (g *ground) fieldOf(m scenario.Mention) string {
	if m.Field != "" {
		if m.Role != "" && !g.written(m.Field) {
			return ""
		}
		for _, prefix := range []string{"winlog.event_data.", "event_data.", "EventData."} {
			if name, ok := strings.CutPrefix(m.Field, prefix); ok {
				return name
			}
		}
		return m.Field
	}
	if m.Role == "" && m.Part == scenario.Object && !m.Operator.Lacks() && g.family() != processFamily && g.sortOf(m) == programName {
		if field := g.looksFor(m.Value); field != "" {
			return field
		}
	}
	if m.Role == "" && !m.Operator.Lacks() && (!m.Value.Shape.Located() || strings.HasPrefix(m.Value.Text, `\\`)) {
		return g.holding(m.Value)
	}
	return ""
}

// with adds a condition to an AND. Two conditions on one role become one with more values, unless they say two things of one value: where it is, and
// what it is called; or parts of one text.
func with(conditions []scenario.Condition, c scenario.Condition, sentence bool) []scenario.Condition {
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
