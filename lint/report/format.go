package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sigtune/sigtune/lint"
)

// Options are what a rendering takes besides the result. The zero value is plain text, and paths as they were named.
type Options struct {
	Palette    Palette
	Hyperlinks bool // text: links that a terminal follows (OSC 8)
	Fixes      bool // text: each fix as a diff under its finding
	Explain    bool // text: why a check matters and how to repair, under its first finding

	Version  string   // of sigtune; empty when it is not known
	Root     string   // absolute: paths in machine formats are relative to it; empty leaves them as they were named
	Dir      string   // absolute: where relative paths of files start; empty means Root
	Category string   // SARIF: tells apart several runs over one commit; empty means `sigtune`
	Files    []string // JUnit: what was linted, as findings name it, so that clean files are shown; empty gives a count
}

// Format is one way to render a result.
type Format struct {
	Name    string
	Meaning string // completes the sentence "NAME is …"
	Write   func(io.Writer, *lint.Result, Options) error
}

// Formats are the renderings by name, in the order in which they are documented.
var Formats = []Format{
	{"text", "for people: snippets with carets, and what to write instead", writeText},
	{"json", "for programs: one object, see docs/json.md", writeJSON},
	{"sarif", "SARIF 2.1.0, for code scanning", writeSARIF},
	{"github", "annotations of a GitHub workflow", writeGitHub},
	{"gitlab", "a GitLab Code Quality report", writeGitLab},
	{"junit", "JUnit XML: a suite for each file, a failed case for each check", writeJUnit},
	{"checkstyle", "Checkstyle XML, for build servers", writeCheckstyle},
	{"rdjson", "reviewdog diagnostics, with safe fixes as suggestions", writeRDJSON},
}

// ParseFormat finds a format by its name.
func ParseFormat(name string) (Format, error) {
	var names []string
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	last := len(names) - 1
	return Format{}, fmt.Errorf("`%s` is no format; write %s or %s", name, strings.Join(names[:last], ", "), names[last])
}

// homepage is where people find the project, in formats that name their tool.
const homepage = "https://github.com/sigtune/sigtune"

// Page is the address of the page about a check.
func Page(c *lint.Check) string {
	return homepage + "/blob/main/docs/checks/" + c.Code + "-" + c.Name + ".md"
}
