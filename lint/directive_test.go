package lint

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// catalogue is a small one with the checks that directives of the tests name.
var catalogue = func() []*Check {
	all := []*Check{
		{Code: "SIG0001", Name: "internal-error", Severity: Error}, {Code: "SIG0101", Name: "yaml-syntax", Severity: Error},
		{Code: "SIG0904", Name: "weak-branch", Severity: Warning}, {Code: "SIG0905", Name: "thin-branch", Severity: Info},
		{Code: "SIG0301", Name: "missing-id", Severity: Warning}, {Code: "SIG0631", Name: "wildcard-only", Severity: Info},
	}
	for i, name := range []string{
		MalformedSuppression, UnknownCheck, UnusedSuppression, SuppressionWithoutReason, ExpiredSuppression, UnsuppressibleCheck, BlanketSuppression, FarExpiry,
	} {
		all = append(all, &Check{Code: fmt.Sprintf("SIG160%d", i+1), Name: name, Severity: Warning})
	}
	return all
}()

// directives reads the comments of a text.
func directives(t testing.TB, text string) (*source.File, []Directive) {
	t.Helper()
	f := source.Parse("rule.yml", []byte(text), source.Limits{})
	documents, _ := rules.Parse(f)
	return f, Directives(f, documents, catalogue)
}

func TestTheFormOfADirective(t *testing.T) {
	for _, c := range []struct{ comment, want string }{
		{"# sigtune:ignore SIG0904 -- a reason", "line SIG0904 | a reason"},
		{"#sigtune:ignore SIG0904", "line SIG0904"},
		{"# sigtune:ignore 0904,thin-branch -- a -- b", "line SIG0904 SIG0905 | a -- b"},
		{"# sigtune:ignore SIG0904, sig0905 until=2027-01-31 -- why", "line SIG0904 SIG0905 until 2027-01-31 | why"},
		{"# sigtune:ignore until=2027-01-31", "line until 2027-01-31"},
		{"# sigtune:ignore", "line"},
		{"# sigtune:ignore-file SIG0904 -- why", "document SIG0904 | why"},
		{"# see the wiki # sigtune:ignore SIG0904 -- see #12", "line SIG0904 | see #12"},
		{"# sigtune:ignore weak-brunch -- why", "line ?`weak-brunch` is no check: did you mean `weak-branch`? | why"},
		{"# sigtune:ignore breadth -- why", "line ?`breadth` is more than one check: name the single check that is meant by its code or name | why"},
		{"# sigtune:ignore attacktag -- why", "line ?`attacktag` is no check: `attacktag` of pysigma is SIG0402, SIG0404, SIG0405, SIG0406, SIG0407 here | why"},
		{"# sigtune:ignore SIG0999 -- why", "line ?`SIG0999` is no check: `sigtune checks` lists them | why"},

		{"# sigtune:ignore SIG0904 too broad", "malformed `too` a comma, or `--`, is missing before `too`"},
		{"# sigtune:ignore SIG0904 SIG0905 -- why", "malformed `SIG0905` a comma, or `--`, is missing before `SIG0905`"},
		{"# sigtune:ignore SIG0904 — why", "malformed `—` a reason begins with two hyphens"},
		{"# sigtune:ignore SIG0904 - why", "malformed `-` a reason begins with two hyphens"},
		{"# sigtune:ignore SIG0904,, SIG0905", "malformed `,` a code is missing beside a comma"},
		{"# sigtune:ignore SIG0904, -- why", "malformed ` SIG0904, ` a code is missing behind the last comma"},
		{"# sigtune:ignore SIG0904 until=tomorrow", "malformed `until=tomorrow` `tomorrow` is no date"},
		{"# sigtune:ignore SIG0904 until=2027-02-30", "malformed `until=2027-02-30` `2027-02-30` is no date"},
		{"# sigtune:ignore SIG0904 since=2027-02-03", "malformed `since=2027-02-03` `since` is no option of a directive"},
		{"# sigtune:ignore until=2027-02-03 SIG0904", "malformed `SIG0904` `SIG0904` stands behind an option"},
		{"# sigtune: ignore SIG0904 -- why", "malformed `sigtune: ignore SIG0904` `sigtune: ignore SIG0904` is no directive"},
		{"# sigtune:ignore=SIG0904", "malformed `sigtune:ignore=SIG0904` `sigtune:ignore=SIG0904` is no directive"},
		{"# sigtune:ignore-line SIG0904", "malformed `sigtune:ignore-line SIG0904` `sigtune:ignore-line SIG0904` is no directive"},
		{"# Sigtune:ignore SIG0904", "malformed `Sigtune:ignore SIG0904` `Sigtune:ignore SIG0904` is no directive"},
		{"# sigtune-ignore SIG0904", "malformed `sigtune-ignore SIG0904` `sigtune-ignore SIG0904` is no directive"},

		{"# rsigma-disable", "file of rsigma"},
		{"# rsigma-disable missing_title, wildcard_only_value", "file SIG0203 SIG0631 of rsigma"},
		{"# rsigma-disable: missing_title", "file SIG0203 of rsigma"},
		{"# rsigma-disable-next-line invalid_tag", "line SIG0401 of rsigma"},
		{"# rsigma-disable ads_missing -- theirs", "file ? | theirs of rsigma"},
		{"# sigmalint: disable=FP001", "file SIG0904 SIG0905 of sigmalint"},
		{"# sigmalint: disable = FP001, META001a", "file SIG0904 SIG0905 SIG0301 of sigmalint"},

		{"# tuned with sigtune: see the wiki", "none"},
		{"# sigtune says that this is broad", "none"},
		{"# sigmalint: disable", "none"},
		{"# rsigma-disabled", "none"},
	} {
		t.Run(c.comment, func(t *testing.T) {
			f, found := directives(t, "title: x\nlevel: low "+c.comment+"\n")
			got := "none"
			if len(found) > 0 {
				got = wording(f, found[0])
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func wording(f *source.File, d Directive) string {
	if d.Problem != nil {
		return "malformed `" + f.Text(d.Problem.Span) + "` " + d.Problem.Message
	}
	parts := []string{[]string{"line", "document", "file"}[d.Scope]}
	for _, w := range d.Words {
		if f.Text(w.Span) != w.Text {
			parts = append(parts, "WRONG PLACE: "+f.Text(w.Span))
		}
		parts = append(parts, w.Codes...)
		if len(w.Codes) == 0 && w.Message != "" {
			parts = append(parts, "?"+w.Message+": "+w.Help)
		} else if len(w.Codes) == 0 {
			parts = append(parts, "?")
		}
	}
	if !d.Until.IsZero() {
		parts = append(parts, "until "+d.Until.Format(time.DateOnly))
	}
	if d.Reason != "" {
		parts = append(parts, "| "+d.Reason)
	}
	if d.Peer != "" {
		parts = append(parts, "of "+d.Peer)
	}
	return strings.Join(parts, " ")
}

func TestTextIsNoDirective(t *testing.T) {
	for name, text := range map[string]string{
		"in quotes":       "title: 'x # sigtune:ignore SIG0904'\n",
		"in a block":      "title: x\ndescription: |\n    text\n    # sigtune:ignore SIG0904\n",
		"glued to a word": "title: x#sigtune:ignore SIG0904\n",
		"in broken YAML":  "title: [ # sigtune:ignore SIG0904\n",
	} {
		if _, found := directives(t, text); len(found) > 0 {
			t.Errorf("%s: read as a directive: %+v", name, found)
		}
	}
}

func TestABrokenDocumentDoesNotHideTheDirectivesOfOthers(t *testing.T) {
	if _, found := directives(t, "title: [\n---\ntitle: x # sigtune:ignore SIG0904\n"); len(found) != 1 {
		t.Errorf("%+v", found)
	}
}

// The lines that a directive reaches, by what stands on them.
func TestTheReachOfADirective(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"at the end of a line", "a: 1\nb: 2 # sigtune:ignore\nc: 3\n", "b"},
		{"above a line", "a: 1\n# sigtune:ignore\nb: 2\nc: 3\n", "b"},
		{"above comments and blank lines", "a: 1\n# sigtune:ignore\n# more\n\nb: 2\nc: 3\n", "b"},
		{"a block is not meant, only its first line", "a:\n    # sigtune:ignore\n    b:\n        c: 3\n", "b"},
		{"a text over several lines is one line", "a: 1\n# sigtune:ignore\nb: 2 or\n    3 or\n    4\nc: 3\n", "b 3 4"},
		{"a block of text", "a: 1\nb: | # sigtune:ignore\n    3\n    4\nc: 3\n", "b 3 4"},
		{"the end of a text over several lines", "a: 1\nb: '2\n    4' # sigtune:ignore\nc: 3\n", "2 4"},
		{"above the end of the file", "a: 1\n# sigtune:ignore\n", ""},
		{"not beyond the document", "a: 1\n# sigtune:ignore\n---\nb: 2\n", ""},
		{"the document", "a: 1\n---\nb: 2\n# sigtune:ignore-file\nc: 3\n---\nd: 4\n", "b c"},
		{"the first document, above its mark", "# sigtune:ignore-file\n---\na: 1\n---\nb: 2\n", "a"},
		{"the only document", "# sigtune:ignore-file\na: 1\nb: 2\n", "a b"},
		{"the last document", "a: 1\n---\nb: 2 # sigtune:ignore-file\n", "b"},
		{"the file", "a: 1\n---\nb: 2 # rsigma-disable\n", "a b"},
		{"the line of a peer", "# rsigma-disable-next-line\na: 1\nb: 2 # rsigma-disable\n", "a"},
		{"CRLF", "a: 1\r\n# sigtune:ignore\r\nb: 2\r\nc: 3\r\n", "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, found := directives(t, c.text)
			if len(found) == 0 {
				t.Fatal("no directive")
			}
			var got []string
			for n := 1; n <= f.Lines(); n++ {
				line := f.LineSpan(n)
				word := strings.Trim(firstWord(strings.TrimLeft(f.LineText(n), " ")), ":'#-")
				at := line.Start + strings.IndexFunc(f.LineText(n), func(r rune) bool { return r != ' ' })
				if word == "b" && strings.Contains(f.LineText(n), "'2") { // the text begins behind its key
					word, at = "2", line.Start+3
				}
				if word != "" && at >= found[0].Reach.Start && at < found[0].Reach.End {
					got = append(got, word)
				}
			}
			if want := strings.Fields(c.want); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("reaches %v, want %v", got, want)
			}
		})
	}
}

func TestDirectivesSurviveACache(t *testing.T) {
	_, found := directives(t, "title: x # sigtune:ignore SIG0904,weak-brunch until=2027-01-31 -- why\nid: y # sigtune: ignore\n")
	raw, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	var back []Directive
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(found, back) {
		t.Errorf("got  %+v\nwant %+v", back, found)
	}
}

func FuzzDirectives(f *testing.F) {
	for _, s := range []string{
		"a: 1 # sigtune:ignore SIG0904, 0905 until=2027-01-01 -- x", "# sigtune:ignore-file\n---\na: '# sigtune:ignore'\n...\n---\n# rsigma-disable-next-line a,, b\nb: |\n  x",
		"# sigmalint: disable= FP001 ,\n- a # # sigtune:ignore,", "a: b\n  c # sigtune:ignore x=--\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, found := directives(t, text)
		whole := source.Span{Start: 0, End: len(text)}
		for _, d := range found {
			if !whole.Contains(d.Span) || !whole.Contains(d.Removal) || d.Removal.Start > d.Span.Start || d.Removal.End < d.Span.End || file.Text(d.Span)[0] != '#' {
				t.Fatalf("%+v", d)
			}
			for _, w := range d.Words {
				if file.Text(w.Span) != w.Text || !d.Span.Contains(w.Span) {
					t.Fatalf("%q at %v is %q", w.Text, w.Span, file.Text(w.Span))
				}
			}
			if d.Problem != nil && !d.Span.Contains(d.Problem.Span) {
				t.Fatalf("%+v", d.Problem)
			}
		}
		suppress(file, nil, found, Policy{}, chosen(catalogue), testDay)
	})
}

func BenchmarkDirectivesOfAFileWithoutAny(b *testing.B) {
	f := source.Parse("rule.yml", []byte(strings.Repeat("# a comment\n", 20)+rule), source.Limits{})
	documents, _ := rules.Parse(f)
	b.ReportAllocs()
	for b.Loop() {
		Directives(f, documents, catalogue)
	}
}
