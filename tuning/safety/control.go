package safety

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// strength is how hard a condition is to meet for somebody who wants to slip through.
type strength uint8

const (
	free   strength = iota // whoever runs the command chooses it
	hurdle                 // it takes a second step
	wall                   // it takes privileges, a key, or a remote system
)

// control is one condition seen by an attacker.
type control struct {
	item     *rules.Item
	strength strength
	why      string         // one clause, after "because" or a colon
	way      string         // how to meet it, when that is cheap
	axiom    *logic.Formula // what an attacker is limited to when meeting it; nil when to nothing
}

// controls looks at every condition of one AND.
func (j *judge) controls(items []*rules.Item) []control {
	var out []control
	for _, i := range items {
		out = append(out, j.control(i))
	}
	return out
}

func (j *judge) control(i *rules.Item) control {
	c := control{item: i, why: "nothing is known about who sets this field"}
	if i.Negated || i.Keyword() {
		c.why = "an inequality or a keyword is met by almost anything"
		return c
	}
	role := taxonomy.NoRole
	if j.logs != nil {
		if f, ok := j.logs.Field(i.Field); ok {
			role = f.Role
		}
	}
	c.why = role.Why()
	switch role.Control() {
	case taxonomy.Hard:
		c.strength = wall
	case taxonomy.Partly:
		c.strength = hurdle
	case taxonomy.ByAccount:
		c.strength = hurdle
		if j.everyValue(i, func(t *rules.Test) bool {
			text, ok := plain(t)
			return ok && j.platform != nil && j.platform.AccountControl(text) == taxonomy.Hard
		}) {
			c.strength = wall
		}
	}
	if role == taxonomy.RoleImage || role == taxonomy.RoleParentImage || role.Control() == taxonomy.ByPath {
		j.path(&c, role)
	}
	return c
}

// everyValue reports that the weakest value of a list is good enough, too.
func (j *judge) everyValue(i *rules.Item, good func(*rules.Test) bool) bool {
	for _, t := range i.Tests {
		if !good(t) {
			return false
		}
	}
	return len(i.Tests) > 0
}

// plain is the text of an exact value.
func plain(t *rules.Test) (string, bool) {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
		return "", false
	}
	return t.Patterns[0].Plain()
}

// path judges conditions on paths: by the directory that they tie the file to.
func (j *judge) path(c *control, role taxonomy.Role) {
	if j.platform == nil {
		return
	}
	weakest := wall
	for _, t := range c.item.Tests {
		if s := j.pathStrength(t, role); s < weakest {
			weakest = s
		}
	}
	switch {
	case weakest == wall:
		c.strength, c.why = wall, "only an administrator writes to that directory"
		if parent := j.broadParent(c.item); parent != "" {
			c.strength, c.why = hurdle, parent
		}
		return
	case role == taxonomy.RoleImage && j.pins(c.item):
		c.strength, c.why = hurdle, "it limits what is hidden to one of the programs the rule looks for"
	case role == taxonomy.RoleParentImage:
		c.strength = hurdle
		if parent := j.broadParent(c.item); parent != "" {
			c.why = parent
		}
	default:
		c.strength = free
	}
	directory := writableDirectory[j.platform.Product]
	if directory == "" || role == taxonomy.RoleImage && j.pins(c.item) {
		return
	}
	c.axiom = logic.Matches(c.item.Field, rules.Pattern{{Kind: rules.Literal, Text: directory}, {Kind: rules.AnyRun}})
	what := "a program"
	if role == taxonomy.RoleParentImage {
		what = "a shell"
	}
	c.way = fmt.Sprintf("put %s into `%s` under a name that `%s` accepts", what, directory, source.Shorten(c.item.KeyText()))
}

// writableDirectory is where anybody can put a program; one obvious place is enough for a witness.
var writableDirectory = map[string]string{"linux": "/tmp/", "macos": "/tmp/", "windows": `C:\Users\Public\`}

func (j *judge) pathStrength(t *rules.Test, role taxonomy.Role) strength {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
		return free
	}
	p := t.Patterns[0]
	if len(p) == 0 || p[0].Kind != rules.Literal {
		return free
	}
	var control taxonomy.Control
	if text, exact := p.Plain(); exact {
		control = j.platform.PathControl(text)
	} else {
		control, _ = j.platform.PrefixControl(p[0].Text)
	}
	switch control {
	case taxonomy.Hard:
		return wall
	case taxonomy.Partly:
		return hurdle
	}
	return free
}

// broadParent says it when a parent starts so much that excluding its children excludes a whole class of activity.
func (j *judge) broadParent(i *rules.Item) string {
	role := taxonomy.NoRole
	if j.logs != nil {
		f, _ := j.logs.Field(i.Field)
		role = f.Role
	}
	if role != taxonomy.RoleParentImage {
		return ""
	}
	for _, t := range i.Tests {
		if t.Kind != rules.TextTest || len(t.Patterns) == 0 {
			continue
		}
		for _, fact := range j.platform.ServiceParents {
			if name := baseName(t.Patterns[0].LiteralText(), j.platform.Separator); name != "" && strings.EqualFold(name, baseName(fact.Value, j.platform.Separator)) {
				return fmt.Sprintf("`%s` is %s", name, fact.About)
			}
		}
	}
	return ""
}

// BroadParent reports whether children of a program are a whole class of activity, with the sentence that says so.
func BroadParent(platform *taxonomy.Platform, path string) (string, bool) {
	if platform == nil {
		return "", false
	}
	name := baseName(path, platform.Separator)
	for _, fact := range platform.ServiceParents {
		if name != "" && strings.EqualFold(name, baseName(fact.Value, platform.Separator)) {
			return fact.About, true
		}
	}
	return "", false
}

func baseName(path, separator string) string {
	return path[strings.LastIndex(path, separator)+len(separator):]
}

// pins reports a condition on a field that the rule's own selection tests with a list of which this picks a part: what is hidden is then
// limited to that part.
func (j *judge) pins(i *rules.Item) bool {
	for _, d := range j.rule.Detection.Named {
		if j.rule.Detection.Polarity(d)&rules.Positive == 0 {
			continue
		}
		found := false
		d.Block.Each(func(own *rules.Item) { found = found || own.Field == i.Field && !own.Negated })
		if found {
			return true
		}
	}
	return false
}

// grade applies the table of grades, to the weakest alternative of the filter.
func (j *judge) grade() {
	j.out.Grade = A
	for _, items := range alternatives(j.block) {
		cs := j.controls(items)
		g, reason := gradeOf(cs)
		if worse(g, j.out.Grade) {
			j.out.Grade = g
		}
		j.out.Reasons = append(j.out.Reasons, reason)
		j.evade(items, cs)
	}
	switch {
	case len(j.out.Swallowed) > 0:
		j.out.Grade = D
		var what []string
		for _, s := range j.out.Swallowed {
			what = append(what, s.What)
		}
		j.out.Reasons = []string{"it swallows " + strings.Join(what, ", ")}
	case j.out.Unknown != "" && len(j.filter.Opaque()) == 0:
		j.out.Grade = D
		j.out.Reasons = []string{"what it hides could not be decided: " + j.out.Unknown}
	}
}

func worse(a, b Grade) bool { return a > b }

func gradeOf(cs []control) (Grade, string) {
	walls, hurdles := 0, 0
	var best control
	for _, c := range cs {
		switch c.strength {
		case wall:
			walls++
		case hurdle:
			hurdles++
		}
		if best.item == nil || c.strength > best.strength {
			best = c
		}
	}
	because := ""
	if best.item != nil {
		because = fmt.Sprintf("`%s`: %s", source.Shorten(best.item.KeyText()), best.why)
	}
	switch {
	case walls > 0 && len(cs) > 1:
		return A, "a condition that an attacker cannot meet (" + because + "), narrowed by another"
	case walls > 0:
		return B, "a condition that an attacker cannot meet (" + because + ")"
	case hurdles > 1:
		return B, "two conditions that take an effort (" + because + ")"
	}
	return C, "an attacker can meet it (" + because + ")"
}

// evade looks for an event that an attacker can produce with little effort, and proves that it would be hidden.
func (j *judge) evade(items []*rules.Item, cs []control) {
	limits := []*logic.Formula{j.before, logic.FromBlock(&rules.Block{Shape: rules.MapShape, Items: items})}
	var ways []string
	for _, c := range cs {
		if c.strength == wall {
			j.out.Evasion = append(j.out.Evasion, Evasion{
				How: fmt.Sprintf("none that is cheap: `%s`, %s", source.Shorten(c.item.KeyText()), c.why),
			})
			return
		}
		if c.axiom != nil {
			limits = append(limits, c.axiom)
		}
		if c.way != "" {
			ways = append(ways, c.way)
		}
	}
	how := strings.Join(ways, ", and ")
	if how == "" {
		how = "choose " + Words(items)
	}
	a := j.prover.Satisfiable(logic.And(limits...))
	e := Evasion{How: how}
	if a.Verdict == logic.Yes {
		e.Event = a.Witness
	}
	j.out.Evasion = append(j.out.Evasion, e)
}
