package source

import (
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// Every scalar of SigmaHQ's rules maps back to its exact source text: 217,189 of them in live and legacy rules
// (spec/yaml-positions.md section 4.2).
func TestEveryScalarOfTheCorpusIsMapped(t *testing.T) {
	corpus := corpustest.Open(t)
	files := append(corpus.LiveRules(t), corpus.LegacyRules(t)...)
	scalars := 0
	for _, file := range files {
		f := Parse(file.Path, file.Data, Limits{})
		for _, p := range f.Problems {
			t.Errorf("%s: %s: %s", file.Path, p.Kind, p.Message)
		}
		for _, d := range f.Documents {
			scalars += checkScalars(t, f, d.Root)
		}
	}
	t.Logf("%d files, %d scalars", len(files), scalars)
}

func checkScalars(t *testing.T, f *File, n *Node) (count int) {
	t.Helper()
	if n == nil {
		return 0
	}
	if n.Kind == Scalar {
		if !n.Mapped() {
			t.Errorf("%s:%v: %q is not mapped", f.Path, f.Pos(n.Span.Start), n.Value)
		}
		for i := range len(n.Value) {
			at := n.Range(i, i+1)
			if got := f.Data[at.Start]; n.Style == Plain && got != n.Value[i] && n.Value[i] != ' ' && n.Value[i] != '\n' {
				t.Errorf("%s:%v: byte %d of %q maps to %q", f.Path, f.Pos(n.Span.Start), i, n.Value, got)
				break
			}
			if !n.Span.Contains(at) {
				t.Errorf("%s: byte %d of %q maps outside its node", f.Path, i, n.Value)
				break
			}
			if n.verbatim {
				break
			}
		}
		return 1
	}
	for _, e := range n.Entries {
		count += checkScalars(t, f, e.Key) + checkScalars(t, f, e.Value)
	}
	for _, item := range n.Items {
		count += checkScalars(t, f, item)
	}
	return count
}
