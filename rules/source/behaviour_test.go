package source

import (
	"strings"
	"testing"
)

// The rows of spec/yaml-positions.md section 1: what yaml.v3 gives, and what comes out of this package.
func TestPlacesOfNodes(t *testing.T) {
	for _, c := range []struct {
		name, text, path string
		line, column     int
		source           string // of the node
		value            string
	}{
		{"columns are code points", "é: ünï\n", "/é", 1, 4, "ünï", "ünï"},
		{"a byte order mark is no column", "\ufeffa: b\n", "/a", 1, 4, "b", "b"},
		{"a tab is one column", "a:\tb\n", "/a", 1, 4, "b", "b"},
		{"CRLF", "a: b\r\nc: d\r\n", "/c", 2, 4, "d", "d"},
		{"lone CR", "a: b\rc: d\r", "/c", 2, 4, "d", "d"},
		{"NEL", "a: b\u0085c: d\n", "/c", 2, 4, "d", "d"},
		{"line separator in a value counts as a line", "a: 'b\u2028c'\nd: e\n", "/d", 3, 4, "e", "e"},
		{"single quotes", "a: 'it''s'\n", "/a", 1, 4, "'it''s'", "it's"},
		{"double quotes", `a: "b\tc"`, "/a", 1, 4, `"b\tc"`, "b\tc"},
		{"a text block", "a: |\n  b\n  c\nd: e\n", "/a", 1, 4, "|\n  b\n  c\n", "b\nc\n"},
		{"a folded block without its last break", "a: >-\n  b\n  c\nd: e\n", "/a", 1, 4, ">-\n  b\n  c\n", "b c"},
		{"a plain value over two lines", "a: b\n  c\nd: e\n", "/a", 1, 4, "b\n  c", "b c"},
		{"an anchor is not part of the node", "a: &x b\n", "/a", 1, 7, "b", "b"},
		{"an anchor on a map", "a: &x\n  b: c\n", "/a", 2, 3, "b: c", ""},
		{"a tag is not part of the node", "a: !!str 5\n", "/a", 1, 10, "5", "5"},
		{"an alias stands at its own place", "a: &x b\nc: *x\n", "/c", 2, 4, "*x", "b"},
		{"a question mark key", "? a\n: b\n", "/a", 2, 3, "b", "b"},
		{"a missing value has no length", "a:\nb: c\n", "/a", 1, 3, "", ""},
		{"a flow list with comments", "a: [b, # c\n  d,\n]\ne: f\n", "/a", 1, 4, "[b, # c\n  d,\n]", ""},
		{"a flow map", "a: {b: c, d: [e]}\n", "/a", 1, 4, "{b: c, d: [e]}", ""},
		{"an empty flow list", "a: [ ]\n", "/a", 1, 4, "[ ]", ""},
		{"a block list begins at its dash", "a:\n- b\n- 'c'\n", "/a", 2, 1, "- b\n- 'c'", ""},
		{"a list item", "a:\n  - b: c\n    d: e\n", "/a/0", 2, 5, "b: c\n    d: e", ""},
		{"paths are escaped", "a/b~c: d\n", "/a~1b~0c", 1, 8, "d", "d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("", []byte(c.text), Limits{})
			n := f.Documents[0].Root.At(c.path)
			if n == nil {
				t.Fatalf("nothing at %s; %v", c.path, f.Problems)
			}
			pos := f.Pos(n.Span.Start)
			if pos.Line != c.line || pos.Column != c.column || n.Text() != c.source || n.Value != c.value {
				t.Errorf("%d:%d %q = %q; want %d:%d %q = %q", pos.Line, pos.Column, n.Text(), n.Value, c.line, c.column, c.source, c.value)
			}
		})
	}
}

func TestColumnsForEditorsAreUTF16(t *testing.T) {
	f := Parse("", []byte("a: '😀é'\n"), Limits{})
	pos := f.Pos(strings.Index("a: '😀é'\n", "é"))
	if pos != (Pos{Line: 1, Column: 6, UTF16: 6}) {
		t.Errorf("%+v", pos)
	}
}

// The scalar types of spec/sigma-semantics.md section 2, as this package reads them.
func TestTypesOfPlainText(t *testing.T) {
	for text, tag := range map[string]string{
		"yes": TagString, "no": TagString, "on": TagString, "y": TagString,
		"true": TagBool, "True": TagBool, "TRUE": TagBool,
		"null": TagNull, "Null": TagNull, "~": TagNull, "": TagNull,
		"0123": TagInt, "0o17": TagInt, "08": TagFloat, "0x1f": TagInt, "0b11": TagInt, "1_000": TagInt,
		"1e3": TagFloat, "12:30": TagString, "4.10": TagFloat,
		"2024-01-02": TagTimestamp, "=": TagString, "'5'": TagString, "!!str 5": TagString,
		"99999999999999999999": TagFloat,
	} {
		f := Parse("", []byte("a: "+text+"\n"), Limits{})
		if got := f.Documents[0].Root.Find("a").Tag; got != tag {
			t.Errorf("%s is %s, want %s", text, got, tag)
		}
	}
}

func TestProblemsOfDocuments(t *testing.T) {
	for _, c := range []struct{ name, text, kind, marked, message string }{
		{"an empty file", "", KindEmptyDocument, "", "holds no document"},
		{"only a comment", "# a\n", KindEmptyDocument, "", "holds no document"},
		{"a marker too many", "a: b\n---\n", KindEmptyDocument, "", "the document is empty"},
		{"a duplicate key", "a: b\nc: d\na: e\n", KindDuplicateKey, "a", "occurs twice"},
		{"a duplicate key, quoted", "a: b\n'a': e\n", KindDuplicateKey, "'a'", "occurs twice"},
		{"a number as key", "a:\n  4688: b\n", KindNonStringKey, "4688", "read as a number"},
		{"a boolean as key", "true: b\n", KindNonStringKey, "true", "read as a boolean"},
		{"null as key", "null: b\n", KindNonStringKey, "null", "read as null"},
		{"a list as key", "? [a]\n: b\n", KindNonStringKey, "[a]", "is not text"},
		{"a cycle", "a: &x\n  b: *x\n", KindSyntax, "&", "contains itself"},
		{"a byte order mark", "\ufeffa: b\n", KindByteOrderMark, "\ufeff", "byte order mark"},
		{"UTF-16", "\xff\xfea\x00", KindEncoding, "\xff\xfe", "UTF-16"},
		{"UTF-16, big end first", "\xfe\xff\x00a", KindEncoding, "\xfe\xff", "UTF-16"},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", KindEncoding, "\xff\xfe\x00\x00", "UTF-32"},
		{"UTF-16 without a mark", "a\x00b\x00", KindEncoding, "\x00", "NUL bytes"},
		{"Latin-1", "a: b\xe9c\n", KindEncoding, "\xe9", "Latin-1"},
		{"a control character", "a: b\x01\n", KindEncoding, "\x01", "U+0001"},
		{"an escape character", "a: '\x1b[31m'\n", KindEncoding, "\x1b", "U+001B"},
		{"a C1 control character", "a: \u0080\n", KindEncoding, "\u0080", "U+0080"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("", []byte(c.text), Limits{})
			if len(f.Problems) != 1 {
				t.Fatalf("%d problems: %v", len(f.Problems), f.Problems)
			}
			p := f.Problems[0]
			if p.Kind != c.kind || f.Text(p.Span) != c.marked || !strings.Contains(p.Message, c.message) {
				t.Errorf("%s at %q: %s", p.Kind, f.Text(p.Span), p.Message)
			}
		})
	}
}

func TestMergeKeys(t *testing.T) {
	f := Parse("", []byte("a: &a\n  x: 1\n  y: 2\nb: &b\n  x: 3\nc:\n  <<: [*a, *b]\n  y: own\n"), Limits{})
	c := f.Documents[0].Root.Find("c")
	var got []string
	for _, e := range c.Entries {
		text := e.Key.Value + "=" + e.Value.Value
		if e.Merged {
			text += " merged"
		}
		got = append(got, text)
	}
	if strings.Join(got, ", ") != "y=own, x=1 merged" {
		t.Errorf("%v", got)
	}
	if len(f.Problems) != 0 {
		t.Errorf("%v", f.Problems)
	}
}

func TestLimits(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := byte('b'); c <= 'i'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 9) + "]\n"
	}
	for _, c := range []struct{ name, text, kind, message string }{
		{"an alias bomb", bomb, KindLimit, "after expanding aliases"},
		{"deep brackets", "a: " + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "\n", KindLimit, "deeper than 64"},
		{"deeper than the library goes", "a: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "\n", KindSyntax, "nested too deeply"},
		{"50 MB", strings.Repeat("a", 50<<20), KindLimit, "larger than 4194304 bytes"},
		{"a list in a list", strings.Repeat("- ", 100) + "a\n", KindLimit, "deeper than 64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse("", []byte(c.text), Limits{})
			if len(f.Problems) != 1 || f.Problems[0].Kind != c.kind || !strings.Contains(f.Problems[0].Message, c.message) {
				t.Errorf("%v", f.Problems)
			}
		})
	}
	f := Parse("", []byte("a: [b, c]\n"), Limits{Bytes: 100, Depth: 1, Nodes: 100})
	if len(f.Problems) != 1 || f.Problems[0].Kind != KindLimit {
		t.Errorf("a lower limit is not kept: %v", f.Problems)
	}
}

func TestReadStopsAtTheLimit(t *testing.T) {
	f := Read("x", strings.NewReader(strings.Repeat("a: b\n", 100)), Limits{Bytes: 50})
	if len(f.Problems) != 1 || f.Problems[0].Kind != KindLimit || len(f.Documents) != 0 {
		t.Errorf("%v", f.Problems)
	}
	f = Load("/nonexistent/x.yml", Limits{})
	if len(f.Problems) != 1 || f.Problems[0].Kind != KindUnreadable || strings.Contains(f.Problems[0].Message, "/nonexistent") {
		t.Errorf("%v", f.Problems)
	}
}

func TestComments(t *testing.T) {
	const text = `# first
a: b # behind a value
c: 'd # not one' # but this
e: "f # no" #yes
g: h#no
i: it's # an apostrophe does not hide it
j: |
  text # no
  # no
n: >- # behind the mark of a text
  # no
k: # behind a key
  - l # behind an item
  # alone
  - m
# last`
	for _, eol := range []string{"\n", "\r\n"} {
		f := Parse("", []byte(strings.ReplaceAll(text, "\n", eol)), Limits{})
		var got []string
		for _, c := range f.Comments() {
			mark := ""
			if c.Alone {
				mark = "! "
			}
			got = append(got, mark+f.Text(c.Span))
		}
		want := "! # first|# behind a value|# but this|#yes|# an apostrophe does not hide it|# behind the mark of a text|# behind a key|# behind an item|! # alone|! # last"
		if strings.Join(got, "|") != want {
			t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
		}
	}
	f := Parse("", []byte("# a\nx: y\n---\nb: 'c # d\n"), Limits{})
	if got := f.Comments(); len(got) != 1 || f.Text(got[0].Span) != "# a" {
		t.Errorf("in a broken document: %v", got)
	}
}

func TestShorten(t *testing.T) {
	long := strings.Repeat("ä", 100)
	if got := Shorten(long); len([]rune(got)) != shownLength || !strings.Contains(got, "…") {
		t.Errorf("%d: %s", len([]rune(got)), got)
	}
	if got := Visible("a\x1b\u202eb\xff\u200b"); got != `a\x1b<U+202E>b\xff<U+200B>` {
		t.Errorf("%q", got)
	}
	if got := Visible("a\ufffdb"); got != "a\ufffdb" {
		t.Errorf("a real replacement character: %q", got)
	}
}

func TestQuoteReadsBack(t *testing.T) {
	for _, text := range []string{"", "a", "it's", "''", `C:\Windows\`, "a\nb", "tab\t", "\x1b[0m", `"\`, "é # x", "\u0085", "\u2028x", "\u009f", "😀", "\ufeff"} {
		f := Parse("", []byte("a: "+Quote(text)+"\n"), Limits{})
		if len(f.Problems) > 0 {
			t.Errorf("%q: %v", text, f.Problems)
			continue
		}
		if got := f.Documents[0].Root.Find("a").Value; got != text {
			t.Errorf("%q is written %s and read %q", text, Quote(text), got)
		}
	}
}
