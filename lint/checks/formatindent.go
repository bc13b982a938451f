package checks

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// formatIndentChecks look at the beginnings of lines.
var formatIndentChecks = []*lint.Check{
	{
		Code: "SIG1502", Name: "indentation", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "width", Meaning: "spaces by which a block is indented in its parent", Default: 4, Min: 1, Max: 16}},
		Doc: lint.Doc{
			Title: "Indentation other than four spaces",
			What: "A block is not indented by four spaces in the block around it. Lists may stand at the column of their key. Told once a block; lines inside brackets, texts " +
				"and comments are not looked at. The fix indents the whole document anew, with its comments; there is none where a line cannot be placed.",
			Why:  "Rules are copied into each other, and two indentations in one file end in lines that belong to the wrong block.",
			Bad:  changed("    category: process_creation\n    product: linux\n", "  category: process_creation\n  product: linux\n"),
			Good: clean,
		},
		Document: checkIndentation,
	},
}

// misplaced is a block that stands elsewhere than it should.
type misplaced struct {
	at         source.Span // the blanks before its first line
	is, should int
	what       string
}

// reindent walks over the blocks of a document. target says, for the lines that begin with something, where they should begin.
type reindent struct {
	*layout
	width     int
	target    map[int]int // by line: the column it should have
	follows   map[int]int // by line: the line that it moves with
	misplaced []misplaced
	unclear   bool
}

func checkIndentation(p *lint.Pass) {
	l := layoutOf(p)
	if l.root.Flow || len(l.root.Entries) == 0 {
		return
	}
	r := &reindent{layout: l, width: p.Int("width"), target: map[int]int{}, follows: map[int]int{}}
	at, own := r.column(l.root.Entries[0].Key)
	if own {
		r.expect(at, 0, l.root.Entries[0].Key, "the document")
	}
	r.block(l.root, at, 0)
	if len(r.misplaced) == 0 {
		return
	}
	fix := r.fix()
	for _, m := range r.misplaced {
		p.Report(lint.Finding{
			Span:    m.at,
			Message: fmt.Sprintf("%s is indented by %s, not by %d", m.what, amount(m.is, "space", "spaces"), m.should),
			Help:    fmt.Sprintf("indent every block by %d spaces", r.width),
			Fix:     fix,
		})
	}
}

// column is the number of columns before a node, and whether nothing but blanks stands there.
func (r *reindent) column(n *source.Node) (column int, own bool) {
	line := r.lines[r.lineAt(n.Span.Start)]
	before := r.file.Data[line.start:n.Span.Start]
	if line.start == 0 {
		before = bytes.TrimPrefix(before, []byte("\xef\xbb\xbf"))
	}
	if bytes.IndexByte(before, '\t') >= 0 {
		r.unclear = true
	}
	return bytes.Count(before, nil) - 1, indentation(before) == len(before)
}

// expect compares the column of what begins a line with the one it should have, both counted from the block around it.
func (r *reindent) expect(is, should int, n *source.Node, what string) {
	if is != should {
		line := r.lines[r.lineAt(n.Span.Start)]
		at := source.Span{Start: line.start, End: line.start + indentation(r.file.Data[line.start:line.end])}
		if at.Len() == 0 {
			at.End = n.Span.Start + 1
		}
		r.misplaced = append(r.misplaced, misplaced{at, is, should, what})
	}
}

// place notes the column that the line of a node should have, when the node begins it.
func (r *reindent) place(n *source.Node, column int) {
	if _, own := r.column(n); own {
		r.target[r.lineAt(n.Span.Start)] = column
	}
}

// block walks over a collection in lines. is is its column, should the one that it gets.
func (r *reindent) block(n *source.Node, is, should int) {
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Merged {
			r.unclear = true
			continue
		}
		r.place(e.Key, should)
		if e.Key.Kind != source.Scalar || e.Key.Alias != nil || e.Key.Anchor != "" || e.Key.Explicit {
			r.unclear = true
		}
		r.rest(e.Key)
		r.value(e.Key, e.Value, is, should)
	}
	if n.Kind != source.List {
		return
	}
	for _, item := range n.Items {
		r.entry(item, is, should)
	}
}

// value is what stands under a key.
func (r *reindent) value(key, v *source.Node, is, should int) {
	if v.Anchor != "" || v.Explicit || v.Alias != nil {
		r.unclear = true
	}
	if v.Missing() {
		return
	}
	keyLine, line := r.lineAt(key.Span.Start), r.lineAt(v.Span.Start)
	if line == r.lineAt(max(key.Span.End-1, key.Span.Start)) || v.Alias != nil {
		r.follow(v, keyLine)
		return
	}
	column, own := r.column(v)
	if !own {
		r.unclear = true // an anchor or a tag stands before it
		return
	}
	to := should + r.width
	if v.Kind == source.List && !v.Flow && column == is {
		to = should
	} else {
		r.expect(column-is, r.width, v, "what stands under `"+shorter(key.Value)+"`")
	}
	r.target[line] = to
	if v.Kind == source.Scalar || v.Flow {
		r.follow(v, line)
		return
	}
	r.block(v, column, to)
}

// entry is one item of a list at a column: the dash stands there, the item behind it or below.
func (r *reindent) entry(item *source.Node, is, should int) {
	if item.Anchor != "" || item.Explicit || item.Alias != nil {
		r.unclear = true
	}
	if item.Missing() || item.Alias != nil {
		return
	}
	line := r.lineAt(item.Span.Start)
	text := r.lines[line]
	before := r.file.Data[text.start:item.Span.Start]
	column, own := r.column(item)
	if own { // below its dash
		r.expect(column-is, r.width, item, "the entry below its dash")
	}
	if own || strings.Trim(string(before), " -") != "" { // or behind a property
		r.unclear = true
		return
	}
	if indentation(before) == is {
		r.target[line] = should
	}
	if item.Kind == source.Scalar || item.Flow {
		r.follow(item, line)
		return
	}
	r.block(item, column, should+column-is) // the blanks behind the dash stay
}

// rest lets the further lines of a key move with its first.
func (r *reindent) rest(n *source.Node) { r.follow(n, r.lineAt(n.Span.Start)) }

// follow lets the further lines of a text or of brackets move with a line.
func (r *reindent) follow(n *source.Node, with int) {
	last := r.lineAt(max(n.Span.End-1, n.Span.Start))
	for line := r.lineAt(n.Span.Start) + 1; line <= last; line++ {
		r.follows[line] = with
	}
}

// fix indents the document anew, nil where that is not certain to leave its meaning as it is.
func (r *reindent) fix() *source.Fix {
	if r.unclear {
		return nil
	}
	data := r.file.Data
	shift := func(line int) (by int, known bool) {
		if to, ok := r.target[line]; ok {
			return to - indentation(data[r.lines[line].start:r.lines[line].end]), true
		}
		return 0, false
	}
	var edits []source.Edit
	for n, line := range r.lines {
		text := data[line.start:line.end]
		blanks := indentation(text)
		if blanks == len(text) || n == 0 && r.stretch.Start == 0 && bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
			continue
		}
		by, known := shift(n)
		if with, ok := r.follows[n]; ok && !known {
			by, known = shift(with)
		}
		switch {
		case known:
		case text[blanks] == '#':
			by = r.comment(n, blanks, shift)
		case text[blanks] == ']' || text[blanks] == '}' || isMark(text, documentMark) || isMark(text, []byte("...")) || text[0] == '%':
		default:
			return nil
		}
		switch {
		case by > 0:
			edits = append(edits, source.Edit{Span: source.Span{Start: line.start, End: line.start}, New: strings.Repeat(" ", by)})
		case by < 0:
			edits = append(edits, source.Edit{Span: source.Span{Start: line.start, End: line.start + min(-by, blanks)}})
		}
	}
	if len(edits) == 0 || !sameDocuments(r.file, edits, sameTree) {
		return nil
	}
	return &source.Fix{Title: "indent the document anew", Safe: true, Edits: edits}
}

// comment is by how much a comment line moves: with the line below when it stands at its column or further left, else with the one above.
func (r *reindent) comment(n, column int, shift func(int) (int, bool)) int {
	near := func(step int) (by, at int, ok bool) {
		for line := n + step; line >= 0 && line < len(r.lines); line += step {
			if by, known := shift(line); known {
				return by, indentation(r.file.Data[r.lines[line].start:r.lines[line].end]), true
			}
		}
		return 0, 0, false
	}
	below, at, ok := near(1)
	if ok && column <= at {
		return below
	}
	if above, at, ok := near(-1); ok && (column >= at || !ok) {
		return above
	}
	return below
}
