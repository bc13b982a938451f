package source

import (
	"testing"
	"unicode/utf8"
)

// Lines are counted eight bytes at a time where they are ASCII; the columns are those of counting one character after the other.
func TestColumnsOfLongLinesAreExact(t *testing.T) {
	text := "title: x\n" + "abcdefghijklmnopq ä 😀 rstuvwxyz 0123456789 é\xffabcdefgh-abcdefgh\nb: c\n"
	f := Parse("a.yml", []byte(text), Limits{})
	for offset := range len(text) + 1 {
		column, units, start := 1, 0, f.LineSpan(f.LineAt(offset)).Start
		for i := start; i < offset; {
			r, n := utf8.DecodeRuneInString(text[i:])
			column, units, i = column+1, units+1, i+n
			if r > 0xffff {
				units++
			}
		}
		if pos := f.Pos(offset); pos.Column != column || pos.UTF16 != units {
			t.Fatalf("offset %d: %+v, want column %d and %d units", offset, pos, column, units)
		}
	}
}
