package match

import (
	"net/netip"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// matches applies the test to a field's value; nil is an absent field. For an array any element may match.
func (t *test) matches(v *value, e *Event) bool {
	switch {
	case t.kind == rules.ExistsTest:
		return (v != nil) == t.source.Bool
	case v == nil:
		return t.kind == rules.NullTest
	case v.kind == listValue:
		for _, item := range v.items {
			if t.matches(item, e) {
				return true
			}
		}
		return false
	case t.kind == rules.NullTest:
		return v.kind == nullValue
	}
	return v.scalar() && t.matchesScalar(v, e)
}

// matchesScalar applies the test to text, a number or a boolean.
func (t *test) matchesScalar(v *value, e *Event) bool {
	switch t.kind {
	case rules.TextTest:
		for i := range t.patterns {
			if t.patterns[i].matches(v) {
				return true
			}
		}
	case rules.NumberTest:
		if v.kind == numberValue {
			n, ok := parseDecimal(v.text)
			return ok && n == t.number
		}
		return v.kind == textValue && equalsASCII(v.text, t.spelled) == yes
	case rules.BoolTest:
		return v.kind != numberValue && equalsASCII(v.text, spellBool(t.source.Bool)) == yes
	case rules.RegexTest:
		return (t.guard == nil || t.guard.allows(v.lower())) && t.source.Regex.Program.MatchString(v.text)
	case rules.CIDRTest:
		a, ok := address(v)
		return ok && t.network.Contains(a)
	case rules.CompareTest:
		n, ok := number(v)
		return ok && t.source.Compare.Holds(n.compare(t.number))
	case rules.TimeTest:
		if v.kind != textValue {
			return false
		}
		part, ok := timePart(v.text, t.source.Part)
		return ok && t.source.Compare.Holds(rules.IntNumber(part).Compare(t.source.Number))
	case rules.FieldRefTest:
		return t.matchesOther(v, e.of(&t.other))
	}
	return false
}

func spellBool(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// number reads a JSON number, or text that spells one.
func number(v *value) (decimal, bool) {
	if v.kind == boolValue {
		return decimal{}, false
	}
	return parseDecimal(v.text)
}

// longestAddress is an IPv6 address with IPv4 notation at its end; a zone may follow.
const longestAddress = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")

// address reads an IP address, IPv4 inside IPv6 as IPv4, without its zone.
func address(v *value) (netip.Addr, bool) {
	text, _, _ := strings.Cut(v.text, "%")
	if v.kind != textValue || len(text) > longestAddress || strings.IndexByte(text, '.') < 0 && strings.IndexByte(text, ':') < 0 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(text)
	return a.Unmap(), err == nil
}

// matchesOther compares with the value of the field that the rule names.
func (t *test) matchesOther(v, other *value) bool {
	if other == nil {
		return false
	}
	if other.kind == listValue {
		for _, item := range other.items {
			if t.matchesOther(v, item) {
				return true
			}
		}
		return false
	}
	if !other.scalar() {
		return false
	}
	open := t.source.RefOpen
	if open == [2]bool{} && v.kind == numberValue && other.kind == numberValue {
		a, known := parseDecimal(v.text)
		b, alsoKnown := parseDecimal(other.text)
		if known && alsoKnown {
			return a == b
		}
	}
	text, part := v.text, other.text
	if !t.source.Cased {
		text, part = v.lower(), other.lower()
	}
	switch {
	case open[0] && open[1]:
		return strings.Contains(text, part)
	case open[0]:
		return strings.HasSuffix(text, part)
	case open[1]:
		return strings.HasPrefix(text, part)
	}
	return text == part
}

// holdsAnywhere applies a keyword item to the raw message or, without one, to every string value.
func (i *item) holdsAnywhere(e *Event) bool {
	where := e.raw()
	if where == nil {
		where = e.whole()
	}
	if i.all {
		for _, t := range i.tests {
			if !t.occurs(where) {
				return false
			}
		}
		return true
	}
	if i.sets != nil && i.sets.insides != nil && where.anyText(i.sets.insides.in) {
		return true
	}
	for _, t := range i.rest {
		if t.occurs(where) {
			return true
		}
	}
	return false
}

// anyText reports whether any text at any depth is one, in its folded form.
func (v *value) anyText(is func(string) bool) bool {
	if v.kind == textValue {
		return is(v.lower())
	}
	for _, item := range v.items {
		if item.anyText(is) {
			return true
		}
	}
	for _, field := range v.fields {
		if field.anyText(is) {
			return true
		}
	}
	return false
}

// occurs reports whether a keyword occurs in any text at any depth.
func (t *test) occurs(v *value) bool {
	if v.kind != objectValue && v.kind != listValue {
		return t.occursIn(v)
	}
	for _, item := range v.items {
		if t.occurs(item) {
			return true
		}
	}
	for _, field := range v.fields {
		if t.occurs(field) {
			return true
		}
	}
	return false
}

// occursIn applies a keyword to one value. Numbers and booleans of the event only count for unquoted keywords of their type.
func (t *test) occursIn(v *value) bool {
	switch {
	case v.kind == textValue && t.kind == rules.NumberTest:
		return strings.Contains(v.lower(), t.spelled)
	case v.kind == textValue && t.kind == rules.BoolTest:
		return strings.Contains(v.lower(), spellBool(t.source.Bool))
	case v.kind == textValue,
		v.kind == numberValue && t.kind == rules.NumberTest,
		v.kind == boolValue && t.kind == rules.BoolTest:
		return t.matchesScalar(v, nil)
	}
	return false
}
