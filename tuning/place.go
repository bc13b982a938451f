package tuning

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// installDirectories are where administrators install programs: only they write there (schema/taxonomy, Platform.Protected). A program
// name that is tied to them cannot be borrowed by a copy in a directory that anybody writes to.
var installDirectories = map[string][]string{
	"windows": {`C:\Program Files\`, `C:\Program Files (x86)\`},
	"linux":   {"/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/", "/usr/local/bin/", "/usr/local/sbin/", "/opt/", "/bin/", "/sbin/"},
}

// windowsDirectory is where Windows is.
const windowsDirectory = `C:\Windows\`

// userProfiles is the directory of the users' own directories on Windows, and the form that the product table gives it.
const (
	userProfiles  = `C:\Users\`
	everyUserPath = `C:\Users\*\`
)

// places are the ways to say where a product's own files are: an OR of ANDs of values, each AND with its operators. Directories of
// administrators can stand in one list; those of users need the profile and the rest apart.
func places(p scenario.Product, v scenario.Value) [][]scenario.Condition {
	directory := func(operator scenario.Operator, texts ...string) scenario.Condition {
		c := scenario.Condition{Operator: operator, Stated: true}
		for _, text := range texts {
			c.Values = append(c.Values, scenario.Value{Text: text, Span: v.Span, Shape: scenario.ShapeDirectory, Product: p.Name})
		}
		return c
	}
	var installed, tails []string
	var out [][]scenario.Condition
	for _, d := range p.Directory {
		if tail, perUser := strings.CutPrefix(d, everyUserPath); perUser {
			out = append(out, []scenario.Condition{directory(scenario.StartsWith, userProfiles), directory(scenario.Contains, `\`+tail)})
			continue
		}
		if tail, ok := belowProgramFiles(d); ok {
			tails = append(tails, `\`+tail)
		} else {
			installed = append(installed, d)
		}
	}
	if len(installed) > 0 {
		out = append([][]scenario.Condition{{directory(scenario.StartsWith, installed...)}}, out...)
	}
	if len(tails) > 0 {
		out = append([][]scenario.Condition{{directory(scenario.StartsWith, installDirectories["windows"]...), directory(scenario.Contains, distinct(tails)...)}}, out...)
	}
	return out
}

// devicePlaces are the directories of a product for log sources whose paths begin with a device and not with a drive
// (`\Device\HarddiskVolume3\Program Files\…`).
func devicePlaces(p scenario.Product, v scenario.Value) [][]scenario.Condition {
	c := scenario.Condition{Operator: scenario.Contains, Stated: true}
	add := func(text string) {
		c.Values = append(c.Values, scenario.Value{Text: text, Span: v.Span, Shape: scenario.ShapeDirectory, Quoted: true, Product: p.Name})
	}
	for _, d := range p.Directory {
		if tail, ok := belowProgramFiles(d); ok {
			for _, root := range installDirectories["windows"] {
				add(root[len("C:"):] + tail)
			}
		} else if tail, perUser := strings.CutPrefix(d, everyUserPath); perUser {
			add(`\` + tail)
		} else if tail, inWindows := strings.CutPrefix(d, windowsDirectory); inWindows {
			add(`\` + tail) // the kernel also writes `\SystemRoot\System32\…`
		} else if len(d) > len("C:") && d[1] == ':' {
			add(d[len("C:"):])
		}
	}
	if len(c.Values) == 0 {
		return nil
	}
	return [][]scenario.Condition{{c}}
}

// ownPrograms are the programs of a product that have its name in theirs, wherever below Program Files they are: installers let the
// administrator choose the directory.
func ownPrograms(p scenario.Product, v scenario.Value) [][]scenario.Condition {
	inProgramFiles := false
	for _, d := range p.Directory {
		_, below := belowProgramFiles(d)
		inProgramFiles = inProgramFiles || below
	}
	if !inProgramFiles {
		return nil
	}
	first, _, _ := strings.Cut(strings.ToLower(p.Name), " ")
	names := scenario.Condition{Operator: scenario.EndsWith, Stated: true}
	for _, n := range p.Names {
		if len(first) >= shortestWord-1 && strings.Contains(strings.ToLower(n), first) {
			names.Values = append(names.Values, scenario.Value{Text: `\` + n, Span: v.Span, Shape: scenario.ShapePath, Quoted: true, Product: p.Name})
		}
	}
	if len(names.Values) == 0 {
		return nil
	}
	place := scenario.Condition{Operator: scenario.StartsWith, Stated: true}
	for _, d := range installDirectories["windows"] {
		place.Values = append(place.Values, scenario.Value{Text: d, Span: v.Span, Shape: scenario.ShapeDirectory, Product: p.Name})
	}
	return [][]scenario.Condition{{place, names}}
}

// guessedDirectory is the note on a name that no table knows.
const guessedDirectory = "the name is in no table here: read as the name of a directory below Program Files, and of a program there"

// plainName is a word that can be the name of a directory and a program.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+_-]{2,}$`)

// wholeName is a name of several words, each in capitals.
var wholeName = regexp.MustCompile(`^[A-Z][A-Za-z0-9+_-]*( [A-Z0-9][A-Za-z0-9+_-]*)+$`)

// unlisted are the ways to read the name of a product that no table knows, in a note on a false positive: a directory of that name where
// administrators install programs, and a program of that name there. Of several words, each that is written as a name counts. If the guess
// is wrong, the filter does nothing; nobody else can write there.
func (g *ground) unlisted(v scenario.Value) [][]scenario.Condition {
	if len(scenario.LookupProduct(v.Text, "windows")) > 0 || len(scenario.Content(v.Text)) == 0 || v.Cmdlet() || g.platform == nil || g.platform.Product != "windows" || g.validates() || scenario.Tool(v.Text) || scenario.WindowsProgram(v.Text) {
		return nil
	}
	switch v.Shape {
	case scenario.ShapeName, scenario.ShapeWord, scenario.ShapeIdentifier:
		return g.guess(v)
	}
	return nil
}

// guess reads a name as that of a directory and of a program. What the table knows of a product without a place are its programs.
func (g *ground) guess(v scenario.Value) [][]scenario.Condition {
	if field, _, ok := g.field(scenario.RoleProcess, ""); !ok || g.text(field) || g.restates(v.Text) {
		return nil
	}
	var directories, programs scenario.Condition
	words := strings.Fields(v.Text)
	if len(words) > 1 && wholeName.MatchString(v.Text) {
		for _, name := range []string{`\` + v.Text + `\`, `\` + strings.ReplaceAll(v.Text, " ", "")} {
			directories.Values = append(directories.Values, scenario.Value{Text: name, Span: v.Span, Shape: scenario.ShapeDirectory, Quoted: true})
		}
	}
	for _, w := range words {
		name := len(words) == 1 || strings.ToLower(w) != w && scenario.Named(w)
		if !name || !plainName.MatchString(w) {
			continue
		}
		directories.Values = append(directories.Values, scenario.Value{Text: `\` + w + `\`, Span: v.Span, Shape: scenario.ShapeDirectory, Quoted: true})
		programs.Values = append(programs.Values, scenario.Value{Text: `\` + w + `.exe`, Span: v.Span, Shape: scenario.ShapePath, Quoted: true})
	}
	if v.Product != "" {
		programs.Values = nil
		for _, p := range scenario.LookupProduct(v.Product, "windows") {
			for _, n := range p.Names {
				if !scenario.Interpreter(n) {
					programs.Values = append(programs.Values, scenario.Value{Text: `\` + n, Span: v.Span, Shape: scenario.ShapePath, Quoted: true})
				}
			}
		}
	}
	if len(directories.Values) == 0 || len(programs.Values) == 0 {
		return nil
	}
	directories.Operator, directories.Stated, directories.Note = scenario.Contains, true, guessedDirectory
	if g.validates() { // there paths begin with a device
		var below []scenario.Value
		for _, d := range directories.Values {
			for _, root := range installDirectories["windows"] {
				below = append(below, scenario.Value{Text: strings.TrimSuffix(root[len("C:"):], `\`) + d.Text, Span: v.Span, Shape: scenario.ShapeDirectory, Quoted: true})
			}
		}
		directories.Values = below
		return [][]scenario.Condition{{directories}}
	}
	programs.Operator, programs.Stated, programs.Note = scenario.EndsWith, true, guessedDirectory
	place := scenario.Condition{Operator: scenario.StartsWith, Stated: true, Note: guessedDirectory}
	for _, d := range installDirectories["windows"] {
		place.Values = append(place.Values, scenario.Value{Text: d, Span: v.Span, Shape: scenario.ShapeDirectory})
	}
	if g.perUser {
		users := scenario.Condition{Operator: scenario.StartsWith, Stated: true, Note: guessedDirectory, Values: []scenario.Value{{Text: userProfiles, Span: v.Span, Shape: scenario.ShapeDirectory}}}
		own := directories
		own.Values = nil
		for _, d := range directories.Values {
			for _, root := range []string{`\AppData\Local\Programs`, `\AppData\Local`, `\AppData\Roaming`} {
				own.Values = append(own.Values, scenario.Value{Text: root + d.Text, Span: v.Span, Shape: scenario.ShapeDirectory, Quoted: true})
			}
		}
		return [][]scenario.Condition{{users, own}}
	}
	return [][]scenario.Condition{{place, directories}, {place, programs}}
}

// belowProgramFiles is the rest of a path below one of the two directories for 64-bit and 32-bit programs: which one an installer takes
// depends on the version, and administrators alone write to both.
func belowProgramFiles(directory string) (string, bool) {
	for _, d := range installDirectories["windows"] {
		if tail, ok := strings.CutPrefix(directory, d); ok {
			return tail, true
		}
	}
	return "", false
}

// withProfiles are the directories of a product with those in users' profiles, which are often known by a program only.
func withProfiles(p scenario.Product) []string {
	out := append([]string(nil), p.Directory...)
	for _, image := range p.Images {
		if directory := image[:strings.LastIndex(image, `\`)+1]; strings.HasPrefix(image, everyUserPath) && !under(directory, out) {
			out = append(out, directory)
		}
	}
	return out
}

// elsewhere reports programs of the product that are in none of its directories.
func elsewhere(p scenario.Product) bool {
	if len(p.Images) == 0 {
		return false
	}
	for _, image := range p.Images {
		inside := false
		for _, d := range p.Directory {
			inside = inside || strings.HasPrefix(strings.ToLower(image), strings.ToLower(d))
		}
		if !inside {
			return true
		}
	}
	return false
}

// systemDirectories are where the programs are that Windows brings: its own directory, and those for its own word size and for 32 bits. Which of
// them depends on the program and the version; only the system writes to any of the three. As a prefix a directory proves little, because below
// these are some that everybody writes to (schema/taxonomy, Platform.Writable); the whole path of a program does.
var systemDirectories = []string{windowsDirectory, `C:\Windows\System32\`, `C:\Windows\SysWOW64\`}

// ownDirectories are the directories of those programs that are not in these, by names without extension. A name without directories has a
// path with a version in it.
var ownDirectories = map[string][]string{
	"wmiprvse": wbem, "wmiapsrv": wbem, "unsecapp": wbem, "scrcons": wbem, "mofcomp": wbem, "wmic": wbem,
	"powershell": powershellDirectories, "powershell_ise": powershellDirectories,
	"w3wp": {`C:\Windows\System32\inetsrv\`, `C:\Windows\SysWOW64\inetsrv\`}, "appcmd": {`C:\Windows\System32\inetsrv\`, `C:\Windows\SysWOW64\inetsrv\`},
	"inetinfo": {`C:\Windows\System32\inetsrv\`}, "sysprep": {`C:\Windows\System32\Sysprep\`}, "trustedinstaller": {`C:\Windows\servicing\`},
	"wslhost": {`C:\Windows\System32\lxss\`, `C:\Program Files\WSL\`},
	"csc":     nil, "vbc": nil, "jsc": nil, "msbuild": nil, "installutil": nil, "regasm": nil, "regsvcs": nil, "aspnet_compiler": nil, "ngen": nil, "mscorsvw": nil, "dfsvc": nil, "addinutil": nil, "microsoft.workflow.compiler": nil,
	"searchapp": nil, "searchui": nil, "searchhost": nil, "phoneexperiencehost": nil, "msoobe": {`C:\Windows\System32\oobe\`}, "oobeldr": {`C:\Windows\System32\oobe\`},
	"dismhost": nil, "mousocoreworker": nil, "wuaucltcore": nil, "tiworker": nil, "wordpad": nil, "snippingtool": nil, "systemsettings": nil,
	"shellexperiencehost": nil, "startmenuexperiencehost": nil, "textinputhost": nil, "shellhost": nil, "lockapp": nil,
}

var (
	wbem                  = []string{`C:\Windows\System32\wbem\`, `C:\Windows\SysWOW64\wbem\`}
	powershellDirectories = []string{`C:\Windows\System32\WindowsPowerShell\v1.0\`, `C:\Windows\SysWOW64\WindowsPowerShell\v1.0\`}
)

// systemPaths are the whole paths of programs that Windows brings, or nothing when one of the names is not of these.
func (t *tuner) systemPaths(c Condition) []string {
	var out []string
	for _, v := range c.Values {
		name := baseName(v)
		if !scenario.WindowsProgram(name) {
			return nil
		}
		directories, special := ownDirectories[strings.TrimSuffix(strings.ToLower(name), ".exe")]
		if !special {
			directories = systemDirectories
		}
		if len(directories) == 0 {
			return nil
		}
		for _, d := range directories {
			out = append(out, d+name)
		}
	}
	return out
}

// placed ties programs that are named without a directory to the directories where such programs are installed. It says false when
// there is nothing to tie.
func (t *tuner) placed(groups [][]Condition) (out [][]Condition, ok bool) {
	if t.ground.platform == nil || len(installDirectories[t.ground.platform.Product]) == 0 {
		return nil, false
	}
	for _, g := range groups {
		var conditions []Condition
		for _, c := range g {
			if directories := t.directories(g, c); len(directories) > 0 {
				ok = true
				if paths := t.systemPaths(c); directories[0] == windowsDirectory && len(paths) > 0 {
					c.Modifier, c.Values, c.Note = "", paths, "only where Windows itself keeps the program"
					conditions = append(conditions, c)
					continue
				}
				place := c
				place.Modifier, place.Values, place.Note = "startswith", directories, "only from directories where administrators install programs"
				if commandFields[c.Field] {
					place.Modifier, place.Values = "contains", nil
					for _, d := range directories {
						place.Values = append(place.Values, strings.TrimPrefix(d, "C")) // a quotation mark may stand before the drive
					}
				}
				conditions = append(conditions, place)
			}
			conditions = append(conditions, c)
		}
		out = append(out, conditions)
	}
	return out, ok
}

// directories are where the programs of a condition belong, or nothing when the condition is no bare name, or only picks one of the
// programs that the rule looks for.
func (t *tuner) directories(group []Condition, c Condition) []string {
	if t.ground.text(c.Field) || c.Modifier != "endswith" && !(commandFields[c.Field] && c.Modifier == "contains" && len(c.Values) == 1 && strings.LastIndexByte(c.Values[0], '\\') == 0) || c.Placeholder || c.Negated || !isProgram(c) || t.ground.used[c.Field] && len(group) > 1 && t.ground.picks(c) {
		return nil
	}
	for _, other := range group {
		if other.Field == c.Field && other.Modifier != "endswith" {
			return nil // its place is given
		}
	}
	platform := t.ground.platform
	var out []string
	for _, v := range c.Values {
		name := strings.TrimPrefix(v, platform.Separator)
		if name == v || strings.ContainsAny(name, `\/*?`) {
			return nil
		}
		if _, broad := safety.BroadParent(platform, v); broad && hasRole(c, scenario.RoleParent) {
			return nil
		}
		for _, p := range scenario.LookupProduct(name, platform.Product) {
			if p.Confidence == scenario.Check && contains(p.Names, name) && (p.Kind == "interpreter" || strings.Contains(p.Note, "unpacked")) {
				return nil // it is installed anywhere
			}
		}
		switch {
		case platform.Product == "windows" && scenario.WindowsProgram(name):
			out = append(out, windowsDirectory)
		default:
			out = append(out, installDirectories[platform.Product]...)
		}
		for _, p := range scenario.LookupProduct(name, platform.Product) {
			if !contains(p.Names, name) {
				continue
			}
			for _, d := range p.Directory {
				if p.Confidence != scenario.Check && !strings.ContainsAny(d, "*~") && !under(d, out) {
					out = append(out, d)
				}
			}
		}
	}
	return distinct(out)
}

// picks reports a condition on programs that the rule itself looks for by their names.
func (g *ground) picks(c Condition) bool {
	own := map[string]bool{}
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d) == rules.Negative {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Field == c.Field && !i.Negated {
				for _, v := range i.Values {
					own[strings.ToLower(baseName(strings.Trim(v.Text, "*")))] = true
				}
			}
		})
	}
	for _, v := range c.Values {
		if own[strings.ToLower(baseName(v))] {
			return true
		}
	}
	return false
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func under(directory string, roots []string) bool {
	for _, r := range roots {
		if strings.HasPrefix(strings.ToLower(directory), strings.ToLower(r)) {
			return true
		}
	}
	return false
}

// isProgramRole reports a role whose values are programs.
func isProgramRole(role scenario.Role) bool {
	return role == scenario.RoleProcess || role == scenario.RoleUnstated || role == scenario.RoleParent
}

func isProgram(c Condition) bool {
	return hasRole(c, scenario.RoleProcess) || hasRole(c, scenario.RoleUnstated) || hasRole(c, scenario.RoleParent)
}

// isPlace reports a condition that only ties a program to where programs are installed: it says nothing of which.
func (t *tuner) isPlace(c Condition) bool {
	if c.Modifier != "startswith" || t.ground.platform == nil {
		return false
	}
	roots := append([]string{windowsDirectory, userProfiles}, installDirectories[t.ground.platform.Product]...)
	return contains(roots, c.Values[0])
}
