package fix

import (
	"sort"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// candidate is a finding whose fix may be applied.
type candidate struct {
	finding lint.Finding
	tree    bool // it is one of Options.Tree
}

// key tells a candidate from others in every round: places shift, words stay.
func (c candidate) key() string {
	f := &c.finding
	words := []string{f.Check.Code, f.Place.Path, f.Place.Value, f.Message, f.Fix.Title}
	for _, e := range f.Fix.Edits {
		words = append(words, e.New)
	}
	return strings.Join(words, "\x00")
}

// choose picks the candidates of one round: none touches another. Unsafe ones have their turn when no safe one is left, so that the proof
// that a safe fix changes nothing is never blurred by one that may.
func (s *session) choose(from *state) []candidate {
	for _, safe := range []bool{true, false} {
		if !safe && !s.options.Unsafe {
			break
		}
		var chosen []candidate
		for _, c := range s.candidates(from, safe) {
			if !touchesAny(c, chosen) && s.sound(from, c) {
				chosen = append(chosen, c)
			}
		}
		if len(chosen) > 0 {
			return chosen
		}
	}
	return nil
}

// candidates are the applicable findings of one kind in the order of their places. Those of the tree come first, because run will not find them
// again.
func (s *session) candidates(from *state, safe bool) []candidate {
	var out []candidate
	for i, list := range [][]lint.Finding{s.tree, from.findings} {
		for _, f := range list {
			c := candidate{finding: f, tree: i == 0}
			if f.Fix != nil && f.Fix.Safe == safe && f.Suppressed == nil && len(f.Fix.Edits) > 0 && !s.rejected[c.key()] {
				out = append(out, c)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		switch {
		case a.tree != b.tree:
			return a.tree
		case start(a) != start(b):
			return start(a) < start(b)
		}
		return a.finding.Check.Code < b.finding.Check.Code
	})
	return out
}

// start is the first byte that a candidate changes.
func start(c candidate) int {
	first := c.finding.Fix.Edits[0].Span.Start
	for _, e := range c.finding.Fix.Edits {
		first = min(first, e.Span.Start)
	}
	return first
}

// sound rejects a candidate that does not even work alone: edits that overlap or change nothing, or a safe fix that changes what the
// document means. This needs no linting.
func (s *session) sound(from *state, c candidate) bool {
	reason := ""
	data, err := edit.Apply(from.file.Data, c.finding.Fix.Edits)
	switch {
	case err != nil:
		reason = err.Error()
	case string(data) == string(from.file.Data):
		reason = "it changes nothing"
	case c.finding.Fix.Safe:
		after := read(source.Parse(from.file.Path, data, s.options.Limits))
		reason = unequal(from, after, []candidate{c})
	}
	if reason != "" {
		s.reject(c, reason)
	}
	return reason == ""
}

// touchesAny reports that an edit of a candidate changes bytes that one of the others changes, or their neighbours.
func touchesAny(c candidate, others []candidate) bool {
	for _, o := range others {
		for _, a := range c.finding.Fix.Edits {
			for _, b := range o.finding.Fix.Edits {
				if touch(a.Span, b.Span) {
					return true
				}
			}
		}
	}
	return false
}

func touch(a, b source.Span) bool { return a.Start <= b.End && b.Start <= a.End }

// rebase moves the findings of the tree that wait to their places behind the edits of a round. What stood at an edit is dropped: the
// next run over the tree finds it again.
func (s *session) rebase(applied []candidate) {
	var edits []source.Edit
	done := map[string]bool{}
	for _, c := range applied {
		edits = append(edits, c.finding.Fix.Edits...)
		done[c.key()] = done[c.key()] || c.tree
	}
	var waiting []lint.Finding
	for _, f := range s.tree {
		if f.Fix == nil || done[candidate{finding: f}.key()] {
			continue
		}
		fix, ok := *f.Fix, true
		fix.Edits = nil
		for _, e := range f.Fix.Edits {
			moved, clear := shift(e.Span, edits)
			fix.Edits = append(fix.Edits, source.Edit{Span: moved, New: e.New})
			ok = ok && clear
		}
		if ok {
			f.Fix = &fix
			f.Span, _ = shift(f.Span, edits)
			waiting = append(waiting, f)
		}
	}
	s.tree = waiting
}

// shift is where a span stands after edits, and whether none of them touches it.
func shift(s source.Span, edits []source.Edit) (moved source.Span, clear bool) {
	by := 0
	for _, e := range edits {
		if touch(s, e.Span) {
			return s, false
		}
		if e.Span.End <= s.Start {
			by += len(e.New) - e.Span.Len()
		}
	}
	return source.Span{Start: s.Start + by, End: s.End + by}, true
}
