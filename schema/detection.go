package schema

import (
	"fmt"

	"github.com/sigtune/sigtune/rules/source"
)

const conditionHelp = "write `condition:` with the names of the selections, such as `selection and not filter`"

// detection is a `detection` that is no map.
func detection(v *violation) *Problem {
	if blank(v.node) {
		return v.problem(NoSearchIdentifier, "`detection` is empty", "add a selection with at least one `Field: value`, and a `condition`")
	}
	return mapWanted("`detection` holds named selections and a `condition`")(v)
}

// condition is a condition that is empty, neither text nor a list, or an entry of such a list.
func condition(v *violation) *Problem {
	n := v.node
	switch {
	case blank(n), n.Kind == source.List && len(n.Items) == 0:
		message := "`condition` is empty"
		if v.key == nil {
			message = "an entry of `condition` is empty"
		}
		return v.problem(MissingCondition, message, conditionHelp)
	case n.Kind == source.Scalar:
		return v.problem(WrongType, fmt.Sprintf("`condition` is %s, not text", shape(n)), "name a selection; quote it when its name is a number").
			fixed(v, "quote the value", false, quote(v.doc.File, n))
	}
	return v.problem(WrongType, fmt.Sprintf("`condition` is %s, neither text nor a list of texts", shape(n)), conditionHelp)
}
