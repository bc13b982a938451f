package match

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// ResultKind is what a node of an explanation stands for.
type ResultKind uint8

// The kinds of results, from the root down.
const (
	WholeResult       ResultKind = iota // the rule and its filters; all parts must hold
	ScopeResult                         // the condition of a rule or filter; any part must hold
	AndResult                           // `and`, or `all of`: all parts must hold
	OrResult                            // `or`, or `1 of`: any part must hold
	NotResult                           // `not`: the part must not hold
	IdentifierResult                    // a search identifier; its part must hold
	AlternativeResult                   // a map of a list of maps, or that list; see All
	ItemResult                          // a field with its values
	ValueResult                         // one value
)

// Result says whether one part of a rule held for an event, and why. All of it is evaluated, also what cannot change the
// outcome.
type Result struct {
	Kind    ResultKind
	Matched bool
	All     bool   // all Parts must hold, else any; NotResult and ValueResult aside
	Negated bool   // ItemResult with `neq`: Matched is the opposite of what the parts say
	Label   string // operator, name, key or value as the author wrote it
	Reason  string // ItemResult, ValueResult: a sentence about the event's value; else empty
	Head    *rules.Head
	Span    source.Span // in the file of Head
	Parts   []*Result
}

// Explain evaluates like Match and keeps the reasons. Explain(e).Matched is Match(e).
func (m *Matcher) Explain(e *Event) *Result {
	root := &Result{Kind: WholeResult, Label: "rule", All: true}
	for i, s := range m.scopes {
		label := "condition"
		if i > 0 {
			label = "filter " + title(s.head)
		}
		root.Parts = append(root.Parts, s.explain(e, label))
	}
	root.Head, root.Span = root.Parts[0].Head, root.Parts[0].Span
	return root.settle()
}

// settle decides from the parts.
func (r *Result) settle() *Result {
	r.Matched = r.All
	for _, p := range r.Parts {
		if p.Matched != r.All {
			r.Matched = !r.All
			break
		}
	}
	if r.Negated {
		r.Matched = !r.Matched
	}
	return r
}

// setHead tells every node which document its span is in.
func (r *Result) setHead(h *rules.Head) {
	r.Head = h
	for _, p := range r.Parts {
		p.setHead(h)
	}
}

func (s *scope) explain(e *Event, label string) *Result {
	r := &Result{Kind: ScopeResult, Label: label}
	for i, c := range s.conditions {
		if i == 0 {
			r.Span = c.source.Span
		}
		r.Parts = append(r.Parts, c.explain(e))
	}
	r.setHead(s.head)
	return r.settle()
}

func (x *expr) explain(e *Event) *Result {
	r := &Result{Span: x.source.Span}
	switch x.op {
	case rules.And:
		r.Kind, r.All, r.Label = AndResult, true, "and"
	case rules.Or:
		r.Kind, r.Label = OrResult, "or"
	case rules.Not:
		r.Kind, r.Label = NotResult, "not"
	case rules.Of:
		r.Kind, r.All, r.Label = OrResult, x.source.All, x.source.Quantifier+" of "+x.source.Pattern
		if r.All {
			r.Kind = AndResult
		}
	default:
		return x.selected[0].explain(e)
	}
	for _, a := range x.args {
		r.Parts = append(r.Parts, a.explain(e))
	}
	for _, d := range x.selected {
		r.Parts = append(r.Parts, d.explain(e))
	}
	r.settle()
	if r.Kind == NotResult {
		r.Matched = !r.Parts[0].Matched
	}
	return r
}

func (d *detection) explain(e *Event) *Result {
	inner := d.block.explain(e)
	r := &Result{Kind: IdentifierResult, Label: d.source.Name, All: inner.All, Parts: inner.Parts, Matched: inner.Matched}
	if d.source.Key != nil {
		r.Span = d.source.Key.Span
	}
	return r
}

func (b *block) explain(e *Event) *Result {
	r := &Result{Kind: AlternativeResult, Label: "all of these", All: true}
	if b.source.Node != nil {
		r.Span = b.source.Node.Span
	}
	if b.list {
		r.All, r.Label = false, "any of these"
		for _, a := range b.alternatives {
			r.Parts = append(r.Parts, a.explain(e))
		}
	}
	for _, i := range b.items {
		r.Parts = append(r.Parts, i.explain(e))
	}
	return r.settle()
}

func (i *item) explain(e *Event) *Result {
	r := &Result{Kind: ItemResult, All: i.all, Negated: i.negated, Label: label(i.source), Span: i.source.Span()}
	if i.keyword {
		places := []place{{"", e.raw()}}
		r.Reason = "searched in the raw message"
		if places[0].value == nil {
			places = e.whole().places("", nil)
			r.Reason = "searched in every text of the event"
		}
		for _, t := range i.tests {
			r.Parts = append(r.Parts, t.explainKeyword(places))
		}
		return r.settle()
	}
	v := e.of(&i.field)
	r.Reason = describe(i.field.name, v)
	for _, t := range i.tests {
		r.Parts = append(r.Parts, t.explain(i.field.name, v, e))
	}
	return r.settle()
}

// describe says what the event has in a field.
func describe(field string, v *value) string {
	field = source.Shorten(field)
	switch {
	case v == nil:
		return fmt.Sprintf("the event has no `%s`", field)
	case v.kind == nullValue:
		return fmt.Sprintf("`%s` is null", field)
	case v.kind == objectValue:
		return fmt.Sprintf("`%s` is an object", field)
	case v.kind == listValue:
		leaves := v.leaves(nil)
		if len(leaves) == 0 {
			return fmt.Sprintf("`%s` is an empty array", field)
		}
		return fmt.Sprintf("`%s` is an array of %d", field, len(leaves))
	}
	return fmt.Sprintf("`%s` is %s", field, show(v))
}

func show(v *value) string {
	switch v.kind {
	case nullValue:
		return "null"
	case objectValue:
		return "an object"
	case textValue:
		return source.Quote(source.Shorten(v.text))
	}
	return v.text
}

// leaves are the elements of nested arrays, or the value itself.
func (v *value) leaves(to []*value) []*value {
	if v.kind != listValue {
		return append(to, v)
	}
	for _, item := range v.items {
		to = item.leaves(to)
	}
	return to
}

// explain says how one value fared.
func (t *test) explain(field string, v *value, e *Event) *Result {
	r := &Result{Kind: ValueResult, Matched: t.matches(v, e), Label: valueLabel(t.source)}
	if t.source.Value != nil {
		r.Span = t.source.Value.Node.Span
	}
	var leaves []*value
	if v != nil {
		leaves = v.leaves(nil)
	}
	if len(leaves) == 0 || t.kind == rules.ExistsTest || t.kind == rules.NullTest {
		r.Reason = describe(field, v)
		return r
	}
	// Speak of the element that matched, else of the first.
	shown := leaves[0]
	for _, leaf := range leaves {
		if r.Matched && t.matches(leaf, e) {
			shown = leaf
			break
		}
	}
	r.Reason = show(shown) + " " + t.verdict(shown, r.Matched, e)
	if len(leaves) > 1 && !r.Matched {
		r.Reason += fmt.Sprintf(" (none of the %d elements matches)", len(leaves))
	}
	return r
}

func valueLabel(t *rules.Test) string {
	if t.Value == nil {
		return ""
	}
	switch t.Value.Kind {
	case rules.TextValue:
		return source.Quote(source.Shorten(t.Value.Text))
	case rules.NullValue:
		return "null"
	}
	return source.Shorten(t.Value.Text)
}

// verbs say what a text test found, by the shape of its pattern: matched, not matched.
var verbs = map[shape][2]string{
	whole:    {"equals", "does not equal"},
	prefix:   {"begins with", "does not begin with"},
	suffix:   {"ends with", "does not end with"},
	inside:   {"contains", "does not contain"},
	anything: {"is covered by", "is not covered by"},
	general:  {"matches", "does not match"},
}

// relations say what a comparison demands.
var relations = map[rules.Comparison]string{
	rules.Equal: "equal to", rules.Less: "less than", rules.LessOrEqual: "at most",
	rules.Greater: "greater than", rules.GreaterOrEqual: "at least",
}

func is(matched bool) string {
	if matched {
		return "is"
	}
	return "is not"
}

// verdict continues the sentence that begins with the event's value.
func (t *test) verdict(v *value, matched bool, e *Event) string {
	label := valueLabel(t.source)
	if !v.scalar() {
		return "has no text to compare with " + label
	}
	switch t.kind {
	case rules.TextTest:
		return t.textVerdict(v, matched, label)
	case rules.RegexTest:
		if matched {
			return "matches the expression " + label
		}
		return "does not match the expression " + label
	case rules.CIDRTest:
		if _, ok := address(v); !ok {
			return "is no IP address"
		}
		return is(matched) + " in " + label
	case rules.CompareTest:
		if _, ok := number(v); !ok {
			return "is no number"
		}
		return is(matched) + " " + relations[t.source.Compare] + " " + label
	case rules.TimeTest:
		return t.timeVerdict(v, matched, label)
	case rules.FieldRefTest:
		return t.otherVerdict(matched, e)
	}
	return is(matched) + " equal to " + label
}

func (t *test) textVerdict(v *value, matched bool, label string) string {
	form := general
	if len(t.patterns) == 1 {
		form = t.patterns[0].shape
	}
	pair := verbs[form]
	if matched {
		return pair[0] + " " + label
	}
	if t.source.Cased {
		folded := test{kind: rules.TextTest}
		for _, p := range t.source.Patterns {
			if !p.HasPlaceholder() {
				folded.patterns = append(folded.patterns, compilePattern(p, false))
			}
		}
		if folded.matchesScalar(v, nil) {
			return pair[1] + " " + label + ": only the case differs"
		}
	}
	return pair[1] + " " + label
}

func (t *test) timeVerdict(v *value, matched bool, label string) string {
	if v.kind != textValue {
		return "is no written time to read the " + t.source.Part + " from"
	}
	part, ok := timePart(v.text, t.source.Part)
	if !ok {
		return "is no time in a known format to read the " + t.source.Part + " from"
	}
	return fmt.Sprintf("has the %s %d, which %s %s %s", t.source.Part, part, is(matched), relations[t.source.Compare], label)
}

func (t *test) otherVerdict(matched bool, e *Event) string {
	form := whole
	switch open := t.source.RefOpen; {
	case open[0] && open[1]:
		form = inside
	case open[0]:
		form = suffix
	case open[1]:
		form = prefix
	}
	verb := verbs[form][1]
	if matched {
		verb = verbs[form][0]
	}
	return fmt.Sprintf("%s the other field; %s", verb, describe(t.source.Ref, e.of(&t.other)))
}

// place is a value of the event with its path, for keywords.
type place struct {
	path  string
	value *value
}

// places are all scalar values in the order of their paths.
func (v *value) places(path string, to []place) []place {
	switch v.kind {
	case listValue:
		for _, item := range v.items {
			to = item.places(path, to)
		}
	case objectValue:
		names := make([]string, 0, len(v.fields))
		for name := range v.fields {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			below := name
			if path != "" {
				below = path + "." + name
			}
			to = v.fields[name].places(below, to)
		}
	default:
		to = append(to, place{path, v})
	}
	return to
}

func (t *test) explainKeyword(places []place) *Result {
	r := &Result{Kind: ValueResult, Label: valueLabel(t.source), Reason: "does not occur"}
	if t.source.Value != nil {
		r.Span = t.source.Value.Node.Span
	}
	for _, p := range places {
		if t.occursIn(p.value) {
			r.Matched, r.Reason = true, "occurs in the raw message"
			if p.path != "" {
				r.Reason = fmt.Sprintf("occurs in `%s`", source.Shorten(p.path))
			}
			break
		}
	}
	return r
}

// String draws the tree, one line a part: what was asked, whether it held, what the event has.
func (r *Result) String() string {
	var b strings.Builder
	r.write(&b, 0)
	return b.String()
}

func (r *Result) write(b *strings.Builder, depth int) {
	mark := "- "
	if r.Matched {
		mark = "+ "
	}
	b.WriteString(strings.Repeat("  ", depth) + mark + source.Visible(r.Label))
	if r.Reason != "" {
		b.WriteString(": " + source.Visible(r.Reason))
	}
	b.WriteByte('\n')
	for _, p := range r.Parts {
		p.write(b, depth+1)
	}
}
