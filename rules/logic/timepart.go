package logic

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sigtune/sigtune/rules"
)

// Tests of a part of a time (`hour`, `week`) are regular: a time has a fixed form, and each part is one of finitely many
// numbers. timeExpression, in timepart_language.go, is the language that automata search; this file reads one text at a time.

// timeSpelling is how events spell times (package match reads the same). Its groups are year, month, day, hour, minute, second.
var timeSpelling = regexp.MustCompile(`\A([0-9]{4})-([0-9]{2})-([0-9]{2})` +
	`(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)? ?(?:[Zz]|[Uu][Tt][Cc]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?\z`)

// timePart reads a part of a time as it is written. It is false for what is no time, and for the hour of a mere date.
func timePart(text, part string) (int, bool) {
	groups := timeSpelling.FindStringSubmatch(text)
	if groups == nil {
		return 0, false
	}
	var n [7]int
	for i := range n[1:] {
		n[i+1], _ = strconv.Atoi(groups[i+1]) // none is 0
	}
	year, month, day, hour, minute, second := n[1], n[2], n[3], n[4], n[5], n[6]
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	const leapSecond = 60
	if date.Day() != day || int(date.Month()) != month || hour > 23 || minute > 59 || second > leapSecond {
		return 0, false
	}
	timed := groups[4] != ""
	switch part {
	case "year":
		return year, true
	case "month":
		return month, true
	case "day":
		return day, true
	case "week":
		_, week := date.ISOWeek()
		return week, true
	case "hour":
		return hour, timed
	case "minute":
		return minute, timed
	}
	return 0, false
}

// takesPart compares a part with the number of the test.
func takesPart(t *rules.Test, n int) bool {
	return t.Compare.Holds(rules.IntNumber(int64(n)).Compare(t.Number))
}

// usualParts are what a witness shows where nothing is asked.
var usualParts = map[string]int{"year": 2025, "month": 6, "day": 16, "hour": 12, "minute": 30}

// timeGuesses are times made of the numbers that the literals name; nil when no positive literal asks for a time. Like all
// guesses they only save the search, and make better reading than 0000-01-01.
func timeGuesses(literals []*literal) []string {
	asked := false
	var hints []shape
	parts := map[string][]int{}
	add := func(part string, numbers ...int) {
		for _, n := range numbers {
			if n >= 0 && !containsInt(parts[part], n) {
				parts[part] = append(parts[part], n)
			}
		}
	}
	for _, l := range literals {
		if l.kind != textLeaf {
			continue
		}
		seen := 0
		l.live(func(_ int32, leaf *leaf) bool {
			switch {
			case leaf.test.Kind == rules.TimeTest:
				asked = asked || !l.negated
				if n := leaf.test.Number; n.Integral {
					add(leaf.test.Part, boundNumbers(leaf.test.Compare, int(n.Int))...)
				}
			case !l.negated:
				hints = append(hints, leaf.shapes()...)
			}
			seen++
			return seen < guessedValues
		})
	}
	if !asked {
		return nil
	}
	for part, n := range usualParts {
		add(part, n)
	}
	for _, s := range hints {
		s.hint(add)
	}
	var out []string
	for _, year := range parts["year"] {
		dates := plainDates(year, parts["month"], parts["day"])
		if len(parts["week"]) > 0 {
			dates = append(weekDates(year, parts["week"]), dates...)
		}
		for _, date := range dates {
			for _, hour := range parts["hour"] {
				for _, minute := range parts["minute"] {
					out = append(out, fmt.Sprintf("%sT%02d:%02d:00Z", date, hour, minute))
					if len(out) >= guessedTimes {
						return out
					}
				}
			}
		}
		out = append(out, dates...)
	}
	return out
}

// guessedTimes bounds what is tried: enough for two numbers of each part; beyond that the search is as fast.
const guessedTimes = 256

// boundNumbers are a number that meets a comparison and its neighbours, the one that meets it first.
func boundNumbers(c rules.Comparison, n int) []int {
	switch c {
	case rules.Less:
		return []int{n - 1, n, n + 1}
	case rules.Greater:
		return []int{n + 1, n, n - 1}
	}
	return []int{n, n + 1, n - 1}
}

func plainDates(year int, months, days []int) []string {
	var out []string
	for _, month := range months {
		for _, day := range days {
			out = append(out, fmt.Sprintf("%04d-%02d-%02d", year, month, day))
		}
	}
	return out
}

// weekDates are the days of ISO weeks. The fourth of January is in week 1 of its year.
func weekDates(year int, weeks []int) []string {
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
	var out []string
	for _, week := range weeks {
		for day := range 7 {
			out = append(out, monday.AddDate(0, 0, 7*(week-1)+day).Format(time.DateOnly))
		}
	}
	return out
}

// digitRuns finds the numbers in a text.
var digitRuns = regexp.MustCompile(`[0-9]+`)

// hint adds the numbers of a text that a time may have to contain.
func (s shape) hint(add func(part string, numbers ...int)) {
	for _, run := range digitRuns.FindAllString(strings.Join(append([]string{s.start, s.end}, s.middle...), " "), -1) {
		n, _ := strconv.Atoi(run)
		switch len(run) {
		case 4:
			add("year", n)
		case 2:
			for _, part := range []string{"month", "day", "hour", "minute"} {
				add(part, n)
			}
		}
	}
}

func containsInt(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}

// timeShapes are a few times for which the test holds.
func (l *leaf) timeShapes() []shape {
	const few = 3
	var out []shape
	for _, s := range timeGuesses([]*literal{{kind: textLeaf, leaf: l}}) {
		if len(out) < few && l.holdsFor(s, UnicodeFolding) {
			out = append(out, shape{start: s, whole: true})
		}
	}
	return out
}

// timesBesideText reports a conflict that rests on how times are spelled: it has tests of their parts, and others that read
// the same text.
func timesBesideText(core []*literal) bool {
	times, others := false, false
	for _, l := range core {
		if l.union == nil {
			continue
		}
		for _, leaf := range l.leaves() {
			if leaf.test.Kind == rules.TimeTest {
				times = true
			} else {
				others = true
			}
		}
	}
	return times && others
}
