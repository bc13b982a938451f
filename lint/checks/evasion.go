package checks

import (
	"fmt"
	"github.com/sigtune/sigtune/lint"
	"slices"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// trap asks for events that one exclusion hides and nothing else does.
type trap struct {
	x       *exclusions
	e       exclusion
	formula *logic.Formula // the rule fires without the exclusion, which holds; for a filter document: the exclusion holds
	without *match.Matcher // the document without the exclusion, made for the first event
}

// Bounds of the search for one witness: what is found takes a few hundred states, and no witness only means no finding.
const (
	witnessStates = 200_000
	witnessSteps  = 50_000
)

func (x *exclusions) trap(e exclusion) *trap {
	if t, ok := x.traps[e.block]; ok {
		return t
	}
	t := &trap{x: x, e: e}
	x.traps[e.block] = t
	if x.prover == nil {
		var err error
		if x.matcher, err = match.CompileDetections(x.document.Detections()); err != nil {
			x.matcher = nil // what cannot be evaluated has no witness
		}
		x.prover = logic.NewProver(logic.Options{Lists: fields(x.document).Lists, Platform: strings.ToLower(x.source.Product.Value), States: witnessStates, Steps: witnessSteps})
		if x.document.Rule != nil {
			x.rule = logic.FromRule(x.document.Rule)
		}
	}
	t.formula = logic.FromBlock(e.block)
	if x.rule != nil {
		t.formula = logic.And(x.rule.With(e.block, false), t.formula)
	}
	return t
}

// witness is an event within limits that this exclusion alone hides, nil where none was found. The solver checks it by direct evaluation, and
// the matcher that tests rules has the last word.
func (t *trap) witness(limits ...*logic.Formula) logic.Event {
	if t.x.matcher == nil {
		return nil
	}
	a := t.x.prover.Satisfiable(logic.And(append([]*logic.Formula{t.formula}, limits...)...))
	if a.Verdict != logic.Yes {
		return nil
	}
	if t.without == nil {
		var err error
		if t.without, err = match.CompileDetections(withoutAlternative(t.x.document.Detections(), t.e)); err != nil {
			return nil
		}
	}
	if event := match.NewEvent(a.Witness); t.x.matcher.Match(event) || !t.without.Match(event) {
		return nil
	}
	return a.Witness
}

// withoutAlternative is the detections with an exclusion that never holds.
func withoutAlternative(d *rules.Detections, e exclusion) *rules.Detections {
	out := *d
	changed := *e.detection
	changed.Block = replaceBlock(e.detection.Block, e.block)
	out.Named = slices.Clone(d.Named)
	for i, named := range out.Named {
		if named == e.detection {
			out.Named[i] = &changed
		}
	}
	out.Conditions = nil
	for _, c := range d.Conditions {
		copied := *c
		copied.Root = replaceDetection(c.Root, e.detection, &changed)
		out.Conditions = append(out.Conditions, &copied)
	}
	return &out
}

// replaceBlock is a block in which another never holds: a field would have to be there and not.
func replaceBlock(b, gone *rules.Block) *rules.Block {
	if b == gone {
		return &rules.Block{Shape: rules.MapShape, Node: b.Node, Items: []*rules.Item{
			{Field: "x", Key: b.Node, Node: b.Node, Tests: []*rules.Test{{Kind: rules.ExistsTest, Bool: true}}},
			{Field: "x", Key: b.Node, Node: b.Node, Tests: []*rules.Test{{Kind: rules.ExistsTest}}},
		}}
	}
	out := *b
	out.Alternatives = nil
	for _, a := range b.Alternatives {
		out.Alternatives = append(out.Alternatives, replaceBlock(a, gone))
	}
	return &out
}

func replaceDetection(e *rules.Expr, old, now *rules.Detection) *rules.Expr {
	out := *e
	out.Selected, out.Args = slices.Clone(e.Selected), nil
	for i, d := range out.Selected {
		if d == old {
			out.Selected[i] = now
		}
	}
	for _, a := range e.Args {
		out.Args = append(out.Args, replaceDetection(a, old, now))
	}
	return &out
}

// grip is how somebody who wants to slip through can meet an item.
type grip uint8

const (
	outOfReach grip = iota // it takes privileges, another account, or a remote system
	given                  // whoever does what the rule looks for meets it anyway
	chosen                 // it is theirs to choose, within the limit
)

// grip judges one item of an exclusion.
func (x *exclusions) grip(i *excluded) (grip, *logic.Formula) {
	switch {
	case i.Keyword():
		return chosen, nil
	case i.shared && !slices.ContainsFunc(i.places, placed.below):
		return given, nil
	case absentOnly(i.Item):
		return outOfReach, nil
	}
	switch {
	case i.role.Control() == taxonomy.Attacker, i.role == taxonomy.RoleParentCommandLine, i.role == taxonomy.RoleAncestor && i.typ == taxonomy.CommandLine:
		return chosen, nil
	case i.role.Control() != taxonomy.ByPath && i.role != taxonomy.RoleParentImage && i.role != taxonomy.RoleAncestor:
		return outOfReach, nil
	}
	var ways []*logic.Formula
	for _, at := range i.places {
		if at.place != soundPlace && at.place != anyDrive {
			ways = append(ways, liesIn(i.Field, at))
		}
	}
	if len(ways) == 0 {
		return outOfReach, nil
	}
	return chosen, logic.Or(ways...)
}

// limits are what holds for an attacker who meets an exclusion, but for one item of it; false where something is out of reach.
func (x *exclusions) limits(e exclusion, but *excluded) (limits []*logic.Formula, ok bool) {
	for _, i := range e.items {
		if i == but {
			continue
		}
		g, limit := x.grip(i)
		if g == outOfReach {
			return nil, false
		}
		if limit != nil {
			limits = append(limits, limit)
		}
	}
	return limits, true
}

// absentOnly reports an item that holds for an absent or empty field only.
func absentOnly(i *rules.Item) bool {
	if i.Negated || len(i.Tests) == 0 || i.Keyword() {
		return false
	}
	for _, t := range i.Tests {
		switch {
		case t.Kind == rules.NullTest, t.Kind == rules.ExistsTest && !t.Bool:
		case t.Kind == rules.TextTest && len(t.Patterns) == 1 && (len(t.Patterns[0]) == 0 || t.Patterns[0].Equal(rules.Pattern{{Kind: rules.Literal, Text: "-"}})):
		default:
			return false
		}
	}
	return true
}

// hidden says an event in a few words, the fields that matter first.
func hidden(e logic.Event, first ...string) string {
	names := slices.DeleteFunc(slices.Clone(first), func(n string) bool { return n == "" })
	var others []string
	for name := range e {
		if !slices.Contains(names, name) {
			others = append(others, name)
		}
	}
	sort.Strings(others)
	var out []string
	for _, name := range append(names, others...) {
		if v := e[name]; v != nil {
			out = append(out, fmt.Sprintf("%s `%s`", source.Visible(name), source.Shorten(fmt.Sprint(v))))
		}
	}
	return enumerate(out)
}

// evasionChecks is the summary over all that makes an exclusion easy to hide behind.
var evasionChecks = []*lint.Check{
	{
		Code: "SIG1017", Name: "evadable-exclusion", Severity: lint.Info, Profiles: s,
		YieldsTo: []string{
			"exclusion-matches-everything", "exclusion-prefix-without-separator", "exclusion-unanchored-system-path", "exclusion-user-writable-path",
			"exclusion-writable-system-directory", "exclusion-tiny-literal", "exclusion-short-literal", "exclusion-root-level-directory", "exclusion-file-name-only",
			"exclusion-unanchored-vendor-path", "exclusion-free-text-only", "exclusion-metadata-only", "exclusion-account-name-only",
		},
		Doc: lint.Doc{
			Title: "An exclusion that an attacker can meet",
			What: "Every item of an exclusion is of an attacker's choice: text of commands and requests, names of files, pipes, services and tasks, paths outside the protected directories, metadata. " +
				"Tests for the program that the rule looks for count neither way. The finding shows the cheapest event: an attacker can make it, the rule finds it without this exclusion, and this " +
				"exclusion alone hides it; it is checked by evaluating the rule. Checks that name a single weakness take its place.",
			Why:     "Whoever reads the rule knows how to stay unseen.",
			Assumes: assumesDefaults,
			Bad:     excluding("CurrentDirectory: 'C:\\Work\\'"),
			Good:    excluding(goodParent),
			Fix:     "Add a test that takes privileges to meet: an anchored path below a protected directory, a checked signature, a service account.",
		},
		Document: evadableExclusions,
	},
}

func evadableExclusions(p *lint.Pass) {
	x := exclusionsOf(p)
	for _, e := range x.list {
		event, ways := x.cheapest(e)
		if event == nil {
			continue
		}
		message := fmt.Sprintf("an attacker can meet %s", e.written(p))
		if len(e.items) <= shownKeys {
			message += ": " + ways
		}
		x.report(p, lint.Finding{
			Span:    e.span(),
			Message: message,
			Help:    "add a test that takes privileges to meet to `" + source.Shorten(e.detection.Name) + "`",
			Related: []lint.Related{{Span: e.detection.Key.Span, Message: "hides an event with " + hidden(event, e.items[0].Field)}},
		})
	}
}

// cheapest is an event by which somebody slips through an exclusion, and how in a few words.
func (x *exclusions) cheapest(e exclusion) (logic.Event, string) {
	var limits []*logic.Formula
	var ways []string
	for _, i := range e.items {
		g, limit := x.grip(i)
		switch {
		case g == outOfReach:
			return nil, ""
		case g == given:
			continue
		case limit != nil:
			limits = append(limits, limit)
		}
		if way := wayOf(i); !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	if len(ways) == 0 {
		return nil, ""
	}
	event := x.trap(e).witness(limits...)
	if event == nil {
		return nil, ""
	}
	if len(ways) > mostWays {
		ways = append(ways[:mostWays:mostWays], "and more")
	}
	return event, strings.Join(ways, ", ")
}

// mostWays keeps the message in one line.
const mostWays = 2

// wayOf is how somebody meets an item, in a few words.
func wayOf(i *excluded) string {
	switch {
	case i.Keyword():
		return "write the words"
	case i.role == taxonomy.RoleCommandLine, i.role == taxonomy.RoleScript, i.role == taxonomy.RoleURL, i.role == taxonomy.RoleUserAgent, i.role == taxonomy.RoleQuery:
		return "write that text"
	case i.role == taxonomy.RoleParentImage, i.role == taxonomy.RoleAncestor, i.role == taxonomy.RoleParentCommandLine:
		return "start it from such a parent"
	case i.typ == taxonomy.Image || i.typ == taxonomy.Path && i.role != taxonomy.RoleDirectory:
		return "put the file there"
	case i.role == taxonomy.RoleDirectory:
		return "change to that directory"
	case i.role == taxonomy.RoleMetadata:
		return "build a program that says so"
	case i.role == taxonomy.RolePipe, i.role == taxonomy.RoleService, i.role == taxonomy.RoleTask:
		return "choose that name"
	}
	return "choose that value"
}
