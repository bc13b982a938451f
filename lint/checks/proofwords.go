package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// partWords puts a finding about a part into words.
type partWords struct {
	pass    *lint.Pass
	finding logic.PartFinding
	own     map[*rules.Test]bool
}

// claimed are the kinds that are errors unless the proof rests on an assumption.
var claimed = map[logic.PartKind]bool{
	logic.RuleNeverMatches: true, logic.IdentifierContradictory: true, logic.ExclusionsSwallowRule: true, logic.BranchSwallowed: true,
}

// messageLength is what a message may have (spec/checks.md, Messages).
const messageLength = 140

func (w *partWords) report() {
	w.own = map[*rules.Test]bool{}
	w.collectOwn()
	what, help := w.what()
	telling := w.telling()
	out := lint.Finding{Span: w.span(), Help: help}
	assumed := w.assumption()
	out.Message = what
	for _, reason := range w.reasons(telling) {
		if m := what + ": " + reason + assumed; len([]rune(m)) <= messageLength {
			out.Message = m
			break
		}
	}
	if out.Message == what && assumed != "" && len([]rune(what+assumed)) <= messageLength {
		out.Message += assumed
	}
	if assumed != "" && claimed[w.finding.Kind] {
		out.Severity = lint.Warning
	}
	out.Related = w.related(telling, out.Span)
	out.Fix = w.fix()
	w.pass.Report(out)
}

// collectOwn notes the tests that belong to the part itself.
func (w *partWords) collectOwn() {
	f := w.finding
	if len(f.Tests) > 0 {
		for _, t := range f.Tests {
			w.own[t] = true
		}
		return
	}
	items := func(i *rules.Item) {
		for _, t := range i.Tests {
			w.own[t] = true
		}
	}
	switch p := f.Part.(type) {
	case *rules.Detection:
		p.Block.Each(items)
	case *rules.Block:
		p.Each(items)
	case *rules.Item:
		items(p)
	case *rules.Expr:
		for _, d := range reached(p) {
			d.Block.Each(items)
		}
	}
}

func reached(e *rules.Expr) []*rules.Detection {
	out := append([]*rules.Detection(nil), e.Selected...)
	for _, a := range e.Args {
		out = append(out, reached(a)...)
	}
	return out
}

func (w *partWords) name() string {
	if w.finding.Detection == nil {
		return ""
	}
	return "`" + source.Shorten(w.finding.Detection.Name) + "`"
}

func (w *partWords) names() string {
	var out []string
	for _, d := range w.finding.By {
		out = append(out, "`"+source.Shorten(d.Name)+"`")
	}
	return enumerate(out)
}

// enumerate joins words as a sentence does; lists over five end in "and N more".
func enumerate(list []string) string {
	const most = 5
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// values names the values of the finding: one as it is, several by their number.
func (w *partWords) values() (string, bool) {
	f := w.finding
	if len(f.Tests) == 1 {
		return "`" + source.Shorten(writtenValue(f.Tests[0])) + "`", false
	}
	var shown []string
	length := 0
	for _, t := range f.Tests {
		s := "`" + source.Shorten(writtenValue(t)) + "`"
		if length += len([]rune(s)); length > 60 && len(shown) > 0 {
			return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), len(f.Tests)-len(shown)), true
		}
		shown = append(shown, s)
	}
	return enumerate(shown), true
}

func writtenValue(t *rules.Test) string {
	if t.Value == nil {
		return ""
	}
	return t.Value.Text
}

// what says what was proved, and what to do.
func (w *partWords) what() (message, help string) {
	f := w.finding
	values, several := w.values()
	verb := func(one, many string) string {
		if several {
			return many
		}
		return one
	}
	where := "in " + w.name()
	switch f.Kind {
	case logic.RuleNeverMatches:
		return "the rule can never match", "correct the test that was mistyped, or join the two by `or`"
	case logic.RuleAlwaysMatches:
		return "the rule matches every event", "state what must be there"
	case logic.ExclusionsSwallowRule:
		return w.names() + " " + plural(len(f.By), "excludes", "exclude") + " everything the rule can match", "narrow the exclusion"
	case logic.IdentifierContradictory:
		return w.name() + " can never match", "correct the test that was mistyped, or split the identifier in two"
	case logic.IdentifierDead:
		return w.name() + " changes nothing", "remove it, or narrow what covers it"
	case logic.IdentifierImplied:
		return w.name() + " always holds when the rest of the rule does", "remove it, or narrow it"
	case logic.IdentifiersIdentical:
		return w.name() + " and " + w.names() + " match the same events", "remove one, or correct the copy"
	case logic.AlternativeDead:
		if f.Detection == nil {
			return "a branch of the condition changes nothing", "remove it"
		}
		return "an entry of " + w.name() + " changes nothing", "remove it, or narrow what covers it"
	case logic.BranchSwallowed:
		what := "an entry of " + w.name()
		switch p := f.Part.(type) {
		case *rules.Detection:
			what = w.name()
		case *rules.Expr:
			what = "the branch `" + source.Shorten(w.pass.Rule.File.Text(p.Span)) + "`"
		}
		return w.names() + " " + plural(len(f.By), "excludes", "exclude") + " everything that " + what + " can match", "narrow the exclusion"
	case logic.ValueSwallowed:
		return fmt.Sprintf("%s %s everything that %s %s can match", w.names(), plural(len(f.By), "excludes", "exclude"), values, where), "narrow the exclusion, or remove the value"
	case logic.ValueDead:
		return fmt.Sprintf("%s %s %s nothing", values, where, verb("changes", "change")), "correct the value, remove it, or narrow what covers it"
	case logic.ValueCovered:
		return fmt.Sprintf("%s %s %s covered by the rest of the list", values, where, verb("is", "are")), "remove " + verb("it", "them")
	case logic.AllValueImplied:
		return fmt.Sprintf("%s under `all` %s %s implied by the other values", values, where, verb("is", "are")), "remove " + verb("it", "them")
	case logic.ItemImplied:
		if len(f.Tests) > 0 {
			return fmt.Sprintf("%s %s always %s when the rest of the rule does", values, where, verb("holds", "hold")), "remove " + verb("it", "them")
		}
		return fmt.Sprintf("`%s` %s always holds when the rest of the rule does", source.Shorten(f.Item.KeyText()), where), "remove it"
	case logic.ExclusionRestates:
		return fmt.Sprintf("`%s` %s only repeats what the rule requires", source.Shorten(f.Item.KeyText()), where), "remove it, or keep it for the reader"
	case logic.ExclusionDead:
		if len(f.By) > 0 {
			return w.name() + " removes nothing that " + w.names() + " " + plural(len(f.By), "does", "do") + " not remove", "remove it, or narrow the wider exclusion"
		}
		return w.name() + " removes nothing", "correct it, or remove it"
	case logic.NullGuard:
		if len(f.Tests) > 0 {
			return fmt.Sprintf("%s %s removes nothing", values, where), "remove it"
		}
		return w.name() + " excludes absent or empty values that the rule never matches", "remove it"
	case logic.ExclusionValueDead:
		return fmt.Sprintf("%s %s %s nothing", values, where, verb("removes", "remove")), "correct the value, remove it, or narrow what covers it"
	}
	return "", ""
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// telling is the conflict of the proof that explains it best: one between the part and the rest.
func (w *partWords) telling() *logic.Conflict {
	var best *logic.Conflict
	rank := -1
	conflicts := w.finding.Proof.Conflicts
	for n := range conflicts {
		c := &conflicts[n]
		own, other := 0, 0
		for _, l := range c.Literals {
			mine := false
			for _, t := range l.Tests {
				mine = mine || w.own[t]
			}
			if mine {
				own++
			} else {
				other++
			}
		}
		r := 0
		switch {
		case own > 0 && other > 0:
			r = 3
		case own > 0:
			r = 2
		case other > 0:
			r = 1
		}
		if r *= 2; !c.Restates() {
			r++
		}
		if r > rank {
			best, rank = c, r
		}
	}
	return best
}

// reasons gives the reason for a message, the fullest first.
func (w *partWords) reasons(c *logic.Conflict) []string {
	f := w.finding
	if f.Kind == logic.ExclusionDead && len(f.By) > 0 || f.Kind == logic.IdentifiersIdentical || c == nil {
		return nil
	}
	if c.Restates() {
		var others []string
		for _, l := range c.Literals {
			for _, t := range l.Tests {
				if d := w.holder(t); !w.own[t] && d != nil && d != f.Detection {
					others = append(others, "`"+source.Shorten(d.Name)+"` tests the same")
				}
			}
		}
		if len(others) > 0 {
			return others[:1]
		}
		return nil
	}
	return append([]string{c.String()}, w.brief(c)...)
}

// brief says in a few words what a long conflict is about: the field, and the identifier that clashes or covers.
func (w *partWords) brief(c *logic.Conflict) []string {
	clash := true
	var other *rules.Detection
	item := ""
	for _, l := range c.Literals {
		clash = clash && !l.Negated
		mine := false
		for _, t := range l.Tests {
			mine = mine || w.own[t]
		}
		if !mine && len(l.Tests) > 0 && l.Item != nil {
			other, item = w.holder(l.Tests[0]), "`"+source.Shorten(l.Item.KeyText())+"`"
		}
	}
	if c.Field == "" {
		return nil
	}
	field := "`" + source.Shorten(c.Field) + "`"
	switch {
	case other == nil && clash:
		return []string{"two tests on " + field + " clash"}
	case other == nil:
		return nil
	case clash && other == w.finding.Detection:
		return []string{"it clashes with " + item + " there"}
	case clash && w.finding.Detection == nil:
		return []string{"two tests on " + field + " clash"}
	case clash:
		return []string{"on " + field + " it clashes with `" + source.Shorten(other.Name) + "`"}
	case other == w.finding.Detection:
		return []string{item + " there covers " + field}
	}
	return []string{"`" + source.Shorten(other.Name) + "` covers it on " + field}
}

// holder is the identifier in which a test stands.
func (w *partWords) holder(t *rules.Test) *rules.Detection {
	for _, d := range w.pass.Rule.Detection.Named {
		found := false
		d.Block.Each(func(i *rules.Item) {
			for _, x := range i.Tests {
				found = found || x == t
			}
		})
		if found {
			return d
		}
	}
	return nil
}

// oneValue is what a proof may take for granted of a field, in words.
const oneValue = "one value per event"

// assumption names what the proof takes for granted about fields of which the taxonomy does not say it.
func (w *partWords) assumption() string {
	switch {
	case w.assumesOne():
		return ", assuming " + oneValue
	case w.assumesParts():
		return ", assuming keywords match inside words"
	}
	return ""
}

// assumesParts reports a proof in which one keyword says something about another: back-ends that search for whole words do not find a
// keyword inside a longer one.
func (w *partWords) assumesParts() bool {
	f := w.finding
	if f.Item != nil && f.Item.Keyword() && (f.Kind == logic.ValueCovered || f.Kind == logic.AllValueImplied) {
		return true
	}
	for _, c := range f.Proof.Conflicts {
		if c.Field == "" && !c.Restates() {
			return true
		}
	}
	return false
}

func (w *partWords) assumesOne() bool {
	for _, a := range w.finding.Proof.Assumptions {
		if a.Kind == logic.OneValue && !fields(w.pass).Single(a.Field) {
			return true
		}
	}
	return false
}

// span is where the finding is shown.
func (w *partWords) span() source.Span {
	f := w.finding
	if len(f.Tests) > 0 && f.Tests[0].Value != nil {
		return f.Tests[0].Value.Node.Span
	}
	switch p := f.Part.(type) {
	case *rules.Detection:
		return p.Key.Span
	case *rules.Block:
		return first(p)
	case *rules.Item:
		if p.Key != nil {
			return p.Key.Span
		}
		return p.Node.Span
	case *rules.Expr:
		return p.Span
	}
	if len(f.By) > 0 {
		return f.By[0].Key.Span
	}
	for _, c := range w.pass.Rule.Detection.Conditions {
		return c.Node.Span
	}
	return w.pass.Rule.Anchor()
}

// first is the first key of a block, or its first value.
func first(b *rules.Block) source.Span {
	span := b.Node.Span
	found := false
	b.Each(func(i *rules.Item) {
		if !found {
			found = true
			if span = i.Node.Span; i.Key != nil {
				span = i.Key.Span
			}
		}
	})
	return span
}

// relatedPlaces bounds the places shown beside a finding.
const relatedPlaces = 5

// related is the places that clash or cover, with what each demands.
func (w *partWords) related(c *logic.Conflict, at source.Span) []lint.Related {
	var out []lint.Related
	seen := map[source.Span]bool{at: true}
	add := func(span source.Span, message string) {
		if span.Len() > 0 && !seen[span] && len(out) < relatedPlaces {
			seen[span] = true
			out = append(out, lint.Related{Span: span, Message: message})
		}
	}
	for _, d := range w.finding.By {
		add(d.Key.Span, "`"+source.Shorten(d.Name)+"`")
	}
	if c != nil {
		for _, l := range c.Literals {
			if spans := l.Spans(); len(spans) > 0 {
				l.Negated = false
				add(spans[0], l.String())
			}
		}
	}
	for _, t := range w.finding.Tests {
		if t.Value != nil {
			add(t.Value.Node.Span, "the same is true of `"+source.Shorten(t.Value.Text)+"`")
		}
	}
	return out
}
