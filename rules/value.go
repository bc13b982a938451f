package rules

import (
	"math"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// ValueKind is the type of a detection value as every YAML 1.2 reader sees it.
type ValueKind uint8

// The types of a value.
const (
	TextValue ValueKind = iota
	NumberValue
	BoolValue
	NullValue
	InvalidValue // a map or a list
)

// Value is one value of an item, before its modifiers.
type Value struct {
	Node   *source.Node
	Kind   ValueKind
	Text   string // decoded text; for numbers and booleans as typed
	Number Number
	Bool   bool
}

// Number is a numeric value. Integers are exact up to 64 bits.
type Number struct {
	Text     string // canonical decimal text, as an event would spell it
	Float    float64
	Int      int64
	Integral bool
}

func newValue(n *source.Node) *Value {
	v := &Value{Node: n, Text: n.Value}
	switch {
	case n.Kind != source.Scalar:
		v.Kind = InvalidValue
	case n.Tag == source.TagNull:
		v.Kind = NullValue
	case n.Tag == source.TagBool:
		v.Kind = BoolValue
		v.Bool = strings.EqualFold(n.Value, "true")
	case leadingZero(n.Value):
		// YAML 1.1 reads 0089 as text, yaml.v3 as 89. The author's digits are what a log would hold.
	case n.Tag == source.TagInt || n.Tag == source.TagFloat:
		if number, ok := ParseNumber(n.Value); ok {
			v.Kind, v.Number = NumberValue, number
		}
	}
	// Timestamps and own tags stay text: the author's characters are what a log would hold.
	return v
}

// leadingZero reports digits that begin with 0 and are no octal number in any version of YAML.
func leadingZero(text string) bool {
	return len(text) > 1 && text[0] == '0' && strings.Trim(text, "0123456789") == "" && strings.ContainsAny(text, "89")
}

// ParseNumber reads a YAML number: decimal, 0x, 0o, 0b, a leading 0 for octal, underscores, floats.
func ParseNumber(text string) (Number, bool) {
	plain := strings.ReplaceAll(text, "_", "")
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return IntNumber(i), true
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		switch strings.ToLower(strings.TrimLeft(plain, "+-")) {
		case ".inf", ".nan":
			return Number{}, false
		}
		return Number{}, false
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return IntNumber(int64(f)), true
	}
	return Number{Text: strconv.FormatFloat(f, 'g', -1, 64), Float: f}, true
}

// IntNumber is an integral number.
func IntNumber(i int64) Number {
	return Number{Text: strconv.FormatInt(i, 10), Float: float64(i), Int: i, Integral: true}
}

// Compare orders two numbers exactly where both are integral.
func (n Number) Compare(m Number) int {
	if n.Integral && m.Integral {
		switch {
		case n.Int < m.Int:
			return -1
		case n.Int > m.Int:
			return 1
		}
		return 0
	}
	switch {
	case n.Float < m.Float:
		return -1
	case n.Float > m.Float:
		return 1
	}
	return 0
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
