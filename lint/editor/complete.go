package editor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/attack"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// ProposalKind is what a proposal stands for.
type ProposalKind int

// The kinds.
const (
	KeyProposal ProposalKind = iota
	WordProposal
	FieldProposal
	ModifierProposal
	IdentifierProposal
	OperatorProposal
	TagProposal
)

// Proposal is something that can stand at the cursor. Proposals come the likeliest first.
type Proposal struct {
	Kind   ProposalKind
	Label  string
	Detail string      // a few words beside it
	Text   string      // to write; empty means the label
	Span   source.Span // what it replaces
	Filter string      // what typed text is compared with; empty means the label
}

// Complete proposes what can stand at an offset of a text that need not parse.
func (w World) Complete(data []byte, offset int) []Proposal {
	if offset < 0 || offset > len(data) {
		return nil
	}
	c := completion{World: w, Outline: OutlineAt(data, offset), offset: offset}
	for _, row := range places {
		if row.fits(&c.Outline) {
			return row.propose(&c)
		}
	}
	return nil
}

type completion struct {
	World
	Outline
	offset int
}

// places are the places at which something is proposed; the first that fits counts.
var places = []struct {
	fits    func(*Outline) bool
	propose func(*completion) []Proposal
}{
	{inside(true, false), (*completion).topKeys},
	{inside(false, false, "status"), words("status")},
	{inside(false, false, "level"), words("level")},
	{inside(true, true, "tags"), (*completion).tags},
	{inside(true, false, "logsource"), keys(logsourceKeys)},
	{inside(false, false, "logsource", "*"), (*completion).logsourceValues},
	{func(o *Outline) bool { return o.at("related", "type") && !o.Key }, values(relatedTypes)},
	{inside(true, false, "correlation"), keys(correlationKeys)},
	{inside(false, false, "correlation", "type"), values(correlationTypes)},
	{func(o *Outline) bool {
		return len(o.Path) == 2 && inDetection(o) && o.Path[1] == "condition" && (!o.Key || o.Item)
	}, (*completion).condition},
	{inside(true, false, "detection"), (*completion).identifiers},
	{func(o *Outline) bool { return len(o.Path) == 2 && inDetection(o) && o.Key }, (*completion).items},
	{func(o *Outline) bool { return len(o.Path) == 3 && inDetection(o) && (!o.Key || o.Item) }, (*completion).fieldValues},
}

func inDetection(o *Outline) bool {
	return len(o.Path) > 0 && (o.Path[0] == "detection" || o.Path[0] == "filter")
}

func (o *Outline) at(path ...string) bool { return slices.Equal(o.Path, path) }

// inside reports a key, or a value, below a path; `*` is any key.
func inside(key, item bool, path ...string) func(*Outline) bool {
	return func(o *Outline) bool {
		if o.Key != key || o.Item != item || len(o.Path) != len(path) {
			return false
		}
		for i, p := range path {
			if p != "*" && p != o.Path[i] {
				return false
			}
		}
		return true
	}
}

func (c *completion) topKeys() []Proposal {
	sigma := c.Keys["detection"] || c.Keys["logsource"] || c.Keys["correlation"]
	for key := range c.Keys {
		if _, known := attributeOf(key); !known && !sigma && key != c.Text {
			return nil // a file of something else
		}
	}
	var out []Proposal
	for _, a := range attributes {
		if !c.Keys[a.name] || a.name == c.Text {
			out = append(out, c.key(a.name, a.meaning))
		}
	}
	return out
}

// key proposes a key with the colon behind it.
func (c *completion) key(name, meaning string) Proposal {
	p := Proposal{Kind: KeyProposal, Label: name, Detail: meaning, Text: name, Span: c.Word}
	if !c.Colon {
		p.Text += ":"
	}
	return p
}

func keys(list []value) func(*completion) []Proposal {
	return func(c *completion) (out []Proposal) {
		for _, v := range list {
			if !c.Siblings[v.name] {
				out = append(out, c.key(v.name, v.meaning))
			}
		}
		return out
	}
}

func words(attribute string) func(*completion) []Proposal {
	return func(c *completion) []Proposal {
		a, _ := attributeOf(attribute)
		return values(a.values)(c)
	}
}

func values(list []value) func(*completion) []Proposal {
	return func(c *completion) (out []Proposal) {
		for _, v := range list {
			out = append(out, Proposal{Kind: WordProposal, Label: v.name, Detail: v.meaning, Span: c.Word})
		}
		return out
	}
}

// logsourceValues are the values of one part that go with the parts that are set, those of many rules first.
func (c *completion) logsourceValues() []Proposal {
	table := c.World.Taxonomy
	if table == nil {
		table = taxonomy.Default()
	}
	part := c.Path[1]
	pick := func(k taxonomy.Key) (value string, fits bool) {
		fits = true
		for _, row := range []struct {
			name, has, wanted string
		}{{"product", k.Product, c.Product}, {"category", k.Category, c.Category}, {"service", k.Service, c.Service}} {
			if row.name == part {
				value = row.has
			} else if row.wanted != "" && row.has != "" && !strings.EqualFold(row.has, row.wanted) {
				fits = false
			} else if row.wanted != "" && row.has == "" && row.name != "service" {
				fits = false
			}
		}
		return value, fits && value != ""
	}
	count := map[string]int{}
	for _, k := range table.Logsources() {
		if v, ok := pick(k); ok {
			if l, ok := table.Get(k); ok {
				count[v] += l.Rules
			}
			count[v] += 0
		}
	}
	var out []Proposal
	for _, name := range taxonomy.Names(count) {
		p := Proposal{Kind: WordProposal, Label: name, Span: c.Word}
		if count[name] > 0 {
			p.Detail = rulesWords(count[name])
		}
		out = append(out, p)
	}
	return out
}

// identifiers are names for a new identifier, and the condition.
func (c *completion) identifiers() []Proposal {
	var out []Proposal
	for _, v := range []value{
		{"selection", "what the rule looks for"}, {"filter_main_", "what the system itself does"}, {"filter_optional_", "what products do that not every site has"},
		{"condition", "how the identifiers are joined"},
	} {
		if !c.Siblings[v.name] {
			out = append(out, c.key(v.name, v.meaning))
		}
	}
	for i, p := range out {
		if strings.HasSuffix(p.Label, "_") {
			out[i].Text = p.Label
		}
	}
	return out
}

// items are the fields of the log source, and behind a bar the modifiers that may follow.
func (c *completion) items() []Proposal {
	if bar := strings.LastIndexByte(c.Text, '|'); bar >= 0 {
		return c.modifiers(strings.Split(c.Text[:bar], "|"), source.Span{Start: c.Word.Start + bar + 1, End: c.Word.End})
	}
	if c.Outline.Taxonomy != "" && c.Outline.Taxonomy != "sigma" {
		return nil
	}
	l, _ := c.lookup(c.Product, c.Category, c.Service)
	if l == nil {
		return nil
	}
	var out []Proposal
	for _, name := range l.Fields() {
		field, _ := l.Field(name)
		p := Proposal{Kind: FieldProposal, Label: name, Detail: strings.TrimSpace(types[field.Type]), Span: c.Word}
		if field.Count > 0 {
			p.Detail = strings.TrimPrefix(p.Detail+", "+rulesWords(field.Count), ", ")
		}
		out = append(out, p)
	}
	return out
}

// likely are the modifiers that values of a type usually take, the likeliest first.
var likely = map[taxonomy.Type][]string{
	taxonomy.Image: {"endswith", "contains", "startswith"}, taxonomy.Path: {"contains", "endswith", "startswith"}, taxonomy.CommandLine: {"contains", "all", "re"},
	taxonomy.IP: {"cidr"}, taxonomy.Int: {"gte", "gt", "lte", "lt"}, taxonomy.Port: {"gte", "gt", "lte", "lt"}, taxonomy.Registry: {"contains", "endswith"},
	taxonomy.DateTime: {"hour", "day", "week"},
}

// modifiers are those that may follow the ones that are there. The parser decides, so that nothing is proposed that it refuses.
func (c *completion) modifiers(parts []string, span source.Span) []Proposal {
	first := []string{"contains", "endswith", "startswith"}
	if l, _ := c.lookup(c.Product, c.Category, c.Service); l != nil {
		if field, ok := l.Field(parts[0]); ok && likely[field.Type] != nil {
			first = likely[field.Type]
		}
	}
	var out, rest []Proposal
	for _, m := range rules.Modifiers {
		if slices.Contains(parts[1:], m.Name) || !accepted(append(slices.Clone(parts), m.Name)) {
			continue
		}
		p := Proposal{Kind: ModifierProposal, Label: m.Name, Detail: m.Effect, Span: span}
		if slices.Contains(first, m.Name) {
			out = append(out, p)
		} else {
			rest = append(rest, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Proposal) int { return slices.Index(first, a.Label) - slices.Index(first, b.Label) })
	return append(out, rest...)
}

// refusals are the problems that a chain of modifiers can have. The others are about values.
var refusals = map[string]bool{
	rules.KindUnknownModifier: true, rules.KindModifierOrder: true, rules.KindIncompatibleModifiers: true,
}

// accepted asks the parser about a chain of modifiers. A chain that only lacks something behind it is accepted.
func accepted(parts []string) bool {
	key := "field|" + strings.Join(parts[1:], "|")
	text := fmt.Sprintf("detection:\n    s:\n        %s: 'a'\n    condition: s\n", source.Quote(key))
	documents, _ := rules.Parse(source.Parse("", []byte(text), source.Limits{}))
	if len(documents) != 1 {
		return false
	}
	for _, p := range documents[0].Base().Problems {
		if refusals[p.Kind] {
			return false
		}
	}
	return true
}

// fieldValues are the values that a log source fixes, and those of `exists`.
func (c *completion) fieldValues() []Proposal {
	field, modifiers, _ := strings.Cut(c.Path[2], "|")
	if slices.Contains(strings.Split(modifiers, "|"), "exists") {
		return values([]value{{"true", "the field is present"}, {"false", "the field is absent"}})(c)
	}
	l, _ := c.lookup(c.Product, c.Category, c.Service)
	if l == nil {
		return nil
	}
	var out []Proposal
	for _, v := range l.Implied(field) {
		out = append(out, Proposal{Kind: WordProposal, Label: v, Detail: "fixed by the log source", Span: c.Word})
	}
	return out
}

// condition proposes identifiers, the patterns that stand for several of them, and the words between them.
func (c *completion) condition() []Proposal {
	start := strings.LastIndexAny(c.Text, " ()") + 1
	span := source.Span{Start: c.Word.Start + start, End: c.Word.End}
	before := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(c.Text[:start]))
	last := ""
	if len(before) > 0 {
		last = strings.ToLower(before[len(before)-1])
	}
	var out []Proposal
	names := func() {
		for _, name := range c.Identifiers {
			out = append(out, Proposal{Kind: IdentifierProposal, Label: name, Span: span})
		}
	}
	operators := func(list ...value) {
		for _, v := range list {
			out = append(out, Proposal{Kind: OperatorProposal, Label: v.name, Detail: v.meaning, Span: span})
		}
	}
	switch {
	case last == "of":
		for _, p := range patterns(c.Identifiers) {
			out = append(out, Proposal{Kind: IdentifierProposal, Label: p, Detail: fmt.Sprintf("%d identifiers", countMatches(p, c.Identifiers)), Span: span})
		}
		operators(value{"them", "every identifier that does not begin with `_`"})
		names()
	case last == "1" || last == "all" || last == "any":
		operators(value{"of", ""})
	case last == "" || last == "and" || last == "or" || last == "not" || last == "(":
		names()
		for _, p := range append(patterns(c.Identifiers), "them") {
			operators(value{"1 of " + p, "at least one"}, value{"all of " + p, "every one"})
		}
		if last != "not" {
			operators(value{"not", ""})
		}
	default:
		operators(value{"and", ""}, value{"or", ""}, value{"and not", ""})
	}
	return out
}

// patterns are the beginnings that several identifiers share, up to an underscore.
func patterns(names []string) []string {
	count := map[string]int{}
	var order []string
	for _, name := range names {
		for i, r := range name {
			if r == '_' && i > 0 {
				p := name[:i+1] + "*"
				if count[p] == 0 {
					order = append(order, p)
				}
				count[p]++
			}
		}
	}
	return order
}

func countMatches(pattern string, names []string) (n int) {
	for _, name := range names {
		if rules.MatchName(pattern, name) {
			n++
		}
	}
	return n
}

// otherTags begin or are the tags outside ATT&CK.
var otherTags = []value{
	{"cve.", "a CVE: cve.YEAR-NUMBER"}, {"d3fend.", "a countermeasure"}, {"car.", "an analytic of MITRE CAR"}, {"detection.threat-hunting", "for hunting, not for alerts"},
	{"detection.dfir", "for forensics"}, {"detection.emerging-threats", "about a campaign of the day"}, {"tlp.clear", "may be passed on freely"}, {"tlp.green", "for the community"},
	{"tlp.amber", "for the organisation"}, {"tlp.red", "for the reader only"}, {"stp.", "Summiting the Pyramid"},
}

// tags are the live tactics and techniques of ATT&CK with their names, and the other vocabularies. Typing the name finds the tag.
func (c *completion) tags() []Proposal {
	var out []Proposal
	add := func(tag, detail string) {
		if !c.Tags[tag] || tag == c.Text {
			out = append(out, Proposal{Kind: TagProposal, Label: tag, Detail: detail, Span: c.Word, Filter: tag + " " + detail})
		}
	}
	begun := func(prefix string) bool { return strings.HasPrefix(strings.ToLower(c.Text), prefix) } // there are too many for every list
	var techniques []attack.Object
	seen := map[string]bool{}
	for _, o := range attack.Bundled().Objects() {
		switch {
		case o.Status != attack.Live:
		case o.Kind == attack.Tactic && !seen[o.Shortname]:
			seen[o.Shortname] = true
			add("attack."+o.Shortname, o.Name)
		case o.Kind == attack.Technique, o.Kind == attack.Group && begun("attack.g"), o.Kind == attack.Software && begun("attack.s"):
			techniques = append(techniques, o)
		}
	}
	for _, v := range otherTags {
		add(v.name, v.meaning)
	}
	for _, o := range techniques {
		name := o.Name
		if parent, ok := attack.Lookup(attack.Parent(o.ID)); ok {
			name = parent.Name + ": " + name
		}
		add("attack."+strings.ToLower(o.ID), name)
	}
	return out
}
