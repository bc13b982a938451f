package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// selectWith is a whole rule whose selection tests an image and one more thing.
func selectWith(lines string) string {
	return example(selectLsof + "        " + strings.ReplaceAll(lines, "\n", "\n        ") + "\n    condition: selection\n")
}

// itemChecks look at single `Field|modifiers: values`.
var itemChecks = slices.Concat([]*lint.Check{
	{
		Code: "SIG0601", Name: rules.KindUnknownModifier, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A modifier does not exist",
			What:  "A word behind `|` that neither the specification nor pySigma knows, in this spelling and lower case, or nothing at all.",
			Why:   "No engine loads the rule.",
			Bad:   selectWith("CommandLine|contain: '-i'"),
			Good:  selectWith("CommandLine|contains: '-i'"),
		},
	},
	{
		Code: "SIG0602", Name: rules.KindModifierOrder, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "Modifiers stand in the wrong order",
			What:  "`re`, `cidr` or `exists` not first, a flag such as `i` without `re`, `fieldref` behind a string modifier.",
			Why:   "Modifiers work from left to right; in this order the chain has no meaning.",
			Bad:   selectWith("CommandLine|i: 'lsof\\s+-i'"),
			Good:  selectWith("CommandLine|re|i: 'lsof\\s+-i'"),
		},
	},
	{
		Code: "SIG0603", Name: rules.KindIncompatibleModifiers, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Modifiers do not go together",
			What:  "A comparison, `cidr` or `exists` with a string modifier, two comparisons, `re` with an encoding. Two of contains, startswith and endswith act like contains.",
			Why:   "The chain has no meaning; pySigma refuses the rule.",
			Bad:   selectWith("CommandLine|re|base64: 'lsof'"),
			Good:  selectWith("CommandLine|re: 'lsof\\s+-i'"),
		},
	},
	{
		Code: "SIG0604", Name: "repeated-modifier", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A modifier occurs twice",
			What:  "The same modifier twice in one chain. `base64|base64` is legal.",
			Why:   "The second one does nothing; another was probably meant.",
			Bad:   selectWith("CommandLine|contains|contains: 'lsof -i'"),
			Good:  selectWith("CommandLine|contains: 'lsof -i'"),
		},
		Document: repeatedModifier,
	},
	{
		Code: "SIG0605", Name: "all-with-single-value", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "`all` with fewer than two values",
			What:  "The modifier `all` on an item with one value.",
			Why:   "It does nothing, and the specification forbids it; a second value was probably forgotten.",
			Bad:   selectWith("CommandLine|contains|all: 'lsof -i'"),
			Good:  selectWith("CommandLine|contains: 'lsof -i'"),
		},
		Document: allWithSingleValue,
	},
	{
		Code: "SIG0606", Name: "all-never-matches", Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "No value can satisfy all of the list",
			What: "Proved: `all` on a field that holds one value, with two values that no single text can satisfy, such as two different exact texts. " +
				"An info where the field may hold several values.",
			Why:  "The item, and with it the selection, never matches.",
			Bad:  selectWith("CommandLine|all:\n    - 'lsof'\n    - 'netstat'"),
			Good: selectWith("CommandLine|contains|all:\n    - 'lsof '\n    - ' -i'"),
		},
		Document: allNeverMatches,
	},
	{
		Code: "SIG0607", Name: rules.KindOffsetWithoutContains, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "`base64offset` without `contains`",
			What:  "`base64offset` that no `contains` follows.",
			Why:   "It yields three fragments of an encoding; none of them is a whole value.",
			Bad:   selectWith("CommandLine|base64offset: 'lsof -i'"),
			Good:  selectWith("CommandLine|base64offset|contains: 'lsof -i'"),
		},
	},
	{
		Code: "SIG0613", Name: rules.KindComparisonNumber, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "A comparison needs a number",
			What:  "`lt`, `lte`, `gt`, `gte` or a part of a time with anything but a number. A quoted number is text.",
			Why:   "pySigma refuses the rule.",
			Bad:   selectWith("ProcessId|gt: '100'"),
			Good:  selectWith("ProcessId|gt: 100"),
		},
	},
	{
		Code: "SIG0614", Name: rules.KindExistsBoolean, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "`exists` needs true or false",
			What:  "`exists` with anything but an unquoted true or false.",
			Why:   "pySigma refuses the rule.",
			Bad:   selectWith("ParentImage|exists: 'true'"),
			Good:  selectWith("ParentImage|exists: true"),
		},
	},
	{
		Code: "SIG0615", Name: rules.KindTimePartRange, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "No time has this part",
			What:  "minute beyond 0–59, hour 0–23, day 1–31, week 1–53, month 1–12, year 1970–2100.",
			Why:   "The item never matches.",
			Bad:   selectWith("UtcTime|hour: 25"),
			Good:  selectWith("UtcTime|hour: 23"),
		},
	},
	{
		Code: "SIG0616", Name: rules.KindStringModifier, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "A text modifier on a value that is no text",
			What:  "contains, startswith, endswith, re, cased, windash or an encoding on a number, a boolean or null.",
			Why:   "pySigma refuses the rule, or compares something else than written.",
			Bad:   selectWith("CommandLine|contains: 4444"),
			Good:  selectWith("CommandLine|contains: '4444'"),
		},
	},
	{
		Code: "SIG0618", Name: "expand-without-placeholder", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "`expand` and nothing to expand",
			What:  "`expand` on a value without `%name%` of letters, digits and underscores. A hyphen ends the name.",
			Why:   "The value is compared as it stands, percent signs included.",
			Bad:   selectWith("User|expand: 'admin_users'"),
			Good:  selectWith("User|expand: '%admin_users%'"),
		},
		Document: expandWithoutPlaceholder,
	},
	{
		Code: "SIG0630", Name: "empty-string-with-modifier", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "An empty text under contains, startswith or endswith",
			What:  "The empty text under one of these modifiers.",
			Why:   "Every value contains it: it is true for every event that has the field, and it swallows the rest of its list.",
			Bad:   selectWith("CommandLine|contains:\n    - ' -i'\n    - ''"),
			Good:  selectWith("CommandLine|contains:\n    - ' -i'\n    - ' -n'"),
		},
		Document: emptyStringWithModifier,
	},
	{
		Code: "SIG0631", Name: "presence-only-value", Severity: lint.Info, Profiles: rs, YieldsTo: []string{"matches-everything"},
		Doc: lint.Doc{
			Title: "A lone `*` tests only presence",
			What:  "A value of nothing but `*`. An error when other values stand beside it, since it swallows them.",
			Why:   "It holds for every event that has the field.",
			Bad:   selectWith("CommandLine: '*'"),
			Good:  selectWith("CommandLine|exists: true"),
		},
		Document: presenceOnlyValue,
	},
	{
		Code: "SIG0632", Name: rules.KindNullInList, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "null among other values",
			What:  "null in a list of values.",
			Why:   "The specification forbids it, and engines read it differently.",
			Bad:   selectWith("ParentImage:\n    - '/usr/bin/bash'\n    - null"),
			Good:  selectWith("ParentImage:\n    - '/usr/bin/bash'\n    - '/usr/bin/zsh'"),
		},
	},
	{
		Code: "SIG0633", Name: rules.KindEmptyList, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "A field with an empty list of values",
			What:  "`field: []`.",
			Why:   "pySigma reads it as \"the field is absent\"; nobody means that.",
			Bad:   selectWith("CommandLine|contains: []"),
			Good:  selectWith("CommandLine|contains: ' -i'"),
		},
	},
	{
		Code: "SIG0634", Name: "duplicate-value", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A value occurs twice in a list",
			What:  "Two equal values in one item or keyword list. Letter case counts only under cased, re and the encodings.",
			Why:   "The second one does nothing; another value was probably meant.",
			Bad:   selectWith("CommandLine|contains:\n    - ' -i'\n    - ' -I'"),
			Good:  selectWith("CommandLine|contains:\n    - ' -i'\n    - ' -n'"),
		},
		Document: duplicateValue,
	},
	{
		Code: "SIG0638", Name: "wildcard-for-modifier", Severity: lint.Info, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A wildcard where a modifier says it",
			What:  "All values of an item without string modifier have the same shape `*x`, `x*` or `*x*` and no other wildcard.",
			Why:   "endswith, startswith and contains say what is meant, and backends translate them better.",
			Bad:   selectWith("CommandLine: '* -i*'"),
			Good:  selectWith("CommandLine|contains: ' -i'"),
		},
		Document: wildcardForModifier,
	},
	{
		Code: "SIG0640", Name: "redundant-wildcard", Severity: lint.Info, Profiles: rs, YieldsTo: []string{"presence-only-value", "matches-everything"},
		Doc: lint.Doc{
			Title: "A `*` on a side that the modifier already opens",
			What:  "A value under contains, startswith or endswith with a `*` on the open side.",
			Why:   "It does nothing. If a literal star is meant, it must be written `\\*`.",
			Bad:   selectWith("CommandLine|contains: '* -i'"),
			Good:  selectWith("CommandLine|contains: ' -i'"),
		},
		Document: redundantWildcard,
	},
	{
		Code: "SIG0641", Name: "wildcard-defeats-modifier", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A `*` on the side that the modifier anchors",
			What:  "A value under endswith that ends in `*`, or under startswith that begins with it.",
			Why:   "The item behaves like contains.",
			Bad:   selectWith("CommandLine|endswith: ' -i*'"),
			Good:  selectWith("CommandLine|contains: ' -i'"),
		},
		Document: wildcardDefeatsModifier,
	},
	{
		Code: "SIG0642", Name: "double-wildcard", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Two `*` in a row",
			What:  "`**` in a value.",
			Why:   "It means the same as one `*`; some backends refuse it.",
			Bad:   selectWith("CommandLine: 'lsof ** -i'"),
			Good:  selectWith("CommandLine: 'lsof * -i'"),
		},
		Document: doubleWildcard,
	},
	{
		Code: "SIG0650", Name: rules.KindInvalidCIDR, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A value under `cidr` is no network",
			What:  "Neither an IPv4 nor an IPv6 network.",
			Why:   "pySigma refuses the rule.",
			Bad:   exampleNetwork("'198.51.100/24'"),
			Good:  exampleNetwork("'198.51.100.0/24'"),
		},
	},
	{
		Code: "SIG0651", Name: rules.KindCIDRHostBits, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A network has bits set beyond its prefix length",
			What:  "An address under `cidr` that is not the first of its network.",
			Why:   "pySigma refuses the rule; either the address or the length is a slip.",
			Bad:   exampleNetwork("'198.51.100.7/24'"),
			Good:  exampleNetwork("'198.51.100.0/24'"),
		},
	},
	{
		Code: "SIG0654", Name: rules.KindBase64Short, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "A value is too short for base64",
			What:  "A value of one byte under `base64offset`. A warning for other values of fewer than four bytes, under `base64` too.",
			Why:   "Of one byte one of the three fragments is empty and matches everything; of few bytes they are so short that they match by chance.",
			Bad:   selectWith("CommandLine|base64offset|contains: 'x'"),
			Good:  selectWith("CommandLine|base64offset|contains: 'lsof -i'"),
		},
		Document: shortFragment,
	},
	{
		Code: "SIG0655", Name: rules.KindBase64Wildcard, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "A wildcard under an encoding",
			What:  "`*` or `?` in a value that base64, base64offset or a UTF-16 modifier encodes.",
			Why:   "A wildcard has no encoding; pySigma refuses the rule.",
			Bad:   selectWith("CommandLine|base64offset|contains: 'lsof *'"),
			Good:  selectWith("CommandLine|base64offset|contains: 'lsof -i'"),
		},
	},
	{
		Code: "SIG0670", Name: rules.KindInvalidRegex, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A regular expression does not compile",
			What:  "An expression that no engine takes: an open group or class, nothing to repeat, a lone backslash at the end.",
			Why:   "No engine loads the rule.",
			Bad:   selectWith("CommandLine|re: 'lsof (-i|-n'"),
			Good:  selectWith("CommandLine|re: 'lsof (-i|-n)'"),
		},
	},
	{
		Code: "SIG0671", Name: "nonportable-regex", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A regular expression that only some engines take",
			What:  "Look-around, back-reference, atomic group, possessive quantifier, conditional, Unicode class, `\\Q…\\E`, flags that do not stand at the start.",
			Why:   "Backends without it refuse the rule; this tool cannot evaluate look-around and its like either and says nothing about what such a rule matches.",
			Bad:   selectWith("CommandLine|re: 'lsof (?!-h)'"),
			Good:  selectWith("CommandLine|re: 'lsof -[in]'"),
		},
		Document: nonportableRegex,
	},
	{
		Code: "SIG0679", Name: "regex-matches-everything", Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "A regular expression is found in every text",
			What:  "Proved: the expression has no anchor and matches the empty text, so the search succeeds in every value.",
			Why:   "The item holds for every event that has the field, and swallows the rest of its list.",
			Bad:   selectWith("CommandLine|re: '(-i|-n)*'"),
			Good:  selectWith("CommandLine|re: '(-i|-n)+'"),
		},
		Document: regexMatchesEverything,
	},
}, modifierChecks, windashChecks, textChecks, pathChecks, regexChecks, redosChecks, []*lint.Check{mixedListCheck, environmentLiteral})

// eachItem visits every item of a rule or a filter document.
func eachItem(p *lint.Pass, visit func(d *rules.Detection, i *rules.Item)) {
	d := p.Detections()
	if d == nil {
		return
	}
	for _, named := range d.Named {
		named.Block.Each(func(i *rules.Item) { visit(named, i) })
	}
}

func repeatedModifier(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		seen := map[string]bool{}
		for _, m := range i.Modifiers {
			if seen[m.Name] && m.Known && m.Name != "base64" {
				p.Report(lint.Finding{
					Span:    m.Span,
					Message: fmt.Sprintf("`%s` occurs twice in `%s`", m.Written, source.Shorten(i.KeyText())),
					Help:    "remove one",
					Fix: unlessTaken(p, i, &source.Fix{Title: "remove the repeat", Safe: true, Edits: []source.Edit{
						{Span: source.Span{Start: m.Span.Start - 1, End: m.Span.End}}}}),
				})
			}
			seen[m.Name] = true
		}
	})
}

func allWithSingleValue(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if !i.All || len(i.Values) != 1 {
			return
		}
		for _, m := range i.Modifiers {
			if m.Name == "all" {
				p.Report(lint.Finding{
					Span:    m.Span,
					Message: fmt.Sprintf("`%s` has `all` and only one value", source.Shorten(i.KeyText())),
					Help:    "remove `all`, or add the value that was forgotten",
					Fix: unlessTaken(p, i, &source.Fix{Title: "remove `all`", Safe: true, Edits: []source.Edit{
						{Span: source.Span{Start: m.Span.Start - 1, End: m.Span.End}}}}),
				})
			}
		}
	})
}

func expandWithoutPlaceholder(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if !i.Has("expand") {
			return
		}
		for _, t := range i.Tests {
			if t.Kind != rules.TextTest || t.Value == nil || len(t.Patterns) != 1 || t.Patterns[0].HasPlaceholder() {
				continue
			}
			p.Report(lint.Finding{
				Span:    t.Value.Node.Span,
				Message: fmt.Sprintf("`%s` holds no placeholder for `expand` to fill", source.Shorten(t.Value.Text)),
				Help:    "write `%name%` with letters, digits and underscores, or remove `expand`",
			})
		}
	})
}

// sameValue is the key under which two values of an item are equal.
func sameValue(i *rules.Item, v *rules.Value) string {
	text := v.Text
	if v.Kind == rules.NumberValue {
		text = v.Number.Text
	}
	if i.Has("cased") || i.Has("re") || i.Has("base64") || i.Has("base64offset") {
		return text
	}
	return strings.ToLower(text)
}

func asciiLower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

func duplicateValue(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		first := map[string]*rules.Value{}
		for _, v := range i.Values {
			if v.Kind == rules.InvalidValue || v.Kind == rules.NullValue {
				continue
			}
			key := sameValue(i, v)
			before, ok := first[key]
			if !ok {
				first[key] = v
				continue
			}
			p.Report(lint.Finding{
				Span:    v.Node.Span,
				Message: fmt.Sprintf("the value `%s` occurs twice in this list", source.Shorten(v.Text)),
				Help:    "remove it, or write the value that was meant",
				// Whether letters beyond ASCII that differ by case are the same is up to the back-end.
				Fix:     removeValue(p.Document.Base().File, i, v, asciiLower(before.Text) == asciiLower(v.Text)),
				Related: []lint.Related{{Span: before.Node.Span, Message: "first here"}},
			})
		}
	})
}

func nonportableRegex(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for _, t := range i.Tests {
			if t.Regex == nil || t.Regex.Broken != "" || len(t.Regex.Nonportable) == 0 {
				continue
			}
			c := t.Regex.Nonportable[0]
			f := lint.Finding{
				Span:    t.Value.Node.Range(c.At, c.End),
				Message: fmt.Sprintf("%s in a regular expression: %s cannot do it", c.Name, c.Lacking),
				Help:    "write it without, or split it into several tests",
			}
			if t.Regex.Program == nil {
				f.Help += "; sigtune cannot evaluate this item"
			}
			p.Report(f)
		}
	})
}

func regexMatchesEverything(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for _, t := range i.Tests {
			if t.Kind == rules.RegexTest && regexAcceptsEverything(t.Regex) {
				p.Report(lint.Finding{
					Span:    t.Value.Node.Span,
					Message: fmt.Sprintf("`%s` is found in every text: it matches the empty one", source.Shorten(t.Regex.Source)),
					Help:    "make at least one part of it mandatory",
				})
			}
		}
	})
}
