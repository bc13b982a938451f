package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
)

// alone is what each matcher finds by itself: what a Reader has to agree with.
func alone(matchers []*Matcher, e *Event) []int {
	hits := []int{}
	for i, m := range matchers {
		if m.Match(e) {
			hits = append(hits, i)
		}
	}
	return hits
}

// agrees holds a reader against the matchers, for a line and for the event parsed from it. It reports how many matched, and whether Scan took the line.
func agrees(t testing.TB, r *Reader, matchers []*Matcher, line string) (hits int, scanned bool) {
	t.Helper()
	e, err := ParseEvent([]byte(line))
	if scanned = r.Scan(line); scanned && err != nil {
		t.Fatalf("Scan takes what ParseEvent refuses (%v): %q", err, line)
	}
	if err != nil {
		return 0, scanned
	}
	asked := matchers
	if len(asked) > 100 {
		asked = nil // a few are enough
	}
	checkLines(t, NewLines(nil), line, asked)
	want := alone(matchers, e)
	if scanned {
		if got := r.Hits(); !slices.Equal(got, want) {
			t.Fatalf("scanned: rules %v, alone %v: %s", got, want, line)
		}
	}
	r.Take(e)
	if got := r.Hits(); !slices.Equal(got, want) {
		t.Fatalf("taken: rules %v, alone %v: %s", got, want, line)
	}
	return len(want), scanned
}

// manyKinds are rules with every kind of test, whose literals the texts of `random` are made of.
func (r random) rule() string {
	item := func() string {
		field := []string{"f", "g", "h", "d.e", "d.e.f", "d", "message"}[r.Intn(7)]
		switch r.Intn(14) {
		case 0:
			return field + ": null"
		case 1:
			return field + "|exists: " + []string{"true", "false"}[r.Intn(2)]
		case 2:
			return field + ": " + []string{"1", "4625", "-1", "1.0"}[r.Intn(4)]
		case 3:
			return field + ": true"
		case 4:
			return field + "|re: " + quoteYAML([]string{"a+b", "(ab|ba)k", "^a", "(?i)ék", "[ab]{2}", "a*", "b?s", "k(a|)b"}[r.Intn(8)])
		case 5:
			return field + "|gt: 3"
		case 6:
			return field + "|fieldref: " + []string{"f", "g", "d.e"}[r.Intn(3)]
		case 7:
			return field + "|cidr: 10.0.0.0/8"
		case 8:
			return field + "|contains|all:\n    - " + quoteYAML(r.text(2)+"a") + "\n    - " + quoteYAML(r.text(2)+"b")
		}
		key := field
		for _, m := range r.modifiers() {
			key += "|" + m
		}
		if r.Intn(6) == 0 {
			key += "|neq"
		}
		out := key + ":"
		for range 1 + r.Intn(4) {
			out += "\n    - " + quoteYAML(r.value()+r.text(3))
		}
		return out
	}
	body := "a:\n  " + item() + "\n  " + "z" + "|exists: false\nb:\n  " + item() + "\nc:\n  - " + quoteYAML(r.text(4)+"a") + "\n  - " + quoteYAML(r.text(3)+"b") + "\nl:\n"
	body += "  - " + item() + "\n  - " + item() + "\n"
	return body + "condition: " + []string{"a", "b", "a and b", "a or b", "a and not b", "not a", "c", "a and c", "1 of *", "all of *", "l", "l and not c", "a or c"}[r.Intn(13)]
}

// value of a random event.
func (r random) json(depth int) string {
	switch n := r.Intn(12); {
	case n == 0:
		return []string{"1", "4625", "4625.0", "-1", "1e0", "-0", "0.10"}[r.Intn(7)]
	case n == 1:
		return []string{"true", "false", "null"}[r.Intn(3)]
	case n == 2 && depth > 0:
		var items []string
		for range r.Intn(4) {
			items = append(items, r.json(depth-1))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case n <= 4 && depth > 0:
		return r.object(depth - 1)
	}
	return r.quoted(r.text(8))
}

// quoted writes a text with escapes where they are needed, and some where they are not.
func (r random) quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case r.Intn(12) == 0 && c < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, c)
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '/' && r.Intn(2) == 0:
			b.WriteString(`\/`)
		case c == '\n':
			b.WriteString(`\n`)
		default:
			b.WriteRune(c)
		}
	}
	if r.Intn(40) == 0 {
		b.WriteString([]string{`\ud83d\ude00`, `\ud83d`, `\ude00x`, `\ud83d\u0041`, "\x80", "\u00e9\u00c9", `\b\f\r\t`}[r.Intn(7)])
	}
	b.WriteByte('"')
	return b.String()
}

func (r random) object(depth int) string {
	blank := func() string { return []string{"", "", " ", "\t"}[r.Intn(4)] }
	var b strings.Builder
	b.WriteString("{" + blank())
	for i := range r.Intn(6) {
		if i > 0 {
			b.WriteString("," + blank())
		}
		name := []string{"f", "g", "h", "d", "e", "d.e", "e.f", "x", "y", "message", "_raw", "\\u0066"}[r.Intn(12)]
		b.WriteString(`"` + name + `"` + blank() + ":" + blank() + r.json(depth))
	}
	b.WriteString(blank() + "}")
	return b.String()
}

func TestASetFindsWhatItsMatchersFind(t *testing.T) {
	r := random{rand.New(rand.NewSource(3))}
	hits, scanned, lines := 0, 0, 0
	for range 60 {
		var matchers []*Matcher
		for range 2 + r.Intn(40) {
			matchers = append(matchers, compile(t, detectionRule(r.rule())))
		}
		reader := NewSet(matchers).Reader(ReaderOptions{Fields: []string{"y"}})
		for range 150 {
			line := r.object(2)
			if r.Intn(10) == 0 { // broken
				line = line[:r.Intn(len(line))] + []string{"", "x", `"`, "}"}[r.Intn(4)]
			}
			h, s := agrees(t, reader, matchers, line)
			if hits += h; s {
				scanned++
			}
			lines++
		}
	}
	t.Logf("%d lines, %d scanned, %d hits", lines, scanned, hits)
	if scanned < lines/2 || hits < lines {
		t.Errorf("of %d lines %d are scanned, with %d hits: too few to prove much", lines, scanned, hits)
	}
}

// What Scan takes has the fields that ParseEvent finds.
func checkScan(t testing.TB, r *Reader, line string) bool {
	t.Helper()
	e, err := ParseEvent([]byte(line))
	taken := r.Scan(line)
	if checkLines(t, NewLines(nil), line, r.set.matchers) != taken {
		t.Fatalf("Scan and Lines do not take the same: %q", line)
	}
	if !taken {
		return false
	}
	if err != nil {
		t.Fatalf("Scan takes what ParseEvent refuses (%v): %q", err, line)
	}
	for _, name := range r.set.Fields() {
		slot := r.view.slots[r.set.slots[name]]
		if want := e.lookup(name, isDotted(name)); !sameValue(slot, want) {
			t.Fatalf("%s: scanned %+v, parsed %+v: %q", name, slot, want, line)
		}
	}
	if !sameValue(r.view.raw, e.raw()) {
		t.Fatalf("the raw message differs: %q", line)
	}
	all := func(v *value) []string {
		var out []string
		v.anyText(func(s string) bool { out = append(out, s); return false })
		slices.Sort(out)
		return out
	}
	if got, want := all(r.view.whole), all(e.root); !slices.Equal(got, want) {
		t.Fatalf("texts %q, parsed %q: %q", got, want, line)
	}
	return true
}

func sameValue(a, b *value) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.kind != b.kind || a.text != b.text || len(a.items) != len(b.items) || len(a.fields) != len(b.fields) {
		return false
	}
	for i := range a.items {
		if !sameValue(a.items[i], b.items[i]) {
			return false
		}
	}
	for name := range a.fields {
		if !sameValue(a.fields[name], b.fields[name]) {
			return false
		}
	}
	return true
}

var scanRule = "s:\n  f: a\n  d.e: b\n  d.e.f: c\n  a.b: d\n  '': e\nk:\n  - word\ncondition: s or k"

func scanReader(t testing.TB) *Reader {
	return NewSet([]*Matcher{compile(t, detectionRule(scanRule))}).Reader(ReaderOptions{})
}

func TestScanReadsJSONAsParseEventDoes(t *testing.T) {
	r := scanReader(t)
	for _, line := range []string{
		`{}`, ` { } `, "\t{\"f\" : \"a\" ,\r\n \"g\":[ ]}", `{"f":"\u0061\ud83d\ude00\ud83d\u00e9\"\/\b"}`, `{"f":-0.0e+1}`, `{"f":1E400}`, `{"f":null,"d":{"e":{"f":1}}}`,
		`{"d":{"e.f":1,"e":2}}`, `{"d":[{"e":1},{"e":[2]},3]}`, `{"d.e":null,"d":{"e":1}}`, `{"":{"":1}}`, `{"a":{"b":true},"message":"x"}`, `{"message":5,"event":{"original":"r"}}`,
		`{"f":"é","\u00e9":1}`, `{"d":{"e":1,"e":{"f":2}}}`,
	} {
		if !checkScan(t, r, line) {
			t.Errorf("left to ParseEvent: %s", line)
		}
	}
	for _, line := range []string{
		``, ` `, `1`, `[]`, `{`, `{"f"}`, `{"f":}`, `{"f":1,}`, `{"f":1}}`, `{"f":01}`, `{"f":-}`, `{"f":1.}`, `{"f":1e}`, `{"f":tru}`, `{"f":"a}`, `{"f":"\x"}`, `{"f":"\u00g0"}`,
		"{\"f\":\"a\nb\"}", "{\"x\":\"\x1f\"}", `{"x":[1,]}`, `{"x":[1 2]}`, `{"x":{"a"}}`, `{"f":1,"f":2}`, `{"x":1,"\u0078":2}`, "{\"x\":\"\xff\"}", `{"x":` + strings.Repeat("[", 110) + strings.Repeat("]", 110) + "}", "\ufeff{}",
	} {
		if checkScan(t, r, line) {
			t.Errorf("taken: %s", line)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{`{"f":"a\u0062","d":{"e":[1,{"f":null}]},"message":"x"}`, `{"f":1,"f":2}`, "{\"a\":{\"b\":\"\xff\"}}", `{"d.e":-1.5e3,"":""}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) { checkScan(t, scanReader(t), line) })
}

func TestAReaderKeepsNothingOfTheEventBefore(t *testing.T) {
	matchers := []*Matcher{compile(t, selectionRule("f: a")), compile(t, selectionRule("d.e: b")), compile(t, selectionRule("f: null")), compile(t, detectionRule("k:\n  - word\ncondition: k"))}
	r := NewSet(matchers).Reader(ReaderOptions{})
	for _, line := range []string{`{"f":"a","d":{"e":"b"},"x":"word"}`, `{}`, `{"x":"A"}`, `{"f":null}`, `{"f":"A","x":{"y":["a word"]}}`, `{"f":"a","f":"b"}`, `{"d":{"e":"B"}}`} {
		agrees(t, r, matchers, line)
	}
}

func TestAddedFieldsAndKeysThatStop(t *testing.T) {
	r := NewSet([]*Matcher{compile(t, selectionRule("md5: abc")), compile(t, detectionRule("k:\n  - needle\ncondition: k"))}).
		Reader(ReaderOptions{Fields: []string{"Hashes"}, Stop: func(key string) bool { return key == "Event" }})
	if r.Scan(`{"Event": 1}`) {
		t.Error("a key that stops is scanned")
	}
	if !r.Scan(`{"Hashes": "MD5=ABC"}`) {
		t.Fatal("not scanned")
	}
	if text, ok := r.Text("Hashes"); !ok || text != "MD5=ABC" {
		t.Errorf("Hashes is %q", text)
	}
	r.Add("md5", "ABC")
	r.Add("other", "a needle")
	if got := r.Hits(); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("rules %v", got)
	}
	if !r.Seen("md5") || r.Seen("nowhere") {
		t.Error("what was seen is wrong")
	}
}

// All published rules on the events of the corpus, with the index and one by one.
func TestPublishedRulesAsASet(t *testing.T) {
	matchers := publishedSet(t)
	s := NewSet(matchers)
	r := s.Reader(ReaderOptions{})
	lines := recordedLines(t)
	hits, scanned, events := 0, 0, 0
	one := func(line string) {
		h, ok := agrees(t, r, matchers, line)
		hits += h
		events++
		if ok {
			scanned++
		}
	}
	for i := 0; i < len(lines); i += 5 { // one by one is what takes the time
		one(lines[i])
	}
	for _, f := range corpustest.Open(t).Archive(t, "sigmahq/regression_data.tar.gz", func(p string) bool { return path.Ext(p) == ".json" }) {
		decoder := json.NewDecoder(bytes.NewReader(f.Data))
		for {
			var dump map[string]any
			if err := decoder.Decode(&dump); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Path, err)
			}
			line, err := json.Marshal(flatten(dump))
			if err != nil {
				t.Fatal(err)
			}
			one(string(line))
		}
	}
	t.Logf("%d rules (%d of them put to every event), %d events (%d scanned), %d hits: the index and the rules alone agree", len(matchers), s.Always(), events, scanned, hits)
}

// Rules with keywords look into every text; the index has to as well.
func TestLinuxRulesAsASetOnRawMessages(t *testing.T) {
	var matchers []*Matcher
	for _, m := range publishedSet(t) {
		if m.env.fields.keywords {
			matchers = append(matchers, m)
		}
	}
	r := NewSet(matchers).Reader(ReaderOptions{})
	x := random{rand.New(rand.NewSource(4))}
	hits := 0
	for _, m := range matchers {
		for _, d := range m.rule.Detection.Named {
			d.Block.Each(func(i *rules.Item) {
				for _, v := range i.Values {
					text := x.quoted("begin " + strings.ToUpper(v.Text) + " end")
					for _, line := range []string{`{"message": ` + text + `}`, `{"a": {"b": [1, ` + text + `]}, "x": 5}`, `{"_raw": "none", "x": ` + text + `}`} {
						h, _ := agrees(t, r, matchers, line)
						hits += h
					}
				}
			})
		}
	}
	t.Logf("%d rules, %d hits", len(matchers), hits)
}
