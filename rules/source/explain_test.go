package source

import (
	"fmt"
	"strings"
	"testing"
)

// Every row of spec/yaml-positions.md sections 5 and 6: the mistake, where it is found, and what is said. fixed is the text after
// the fix on offer, "" where none is.
var mistakes = []struct {
	name, text   string
	line, column int
	marked       string
	message      string // part of it
	help         string // part of it
	fixed        string
}{
	{"a tab as indentation", "a:\n\tb: c\n", 2, 1, "\t", "a tab cannot indent YAML", "use spaces", ""},
	{"a tab after blanks", "a:\n    b: c\n\tc: d\n", 3, 1, "\t", "a tab cannot indent YAML", "use spaces", ""},
	{"percent", "s:\n  A: %x% y # c\n", 2, 6, "%x%", "cannot start with `%` unquoted", "write '%x% y'", "s:\n  A: '%x% y' # c\n"},
	{"at sign", "A: @x\n", 1, 4, "@x", "cannot start with `@`", "write '@x'", "A: '@x'\n"},
	{"backtick", "A: `x\n", 1, 4, "`x", "a backtick", "write '`x'", "A: '`x'\n"},
	{"a directive", "%FOO bar\n", 1, 1, "%FOO", "YAML directive", "remove it", ""},
	{"a star", "A:\n  - *\n", 2, 5, "*", "starts a YAML alias, not a wildcard", "write '*'", "A:\n  - '*'\n"},
	{"a star and a dot", "A: *.exe\n", 1, 4, "*.exe", "starts a YAML alias, not a wildcard", "write '*.exe', or use a modifier", "A: '*.exe'\n"},
	{"an unknown alias", "A: *foo\n", 1, 4, "*foo", "no anchor of that name", "write '*foo'", "A: '*foo'\n"},
	{"an alias before its anchor", "A: *x\nB: &x c\n", 1, 4, "*x", "no anchor of that name", "", "A: '*x'\nB: &x c\n"},
	{"an ampersand", "A: & cmd\n", 1, 4, "&", "starts a YAML anchor", "write '& cmd'", "A: '& cmd'\n"},
	{"a comma", "A: ,b\n", 1, 4, ",b", "cannot start with `,`", "write ',b'", "A: ',b'\n"},
	{"a second colon", "title: Foo: bar # c\n", 1, 11, ":", "cannot contain `: `", "write title: 'Foo: bar'", "title: 'Foo: bar' # c\n"},
	{"a second colon at the end", "s:\n  B: foo:\n", 2, 9, ":", "cannot contain `: `", "write B: 'foo:'", "s:\n  B: 'foo:'\n"},
	{"a glued colon", "a: b\ncondition:sel\n", 2, 11, "sel", "the blank after the colon is missing", "write `condition: sel`", "a: b\ncondition: sel\n"},
	{"a glued colon shows up on the next line", "s:\n  B:c\n  D: e\n", 2, 5, "c", "the blank after the colon is missing", "write `B: c`", "s:\n  B: c\n  D: e\n"},
	{"no colon", "a: b\njust text\nc: d\n", 2, 1, "just text", "the colon is missing", "", ""},
	{"no colon, shown by the next line", "a:\n  selection\n  c: d\n", 2, 3, "selection", "the colon is missing", "", ""},
	{"an apostrophe in single quotes", "a: 'it's'\n", 1, 8, "s'", "text after the closing quote", "write 'it''s'", "a: 'it''s'\n"},
	{"an apostrophe in a list", "a:\n  - 'it's'\n  - b\n", 2, 9, "s'", "text after the closing quote", "write 'it''s'", "a:\n  - 'it''s'\n  - b\n"},
	{"text after double quotes", "a: \"a\" b\n", 1, 8, "b", "text after the closing quote", "", "a: '\"a\" b'\n"},
	{"text after a bracket", "a: [regex]+\n", 1, 11, "+", "text after the closing bracket", "write '[regex]+'", "a: '[regex]+'\n"},
	{"a brace too many", "a: {b: c}}\n", 1, 10, "}", "text after the closing bracket", "", "a: '{b: c}}'\n"},
	{"an open single quote", "a: 'open\nb: c\nd: e\n", 1, 4, "'", "this quote is never closed", "", ""},
	{"an open double quote", "a: b\nc: \"open\nd: e\n", 2, 4, "\"", "this quote is never closed", "", ""},
	{"an open bracket", "a: b\nc:\n  d: [x\n  e: f\ng: h\n", 3, 6, "[", "the bracket `[` is never closed", "", ""},
	{"a list that the file ends in", "title: [\n", 1, 8, "[", "the list is not closed", "close it with `]`; if the bracket is text, write '['", "title: '['\n"},
	{"a map that the file ends in", "title: {\n", 1, 8, "{", "the map is not closed", "close it with `}`", "title: '{'\n"},
	{"a list with nothing before its comma", "tags: [, a]\n", 1, 7, "[,", "`[, a]` is no list", "correct the list; if the bracket is text, write '[, a]'", "tags: '[, a]'\n"},
	{"an open brace", "a: {b: c\nd: e\n", 1, 4, "{", "the bracket `{` is never closed", "", ""},
	{"a key indented less", "a:\n    b: c\n  d: e\n", 3, 3, "d:", "indentation differs from the lines above (expected column 5 or 1)", "", ""},
	{"a key indented more", "a:\n  b: c\n    d: e\n", 3, 6, ":", "indented too far: this key belongs under `a` at column 3", "", ""},
	{"a top-level key indented", "a: b\n   c: d\n", 2, 5, ":", "indented too far: this key belongs at column 1", "", ""},
	{"a list item less indented", "a:\n    - b\n  - c\n", 3, 3, "-", "indentation differs from the lines above", "", ""},
	{"a key among list items", "a:\n  - b\n  c: d\n", 3, 3, "c:", "it is no list item", "begin it with `- `", ""},
	{"a list on the line of its key", "a: - b\n", 1, 4, "-", "a list cannot begin on the line of its key", "next line", ""},
	{"text behind a pipe", "B: | foo\n", 1, 6, "foo", "an unquoted `|` starts a text block", "write '| foo'", "B: '| foo'\n"},
	{"text behind a greater sign", "B: > 5\n", 1, 6, "5", "an unquoted `>` starts a text block", "write '> 5'", "B: '> 5'\n"},
	{"a path in double quotes", "a: \"C:\\Windows\"\n", 1, 7, "\\W", "`\\W` is no escape", "single quotes: 'C:\\Windows'", "a: 'C:\\Windows'\n"},
	{"a path with a legal escape too", "a: \"C:\\temp\\Windows\"\n", 1, 12, "\\W", "`\\W` is no escape", "single quotes", ""},
	{"half an escape", "a: \"x\\uZZZZ\"\n", 1, 6, "\\u", "no valid character escape", "", ""},
	{"half a character", "a: \"\\ud800\"\n", 1, 5, "\\ud800", "no valid character escape", "", ""},
	{"a merge conflict", "<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n", 1, 1, "<<<<<<< HEAD", "merge conflict marker", "", ""},
	{"half a merge conflict", "a: b\n=======\n", 2, 1, "=======", "merge conflict marker", "", ""},
	{"text behind the end marker", "a: b\n...\nc: d\n", 3, 1, "c:", "text after the end marker `...`", "`---`", ""},
	{"a broken tag", "a: !<tag b\n", 1, 5, "<tag", "not well-formed YAML: ", "", ""},
}

func TestSyntaxErrorsAreFoundAtTheirPlace(t *testing.T) {
	for _, variant := range []struct {
		name  string
		wrap  func(string) string
		lines int
		bytes int
	}{
		{"as it is", func(s string) string { return s }, 0, 0},
		{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }, 0, 0},
		{"byte order mark", func(s string) string { return "\ufeff" + s }, 0, 3},
		{"no final line end", func(s string) string { return strings.TrimSuffix(s, "\n") }, 0, 0},
		{"second document", func(s string) string { return "é: 'ü'\n---\n" + s }, 2, len("é: 'ü'\n---\n")},
	} {
		for _, m := range mistakes {
			t.Run(variant.name+"/"+m.name, func(t *testing.T) {
				f := Parse("", []byte(variant.wrap(m.text)), Limits{})
				p := onlySyntax(t, f)
				pos := f.Pos(p.Span.Start)
				if strings.HasPrefix(m.text, "%") && variant.lines > 0 {
					return // after `---` a directive is text
				}
				if pos.Line != m.line+variant.lines || pos.Column != m.column || f.Text(p.Span) != m.marked {
					t.Errorf("%d:%d %q, want %d:%d %q", pos.Line-variant.lines, pos.Column, f.Text(p.Span), m.line, m.column, m.marked)
				}
				if !strings.Contains(p.Message, m.message) || !strings.Contains(p.Help, m.help) {
					t.Errorf("says %q, %q", p.Message, p.Help)
				}
				got := ""
				if p.Fix != nil {
					got = string(applied(f.Data, Span{0, len(f.Data)}, p.Fix.Edits))
				}
				want := ""
				if m.fixed != "" {
					want = variant.wrap(m.fixed)
				}
				if got != want {
					t.Errorf("fix gives %q, want %q", got, want)
				}
			})
		}
	}
}

func onlySyntax(t *testing.T, f *File) Problem {
	t.Helper()
	for _, p := range f.Problems {
		if p.Kind == KindSyntax {
			return p
		}
	}
	t.Fatalf("no syntax error in %q: %v", f.Data, f.Problems)
	return Problem{}
}

func TestASyntaxErrorDoesNotHideOtherDocuments(t *testing.T) {
	f := Parse("", []byte("a: b\n---\nc: 'd\n---\ne: f\n---\ng: [h\n---\ni: j\n"), Limits{})
	var got []string
	for _, d := range f.Documents {
		if d.Broken {
			got = append(got, "broken")
			continue
		}
		got = append(got, d.Root.Entries[0].Key.Value)
	}
	if fmt.Sprint(got) != "[a broken e broken i]" {
		t.Errorf("documents %v", got)
	}
	if len(f.Problems) != 2 || f.Pos(f.Problems[0].Span.Start).Line != 3 || f.Pos(f.Problems[1].Span.Start).Line != 7 {
		t.Errorf("problems %v", f.Problems)
	}
}

// A bisection over a long file finds what the linear search would.
func TestErrorsInLongFiles(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "k%d:\n  - 'a\n    b'\n  - [c,\n    d]\n  - |\n    text\n", i)
	}
	good := b.String()
	for _, c := range []struct{ insert, message string }{
		{"x: 'open\n", "never closed"},
		{"x: *.exe\n", "alias"},
		{"just text\n", "colon is missing"},
	} {
		for _, part := range []int{0, 1, 2} {
			at := part * len(good) / 2
			at = strings.LastIndex(good[:at]+"k", "k")
			f := Parse("", []byte(good[:at]+c.insert+good[at:]), Limits{})
			p := onlySyntax(t, f)
			want := strings.Count(good[:at], "\n") + 1
			if got := f.Pos(p.Span.Start).Line; got != want || !strings.Contains(p.Message, c.message) {
				t.Errorf("%q at line %d: found at %d: %s", c.insert, want, got, p.Message)
			}
		}
	}
}

// A bracket may be the start of a list that is not finished, so to quote it is a guess.
func TestAnOpenListIsNotQuotedForSure(t *testing.T) {
	for _, text := range []string{"title: [\n", "title: {", "tags: [, a]\n"} {
		for _, p := range Parse("rule.yml", []byte(text), Limits{}).Problems {
			if p.Fix != nil && p.Fix.Safe {
				t.Errorf("%q: %s is called safe", text, p.Fix.Title)
			}
		}
	}
}
