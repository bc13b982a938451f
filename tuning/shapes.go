package tuning

import (
	"path"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file reads values that the text gives without saying what they are: by their looks, and by what the log source holds.

// programExtensions end the names of files that run as processes; libraryExtensions those of files that processes load.
var (
	programExtensions = []string{".exe", ".com", ".scr"}
	libraryExtensions = []string{".dll", ".sys", ".ocx", ".cpl", ".drv", ".so", ".dylib", ".ko"}
)

func hasExtension(text string, list []string) bool {
	lower := strings.ToLower(text)
	for _, e := range list {
		if strings.HasSuffix(lower, e) {
			return true
		}
	}
	return false
}

// windowsDirectories are directories of Windows that people call by their last name.
var windowsDirectories = map[string]string{
	"winsxs": `C:\Windows\WinSxS\`, "system32": `C:\Windows\System32\`, "syswow64": `C:\Windows\SysWOW64\`, "softwaredistribution": `C:\Windows\SoftwareDistribution\`,
	"ccmcache": `C:\Windows\ccmcache\`, "program files": `C:\Program Files\`, "programdata": `C:\ProgramData\`,
}

// spelled gives the values the spelling of the platform: drives with backslashes, no device in front of a path, a `*` for what stands
// for anything.
func (g *ground) spelled(c scenario.Condition) scenario.Condition {
	if g.platform == nil || g.platform.Product != "windows" {
		return c
	}
	values := make([]scenario.Value, len(c.Values))
	for k, v := range c.Values {
		if len(v.Text) > 2 && v.Text[1] == ':' && v.Text[2] == '/' {
			v.Text = strings.ReplaceAll(v.Text, "/", `\`)
		}
		v.Text = strings.TrimPrefix(strings.TrimPrefix(v.Text, "..."), "…") // what is left out in front of a path
		if at := devicePrefix.FindStringIndex(v.Text); at != nil && len(v.Text) > at[1] {
			v.Text = v.Text[at[1]:]
		}
		if directory, known := windowsDirectories[strings.ToLower(v.Text)]; known && (c.Role == scenario.RoleUnstated || c.Role == scenario.RoleDirectory) {
			v.Text, v.Shape = directory, scenario.ShapeDirectory
		}
		if v.Shape == scenario.ShapePath && !g.absolute(v.Text) && relativeDirectory.MatchString(v.Text) && path.Ext(v.Text) == "" && g.kind() != scenario.KindRegistry {
			v.Text, v.Shape = `\`+strings.Trim(v.Text, `\`)+`\`, scenario.ShapeDirectory
		}
		values[k] = v
	}
	c.Values = values
	return c
}

// relativeDirectory begins with a directory that every Windows has, without its drive or profile.
var relativeDirectory = regexp.MustCompile(`(?i)^\\?(?:Users|Windows|AppData|ProgramData|Program Files(?: \(x86\))?|System32|SysWOW64|Temp|inetpub)\\`)

// devicePrefix is how the kernel writes a volume; the letter that it has is in no such path.
var devicePrefix = regexp.MustCompile(`(?i)^\\+device\\+harddiskvolume\d+`)

// byShape splits a condition whose role the words leave open, or that names two things at once. It returns alternatives, each an AND.
func (g *ground) byShape(c scenario.Condition) [][]scenario.Condition {
	same := [][]scenario.Condition{{c}}
	if len(c.Values) == 2 && c.Role == scenario.RoleUnstated && scenario.Tool(c.Values[0].Text) && c.Values[1].Shape == scenario.ShapeURL && g.present(scenario.RoleCommandLine) != "" {
		process, line := c, c // `curl https://…`
		process.Role, process.Values = scenario.RoleProcess, c.Values[:1]
		line.Role, line.Operator, line.Stated, line.Values = scenario.RoleCommandLine, scenario.Contains, true, c.Values[1:]
		return [][]scenario.Condition{{process, line}}
	}
	if c.Role == scenario.RoleUnstated && len(c.Values) > 1 && hosts(c.Values) {
		for _, role := range []scenario.Role{scenario.RoleURL, scenario.RoleDestinationHost} {
			if g.present(role) != "" {
				c.Role, c.Field = role, ""
				return [][]scenario.Condition{{c}}
			}
		}
	}
	if c.Role == scenario.RoleUnstated && len(c.Values) > 1 && !c.All && !c.Negated && directories(c.Values) {
		var out [][]scenario.Condition
		for _, role := range []scenario.Role{scenario.RoleProcess, scenario.RoleFile, scenario.RoleLoadedImage} {
			if (role != scenario.RoleFile || g.kind() == scenario.KindFile) && g.present(role) != "" {
				other := c
				other.Role, other.Field = role, ""
				out = append(out, []scenario.Condition{other})
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	if len(c.Values) != 1 || c.Negated {
		return same
	}
	v := c.Values[0]
	as := func(roles ...scenario.Role) [][]scenario.Condition {
		var out [][]scenario.Condition
		for _, role := range roles {
			if role = g.present(role); role == "" {
				continue
			}
			other := c
			if role != c.Role {
				other.Role, other.Field = role, ""
			}
			out = append(out, []scenario.Condition{other})
		}
		if len(out) == 0 {
			return same
		}
		return out
	}
	bare := c.Role == scenario.RoleUnstated || g.free && c.Role == scenario.RoleDirectory && v.Shape == scenario.ShapePath
	if bare && v.Shape == scenario.ShapePath && c.Role == scenario.RoleDirectory {
		c.Operator, c.Stated = scenario.Is, false // a file named as the content of a directory
		same[0][0] = c
	}
	if bare && v.Shape == scenario.ShapeFileName && strings.HasSuffix(strings.ToLower(v.Text), ".com") && !scenario.WindowsProgram(strings.TrimSuffix(v.Text, ".com")) &&
		(g.present(scenario.RoleURL) != "" || g.present(scenario.RoleDestinationHost) != "") {
		v.Shape = scenario.ShapeDomain // where hosts are logged, `.com` is no extension of a program
		c.Values = []scenario.Value{v}
		same[0][0] = c
	}
	if bare && strings.LastIndexByte(v.Text, '\\') == 0 && g.present(scenario.RolePipe) != "" {
		return as(scenario.RolePipe)
	}
	if g.kind() == scenario.KindProcess && c.Role == scenario.RoleFile && c.Field != "" && v.Shape == scenario.ShapePath && g.absolute(v.Text) && hasExtension(v.Text, programExtensions) {
		c.Operator, c.Stated = scenario.Is, false
		return as(scenario.RoleProcess) // "the path is …" of a process
	}
	if g.free && v.Example && v.Shape == scenario.ShapePath && hasExtension(v.Text, libraryExtensions) && strings.Count(v.Text, `\`) > 2 {
		v.Text, v.Shape = v.Text[:strings.LastIndexByte(v.Text, '\\')+1], scenario.ShapeDirectory
		c.Values, c.Note = []scenario.Value{v}, "one library is an example: read as its directory"
		if !g.absolute(v.Text) {
			c.Operator, c.Stated = scenario.Contains, true
		}
		same[0][0] = c
		if found := as(scenario.RoleLoadedImage); found[0][0].Role == scenario.RoleLoadedImage {
			return found
		}
		return as(scenario.RoleFile)
	}
	if bare && v.Shape == scenario.ShapeFlag && v.Quoted && g.present(scenario.RoleCommandLine) != "" {
		c.Operator, c.Stated = scenario.Contains, true
		return as(scenario.RoleCommandLine)
	}
	if bare && v.Shape == scenario.ShapeGlob && hostGlob.MatchString(v.Text) && g.present(scenario.RoleDestinationHost) != "" {
		return as(scenario.RoleDestinationHost)
	}
	if bare && hostLike.MatchString(v.Text) {
		v.Shape = scenario.ShapeDomain
		c.Values = []scenario.Value{v}
		same[0][0] = c
	}
	switch {
	case (c.Role == scenario.RoleParent || c.Role == scenario.RoleProcess) && c.Field == "" && g.script(v):
		line := scenario.RoleParentCommandLine
		if c.Role == scenario.RoleProcess {
			line = scenario.RoleCommandLine
		}
		if g.present(line) == "" {
			return same
		}
		c.Operator, c.Stated, c.Note = scenario.Contains, true, "events show the interpreter of a script as the program, and the script in its command line"
		return as(line)
	case c.Role == scenario.RoleParent && c.Field == "" && len(g.interpreted(v)) > 0 && g.present(scenario.RoleParentCommandLine) != "":
		c.Values, c.Operator, c.Stated = g.interpreted(v), scenario.Contains, true
		c.Note = "`" + v.Text + "` is a script: events show its interpreter as the program, and the script in the command line"
		return as(scenario.RoleParentCommandLine)
	case (bare || c.Role == scenario.RoleProcess && c.Field == "") && v.Shape == scenario.ShapePath && hasExtension(v.Text, programExtensions) && g.validates():
		return as(scenario.RoleProcess, scenario.RoleFile)
	case (bare || c.Role == scenario.RoleProcess && c.Field == "") && g.kind() == scenario.KindOther && (v.Shape == scenario.ShapeIdentifier || v.Shape == scenario.ShapeWord || v.Shape == scenario.ShapeName) && v.Product == "" && g.validates():
		file := c
		file.Role, file.Operator, file.Stated = scenario.RoleFile, scenario.Contains, true
		file.Values = []scenario.Value{{Text: g.separator() + v.Text, Span: v.Span, Shape: scenario.ShapePath, Quoted: true}}
		return append(as(scenario.RoleProcess), []scenario.Condition{file})
	case bare && g.kind() == scenario.KindRegistry && v.Shape == scenario.ShapePath && strings.HasPrefix(v.Text, `\`) && !hasExtension(v.Text, programExtensions):
		return as(scenario.RoleRegistryKey)
	case (bare || c.Role == scenario.RoleScript) && v.Cmdlet():
		if found := as(scenario.RoleCommandLine); found[0][0].Role == scenario.RoleCommandLine {
			found[0][0].Operator, found[0][0].Stated = scenario.Contains, true
			return found
		}
		return same
	case c.Role == scenario.RoleURL && (v.Shape == scenario.ShapeDomain || strings.HasPrefix(v.Text, ".")) && g.present(scenario.RoleDestinationHost) != "":
		c.Operator, c.Stated = scenario.EndsWith, true
		return as(scenario.RoleDestinationHost)
	case bare && v.Shape == scenario.ShapeCommand && !strings.ContainsAny(v.Text, `\*?`):
		return g.command(c, v)
	case (bare || c.Role == scenario.RoleDirectory) && v.Shape == scenario.ShapeDirectory:
		if g.kind() == scenario.KindProcess && c.Role == scenario.RoleDirectory {
			return same
		}
		return as(scenario.RoleProcess, scenario.RoleFile, scenario.RoleLoadedImage)
	case c.Role == scenario.RoleDirectory && v.Quoted && !strings.ContainsAny(v.Text, `/\`) && g.separator() != "":
		v.Text, v.Shape = g.separator()+v.Text+g.separator(), scenario.ShapeDirectory
		c.Values, c.Operator, c.Stated = []scenario.Value{v}, scenario.Contains, true
		same[0][0] = c
		if g.kind() == scenario.KindProcess {
			return as(scenario.RoleProcess, scenario.RoleParent)
		}
		return as(scenario.RoleProcess, scenario.RoleFile, scenario.RoleLoadedImage)
	case bare && (v.Shape == scenario.ShapePath || v.Shape == scenario.ShapeFileName || v.Shape == scenario.ShapeGlob) && hasExtension(v.Text, libraryExtensions):
		if found := as(scenario.RoleLoadedImage); found[0][0].Role != scenario.RoleUnstated {
			return found
		}
		return as(scenario.RoleFile)
	case bare && (v.Shape == scenario.ShapePath || v.Shape == scenario.ShapeGlob) && hasExtension(v.Text, programExtensions):
		if found := as(scenario.RoleProcess); found[0][0].Role != scenario.RoleUnstated {
			return found
		}
		return as(scenario.RoleFile)
	case bare && (v.Shape == scenario.ShapePath || v.Shape == scenario.ShapeGlob) && g.kind() == scenario.KindFile:
		return as(scenario.RoleFile)
	case bare && v.Shape == scenario.ShapeDomain && g.platform != nil && g.platform.Product == "windows" && storePackage.MatchString(v.Text):
		v.Text, v.Shape = storeApps+v.Text+"_", scenario.ShapeDirectory
		c.Values, c.Operator, c.Stated = []scenario.Value{v}, scenario.StartsWith, true
		return as(scenario.RoleProcess)
	case g.free && (bare || c.Role == scenario.RoleURL) && v.Shape == scenario.ShapeURL:
		if host := hostOf(v.Text); host != "" {
			v.Text = host
			c.Values, c.Operator, c.Stated = []scenario.Value{v}, scenario.Contains, true
			c.Note = "one address is an example: read as its host"
			same[0][0] = c
		}
		return as(scenario.RoleURL)
	case (bare || c.Role == scenario.RoleProcess && c.Field == "" && g.logs != nil && len(g.logs.Role(taxonomy.RoleQuery)) > 0) && v.Shape == scenario.ShapeDomain,
		bare && v.Shape == scenario.ShapeURL:
		if found := as(scenario.RoleURL); found[0][0].Role != scenario.RoleUnstated {
			return found
		}
		return as(scenario.RoleDestinationHost)
	}
	return same
}

// storeApps is where Windows installs packages from its store: the name of the package, `_`, version and publisher. Only the system
// writes there.
const storeApps = `C:\Program Files\WindowsApps\`

// storePackage is the name of a package of Microsoft's in that form.
var storePackage = regexp.MustCompile(`^Microsoft\.[A-Z][A-Za-z0-9.]+$`)

// hostOf is a web address up to its host.
func hostOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	host, path, more := strings.Cut(rest, "/")
	if !ok || host == "" || !more || path == "" {
		return ""
	}
	return host
}

// hostLike is a host with the slash that opens a path behind it, as people paste it.
var hostLike = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/$`)

// hostGlob is a host of which the first part is open.
var hostGlob = regexp.MustCompile(`^\*\.[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$`)

// directories reports a list of nothing but directories.
func directories(values []scenario.Value) bool {
	for _, v := range values {
		if v.Shape != scenario.ShapeDirectory {
			return false
		}
	}
	return len(values) > 0
}

// hosts reports a list of nothing but hosts.
func hosts(values []scenario.Value) bool {
	for _, v := range values {
		if v.Shape != scenario.ShapeDomain && !hostLike.MatchString(v.Text) {
			return false
		}
	}
	return len(values) > 0
}

// validates reports a log source about files that processes load, with a field for each.
func (g *ground) validates() bool {
	if g.logs == nil {
		return false
	}
	_, has := g.logs.Field("FileNameBuffer")
	return has || g.checksIntegrity()
}

// checksIntegrity reports a rule about nothing but the events of the security log on files whose hashes are wrong: 5038, 6281 and 6410. They
// have the path of the file, from its device on, in `param1` (Microsoft's reference of security audit events).
func (g *ground) checksIntegrity() bool {
	ids := g.eventIDs()
	for _, id := range ids {
		if id != "5038" && id != "6281" && id != "6410" {
			return false
		}
	}
	return len(ids) > 0 && g.rule.Logsource.Service.Value == "security"
}

// eventIDs are the ids that the rule selects by.
func (g *ground) eventIDs() []string {
	var out []string
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d)&rules.Positive == 0 {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Field != "EventID" || i.Negated {
				return
			}
			for _, v := range i.Values {
				out = append(out, v.Text)
			}
		})
	}
	return out
}

// script reports a path that an interpreter runs: by its extension, or in a directory that holds no programs.
func (g *ground) script(v scenario.Value) bool {
	if v.Shape != scenario.ShapePath || g.platform == nil || g.platform.Product == "windows" {
		return false
	}
	return strings.HasPrefix(v.Text, "/etc/") || hasExtension(v.Text, []string{".sh", ".py", ".pl", ".rb", ".php"})
}

// isScript finds in the note of a product that its program is a script.
var isScript = regexp.MustCompile(`^a [A-Za-z]+ script|^Python scripts:`)

// interpreted are the paths of a program of the product table that is a script, as the row's note says. It is nothing for any other program, and on Windows, where such products come with an interpreter of their own.
func (g *ground) interpreted(v scenario.Value) []scenario.Value {
	if g.platform == nil || g.platform.Product == "windows" || strings.ContainsAny(v.Text, `/\`) {
		return nil
	}
	for _, p := range scenario.LookupProduct(v.Text, g.platform.Product) {
		if !isScript.MatchString(p.Note) || p.Kind == "interpreter" || p.Confidence == scenario.Check {
			continue
		}
		var out []scenario.Value
		for _, image := range p.Images {
			if p.Called(v.Text) && !contains(p.Names, v.Text) || strings.EqualFold(baseName(image), v.Text) {
				out = append(out, scenario.Value{Text: image, Span: v.Span, Shape: scenario.ShapePath, Product: p.Name})
			}
		}
		return out
	}
	return nil
}

// present is the role when the log source has a field for it, else "".
func (g *ground) present(role scenario.Role) scenario.Role {
	if _, _, ok := g.field(role, ""); !ok {
		return ""
	}
	return role
}

// command splits a tool with its arguments, where the log source has a field for each.
func (g *ground) command(c scenario.Condition, v scenario.Value) [][]scenario.Condition {
	tool, arguments, ok := strings.Cut(v.Text, " ")
	if !ok || g.present(scenario.RoleCommandLine) == "" || g.present(scenario.RoleProcess) == "" || strings.ContainsAny(tool, `/"`) {
		return [][]scenario.Condition{{c}}
	}
	process, line := c, c
	process.Role, process.Values = scenario.RoleProcess, []scenario.Value{{Text: tool, Span: scenario.Span{Start: v.Span.Start, End: v.Span.Start + len(tool)}, Shape: scenario.ShapeWord}}
	line.Role, line.Operator, line.Stated = scenario.RoleCommandLine, scenario.Contains, true
	line.Values = []scenario.Value{{Text: " " + arguments, Span: scenario.Span{Start: v.Span.End - len(arguments) - 1, End: v.Span.End}, Shape: scenario.ShapeFlag, Quoted: true}}
	return [][]scenario.Condition{{process, line}}
}

// volatile are the parts of paths that are different on the next host or after the next update: versions, identifiers, long numbers,
// x's and angle brackets that stand for a name, an address.
var volatile = regexp.MustCompile(`(?i)\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?|\d+(\.(\d+|x))+|\bx\.y(\.z)?\b|\.{3,}|…|\b\d{5,}\b|x{3,}|<[^<>\\/]+>|[^\\/]*@[^\\/]*`)

// stars are what a glob leaves open.
var stars = regexp.MustCompile(`\*+`)

// profile is the name of a user in the path of a profile.
var profile = regexp.MustCompile(`(?i)^([a-z]:)?\\users\\([^\\]+)\\|^/home/([^/]+)/|^/Users/([^/]+)/`)

// steady writes a path in free text by its steady parts: what stands before the first volatile part, what stands behind the last, and
// what is between two. The text gives one event as an example; the next one has another version, another user.
func (g *ground) steady(c scenario.Condition) []scenario.Condition {
	if len(c.Values) != 1 || c.Negated || !strings.ContainsAny(c.Values[0].Text, `/\`) {
		return []scenario.Condition{c}
	}
	glob := c.Values[0].Shape == scenario.ShapeGlob && g.absolute(c.Values[0].Text) && !strings.Contains(c.Values[0].Text, "?")
	if !glob && (c.Values[0].Shape != scenario.ShapePath && c.Values[0].Shape != scenario.ShapeDirectory || !g.free) {
		return []scenario.Condition{c}
	}
	switch c.Role {
	case scenario.RoleProcess, scenario.RoleParent, scenario.RoleFile, scenario.RoleLoadedImage, scenario.RoleUnstated:
	default:
		return []scenario.Condition{c}
	}
	text := c.Values[0].Text
	cuts := volatile.FindAllStringIndex(text, -1)
	if glob {
		cuts = stars.FindAllStringIndex(text, -1)
	} else if at := profile.FindStringSubmatchIndex(text); at != nil {
		for _, k := range []int{4, 6, 8} {
			if at[k] >= 0 && !strings.EqualFold(text[at[k]:at[k+1]], "public") {
				cuts = append([][]int{{at[k], at[k+1]}}, cuts...)
			}
		}
	}
	if len(cuts) == 0 {
		return []scenario.Condition{c}
	}
	var out []scenario.Condition
	part := func(operator scenario.Operator, text string) {
		if len(strings.Trim(text, `/\`)) < shortestPart {
			return
		}
		p := c
		p.Operator, p.Stated = operator, true
		p.Values = []scenario.Value{{Text: text, Span: c.Values[0].Span, Shape: scenario.ShapeDirectory, Quoted: true}}
		p.Note = "written by its steady parts: a version, a user or a number in the path is different elsewhere"
		out = append(out, p)
	}
	start := 0
	for _, cut := range cuts {
		if cut[0] < start {
			start = max(start, cut[1])
			continue
		}
		piece := text[start:cut[0]]
		if start == 0 && g.absolute(text) {
			part(scenario.StartsWith, piece)
		} else if k := strings.LastIndexAny(piece, `/\`); k > 0 {
			if first := strings.IndexAny(piece, `/\`); first < k || start == 0 {
				part(scenario.Contains, piece[first:k+1])
			}
		} else if k == 0 && start == 0 {
			part(scenario.Contains, piece) // "\app-"
		}
		start = cut[1]
	}
	rest := text[start:]
	if k := strings.IndexAny(rest, `/\`); k >= 0 && c.Values[0].Shape == scenario.ShapeDirectory {
		part(scenario.Contains, rest[k:])
	} else if k >= 0 {
		part(scenario.EndsWith, rest[k:])
	} else if k := strings.LastIndexByte(rest, '.'); k >= 0 && len(rest)-k > 1 && !strings.ContainsAny(rest[k:], " ") {
		part(scenario.EndsWith, rest[k:])
	}
	if len(out) == 0 {
		return []scenario.Condition{c}
	}
	return out
}

// shortestPart is how long a part of a path must be to say anything: `\a\` is in too many paths.
const shortestPart = 3

// described leaves out, of the values of one condition in free text, the names for people beside the paths they are explained by.
func described(c scenario.Condition) scenario.Condition {
	var paths []scenario.Value
	for _, v := range c.Values {
		if v.Shape == scenario.ShapePath || v.Shape == scenario.ShapeDirectory || v.Shape == scenario.ShapeFileName {
			paths = append(paths, v)
		}
	}
	if len(paths) > 0 && len(paths) < len(c.Values) {
		for _, v := range c.Values {
			if v.Shape != scenario.ShapeName && !v.DisplayName() && v.Shape != scenario.ShapePath && v.Shape != scenario.ShapeDirectory && v.Shape != scenario.ShapeFileName {
				return c
			}
		}
		c.Values = paths
	}
	return c
}

// paths reports a list of nothing but files and directories.
func paths(values []scenario.Value) bool {
	for _, v := range values {
		if v.Shape != scenario.ShapePath && v.Shape != scenario.ShapeDirectory {
			return false
		}
	}
	return len(values) > 0
}

// pasted reads a line of an event as an example: of a command line it keeps the program, because the rest is of that one run. It needs
// another condition that identifies what runs.
func pasted(conditions []scenario.Condition) []scenario.Condition {
	identified := false
	for _, c := range conditions {
		for _, v := range c.Values {
			identified = identified || c.Role == scenario.RoleParent && v.Shape == scenario.ShapePath
		}
	}
	if !identified {
		return conditions
	}
	var out []scenario.Condition
	for _, c := range conditions {
		if c.Role == scenario.RoleCommandLine && c.Field != "" && len(c.Values) == 1 && !c.Negated {
			if first, _, more := strings.Cut(c.Values[0].Text, " "); more && hasExtension(strings.Trim(first, `"`), programExtensions) {
				first = strings.Trim(first, `"`)
				if k := strings.LastIndexAny(first, `\/`); k >= 0 {
					first = first[k+1:]
				}
				c.Role, c.Field, c.Operator, c.Stated = scenario.RoleProcess, "", scenario.Is, false
				c.Values = []scenario.Value{{Text: first, Span: c.Values[0].Span, Shape: scenario.ShapeFileName}}
				c.Note = "of the pasted command line only the program: the rest belongs to one run"
			}
		}
		out = append(out, c)
	}
	return out
}

// reference reports a value that says where to read more and nothing about events: a web address, or the id of a rule, in a log source
// that has no such field.
func (g *ground) reference(c scenario.Condition, alone bool) bool {
	if len(c.Values) == 0 || c.Role != scenario.RoleUnstated && c.Role != scenario.RoleURL && c.Role != scenario.RoleOther {
		return false
	}
	for _, v := range c.Values {
		switch {
		case v.Shape == scenario.ShapeGUID:
		case v.Shape == scenario.ShapeURL && !g.holdsAddresses(alone):
		default:
			return false
		}
	}
	return true
}

// holdsAddresses reports fields of addresses; beside other values of the same AND, also those that may hold one among other text.
func (g *ground) holdsAddresses(alone bool) bool {
	if g.logs == nil {
		return false
	}
	roles := []taxonomy.Role{taxonomy.RoleURL, taxonomy.RoleTargetFile, taxonomy.RoleDestinationHost, taxonomy.RoleQuery}
	if !alone {
		roles = append(roles, taxonomy.RoleScript, taxonomy.RoleCommandLine)
	}
	for _, role := range roles {
		for _, name := range g.logs.Role(role) {
			if g.held(name) && (role == taxonomy.RoleURL || role == taxonomy.RoleQuery || g.used[name]) {
				return true
			}
		}
	}
	return false
}

// restates reports words that say again what the rule is about: as a condition they would add nothing. All long words must be in the
// rule's own words.
func (g *ground) restates(phrase string) bool {
	if g.words == nil {
		g.words = map[string]bool{}
		r := g.rule
		text := r.Title.Value + " " + r.Description.Value
		for _, d := range r.Detection.Named {
			for _, i := range d.Block.Items {
				for _, v := range i.Values {
					text += " " + v.Text
				}
			}
		}
		for _, w := range strings.FieldsFunc(strings.ToLower(text), notLetter) {
			g.words[w] = true
		}
	}
	long := 0
	for _, w := range strings.FieldsFunc(strings.ToLower(phrase), notLetter) {
		if len(w) < shortestWord {
			continue
		}
		long++
		if !g.words[w] && !g.words[strings.TrimSuffix(w, "s")] {
			return false
		}
	}
	return long > 0
}

// products looks for a product of the table in a description in which nothing else was understood.
func (g *ground) products(text string, spoken [][]scenario.Condition, out *Outcome) [][]scenario.Condition {
	if found := g.concept(text); found != nil {
		return found
	}
	if g.platform == nil {
		return spoken
	}
	for _, group := range spoken {
		for _, c := range group {
			switch c.Class {
			case scenario.ClassNone, scenario.ClassTool, scenario.ClassService, scenario.ClassPattern:
			default:
				return spoken // it is about somebody or something else
			}
		}
	}
	for _, none := range g.platform.NoImage {
		if bare := strings.Trim(none, "<>"); bare != none && strings.Contains(strings.ToLower(text), bare) {
			v := scenario.Value{Text: none, Shape: scenario.ShapePath, Quoted: true} // what sensors write where they know no file
			return [][]scenario.Condition{{{Role: scenario.RoleProcess, Operator: scenario.Is, Stated: true, Values: []scenario.Value{v}, Phrase: bare}}}
		}
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n,;()\"'`", r) })
	for n := 3; n >= 1; n-- {
		for k := 0; k+n <= len(words); k++ {
			name := strings.TrimRight(strings.Join(words[k:k+n], " "), ".:")
			for _, p := range scenario.LookupProduct(name, g.platform.Product) {
				if p.Kind == "interpreter" || p.Kind == "scheduler" || p.Kind == "init" || p.Kind == "package-manager" || p.Confidence == scenario.Check || !p.Called(name) {
					continue
				}
				if n == 1 && (k == 0 || name == strings.ToLower(name)) {
					continue // an English word, or the first of the sentence
				}
				out.Notes = append(out.Notes, "of the text only the product “"+name+"” was understood")
				v := scenario.Value{Text: name, Shape: scenario.ShapeName, Product: p.Name}
				return [][]scenario.Condition{{{Role: scenario.RoleUnstated, Operator: scenario.Is, Values: []scenario.Value{v}, Phrase: name}}}
			}
		}
	}
	if found := g.named(text, out); found != nil {
		return found
	}
	return spoken
}

// about reports that a description names nothing but what the rule is about, in its title: then a filter would hide what the rule is for.
func (g *ground) about(groups [][]scenario.Condition) bool {
	title := strings.ToLower(g.rule.Title.Value)
	named := false
	for _, group := range groups {
		for _, c := range group {
			if len(c.Values) == 0 && len(group) == 1 {
				continue // a remark
			}
			if len(group) != 1 || len(c.Values) != 1 || c.Negated || c.Role != scenario.RoleUnstated && c.Role != scenario.RoleProcess {
				return false
			}
			v := c.Values[0]
			name := strings.ToLower(strings.TrimSuffix(strings.ToLower(v.Text), ".exe"))
			if v.Shape == scenario.ShapePath || v.Shape == scenario.ShapeDirectory || v.Shape == scenario.ShapeGlob || len(name) < shortestSubject ||
				!strings.Contains(title, name) && !g.contained(v.Text) {
				return false
			}
			named = true
		}
	}
	return named
}

// contained reports a name that one of the rule's own values holds, where the name is no program's file name: an identifier of the attack.
func (g *ground) contained(name string) bool {
	if !strings.Contains(name, "_") {
		return false
	}
	name = strings.ToLower(name)
	for _, part := range strings.Split(name, "_") {
		if len(part) >= longestCommonWord && strings.Contains(strings.ToLower(g.rule.Title.Value), part) {
			return true
		}
	}
	for _, d := range g.rule.Detection.Named {
		found := false
		d.Block.Each(func(i *rules.Item) {
			for _, v := range i.Values {
				found = found || strings.Contains(strings.ToLower(v.Text), name)
			}
		})
		if found {
			return true
		}
	}
	return false
}

// longestCommonWord is the length from which a part of an identifier is no word that two names share by chance.
const longestCommonWord = 10

// shortestSubject is the length from which a name inside another word of the title is no accident.
const shortestSubject = 5

// shortestWord is the length from which a word of a phrase says what it is about.
const shortestWord = 4

func notLetter(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_') }
