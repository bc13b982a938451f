package tuning

import (
	"strings"

	"github.com/sigtune/sigtune/tuning/safety"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// installDirectories are where administrators install programs: only they write there (schema/taxonomy, Platform.Protected). A program
// name that is tied to them cannot be borrowed by a copy in a directory that anybody writes to.
var installDirectories = map[string][]string{
	"windows": {`C:\Program Files\`, `C:\Program Files (x86)\`},
	"linux":   {"/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/", "/usr/local/", "/opt/", "/bin/", "/sbin/"},
}

// systemDirectory is where the programs that Windows itself brings are.
const systemDirectory = `C:\Windows\`

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
				place := c
				place.Modifier, place.Values, place.Note = "startswith", directories, "only from directories where administrators install programs"
				conditions = append(conditions, place)
				ok = true
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
	if t.ground.text(c.Field) || c.Modifier != "endswith" || c.Placeholder || c.Negated || !isProgram(c) || t.ground.used[c.Field] && len(group) > 1 {
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
			if p.Confidence == scenario.Check && contains(p.Names, name) {
				return nil // it is installed anywhere
			}
		}
		switch {
		case platform.Product == "windows" && scenario.WindowsProgram(name):
			out = append(out, systemDirectory)
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
	roots := append([]string{systemDirectory, userProfiles}, installDirectories[t.ground.platform.Product]...)
	return contains(roots, c.Values[0])
}
