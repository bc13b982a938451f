package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

var identifierName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// foreign are the characters that no identifier may have.
var foreign = regexp.MustCompile(`[^A-Za-z0-9_-]`)

func (d *Detections) checkName(h *Head, named *Detection) {
	if identifierName.MatchString(named.Name) {
		return
	}
	if name, modifiers, ok := strings.Cut(named.Name, "|"); ok {
		h.report(Problem{
			Kind: KindModifierOnIdentifier, Span: named.Key.Span,
			Message: fmt.Sprintf("the modifier `%s` stands on the identifier `%s` and has no effect there", source.Shorten(modifiers), source.Shorten(name)),
			Help:    fmt.Sprintf("put it on the fields below: `Field|%s`", source.Shorten(modifiers)),
			Fix:     d.moveModifiers(named, name, modifiers),
		})
		return
	}
	better := foreign.ReplaceAllString(named.Name, "_")
	problem := Problem{
		Kind: KindUnaddressable, Span: named.Key.Span,
		Message: fmt.Sprintf("no condition can name the identifier `%s`", source.Shorten(named.Name)),
		Help:    "use letters, digits, `_` and `-` only",
	}
	if edits := d.renamed(named, better); edits != nil {
		problem.Fix = &source.Fix{Title: "write `" + better + "`", Edits: edits}
	}
	h.report(problem)
}

// renamed are the edits that give an identifier another name, here and in the conditions, nil where the name is taken or a pattern would not
// select the same identifiers as before.
func (d *Detections) renamed(named *Detection, to string) []source.Edit {
	if !identifierName.MatchString(to) || d.Node.Entry(to) != nil || !inPlace(named.Key) || strings.HasPrefix(named.Name, "_") != strings.HasPrefix(to, "_") {
		return nil
	}
	edits := []source.Edit{{Span: named.Key.Span, New: to}}
	for _, c := range d.Conditions {
		same := true
		c.Each(func(e *Expr, _ bool) {
			if e.Op == Of && e.Pattern != "them" && MatchName(e.Pattern, named.Name) != MatchName(e.Pattern, to) {
				same = false
			}
		})
		if !same {
			return nil
		}
		for _, at := range mentions(c.Text, named.Name) {
			if c.Node.Alias != nil || !c.Node.Mapped() {
				return nil
			}
			edits = append(edits, source.Edit{Span: c.Node.Range(at, at+len(named.Name)), New: to})
		}
	}
	return edits
}

// mentions are the places of a word in a condition.
func mentions(condition, word string) []int {
	var at []int
	boundary := func(i int) bool {
		return i < 0 || i >= len(condition) || strings.IndexByte(" \t\r\n()", condition[i]) >= 0
	}
	for from := 0; ; {
		i := strings.Index(condition[from:], word)
		if i < 0 {
			return at
		}
		if i += from; boundary(i-1) && boundary(i+len(word)) {
			at = append(at, i)
		}
		from = i + len(word)
	}
}

// inPlace reports a key whose source can be replaced.
func inPlace(key *source.Node) bool {
	return key.Kind == source.Scalar && key.Alias == nil && key.Anchor == "" && !key.Explicit && key.Mapped()
}

// moveModifiers is the fix that puts the modifiers of an identifier on all its items, nil where an item has modifiers of its own, is a keyword, is
// written elsewhere or has a value that the modifiers do not work on.
func (d *Detections) moveModifiers(named *Detection, name, modifiers string) *source.Fix {
	for _, m := range strings.Split(modifiers, "|") {
		if _, known := LookupModifier(m); !known {
			return nil
		}
	}
	edits := d.renamed(named, name)
	if edits == nil || named.Node.Alias != nil {
		return nil
	}
	good, items := true, 0
	named.Block.Each(func(i *Item) {
		items++
		if i.Keyword() || len(i.Modifiers) > 0 || !inPlace(i.Key) || i.Key.Span.Start < named.Node.Span.Start || i.Key.Span.End > named.Node.Span.End {
			good = false
			return
		}
		for _, v := range i.Values {
			good = good && v.Kind == TextValue
		}
		edits = append(edits, source.Edit{Span: source.Span{Start: i.FieldSpan.End, End: i.FieldSpan.End}, New: "|" + modifiers})
	})
	if !good || items == 0 {
		return nil
	}
	return &source.Fix{Title: "put `" + modifiers + "` on the fields", Edits: edits}
}
