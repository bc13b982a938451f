package editor

import (
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// Reason stands in a new comment until its author writes why.
const Reason = "say why"

// Suppress is the edit that puts a comment into the file that silences one finding, and false where there is none: at the end of its line, or above it where no
// comment fits. The result is read again, and only an edit that silences the finding is given.
func (w World) Suppress(f File, finding *lint.Finding) (source.Edit, bool) {
	if !lint.Suppressible(finding.Check) {
		return source.Edit{}, false
	}
	at := finding.Span.Start
	for _, d := range lint.Directives(f.File, f.Rules, w.Checks) {
		if d.Peer == "" && d.Scope == lint.LineScope && d.Problem == nil && len(d.Words) > 0 && d.Reach.Start <= at && at < d.Reach.End {
			end := d.Words[len(d.Words)-1].Span.End
			if e := (source.Edit{Span: source.Span{Start: end, End: end}, New: "," + finding.Check.Code}); w.silences(f, e, finding) {
				return e, true
			}
		}
	}
	comment := "# sigtune:ignore " + finding.Check.Code + " -- " + Reason
	line := f.LineSpan(f.LineAt(at))
	text := f.Text(line)
	end := line.Start + len(strings.TrimRight(text, " \t"))
	above := func(offset int) source.Edit {
		line := f.LineSpan(f.LineAt(offset))
		text := f.Text(line)
		indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
		return source.Edit{Span: source.Span{Start: line.Start, End: line.Start}, New: indent + comment + f.lineBreak()}
	}
	for _, e := range []source.Edit{
		{Span: source.Span{Start: end, End: line.End}, New: " " + comment}, above(at), above(f.begin(at)), // a text over several lines takes no comment inside
	} {
		if w.silences(f, e, finding) {
			return e, true
		}
	}
	return source.Edit{}, false
}

// begin is where the innermost entry around an offset begins: its key, or its value in a list.
func (f File) begin(offset int) int {
	found := offset
	around := source.Span{Start: offset, End: offset}
	for _, d := range f.Documents {
		for node := d.Root; node != nil; {
			next := (*source.Node)(nil)
			for _, e := range node.Entries {
				if !e.Merged && e.Span().Contains(around) {
					found, next = e.Key.Span.Start, e.Value
				}
			}
			for _, item := range node.Items {
				if item.Span.Contains(around) {
					found, next = item.Span.Start, item
				}
			}
			if next != nil && next.Alias != nil {
				break
			}
			node = next
		}
	}
	return found
}

// silences reports that the file with the edit holds a comment that means the finding, and everything else as it was.
func (w World) silences(f File, e source.Edit, finding *lint.Finding) bool {
	data, err := edit.Apply(f.Data, []source.Edit{e})
	if err != nil {
		return false
	}
	after := source.Parse(f.Path, data, source.Limits{})
	documents, _ := rules.Parse(after)
	if len(after.Problems) > len(f.Problems) || len(documents) != len(f.Rules) {
		return false
	}
	at := finding.Span.Start
	if e.Span.Start <= at {
		at += len(e.New) - e.Span.Len()
	}
	for _, d := range lint.Directives(after, documents, w.Checks) {
		if d.Problem != nil || d.Reach.Start > at || at >= d.Reach.End {
			continue
		}
		for _, word := range d.Words {
			for _, code := range word.Codes {
				if code == finding.Check.Code {
					return true
				}
			}
		}
	}
	return false
}

// lineBreak is the one that the file uses first.
func (f File) lineBreak() string {
	for i, c := range f.Data {
		switch c {
		case '\n':
			return "\n"
		case '\r':
			if i+1 < len(f.Data) && f.Data[i+1] == '\n' {
				return "\r\n"
			}
			return "\r"
		}
	}
	return "\n"
}
