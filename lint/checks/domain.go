package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
)

// domainCheck is SIG0522: what it assumes of fields stands in schema/domain, and logic decides.
var domainCheck = &lint.Check{
	Code: "SIG0522", Name: "value-outside-field-domain", Severity: lint.Warning, Profiles: rs, YieldsTo: []string{"malformed-hash", "escaped-wildcard", "unc-backslashes", "rule-never-matches-in-domain"},
	Doc: lint.Doc{
		Title: "Value that the field never has",
		What: "Proved: no value of the field can satisfy the test, under an assumption that the message names. Fields with full paths on Windows begin with a drive, " +
			"`\\\\` or a device prefix or are a process without a file, have no slash and do not end in a separator; paths on Linux and macOS begin with `/`; " +
			"OriginalFileName has no separator; registry keys begin with a hive; ports, addresses, access masks, hashes, pipes and booleans look like theirs. " +
			"The empty text and `-` are in every domain. One finding per item. Where the whole rule dies of it, rule-never-matches-in-domain takes its place, if that check is on.",
		Why:  "The value never matches: what it should detect is missed, and an exclusion never excludes.",
		Bad:  example("    selection:\n        - Image: 'lsof'\n        - CommandLine|contains: '/lsof -i'\n    condition: selection\n"),
		Good: example("    selection:\n        - Image|endswith: '/lsof'\n        - CommandLine|contains: '/lsof -i'\n    condition: selection\n"),
	},
	Document: checkDomain,
}

func checkDomain(p *lint.Pass) {
	if p.Detections() == nil {
		return
	}
	o := newOutsiders(p)
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		tests := o.of(i)
		if len(tests) == 0 {
			return
		}
		d, t := o.domains.Of(i.Field), tests[0]
		help, fix := hint(d, i, t, o.never)
		f := lint.Finding{
			Span:    t.Value.Node.Span,
			Message: fmt.Sprintf("`%s` %s `%s`, assuming %s", source.Shorten(i.Field), verb(t), shorter(t.Value.Text), d.Assuming),
			Help:    help, Fix: fix,
		}
		for _, t := range tests[1:] {
			f.Related = append(f.Related, lint.Related{Span: t.Value.Node.Span, Message: "and neither does this one"})
		}
		p.Report(f)
	})
}

// outsiders finds values outside the domain of their field.
type outsiders struct {
	domains domain.Fields
	prover  *logic.Prover
}

func newOutsiders(p *lint.Pass) outsiders {
	domains := fields(p)
	return outsiders{domains, logic.NewProver(logic.Options{Domain: domains.Formula})}
}

// of is the tests of an item that no value of its field can satisfy.
func (o outsiders) of(i *rules.Item) []*rules.Test {
	d := o.domains.Of(i.Field)
	if d == nil {
		return nil
	}
	var out []*rules.Test
	for _, t := range i.Tests {
		if t.Value != nil && !inside(d, t) && o.never(i.Field, t) {
			out = append(out, t)
		}
	}
	return out
}

func (o outsiders) never(field string, t *rules.Test) bool {
	return o.prover.Satisfiable(logic.FromTest(field, t)).Verdict == logic.No
}

// inside tells without the solver what is so for most values: the text itself, or with something before it, lies in the domain.
func inside(d *domain.Domain, t *rules.Test) bool {
	switch t.Kind {
	case rules.NullTest:
		return true // a domain is true of absence
	case rules.NumberTest:
		return d.Contains(t.Value.Text)
	case rules.CIDRTest:
		return d.Contains(t.Network.Addr().String())
	}
	return t.Kind == rules.TextTest && slices.ContainsFunc(t.Patterns, func(p rules.Pattern) bool { return patternInside(d, p) })
}

// patternInside is inside for one pattern.
func patternInside(d *domain.Domain, p rules.Pattern) bool {
	inner := p
	if p.StartsOpen() {
		inner = inner[1:]
	}
	if len(inner) > 0 && inner.EndsOpen() {
		inner = inner[:len(inner)-1]
	}
	text, known := specimen(inner)
	if !known {
		return false
	}
	for _, before := range []string{"", `C:\x`, `/x`, `HKLM\x`, `\x`, "0x"} {
		for _, after := range []string{"", "x"} {
			if (before == "" || p.StartsOpen()) && (after == "" || p.EndsOpen()) && d.Contains(before+text+after) {
				return true
			}
		}
	}
	return false
}

// specimen is a text that a pattern covers; false where it holds a placeholder.
func specimen(p rules.Pattern) (string, bool) {
	if text, plain := p.Plain(); plain {
		return text, true
	}
	var b strings.Builder
	for _, t := range p {
		switch t.Kind {
		case rules.Literal, rules.Dash:
			b.WriteString(t.Text)
		case rules.AnyOne:
			b.WriteByte('x')
		case rules.AnyRun:
		default:
			return "", false
		}
	}
	return b.String(), true
}

// verb denies what a test asks.
func verb(t *rules.Test) string {
	if t.Kind == rules.RegexTest {
		return "never matches"
	}
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
		return "is never"
	}
	switch start, end := t.Patterns[0].StartsOpen(), t.Patterns[0].EndsOpen(); {
	case start && end:
		return "never contains"
	case start:
		return "never ends in"
	case end:
		return "never begins with"
	}
	return "is never"
}

// repairs are the slips behind most values outside their domain. A repair is offered where its result lies inside.
var repairs = []struct {
	change func(text string) string
	help   string
	edits  bool // the changed text is what was meant
}{
	{strings.TrimSpace, "remove the outer blank", true},
	{func(s string) string { return strings.ReplaceAll(s, "/", `\`) }, "write backslashes", true},
	{func(s string) string { return strings.ReplaceAll(s, `\`, "/") }, "write slashes", true},
	{func(s string) string { return strings.TrimLeft(s, `\/`) }, "remove the separator at its start", true},
	{func(s string) string { return strings.TrimRight(s, `\/`) }, "it ends in a separator: use `startswith` or `contains` for a directory", false},
	{func(s string) string { return s[strings.LastIndexAny(s, `\/`)+1:] }, "write the name without its directory", true},
}

// hint says what to write, and writes it where only one thing can be meant.
func hint(d *domain.Domain, i *rules.Item, t *rules.Test, outside func(string, *rules.Test) bool) (string, *source.Fix) {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 || t.Value.Kind != rules.TextValue {
		return d.Hint, nil
	}
	for _, r := range repairs {
		text := r.change(t.Value.Text)
		if text == t.Value.Text || text == "" {
			continue
		}
		repaired := *t
		repaired.Patterns = []rules.Pattern{opened(rules.ParsePattern(text), t.Patterns[0])}
		if !inside(d, &repaired) && outside(i.Field, &repaired) {
			continue
		}
		n := t.Value.Node
		if !r.edits || n.Alias != nil || n.Anchor != "" || !n.Mapped() {
			return r.help, nil
		}
		return r.help, &source.Fix{Title: "write `" + source.Shorten(text) + "`", Edits: []source.Edit{{Span: n.Span, New: source.Quote(text)}}}
	}
	return d.Hint, nil
}

// opened is the pattern with the open ends of another.
func opened(p, like rules.Pattern) rules.Pattern {
	if like.StartsOpen() && !p.StartsOpen() {
		p = append(rules.Pattern{{Kind: rules.AnyRun}}, p...)
	}
	if like.EndsOpen() && !p.EndsOpen() {
		p = append(p, rules.Token{Kind: rules.AnyRun})
	}
	return p
}
