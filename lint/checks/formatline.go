package checks

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// formatChecks are family 15.
var formatChecks = slices.Concat(formatLineChecks, formatIndentChecks, formatSpaceChecks)

// formatLineChecks look at lines and their ends.
var formatLineChecks = []*lint.Check{
	{
		Code: "SIG1501", Name: "trailing-space", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Blanks at the end of a line",
			What: "Spaces or tabs at the end of a line, text blocks and comments included. The fix is unsafe in text blocks other than a description, because there the blanks " +
				"are part of the text.",
			Why:  "Nobody sees them, editors remove them, and reviews show changes that are none.",
			Bad:  changed("level: low\n", "level: low  \n"),
			Good: clean,
		},
		Document: trailingSpace,
	},
	{
		Code: "SIG1503", Name: "missing-final-newline", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Last line without line end",
			What:  "The last line of the file has no line end. The fix is unsafe where the file ends in a text block, because the line end may become part of the text.",
			Why:   "Tools that join files glue two lines together, and reviews show the last line as changed.",
			Bad:   trimFinal(clean),
			Good:  clean,
		},
		Document: missingFinalNewline,
	},
	{
		Code: "SIG1504", Name: "blank-lines", Severity: lint.Warning, Profiles: q,
		Options: []lint.Option{{Name: "max", Meaning: "blank lines in a row", Default: 2}},
		Doc: lint.Doc{
			Title: "Many blank lines in a row",
			What:  "More than two blank lines in a row, at the beginning and the end of the file too. Blank lines inside texts are part of them and do not count.",
			Why:   "The rule falls apart on the screen.",
			Bad:   changed("logsource:\n", "\n\n\nlogsource:\n"),
			Good:  changed("logsource:\n", "\n\nlogsource:\n"),
		},
		Document: blankLines,
	},
	{
		Code: "SIG1505", Name: "line-endings", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "Line ends other than LF",
			What: "A line ends in CRLF or CR. Told once a file, at the first such line; the message says when the file mixes them with LF. " +
				"Profile recommended tells only of files that mix them.",
			Why:  "Reviews show every line as changed as soon as an editor evens them out.",
			Bad:  crlfLines(clean),
			Good: clean,
		},
		Document: lineEndings,
	},
	{
		Code: "SIG1506", Name: "document-start", Severity: lint.Warning, Profiles: q,
		YieldsTo: []string{source.KindEmptyDocument},
		Doc: lint.Doc{
			Title: "Document marker before the only document",
			What:  "`---` before the first document of a file that has no other. Files with `%` directives need it.",
			Why:   "The first line of a rule is its title; a marker announces documents that do not come.",
			Bad:   "---\n" + clean,
			Good:  clean,
		},
		Document: documentStart,
	},
}

func trimFinal(text string) string { return text[:len(text)-1] }

func crlfLines(text string) string {
	return string(bytes.ReplaceAll([]byte(text), []byte("\n"), []byte("\r\n")))
}

// blanksBefore is the offset at which the blanks before end begin, not before start.
func blanksBefore(data []byte, start, end int) int {
	for end > start && (data[end-1] == ' ' || data[end-1] == '\t') {
		end--
	}
	return end
}

func trailingSpace(p *lint.Pass) {
	l := layoutOf(p)
	data := l.file.Data
	for _, line := range l.lines {
		from := blanksBefore(data, line.start, line.end)
		if from == line.end {
			continue
		}
		at := source.Span{Start: from, End: line.end}
		f := lint.Finding{Span: at, Message: "the line ends in " + amount(at.Len(), "blank", "blanks"), Help: "remove them"}
		text := l.inside(from)
		safe := !isBlockText(text) || l.description(text)
		if text == nil || text.Style != source.DoubleQuoted || data[max(from-1, 0)] != '\\' {
			f.Fix = &source.Fix{Title: "remove the blanks", Safe: safe, Edits: []source.Edit{{Span: at}}}
		}
		p.Report(f)
	}
}

// description reports the text of the description, where blanks at the ends of lines mean nothing.
func (l *layout) description(n *source.Node) bool { return l.root.Find("description") == n }

func amount(n int, one, many string) string { return fmt.Sprintf("%d %s", n, plural(n, one, many)) }

// lineBreak is how lines of the document end.
func (l *layout) lineBreak() string {
	for _, line := range l.lines {
		if line.next > line.end {
			return string(l.file.Data[line.end:line.next])
		}
	}
	return "\n"
}

func missingFinalNewline(p *lint.Pass) {
	l := layoutOf(p)
	end := len(l.file.Data)
	if l.stretch.End != end || len(l.lines) == 0 || l.lines[len(l.lines)-1].next != l.lines[len(l.lines)-1].end {
		return
	}
	last := l.lines[len(l.lines)-1]
	text := l.inside(end - 1)
	p.Report(lint.Finding{
		Span:    source.Span{Start: end, End: end},
		Message: fmt.Sprintf("the last line, `%s`, has no line end", shorter(string(bytes.TrimSpace(l.file.Data[last.start:last.end])))),
		Help:    "end it with a line feed",
		Fix: &source.Fix{Title: "end the last line", Safe: !isBlockText(text), Edits: []source.Edit{
			{Span: source.Span{Start: end, End: end}, New: l.lineBreak()}}},
	})
}

func blankLines(p *lint.Pass) {
	l := layoutOf(p)
	most := p.Int("max")
	run := 0
	report := func(behind int) { // the index of the line behind the run
		if run > most {
			at := source.Span{Start: l.lines[behind-run+most].start, End: l.lines[behind-1].next}
			p.Report(lint.Finding{
				Span:    at,
				Message: fmt.Sprintf("%d blank lines in a row, more than %d", run, most),
				Help:    fmt.Sprintf("leave %d", most),
				Fix:     &source.Fix{Title: "remove the surplus", Safe: true, Edits: []source.Edit{{Span: at}}},
			})
		}
		run = 0
	}
	for i, line := range l.lines {
		if blanksBefore(l.file.Data, line.start, line.end) == line.start && line.next > line.end && l.inside(line.start) == nil {
			run++
		} else {
			report(i)
		}
	}
	report(len(l.lines))
}

func lineEndings(p *lint.Pass) {
	data := p.Document.Base().File.Data
	if bytes.IndexByte(data, '\r') < 0 || !layoutOf(p).first() {
		return
	}
	f := lint.Finding{Help: "end every line with LF"}
	var edits []source.Edit
	feeds := 0
	for i := 0; i < len(data); i++ {
		switch {
		case data[i] == '\n':
			feeds++
		case data[i] == '\r':
			at := source.Span{Start: i, End: i + 1}
			if i+1 < len(data) && data[i+1] == '\n' {
				at.End++
			}
			edits = append(edits, source.Edit{Span: at, New: "\n"})
			i = at.End - 1
		}
	}
	if feeds == 0 && p.Facts.Profile == lint.Recommended {
		return // one form throughout: git can be told to do that
	}
	f.Span = edits[0].Span
	name := "CRLF"
	if f.Span.Len() == 1 {
		name = "CR"
	}
	f.Message = fmt.Sprintf("lines end in %s", name)
	if feeds > 0 {
		f.Message = fmt.Sprintf("%s in %s, the other lines of the file in LF", amount(len(edits), "line ends", "lines end"), name)
	}
	f.Fix = &source.Fix{Title: "end every line with LF", Safe: true, Edits: edits}
	p.Report(f)
}

func documentStart(p *lint.Pass) {
	l := layoutOf(p)
	if len(l.file.Documents) != 1 || len(l.tokens) == 0 {
		return
	}
	data := l.file.Data
	for i, t := range l.tokens {
		if t.kind == '#' {
			continue
		}
		if t.kind != markerToken || !isMark(data[t.start:], documentMark) {
			return
		}
		f := lint.Finding{
			Span:    source.Span{Start: t.start, End: t.end},
			Message: "`---` stands before the only document of the file",
			Help:    "remove the line",
		}
		at := f.Span
		line := l.lines[l.lineAt(t.start)]
		if i+1 < len(l.tokens) && l.tokens[i+1].start < line.end {
			at.End = l.tokens[i+1].start // a comment or the title stays on the line
		} else {
			at = source.Span{Start: line.start, End: line.next}
			if line.start == 0 {
				at.Start = t.start // behind a byte order mark
			}
		}
		f.Fix = &source.Fix{Title: "remove the marker", Safe: true, Edits: []source.Edit{{Span: at}}}
		p.Report(f)
		return
	}
}
