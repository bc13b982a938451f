package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// Shapes that occur several times.
var (
	selections = shape{kind: aList, of: &shape{kind: aSelection}}
	patterns   = shape{kind: aList, of: &shape{kind: aText}}
	severities = shape{kind: aDict, names: &shape{kind: aCheck}, of: &shape{kind: aWord, words: []string{"error", "warning", "info"}}}
	uuid       = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	namespace  = regexp.MustCompile(`^[a-z0-9_-]+$`)
	part       = shape{kind: aText}
	logsource  = shape{kind: aMap, keys: []key{{"product", part}, {"category", part}, {"service", part}}}
)

func said(s shape, meaning string) shape {
	s.meaning = meaning
	return s
}

// top is the shape of the whole file. The options of checks are added from their declarations.
func top(all []*lint.Check) *shape {
	options := shape{kind: aMap, meaning: "options of single checks, below their name"}
	for _, c := range all {
		if len(c.Options) == 0 {
			continue
		}
		one := shape{kind: aMap, meaning: c.Doc.Title}
		for _, o := range c.Options {
			one.keys = append(one.keys, key{o.Name, optionShape(o)})
		}
		options.keys = append(options.keys, key{c.Name, one})
	}
	return &shape{kind: aMap, keys: []key{
		{"profile", shape{kind: aWord, words: []string{"recommended", "sigmahq", "strict"}, meaning: "the set of checks to start from"}},
		{"select", said(selections, "checks on top of the profile: codes, names, families or ALL")},
		{"ignore", said(selections, "checks that do not run: codes, names or families")},
		{"severity", said(severities, "another severity for a check; not for family 00")},
		{"fail-on", shape{kind: aWord, words: []string{"error", "warning", "info", "never"}, meaning: "the lowest severity that makes the run fail"}},
		{"exclude", said(patterns, "files that are not linted: patterns from the directory of this file, `**` for any directories")},
		{"baseline", shape{kind: aText, meaning: "path of a baseline, from the directory of this file"}},
		{"overrides", shape{kind: aList, meaning: "other decisions for some directories; the last one that fits wins", of: &shape{kind: aMap, need: []string{"paths"}, keys: []key{
			{"paths", said(patterns, "patterns from the directory of this file")},
			{"ignore", said(selections, "checks that do not run there")},
			{"severity", said(severities, "another severity there")},
		}}}},
		{"exclusions", shape{kind: aList, meaning: "checks that are silent for single rules", of: &shape{kind: aMap, need: []string{"rule", "checks"}, keys: []key{
			{"rule", shape{kind: aText, pattern: uuid, meaning: "the id of a rule"}},
			{"checks", shape{kind: aList, of: &shape{kind: aCheck}, meaning: "codes or names"}},
			{"reason", shape{kind: aText, meaning: "why"}},
			{"until", shape{kind: aDate, meaning: "the last day of the exclusion"}},
		}}}},
		{"suppressions", shape{kind: aMap, meaning: "what comments in rules may do", keys: []key{
			{"inline", shape{kind: aBool, meaning: "whether `# sigtune:ignore` comments count (default true)"}},
			{"forbid", shape{kind: aList, of: &shape{kind: aCheck}, meaning: "checks that no comment may silence"}},
			{"require-reason", shape{kind: aBool, meaning: "whether a comment without a reason counts for nothing"}},
		}}},
		{"tags", shape{kind: aMap, meaning: "tags of your own", keys: []key{
			{"namespaces", shape{kind: aList, of: &shape{kind: aText, pattern: namespace, meaning: "a namespace in lower case"}, meaning: "tag namespaces of your own"}},
		}}},
		{"taxonomy", shape{kind: aText, meaning: "path of a file of `sigtune learn`, from the directory of this file: log sources and fields of your own rules"}},
		{"logsources", shape{kind: aList, of: &logsource, meaning: "log sources of your own"}},
		{"attributes", shape{kind: aMap, meaning: "top-level keys of your own", keys: []key{
			{"allow", shape{kind: aList, of: &shape{kind: aText}, meaning: "names of keys"}},
		}}},
		{"options", options},
		{"fields", shape{kind: aMap, meaning: "what the fields of your events hold, for proofs", keys: []key{
			{"domains", shape{kind: aList, meaning: "what values of fields look like", of: &shape{kind: aMap, need: []string{"fields"}, keys: []key{
				{"name", shape{kind: aText, meaning: "a name for messages"}},
				{"logsource", said(logsource, "where it holds; parts that are left out fit any")},
				{"fields", shape{kind: aList, of: &shape{kind: aText}, meaning: "field names; `*` is any run of characters"}},
				{"expression", shape{kind: aText, meaning: "regular expression of the whole value; left out, the fields are free"}},
				{"assuming", shape{kind: aText, meaning: "what is assumed, for messages: `names without a directory`"}},
			}}}},
			{"lists", shape{kind: aList, meaning: "whether fields hold several values at once", of: &shape{kind: aMap, need: []string{"fields", "several"}, keys: []key{
				{"logsource", said(logsource, "where it holds; parts that are left out fit any")},
				{"fields", shape{kind: aList, of: &shape{kind: aText}, meaning: "field names; `*` is any run of characters"}},
				{"several", shape{kind: aBool, meaning: "whether one event can hold several values"}},
			}}}},
		}}},
		{"limits", shape{kind: aMap, meaning: "how large a file may be", keys: []key{
			{"bytes", shape{kind: aNumber, min: 1024, max: 1 << 30, meaning: "size of a file in bytes (default 4194304)"}},
			{"depth", shape{kind: aNumber, min: 4, max: 1000, meaning: "nesting of collections (default 64)"}},
			{"nodes", shape{kind: aNumber, min: 100, max: 10_000_000, meaning: "nodes of a document, aliases expanded (default 100000)"}},
			{"documents", shape{kind: aNumber, min: 1, max: 1_000_000, meaning: "documents of a file (default 5000)"}},
		}}},
	}}
}

func optionShape(o lint.Option) shape {
	s := shape{meaning: o.Meaning}
	switch o.Default.(type) {
	case int:
		s.kind, s.min, s.max = aNumber, o.Min, o.Max
	case bool:
		s.kind = aBool
	case []string:
		s.kind, s.of = aList, &shape{kind: aText}
	default:
		s.kind = aText
	}
	return s
}

// Read reads a configuration that was found: ours, or one of pySigma, which is known by its key `validators`. It may have come with the rules, so
// the files that it names have to lie in its repository, or below its directory where there is none. With problems the Config holds what could be
// read and is of no use but for showing.
func Read(file *source.File, all []*lint.Check) (*Config, []source.Problem) {
	return readAs(file, all, false)
}

// ReadNamed is Read for a configuration that the user named: it may name any file.
func ReadNamed(file *source.File, all []*lint.Check) (*Config, []source.Problem) {
	return readAs(file, all, true)
}

func readAs(file *source.File, all []*lint.Check, named bool) (*Config, []source.Problem) {
	c := Default()
	c.File = file
	problems := slices.Clone(file.Problems)
	problems = slices.DeleteFunc(problems, func(p source.Problem) bool { return p.Kind == source.KindEmptyDocument || repeatedExclusion(file, p) })
	if len(problems) > 0 || len(file.Documents) == 0 || file.Documents[0].Root == nil || file.Documents[0].Root.IsNull() {
		return c, problems
	}
	root := file.Documents[0].Root
	if len(file.Documents) > 1 {
		return c, append(problems, source.Problem{Span: file.Documents[1].Span, Message: "a configuration is one document; this is a second one", Help: "put both into one"})
	}
	r := reader{all: all, file: file, named: named}
	if root.Kind == source.Map && root.Find("validators") != nil {
		r.pySigma(root, c)
		return c, r.problems
	}
	if !r.check(root, top(all), "") {
		return c, r.problems
	}
	r.fill(root, c)
	return c, r.problems
}

// fill takes over a map that has its shape.
func (r *reader) fill(root *source.Node, c *Config) {
	c.Profile, c.FailOn, c.Baseline = text(root, "profile"), text(root, "fail-on"), text(root, "baseline")
	if n := root.Find("baseline"); n != nil && c.Baseline != "" && !r.reaches(n, c, c.BaselinePath()) {
		c.Baseline = ""
	}
	c.Select, c.Ignore, c.Exclude = texts(root, "select"), texts(root, "ignore"), texts(root, "exclude")
	c.Severity = r.severities(root.Find("severity"))
	for _, n := range items(root, "overrides") {
		c.Overrides = append(c.Overrides, Override{Paths: texts(n, "paths"), Ignore: texts(n, "ignore"), Severity: r.severities(n.Find("severity"))})
	}
	for _, n := range items(root, "exclusions") {
		e := &Exclusion{Rule: text(n, "rule"), Reason: text(n, "reason"), Span: n.Span}
		if until := text(n, "until"); until != "" {
			e.Until, _ = time.Parse(time.DateOnly, until)
		}
		e.Checks = r.checks(n.Find("checks"), "an exclusion")
		c.Exclusions = append(c.Exclusions, e)
	}
	if n := root.Find("suppressions"); n != nil {
		c.Policy.Inline = text(n, "inline") != "false"
		c.Policy.RequireReason = text(n, "require-reason") == "true"
		c.Policy.Forbid = r.checks(n.Find("forbid"), "")
	}
	if n := root.Find("tags"); n != nil {
		c.Namespaces = texts(n, "namespaces")
	}
	if n := root.Find("taxonomy"); n != nil {
		r.learned(n, c)
	}
	for _, n := range items(root, "logsources") {
		c.Logsources = append(c.Logsources, keyOf(n))
	}
	if n := root.Find("attributes"); n != nil {
		c.Attributes = texts(n, "allow")
	}
	if n := root.Find("options"); n != nil {
		r.options(n, c)
	}
	if n := root.Find("fields"); n != nil {
		r.fields(n, c)
	}
	if n := root.Find("limits"); n != nil {
		c.Limits = source.Limits{Bytes: number(n, "bytes"), Depth: number(n, "depth"), Nodes: number(n, "nodes"), Documents: number(n, "documents")}
	}
}

// checks gives the names of checks that are named by code or name. What says in messages who names them; those of family 00 cannot be named
// there unless it is empty.
func (r *reader) checks(n *source.Node, what string) []string {
	if n == nil {
		return nil
	}
	var names []string
	for _, item := range n.Items {
		c := lint.Find(r.all, item.Value)
		if what != "" && !lint.Suppressible(c) {
			r.report(item, fmt.Sprintf("%s cannot silence `%s`", what, c.Name), "repair the rule")
			continue
		}
		names = append(names, c.Name)
	}
	return names
}

func (r *reader) severities(n *source.Node) map[string]lint.Severity {
	if n == nil {
		return nil
	}
	out := map[string]lint.Severity{}
	for _, e := range n.Entries {
		c := lint.Find(r.all, e.Key.Value)
		if c.Family() == "00" {
			r.report(e.Key, fmt.Sprintf("the severity of `%s` cannot be changed", c.Name), "problems of the run itself are always errors")
			continue
		}
		if _, twice := out[c.Name]; twice {
			r.report(e.Key, fmt.Sprintf("`%s` is named twice, by code and by name", c.Name), "keep one")
		}
		out[c.Name], _ = lint.ParseSeverity(e.Value.Value)
	}
	return out
}

func (r *reader) options(n *source.Node, c *Config) {
	c.Options = map[string]map[string]any{}
	for _, e := range n.Entries {
		check := lint.Find(r.all, e.Key.Value)
		values := map[string]any{}
		for _, o := range check.Options {
			v := e.Value.Find(o.Name)
			if v == nil {
				continue
			}
			switch o.Default.(type) {
			case int:
				values[o.Name] = number(e.Value, o.Name)
			case bool:
				values[o.Name] = v.Value == "true"
			case []string:
				values[o.Name] = texts(e.Value, o.Name)
			default:
				values[o.Name] = v.Value
			}
		}
		c.Options[check.Name] = values
	}
}

func (r *reader) fields(n *source.Node, c *Config) {
	var rows [2][]*source.Node
	rows[0], rows[1] = items(n, "domains"), items(n, "lists")
	for _, row := range rows[0] {
		c.Fields.Domains = append(c.Fields.Domains, domain.DomainSetting{
			Name: text(row, "name"), Logsource: keyOf(row.Find("logsource")), Fields: texts(row, "fields"), Expression: text(row, "expression"), Assuming: text(row, "assuming"),
		})
	}
	for _, row := range rows[1] {
		c.Fields.Lists = append(c.Fields.Lists, domain.ListSetting{Logsource: keyOf(row.Find("logsource")), Fields: texts(row, "fields"), Several: text(row, "several") == "true"})
	}
	if _, err := c.Fields.Table(); err != nil {
		r.report(n, firstLine(err.Error()), "correct the row")
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func text(n *source.Node, key string) string {
	if v := n.Find(key); v != nil && v.Kind == source.Scalar {
		return v.Value
	}
	return ""
}

func texts(n *source.Node, key string) []string {
	var out []string
	for _, item := range items(n, key) {
		out = append(out, item.Value)
	}
	return out
}

func items(n *source.Node, key string) []*source.Node {
	if v := n.Find(key); v != nil {
		return v.Items
	}
	return nil
}

func number(n *source.Node, key string) int {
	v, _ := strconv.Atoi(text(n, key))
	return v
}

func keyOf(n *source.Node) taxonomy.Key {
	if n == nil {
		return taxonomy.Key{}
	}
	return taxonomy.Key{Product: text(n, "product"), Category: text(n, "category"), Service: text(n, "service")}
}
