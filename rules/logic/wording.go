package logic

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// String is the demand as words: "`Image` ends in `/netstat`".
func (l Literal) String() string { return l.subject() + " " + l.phrase(finite) }

// Asked is what stands at the place of the literal, negated or not: "`Image` ends in `/netstat`", and "excluded: `Image` ends in `/netstat`"
// where the proof needs that none holds.
func (l Literal) Asked() string {
	if l.Negated {
		return "excluded: " + l.affirmed().String()
	}
	return l.String()
}

func (l Literal) subject() string {
	if l.Field == "" {
		return "the event"
	}
	return "`" + source.Shorten(l.Field) + "`"
}

// String is the conflict as a sentence: "`Image` cannot end in `/netstat` and in `/nmap` at once".
func (c Conflict) String() string {
	if c.cased() {
		return c.sentence() + " (case counts)"
	}
	return c.sentence()
}

// cased reports a conflict between texts that differ in case alone: a reader takes them for the same.
func (c Conflict) cased() bool {
	spoken := map[string]string{}
	for _, l := range c.Literals {
		for _, t := range l.Tests {
			value := rawValue(t)
			folded := strings.ToLower(value)
			if other, ok := spoken[folded]; ok && other != value && t.Cased {
				return true
			}
			spoken[folded] = value
		}
	}
	return false
}

func (c Conflict) sentence() string {
	var positive, negative []Literal
	for _, l := range c.Literals {
		if l.Negated {
			negative = append(negative, l)
		} else {
			positive = append(positive, l)
		}
	}
	subject := c.Literals[0].subject()
	switch {
	case len(positive) == 0 && len(negative) == 1:
		return fmt.Sprintf("every event %s", withSubject(negative[0], subject))
	case len(positive) == 1 && len(negative) == 0:
		return fmt.Sprintf("no %s can %s", strings.TrimPrefix(subject, "the "), positive[0].phrase(infinite))
	case len(positive) == 1 && len(negative) == 1 && positive[0].says(negative[0]):
		not := "must not"
		if len(positive[0].Tests) > 1 {
			not = "none of these"
		}
		return fmt.Sprintf("%s would have to %s, and at the same time %s", subject, positive[0].phrase(infinite), not)
	case len(positive) > 0 && len(negative) > 0:
		return fmt.Sprintf("every %s that %s also %s", strings.TrimPrefix(subject, "the "),
			phrases(positive, finite, " and "), phrases(affirmed(negative), finite, " or "))
	case len(positive) == 0:
		return fmt.Sprintf("%s always %s", subject, phrases(affirmed(negative), finite, " or "))
	}
	return fmt.Sprintf("%s cannot %s at once", subject, phrases(positive, infinite, " and "))
}

// says reports that two literals name the same tests, in whatever order and spelling: `*/who` is a text that ends in `/who`.
func (l Literal) says(m Literal) bool {
	if len(l.Tests) != len(m.Tests) {
		return false
	}
	spoken := map[string]int{}
	for i, t := range l.Tests {
		spoken[spelled(l.Field, t)]++
		spoken[spelled(m.Field, m.Tests[i])]--
	}
	for _, n := range spoken {
		if n != 0 {
			return false
		}
	}
	return true
}

// spelled is the same for tests that say the same.
func spelled(field string, t *rules.Test) string {
	verb, _ := describe(field, t)
	value := rawValue(t)
	if t.Kind == rules.TextTest && len(t.Patterns) == 1 {
		value = t.Patterns[0].String()
	}
	return fmt.Sprint(t.Kind, " ", t.Cased, " ", verb, " ", value)
}

// obvious reports that a fact which allows for absence meets a demand for a value: true, and not worth a sentence.
func (c Conflict) obvious() bool {
	for _, l := range c.Literals {
		if l.Axiom && l.kind == nullLeaf {
			return true
		}
	}
	return false
}

func withSubject(l Literal, subject string) string {
	return "has " + subject + " that " + l.affirmed().phrase(finite)
}

func (l Literal) affirmed() Literal {
	l.Negated = false
	return l
}

func affirmed(list []Literal) []Literal {
	out := make([]Literal, len(list))
	for i, l := range list {
		out[i] = l.affirmed()
	}
	return out
}

// phrases joins the phrases of literals and says a verb that all share only once.
func phrases(list []Literal, f form, and string) string {
	var out []string
	previous := ""
	for _, l := range list {
		verb, object := l.words(f)
		if verb == previous && verb != "" {
			// "end in `/x` and in `/y`": repeat the preposition only
			if _, preposition, ok := strings.Cut(verb, " "); ok {
				object = preposition + " " + object
			}
			out = append(out, object)
			continue
		}
		previous = verb
		out = append(out, strings.TrimSpace(verb+" "+object))
	}
	return strings.Join(out, and)
}

// form is the grammatical form of a verb.
type form uint8

const (
	finite   form = iota // "ends in"
	infinite             // "end in"
)

func (l Literal) phrase(f form) string {
	verb, object := l.words(f)
	if !l.Negated {
		return strings.TrimSpace(verb + " " + object)
	}
	verb, object = l.words(infinite)
	not := "does not"
	if f == infinite {
		not = "not"
	}
	return strings.TrimSpace(not + " " + verb + " " + object)
}

// verbs in both forms.
var verbs = map[string][2]string{
	"is":       {"is", "be"},
	"long":     {"is", "be"},
	"begins":   {"begins with", "begin with"},
	"ends":     {"ends in", "end in"},
	"contains": {"contains", "contain"},
	"matches":  {"matches", "match"},
	"lies":     {"lies in", "lie in"},
	"less":     {"is less than", "be less than"},
	"most":     {"is at most", "be at most"},
	"greater":  {"is greater than", "be greater than"},
	"least":    {"is at least", "be at least"},
	"present":  {"is present", "be present"},
	"absent":   {"is absent", "be absent"},
	"null":     {"is absent or null", "be absent or null"},
	"holds":    {"is a text", "be a text"},
	"has":      {"has", "have"},
	"opaque":   {"meets", "meet"},
}

// shownValues is how many values of a list a sentence names.
const shownValues = 3

// words are the verb and the object of a positive literal.
func (l Literal) words(f form) (string, string) {
	verb := ""
	var objects []string
	mixed := false
	for _, t := range l.Tests {
		v, o := describe(l.Field, t)
		if verb != "" && v != verb {
			mixed = true
		}
		verb = v
		objects = append(objects, o)
	}
	if mixed {
		verb = "matches"
		for i, t := range l.Tests {
			objects[i] = valueOf(t)
		}
	}
	if len(objects) == 1 {
		return verbs[verb][f], objects[0]
	}
	shown := objects
	more := ""
	if len(objects) > shownValues {
		shown = objects[:shownValues]
		more = fmt.Sprintf(" … (%d values)", len(objects))
	}
	return verbs[verb][f], "one of " + strings.Join(shown, ", ") + more
}

var comparisonVerb = map[rules.Comparison]string{
	rules.Equal: "is", rules.Less: "less", rules.LessOrEqual: "most", rules.Greater: "greater", rules.GreaterOrEqual: "least",
}

func quoted(s string) string { return "`" + source.Shorten(s) + "`" }

// describe puts a test into a verb and an object.
func describe(field string, t *rules.Test) (verb, object string) {
	switch t.Kind {
	case rules.NumberTest:
		return containsIf(field == "", "is"), quoted(t.Number.Text)
	case rules.BoolTest:
		return containsIf(field == "", "is"), fmt.Sprintf("`%t`", t.Bool)
	case rules.NullTest:
		return "null", ""
	case rules.ExistsTest:
		if t.Bool {
			return "present", ""
		}
		return "absent", ""
	case rules.RegexTest:
		return "matches", quoted(t.Regex.Source)
	case rules.CIDRTest:
		return "lies", quoted(t.Network.String())
	case rules.CompareTest:
		return comparisonVerb[t.Compare], quoted(t.Number.Text)
	case rules.TimeTest:
		return "has", partPhrase(t)
	case rules.TextTest:
		if len(t.Patterns) == 1 {
			return describePattern(field, t.Patterns[0])
		}
	}
	return "opaque", valueOf(t)
}

func containsIf(keyword bool, verb string) string {
	if keyword {
		return "contains"
	}
	return verb
}

func describePattern(field string, p rules.Pattern) (verb, object string) {
	start, end := p.StartsOpen(), p.EndsOpen()
	if len(p) == 1 && start {
		return "holds", ""
	}
	inner := p
	if start {
		inner = inner[1:]
	}
	if end && len(inner) > 0 {
		inner = inner[:len(inner)-1]
	}
	if field == "" {
		start, end = true, true
	}
	if n := onlyPlaces(p); n > 0 && field != "" {
		return "long", plural(n, "one character", fmt.Sprintf("%d characters", n)) + " long"
	}
	if inner.HasWildcard() {
		return containsIf(field == "", "matches"), quoted(p.String())
	}
	text := quoted(inner.LiteralText())
	switch {
	case start && end:
		return "contains", text
	case start:
		return "ends", text
	case end:
		return "begins", text
	}
	return "is", text
}

// onlyPlaces is how many characters a pattern of nothing but `?` asks for, 0 for any other.
func onlyPlaces(p rules.Pattern) int {
	for _, t := range p {
		if t.Kind != rules.AnyOne {
			return 0
		}
	}
	return len(p)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func valueOf(t *rules.Test) string { return quoted(rawValue(t)) }

// rawValue is the value as the author wrote it.
func rawValue(t *rules.Test) string {
	switch {
	case t.Value != nil:
		return t.Value.Text
	case len(t.Patterns) > 0:
		return t.Patterns[0].String()
	case t.Regex != nil:
		return t.Regex.Source
	}
	return t.Reason
}

// partPhrase is a part of a time as an object: "the hour `3`", "an hour greater than `22`".
func partPhrase(t *rules.Test) string {
	if t.Compare == rules.Equal {
		return "the " + t.Part + " " + quoted(t.Number.Text)
	}
	article := "a"
	if t.Part == "hour" {
		article = "an"
	}
	relation := map[rules.Comparison]string{
		rules.Less: "less than", rules.LessOrEqual: "of at most", rules.Greater: "greater than", rules.GreaterOrEqual: "of at least",
	}[t.Compare]
	return article + " " + t.Part + " " + relation + " " + quoted(t.Number.Text)
}
