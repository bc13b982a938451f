package match

import (
	"strings"
	"time"
)

// timePart reads a part of a time as it is written, without zone conversion. It is false when the text is no time in
// a known format, or does not have the part (a date has no hour).
func timePart(text, part string) (int64, bool) {
	c, ok := readClock(text)
	if !ok {
		return 0, false
	}
	switch part {
	case "year":
		return int64(c.year), true
	case "month":
		return int64(c.month), true
	case "day":
		return int64(c.day), true
	case "week":
		_, week := time.Date(c.year, time.Month(c.month), c.day, 0, 0, 0, 0, time.UTC).ISOWeek()
		return int64(week), true
	case "hour":
		return int64(c.hour), c.hasTime
	case "minute":
		return int64(c.minute), c.hasTime
	}
	return 0, false
}

// clock is a time as a log spells it.
type clock struct {
	year, month, day, hour, minute int
	hasTime                        bool
}

// readClock reads `2006-01-02`, alone or with `T` or a blank and `15:04`, `15:04:05`, a fraction of seconds behind `.` or
// `,`, and a zone: `Z`, `UTC`, `+01:00`, `+0100`, `+01`, with or without a blank before it.
func readClock(s string) (clock, bool) {
	var c clock
	var ok [5]bool
	if len(s) < len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return c, false
	}
	c.year, ok[0] = fixedDigits(s[:4])
	c.month, ok[1] = fixedDigits(s[5:7])
	c.day, ok[2] = fixedDigits(s[8:10])
	if !ok[0] || !ok[1] || !ok[2] || c.month < 1 || c.month > 12 || c.day < 1 || c.day > daysIn(c.year, c.month) {
		return c, false
	}
	if s = s[10:]; s == "" {
		return c, true
	}
	if len(s) < len("T15:04") || s[0] != 'T' && s[0] != 't' && s[0] != ' ' || s[3] != ':' {
		return c, false
	}
	c.hour, ok[3] = fixedDigits(s[1:3])
	c.minute, ok[4] = fixedDigits(s[4:6])
	if !ok[3] || !ok[4] || c.hour > 23 || c.minute > 59 {
		return c, false
	}
	c.hasTime = true
	s = s[6:]
	if strings.HasPrefix(s, ":") {
		// 60 is a leap second.
		if second, ok := fixedDigits(s[1:min(3, len(s))]); !ok || len(s) < 3 || second > 60 {
			return c, false
		}
		s = s[3:]
		if s != "" && (s[0] == '.' || s[0] == ',') {
			n := digitRun(s[1:])
			if n == 0 {
				return c, false
			}
			s = s[1+n:]
		}
	}
	return c, isZone(s)
}

// isZone reports what may stand behind a time.
func isZone(s string) bool {
	s = strings.TrimPrefix(s, " ")
	if s == "" || strings.EqualFold(s, "Z") || strings.EqualFold(s, "UTC") {
		return true
	}
	if s[0] != '+' && s[0] != '-' {
		return false
	}
	s = s[1:]
	switch len(s) {
	case 2, 4:
		return digitRun(s) == len(s)
	case 5:
		return digitRun(s) == 2 && s[2] == ':' && digitRun(s[3:]) == 2
	}
	return false
}

// fixedDigits reads a text of nothing but digits; the empty text is none.
func fixedDigits(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
