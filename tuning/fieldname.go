package tuning

import (
	"regexp"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning/scenario"
)

// This file finds the fields that words name, and those that hold what the rule itself looks for.

// fields are the names of fields for the reader of the prose.
func (g *ground) fields() scenario.Fields {
	return scenario.Fields{Named: g.fieldNamed, Open: g.platform == nil, Used: func(key string) string {
		if field := g.fieldNamed(key); g.used[field] {
			return field
		}
		return ""
	}}
}

// fieldNamed is the field of the log source that words name, written as one in small letters; "user agent" is `userAgent`.
func (g *ground) fieldNamed(key string) string {
	if g.names == nil {
		g.names = map[string]string{}
		add := func(name string) {
			lower := strings.ToLower(name)
			short := lower[strings.LastIndexByte(lower, '.')+1:]
			for _, k := range []string{squeezed(lower), squeezed(short)} {
				if _, taken := g.names[k]; !taken && len(k) > 2 {
					g.names[k] = name
				}
			}
		}
		shorten := func() {
			const shortest = 5 // "subject" of SubjectUserName says too little
			for _, key := range sortedKeys(g.names) {
				for _, rest := range []string{strings.TrimSuffix(key, "name"), strings.TrimSuffix(key, "text"), strings.TrimPrefix(key, "target"), strings.TrimPrefix(key, "subject")} {
					if _, taken := g.names[rest]; !taken && len(rest) >= shortest {
						g.names[rest] = g.names[key]
					}
				}
			}
		}
		for _, d := range g.rule.Detection.Named {
			d.Block.Each(func(i *rules.Item) {
				if i.Field != "" {
					add(i.Field)
				}
			})
		}
		if g.logs != nil {
			own := g.ofEvents(g.logs.Fields())
			for _, name := range own {
				if g.held(name) {
					add(name)
				}
			}
			if len(own) < len(g.logs.Fields()) {
				shorten()
			}
			for _, name := range g.logs.Fields() {
				if g.held(name) {
					add(name)
				}
			}
		}
		shorten()
	}
	if name, ok := strings.CutPrefix(key, "winlogeventdata"); ok {
		key = name
	}
	if key == "winlogeventid" {
		key = "eventid"
	}
	return g.names[key]
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func squeezed(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == '@' {
			return -1
		}
		return r
	}, name)
}

// holding is the field of the rule one of whose values, of several, the text repeats: an event id, the name of an operation.
func (g *ground) holding(v scenario.Value) string {
	if strings.HasPrefix(v.Text, `\\`) && g.known("ShareName") {
		return "ShareName"
	}
	field := ""
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d) != rules.Positive {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Field == "" || i.Negated || field != "" {
				return
			}
			for _, own := range i.Values {
				switch {
				case strings.EqualFold(own.Text, v.Text):
					field = i.Field
				case isOperation(own.Text) && isOperation(v.Text) && v.Product == "" && g.platform == nil:
					field = i.Field
				case (i.Field == "Image" || i.Field == "NewProcessName") && v.Quoted && strings.EqualFold(strings.TrimSuffix(strings.ToLower(baseName(own.Text)), ".exe"), strings.TrimSuffix(v.Text, ".exe")):
					field = i.Field
				}
			}
		})
	}
	return field
}

// looksFor is the field in which the rule looks for a program of this name, other than that of the process itself.
func (g *ground) looksFor(v scenario.Value) string {
	field := ""
	name := strings.TrimSuffix(strings.ToLower(baseName(v.Text)), ".exe")
	for _, d := range g.rule.Detection.Named {
		if g.rule.Detection.Polarity(d) != rules.Positive {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			for _, own := range i.Values {
				if i.Field != "" && !i.Negated && strings.TrimSuffix(strings.ToLower(baseName(strings.Trim(own.Text, "*"))), ".exe") == name && i.Field != "Image" && i.Field != "SourceImage" && i.Field != "ProcessName" {
					field = i.Field
				}
			}
		})
	}
	return field
}

// operation is the name of a call of a cloud: a verb and what it is done to, in one word.
var operation = regexp.MustCompile(`^(?:Accept|Add|Assign|Associate|Assume|Attach|Authorize|Cancel|Change|Console|Copy|Create|Delete|Deregister|Describe|Detach|Disable|Disassociate|Enable|Execute|Export|Generate|Get|Import|Invoke|Issue|List|Lookup|Modify|Publish|Put|Reboot|Register|Reject|Remove|Reset|Restore|Revoke|Run|Send|Set|Start|Stop|Switch|Tag|Terminate|Untag|Update|Upload)(?:[A-Z][a-z0-9]*)+$`)

func isOperation(text string) bool { return operation.MatchString(text) }

// written reports a field that the text writes as a query does and that the events of a service may have, although no table knows it.
func (g *ground) written(name string) bool {
	return g.known(name) || g.rule.Logsource.Category.Value == "" && (g.platform == nil || g.platform.Product != "windows") && name == strings.ToLower(name)
}

// known reports a field that the log source or the rule has.
func (g *ground) known(name string) bool {
	if g.used[name] {
		return true
	}
	if g.logs == nil {
		return false
	}
	_, ok := g.logs.Field(name)
	return ok && g.held(name)
}

// roleOfField is what a field holds, as the prose would call it.
func (g *ground) roleOfField(name string) scenario.Role {
	if g.logs == nil {
		return scenario.RoleField
	}
	f, _ := g.logs.Field(name)
	for role, candidates := range fieldRoles {
		if len(candidates) > 0 && candidates[0].role == f.Role && f.Role != taxonomy.NoRole && f.Role != taxonomy.RoleMetadata && role != scenario.RoleUnstated && role != scenario.RoleIP && role != scenario.RoleDirectory && role != scenario.RoleJob {
			if role == scenario.RoleScript {
				return scenario.RoleCommandLine
			}
			return role
		}
	}
	return scenario.RoleField
}

// fieldOf is the field that the text names for a mention, or the one that holds its value in the rule.
func (g *ground) fieldOf(m scenario.Mention) string {
	if m.Field != "" {
		if m.Role != "" && !g.written(m.Field) {
			return ""
		}
		for _, prefix := range []string{"winlog.event_data.", "event_data.", "EventData."} {
			if name, ok := strings.CutPrefix(m.Field, prefix); ok {
				return name
			}
		}
		return m.Field
	}
	if m.Role == "" && m.Part == scenario.Object && !m.Operator.Lacks() && g.family() != processFamily && g.sortOf(m) == programName {
		if field := g.looksFor(m.Value); field != "" {
			return field
		}
	}
	if m.Role == "" && !m.Operator.Lacks() && (!m.Value.Shape.Located() || strings.HasPrefix(m.Value.Text, `\\`)) {
		return g.holding(m.Value)
	}
	return ""
}
