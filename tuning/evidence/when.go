package evidence

import (
	"strconv"
	"time"
)

// timeNames are where events keep the time of what happened; the time of arrival comes last.
var timeNames = []string{
	"UtcTime", "TimeCreated_SystemTime", "SystemTime", "@timestamp", "TimeGenerated", "Timestamp", "EventTime", "eventTime", "TimeCreated",
	"timestamp", "_time", "time", "createdDateTime",
}

var timeForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999 MST",
	"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "1/2/2006 3:04:05 PM", "1/2/2006, 3:04:05.999 PM",
}

// timeOf is the time that a text tells, UTC where it names no zone.
func timeOf(text string) (time.Time, bool) {
	if t, ok := plainTime(text); ok {
		return t, true
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return epoch(text)
}

// plainTime reads what most events have, `2006-01-02 15:04:05.999` with a blank or a T, a fraction or none, and a Z or none, as the forms above do
// and without their failed attempts. It is false for anything else.
func plainTime(s string) (time.Time, bool) {
	const whole = len("2006-01-02 15:04:05")
	if len(s) < whole || s[4] != '-' || s[7] != '-' || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	valid := true
	number := func(from, to int) int {
		n := 0
		for _, c := range []byte(s[from:to]) {
			valid = valid && '0' <= c && c <= '9'
			n = 10*n + int(c-'0')
		}
		return n
	}
	year, month, day := number(0, 4), number(5, 7), number(8, 10)
	hour, minute, second := number(11, 13), number(14, 16), number(17, 19)
	rest, nanoseconds := s[whole:], 0
	if n := len(rest); n > 0 && rest[n-1] == 'Z' {
		rest = rest[:n-1]
	}
	if rest != "" {
		const digits = 9
		if rest[0] != '.' || len(rest) == 1 || len(rest) > 1+digits {
			return time.Time{}, false
		}
		nanoseconds = number(whole+1, whole+len(rest))
		for range 1 + digits - len(rest) {
			nanoseconds *= 10
		}
	}
	if !valid || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanoseconds, time.UTC)
	return t, t.Day() == day
}

// milliseconds begins where seconds since 1970 would be in the year 5138.
const milliseconds = 1e11

// epoch reads seconds or milliseconds since 1970.
func epoch(text string) (time.Time, bool) {
	f, err := strconv.ParseFloat(text, 64)
	const first = 1e8 // 1973; smaller numbers are no times
	if err != nil || f < first || f > milliseconds*1e4 {
		return time.Time{}, false
	}
	if f >= milliseconds {
		f /= 1000
	}
	whole := int64(f)
	return time.Unix(whole, int64((f-float64(whole))*1e9)).UTC(), true
}
