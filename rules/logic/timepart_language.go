package logic

import (
	"strings"
	"sync"
	"time"

	"github.com/sigtune/sigtune/rules"
)

// timeExpression is the times, as events spell them, of which a part compares as the test says. A date is valid or it is no time: 30
// February has no day, and week 53 exists in some years only.
func timeExpression(t *rules.Test) string {
	takes := func(n int) bool { return takesPart(t, n) }
	switch t.Part {
	case "year":
		return datesOf(takes) + clock(every, every) + "?"
	case "month":
		return dates(func(_, month, _ int) bool { return takes(month) }) + clock(every, every) + "?"
	case "day":
		return dates(func(_, _, day int) bool { return takes(day) }) + clock(every, every) + "?"
	case "week":
		return dates(func(year, month, day int) bool {
			_, week := date(year, month, day).ISOWeek()
			return takes(week)
		}) + clock(every, every) + "?"
	case "hour":
		return anyDate() + clock(takes, every)
	case "minute":
		return anyDate() + clock(every, takes)
	}
	return nothing
}

func every(int) bool { return true }

// clock is what may follow a date.
func clock(hours, minutes func(int) bool) string {
	return `(?:[Tt ]` + digits(2, func(n int) bool { return n < 24 && hours(n) }) +
		`:` + digits(2, func(n int) bool { return n < 60 && minutes(n) }) +
		`(?::(?:[0-5][0-9]|60)(?:[.,][0-9]+)?)? ?(?:[Zz]|[Uu][Tt][Cc]|[+-][0-9]{2}(?::?[0-9]{2})?)?)`
}

// calendarCycle is after how many years the Gregorian calendar repeats, days of the week included.
const calendarCycle = 400

// dates are the valid dates whose day is taken. That may depend on the calendar of the year, and on nothing else of the
// year. Years of one calendar are written together, so that the expression stays a few kilobytes.
func dates(taken func(year, month, day int) bool) string {
	var calendars []string
	years := map[string][]bool{} // by calendar: the years of the cycle that have it
	byKind := map[[3]int]string{}
	for year := range calendarCycle {
		// The first days of January may belong to the last week of the year before, and which one that is depends on its length.
		kind := [3]int{int(date(year, 1, 1).Weekday()), daysIn(year, 2), daysIn(year-1, 2)}
		months, known := byKind[kind]
		if !known {
			months = monthsAndDays(year, taken)
			byKind[kind] = months
		}
		if months == nothing {
			continue
		}
		if years[months] == nil {
			calendars = append(calendars, months)
			years[months] = make([]bool, calendarCycle)
		}
		years[months][year] = true
	}
	var ways []string
	for _, months := range calendars {
		ways = append(ways, cycleYears(years[months])+"-"+months)
	}
	return oneOf(ways)
}

// cycleYears are all years of four digits that are taken in their cycle. Where a century stands in it depends on its first digits.
func cycleYears(taken []bool) string {
	const years = 100
	var ways []string
	for century := range calendarCycle / years {
		last := digits(2, func(n int) bool { return taken[century*years+n] })
		if last != nothing {
			ways = append(ways, digits(2, func(n int) bool { return n%(calendarCycle/years) == century })+last)
		}
	}
	return oneOf(ways)
}

// datesOf are all valid dates of the years that are taken.
func datesOf(years func(int) bool) string {
	var ways []string
	for _, length := range []int{28, 29} {
		of := digits(4, func(year int) bool { return daysIn(year, 2) == length && years(year) })
		if of != nothing {
			like := map[int]int{28: 2001, 29: 2000}[length] // all years with such a February have the same dates
			ways = append(ways, of+"-"+monthsAndDays(like, func(int, int, int) bool { return true }))
		}
	}
	return oneOf(ways)
}

// anyDate are all valid dates.
var anyDate = sync.OnceValue(func() string { return datesOf(every) })

func daysIn(year, month int) int {
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days++
	}
	return days
}

// monthsAndDays are the days of a year that are taken. Months with the same days are written together.
func monthsAndDays(year int, taken func(year, month, day int) bool) string {
	var lists []uint32 // sets of days, a bit for each
	months := map[uint32][]int{}
	for month := 1; month <= 12; month++ {
		var days uint32
		for day := 1; day <= daysIn(year, month); day++ {
			if taken(year, month, day) {
				days |= 1 << day
			}
		}
		if days == 0 {
			continue
		}
		if months[days] == nil {
			lists = append(lists, days)
		}
		months[days] = append(months[days], month)
	}
	var ways []string
	for _, days := range lists {
		ways = append(ways, digits(2, func(month int) bool { return containsInt(months[days], month) })+
			"-"+digits(2, func(day int) bool { return days>>day&1 == 1 }))
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
	var rests, before [10]string // a rest, and the digits it follows
	n := 0
	for d := range 10 {
		rest := digitsAfter(10*number+d, width-1, taken)
		if rest == nothing {
			continue
		}
		at := 0
		for at < n && rests[at] != rest {
			at++
		}
		n = max(n, at+1)
		rests[at] = rest
		before[at] += "0123456789"[d : d+1]
	}
	ways := make([]string, n)
	for i := range n {
		ways[i] = "[" + before[i] + "]" + rests[i]
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
