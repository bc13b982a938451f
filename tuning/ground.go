package tuning

import (
	"path"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// ground ties the roles that people name to the fields of one rule's log source.
type ground struct {
	rule     *rules.Rule
	logs     *taxonomy.Logsource // nil when the log source is unknown
	platform *taxonomy.Platform  // nil when the product is no operating system
	used     map[string]bool     // fields that the rule itself tests

	// kills reports that the rule could never fire beside these conditions: a suggestion that does is no example of an open class.
	kills func([]Condition) bool
}

func newGround(rule *rules.Rule) *ground {
	l := rule.Logsource
	g := &ground{rule: rule, used: map[string]bool{}}
	g.logs, _ = taxonomy.Lookup(l.Product.Value, l.Category.Value, l.Service.Value)
	g.platform, _ = taxonomy.PlatformOf(l.Product.Value)
	for _, d := range rule.Detection.Named {
		d.Block.Each(func(i *rules.Item) { g.used[i.Field] = true })
	}
	return g
}

// kind is the family of log sources that the prose is read for.
func (g *ground) kind() scenario.Kind {
	category := g.rule.Logsource.Category.Value
	switch {
	case category == "process_creation":
		return scenario.KindProcess
	case strings.HasPrefix(category, "file_"):
		return scenario.KindFile
	case strings.HasPrefix(category, "registry_"):
		return scenario.KindRegistry
	case strings.HasPrefix(category, "network_") || category == "firewall" || category == "dns_query":
		return scenario.KindNetwork
	}
	return scenario.KindOther
}

// fieldRoles are the roles of the prose with the roles of fields that can hold them, the best first. approximate says what is lost
// when a later one has to do.
var fieldRoles = map[scenario.Role][]struct {
	role        taxonomy.Role
	approximate string
}{
	scenario.RoleProcess:           {{taxonomy.RoleImage, ""}},
	scenario.RoleUnstated:          {{taxonomy.RoleImage, ""}},
	scenario.RoleCommandLine:       {{taxonomy.RoleCommandLine, ""}, {taxonomy.RoleScript, "the text of the script stands in for the command line"}},
	scenario.RoleParent:            {{taxonomy.RoleParentImage, ""}},
	scenario.RoleParentCommandLine: {{taxonomy.RoleParentCommandLine, ""}},
	scenario.RoleUser:              {{taxonomy.RoleUser, ""}},
	scenario.RoleWorkingDirectory:  {{taxonomy.RoleDirectory, ""}},
	scenario.RoleDirectory:         {{taxonomy.RoleTargetFile, ""}, {taxonomy.RoleDirectory, "read as the working directory"}},
	scenario.RoleScript:            {{taxonomy.RoleCommandLine, "the path of a script is only part of a command line"}},
	scenario.RoleJob:               {{taxonomy.RoleTask, ""}, {taxonomy.RoleCommandLine, "the name of a job is in no process event; it may stand in the command line"}},
	scenario.RoleService:           {{taxonomy.RoleService, ""}},
	scenario.RoleFile:              {{taxonomy.RoleTargetFile, ""}, {taxonomy.RoleCommandLine, "a process event has no file; its name may stand in the command line"}},
	scenario.RoleLoadedImage:       {{taxonomy.RoleLoadedImage, ""}},
	scenario.RoleTargetProcess:     {{taxonomy.RoleTargetImage, ""}},
	scenario.RoleHash:              {{taxonomy.RoleHash, ""}},
	scenario.RoleSigner:            {{taxonomy.RoleSignature, ""}, {taxonomy.RoleMetadata, "the company in the version information, which anybody can write, stands in for the signer"}},
	scenario.RoleProduct:           {{taxonomy.RoleMetadata, ""}},
	scenario.RoleOriginalName:      {{taxonomy.RoleMetadata, ""}},
	scenario.RoleIntegrity:         {{taxonomy.RoleIntegrity, ""}},
	scenario.RoleSourceIP:          {{taxonomy.RoleSourceIP, ""}},
	scenario.RoleDestinationIP:     {{taxonomy.RoleDestinationIP, ""}},
	scenario.RoleIP:                {{taxonomy.RoleSourceIP, "the text does not say which end; read as the source"}},
	scenario.RolePort:              {{taxonomy.RoleDestinationPort, ""}},
	scenario.RoleDestinationHost:   {{taxonomy.RoleDestinationHost, ""}, {taxonomy.RoleQuery, ""}},
	scenario.RoleURL:               {{taxonomy.RoleURL, ""}},
	scenario.RoleHost:              {{taxonomy.RoleComputer, ""}},
	scenario.RoleRegistryKey:       {{taxonomy.RoleRegistryKey, ""}},
	scenario.RoleRegistryValue:     {{taxonomy.RoleRegistryData, ""}},
	scenario.RoleEventID:           {{taxonomy.RoleEventID, ""}},
}

// metadataFields are the fields that say one certain thing within a role that has several.
var metadataFields = map[scenario.Role]string{
	scenario.RoleOriginalName: "OriginalFileName", scenario.RoleProduct: "Product", scenario.RoleSigner: "Company",
}

// field finds the field of the log source for a role, with what is lost by it. The rule's own field comes first: where a log source has
// several for one role, the author has chosen.
func (g *ground) field(role scenario.Role, named string) (field, lost string, ok bool) {
	if g.logs == nil {
		return "", "", false
	}
	if _, exact := g.logs.Field(named); exact && role != scenario.RoleGroup {
		return named, "", true
	}
	for _, r := range fieldRoles[role] {
		names := g.logs.Role(r.role)
		if want := metadataFields[role]; want != "" && r.role == taxonomy.RoleMetadata {
			if _, has := g.logs.Field(want); has {
				return want, r.approximate, true
			}
			continue
		}
		for _, name := range names {
			if g.used[name] {
				return name, r.approximate, true
			}
		}
		if len(names) > 0 {
			return names[0], r.approximate, true
		}
	}
	return "", "", false
}

// groups grounds what was extracted. Nothing of an AND is dropped: what has no field goes to Open.
func (g *ground) groups(groups [][]scenario.Condition) []Group {
	var out []Group
	for _, conditions := range groups {
		var group Group
		for _, c := range conditions {
			g.condition(&group, c)
		}
		out = append(out, group)
	}
	return out
}

func (g *ground) condition(group *Group, c scenario.Condition) {
	values := c.Values
	if len(values) == 0 && c.Open && g.fits(c) {
		values = c.Suggested
	}
	group.noteOpen(c, len(values) > 0)
	switch {
	case len(values) == 0 && c.Open, c.Role == scenario.RoleGroup:
		g.placeholder(group, c)
		return
	case len(values) == 0:
		if c.Operator == scenario.Exists {
			group.open(c, "a test of mere presence is no exclusion")
		}
		return
	}
	// Values that are tools under "command line" are images; the rest stays with its role.
	byRole := map[scenario.Role][]scenario.Value{}
	var order []scenario.Role
	for _, v := range values {
		role := c.Role
		if v.BareTool && (role == scenario.RoleCommandLine || role == scenario.RoleUnstated) && !g.subject(v) {
			role = scenario.RoleProcess
		}
		if byRole[role] == nil {
			order = append(order, role)
		}
		byRole[role] = append(byRole[role], v)
	}
	if len(order) > 1 && !c.All {
		// An OR over two fields is no single item; the narrower reading keeps what the text says about the field.
		order, byRole = []scenario.Role{c.Role}, map[scenario.Role][]scenario.Value{c.Role: values}
	}
	for _, role := range order {
		g.grounded(group, c, role, byRole[role])
	}
}

// fits reports that what the scenario sentence suggests for an open class would not be the rule's own subject.
func (g *ground) fits(c scenario.Condition) bool {
	if len(c.Suggested) == 0 {
		return false
	}
	var trial Group
	g.grounded(&trial, c, c.Role, c.Suggested)
	return len(trial.Conditions) > 0 && (g.kills == nil || !g.kills(trial.Conditions))
}

// subject reports that the rule finds nothing but command lines with this word: then the word is what the rule is about, wherever the
// program lies.
func (g *ground) subject(v scenario.Value) bool {
	field, _, ok := g.field(scenario.RoleCommandLine, "")
	return ok && g.kills != nil && g.kills([]Condition{{Field: field, Modifier: "contains", Values: []string{literal(v)}}})
}

// grounded adds the conditions for values of one role: one for each modifier that their shapes need.
func (g *ground) grounded(group *Group, c scenario.Condition, role scenario.Role, values []scenario.Value) {
	named := c.Field
	if role != c.Role {
		named = ""
	}
	field, lost, ok := g.field(role, named)
	if !ok {
		group.open(c, "no field of "+g.rule.Logsource.String()+" holds it")
		return
	}
	note := c.Note
	if lost != "" {
		note = lost
	}
	if role != c.Role {
		note = "`" + values[0].Text + "` is the name of a program: a substring of the command line would also match other words"
	}
	byModifier := map[string][]string{}
	var order []string
	if own := g.native(values); len(own) == 0 {
		group.Foreign = foreignReason(g, values[0])
	} else if !c.All {
		values = own // what another system writes never occurs: leaving it out of an OR loses nothing
	}
	for _, v := range values {
		modifier, texts, known := g.value(role, c.Operator, v)
		if !known {
			group.open(c, "`"+v.Text+"` is a name for people; what it leaves in an event is not known here")
			return
		}
		if byModifier[modifier] == nil {
			order = append(order, modifier)
		}
		byModifier[modifier] = append(byModifier[modifier], texts...)
	}
	if len(order) > 1 {
		// Several modifiers of one OR cannot stand in one item: write them as wildcards, which one item can hold.
		var all []string
		for _, m := range order {
			for _, v := range byModifier[m] {
				all = append(all, asWildcard(m, v))
			}
		}
		order, byModifier = []string{""}, map[string][]string{"": all}
	}
	for _, modifier := range order {
		group.Conditions = append(group.Conditions, Condition{
			Field: field, Modifier: modifier, Values: distinct(byModifier[modifier]), All: c.All && len(byModifier[modifier]) > 1,
			Negated: c.Negated, Phrase: c.Phrase, Span: c.Span, Note: note, Roles: []scenario.Role{role},
		})
	}
}

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

// foreign reports a value that no event of the product holds: a drive, a hive or a Windows program elsewhere, a Unix path on
// Windows. It looks at the spelling only.
func foreign(product string, v scenario.Value) bool {
	lower := strings.ToLower(v.Text)
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
	switch {
	case v.Shape == scenario.ShapeGlob:
		return "", []string{text}, true
	case operator == scenario.Matches:
		return "re", []string{v.Text}, true
	case operator == scenario.InRange || v.Shape == scenario.ShapeCIDR:
		return "cidr", []string{v.Text}, true
	case operator == scenario.Contains:
		return "contains", []string{text}, true
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
		switch v.Shape {
		case scenario.ShapeExtension:
			return "endswith", []string{text}, true
		case scenario.ShapeDirectory:
			return "startswith", []string{text}, true
		case scenario.ShapePath:
			return "", []string{text}, true
		}
		return "endswith", []string{g.separator() + text}, true
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
	switch v.Shape {
	case scenario.ShapeGlob:
		return "", []string{v.Text}, true
	case scenario.ShapeDirectory:
		return "startswith", []string{literal(v)}, true
	case scenario.ShapePath:
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
	if v.Shape == scenario.ShapeName || strings.ContainsAny(v.Text, " \t") {
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
		if role == scenario.RoleParent && len(p.Parents) > 0 {
			return p.Parents
		}
		if len(p.Names) > 0 && v.Product != "" {
			return p.Names
		}
	}
	return nil
}

// account writes a user: with its domain as it is, without one as the end of `DOMAIN\user` on Windows.
func (g *ground) account(v scenario.Value) (string, []string, bool) {
	text := literal(v)
	switch {
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

// open records a part of the AND that no condition covers.
func (group *Group) open(c scenario.Condition, reason string) {
	group.Open = append(group.Open, Open{Phrase: c.Phrase, Reason: reason, Span: c.Span})
}

// noteOpen records a class of which only the examples are used.
func (group *Group) noteOpen(c scenario.Condition, examples bool) {
	if c.Open && examples {
		group.Open = append(group.Open, Open{
			Phrase: c.Phrase, Span: c.Span, Examples: true,
			Reason: "an open list: only the examples it names are used",
		})
	}
}

// placeholders say which field and name stand for a class that only the site can list.
var placeholders = []struct {
	class    scenario.Class
	role     taxonomy.Role
	modifier string
	name     string // when no word of the phrase says better
}{
	{scenario.ClassUser, taxonomy.RoleUser, "", "approved_users"},
	{scenario.ClassGroup, taxonomy.RoleUser, "", "approved_users"},
	{scenario.ClassPrivilege, taxonomy.RoleUser, "", "admin_users"},
	{scenario.ClassTool, taxonomy.RoleParentImage, "", "approved_parents"},
	{scenario.ClassService, taxonomy.RoleParentImage, "", "service_parents"},
	{scenario.ClassJob, taxonomy.RoleParentImage, "", "scheduler_parents"},
	{scenario.ClassHost, taxonomy.RoleComputer, "", "approved_hosts"},
	{scenario.ClassDirectory, taxonomy.RoleDirectory, "startswith", "project_directories"},
	{scenario.ClassScript, taxonomy.RoleCommandLine, "contains", "approved_scripts"},
	{scenario.ClassNetwork, taxonomy.RoleSourceIP, "cidr", "approved_networks"},
}

// placeholderWords refine the name of a placeholder by words of the phrase.
var placeholderWords = []struct {
	word   string
	class  []scenario.Class
	prefix string
}{
	{"admin", nil, "admin"}, {"sudo", nil, "admin"}, {"root", nil, "admin"}, {"developer", nil, "developer"}, {"security", nil, "security"},
	{"backup", nil, "backup"}, {"monitor", nil, "monitoring"}, {"build", nil, "build"}, {"deploy", nil, "deployment"}, {"jump", nil, "jump"},
	{"scan", nil, "scanner"}, {"service", nil, "service"},
}

// placeholder stands in for a class that only the site can list, or leaves it open where no field can hold it.
func (g *ground) placeholder(group *Group, c scenario.Condition) {
	for _, p := range placeholders {
		if p.class != c.Class && !(c.Role == scenario.RoleGroup && c.Class == scenario.ClassNone && p.class == scenario.ClassGroup) {
			continue
		}
		role := p.role
		if c.Role == scenario.RoleProcess && role == taxonomy.RoleParentImage {
			role = taxonomy.RoleImage
		}
		if g.logs == nil {
			break
		}
		names := g.logs.Role(role)
		if len(names) == 0 {
			break
		}
		name := p.name
		for _, w := range placeholderWords {
			if strings.Contains(strings.ToLower(c.Phrase), w.word) {
				_, suffix, _ := strings.Cut(p.name, "_")
				name = w.prefix + "_" + suffix
				break
			}
		}
		group.Conditions = append(group.Conditions, Condition{
			Field: names[0], Modifier: p.modifier, Values: []string{"%" + name + "%"}, Placeholder: true, Negated: c.Negated,
			Phrase: c.Phrase, Span: c.Span, Roles: []scenario.Role{c.Role},
			Note: "only the site knows who or what that is",
		})
		return
	}
	group.open(c, openReason(c))
}

// openReasons say why a class is in no event.
var openReasons = map[scenario.Class]string{
	scenario.ClassTime:        "an event has no maintenance window; suppress by schedule in the SIEM",
	scenario.ClassApproval:    "an approval is in no event; suppress by ticket in the SIEM",
	scenario.ClassEnvironment: "an event does not say to which environment its host belongs; enrich it, or limit the rule's scope",
	scenario.ClassFrequency:   "a single event has no rate; use a correlation rule",
	scenario.ClassHost:        "the host is no field of this log source; limit the rule's scope in the SIEM",
}

func openReason(c scenario.Condition) string {
	if reason, ok := openReasons[c.Class]; ok {
		return reason
	}
	return "no field of the log source says it"
}
