package schema

import (
	"fmt"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/source"
)

// missing explains a key that is not there.
func missing(kind, help string) explanation {
	return func(v *violation) *Problem { return v.missing(kind, help) }
}

func (v *violation) missing(kind, help string) *Problem {
	holder := "the " + v.doc.noun()
	if v.owner != nil {
		holder = quoted(v.owner.Value)
	}
	p := v.problem(kind, fmt.Sprintf("%s has no `%s`", holder, v.name()), help)
	if like := lookalike(v.parent, v.name()); like != nil {
		p.Related = []source.Related{{Span: like.Span, Message: fmt.Sprintf("%s is not read as `%s`", quoted(like.Value), v.name())}}
	}
	return p
}

// title is a title that is empty or no text.
func title(v *violation) *Problem {
	if blank(v.node) {
		return v.problem(MissingTitle, "the `title` is empty", "say what the "+v.doc.noun()+" finds, in a few words")
	}
	return text(v)
}

// text is an attribute that should hold text.
func text(v *violation) *Problem {
	if blank(v.node) {
		return v.empty()
	}
	p := v.problem(WrongType, fmt.Sprintf("`%s` is %s, not text", v.name(), shape(v.node)), "")
	switch v.node.Kind {
	case source.List:
		p.Help = "write it as one text"
		if v.name() == "author" {
			p.Help = "write the names as one text, separated by commas"
		}
	case source.Map:
		p.Help = "write it as one text; quote it when it holds a colon or a brace"
	default:
		p.Help = "quote it: " + source.Quote(v.node.Text())
		p.fixed(v, "quote the value", false, quote(v.doc.File, v.node))
	}
	return p
}

// empty is an attribute without content.
func (v *violation) empty() *Problem {
	p := v.problem(EmptyAttribute, fmt.Sprintf("`%s` is empty", v.name()), "write something, or remove the key")
	if e := v.entry(); e != nil && v.parent == v.doc.Root {
		p.fixed(v, "remove the empty attribute", true, removeEntry(v.doc.File, v.doc.Root, e))
	}
	return p
}

// The longest texts that the specification allows, in code points; the schema has the same figures.
const (
	longestName        = 256
	longestDescription = 65535
)

func tooLong(v *violation) *Problem {
	limit := longestName
	if v.name() == "description" {
		limit = longestDescription
	}
	return v.problem(TooLong,
		fmt.Sprintf("`%s` has %d characters; the specification allows %d", v.name(), utf8.RuneCountInString(v.node.Value), limit),
		"shorten it")
}

// list is an attribute that should hold a list of texts.
func list(v *violation) *Problem {
	n := v.node
	switch {
	case blank(n), n.Kind == source.List:
		return v.empty()
	case n.Kind == source.Scalar && n.IsString():
		return v.problem(WrongType, fmt.Sprintf("`%s` is a single text, not a list", v.name()), "put it in a list: `- …`").
			fixed(v, "make a list with one entry", true, wrapInList(v.doc.File, v.entry()))
	}
	return v.problem(WrongType, fmt.Sprintf("`%s` is %s, not a list of texts", v.name(), shape(n)), "write one text per line, each after a dash")
}

// listEntry is an entry that is no text.
func listEntry(v *violation) *Problem {
	n := v.node
	p := v.problem(WrongType, fmt.Sprintf("an entry of `%s` is %s, not text", v.name(), shape(n)), "write text after the dash")
	switch {
	case blank(n):
		p.Message = fmt.Sprintf("an entry of `%s` is empty", v.name())
		p.Help = "write something after the dash, or remove it"
	case n.Kind == source.List:
		p.Help = "write its entries one by one"
	default:
		if edits := quote(v.doc.File, n); edits != nil {
			p.Help = "quote it: " + source.Shorten(edits[0].New)
			p.fixed(v, "quote the entry", false, edits)
		}
	}
	return p
}

func shortEntry(v *violation) *Problem {
	if blank(v.node) {
		return v.problem(ShortEntry, fmt.Sprintf("an entry of `%s` is empty", v.name()), "write something after the dash, or remove it")
	}
	return v.problem(ShortEntry,
		fmt.Sprintf("the entry %s of `%s` says too little; the schema wants two characters", written(v.node), v.name()),
		"write a sentence, or remove the entry")
}

// mapWanted explains a part of a document that has to be a map.
func mapWanted(help string) explanation {
	return func(v *violation) *Problem {
		return v.problem(WrongType, fmt.Sprintf("`%s` is %s, not a map", v.name(), shape(v.node)), help)
	}
}
