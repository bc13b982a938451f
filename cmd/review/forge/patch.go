package forge

import (
	"regexp"
	"strconv"
	"strings"
)

var hunk = regexp.MustCompile(`^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@`)

// added are the lines that a unified diff without file headers writes, by their number in the new version.
func added(patch string) map[int]string {
	out := map[int]string{}
	line, inside := 0, false
	for _, text := range strings.Split(patch, "\n") {
		if m := hunk.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			inside = true
			continue
		}
		if !inside || text == "" {
			continue
		}
		switch text[0] {
		case '+':
			out[line] = text[1:]
			line++
		case ' ':
			line++
		}
	}
	return out
}

// fence is a fence of backticks that the lines do not hold.
func fence(lines []string) string {
	ticks := "```"
	for strings.Contains(strings.Join(lines, "\n"), ticks) {
		ticks += "`"
	}
	return ticks
}

// block is lines within a fence; none leave it empty.
func block(head string, lines []string) string {
	ticks := fence(lines)
	text := ticks + head + "\n"
	for _, l := range lines {
		text += l + "\n"
	}
	return text + ticks
}
