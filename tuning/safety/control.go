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
	broad    string         // how much a parent starts besides, or empty
	axiom    *logic.Formula // what an attacker is limited to when meeting it; nil when to nothing
}

// controls looks at every condition of one AND.
func (j *Judge) controls(items []*rules.Item) []control {
	var out []control
	for _, i := range items {
		out = append(out, j.control(i, items))
	}
	return out
}

// control judges one condition among those that hold together with it.
func (j *Judge) control(i *rules.Item, among []*rules.Item) control {
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
	if role == taxonomy.NoRole && programFields[i.Field] {
		role = taxonomy.RoleImage
	}
	c.why, c.way = role.Why(), ways[role]
	switch role.Control() {
	case taxonomy.Hard:
		c.strength = wall
	case taxonomy.Partly:
		c.strength = hurdle
	case taxonomy.ByAccount:
		c.strength = hurdle
		if j.everyValue(i, func(t *rules.Test) bool {
			text, ok := plain(t)
			return ok && j.platform != nil && j.platform.AccountControl(text) == taxonomy.Hard && !superuser[text]
		}) {
			c.strength, c.why = wall, "only a service runs under that account"
		}
	}
	if role == taxonomy.RoleImage || role == taxonomy.RoleParentImage || role.Control() == taxonomy.ByPath {
		j.path(&c, role, among)
	}
	return c
}

// programFields hold the path of a program, in log sources of Windows whose fields have no role in the taxonomy.
var programFields = map[string]bool{"ApplicationPath": true, "processPath": true, "ProcessNameBuffer": true}

// ways are how an attacker meets a condition on a field of a role.
var ways = map[taxonomy.Role]string{
	taxonomy.RoleCommandLine: "write that text into the command line", taxonomy.RoleParentCommandLine: "start it from a process with that command line",
	taxonomy.RoleDirectory: "change to that directory first", taxonomy.RoleUser: "act as that account", taxonomy.RoleParentUser: "start it from a process of that account",
	taxonomy.RoleTargetFile: "use that file name", taxonomy.RoleMetadata: "build a program that says so of itself", taxonomy.RoleScript: "write that text into the script",
	taxonomy.RoleURL: "send that request", taxonomy.RoleUserAgent: "send that user agent", taxonomy.RoleQuery: "ask for that name", taxonomy.RolePipe: "name the pipe so",
	taxonomy.RoleService: "name the service so", taxonomy.RoleTask: "name the task so", taxonomy.RoleRegistryData: "write that value",
	taxonomy.RoleComputer: "act on that host", taxonomy.RoleTargetUser: "act on that account", taxonomy.RoleDestinationHost: "register such a name",
}

// superuser accounts are what an intruder has after taking over the host, and what administrators use: no wall.
var superuser = map[string]bool{"root": true, "0": true}

// Superuser reports a list of nothing but superusers.
func Superuser(accounts []string) bool {
	for _, a := range accounts {
		if !superuser[a] {
			return false
		}
	}
	return len(accounts) > 0
}

// everyValue reports that the weakest value of a list is good enough, too.
func (j *Judge) everyValue(i *rules.Item, good func(*rules.Test) bool) bool {
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
func (j *Judge) path(c *control, role taxonomy.Role, among []*rules.Item) {
	if j.platform == nil {
		return
	}
	weakest := wall
	for _, t := range c.item.Tests {
		if s := j.pathStrength(t, role); s < weakest {
			weakest = s
		}
	}
	if j.byLauncher(c, role, among) {
		return
	}
	switch {
	case role == taxonomy.RoleImage && weakest == wall && j.looksFor(c.item):
		c.strength, c.why, c.way = hurdle, "it limits what is hidden to programs the rule looks for, and whoever uses them meets it", "use that program"
		return
	case weakest == wall:
		c.strength, c.why = wall, "only an administrator writes to that directory"
		if c.broad = j.broadParent(c.item); c.broad != "" {
			c.strength, c.why, c.way = hurdle, "that parent starts a great deal", "have it started by that parent, for example as a service or a job"
		} else if name := j.exposedParent(c.item); role == taxonomy.RoleParentImage && name != "" {
			c.strength, c.why, c.way = hurdle, "attackers take over such a program first", "have it started by `"+source.Shorten(name)+"`, which answers or opens what strangers send"
		}
		return
	case role == taxonomy.RoleImage && j.pins(c.item) && !j.writable(c.item):
		c.strength, c.why = hurdle, "it limits what is hidden to one of the programs the rule looks for"
	case role == taxonomy.RoleParentImage:
		c.strength, c.broad = hurdle, j.broadParent(c.item)
	default:
		c.strength = free
	}
	directory := writableDirectory[j.platform.Product]
	if c.item.Has("expand") {
		c.way = "run it as one of the values that the site fills in"
		return
	}
	if directory == "" || role == taxonomy.RoleImage && c.strength == hurdle {
		return
	}
	c.axiom = logic.Matches(c.item.Field, rules.Pattern{{Kind: rules.Literal, Text: directory}, {Kind: rules.AnyRun}})
	what := "a program"
	if role == taxonomy.RoleParentImage {
		what = "a shell"
	}
	c.way = fmt.Sprintf("put %s into `%s` under a name that `%s` accepts", what, directory, source.Shorten(c.item.KeyText()))
}

// byLauncher judges a condition that a launcher meets: a protected path does not say who runs what lies there.
func (j *Judge) byLauncher(c *control, role taxonomy.Role, among []*rules.Item) bool {
	l, named, ok := j.launches(c.item, among)
	if !ok || role == taxonomy.RoleImage && j.looksFor(c.item) {
		return false
	}
	name := "`" + source.Shorten(l.name) + "`"
	switch {
	case role == taxonomy.RoleParentImage:
		c.strength, c.why, c.way = free, "anybody starts programs from "+name, "start it from "+name
	case named:
		c.strength, c.why, c.way = free, "anybody runs "+name+", and it does what it is told", "do it with "+name
	default:
		c.strength, c.why, c.way = hurdle, name+" lies there as well, which anybody runs", "do it with "+name
	}
	c.axiom = logic.Matches(c.item.Field, rules.Pattern{{Kind: rules.Literal, Text: l.path}})
	return true
}

// writable reports a condition that ties the file to a place where users write: it limits nothing for whoever picks the place.
func (j *Judge) writable(i *rules.Item) bool {
	for _, t := range i.Tests {
		if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
			continue
		}
		text := t.Patterns[0].LiteralText()
		if _, found := j.platform.WritableDirectory(text); found {
			return true
		}
		for _, fragment := range j.platform.WritableFragments {
			if strings.Contains(j.platform.Fold(text), j.platform.Fold(fragment)) {
				return true
			}
		}
	}
	return false
}

// writableDirectory is where anybody can put a program; one obvious place is enough for a witness.
var writableDirectory = map[string]string{"linux": "/tmp/", "macos": "/tmp/", "windows": `C:\Users\Public\`}

func (j *Judge) pathStrength(t *rules.Test, role taxonomy.Role) strength {
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
func (j *Judge) broadParent(i *rules.Item) string {
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
		text := t.Patterns[0].LiteralText()
		if about, broad := BroadParent(j.platform, text); broad {
			return fmt.Sprintf("`%s` is %s", baseName(text, j.platform.Separator), about)
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

// pins reports a condition that limits what is hidden to a part of what the rule finds. One that the rule implies anyway limits nothing.
func (j *Judge) pins(i *rules.Item) bool {
	own := false
	for _, d := range j.rule.Detection.Named {
		if j.rule.Detection.Polarity(d)&rules.Positive != 0 {
			d.Block.Each(func(selected *rules.Item) { own = own || selected.Field == i.Field && !selected.Negated })
		}
	}
	return own && j.prover.Satisfiable(logic.And(j.before, logic.Not(logic.FromItem(i)))).Verdict == logic.Yes
}

// grade applies the table of grades, to the weakest alternative of the filter.
func (j *trial) grade() {
	j.out.Grade = A
	for _, items := range alternatives(j.block) {
		cs := j.controls(items)
		g, reason := gradeOf(cs)
		if worse(g, j.out.Grade) {
			j.out.Grade = g
		}
		j.out.Reasons = append(j.out.Reasons, reason)
		for _, c := range cs {
			if c.broad != "" {
				j.out.Reasons = append(j.out.Reasons, "broad: "+c.broad)
			}
		}
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
func (j *trial) evade(items []*rules.Item, cs []control) {
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
		how = "meet " + Words(items)
	}
	a := j.prover.Satisfiable(logic.And(limits...))
	e := Evasion{How: how}
	switch {
	case a.Verdict == logic.Yes:
		e.Event = j.tidied(logic.And(limits...), a.Witness)
	case a.Verdict == logic.No && len(limits) > 2 && j.platform != nil:
		// Each condition alone may be met from there; all of them together are not.
		e.How = fmt.Sprintf("none was found that is cheap: together the conditions accept no program in `%s`", writableDirectory[j.platform.Product])
	}
	j.out.Evasion = append(j.out.Evasion, e)
}

// tidied drops doubled separators that the search put between a directory and a name, where the event stays one of the formula's.
func (j *trial) tidied(f *logic.Formula, e logic.Event) logic.Event {
	if j.platform == nil {
		return e
	}
	separator := j.platform.Separator
	out := logic.Event{}
	for field, value := range e {
		if text, ok := value.(string); ok && len(text) > 1 {
			value = text[:1] + strings.ReplaceAll(text[1:], separator+separator, separator) // a share keeps its two
		}
		out[field] = value
	}
	if f.Eval(out, logic.UnicodeFolding) == logic.Holds && f.Eval(out, logic.ASCIIFolding) == logic.Holds {
		return out
	}
	return e
}
