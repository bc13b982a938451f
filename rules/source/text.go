package source

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// shownLength is how much of an offending text a message quotes (the message rules of the check catalogue).
const shownLength = 60

// Shorten quotes at most 60 code points of a text, cut in the middle, with control and invisible characters made visible.
func Shorten(s string) string {
	s = Visible(s)
	runes := []rune(s)
	if len(runes) <= shownLength {
		return s
	}
	half := shownLength / 2
	return string(runes[:half]) + "…" + string(runes[len(runes)-half+1:])
}

// Visible makes control, bidirectional and zero-width characters and invalid bytes visible: rule text is never
// printed raw (spec/yaml-positions.md section 8).
func Visible(s string) string {
	clean := true
	for _, r := range s {
		if hidden(r) || r == 0xfffd {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case n == 1 && r == 0xfffd:
			b.WriteString(fmt.Sprintf(`\x%02x`, s[i]))
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			b.WriteString(fmt.Sprintf(`\x%02x`, r))
		case hidden(r):
			b.WriteString(fmt.Sprintf("<U+%04X>", r))
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// hidden reports a character that a terminal would act on or not show.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0,
		r == 0xad, r == 0x61c, r == 0x180e,
		r >= 0x200b && r <= 0x200f,
		r >= 0x2028 && r <= 0x202e,
		r >= 0x2060 && r <= 0x206f,
		r == 0xfeff:
		return true
	}
	return false
}

// Quote writes a text as a single-quoted YAML scalar, or double-quoted when it holds control characters.
func Quote(s string) string {
	if !strings.ContainsFunc(s, isControl) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case isControl(r):
			b.WriteString(fmt.Sprintf(`\x%02x`, r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isControl reports a C0 or C1 control character: YAML forbids most of them, and takes U+0085 for a line break.
func isControl(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }
