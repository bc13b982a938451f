package logic

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand"
	"net/netip"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"

	"github.com/sigtune/sigtune/rules"
)

// author writes rules. Each rule keeps to a few characters, so that its values meet each other.
type author struct {
	r       *rand.Rand
	text    string
	lists   bool
	tame    bool // mostly plain texts, so that parts are often redundant
	letters []string
	values  []string // written so far, to be repeated now and then
	used    map[string]bool
	names   []string
}

// The fields of random rules: two with texts, one that may hold lists, one with times.
const (
	listField = "m"
	timeField = "t"
)

var letterSets = [][]string{
	{"a", "b"}, {"a", "b", "A"}, {"k", "K", "\u212a"}, {"s", "S", "\u017f", "a"}, {"-", "/", "\u2013", "a"}, {"1", "0", "."}, {"\u00e9", "\u00c9", "a"},
	{"a", " ", "_", "-"}, {"a", "\n", "b"}, {`\`, "a", "*"}, {"a", "?", "\u20ac"}, {"1", "2", "-", "T"},
}

func newAuthor(r *rand.Rand) *author {
	a := &author{r: r, letters: letterSets[r.Intn(len(letterSets))], used: map[string]bool{}}
	a.lists = r.Intn(3) == 0
	return a
}

func (a *author) pick(list ...string) string { return list[a.r.Intn(len(list))] }

func (a *author) chance(n int) bool { return a.r.Intn(n) == 0 }

// use notes what a rule has, and passes it on.
func (a *author) use(feature string) string {
	if feature != "" {
		a.used[strings.TrimPrefix(feature, "|")] = true
	}
	return feature
}

// yaml quotes a text; JSON is YAML.
func yaml(s string) string {
	quoted, _ := json.Marshal(s)
	return string(quoted)
}

// fragment is a value of a text test, as rules write it.
func (a *author) fragment() string {
	if len(a.values) > 0 && a.chance(3) {
		return a.values[a.r.Intn(len(a.values))]
	}
	var b strings.Builder
	length := 1 + a.r.Intn(3)
	if a.chance(14) {
		length = 0
		a.use("empty")
	}
	for range length {
		switch n := a.r.Intn(14); {
		case n == 0:
			b.WriteString("*")
			a.use("*")
		case n == 1:
			b.WriteString("?")
			a.use("?")
		case n == 2:
			b.WriteString(a.pick(`\*`, `\?`, `\\`))
			a.use("escape")
		default:
			b.WriteString(a.pick(a.letters...))
		}
	}
	a.values = append(a.values, b.String())
	return b.String()
}

// several writes one value or a list.
func (a *author) several(most int, value func() string) string {
	n := 1 + a.r.Intn(most)
	if n == 1 {
		return value()
	}
	list := make([]string, n)
	for i := range list {
		list[i] = value()
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// item writes `field|modifiers: values`.
func (a *author) item() string {
	field := a.pick("a", "a", "a", "b", "b", listField)
	if a.lists {
		field = a.pick("a", listField, listField)
		if field == listField {
			a.use("lists")
		}
	}
	tail := a.pick("", "", "", "", "|neq")
	if !a.tame && a.chance(8) || a.chance(12) {
		return a.timeItem(tail)
	}
	kind := a.r.Intn(16)
	if a.tame && a.chance(2) {
		kind = 15
	}
	switch kind {
	case 0:
		a.use("null")
		return field + ": null"
	case 1:
		a.use("exists")
		return fmt.Sprintf("%s|exists: %t", field, a.chance(2))
	case 2, 3, 4:
		flag := a.pick("", "", "|i", "|m", "|s")
		a.use("re" + flag)
		all := ""
		if a.chance(5) {
			all = a.use("|all")
		}
		return field + "|re" + flag + all + a.use(tail) + ": " + a.several(2, func() string { return yaml(a.expression()) })
	case 5:
		return field + "|cidr" + a.use(tail) + ": " + a.several(2, func() string {
			n := networks[a.r.Intn(len(networks))]
			a.use(map[bool]string{true: "IPv6", false: "IPv4"}[strings.Contains(n, ":")])
			return yaml(n)
		})
	case 6:
		compare := a.pick("gt", "gte", "lt", "lte")
		a.use(compare)
		return field + "|" + compare + a.use(tail) + ": " + a.pick("0", "1", "2", "10", "11", "-1", "0.5", "1.5")
	case 7:
		return field + a.use(tail) + ": " + a.several(2, func() string {
			if a.chance(4) {
				a.use("bool")
				return a.pick("true", "false")
			}
			a.use("number")
			return a.pick("0", "1", "10", "2.5", "-1", "101")
		})
	case 8:
		wide := ""
		if a.chance(3) {
			wide = a.use("|wide")
		}
		encoding := "|base64"
		if a.chance(2) {
			encoding = "|base64offset|contains"
		} else if a.chance(2) {
			encoding = "|base64|contains"
		}
		a.use(strings.Split(encoding, "|")[1])
		return field + wide + encoding + a.use(tail) + ": " + a.several(2, func() string { return yaml(a.pick("ab", "abc", "foo", "f", "foob")[0:1] + a.pick("a", "oo", "abc")) })
	}
	shape := a.use(a.pick("", "|contains", "|contains", "|startswith", "|endswith"))
	if a.chance(5) {
		shape += a.use("|cased")
	}
	if a.chance(8) {
		shape = a.use("|windash") + shape
	}
	length := 3
	if a.chance(5) {
		shape += a.use("|all")
	} else if a.chance(20) && !a.used["long list"] {
		length = 2 * excludedList // long lists are searched in parts
		a.use("long list")
	}
	return field + shape + a.use(tail) + ": " + a.several(length, func() string { return yaml(a.fragment()) })
}

func (a *author) timeItem(tail string) string {
	switch a.r.Intn(8) {
	case 0:
		a.use("time and text")
		return timeField + "|" + a.pick("contains", "startswith", "endswith") + a.use(tail) + ": " +
			a.several(2, func() string {
				return yaml(a.pick("2024", "2024-02", "-02-29", "T03:", "03", "Z", "12-31", "2024-02-29T03:30:00Z", " ", ""))
			})
	case 1:
		a.use("time and text")
		return timeField + "|re" + a.use(tail) + ": " + yaml(a.pick(`^\d{4}-0[1-3]`, `^.{10}$`, `[Tt ]0[0-9]:`, `\bT?\d\d:3`, `-(29|30|31)`, `Z$`))
	}
	part := a.pick("minute", "hour", "hour", "day", "week", "month", "year")
	a.use(part)
	numbers := map[string][]string{
		"minute": {"0", "30", "59"}, "hour": {"0", "3", "4", "23"}, "day": {"1", "28", "29", "30", "31"}, "week": {"1", "9", "52", "53"},
		"month": {"1", "2", "12"}, "year": {"2020", "2024", "2025"},
	}[part]
	if a.chance(2) {
		numbers = []string{"1", "2"} // so that different parts have the same number
	}
	compare := ""
	if a.chance(2) {
		compare = a.use(a.pick("|gt", "|gte", "|lt", "|lte"))
	}
	all := ""
	if a.chance(6) {
		all = a.use("|all")
	}
	return timeField + "|" + part + compare + all + a.use(tail) + ": " + a.several(2, func() string { return a.pick(numbers...) })
}

// expression is a random regular expression over the rule's characters.
func (a *author) expression() string {
	s := ""
	for range 1 + a.r.Intn(3) {
		s += a.atom(2)
	}
	if a.chance(4) {
		a.use("^")
		s = "^" + s
	}
	if a.chance(4) {
		a.use("$")
		s += "$"
	}
	return s
}

func (a *author) atom(depth int) string {
	letter := func() string {
		l := a.pick(a.letters...)
		if strings.ContainsAny(l, `\.*?-`) {
			return `\` + l
		}
		return l
	}
	repeat := func(s string) string { return s + a.pick("", "", "", "*", "+", "?", "{2}", "{1,2}") }
	switch n := a.r.Intn(12); {
	case n == 0:
		a.use(`\b`)
		return `\b`
	case n == 1:
		a.use(`\B`)
		return `\B`
	case n == 2:
		return repeat(".")
	case n == 3:
		a.use("class")
		return repeat("[" + a.pick("", "^") + letter() + letter() + "]")
	case n == 4:
		a.use("class")
		return repeat(a.pick(`\w`, `\d`, `\s`, `\W`, `[a-z]`, `\S`))
	case n == 5 && depth > 0:
		return repeat("(" + a.atom(depth-1) + "|" + a.atom(depth-1) + a.atom(depth-1) + ")")
	case n == 6 && depth > 0:
		return "(?:" + a.atom(depth-1) + a.pick("", "|^"+letter(), "|"+letter()+"$") + ")"
	}
	return repeat(letter())
}

// block writes what stands under an identifier.
func (a *author) block() string {
	var b strings.Builder
	if a.chance(12) {
		if a.chance(2) {
			a.use("keyword all")
			return "    '|all': [" + yaml(a.fragment()) + ", " + yaml(a.fragment()) + "]\n"
		}
		a.use("keyword")
		for range 1 + a.r.Intn(2) {
			b.WriteString("    - " + yaml(a.fragment()) + "\n")
		}
		return b.String()
	}
	maps := 1
	indent, first := "    ", "    "
	if a.chance(5) {
		a.use("list of maps")
		maps, indent, first = 2+a.r.Intn(2), "      ", "    - "
	}
	for range maps {
		seen := map[string]bool{}
		start := first
		for range 1 + a.r.Intn(3) {
			item := a.item()
			key, _, _ := strings.Cut(item, ":")
			if !seen[key] {
				seen[key] = true
				b.WriteString(start + item + "\n")
				start = indent
			}
		}
	}
	return b.String()
}

// mostTests is what a world can count in a mask.
const mostTests = 60

// condition writes a nested condition over the identifiers.
func (a *author) condition(depth int) string {
	if a.names == nil {
		a.names = []string{"s_a", "s_b", "x_a", "x_b"}[:1+a.r.Intn(4)]
	}
	if depth == 0 {
		return a.pick(a.names...)
	}
	switch a.r.Intn(8) {
	case 0, 1:
		a.use("not")
		return "not " + a.condition(depth-1)
	case 2, 3, 4:
		return "(" + a.condition(depth-1) + " and " + a.condition(depth-1) + ")"
	case 5:
		return "(" + a.condition(depth-1) + " or " + a.condition(depth-1) + ")"
	case 6:
		if a.chance(2) {
			return a.use("all of") + " " + a.pick("s_*", "them", "s*")
		}
		return a.use("1 of") + " " + a.pick("s_*", "them", "s*")
	}
	return a.pick(a.names...)
}

// filtered writes a condition as rules have it: what is selected, less what is excluded.
func (a *author) filtered() string {
	a.names = []string{"s_a", "s_b", "x_a", "x_b"}
	a.use("not")
	a.use("1 of")
	a.use("all of")
	return a.pick("s_a and s_b and not x_a and not x_b", "1 of s_* and not 1 of x_*", "all of s_* and not 1 of x_*", "s_a or s_b", "s_a and (s_b or not x_a)",
		"s_a and not x_a or s_b and not x_b", "(s_a or s_b) and not x_a", "all of them", "1 of them", "not (x_a or x_b)", "s_a and not all of x_*")
}

// rule writes the whole rule; several conditions become a list.
func (a *author) rule(conditions ...string) string {
	for {
		var b strings.Builder
		b.WriteString("detection:\n")
		before := maps.Clone(a.used)
		for _, name := range a.names {
			b.WriteString("  " + name + ":\n" + a.block())
		}
		if len(conditions) == 1 {
			b.WriteString("  condition: " + conditions[0] + "\n")
		} else {
			b.WriteString("  condition:\n    - " + strings.Join(conditions, "\n    - ") + "\n")
		}
		if a.text = b.String(); strings.Count(a.text, ",")+strings.Count(a.text, "\n") < mostTests {
			return a.text
		}
		a.used, a.values = before, nil
	}
}

// texts are what the tests of a field could tell apart: their own values and mutations of these, and all short texts.
func (a *author) texts(tests []*rules.Test) []string {
	var own []string
	for _, x := range tests {
		own = append(own, a.samples(x)...)
	}
	a.r.Shuffle(len(own), func(i, j int) { own[i], own[j] = own[j], own[i] })
	if len(own) > valuesTried/3 {
		own = own[:valuesTried/3]
	}
	letters := append([]string{"x"}, a.letters...)
	out := append([]string{"", "*"}, own...)
	for _, s := range own[:min(len(own), 12)] {
		runes := []rune(s)
		if len(runes) > 0 {
			out = append(out, string(runes[1:]), string(runes[:len(runes)-1]))
		}
		out = append(out, strings.ToUpper(s), strings.ToLower(s), s+a.pick(letters...), a.pick(letters...)+s, s+"\n", s+own[a.r.Intn(len(own))])
	}
	short := []string{""}
	for length := 1; length <= 3 && len(short) < 60; length++ {
		for _, s := range short {
			if len([]rune(s)) == length-1 {
				for _, l := range letters {
					short = append(short, s+l)
				}
			}
		}
	}
	out = append(out, short...)
	for len(out) < valuesTried {
		s := ""
		for range 3 + a.r.Intn(3) {
			s += a.pick(letters...)
		}
		out = append(out, s)
	}
	return out[:valuesTried]
}

// samples are texts that a test is about.
func (a *author) samples(x *rules.Test) []string {
	var out []string
	switch x.Kind {
	case rules.TextTest:
		for _, p := range x.Patterns {
			for range 2 {
				s := ""
				for _, token := range p {
					switch token.Kind {
					case rules.AnyRun:
						s += a.pick("", "", a.pick(a.letters...))
					case rules.AnyOne:
						s += a.pick(a.letters...)
					case rules.Dash:
						s += a.pick("-", "/", "\u2013", "\u2014", "\u2015")
					default:
						s += token.Text
					}
				}
				out = append(out, s)
			}
		}
	case rules.RegexTest:
		tree, err := syntax.Parse(x.Regex.Program.String(), syntax.Perl)
		if err != nil {
			return nil
		}
		for range 5 {
			var b strings.Builder
			a.write(&b, tree)
			out = append(out, b.String())
		}
	case rules.CIDRTest:
		first, last := x.Network.Masked().Addr(), lastAddr(x.Network)
		for _, at := range []netip.Addr{first, first.Next(), first.Prev(), last, last.Next()} {
			if at.IsValid() {
				out = append(out, at.String())
				if at.Is4() {
					out = append(out, "::ffff:"+at.String())
				}
			}
		}
	case rules.CompareTest, rules.NumberTest:
		for _, by := range []float64{0, 1, -1, 0.5, -0.5} {
			out = append(out, strconv.FormatFloat(x.Number.Float+by, 'f', -1, 64))
		}
		out = append(out, out[0]+"e0", "0"+out[0], out[0]+".0", "1e3", "-1e3")
	case rules.BoolTest:
		out = append(out, "true", "FALSE", "false")
	case rules.TimeTest:
		n := int(x.Number.Int)
		for range 10 {
			year, day, hour, minute := 2019+a.r.Intn(8), a.r.Intn(366), a.r.Intn(24), a.r.Intn(60)
			if a.chance(2) {
				day = a.pickInt(0, 58, 59, 364, 365)
			}
			if a.chance(3) {
				hour, minute = a.pickInt(0, 3, 4, 23), a.pickInt(0, 30, 59)
			}
			n := n + a.r.Intn(3) - 1
			d := date(year, 1, 1).AddDate(0, 0, day)
			switch x.Part {
			case "year":
				d = d.AddDate(n-d.Year(), 0, 0)
			case "month":
				d = date(year, n, d.Day())
			case "day":
				d = date(year, int(d.Month()), n)
			case "week":
				d = date(year, 1, 1+7*(n-1)+a.r.Intn(7))
			case "hour":
				hour = n
			case "minute":
				minute = n
			}
			s := d.Format(time.DateOnly)
			if !a.chance(5) {
				s += fmt.Sprintf("T%02d:%02d:00Z", hour, minute)
			}
			out = append(out, s)
		}
	}
	return out
}

func (a *author) pickInt(list ...int) int { return list[a.r.Intn(len(list))] }

// write makes up a text of an expression, assertions taken as met.
func (a *author) write(b *strings.Builder, re *syntax.Regexp) {
	times := func(least, most int) {
		for range least + a.r.Intn(most-least+1) {
			a.write(b, re.Sub[0])
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if n := len(re.Rune) / 2; n > 0 {
			k := a.r.Intn(n)
			b.WriteRune(re.Rune[2*k+a.r.Intn(2)])
			if s := b.String(); strings.ContainsRune(s, 0x10ffff) {
				b.Reset()
				b.WriteString(strings.ReplaceAll(s, "\U0010ffff", "x"))
			}
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteString(a.pick(a.letters...))
	case syntax.OpCapture:
		a.write(b, re.Sub[0])
	case syntax.OpStar:
		times(0, 2)
	case syntax.OpPlus:
		times(1, 2)
	case syntax.OpQuest:
		times(0, 1)
	case syntax.OpRepeat:
		times(re.Min, max(re.Max, re.Min))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			a.write(b, sub)
		}
	case syntax.OpAlternate:
		a.write(b, re.Sub[a.r.Intn(len(re.Sub))])
	}
}
