package report

import (
	"fmt"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"

	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// fence prints events below a line that says what they are, one event a line. The fence is longer than any run of backticks within.
func fence(out *strings.Builder, text string, events []logic.Event) {
	var lines []string
	for _, e := range events {
		lines = append(lines, shortEvent(e))
	}
	body := strings.Join(lines, "\n")
	ticks := "```"
	for strings.Contains(body, ticks) {
		ticks += "`"
	}
	fmt.Fprintf(out, "\n%s:\n\n%sjson\n%s\n%s\n", text, ticks, body, ticks)
}

// shortEvent is an event on one line with its long texts cut.
func shortEvent(e logic.Event) string {
	for most := shownValue; ; most /= 2 {
		short := logic.Event{}
		for field, value := range e {
			switch v := value.(type) {
			case string:
				short[cut(field, most)] = cut(v, most)
			case []string:
				var list []string
				for _, s := range v[:min(len(v), most/10)] {
					list = append(list, cut(s, most))
				}
				short[cut(field, most)] = list
			case []any:
				var list []any
				for _, x := range v[:min(len(v), most/10)] {
					if s, ok := x.(string); ok {
						x = cut(s, most)
					}
					list = append(list, x)
				}
				short[cut(field, most)] = list
			default:
				short[cut(field, most)] = v
			}
		}
		if text := lintreport.Event(short); len(text) <= shownEvent || most < 20 {
			return cut(text, shownEvent)
		}
	}
}

// cut keeps the ends of a long text.
func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most*2/3]) + "…" + string(runes[len(runes)-most/3+1:])
}

// verbatim is text in a code element. HTML rather than backticks: rule text holds backticks, and a `|` in backticks would still end
// the cell.
func verbatim(s string) string { return "<code>" + escaped(source.Visible(s)) + "</code>" }

// escaped is text that neither HTML nor Markdown takes for markup, on one line.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x80 && strings.ContainsRune("&<>|`*_\\[]~#!@:\"'", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	// GitHub makes a link of what begins with this.
	return strings.ReplaceAll(b.String(), "www.", "www&#46;")
}

// plain is running text in which what stands in backticks becomes code.
func plain(s string) string {
	s = source.Visible(s)
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 {
		return escaped(s) // a backtick of rule text among ours
	}
	var b strings.Builder
	for k, p := range parts {
		if k%2 == 1 {
			b.WriteString("<code>" + escaped(p) + "</code>")
		} else {
			b.WriteString(escaped(p))
		}
	}
	return b.String()
}
