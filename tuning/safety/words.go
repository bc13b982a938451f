package safety

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// shownValues is how many values of a list a sentence names.
const shownValues = 5

// Words says an AND of items in plain language: "`Image` ends in `/netstat` and `ParentImage` ends in `/monit`".
func Words(items []*rules.Item) string {
	var parts []string
	for _, i := range items {
		parts = append(parts, itemWords(i))
	}
	return strings.Join(parts, " and ")
}

var verbs = []struct{ modifier, verb string }{
	{"contains", "contains"}, {"startswith", "begins with"}, {"endswith", "ends in"}, {"re", "matches"}, {"cidr", "is in"},
	{"lt", "is below"}, {"lte", "is at most"}, {"gt", "is above"}, {"gte", "is at least"},
}

func itemWords(i *rules.Item) string {
	verb := "is"
	for _, v := range verbs {
		if i.Has(v.modifier) {
			verb = v.verb
			break
		}
	}
	field := "`" + source.Shorten(i.Field) + "`"
	if i.Keyword() {
		field, verb = "the event", "contains"
	}
	if i.Negated {
		verb = "not " + verb
	}
	join := " or "
	if i.All {
		join = " and "
	}
	var values []string
	for k, v := range i.Values {
		if k == shownValues {
			values = append(values, fmt.Sprintf("%d more", len(i.Values)-k))
			break
		}
		text := "null"
		if v.Kind != rules.NullValue {
			text = source.Shorten(v.Text)
		}
		values = append(values, "`"+text+"`")
	}
	return field + " " + verb + " " + strings.Join(values, join)
}
