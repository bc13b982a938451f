package report

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// The checks of the samples: one of each severity, with all and with little documentation.
var (
	levelCheck = &lint.Check{
		Code: "SIG0306", Name: "invalid-level", Severity: lint.Error, Doc: lint.Doc{
			Title: "A level that does not exist", What: "The value of `level` is none of the five levels.",
			Why: "Tools that sort alerts by level put the rule last, or refuse it. Whoever filters by level never sees its alerts, and nothing says so.",
			Fix: "Write one of the five.", Bad: "level: hihg\n", Good: "level: high\n",
		},
	}
	breadthCheck = &lint.Check{Code: "SIG0901", Name: "broad-value", Severity: lint.Warning, Doc: lint.Doc{Title: "A value that is everywhere"}}
	layoutCheck  = &lint.Check{Code: "SIG1501", Name: "trailing-blank", Severity: lint.Info}
	failedCheck  = &lint.Check{Code: "SIG0001", Name: source.KindInternalFailed, Severity: lint.Error}
)

// hostile is rule text that attacks readers of reports: a terminal escape, a bidirectional override, line breaks, bytes that are not
// UTF-8, a code point that is none, and the syntax of every format.
const hostile = "\x1b[31m \u202e \u2028 \r\n::error::100% <b>&\"'`]]> [x](http://x) {0} a|b:c,d \xff \ufffe \U0001f600"

const (
	sampleRule = "title: Räger 😀 One\nid: 0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10\ndetection:\n    selection:\n" +
		"        Image: 'a'   \n        User: 'ü😀' # 😀\n    condition: selection\nlevel: hihg\n"
	otherRule = "title: Other\nlevel: high\n"
)

// sample is a result with everything that a finding can hold.
func sample(t testing.TB) *lint.Result {
	a := source.Parse("rules/a b#1.yml", []byte(sampleRule), source.Limits{})
	b := source.Parse("rules/ä.yml", []byte(otherRule), source.Limits{})
	gone := source.Parse("rules/gone.yml", nil, source.Limits{})
	subject := lint.Subject{Document: 1, Kind: "rule", ID: "0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10", Title: "Räger 😀 One"}
	until := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	return &lint.Result{
		Files: 4, Documents: 2,
		Findings: []lint.Finding{
			{
				Check: failedCheck, Severity: lint.Error, File: &source.File{}, Message: "the check broad-value failed: oops",
				Help: "this is a bug in sigtune",
			},
			{
				Check: layoutCheck, Severity: lint.Info, File: a, Span: span(t, a, "   \n", 3), Message: "blanks at the end of the line",
				Subject: subject, Place: lint.Place{Path: "detection/selection/Image"},
				Fix: &source.Fix{Title: "remove them", Safe: true, Edits: []source.Edit{{Span: span(t, a, "   \n", 3)}}},
			},
			{
				Check: breadthCheck, Severity: lint.Warning, File: a, Span: span(t, a, "ü😀", 6), Message: "`" + hostile + "` is everywhere",
				Help: "narrow it:\n" + hostile, Subject: subject, Place: lint.Place{Path: "detection/selection/User", Value: "ü😀"},
				Related: []lint.Related{
					{File: a, Span: span(t, a, "User", 4), Message: "the field"},
					{File: b, Span: span(t, b, "Other", 5), Message: "another rule with " + hostile},
				},
				Fix: &source.Fix{Title: "quote twice", Safe: true, Edits: []source.Edit{
					{Span: span(t, a, "😀' #", 4), New: "😀x"}, {Span: span(t, a, "# 😀", 1), New: "#!"},
				}},
			},
			{
				Check: levelCheck, Severity: lint.Error, File: a, Span: span(t, a, "hihg", 4), Message: "`hihg` is not a `level`",
				Help: "did you mean `high`?", Subject: subject, Place: lint.Place{Path: "level", Value: "hihg"},
				Fix: &source.Fix{Title: "write `high`", Edits: []source.Edit{{Span: span(t, a, "hihg", 4), New: "high"}}},
			},
			{Check: breadthCheck, Severity: lint.Error, File: gone, Message: "cannot open the file"},
		},
		Suppressed: []lint.Finding{
			{
				Check: breadthCheck, Severity: lint.Warning, File: a, Span: span(t, a, "'a'", 3), Message: "`a` is everywhere", Subject: subject,
				Place:      lint.Place{Path: "detection/selection/Image", Value: "a"},
				Suppressed: &lint.Suppression{By: lint.ByDirective, Reason: "lab only " + hostile, Until: until, Span: span(t, a, "# 😀", 6)},
			},
			{
				Check: levelCheck, Severity: lint.Error, File: b, Span: span(t, b, "high", 4), Message: "`high` is not a `level`",
				Subject: lint.Subject{Document: 1, Kind: "rule", Title: "Other"}, Place: lint.Place{Path: "level", Value: "high"},
				Suppressed: &lint.Suppression{By: lint.ByBaseline},
			},
		},
	}
}

// span is the place of the first n bytes of a text.
func span(t testing.TB, f *source.File, text string, n int) source.Span {
	t.Helper()
	i := strings.Index(string(f.Data), text)
	if i < 0 {
		t.Fatalf("%q is not in the file", text)
	}
	return source.Span{Start: i, End: i + n}
}

var sampleOptions = Options{
	Version: "1.2.3", Root: "/home/me/repo", Dir: "/home/me/repo/sub", Category: "nightly",
	Files: []string{"rules/a b#1.yml", "rules/ä.yml", "rules/gone.yml", "rules/clean.yml"},
}

// render writes a format.
func render(t testing.TB, name string, r *lint.Result, o Options) string {
	t.Helper()
	format, err := ParseFormat(name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := format.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryFormatHasItsGoldenFile(t *testing.T) {
	for _, f := range Formats {
		t.Run(f.Name, func(t *testing.T) {
			o := sampleOptions
			o.Fixes, o.Explain = true, true
			golden(t, f.Name+".golden", render(t, f.Name, sample(t), o))
		})
	}
}

func TestEveryFormatOfAnEmptyResult(t *testing.T) {
	var b strings.Builder
	for _, f := range Formats {
		b.WriteString("# " + f.Name + "\n" + render(t, f.Name, &lint.Result{Files: 2, Documents: 3}, Options{}))
	}
	golden(t, "empty.golden", b.String())
}

// Whatever stands in a rule, no format hands a terminal or a browser a character to act on.
func TestNothingHiddenReachesAnyOutput(t *testing.T) {
	for _, f := range Formats {
		out := strings.NewReplacer("\n", "", "\r", "").Replace(render(t, f.Name, sample(t), sampleOptions))
		if visible := source.Visible(out); visible != out {
			t.Errorf("%s prints characters that hide:\n%q", f.Name, out)
		}
	}
}

func TestTheSameResultGivesTheSameBytes(t *testing.T) {
	for _, f := range Formats {
		first := render(t, f.Name, sample(t), sampleOptions)
		for range 5 {
			if render(t, f.Name, sample(t), sampleOptions) != first {
				t.Errorf("%s differs from run to run", f.Name)
			}
		}
	}
}

// A finding on a line of megabytes, with a long list of other places, prints a few hundred bytes.
func TestAFindingInAHugeLineStaysSmall(t *testing.T) {
	f := source.Parse("x.yml", []byte("a: '"+strings.Repeat("x 😀 +-*/", 1_000_000)+"'\xff\n"), source.Limits{Bytes: 16 << 20}) // not UTF-8: nobody parses it
	if len(f.Data) < 10<<20 {
		t.Fatalf("the file has only %d bytes", len(f.Data))
	}
	finding := lint.Finding{Check: levelCheck, Severity: lint.Error, File: f, Span: source.Span{Start: 3, End: len(f.Data) - 1}, Message: "too long"}
	for i := range 1000 {
		finding.Related = append(finding.Related, lint.Related{File: f, Span: source.Span{Start: 4 + 11*i, End: 6 + 11*i}, Message: "and here"})
	}
	finding.Fix = &source.Fix{Title: "empty it", Safe: true, Edits: []source.Edit{
		{Span: source.Span{Start: 4, End: 5}}, {Span: source.Span{Start: len(f.Data) - 4, End: len(f.Data) - 3}, New: "b"},
	}}
	r := &lint.Result{Findings: []lint.Finding{finding}}
	for _, format := range Formats {
		most := 8 << 10
		if format.Name == "json" || format.Name == "sarif" {
			most = 1 << 20 // machines get all of the thousand places
		}
		if out := render(t, format.Name, r, Options{Fixes: true, Explain: true}); len(out) > most {
			t.Errorf("%s prints %d bytes", format.Name, len(out))
		}
	}
}

func TestFormatsAreFoundByName(t *testing.T) {
	if _, err := ParseFormat("xml"); err == nil || err.Error() != "`xml` is no format; write text, json, sarif, github, gitlab, junit, checkstyle or rdjson" {
		t.Error(err)
	}
	for _, f := range Formats {
		if f.Meaning == "" || f.Write == nil {
			t.Errorf("%s says too little of itself", f.Name)
		}
		if _, err := ParseFormat(f.Name); err != nil {
			t.Error(err)
		}
	}
}

func TestPathsAreRelativeToTheRoot(t *testing.T) {
	for _, c := range []struct{ root, dir, name, path, uri string }{
		{"", "", "./rules/a.yml", "rules/a.yml", "rules/a.yml"},
		{"", "", "/etc/a b.yml", "/etc/a b.yml", "file:///etc/a%20b.yml"},
		{"/repo", "", "rules/a.yml", "rules/a.yml", "rules/a.yml"},
		{"/repo", "/repo/rules", "a.yml", "rules/a.yml", "rules/a.yml"},
		{"/repo", "/repo/rules", "../b.yml", "b.yml", "b.yml"},
		{"/repo", "/repo/rules", "/repo/c.yml", "c.yml", "c.yml"},
		{"/repo", "/repo", "../elsewhere/c.yml", "/elsewhere/c.yml", "file:///elsewhere/c.yml"},
		{"/repo", "/repo", "..c/d.yml", "..c/d.yml", "..c/d.yml"},
		{"/repo", "/repo", "a:b%c?d[é].yml", "a:b%c?d[é].yml", "./a:b%25c%3Fd%5B%C3%A9%5D.yml"},
		{"/repo", "/repo", "<stdin>", "<stdin>", "%3Cstdin%3E"},
		{"/repo", "/repo", "", ".", "."},
	} {
		got := Options{Root: c.root, Dir: c.dir}.relative(c.name)
		reference, _ := uri(got)
		if got != c.path || reference != c.uri {
			t.Errorf("%q below %q from %q: %s and %s, want %s and %s", c.name, c.root, c.dir, got, reference, c.path, c.uri)
		}
	}
}

func TestLinksGoToTheFileAndToThePageOfTheCheck(t *testing.T) {
	r := sample(t)
	r.Findings = r.Findings[3:4]
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{Options{Hyperlinks: true, Dir: "/home/me/repo"}, []string{
			"\x1b]8;;https://github.com/sigtune/sigtune/blob/main/docs/checks/SIG0306-invalid-level.md\x1b\\error[SIG0306]\x1b]8;;\x1b\\",
			"\x1b]8;;file:///home/me/repo/rules/a%20b%231.yml\x1b\\rules/a b#1.yml:8:8\x1b]8;;\x1b\\",
		}},
		{Options{Hyperlinks: true}, []string{"--> rules/a b#1.yml:8:8\n"}}, // nobody said where it lies
	} {
		out := render(t, "text", r, c.o)
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%q is not in %q", want, out)
			}
		}
	}
	r.Findings[0].File.Path = "a\x1b\\\x07b.yml"
	if out := render(t, "text", r, Options{Hyperlinks: true, Dir: "/"}); strings.Contains(out, "\x07") || strings.Count(out, "\x1b]8;;") != 4 {
		t.Errorf("a file name ends the link: %q", out)
	}
}

func TestTheNextStepIsSaid(t *testing.T) {
	safe, unsafe := &source.Fix{Safe: true}, &source.Fix{}
	for _, c := range []struct {
		fixes []*source.Fix
		want  string
	}{
		{nil, ""},
		{[]*source.Fix{nil}, "more: sigtune explain SIG0306"},
		{[]*source.Fix{safe, nil, safe}, "2 fixable with --fix · more: sigtune explain SIG0306"},
		{[]*source.Fix{unsafe}, "1 fixable with --fix --unsafe-fixes · more: sigtune explain SIG0306"},
		{[]*source.Fix{unsafe, safe, unsafe}, "1 fixable with --fix, 2 more with --unsafe-fixes · more: sigtune explain SIG0306"},
	} {
		r := &lint.Result{}
		for _, fix := range c.fixes {
			r.Findings = append(r.Findings, lint.Finding{Check: levelCheck, Severity: lint.Error, Fix: fix})
		}
		if got := nextSteps(r); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// FuzzFormats renders findings anywhere in any bytes: nothing panics, XML stays XML and JSON stays JSON, nothing hidden gets out, and
// the output is bounded.
func FuzzFormats(f *testing.F) {
	f.Add([]byte(sampleRule), 20, 5, "new\ntext", hostile)
	f.Add([]byte("\xef\xbb\xbfa: \xff\r\nb\u2028c\rd"), 3, 400, "\xff", "x")
	f.Add([]byte(strings.Repeat("ü😀", 300)), 501, 1, "", "")
	f.Add([]byte{}, 0, 0, "x", "\n")
	f.Fuzz(func(t *testing.T, data []byte, start, length int, text, message string) {
		file := source.Parse("rules/"+message, data, source.Limits{})
		start = min(max(start, 0), len(data))
		s := source.Span{Start: start, End: min(start+max(length, 0), len(data))}
		if s.End < s.Start {
			s.End = s.Start
		}
		finding := lint.Finding{
			Check: levelCheck, Severity: lint.Error, File: file, Span: s, Message: message, Help: text, Place: lint.Place{Path: message, Value: text},
			Related: []lint.Related{{File: file, Span: source.Span{End: s.Start}, Message: text}, {File: file, Span: s, Message: message}},
			Fix:     &source.Fix{Title: message, Safe: length%2 == 0, Edits: []source.Edit{{Span: s, New: text}, {Span: source.Span{}, New: text}}},
		}
		silent := finding
		silent.Suppressed = &lint.Suppression{By: lint.ByDirective, Reason: text, Span: s}
		r := &lint.Result{Findings: []lint.Finding{finding}, Suppressed: []lint.Finding{silent}, Files: 1}
		for _, format := range Formats {
			out := render(t, format.Name, r, Options{Fixes: true, Explain: true, Root: "/r"})
			switch format.Name {
			case "junit", "checkstyle":
				wellFormed(t, out)
			case "json", "sarif", "gitlab", "rdjson":
				decode(t, out)
			case "text":
				if most := 12<<10 + 12*(len(text)+len(message))*(1+strings.Count(text, "\n")); len(out) > most {
					t.Errorf("%d bytes of text for a finding in %d bytes", len(out), len(data))
				}
			}
			if flat := strings.ReplaceAll(out, "\n", ""); source.Visible(flat) != flat {
				t.Errorf("%s prints characters that hide: %q", format.Name, out)
			}
		}
	})
}

func BenchmarkFormats(b *testing.B) {
	r := sample(b)
	one := r.Findings
	for range 1000 {
		r.Findings = append(r.Findings, one...)
	}
	for _, f := range Formats {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				if err := f.Write(io.Discard, r, sampleOptions); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
