package source

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// yaml.v3 gives the first character of a node and nothing else. This file finds where a node ends and which source
// byte each byte of a decoded scalar came from (spec/yaml-positions.md section 4).

// skipProperties moves from an anchor or a tag to the node behind it.
func (f *File) skipProperties(i int) int {
	for i < len(f.Data) && (f.Data[i] == '&' || f.Data[i] == '!') {
		for i < len(f.Data) && !isBlank(f.Data[i]) && breakLength(f.Data, i) == 0 {
			i++
		}
		i = f.skipSpace(i)
	}
	return i
}

// skipSpace skips blanks, line breaks and comments.
func (f *File) skipSpace(i int) int {
	for i < len(f.Data) {
		switch n := breakLength(f.Data, i); {
		case n > 0:
			i += n
		case isBlank(f.Data[i]):
			i++
		case f.Data[i] == '#':
			for i < len(f.Data) && breakLength(f.Data, i) == 0 {
				i++
			}
		default:
			return i
		}
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// place sets the span of a scalar that begins at start.
func (f *File) place(n *Node, start int) {
	if n.Tag == TagNull && n.Value == "" && n.Style == Plain {
		n.Span, n.content, n.verbatim = Span{start, start}, start, true
		return
	}
	if f.placeVerbatim(n, start) {
		return
	}
	_, end, ok := f.mapScalar(n, start)
	if !ok {
		// Unmapped: the first line of the scalar is certain, the rest is not.
		n.unmapped = true
		line := f.LineSpan(f.LineAt(start))
		n.Span = Span{start, max(start, line.End)}
		return
	}
	n.Span = Span{start, end}
	n.content = start
}

// placeVerbatim is the fast path: the value stands in the source as it is, inside quotes or bare.
func (f *File) placeVerbatim(n *Node, start int) bool {
	content, quote := start, byte(0)
	switch n.Style {
	case SingleQuoted:
		quote = '\''
	case DoubleQuoted:
		quote = '"'
	case Literal, Folded:
		return false
	}
	if quote != 0 {
		if start >= len(f.Data) || f.Data[start] != quote {
			return false
		}
		content++
	}
	end := content + len(n.Value)
	if end > len(f.Data) || string(f.Data[content:end]) != n.Value {
		return false
	}
	if strings.ContainsAny(n.Value, "\n\\'") && quote != 0 {
		// Only the slow path tells an escape from its decoded text.
		if strings.Contains(n.Value, "\n") || quote == '"' || strings.Contains(n.Value, "'") {
			return false
		}
	}
	if quote != 0 {
		if end >= len(f.Data) || f.Data[end] != quote {
			return false
		}
		if quote == '\'' && end+1 < len(f.Data) && f.Data[end+1] == '\'' {
			return false
		}
		n.Span = Span{start, end + 1}
	} else {
		n.Span = Span{start, end}
	}
	n.content, n.verbatim = content, true
	return true
}

// Range maps the bytes [a, b) of the node's decoded Value to the source. For an escape it covers the whole escape.
// A node whose value cannot be mapped gives its own span.
func (n *Node) Range(a, b int) Span {
	if n.unmapped || n.file == nil || n.Kind != Scalar || a < 0 || b < a || b > len(n.Value) {
		return n.Span
	}
	if n.verbatim {
		return Span{n.content + a, n.content + b}
	}
	offsets, _, ok := n.file.mapScalar(n, n.content)
	if !ok {
		return n.Span
	}
	return Span{offsets[a], max(offsets[a], offsets[b])}
}

// mapScalar walks value and source together. offsets has one entry per byte of the value and one for the end of its
// content; end is the first byte behind the scalar.
func (f *File) mapScalar(n *Node, start int) (offsets []int, end int, ok bool) {
	m := mapper{data: f.Data, value: n.Value, i: start, offsets: make([]int, 0, len(n.Value)+1)}
	switch n.Style {
	case Plain:
		ok = m.flow(0)
	case SingleQuoted:
		ok = m.quoted('\'')
	case DoubleQuoted:
		ok = m.quoted('"')
	default:
		ok = m.block(n.Style == Folded)
	}
	if !ok || len(m.offsets) != len(m.value) {
		return nil, start, false
	}
	content := m.end
	return append(m.offsets, content), m.i, true
}

// mapper is the state of one walk: p = len(offsets) is the index into value, i the index into the source.
type mapper struct {
	data    []byte
	value   string
	i       int
	end     int // end of the content
	offsets []int
}

func (m *mapper) p() int { return len(m.offsets) }

// take maps the next k bytes of the value to source offset at.
func (m *mapper) take(k, at int) {
	for range k {
		m.offsets = append(m.offsets, at)
	}
}

// copied takes one source byte that stands in the value as it is.
func (m *mapper) copied() bool {
	if m.p() >= len(m.value) || m.data[m.i] != m.value[m.p()] {
		return false
	}
	m.take(1, m.i)
	m.i++
	return true
}

func (m *mapper) quoted(quote byte) bool {
	if m.i >= len(m.data) || m.data[m.i] != quote {
		return false
	}
	m.i++
	return m.flow(quote)
}

// flow maps a plain (quote 0) or quoted scalar behind its opening quote.
func (m *mapper) flow(quote byte) bool {
	for {
		if quote == 0 && m.p() >= len(m.value) {
			m.end = m.i
			return true
		}
		if m.i >= len(m.data) {
			return false
		}
		c := m.data[m.i]
		switch {
		case isBlank(c) || foldedBreak(m.data, m.i) > 0:
			if !m.whiteSpace() {
				return false
			}
		case c == '\'' && quote == '\'':
			if m.i+1 >= len(m.data) || m.data[m.i+1] != '\'' {
				m.end = m.i
				m.i++
				return true
			}
			if m.p() >= len(m.value) || m.value[m.p()] != '\'' {
				return false
			}
			m.take(1, m.i)
			m.i += 2
		case c == '"' && quote == '"':
			m.end = m.i
			m.i++
			return true
		case c == '\\' && quote == '"':
			if !m.escape() {
				return false
			}
		default:
			if !m.copied() {
				return false
			}
		}
	}
}

// foldedBreak is the length of a break that folding turns into a blank or a newline: LS and PS are copied instead.
func foldedBreak(data []byte, i int) int {
	if n := breakLength(data, i); n < 3 {
		return n
	}
	return 0
}

// whiteSpace maps a run of blanks and breaks inside a flow scalar: without a break as it is, one break is one blank,
// n breaks are n-1 newlines.
func (m *mapper) whiteSpace() bool {
	start, breaks, i := m.i, 0, m.i
	for i < len(m.data) {
		if n := foldedBreak(m.data, i); n > 0 {
			breaks++
			i += n
		} else if isBlank(m.data[i]) {
			i++
		} else {
			break
		}
	}
	if breaks == 0 {
		for m.i < i {
			if !m.copied() {
				return false
			}
		}
		return true
	}
	want := " "
	if breaks > 1 {
		want = strings.Repeat("\n", breaks-1)
	}
	if !strings.HasPrefix(m.value[m.p():], want) {
		return false
	}
	m.take(len(want), start)
	m.i = i
	return true
}

// hexEscapes are the escapes that name a code point, with their number of digits.
var hexEscapes = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// escape maps one backslash escape of a double-quoted scalar: all bytes it gives stand at its backslash.
func (m *mapper) escape() bool {
	at := m.i
	m.i++
	if m.i >= len(m.data) {
		return false
	}
	if n := foldedBreak(m.data, m.i); n > 0 { // joins the lines: no byte of the value
		m.i += n
		for m.i < len(m.data) && (isBlank(m.data[m.i]) || foldedBreak(m.data, m.i) > 0) {
			if n := foldedBreak(m.data, m.i); n > 0 {
				if m.p() >= len(m.value) || m.value[m.p()] != '\n' {
					return false
				}
				m.take(1, m.i)
				m.i += n
				continue
			}
			m.i++
		}
		return true
	}
	c := m.data[m.i]
	m.i++
	length := 1
	if digits, ok := hexEscapes[c]; ok {
		m.i += digits
		_, length = utf8.DecodeRuneInString(m.value[min(m.p(), len(m.value)):])
	} else {
		switch c {
		case 'N', '_':
			length = 2
		case 'L', 'P':
			length = 3
		}
	}
	if m.p()+length > len(m.value) {
		return false
	}
	m.take(length, at)
	return true
}

// block maps a literal or folded scalar that begins at its `|` or `>`.
func (m *mapper) block(folded bool) bool {
	for m.i < len(m.data) && breakLength(m.data, m.i) == 0 {
		m.i++
	}
	if m.i < len(m.data) {
		m.i += breakLength(m.data, m.i)
	}
	indent := m.blockIndent()
	m.end = m.i // behind the last byte that the value holds: a break that chomping swallows is not part of it
	for m.p() < len(m.value) {
		if m.i >= len(m.data) {
			// A file without final newline: yaml.v3 may still give the value one.
			if m.value[m.p():] != "\n" {
				return false
			}
			m.take(1, m.i)
			m.end = m.i
			break
		}
		for k := 0; k < indent && m.i < len(m.data) && m.data[m.i] == ' '; k++ {
			m.i++
		}
		for m.i < len(m.data) && foldedBreak(m.data, m.i) == 0 {
			if m.p() >= len(m.value) {
				return false
			}
			if !m.copied() {
				return false
			}
			m.end = m.i
		}
		if m.i >= len(m.data) {
			continue
		}
		at := m.i
		m.i += foldedBreak(m.data, m.i)
		if m.p() < len(m.value) {
			if next := m.value[m.p()]; next == '\n' || folded && next == ' ' {
				m.take(1, at)
				m.end = m.i
			}
		}
	}
	return true
}

// blockIndent compares the first source line that has text with the first line of the value that has text: that covers
// explicit indentation indicators and lines indented further.
func (m *mapper) blockIndent() int {
	i := m.i
	for i < len(m.data) {
		j := i
		for j < len(m.data) && m.data[j] == ' ' {
			j++
		}
		if j < len(m.data) && foldedBreak(m.data, j) == 0 {
			own := 0
			for _, line := range strings.Split(m.value, "\n") {
				if text := strings.TrimLeft(line, " "); text != "" {
					own = len(line) - len(text)
					break
				}
			}
			return max(j-i-own, 0)
		}
		if j >= len(m.data) {
			return 0
		}
		i = j + foldedBreak(m.data, j)
	}
	return 0
}

// enclose sets the span of a collection that begins at start: to the closing bracket, or to the end of its last child.
func (f *File) enclose(n *Node, start int) {
	end := start
	for _, e := range n.Entries {
		if !e.Merged {
			end = max(end, e.Key.Span.End, e.Value.Span.End)
		}
	}
	for _, item := range n.Items {
		end = max(end, item.Span.End)
	}
	if !n.Flow {
		n.Span = Span{start, trimBreak(f.Data, start, end)}
		return
	}
	i := max(end, min(start+1, len(f.Data)))
	for i < len(f.Data) {
		if i = f.skipSpace(i); i < len(f.Data) && (f.Data[i] == ',' || f.Data[i] == '<' || f.Data[i] == ':') {
			i++
			continue
		}
		break
	}
	if i < len(f.Data) && (f.Data[i] == ']' || f.Data[i] == '}') {
		i++
	}
	n.Span = Span{start, i}
}

// trimBreak leaves the line break that closes a block scalar out of the collection around it.
func trimBreak(data []byte, start, end int) int {
	for end > start && bytes.ContainsRune([]byte("\r\n"), rune(data[end-1])) {
		end--
	}
	return end
}
