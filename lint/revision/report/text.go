package report

import (
	"bufio"
	"fmt"
	"io"

	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Palette colours the output; its zero value is plain text.
type Palette = lintreport.Palette

// Text prints a comparison for people: for each rule what was lost and gained, with an event for each changed part.
func Text(w io.Writer, c *revision.Comparison, palette Palette) error {
	out := bufio.NewWriter(w)
	for i := range c.Rules {
		t := text{out, palette, &c.Rules[i]}
		t.rule()
	}
	for _, p := range c.Skipped {
		fmt.Fprintf(out, "%s %s\n", palette.Dim("skipped"), skipped(p))
	}
	if len(c.Skipped) > 0 {
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, summary(c))
	return out.Flush()
}

type text struct {
	*bufio.Writer
	palette Palette
	of      *revision.Rule
}

func (t text) rule() {
	r := t.of
	word := headlines[r.Verdict]
	switch r.Verdict {
	case revision.Removed, revision.Both, revision.Narrowed:
		word = t.palette.Bad(word)
	case revision.Unknown:
		word = t.palette.Warn(word)
	case revision.Equivalent:
		word = t.palette.Good(word)
	default:
		word = t.palette.Note(word)
	}
	fmt.Fprintf(t, "%s  %s\n", word, t.palette.Strong(source.Visible(head(r).Title.Value)))
	fmt.Fprintf(t, "  %s %s\n", t.palette.Dim("-->"), source.Visible(r.Path()))
	if r.Moved {
		fmt.Fprintf(t, "  moved from %s\n", source.Visible(r.Old.Path))
	}
	if words := logs(r); words != "" {
		fmt.Fprintf(t, "  %s\n", words)
	}
	for _, e := range r.Change.Edits {
		fmt.Fprintf(t, "  %s\n", e.Text)
	}
	t.half("lost", r.Change.Lost)
	t.half("gained", r.Change.Gained)
	for _, words := range assumed(r) {
		fmt.Fprintf(t, "  assuming: %s\n", words)
	}
	for k, a := range r.Metadata {
		lead := "  metadata: "
		if k > 0 {
			lead = "            "
		}
		fmt.Fprintf(t, "%s%s\n", lead, attribute(a))
	}
	fmt.Fprintln(t)
}

// half prints what was lost, or gained; nothing where there is nothing.
func (t text) half(name string, d logic.Difference) {
	if d.Verdict == logic.No {
		return
	}
	if words := half(d); words != "" {
		fmt.Fprintf(t, "  %s: %s\n", name, words)
		if d.Verdict == logic.Unknown {
			return
		}
	}
	for _, s := range samples(t.of, d) {
		why := ""
		if s.file != nil {
			version := ""
			if s.old {
				version = " before"
			}
			why = t.palette.Dim(fmt.Sprintf("  (%s, line %d%s)", s.why, s.file.LineAt(s.span.Start), version))
		}
		fmt.Fprintf(t, "  %s: %s%s\n", name, lintreport.Event(s.event), why)
	}
}
