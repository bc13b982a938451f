package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// modifierChecks are about chains that load and do something else than meant.
var modifierChecks = []*lint.Check{
	{
		Code: "SIG0608", Name: "base64-whole-value", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "The whole field has to be the encoding",
			What:  "`base64` without contains, startswith or endswith.",
			Why:   "A field that is nothing but one encoded text is rare: command lines hold more.",
			Bad:   selectWith("CommandLine|base64: 'lsof -i'"),
			Good:  selectWith("CommandLine|base64offset|contains: 'lsof -i'"),
		},
		Document: base64WholeValue,
	},
	{
		Code: "SIG0611", Name: "encoding-order", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "UTF-16 without Base64 behind it",
			What:  "`wide`, `utf16`, `utf16le` or `utf16be` that neither `base64` nor `base64offset` follows.",
			Why:   "Logs are text: the NUL bytes of UTF-16 occur in them only where they are encoded once more.",
			Bad:   selectWith("CommandLine|wide|contains: 'lsof -i'"),
			Good:  selectWith("CommandLine|wide|base64offset|contains: 'lsof -i'"),
		},
		Document: encodingOrder,
	},
	{
		Code: "SIG0612", Name: "nonportable-modifier", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A spelling of a modifier that not every tool knows",
			What:  "`ignorecase`, `multiline` or `dotall`, which pySigma alone knows; as info `utf16le`, which the specification has and pySigma lacks.",
			Why:   "Other tools refuse the rule.",
			Bad:   selectWith("CommandLine|re|ignorecase: 'lsof\\s+-i'"),
			Good:  selectWith("CommandLine|re|i: 'lsof\\s+-i'"),
		},
		Document: nonportableModifier,
	},
	{
		Code: "SIG0617", Name: "fieldref-invalid", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A reference to the same or to no field",
			What:  "`fieldref` to its own field, or to a field that a log source with a complete list does not have.",
			Why:   "The first always holds, the second never.",
			Bad:   selectWith("User|fieldref: User"),
			Good:  selectWith("User|fieldref: ParentUser"),
		},
		Document: fieldrefInvalid,
	},
	{
		Code: "SIG0619", Name: "placeholder-without-expand", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A placeholder that is compared as it stands",
			What:  "A whole value that is a placeholder of the specification (%Administrators%, %JumpServers%, %Workstations%, %Servers%, %DomainControllers%), without `expand`.",
			Why:   "No event holds the percent signs.",
			Bad:   selectWith("User: '%Administrators%'"),
			Good:  selectWith("User|expand: '%Administrators%'"),
		},
		Document: placeholderWithoutExpand,
	},
	{
		Code: "SIG0656", Name: "encoding-non-ascii", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Text beyond ASCII under an encoding",
			What:  "A value with characters beyond ASCII under `base64offset` or a UTF-16 modifier.",
			Why:   "sigtune encodes bytes; pySigma cuts by characters and gives other fragments, or refuses the rule.",
			Bad:   selectWith("CommandLine|base64offset|contains: 'Größe der Datei'"),
			Good:  selectWith("CommandLine|base64offset|contains: 'lsof -i'"),
		},
		Document: encodingNonASCII,
	},
}

func base64WholeValue(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		m := modifier(i, "base64")
		if _, _, _, shaped := shapeOf(i); m == nil || shaped || i.Keyword() || i.Has("base64offset") {
			return
		}
		last := i.Modifiers[len(i.Modifiers)-1].Span.End
		p.Report(lint.Finding{
			Span:    m.Span,
			Message: fmt.Sprintf("`%s` wants the whole field to be the encoded text", source.Shorten(i.KeyText())),
			Help:    "write `base64offset|contains`, or `base64|contains` where the encoding begins with the value",
			Fix:     unlessTaken(p, i, &source.Fix{Title: "append `|contains`", Edits: []source.Edit{{Span: source.Span{Start: last, End: last}, New: "|contains"}}}),
		})
	})
}

func encodingOrder(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		var wide *rules.Modifier
		for k := range i.Modifiers {
			switch m := &i.Modifiers[k]; {
			case strings.HasPrefix(m.Name, "utf16"):
				wide = m
			case strings.HasPrefix(m.Name, "base64"):
				wide = nil
			}
		}
		if wide != nil {
			p.Report(lint.Finding{
				Span:    wide.Span,
				Message: fmt.Sprintf("`%s` in `%s` is not encoded once more", wide.Written, source.Shorten(i.KeyText())),
				Help:    "write `" + wide.Written + "|base64offset|contains`",
			})
		}
	})
}

// Spellings of modifiers that pySigma alone knows.
var pySigmaSpellings = map[string]bool{"ignorecase": true, "multiline": true, "dotall": true}

func nonportableModifier(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for k := range i.Modifiers {
			m := &i.Modifiers[k]
			switch {
			case pySigmaSpellings[m.Written] && m.Known:
				p.Report(lint.Finding{
					Span:    m.Span,
					Message: fmt.Sprintf("`%s` is known to pySigma only", m.Written),
					Help:    "write `" + m.Name + "`",
					Fix:     unlessTaken(p, i, &source.Fix{Title: "write `" + m.Name + "`", Safe: true, Edits: []source.Edit{{Span: m.Span, New: m.Name}}}),
				})
			case m.Written == "utf16le":
				p.Report(lint.Finding{
					Span: m.Span, Severity: lint.Info,
					Message: "`utf16le` is in the specification, and pySigma does not know it",
					Help:    "write `wide`, which is the same",
				})
			}
		}
	})
}

func fieldrefInvalid(p *lint.Pass) {
	s, known := sourceWith(p.Document, p.Facts)
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for _, t := range i.Tests {
			if t.Kind != rules.FieldRefTest || t.Value == nil {
				continue
			}
			f := lint.Finding{Span: t.Value.Node.Span}
			switch {
			case t.Ref == i.Field:
				f.Message = fmt.Sprintf("`%s` is compared with itself", source.Shorten(i.Field))
				f.Help = "name the field that was meant"
			case known && s.complete() && s.table.Explain(t.Ref).Finding != taxonomy.Known:
				f.Message = fmt.Sprintf("`%s` has no field `%s` to compare with", s.name(), source.Shorten(t.Ref))
				f.Help = "name a field of the log source"
				if names := s.table.Explain(t.Ref).Names; len(names) > 0 {
					f.Help = "did you mean " + quoteAll(names) + "?"
				}
			default:
				continue
			}
			p.Report(f)
		}
	})
}

// standardPlaceholders are those that the specification names.
var standardPlaceholders = map[string]bool{
	"%administrators%": true, "%jumpservers%": true, "%workstations%": true, "%servers%": true, "%domaincontrollers%": true,
}

func placeholderWithoutExpand(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, _ taxonomy.Type) {
		if i.Has("expand") || !standardPlaceholders[strings.ToLower(v.Text)] {
			return
		}
		f := lint.Finding{
			Span:    v.Node.Span,
			Message: fmt.Sprintf("`%s` is compared as it stands, percent signs included", source.Shorten(v.Text)),
			Help:    "add the modifier `expand`",
		}
		if i.Key != nil && i.Key.Style == source.Plain {
			f.Fix = unlessTaken(p, i, &source.Fix{Title: "add `expand`", Edits: []source.Edit{{Span: source.Span{Start: i.Key.Span.End, End: i.Key.Span.End}, New: "|expand"}}})
		}
		p.Report(f)
	})
}

func encodingNonASCII(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, _ taxonomy.Type) {
		encoded := i.Has("base64offset") || i.Has("utf16") || i.Has("utf16le") || i.Has("utf16be")
		if !encoded || strings.IndexFunc(v.Text, func(r rune) bool { return r >= 0x80 }) < 0 {
			return
		}
		p.Report(lint.Finding{
			Span:    v.Node.Span,
			Message: fmt.Sprintf("`%s` has characters beyond ASCII, which tools encode differently", shorter(v.Text)),
			Help:    "write the encoded text under `contains`",
		})
	})
}
