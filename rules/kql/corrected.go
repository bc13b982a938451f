package kql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// corrected spells queries that can be deployed: the reference's rows but for those that section 8 of spec/kql.md names.
var corrected = func() manner {
	m := reference
	m.column = correctedColumn
	m.folded = correctedFolded
	for kind, write := range map[leafKind]func(*job, *leaf) string{
		leafText:          correctedText,
		leafNumber:        correctedNumber,
		leafBool:          correctedBool,
		leafNull:          correctedNull,
		leafCIDR:          correctedCIDR,
		leafCompare:       correctedCompare,
		leafTime:          correctedTime,
		leafFieldRef:      correctedFieldRef,
		leafKeyword:       correctedKeyword,
		leafKeywordNumber: correctedKeywordNumber,
		leafKeywordBool:   correctedKeywordBool,
		leafKeywordRegex:  correctedKeywordRegex,
	} {
		m.leaves[kind] = write
	}
	return m
}()

func correctedColumn(j *job, l *leaf, name string) string {
	if plainColumn.MatchString(name) {
		return name
	}
	j.note(defectColumnQuote, l.item, "")
	return "['" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name) + "']"
}

// quote writes text as a string on one line.
func quote(text string) string { return `"` + lineEscapes.Replace(text) + `"` }

var lineEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\0`)

// textName is the column as text.
func (j *job) textName(l *leaf) string {
	if l.column.kind == textColumn {
		return j.name(l)
	}
	return "tostring(" + j.name(l) + ")"
}

// casedOperators are the operators that mind case; the others are shapeOperators.
var casedOperators = map[shape]string{whole: " == ", opensEnd: " startswith_cs ", opensStart: " endswith_cs ", opensBoth: " contains_cs "}

func correctedText(j *job, l *leaf) string {
	if literal, ok := typedLiteral(l); ok {
		return j.name(l) + " == " + literal
	}
	if l.column.kind == numberColumn {
		j.note(defectTextOnNumber, l.item, "")
	}
	s, text := shapeOf(l.pattern)
	if s == wild {
		j.note(defectRegexWildcard, l.item, "")
		return correctedWildcard(j, l)
	}
	operators := shapeOperators
	if l.test.Cased {
		operators = casedOperators
	}
	return j.textName(l) + operators[s] + quote(text.LiteralText())
}

func correctedWildcard(j *job, l *leaf) string {
	return j.textName(l) + " matches regex " + quote(anchored(l.pattern, l.test.Cased))
}

// typedLiteral is the leaf's value as a literal of its column's type, when the column holds no text and the value is one of its type.
func typedLiteral(l *leaf) (string, bool) {
	if l.kind == leafNumber && l.column.kind == numberColumn {
		return l.test.Number.Text, true
	}
	text, plain := l.pattern.Plain()
	if l.kind != leafText || !plain {
		return "", false
	}
	switch l.column.kind {
	case numberColumn:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text {
			return text, true
		}
	case flagColumn:
		if lower := strings.ToLower(text); lower == "true" || lower == "false" {
			return lower, true
		}
	}
	return "", false
}

// anchored is a pattern as a regular expression that covers the whole text. A star at an end needs no anchor there.
func anchored(p rules.Pattern, cased bool) string {
	flags, begin, end := "(?is)", "^", "$"
	if cased {
		flags = "(?s)"
	}
	if p.StartsOpen() {
		begin, p = "", p[1:]
	}
	if p.EndsOpen() {
		end, p = "", p[:len(p)-1]
	}
	return flags + begin + regexOf(p) + end
}

// correctedFolded writes an OR of whole values as a list, and everything else operand by operand.
func correctedFolded(j *job, n *node) (string, bool) {
	if n.op == opAnd {
		j.noteContradiction(n)
		return "", false
	}
	var list, wildcards []string
	operator := ""
	for _, a := range n.args {
		l := a.leaf
		text, plain := l.pattern.Plain()
		switch {
		case l.kind == leafText && wildcardInside(l.pattern):
			j.note(defectInnerWildcard, l.item, "")
			wildcards = append(wildcards, correctedWildcard(j, l))
			continue
		case l.kind == leafText && !plain:
			wildcards = append(wildcards, j.leaf(l))
			continue
		case l.kind == leafNumber:
			text = l.test.Number.Text
		}
		in, item := " in~ ", quote(text)
		if l.kind == leafText && l.test.Cased {
			j.note(defectCased, l.item, "")
			in = " in "
		}
		if l.column.kind != textColumn {
			literal, ok := typedLiteral(l)
			if !ok {
				return "", false
			}
			if l.column.kind == numberColumn {
				j.note(defectQuotedNumber, l.item, "")
			}
			in, item = " in ", literal
		}
		if operator != "" && operator != in {
			return "", false
		}
		operator = in
		list = append(list, item)
	}
	if len(list) > 0 {
		wildcards = append([]string{j.name(n.args[0].leaf) + operator + "(" + strings.Join(list, ", ") + ")"}, wildcards...)
	}
	return strings.Join(wildcards, " or "), true
}

// noteContradiction looks for one column that is to equal two values.
func (j *job) noteContradiction(n *node) {
	seen := ""
	for _, a := range n.args {
		text, plain := a.leaf.pattern.Plain()
		if !plain || a.leaf.kind != leafText {
			continue
		}
		j.note(defectHasAll, a.leaf.item, "")
		if seen != "" && !strings.EqualFold(seen, text) {
			j.note(defectContradiction, a.leaf.item, "")
		}
		seen = text
	}
}

func correctedNumber(j *job, l *leaf) string {
	if literal, ok := typedLiteral(l); ok {
		return j.name(l) + " == " + literal
	}
	j.note(defectNumberOnText, l.item, "")
	return j.textName(l) + " =~ " + quote(l.test.Number.Text)
}

func correctedBool(j *job, l *leaf) string {
	if l.column.kind == flagColumn {
		return j.name(l) + " == " + boolText[l.test.Bool]
	}
	j.note(defectBool, l.item, "")
	return j.textName(l) + " =~ " + quote(boolText[l.test.Bool])
}

func correctedNull(j *job, l *leaf) string {
	if l.column.kind != textColumn {
		return "isnull(" + j.name(l) + ")"
	}
	j.note(defectIsNull, l.item, "")
	return "isempty(" + j.name(l) + ")"
}

func correctedCIDR(j *job, l *leaf) string {
	if !l.test.Network.Addr().Is6() {
		return referenceCIDR(j, l)
	}
	j.note(defectIPv6, l.item, "")
	return "ipv6_is_in_range(" + j.name(l) + `, "` + l.test.Network.String() + `")`
}

func correctedCompare(j *job, l *leaf) string {
	if l.column.kind == numberColumn {
		return referenceCompare(j, l)
	}
	j.note(defectNumberOnText, l.item, "")
	return "todouble(" + j.name(l) + ") " + comparisons[l.test.Compare] + " " + l.test.Number.Text
}

// timeParts are Kusto's names of the parts of a time.
var timeParts = map[string]string{
	"minute": "minute", "hour": "hour", "day": "day", "week": "week_of_year", "month": "month", "year": "year",
}

func correctedTime(j *job, l *leaf) string {
	name := j.name(l)
	if l.column.kind != timeColumn {
		name = "todatetime(" + name + ")"
	}
	return fmt.Sprintf(`datetime_part("%s", %s) %s %s`, timeParts[l.test.Part], name, comparisons[l.test.Compare], l.test.Number.Text)
}

func correctedFieldRef(j *job, l *leaf) string {
	s := whole
	switch l.test.RefOpen {
	case [2]bool{true, true}:
		s = opensBoth
	case [2]bool{true, false}:
		s = opensStart
	case [2]bool{false, true}:
		s = opensEnd
	}
	operators := shapeOperators
	if l.test.Cased {
		operators = casedOperators
	}
	other := leaf{column: l.other, item: l.item}
	return j.textName(l) + operators[s] + j.textName(&other)
}

// correctedKeyword searches every column for a text; wildcards keep their order.
func correctedKeyword(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	p := l.pattern
	if p.StartsOpen() {
		p = p[1:]
	}
	if p.EndsOpen() {
		p = p[:len(p)-1]
	}
	operator, flags := " contains ", "(?is)"
	if l.test.Cased {
		operator, flags = " contains_cs ", "(?s)"
	}
	if p.HasWildcard() {
		return "* matches regex " + quote(flags+regexOf(p))
	}
	return "*" + operator + quote(p.LiteralText())
}

func correctedKeywordNumber(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	return "* contains " + quote(l.test.Number.Text)
}

func correctedKeywordBool(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	return "* contains " + quote(boolText[l.test.Bool])
}

func correctedKeywordRegex(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	r := l.test.Regex
	return "* matches regex " + quote(regexFlags(r.Flags)+r.Source)
}
