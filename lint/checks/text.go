package checks

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// textChecks look at how values are written.
var textChecks = []*lint.Check{
	{
		Code: "SIG0635", Name: "number-as-text", Severity: lint.Info, Profiles: qs,
		Doc: lint.Doc{
			Title: "A quoted number",
			What:  "A quoted integer, with or without sign, on an item without modifiers.",
			Why:   "Numeric fields of some backends never equal a text. In text fields it is right.",
			Bad:   selectWith("LogonId: '999'"),
			Good:  selectWith("LogonId: 999"),
		},
		Document: numberAsText,
	},
	{
		Code: "SIG0636", Name: "control-character", Severity: lint.Warning, Profiles: rqs, YieldsTo: []string{"double-quoted-escape", "multi-line-value"},
		Doc: lint.Doc{
			Title: "A control character in a value",
			What:  "A character below U+0020 or from U+007F to U+009F in a text value. Regular expressions are exempt.",
			Why:   "Logs hardly ever hold one; it came from an escape such as `\\t` in double quotes.",
			Bad:   selectWith("CommandLine|contains: \"open\\bfiles\""),
			Good:  selectWith("CommandLine|contains: 'open\\bfiles'"),
		},
		Document: controlCharacter,
	},
	{
		Code: "SIG0637", Name: "typographic-character", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "Dashes and quotes as a word processor sets them",
			What: "An en or em dash right before a letter, or a typographic quote beside an ASCII character, in a command line or script without `windash`. A value of " +
				"nothing but such characters is deliberate.",
			Why:  "Command lines have `-` and `'`: the value was pasted from a document and never matches.",
			Bad:  selectWith("CommandLine|contains: 'lsof –i'"),
			Good: selectWith("CommandLine|contains: 'lsof -i'"),
		},
		Document: typographicCharacter,
	},
	{
		Code: "SIG0652", Name: "ip-prefix-as-text", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A network written as the start of an address",
			What:  "An address field with `startswith` or a trailing `*` on a dotted prefix. A warning where the prefix does not end in a dot. `127.` and `fe80:` are exempt.",
			Why:   "`10.1` is also the start of 10.100.0.1; `cidr` says what is meant, and backends can use an index.",
			Bad:   strings.Replace(exampleNetwork("'198.51.100.0/24'"), "DestinationIp|cidr: '198.51.100.0/24'", "DestinationIp|startswith: '198.51.100.'", 1),
			Good:  exampleNetwork("'198.51.100.0/24'"),
		},
		Document: addressPrefix,
	},
	{
		Code: "SIG0653", Name: "single-value-list", Severity: lint.Info, Profiles: qs,
		Doc: lint.Doc{
			Title: "A list with one entry",
			What:  "A list with one value under a field, or a list of maps with one map. Lists of keywords are exempt.",
			Why:   "The value alone says the same and reads better.",
			Bad:   selectWith("CommandLine|contains:\n    - ' -i'"),
			Good:  selectWith("CommandLine|contains: ' -i'"),
		},
		Document: singleValueList,
	},
}

var integer = regexp.MustCompile(`^[+-]?[0-9]+$`)

func numberAsText(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if len(i.Modifiers) > 0 {
			return
		}
		for _, v := range i.Values {
			if v.Kind != rules.TextValue || v.Node.Style == source.Plain || !integer.MatchString(v.Text) {
				continue
			}
			f := lint.Finding{
				Span:    v.Node.Span,
				Message: fmt.Sprintf("`%s` is quoted, so it is compared as text", v.Text),
				Help:    "remove the quotes where the field is a number",
			}
			if _, ok := rules.ParseNumber(v.Text); ok && v.Node.Alias == nil && v.Node.Anchor == "" && !strings.HasPrefix(strings.TrimLeft(v.Text, "+-"), "0") {
				f.Fix = &source.Fix{Title: "remove the quotes", Edits: []source.Edit{{Span: v.Node.Span, New: v.Text}}}
			}
			p.Report(f)
		}
	})
}

func controlCharacter(p *lint.Pass) {
	eachText(p, func(_ *rules.Item, v *rules.Value, _ taxonomy.Type) {
		for k, r := range v.Text {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				p.Report(lint.Finding{
					Span:    v.Node.Range(k, k+utf8.RuneLen(r)),
					Message: fmt.Sprintf("the value `%s` holds the control character U+%04X", shorter(v.Text), r),
					Help:    "write it in single quotes, where a backslash is a backslash",
				})
				return
			}
		}
	})
}

// Characters that word processors set for `-`, `'` and `"`.
const (
	wideDashes  = "–—"
	curlyQuotes = "‘’‚“”„"
)

// plainCharacters are what was typed.
var plainCharacters = strings.NewReplacer("–", "-", "—", "-", "‘", "'", "’", "'", "‚", "'", "“", `"`, "”", `"`, "„", `"`)

func typographicCharacter(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		if t != taxonomy.CommandLine && t != taxonomy.Script || i.Has("windash") {
			return
		}
		for k, r := range v.Text {
			before, _ := utf8.DecodeLastRuneInString(v.Text[:k])
			after, _ := utf8.DecodeRuneInString(v.Text[k+utf8.RuneLen(r):])
			dash := strings.ContainsRune(wideDashes, r) && unicode.IsLetter(after)
			quote := strings.ContainsRune(curlyQuotes, r) && (k > 0 && before < 0x80 || after < 0x80)
			if !dash && !quote {
				continue
			}
			plain := plainCharacters.Replace(string(r))
			p.Report(lint.Finding{
				Span:    v.Node.Range(k, k+utf8.RuneLen(r)),
				Message: fmt.Sprintf("`%c` in `%s` is not the `%s` of a command line", r, shorter(v.Text), plain),
				Help:    "write `" + plain + "`; where both are meant, use `windash` or list both",
				Fix:     rewrite(v, k, k+utf8.RuneLen(r), quotedAs(v.Node.Style, plain), false),
			})
			return
		}
	})
}

// quotedAs is a text inside a scalar of this style.
func quotedAs(style source.Style, text string) string {
	if style == source.SingleQuoted {
		return strings.ReplaceAll(text, "'", "''")
	}
	return text
}

// dottedPrefix is the start of an IPv4 address.
var dottedPrefix = regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}\.?\*?$`)

func addressPrefix(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		prefix := strings.TrimSuffix(v.Text, "*")
		if t != taxonomy.IP || prefix == "127." || !dottedPrefix.MatchString(v.Text) || !i.Has("startswith") && (prefix == v.Text || len(i.Modifiers) > 0) {
			return
		}
		f := lint.Finding{
			Span:    v.Node.Span,
			Message: fmt.Sprintf("`%s` is the start of a text, where a network is meant", v.Text),
			Help:    "write the network: `" + source.Shorten(i.Field) + "|cidr`",
		}
		if !strings.HasSuffix(prefix, ".") {
			f.Severity = lint.Warning
			f.Message = fmt.Sprintf("`%s` also begins addresses of other networks, such as `%s0…`", v.Text, prefix)
		} else {
			f.Fix = unlessTaken(p, i, writeNetwork(i, v, prefix))
		}
		p.Report(f)
	})
}

// writeNetwork is the fix that asks for the network of whole octets, for an item with this value alone.
func writeNetwork(i *rules.Item, v *rules.Value, prefix string) *source.Fix {
	const octetBits, octets = 8, 4
	if i.Node != v.Node || !editable(i.Key) || !editable(v.Node) || len(i.Modifiers) > 1 {
		return nil
	}
	n := strings.Count(prefix, ".")
	network := fmt.Sprintf("%s%s/%d", prefix, strings.TrimSuffix(strings.Repeat("0.", octets-n), "."), n*octetBits)
	return &source.Fix{Title: "write the network", Edits: []source.Edit{
		{Span: source.Span{Start: i.FieldSpan.End, End: i.FieldSpan.End + len(i.KeyText()) - len(i.Field)}, New: "|cidr"},
		{Span: v.Node.Span, New: source.Quote(network)},
	}}
}

func singleValueList(p *lint.Pass) {
	d := p.Detections()
	if d == nil {
		return
	}
	file := p.Document.Base().File
	for _, named := range d.Named {
		if n := named.Node; n.Kind == source.List && len(n.Items) == 1 && n.Items[0].Kind == source.Map {
			p.Report(lint.Finding{
				Span:    named.Key.Span,
				Message: fmt.Sprintf("`%s` is a list with one map", source.Shorten(named.Name)),
				Help:    "write the map without the dash",
			})
		}
		named.Block.Each(func(i *rules.Item) {
			n := i.Node
			if i.Key == nil || n.Kind != source.List || len(n.Items) != 1 || n.Items[0].Kind != source.Scalar {
				return
			}
			f := lint.Finding{
				Span:    n.Items[0].Span,
				Message: fmt.Sprintf("`%s` is a list with one value", source.Shorten(i.KeyText())),
				Help:    "write the value behind the colon",
			}
			between := source.Span{Start: i.Key.Span.End, End: n.Items[0].Span.Start}
			if n.Alias == nil && n.Anchor == "" && n.Items[0].Alias == nil && n.Items[0].Anchor == "" && !n.Flow && between.Start < between.End && onlyDash(file.Text(between)) {
				f.Fix = &source.Fix{Title: "write the value behind the colon", Safe: true, Edits: []source.Edit{{Span: between, New: ": "}}}
			}
			p.Report(f)
		})
	}
}

// onlyDash reports a colon and the dash of a list with nothing but blanks around them.
func onlyDash(text string) bool {
	return strings.Join(strings.Fields(text), "") == ":-"
}
