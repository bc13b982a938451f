package match

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// checkLines holds what Lines makes of a line against what ParseEvent and encoding/json make of it. It reports whether Lines took it.
func checkLines(t testing.TB, l *Lines, line string, matchers []*Matcher) bool {
	t.Helper()
	got, ok := l.Event(line, 0)
	if !ok {
		return false
	}
	want, err := ParseEvent([]byte(line))
	if err != nil {
		t.Fatalf("Lines takes what ParseEvent refuses (%v): %q", err, line)
	}
	for i, m := range matchers { // before anything asks for the whole tree
		if g, w := m.Match(got), m.Match(want); g != w {
			t.Fatalf("rule %d: %v on the scanned event, %v on the parsed one: %q", i, g, w, line)
		}
	}
	for _, name := range []string{"f", "d.e", "d.e.f", "a.b", "", "x.y", "nowhere"} {
		if g, w := got.lookup(name, isDotted(name)), want.lookup(name, isDotted(name)); !sameValue(g, w) {
			t.Fatalf("%s: scanned %+v, parsed %+v: %q", name, g, w, line)
		}
	}
	if !sameValue(got.object(), want.root) {
		t.Fatalf("the trees differ: %q", line)
	}
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Fields(), fields) {
		t.Fatalf("fields %v, decoded %v: %q", got.Fields(), fields, line)
	}
	n, plain := got.Members()
	if n != len(fields) {
		t.Fatalf("%d members of %d fields: %q", n, len(fields), line)
	}
	for i := range n {
		switch m := got.Member(i); m.Kind {
		case List, Object:
			if plain {
				t.Fatalf("a plain event with %s nested: %q", m.Name, line)
			}
		case Text:
			if fields[m.Name] != m.Text {
				t.Fatalf("%s is %q, decoded %v: %q", m.Name, m.Text, fields[m.Name], line)
			}
		}
	}
	return true
}

func TestLinesTakesFieldsThatAreAdded(t *testing.T) {
	l := NewLines(func(key string) bool { return key == "Event" })
	if _, ok := l.Event(`{"Event": 1}`, 0); ok {
		t.Error("a key that stops is taken")
	}
	e, ok := l.Event(`{"Hashes": "MD5=ABC", "n": 5, "none": null, "d": {"e": ["x"]}}`, 1)
	if !ok {
		t.Fatal("not taken")
	}
	e.With("md5", "ABC")
	e.With("Hashes", "other")
	for body, want := range map[string]bool{"md5: abc": true, "Hashes: MD5=ABC": true, "Hashes: other": false, "n: 5": true, "d.e: x": true, "none: null": true} {
		if got := compile(t, selectionRule(body)).Match(e); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
	if m, ok := e.Find("md5"); !ok || m.Kind != Text || m.Text != "ABC" {
		t.Errorf("md5 is %+v", m)
	}
}

// An event with more members than are looked through.
func TestLinesOfManyMembers(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"f": "a"`)
	for i := range 2 * fewMembers {
		b.WriteString(`, "x` + strings.Repeat("y", i) + `": {"e": 1}`)
	}
	b.WriteString(`}`)
	if !checkLines(t, NewLines(nil), b.String(), []*Matcher{compile(t, selectionRule("f: a\nxy.e: 1"))}) {
		t.Error("not taken")
	}
}

func BenchmarkLines(b *testing.B) {
	l := NewLines(nil)
	line := strings.ReplaceAll(benchEvent, "\n", "")
	m := compile(b, benchRule)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		e, ok := l.Event(line, 0)
		if !ok {
			b.Fatal("not taken")
		}
		m.Match(e)
	}
}
