package rules

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/source"
)

func TestEncodingsAreBounded(t *testing.T) {
	for _, tc := range []struct {
		encodings int
		fragments int // 0: refused
	}{{1, 3}, {2, 9}, {maxEncodings, 729}, {maxEncodings + 1, 0}, {60, 0}} {
		text := "title: T\ndetection:\n  s:\n    f" + strings.Repeat("|base64offset", tc.encodings) + "|contains: foobarbaz\n  condition: s\n"
		documents, _ := Parse(source.Parse("t.yml", []byte(text), source.Limits{}))
		r := documents[0].(*Rule)
		test := r.Detection.Named[0].Block.Items[0].Tests[0]
		switch {
		case tc.fragments > 0 && len(test.Patterns) != tc.fragments:
			t.Errorf("%d encodings: %d fragments, want %d", tc.encodings, len(test.Patterns), tc.fragments)
		case tc.fragments == 0 && (test.Kind != InvalidTest || r.Detection.Evaluable() == nil || len(r.Problems) != 1):
			t.Errorf("%d encodings: not refused: %v", tc.encodings, r.Problems)
		}
	}
}
