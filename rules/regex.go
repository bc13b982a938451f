package rules

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
)

// Regex is the value of an `re` item. Program is nil when RE2 cannot express it: then the item is not evaluable, and
// nothing is said about what it matches.
type Regex struct {
	Source      string
	Flags       string         // any of i, m, s
	Program     *regexp.Regexp // searched without anchors
	Nonportable []Construct    // what some engines lack
	Broken      string         // why no engine takes it, "" when some do
	BrokenAt    int            // byte offset in Source
	Help        string
}

// Construct is a part of a regular expression that not every engine has.
type Construct struct {
	Name    string
	At, End int // byte range in the source
	Lacking string
	re2     bool // RE2 lacks it, so the expression cannot be evaluated here
}

// CompileRegex tells "broken everywhere" from "not portable": it replaces what RE2 lacks by harmless stand-ins and looks
// whether the rest compiles.
func CompileRegex(text, flags string) *Regex {
	r := &Regex{Source: text, Flags: flags}
	stripped, constructs := standIns(text)
	r.Nonportable = constructs
	prefix := ""
	if flags != "" {
		prefix = "(?" + flags + ")"
	}
	if _, err := syntax.Parse(stripped, syntax.Perl); err != nil {
		if at, end, ok := largeRepeat(text, err); ok {
			r.Nonportable = append(r.Nonportable, Construct{"a repeat count above 1000", at, end, "RE2", true})
			return r
		}
		r.Broken, r.BrokenAt, r.Help = regexError(text, err)
		return r
	}
	for _, c := range constructs {
		if c.re2 {
			return r
		}
	}
	program, err := regexp.Compile(prefix + text)
	if err != nil {
		// The stand-ins compile and the text does not: a construct this scanner does not know. Prefer "cannot tell".
		r.Nonportable = append(r.Nonportable, Construct{Name: "a construct outside RE2", At: 0, End: len(text), Lacking: "RE2", re2: true})
		return r
	}
	r.Program = program
	return r
}

// largeRepeat tells a repeat that only RE2 refuses from one that no engine takes.
func largeRepeat(text string, err error) (at, end int, ok bool) {
	e, isSyntax := err.(*syntax.Error)
	if !isSyntax || e.Code != syntax.ErrInvalidRepeatSize {
		return 0, 0, false
	}
	low, high, both := strings.Cut(strings.Trim(e.Expr, "{}"), ",")
	if from, to := atoi(low), atoi(high); from < 0 || both && high != "" && to < from {
		return 0, 0, false
	}
	at = max(strings.Index(text, e.Expr), 0)
	return at, at + len(e.Expr), true
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// groups that RE2 lacks, by how they begin; the longer beginnings first.
var groups = []struct{ begin, name, lacking string }{
	{"(?<=", "look-behind", "RE2 and Lucene"},
	{"(?<!", "negative look-behind", "RE2 and Lucene"},
	{"(?=", "look-ahead", "RE2 and Lucene"},
	{"(?!", "negative look-ahead", "RE2 and Lucene"},
	{"(?>", "atomic group", "RE2, Lucene and JavaScript"},
	{"(?|", "branch reset", "RE2 and Python"},
	{"(?(", "conditional", "RE2 and JavaScript"},
	{"(?#", "comment", "RE2 and JavaScript"},
}

// standIns replaces constructs that RE2 lacks so that the rest can be checked, and lists all constructs that are not
// portable.
func standIns(text string) (string, []Construct) {
	var b strings.Builder
	var found []Construct
	inClass := false
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, `\Q`):
			end := strings.Index(rest, `\E`)
			n := len(rest)
			if end >= 0 {
				n = end + 2
			}
			found = append(found, Construct{`\Q…\E`, i, i + n, "Python", false})
			b.WriteString(rest[:n])
			i += n
		case rest[0] == '\\' && len(rest) > 1:
			n, stand, c := escapeConstruct(rest, inClass)
			if c.Name != "" {
				c.At, c.End = i, i+n
				found = append(found, c)
			}
			b.WriteString(stand)
			i += n
		case inClass:
			if rest[0] == ']' {
				inClass = false
			}
			b.WriteByte(rest[0])
			i++
		case rest[0] == '[':
			inClass = true
			b.WriteByte('[')
			i++
			// A bracket right behind the opening one is a literal.
			for _, first := range []string{"^]", "]", "^"} {
				if strings.HasPrefix(text[i:], first) {
					b.WriteString(first)
					i += len(first)
					break
				}
			}
		case strings.HasPrefix(rest, "(?"):
			n, stand, c := groupConstruct(rest, i)
			if c.Name != "" {
				c.At, c.End = i, i+n
				found = append(found, c)
			}
			b.WriteString(stand)
			i += n
		case rest[0] == '+' && i > 0 && isQuantified(text, i):
			found = append(found, Construct{"possessive quantifier", i - 1, i + 1, "RE2, Python before 3.11 and Lucene", true})
			i++
		default:
			b.WriteByte(rest[0])
			i++
		}
	}
	return b.String(), found
}

// isQuantified reports that the `+` at i follows a quantifier, so that it makes it possessive.
func isQuantified(text string, i int) bool {
	switch text[i-1] {
	case '*', '+', '?':
		return i < 2 || text[i-2] != '\\'
	case '}':
		open := strings.LastIndexByte(text[:i], '{')
		if open < 1 || text[open-1] == '\\' {
			return false
		}
		for _, c := range text[open+1 : i-1] {
			if c != ',' && (c < '0' || c > '9') {
				return false
			}
		}
		return open+1 < i-1
	}
	return false
}

// groupConstruct looks at `(?…`: how many bytes it takes, what stands in for it, and what it is.
func groupConstruct(rest string, at int) (int, string, Construct) {
	for _, g := range groups {
		if !strings.HasPrefix(rest, g.begin) {
			continue
		}
		c := Construct{Name: g.name, Lacking: g.lacking, re2: true}
		switch g.begin {
		case "(?#":
			if end := strings.IndexByte(rest, ')'); end >= 0 {
				return end + 1, "", c
			}
			return len(rest), "(", c
		case "(?(":
			if end := strings.IndexByte(rest, ')'); end >= 0 {
				return end + 1, "(?:", c
			}
			return len(rest), "(", c
		}
		return len(g.begin), "(?:", c
	}
	// Inline flags: `(?i)` at the start is portable enough, elsewhere Python and PCRE differ.
	if end := strings.IndexAny(rest, ":)"); end > 2 && strings.Trim(rest[2:end], "imsxUu-") == "" {
		c := Construct{}
		flags := rest[2:end]
		if strings.ContainsAny(flags, "xu") {
			c = Construct{Name: "inline flags `" + rest[:end+1] + "`", Lacking: "RE2", re2: true}
			return end + 1, map[bool]string{true: "(?:", false: ""}[rest[end] == ':'], c
		}
		if at > 0 && rest[end] == ')' {
			c = Construct{Name: "inline flags that do not stand at the start", Lacking: "Python"}
		}
		return end + 1, rest[:end+1], c
	}
	return 2, rest[:2], Construct{}
}

// escapeConstruct looks at a backslash escape.
func escapeConstruct(rest string, inClass bool) (int, string, Construct) {
	c := rest[1]
	switch {
	case c >= '1' && c <= '9' && !inClass:
		return 2, "(?:)", Construct{Name: "back-reference", Lacking: "RE2 and Lucene", re2: true}
	case strings.IndexByte("ZhRKXN", c) >= 0 && !inClass:
		return 2, ".", Construct{Name: "`\\" + string(c) + "`", Lacking: "RE2", re2: true}
	case c == 'h' && inClass:
		return 2, " ", Construct{Name: "`\\h`", Lacking: "RE2", re2: true}
	case c == 'e':
		return 2, "e", Construct{Name: "`\\e`", Lacking: "RE2", re2: true}
	case c == 'u' && len(rest) >= 6 && isHex(rest[2:6]):
		return 6, "u", Construct{Name: "`" + rest[:6] + "`", Lacking: "RE2 and PCRE", re2: true}
	case c == 'p' || c == 'P':
		n := 2
		if len(rest) > 2 && rest[2] == '{' {
			if end := strings.IndexByte(rest, '}'); end > 0 {
				n = end + 1
			}
		} else if len(rest) > 2 {
			n = 3
		}
		return n, rest[:n], Construct{Name: "Unicode class `" + rest[:n] + "`", Lacking: "Python"}
	}
	// An escape of a letter that means nothing in RE2 is read as that letter elsewhere: lint judges it.
	if isASCIIAlnum(c) && strings.IndexByte("aAbBcCdDfknnrsStTvwWxzGEgx0", c) < 0 {
		return 2, string(c), Construct{Name: "the escape `\\" + string(c) + "`", Lacking: "RE2", re2: true}
	}
	if strings.IndexByte("ckGg", c) >= 0 {
		return 2, string(c), Construct{Name: "`\\" + string(c) + "`", Lacking: "RE2", re2: true}
	}
	if c >= 0x80 {
		return 1, "", Construct{Name: "an escaped non-ASCII character", Lacking: "RE2", re2: true}
	}
	return 2, rest[:2], Construct{}
}

func isHex(s string) bool {
	for _, c := range s {
		if !strings.ContainsRune("0123456789abcdefABCDEF", c) {
			return false
		}
	}
	return true
}

// regexError words the error for a rule author and finds its place.
func regexError(text string, err error) (message string, at int, help string) {
	e, ok := err.(*syntax.Error)
	if !ok {
		return err.Error(), 0, ""
	}
	if i := strings.Index(text, e.Expr); i >= 0 && e.Expr != "" {
		at = i
	}
	switch e.Code {
	case syntax.ErrMissingParen:
		return "a `(` is never closed", max(strings.LastIndexByte(text, '('), 0), `close it, or write \( for a parenthesis of the text`
	case syntax.ErrUnexpectedParen:
		return "a `)` without its `(`", max(strings.LastIndexByte(text, ')'), 0), `write \) for a parenthesis of the text`
	case syntax.ErrMissingBracket:
		return "a `[` is never closed", at, `close it, or write \[ for a bracket of the text`
	case syntax.ErrTrailingBackslash:
		return "it ends in a lone backslash", max(len(text)-1, 0), `write \\ for a backslash of the text`
	case syntax.ErrMissingRepeatArgument:
		return fmt.Sprintf("`%s` has nothing to repeat", e.Expr), at, `write \` + e.Expr + ` for the character itself`
	case syntax.ErrInvalidRepeatSize:
		return fmt.Sprintf("the repeat count `%s` is not allowed", e.Expr), at, "counts go up to 1000, the smaller one first"
	case syntax.ErrInvalidCharRange:
		return fmt.Sprintf("the range `%s` runs backwards", e.Expr), at, "write the smaller character first"
	case syntax.ErrInvalidRepeatOp:
		return fmt.Sprintf("`%s` repeats a repetition", e.Expr), at, "put the inner repetition into a group"
	}
	return fmt.Sprintf("%s `%s`", e.Code, e.Expr), at, ""
}
