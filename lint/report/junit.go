package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// The JUnit report, in the form that Jenkins, GitLab and others read.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Skipped *junitSkipped `xml:"skipped"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// writeJUnit gives each file a suite, in which each check that fired is a failed case, and each check that was silenced a skipped one.
// A clean file has one case that passed.
func writeJUnit(w io.Writer, result *lint.Result, o Options) error {
	files := map[string][]*lint.Finding{}
	for _, name := range o.Files {
		files[name] = nil
	}
	for _, list := range [][]lint.Finding{result.Findings, result.Suppressed} {
		for i := range list {
			files[list[i].File.Path] = append(files[list[i].File.Path], &list[i])
		}
	}
	out := junitReport{Name: "sigtune"}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out.add(o.junitSuite(name, files[name]))
	}
	if left := result.Files - len(files); left > 0 || len(files) == 0 {
		title := fmt.Sprintf("no findings in %s", Plural(max(left, 0), "file"))
		out.add(junitSuite{Name: "other files", Cases: []junitCase{{Name: title, Class: "sigtune"}}})
	}
	return encodeXML(w, out)
}

// add takes a suite and counts.
func (r *junitReport) add(s junitSuite) {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		if c.Failure != nil {
			s.Failures++
		}
		if c.Skipped != nil {
			s.Skipped++
		}
	}
	r.Tests, r.Failures, r.Skipped = r.Tests+s.Tests, r.Failures+s.Failures, r.Skipped+s.Skipped
	r.Suites = append(r.Suites, s)
}

// junitSuite makes the cases of one file: one for each check, in the order of the codes.
func (o Options) junitSuite(name string, findings []*lint.Finding) junitSuite {
	path := o.xmlPath(name)
	suite := junitSuite{Name: path}
	file := path
	if name == "" { // about the run
		suite.Name, file = "sigtune", ""
	}
	byCode := map[string][]*lint.Finding{}
	for _, f := range findings {
		byCode[f.Check.Code] = append(byCode[f.Check.Code], f)
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		fired := byCode[code]
		c := junitCase{Name: code + " " + fired[0].Check.Name, Class: suite.Name, File: file}
		shown := slices.DeleteFunc(slices.Clone(fired), func(f *lint.Finding) bool { return f.Suppressed != nil })
		if len(shown) == 0 {
			c.Line, c.Skipped = at(fired[0].File, fired[0].Span.Start).Line, &junitSkipped{xmlText(silenced(fired[0].Suppressed))}
		} else {
			c.Line, c.Failure = at(shown[0].File, shown[0].Span.Start).Line, newJUnitFailure(shown)
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(findings) == 0 {
		suite.Cases = []junitCase{{Name: "no findings", Class: path, File: path}}
	}
	return suite
}

// newJUnitFailure holds all findings of one check in one file: readers take one failure for each case.
func newJUnitFailure(findings []*lint.Finding) *junitFailure {
	worst := slices.MaxFunc(findings, func(a, b *lint.Finding) int { return int(a.Severity) - int(b.Severity) })
	out := &junitFailure{Message: xmlText(oneLine(findings[0])), Type: worst.Severity.String()}
	if n := len(findings) - 1; n > 0 {
		out.Message += fmt.Sprintf(" and %d more", n)
	}
	var parts []string
	for _, f := range findings {
		parts = append(parts, Finding(f, Options{}))
	}
	out.Text = xmlText("\n" + strings.Join(parts, "\n"))
	return out
}
