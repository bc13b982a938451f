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

// filterHeadlines say what became of a filter document. Its rules find less when it hides more.
var filterHeadlines = map[revision.Verdict]string{
	revision.Removed:    "filter removed",
	revision.Both:       "filter hides more and less",
	revision.Narrowed:   "filter hides more",
	revision.Unknown:    "filter not decided",
	revision.Widened:    "filter hides less",
	revision.Added:      "filter added",
	revision.Equivalent: "filter equivalent",
}

// correlationHeadline says what became of a correlation.
func correlationHeadline(c *revision.Correlation) string {
	switch {
	case c.Verdict == revision.Unknown:
		return "correlation changed, not compared"
	case c.Verdict == revision.Equivalent && len(c.Rules) > 0:
		return "correlation of changed rules"
	}
	return "correlation " + headlines[c.Verdict]
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

// why says which changed part an event is there for, and where it stands; empty when it stands for the change as a whole.
func (s sample) reason() string {
	if s.file == nil {
		return ""
	}
	version := ""
	if s.old {
		version = " before"
	}
	return fmt.Sprintf("%s, line %d%s", s.why, s.file.LineAt(s.span.Start), version)
}

// targets says how the rules and the log source that a filter names changed.
func targets(f *revision.Filter) (lines []string) {
	if f.Targets.Name != "" {
		lines = append(lines, "the filter applies to other rules: "+attribute(f.Targets))
	}
	if f.Was != nil && f.Is != nil && f.Was.Logsource.String() != f.Is.Logsource.String() {
		lines = append(lines, fmt.Sprintf("the log source of its rules %s became %s", code(f.Was.Logsource.String()), code(f.Is.Logsource.String())))
	}
	return lines
}

// untouched says how many rules of a filter are as they were, and which were not given; empty when there are none.
func untouched(f *revision.Filter) (lines []string) {
	same := 0
	for _, a := range f.Affected {
		if a.Verdict == revision.Equivalent {
			same++
		}
	}
	switch {
	case same == 0:
	case same == 1:
		lines = append(lines, fmt.Sprintf("1 of its %s finds what it found before", lintreport.Plural(len(f.Affected), "rule")))
	default:
		lines = append(lines, fmt.Sprintf("%d of its %s find what they found before", same, lintreport.Plural(len(f.Affected), "rule")))
	}
	if n := len(f.Missing); n > 0 {
		names := f.Missing[:min(n, shownEntries)]
		text := "not among the given rules: "
		for k, name := range names {
			if k > 0 {
				text += ", "
			}
			text += code(name)
		}
		if n > len(names) {
			text += fmt.Sprintf(" and %d more", n-len(names))
		}
		lines = append(lines, text)
	}
	return lines
}

// references says which changed documents a correlation names.
func references(c *revision.Correlation) (lines []string) {
	for _, r := range c.Rules {
		title := r.Pair.Head().Title.Value
		lines = append(lines, fmt.Sprintf("it counts %s, which is %s", code(title), headlines[r.Verdict]))
	}
	return lines
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
	if n := len(c.Filters); n > 0 {
		parts = append(parts, lintreport.Plural(n, "filter")+" changed")
	}
	touched := 0
	for i := range c.Correlations {
		if n := &c.Correlations[i]; n.Verdict == revision.Equivalent && len(n.Rules) > 0 {
			touched++
		}
	}
	if n := len(c.Correlations) - touched; n > 0 {
		parts = append(parts, lintreport.Plural(n, "correlation")+" changed")
	}
	if touched > 0 {
		parts = append(parts, lintreport.Plural(touched, "correlation")+" of changed rules")
	}
	if n := len(c.Unread); n > 0 {
		parts = append(parts, lintreport.Plural(n, "file")+" not read")
	}
	return strings.Join(parts, ", ")
}

// unread says what could not be read, and which version of it.
func unread(u revision.Unread) string {
	version := "now"
	if u.Old {
		version = "before"
	}
	return fmt.Sprintf("%s: its rules were not compared, because it cannot be read as it is %s: %s", source.Visible(u.File.Path), version, source.Visible(u.Problem.Message))
}

func skipped(p revision.Pair) string {
	return fmt.Sprintf("%s: a %s changed, and cannot be compared", source.Visible(p.Path()), p.Kind())
}

// head is the rule that a reader knows: the new one, or the last there was.
func head(r *revision.Rule) *rules.Rule {
	if r.Is != nil {
		return r.Is
	}
	return r.Was
}

// touched are the rules of a filter that find something else now, or may.
func touched(f *revision.Filter) (out []revision.Affected) {
	for _, a := range f.Affected {
		if a.Verdict != revision.Equivalent {
			out = append(out, a)
		}
	}
	return out
}

func affected(a revision.Affected) string {
	if a.Changed {
		return headlines[a.Verdict] + ", and changed itself as well"
	}
	return headlines[a.Verdict]
}
