package checks

import (
	"fmt"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// logicChecks are decided by the solver, never by comparing texts.
var logicChecks = []*lint.Check{}

// allNeverMatches asks the solver about every list under `all` that could clash. `contains` alone never does: a longer text holds both.
func allNeverMatches(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if !i.All || i.Keyword() || len(i.Tests) < 2 || i.Negated || i.Has("contains") {
			return
		}
		a := logic.Satisfiable(logic.FromItem(i))
		if a.Verdict != logic.No {
			return
		}
		f := lint.Finding{
			Span:    i.Span(),
			Message: fmt.Sprintf("no value can satisfy all of `%s`: %s", source.Shorten(i.KeyText()), a.Explain()),
			Help:    "remove `all` if any of the values is meant, or add `contains` if all are parts of one text",
		}
		if !singleValued(p, i.Field) {
			f.Severity = lint.Info
			f.Message = fmt.Sprintf("no single value can satisfy all of `%s`; the field would have to hold several", source.Shorten(i.KeyText()))
		}
		p.Report(f)
	})
}

// singleValued reports a field of which an event is known to hold at most one value.
func singleValued(p *lint.Pass, field string) bool {
	l := p.Logsource()
	logs, _ := taxonomy.Lookup(l.Product.Value, l.Category.Value, l.Service.Value)
	if logs == nil {
		return false
	}
	f, ok := logs.Field(field)
	return ok && f.Single
}
