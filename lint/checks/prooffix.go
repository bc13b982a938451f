package checks

import (
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// fix takes values or items out where nothing else has to change.
func (w *partWords) fix() *source.Fix {
	f := w.finding
	switch f.Kind {
	case logic.ValueCovered, logic.AllValueImplied:
		return w.removeValues(!w.assumesParts())
	case logic.ValueDead, logic.ExclusionValueDead:
		return w.removeValues(false)
	case logic.ItemImplied, logic.ExclusionRestates:
		if len(f.Tests) == 0 {
			return removeItem(w.pass.Rule.File, w.pass.Detections(), f.Item)
		}
	case logic.AlternativeDead, logic.ExclusionDead, logic.NullGuard:
		return w.removePart()
	}
	return nil
}

// removePart takes an exclusion, a branch of the condition or an entry of a list of maps out.
func (w *partWords) removePart() *source.Fix {
	switch part := w.finding.Part.(type) {
	case *rules.Detection:
		return removeIdentifier(w.pass, part)
	case *rules.Block:
		return removeAlternative(w.pass, part)
	case *rules.Expr:
		return removeBranch(w.pass, part)
	case *rules.Item: // values of null-guard
		return w.removeValues(false)
	}
	return nil
}

// removeValues takes values out of a list with one value a line, nil where a line holds more, or where too few values would be left.
func (w *partWords) removeValues(safe bool) *source.Fix {
	f := w.finding
	left := len(f.Item.Tests) - len(f.Tests)
	if left < 1 || f.Item.All && left < 2 || f.Item.Node.Kind != source.List || f.Item.Node.Flow {
		return nil
	}
	file := w.pass.Rule.File
	fix := &source.Fix{Title: "remove what changes nothing", Safe: safe}
	for _, t := range f.Tests {
		if t.Value == nil {
			return nil
		}
		lines, ok := entryLines(file, t.Value.Node)
		if !ok {
			return nil
		}
		fix.Edits = append(fix.Edits, source.Edit{Span: lines})
	}
	return fix
}
