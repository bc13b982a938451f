package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

// Modifier is one `|name` of an item's key.
type Modifier struct {
	Name    string // canonical; as written when unknown
	Written string
	Span    source.Span
	Known   bool
	role    role
}

// role is what a modifier does in the chain. Only one of the deciding roles (regex and below) may stand in a chain.
type role uint8

const (
	roleShape    role = iota // contains, startswith, endswith
	roleList                 // all, neq: position in the chain is irrelevant
	roleCase                 // cased
	roleEncode               // base64, base64offset, utf16…
	roleDash                 // windash
	roleExpand               // expand
	roleFlag                 // i, m, s: behind re
	roleRegex                // re
	roleCIDR                 // cidr
	roleExists               // exists
	roleCompare              // lt, lte, gt, gte
	roleTime                 // minute … year
	roleFieldRef             // fieldref
)

// ModifierInfo is a row of the modifier table.
type ModifierInfo struct {
	Name    string
	Aliases []string // spellings of pySigma that mean the same
	Effect  string   // one line, for people
	role    role
}

// Modifiers is every modifier of the specification 2.1.0 and of pySigma 1.5.
var Modifiers = []ModifierInfo{
	{"contains", nil, "the value occurs anywhere in the field", roleShape},
	{"startswith", nil, "the field begins with the value", roleShape},
	{"endswith", nil, "the field ends with the value", roleShape},
	{"all", nil, "every value of the list must hold, not just one", roleList},
	{"neq", nil, "the item holds when the value does not; also when the field is absent", roleList},
	{"cased", nil, "upper and lower case differ", roleCase},
	{"base64", nil, "the value is encoded as Base64 first", roleEncode},
	{"base64offset", nil, "the value is encoded as Base64 at all three offsets", roleEncode},
	{"utf16le", []string{"wide"}, "the value is encoded as UTF-16 little-endian", roleEncode},
	{"utf16be", nil, "the value is encoded as UTF-16 big-endian", roleEncode},
	{"utf16", nil, "the value is encoded as UTF-16 with byte order mark", roleEncode},
	{"windash", nil, "a leading dash of a flag also matches `/` and Unicode dashes", roleDash},
	{"expand", nil, "`%name%` is filled in from the environment", roleExpand},
	{"re", nil, "the value is a regular expression, searched without anchors", roleRegex},
	{"i", []string{"ignorecase"}, "the regular expression ignores case", roleFlag},
	{"m", []string{"multiline"}, "`^` and `$` match at line breaks", roleFlag},
	{"s", []string{"dotall"}, "`.` matches line breaks", roleFlag},
	{"cidr", nil, "the field is an address inside the network", roleCIDR},
	{"exists", nil, "the field is present, or not", roleExists},
	{"lt", nil, "less than", roleCompare},
	{"lte", nil, "at most", roleCompare},
	{"gt", nil, "greater than", roleCompare},
	{"gte", nil, "at least", roleCompare},
	{"minute", nil, "the minute of a time", roleTime},
	{"hour", nil, "the hour of a time", roleTime},
	{"day", nil, "the day of the month of a time", roleTime},
	{"week", nil, "the ISO week of a time", roleTime},
	{"month", nil, "the month of a time", roleTime},
	{"year", nil, "the year of a time", roleTime},
	{"fieldref", nil, "the value is the name of another field of the event", roleFieldRef},
}

var modifierByName = func() map[string]ModifierInfo {
	m := map[string]ModifierInfo{}
	for _, info := range Modifiers {
		m[info.Name] = info
		for _, alias := range info.Aliases {
			m[alias] = info
		}
	}
	return m
}()

// LookupModifier finds a modifier by its exact name or alias.
func LookupModifier(name string) (ModifierInfo, bool) {
	info, ok := modifierByName[name]
	return info, ok
}

func newModifier(written string, span source.Span) Modifier {
	info, ok := modifierByName[written]
	if !ok {
		return Modifier{Name: written, Written: written, Span: span}
	}
	return Modifier{Name: info.Name, Written: written, Span: span, Known: true, role: info.role}
}

// Kinds of problems with modifiers, by the names of their checks.
const (
	KindUnknownModifier       = "unknown-modifier"
	KindModifierOrder         = "modifier-order"
	KindIncompatibleModifiers = "incompatible-modifiers"
	KindOffsetWithoutContains = "base64offset-without-contains"
)

// chain is the checked chain of modifiers of one item.
type chain struct {
	modifiers []Modifier // without all and neq
	all       bool
	negated   bool
	decider   *Modifier // re, cidr, exists, a comparison, a time part or fieldref
	compare   *Modifier // a comparison behind a time part
	invalid   string    // why the chain has no meaning
}

// allowed says which roles may stand behind a deciding modifier.
var allowed = map[role][]role{
	roleRegex:    {roleFlag, roleShape, roleExpand},
	roleCIDR:     {roleExpand},
	roleExists:   {},
	roleCompare:  {},
	roleTime:     {roleCompare},
	roleFieldRef: {roleShape, roleCase},
}

// readChain checks the modifiers of an item once, for all its values.
func readChain(h *Head, i *Item) *chain {
	c := &chain{}
	for k := range i.Modifiers {
		m := &i.Modifiers[k]
		switch {
		case !m.Known:
			c.unknown(h, i, m)
		case m.Name == "all":
			c.all = true
		case m.Name == "neq":
			c.negated = true
		default:
			c.modifiers = append(c.modifiers, *m)
		}
	}
	c.decide(h, i)
	c.checkOffset(h, i)
	c.checkEncodings(h)
	return c
}

// maxEncodings bounds the encodings of one item: each `base64offset` triples the fragments. Published rules have two
// (`wide|base64offset`), malware rarely more than three layers.
const maxEncodings = 6

func (c *chain) checkEncodings(h *Head) {
	count := 0
	for _, m := range c.modifiers {
		if m.role != roleEncode {
			continue
		}
		if count++; count > maxEncodings {
			h.report(Problem{
				Kind: KindIncompatibleModifiers, Span: m.Span,
				Message: fmt.Sprintf("the value is encoded more than %d times", maxEncodings),
				Help:    "remove encodings, or put the encoded text into the rule",
			})
			c.invalid = fmt.Sprintf("more than %d encodings", maxEncodings)
			return
		}
	}
}

func (c *chain) unknown(h *Head, i *Item, m *Modifier) {
	p := Problem{
		Kind: KindUnknownModifier, Span: m.Span,
		Message: fmt.Sprintf("`%s` is no Sigma modifier", source.Shorten(m.Written)),
		Help:    suggestModifier(m.Written),
	}
	if m.Written == "" {
		p.Span = i.Key.Span
		p.Message = fmt.Sprintf("`%s` has an empty modifier", i.label())
		p.Help = "remove the extra `|`"
	}
	if info, ok := modifierByName[strings.ToLower(strings.TrimSpace(m.Written))]; ok {
		p.Fix = &source.Fix{Title: "write `" + info.Name + "`", Safe: true, Edits: []source.Edit{{Span: m.Span, New: info.Name}}}
	} else if right, ok := commonSlips[strings.ToLower(m.Written)]; ok && right != "" {
		p.Fix = &source.Fix{Title: "write `" + right + "`", Safe: true, Edits: []source.Edit{{Span: m.Span, New: right}}}
	} else if near := nearModifier(strings.ToLower(strings.TrimSpace(m.Written))); !ok && near != "" {
		p.Fix = &source.Fix{Title: "write `" + near + "`", Edits: []source.Edit{{Span: m.Span, New: near}}}
	}
	h.report(p)
	c.invalid = fmt.Sprintf("`%s` is no modifier", m.Written)
}

// commonSlips are misspellings seen in the wild with the one modifier they can mean, and words of other query languages with
// none.
var commonSlips = map[string]string{
	"endwith": "endswith", "ends_with": "endswith", "endsWith": "endswith", "endswidth": "endswith",
	"startwith": "startswith", "starts_with": "startswith", "beginswith": "startswith",
	"contain": "contains", "conatins": "contains", "comntains": "contains", "containts": "contains",
	"regex": "re", "regexp": "re",
	"not": "", "in": "", "equals": "",
}

// What to write instead of words that other query languages have.
var slipHelp = map[string]string{
	"not":    "put the negation into the condition: `selection and not filter`",
	"in":     "a list of values is already an OR; leave the modifier out",
	"equals": "without a modifier the whole value is compared; leave it out",
}

func suggestModifier(written string) string {
	lower := strings.ToLower(strings.TrimSpace(written))
	if help, ok := slipHelp[lower]; ok {
		return help
	}
	if info, ok := modifierByName[lower]; ok {
		return "write `" + info.Name + "`"
	}
	if right := commonSlips[lower]; right != "" {
		return "write `" + right + "`"
	}
	if near := nearModifier(lower); near != "" {
		return "did you mean `" + near + "`?"
	}
	return "the usual ones are `contains`, `startswith`, `endswith`, `all`, `re`, `cidr`, `windash`"
}

// nearModifier is the one modifier that a misspelt word is near to, or empty. Names of one or two letters are near to too much.
func nearModifier(word string) string {
	const shortest = 3
	var names []string
	for _, info := range Modifiers {
		if len(info.Name) >= shortest {
			names = append(names, info.Name)
		}
	}
	near := nearest.Of(word, names, 2)
	if len(near) == 0 || len(near) == 2 && nearest.Distance(word, near[0]) == nearest.Distance(word, near[1]) {
		return ""
	}
	return near[0]
}

// decide finds the modifier that decides how values are read, and what does not go with it.
func (c *chain) decide(h *Head, i *Item) {
	for k := range c.modifiers {
		m := &c.modifiers[k]
		if m.role < roleRegex {
			continue
		}
		if c.decider == nil {
			c.decider = m
			if k > 0 && !(m.role == roleTime || m.role == roleCompare) {
				c.misplaced(h, m, c.modifiers[k-1])
			}
			continue
		}
		if c.decider.role == roleTime && m.role == roleCompare && c.compare == nil {
			c.compare = m
			continue
		}
		c.clash(h, m, *c.decider)
	}
	var previous *Modifier
	for k := range c.modifiers {
		m := &c.modifiers[k]
		if m.role >= roleRegex {
			continue
		}
		if m.role == roleFlag && (c.decider == nil || c.decider.role != roleRegex) {
			h.report(Problem{
				Kind: KindModifierOrder, Span: m.Span,
				Message: fmt.Sprintf("`%s` is a flag of `re`, and there is no `re`", m.Written),
				Help:    "write `re|" + m.Name + "`",
			})
			c.invalid = fmt.Sprintf("`%s` without `re`", m.Written)
			continue
		}
		if c.decider != nil && !slices.Contains(allowed[c.decider.role], m.role) {
			c.clash(h, m, *c.decider)
		}
		if m.role == roleShape {
			if previous != nil && previous.Name != m.Name && c.invalid == "" {
				h.report(Problem{
					Kind: KindIncompatibleModifiers, Span: m.Span, Warning: true,
					Message: fmt.Sprintf("`%s` and `%s` together act like `contains`", previous.Name, m.Name),
					Help:    "write `contains`, or make two items of it",
				})
			}
			previous = m
		}
	}
}

// misplaced reports a modifier that must be the first of the chain.
func (c *chain) misplaced(h *Head, m *Modifier, before Modifier) {
	if !slices.Contains(allowed[m.role], before.role) {
		return // reported as a clash
	}
	h.report(Problem{
		Kind: KindModifierOrder, Span: m.Span,
		Message: fmt.Sprintf("`%s` must stand before `%s`", m.Written, before.Written),
		Help:    fmt.Sprintf("write `%s|%s`", m.Name, before.Name),
		Fix:     c.moveFirst(m),
	})
	c.invalid = fmt.Sprintf("`%s` stands behind `%s`", m.Written, before.Written)
}

// moveFirst is the fix that puts a modifier before all others, nil where that order is not legal either.
func (c *chain) moveFirst(m *Modifier) *source.Fix {
	for k := range c.modifiers {
		if o := &c.modifiers[k]; o != m && !slices.Contains(allowed[m.role], o.role) {
			return nil
		}
	}
	first := c.modifiers[0].Span.Start
	return &source.Fix{Title: "write `" + m.Written + "` first", Safe: true, Edits: []source.Edit{
		{Span: source.Span{Start: first, End: first}, New: m.Written + "|"},
		{Span: source.Span{Start: m.Span.Start - 1, End: m.Span.End}},
	}}
}

func (c *chain) clash(h *Head, m *Modifier, with Modifier) {
	h.report(Problem{
		Kind: KindIncompatibleModifiers, Span: m.Span,
		Message: fmt.Sprintf("`%s` cannot be combined with `%s`", m.Written, with.Written),
		Help:    "make two items of it, each with its own modifiers",
	})
	c.invalid = fmt.Sprintf("`%s` with `%s`", m.Written, with.Written)
}

// checkOffset finds base64offset without contains: three fragments that cannot be a whole value.
func (c *chain) checkOffset(h *Head, i *Item) {
	for k, m := range c.modifiers {
		if m.Name != "base64offset" {
			continue
		}
		for _, behind := range c.modifiers[k+1:] {
			if behind.Name == "contains" {
				return
			}
		}
		if k > 0 && c.modifiers[k-1].Name == "contains" {
			// The wildcards would be encoded with the value; only the other order has a meaning.
			before := c.modifiers[k-1]
			h.report(Problem{
				Kind: KindOffsetWithoutContains, Span: m.Span,
				Message: fmt.Sprintf("`%s` must stand behind `base64offset`, not before it", before.Written),
				Help:    "write `base64offset|contains`",
				Fix: &source.Fix{Title: "write `base64offset|contains`", Safe: true, Edits: []source.Edit{
					{Span: before.Span, New: m.Written}, {Span: m.Span, New: before.Written}}},
			})
			c.invalid = "`contains` before `base64offset`"
			return
		}
		h.report(Problem{
			Kind: KindOffsetWithoutContains, Span: m.Span,
			Message: "`base64offset` without `contains` compares a fragment with the whole value",
			Help:    "write `base64offset|contains`",
			Fix: &source.Fix{Title: "append `|contains`", Edits: []source.Edit{
				{Span: source.Span{Start: i.Modifiers[len(i.Modifiers)-1].Span.End, End: i.Modifiers[len(i.Modifiers)-1].Span.End}, New: "|contains"}}},
		})
	}
}
