package tuning

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file says which roles a value can have in a log source: by its sort, and by its part in what happens.

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
	case g.family() == registryFamily && v.Shape == scenario.ShapeDirectory && (strings.HasPrefix(v.Text, `...\`) || strings.HasPrefix(v.Text, `\`)) && !relativeDirectory.MatchString(v.Text):
		return registryKey
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
	case v.Quoted || v.Shape == scenario.ShapeIdentifier && strings.ContainsAny(v.Text, "_-,"):
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
