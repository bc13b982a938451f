package review

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// escaped is text that neither HTML nor the Markdown of GitHub and GitLab takes for markup, a mention or a reference, on one line.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range source.Visible(s) {
		switch {
		case r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x80 && strings.ContainsRune("&<>|`*_\\[]~#!@:$%^\"'", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	// Both forges make a link of what begins with this.
	return strings.ReplaceAll(b.String(), "www.", "www&#46;")
}

// code is text in a code element. HTML rather than backticks: rule text holds backticks.
func code(s string) string { return "<code>" + escaped(s) + "</code>" }

// prose is a sentence of ours in which what stands in backticks becomes code.
func prose(s string) string {
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 {
		return escaped(s) // a backtick of rule text among ours
	}
	var b strings.Builder
	for k, p := range parts {
		if k%2 == 1 {
			b.WriteString(code(p))
		} else {
			b.WriteString(escaped(p))
		}
	}
	return b.String()
}

// fenced is text in a code block whose fence is longer than any run of backticks within.
func fenced(language, text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + language + "\n" + strings.TrimSuffix(text, "\n") + "\n" + ticks + "\n"
}

// cut keeps the beginning of a long text.
func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}
