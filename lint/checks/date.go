package checks

import (
	"fmt"
	"time"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
)

// isoDay is the only form of a date in Sigma; schema reports others.
const isoDay = "2006-01-02"

func dayOf(t rules.Text) (time.Time, bool) {
	day, err := time.Parse(isoDay, t.Value)
	return day, err == nil
}

// eachDate visits the dates of a document that are valid.
func eachDate(head *rules.Head, visit func(t rules.Text, day time.Time)) {
	for _, t := range []rules.Text{head.Date, head.Modified} {
		if day, ok := dayOf(t); ok {
			visit(t, day)
		}
	}
}

// graceForTimeZones: where the author lives it may be tomorrow already.
const graceForTimeZones = 24 * time.Hour

func checkFutureDate(p *lint.Pass) {
	if p.Facts.Today.IsZero() {
		return
	}
	eachDate(p.Document.Base(), func(t rules.Text, day time.Time) {
		if day.After(p.Facts.Today.UTC().Add(graceForTimeZones)) {
			p.Report(lint.Finding{
				Span:    t.Node.Span,
				Message: fmt.Sprintf("`%s: %s` lies in the future", t.Key.Value, t.Value),
				Help:    "write the day on which the rule was written or changed",
			})
		}
	})
}

// sigmaBegan is the year of the first Sigma rule.
const sigmaBegan = 2017

func checkEarlyDate(p *lint.Pass) {
	eachDate(p.Document.Base(), func(t rules.Text, day time.Time) {
		if day.Year() < sigmaBegan {
			p.Report(lint.Finding{
				Span:    t.Node.Span,
				Message: fmt.Sprintf("`%s: %s` lies before %d, when Sigma began", t.Key.Value, t.Value, sigmaBegan),
				Help:    "write the day on which the rule was written",
			})
		}
	})
}

func checkDateOrder(p *lint.Pass) {
	head := p.Document.Base()
	date, ok := dayOf(head.Date)
	modified, ok2 := dayOf(head.Modified)
	if ok && ok2 && modified.Before(date) {
		p.Report(lint.Finding{
			Span:    head.Modified.Node.Span,
			Message: fmt.Sprintf("`modified: %s` is earlier than `date: %s`", head.Modified.Value, head.Date.Value),
			Help:    "correct the one that is wrong",
			Related: []lint.Related{{Span: head.Date.Node.Span, Message: "the day it was written"}},
		})
	}
}

func checkModifiedAlone(p *lint.Pass) {
	head := p.Document.Base()
	if !head.Modified.Present() || head.Modified.Value == "" {
		return
	}
	if at, missing := lacks(head, "date"); missing {
		if head.Attribute("date") == nil {
			at = head.Modified.Key.Span
		}
		p.Report(lint.Finding{
			Span: at, Message: "the " + noun(p.Document) + " has `modified` and no `date`",
			Help: "write the day of the first version as `date`",
		})
	}
}

func checkSameDate(p *lint.Pass) {
	head := p.Document.Base()
	date, ok := dayOf(head.Date)
	modified, ok2 := dayOf(head.Modified)
	if ok && ok2 && modified.Equal(date) {
		p.Report(lint.Finding{
			Span:    head.Modified.Node.Span,
			Message: fmt.Sprintf("`modified: %s` repeats `date`", head.Modified.Value),
			Help:    "remove `modified`",
			Fix:     removeAttribute(head, "modified", true),
			Related: []lint.Related{{Span: head.Date.Node.Span, Message: "the day it was written"}},
		})
	}
}
