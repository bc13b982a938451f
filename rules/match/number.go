package match

import (
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// decimal is a number exactly: 0.digits × 10^point, negative or not. The digits have no zeros at either end, and those of
// zero are empty.
type decimal struct {
	negative bool
	digits   string
	point    int
}

// maxExponentDigits bounds what is read as a number, so that an exponent always fits an int.
const maxExponentDigits = 9

// parseDecimal reads `-1`, `007`, `2.50`, `1e3`: JSON's grammar with leading zeros allowed. Nothing else is a number,
// neither blanks nor hexadecimal.
func parseDecimal(s string) (decimal, bool) {
	var d decimal
	rest, negative := strings.CutPrefix(s, "-")
	whole := digitRun(rest)
	if whole == 0 {
		return d, false
	}
	digits, fraction := rest[:whole], ""
	rest = rest[whole:]
	if strings.HasPrefix(rest, ".") {
		n := digitRun(rest[1:])
		if n == 0 {
			return d, false
		}
		fraction, rest = rest[1:1+n], rest[1+n:]
	}
	exponent := 0
	if rest != "" {
		if rest[0] != 'e' && rest[0] != 'E' {
			return d, false
		}
		power := rest[1:]
		unsigned := power
		if power != "" && (power[0] == '+' || power[0] == '-') {
			unsigned = power[1:]
		}
		if n := digitRun(unsigned); n == 0 || n > maxExponentDigits || n < len(unsigned) {
			return d, false
		}
		exponent, _ = strconv.Atoi(power)
	}
	d.point = len(digits) + exponent
	if fraction != "" {
		digits += fraction
	}
	trimmed := strings.TrimLeft(digits, "0")
	d.point -= len(digits) - len(trimmed)
	d.digits = strings.TrimRight(trimmed, "0")
	d.negative = negative && d.digits != ""
	if d.digits == "" {
		d.point = 0
	}
	return d, true
}

// digitRun is how many digits a text begins with.
func digitRun(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// compare is -1, 0 or 1.
func (d decimal) compare(o decimal) int {
	if d.negative != o.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	order := d.magnitude(o)
	if d.negative {
		return -order
	}
	return order
}

func (d decimal) magnitude(o decimal) int {
	switch {
	case d.digits == "" || o.digits == "":
		return strings.Compare(d.digits, o.digits)
	case d.point != o.point:
		if d.point < o.point {
			return -1
		}
		return 1
	}
	return strings.Compare(d.digits, o.digits)
}

// ruleNumber is a rule's number with the text that spells it. Beyond 64 bits the model keeps a float only; the author's
// digits are exact.
func ruleNumber(t *rules.Test) (decimal, string, bool) {
	text := t.Number.Text
	if !t.Number.Integral && t.Value != nil {
		if d, ok := parseDecimal(t.Value.Text); ok {
			if digitRun(strings.TrimPrefix(t.Value.Text, "-")) == len(strings.TrimPrefix(t.Value.Text, "-")) {
				text = t.Value.Text
			}
			return d, text, true
		}
	}
	d, ok := parseDecimal(text)
	return d, text, ok
}
