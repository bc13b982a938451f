package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/nearest"
	"github.com/sigtune/sigtune/rules/source"
)

func correlationType(v *violation) *Problem {
	switch {
	case blank(v.node):
		return v.problem(MissingCorrelationKey, "`type` of the correlation is empty", "one of "+choice(codes(v.allowed())))
	case v.node.Kind != source.Scalar:
		return v.problem(WrongType, fmt.Sprintf("`type` of the correlation is %s, not text", shape(v.node)), "one of "+choice(codes(v.allowed())))
	}
	return v.word(InvalidCorrelationType, "a `type` of correlation", nil)
}

func correlationRules(v *violation) *Problem {
	if blank(v.node) || v.node.Kind == source.List {
		return v.problem(EmptyCorrelationRules, "`rules` of the correlation is empty", "list the ids or names of the rules to correlate")
	}
	return v.problem(WrongType, fmt.Sprintf("`rules` of the correlation is %s, not a list of ids or names", shape(v.node)), "write one id or name per line, each after a dash")
}

func groupBy(v *violation) *Problem {
	if v.node.IsNull() {
		return nil // missing-group-by
	}
	return v.problem(WrongType, fmt.Sprintf("`group-by` is %s, not a list of fields", shape(v.node)), "write one field per line, each after a dash")
}

var (
	pySigmaTimespan = regexp.MustCompile(`^[1-9][0-9]*([wMy])$`)
	looseTimespan   = regexp.MustCompile(`(?i)^\s*0*([1-9][0-9]*)\s*(s|m|h|d|sec|secs|seconds?|min|mins|minutes?|hours?|days?)\s*$`)
)

var pySigmaUnits = map[string]string{"w": "weeks", "M": "months", "y": "years"}

const timespanHelp = "write a number and `s`, `m`, `h` or `d`, such as `10m`"

func timespan(v *violation) *Problem {
	n := v.node
	switch {
	case blank(n):
		return v.problem(MissingCorrelationKey, "`timespan` of the correlation is empty", timespanHelp)
	case n.Kind != source.Scalar:
		return v.problem(InvalidTimespan, fmt.Sprintf("`timespan` is %s, not a duration", shape(n)), timespanHelp)
	}
	if m := pySigmaTimespan.FindStringSubmatch(n.Value); m != nil {
		return v.problem(InvalidTimespan, fmt.Sprintf("`timespan` %s counts in %s, which the specification does not have", written(n), pySigmaUnits[m[1]]), timespanHelp).warning()
	}
	p := v.problem(InvalidTimespan, fmt.Sprintf("`timespan` %s is not a whole number with `s`, `m`, `h` or `d`", written(n)), timespanHelp)
	if m := looseTimespan.FindStringSubmatch(n.Value); m != nil {
		span := m[1] + strings.ToLower(m[2][:1])
		p.Help = didYouMean([]string{span})
		p.fixed(v, "write `"+span+"`", false, rewrite(v.doc.File, n, span))
	}
	return p
}

var correlationOperators = []string{"gte", "gt", "lte", "lt", "eq", "neq", "field", "percentile"}

func correlationCondition(v *violation) *Problem {
	n := v.node
	switch {
	case blank(n), n.Kind == source.Map && len(n.Entries) == 0:
		return v.problem(MissingCorrelationKey, "`condition` of the correlation is empty", "write a threshold, such as `gte: 10`")
	case n.Kind == source.Map:
		for _, e := range n.Entries {
			if !slices.Contains(correlationOperators, e.Key.Value) {
				return nil // the unknown operator is the threshold that is missing
			}
		}
		return v.problem(MissingCorrelationKey, "`condition` of the correlation has no threshold", "write one, such as `gte: 10`")
	case n.Kind == source.Scalar && n.IsString():
		return v.problem(WrongType, fmt.Sprintf("`condition` %s is text, which only `temporal` and `temporal_ordered` may have", written(n)),
			"write a threshold, such as `gte: 10`")
	}
	return v.problem(WrongType, fmt.Sprintf("`condition` of the correlation is %s, not a map", shape(n)), "write a threshold, such as `gte: 10`")
}

func operator(v *violation) *Problem {
	near := nearest.Of(v.name(), correlationOperators, nearest.Suggestions)
	if alias, ok := operatorSlips[v.name()]; ok {
		near = []string{alias}
	}
	p := v.problem(InvalidOperator, fmt.Sprintf("%s is no operator of a correlation", quoted(v.name())), "one of "+choice(codes(correlationOperators[:6])))
	if v.key == nil {
		return p
	}
	p.Span = v.key.Span
	if len(near) > 0 {
		p.Help = didYouMean(near)
		p.fixed(v, "write `"+near[0]+"`", false, rewrite(v.doc.File, v.key, near[0]))
	}
	return p
}

// operatorSlips are operators of other languages.
var operatorSlips = map[string]string{">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "==": "eq", "=": "eq", "!=": "neq", "ge": "gte", "le": "lte", "ne": "neq", "count": "gte"}

var numeric = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func threshold(v *violation) *Problem {
	n := v.node
	if v.err.Type() == "multiple_of" {
		return v.problem(ThresholdType, fmt.Sprintf("the threshold `%s: %s` is no whole number, and this correlation counts", v.name(), source.Shorten(n.Value)), "write a whole number")
	}
	p := v.problem(ThresholdType, fmt.Sprintf("the threshold `%s` is %s, not a number", v.name(), shape(n)), "write a number")
	if n.Kind == source.Scalar && numeric.MatchString(n.Value) {
		p.Help = "remove the quotes"
		p.fixed(v, "remove the quotes", true, unquote(v.doc.File, n, n.Value))
	}
	return p
}

func correlationField(v *violation) *Problem {
	switch {
	case v.node == nil, blank(v.node), v.node.Kind == source.List:
		p := v.problem(MissingField, "`condition` of the correlation has no `field` to take the values from", "write `field:` with the name of a field")
		if v.node == nil {
			if like := lookalike(v.parent, "field"); like != nil {
				p.Related = []source.Related{{Span: like.Span, Message: fmt.Sprintf("%s is not read as `field`", quoted(like.Value))}}
			}
		}
		return p
	}
	return v.problem(WrongType, fmt.Sprintf("`field` is %s, not the name of a field", shape(v.node)), "write one field, or a list of fields")
}

func alias(v *violation) *Problem {
	const help = "write `alias: {rule: Field}`: for each alias a map from the name of a rule to its field"
	message := fmt.Sprintf("`aliases` is %s, not a map", shape(v.node))
	switch strings.Count(v.path, pathSeparator) {
	case 2:
		message = fmt.Sprintf("the alias %s is %s, not a map from rule to field", quoted(v.name()), shape(v.node))
	case 3:
		message = fmt.Sprintf("the field of rule %s in an alias is %s, not text", quoted(v.name()), shape(v.node))
	}
	return v.problem(InvalidAlias, message, help)
}

func generate(v *violation) *Problem {
	n := v.node
	p := v.problem(GenerateNotBoolean, fmt.Sprintf("`generate` is %s, not `true` or `false`", shape(n)), "write `true` or `false`")
	if n.Kind != source.Scalar {
		return p
	}
	switch lower := strings.ToLower(strings.TrimSpace(n.Value)); lower {
	case "true", "false":
		p.Help = "remove the quotes"
		p.fixed(v, "write `"+lower+"`", true, unquote(v.doc.File, n, lower))
	case "yes", "on":
		p.fixed(v, "write `true`", false, unquote(v.doc.File, n, "true"))
	case "no", "off":
		p.fixed(v, "write `false`", false, unquote(v.doc.File, n, "false"))
	}
	return p
}

// correlationKeys are the keys of `correlation` in the specification.
var correlationKeys = []string{"type", "rules", "group-by", "timespan", "condition", "aliases", "generate"}

// correlation reports what a schema cannot weigh: `generate` at two places, and keys that nobody reads.
func (d *document) correlation(c *rules.Correlation) []Problem {
	var out []Problem
	if outside := c.Attribute("generate"); outside != nil && outside.Value.Tag == source.TagBool {
		p := Problem{Warning: true,
			Kind: GenerateNotBoolean, Span: outside.Key.Span,
			Message: "`generate` stands outside `correlation`, where pySigma does not read it",
			Help:    "move it into `correlation`",
		}
		if c.Generate != nil {
			p.Related = []source.Related{{Span: c.Generate.Span(), Message: "the one that pySigma reads"}}
			p.Help = "keep the one inside `correlation`"
			if jsonScalar(outside.Value) != jsonScalar(c.Generate.Value) {
				p.Message = "`generate` has one value outside `correlation` and another one inside"
			}
		}
		out = append(out, p)
	}
	for _, e := range c.Node.Entries {
		key := e.Key.Value
		if slices.Contains(correlationKeys, key) || lowerCase(key, correlationKeys) != "" {
			continue
		}
		p := Problem{
			Kind: UnknownCorrelationKey, Span: e.Key.Span,
			Message: fmt.Sprintf("%s is no key of a correlation and has no effect", quoted(key)),
			Help:    "one of " + choice(codes(correlationKeys)),
		}
		if near := nearest.Of(key, absent(c.Node, correlationKeys), nearest.Suggestions); len(near) > 0 {
			p.Help = didYouMean(near)
			if edits := rewrite(d.File, e.Key, near[0]); edits != nil && !e.Merged {
				p.Fix = &source.Fix{Title: "write `" + near[0] + "`", Edits: edits}
			}
		}
		out = append(out, p)
	}
	return out
}
