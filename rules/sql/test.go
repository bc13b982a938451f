package sql

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// test writes one value of an item. It may be NULL where the column is.
func (j *job) test(i *rules.Item, c Column, t *rules.Test) term {
	at := span(i, t)
	switch t.Kind {
	case rules.NullTest:
		return term{text: Name(c.Name) + " IS NULL"}
	case rules.ExistsTest:
		j.note(NoteNull, at, "a field that is present and null counts as absent: NULL says both")
		if t.Bool {
			return term{text: Name(c.Name) + " IS NOT NULL"}
		}
		return term{text: Name(c.Name) + " IS NULL"}
	case rules.InvalidTest:
		return j.fail(CauseNotEvaluable, at, "the value has no certain meaning: "+t.Reason, "")
	}
	if c.Type == Other {
		return j.fail(CauseUnsupported, at, fmt.Sprintf("the column %s is neither text nor number nor boolean", c.Name), "make a view that has it as text")
	}
	if c.Type == Float && t.Kind != rules.NumberTest && t.Kind != rules.CompareTest {
		j.note(NoteFloat, at, "the store spells the numbers of the column "+c.Name+" its own way; the text of one may differ from the event's")
	}
	switch t.Kind {
	case rules.TextTest:
		return j.patterns(i, c, t)
	case rules.NumberTest:
		return j.number(i, c, t)
	case rules.BoolTest:
		switch c.Type {
		case Bool:
			return term{text: Name(c.Name) + " = " + strings.ToUpper(spellBool(t.Bool))}
		case Integer, Float:
			return never
		}
		if i.Keyword() {
			return j.occurs(c, spellBool(t.Bool))
		}
		return term{text: "lower(" + j.text(c) + ") = " + j.speech.quote(spellBool(t.Bool))}
	case rules.RegexTest:
		expression, err := portable(t.Regex, j.speech.re2)
		if err != nil {
			return j.fail(CauseUnsupported, at, "the regular expression cannot be written for a store: "+err.Error(), "")
		}
		if !written(expression) {
			return j.fail(CauseValue, at, "the regular expression holds bytes that are no text", "")
		}
		return term{text: j.speech.regex(j.text(c), expression)}
	case rules.CIDRTest:
		return j.network(c, t, at)
	case rules.CompareTest:
		return j.compare(c, t, at)
	case rules.FieldRefTest:
		return j.fieldRef(c, t, at)
	}
	return j.fail(CauseUnsupported, at, "parts of times are not written as SQL", "test the text of the time")
}

func span(i *rules.Item, t *rules.Test) source.Span {
	if t.Value != nil && t.Value.Node != nil {
		return t.Value.Node.Span
	}
	return i.Span()
}

func spellBool(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// lower is a text as the store's lower leaves it.
func (j *job) lower(s string) string { return strings.Map(j.speech.lower, s) }

// equal is the literal of a test for one whole text in any case.
func (j *job) equal(i *rules.Item, c Column, t *rules.Test) (string, bool) {
	if i.Keyword() || t.Kind != rules.TextTest || t.Cased || len(t.Patterns) != 1 || c.Type == Other || c.Type == Float {
		return "", false
	}
	text, plain := t.Patterns[0].Plain()
	if !plain || !written(text) {
		return "", false
	}
	return j.speech.quote(j.lower(text)), true
}

// written reports a text that SQL can hold.
func written(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// maxVariants bounds what windash writes out: 5 dashes in 4 places.
const maxVariants = 625

// patterns writes a text test.
func (j *job) patterns(i *rules.Item, c Column, t *rules.Test) term {
	var terms []term
	for _, p := range t.Patterns {
		if p.HasPlaceholder() {
			return j.fail(CausePlaceholder, span(i, t), fmt.Sprintf("the placeholder in `%s` has no value", source.Shorten(p.String())), "replace it by what your environment has there")
		}
		variants, ok := dashes(p)
		if !ok {
			return j.fail(CauseTooLarge, span(i, t), fmt.Sprintf("`windash` with this many dashes makes more than %d variants", maxVariants), "keep the first flag only")
		}
		for _, v := range variants {
			if i.Keyword() {
				v = append(append([]piece{{any: '%'}}, v...), piece{any: '%'})
			}
			terms = append(terms, j.pattern(i, c, t, v))
		}
	}
	return join(or, terms)
}

func (j *job) pattern(i *rules.Item, c Column, t *rules.Test, pieces []piece) term {
	column, open := j.text(c), false
	for k, p := range pieces {
		if !written(p.text) {
			return j.fail(CauseValue, span(i, t), "the value holds bytes that are no text", "")
		}
		open = open || p.any != 0
		if !t.Cased {
			pieces[k].text = j.lower(p.text)
		}
	}
	if t.Cased && open {
		return term{text: j.speech.cased(column, pieces)}
	}
	if !t.Cased {
		j.caseNote()
		column = "lower(" + column + ")"
	}
	if open {
		return term{text: column + like(pieces, j.speech.quote)}
	}
	whole := ""
	for _, p := range pieces {
		whole += p.text
	}
	return term{text: column + " = " + j.speech.quote(whole)}
}

// dashes turns a pattern into pieces, one for each spelling of its dashes; false when there are too many.
func dashes(p rules.Pattern) ([][]piece, bool) {
	out := [][]piece{nil}
	for _, t := range p {
		choices := []piece{{text: t.Text}}
		switch t.Kind {
		case rules.AnyRun:
			choices = []piece{{any: '%'}}
		case rules.AnyOne:
			choices = []piece{{any: '_'}}
		case rules.Dash:
			choices = nil
			for _, r := range rules.DashCharacters {
				choices = append(choices, piece{text: string(r)})
			}
		}
		if len(out)*len(choices) > maxVariants {
			return nil, false
		}
		var longer [][]piece
		for _, begin := range out {
			for _, c := range choices {
				longer = append(longer, append(begin[:len(begin):len(begin)], c))
			}
		}
		out = longer
	}
	return out, true
}

// occurs searches a text in the raw record.
func (j *job) occurs(c Column, text string) term {
	return term{text: "lower(" + j.text(c) + ")" + like([]piece{{any: '%'}, {text: j.lower(text)}, {any: '%'}}, j.speech.quote)}
}

// number writes a test for a number: as a number, or as text that spells it.
func (j *job) number(i *rules.Item, c Column, t *rules.Test) term {
	text := t.Number.Text
	if !t.Number.Integral && t.Value != nil && plainDigits(t.Value.Text) {
		text = t.Value.Text // beyond 64 bits the model keeps a float only
	}
	if i.Keyword() {
		return j.occurs(c, text)
	}
	switch c.Type {
	case Bool:
		return never
	case Integer, Float:
		return term{text: Name(c.Name) + " = " + text}
	}
	return term{text: "lower(" + j.text(c) + ") = " + j.speech.quote(j.lower(text))}
}

func plainDigits(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// numberForm is what counts as a number in text (package match).
const numberForm = `\A-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,9})?\z`

var operators = map[rules.Comparison]string{
	rules.Equal: "=", rules.Less: "<", rules.LessOrEqual: "<=", rules.Greater: ">", rules.GreaterOrEqual: ">=",
}

func (j *job) compare(c Column, t *rules.Test, at source.Span) term {
	comparison := " " + operators[t.Compare] + " " + t.Number.Text
	switch c.Type {
	case Bool:
		return never
	case Integer, Float:
		return term{text: Name(c.Name) + comparison}
	}
	j.note(NoteNumber, at, "numbers in text are compared in double precision: beyond 15 digits neighbours count as equal")
	return term{text: "(" + j.speech.regex(Name(c.Name), numberForm) + " AND " + j.speech.asNumber(Name(c.Name)) + comparison + ")"}
}

// mappedBits is the length of the prefix ::ffff:0:0/96 that holds IPv4 inside IPv6.
const mappedBits = 96

func (j *job) network(c Column, t *rules.Test, at source.Span) term {
	if j.speech.network == nil {
		return j.fail(CauseUnsupported, at, j.speech.name+" has no addresses", "")
	}
	if c.Type != Text {
		return never
	}
	n := t.Network.Masked()
	if a := n.Addr(); a.Is4In6() && n.Bits() >= mappedBits {
		n = netip.PrefixFrom(a.Unmap(), n.Bits()-mappedBits)
	}
	return term{text: j.speech.network(Name(c.Name), n.String(), n.Addr().Is4())}
}

// fieldRef compares with another column.
func (j *job) fieldRef(c Column, t *rules.Test, at source.Span) term {
	other, ok := j.field(t.Ref, at)
	switch {
	case !ok:
		return never
	case other.Type == Other:
		return j.fail(CauseUnsupported, at, fmt.Sprintf("the column %s is neither text nor number nor boolean", other.Name), "make a view that has it as text")
	}
	numeric := func(c Column) bool { return c.Type == Integer || c.Type == Float }
	if t.RefOpen == [2]bool{} && numeric(c) && numeric(other) {
		return term{text: Name(c.Name) + " = " + Name(other.Name)}
	}
	a, b := j.text(c), j.text(other)
	if !t.Cased {
		j.caseNote()
		a, b = "lower("+a+")", "lower("+b+")"
	}
	switch t.RefOpen {
	case [2]bool{true, true}:
		return term{text: j.speech.find + "(" + a + ", " + b + ") > 0"}
	case [2]bool{true, false}:
		return term{text: "(length(" + a + ") >= length(" + b + ") AND substr(" + a + ", length(" + a + ") - length(" + b + ") + 1) = " + b + ")"}
	case [2]bool{false, true}:
		return term{text: "substr(" + a + ", 1, length(" + b + ")) = " + b}
	}
	return term{text: a + " = " + b}
}
