package report

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// Text prints findings for people: a headline, the place, a snippet with carets, and what to write instead.
func Text(w io.Writer, result *lint.Result, palette Palette) error {
	return writeText(w, result, Options{Palette: palette})
}

func writeText(w io.Writer, result *lint.Result, o Options) error {
	out := bufio.NewWriter(w)
	explained := map[*lint.Check]bool{}
	for i := range result.Findings {
		f := &result.Findings[i]
		out.WriteString(Finding(f, o))
		if o.Explain && !explained[f.Check] {
			explained[f.Check] = true
			out.WriteString(explanation(f.Check, o.Palette))
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, Summary(result, o.Palette))
	if next := nextSteps(result); next != "" {
		fmt.Fprintln(out, o.Palette.Dim(next))
	}
	return out.Flush()
}

// Finding is one finding as Text prints it, without a blank line behind it.
func Finding(f *lint.Finding, o Options) string {
	var b strings.Builder
	p := o.Palette
	code := o.link(Page(f.Check), fmt.Sprintf("%s[%s]", f.Severity, f.Check.Code))
	fmt.Fprintf(&b, "%s %s  %s\n", p.severity(f.Severity, code), p.Strong(source.Visible(f.Message)), p.Dim("("+f.Check.Name+")"))
	related, left := capped(f.Related, maxRelated)
	if len(f.File.Data) == 0 {
		if f.File.Path != "" {
			fmt.Fprintf(&b, "  %s %s\n", p.Dim("-->"), o.named(f.File))
		}
	} else {
		fmt.Fprintf(&b, "  %s %s\n", p.Dim("-->"), o.place(f.File, f.Span))
		marks := []Mark{{Span: f.Span, Primary: true}}
		for _, r := range related {
			if same(r.File, f.File) {
				marks = append(marks, Mark{Span: r.Span, Label: r.Message})
			}
		}
		b.WriteString(indent(Snippet(f.File, marks, p)))
	}
	note := func(label, text string) {
		label = strings.TrimSuffix("= "+label, " ")
		below := strings.Repeat(" ", len("   ")+len(label)+1)
		fmt.Fprintf(&b, "   %s %s\n", p.Dim(label), strings.ReplaceAll(text, "\n", "\n"+below))
	}
	for _, r := range related {
		if !same(r.File, f.File) {
			note("", fmt.Sprintf("%s: %s", source.Visible(r.Message), o.place(r.File, r.Span)))
		}
	}
	if left > 0 {
		note("", "and "+Plural(left, "more place"))
	}
	diff := ""
	if o.Fixes && f.Fix != nil {
		diff = fixDiff(f, p)
	}
	if f.Help != "" && (diff == "" || f.Help != f.Fix.Title) { // the title of the fix says it again
		note("help:", visible(f.Help))
	}
	if diff != "" {

		note("fix:", source.Visible(f.Fix.Title)+p.Dim(fixSafety[f.Fix.Safe]))
		b.WriteString(indent(diff))
	}
	return b.String()
}

// same reports the same file, even if it was read twice.
func same(a, b *source.File) bool { return a == b || a.Path == b.Path }

// fixSafety says behind the title of a fix whether it may be applied unseen.
var fixSafety = map[bool]string{true: " (safe)", false: " (unsafe: look at it first)"}

// explanation says why a check matters and how to repair what it finds.
func explanation(c *lint.Check, p Palette) string {
	var b strings.Builder
	for _, part := range []struct{ label, text string }{
		{"= why: ", c.Doc.Why}, {"= assumes: ", c.Doc.Assumes}, {"= repair: ", c.Doc.Fix},
	} {
		if part.text == "" {
			continue
		}
		lead := p.Dim(part.label)
		for _, line := range Wrap(part.text, snippetWidth-len(part.label)) {
			fmt.Fprintf(&b, "   %s%s\n", lead, line)
			lead = strings.Repeat(" ", len(part.label))
		}
	}
	return b.String()
}

// Wrap breaks a text into lines of at most width columns, at blanks. A word longer than that stays whole.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case Width(line)+1+Width(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// severity colours a text as findings of this severity are.
func (p Palette) severity(s lint.Severity, text string) string {
	switch s {
	case lint.Error:
		return p.Bad(text)
	case lint.Warning:
		return p.Warn(text)
	}
	return p.Note(text)
}

// named is the path of a file, as a link when it is wanted and known where the file lies.
func (o Options) named(f *source.File) string { return o.fileLink(f, source.Visible(f.Path)) }

// place is path, line and column.
func (o Options) place(f *source.File, s source.Span) string {
	pos := at(f, s.Start)
	return o.fileLink(f, fmt.Sprintf("%s:%d:%d", source.Visible(f.Path), pos.Line, pos.Column))
}

func (o Options) fileLink(f *source.File, text string) string {
	path := o.absolute(f.Path)
	if !filepath.IsAbs(path) || strings.HasPrefix(f.Path, "<") { // a name in angle brackets is no file
		return text
	}
	return o.link(fileURI(filepath.ToSlash(path)), text)
}

// link makes a text a link for terminals that know OSC 8; others print the text. The address is a URI, so that nothing in it can end
// the sequence.
func (o Options) link(uri, text string) string {
	if !o.Hyperlinks {
		return text
	}
	return "\x1b]8;;" + uri + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
}
