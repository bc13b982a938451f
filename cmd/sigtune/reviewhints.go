package main

import (
	"bytes"

	"github.com/sigtune/sigtune/cmd/review"
	"github.com/sigtune/sigtune/lint/revision"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
)

// maxHinted is how many rules of a change are looked at: each takes some tens of milliseconds, and a change of hundreds is no change that
// anybody tunes.
const maxHinted = 20

// hints are documented false positives of new and changed rules for which there is a filter that can be recommended. Where a rule cannot be
// tuned, lint has said why.
func (c *cli) hints(changes *revision.Comparison) (out []review.Hint) {
	looked := 0
	for i := range changes.Rules {
		r := &changes.Rules[i]
		if r.Is == nil || !documented(r) {
			continue
		}
		if looked++; looked > maxHinted {
			break
		}
		nth, ok := position(r.Is)
		if !ok {
			continue
		}
		result, err := tuning.Tune(tuning.Input{Path: r.Path(), Text: string(r.Is.File.Data), Today: c.now(), Nth: nth, As: tuning.Inline})
		if err != nil {
			continue
		}
		for _, o := range result.Outcomes {
			if o.Verdict != tuning.Filter {
				continue
			}
			for _, p := range o.Proposals {
				if p.Recommended {
					out = append(out, review.Hint{
						Path: r.Path(), Rule: r.Is.Title.Value, ID: r.Is.ID.Value, Scenario: o.Text, Name: p.Name, Block: p.Block, Grade: string(p.Safety.Grade),
					})
					break
				}
			}
		}
	}
	return out
}

// documented reports that the false positives or the detection of a rule are new: others were there to be seen before.
func documented(r *revision.Rule) bool {
	if r.Was == nil || r.Verdict != revision.Equivalent {
		return true
	}
	return !bytes.Equal(falsePositives(r.Was), falsePositives(r.Is))
}

func falsePositives(r *rules.Rule) []byte {
	entry := r.Attribute("falsepositives")
	if entry == nil {
		return nil
	}
	return r.File.Data[entry.Value.Span.Start:entry.Value.Span.End]
}

// position is which rule of its file a rule is, from 0; false where it cannot be told.
func position(r *rules.Rule) (int, bool) {
	documents, _ := rules.Parse(source.Parse(r.File.Path, r.File.Data, source.Limits{}))
	n := 0
	for _, d := range documents {
		other, ok := d.(*rules.Rule)
		switch {
		case !ok:
		case other.Index == r.Index:
			return n, true
		default:
			n++
		}
	}
	return 0, false
}
