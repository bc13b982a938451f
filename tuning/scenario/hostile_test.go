package scenario

import (
	"strings"
	"testing"
	"time"
)

func TestHostileInputIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT MEASURED: how long hostile text takes; run without -short")
	}
	for _, piece := range []string{"id:\n", "Scenario: a\n", "<", "(", "\"", "a or ", "\\x y", "a/=", "Filter/Exclusion:", "- ", "title:\nlogsource:\n", "C:\\a b ", "imX\n|\n", "''", "x == y and z or ", "* * * * * "} {
		text := strings.Repeat(piece, maxInput/len(piece))
		start := time.Now()
		d := Read(text)
		for i, s := range d.Scenarios {
			if i < 3 {
				Extract(s, KindProcess)
			}
		}
		const limit = 5 * time.Second // a hundred times what a page of that size needs
		if took := time.Since(start); took > limit {
			t.Errorf("%q repeated took %v", piece, took)
		}
	}
}
