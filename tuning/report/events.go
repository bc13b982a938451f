package report

import (
	"fmt"

	lintreport "github.com/sigtune/sigtune/lint/report"
	"github.com/sigtune/sigtune/tuning"
)

// The events object of the JSON output.
type (
	events struct {
		FP       excluded    `json:"fp"`
		TP       kept        `json:"tp"`
		Baseline *baseline   `json:"baseline,omitempty"`
		WhyNot   []fieldNote `json:"why_not,omitempty"`
		Notes    []string    `json:"notes,omitempty"`
	}
	excluded struct {
		Given     int         `json:"given"`
		Excluded  int         `json:"excluded"` // by the recommended filters
		Uncovered []uncovered `json:"uncovered"`

		Silent         int `json:"silent,omitempty"`           // the rule does not fire on them
		AlreadyFilters int `json:"already_excluded,omitempty"` // of the silent ones, by filters that the rule has
		Contradicted   int `json:"contradicted,omitempty"`     // labelled as true positives, too
		Distinct       int `json:"distinct,omitempty"`
	}
	uncovered struct {
		Count int            `json:"count"`
		Place string         `json:"place"`
		Why   string         `json:"why"`
		Event map[string]any `json:"event"`
	}
	kept struct {
		Given  int              `json:"given"`
		Kept   int              `json:"kept"`
		Lost   []map[string]any `json:"lost"`
		Silent int              `json:"silent,omitempty"`
	}
	baseline struct {
		Given int `json:"given"`
		Fires int `json:"fires"` // the rule, before tuning
		Kept  int `json:"kept"`  // of these, after
	}
	fieldNote struct {
		Field string `json:"field"`
		Why   string `json:"why"`
	}
)

func newEvents(e *tuning.Events) events {
	out := events{FP: excluded{Uncovered: []uncovered{}}, TP: kept{Lost: []map[string]any{}}}
	if e == nil {
		return out
	}
	out.FP.Given, out.FP.Excluded, out.FP.Silent = e.FP.Given, e.FP.Kept, e.FP.Silent
	out.FP.AlreadyFilters, out.FP.Contradicted, out.FP.Distinct = e.FP.Excluded, e.FP.Contradicted, e.FP.Distinct
	for _, l := range e.LeftOut {
		out.FP.Uncovered = append(out.FP.Uncovered, uncovered{l.Count, l.Place, l.Why, l.Event})
	}
	out.TP.Given, out.TP.Kept, out.TP.Silent = e.TP.Given, e.TP.Kept, e.TP.Silent
	out.TP.Lost = append(out.TP.Lost, e.Lost...)
	if e.Baseline.Given > 0 {
		out.Baseline = &baseline{e.Baseline.Given, e.Baseline.Given - e.Baseline.Silent, e.Baseline.Kept}
	}
	for _, w := range e.WhyNot {
		out.WhyNot = append(out.WhyNot, fieldNote{w.Field, w.Why})
	}
	out.Notes = append(out.Notes, e.Notes...)
	return out
}

// events says what the events came to: how many are hidden now, which stay, and why fields were left out.
func (p *printer) events(e *tuning.Events) {
	if e == nil {
		return
	}
	p.heading("Events")
	p.paragraph("  ", "  ", fmt.Sprintf("false positives: %d given, %d hidden by the recommended filters, %d already hidden by the rule's own, %d on which the rule does not fire",
		e.FP.Given, e.FP.Kept, e.FP.Excluded, e.FP.Silent-e.FP.Excluded))
	if e.TP.Given > 0 {
		p.paragraph("  ", "  ", fmt.Sprintf("true positives: %d given, %d fire the rule, %d still do", e.TP.Given, e.TP.Given-e.TP.Silent, e.TP.Kept))
	}
	if e.Baseline.Given > 0 {
		fires := e.Baseline.Given - e.Baseline.Silent
		p.paragraph("  ", "  ", fmt.Sprintf("baseline: %d given, %d fire the rule, %d still do", e.Baseline.Given, fires, e.Baseline.Kept))
	}
	for _, n := range e.Notes {
		p.paragraph("  note: ", "        ", n)
	}
	for _, l := range e.LeftOut {
		p.paragraph("  stays: ", "         ", fmt.Sprintf("%s (%s): %s", lintreport.Plural(l.Count, "event"), l.Place, l.Why))
		p.event("         ", l.Event)
	}
	if len(e.WhyNot) > 0 {
		p.line("  fields left out:")
	}
	for _, w := range e.WhyNot {
		p.paragraph("    ", "      ", w.Field+": "+w.Why)
	}
	p.line("")
}
