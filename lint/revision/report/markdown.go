package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"

	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Markdown prints a comparison as a comment for a pull request: a table with one row per rule whose detection or log source changed, then
// the other changes as a list. It follows GitHub's dialect.
func Markdown(w io.Writer, c *revision.Comparison) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "### Detection changes\n\n%s.\n", sentence(summary(c)))
	var rows []*revision.Rule
	for _, v := range revision.Verdicts {
		for i := range c.Rules {
			if c.Rules[i].Verdict == v {
				rows = append(rows, &c.Rules[i])
			}
		}
	}
	if len(rows) > 0 {
		fmt.Fprint(out, "\n| Rule | Verdict | No longer detected | Newly detected |\n|---|---|---|---|\n")
	}
	for _, r := range rows {
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", ruleCell(r), strong(r), cell(r, r.Change.Lost), cell(r, r.Change.Gained))
	}
	for _, r := range rows {
		details(out, r)
	}
	if len(c.Skipped) > 0 {
		fmt.Fprintln(out)
		for _, p := range c.Skipped {
			fmt.Fprintf(out, "- %s\n", plain(skipped(p)))
		}
	}
	if len(rows) > 0 {
		fmt.Fprint(out, "\n<sub>Each event was found by exact search and evaluated again on both versions of the rule.</sub>\n")
	}
	return out.Flush()
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func strong(r *revision.Rule) string {
	word := headlines[r.Verdict]
	if lost, _ := r.Loses(); lost {
		return "**" + word + "**"
	}
	return word
}

func ruleCell(r *revision.Rule) string {
	out := plain(head(r).Title.Value) + "<br>" + verbatim(r.Path())
	if r.Moved {
		out += "<br>was " + verbatim(r.Old.Path)
	}
	return out
}

// cellEvents is how many events a cell of the table shows; more make it unreadable.
const cellEvents = 3

// cell is one half of a change.
func cell(r *revision.Rule, d logic.Difference) string {
	if d.Verdict == logic.No {
		return "–"
	}
	var parts []string
	if words := half(d); words != "" {
		parts = append(parts, plain(words))
	}
	if d.Verdict == logic.Yes {
		all := samples(r, d)
		for k, s := range all {
			if k == cellEvents {
				parts = append(parts, fmt.Sprintf("and %d more events", len(all)-k))
				break
			}
			parts = append(parts, verbatim(lintreport.Event(s.event)))
		}
	}
	return strings.Join(parts, "<br>")
}

// details lists the changed wording and metadata below the table.
func details(out *bufio.Writer, r *revision.Rule) {
	var lines []string
	if words := logs(r); words != "" {
		lines = append(lines, plain(words))
	}
	for _, e := range r.Change.Edits {
		lines = append(lines, plain(e.Text))
	}
	for _, words := range assumed(r) {
		lines = append(lines, "assuming: "+plain(words))
	}
	for _, a := range r.Metadata {
		lines = append(lines, "metadata: "+plain(attribute(a)))
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n<details><summary>%s: what changed</summary>\n\n", plain(head(r).Title.Value))
	for _, l := range lines {
		fmt.Fprintf(out, "- %s\n", l)
	}
	fmt.Fprint(out, "\n</details>\n")
}

// verbatim is text in a code element. HTML rather than backticks: rule text holds backticks, and a `|` in backticks would still end
// the cell.
func verbatim(s string) string { return "<code>" + escaped(source.Visible(s)) + "</code>" }

// escaped is text that neither HTML nor Markdown takes for markup, on one line.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x80 && strings.ContainsRune("&<>|`*_\\[]~#!@:\"'", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	// GitHub makes a link of what begins with this.
	return strings.ReplaceAll(b.String(), "www.", "www&#46;")
}

// plain is running text in which what stands in backticks becomes code.
func plain(s string) string {
	s = source.Visible(s)
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 {
		return escaped(s) // a backtick of rule text among ours
	}
	var b strings.Builder
	for k, p := range parts {
		if k%2 == 1 {
			b.WriteString("<code>" + escaped(p) + "</code>")
		} else {
			b.WriteString(escaped(p))
		}
	}
	return b.String()
}
