package report

import (
	"encoding/xml"
	"io"

	"github.com/sigtune/sigtune/lint"
)

// checkstyleVersion is the version of Checkstyle whose output this is; readers look at it to know the form.
const checkstyleVersion = "4.3"

// The Checkstyle report.
type (
	checkstyleReport struct {
		XMLName xml.Name         `xml:"checkstyle"`
		Version string           `xml:"version,attr"`
		Files   []checkstyleFile `xml:"file"`
	}
	checkstyleFile struct {
		Name   string            `xml:"name,attr"`
		Errors []checkstyleError `xml:"error"`
	}
	checkstyleError struct {
		Line     int    `xml:"line,attr"`
		Column   int    `xml:"column,attr"`
		Severity string `xml:"severity,attr"`
		Message  string `xml:"message,attr"`
		Source   string `xml:"source,attr"`
	}
)

func writeCheckstyle(w io.Writer, result *lint.Result, o Options) error {
	out := checkstyleReport{Version: checkstyleVersion}
	for i := range result.Findings {
		f := &result.Findings[i]
		name := o.xmlPath(f.File.Path)
		if n := len(out.Files); n == 0 || out.Files[n-1].Name != name {
			out.Files = append(out.Files, checkstyleFile{Name: name})
		}
		file, pos := &out.Files[len(out.Files)-1], at(f.File, f.Span.Start)
		file.Errors = append(file.Errors, checkstyleError{
			pos.Line, pos.Column, f.Severity.String(), xmlText(oneLine(f)), "sigtune." + f.Check.Code + "." + f.Check.Name,
		})
	}
	return encodeXML(w, out)
}
