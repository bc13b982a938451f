package checks

import (
	"bytes"
	"sort"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// layout is how one document is written: its lines, and what stands between its scalars. It is scanned once for all checks of the document.
type layout struct {
	file    *source.File
	root    *source.Node // of this document alone, without what `action` brings
	stretch source.Span  // from its `---` line, or the beginning of the file, to the next document
	lines   []textLine
	scalars []*source.Node // in source order
	tokens  []token
	odd     bool // the tokens hold something that is not understood: nothing is said about them
}

// textLine is one line; end is before its break and next behind it.
type textLine struct{ start, end, next int }

// token is a scalar, a mark between scalars, or a comment. kind is the mark itself, or one of the letters below.
type token struct {
	kind       byte
	start, end int
}

// Kinds of tokens that are no single character.
const (
	scalarToken   = 's'
	blockToken    = 'b' // a literal or folded scalar
	aliasToken    = '*'
	propertyToken = '&' // an anchor or a tag
	markerToken   = 'm' // `---`, `...`, or a `%` line
)

// layoutOf is the layout of the document of a pass.
func layoutOf(p *lint.Pass) *layout {
	const key = "checks.layout"
	if known, ok := p.Shared[key].(*layout); ok {
		return known
	}
	l := newLayout(p.Document.Base())
	if p.Shared != nil {
		p.Shared[key] = l
	}
	return l
}

func newLayout(head *rules.Head) *layout {
	l := &layout{file: head.File, root: head.Root}
	if head.Index < len(head.File.Documents) && head.File.Documents[head.Index].Root != nil {
		l.root = head.File.Documents[head.Index].Root
	}
	l.findStretch(head.Index)
	l.cutLines()
	l.collect(l.root)
	sort.Slice(l.scalars, func(i, j int) bool { return l.scalars[i].Span.Start < l.scalars[j].Span.Start })
	l.scan()
	return l
}

var documentMark = []byte("---")

// isMark reports a document marker at the beginning of a line.
func isMark(line, mark []byte) bool {
	return bytes.HasPrefix(line, mark) && (len(line) == len(mark) || bytes.IndexByte([]byte(" \t\r\n"), line[len(mark)]) >= 0)
}

// findStretch looks for the markers around the document: between two documents there are only comments, so the next one on either side is it.
func (l *layout) findStretch(index int) {
	data := l.file.Data
	l.stretch = source.Span{Start: 0, End: len(data)}
	if index > 0 {
		for n := l.file.LineAt(l.root.Span.Start); n >= 1; n-- {
			if start := l.file.LineSpan(n).Start; isMark(data[start:], documentMark) {
				l.stretch.Start = start
				break
			}
		}
	}
	for at := l.root.Span.End; at < len(data); {
		i := bytes.IndexAny(data[at:], "\r\n")
		if i < 0 {
			break
		}
		at += i + 1
		if isMark(data[at:], documentMark) {
			l.stretch.End = at
			break
		}
	}
}

// cutLines finds the lines of the stretch. Only LF, CRLF and CR count: what else YAML takes for a break is no matter of form.
func (l *layout) cutLines() {
	data := l.file.Data[:l.stretch.End]
	const usualLength = 24 // bytes of a line of a rule, measured on the published ones
	l.lines = make([]textLine, 0, l.stretch.Len()/usualLength+1)
	start := l.stretch.Start
	for i := start; i < len(data); i++ {
		if c := data[i]; c != '\n' && c != '\r' {
			continue
		}
		next := i + 1
		if data[i] == '\r' && next < len(data) && data[next] == '\n' {
			next++
		}
		l.lines = append(l.lines, textLine{start, i, next})
		start, i = next, next-1
	}
	if start < len(data) {
		l.lines = append(l.lines, textLine{start, len(data), len(data)})
	}
}

// lineAt is the index of the line that holds an offset.
func (l *layout) lineAt(offset int) int {
	return max(sort.Search(len(l.lines), func(i int) bool { return l.lines[i].start > offset })-1, 0)
}

// collect gathers the scalars that are written here. Aliases are found by their star.
func (l *layout) collect(n *source.Node) {
	if n == nil || n.Alias != nil {
		return
	}
	if n.Kind == source.Scalar {
		if n.Span.Len() > 0 {
			l.scalars = append(l.scalars, n)
		}
		return
	}
	for i := range n.Entries {
		if !n.Entries[i].Merged {
			l.collect(n.Entries[i].Key)
			l.collect(n.Entries[i].Value)
		}
	}
	for _, item := range n.Items {
		l.collect(item)
	}
}

// inside is the scalar that holds an offset, or nil.
func (l *layout) inside(offset int) *source.Node {
	i := sort.Search(len(l.scalars), func(i int) bool { return l.scalars[i].Span.Start > offset })
	if i > 0 && l.scalars[i-1].Span.End > offset {
		return l.scalars[i-1]
	}
	return nil
}

func isBlockText(n *source.Node) bool {
	return n != nil && (n.Style == source.Literal || n.Style == source.Folded)
}

// scan reads the tokens of the stretch.
func (l *layout) scan() {
	data := l.file.Data[:l.stretch.End]
	l.tokens = make([]token, 0, 4*len(l.scalars)+8)
	add := func(kind byte, start, end int) { l.tokens = append(l.tokens, token{kind, start, end}) }
	next := 0 // scalar
	i := l.stretch.Start
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) && i == 0 {
		i = len("\xef\xbb\xbf")
	}
	begin := true // of a line
	for i < len(data) {
		for next < len(l.scalars) && l.scalars[next].Span.Start < i {
			next++
		}
		if next < len(l.scalars) && l.scalars[next].Span.Start == i {
			n := l.scalars[next]
			kind := byte(scalarToken)
			if isBlockText(n) {
				kind = blockToken
			}
			add(kind, i, n.Span.End)
			begin = kind == blockToken
			i = n.Span.End
			continue
		}
		c := data[i]
		first := begin
		begin = false
		switch c {
		case '\n', '\r':
			begin = true
			i++
		case ' ', '\t':
			i++
		case '#':
			end := lineEndFrom(data, i)
			add('#', i, end)
			i = end
		case '-':
			if first && isMark(data[i:], documentMark) {
				add(markerToken, i, i+len(documentMark))
				i += len(documentMark)
				continue
			}
			add(c, i, i+1)
			i++
		case ':', ',', '[', ']', '{', '}', '?':
			add(c, i, i+1)
			i++
		case '&', '!', '*':
			end := i + 1
			for end < len(data) && bytes.IndexByte([]byte(" \t\r\n,[]{}"), data[end]) < 0 {
				end++
			}
			kind := byte(propertyToken)
			if c == '*' {
				kind = aliasToken
			}
			add(kind, i, end)
			i = end
		case '%', '.':
			end := lineEndFrom(data, i)
			if !first || c == '.' && !isMark(data[i:], []byte("...")) {
				l.odd = true
				return
			}
			add(markerToken, i, end)
			i = end
		default:
			l.odd = true
			return
		}
	}
}

func lineEndFrom(data []byte, i int) int {
	if n := bytes.IndexAny(data[i:], "\r\n"); n >= 0 {
		return i + n
	}
	return len(data)
}

// gap is the number of blanks between two tokens, false where they stand on different lines.
func (l *layout) gap(a, b token) (int, bool) {
	between := l.file.Data[a.end:b.start]
	if bytes.IndexByte(between, '\n') >= 0 || bytes.IndexByte(between, '\r') >= 0 || a.kind == blockToken {
		return 0, false
	}
	return len(between), true
}

// first reports the first document of a file that is a rule of its own: what concerns the whole file is said there.
func (l *layout) first() bool {
	for _, d := range l.file.Documents {
		if d.Root == nil || d.Root.Kind != source.Map {
			continue
		}
		if action := d.Root.Find("action"); action != nil && action.Value == "global" {
			continue
		}
		return d.Root == l.root
	}
	return false
}

// sameDocuments reports that edits leave the tree of every document as it is: what they change is form alone.
func sameDocuments(f *source.File, edits []source.Edit, same func(a, b *source.Node) bool) bool {
	data, err := edit.Apply(f.Data, edits)
	if err != nil {
		return false
	}
	after := source.Parse(f.Path, data, source.Limits{})
	if len(after.Documents) != len(f.Documents) || len(after.Problems) > len(f.Problems) || len(after.Comments()) != len(f.Comments()) {
		return false
	}
	for i, d := range f.Documents {
		if d.Broken != after.Documents[i].Broken || !same(d.Root, after.Documents[i].Root) {
			return false
		}
	}
	return true
}

// sameTree compares two nodes in everything but their places.
func sameTree(a, b *source.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Style != b.Style || a.Tag != b.Tag || a.Explicit != b.Explicit || a.Flow != b.Flow || a.Value != b.Value || a.Anchor != b.Anchor ||
		(a.Alias == nil) != (b.Alias == nil) || len(a.Entries) != len(b.Entries) || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Entries {
		if a.Entries[i].Merged != b.Entries[i].Merged || !sameTree(a.Entries[i].Key, b.Entries[i].Key) || !sameTree(a.Entries[i].Value, b.Entries[i].Value) {
			return false
		}
	}
	for i := range a.Items {
		if !sameTree(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return true
}
