package logic

import (
	"fmt"
	"regexp/syntax"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// program is the test as a regular expression, or nil when it is made of patterns.
func (l *leaf) program() *syntax.Prog {
	switch l.test.Kind {
	case rules.RegexTest:
		return compile(l.test.Regex.Program.String())
	case rules.CIDRTest:
		return compileWhole(addressExpression(l.test))
	case rules.CompareTest:
		return compileWhole(numberExpression(l.test))
	case rules.TimeTest:
		return compileWhole(timeExpression(l.test))
	}
	return nil
}

// compileWhole compiles an expression for the whole text.
func compileWhole(expression string) *syntax.Prog { return compile(`\A(?:` + expression + `)\z`) }

func compile(expression string) *syntax.Prog {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err == nil {
		var prog *syntax.Prog
		if prog, err = syntax.Compile(tree.Simplify()); err == nil {
			return prog
		}
	}
	panic(fmt.Sprintf("a checked expression does not compile: %v", err))
}

// nothing matches no text.
const nothing = `[^\x00-\x{10FFFF}]`

// Octets of a dotted quad.
const anyOctet = `(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`

// addressExpression is the dotted quads of a network; an IPv6 network has none.
func addressExpression(t *rules.Test) string {
	n := network(t)
	if !n.Addr().Is4() {
		return nothing
	}
	address, bits := n.Addr().As4(), n.Bits()
	var parts []string
	for i, octet := range address {
		switch fixed := bits - 8*i; {
		case fixed >= 8:
			parts = append(parts, fmt.Sprint(octet))
		case fixed <= 0:
			parts = append(parts, anyOctet)
		default:
			var values []string
			for v := int(octet); v < int(octet)+1<<(8-fixed); v++ {
				values = append(values, fmt.Sprint(v))
			}
			parts = append(parts, "(?:"+strings.Join(values, "|")+")")
		}
	}
	return strings.Join(parts, `\.`)
}

// numberExpression is the plain decimals (sign, digits, fraction) that compare as the test says.
func numberExpression(t *rules.Test) string {
	digits, fraction, negative := decimal(t.Number)
	zero := strings.Trim(digits+fraction, "0") == ""
	equal := wholePart(digits) + equalFraction(fraction)
	if zero {
		equal = `-?0+(?:\.0+)?`
	} else if negative {
		equal = "-" + equal
	}
	greaterMagnitude := magnitude(digits, fraction, true)
	less, greater := "", ""
	const anyDecimal = `[0-9]+(?:\.[0-9]+)?`
	const positive = `(?:0*[1-9][0-9]*(?:\.[0-9]+)?|0+\.0*[1-9][0-9]*)`
	switch {
	case zero:
		less, greater = "-"+positive, positive
	case negative:
		less = "-" + greaterMagnitude
		greater = "(?:" + anyDecimal + "|-" + magnitude(digits, fraction, false) + ")"
	default:
		less = "(?:-" + anyDecimal + "|" + magnitude(digits, fraction, false) + ")"
		greater = greaterMagnitude
	}
	switch t.Compare {
	case rules.Less:
		return less
	case rules.LessOrEqual:
		return less + "|" + equal
	case rules.Greater:
		return greater
	case rules.GreaterOrEqual:
		return greater + "|" + equal
	}
	return equal
}

// decimal is the digits before and behind the point, without needless zeros in front or behind.
func decimal(n rules.Number) (digits, fraction string, negative bool) {
	text := n.Text
	if !n.Integral {
		text = plainDecimal(rational(n))
	}
	negative = strings.HasPrefix(text, "-")
	digits, fraction, _ = strings.Cut(strings.TrimLeft(text, "+-"), ".")
	return strings.TrimLeft(digits, "0"), strings.TrimRight(fraction, "0"), negative
}

// wholePart is the digits before the point, with zeros in front.
func wholePart(digits string) string {
	if digits == "" {
		return `0+`
	}
	return `0*` + digits
}

func equalFraction(fraction string) string {
	if fraction == "" {
		return `(?:\.0+)?`
	}
	return `\.` + fraction + `0*`
}

// magnitude is the unsigned decimals greater, or smaller, than digits.fraction: they share a prefix and then differ in one
// digit, or have more or fewer digits.
func magnitude(digits, fraction string, greater bool) string {
	const tail = `(?:\.[0-9]+)?`
	var ways []string
	n := len(digits)
	if greater {
		ways = append(ways, fmt.Sprintf(`0*[1-9][0-9]{%d,}%s`, n, tail))
	} else if n > 1 {
		ways = append(ways, fmt.Sprintf(`(?:0+|0*[1-9][0-9]{0,%d})%s`, n-2, tail))
	} else if n == 1 {
		ways = append(ways, `0+`+tail)
	}
	differ := func(prefix string, d byte, rest string) {
		lo, hi := d+1, byte('9')
		if !greater {
			lo, hi = '0', d-1
		}
		if lo <= hi {
			ways = append(ways, fmt.Sprintf(`%s[%c-%c]%s`, prefix, lo, hi, rest))
		}
	}
	for i := range n {
		differ(`0*`+digits[:i], digits[i], fmt.Sprintf(`[0-9]{%d}%s`, n-i-1, tail))
	}
	whole := wholePart(digits)
	for i := range fraction {
		differ(whole+`\.`+fraction[:i], fraction[i], `[0-9]*`)
	}
	if greater {
		ways = append(ways, whole+`\.`+fraction+`0*[1-9][0-9]*`)
	} else if fraction != "" {
		ways = append(ways, whole)
		for i := 1; i < len(fraction); i++ {
			ways = append(ways, whole+`\.`+fraction[:i]) // shorter, so smaller
		}
	}
	sort.Strings(ways)
	return "(?:" + strings.Join(ways, "|") + ")"
}
