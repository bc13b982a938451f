package logic

import (
	"strings"
	"time"

	"github.com/sigtune/sigtune/rules"
)

// timeExpression is the times, as events spell them, of which a part compares as the test says. A date is valid or it is no time: 30
// February has no day, and week 53 exists in some years only.
func timeExpression(t *rules.Test) string {
	all := func(int) bool { return true }
	allDays := func(int, int, int) bool { return true }
	takes := func(n int) bool { return takesPart(t, n) }
	switch t.Part {
	case "year":
		return dates(takes, allDays) + clock(all, all) + "?"
	case "month":
		return dates(all, func(_, month, _ int) bool { return takes(month) }) + clock(all, all) + "?"
	case "day":
		return dates(all, func(_, _, day int) bool { return takes(day) }) + clock(all, all) + "?"
	case "week":
		return dates(all, func(year, month, day int) bool {
			_, week := date(year, month, day).ISOWeek()
			return takes(week)
		}) + clock(all, all) + "?"
	case "hour":
		return dates(all, allDays) + clock(takes, all)
	case "minute":
		return dates(all, allDays) + clock(all, takes)
	}
	return nothing
}

// clock is what may follow a date.
func clock(hours, minutes func(int) bool) string {
	return `(?:[Tt ]` + digits(2, func(n int) bool { return n < 24 && hours(n) }) +
		`:` + digits(2, func(n int) bool { return n < 60 && minutes(n) }) +
		`(?::(?:[0-5][0-9]|60)(?:[.,][0-9]+)?)? ?(?:[Zz]|[Uu][Tt][Cc]|[+-][0-9]{2}(?::?[0-9]{2})?)?)`
}

// calendarCycle is after how many years the Gregorian calendar repeats, days of the week included.
const calendarCycle = 400

// dates are the valid dates that are taken. Whether a day is taken may depend on the calendar of its year, and on nothing else of
// the year. Years of one calendar are written together, so that the expression stays a few kilobytes.
func dates(years func(int) bool, days func(year, month, day int) bool) string {
	var calendars []string
	var of [calendarCycle]string
	seen := map[string]bool{}
	byKind := map[[3]int]string{}
	for year := range calendarCycle {
		// The first days of January may belong to the last week of the year before, and which one that is depends on its length.
		first := date(year, 1, 1)
		kind := [3]int{int(first.Weekday()), date(year, 12, 31).YearDay(), first.AddDate(0, 0, -1).YearDay()}
		months, known := byKind[kind]
		if !known {
			months = monthsAndDays(year, days)
			byKind[kind] = months
		}
		of[year] = months
		if months != nothing && !seen[months] {
			seen[months] = true
			calendars = append(calendars, months)
		}
	}
	var ways []string
	for _, months := range calendars {
		of := digits(4, func(year int) bool { return of[year%calendarCycle] == months && years(year) })
		if of != nothing {
			ways = append(ways, of+"-"+months)
		}
	}
	return oneOf(ways)
}

// monthsAndDays are the days of a year that are taken. Months with the same days are written together.
func monthsAndDays(year int, taken func(year, month, day int) bool) string {
	var lists []string
	months := map[string][]int{}
	for month := 1; month <= 12; month++ {
		days := digits(2, func(day int) bool {
			d := date(year, month, day)
			return d.Day() == day && int(d.Month()) == month && taken(year, month, day)
		})
		if days == nothing {
			continue
		}
		if months[days] == nil {
			lists = append(lists, days)
		}
		months[days] = append(months[days], month)
	}
	var ways []string
	for _, days := range lists {
		ways = append(ways, digits(2, func(month int) bool { return containsInt(months[days], month) })+"-"+days)
	}
	return oneOf(ways)
}

func date(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// digits spells the numbers that are taken, with zeros in front up to the width.
func digits(width int, taken func(int) bool) string {
	return digitsAfter(0, width, taken)
}

func digitsAfter(number, width int, taken func(int) bool) string {
	if width == 0 {
		if taken(number) {
			return ""
		}
		return nothing
	}
	var rests []string
	before := map[string]string{} // rest to the digits it follows
	for d := range 10 {
		rest := digitsAfter(10*number+d, width-1, taken)
		if rest == nothing {
			continue
		}
		if before[rest] == "" {
			rests = append(rests, rest)
		}
		before[rest] += string(rune('0' + d))
	}
	var ways []string
	for _, rest := range rests {
		ways = append(ways, "["+before[rest]+"]"+rest)
	}
	return oneOf(ways)
}

// oneOf is an expression for any of several.
func oneOf(ways []string) string {
	switch len(ways) {
	case 0:
		return nothing
	case 1:
		return ways[0]
	}
	return "(?:" + strings.Join(ways, "|") + ")"
}
