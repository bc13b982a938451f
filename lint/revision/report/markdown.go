package report

import (
	"fmt"
	"io"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"

	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Bounds of a comment for a pull request. Everything beyond them is in the other formats.
const (
	maxMarkdown  = 60_000 // bytes; GitHub refuses a comment of more than 65,536 characters
	maxTail      = 2_000  // bytes kept for what follows the sections
	shownSamples = 3      // events of one half
	shownEdits   = 12     // lines of what changed in one document
	shownLines   = 30     // documents of the list without sections, files that were not read
	shownValue   = 160    // code points of one text of an event
	shownEvent   = 1_500  // bytes of one event
	shownTitle   = 120    // code points
	shownLine    = 400    // code points of one line of what changed
)

// Markdown prints a comparison as a comment for a pull request: how many documents of each class, then a section for each that gained or
// lost events, the losses first. It follows GitHub's dialect and never exceeds its limit for comments.
func Markdown(w io.Writer, c *revision.Comparison) error {
	var out strings.Builder
	fmt.Fprintf(&out, "### Detection changes\n\n%s\n", verdictLine(c))
	all := entries(c)
	classTable(&out, c, all)
	notRead(&out, c)
	left := map[string]int{}
	var order []string
	sections := 0
	for _, e := range all {
		if e.quiet {
			continue
		}
		section := e.section()
		if len(left) > 0 || out.Len()+len(section) > maxMarkdown-maxTail {
			if left[e.headline]++; left[e.headline] == 1 {
				order = append(order, e.headline)
			}
			continue
		}
		sections++
		out.WriteString(section)
	}
	quiet(&out, all, len(left) > 0)
	if len(left) > 0 {
		var parts []string
		more := 0
		for _, headline := range order {
			parts = append(parts, fmt.Sprintf("%d %s", left[headline], headline))
			more += left[headline]
		}
		fmt.Fprintf(&out, "\n**And %d more**, for which a comment has no room: %s. `sigtune diff` shows them all.\n", more, strings.Join(parts, ", "))
	}
	if sections > 0 {
		fmt.Fprint(&out, "\n<sub>Each event was found by exact search and evaluated again on both versions. Long texts are shortened here.</sub>\n")
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// verdictLine is what a reviewer wants to know first.
func verdictLine(c *revision.Comparison) string {
	lost, unsure := 0, 0
	count := func(yes, perhaps bool) {
		switch {
		case yes:
			lost++
		case perhaps:
			unsure++
		}
	}
	for i := range c.Rules {
		count(c.Rules[i].Loses())
	}
	for i := range c.Filters {
		count(c.Filters[i].Loses())
	}
	for i := range c.Correlations {
		count(c.Correlations[i].Loses())
	}
	var parts []string
	if lost > 0 {
		parts = append(parts, fmt.Sprintf("**Detections are lost** in %s.", lintreport.Plural(lost, "document")))
	}
	if unsure > 0 {
		parts = append(parts, fmt.Sprintf("Whether any is lost could not be decided in %s.", lintreport.Plural(unsure, "document")))
	}
	if len(parts) == 0 {
		parts = append(parts, "No detection is lost.")
	}
	return strings.Join(parts, " ")
}

// entry is a document that changed.
type entry struct {
	verdict  revision.Verdict
	column   int    // of the table
	headline string // what became of it
	quiet    bool   // it matches what it matched: a line is enough
	pair     revision.Pair
	moved    bool
	body     func(*strings.Builder) // the events
	lines    []string               // what changed, as Markdown
}

// columns of the table of classes.
var columns = []string{"Rules", "Filters", "Correlations"}

// entries are all documents that changed, those that need a look first.
func entries(c *revision.Comparison) []entry {
	var all []entry
	for i := range c.Rules {
		r := &c.Rules[i]
		all = append(all, entry{
			r.Verdict, 0, headlines[r.Verdict], r.Verdict == revision.Equivalent, r.Pair, r.Moved,
			func(out *strings.Builder) { halves(out, r, "No longer detected", "Newly detected") }, ruleLines(r),
		})
	}
	for i := range c.Filters {
		f := &c.Filters[i]
		all = append(all, entry{
			f.Verdict, 1, filterHeadlines[f.Verdict], f.Verdict == revision.Equivalent && len(touched(f)) == 0, f.Pair, f.Moved,
			func(out *strings.Builder) { filterBody(out, f) }, append(plainAll(targets(f)), ruleLines(&f.Rule)...),
		})
	}
	for i := range c.Correlations {
		x := &c.Correlations[i]
		var lines []string
		for _, a := range x.Attributes {
			lines = append(lines, plain(attribute(a)))
		}
		all = append(all, entry{
			x.Verdict, 2, correlationHeadline(x), x.Verdict == revision.Equivalent && len(x.Rules) == 0, x.Pair, x.Moved,
			func(out *strings.Builder) { correlationBody(out, x) }, append(lines, metadataLines(x.Metadata)...),
		})
	}
	var out []entry
	for _, v := range revision.Verdicts {
		for _, e := range all {
			if e.verdict == v {
				out = append(out, e)
			}
		}
	}
	return out
}

// classTable counts documents by class; a kind without changes has no column.
func classTable(out *strings.Builder, c *revision.Comparison, all []entry) {
	count := map[revision.Verdict]*[3]int{}
	var total [3]int
	for _, e := range all {
		if count[e.verdict] == nil {
			count[e.verdict] = new([3]int)
		}
		count[e.verdict][e.column]++
		total[e.column]++
	}
	if len(all) == 0 {
		if c.Same > 0 {
			fmt.Fprintf(out, "\n%s unchanged.\n", lintreport.Plural(c.Same, "rule"))
		}
		return
	}
	head, line := "| Class |", "|---|"
	for k, name := range columns {
		if total[k] > 0 {
			head, line = head+" "+name+" |", line+"--:|"
		}
	}
	fmt.Fprintf(out, "\n%s\n%s\n", head, line)
	row := func(name string, numbers [3]int) {
		fmt.Fprintf(out, "| %s |", name)
		for k := range columns {
			if total[k] > 0 {
				fmt.Fprintf(out, " %d |", numbers[k])
			}
		}
		fmt.Fprintln(out)
	}
	for _, v := range revision.Verdicts {
		if count[v] != nil {
			row(headlines[v], *count[v])
		}
	}
	if c.Same > 0 && total[0] > 0 {
		row("unchanged", [3]int{c.Same})
	}
}

// notRead lists files of which nothing can be said.
func notRead(out *strings.Builder, c *revision.Comparison) {
	var lines []string
	for _, u := range c.Unread {
		lines = append(lines, plain(unread(u)))
	}
	for _, p := range c.Skipped {
		lines = append(lines, plain(skipped(p)))
	}
	if len(lines) > 0 {
		fmt.Fprint(out, "\n**Not compared**\n\n")
		bullets(out, lines, shownLines)
	}
}

func bullets(out *strings.Builder, lines []string, most int) {
	for k, l := range lines {
		if k == most {
			fmt.Fprintf(out, "- and %d more\n", len(lines)-k)
			break
		}
		fmt.Fprintf(out, "- %s\n", l)
	}
}

// section is a document with its events.
func (e entry) section() string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n#### %s: %s\n\n%s\n", sentence(e.headline), e.title(), e.place())
	e.body(&out)
	if len(e.lines) > 0 {
		fmt.Fprint(&out, "\n<details><summary>What changed</summary>\n\n")
		bullets(&out, e.lines, shownEdits)
		fmt.Fprint(&out, "\n</details>\n")
	}
	return out.String()
}

func (e entry) title() string {
	return escaped(cut(source.Visible(e.pair.Head().Title.Value), shownTitle))
}

func (e entry) place() string {
	if e.moved {
		return verbatim(e.pair.Path()) + ", was " + verbatim(e.pair.Old.Path)
	}
	return verbatim(e.pair.Path())
}

// quiet lists the documents that match what they matched, folded up. With no room left, it is one line.
func quiet(out *strings.Builder, all []entry, full bool) {
	var lines []string
	for _, e := range all {
		if !e.quiet {
			continue
		}
		what := "the wording changed"
		if len(e.lines) > 0 {
			what = strings.Join(e.lines[:min(len(e.lines), shownEntries)], "; ")
		} else if e.moved {
			what = "moved"
		}
		lines = append(lines, fmt.Sprintf("%s, %s: %s", e.title(), e.place(), what))
	}
	if len(lines) == 0 {
		return
	}
	summary := "The same events: " + lintreport.Plural(len(lines), "document")
	size := len(strings.Join(lines[:min(len(lines), shownLines)], "\n- "))
	if full || out.Len()+size > maxMarkdown-maxTail/2 {
		fmt.Fprintf(out, "\n%s.\n", summary)
		return
	}
	fmt.Fprintf(out, "\n<details><summary>%s</summary>\n\n", summary)
	bullets(out, lines, shownLines)
	fmt.Fprint(out, "\n</details>\n")
}

// halves prints what was lost and gained, each with its events in a fence.
func halves(out *strings.Builder, r *revision.Rule, lost, gained string) {
	for _, h := range []struct {
		name string
		of   logic.Difference
	}{{lost, r.Change.Lost}, {gained, r.Change.Gained}} {
		switch h.of.Verdict {
		case logic.Unknown:
			fmt.Fprintf(out, "\n%s: %s.\n", h.name, plain(half(h.of)))
		case logic.Yes:
			list := samples(r, h.of)
			var because []string
			var events []logic.Event
			for _, s := range list[:min(len(list), shownSamples)] {
				events = append(events, s.event)
				if words := s.reason(); words != "" {
					because = append(because, plain(words))
				}
			}
			text := h.name
			if words := half(h.of); words != "" {
				text += ", " + plain(words)
			}
			if len(because) > 0 {
				text += " (" + strings.Join(because, "; ") + ")"
			}
			fence(out, text, events)
			if more := len(list) - len(events); more > 0 {
				fmt.Fprintf(out, "\nand %s\n", lintreport.Plural(more, "more event"))
			}
		}
	}
}

func filterBody(out *strings.Builder, f *revision.Filter) {
	list := touched(f)
	if len(list) == 0 {
		halves(out, &f.Rule, "Hidden now", "No longer hidden")
	}
	for k, a := range list {
		if k == shownSamples {
			fmt.Fprintf(out, "\nand %s that it applies to\n", lintreport.Plural(len(list)-k, "more rule"))
			break
		}
		fmt.Fprintf(out, "\nIts rule **%s** is %s.\n", escaped(cut(source.Visible(a.Rule.Head().Title.Value), shownTitle)), affected(a))
		for _, h := range []struct {
			name string
			of   logic.Answer
		}{{"No longer detected", a.Lost}, {"Newly detected", a.Gained}} {
			switch h.of.Verdict {
			case logic.Yes:
				fence(out, h.name, []logic.Event{h.of.Witness})
			case logic.Unknown:
				fmt.Fprintf(out, "\n%s: not decided: %s.\n", h.name, plain(h.of.Reason))
			}
		}
	}
	if lines := plainAll(untouched(f)); len(lines) > 0 {
		fmt.Fprintln(out)
		bullets(out, lines, shownEdits)
	}
}

func correlationBody(out *strings.Builder, c *revision.Correlation) {
	var lines []string
	if c.Reason != "" {
		lines = append(lines, c.Reason)
	}
	if lines = plainAll(append(lines, references(c)...)); len(lines) > 0 {
		fmt.Fprintln(out)
		bullets(out, lines, shownEdits)
	}
}

// ruleLines are what changed in a rule, in words.
func ruleLines(r *revision.Rule) []string {
	var lines []string
	if words := logs(r); words != "" {
		lines = append(lines, plain(words))
	}
	for _, e := range r.Change.Edits {
		lines = append(lines, plain(cut(e.Text, shownLine)))
	}
	for _, words := range assumed(r) {
		lines = append(lines, "assuming: "+plain(words))
	}
	return append(lines, metadataLines(r.Metadata)...)
}

func metadataLines(list []revision.Attribute) (lines []string) {
	for _, a := range list {
		lines = append(lines, "metadata: "+plain(attribute(a)))
	}
	return lines
}

func plainAll(list []string) (out []string) {
	for _, s := range list {
		out = append(out, plain(s))
	}
	return out
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
