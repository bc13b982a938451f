package tuning

import (
	"path"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// native leaves out values that only another operating system writes.
func (g *ground) native(values []scenario.Value) []scenario.Value {
	var out []scenario.Value
	for _, v := range values {
		if g.platform == nil || !foreign(g.platform.Product, v) {
			out = append(out, v)
		}
	}
	return out
}

// windowsGroups are the well-known groups of an Active Directory domain (Microsoft's list of default security groups), with names that no
// other system uses.
var windowsGroups = map[string]bool{
	"enterprise admins": true, "domain admins": true, "schema admins": true, "domain users": true, "domain computers": true, "domain controllers": true,
	"domain guests": true, "account operators": true, "backup operators": true, "print operators": true, "server operators": true, "group policy creator owners": true,
}

// foreign reports a value that no event of the product holds: a drive, a hive or a Windows program elsewhere, a Unix path on
// Windows. It looks at the spelling only.
func foreign(product string, v scenario.Value) bool {
	lower := strings.ToLower(v.Text)
	if product != "windows" && windowsGroups[lower] {
		return true
	}
	windows := v.Shape == scenario.ShapeRegistry || len(lower) > 2 && lower[1] == ':' && lower[2] == '\\' ||
		v.Shape == scenario.ShapeFileName && (strings.HasSuffix(lower, ".exe") || strings.HasSuffix(lower, ".msc") || strings.HasSuffix(lower, ".dll"))
	if product == "windows" {
		return (v.Shape == scenario.ShapePath || v.Shape == scenario.ShapeDirectory) && strings.HasPrefix(lower, "/") && strings.Count(lower, "/") > 1
	}
	return windows
}

func foreignReason(g *ground, v scenario.Value) string {
	what := "a Windows name"
	if g.platform.Product == "windows" {
		what = "a Unix path"
	}
	return "`" + v.Text + "` is " + what + ", and the rule reads events of " + g.platform.Product
}

// asWildcard writes a value of a modifier with `*`.
func asWildcard(modifier, value string) string {
	p := rules.ParsePattern(value)
	run := rules.Token{Kind: rules.AnyRun}
	if modifier == "contains" || modifier == "endswith" {
		p = append(rules.Pattern{run}, p...)
	}
	if modifier == "contains" || modifier == "startswith" {
		p = append(p, run)
	}
	return p.String()
}

func distinct(values []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, v := range values {
		if key := strings.ToLower(v); !seen[key] {
			seen[key] = true
			out = append(out, v)
		}
	}
	return out
}

// value chooses the modifier for one value by its shape, and its text as a Sigma value.
func (g *ground) value(role scenario.Role, operator scenario.Operator, v scenario.Value) (modifier string, texts []string, known bool) {
	switch role {
	case scenario.RoleProcess, scenario.RoleUnstated, scenario.RoleParent, scenario.RoleTargetProcess, scenario.RoleLoadedImage:
		return g.program(role, operator, v)
	}
	text := literal(v)
	if modifier, rest, ok := unstarred(v); ok {
		return modifier, []string{rest}, true
	}
	if role == scenario.RolePort && v.Shape != scenario.ShapeNumber {
		return "", nil, false
	}
	switch {
	case operator == scenario.Equals && role != scenario.RoleUser:
		return "", []string{text}, true
	case v.Shape == scenario.ShapeGlob:
		return "", []string{text}, true
	case operator == scenario.Matches:
		return "re", []string{v.Text}, true
	case operator == scenario.InRange || v.Shape == scenario.ShapeCIDR:
		return "cidr", []string{v.Text}, true
	case operator == scenario.Contains && v.Shape == scenario.ShapeDirectory && g.absolute(v.Text) && (role == scenario.RoleFile || role == scenario.RoleDirectory):
		if field, _, ok := g.field(role, ""); ok && g.used[field] || role == scenario.RoleFile {
			return "startswith", []string{text}, true // an absolute directory stands at the beginning
		}
		return "contains", []string{text}, true
	case operator == scenario.Contains:
		return "contains", []string{text}, true
	case role == scenario.RoleWorkingDirectory && g.separator() == "/" && v.Shape == scenario.ShapePath && (operator == scenario.Is || operator == scenario.StartsWith):
		return "", []string{text, text + "/*"}, true // the directory itself has no separator at its end
	case operator == scenario.StartsWith:
		return "startswith", []string{g.directory(role, text)}, true
	case operator == scenario.EndsWith:
		return "endswith", []string{text}, true
	}
	switch role {
	case scenario.RoleUser:
		return g.account(v)
	case scenario.RoleCommandLine, scenario.RoleParentCommandLine, scenario.RoleScript, scenario.RoleJob:
		return "contains", []string{text}, true
	case scenario.RoleWorkingDirectory, scenario.RoleDirectory:
		return "startswith", []string{g.directory(role, text)}, true
	case scenario.RoleFile:
		if g.kind() == scenario.KindProcess {
			return "contains", []string{text}, true // a part of the command line
		}
		if (v.Shape == scenario.ShapePath || v.Shape == scenario.ShapeDirectory) && !g.absolute(v.Text) {
			if v.Shape == scenario.ShapeDirectory {
				return "contains", []string{g.anchored(text)}, true
			}
			return "endswith", []string{g.anchored(text)}, true
		}
		switch v.Shape {
		case scenario.ShapeExtension:
			return "endswith", []string{text}, true
		case scenario.ShapeDirectory:
			return "startswith", []string{text}, true
		case scenario.ShapePath:
			return "", []string{text}, true
		}
		return "endswith", []string{g.separator() + text}, true
	case scenario.RoleURL, scenario.RoleUserAgent:
		return "contains", []string{text}, true
	case scenario.RoleHash:
		return "contains", []string{text}, true
	case scenario.RoleDestinationHost:
		if v.Shape == scenario.ShapeDomain {
			return "endswith", []string{text}, true
		}
	case scenario.RoleRegistryKey:
		return "contains", []string{text}, true
	}
	return "", []string{text}, true
}

// unstarred writes a glob that only begins or ends with `*` by a modifier.
func unstarred(v scenario.Value) (modifier, text string, ok bool) {
	if v.Shape != scenario.ShapeGlob {
		return "", "", false
	}
	inner := strings.Trim(v.Text, "*")
	if inner == "" || strings.ContainsAny(inner, "*?") {
		return "", "", false
	}
	first, last := strings.HasPrefix(v.Text, "*"), strings.HasSuffix(v.Text, "*")
	text = rules.Pattern{{Kind: rules.Literal, Text: inner}}.String()
	switch {
	case first && last:
		return "contains", text, true
	case first:
		return "endswith", text, true
	case last:
		return "startswith", text, true
	}
	return "", text, true
}

// literal escapes what Sigma would read as a wildcard, unless the author wrote a glob.
func literal(v scenario.Value) string {
	if v.Shape == scenario.ShapeGlob {
		return v.Text
	}
	return rules.Pattern{{Kind: rules.Literal, Text: v.Text}}.String()
}

func (g *ground) separator() string {
	if g.platform == nil {
		return ""
	}
	return g.platform.Separator
}

// directory closes a directory with its separator, so that `/srv/app` does not also mean `/srv/apple`.
func (g *ground) directory(role scenario.Role, text string) string {
	if role != scenario.RoleWorkingDirectory && role != scenario.RoleDirectory || g.separator() == "" || strings.HasSuffix(text, g.separator()) {
		return text
	}
	return text + g.separator()
}

// program writes the image of a program: the whole path where it is given, else the end of one, with the separator in front: never a
// substring, because `ss` is also part of `ssh`, `passwd` and `less`.
func (g *ground) program(role scenario.Role, operator scenario.Operator, v scenario.Value) (string, []string, bool) {
	if modifier, rest, ok := unstarred(v); ok {
		return modifier, []string{rest}, true
	}
	switch v.Shape {
	case scenario.ShapeGlob:
		return "", []string{v.Text}, true
	case scenario.ShapeDirectory:
		if operator == scenario.EndsWith {
			return "endswith", []string{literal(v)}, true
		}
		if operator == scenario.Contains || !g.absolute(v.Text) {
			return "contains", []string{g.anchored(literal(v))}, true
		}
		return "startswith", []string{literal(v)}, true
	case scenario.ShapePath:
		if strings.HasPrefix(v.Text, "<") {
			return "", []string{literal(v)}, true
		}
		if operator == scenario.Contains && strings.HasPrefix(v.Text, `\`) && g.free {
			return "contains", []string{literal(v)}, true
		}
		if operator == scenario.EndsWith || !g.absolute(v.Text) {
			return "endswith", []string{g.anchored(literal(v))}, true
		}
		if operator == scenario.Contains {
			return "contains", []string{literal(v)}, true
		}
		if operator == scenario.StartsWith {
			return "startswith", []string{literal(v)}, true
		}
		return "", []string{literal(v)}, true
	}
	if operator == scenario.Matches {
		return "re", []string{v.Text}, true
	}
	if names := g.product(role, v); len(names) > 0 {
		var out []string
		for _, n := range names {
			out = append(out, g.separator()+n)
		}
		return "endswith", out, true
	}
	if v.Quoted && (operator == scenario.Contains || operator == scenario.StartsWith) {
		return string(operator), []string{literal(v)}, true // the author gives the text of the field
	}
	if v.Cmdlet() && g.platform != nil && g.platform.Product == "windows" || v.Shape == scenario.ShapeFlag && g.separator() == `\` {
		return "", nil, false // a function or a switch
	}
	if v.Shape == scenario.ShapeURL || v.Shape == scenario.ShapeGUID || v.Shape == scenario.ShapeNumber || v.Shape == scenario.ShapeTime || strings.HasPrefix(v.Text, "-") || strings.HasPrefix(v.Text, "0x") {
		return "", nil, false // no name of a program
	}
	if v.Shape == scenario.ShapeName && !g.free || strings.ContainsAny(v.Text, " \t") {
		return "", nil, false // a display name is no value until the product table knows what it leaves
	}
	if v.Shape == scenario.ShapeExtension {
		return "endswith", []string{literal(v)}, true
	}
	v.Text = strings.TrimLeft(v.Text, `/\`) // `ends with /netstat` brings its separator
	return "endswith", []string{g.separator() + g.executable(literal(v))}, true
}

// anchored puts the separator in front of a relative path.
func (g *ground) anchored(text string) string {
	if sep := g.separator(); sep != "" && !strings.HasPrefix(text, sep) && !g.absolute(text) {
		return sep + text
	}
	return text
}

func (g *ground) absolute(text string) bool {
	return strings.HasPrefix(text, "/") || strings.HasPrefix(text, `\\`) || len(text) > 2 && text[1] == ':' && text[2] == '\\'
}

// executable gives a bare name the extension that programs have on the platform.
func (g *ground) executable(name string) string {
	if g.platform != nil && g.platform.Product == "windows" && path.Ext(name) == "" {
		return name + ".exe"
	}
	return name
}

// product gives the file names that a product of the table leaves in events in this role.
func (g *ground) product(role scenario.Role, v scenario.Value) []string {
	if g.platform == nil {
		return nil
	}
	name := v.Product
	if name == "" {
		name = v.Text
	}
	for _, p := range scenario.LookupProduct(name, g.platform.Product) {
		if base := path.Base(strings.ReplaceAll(v.Text, `\`, "/")); contains(p.Names, base) || contains(p.Parents, base) {
			return []string{base} // the name of a file: itself, and not what else the product has
		}
		if role == scenario.RoleParent && len(p.Parents) > 0 {
			if own := launchers(p); len(own) > 0 {
				return own
			}
			return nil
		}
		if len(p.Names) > 0 && v.Product != "" {
			return p.Names
		}
	}
	return nil
}

// launchers are the parents of a product without the interpreters, which start everything else, too.
func launchers(p scenario.Product) []string {
	if p.Kind == "interpreter" {
		return p.Parents
	}
	var out []string
	for _, name := range p.Parents {
		if !scenario.Interpreter(name) {
			out = append(out, name)
		}
	}
	return out
}

// account writes a user: with its domain as it is, without one as the end of `DOMAIN\user` on Windows.
func (g *ground) account(v scenario.Value) (string, []string, bool) {
	text := literal(v)
	if at := volatile.FindStringIndex(v.Text); at != nil && at[0] >= shortestPart && strings.HasPrefix(strings.ToLower(v.Text[at[0]:]), "xxx") {
		return "startswith", []string{literal(scenario.Value{Text: v.Text[:at[0]]})}, true // MSOL_xxxxxxxx: the x's stand for anything
	}
	switch {
	case strings.HasPrefix(strings.ToUpper(v.Text), `NT AUTHORITY\`) && g.windowsDomainUser():
		return "contains", []string{"AUTHORI", "AUTORI"}, true // in English, and in other languages of Windows
	case text == "0":
		return "", []string{"root"}, true
	case v.Shape == scenario.ShapeName && strings.Contains(v.Text, " ") && !strings.Contains(v.Text, `\`) && !v.Quoted:
		return "", nil, false
	case g.platform != nil && g.platform.Product == "windows" && !strings.Contains(text, `\`) && g.windowsDomainUser():
		return "endswith", []string{`\` + text}, true
	}
	return "", []string{text}, true
}

// windowsDomainUser reports a log source whose user field holds `DOMAIN\user`: that of Sysmon, named User.
func (g *ground) windowsDomainUser() bool {
	field, _, ok := g.field(scenario.RoleUser, "")
	return ok && field == "User"
}
