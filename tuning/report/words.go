package report

import (
	"fmt"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/kql"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
)

// tone is how a verdict is coloured. The words say the same without colour.
type tone string

const (
	good tone = "good"
	warn tone = "warn"
	bad  tone = "bad"
)

// headline is a verdict for people.
type headline struct {
	word, means string
	tone        tone
	event       string // what the event beside the proof is
}

// headlines has a row for every verdict, in the order of summaries.
var headlines = []struct {
	verdict tuning.Verdict
	headline
}{
	{tuning.Filter, headline{"filter", "an exclusion is possible", good, "hidden event"}},
	{tuning.NeedsEnvironment, headline{"needs your values", "only your site can fill this in", warn, "event in question"}},
	{tuning.Noop, headline{"no-op", "the rule never fires on this", warn, "the scenario's event"}},
	{tuning.Swallows, headline{"swallows", "this would switch off a part of the rule", bad, "event that would be lost"}},
	{tuning.Refused, headline{"refused", "this would hide what must fire", bad, "event that would be lost"}},
	{tuning.NotExpressible, headline{"not expressible", "no field of the log can say this", warn, "event in question"}},
}

// headlineOf is the headline of a scenario. A filter that is not recommended does not look like one that is.
func headlineOf(o *tuning.Outcome) headline {
	for _, h := range headlines {
		if h.verdict != o.Verdict {
			continue
		}
		if o.Verdict == tuning.Filter && len(o.Proposals) > 0 && !o.Proposals[0].Recommended {
			return headline{"weak filter", "an attacker could use it", warn, h.event}
		}
		return h.headline
	}
	return headline{word: string(o.Verdict), tone: bad, event: "event"}
}

// tally counts verdicts: `2 filter, 1 noop`.
func tally(r *tuning.Result) string {
	count := map[tuning.Verdict]int{}
	for _, o := range r.Outcomes {
		count[o.Verdict]++
	}
	var parts []string
	for _, h := range headlines {
		if n := count[h.verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(h.verdict), "_", " ")))
		}
	}
	return strings.Join(parts, ", ")
}

// queryAnswer is the word that says whether the page's query is the rule, empty where that is not known.
func queryAnswer(d *tuning.Document) (string, tone) {
	switch {
	case d.Compared == nil:
	case d.Compared.Equivalent == kql.Yes:
		return "equivalent", good
	case d.Compared.Equivalent == kql.No:
		return "not equivalent", bad
	}
	return "", warn
}

// queryWords say how the page's query compares with the rule.
func queryWords(d *tuning.Document) string {
	name := strings.ToUpper(string(d.Query.Language))
	if name == "" {
		name = "query"
	}
	c := d.Compared
	answer, _ := queryAnswer(d)
	switch {
	case c == nil:
		return fmt.Sprintf("The page's %s was not compared with the rule.", name)
	case c.Equivalent == kql.Yes && c.Exact:
		return fmt.Sprintf("The page's %s is %s to the rule: it is its exact translation.", name, answer)
	case c.Equivalent == kql.Yes:
		return fmt.Sprintf("The page's %s is %s to the rule: %s.", name, answer, strings.TrimSuffix(c.Statement, "."))
	case c.Equivalent == kql.No:
		return fmt.Sprintf("The page's %s is %s to the rule: %s.", name, answer, strings.TrimSuffix(c.Difference, "."))
	}
	return fmt.Sprintf("Whether the page's %s says the same as the rule could not be decided: %s.", name, strings.TrimSuffix(c.Statement, "."))
}

// readWords say what was done before the rule could be judged, one sentence each.
func readWords(r *tuning.Result) []string {
	var out []string
	if r.Others > 0 {
		out = append(out, fmt.Sprintf("The file holds %s; only this one is tuned.", lintreport.Plural(r.Others, "more rule")))
	}
	d := r.Document
	if d == nil {
		return out
	}
	switch {
	case d.Recovered && d.Readings > 1:
		out = append(out, fmt.Sprintf("The rule's indentation was put back; %d readings of it are valid rules, and the likeliest was taken.", d.Readings))
	case d.Recovered:
		out = append(out, "The rule's indentation was put back in the only way that is a valid rule.")
	}
	if d.Query != nil {
		out = append(out, queryWords(d))
	}
	return append(out, d.Notes...)
}

// said is the sentence that stands for a scenario: what happens, else what is asked for.
func said(o *tuning.Outcome) string {
	if o.Text != "" {
		return o.Text
	}
	return o.Exclusion
}

func proofLabel(o *tuning.Outcome) string {
	if o.Proof.Kind == "exact" {
		return "proof"
	}
	return "reason"
}

// placeholderWords say what to fill in for a placeholder.
func placeholderWords(f tuning.Placeholder) string {
	how := f.Field
	if f.Modifier != "" {
		how += "|" + f.Modifier
	}
	text := fmt.Sprintf("%s (`%s`)", f.Meaning, how)
	if f.Example != "" {
		text += fmt.Sprintf(", for example `%s`", f.Example)
	}
	scenarios := "scenario"
	if len(f.Scenarios) > 1 {
		scenarios = "scenarios"
	}
	return fmt.Sprintf("%s; for %s %s", text, scenarios, strings.Join(f.Scenarios, ", "))
}

func joinedWords(q *tuning.Proposal) string {
	return fmt.Sprintf("its values are added to `%s` of the rule, which is proven to be the same as a filter of its own", q.Into)
}

// grade is a proposal's grade in words.
func grade(q *tuning.Proposal) string {
	text := "grade " + string(q.Safety.Grade)
	if q.Recommended {
		text += ", recommended"
	}
	return text
}

// lines are the lines of a text without their ends.
func lines(text string) []string {
	var out []string
	for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		out = append(out, strings.TrimRight(l, "\r"))
	}
	return out
}

// segment is a part of a sentence: words, or what stands in backticks.
type segment struct {
	Code bool
	Text string
}

// segments takes a sentence apart at its backticks. A last one without its partner stays text. Nothing hidden is left in it.
func segments(s string) []segment {
	parts := strings.Split(source.Visible(s), "`")
	if len(parts)%2 == 0 {
		last := len(parts) - 2
		parts[last] += "`" + parts[last+1]
		parts = parts[:last+1]
	}
	var out []segment
	for k, part := range parts {
		if part != "" {
			out = append(out, segment{Code: k%2 == 1, Text: part})
		}
	}
	return out
}
