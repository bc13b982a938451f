package editor

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/edit"
)

func TestEditsTurnOneTextIntoAnother(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	text := func() string {
		var b strings.Builder
		for range random.Intn(12) {
			b.WriteString(string(rune('a' + random.Intn(4))))
			if random.Intn(6) > 0 {
				b.WriteByte('\n')
			}
		}
		return b.String()
	}
	for range 3000 {
		before, after := text(), text()
		out, err := edit.Apply([]byte(before), Edits([]byte(before), []byte(after)))
		if err != nil || string(out) != after {
			t.Fatalf("%q to %q gives %q, %v", before, after, out, err)
		}
	}
	if got := Edits([]byte("a\nb\n"), []byte("a\nb\n")); len(got) != 0 {
		t.Errorf("equal texts give %v", got)
	}
	if got := Edits([]byte("a\nb\nc\nd\ne\n"), []byte("a\nB\nc\nD\ne\n")); len(got) != 2 {
		t.Errorf("two lines give %v", got)
	}
}
