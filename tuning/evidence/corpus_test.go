package evidence

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// Every EVTX file of the published regression sets lies beside what another tool made of it: both must give the same fields.
func TestEVTXReadsWhatTheirJSONSays(t *testing.T) {
	corpus := corpustest.Open(t)
	other := map[string][]byte{}
	var logs []corpustest.File
	for _, f := range corpus.Archive(t, "sigmahq/regression_data.tar.gz", func(p string) bool { return path.Ext(p) == ".json" || path.Ext(p) == ".evtx" }) {
		if path.Ext(f.Path) == ".json" {
			other[f.Path] = f.Data
		} else {
			logs = append(logs, f)
		}
	}
	events, fields := 0, 0
	for _, f := range logs {
		a, b := readAll(t, f.Path, f.Data), readAll(t, f.Path, other[strings.TrimSuffix(f.Path, "evtx")+"json"])
		if len(a) != len(b) {
			t.Errorf("%s: %d events, in the JSON %d", f.Path, len(a), len(b))
			continue
		}
		for i := range a {
			events++
			for name, want := range b[i].Fields() {
				fields++
				if got, want := fmt.Sprint(a[i].Fields()[name]), fmt.Sprint(want); !sameText(got, want) {
					t.Errorf("%s: event %d: %s is %q, in the JSON %q", path.Base(f.Path), i+1, name, got, want)
				}
			}
			for name, v := range a[i].Fields() {
				if _, ok := b[i].Fields()[name]; !ok {
					t.Errorf("%s: event %d: %s (%v) is not in the JSON", path.Base(f.Path), i+1, name, v)
				}
			}
			if a[i].Time().IsZero() || a[i].Host() == "" {
				t.Errorf("%s: event %d has no time or no host", path.Base(f.Path), i+1)
			}
		}
	}
	t.Logf("%d files, %d events, %d fields agree unless said above", len(logs), events, fields)
}

// sameText allows for what the other tool loses, blanks at the end, and for the one file that was edited by hand after it (letter case, and a
// time with more digits than an EVTX file has in it).
func sameText(got, want string) bool {
	const micro = len("2026-03-20T08:31:26.751156")
	if len(got) == micro+1 && len(want) > micro && strings.HasSuffix(want, "Z") {
		got, want = got[:micro], want[:micro]
	}
	return strings.EqualFold(strings.TrimSpace(got), strings.TrimSpace(want))
}

func readAll(t *testing.T, name string, data []byte) []*Record {
	t.Helper()
	s := Read(name, bytes.NewReader(data), Options{})
	var out []*Record
	for r := range s.Records() {
		out = append(out, r)
	}
	for _, p := range s.First {
		t.Errorf("%v", p)
	}
	if s.Err() != nil {
		t.Error(s.Err())
	}
	return out
}
