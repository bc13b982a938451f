package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
)

//go:embed page.html
var pageText string

// pageTemplate is the page. Whatever comes from a rule or a page is text in it: nothing here is of type template.HTML.
var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"words": segments, "visible": source.Visible, "lines": visibleLines, "grade": grade, "joined": joinedWords, "event": lintreport.Event,
	"placeholder": placeholderWords, "label": proofLabel,
}).Parse(pageText))

// HTML prints a result as one page that needs nothing else: no network, no scripts.
func HTML(w io.Writer, r *tuning.Result) error {
	p := page{Result: r, Tally: tally(r), Read: readWords(r)}
	for k := range r.Outcomes {
		o := &r.Outcomes[k]
		h := headlineOf(o)
		s := pageScenario{o, h.word, h.means, string(h.tone), h.event, said(o), nil}
		for i := range o.Proposals {
			s.Pointers = append(s.Pointers, &o.Proposals[i])
		}
		p.Scenarios = append(p.Scenarios, s)
	}
	if r.Recommended() {
		p.Before, p.After = compared(r.RuleText, r.RuleAfter)
	} else {
		p.Before, _ = compared(r.RuleText, r.RuleText)
	}
	for _, f := range r.Findings {
		pos := f.File.Pos(f.Span.Start)
		p.Findings = append(p.Findings, pageFinding{f.Severity.String(), f.Check.Code, pos.Line, f.Message})
	}
	return pageTemplate.Execute(w, p)
}

type (
	page struct {
		*tuning.Result
		Tally         string
		Read          []string
		Scenarios     []pageScenario
		Before, After []codeLine
		Findings      []pageFinding
	}
	pageScenario struct {
		*tuning.Outcome
		Word, Means, Tone, Event, Said string
		Pointers                       []*tuning.Proposal
	}
	pageFinding struct {
		Severity, Code string
		Line           int
		Message        string
	}
	// codeLine is a line of a rule. Mark says what became of it: `-`, `+`, or empty.
	codeLine struct {
		Number int
		Mark   string
		Text   string
	}
)

func visibleLines(text string) []string {
	out := lines(text)
	for k := range out {
		out[k] = source.Visible(out[k])
	}
	return out
}

// compared marks the lines of two texts that only one of them has, as their diff says.
func compared(before, after string) (old, new []codeLine) {
	number := func(text string) (out []codeLine) {
		for k, l := range visibleLines(text) {
			out = append(out, codeLine{Number: k + 1, Text: l})
		}
		return out
	}
	old, new = number(before), number(after)
	mark := func(list []codeLine, at int, mark string) {
		if at >= 1 && at <= len(list) {
			list[at-1].Mark = mark
		}
	}
	atOld, atNew := 0, 0
	for _, l := range strings.Split(edit.Diff("a", "b", []byte(before), []byte(after)), "\n") {
		switch {
		case strings.HasPrefix(l, "@@ "):
			atOld, atNew = hunk(l)
		case atOld == 0 && atNew == 0, strings.HasPrefix(l, `\`):
		case strings.HasPrefix(l, "-"):
			mark(old, atOld, "-")
			atOld++
		case strings.HasPrefix(l, "+"):
			mark(new, atNew, "+")
			atNew++
		default:
			atOld++
			atNew++
		}
	}
	return old, new
}

// hunk reads the first lines of `@@ -12,7 +12,9 @@`.
func hunk(header string) (old, new int) {
	for _, field := range strings.Fields(header) {
		number, _, _ := strings.Cut(field[1:], ",")
		n := 0
		for _, r := range number {
			if r < '0' || r > '9' {
				break
			}
			n = n*10 + int(r-'0')
		}
		switch field[0] {
		case '-':
			old = n
		case '+':
			new = n
		}
	}
	return old, new
}
