package logic

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// Relation is how the events of one rule, a, lie to those of another, b.
type Relation uint8

// The relations.
const (
	Undecided   Relation = iota
	Same                 // the same events
	Inside               // every event of a matches b; where Back is No, b matches more
	Around               // every event of b matches a
	Apart                // no event matches both
	Overlapping          // some match both, some only a, some only b
	Vacuous              // one of the rules never matches, so it lies inside everything and apart from everything
)

func (r Relation) String() string {
	return [...]string{"unknown", "equivalent", "inside", "around", "disjoint", "overlapping", "vacuous"}[r]
}

// Relationship is the relation of two rules with its evidence.
type Relationship struct {
	Relation Relation // of the detections alone, as if both rules read the same logs; Overall takes Logs into account
	Logs     Scope    // how the log source of a lies to that of b
	Forth    Answer   // does every event of a match b? No: Witness matches a alone
	Back     Answer   // does every event of b match a? No: Witness matches b alone
	Apart    Answer   // does no event match both? No: Witness matches both
}

// Relate compares two rules. A field of one name is taken to mean the same in both.
func Relate(a, b *rules.Rule) Relationship { return NewProver(Options{}).Relate(a, b) }

// Relate compares two rules. Every witness was also evaluated by package match, on both rules as a whole.
func (p *Prover) Relate(a, b *rules.Rule) Relationship {
	f, g := FromRule(a), FromRule(b)
	v := p.versions(a, b)
	r := Relationship{
		Logs:  CompareLogs(a.Logsource, b.Logsource),
		Forth: v.confirmed(p.Implies(f, g), true, false),
		Back:  v.confirmed(p.Implies(g, f), false, true),
		Apart: v.confirmed(p.Disjoint(f, g), true, true),
	}
	r.Relation = r.relation()
	return r
}

// Never reports which of the rules provably never match.
func (r Relationship) Never() (a, b bool) {
	apart := r.Apart.Verdict == Yes
	return apart && r.Forth.Verdict == Yes, apart && r.Back.Verdict == Yes
}

func (r Relationship) relation() Relation {
	inside, around, apart := r.Forth.Verdict, r.Back.Verdict, r.Apart.Verdict
	switch a, b := r.Never(); {
	case a, b:
		return Vacuous
	case apart == Yes:
		return Apart
	case inside == Yes && around == Yes:
		return Same
	case inside == Yes:
		return Inside
	case around == Yes:
		return Around
	case inside == No && around == No && apart == No:
		return Overlapping
	}
	return Undecided
}

// Overall is the relation when an event also belongs to a log, and a rule sees only the logs of its log source.
func (r Relationship) Overall() Relation {
	switch {
	case r.Relation == Vacuous, r.Relation == Apart, r.Logs == SameLogs:
		return r.Relation
	case r.Logs == OtherLogs:
		return Apart
	case r.Logs == NarrowerLogs && (r.Relation == Same || r.Relation == Inside):
		return Inside
	case r.Logs == WiderLogs && (r.Relation == Same || r.Relation == Around):
		return Around
	case r.Logs == UnclearLogs, r.Relation == Undecided, r.Apart.Verdict != No:
		return Undecided
	case r.Logs == NarrowerLogs && r.Forth.Verdict == No, r.Logs == WiderLogs && r.Back.Verdict == No:
		return Overlapping
	}
	return Undecided
}

// Scope is how the logs that one log source names lie to those of another.
type Scope uint8

// The scopes.
const (
	SameLogs     Scope = iota
	NarrowerLogs       // a part of the logs of the other
	WiderLogs          // all logs of the other and more
	OtherLogs          // none of them
	UnclearLogs        // perhaps some of them: one names a category and the other a service
)

func (s Scope) String() string {
	return [...]string{"same", "narrower", "wider", "other", "unclear"}[s]
}

// Reversed is the scope seen from the other log source.
func (s Scope) Reversed() Scope {
	switch s {
	case NarrowerLogs:
		return WiderLogs
	case WiderLogs:
		return NarrowerLogs
	}
	return s
}

// CompareLogs says how the logs of a lie to those of b. A part that is not set stands for all of its kind; upper and lower case
// are equal. The definition is prose and does not count.
func CompareLogs(a, b rules.Logsource) Scope {
	narrower, wider := false, false
	for _, part := range [][2]string{
		{a.Product.Value, b.Product.Value}, {a.Category.Value, b.Category.Value}, {a.Service.Value, b.Service.Value},
	} {
		switch {
		case strings.EqualFold(part[0], part[1]):
		case part[0] == "":
			wider = true
		case part[1] == "":
			narrower = true
		default:
			return OtherLogs
		}
	}
	switch {
	case narrower && wider:
		return UnclearLogs
	case narrower:
		return NarrowerLogs
	case wider:
		return WiderLogs
	}
	return SameLogs
}

// versions evaluates two rules as a whole with package match, which shares nothing with the search.
type versions struct {
	folding Folding
	a, b    *match.Matcher // nil where match refuses the rule
}

func (p *Prover) versions(a, b *rules.Rule) versions {
	v := versions{folding: p.options.Folding}
	v.a, _ = match.Compile(a)
	v.b, _ = match.Compile(b)
	return v
}

// disputed is the reason when two evaluators disagree about an event: a defect of ours, and never a reason to claim anything.
const disputed = "an event was found, but a second evaluation of the rules disagrees; please report these rules"

// confirmed gives up an answer whose witness does not match as it should. Package match folds case as Unicode does, so it
// has no say on ASCII folding.
func (v versions) confirmed(a Answer, inA, inB bool) Answer {
	if a.Witness == nil || v.folding == ASCIIFolding || v.agree(a.Witness, inA, inB) {
		return a
	}
	return Answer{Reason: disputed}
}

func (v versions) agree(e Event, inA, inB bool) bool {
	event := match.NewEvent(e)
	return (v.a == nil || v.a.Match(event) == inA) && (v.b == nil || v.b.Match(event) == inB)
}
