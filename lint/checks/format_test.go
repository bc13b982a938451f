package checks

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// runFamilies lints a text with the given checks alone.
func runFamilies(chosen []*lint.Check, path string, text []byte) []lint.Finding {
	engine := lint.Engine{Checks: chosen, Reporters: Reporters(), Facts: lint.Facts{Today: testDay}, Jobs: 1}
	return engine.Files(source.Parse(path, text, source.Limits{})).Findings
}

// tidied applies all safe fixes of the checks, one after the other, until none is left.
func tidied(t *testing.T, chosen []*lint.Check, path string, text []byte) string {
	t.Helper()
	const most = 200
	for range most {
		at := slices.IndexFunc(runFamilies(chosen, path, text), func(f lint.Finding) bool { return f.Fix != nil && f.Fix.Safe })
		if at < 0 {
			return string(text)
		}
		f := runFamilies(chosen, path, text)[at]
		after, err := edit.Apply(text, f.Fix.Edits)
		if err != nil || bytes.Equal(after, text) {
			t.Fatalf("%s: the fix %q cannot be applied or changes nothing: %v\n%s", f.Check.Code, f.Fix.Title, err, text)
		}
		text = after
	}
	t.Fatalf("the fixes do not come to an end:\n%s", text)
	return ""
}

// Each row is a fragment of a rule, what is found in it (code and place), and what the safe fixes make of it.
func TestFormat(t *testing.T) {
	for _, row := range []struct{ what, text, found, fixed string }{
		{"blanks and a tab at ends of lines", "a: b \nc: d\t\n", "1501 ` ` 1501 `\t`", "a: b\nc: d\n"},
		{"blanks behind a comment", "a: b # c  \n", "1501 `  `", "a: b # c\n"},
		{"blanks on an empty line", "a: b\n  \nc: d\n", "1501 `  `", "a: b\n\nc: d\n"},
		{"blanks in a description", "description: |\n    one  \n    two\n", "1501 `  `", "description: |\n    one\n    two\n"},
		{"blanks in another text stay: they are part of it", "author: |\n    one  \n    two\n", "1501 `  `", "author: |\n    one  \n    two\n"},
		{"blanks in a folded value mean nothing", "a: 'one  \n    two'\n", "1501 `  `", "a: 'one\n    two'\n"},
		{"an escaped blank stays", "a: \"one \\ \n    two\"\n", "1501 ` `", "a: \"one \\ \n    two\"\n"},
		{"blanks before CRLF", "a: b \r\nc: d\r\n", "1501 ` ` 1505 `\r\n`", "a: b\nc: d\n"},

		{"no final line end", "a: b", "1503 ``", "a: b\n"},
		{"no final line end behind a text that would grow", "a: |\n    b", "1503 ``", "a: |\n    b"},
		{"no final line end behind a comment", "a: b\n# c", "1503 ``", "a: b\n# c\n"},

		{"three blank lines", "a: b\n\n\n\nc: d\n", "1504 `\n`", "a: b\n\n\nc: d\n"},
		{"blank lines at the beginning and the end", "\n\n\na: b\n\n\n\n", "1504 `\n` 1504 `\n`", "\n\na: b\n\n\n"},
		{"blank lines in a text", "a: |\n    b\n\n\n\n    c\n", "", ""},
		{"blank lines in a quoted text", "a: 'b\n\n\n\n    c'\n", "", ""},
		{"blank lines that a text keeps", "a: |+\n    b\n\n\n\nc: d\n", "", ""},
		{"blank lines behind a text", "a: |\n    b\n\n\n\nc: d\n", "1504 `\n`", "a: |\n    b\n\n\nc: d\n"},

		{"CRLF", "a: b\r\nc: d\r\n", "1505 `\r\n`", "a: b\nc: d\n"},
		{"CR", "a: b\rc: d\r", "1505 `\r`", "a: b\nc: d\n"},
		{"CRLF among LF", "a: b\nc: |\r\n    d\r\n    e\n", "1505 `\r\n`", "a: b\nc: |\n    d\n    e\n"},
		{"CRLF in two documents is told once", "a: b\r\n---\r\na: b\r\n", "1505 `\r\n`", "a: b\n---\na: b\n"},

		{"a marker", "---\na: b\n", "1506 `---`", "a: b\n"},
		{"a marker behind a comment", "# c\n---\na: b\n", "1506 `---`", "# c\na: b\n"},
		{"a marker with a comment", "--- # c\na: b\n", "1506 `---`", "# c\na: b\n"},
		{"a marker between documents", "a: b\n---\na: c\n", "", ""},
		{"a marker before the first of two", "---\na: b\n---\na: c\n", "", ""},
		{"a directive needs its marker", "%YAML 1.2\n---\na: b\n", "", ""},

		{"brackets", "a: [ 'b' ]\nc: { d: e }\nf: [ ]\n", "1507 ` ` 1507 ` ` 1507 ` ` 1507 ` ` 1507 ` `", "a: ['b']\nc: {d: e}\nf: []\n"},
		{"brackets over lines", "a: [\n    'b',\n    'c'\n    ]\n", "", ""},
		{"brackets in texts", "a: '[ b ]'\nc: x[ 1 ]\nd: |\n    [ e ]\n", "", ""},
		{"colons", "a : b\nc:  d\ne:   |\n    f\n", "1508 ` ` 1508 `  ` 1508 `   `", "a: b\nc: d\ne: |\n    f\n"},
		{"colons in texts", "a: 'b :  c'\nd: http://x\ne:   # comment\n    f: g\n", "", ""},
		{"commas", "a: ['b','c' , 'd',  'e']\n", "1509 `` 1509 ` ` 1509 `  `", "a: ['b', 'c', 'd', 'e']\n"},
		{"a comma before a bracket", "a: ['b',]\n", "", ""},
		{"dashes", "a:\n    -  b\n    - c\n", "1510 `  `", "a:\n    - b\n    - c\n"},
		{"dashes of maps", "a:\n    -   b: c\n        d:\n            - e\n        # f\n        g: h\n    - i\n", "1510 `   `", "a:\n    - b: c\n      d:\n          - e\n      # f\n      g: h\n    - i\n"},
		{"comments", "#a\na: b #c\n##d\n####\n", "1511 `#a` 1511 `#c` 1511 `##d`", "# a\na: b # c\n## d\n####\n"},
		{"a first line for the shell", "#!/usr/bin/env sigtune\na: b\n", "", ""},
		{"no comments", "a: 'b #c'\nd: e#f\ng: |\n    #h\n", "", ""},

		{"two spaces", "a:\n  b:\n    - c\n    - d: e\n      f: g\n", "1502 `  ` 1502 `    `", "a:\n    b:\n        - c\n        - d: e\n          f: g\n"},
		{"lists at the column of their key", "a:\n- b\n- c:\n      d: e\n  f:\n  - g\n", "", ""},
		{"a list that is indented by two", "a:\n  - b\n", "1502 `  `", "a:\n    - b\n"},
		{"comments move with what they stand above", "a:\n  # one\n  b: c\n  # two\n  d: e\n    # three\n# four\nf: g\n", "1502 `  `", "a:\n    # one\n    b: c\n    # two\n    d: e\n      # three\n# four\nf: g\n"},
		{"texts keep their form", "a:\n  b: |\n    one\n      two\n\n    three\n  c: 'four\n    five'\n", "1502 `  `", "a:\n    b: |\n      one\n        two\n\n      three\n    c: 'four\n      five'\n"},
		{"brackets move as a whole", "a:\n  b: [\n    c,\n    d\n  ]\n", "1502 `  `", "a:\n    b: [\n      c,\n      d\n    ]\n"},
		{"a value on its own line", "a:\n  'b'\n", "1502 `  `", "a:\n    'b'\n"},
		{"the document", "  a: b\n  c: d\n", "1502 `  `", "a: b\nc: d\n"},
		{"eight", "a:\n        b: c\n", "1502 `        `", "a:\n    b: c\n"},
		{"an entry below its dash", "a:\n    -\n      b: c\n", "1502 `      `", "a:\n    -\n      b: c\n"},
		{"an anchor is left alone", "a: &x\n  b: c\nd: *x\n", "1502 `  `", "a: &x\n  b: c\nd: *x\n"},
	} {
		t.Run(row.what, func(t *testing.T) {
			var found []string
			for _, f := range runFamilies(formatChecks, "proc_creation_lnx_example.yml", []byte(row.text)) {
				found = append(found, fmt.Sprintf("%s `%s`", f.Check.Code[3:], f.File.Text(f.Span)))
			}
			if got := strings.Join(found, " "); got != row.found {
				t.Errorf("found %q, want %q", got, row.found)
			}
			want := row.fixed
			if row.found == "" {
				want = row.text
			}
			if got := tidied(t, formatChecks, "proc_creation_lnx_example.yml", []byte(row.text)); got != want {
				t.Errorf("fixed to\n%q, want\n%q", got, want)
			}
		})
	}
}

// mangled is a rule with the form of another author: line by line something is changed that no reader of YAML sees.
func mangled(f *source.File, random *rand.Rand) []byte {
	var edits []source.Edit
	l := &layout{file: f, root: f.Documents[0].Root, stretch: source.Span{End: len(f.Data)}}
	l.cutLines()
	l.collect(l.root)
	slices.SortFunc(l.scalars, func(a, b *source.Node) int { return a.Span.Start - b.Span.Start })
	l.scan()
	for _, line := range l.lines {
		if random.Intn(10) == 0 && l.inside(line.end) == nil {
			edits = append(edits, source.Edit{Span: source.Span{Start: line.end, End: line.end}, New: "  "})
		}
	}
	for i := 1; i < len(l.tokens); i++ {
		a, b := l.tokens[i-1], l.tokens[i]
		blanks, ok := l.gap(a, b)
		if !ok || random.Intn(10) > 0 {
			continue
		}
		at := source.Span{Start: a.end, End: b.start}
		switch {
		case a.kind == ':' && b.kind != '#', a.kind == '-' && l.lineAt(l.rowEnd(b)) == l.lineAt(b.start):
			edits = append(edits, source.Edit{Span: at, New: strings.Repeat(" ", blanks+2)})
		case b.kind == ':':
			edits = append(edits, source.Edit{Span: at, New: " "})
		}
	}
	data, err := edit.Apply(f.Data, edits)
	if err != nil {
		panic(err)
	}
	return data
}

// rowEnd is the end of the entry of a list that begins with a token.
func (l *layout) rowEnd(b token) int {
	end := b.end
	l.root.Walk(func(_ string, n *source.Node) bool {
		if n.Span.Start == b.start {
			end = max(end, n.Span.End-1)
		}
		return true
	})
	return end
}

// narrowed is a rule indented by half.
func narrowed(f *source.File) ([]byte, bool) {
	lines := strings.SplitAfter(string(f.Data), "\n")
	for i, line := range lines {
		blanks := indentation([]byte(line))
		lines[i] = line[blanks/2:]
	}
	after := []byte(strings.Join(lines, ""))
	g := source.Parse(f.Path, after, source.Limits{})
	return after, len(g.Problems) == 0 && sameTree(f.Documents[0].Root, g.Documents[0].Root)
}

// Published rules that were pulled out of form come back byte for byte.
func TestPublishedRulesComeBackIntoForm(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	const step = 9 // every ninth rule is enough for a run of a second or two
	files := corpustest.Open(t).LiveRules(t)
	back, tried := 0, 0
	for i := 0; i < len(files); i += step {
		f := source.Parse(files[i].Path, files[i].Data, source.Limits{})
		if got := tidied(t, formatChecks, f.Path, mangled(f, random)); got != string(f.Data) {
			t.Errorf("%s does not come back:\n%s", f.Path, edit.Diff("published", "fixed", f.Data, []byte(got)))
		}
		half, ok := narrowed(f)
		if !ok {
			continue
		}
		tried++
		got := tidied(t, formatChecks, f.Path, half)
		if len(runFamilies(formatChecks, f.Path, []byte(got))) > 0 {
			t.Errorf("%s has findings left: %q", f.Path, show(runFamilies(formatChecks, f.Path, []byte(got))))
		}
		if got == string(f.Data) {
			back++
		}
	}
	t.Logf("%d of %d rules that were indented by half are as before; the others have comments or texts at other columns", back, tried)
	if back*10 < tried*7 {
		t.Errorf("only %d of %d rules are as before", back, tried)
	}
}
