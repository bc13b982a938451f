package logic

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// Verdict answers a question about all events.
type Verdict uint8

// The verdicts; see the package comment for what each guarantees.
const (
	Unknown Verdict = iota
	Yes
	No
)

func (v Verdict) String() string {
	switch v {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// Answer is a verdict with its evidence. An event is evidence for Yes of Satisfiable and for No of the questions that ask
// about all events; conflicts are evidence the other way round.
type Answer struct {
	Verdict     Verdict
	Witness     Event        // the event, checked by direct evaluation
	Conflicts   []Conflict   // the proof: every way to an event runs into one of these
	Reason      string       // Unknown: why
	Assumptions []Assumption // what the proof takes for granted
}

// Core is the literals of all conflicts, in order.
func (a Answer) Core() []Literal {
	var out []Literal
	for _, c := range a.Conflicts {
		out = append(out, c.Literals...)
	}
	return out
}

// Explain is the proof in one sentence, or the reason for Unknown; empty for an answer with a witness.
func (a Answer) Explain() string {
	switch {
	case a.Reason != "":
		return a.Reason
	case len(a.Conflicts) == 0:
		return ""
	}
	var shown []Conflict
	for _, c := range a.Conflicts {
		if !c.obvious() {
			shown = append(shown, c)
		}
	}
	if len(shown) == 0 {
		shown = a.Conflicts
	}
	var sentences []string
	for i, c := range shown {
		if i == shownConflicts {
			sentences = append(sentences, fmt.Sprintf("and %d more", len(shown)-i))
			break
		}
		sentences = append(sentences, c.String())
	}
	return strings.Join(sentences, "; ")
}

// shownConflicts is how many conflicts a sentence lists; more belong into a list of their own.
const shownConflicts = 3

// Assumption is something a proof takes for granted.
type Assumption struct {
	Kind  AssumptionKind
	Field string
	Text  string // a sentence
}

// AssumptionKind groups assumptions.
type AssumptionKind uint8

// The kinds of assumptions.
const (
	OneValue AssumptionKind = iota // the field holds one value, not a list
	Axiom                          // a fact that the caller added about a field
	Opaque                         // an unknown part is the same in both of its places
	TimeForm                       // times in the field are written in the form that package match reads
)

// Conflict is a minimal set of demands on one field that no value meets together.
type Conflict struct {
	Field    string
	Literals []Literal
}

// Literal is one demand: any of the tests holds for the field, or, negated, none does.
type Literal struct {
	Field   string
	Negated bool
	Item    *rules.Item   // where the first test stands; nil for tests that are no part of a rule
	Tests   []*rules.Test // those that matter
	Axiom   bool          // a fact that the caller added
	kind    leafKind
}

// Spans are the places of the literal's values in the file of its rule, in order; empty for an axiom.
func (l Literal) Spans() []source.Span {
	var out []source.Span
	for _, t := range l.Tests {
		if t.Value != nil && t.Value.Node != nil {
			out = append(out, t.Value.Node.Span)
		}
	}
	if len(out) == 0 && l.Item != nil && l.Item.Node != nil {
		out = append(out, l.Item.Span())
	}
	return out
}

// sortAssumptions orders assumptions and drops repetitions.
func sortAssumptions(list []Assumption) []Assumption {
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].Kind != list[j].Kind {
			return list[i].Kind < list[j].Kind
		}
		return list[i].Field < list[j].Field
	})
	var out []Assumption
	for _, a := range list {
		if len(out) == 0 || out[len(out)-1] != a {
			out = append(out, a)
		}
	}
	return out
}
