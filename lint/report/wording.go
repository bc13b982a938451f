package report

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// visible makes every line of a text safe to print, and keeps its line breaks.
func visible(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = source.Visible(l)
	}
	return strings.Join(lines, "\n")
}

// oneLine is a finding in one line: what is wrong, and in brackets what to write.
func oneLine(f *lint.Finding) string {
	s := source.Visible(f.Message)
	if f.Help != "" {
		s += " (" + source.Visible(f.Help) + ")"
	}
	return s
}

// paragraph is a finding with what to write on a line of its own.
func paragraph(f *lint.Finding) string {
	s := source.Visible(f.Message)
	if f.Help != "" {
		s += "\nhelp: " + visible(f.Help)
	}
	return s
}

// withRelated is paragraph with the other places, for formats that have no form for them.
func (o Options) withRelated(f *lint.Finding) string {
	s := paragraph(f)
	shown, left := capped(f.Related, maxRelated)
	for _, r := range shown {
		pos := at(r.File, r.Span.Start)
		s += fmt.Sprintf("\nsee %s:%d:%d: %s", source.Visible(o.relative(r.File.Path)), pos.Line, pos.Column, source.Visible(r.Message))
	}
	if left > 0 {
		s += fmt.Sprintf("\nand %s", Plural(left, "more place"))
	}
	return s
}

// maxRelated is how many other places of one finding are shown to people: more are no longer read.
const maxRelated = 8

// capped cuts a list and says how many are left out.
func capped[T any](list []T, most int) ([]T, int) {
	if len(list) <= most {
		return list, 0
	}
	return list[:most], len(list) - most
}

// silencers are the means of silencing in words.
var silencers = map[lint.SuppressedBy]string{
	lint.ByDirective: "a comment in the file", lint.ByBaseline: "the baseline", lint.ByConfiguration: "the configuration",
}

// silenced says in one line why a finding is not shown.
func silenced(s *lint.Suppression) string {
	out := "suppressed by " + silencers[s.By]
	if !s.Until.IsZero() {
		out += " until " + day(s.Until)
	}
	if s.Reason != "" {
		out += ": " + source.Visible(s.Reason)
	}
	return out
}
