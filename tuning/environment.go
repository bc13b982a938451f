package tuning

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// Placeholder is a name that proposals leave to the site.
type Placeholder struct {
	Name      string // without percent signs
	Meaning   string // what its values are
	Field     string // that they are compared with, and how
	Modifier  string
	Example   string   // a value as it may look, or empty
	Scenarios []string // the ids of those that ask for it
}

// Environment holds the site's own values by the names of placeholders.
type Environment struct {
	path  string
	file  *source.File
	names []siteName
}

type siteName struct {
	name   string
	at     source.Span
	values []siteValue
}

type siteValue struct {
	text string
	at   source.Span
}

// ReadEnvironment reads `name: [value, …]`, a YAML map of texts. A name without values is not filled in yet. The error is an *InputError.
func ReadEnvironment(path string, data []byte) (*Environment, error) {
	e := &Environment{path: path, file: source.Parse(path, data, source.Limits{})}
	for _, p := range e.file.Problems {
		if p.Kind != source.KindByteOrderMark && p.Kind != source.KindEmptyDocument {
			return nil, e.wrong(p.Span, p.Message, p.Help)
		}
	}
	const form = "write `name: ['value', 'value']`, a line for each name; --env-template prints the names"
	if len(e.file.Documents) > 1 {
		return nil, e.wrong(e.file.Documents[1].Root.Span, "a second document", form)
	}
	if len(e.file.Documents) == 0 || e.file.Documents[0].Root == nil || e.file.Documents[0].Root.IsNull() {
		return e, nil
	}
	root := e.file.Documents[0].Root
	if root.Kind != source.Map {
		return nil, e.wrong(root.Span, "no map of names to values", form)
	}
	for _, entry := range root.Entries {
		name, err := e.name(entry)
		if err != nil {
			return nil, err
		}
		e.names = append(e.names, name)
	}
	return e, nil
}

// name reads one entry.
func (e *Environment) name(entry source.Entry) (siteName, error) {
	n := siteName{name: entry.Key.Value, at: entry.Key.Span}
	if strings.HasPrefix(n.name, "%") {
		return n, e.wrong(n.at, fmt.Sprintf("`%s` is written with percent signs", source.Shorten(n.name)), fmt.Sprintf("write `%s`", source.Shorten(strings.Trim(n.name, "%"))))
	}
	switch v := entry.Value; {
	case v.IsNull():
		return n, nil
	case v.Kind == source.Scalar:
		return n, e.wrong(v.Span, fmt.Sprintf("`%s` has one value and no list", source.Shorten(n.name)), fmt.Sprintf("write `%s: [%s]`", source.Shorten(n.name), source.Quote(source.Shorten(v.Value))))
	case v.Kind != source.List:
		return n, e.wrong(v.Span, fmt.Sprintf("`%s` holds a map", source.Shorten(n.name)), "write a list of texts")
	default:
		for _, item := range v.Items {
			if err := e.text(n.name, item); err != nil {
				return n, err
			}
			n.values = append(n.values, siteValue{item.Value, item.Span})
		}
	}
	return n, nil
}

// text refuses what is no text, and texts that no field holds.
func (e *Environment) text(name string, n *source.Node) error {
	switch {
	case n.Kind != source.Scalar:
		return e.wrong(n.Span, fmt.Sprintf("a value of `%s` is no text", source.Shorten(name)), "write a list of texts")
	case n.IsNull():
		return e.wrong(n.Span, fmt.Sprintf("a value of `%s` is missing", source.Shorten(name)), "remove the line, or write the value")
	case !n.IsString():
		return e.wrong(n.Span, fmt.Sprintf("`%s` is no text but what YAML reads as `%s`", source.Shorten(n.Value), strings.TrimPrefix(n.Tag, "!!")), "write "+source.Quote(n.Value))
	case strings.TrimSpace(n.Value) == "":
		return e.wrong(n.Span, fmt.Sprintf("a value of `%s` is empty", source.Shorten(name)), "an empty value would hide every event where the field is empty; remove it")
	case n.Value != strings.TrimSpace(n.Value):
		return e.wrong(n.Span, fmt.Sprintf("`%s` begins or ends with a blank", source.Shorten(n.Value)), "write "+source.Quote(strings.TrimSpace(n.Value)))
	case strings.ContainsFunc(n.Value, unicode.IsControl):
		return e.wrong(n.Span, fmt.Sprintf("a value of `%s` has more than one line, or a control character", source.Shorten(name)), "write one value an entry")
	}
	return nil
}

func (e *Environment) wrong(at source.Span, message, help string) *InputError {
	return &InputError{Path: e.path, Pos: e.file.Pos(at.Start), Message: message, Help: help}
}

func (e *Environment) find(name string) *siteName {
	if e == nil {
		return nil
	}
	for k := range e.names {
		if e.names[k].name == name {
			return &e.names[k]
		}
	}
	return nil
}

// placeholderName finds the names in a value of `|expand`.
var placeholderName = regexp.MustCompile(`%([^%\s]+)%`)

// fillIn writes the site's values for placeholders. A condition stays as it is until every name in it has values.
func (t *tuner) fillIn(groups []Group, out *Outcome) []Group {
	for g := range groups {
		for k := range groups[g].Conditions {
			c := &groups[g].Conditions[k]
			if !c.Placeholder {
				continue
			}
			if t.asked == nil {
				t.asked = map[string]bool{}
			}
			for _, v := range c.Values {
				for _, m := range placeholderName.FindAllStringSubmatch(v, -1) {
					t.asked[m[1]] = true
				}
			}
			t.fillCondition(c, out)
		}
	}
	return groups
}

// fillCondition replaces every value that is one placeholder; a text around a placeholder stays for `|expand`.
func (t *tuner) fillCondition(c *Condition, out *Outcome) {
	var values, names []string
	for _, v := range c.Values {
		m := placeholderName.FindStringSubmatch(v)
		if m == nil || m[0] != v {
			return
		}
		site := t.in.Environment.find(m[1])
		if site == nil || len(site.values) == 0 {
			return
		}
		names = append(names, m[1])
		for _, value := range site.values {
			text, err := t.siteValue(c, value)
			if err != nil {
				t.siteError = firstError(t.siteError, err)
				return
			}
			values = append(values, text)
		}
	}
	c.Values, c.Placeholder, c.Site, c.Note = distinct(values), false, names[0], ""
	out.Notes = append(out.Notes, fmt.Sprintf("`%%%s%%` is filled in from %s", strings.Join(names, "%`, `%"), t.in.Environment.path))
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// siteValue is a value of the site as Sigma writes it for a condition: wildcards stand for themselves. What the field never holds is an
// error: the filter would silently do nothing.
func (t *tuner) siteValue(c *Condition, v siteValue) (string, error) {
	wrong := func(message, help string) (string, error) {
		return "", t.in.Environment.wrong(v.at, message, help)
	}
	text := rules.Pattern{{Kind: rules.Literal, Text: v.text}}.String()
	if c.Modifier == "cidr" {
		if _, err := netip.ParseAddr(v.text); err == nil {
			return v.text, nil
		}
		p, err := netip.ParsePrefix(v.text)
		if err != nil {
			return wrong(fmt.Sprintf("`%s` is no network", source.Shorten(v.text)), "write an address or a network such as 10.20.0.0/16")
		}
		return p.Masked().String(), nil
	}
	switch t.role(c.Field) {
	case taxonomy.RoleImage, taxonomy.RoleParentImage:
		if c.Modifier == "" && t.ground.platform != nil && !t.ground.absolute(v.text) {
			return wrong(fmt.Sprintf("`%s` is no whole path, and `%s` holds whole paths", source.Shorten(v.text), c.Field),
				"write it as the events have it, for example "+source.Quote(t.example(c)))
		}
	case taxonomy.RoleUser:
		if c.Modifier == "" && t.ground.windowsUser() && !strings.Contains(v.text, `\`) {
			return wrong(fmt.Sprintf("`%s` has no domain, and `%s` holds domain and name", source.Shorten(v.text), c.Field), "write it as the events have it, for example "+source.Quote(t.example(c)))
		}
	case taxonomy.RoleDirectory:
		return t.ground.directory(scenario.RoleDirectory, text), nil
	}
	return text, nil
}

func (g *ground) windowsUser() bool {
	return g.platform != nil && g.platform.Product == "windows" && g.windowsDomainUser()
}

// role is what a field of the rule's log source holds.
func (t *tuner) role(field string) taxonomy.Role {
	if t.ground.logs == nil {
		return taxonomy.NoRole
	}
	f, _ := t.ground.logs.Field(field)
	return f.Role
}

// Unused says of every name of the environment that no scenario of the results asks for where it stands, and what may have been meant. A file
// of a site serves many rules, so this is no error; a slip of the pen looks the same, so it is said.
func (e *Environment) Unused(results []*Result) []string {
	if e == nil {
		return nil
	}
	asked := map[string]bool{}
	for _, r := range results {
		for name := range r.tuner.asked {
			asked[name] = true
		}
	}
	names := sortedNames(asked)
	var out []string
	for _, n := range e.names {
		if asked[n.name] {
			continue
		}
		note := e.wrong(n.at, fmt.Sprintf("no scenario asks for `%s`", source.Shorten(n.name)), "")
		if near := nearest.Of(n.name, names, nearest.Suggestions); len(near) > 0 {
			note.Help = fmt.Sprintf("did you mean `%s`?", near[0])
		} else if len(names) > 0 {
			note.Help = "asked for are `" + strings.Join(names, "`, `") + "`"
		}
		out = append(out, note.Error())
	}
	return out
}

// unfilled lists what the proposals leave to the site, in the order of the scenarios.
func (t *tuner) unfilled() []Placeholder {
	var out []Placeholder
	at := map[string]int{}
	for _, o := range t.result.Outcomes {
		for _, p := range o.Proposals {
			for _, group := range p.Conditions {
				for _, c := range group {
					if !c.Placeholder {
						continue
					}
					for _, v := range c.Values {
						for _, m := range placeholderName.FindAllStringSubmatch(v, -1) {
							k, known := at[m[1]]
							if !known {
								k = len(out)
								at[m[1]] = k
								out = append(out, Placeholder{Name: m[1], Meaning: meaning(m[1]), Field: c.Field, Modifier: c.Modifier, Example: t.example(&c)})
							}
							if s := out[k].Scenarios; len(s) == 0 || s[len(s)-1] != o.ID {
								out[k].Scenarios = append(s, o.ID)
							}
						}
					}
				}
			}
		}
	}
	return out
}

// meanings word the names that placeholders have: by the noun at the end, for whom by the word before it.
var meanings = []struct{ noun, text, approved string }{
	{"users", "accounts of your %s", "accounts that may do this"},
	{"parents", "programs that start your %s", "programs that may start this"},
	{"hosts", "names of your hosts for %s", "hosts where this is in order"},
	{"directories", "directories of your %s", "directories where this is in order"},
	{"scripts", "paths of your scripts for %s", "paths of scripts that may do this"},
	{"networks", "networks of your %s", "networks from which this is in order"},
}

var meaningWords = map[string]string{
	"admin": "administrators", "developer": "developers", "security": "security team", "backup": "backups", "monitoring": "monitoring",
	"build": "builds", "deployment": "deployments", "jump": "administration", "scanner": "scanners", "service": "services",
	"scheduler": "scheduled jobs", "project": "projects",
}

func meaning(name string) string {
	for _, m := range meanings {
		word, ok := strings.CutSuffix(name, "_"+m.noun)
		switch {
		case !ok:
		case word == "approved":
			return m.approved
		case meaningWords[word] != "":
			return fmt.Sprintf(m.text, meaningWords[word])
		}
	}
	return "what `" + name + "` stands for at your site"
}

// examples show what a value looks like; the second is for Windows.
var examples = map[taxonomy.Role][2]string{
	taxonomy.RoleUser:        {"jmiller-adm", `ACME\jmiller-adm`},
	taxonomy.RoleParentUser:  {"jmiller-adm", `ACME\jmiller-adm`},
	taxonomy.RoleImage:       {"/opt/acme/bin/agent", `C:\Program Files\Acme\agent.exe`},
	taxonomy.RoleParentImage: {"/opt/acme/bin/agent", `C:\Program Files\Acme\agent.exe`},
	taxonomy.RoleComputer:    {"jump01.example.org", "JUMP01.example.org"},
	taxonomy.RoleDirectory:   {"/srv/build/", `D:\Build\`},
	taxonomy.RoleCommandLine: {"/opt/acme/scripts/inventory.sh", `C:\Scripts\inventory.ps1`},
	taxonomy.RoleSourceIP:    {"10.20.0.0/16", "10.20.0.0/16"},
}

func (t *tuner) example(c *Condition) string {
	of := examples[t.role(c.Field)]
	if t.ground.platform != nil && t.ground.platform.Product == "windows" {
		return of[1]
	}
	return of[0]
}

// EnvironmentTemplate is a file for Input.Environment with every placeholder of the results, its values left out.
func EnvironmentTemplate(results ...*Result) string {
	var b strings.Builder
	var titles []string
	seen := map[string]bool{}
	for _, r := range results {
		titles = append(titles, comment(r.Rule.Title.Value))
	}
	fmt.Fprintf(&b, "# Values of your site for %s. Fill them in, and run again with --env.\n", strings.Join(distinct(titles), ", "))
	for _, r := range results {
		for _, p := range r.Placeholders {
			if seen[p.Name] {
				continue
			}
			seen[p.Name] = true
			how := p.Field
			if p.Modifier != "" {
				how += "|" + p.Modifier
			}
			fmt.Fprintf(&b, "\n# %s; compared with %s, for scenario %s\n", comment(p.Meaning), comment(how), strings.Join(p.Scenarios, ", "))
			if p.Example != "" {
				fmt.Fprintf(&b, "# for example: [%s]\n", source.Quote(p.Example))
			}
			fmt.Fprintf(&b, "%s: []\n", p.Name)
		}
	}
	if len(seen) == 0 {
		b.WriteString("# There is nothing to fill in.\n")
	}
	return b.String()
}

// comment is text on one line, without what a terminal or an editor would not show.
func comment(text string) string { return source.Visible(oneLine(text)) }
