package attack

import "strings"

// idParts is an ATT&CK id taken apart: T, 1059, 001.
type idParts struct {
	kind      Kind
	base, sub string
}

// KindOf returns the kind of an id of the exact shape, in either case and known to a table or not; zero for any
// other text.
func KindOf(id string) Kind {
	parts, _ := parseID(id)
	return parts.kind
}

// parseID reads an id of the exact shape in either case: the letters of a kind, four digits and, for techniques,
// optionally a dot and three digits.
func parseID(id string) (idParts, bool) {
	letters := leading(id, isLetter)
	kind := kindOf(id[:letters])
	base, sub, dotted := strings.Cut(id[letters:], ".")
	switch {
	case kind == 0, len(base) != 4 || leading(base, isDigit) != 4:
		return idParts{}, false
	case dotted && (kind != Technique || len(sub) != 3 || leading(sub, isDigit) != 3):
		return idParts{}, false
	}
	return idParts{kind: kind, base: base, sub: sub}, true
}

// meantAsID reports whether a name that is no id was written as one: the letters of a kind, perhaps a separator,
// then at least three digits in a row. "c2" and "apt28" are not.
func meantAsID(name string) (Kind, bool) {
	letters := leading(name, isLetter)
	kind := kindOf(name[:letters])
	rest := strings.TrimLeft(name[letters:], "-_.")
	return kind, kind != 0 && leading(rest, isDigit) >= 3
}

// repairID proposes the id that a misshapen one stands for: "t1059-001", "t1059_1", "t-1059". The separator and
// the missing zeros are guesses, so the result counts only when the table knows it.
func repairID(name string) string {
	letters := leading(name, isLetter)
	rest := strings.TrimLeft(name[letters:], "-_.")
	digits := leading(rest, isDigit)
	base, tail := rest[:digits], strings.TrimLeft(rest[digits:], "-_.")
	if digits == 7 && tail == "" { // t1059001
		base, tail = rest[:4], rest[4:]
	}
	for len(base) < 4 {
		base = "0" + base
	}
	if tail == "" {
		return name[:letters] + base
	}
	for len(tail) < 3 {
		tail = "0" + tail
	}
	return name[:letters] + base + "." + tail
}

// leading counts the bytes at the front of s for which is holds.
func leading(s string, is func(byte) bool) int {
	n := 0
	for n < len(s) && is(s[n]) {
		n++
	}
	return n
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
