package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// annotation is a workflow command as the runner of GitHub reads it.
type annotation struct {
	command    string
	properties map[string]string
	message    string
}

// readCommand follows the published rules: `::name key=value,key=value::message`, with the escapes of values and message undone. A
// line that does not begin with two colons is no command.
func readCommand(line string) (annotation, bool) {
	body, isCommand := strings.CutPrefix(strings.TrimLeft(line, " \t"), "::")
	head, message, ok := strings.Cut(body, "::")
	if !isCommand || !ok {
		return annotation{}, false
	}
	name, rest, _ := strings.Cut(head, " ")
	a := annotation{command: name, properties: map[string]string{}, message: undo(message, "%0D", "\r", "%0A", "\n", "%25", "%")}
	for _, pair := range strings.Split(rest, ",") {
		key, value, _ := strings.Cut(pair, "=")
		a.properties[key] = undo(value, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	}
	return a, true
}

// undo replaces one pair after the other, as the runner does.
func undo(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return s
}

func TestGitHubReadsBackWhatWeSay(t *testing.T) {
	r := sample(t)
	r.Findings[3].File.Path = "rules/50%,a:b\n::error::x.yml"
	lines := strings.Split(strings.TrimSuffix(render(t, "github", r, sampleOptions), "\n"), "\n")
	if len(lines) != len(r.Findings)+1 {
		t.Fatalf("%d lines for %d findings and a summary", len(lines), len(r.Findings))
	}
	if _, ok := readCommand(lines[len(lines)-1]); ok {
		t.Errorf("the summary is a command: %s", lines[len(lines)-1])
	}
	var kinds []string
	found := map[string]annotation{}
	for _, l := range lines[:len(r.Findings)] {
		a, ok := readCommand(l)
		if !ok {
			t.Fatalf("no command: %s", l)
		}
		kinds = append(kinds, a.command)
		found[a.properties["title"]+a.properties["line"]] = a
	}
	if got := strings.Join(kinds, " "); got != "error error error warning notice" {
		t.Errorf("the worst first: %s", got)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		line := ""
		if f.File.Path != "" {
			line = fmt.Sprint(at(f.File, f.Span.Start).Line)
		}
		a := found[f.Check.Code+" "+f.Check.Name+line]
		if want := sampleOptions.withRelated(f); a.message != want {
			t.Errorf("message %q, want %q", a.message, want)
		}
		if f.File.Path != "" && a.properties["file"] != source.Visible(sampleOptions.relative(f.File.Path)) {
			t.Errorf("file %q", a.properties["file"])
		}
	}
}

func TestGitHubColumnsAreForOneLine(t *testing.T) {
	f := source.Parse("a.yml", []byte("a: 1\nb: 2\nc: 3\n"), source.Limits{})
	for _, c := range []struct {
		start, end int
		want       string
	}{
		{3, 4, "line=1,endLine=1,col=4,endColumn=5,"},
		{0, 5, "line=1,endLine=1,"}, // with its line break
		{0, 10, "line=1,endLine=2,"},
		{5, 5, "line=2,endLine=2,col=1,endColumn=1,"},
	} {
		finding := lint.Finding{Check: levelCheck, Severity: lint.Error, File: f, Span: source.Span{Start: c.start, End: c.end}, Message: "m"}
		if got := render(t, "github", &lint.Result{Findings: []lint.Finding{finding}}, Options{}); !strings.Contains(got, "file=a.yml,"+c.want+"title=") {
			t.Errorf("%d..%d: %s", c.start, c.end, got)
		}
	}
}

func TestGitHubSaysWhenItShowsNotAll(t *testing.T) {
	r := &lint.Result{}
	for range gitHubAnnotations + 1 {
		r.Findings = append(r.Findings, sample(t).Findings[3])
	}
	if out := render(t, "github", r, Options{}); !strings.Contains(out, "GitHub shows the first 10 annotations of a kind; the log has all of them") {
		t.Error(out)
	}
}

// wellFormed reads XML to its end; the decoder refuses characters that XML does not allow.
func wellFormed(t testing.TB, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
}

func TestJUnitReadsBack(t *testing.T) {
	text := render(t, "junit", sample(t), sampleOptions)
	wellFormed(t, text)
	var out junitReport
	if err := xml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	tests, failures, skipped := 0, 0, 0
	names := map[string]bool{}
	for _, s := range out.Suites {
		if names[s.Name] {
			t.Errorf("two suites are called %s", s.Name)
		}
		names[s.Name] = true
		tests, failures, skipped = tests+len(s.Cases), failures+s.Failures, skipped+s.Skipped
		if len(s.Cases) == 0 || s.Tests != len(s.Cases) {
			t.Errorf("%s has %d cases and says %d", s.Name, len(s.Cases), s.Tests)
		}
		for _, c := range s.Cases {
			if c.Failure != nil && (c.Failure.Message == "" || !strings.Contains(c.Failure.Text, "[SIG")) {
				t.Errorf("%s says too little: %+v", c.Name, c.Failure)
			}
		}
	}
	if out.Tests != tests || out.Failures != failures || out.Skipped != skipped || !names["sub/rules/clean.yml"] {
		t.Errorf("%d tests, %d failures, %d skipped, but %+v", tests, failures, skipped, out)
	}
}

func TestJUnitCountsFilesThatNobodyNamed(t *testing.T) {
	r := sample(t)
	r.Files = 9
	if out := render(t, "junit", r, Options{}); !strings.Contains(out, `name="no findings in 5 files"`) {
		t.Error(out)
	}
}

func TestCheckstyleReadsBack(t *testing.T) {
	r := sample(t)
	text := render(t, "checkstyle", r, sampleOptions)
	wellFormed(t, text)
	var out checkstyleReport
	if err := xml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, file := range out.Files {
		for _, e := range file.Errors {
			f := &r.Findings[i]
			if file.Name != sampleOptions.relative(f.File.Path) || e.Message != xmlText(oneLine(f)) || e.Severity != f.Severity.String() {
				t.Errorf("%s: %+v", file.Name, e)
			}
			i++
		}
	}
	if i != len(r.Findings) {
		t.Errorf("%d of %d findings", i, len(r.Findings))
	}
}

// Every byte that a file may hold, and every character of the first plane, goes through XML.
func TestXMLTakesEveryCharacter(t *testing.T) {
	var all strings.Builder
	for b := range 256 {
		all.WriteByte(byte(b))
	}
	for r := rune(0); r <= 0x10000; r++ {
		all.WriteRune(r)
	}
	r := sample(t)
	r.Findings[2].Message = all.String()
	for _, format := range []string{"junit", "checkstyle"} {
		wellFormed(t, render(t, format, r, sampleOptions))
	}
}

// rdProto are the fields of the messages of reviewdog.proto as its first readers know them: they refuse others.
type rdProto struct {
	Diagnostics []struct {
		Message  string `json:"message"`
		Location struct {
			Path  string       `json:"path"`
			Range rdProtoRange `json:"range"`
		} `json:"location"`
		Severity    string    `json:"severity"`
		Source      *struct{} `json:"source"`
		Code        struct{ Value, URL string }
		Suggestions []struct {
			Range rdProtoRange `json:"range"`
			Text  string       `json:"text"`
		} `json:"suggestions"`
		OriginalOutput string `json:"original_output"`
	} `json:"diagnostics"`
	Source   struct{ Name, URL string }
	Severity string `json:"severity"`
}

type rdProtoRange struct{ Start, End struct{ Line, Column int } }

// in is the byte range of a file, counted as the format says: lines end in \n, columns are bytes from 1.
func (r rdProtoRange) in(f *source.File) source.Span {
	offset := func(line, column int) int {
		lines := strings.SplitAfter(string(f.Data), "\n")
		return len(strings.Join(lines[:line-1], "")) + column - 1
	}
	return source.Span{Start: offset(r.Start.Line, r.Start.Column), End: offset(r.End.Line, r.End.Column)}
}

func TestReviewdogReadsBackPlacesAndFixes(t *testing.T) {
	r := sample(t)
	bom := source.Parse("bom.yml", []byte("\xef\xbb\xbfa: ü😀x\n"), source.Limits{})
	r.Findings = append(r.Findings, lint.Finding{
		Check: levelCheck, Severity: lint.Error, File: bom, Span: source.Span{Start: 12, End: 13}, Message: "x",
		Fix: &source.Fix{Title: "t", Safe: true, Edits: []source.Edit{{Span: source.Span{Start: 12, End: 13}, New: "y\n"}}},
	})
	decoder := json.NewDecoder(strings.NewReader(render(t, "rdjson", r, sampleOptions)))
	decoder.DisallowUnknownFields()
	var out rdProto
	if err := decoder.Decode(&out); err != nil {
		t.Fatal(err)
	}
	if len(out.Diagnostics) != len(r.Findings) || out.Severity != "ERROR" {
		t.Fatalf("%d diagnostics, %s", len(out.Diagnostics), out.Severity)
	}
	suggestions := 0
	for i, d := range out.Diagnostics {
		f := &r.Findings[i]
		if d.Location.Range.in(f.File) != f.Span || d.Code.Value != f.Check.Code {
			t.Errorf("%+v is not %v of %s", d.Location, f.Span, f.Check.Code)
		}
		for _, s := range d.Suggestions {
			suggestions++
			span := s.Range.in(f.File)
			got := f.File.Text(source.Span{End: span.Start}) + s.Text + f.File.Text(source.Span{Start: span.End, End: len(f.File.Data)})
			whole := source.Span{End: len(f.File.Data)}
			if want, ok := apply(f.File, whole, f.Fix.Edits); !ok || got != want || !f.Fix.Safe {
				t.Errorf("%s: %q, want %q", f.Message, got, want)
			}
		}
	}
	if suggestions != 3 {
		t.Errorf("%d suggestions", suggestions)
	}
}

// values reports every value under `level` and `User`, like a check would.
var values = &lint.Check{
	Code: "SIG0399", Name: "some-value", Severity: lint.Error, Document: func(p *lint.Pass) {
		p.Document.Base().Root.Walk(func(path string, n *source.Node) bool {
			if n.Kind == source.Scalar && (n.Value == "same" || n.Value == "hihg") {
				p.Report(lint.Finding{Span: n.Span, Message: "a value"})
			}
			return true
		})
	},
}

const fingerprinted = "title: A\nid: 0f5b6c1e-9d3a-4a53-8a6e-6b1b4c3f9a10\nlogsource:\n    product: x\ndetection:\n    a:\n        - same\n" +
	"        - same\n    b:\n        F: same\n    condition: a or b\nlevel: hihg\n---\ntitle: B\nlogsource:\n    product: x\n" +
	"detection:\n    a:\n        - same\n    condition: a\nlevel: hihg\n"

// prints are the fingerprints that GitLab and SARIF readers get.
func prints(t testing.TB, path, text string) []string {
	t.Helper()
	engine := lint.Engine{Checks: []*lint.Check{values}}
	r := engine.Files(source.Parse(path, []byte(text), source.Limits{}))
	var issues []struct{ Fingerprint string }
	if err := json.Unmarshal([]byte(render(t, "gitlab", r, Options{})), &issues); err != nil {
		t.Fatal(err)
	}
	sarif := render(t, "sarif", r, Options{})
	var out []string
	for _, issue := range issues {
		if !strings.Contains(sarif, `"sigtune/v1": "`+issue.Fingerprint+`"`) {
			t.Errorf("SARIF lacks the fingerprint %s", issue.Fingerprint)
		}
		out = append(out, issue.Fingerprint)
	}
	return out
}

func TestFingerprintsSurviveEditsElsewhere(t *testing.T) {
	want := prints(t, "rules/a.yml", fingerprinted)
	seen := map[string]bool{}
	for _, p := range want {
		seen[p] = true
	}
	if len(want) != 6 || len(seen) != 6 {
		t.Fatalf("%d findings with %d fingerprints", len(want), len(seen))
	}
	same := func(name string, got, want []string) {
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	same("again", prints(t, "rules/a.yml", fingerprinted), want)
	same("ten lines above", prints(t, "rules/a.yml", strings.Repeat("# a remark\n", 10)+fingerprinted), want)
	same("ten lines inside", prints(t, "rules/a.yml", strings.Replace(fingerprinted, "logsource:", "description: |\n"+strings.Repeat("    text\n", 9)+"logsource:", 1)), want)
	moved := prints(t, "elsewhere/b.yml", fingerprinted)
	same("the rule with an id in another file", moved[:4], want[:4])
	if moved[4] == want[4] {
		t.Error("a rule without an id is known by its path")
	}
	silenced := &lint.Result{}
	r := (&lint.Engine{Checks: []*lint.Check{values}}).Files(source.Parse("rules/a.yml", []byte(fingerprinted), source.Limits{}))
	silenced.Suppressed, silenced.Findings = r.Findings[:1], r.Findings[1:]
	var issues []struct{ Fingerprint string }
	if err := json.NewDecoder(bytes.NewReader([]byte(render(t, "gitlab", silenced, Options{})))).Decode(&issues); err != nil {
		t.Fatal(err)
	}
	if issues[0].Fingerprint != want[1] {
		t.Error("silencing a finding renames the next one")
	}
}
