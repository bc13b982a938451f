package tuning

import (
	"fmt"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/tuning/safety"
)

// Events is what recorded events say about a result. Package mine fills it in; nil when there were none. Counts are of events as they were
// given, duplicates included.
type Events struct {
	FP       LabelledEvents // false positives: Kept are those that a recommended filter hides
	TP       LabelledEvents // true positives and other events that must fire: Kept are those that still do
	Baseline LabelledEvents // recorded without a label: Kept are those that the recommended filters do not hide
	Notes    []string       // what was odd about the events
	WhyNot   []FieldNote    // the fields that no condition was made of, and why
	LeftOut  []LeftOut      // false positives that no recommended filter hides
	Lost     []map[string]any
}

// LabelledEvents counts the events of one label.
type LabelledEvents struct {
	Given        int // all of them
	Silent       int // the rule does not fire on them
	Excluded     int // of these, those that a filter of the rule already hides
	Contradicted int // labelled as false and as true positive; they count as true
	Distinct     int // of those that fire, in the fields that say something
	Kept         int
}

// FieldNote is why a field of the events is in no condition.
type FieldNote struct{ Field, Why string }

// LeftOut is a kind of event that stays an alert.
type LeftOut struct {
	Event map[string]any // one of them
	Count int
	Place string // of the first
	Why   string
}

// Propose judges conditions that were found in events and not in a text, as a proposal of an outcome that need not be in the result yet.
// A grade of D comes without a tuned rule: it must not be shown as a proposal. The error says why the filter cannot be written.
func (r *Result) Propose(o *Outcome, title string, groups [][]Condition) (Proposal, error) {
	p, err := r.tuner.proposal(o, variant{title: title, groups: groups})
	if err == nil && r.As == SigmaFilter && p.Safety.Grade != safety.D {
		p.FilterDocument, err = r.tuner.filterDocument(o, &p)
	}
	return p, err
}

// Judge is the judgement of conditions as an exclusion of the rule, without writing it. The error says why they cannot be written.
func (r *Result) Judge(groups [][]Condition) (safety.Judgement, error) {
	d, err := Block("filter", groups)
	if err != nil {
		return safety.Judgement{}, err
	}
	return r.tuner.judge.Filter(d), nil
}

// Block is an exclusion as an identifier, read back from the text that would be written.
func Block(name string, groups [][]Condition) (*rules.Detection, error) {
	for _, g := range groups {
		if !mergeable(g) {
			return nil, fmt.Errorf("two lists of alternatives on one key cannot be written into one map")
		}
	}
	return detection(block(name, groups))
}
