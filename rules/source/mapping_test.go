package source

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// rounds of random values per style and line end; 57,000 in the measurement of spec/yaml-positions.md section 4.2.
const rounds = 400

var alphabet = []string{"a", "b", "é", "😀", " ", "  ", "'", "''", `"`, `\`, `\\`, "\n", "\n\n", "#", ": ", "-", "*", "%", "\t", "x", "word"}

func randomValue(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(14) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// writers write a value in one style below a key at column 1; ok is false for values that the style cannot hold.
var writers = []struct {
	name  string
	style Style
	write func(value string) (text string, ok bool)
}{
	{"plain", Plain, func(v string) (string, bool) {
		v = strings.Trim(v, " \t\n")
		if v == "" || strings.ContainsAny(v[:1], `'"*%#-&!|>@`+"`:?[]{},") || strings.Contains(v, ": ") || strings.Contains(v, "#") ||
			strings.Contains(v, "\t") || strings.HasSuffix(v, ":") {
			return "", false
		}
		return strings.ReplaceAll(v, "\n", "\n\n  "), true
	}},
	{"single quotes", SingleQuoted, func(v string) (string, bool) {
		if strings.Contains(v, "\n") {
			v = strings.ReplaceAll(v, "\n", "\n\n  ")
		}
		return "'" + strings.ReplaceAll(v, "'", "''") + "'", true
	}},
	{"double quotes", DoubleQuoted, func(v string) (string, bool) {
		v = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "é", `\xe9`, "😀", `\U0001F600`, "word", "wo\\\n    rd").Replace(v)
		return `"` + v + `"`, true
	}},
	{"literal", Literal, func(v string) (string, bool) {
		if strings.TrimLeft(v, " \n") == "" || strings.Contains(v, "\t") {
			return "", false
		}
		return "|2-\n  " + strings.ReplaceAll(v, "\n", "\n  "), true
	}},
	{"folded", Folded, func(v string) (string, bool) {
		v = strings.Trim(v, " \n\t")
		if v == "" || strings.Contains(v, "\t") {
			return "", false
		}
		return ">+\n  " + strings.ReplaceAll(v, "\n", "\n  ") + "\n", true
	}},
}

// Every byte of a decoded value maps to the bytes that made it, in every style and with every line end.
func TestRandomValuesMapToTheirSource(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, w := range writers {
		for _, eol := range []string{"\n", "\r\n"} {
			tried := 0
			for range rounds {
				text, ok := w.write(randomValue(r))
				if !ok {
					continue
				}
				for _, shape := range []string{"é: %s\nz: end\n", "a:\n- 'ü'\n- &anchor %s\n- end\n", "k: !!str %s\n"} {
					source := strings.ReplaceAll(fmt.Sprintf(shape, text), "\n", eol)
					f := Parse("", []byte(source), Limits{})
					if len(f.Problems) > 0 {
						continue // the alphabet makes texts that are no value of this style
					}
					n := find(f.Documents[0].Root, w.style)
					if n == nil {
						continue
					}
					tried++
					checkMapping(t, f, n, source)
				}
			}
			if tried < rounds/4 {
				t.Errorf("%s: only %d values were tried", w.name, tried)
			}
		}
	}
}

// find is the scalar that was written: the one of the style, for plain text not the fillers.
func find(n *Node, style Style) (found *Node) {
	n.Walk(func(_ string, n *Node) bool {
		if n.Kind == Scalar && n.Style == style && n.Value != "end" && (found == nil || style == Plain) {
			if n.Value != "ü" {
				found = n
			}
		}
		return true
	})
	return found
}

func checkMapping(t *testing.T, f *File, n *Node, source string) {
	t.Helper()
	if !n.Mapped() {
		t.Fatalf("not mapped: %q in %q", n.Value, source)
	}
	last := 0
	for i := 0; i < len(n.Value); {
		_, size := utf8.DecodeRuneInString(n.Value[i:])
		at := n.Range(i, i+size)
		if !n.Span.Contains(at) || at.Start < last {
			t.Fatalf("byte %d of %q maps to %v outside %v in %q", i, n.Value, at, n.Span, source)
		}
		last = at.Start
		want, got := n.Value[i:i+size], f.Text(at)
		if !strings.HasPrefix(got, want) && !explains(want, got) {
			t.Fatalf("byte %d of %q is %q, mapped to %q in %q", i, n.Value, want, got, source)
		}
		i += size
	}
	if whole := n.Range(0, len(n.Value)); !n.Span.Contains(whole) {
		t.Fatalf("the whole value of %q maps to %v outside %v", n.Value, whole, n.Span)
	}
}

// explains reports that a decoded character may stand for a source text: a fold, a doubled quote, an escape.
func explains(decoded, source string) bool {
	switch {
	case decoded == " " || decoded == "\n":
		return strings.Trim(source, " \t\r\n") == "" || strings.HasPrefix(source, `\n`) || strings.HasPrefix(source, "\\\n") || strings.HasPrefix(source, "\\\r\n")
	case decoded == "'":
		return source == "''"
	}
	return strings.HasPrefix(source, `\`)
}

func TestLineIndexRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", "é", "😀", "\t", " ", "\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029", "\xff", "\xc3", "#: "}
	for range 2000 {
		var b strings.Builder
		if r.IntN(3) == 0 {
			b.WriteString("\ufeff")
		}
		for range r.IntN(20) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		f := newFile("", []byte(b.String()))
		for o := f.starts[0]; o <= len(f.Data); {
			pos := f.Pos(o)
			if got := f.Offset(pos.Line, pos.Column); got != o {
				t.Fatalf("%q: offset %d is %+v is offset %d", b.String(), o, pos, got)
			}
			if line := f.LineSpan(pos.Line); o < line.Start {
				t.Fatalf("%q: offset %d before its line %v", b.String(), o, line)
			}
			_, n := utf8.DecodeRune(f.Data[o:])
			if n == 0 {
				break
			}
			o += n
			if o < len(f.Data) && f.Data[o-1] == '\r' && f.Data[o] == '\n' {
				o++ // inside a CRLF there is no place
			}
		}
		for _, bad := range []int{-1, 1 << 30} {
			f.Pos(bad)
			f.Offset(bad, bad)
			f.LineSpan(bad)
		}
	}
}

func FuzzSource(f *testing.F) {
	for _, m := range mistakes {
		f.Add([]byte(m.text))
	}
	f.Add([]byte("a: &x [*x, {b: |2-\n   c\n, d}]\n---\n? e\n: <<: *x\n"))
	f.Add([]byte("\ufeffa: \"\\u00e9\\\n  b\"\r\nc: 'd''e\n\n  f'\r"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := Parse("", data, Limits{Bytes: 1 << 16})
		within := func(s Span, what string) {
			if s.Start < 0 || s.End < s.Start || s.End > len(data) {
				t.Fatalf("%s stands at %v of %d bytes", what, s, len(data))
			}
		}
		for _, p := range file.Problems {
			within(p.Span, p.Kind)
			if p.Message == "" {
				t.Fatal("a problem without a message")
			}
			for _, r := range p.Related {
				within(r.Span, "related")
			}
			if p.Fix != nil {
				for _, e := range p.Fix.Edits {
					within(e.Span, "an edit")
				}
			}
		}
		last := -1
		for _, c := range file.Comments() {
			within(c.Span, "a comment")
			if c.Span.Start <= last {
				t.Fatal("comments out of order")
			}
			last = c.Span.Start
		}
		for _, d := range file.Documents {
			within(d.Span, "a document")
			d.Root.Walk(func(_ string, n *Node) bool {
				within(n.Span, "a node")
				if n.Kind == Scalar {
					for i := 0; i <= len(n.Value); i += 1 + i/8 {
						if at := n.Range(i, len(n.Value)); !n.Span.Contains(at) {
							t.Fatalf("a range at %v outside its node %v", at, n.Span)
						}
					}
				}
				return true
			})
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := []byte(strings.Repeat("title: T # c\ndetection:\n  sel:\n    Image|endswith:\n      - '\\a.exe'\n      - \"b\\tc\"\n  condition: >-\n    sel\n    and sel\n---\n", 10))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Parse("", text, Limits{})
	}
}

func BenchmarkLocate(b *testing.B) {
	text := []byte(strings.Repeat("k:\n  - a\n", 60) + "x: 'open\n" + strings.Repeat("k:\n  - a\n", 60))
	for b.Loop() {
		Parse("", text, Limits{})
	}
}
