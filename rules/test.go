package rules

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	mathbits "math/bits"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/source"
)

// TestKind is how a value is compared with a field.
type TestKind uint8

// The ways to compare.
const (
	TextTest     TestKind = iota // any of Patterns covers the whole field (keywords: occurs in the event)
	NumberTest                   // equal to Number, as a number or as text that spells it
	BoolTest                     // equal to Bool, as a boolean or as text
	NullTest                     // the field is absent or null
	RegexTest                    // Regex is found in the field
	CIDRTest                     // the field is an address of Network
	CompareTest                  // the field compares with Number as Compare says
	TimeTest                     // the Part of the time in the field compares with Number as Compare says
	FieldRefTest                 // the field equals, contains, starts or ends with the field Ref
	ExistsTest                   // the field is present (Bool) or absent
	InvalidTest                  // no certain meaning; Reason says why
)

// Comparison is an order relation.
type Comparison uint8

// The order relations of comparisons and time parts.
const (
	Equal Comparison = iota
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

var comparisons = map[string]Comparison{"lt": Less, "lte": LessOrEqual, "gt": Greater, "gte": GreaterOrEqual}

// Holds applies the relation to the result of a three-way comparison.
func (c Comparison) Holds(order int) bool {
	switch c {
	case Less:
		return order < 0
	case LessOrEqual:
		return order <= 0
	case Greater:
		return order > 0
	case GreaterOrEqual:
		return order >= 0
	}
	return order == 0
}

// Test is what one value demands of its field, after the modifiers.
type Test struct {
	Kind     TestKind
	Value    *Value    // where it came from
	Patterns []Pattern // TextTest: any of them; several only for base64offset
	Cased    bool      // TextTest, FieldRefTest: case matters
	Regex    *Regex
	Network  netip.Prefix
	Number   Number
	Compare  Comparison
	Part     string // minute, hour, day, week, month, year
	Bool     bool
	Ref      string
	RefOpen  [2]bool // FieldRefTest: open at the start, at the end
	Reason   string  // InvalidTest
}

// Kinds of problems with single values, by the names of their checks.
const (
	KindStringModifier    = "string-modifier-on-non-string"
	KindComparisonNumber  = "comparison-needs-number"
	KindExistsBoolean     = "exists-needs-boolean"
	KindTimePartRange     = "time-part-range"
	KindInvalidCIDR       = "invalid-cidr"
	KindCIDRHostBits      = "cidr-host-bits"
	KindInvalidRegex      = "invalid-regex"
	KindBase64Wildcard    = "base64-wildcard"
	KindBase64Short       = "base64-short-fragment"
	KindUnquotedTimestamp = "unquoted-timestamp"
)

// test reads one value through the chain.
func (c *chain) test(h *Head, i *Item, v *Value) *Test {
	t := &Test{Value: v}
	switch {
	case c.invalid != "":
		return t.invalid(c.invalid)
	case v.Kind == InvalidValue:
		return t.invalid("a value is " + shapeName(v.Node))
	case c.decider != nil:
		return c.decided(h, i, v, t)
	}
	if len(c.modifiers) == 0 {
		switch v.Kind {
		case NullValue:
			if i.Keyword() {
				if i.Node.Kind != source.List {
					h.report(Problem{
						Kind: KindInvalidValue, Span: v.spanOr(i),
						Message: "null needs a field, and a keyword has none", Help: "name the field before it, or quote it if the word is meant",
					})
				}
				return t.invalid("null needs a field")
			}
			t.Kind = NullTest
			return t
		case NumberValue:
			t.Kind, t.Number = NumberTest, v.Number
			return t
		case BoolValue:
			t.Kind, t.Bool = BoolTest, v.Bool
			return t
		}
	}
	if !c.wantsText(h, i, v) && v.Kind == NullValue {
		return t.invalid("null under `" + c.modifiers[0].Written + "`")
	}
	c.checkTimestamp(h, v)
	return c.text(h, v, t)
}

func (t *Test) invalid(reason string) *Test {
	t.Kind, t.Reason = InvalidTest, reason
	return t
}

// wantsText reports a value that is no text under a modifier for text. pySigma rejects it; numbers and booleans are
// still read as the text they spell.
func (c *chain) wantsText(h *Head, i *Item, v *Value) bool {
	if v.Kind == TextValue {
		return true
	}
	if v.Kind == NullValue && i.Node.Kind == source.List {
		return false // reported as null among values
	}
	m := c.modifiers[0]
	p := Problem{
		Kind: KindStringModifier, Span: v.Node.Span,
		Message: fmt.Sprintf("`%s` works on text, and `%s` is %s", m.Written, valueText(v), kindName(v.Kind)),
		Help:    "quote it: " + source.Quote(v.Text),
	}
	if v.Kind == NullValue {
		p.Help = "test for absence without a modifier, in an identifier of its own"
		if v.Node.Missing() {
			p.Span = i.Key.Span
			p.Message = fmt.Sprintf("`%s` has no value", i.label())
		}
	} else {
		p.Fix = &source.Fix{Title: "quote the value", Edits: []source.Edit{{Span: v.Node.Span, New: source.Quote(v.Node.Text())}}}
	}
	h.report(p)
	return false
}

func (c *chain) has(name string) bool {
	for _, m := range c.modifiers {
		if m.Name == name {
			return true
		}
	}
	return false
}

func valueText(v *Value) string {
	if v.Kind == NullValue {
		return "null"
	}
	return source.Shorten(v.Text)
}

func kindName(k ValueKind) string {
	switch k {
	case NumberValue:
		return "a number"
	case BoolValue:
		return "a boolean"
	case NullValue:
		return "null"
	}
	return "text"
}

func (c *chain) checkTimestamp(h *Head, v *Value) {
	if v.Node.Tag != source.TagTimestamp || v.Node.Explicit {
		return
	}
	quoted := source.Quote(v.Node.Text())
	h.report(Problem{
		Kind: KindUnquotedTimestamp, Span: v.Node.Span,
		Message: fmt.Sprintf("`%s` is a date for YAML, never the text of a log", source.Shorten(v.Text)),
		Help:    "quote it: " + quoted,
		Fix:     &source.Fix{Title: "quote the date", Safe: true, Edits: []source.Edit{{Span: v.Node.Span, New: quoted}}},
	})
}

// text reads a string value.
func (c *chain) text(h *Head, v *Value, t *Test) *Test {
	patterns := []Pattern{ParsePattern(v.Text)}
	if c.has("expand") {
		patterns[0] = expandPlaceholders(v.Text)
	}
	for k := range c.modifiers {
		m := &c.modifiers[k]
		switch m.role {
		case roleShape:
			start, end := m.Name != "startswith", m.Name != "endswith"
			for p := range patterns {
				patterns[p] = patterns[p].open(start, end)
			}
		case roleCase:
			t.Cased = true
		case roleDash:
			for p := range patterns {
				patterns[p] = patterns[p].each(splitDashes)
			}
		case roleEncode:
			var encoded []Pattern
			for _, p := range patterns {
				plain, ok := p.Plain()
				if !ok {
					h.report(Problem{
						Kind: KindBase64Wildcard, Span: v.Node.Span,
						Message: fmt.Sprintf("`%s` cannot encode a wildcard", m.Written),
						Help:    `write a literal star as \*, or encode the parts on their own`,
						Fix:     escapeWildcards(v),
					})
					return t.invalid("a wildcard under `" + m.Written + "`")
				}
				if m.Name == "base64offset" && len(plain) < 2 {
					h.report(Problem{
						Kind: KindBase64Short, Span: v.Node.Span,
						Message: fmt.Sprintf("`%s` is too short for `base64offset`: one of its fragments is empty and matches everything", valueText(v)),
						Help:    "use a value of at least 4 bytes",
					})
				}
				if m.Name == "base64offset" && plain == "" {
					return t.invalid("an empty value under `base64offset`")
				}
				encoded = append(encoded, encode(m.Name, plain)...)
			}
			patterns = encoded
		}
	}
	t.Kind, t.Patterns = TextTest, patterns
	return t
}

// encode applies one encoding to a literal text.
func encode(name, text string) []Pattern {
	literal := func(s string) Pattern {
		if s == "" {
			return nil
		}
		return Pattern{{Kind: Literal, Text: s}}
	}
	switch name {
	case "base64":
		return []Pattern{literal(base64.StdEncoding.EncodeToString([]byte(text)))}
	case "base64offset":
		return base64Offsets([]byte(text), literal)
	case "utf16le":
		return []Pattern{literal(utf16Bytes(text, false))}
	case "utf16be":
		return []Pattern{literal(utf16Bytes(text, true))}
	case "utf16":
		return []Pattern{literal("\xff\xfe" + utf16Bytes(text, false))}
	}
	panic("encoding without a rule: " + name)
}

// Characters of Base64 that the neighbours of a fragment decide: dropped at the start by offset, at the end by
// (length + offset) mod 3 (spec/sigma-semantics.md section 7.2). Lengths are bytes.
var (
	offsetStart = [3]int{0, 2, 3}
	offsetEnd   = [3]int{0, 3, 2}
)

func base64Offsets(text []byte, literal func(string) Pattern) []Pattern {
	var out []Pattern
	for i := range 3 {
		encoded := base64.StdEncoding.EncodeToString(append(make([]byte, i), text...))
		out = append(out, literal(encoded[offsetStart[i]:len(encoded)-offsetEnd[(len(text)+i)%3]]))
	}
	return out
}

func utf16Bytes(text string, bigEndian bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if bigEndian {
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u))
		} else {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

// splitDashes cuts out the dashes that windash varies: no word character before and one after, pySigma's position rule,
// with Unicode dashes added.
func splitDashes(t Token) Pattern {
	var out Pattern
	from := 0
	before := rune(-1)
	for i, r := range t.Text {
		size := utf8.RuneLen(r)
		if strings.ContainsRune(DashCharacters, r) && !isWord(before) {
			after, _ := utf8.DecodeRuneInString(t.Text[i+size:])
			if i+size < len(t.Text) && isWord(after) {
				if i > from {
					out = append(out, t.cut(from, i))
				}
				dash := t.cut(i, i+size)
				dash.Kind = Dash
				out = append(out, dash)
				from = i + size
			}
		}
		before = r
	}
	if from < len(t.Text) {
		out = append(out, t.cut(from, len(t.Text)))
	}
	return out
}

// cut is a part of a literal token. Places stay exact where the token holds no escapes, else they cover the token.
func (t Token) cut(a, b int) Token {
	out := Token{Kind: Literal, Text: t.Text[a:b], At: t.At, End: t.End}
	if t.End-t.At == len(t.Text) {
		out.At, out.End = t.At+a, t.At+b
	}
	return out
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// expandPlaceholders reads a value under `expand`: `%name%` is a placeholder, `\%` a literal percent sign.
func expandPlaceholders(value string) Pattern {
	var out Pattern
	from := 0
	literal := func(at int) {
		text := strings.ReplaceAll(value[from:at], `\%`, "%")
		for _, t := range ParsePattern(text) {
			t.At, t.End = from, at
			out = append(out, t)
		}
	}
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == '\\' && i+1 < len(value) && value[i+1] == '%':
			i++
		case value[i] == '%':
			end := i + 1
			for end < len(value) && (value[end] == '_' || isASCIIAlnum(value[end])) {
				end++
			}
			if end > i+1 && end < len(value) && value[end] == '%' {
				literal(i)
				out = append(out, Token{Placeholder, value[i+1 : end], i, end + 1})
				from, i = end+1, end
			}
		}
	}
	literal(len(value))
	return out
}

func isASCIIAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// timeRanges are the legal values of time parts; ISO weeks have a 53rd.
var timeRanges = map[string][2]int64{
	"minute": {0, 59}, "hour": {0, 23}, "day": {1, 31}, "week": {1, 53}, "month": {1, 12}, "year": {1970, 2100},
}

// decided reads a value under a deciding modifier.
func (c *chain) decided(h *Head, i *Item, v *Value, t *Test) *Test {
	m := c.decider
	if i.Keyword() && m.role != roleRegex {
		if len(i.Tests) == 0 { // once an item
			h.report(Problem{
				Kind: KindIncompatibleModifiers, Span: m.Span,
				Message: fmt.Sprintf("`%s` needs a field, and a keyword has none", m.Written),
				Help:    fmt.Sprintf("name the field before it: `Field|%s`", m.Written),
			})
		}
		return t.invalid("`" + m.Written + "` needs a field")
	}
	switch m.role {
	case roleRegex:
		return c.regex(h, i, v, t)
	case roleCIDR:
		return c.cidr(h, i, v, t)
	case roleExists:
		if v.Kind != BoolValue {
			p := Problem{
				Kind: KindExistsBoolean, Span: v.spanOr(i),
				Message: fmt.Sprintf("`exists` takes true or false, not `%s`", valueText(v)),
				Help:    "write `true` or `false` without quotes",
			}
			if word := strings.ToLower(v.Text); v.Kind == TextValue && (word == "true" || word == "false") && v.Node.Alias == nil {
				p.Fix = &source.Fix{Title: "remove the quotes", Safe: true, Edits: []source.Edit{{Span: v.Node.Span, New: word}}}
			}
			h.report(p)
			return t.invalid("`exists` without true or false")
		}
		t.Kind, t.Bool = ExistsTest, v.Bool
		return t
	case roleFieldRef:
		if v.Kind != TextValue || ParsePattern(v.Text).HasWildcard() {
			c.wantsText(h, i, v)
			return t.invalid("`fieldref` needs the plain name of a field")
		}
		t.Kind, t.Ref = FieldRefTest, v.Text
		for _, shape := range c.modifiers {
			switch {
			case shape.Name == "cased":
				t.Cased = true
			case shape.role == roleShape:
				t.RefOpen[0] = t.RefOpen[0] || shape.Name != "startswith"
				t.RefOpen[1] = t.RefOpen[1] || shape.Name != "endswith"
			}
		}
		return t
	}
	// A comparison or a time part.
	if v.Kind != NumberValue {
		p := Problem{
			Kind: KindComparisonNumber, Span: v.spanOr(i),
			Message: fmt.Sprintf("`%s` compares numbers, and `%s` is %s", m.Written, valueText(v), kindName(v.Kind)),
			Help:    "write a number without quotes",
		}
		if _, ok := ParseNumber(v.Text); ok && v.Kind == TextValue {
			p.Fix = &source.Fix{Title: "remove the quotes", Safe: true, Edits: []source.Edit{{Span: v.Node.Span, New: v.Text}}}
		}
		h.report(p)
		return t.invalid("`" + m.Written + "` without a number")
	}
	t.Number = v.Number
	if m.role == roleCompare {
		t.Kind, t.Compare = CompareTest, comparisons[m.Name]
		return t
	}
	t.Kind, t.Part = TimeTest, m.Name
	if c.compare != nil {
		t.Compare = comparisons[c.compare.Name]
	}
	if legal := timeRanges[m.Name]; !v.Number.Integral || v.Number.Int < legal[0] || v.Number.Int > legal[1] {
		h.report(Problem{
			Kind: KindTimePartRange, Span: v.Node.Span,
			Message: fmt.Sprintf("no time has the %s `%s`", m.Name, valueText(v)),
			Help:    fmt.Sprintf("a %s is a whole number from %d to %d", m.Name, legal[0], legal[1]),
		})
	}
	return t
}

// spanOr is the value's place, or the item's key when nothing was written.
func (v *Value) spanOr(i *Item) source.Span {
	if v.Node.Missing() && i.Key != nil {
		return i.Key.Span
	}
	return v.Node.Span
}

// escapeWildcards is the fix that makes literal characters of the wildcards of a value.
func escapeWildcards(v *Value) *source.Fix {
	if v.Node.Alias != nil || !v.Node.Mapped() || v.Node.Style == source.DoubleQuoted {
		return nil
	}
	fix := &source.Fix{Title: "write literal characters"}
	for _, t := range ParsePattern(v.Text) {
		if t.Kind == AnyRun || t.Kind == AnyOne {
			at := v.Node.Range(t.At, t.End).Start
			fix.Edits = append(fix.Edits, source.Edit{Span: source.Span{Start: at, End: at}, New: `\`})
		}
	}
	return fix
}

func (c *chain) cidr(h *Head, i *Item, v *Value, t *Test) *Test {
	prefix, err := netip.ParsePrefix(v.Text)
	if address, single := netip.ParseAddr(v.Text); err != nil && single == nil && address.Zone() == "" {
		prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
	}
	if masked, ok := netmask(v.Text); err != nil && ok {
		h.report(Problem{
			Kind: KindInvalidCIDR, Span: v.Node.Span, Warning: true,
			Message: fmt.Sprintf("`%s` gives the network a mask; the specification has prefix lengths only", valueText(v)),
			Help:    "write " + source.Quote(masked.String()),
			Fix:     &source.Fix{Title: "write the prefix length", Safe: true, Edits: []source.Edit{{Span: v.Node.Span, New: source.Quote(masked.String())}}},
		})
		prefix, err = masked, nil
	}
	if err != nil || v.Kind != TextValue {
		p := Problem{
			Kind: KindInvalidCIDR, Span: v.spanOr(i),
			Message: fmt.Sprintf("`%s` is no network", valueText(v)),
			Help:    "write an address and a prefix length: '10.0.0.0/8' or 'fe80::/10'",
		}
		if v.Node.Missing() {
			p.Message = fmt.Sprintf("`%s` has no value", i.label())
		}
		h.report(p)
		return t.invalid("an invalid network")
	}
	if masked := prefix.Masked(); masked != prefix {
		h.report(Problem{
			Kind: KindCIDRHostBits, Span: v.Node.Span,
			Message: fmt.Sprintf("`%s` has bits set beyond its prefix length; pySigma refuses the rule", valueText(v)),
			Help:    "write " + source.Quote(masked.String()),
			Fix:     &source.Fix{Title: "mask the address", Edits: []source.Edit{{Span: v.Node.Span, New: source.Quote(masked.String())}}},
		})
		prefix = masked
	}
	t.Kind, t.Network = CIDRTest, prefix
	return t
}

// netmask reads `address/mask`, which Python's ipaddress and so pySigma take.
func netmask(text string) (netip.Prefix, bool) {
	address, mask, _ := strings.Cut(text, "/")
	a, err := netip.ParseAddr(address)
	m, err2 := netip.ParseAddr(mask)
	if err != nil || err2 != nil || !a.Is4() || !m.Is4() {
		return netip.Prefix{}, false
	}
	four := m.As4()
	bits := binary.BigEndian.Uint32(four[:])
	length := mathbits.LeadingZeros32(^bits)
	if bits<<length != 0 {
		return netip.Prefix{}, false // no run of ones
	}
	return netip.PrefixFrom(a, length), true
}

func (c *chain) regex(h *Head, i *Item, v *Value, t *Test) *Test {
	if v.Kind != TextValue {
		p := Problem{
			Kind: KindStringModifier, Span: v.spanOr(i),
			Message: fmt.Sprintf("`re` works on text, and `%s` is %s", valueText(v), kindName(v.Kind)),
			Help:    "quote it: " + source.Quote(v.Text),
			Fix:     &source.Fix{Title: "quote the value", Edits: []source.Edit{{Span: v.Node.Span, New: source.Quote(v.Node.Text())}}},
		}
		if v.Node.Missing() {
			p.Message, p.Help, p.Fix = fmt.Sprintf("`%s` has no value", i.label()), "write a regular expression, or test for absence without a modifier", nil
		}
		h.report(p)
		return t.invalid("a regular expression that is no text")
	}
	flags := ""
	for _, m := range c.modifiers {
		switch {
		case m.role == roleFlag && !strings.Contains(flags, m.Name):
			flags += m.Name
		case m.role == roleExpand:
			return t.invalid("a placeholder inside a regular expression")
		}
	}
	r := CompileRegex(v.Text, flags)
	t.Regex = r
	switch {
	case r.Broken != "":
		h.report(Problem{
			Kind: KindInvalidRegex, Span: v.Node.Range(r.BrokenAt, len(v.Text)),
			Message: fmt.Sprintf("`%s` is no regular expression: %s", source.Shorten(v.Text), r.Broken),
			Help:    r.Help,
		})
		return t.invalid("an invalid regular expression")
	case r.Program == nil:
		return t.invalid("a regular expression with " + r.Nonportable[0].Name + ", which RE2 does not have")
	}
	t.Kind = RegexTest
	return t
}
