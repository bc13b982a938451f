package evidence

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// sameRecord holds a record of a line that was not decoded against the decoded one.
func sameRecord(t testing.TB, o Options, text string, matchers ...*match.Matcher) (plain bool) {
	t.Helper()
	n := newNaming(o)
	got := n.keepsNames(text)
	if got == nil {
		return false
	}
	want, err := n.decoded([]byte(text))
	if err != nil {
		t.Fatalf("what is refused (%v) is taken: %s", err, text)
	}
	if g, w := got.Time(), want.Time(); !g.Equal(w) || got.Host() != want.Host() || got.User() != want.User() {
		t.Fatalf("%v %q %q, decoded %v %q %q: %s", g, got.Host(), got.User(), w, want.Host(), want.User(), text)
	}
	for i, m := range matchers {
		if g, w := m.Match(got.Event), m.Match(want.Event); g != w {
			t.Fatalf("rule %d: %v, decoded %v: %s", i, g, w, text)
		}
	}
	if e := got.Plain(); e != nil {
		members, _ := e.Members()
		if members != len(want.Fields()) {
			t.Fatalf("%d members, decoded %d fields: %s", members, len(want.Fields()), text)
		}
	}
	if !reflect.DeepEqual(got.Fields(), want.Fields()) || !reflect.DeepEqual(got.Event.Fields(), want.Event.Fields()) {
		t.Fatalf("fields %v, decoded %v: %s", got.Fields(), want.Fields(), text)
	}
	return true
}

func TestRecordsOfPlainLines(t *testing.T) {
	process := Options{Logsource: taxonomy.Key{Product: "windows", Category: "process_creation"}}
	for _, text := range []string{
		`{}`, `{"Image": "C:\\a.exe", "n": 5, "b": true, "x": null}`, `{"Hashes": "MD5=A, SHA256=B,IMPHASH=C"}`, `{"md5": "a", "SHA256": "b"}`, `{"md5": ""}`, `{"Hashes": "none"}`,
		`{"a": {"b": 1, "c.d": 2, "c": {"d": 3}}, "a.b": 4, "l": [{"m": 1}, [2], {"m": [3]}], "e": {}}`, `{"UtcTime": "2026-03-04 10:11:12.345", "Computer": "-", "host": {"name": "h"}, "User": 5}`,
		`{"a": "\u0041\ud83d\ude00\ud83d\u0000"}`, `{"n": 123456789012345678901234567890e-400}`,
	} {
		for _, o := range []Options{{}, process} {
			if !sameRecord(t, o, text) {
				t.Errorf("not taken: %s", text)
			}
		}
	}
	for _, text := range []string{`{"Hashes": 5}`, `{"md5": ["a"]}`, `{"a": 1, "a": 2}`, `{"winlog": {}}`, `{"Event": 1}`, `null`, `[]`, `{"a": "` + "\xff" + `"}`, `{"a": 1} x`} {
		if sameRecord(t, Options{}, text) {
			t.Errorf("taken: %s", text)
		}
	}
}

func FuzzPlainRecord(f *testing.F) {
	for _, in := range judgeInputs {
		f.Add(in)
	}
	f.Add(`{"Hashes": "MD5=A", "sha1": "b", "UtcTime": "2026-03-04 10:11:12.345"}`)
	matchers, _ := judgeSet(f, true)
	f.Fuzz(func(t *testing.T, in string) { sameRecord(t, Options{}, in, matchers...) })
}

// All recorded events of the corpus, those of the recorded attacks and those of the regression data, taken plain and decoded.
func TestPlainRecordsOfTheCorpus(t *testing.T) {
	c := corpustest.Open(t)
	lines, plain := 0, 0
	one := func(text string) {
		if lines++; sameRecord(t, Options{}, text) {
			plain++
		}
	}
	c.Lines(t, "events/otrf_rule_hits.jsonl.gz", func(line json.RawMessage) {
		var row struct{ Event json.RawMessage }
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		one(string(row.Event))
	})
	for _, f := range c.Archive(t, "sigmahq/regression_data.tar.gz", func(p string) bool { return strings.HasSuffix(p, ".json") }) {
		for r := range Read(f.Path, strings.NewReader(string(f.Data)), Options{}).Records() {
			line, err := json.Marshal(r.Fields())
			if err != nil {
				t.Fatal(err)
			}
			one(string(line))
		}
	}
	t.Logf("%d events, %d of them plain", lines, plain)
	if plain < lines/2 {
		t.Errorf("%d of %d events are taken plain", plain, lines)
	}
}

// Ahead gives what Records gives: records, counters, problems, forms, errors.
func TestAheadGivesWhatRecordsGives(t *testing.T) {
	all := func(s *Stream, ahead bool) string {
		var out strings.Builder
		next := s.Records()
		if ahead {
			next = s.Ahead(2)
		}
		for r := range next {
			fmt.Fprintf(&out, "%v %d %s\n", r.Source, r.Source.Number, fieldsText(r.Fields()))
		}
		fmt.Fprintf(&out, "%d %d %v %v\n", s.Read, s.Broken, s.Formats, s.Err())
		for _, p := range s.First {
			fmt.Fprintln(&out, p)
		}
		return out.String()
	}
	many := strings.Repeat("{\"Image\": \"a\"}\n\nnone\n{\"Image\": \"b\", \"x\": {\"y\": 1}}\n", 500)
	for _, in := range append([]string{many, "a,b\n1,2\n", "[{\"a\": 1}, 5, {\"b\": 2}]", "", "{\"a\": 1}\n{\"a\": " + strings.Repeat("5", 5<<20) + "}\n{\"a\": 2}"}, judgeInputs...) {
		got, want := all(Read("f", strings.NewReader(in), Options{}), true), all(Read("f", strings.NewReader(in), Options{}), false)
		if got != want {
			t.Errorf("%.80s\ngot\n%.500s\nwant\n%.500s", in, got, want)
		}
	}
}

// A caller that stops early leaves no goroutine waiting, and a panic while reading is the caller's.
func TestAheadEnds(t *testing.T) {
	many := strings.Repeat("{\"Image\": \"a\"}\n", 100_000)
	n := 0
	for range Read("f", strings.NewReader(many), Options{}).Ahead(2) {
		if n++; n == 10 {
			break
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("the panic is lost")
		}
	}()
	for range Read("f", panicking{}, Options{}).Ahead(2) {
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("by the reader") }

func TestPlainTimesAreThoseOfTheForms(t *testing.T) {
	texts := []string{"2026-03-04 10:11:12", "2026-03-04T10:11:12.5Z", "2026-03-04T10:11:12.123456789", "2026-03-04 10:11:12Z", "2024-02-29 00:00:00", "0000-01-01T00:00:00Z", "2026-03-04 10:11:12.120"}
	for _, s := range texts {
		got, ok := plainTime(s)
		want := time.Time{}
		for _, form := range timeForms {
			var err error
			if want, err = time.Parse(form, s); err == nil {
				break
			}
		}
		if !ok || !got.Equal(want) || got.Location() != want.Location() {
			t.Errorf("%s: %v %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "2026-02-30 10:11:12", "2026-13-01 10:11:12", "2026-03-04 24:11:12", "2026-03-04 10:11:60", "2026-03-04 10:11:12.", "2026-03-04 10:11:12,5", "2026-03-04 10:11:12.1234567890", "2026-03-04 1a:11:12", "2026-03-04 10:11:12+01:00", "2026-03-00 10:11:12"} {
		if got, ok := plainTime(s); ok {
			t.Errorf("%s: read as %v", s, got)
		}
	}
}

func TestAStreamOfFilesIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, []byte("{\"a\": 1}\nnone\n{\"a\": 2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := 0
	o := Options{Detected: func(Detected) { told++ }}
	s, err := Open([]string{path}, o)
	if err != nil {
		t.Fatal(err)
	}
	for r := range s.Ahead(1) {
		if r.Stream() != s {
			t.Error("a record of another stream")
		}
	}
	again := s.Again()
	for range again.Records() {
	}
	if again.Read != 2 || again.Broken != 1 || s.Read != 2 || told != 1 {
		t.Errorf("%d read, %d broken, told %d times", again.Read, again.Broken, told)
	}
	s, err = Open([]string{path, "-"}, o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Again() != nil || Read("f", strings.NewReader(""), o).Again() != nil {
		t.Error("what cannot be read again is")
	}
}
