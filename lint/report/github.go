package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// gitHubCommands are the workflow commands that annotate a file.
var gitHubCommands = map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Info: "notice"}

// gitHubAnnotations is how many annotations of one kind GitHub shows for one step of a workflow; the log holds all of them.
const gitHubAnnotations = 10

// Escapes of workflow commands: in the message, and in the values of properties.
var (
	gitHubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	gitHubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeGitHub prints workflow commands, the worst first because GitHub shows only the first ones, and a summary for the log.
func writeGitHub(w io.Writer, result *lint.Result, o Options) error {
	out := bufio.NewWriter(w)
	var order []*lint.Finding
	for i := range result.Findings {
		order = append(order, &result.Findings[i])
	}
	slices.SortStableFunc(order, func(a, b *lint.Finding) int { return int(b.Severity) - int(a.Severity) })
	for _, f := range order {
		fmt.Fprintf(out, "::%s %s::%s\n", gitHubCommands[f.Severity], o.gitHubPlace(f), gitHubData.Replace(o.withRelated(f)))
	}
	summary := Summary(result, Palette{})
	for _, n := range result.Count() {
		if n > gitHubAnnotations {
			summary += fmt.Sprintf(" · GitHub shows the first %d annotations of a kind; the log has all of them", gitHubAnnotations)
			break
		}
	}
	fmt.Fprintln(out, summary)
	return out.Flush()
}

// gitHubPlace writes the properties. Columns are for one line only: GitHub refuses them on longer ranges.
func (o Options) gitHubPlace(f *lint.Finding) string {
	var properties []string
	add := func(name, value string) { properties = append(properties, name+"="+gitHubProperty.Replace(value)) }
	if f.File.Path != "" {
		start, end := at(f.File, f.Span.Start), at(f.File, f.Span.End)
		last := lastLine(f)
		add("file", source.Visible(o.relative(f.File.Path)))
		add("line", fmt.Sprint(start.Line))
		add("endLine", fmt.Sprint(last))
		if end.Line == start.Line {
			add("col", fmt.Sprint(start.Column))
			add("endColumn", fmt.Sprint(max(start.Column, end.Column)))
		}
	}
	add("title", f.Check.Code+" "+f.Check.Name)
	return strings.Join(properties, ",")
}
