package review

import (
	"fmt"
	"io"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/lint/revision"
	diffreport "github.com/sigtune/sigtune/lint/revision/report"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning/replay"
)

// Bounds of the summary. Everything beyond them is in the other formats.
const (
	maxSummary    = 64_000 // bytes; GitHub refuses a comment of more than 65,536 characters
	shownFindings = 25
	shownHelp     = 300 // code points of a message with its help
	shownSilenced = 10
	shownTests    = 10
	shownHints    = 5
)

// Markdown prints the review as one comment: the headline, new findings, what was lost and gained, tests, hints. It follows GitHub's dialect,
// which GitLab reads too, and never exceeds GitHub's limit for comments.
func Markdown(w io.Writer, r *Review) error {
	var out strings.Builder
	fmt.Fprintf(&out, "### sigtune: %s\n", r.Headline())
	r.markdownFindings(&out)
	var tail strings.Builder
	r.markdownTests(&tail)
	r.markdownHints(&tail)
	r.markdownSilenced(&tail)
	for _, n := range r.Notes {
		fmt.Fprintf(&tail, "\n<sub>%s</sub>\n", prose(n))
	}
	changes, err := r.markdownChanges(maxSummary - out.Len() - tail.Len())
	if err != nil {
		return err
	}
	out.WriteString(changes)
	out.WriteString(tail.String())
	_, err = io.WriteString(w, out.String())
	return err
}

var signs = map[lint.Severity]string{lint.Error: "**error**", lint.Warning: "warning", lint.Info: "info"}

// markdownFindings lists the findings by file, the file with the worst first.
func (r *Review) markdownFindings(out *strings.Builder) {
	list := r.findings()
	var files []string
	of := map[string][]*lint.Finding{}
	for _, f := range list[:min(len(list), shownFindings)] {
		path := r.Path(f.File.Path)
		if of[path] == nil {
			files = append(files, path)
		}
		of[path] = append(of[path], f)
	}
	for _, path := range files {
		fmt.Fprintf(out, "\n%s\n\n", code(path))
		for _, f := range of[path] {
			fmt.Fprintf(out, "- %s, line %d: %s ([%s](%s))\n", signs[f.Severity], f.File.LineAt(f.Span.Start), prose(cut(source.Visible(wording(f)), shownHelp)), f.Check.Name, report.Page(f.Check))
		}
	}
	if more := len(list) - shownFindings; more > 0 {
		fmt.Fprintf(out, "\nand %s; <code>sigtune review</code> shows all of them.\n", report.Plural(more, "more finding"))
	}
}

// wording is what is wrong and what to write.
func wording(f *lint.Finding) string {
	if f.Help == "" {
		return f.Message
	}
	return f.Message + "; " + f.Help
}

// place is the file of a finding with its line.
func (r *Review) place(f *lint.Finding) string {
	return code(fmt.Sprintf("%s:%d", r.Path(f.File.Path), f.File.LineAt(f.Span.Start)))
}

// markdownChanges is the semantic diff in so many bytes: where it does not fit, the documents that need a look least are left out and counted.
func (r *Review) markdownChanges(room int) (string, error) {
	if r.changed() == 0 && len(r.Changes.Unread) == 0 {
		return "", nil
	}
	shown := *r.Changes
	for {
		var b strings.Builder
		if err := diffreport.Markdown(&b, &shown); err != nil {
			return "", err
		}
		text := "\n" + b.String()
		if left := len(r.Changes.Rules) - len(shown.Rules); left > 0 {
			text += fmt.Sprintf("\n**And %s**, for which a comment has no room. <code>sigtune diff</code> shows them all.\n", report.Plural(left, "more rule"))
		}
		if len(text) <= room {
			return text, nil
		}
		if len(shown.Rules) == 0 {
			return "\n**What changed has no room here.** <code>sigtune diff</code> shows it.\n", nil
		}
		if len(shown.Rules) == len(r.Changes.Rules) {
			shown.Rules = byWeight(shown.Rules)
		}
		shown.Rules = shown.Rules[:len(shown.Rules)/2]
	}
}

// byWeight are rules in the order of revision.Verdicts, those that need a look first.
func byWeight(list []revision.Rule) (out []revision.Rule) {
	for _, v := range revision.Verdicts {
		for _, r := range list {
			if r.Verdict == v {
				out = append(out, r)
			}
		}
	}
	return out
}

func (r *Review) markdownTests(out *strings.Builder) {
	passed, failed, broken := r.Status()
	if passed+failed+broken == 0 {
		return
	}
	fmt.Fprintf(out, "\n### Tests\n\n%d of %s passed.\n", passed, report.Plural(passed+failed+broken, "test"))
	shown := 0
	line := func(text string) {
		if shown++; shown <= shownTests {
			if shown == 1 {
				fmt.Fprintln(out)
			}
			fmt.Fprintf(out, "- %s\n", text)
		}
	}
	for _, t := range r.Tests {
		if t.Status == replay.Passed {
			continue
		}
		text := fmt.Sprintf("**%s** %s (%s)", t.Status, escaped(cut(t.Name, shownHelp)), code(fmt.Sprintf("%s:%d", r.Path(t.Path), t.Line)))
		if len(t.Problems) > 0 {
			p := t.Problems[0]
			text += ": " + prose(cut(p.Message, shownHelp))
			if p.Place.Path != "" {
				p.Place.Path = r.Path(p.Place.Path)
				text += ", " + code(p.Place.String())
			}
		}
		line(text)
	}
	for _, err := range r.Problems {
		line("**error** " + escaped(cut(err.Error(), shownHelp)))
	}
	if shown > shownTests {
		fmt.Fprintf(out, "- and %d more\n", shown-shownTests)
	}
}

func (r *Review) markdownHints(out *strings.Builder) {
	if len(r.Hints) == 0 {
		return
	}
	fmt.Fprintf(out, "\n<details><summary>Documented false positives that could be filters: %d</summary>\n", len(r.Hints))
	for k, h := range r.Hints {
		if k == shownHints {
			fmt.Fprintf(out, "\nand %d more; <code>sigtune tune</code> on the rule shows them.\n", len(r.Hints)-k)
			break
		}
		fmt.Fprintf(out, "\n%s says %s. A filter that sigtune grades %s:\n\n%s", code(h.Path), "“"+escaped(cut(h.Scenario, shownHelp))+"”", h.Grade, fenced("yaml", h.Block))
	}
	fmt.Fprint(out, "\n`sigtune tune` on the rule shows what each filter hides, and how an attacker would use it.\n\n</details>\n")
}

func (r *Review) markdownSilenced(out *strings.Builder) {
	if len(r.Lint.Suppressed) == 0 {
		return
	}
	fmt.Fprintf(out, "\n<details><summary>Silenced by this change: %s</summary>\n\n", report.Plural(len(r.Lint.Suppressed), "finding"))
	for k := range r.Lint.Suppressed {
		f := &r.Lint.Suppressed[k]
		if k == shownSilenced {
			fmt.Fprintf(out, "- and %d more\n", len(r.Lint.Suppressed)-k)
			break
		}
		reason := "without a reason"
		if f.Suppressed.Reason != "" {
			reason = "“" + escaped(cut(f.Suppressed.Reason, shownHelp)) + "”"
		}
		fmt.Fprintf(out, "- %s %s: %s (%s, %s)\n", r.place(f), f.Check.Name, prose(cut(source.Visible(f.Message), shownHelp)), f.Suppressed.By, reason)
	}
	fmt.Fprint(out, "\n</details>\n")
}
