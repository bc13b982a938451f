package baseline

import (
	"bytes"
	"math/rand"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// shuffled writes the keys of maps and the items of lists in another order, where each has its lines to itself. The order of documents stays.
func shuffled(f *source.File, random *rand.Rand) []byte {
	if len(f.Documents) != 1 || f.Documents[0].Root == nil || bytes.IndexByte(f.Data, '\r') >= 0 || !bytes.HasSuffix(f.Data, []byte("\n")) {
		return f.Data
	}
	return permuted(f, f.Documents[0].Root, random)
}

// permuted is the text of the lines of a node, from its first to the end of its last.
func permuted(f *source.File, node *source.Node, random *rand.Rand) []byte {
	start, end := f.LineSpan(f.LineAt(node.Span.Start)).Start, endOfLines(f, node.Span)
	text := f.Data[start:end]
	type child struct {
		start, end int
		node       *source.Node
	}
	var children []child
	for _, e := range node.Entries {
		children = append(children, child{e.Span().Start, endOfLines(f, e.Span()), e.Value})
	}
	for _, item := range node.Items {
		children = append(children, child{item.Span.Start, endOfLines(f, item.Span), item})
	}
	if node.Flow || len(children) == 0 || node.Alias != nil {
		return text
	}
	var chunks [][]byte
	movable := true
	for i, c := range children {
		line := f.LineSpan(f.LineAt(c.start)).Start
		if before := strings.TrimLeft(string(f.Data[line:c.start]), " "); before != "" && !(len(node.Items) > 0 && before == "- ") {
			movable = false // the first key of a map in a list shares its line with the dash
		}
		until := end
		if i+1 < len(children) {
			until = f.LineSpan(f.LineAt(children[i+1].start)).Start
		}
		if until < line || i > 0 && line < children[i-1].end {
			return text
		}
		own := f.LineSpan(f.LineAt(c.node.Span.Start)).Start
		chunk := append([]byte(nil), f.Data[line:until]...)
		if c.node.Kind != source.Scalar && !c.node.Flow && (own > line || len(node.Items) > 0) && c.end <= until {
			inner := permuted(f, c.node, random)
			chunk = append(append(append([]byte(nil), f.Data[line:own]...), inner...), f.Data[c.end:until]...)
		}
		chunks = append(chunks, chunk)
	}
	if movable {
		random.Shuffle(len(chunks), func(i, j int) { chunks[i], chunks[j] = chunks[j], chunks[i] })
	}
	return bytes.Join(chunks, nil)
}

func endOfLines(f *source.File, s source.Span) int {
	return min(f.LineSpan(f.LineAt(max(s.Start, s.End-1))).End+1, len(f.Data))
}
