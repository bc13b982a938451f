package source

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// encodings are the byte order marks of what YAML readers would decode silently, so that places no longer fit the file.
// The longer marks come first: UTF-32 LE begins like UTF-16 LE.
var encodings = []struct{ mark, name string }{
	{"\x00\x00\xfe\xff", "UTF-32"},
	{"\xff\xfe\x00\x00", "UTF-32"},
	{"\xfe\xff", "UTF-16"},
	{"\xff\xfe", "UTF-16"},
}

// checkEncoding finds what yaml.v3 would refuse without a place. It reports whether the rest may be read.
func (f *File) checkEncoding() bool {
	for _, e := range encodings {
		if bytes.HasPrefix(f.Data, []byte(e.mark)) {
			f.report(Problem{
				Kind: KindEncoding, Span: Span{0, len(e.mark)},
				Message: "the file is " + e.name + ", not UTF-8", Help: "save it as UTF-8",
			})
			return false
		}
	}
	for i := 0; i < len(f.Data); {
		if c := f.Data[i]; c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
				f.report(controlCharacter(i, rune(c), 1))
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(f.Data[i:])
		if r == utf8.RuneError && n == 1 {
			f.report(Problem{
				Kind: KindEncoding, Span: Span{i, i + 1},
				Message: fmt.Sprintf("byte 0x%02x is not UTF-8%s", f.Data[i], f.guessEncoding()),
				Help:    "save the file as UTF-8",
			})
			return false
		}
		if r >= 0x80 && r < 0xa0 && r != 0x85 {
			f.report(controlCharacter(i, r, n))
			return false
		}
		i += n
	}
	if bytes.HasPrefix(f.Data, []byte(byteOrderMark)) {
		span := Span{0, len(byteOrderMark)}
		f.report(Problem{
			Kind: KindByteOrderMark, Span: span,
			Message: "the file begins with a byte order mark; some Sigma tools take it as part of the first key",
			Help:    "save it as UTF-8 without BOM",
			Fix:     &Fix{Title: "remove the byte order mark", Safe: true, Edits: []Edit{{Span: span}}},
		})
	}
	return true
}

func controlCharacter(i int, r rune, n int) Problem {
	p := Problem{
		Kind: KindEncoding, Span: Span{i, i + n},
		Message: fmt.Sprintf("control character U+%04X; YAML does not allow it", r),
		Help:    "remove it, or write it as an escape in double quotes",
	}
	if r == 0 {
		p.Message = "the file holds NUL bytes: it is binary, or UTF-16 without its mark"
		p.Help = "name the text file that was meant, or save it as UTF-8"
	}
	return p
}

// guessEncoding names what a file that is not UTF-8 probably is: NULs mean UTF-16, otherwise single high bytes mean
// Latin-1 or Windows-1252.
func (f *File) guessEncoding() string {
	if bytes.IndexByte(f.Data, 0) >= 0 {
		return " (the file looks binary)"
	}
	return " (it looks like Latin-1 or Windows-1252)"
}
