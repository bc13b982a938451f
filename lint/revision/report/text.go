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
	out := text{bufio.NewWriter(w), palette}
	for i := range c.Rules {
		out.rule(&c.Rules[i])
	}
	for i := range c.Filters {
		out.filter(&c.Filters[i])
	}
	for i := range c.Correlations {
		out.correlation(&c.Correlations[i])
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
}

// head prints what became of a document, its title and where it is.
func (t text) head(v revision.Verdict, headline string, p revision.Pair, moved bool) {
	paint := t.palette.Note
	switch v {
	case revision.Removed, revision.Both, revision.Narrowed:
		paint = t.palette.Bad
	case revision.Unknown:
		paint = t.palette.Warn
	case revision.Equivalent:
		paint = t.palette.Good
	}
	fmt.Fprintf(t, "%s  %s\n", paint(headline), t.palette.Strong(source.Visible(p.Head().Title.Value)))
	fmt.Fprintf(t, "  %s %s\n", t.palette.Dim("-->"), source.Visible(p.Path()))
	if moved {
		fmt.Fprintf(t, "  moved from %s\n", source.Visible(p.Old.Path))
	}
}

func (t text) rule(r *revision.Rule) {
	t.head(r.Verdict, headlines[r.Verdict], r.Pair, r.Moved)
	if words := logs(r); words != "" {
		fmt.Fprintf(t, "  %s\n", words)
	}
	t.changes(r, "lost", "gained")
	t.metadata(r.Metadata)
	fmt.Fprintln(t)
}

// changes prints the edits of a detection and what they did.
func (t text) changes(r *revision.Rule, lost, gained string) {
	for _, e := range r.Change.Edits {
		fmt.Fprintf(t, "  %s\n", e.Text)
	}
	t.half(r, lost, r.Change.Lost)
	t.half(r, gained, r.Change.Gained)
	for _, words := range assumed(r) {
		fmt.Fprintf(t, "  assuming: %s\n", words)
	}
}

// half prints what was lost, or gained; nothing where there is nothing.
func (t text) half(r *revision.Rule, name string, d logic.Difference) {
	if d.Verdict == logic.No {
		return
	}
	if words := half(d); words != "" {
		fmt.Fprintf(t, "  %s: %s\n", name, words)
		if d.Verdict == logic.Unknown {
			return
		}
	}
	for _, s := range samples(r, d) {
		why := s.reason()
		if why != "" {
			why = t.palette.Dim("  (" + why + ")")
		}
		fmt.Fprintf(t, "  %s: %s%s\n", name, lintreport.Event(s.event), why)
	}
}

func (t text) metadata(list []revision.Attribute) {
	for k, a := range list {
		lead := "  metadata: "
		if k > 0 {
			lead = "            "
		}
		fmt.Fprintf(t, "%s%s\n", lead, attribute(a))
	}
}

// shownRules is how many rules of one filter are printed: a filter may apply to all there are. JSON has them all.
const shownRules = 20

func (t text) filter(f *revision.Filter) {
	t.head(f.Verdict, filterHeadlines[f.Verdict], f.Pair, f.Moved)
	for _, line := range targets(f) {
		fmt.Fprintf(t, "  %s\n", line)
	}
	t.changes(&f.Rule, "hidden now", "hidden before")
	shown := 0
	list := touched(f)
	for _, a := range list {
		if shown++; shown > shownRules {
			fmt.Fprintf(t, "  and %s\n", lintreport.Plural(len(list)-shownRules, "more rule"))
			break
		}
		fmt.Fprintf(t, "  its rule %s: %s\n", code(a.Rule.Head().Title.Value), affected(a))
		for _, half := range []struct {
			name string
			of   logic.Answer
		}{{"lost", a.Lost}, {"gained", a.Gained}} {
			switch half.of.Verdict {
			case logic.Yes:
				fmt.Fprintf(t, "    %s: %s\n", half.name, lintreport.Event(half.of.Witness))
			case logic.Unknown:
				fmt.Fprintf(t, "    %s: not decided: %s\n", half.name, half.of.Reason)
			}
		}
	}
	for _, line := range untouched(f) {
		fmt.Fprintf(t, "  %s\n", line)
	}
	t.metadata(f.Metadata)
	fmt.Fprintln(t)
}

func (t text) correlation(c *revision.Correlation) {
	t.head(c.Verdict, correlationHeadline(c), c.Pair, c.Moved)
	for _, a := range c.Attributes {
		fmt.Fprintf(t, "  %s\n", attribute(a))
	}
	if c.Reason != "" {
		fmt.Fprintf(t, "  %s\n", c.Reason)
	}
	for _, line := range references(c) {
		fmt.Fprintf(t, "  %s\n", line)
	}
	t.metadata(c.Metadata)
	fmt.Fprintln(t)
}
