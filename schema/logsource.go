package schema

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

const logsourceHelp = "write at least one of `category`, `product` and `service`"

func logsource(v *violation) *Problem {
	switch n := v.node; {
	case blank(n), n.Kind == source.Map && len(n.Entries) == 0:
		return v.problem(EmptyLogsource, "`logsource` is empty", logsourceHelp)
	case n.Kind == source.Map:
		p := v.problem(EmptyLogsource, "`logsource` has none of `category`, `product` and `service`", logsourceHelp)
		for _, part := range []string{"category", "product", "service"} {
			if like := lookalike(n, part); like != nil {
				p.Related = append(p.Related, source.Related{Span: like.Span, Message: fmt.Sprintf("%s is not read as `%s`", quoted(like.Value), part)})
			}
		}
		return p
	}
	return v.problem(WrongType, fmt.Sprintf("`logsource` is %s, not a map", shape(v.node)), logsourceHelp)
}

var logsourceValue = regexp.MustCompile(`^[a-z0-9._-]+$`)

// logsourcePart explains the value of category, product or service.
func logsourcePart(v *violation) *Problem {
	n := v.node
	switch {
	case blank(n):
		for _, e := range v.parent.Entries {
			if logsourceParts[e.Key.Value] && !blank(e.Value) {
				return v.problem(MalformedLogsource, fmt.Sprintf("`%s` of the log source is empty", v.name()), "write a value, or remove the key")
			}
		}
		return v.problem(EmptyLogsource, fmt.Sprintf("`%s` is empty, and nothing else names the log source", v.name()), logsourceHelp)
	case n.Kind != source.Scalar || !n.IsString():
		p := v.problem(WrongType, fmt.Sprintf("`%s` of the log source is %s, not text", v.name(), shape(n)), "write one name")
		if n.Kind == source.Scalar {
			p.fixed(v, "quote the value", false, quote(v.doc.File, n))
		}
		return p
	}
	lower := strings.ToLower(n.Value)
	if logsourceValue.MatchString(lower) {
		return v.problem(LogsourceNotLowercase, fmt.Sprintf("`%s` %s of the log source is not in lower case", v.name(), written(n)), "write `"+lower+"`").
			fixed(v, "write `"+lower+"`", true, rewrite(v.doc.File, n, lower))
	}
	p := v.problem(MalformedLogsource,
		fmt.Sprintf("`%s` %s of the log source has other characters than `a-z 0-9 _ . -`", v.name(), written(n)), "use lower case and `_` for blanks")
	if tidy := strings.Join(strings.Fields(lower), "_"); logsourceValue.MatchString(tidy) {
		p.Help = "write `" + tidy + "`"
		p.fixed(v, p.Help, true, rewrite(v.doc.File, n, tidy))
	}
	return p
}

var logsourceParts = map[string]bool{"category": true, "product": true, "service": true}
