package tuning

import (
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// ground ties the roles that people name to the fields of one rule's log source.
type ground struct {
	rule       *rules.Rule
	logs       *taxonomy.Logsource // nil when the log source is unknown
	platform   *taxonomy.Platform  // nil when the product is no operating system
	used       map[string]bool     // fields that the rule itself tests
	words      map[string]bool     // of the rule's own title, description and values; read at first use
	names      map[string]string   // fields by their names as words; read at first use
	free       bool                // the text is a description and no exclusion
	noted      bool                // it is a note on a false positive: "FPs caused by the Acme updater"
	note       bool                // and a short one, about one thing
	background []string            // what of the text is no condition, by the last reading of its values
	located    bool                // it speaks of where something is installed
	perUser    bool                // and that every user has it in the own profile

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
	scenario.RoleProcess: {{taxonomy.RoleImage, ""}, {taxonomy.RoleService, "the path of the service stands in for the program"},
		{taxonomy.RoleScript, "the text of the event stands in for a field of its own"}},
	scenario.RoleUnstated: {{taxonomy.RoleImage, ""}, {taxonomy.RoleService, "the path of the service stands in for the program"},
		{taxonomy.RoleScript, "the text of the event stands in for a field of its own"}},
	scenario.RoleCommandLine:       {{taxonomy.RoleCommandLine, ""}, {taxonomy.RoleScript, "the text of the script stands in for the command line"}},
	scenario.RoleParent:            {{taxonomy.RoleParentImage, ""}},
	scenario.RoleParentCommandLine: {{taxonomy.RoleParentCommandLine, ""}},
	scenario.RoleUser:              {{taxonomy.RoleUser, ""}},
	scenario.RoleWorkingDirectory:  {{taxonomy.RoleDirectory, ""}},
	scenario.RoleDirectory: {{taxonomy.RoleTargetFile, ""}, {taxonomy.RoleCommandLine, "the text does not say whose directory; it may stand in the command line"},
		{taxonomy.RoleImage, "read as the directory of the program"}},
	scenario.RoleScript:          {{taxonomy.RoleCommandLine, "the path of a script is only part of a command line"}},
	scenario.RoleJob:             {{taxonomy.RoleTask, ""}, {taxonomy.RoleCommandLine, "the name of a job is in no process event; it may stand in the command line"}},
	scenario.RoleService:         {{taxonomy.RoleService, ""}},
	scenario.RoleFile:            {{taxonomy.RoleTargetFile, ""}, {taxonomy.RoleLoadedImage, ""}, {taxonomy.RoleCommandLine, "a process event has no file; its name may stand in the command line"}},
	scenario.RoleLoadedImage:     {{taxonomy.RoleLoadedImage, ""}},
	scenario.RoleTargetProcess:   {{taxonomy.RoleTargetImage, ""}},
	scenario.RoleHash:            {{taxonomy.RoleHash, ""}},
	scenario.RoleSigner:          {{taxonomy.RoleSignature, ""}, {taxonomy.RoleMetadata, "the company in the version information, which anybody can write, stands in for the signer"}},
	scenario.RoleProduct:         {{taxonomy.RoleMetadata, ""}},
	scenario.RoleOriginalName:    {{taxonomy.RoleMetadata, ""}},
	scenario.RoleIntegrity:       {{taxonomy.RoleIntegrity, ""}},
	scenario.RoleSourceIP:        {{taxonomy.RoleSourceIP, ""}},
	scenario.RoleDestinationIP:   {{taxonomy.RoleDestinationIP, ""}},
	scenario.RoleIP:              {{taxonomy.RoleSourceIP, "the text does not say which end; read as the source"}},
	scenario.RolePort:            {{taxonomy.RoleDestinationPort, ""}},
	scenario.RoleDestinationHost: {{taxonomy.RoleDestinationHost, ""}, {taxonomy.RoleQuery, ""}},
	scenario.RoleURL:             {{taxonomy.RoleURL, ""}, {taxonomy.RoleTargetFile, "the source of the file stands in for the address"}, {taxonomy.RoleCommandLine, "the address may stand in the command line"}},
	scenario.RoleHost:            {{taxonomy.RoleComputer, ""}},
	scenario.RoleRegistryKey:     {{taxonomy.RoleRegistryKey, ""}},
	scenario.RoleRegistryValue:   {{taxonomy.RoleRegistryData, ""}},
	scenario.RoleEventID:         {{taxonomy.RoleEventID, ""}},
	scenario.RoleAccess:          {{taxonomy.RoleAccess, ""}},
	scenario.RoleUserAgent:       {{taxonomy.RoleUserAgent, ""}},
	scenario.RolePipe:            {{taxonomy.RolePipe, ""}},
}

// remoteEnd is for connections that the host itself opens: an address is that of the other side.
var remoteEnd = []struct {
	role        taxonomy.Role
	approximate string
}{{taxonomy.RoleDestinationIP, "the text does not say which end; read as the other side"}, {taxonomy.RoleSourceIP, "the text does not say which end"}}

// metadataFields are the fields that say one certain thing within a role that has several.
var metadataFields = map[scenario.Role]string{
	scenario.RoleOriginalName: "OriginalFileName", scenario.RoleProduct: "Product", scenario.RoleSigner: "Company",
}

// field finds the field of the log source for a role, with what is lost by it. The rule's own field comes first: where a log source has
// several for one role, the author has chosen.
func (g *ground) field(role scenario.Role, named string) (field, lost string, ok bool) {
	if named != "" && g.used[named] || role == scenario.RoleField && named != "" && (g.logs == nil || g.platform == nil || g.rule.Logsource.Category.Value == "") {
		return named, "", true
	}
	if g.logs == nil {
		return "", "", false
	}
	if role == scenario.RoleEventID && g.rule.Logsource.Category.Value != "" {
		return "", "", false // the category stands for the event ids
	}
	if _, exact := g.logs.Field(named); exact && role != scenario.RoleGroup && g.held(named) {
		return named, "", true
	}
	candidates := fieldRoles[role]
	if role == scenario.RoleIP && g.rule.Logsource.Category.Value == "network_connection" {
		candidates = remoteEnd
	}
	if g.checksIntegrity() {
		return "param1", "", role == scenario.RoleFile
	}
	if role == scenario.RoleUser && g.logon() && !g.used["SubjectUserName"] && g.held("TargetUserName") {
		return "TargetUserName", "", true
	}
	for _, name := range unrankedFields[role] {
		if _, has := g.logs.Field(name); has || g.used[name] {
			return name, "", true
		}
	}
	for _, r := range candidates {
		var names []string
		for _, name := range g.logs.Role(r.role) {
			if g.held(name) {
				names = append(names, name)
			}
		}
		names = g.ofEvents(names)
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

// held reports a field that the events of the log source have by themselves. One that a sensor may join is held when the rule relies on it.
func (g *ground) held(name string) bool {
	if g.logs == nil {
		return false
	}
	f, ok := g.logs.Field(name)
	const own = taxonomy.Specified | taxonomy.Schema | taxonomy.Observed | taxonomy.User
	return ok && (g.used[name] || f.Why&own != 0 || f.Why&(taxonomy.Joined|taxonomy.Sensor) == 0)
}

// ofEvents keeps the fields that the events have which the rule selects by their ids, where that is known, and those the rule itself uses.
func (g *ground) ofEvents(names []string) []string {
	if g.logs.Category != "" || len(names) == 0 {
		return names
	}
	seen := map[string]bool{}
	for _, text := range g.eventIDs() {
		id, err := strconv.Atoi(text)
		if e, ok := g.logs.Event(id); err == nil && ok {
			for _, f := range e.Fields {
				seen[f] = true
			}
		}
	}
	if len(seen) == 0 {
		return names
	}
	var out []string
	for _, n := range names {
		if seen[n] || g.used[n] {
			out = append(out, n)
		}
	}
	return out
}

// fieldOfLogs is what is known of a field, where the log source is known.
func (g *ground) fieldOfLogs(name string) (taxonomy.Field, bool) {
	if g.logs == nil {
		return taxonomy.Field{}, false
	}
	return g.logs.Field(name)
}

// commandFields hold a command line although they are named after the program: the binary of a service with its arguments.
var commandFields = map[string]bool{"ImagePath": true, "ServiceFileName": true}

// text reports a field that holds a whole text, a script or the data of an event, of which a value is a part.
func (g *ground) text(field string) bool {
	if g.logs == nil {
		return false
	}
	f, ok := g.logs.Field(field)
	return ok && f.Role == taxonomy.RoleScript
}

// unrankedFields are fields of services whose names say what they are and to which the table of field meanings gives no role.
var unrankedFields = map[scenario.Role][]string{
	scenario.RoleProcess:  {"ProcessNameBuffer", "processPath", "ApplicationPath"},
	scenario.RoleUnstated: {"processPath", "ApplicationPath"},
	scenario.RoleService:  {"ServiceName"},
	scenario.RoleSourceIP: {"IpAddress"},
	scenario.RoleFile:     {"FileNameBuffer"},
}

// groups grounds what was extracted. Nothing of an AND is dropped: what has no field goes to Open.
func (g *ground) groups(groups [][]scenario.Condition) []Group {
	var out []Group
	for _, conditions := range groups {
		for _, alternative := range g.expanded(conditions) {
			var group Group
			for _, c := range alternative {
				g.condition(&group, c)
			}
			group.oneName()
			out = append(out, group)
		}
	}
	return out
}

// oneName finds two names of one program that exclude each other: a whole name, and a part that is not in it.
func (group *Group) oneName() {
	for _, a := range group.Conditions {
		for _, b := range group.Conditions {
			if a.Field != b.Field || a.Modifier != "endswith" || b.Modifier != "contains" || len(a.Values) != 1 || len(b.Values) != 1 || a.Negated || b.Negated || !isProgram(a) || !isProgram(b) {
				continue
			}
			name, part := baseName(a.Values[0]), b.Values[0]
			if name != "" && !strings.ContainsAny(part, `/\`) && !strings.Contains(strings.ToLower(name), strings.ToLower(part)) {
				group.Foreign = "a program has one name: it cannot be `" + name + "` and contain `" + part + "`"
			}
		}
	}
}

// maxExpanded bounds the alternatives that products bring into one AND: two roles, two kinds of directories, and some.
const maxExpanded = 12

// expanded turns products, which people call by names that are in no event, into what they leave there. One AND becomes several where a
// product has several places, or where the words do not say whether it runs or starts what runs.
func (g *ground) expanded(conditions []scenario.Condition) [][]scenario.Condition {
	out := [][]scenario.Condition{nil}
	if g.free {
		conditions = pasted(conditions)
	}
	for _, c := range conditions {
		ways := g.ways(c)
		if len(out)*len(ways) > maxExpanded {
			ways = [][]scenario.Condition{{c}}
		}
		var next [][]scenario.Condition
		for _, before := range out {
			for _, way := range ways {
				next = append(next, append(append([]scenario.Condition(nil), before...), way...))
			}
		}
		out = next
	}
	return out
}

// ways are the alternatives of one condition, each an AND.
func (g *ground) ways(c scenario.Condition) [][]scenario.Condition {
	if c.Operator == scenario.NullOrEmpty && !c.Negated {
		absent, blank := c, c
		absent.Operator, blank.Operator = scenario.Null, scenario.Empty
		return [][]scenario.Condition{{absent}, {blank}}
	}
	c = g.spelled(c)
	if g.free {
		c = described(c)
	}
	var out [][]scenario.Condition
	if g.free && len(c.Values) > 1 && !c.All && !c.Negated && (c.Role == scenario.RoleUnstated || c.Role == scenario.RoleDirectory) && paths(c.Values) {
		for _, v := range c.Values {
			one := c
			one.Values = []scenario.Value{v}
			out = append(out, g.ways(one)...)
		}
		return out
	}
	if c.Stated && c.Field != "" && len(c.Values) > 0 && c.Values[0].Quoted && c.Role == scenario.RoleField {
		return [][]scenario.Condition{{c}} // a field of the log source, said in so many words
	}
	for _, way := range g.byShape(c) {
		if len(way) == 1 {
			way = g.steady(way[0])
			if len(way) == 1 {
				out = append(out, g.installations(way[0])...)
				continue
			}
		}
		out = append(out, way)
	}
	return out
}

// installations are the alternatives of one condition on a product: its directories, and its programs where they are elsewhere.
func (g *ground) installations(c scenario.Condition) [][]scenario.Condition {
	same := [][]scenario.Condition{{c}}
	if g.free && len(c.Values) == 1 && !c.Negated && !c.Stated && (c.Role == scenario.RoleUnstated || (c.Role == scenario.RoleProcess || c.Role == scenario.RoleParent) && c.Field == "") {
		if guess := g.unlisted(c.Values[0]); len(guess) > 0 {
			return g.inRoles(c, guess)
		}
	}
	if len(c.Values) != 1 || !c.Values[0].DisplayName() || c.Negated || c.Stated || c.Role != scenario.RoleUnstated && (c.Role != scenario.RoleProcess || c.Field != "") {
		return same
	}
	if g.platform == nil || g.platform.Product != "windows" {
		return same
	}
	var found [][]scenario.Condition
	for _, p := range scenario.LookupProduct(c.Values[0].Product, g.platform.Product) {
		if p.Confidence == scenario.Check {
			continue
		}
		p.Directory = withProfiles(p)
		if g.validates() {
			found = append(found, devicePlaces(p, c.Values[0])...)
			continue
		}
		found = append(found, places(p, c.Values[0])...)
		found = append(found, ownPrograms(p, c.Values[0])...)
		if len(p.Directory) > 0 && elsewhere(p) {
			found = append(found, []scenario.Condition{c})
		}
	}
	if len(found) == 0 && g.free {
		// The table knows its programs and no place of them.
		if guess := g.guess(c.Values[0]); len(guess) > 0 {
			return g.inRoles(c, guess)
		}
	}
	if field, _, ok := g.field(c.Role, ""); len(found) == 0 || ok && g.text(field) && g.restates(c.Values[0].Text) {
		return same
	}
	return g.inRoles(c, found)
}

// inRoles are ways to say where programs are, for every role that they can have beside the words of c.
func (g *ground) inRoles(c scenario.Condition, found [][]scenario.Condition) [][]scenario.Condition {
	roles := []scenario.Role{scenario.RoleProcess}
	if g.kind() == scenario.KindProcess && (c.Role == scenario.RoleUnstated || c.Role == scenario.RoleParent) { // "caused by x": by it, or by what it starts
		roles = append(roles, scenario.RoleParent)
	}
	if g.validates() {
		roles = []scenario.Role{scenario.RoleFile}
		if g.present(scenario.RoleProcess) != "" {
			roles = append(roles, scenario.RoleProcess)
		}
	}
	if loaded := g.present(scenario.RoleLoadedImage); loaded != "" && g.kind() == scenario.KindOther && !g.validates() {
		roles = append(roles, loaded) // what belongs to the product is loaded by others, too
	}
	if g.located { // the place is what is said: that of the file where files are what the rule is about
		switch g.family() {
		case loadFamily:
			roles = []scenario.Role{scenario.RoleLoadedImage}
		case fileFamily:
			roles = []scenario.Role{scenario.RoleFile}
		}
	}
	var out [][]scenario.Condition
	for _, role := range roles {
		for _, way := range found {
			if isProgramRole(role) && g.windowsOnly(role) && !systemPlace(way) {
				continue // the programs that the rule looks for are not among those of a product
			}
			var and []scenario.Condition
			for _, part := range way {
				part.Role, part.Phrase, part.Span, part.Open, part.Class = role, c.Phrase, c.Span, c.Open, c.Class
				and = append(and, part)
			}
			out = append(out, and)
		}
	}
	if len(out) == 0 {
		return [][]scenario.Condition{{c}}
	}
	return out
}

// systemPlace reports a way to say where programs are that names a place of the system itself.
func systemPlace(way []scenario.Condition) bool {
	for _, c := range way {
		for _, v := range c.Values {
			if ofWindows(v.Text) {
				return true
			}
		}
	}
	return false
}

func (g *ground) condition(group *Group, c scenario.Condition) {
	values := c.Values
	if len(values) == 0 && c.Open && g.fits(c) {
		values = c.Suggested
	}
	group.noteOpen(c, len(values) > 0)
	switch {
	case len(values) == 0 && c.Open && c.Class == scenario.ClassJob && len(g.schedulers(c.Phrase)) > 0:
		c.Role, c.Field, c.Operator, values = scenario.RoleParent, "", scenario.Is, g.schedulers(c.Phrase)
	case len(values) == 0 && c.Open, c.Role == scenario.RoleGroup:
		g.placeholder(group, c)
		return
	case len(values) == 0:
		switch {
		case c.Operator == scenario.Exists:
			group.open(c, "a test of mere presence is no exclusion")
		case c.Operator.Lacks():
			g.lacks(group, c)
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

// lacks adds the test for a field without a value: null where it is not there, the empty text where nothing is in it.
func (g *ground) lacks(group *Group, c scenario.Condition) {
	field, lost, ok := g.field(c.Role, c.Field)
	if !ok || c.Negated {
		group.open(c, "no field of "+g.rule.Logsource.String()+" holds it")
		return
	}
	test := Condition{Field: field, Modifier: null, Values: []string{}, Phrase: c.Phrase, Span: c.Span, Note: lost, Roles: []scenario.Role{c.Role}}
	if c.Operator == scenario.Empty {
		test.Modifier, test.Values = "", []string{""}
	}
	group.Conditions = append(group.Conditions, test)
}

// schedulers are the programs of a scheduler that a phrase about jobs names: "a cron job".
func (g *ground) schedulers(phrase string) []scenario.Value {
	if g.platform == nil {
		return nil
	}
	words := strings.FieldsFunc(strings.ToLower(phrase), func(r rune) bool { return strings.ContainsRune(" (),.", r) })
	for k := range words {
		for n := 2; n >= 1; n-- {
			if k+n > len(words) {
				continue
			}
			for _, p := range scenario.LookupProduct(strings.Join(words[k:k+n], " "), g.platform.Product) {
				if p.Kind == "scheduler" && len(p.Parents) > 0 {
					return []scenario.Value{{Text: p.Name, Shape: scenario.ShapeName, Product: p.Name}}
				}
			}
		}
	}
	return nil
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
		if known && g.text(field) && modifier != "re" && isProgramRole(role) {
			modifier = "contains" // somewhere in the text
			if v.Shape == scenario.ShapeFileName || v.Shape == scenario.ShapeWord || v.Cmdlet() {
				texts = []string{literal(v)}
			}
		}
		if !known && len(values) > 1 && !c.All && !c.Negated && !c.Stated {
			note = "`" + v.Text + "` is left out: what it leaves in an event is not known here"
			continue // one alternative less is narrower
		}
		if !known {
			group.open(c, "`"+v.Text+"` is a name for people; what it leaves in an event is not known here")
			return
		}
		if f, has := g.fieldOfLogs(field); has && f.Role == taxonomy.RoleCommandLine && modifier == "startswith" && c.Operator != scenario.StartsWith {
			modifier = "contains" // a path stands anywhere in a command line
		}
		if commandFields[field] && isProgramRole(role) && (modifier == "" || modifier == "startswith" || modifier == "endswith") && v.Shape != scenario.ShapeGlob {
			modifier = "contains" // quotation marks and arguments stand around the path
		}
		if byModifier[modifier] == nil {
			order = append(order, modifier)
		}
		byModifier[modifier] = append(byModifier[modifier], texts...)
	}
	if len(order) == 0 {
		group.open(c, "what its names leave in an event is not known here")
		return
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
