package lsp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// largeRule has as many values as the largest rules that are published: some thousands of hashes.
func largeRule(values int) string {
	var b strings.Builder
	b.WriteString("title: Known Files\nid: 6f1f7c3e-5a53-4b3f-9a52-0f5f6e0b8c11\nstatus: test\ndescription: Finds files by their hashes\nlogsource:\n    product: windows\n    category: driver_load\n")
	b.WriteString("detection:\n    selection:\n        Hashes|contains:\n")
	for i := range values {
		fmt.Fprintf(&b, "            - 'MD5=%032x'\n", i*7919+1)
	}
	b.WriteString("    condition: selection\nlevel: high\n")
	return b.String()
}

// largestPublished is the rule of the corpus with the most bytes.
func largestPublished(t testing.TB) string {
	var largest []byte
	for _, f := range corpustest.Open(t).LiveRules(t) {
		if len(f.Data) > len(largest) {
			largest = f.Data
		}
	}
	return string(largest)
}

// keystroke types one letter and waits for the first diagnostics of that version.
func (c *client) keystroke(uri string) time.Duration {
	c.t.Helper()
	start := time.Now()
	c.replace(uri, "description: ", "description: x")
	c.settled(uri, "the version is judged", func([]diagnostic) bool { return true })
	return time.Since(start)
}

// BenchmarkKeystroke is the time from a letter to the first diagnostics of the text with it, over the whole protocol.
func BenchmarkKeystroke(b *testing.B) {
	for _, row := range []struct{ name, text string }{{"usual", openFiles}, {"large", largeRule(3000)}, {"largest published", largestPublished(b)}} {
		b.Run(row.name, func(b *testing.B) {
			c := connect(b, "", nil)
			uri := c.open("/rules/"+row.name+".yml", row.text)
			c.settled(uri, "it is judged", func([]diagnostic) bool { return true })
			for b.Loop() {
				c.keystroke(uri)
			}
			c.leave()
		})
	}
}

// TestDiagnosticsDoNotWaitForProofs types into a rule with thousands of values: the first diagnostics of a version come without the proofs, and no result of an
// earlier version comes after them.
func TestDiagnosticsDoNotWaitForProofs(t *testing.T) {
	c := connect(t, "", nil)
	uri := c.open("/rules/large.yml", largeRule(1500))
	c.settled(uri, "it is judged", func([]diagnostic) bool { return true })
	for range 10 {
		c.keystroke(uri)
	}
	c.leave()
	c.mu.Lock()
	defer c.mu.Unlock()
	last := 0
	for _, p := range c.published[uri] {
		if p.Version == nil || *p.Version < last {
			t.Fatalf("version %v is published after %d", p.Version, last)
		}
		last = *p.Version
	}
	if last != c.versions[uri] {
		t.Errorf("the last version that is published is %d of %d", last, c.versions[uri])
	}
}
