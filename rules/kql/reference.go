package kql

import (
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// reference spells queries as pySigma-backend-kusto 1.0.1 does (spec/kql.md sections 7.1 and 7.2).
var reference = manner{
	column: referenceColumn,
	folded: referenceFolded,
	leaves: [leafKinds]func(*job, *leaf) string{
		leafText:          referenceText,
		leafNumber:        referenceNumber,
		leafBool:          referenceBool,
		leafNull:          referenceNull,
		leafRegex:         writeRegex,
		leafCIDR:          referenceCIDR,
		leafExists:        writeExists,
		leafCompare:       referenceCompare,
		leafTime:          referenceTime,
		leafFieldRef:      nil, // refused before
		leafExpansion:     writeExpansion,
		leafKeyword:       referenceKeyword,
		leafKeywordNumber: referenceKeywordNumber,
		leafKeywordBool:   referenceKeywordBool,
		leafKeywordRegex:  referenceKeywordRegex,
	},
}

var plainColumn = regexp.MustCompile(`^\w+$`)

func referenceColumn(j *job, l *leaf, name string) string {
	if plainColumn.MatchString(name) {
		return name
	}
	j.note(defectColumnQuote, l.item, "")
	return "'" + name + "'"
}

// referenceString writes a pattern as a string. Every backslash before a star is lost at the end, also one that was half of an
// escaped backslash.
func referenceString(p rules.Pattern) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, t := range p {
		if t.Kind == rules.AnyRun || t.Kind == rules.AnyOne {
			b.WriteByte('*')
			continue
		}
		b.WriteString(starEscapes.Replace(t.Text))
	}
	b.WriteByte('"')
	return strings.ReplaceAll(b.String(), `\*`, "*")
}

var (
	stringEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	starEscapes   = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `*`, `\*`)
)

// shapeOperators are the operators by where a text is open.
var shapeOperators = map[shape]string{whole: " =~ ", opensEnd: " startswith ", opensStart: " endswith ", opensBoth: " contains "}

func referenceText(j *job, l *leaf) string {
	if l.test != nil && l.test.Cased {
		j.fail(CauseUnsupported, l.item.Span(), "`cased` is not supported by the reference", "leave parity mode")
		return ""
	}
	j.noteTextOnNumber(l)
	s, text := shapeOf(l.pattern)
	if s == wild {
		j.note(defectRegexWildcard, l.item, "")
		return j.name(l) + ` matches regex "` + stringEscapes.Replace(regexOf(text)) + `"`
	}
	j.noteBadString(l, text)
	return j.name(l) + shapeOperators[s] + referenceString(text)
}

func (j *job) noteTextOnNumber(l *leaf) {
	if l.column.kind == numberColumn {
		j.note(defectTextOnNumber, l.item, "")
	}
}

// noteBadString looks for strings that Kusto does not read.
func (j *job) noteBadString(l *leaf, p rules.Pattern) {
	if _, ok := unquote(referenceString(p)); !ok {
		j.note(defectBadString, l.item, referenceString(p))
	}
}

// referenceFolded writes an OR as in~ and an AND as has_all, then the values with wildcards.
func referenceFolded(j *job, n *node) (string, bool) {
	joint, list := " or ", " in~ "
	if n.op == opAnd {
		joint, list = " and ", " has_all "
	}
	first := n.args[0].leaf
	var plain, parts []string
	for _, a := range n.args {
		l := a.leaf
		if l.kind == leafNumber {
			if l.column.kind == numberColumn {
				j.note(defectQuotedNumber, l.item, "")
			}
			plain = append(plain, `"`+l.test.Number.Text+`"`)
			continue
		}
		if l.test.Cased {
			j.note(defectCased, l.item, "")
		}
		switch {
		case !l.pattern.HasWildcard():
			j.noteBadString(l, l.pattern)
			if l.column.kind == numberColumn {
				j.note(defectQuotedNumber, l.item, "")
			}
			plain = append(plain, referenceString(l.pattern))
		case wildcardInside(l.pattern):
			j.note(defectInnerWildcard, l.item, "")
			parts = append(parts, j.fragments(l))
		default:
			uncased := *l
			test := *l.test
			test.Cased = false
			uncased.test = &test
			parts = append(parts, referenceText(j, &uncased))
		}
	}
	if len(plain) > 0 {
		if n.op == opAnd {
			j.note(defectHasAll, first.item, "")
		}
		parts = append([]string{j.name(first) + list + "(" + strings.Join(plain, ", ") + ")"}, parts...)
	}
	return strings.Join(parts, joint), true
}

// fragments writes a value with a wildcard inside as its pieces of text. Each piece is read as Sigma text once more.
func (j *job) fragments(l *leaf) string {
	var parts []string
	for _, t := range l.pattern {
		if t.Kind == rules.Literal {
			again := rules.ParsePattern(t.Text)
			j.noteBadString(l, again)
			parts = append(parts, j.name(l)+" contains "+referenceString(again))
		}
	}
	return "(" + strings.Join(parts, " and ") + ")"
}

func referenceNumber(j *job, l *leaf) string {
	if l.column.kind == textColumn {
		j.note(defectNumberOnText, l.item, "")
	}
	return j.name(l) + " == " + l.test.Number.Text
}

func referenceBool(j *job, l *leaf) string {
	if l.column.kind == textColumn {
		j.note(defectBool, l.item, "")
	}
	return j.name(l) + " =~ " + boolText[l.test.Bool]
}

func referenceNull(j *job, l *leaf) string {
	if l.column.kind == textColumn {
		j.note(defectIsNull, l.item, "")
	}
	return "isnull(" + j.name(l) + ")"
}

// writeRegex is the same in both modes: Kusto searches, and minds case, as Sigma does.
func writeRegex(j *job, l *leaf) string {
	r := l.test.Regex
	return j.name(l) + ` matches regex "` + stringEscapes.Replace(regexFlags(r.Flags)+r.Source) + `"`
}

func referenceCIDR(j *job, l *leaf) string {
	if l.test.Network.Addr().Is6() {
		j.note(defectIPv6, l.item, "")
	}
	return "ipv4_is_in_range(" + j.name(l) + `, "` + l.test.Network.String() + `")`
}

func writeExists(j *job, l *leaf) string {
	if l.test.Bool {
		return "isnotempty(" + j.name(l) + ")"
	}
	return "isempty(" + j.name(l) + ")"
}

func referenceCompare(j *job, l *leaf) string {
	if l.column.kind == textColumn {
		j.note(defectNumberOnText, l.item, "")
	}
	return j.name(l) + " " + comparisons[l.test.Compare] + " " + l.test.Number.Text
}

func referenceTime(j *job, l *leaf) string {
	j.fail(CauseUnsupported, l.item.Span(), "parts of a time are not supported by the reference", "leave parity mode")
	return ""
}

// writeExpansion writes every variant as a leaf of its own.
func writeExpansion(j *job, l *leaf) string {
	parts := make([]string, len(l.variants))
	for i, p := range l.variants {
		one := *l
		one.kind, one.pattern = leafText, p
		parts[i] = j.leaf(&one)
	}
	return strings.Join(parts, " or ")
}

func referenceKeyword(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	j.noteBadString(l, l.pattern)
	return referenceString(l.pattern)
}

func referenceKeywordNumber(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	return l.test.Number.Text
}

func referenceKeywordBool(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	return boolText[l.test.Bool]
}

func referenceKeywordRegex(j *job, l *leaf) string {
	j.note(defectKeyword, l.item, "")
	return "_=~" + l.test.Regex.Source
}
