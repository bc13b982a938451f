package edit

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// OverlapError names two edits that change the same bytes.
type OverlapError struct{ First, Second source.Edit }

func (e *OverlapError) Error() string {
	return fmt.Sprintf("two edits overlap: bytes %d to %d become %q and bytes %d to %d become %q; apply them one after the other",
		e.First.Span.Start, e.First.Span.End, source.Shorten(e.First.New),
		e.Second.Span.Start, e.Second.Span.End, source.Shorten(e.Second.New))
}

// Apply changes data as the edits say and returns the result; data itself stays as it is. All spans count in data as it is handed
// in. Edits at the same place keep their order, except that of two insertions of whole lines the deeper indented goes first,
// because it belongs to what stands above. Overlapping edits give an *OverlapError, and a span outside data an error.
func Apply(data []byte, edits []source.Edit) ([]byte, error) {
	sorted := append([]source.Edit(nil), edits...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i], sorted[j]
		if a.Span.Start != b.Span.Start {
			return a.Span.Start < b.Span.Start
		}
		if insertA, insertB := a.Span.Len() == 0, b.Span.Len() == 0; insertA != insertB {
			return insertA
		}
		return wholeLines(a.New) && wholeLines(b.New) && indentOf(a.New) > indentOf(b.New)
	})
	size := len(data)
	for i, e := range sorted {
		if e.Span.Start < 0 || e.Span.End < e.Span.Start || e.Span.End > len(data) {
			return nil, fmt.Errorf("an edit of bytes %d to %d does not fit a text of %d bytes; was the text changed since it was read?",
				e.Span.Start, e.Span.End, len(data))
		}
		if i > 0 && sorted[i-1].Span.End > e.Span.Start {
			return nil, &OverlapError{sorted[i-1], e}
		}
		size += len(e.New) - e.Span.Len()
	}
	out := make([]byte, 0, size)
	at := 0
	for _, e := range sorted {
		out = append(out, data[at:e.Span.Start]...)
		out = append(out, e.New...)
		at = e.Span.End
	}
	return append(out, data[at:]...), nil
}

func wholeLines(s string) bool {
	return strings.HasSuffix(s, "\n") || strings.HasPrefix(s, "\n") || strings.HasPrefix(s, "\r\n")
}

// indentOf is the width of the indentation of the first line that is not empty.
func indentOf(s string) int {
	s = strings.TrimLeft(s, "\r\n")
	return len(s) - len(strings.TrimLeft(s, " "))
}
