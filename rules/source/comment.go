package source

import (
	"sort"
	"strings"
)

// Comment is one `# …` of a file, without the line break.
type Comment struct {
	Span  Span
	Alone bool // nothing but blanks before it on its line
}

// Comments finds the comments of a file in order. A `#` inside a scalar never counts, which is why this needs the spans of the
// nodes; of a document that does not parse only what stands outside it is searched.
func (f *File) Comments() []Comment {
	taken := f.scalarSpans()
	var comments []Comment
	for n := 1; n <= f.Lines(); n++ {
		line := f.LineSpan(n)
		text := f.Text(line)
		for from := 0; ; {
			i := strings.IndexByte(text[from:], '#')
			if i < 0 {
				break
			}
			i += from
			at := line.Start + i
			if end := covered(taken, at); end > at {
				from = min(end-line.Start, len(text))
				continue
			}
			if i > 0 && !isBlank(text[i-1]) {
				from = i + 1
				continue
			}
			comments = append(comments, Comment{
				Span:  Span{at, line.End},
				Alone: strings.TrimLeft(text[:i], " \t") == "",
			})
			break
		}
	}
	return comments
}

// scalarSpans are the spans of all scalars and of broken documents, sorted.
func (f *File) scalarSpans() []Span {
	var spans []Span
	for _, d := range f.Documents {
		if d.Broken {
			spans = append(spans, d.Span)
			continue
		}
		var walk func(n *Node)
		walk = func(n *Node) {
			if n == nil {
				return
			}
			if n.Kind == Scalar || n.Alias != nil {
				spans = append(spans, f.behindHeader(n))
				return
			}
			for _, e := range n.Entries {
				if e.Merged {
					continue
				}
				walk(e.Key)
				walk(e.Value)
			}
			for _, item := range n.Items {
				walk(item)
			}
		}
		walk(d.Root)
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	return spans
}

// behindHeader is the span of a node without the `|` or `>` of block text: a comment may follow on that line.
func (f *File) behindHeader(n *Node) Span {
	span := n.Span
	if n.Alias == nil && (n.Style == Literal || n.Style == Folded) {
		for span.Start < span.End && strings.IndexByte("|>+-0123456789", f.Data[span.Start]) >= 0 {
			span.Start++
		}
		// The blanks before a comment, or the end of the line: what follows is text.
		for i := span.Start; i+1 < span.End && isBlank(f.Data[i]); i++ {
			if f.Data[i+1] == '#' {
				span.Start = f.LineSpan(f.LineAt(i)).End
			}
		}
	}
	return span
}

// covered is the end of the span that holds the offset, or 0.
func covered(spans []Span, offset int) int {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].Start > offset })
	if i > 0 && spans[i-1].End > offset {
		return spans[i-1].End
	}
	return 0
}
