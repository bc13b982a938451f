package tuning

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file writes a value of a description in its role.

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
