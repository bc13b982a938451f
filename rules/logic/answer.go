package logic

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Verdict answers a question about all events.
type Verdict uint8

// The verdicts; see the package comment for what each guarantees.
const (
	Unknown Verdict = iota
	Yes
	No
)

func (v Verdict) String() string {
	switch v {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// Answer is a verdict with its evidence. An event is evidence for Yes of Satisfiable and for No of the questions that ask
// about all events; conflicts are evidence the other way round.
type Answer struct {
	Verdict     Verdict
	Witness     Event        // the event, checked by direct evaluation
	Conflicts   []Conflict   // the proof: every way to an event runs into one of these
	Reason      string       // Unknown: why
	Assumptions []Assumption // what the proof takes for granted
}

// Core is the literals of all conflicts, in order.
func (a Answer) Core() []Literal {
	var out []Literal
	for _, c := range a.Conflicts {
		out = append(out, c.Literals...)
	}
	return out
}

// Explain is the proof in one sentence, or the reason for Unknown; empty for an answer with a witness.
func (a Answer) Explain() string {
	switch {
	case a.Reason != "":
		return a.Reason
	case len(a.Conflicts) == 0:
		return ""
	}
	var shown []Conflict
	for _, c := range a.Conflicts {
		if !c.obvious() {
			shown = append(shown, c)
		}
	}
	if len(shown) == 0 {
		shown = a.Conflicts
	}
	var sentences []string
	for i, c := range shown {
		if i == shownConflicts {
			sentences = append(sentences, fmt.Sprintf("and %d more", len(shown)-i))
			break
		}
		sentences = append(sentences, c.String())
	}
	return strings.Join(sentences, "; ")
}

// shownConflicts is how many conflicts a sentence lists; more belong into a list of their own.
const shownConflicts = 3

// Assumption is something a proof takes for granted.
type Assumption struct {
	Kind  AssumptionKind
	Field string
	Text  string // a sentence
}

// AssumptionKind groups assumptions.
type AssumptionKind uint8

// The kinds of assumptions.
const (
	OneValue AssumptionKind = iota // the field holds one value, not a list
	Axiom                          // a fact that the caller added about a field
	Opaque                         // an unknown part is the same in both of its places
)

// Conflict is a minimal set of demands on one field that no value meets together.
type Conflict struct {
	Field    string
	Literals []Literal
}

// Literal is one demand: any of the tests holds for the field, or, negated, none does.
type Literal struct {
	Field   string
	Negated bool
	Item    *rules.Item   // where the first test stands; nil for tests that are no part of a rule
	Tests   []*rules.Test // those that matter
	Axiom   bool          // a fact that the caller added
	kind    leafKind
}

// Spans are the places of the literal's values in the file of its rule, in order; empty for an axiom.
func (l Literal) Spans() []source.Span {
	var out []source.Span
	for _, t := range l.Tests {
		if t.Value != nil && t.Value.Node != nil {
			out = append(out, t.Value.Node.Span)
		}
	}
	if len(out) == 0 && l.Item != nil && l.Item.Node != nil {
		out = append(out, l.Item.Span())
	}
	return out
}

// String is the demand as words: "`Image` ends in `/netstat`".
func (l Literal) String() string { return l.subject() + " " + l.phrase(finite) }

func (l Literal) subject() string {
	if l.Field == "" {
		return "the event"
	}
	return "`" + source.Shorten(l.Field) + "`"
}

// String is the conflict as a sentence: "`Image` cannot end in `/netstat` and in `/nmap` at once".
func (c Conflict) String() string {
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
		return fmt.Sprintf("%s would have to %s and not do so", subject, positive[0].phrase(infinite))
	case len(positive) > 0 && len(negative) > 0:
		return fmt.Sprintf("every %s that %s also %s", strings.TrimPrefix(subject, "the "),
			phrases(positive, finite, " and "), phrases(affirmed(negative), finite, " or "))
	case len(positive) == 0:
		return fmt.Sprintf("%s always %s", subject, phrases(affirmed(negative), finite, " or "))
	}
	return fmt.Sprintf("%s cannot %s at once", subject, phrases(positive, infinite, " and "))
}

// says reports that two literals name the same tests in the same words.
func (l Literal) says(m Literal) bool {
	if len(l.Tests) != len(m.Tests) {
		return false
	}
	for i, t := range l.Tests {
		verb, _ := describe(l.Field, t)
		other, _ := describe(m.Field, m.Tests[i])
		if verb != other || t.Kind != m.Tests[i].Kind || t.Cased != m.Tests[i].Cased || rawValue(t) != rawValue(m.Tests[i]) {
			return false
		}
	}
	return true
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

// sortAssumptions orders assumptions and drops repetitions.
func sortAssumptions(list []Assumption) []Assumption {
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].Kind != list[j].Kind {
			return list[i].Kind < list[j].Kind
		}
		return list[i].Field < list[j].Field
	})
	var out []Assumption
	for _, a := range list {
		if len(out) == 0 || out[len(out)-1] != a {
			out = append(out, a)
		}
	}
	return out
}
