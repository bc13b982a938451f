package schema

import (
	"fmt"

	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

const relatedHelp = "write a list of entries, each with `id` and `type`"

func relatedList(v *violation) *Problem {
	switch {
	case blank(v.node), v.node.Kind == source.List:
		return v.empty()
	case v.node.Kind == source.Map:
		return v.problem(MalformedRelated, "`related` is a map, not a list of entries", "put a dash before `id`")
	}
	return v.problem(MalformedRelated, fmt.Sprintf("`related` is %s, not a list of entries", shape(v.node)), relatedHelp)
}

func relatedEntry(v *violation) *Problem {
	return v.problem(MalformedRelated, fmt.Sprintf("an entry of `related` is %s, not a map of `id` and `type`", shape(v.node)), relatedHelp)
}

func relatedKeyMissing(v *violation) *Problem {
	p := v.missing(MalformedRelated, relatedHelp)
	p.Message = fmt.Sprintf("an entry of `related` has no `%s`", v.name())
	return p
}

func relatedKeyUnknown(v *violation) *Problem {
	if lowerCase(v.name(), relatedKeys) != "" {
		return nil // attribute-not-lowercase
	}
	p := v.problem(MalformedRelated, fmt.Sprintf("an entry of `related` has the key %s; only `id` and `type` are allowed", quoted(v.name())), "remove it")
	if v.key != nil {
		p.Span = v.key.Span
	}
	if near := nearest.Of(v.name(), relatedKeys, 1); len(near) > 0 && v.key != nil && v.node != nil && v.parent.Entry(near[0]) == nil {
		p.Help = didYouMean(near)
		p.fixed(v, "write `"+near[0]+"`", false, rewrite(v.doc.File, v.key, near[0]))
	}
	return p
}

func relatedID(v *violation) *Problem {
	switch {
	case blank(v.node):
		return v.problem(MalformedRelated, "an entry of `related` has an empty `id`", "write the id of the other rule")
	case v.node.Kind != source.Scalar:
		return v.problem(InvalidRelatedID, fmt.Sprintf("the `id` of an entry of `related` is %s, not a UUID", shape(v.node)), "write one UUID")
	}
	return identifier(InvalidRelatedID)(v)
}

// pySigmaRelation is a type that only pySigma knows.
const pySigmaRelation = "correlation"

func relatedType(v *violation) *Problem {
	switch {
	case blank(v.node):
		return v.problem(MalformedRelated, "an entry of `related` has an empty `type`", "one of "+choice(codes(v.allowed())))
	case v.node.Kind != source.Scalar:
		return v.problem(InvalidRelatedType, fmt.Sprintf("the `type` of an entry of `related` is %s, not text", shape(v.node)),
			"one of "+choice(codes(v.allowed())))
	case v.node.Value == pySigmaRelation:
		return v.problem(InvalidRelatedType, "the type `correlation` of a related rule is known to pySigma only, not to the specification",
			"one of "+choice(codes(v.allowed()))).warning()
	}
	return v.word(InvalidRelatedType, "a `type` of related rules", slips["type"])
}
