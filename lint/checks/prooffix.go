package checks

import (
	"strings"

	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

// fix takes values or items out where nothing else has to change.
func (w *partWords) fix() *source.Fix {
	f := w.finding
	switch f.Kind {
	case logic.ValueCovered, logic.AllValueImplied:
		return w.removeValues(true)
	case logic.ValueDead, logic.ExclusionValueDead:
		return w.removeValues(false)
	case logic.ItemImplied, logic.ExclusionRestates:
		if len(f.Tests) == 0 {
			return removeItem(w.pass.Rule.File, w.pass.Detections(), f.Item)
		}
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
		entry := t.Value.Node.Span
		line := file.LineSpan(file.LineAt(entry.Start))
		before := file.Text(source.Span{Start: line.Start, End: entry.Start})
		if strings.TrimSpace(before) != "-" {
			return nil
		}
		entry.Start = line.Start
		lines, ok := ownLines(file, entry)
		if !ok {
			return nil
		}
		fix.Edits = append(fix.Edits, source.Edit{Span: lines})
	}
	return fix
}
