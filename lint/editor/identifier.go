package editor

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Mention is a place in a condition that stands for an identifier.
type Mention struct {
	Span    source.Span
	Pattern string // as written; the name itself unless it is a pattern
	Exact   bool   // it names nothing else
}

// Identifier is a search identifier with everything that refers to it.
type Identifier struct {
	Detection  *rules.Detection
	Detections *rules.Detections
	At         source.Span // what the offset stands on
	Mentions   []Mention   // in source order
}

// IdentifierAt is the identifier whose key or mention stands at an offset. A pattern that stands for several has no single one: see Selected.
func (f File) IdentifierAt(offset int) (Identifier, bool) {
	all := detections(f.document(offset))
	if all == nil {
		return Identifier{}, false
	}
	for _, d := range all.Named {
		if d.Key != nil && touches(d.Key.Span, offset) {
			return identifier(all, d, d.Key.Span), true
		}
	}
	if e := mentionAt(all, offset); e != nil && e.Op == rules.Name && len(e.Selected) > 0 {
		return identifier(all, e.Selected[0], e.PatternAt), true
	}
	return Identifier{}, false
}

// Selected are the identifiers that the words at an offset of a condition stand for, with the place of the words.
func (f File) Selected(offset int) ([]*rules.Detection, source.Span) {
	all := detections(f.document(offset))
	if all == nil {
		return nil, source.Span{}
	}
	if e := mentionAt(all, offset); e != nil {
		return e.Selected, e.PatternAt
	}
	return nil, source.Span{}
}

// mentionAt is the name or the pattern of a condition at an offset, or nil.
func mentionAt(all *rules.Detections, offset int) *rules.Expr {
	var found *rules.Expr
	for _, c := range all.Conditions {
		c.Each(func(e *rules.Expr, _ bool) {
			if (e.Op == rules.Name || e.Op == rules.Of) && touches(e.PatternAt, offset) {
				found = e
			}
		})
	}
	return found
}

func identifier(all *rules.Detections, d *rules.Detection, at source.Span) Identifier {
	id := Identifier{Detection: d, Detections: all, At: at}
	for _, c := range all.Conditions {
		c.Each(func(e *rules.Expr, _ bool) {
			for _, s := range e.Selected {
				if s == d && (e.Op == rules.Name || e.Op == rules.Of) {
					id.Mentions = append(id.Mentions, Mention{e.PatternAt, e.Pattern, e.Pattern == d.Name})
				}
			}
		})
	}
	return id
}

// nameable is what a condition can name without doubt.
var nameable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// operators are the words of conditions: no identifier can have their names.
var operators = map[string]bool{"and": true, "or": true, "not": true, "of": true, "them": true, "all": true, "any": true, "condition": true, "timeframe": true}

// Rename gives an identifier another name: its key and every place of a condition that names it. It is refused where a pattern would select
// something else afterwards, as the rule would mean something else.
func (f File) Rename(id Identifier, name string) ([]source.Edit, error) {
	d := id.Detection
	switch {
	case name == d.Name:
		return nil, nil
	case !nameable.MatchString(name):
		return nil, fmt.Errorf("`%s` is no name that a condition can use: write letters, digits, `_` and `-`, not beginning with a digit", source.Shorten(name))
	case operators[strings.ToLower(name)]:
		return nil, fmt.Errorf("`%s` is a word of conditions", name)
	case id.Detections.Find(name) != nil:
		return nil, fmt.Errorf("there is an identifier `%s` already", name)
	case d.Key == nil || d.Key.Alias != nil || d.Key.Anchor != "":
		return nil, errors.New("the identifier is written with an anchor or an alias; rename it by hand")
	}
	for _, c := range id.Detections.Conditions {
		var trouble error
		c.Each(func(e *rules.Expr, _ bool) {
			switch {
			case e.Op == rules.Bad && trouble == nil:
				trouble = fmt.Errorf("a condition does not parse, so its names are not certain: %s", e.Reason)
			case e.Op != rules.Of || e.Pattern == d.Name:
			case rules.MatchName(e.Pattern, name) != rules.MatchName(e.Pattern, d.Name) && trouble == nil:
				trouble = patternError(e, d.Name, name)
			}
		})
		if trouble != nil {
			return nil, trouble
		}
	}
	edits := []source.Edit{{Span: content(d.Key), New: name}}
	seen := map[source.Span]bool{}
	for _, m := range id.Mentions {
		if m.Exact && !seen[m.Span] {
			seen[m.Span] = true
			edits = append(edits, source.Edit{Span: m.Span, New: name})
		}
	}
	return edits, nil
}

func patternError(e *rules.Expr, before, after string) error {
	words := e.Quantifier + " of " + e.Pattern
	if rules.MatchName(e.Pattern, before) {
		return fmt.Errorf("`%s` selects `%s` and would not select `%s`: the rule would mean something else; change the condition first", words, before, after)
	}
	return fmt.Errorf("`%s` does not select `%s` and would select `%s`: the rule would mean something else", words, before, after)
}

// content is a scalar without its quotes: what is renamed keeps them.
func content(n *source.Node) source.Span {
	if n.Style == source.SingleQuoted || n.Style == source.DoubleQuoted {
		return source.Span{Start: n.Span.Start + 1, End: n.Span.End - 1}
	}
	return n.Span
}

// Definitions are the places that the words at an offset stand for: the keys of identifiers, and in a correlation or a filter the rules of the same file
// that it names.
func (f File) Definitions(offset int) []source.Span {
	var out []source.Span
	if list, _ := f.Selected(offset); len(list) > 0 {
		for _, d := range list {
			if d.Key != nil {
				out = append(out, d.Key.Span)
			}
		}
		return out
	}
	if id, ok := f.IdentifierAt(offset); ok {
		return []source.Span{id.Detection.Key.Span}
	}
	var named []rules.Text
	switch d := f.document(offset).(type) {
	case *rules.Correlation:
		named = d.Rules
	case *rules.Filter:
		named = d.Rules
	}
	for _, t := range named {
		if !touches(t.Span(), offset) {
			continue
		}
		for _, d := range f.Rules {
			for _, has := range []rules.Text{d.Base().Name, d.Base().ID} {
				if has.Present() && has.Value == t.Value {
					out = append(out, has.Span())
				}
			}
		}
	}
	return out
}

// References are the places that stand for what stands at an offset: for an identifier every place of a condition that takes it in, also by a pattern; for a
// pattern the keys it takes in and itself. declared adds the key of an identifier.
func (f File) References(offset int, declared bool) []source.Span {
	id, ok := f.IdentifierAt(offset)
	if !ok {
		_, at := f.Selected(offset)
		if at == (source.Span{}) {
			return nil
		}
		return append(f.Definitions(offset), at)
	}
	var out []source.Span
	if declared {
		out = append(out, id.Detection.Key.Span)
	}
	for _, m := range id.Mentions {
		out = append(out, m.Span)
	}
	return out
}
