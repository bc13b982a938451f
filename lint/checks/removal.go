package checks

import (
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// removal takes parts out of a rule that never hold, or never matter: identifiers with their mention in the conditions, branches of conditions,
// entries of lists of maps. What is left of the rule was proved to match the same events, or there is no removal.
type removal struct {
	rule   *rules.Rule
	gone   map[*rules.Detection]bool
	branch *rules.Expr // of a condition
	edits  []source.Edit
}

// removeIdentifier takes an identifier out that might as well be false.
func removeIdentifier(p *lint.Pass, d *rules.Detection) *source.Fix {
	r := removal{rule: p.Rule, gone: map[*rules.Detection]bool{d: true}}
	return r.fix(p, "remove `"+source.Shorten(d.Name)+"`")
}

// removeBranch takes a branch of a condition out, and the identifiers that only it mentions.
func removeBranch(p *lint.Pass, branch *rules.Expr) *source.Fix {
	r := removal{rule: p.Rule, gone: map[*rules.Detection]bool{}, branch: branch}
	kept := map[*rules.Detection]bool{}
	var mentioned func(e *rules.Expr)
	mentioned = func(e *rules.Expr) {
		for _, d := range e.Selected {
			kept[d] = true
		}
		for _, a := range e.Args {
			if a != branch {
				mentioned(a)
			}
		}
	}
	for _, c := range p.Rule.Detection.Conditions {
		if c.Root != branch {
			mentioned(c.Root)
		}
	}
	for _, d := range reached(branch) {
		r.gone[d] = !kept[d]
	}
	return r.fix(p, "remove the branch")
}

// removeAlternative takes an entry of a list of maps out, where it has its lines to itself.
func removeAlternative(p *lint.Pass, b *rules.Block) *source.Fix {
	file := p.Rule.File
	lines, ok := entryLines(file, b.Node)
	if !ok {
		return nil
	}
	r := removal{rule: p.Rule, edits: []source.Edit{{Span: lines}}}
	return r.proved(p, "remove the entry")
}

// fix takes out what is gone, from the conditions and from the detection.
func (r *removal) fix(p *lint.Pass, title string) *source.Fix {
	d := &r.rule.Detection
	for _, c := range d.Conditions {
		if c.Node.Alias != nil || c.Node.Anchor != "" || !c.Node.Mapped() || r.reduce(c.Root) != isKept {
			return nil
		}
	}
	for _, named := range d.Named {
		if r.gone[named] {
			lines, ok := ownLines(r.rule.File, source.Span{Start: named.Key.Span.Start, End: max(named.Key.Span.End, named.Node.Span.End)})
			if !ok {
				return nil
			}
			r.edits = append(r.edits, source.Edit{Span: lines})
		}
	}
	return r.proved(p, title)
}

// reduced is what is left of an expression when identifiers are gone.
type reduced uint8

const (
	isKept  reduced = iota // something
	isFalse                // nothing: it never holds
	isTrue                 // nothing: it always holds
)

// reduce edits an expression to what is left of it. One that is nothing any more is for the caller to take out.
func (r *removal) reduce(e *rules.Expr) reduced {
	switch {
	case e == r.branch:
		return isFalse
	case e.Op == rules.Not:
		switch r.reduce(e.Args[0]) {
		case isFalse:
			return isTrue
		case isTrue:
			return isFalse
		}
		return isKept
	case e.Op == rules.And:
		return r.join(e, isFalse, isTrue)
	case e.Op == rules.Or:
		return r.join(e, isTrue, isFalse)
	}
	left, gone := 0, 0
	for _, d := range e.Selected {
		if r.gone[d] {
			gone++
		} else {
			left++
		}
	}
	switch {
	case gone == 0:
		return isKept
	case left == 0, e.All:
		return isFalse
	}
	// The pattern stays. Writing it again as it is claims its place: two removals that count on each other's identifier wait for each other.
	r.edits = append(r.edits, source.Edit{Span: e.PatternAt, New: r.rule.File.Text(e.PatternAt)})
	return isKept
}

// join reduces the operands of AND or OR: one that decides the whole, and ones that change nothing.
func (r *removal) join(e *rules.Expr, deciding, neutral reduced) reduced {
	before := len(r.edits)
	var left []*rules.Expr
	lost := make([]bool, len(e.Args))
	for i, a := range e.Args {
		switch r.reduce(a) {
		case deciding:
			r.edits = r.edits[:before]
			return deciding
		case neutral:
			lost[i] = true
		default:
			left = append(left, a)
		}
	}
	switch {
	case len(left) == 0:
		return neutral
	case len(left) == len(e.Args):
		return isKept
	case len(left) == 1 && r.bare(e, left[0]):
		only := left[0].Span
		r.drop(source.Span{Start: e.Span.Start, End: only.Start})
		r.drop(source.Span{Start: only.End, End: e.Span.End})
		return isKept
	}
	kept := false
	for i, a := range e.Args {
		switch {
		case !lost[i]:
			kept = true
		case kept:
			r.drop(source.Span{Start: e.Args[i-1].Span.End, End: a.Span.End})
		default:
			r.drop(source.Span{Start: a.Span.Start, End: e.Args[i+1].Span.Start})
		}
	}
	return isKept
}

// bare reports that the parentheses around an expression of which one operand is left can go.
func (r *removal) bare(e, only *rules.Expr) bool {
	if e.Parens == 0 || only.Parens == 0 && (only.Op == rules.And || only.Op == rules.Or) {
		return false
	}
	f := r.rule.File
	return e.Span.Start > 0 && strings.ContainsRune(" \t\n('\"", rune(f.Data[e.Span.Start-1])) // `not(a)` needs them
}

func (r *removal) drop(s source.Span) {
	if s.Len() > 0 {
		r.edits = append(r.edits, source.Edit{Span: s})
	}
}

// proved is the fix, if the rule that is left can be read as well as before and was proved to match the same events.
func (r *removal) proved(p *lint.Pass, title string) *source.Fix {
	file := r.rule.File
	data, err := edit.Apply(file.Data, r.edits)
	if err != nil || r.takesComments() {
		return nil
	}
	after := source.Parse(file.Path, data, source.Limits{})
	documents, _ := rules.Parse(after)
	if len(after.Problems) > len(file.Problems) {
		return nil
	}
	for _, d := range documents {
		left, ok := d.(*rules.Rule)
		if !ok || left.Index != r.rule.Index || left.Detection.Evaluable() != nil || len(left.Problems) > len(r.rule.Problems) {
			continue
		}
		prover := logic.NewProver(logic.Options{Lists: fields(p).Lists})
		if prover.Equivalent(logic.FromRule(r.rule), logic.FromRule(left)).Verdict == logic.Yes {
			return &source.Fix{Title: title, Edits: r.edits}
		}
	}
	return nil
}

// takesComments reports a comment in what goes: somebody wrote it for a reason.
func (r *removal) takesComments() bool {
	for _, c := range r.rule.File.Comments() {
		for _, e := range r.edits {
			if e.Span.Start <= c.Span.Start && c.Span.End <= e.Span.End {
				return true
			}
		}
	}
	return false
}

// entryLines are the lines of an entry of a list, with its dash.
func entryLines(file *source.File, entry *source.Node) (source.Span, bool) {
	span := entry.Span
	line := file.LineSpan(file.LineAt(span.Start))
	if strings.TrimSpace(file.Text(source.Span{Start: line.Start, End: span.Start})) != "-" {
		return source.Span{}, false
	}
	span.Start = line.Start
	return ownLines(file, span)
}
