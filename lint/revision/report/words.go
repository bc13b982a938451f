package report

import (
	"fmt"
	"slices"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"

	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// headlines say what became of a rule in words.
var headlines = map[revision.Verdict]string{
	revision.Removed:    "removed",
	revision.Both:       "lost and gained",
	revision.Narrowed:   "narrowed",
	revision.Unknown:    "not decided",
	revision.Widened:    "widened",
	revision.Added:      "added",
	revision.Equivalent: "equivalent",
}

// sample is an event to show, with the reason why this one.
type sample struct {
	event logic.Event
	why   string
	file  *source.File // of the part, or nil
	span  source.Span
	old   bool // the part is of the old version
}

// samples are the events of one half of a change: one for each changed part where there is one, else the witness.
func samples(r *revision.Rule, d logic.Difference) []sample {
	var out []sample
	seen := map[string]bool{}
	for _, b := range d.Because {
		if text := lintreport.Event(b.Event); !seen[text] {
			seen[text] = true
			s := sample{event: b.Event, why: named(b.Part), span: place(b.Part), file: r.Is.File}
			for _, p := range r.Change.Edits[b.Edit].Removed {
				s.old = s.old || p == b.Part
			}
			if s.old {
				s.file = r.Was.File
			}
			out = append(out, s)
		}
	}
	if len(out) == 0 && d.Witness != nil {
		out = append(out, sample{event: d.Witness})
	}
	return out
}

// place is where a part of a rule stands.
func place(part logic.Part) source.Span {
	switch p := part.(type) {
	case *rules.Test:
		if p.Value != nil && p.Value.Node != nil {
			return p.Value.Node.Span
		}
	case *rules.Item:
		return p.Span()
	case *rules.Block:
		return p.Node.Span
	case *rules.Detection:
		return p.Key.Span
	case *rules.Expr:
		return p.Span
	}
	return source.Span{}
}

// named is a part in a few words.
func named(part logic.Part) string {
	switch p := part.(type) {
	case *rules.Test:
		if p.Value != nil {
			return "`" + source.Shorten(p.Value.Text) + "`"
		}
	case *rules.Item:
		return "`" + source.Shorten(p.KeyText()) + "`"
	case *rules.Detection:
		return "`" + source.Shorten(p.Name) + "`"
	case *rules.Block:
		return "an alternative"
	}
	return "the condition"
}

// logs says how the log source changed, or nothing.
func logs(r *revision.Rule) string {
	if r.Was == nil || r.Is == nil || r.Change.Logs == logic.SameLogs {
		return ""
	}
	return fmt.Sprintf("the log source %s became %s: %s", code(r.Was.Logsource.String()), code(r.Is.Logsource.String()), map[logic.Scope]string{
		logic.NarrowerLogs: "fewer logs are read",
		logic.WiderLogs:    "more logs are read",
		logic.OtherLogs:    "other logs are read",
		logic.UnclearLogs:  "which logs they have in common is not known",
	}[r.Change.Logs])
}

// assumed is what the proofs of a change take for granted, each sentence once.
func assumed(r *revision.Rule) []string {
	var out []string
	for _, d := range []logic.Difference{r.Change.Lost, r.Change.Gained} {
		for _, a := range d.Assumptions {
			if d.Verdict == logic.No && a.Text != "" && !slices.Contains(out, a.Text) {
				out = append(out, a.Text)
			}
		}
	}
	return out
}

func code(s string) string { return "`" + source.Shorten(s) + "`" }

// half is one half of a change in a sentence, without its events.
func half(d logic.Difference) string {
	switch {
	case d.Verdict == logic.Unknown:
		return "not decided: " + d.Reason
	case d.Verdict == logic.No:
		return "nothing"
	case d.Logs:
		return "any event that matches, from logs that only one version reads"
	}
	return ""
}

// attribute is a change of metadata in words.
func attribute(a revision.Attribute) string {
	if a.List {
		var parts []string
		for _, s := range a.Removed {
			parts = append(parts, "−"+source.Shorten(s))
		}
		for _, s := range a.Added {
			parts = append(parts, "+"+source.Shorten(s))
		}
		if len(parts) > shownEntries {
			parts = append(parts[:shownEntries], fmt.Sprintf("and %d more", len(parts)-shownEntries))
		}
		return a.Name + " " + strings.Join(parts, " ")
	}
	switch {
	case a.Old == "":
		return fmt.Sprintf("%s is %s now", a.Name, code(a.New))
	case a.New == "":
		return fmt.Sprintf("%s %s is gone", a.Name, code(a.Old))
	}
	return fmt.Sprintf("%s %s → %s", a.Name, code(a.Old), code(a.New))
}

// shownEntries is how many entries of a list attribute a line names.
const shownEntries = 4

// summary counts the verdicts.
func summary(c *revision.Comparison) string {
	count := map[revision.Verdict]int{}
	for i := range c.Rules {
		count[c.Rules[i].Verdict]++
	}
	var parts []string
	for _, v := range revision.Verdicts {
		if count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[v], headlines[v]))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "no rule changed")
	}
	if c.Same > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", c.Same))
	}
	return strings.Join(parts, ", ")
}

func skipped(p revision.Pair) string {
	return fmt.Sprintf("%s: a %s changed, and only rules are compared", source.Visible(p.Path()), p.Kind())
}

// head is the rule that a reader knows: the new one, or the last there was.
func head(r *revision.Rule) *rules.Rule {
	if r.Is != nil {
		return r.Is
	}
	return r.Was
}
