package logic

import (
	"sort"

	"github.com/sigtune/sigtune/rules"
)

// Class sums up what a change did to the events that a rule matches.
type Class uint8

// The classes of changes.
const (
	ClassUnknown    Class = iota // it could not be decided; Lost and Gained may still say one half
	ClassEquivalent              // the same events
	ClassNarrowed                // events were lost, none gained
	ClassWidened                 // events were gained, none lost
	ClassBoth                    // events were lost and others gained
)

func (c Class) String() string {
	return [...]string{"unknown", "equivalent", "narrowed", "widened", "both"}[c]
}

// Change is the difference of two versions of a rule in what they match.
type Change struct {
	Class  Class
	Lost   Difference // events that only the old version matches
	Gained Difference // events that only the new version matches
	Logs   Scope      // how the log source of the new version lies to that of the old
	Edits  []Edit     // how the wording changed
}

// Difference is one half of a change.
type Difference struct {
	// Answer says whether there is such an event: Yes with a witness, No with the proof, Unknown with the reason.
	Answer
	// Because are more events of this difference, each on account of one part of one edit. Empty when no single part explains
	// the difference.
	Because []Because
	// Logs reports that it is the log source that makes the difference: Witness is read from logs that only one version reads.
	Logs bool
}

// Because is an event on which the versions would agree but for one part: one that was removed, or one that was added.
type Because struct {
	Edit  int  // index into Change.Edits
	Part  Part // of Edit.Removed or Edit.Added
	Event Event
}

// Bounds of the search for events beyond the first. A change has rarely more than a handful of edits; one that replaces a list of
// hundreds of values is not understood better by hundreds of events.
const (
	shownEvents   = 8
	triedSearches = 32
)

// Changes compares two versions of a rule.
func Changes(old, new *rules.Rule) Change { return NewProver(Options{}).Changes(old, new) }

// Changes compares two versions of a rule. Every event was also evaluated by package match, on both versions as a whole.
func (p *Prover) Changes(old, new *rules.Rule) Change {
	c := Change{Logs: CompareLogs(new.Logsource, old.Logsource), Edits: Reworded(&old.Detection, &new.Detection)}
	same := sameNode(old.Detection.Node, new.Detection.Node)
	if same {
		// One wording has one meaning, even where that meaning is not known.
		c.Class, c.Lost.Verdict, c.Gained.Verdict = ClassEquivalent, No, No
		if c.Logs == SameLogs {
			return c
		}
	}
	f, g := FromRule(old), FromRule(new)
	v := p.versions(old, new)
	if !same {
		c.Lost.Answer = v.confirmed(p.Satisfiable(And(f, Not(g))), true, false)
		c.Gained.Answer = v.confirmed(p.Satisfiable(And(g, Not(f))), false, true)
		before := side{f, func(e Edit) []Part { return e.Removed }}
		after := side{g, func(e Edit) []Part { return e.Added }}
		if c.Lost.Verdict == Yes {
			c.Lost.Because = p.because(before, after, v, c.Edits)
		}
		if c.Gained.Verdict == Yes {
			c.Gained.Because = p.because(after, before, versions{v.folding, v.b, v.a}, c.Edits)
		}
	}
	if c.Logs == NarrowerLogs || c.Logs == OtherLogs || c.Logs == UnclearLogs {
		c.Lost.movedLogs(c.Logs, versions{v.folding, v.a, nil}.confirmed(p.Satisfiable(f), true, false))
	}
	if c.Logs == WiderLogs || c.Logs == OtherLogs || c.Logs == UnclearLogs {
		c.Gained.movedLogs(c.Logs, versions{v.folding, v.b, nil}.confirmed(p.Satisfiable(g), true, false))
	}
	c.Class = classOf(c.Lost.Verdict, c.Gained.Verdict)
	return c
}

func classOf(lost, gained Verdict) Class {
	switch {
	case lost == Unknown || gained == Unknown:
		return ClassUnknown
	case lost == Yes && gained == Yes:
		return ClassBoth
	case lost == Yes:
		return ClassNarrowed
	case gained == Yes:
		return ClassWidened
	}
	return ClassEquivalent
}

// movedLogs adds what a changed log source does: any event of the version that reads more logs makes the difference, when it
// comes from one of them.
func (d *Difference) movedLogs(logs Scope, any Answer) {
	switch {
	case logs == UnclearLogs && d.Verdict == No && any.Verdict != No:
		*d = Difference{Logs: true, Answer: Answer{Reason: "it depends on which logs the two log sources have in common"}}
	case logs == UnclearLogs, any.Verdict == No:
	case d.Verdict == Yes && logs != OtherLogs: // the detections explain it better
	default:
		*d = Difference{Logs: true, Answer: any}
	}
}

// side is one version of a rule with what the other lacks.
type side struct {
	formula *Formula
	own     func(Edit) []Part
}

// because looks for events that only `from` matches on account of single parts of edits: with that part taken out, or not added, the
// versions would agree on the event.
func (p *Prover) because(from, to side, v versions, edits []Edit) []Because {
	var out []Because
	tried := 0
	neither := Not(to.formula)
	try := func(edit int, of side, k int) {
		if k >= len(of.own(edits[edit])) || len(out) == shownEvents || tried == triedSearches {
			return
		}
		part := of.own(edits[edit])[k]
		without, grows := of.formula.without(part)
		// A part whose removal adds events explains no loss, and one whose addition adds events neither.
		if without == nil || grows != (of.formula == to.formula) {
			return
		}
		tried++
		query := And(from.formula, without, neither)
		if of.formula == from.formula {
			query = And(from.formula.Only(part), Not(without), neither)
		}
		a := v.confirmed(p.Satisfiable(query), true, false)
		if a.Verdict == Yes {
			out = append(out, Because{Edit: edit, Part: part, Event: a.Witness})
		}
	}
	most := 0
	for _, e := range edits {
		most = max(most, len(e.Removed), len(e.Added))
	}
	// One part of every edit first, so that a long list does not take all the room.
	for k := 0; k < most && k < triedSearches; k++ {
		for i := range edits {
			try(i, from, k)
			try(i, to, k)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Edit < out[j].Edit })
	return out
}

// without is the formula as if the author had not written the part: of an OR the alternative is missing, of an AND the demand. grows
// reports that it can only have more events then, and not fewer. nil when the part is the whole formula, or stands in places that
// would have to be treated differently.
func (f *Formula) without(part Part) (without *Formula, grows bool) {
	type place struct{ holds, grows bool }
	places := map[place]bool{}
	whole := false
	// negated counts all negations above; flipped those below the next AND or OR.
	var walk func(g *Formula, and, negated, flipped bool)
	walk = func(g *Formula, and, negated, flipped bool) {
		if g.is(part) {
			whole = whole || g == f
			// To drop `not part` from an AND, it must hold, so the part must not.
			holds := and != flipped
			places[place{holds, holds != negated}] = true
			return
		}
		for _, a := range g.args {
			if g.op == opNot {
				walk(a, and, !negated, !flipped)
			} else {
				walk(a, g.op == opAnd, negated, false)
			}
		}
	}
	walk(f, true, false, false)
	if whole || len(places) != 1 {
		return nil, false
	}
	for p := range places {
		without, grows = f.With(part, p.holds), p.grows
	}
	return without, grows
}
