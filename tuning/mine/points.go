package mine

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/safety"
)

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
	case f.field.role == taxonomy.RoleMetadata && m.maker(f, c.rows):
		n = enough
	case f.listed || n > 1:
	case f.field.role == taxonomy.RoleImage && n == 1 && !f.wide && !m.startsProcesses() && (c.n >= often || m.desktop(f) && len(c.rows) == len(m.table.of(falsePositive))):
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

// desktop reports the shell of the desktop where a rule reads files or the registry: it writes there what people click, and runs nothing.
func (m *miner) desktop(f form) bool {
	category := m.rule.Logsource.Category.Value
	if !strings.HasPrefix(category, "file_") && !strings.HasPrefix(category, "registry_") {
		return false
	}
	for _, c := range f.conditions {
		for _, v := range c.Values {
			if c.Modifier != "" || !strings.EqualFold(v, `C:\Windows\explorer.exe`) {
				return false
			}
		}
	}
	return true
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
