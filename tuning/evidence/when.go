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

// timeOf is the time that an event tells, UTC where it names no zone, or zero.
func timeOf(fields map[string]any) time.Time {
	for _, name := range timeNames {
		text := plain(fields[name])
		if text == "" {
			continue
		}
		for _, form := range timeForms {
			if t, err := time.Parse(form, text); err == nil {
				return t
			}
		}
		if t, ok := epoch(text); ok {
			return t
		}
	}
	return time.Time{}
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
