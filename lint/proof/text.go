package proof

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// Palette colours the output; its zero value is plain text.
type Palette = lintreport.Palette

// Text prints what was proved about rules for people.
func Text(w io.Writer, list []Rule, palette Palette) error {
	out := bufio.NewWriter(w)
	for i := range list {
		if i > 0 {
			fmt.Fprintln(out)
		}
		t := printer{out, palette, &list[i]}
		t.rule()
		for _, f := range list[i].Findings {
			if err := t.finding(f); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

type printer struct {
	*bufio.Writer
	palette Palette
	of      *Rule
}

func (p printer) rule() {
	r := p.of.Rule
	fmt.Fprintf(p, "%s\n", p.palette.Strong(source.Visible(title(p.of))))
	fmt.Fprintf(p, "  %s %s\n", p.palette.Dim("-->"), source.Visible(r.File.Path))
	switch a := p.of.Matches; a.Verdict {
	case logic.Yes:
		words := p.palette.Good("can match")
		if p.unreal() {
			words = p.palette.Warn("can match, if fields may hold anything")
		}
		fmt.Fprintf(p, "  %s: %s\n", words, lintreport.Event(a.Witness))
	case logic.No:
		fmt.Fprintf(p, "  %s: %s\n", p.palette.Bad("can never match"), p.why(a))
		p.clash(a)
	default:
		fmt.Fprintf(p, "  %s: %s\n", p.palette.Warn("not decided"), a.Reason)
	}
	p.assuming(p.of.Matches)
	if s := p.of.Specificity; s != nil && p.of.Matches.Verdict != logic.No {
		fmt.Fprintf(p, "  estimated specificity: %s\n", s.Words())
	}
	for _, w := range p.of.Witnesses {
		where := fmt.Sprintf("%s in %s (line %d)", w.Label(), "`"+source.Shorten(w.Detection.Name)+"`", w.Line(r.File))
		switch w.Answer.Verdict {
		case logic.Yes:
			fmt.Fprintf(p, "  %s: %s\n", where, lintreport.Event(w.Answer.Witness))
		case logic.No:
			fmt.Fprintf(p, "  %s: %s: %s\n", where, p.palette.Bad("never"), p.why(w.Answer))
		default:
			fmt.Fprintf(p, "  %s: %s: %s\n", where, p.palette.Warn("not decided"), w.Answer.Reason)
		}
	}
	if p.of.Relation != nil {
		p.relation()
	}
}

// unreal reports that a finding below says that no real event is found: the event above it is then one that no sensor writes.
func (p printer) unreal() bool {
	return slices.ContainsFunc(p.of.Findings, func(f lint.Finding) bool { return f.Check.Name == "rule-never-matches-in-domain" })
}

func (p printer) why(a logic.Answer) string {
	if s := a.Explain(); s != "" {
		return s
	}
	return "the condition contradicts itself"
}

// clashLines bounds the places that are drawn for one proof.
const clashLines = 6

// drawn are the checks whose findings draw why a rule never matches.
var drawn = map[string]bool{"rule-never-matches": true, "exclusion-swallows-rule": true}

// clash draws the places that contradict each other, unless a finding does.
func (p printer) clash(a logic.Answer) {
	for _, f := range p.of.Findings {
		if drawn[f.Check.Name] {
			return
		}
	}
	p.places(a, p.of.Rule)
}

// places draws where the demands of a proof stand: of every rule, in its own file, under its path when there are several.
func (p printer) places(a logic.Answer, of ...*rules.Rule) {
	left, holders := clashLines, holdersOf(of...)
	for _, r := range of {
		var marks []lintreport.Mark
		for _, l := range a.Core() {
			if left == 0 || holders.of(l) != r {
				continue
			}
			if spans := l.Spans(); len(spans) > 0 {
				for k, span := range spans[:min(len(spans), left)] {
					label := ""
					if k == 0 {
						label = l.Asked()
					}
					marks = append(marks, lintreport.Mark{Span: span, Label: label, Primary: true})
				}
				left -= min(len(spans), left)
			}
		}
		if len(marks) == 0 {
			continue
		}
		if len(of) > 1 {
			fmt.Fprintf(p, "    %s %s\n", p.palette.Dim("-->"), source.Visible(r.File.Path))
		}
		fmt.Fprint(p, indented(lintreport.Snippet(r.File, marks, p.palette)))
	}
}

func (p printer) assuming(a logic.Answer) {
	for _, s := range p.of.told(a) {
		fmt.Fprintf(p, "  assuming: %s\n", s)
	}
}

func (p printer) relation() {
	r := p.of.Relation
	a, b := "this rule", "`"+source.Shorten(r.Other.Title.Value)+"`"
	if r.Other.Title.Value == "" {
		b = "the other rule"
	}
	fmt.Fprintf(p, "  against %s %s %s\n", p.palette.Strong(b), p.palette.Dim("-->"), source.Visible(r.Other.File.Path))
	fmt.Fprintf(p, "  %s: %s\n", p.palette.Strong(r.Overall().String()), sentence(r, a, b))
	if words := logsSentence(r, a, p.of.Rule, b); words != "" {
		fmt.Fprintf(p, "  %s\n", words)
		if r.Relation != r.Overall() {
			fmt.Fprintf(p, "  by their detections alone: %s\n", r.Relation)
		}
	}
	for _, e := range evidence(r) {
		switch {
		case e.answer.Verdict == logic.No:
			fmt.Fprintf(p, "  %s: %s\n", e.found, lintreport.Event(e.answer.Witness))
		case e.answer.Verdict == logic.Unknown:
			fmt.Fprintf(p, "  %s: %s: %s\n", e.found, p.palette.Warn("not decided"), e.answer.Reason)
		default:
			words := "none"
			if why := telling(e.answer).Explain(); why != "" {
				words += ": " + why
			}
			fmt.Fprintf(p, "  %s: %s\n", e.found, words)
			if e.name == "disjoint" && p.of.Matches.Verdict != logic.No {
				p.places(telling(e.answer), p.of.Rule, r.Other)
			}
			p.assuming(e.answer)
		}
	}
}

// direction is one question about two rules.
type direction struct {
	name, found string // for machines; what an event would be
	answer      logic.Answer
}

func evidence(r *Relation) []direction {
	return []direction{
		{"inside", "matched by this rule alone", r.Forth},
		{"around", "matched by the other alone", r.Back},
		{"disjoint", "matched by both", r.Apart},
	}
}

// telling is a proof without the steps that only say that both rules make the same demand.
func telling(a logic.Answer) logic.Answer {
	var kept []logic.Conflict
	for _, c := range a.Conflicts {
		if !c.Restates() {
			kept = append(kept, c)
		}
	}
	a.Conflicts = kept
	return a
}

// finding prints a finding as lint does.
func (p printer) finding(f lint.Finding) error {
	text := lintreport.Finding(&f, lintreport.Options{Palette: p.palette})
	_, err := fmt.Fprint(p, "\n"+indented(strings.TrimRight(text, "\n")))
	return err
}

func indented(s string) string {
	var b strings.Builder
	for _, l := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		if l != "" {
			b.WriteString("  " + l)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func title(r *Rule) string {
	if r.Rule.Title.Value == "" {
		return "(a rule without a title)"
	}
	return r.Rule.Title.Value
}
