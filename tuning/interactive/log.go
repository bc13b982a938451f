package interactive

import (
	"encoding/json"
	"io"
	"time"

	"github.com/sigtune/sigtune/tuning"
)

// LogSchema names the form of the lines that WriteLog writes.
const LogSchema = "sigtune.decision/1"

// Action is what an analyst did.
type Action string

// The actions.
const (
	Chosen    Action = "chosen"    // this proposal
	Skipped   Action = "skipped"   // no proposal of this scenario
	Stopped   Action = "stopped"   // at this scenario; nothing is written
	Discarded Action = "discarded" // the whole change, at the end
)

// Decision is one of them. Without a scenario it is about the whole change.
type Decision struct {
	Scenario string `json:"scenario,omitempty"` // its number in the input
	Text     string `json:"text,omitempty"`
	Verdict  string `json:"verdict,omitempty"`
	Action   Action `json:"action"`
	Proposal int    `json:"proposal,omitempty"` // its rank, from 1
	Name     string `json:"name,omitempty"`
	Title    string `json:"title,omitempty"` // what sets it apart; that it was edited, too
	Grade    string `json:"grade,omitempty"`
	Block    string `json:"block,omitempty"` // the filter as YAML
}

func decision(o *tuning.Outcome, action Action, p *tuning.Proposal) Decision {
	d := Decision{Scenario: o.ID, Text: o.Text, Verdict: string(o.Verdict), Action: action}
	if d.Text == "" {
		d.Text = o.Exclusion
	}
	if p != nil {
		d.Proposal, d.Name, d.Title, d.Grade, d.Block = p.Rank, p.Name, p.Title, string(p.Safety.Grade), p.Block
	}
	return d
}

// WriteLog writes decisions as NDJSON, each line with the rule and the time of the run.
func WriteLog(w io.Writer, r *tuning.Result, decisions []Decision, at time.Time) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, d := range decisions {
		line := struct {
			Schema string `json:"schema"`
			Time   string `json:"time"`
			Path   string `json:"path"`
			RuleID string `json:"rule_id"`
			Decision
		}{LogSchema, at.UTC().Format(time.RFC3339), r.Path, r.Rule.ID.Value, d}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
