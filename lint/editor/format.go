package editor

import (
	"bytes"

	"github.com/sigtune/sigtune/rules/source"
)

// Edits are the changes of whole lines that turn one text into another, so that an editor keeps cursors and folds elsewhere.
func Edits(before, after []byte) []source.Edit {
	a, b := bytes.SplitAfter(before, []byte("\n")), bytes.SplitAfter(after, []byte("\n"))
	head := 0
	for head < len(a) && head < len(b) && bytes.Equal(a[head], b[head]) {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && bytes.Equal(a[len(a)-1-tail], b[len(b)-1-tail]) {
		tail++
	}
	a, b = a[head:len(a)-tail], b[head:len(b)-tail]
	at := length(bytes.SplitAfter(before, []byte("\n"))[:head])
	if len(a)*len(b) > maxTable {
		return change(at, a, b)
	}
	same := common(a, b)
	var out []source.Edit
	i, j := 0, 0
	for _, pair := range append(same, [2]int{len(a), len(b)}) {
		out = append(out, change(at, a[i:pair[0]], b[j:pair[1]])...)
		at += length(a[i:pair[0]])
		if i, j = pair[0]+1, pair[1]+1; pair[0] < len(a) {
			at += len(a[pair[0]])
		}
	}
	return out
}

// maxTable bounds the table of common: above it everything between the first and the last change is one change.
const maxTable = 4_000_000

func change(at int, a, b [][]byte) []source.Edit {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	return []source.Edit{{Span: source.Span{Start: at, End: at + length(a)}, New: string(bytes.Join(b, nil))}}
}

func length(lines [][]byte) (n int) {
	for _, l := range lines {
		n += len(l)
	}
	return n
}

// common is a longest row of lines that both texts have in this order, as pairs of indexes.
func common(a, b [][]byte) [][2]int {
	width := len(b) + 1
	longest := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if bytes.Equal(a[i], b[j]) {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case bytes.Equal(a[i], b[j]):
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return out
}
