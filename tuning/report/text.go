package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/safety"
)

// Palette colours the output; its zero value is plain text.
type Palette = lintreport.Palette

// wrapWidth is the width of running text.
const wrapWidth = 100

// Text prints a result for an analyst: the rule, its findings, a verdict for each scenario with its proof, and what to do next.
func Text(w io.Writer, r *tuning.Result, palette Palette) error {
	p := printer{out: bufio.NewWriter(w), palette: palette}
	p.rule(r)
	p.findings(r)
	for k := range r.Outcomes {
		p.outcome(&r.Outcomes[k], len(r.Outcomes))
	}
	p.placeholders(r)
	p.events(r.Events)
	p.queries(r)
	p.summary(r)
	return p.out.Flush()
}

// Scenario prints one scenario of a result, as Text does.
func Scenario(w io.Writer, r *tuning.Result, k int, palette Palette) error {
	p := printer{out: bufio.NewWriter(w), palette: palette}
	p.outcome(&r.Outcomes[k], len(r.Outcomes))
	return p.out.Flush()
}

// Proposal prints one proposal, as Text does.
func Proposal(w io.Writer, q *tuning.Proposal, palette Palette) error {
	p := printer{out: bufio.NewWriter(w), palette: palette}
	p.proposal(q)
	return p.out.Flush()
}

type printer struct {
	out     *bufio.Writer
	palette Palette
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

func (p *printer) heading(text string) {
	p.line("%s", p.palette.Strong(text))
}

// paragraph wraps running text below an indent.
func (p *printer) paragraph(lead, rest, text string) {
	for k, l := range lintreport.Wrap(text, wrapWidth-len(rest)) {
		if k == 0 {
			p.line("%s%s", lead, l)
		} else {
			p.line("%s%s", rest, l)
		}
	}
}

func (p *printer) rule(r *tuning.Result) {
	p.heading(r.Rule.Title.Value)
	p.line("  %s", p.palette.Dim(fmt.Sprintf("%s · %s · level %s · %s", r.Rule.ID.Value, r.Rule.Logsource, orDash(r.Rule.Level.Value), r.Path)))
	if r.Others > 0 {
		p.line("  note: the file holds %s; only this one is tuned", lintreport.Plural(r.Others, "more rule"))
	}
	d := r.Document
	if d == nil {
		p.line("")
		return
	}
	p.line("")
	switch {
	case d.Recovered && d.Readings > 1:
		p.heading(fmt.Sprintf("The rule, its indentation put back (%d readings are valid; this is the likeliest)", d.Readings))
	case d.Recovered:
		p.heading("The rule, its indentation put back (the only reading that is a valid rule)")
	default:
		p.heading("The rule, as the page has it")
	}
	p.block(r.RuleText)
	for _, n := range d.Notes {
		p.paragraph("  note: ", "        ", n)
	}
	if d.Query != nil {
		p.line("")
		p.query(d)
	}
	p.line("")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return source.Visible(s)
}

func (p *printer) block(text string) {
	for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		p.line("  %s %s", p.palette.Dim("│"), source.Visible(strings.TrimRight(l, "\r")))
	}
}

func (p *printer) query(d *tuning.Document) {
	text := queryWords(d)
	if word, t := queryAnswer(d); word != "" {
		text = strings.Replace(text, word, toned(p.palette, t, word), 1)
	}
	p.paragraph("", "", text)
	if d.Compared != nil {
		for _, n := range d.Compared.Notes {
			p.paragraph("  note: ", "        ", n.Message)
		}
	}
}

func (p *printer) findings(r *tuning.Result) {
	if len(r.Findings) == 0 {
		p.line("%s", "Lint: "+p.palette.Good("no findings")+".")
		p.line("")
		return
	}
	p.heading(fmt.Sprintf("Lint: %s", lintreport.Plural(len(r.Findings), "finding")))
	for _, f := range r.Findings {
		pos := f.File.Pos(f.Span.Start)
		p.paragraph(fmt.Sprintf("  %s %s %d:%d ", severity(p.palette, f.Severity.String()), f.Check.Code, pos.Line, pos.Column), "      ", f.Message)
		if f.Help != "" {
			p.paragraph("      help: ", "            ", f.Help)
		}
	}
	p.line("")
}

func severity(palette Palette, s string) string {
	switch s {
	case "error":
		return palette.Bad(s)
	case "warning":
		return palette.Warn(s)
	}
	return palette.Note(s)
}

// verdict is the headline of a scenario.
func (p *printer) verdict(o *tuning.Outcome) string {
	h := headlineOf(o)
	return toned(p.palette, h.tone, strings.ToUpper(h.word)+": "+h.means)
}

func toned(palette Palette, t tone, text string) string {
	switch t {
	case good:
		return palette.Good(text)
	case warn:
		return palette.Warn(text)
	}
	return palette.Bad(text)
}

func (p *printer) outcome(o *tuning.Outcome, of int) {
	p.line("%s", p.palette.Strong(fmt.Sprintf("Scenario %s of %d", o.ID, of))+"  "+p.verdict(o))
	p.paragraph("  ", "  ", source.Visible(o.Text))
	if o.Exclusion != "" {
		p.paragraph("  asked for: ", "             ", source.Visible(o.Exclusion))
	}
	for _, open := range o.Open {
		p.paragraph("  open: ", "        ", fmt.Sprintf("“%s”: %s", source.Visible(open.Phrase), open.Reason))
	}
	p.line("")
	p.paragraph("  "+proofLabel(o)+": ", "         ", o.Proof.Statement)
	if o.Proof.Witness != nil {
		p.event("  "+headlineOf(o).event+": ", o.Proof.Witness)
	}
	p.paragraph("  ", "  ", o.Explanation)
	for _, s := range o.Suggestions {
		p.paragraph("  → ", "    ", s)
	}
	for k := range o.Proposals {
		p.line("")
		p.proposal(&o.Proposals[k])
	}
	for _, n := range o.Notes {
		p.paragraph("  note: ", "        ", n)
	}
	p.line("")
}

func (p *printer) proposal(q *tuning.Proposal) {
	head := fmt.Sprintf("  %d. %s", q.Rank, q.Title)
	grade := fmt.Sprintf("grade %s", q.Safety.Grade)
	switch q.Safety.Grade {
	case safety.A, safety.B:
		grade = p.palette.Good(grade)
	default:
		grade = p.palette.Bad(grade)
	}
	if q.Recommended {
		grade += ", recommended"
	}
	p.line("%s  (%s)", p.palette.Strong(head), grade)
	text := q.Block
	if q.FilterDocument != "" {
		text = q.FilterDocument
	}
	for _, l := range lines(text) {
		p.line("     %s %s", p.palette.Dim("│"), source.Visible(l))
	}
	if q.Into != "" && q.FilterDocument == "" {
		p.paragraph("     joined: ", "             ", joinedWords(q))
	}
	for _, f := range q.Fill {
		p.line("     fill in: %s", f)
	}
	for _, h := range q.Safety.Hides {
		p.paragraph("     hides: ", "            ", h)
	}
	for _, reason := range q.Safety.Reasons {
		p.paragraph("     grade: ", "            ", reason)
	}
	for _, e := range q.Safety.Evasion {
		p.paragraph("     evasion: ", "              ", e.How)
		if e.Event != nil {
			p.event("              ", e.Event)
		}
	}
}

// placeholders says what the site has to fill in, for all scenarios together.
func (p *printer) placeholders(r *tuning.Result) {
	if len(r.Placeholders) == 0 {
		return
	}
	p.heading("Fill in, and run again with --env FILE (--env-template prints the file)")
	for _, f := range r.Placeholders {
		p.paragraph(fmt.Sprintf("  %%%s%%: ", f.Name), "      ", placeholderWords(f))
	}
	p.line("")
}

// queries shows what the recommended filters hide and what the tuned rule asks for, where a query can say it.
func (p *printer) queries(r *tuning.Result) {
	if r.QueryAfter == "" {
		return
	}
	for k := range r.Outcomes {
		for _, q := range r.Outcomes[k].Proposals {
			if q.Recommended && q.QueryHidden != "" {
				p.heading(fmt.Sprintf("KQL for what `%s` hides", q.Name))
				p.block(q.QueryHidden)
			}
		}
	}
	p.heading("KQL of the tuned rule")
	p.block(r.QueryAfter)
	p.line("")
}

// event prints an event, a field a line in alphabetical order.
func (p *printer) event(lead string, e map[string]any) {
	rest := strings.Repeat(" ", len(lead))
	for _, field := range slices.Sorted(maps.Keys(e)) {
		value, err := json.Marshal(e[field])
		if text, ok := e[field].(string); ok || err != nil {
			value = []byte(source.Quote(text))
		}
		p.line("%s%s: %s", lead, source.Visible(field), source.Visible(string(value)))
		lead = rest
	}
}

func (p *printer) summary(r *tuning.Result) {
	if len(r.Outcomes) == 0 {
		p.line("No scenario to judge: pass one with --scenario.")
		return
	}
	p.line("%s: %s", p.palette.Strong(lintreport.Plural(len(r.Outcomes), "scenario")), tally(r))
	if !r.Recommended() {
		p.line("There is nothing safe to apply to the rule as it stands.")
		return
	}
	if r.FilterDocument != "" {
		p.line("Write the filter documents with --output FILE, or take them from --format json.")
		return
	}
	p.line("See the change with --diff, apply it with --write, or take it from --format json.")
}
