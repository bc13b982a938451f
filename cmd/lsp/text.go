package lsp

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/source"
)

// encoding is what the character of a position counts.
type encoding string

// The encodings of the protocol. Every client knows utf-16; where it offers more, the cheapest is taken.
const (
	utf8Units  encoding = "utf-8"
	utf16Units encoding = "utf-16"
	utf32Units encoding = "utf-32"
)

// agree picks an encoding that the client knows.
func agree(offered []string) encoding {
	for _, e := range []encoding{utf8Units, utf32Units} {
		for _, o := range offered {
			if o == string(e) {
				return e
			}
		}
	}
	return utf16Units
}

// units is how many a character counts.
func (e encoding) units(r rune, size int) int {
	switch {
	case e == utf8Units:
		return size
	case e == utf16Units && r >= 0x10000:
		return 2
	}
	return 1
}

// text is the content of a document with the lines of the protocol: those of YAML also end at NEL, LS and PS, so the lines of a source.File do not fit.
type text struct {
	data     []byte
	starts   []int // offset of the first byte of each line
	encoding encoding
}

func newText(data []byte, e encoding) text {
	t := text{data: data, starts: []int{0}, encoding: e}
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] == '\n', data[i] == '\r' && (i+1 == len(data) || data[i+1] != '\n'):
			t.starts = append(t.starts, i+1)
		}
	}
	return t
}

// line is the content of a line without its break.
func (t text) line(n int) []byte {
	end := len(t.data)
	if n+1 < len(t.starts) {
		end = t.starts[n+1]
	}
	line := t.data[t.starts[n]:end]
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}

// offset is the byte that a position means. A character behind the end of its line is its end, as the protocol wants it; a place inside a character is its
// start; a line behind the last is the end of the text.
func (t text) offset(p position) int {
	switch {
	case p.Line < 0:
		return 0
	case p.Line >= len(t.starts):
		return len(t.data)
	}
	line, at, units := t.line(p.Line), 0, 0
	for at < len(line) {
		r, size := utf8.DecodeRune(line[at:])
		units += t.encoding.units(r, size)
		if units > p.Character {
			break
		}
		at += size
	}
	return t.starts[p.Line] + at
}

// position is where a byte stands.
func (t text) position(offset int) position {
	offset = min(max(offset, 0), len(t.data))
	n := sort.SearchInts(t.starts, offset+1) - 1
	line := t.line(n)
	end := min(offset-t.starts[n], len(line))
	p := position{Line: n}
	for at := 0; at < end; {
		r, size := utf8.DecodeRune(line[at:])
		if at += size; at > end {
			break
		}
		p.Character += t.encoding.units(r, size)
	}
	return p
}

func (t text) span(r textRange) source.Span {
	start, end := t.offset(r.Start), t.offset(r.End)
	return source.Span{Start: min(start, end), End: max(start, end)}
}

func (t text) textRange(s source.Span) textRange {
	return textRange{t.position(s.Start), t.position(s.End)}
}

// edits are those of a fix in the positions of the protocol.
func (t text) edits(list []source.Edit) []textEdit {
	out := []textEdit{}
	for _, e := range list {
		out = append(out, textEdit{t.textRange(e.Span), e.New})
	}
	return out
}

// maxText is how large a document may grow: that of the largest file that lint reads, with room for what an editor holds on the way.
const maxText = 16 << 20

// changed is the text after the changes, one after the other.
func (t text) changed(changes []contentChange) (text, error) {
	for _, c := range changes {
		if c.Range == nil {
			t = newText([]byte(c.Text), t.encoding)
			continue
		}
		s := t.span(*c.Range)
		if len(t.data)-s.Len()+len(c.Text) > maxText {
			return t, fmt.Errorf("the document would grow beyond %d bytes", maxText)
		}
		var b strings.Builder
		b.Grow(len(t.data) - s.Len() + len(c.Text))
		b.Write(t.data[:s.Start])
		b.WriteString(c.Text)
		b.Write(t.data[s.End:])
		t = newText([]byte(b.String()), t.encoding)
	}
	return t, nil
}
