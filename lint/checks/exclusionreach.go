package checks

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/domain"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// exclusionReachChecks look at how little an exclusion asks for.
var exclusionReachChecks = []*lint.Check{
	{
		Code: "SIG1001", Name: "exclusion-matches-everything", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "An exclusion that accepts every value",
			What: "Proved: every item of an exclusion accepts every value that its field can have, processes without a file aside: a fragment that every path has, a network of /0. " +
				"Quiet for tests of presence (`*`, exists) and for rules without a positive test.",
			Why:     "The rule fires only where the field is absent, which is hardly ever: it detects nothing, and nothing shows it.",
			Assumes: "What fields hold, as value-outside-field-domain does; the message names it.",
			Bad:     excluding("ParentImage|contains: '\\'"),
			Good:    excluding(goodParent),
			Fix:     "Write the value that was meant.",
		},
		Document: exclusionMatchesEverything,
	},
	{
		Code: "SIG1006", Name: "exclusion-tiny-literal", Severity: lint.Warning, Profiles: rs, YieldsTo: []string{"exclusion-matches-everything"},
		Doc: lint.Doc{
			Title: "An exclusion by three letters or less",
			What:  "All that an exclusion asks for is that a field contains three or fewer letters or digits. Quiet for a text that the selection asks for too, where the rule compares two fields. A finding needs an event that this exclusion alone hides.",
			Why:   "Such a text is part of many others: an attack is hidden by chance, or with one word more.",
			Bad:   excluding("CommandLine|contains: 'acm'"),
			Good:  excluding(goodParent),
			Fix:   "Write a longer or anchored text, and a second test.",
		},
		Options:  []lint.Option{{Name: "length", Meaning: "the most letters or digits of a text that is reported", Default: tinyLiteral, Min: 1}},
		Document: func(p *lint.Pass) { shortLiterals(p, bareWord) },
	},
	{
		Code: "SIG1007", Name: "exclusion-short-literal", Severity: lint.Info, Profiles: s, YieldsTo: []string{"exclusion-matches-everything", "exclusion-tiny-literal"},
		Doc: lint.Doc{
			Title: "An exclusion by four characters or less",
			What:  "All that an exclusion asks for is that a field contains four or fewer literal characters. Quiet for a text that the selection asks for too, where the rule compares two fields. A finding needs an event that this exclusion alone hides.",
			Why:   "Such a text is part of many others: an attack is hidden by chance, or with one word more.",
			Bad:   excluding("CommandLine|contains: ' -v '"),
			Good:  excluding(goodParent),
			Fix:   "Write a longer or anchored text, and a second test.",
		},
		Options:  []lint.Option{{Name: "length", Meaning: "the most characters of a text that is reported", Default: shortLiteral, Min: 1}},
		Document: func(p *lint.Pass) { shortLiterals(p, func(string) bool { return true }) },
	},
}

// Lengths in characters below which a text is tiny or short: the limits of the catalogue.
const (
	tinyLiteral  = 3
	shortLiteral = 4
)

// shortLiterals reports exclusions that consist of one contains with a short text.
func shortLiterals(p *lint.Pass, is func(text string) bool) {
	x, most := exclusionsOf(p), p.Int("length")
	for _, e := range x.list {
		if len(e.items) != 1 || e.items[0].Keyword() || e.items[0].All || e.items[0].Negated || !e.items[0].Has("contains") {
			continue
		}
		i := e.items[0]
		var found *lint.Finding
		for _, t := range i.Tests {
			text := literalOf(t)
			if n := utf8.RuneCountInString(text); n == 0 || n > most || !is(text) || x.asksFor(text) {
				continue
			}
			if found != nil {
				found.Related = append(found.Related, lint.Related{Span: valueSpan(i.Item, t), Message: "and so does this value"})
				continue
			}
			event := x.trap(e).witness(logic.FromTest(i.Field, t))
			if event == nil {
				continue
			}
			found = &lint.Finding{
				Span:    valueSpan(i.Item, t),
				Message: fmt.Sprintf("`%s` anywhere in `%s` excludes an event, whatever else it holds", source.Visible(text), source.Shorten(i.Field)),
				Help:    "write a longer or anchored text, or add a second test to `" + source.Shorten(e.detection.Name) + "`",
				Related: []lint.Related{{Span: e.detection.Key.Span, Message: "hides an event with " + hidden(event, i.Field)}},
			}
		}
		if found != nil {
			x.report(p, *found)
		}
	}
}

// asksFor reports a text that the selection asks for as well, in another field: such an exclusion is what the rule is about (the old value has it,
// the new one has not).
func (x *exclusions) asksFor(text string) bool {
	d, found := x.document.Detections(), false
	for _, named := range d.Named {
		if d.Polarity(named)&rules.Positive != 0 {
			named.Block.Each(func(i *rules.Item) {
				for _, t := range i.Tests {
					found = found || strings.EqualFold(literalOf(t), text)
				}
			})
		}
	}
	return found
}

// literalOf is the text of a value of one pattern without wildcards inside, else empty.
func literalOf(t *rules.Test) string {
	if t.Kind != rules.TextTest || len(t.Patterns) != 1 {
		return ""
	}
	if s := t.Patterns[0]; s.HasPlaceholder() || len(s) > 3 {
		return ""
	}
	return t.Patterns[0].LiteralText()
}

// usual are values that most domains have. What does not accept one that lies in the domain does not accept everything.
var usual = []string{`C:\Windows\System32\notepad.exe`, `D:\a`, `/usr/bin/who`, `/a`, `HKLM\SOFTWARE\A`, "192.0.2.7", "2001:db8::7", "443", "a", "SYSTEM", "x y"}

func exclusionMatchesEverything(p *lint.Pass) {
	x := exclusionsOf(p)
	var prover *logic.Prover
	for _, e := range x.list {
		if !e.all(func(i *excluded) bool { return mayAcceptAll(i.Item) }) {
			continue
		}
		var assumed []string
		if prover == nil {
			prover = logic.NewProver(logic.Options{})
		}
		if !e.all(func(i *excluded) bool {
			if everyAddress(i.Item) {
				assumed = append(assumed, fmt.Sprintf("`%s` holds IPv4 addresses", source.Shorten(i.Field)))
				return true
			}
			domain := fields(p).Of(i.Field)
			values := x.realValues(i, domain)
			if values == nil || prover.Satisfiable(logic.And(values, logic.Not(logic.FromItem(i.Item)))).Verdict != logic.No {
				return false
			}
			if domain != nil {
				assumed = append(assumed, fmt.Sprintf("`%s` holds %s", source.Shorten(i.Field), domain.Assuming))
			}
			return true
		}) {
			continue
		}
		i := e.items[0]
		f := lint.Finding{
			Span:    valueSpan(i.Item, i.Tests[0]),
			Message: fmt.Sprintf("`%s` excludes every event that has `%s`", shorter(writtenValue(i.Tests[0])), source.Shorten(i.Field)),
			Help:    "write the value that was meant",
		}
		if len(assumed) > 0 {
			f.Message += ", assuming " + enumerate(assumed)
		}
		x.report(p, f)
	}
}

// everyAddress reports a network that holds every address.
func everyAddress(i *rules.Item) bool {
	return !i.All && !i.Negated && slices.ContainsFunc(i.Tests, func(t *rules.Test) bool {
		return t.Kind == rules.CIDRTest && t.Network.Bits() == 0 && t.Network.Addr().Is4()
	})
}

// mayAcceptAll is a cheap necessary condition: a test of presence aside, something in the item asks for almost nothing.
func mayAcceptAll(i *rules.Item) bool {
	if i.Keyword() {
		return false
	}
	for _, t := range i.Tests {
		switch t.Kind {
		case rules.CIDRTest:
			if t.Network.Bits() == 0 {
				return true
			}
		case rules.RegexTest:
			if t.Regex.Program != nil && acceptsUsual(t) {
				return true
			}
		case rules.TextTest:
			for _, pattern := range t.Patterns {
				if text := pattern.LiteralText(); text != "" && utf8.RuneCountInString(text) <= shortLiteral && pattern.StartsOpen() {
					return true
				}
			}
		}
	}
	return i.Negated && !absentOnly(i)
}

func acceptsUsual(t *rules.Test) bool {
	for _, v := range usual {
		if t.Regex.Program.MatchString(v) {
			return true
		}
	}
	return false
}

// realValues are the values that a field really has: those of its domain, the empty text, `-` and processes without a file aside. It is nil where the item
// refuses one of the usual ones, or where nothing is known and the item is no expression.
func (x *exclusions) realValues(i *excluded, d *domain.Domain) *logic.Formula {
	some := logic.MatchesRegex(i.Field, anything)
	nothing := logic.Or(
		logic.Matches(i.Field, rules.Pattern{{Kind: rules.Literal, Text: "-"}}),
		logic.Matches(i.Field, nil),
	)
	asked := logic.FromItem(i.Item)
	if d == nil {
		for _, v := range usual {
			if asked.Eval(logic.Event{i.Field: v}, logic.UnicodeFolding) != logic.Holds {
				return nil
			}
		}
		return logic.And(some, logic.Not(nothing))
	}
	separator := ""
	if x.platform != nil && (i.typ == taxonomy.Image || i.typ == taxonomy.Path) {
		separator = x.platform.Separator
	}
	for _, v := range usual {
		if d.Contains(v) && (separator == "" || strings.Contains(v, separator)) && asked.Eval(logic.Event{i.Field: v}, logic.UnicodeFolding) != logic.Holds {
			return nil
		}
	}
	values := logic.And(some, d.Formula(i.Field), logic.Not(nothing))
	if separator != "" {
		values = logic.And(values, logic.Matches(i.Field, rules.Pattern{{Kind: rules.AnyRun}, {Kind: rules.Literal, Text: separator}, {Kind: rules.AnyRun}}))
	}
	return values
}

var anything = rules.CompileRegex(`(?s).`, "")
