package schema

import (
	"fmt"

	"github.com/sigtune/sigtune/rules/source"
)

const filterRulesHelp = "list the ids or names of the rules to filter"

func filterRules(v *violation) *Problem {
	n := v.node
	switch {
	case n.IsNull():
		return v.problem(MissingFilterKey, "`rules` of the filter is empty", filterRulesHelp)
	case blank(n), n.Kind == source.List:
		return v.problem(InvalidFilterRules, "`rules` of the filter is empty", filterRulesHelp)
	case n.Kind == source.Scalar && n.IsString():
		return v.problem(InvalidFilterRules, fmt.Sprintf("`rules: %s` is not in a released specification; only pySigma understands it", source.Shorten(n.Value)),
			filterRulesHelp).warning()
	}
	return v.problem(InvalidFilterRules, fmt.Sprintf("`rules` of the filter is %s, not a list of ids or names", shape(n)), filterRulesHelp)
}

func filterRule(v *violation) *Problem {
	p := listEntry(v)
	p.Kind = InvalidFilterRules
	return p
}

// filterRuleTwice finds the entry that gojsonschema means.
func filterRuleTwice(v *violation) *Problem {
	first, _ := v.err.Details()["i"].(int)
	second, _ := v.err.Details()["j"].(int)
	p := v.problem(InvalidFilterRules, "`rules` of the filter names a rule twice", "remove one of them")
	if items := v.node.Items; first < len(items) && second < len(items) {
		p.Span = v.doc.mark(items[second])
		p.Message = fmt.Sprintf("`rules` of the filter names %s twice", written(items[second]))
		p.Related = []source.Related{{Span: v.doc.mark(items[first]), Message: "first named here"}}
	}
	return p
}

func filterCondition(v *violation) *Problem {
	switch n := v.node; {
	case blank(n):
		return v.problem(MissingFilterKey, "`condition` of the filter is empty", "name the selection that excludes, such as `not selection`")
	case n.Kind == source.List:
		return v.problem(InvalidFilterCondition, "`condition` of the filter is a list; a filter has one condition", "join the entries with `and` or `or`")
	default:
		return v.problem(InvalidFilterCondition, fmt.Sprintf("`condition` of the filter is %s, not text", shape(n)), "name the selection that excludes, such as `not selection`")
	}
}
