package source

import (
	"strings"
	"testing"
)

// The documents up to the limit are read, and one problem says where the rest begins: in a stream without errors, and in one that is read piece by
// piece because of an error.
func TestAFileIsReadUpToSoManyDocuments(t *testing.T) {
	for _, c := range []struct {
		name, text string
		documents  int
		line       int // of the problem, 0 for none
	}{
		{"as many as may be", strings.Repeat("---\na: b\n", 3), 3, 0},
		{"one more", strings.Repeat("---\na: b\n", 4), 3, 7},
		{"many more", strings.Repeat("---\na: b\n", 400), 3, 7},
		{"with a syntax error", "---\na: 'b\n" + strings.Repeat("---\na: b\n", 4), 3, 7},
	} {
		f := Parse("x.yml", []byte(c.text), Limits{Documents: 3})
		if len(f.Documents) != c.documents {
			t.Errorf("%s: %d documents, want %d", c.name, len(f.Documents), c.documents)
		}
		line := 0
		for _, p := range f.Problems {
			if p.Kind == KindLimit {
				line = f.LineAt(p.Span.Start)
			}
		}
		if line != c.line {
			t.Errorf("%s: the limit is told on line %d, want %d: %v", c.name, line, c.line, f.Problems)
		}
	}
}
