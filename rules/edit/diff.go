package edit

import (
	"bytes"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff is the unified diff of two texts with three lines of context, as `patch -p1` and `git apply` read it. Names are given
// without the prefixes a/ and b/. Equal texts give "".
func Diff(oldName, newName string, before, after []byte) string {
	d := diff.Diff("a/"+oldName, before, "b/"+newName, after)
	// The package writes a line of its own above the two headers.
	if i := bytes.IndexByte(d, '\n'); i >= 0 && bytes.HasPrefix(d, []byte("diff ")) {
		d = d[i+1:]
	}
	return string(d)
}
