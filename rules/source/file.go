package source

import (
	"bytes"
	"encoding/binary"
	"sort"
	"unicode/utf8"
)

// Span is a half-open range of byte offsets in one file.
type Span struct{ Start, End int }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether other lies inside s.
func (s Span) Contains(other Span) bool { return s.Start <= other.Start && other.End <= s.End }

// Pos is a place as people and formats want it. It is derived from an offset when something is rendered.
type Pos struct {
	Line   int // 1-based
	Column int // 1-based, in code points
	UTF16  int // 0-based, in UTF-16 units, for editors
}

// File is the bytes of one file with everything that could be read from them.
type File struct {
	Path      string // as the user named it
	Data      []byte
	Documents []*Document
	Problems  []Problem // in order of their place

	starts []int // offset of the first byte of each line
}

// Document is one YAML document of a file.
type Document struct {
	Index  int   // 0-based, counting broken and empty documents too
	Root   *Node // nil when the document is empty or broken
	Span   Span  // from its first node, or its `---` line, to its last node
	Broken bool  // it does not parse, or a limit stopped it; a Problem says why
}

// Line breaks that yaml.v3 counts besides \n, \r and \r\n.
const (
	nextLine           = "\u0085"
	lineSeparator      = "\u2028"
	paragraphSeparator = "\u2029"
)

const byteOrderMark = "\xef\xbb\xbf"

// newFile indexes the lines of data. The first line starts behind a byte order mark.
func newFile(path string, data []byte) *File {
	f := &File{Path: path, Data: data}
	first := 0
	if bytes.HasPrefix(data, []byte(byteOrderMark)) {
		first = len(byteOrderMark)
	}
	f.starts = append(make([]int, 0, len(data)/usualLine+2), first)
	if bytes.IndexByte(data, '\r') < 0 && !bytes.Contains(data, []byte(nextLine)) && !bytes.Contains(data, []byte(lineSeparator)) &&
		!bytes.Contains(data, []byte(paragraphSeparator)) {
		for i := first; ; {
			n := bytes.IndexByte(data[i:], '\n')
			if n < 0 {
				return f
			}
			i += n + 1
			f.starts = append(f.starts, i)
		}
	}
	for i := first; i < len(data); {
		n := breakLength(data, i)
		if n == 0 {
			i++
			continue
		}
		i += n
		f.starts = append(f.starts, i)
	}
	return f
}

// usualLine is about how many bytes a line of a rule has.
const usualLine = 32

// breakLength is the length in bytes of the line break at i, 0 when there is none.
func breakLength(data []byte, i int) int {
	switch c := data[i]; {
	case c == '\n':
		return 1
	case c == '\r':
		if i+1 < len(data) && data[i+1] == '\n' {
			return 2
		}
		return 1
	case c == 0xc2 && bytes.HasPrefix(data[i:], []byte(nextLine)):
		return 2
	case c == 0xe2 && (bytes.HasPrefix(data[i:], []byte(lineSeparator)) || bytes.HasPrefix(data[i:], []byte(paragraphSeparator))):
		return 3
	}
	return 0
}

// Lines is the number of lines. A file that ends in a line break has an empty last line.
func (f *File) Lines() int { return len(f.starts) }

// LineSpan is the 1-based line n without its break.
func (f *File) LineSpan(n int) Span {
	if n < 1 || n > len(f.starts) {
		return Span{len(f.Data), len(f.Data)}
	}
	start, end := f.starts[n-1], len(f.Data)
	if n < len(f.starts) {
		end = f.starts[n]
		for _, b := range []string{"\r\n", "\n", "\r", nextLine, lineSeparator, paragraphSeparator} {
			if bytes.HasSuffix(f.Data[start:end], []byte(b)) {
				end -= len(b)
				break
			}
		}
	}
	return Span{start, end}
}

// FirstLine cuts a span to its first line, for marks on what is longer than a reader wants to see.
func (f *File) FirstLine(s Span) Span {
	return Span{s.Start, max(s.Start, min(s.End, f.LineSpan(f.LineAt(s.Start)).End))}
}

// LineText is the 1-based line n without its break.
func (f *File) LineText(n int) string { return f.Text(f.LineSpan(n)) }

// Text is the source text of a span, cut to the file.
func (f *File) Text(s Span) string {
	start, end := min(max(s.Start, 0), len(f.Data)), min(max(s.End, 0), len(f.Data))
	if start >= end {
		return ""
	}
	return string(f.Data[start:end])
}

// LineAt is the 1-based line that holds the offset.
func (f *File) LineAt(offset int) int {
	n := sort.SearchInts(f.starts, offset+1)
	return max(n, 1)
}

// Pos is the place of a byte offset. Offsets outside the file are moved to its ends; an invalid byte counts as one
// code point.
func (f *File) Pos(offset int) Pos {
	offset = min(max(offset, 0), len(f.Data))
	line := f.LineAt(offset)
	pos := Pos{Line: line, Column: 1}
	const word, beyondASCII = 8, 0x8080808080808080 // a condition of 70,000 bytes may have 5,000 findings on its one line
	for i := f.starts[line-1]; i < offset; {
		if i+word <= offset && binary.LittleEndian.Uint64(f.Data[i:])&beyondASCII == 0 {
			pos.Column += word
			pos.UTF16 += word
			i += word
			continue
		}
		r, n := utf8.DecodeRune(f.Data[i:])
		pos.Column++
		pos.UTF16++
		if r > 0xffff {
			pos.UTF16++
		}
		i += n
	}
	return pos
}

// Offset is the byte offset of a 1-based line and code-point column, the reverse of Pos. A column behind the end of the
// line gives the end of the file's data at most.
func (f *File) Offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(f.starts) {
		return len(f.Data)
	}
	i := f.starts[line-1]
	for c := 1; c < column && i < len(f.Data); c++ {
		if f.Data[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, n := utf8.DecodeRune(f.Data[i:])
		i += n
	}
	return i
}

// report adds a problem.
func (f *File) report(p Problem) { f.Problems = append(f.Problems, p) }

// Bare is a file with its lines and nothing parsed: enough to show places in it.
func Bare(path string, data []byte) *File { return newFile(path, data) }
