package replay

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// Summary counts the results of a run.
type Summary struct {
	Tests    int `json:"tests"`
	Passed   int `json:"passed"`
	Failed   int `json:"failed"`
	Errors   int `json:"errors"`
	Events   int `json:"events"`
	Rules    int `json:"rules"` // with a test
	Untested int `json:"untested"`
}

// Summarise counts.
func Summarise(results []*Result, untested []*Rule) Summary {
	s := Summary{Tests: len(results), Untested: len(untested)}
	seen := map[*Rule]bool{}
	for _, r := range results {
		s.Events += r.Events
		switch r.Status {
		case Passed:
			s.Passed++
		case Failed:
			s.Failed++
		case Errored:
			s.Errors++
		}
		if r.Rule != nil && !seen[r.Rule] {
			seen[r.Rule] = true
			s.Rules++
		}
	}
	return s
}

// Paint colours words of the text report; the zero value leaves them as they are.
type Paint struct{ Good, Bad, Dim func(string) string }

func (p Paint) apply(f func(string) string, s string) string {
	if f == nil {
		return s
	}
	return f(s)
}

// Text writes the failures with their reasons, with verbose also what passed, and a summary.
func Text(w io.Writer, results []*Result, untested []*Rule, strict, verbose bool, paint Paint) {
	for _, r := range results {
		if r.Status == Passed && !verbose {
			continue
		}
		mark := paint.apply(paint.Bad, map[Status]string{Failed: "FAIL", Errored: "ERROR"}[r.Status])
		if r.Status == Passed {
			mark = paint.apply(paint.Good, "ok")
		}
		fmt.Fprintf(w, "%s  %s  %s\n", mark, source.Visible(r.Name), paint.apply(paint.Dim, fmt.Sprintf("%s:%d", r.Path, r.Line)))
		for i, p := range r.Problems {
			if p.Place.Path != "" {
				fmt.Fprintf(w, "  %s: %s\n", p.Place, p.Message)
			} else {
				fmt.Fprintf(w, "  %s\n", p.Message)
			}
			if p.Explain != nil && i == 0 {
				explain(w, p.Explain, 2)
			}
		}
		for _, n := range r.Notes {
			fmt.Fprintf(w, "  note: %s\n", n)
		}
	}
	if strict {
		for _, r := range untested {
			fmt.Fprintf(w, "%s  %s  %s\n", paint.apply(paint.Bad, "UNTESTED"), source.Visible(r.Title.Value), paint.apply(paint.Dim, r.Path))
		}
	}
	s := Summarise(results, untested)
	fmt.Fprintf(w, "%d of %s passed (%s, %s)", s.Passed, report.Plural(s.Tests, "test"), report.Plural(s.Rules, "rule"), report.Plural(s.Events, "event"))
	if s.Untested > 0 {
		fmt.Fprintf(w, "; %s without a test", report.Plural(s.Untested, "rule"))
	}
	fmt.Fprintln(w)
}

// explain writes the parts that decide: below a part that should hold and does not, those that do not hold.
func explain(w io.Writer, r *match.Result, depth int) {
	mark := "✓"
	if !r.Matched {
		mark = "✗"
	}
	line := strings.Repeat("  ", depth) + mark + " " + source.Visible(r.Label)
	if r.Reason != "" {
		line += ": " + source.Visible(r.Reason)
	}
	fmt.Fprintln(w, line)
	for _, p := range r.Parts {
		if r.Kind == match.NotResult || p.Matched == r.Matched {
			explain(w, p, depth+1)
		}
	}
}

// jsonReport is the form sigtune.test/1.
type jsonReport struct {
	Schema   string     `json:"schema"`
	Tests    []jsonTest `json:"tests"`
	Untested []jsonRule `json:"untested"`
	Problems []string   `json:"problems"`
	Summary  Summary    `json:"summary"`
}

type jsonRule struct {
	Path  string `json:"path"`
	ID    string `json:"id"`
	Title string `json:"title"`
}

type jsonTest struct {
	Name     string        `json:"name"`
	Kind     string        `json:"kind"`
	Path     string        `json:"path"`
	Line     int           `json:"line"`
	Rule     *jsonRule     `json:"rule"`
	Status   Status        `json:"status"`
	Events   int           `json:"events"`
	Matched  int           `json:"matched"`
	Problems []jsonProblem `json:"problems"`
	Notes    []string      `json:"notes"`
}

type jsonProblem struct {
	Message string     `json:"message"`
	Event   *jsonPlace `json:"event"`
}

type jsonPlace struct {
	Path   string `json:"path"`
	Line   int    `json:"line"` // 0 in EVTX
	Record int    `json:"record"`
}

func ruleJSON(r *Rule) *jsonRule {
	if r == nil {
		return nil
	}
	return &jsonRule{r.Path, r.ID.Value, r.Title.Value}
}

// JSON writes one object.
func JSON(w io.Writer, results []*Result, untested []*Rule, problems []error) error {
	out := jsonReport{Schema: "sigtune.test/1", Tests: []jsonTest{}, Untested: []jsonRule{}, Problems: []string{}, Summary: Summarise(results, untested)}
	for _, r := range results {
		t := jsonTest{r.Name, r.Kind, r.Path, r.Line, ruleJSON(r.Rule), r.Status, r.Events, r.Matched, []jsonProblem{}, append([]string{}, r.Notes...)}
		for _, p := range r.Problems {
			j := jsonProblem{Message: p.Message}
			if p.Place.Path != "" {
				j.Event = &jsonPlace{p.Place.Path, p.Place.Line, p.Place.Number}
			}
			t.Problems = append(t.Problems, j)
		}
		out.Tests = append(out.Tests, t)
	}
	for _, r := range untested {
		out.Untested = append(out.Untested, *ruleJSON(r))
	}
	for _, err := range problems {
		out.Problems = append(out.Problems, err.Error())
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a suite for each test file, and with strict one for rules without a test.
func JUnit(w io.Writer, results []*Result, untested []*Rule, strict bool) error {
	out := junitSuites{Name: "sigtune test"}
	add := func(suite string, c junitCase) {
		if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != suite {
			out.Suites = append(out.Suites, junitSuite{Name: suite})
		}
		s := &out.Suites[len(out.Suites)-1]
		s.Tests++
		out.Tests++
		if c.Failure != nil {
			s.Failures++
			out.Failures++
		}
		if c.Error != nil {
			s.Errors++
			out.Errors++
		}
		s.Cases = append(s.Cases, c)
	}
	for _, r := range results {
		c := junitCase{Name: r.Name, Class: r.Path, File: r.Path}
		if r.Rule != nil {
			c.Class = r.Rule.Path
		}
		if message := junitText(r); r.Status == Failed {
			c.Failure = message
		} else if r.Status == Errored {
			c.Error = message
		}
		add(r.Path, c)
	}
	if strict {
		for _, r := range untested {
			add("rules without a test", junitCase{Name: r.Title.Value, Class: r.Path, File: r.Path, Failure: &junitMessage{Message: "the rule has no test"}})
		}
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func junitText(r *Result) *junitMessage {
	if len(r.Problems) == 0 {
		return nil
	}
	var text strings.Builder
	for _, p := range r.Problems {
		if p.Place.Path != "" {
			fmt.Fprintf(&text, "%s: ", p.Place)
		}
		fmt.Fprintln(&text, p.Message)
		if p.Explain != nil {
			explain(&text, p.Explain, 1)
		}
	}
	return &junitMessage{r.Problems[0].Message, text.String()}
}
