package schema

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sigtune/sigtune/rules/source"
)

// The years that a date may name (checks catalogue, invalid-date).
const (
	firstYear = 1970
	lastYear  = 2099
)

var (
	yearFirst = regexp.MustCompile(`^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$|^(\d{4})(\d{2})(\d{2})$`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$`)
	timePart  = regexp.MustCompile(`[Tt ]\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|z|[+-]\d{1,2}(:?\d{2})?)?$`)
)

// readDay reads a day in any form whose order is certain: year, month, day. It gives `YYYY-MM-DD`, or the reason why not.
func readDay(text string) (canonical, reason string) {
	text = strings.TrimSpace(text)
	if at := timePart.FindStringIndex(text); at != nil {
		text = strings.TrimSpace(text[:at[0]])
	}
	m := yearFirst.FindStringSubmatch(text)
	if m == nil {
		if m := yearLast.FindStringSubmatch(text); m != nil {
			return "", "nobody can tell day and month apart"
		}
		return "", "it is not a date"
	}
	if m[1] == "" {
		m = m[3:]
	}
	year, month, day := number(m[1]), number(m[2]), number(m[3])
	switch {
	case year < firstYear || year > lastYear:
		return "", fmt.Sprintf("the year is not between %d and %d", firstYear, lastYear)
	case month < 1 || month > 12:
		return "", fmt.Sprintf("there is no month %d", month)
	case day < 1 || day > daysIn(year, month):
		return "", fmt.Sprintf("%s %d has %d days", time.Month(month), year, daysIn(year, month))
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day), ""
}

// number reads digits that a pattern has matched.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// day explains a date.
func day(v *violation) *Problem {
	n := v.node
	switch {
	case blank(n):
		return v.empty()
	case n.Kind != source.Scalar:
		return v.problem(WrongType, fmt.Sprintf("`%s` is %s, not a date", v.name(), shape(n)), "write it as `YYYY-MM-DD`")
	}
	canonical, reason := readDay(n.Value)
	if reason != "" {
		return v.problem(InvalidDate, fmt.Sprintf("`%s` %s is no valid date: %s", v.name(), written(n), reason), "write it as `YYYY-MM-DD`")
	}
	return v.problem(LegacyDate, fmt.Sprintf("`%s` %s is not in the form `YYYY-MM-DD`", v.name(), written(n)), "write `"+canonical+"`").
		fixed(v, "write `"+canonical+"`", true, rewrite(v.doc.File, n, canonical))
}
