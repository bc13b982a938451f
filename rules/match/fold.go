package match

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"
)

// fold gives texts that differ only in case one form: simple Unicode case folding, code point by code point, with
// invalid bytes kept as they are. A text without capitals and beyond-ASCII characters is returned as it is.
func fold(s string) string {
	if isFolded(s) {
		return s
	}
	const short = 512 // fits what most fields hold, and the stack
	var held [short]byte
	return string(appendFolded(held[:0], s))
}

// isFolded reports that an ASCII text has no capitals. Other texts are not looked at further.
func isFolded(s string) bool {
	at := 0
	for ; at+8 <= len(s); at += 8 {
		if w := word(s[at : at+8]); w&highBits != 0 || capitalBits(w) != 0 {
			return false
		}
	}
	for ; at < len(s); at++ {
		if s[at] >= utf8.RuneSelf || s[at] != lower[s[at]] {
			return false
		}
	}
	return true
}

// appendFolded folds runs of ASCII eight bytes at a time.
func appendFolded(to []byte, s string) []byte {
	for {
		i := 0
		for ; i+8 <= len(s); i += 8 {
			w := word(s[i : i+8])
			if w&highBits != 0 {
				break
			}
			to = binary.LittleEndian.AppendUint64(to, w|capitalBits(w)>>2) // 0x80 moved to 0x20, which is between A and a
		}
		for ; i < len(s) && s[i] < utf8.RuneSelf; i++ {
			to = append(to, lower[s[i]])
		}
		if i == len(s) {
			return to
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if n == 1 {
			to = append(to, s[i])
		} else {
			to = utf8.AppendRune(to, foldRune(r))
		}
		s = s[i+n:]
	}
}

// word reads eight bytes.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// capitalBits has the highest bit of each byte of an ASCII word that is a capital letter.
func capitalBits(w uint64) uint64 {
	const fromA, beyondZ = (0x80 - 'A') * lowBits, (0x80 - 'Z' - 1) * lowBits
	return (w + fromA) &^ (w + beyondZ) & highBits
}

// foldRune is the least code point that folds to the same as r; for one that folds to an ASCII letter the small letter.
func foldRune(r rune) rune {
	least := r
	for q := unicode.SimpleFold(r); q != r; q = unicode.SimpleFold(q) {
		least = min(least, q)
	}
	if least < utf8.RuneSelf {
		return rune(lower[least])
	}
	return least
}

// lower maps the bytes A to Z to a to z, every other byte to itself.
var lower = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			table[i] += 'a' - 'A'
		}
	}
	return table
}()

// answer is what the comparisons below say; undecided when a character beyond ASCII stands in the way, as its folded form
// may have another length.
type answer uint8

const (
	no answer = iota
	yes
	undecided
)

// beginsASCII compares the start of a text with a folded ASCII prefix without folding the text.
func beginsASCII(text, prefix string) answer {
	n := min(len(text), len(prefix))
	for i := 0; i < n; i++ {
		if c := text[i]; c >= utf8.RuneSelf {
			return undecided
		} else if lower[c] != prefix[i] {
			return no
		}
	}
	if len(text) < len(prefix) {
		return no // folding never turns one character into several, nor a byte into two
	}
	return yes
}

// endsASCII compares the end of a text with a folded ASCII suffix without folding the text.
func endsASCII(text, suffix string) answer {
	n := min(len(text), len(suffix))
	for i := 1; i <= n; i++ {
		if c := text[len(text)-i]; c >= utf8.RuneSelf {
			return undecided
		} else if lower[c] != suffix[len(suffix)-i] {
			return no
		}
	}
	if len(text) < len(suffix) {
		return no
	}
	return yes
}

// equalsASCII compares a whole text with a folded ASCII text without folding it.
func equalsASCII(text, whole string) answer {
	a := beginsASCII(text, whole)
	if a == yes && len(text) != len(whole) {
		return no
	}
	return a
}
