package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// formatSpaceChecks look at the blanks around the marks between values.
var formatSpaceChecks = []*lint.Check{
	{
		Code: "SIG1507", Name: "bracket-spacing", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Blanks inside brackets",
			What:  "Blanks behind an opening or before a closing bracket or brace on the same line.",
			Why:   "Lists read alike, and a search for `['a'` finds them all.",
			Bad:   selectWith("CommandLine|contains: [ ' -i', ' -n' ]"),
			Good:  selectWith("CommandLine|contains: [' -i', ' -n']"),
		},
		Document: bracketSpacing,
	},
	{
		Code: "SIG1508", Name: "colon-spacing", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Blanks around a colon",
			What:  "Blanks before the colon of a key, or more than one behind it. An alias as key needs one before it.",
			Why:   "Keys are found by `key: value`; aligned values move with every change.",
			Bad:   changed("level: low", "level:   low"),
			Good:  clean,
		},
		Document: colonSpacing,
	},
	{
		Code: "SIG1509", Name: "comma-spacing", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Blanks around a comma",
			What:  "In a list in brackets: a blank before a comma, and none or several behind it.",
			Why:   "Values run into each other.",
			Bad:   selectWith("CommandLine|contains: [' -i',' -n']"),
			Good:  selectWith("CommandLine|contains: [' -i', ' -n']"),
		},
		Document: commaSpacing,
	},
	{
		Code: "SIG1510", Name: "hyphen-spacing", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Blanks behind the dash of a list",
			What:  "More than one blank between the dash of a list and its entry.",
			Why:   "What belongs to the entry has to be indented by an odd amount.",
			Bad:   changed("    - Administrators", "    -   Administrators"),
			Good:  clean,
		},
		Document: hyphenSpacing,
	},
	{
		Code: "SIG1511", Name: "comment-spacing", Severity: lint.Warning, Profiles: q,
		Doc: lint.Doc{
			Title: "Comment without blank",
			What:  "No blank behind the `#` of a comment, or before a comment that follows a value. Rows of `#` and a `#!` line at the beginning are fine.",
			Why:   "`#text` is easily read as a part of the value before it, or as a value that was commented out.",
			Bad:   changed("level: low", "#agreed with the team\nlevel: low"),
			Good:  changed("level: low", "# agreed with the team\nlevel: low"),
		},
		Document: commentSpacing,
	},
}

// eachGap visits neighbouring tokens on one line, with the number of blanks between them.
func eachGap(p *lint.Pass, visit func(l *layout, a, b token, blanks int)) {
	l := layoutOf(p)
	if l.odd {
		return
	}
	for i := 1; i < len(l.tokens); i++ {
		a, b := l.tokens[i-1], l.tokens[i]
		if blanks, ok := l.gap(a, b); ok {
			visit(l, a, b, blanks)
		}
	}
}

// respace reports the blanks between two tokens and offers to write others.
func respace(p *lint.Pass, a, b token, blanks, message string) {
	help := "write one blank"
	if blanks == "" {
		help = "remove the blanks"
	}
	p.Report(lint.Finding{
		Span: source.Span{Start: a.end, End: b.start}, Message: message, Help: help,
		Fix: &source.Fix{Title: help, Safe: true, Edits: []source.Edit{{Span: source.Span{Start: a.end, End: b.start}, New: blanks}}},
	})
}

func opens(k byte) bool  { return k == '[' || k == '{' }
func closes(k byte) bool { return k == ']' || k == '}' }

func bracketSpacing(p *lint.Pass) {
	eachGap(p, func(_ *layout, a, b token, blanks int) {
		switch {
		case blanks == 0 || b.kind == '#':
		case opens(a.kind):
			respace(p, a, b, "", fmt.Sprintf("blanks behind `%c`", a.kind))
		case closes(b.kind):
			respace(p, a, b, "", fmt.Sprintf("blanks before `%c`", b.kind))
		}
	})
}

func colonSpacing(p *lint.Pass) {
	eachGap(p, func(l *layout, a, b token, blanks int) {
		name := func() string { return shorter(l.file.Text(source.Span{Start: a.start, End: a.end})) }
		switch {
		case b.kind == ':' && a.kind == aliasToken && blanks > 1:
			respace(p, a, b, " ", fmt.Sprintf("%d blanks before the colon of `%s`", blanks, name()))
		case b.kind == ':' && (a.kind == scalarToken || closes(a.kind)) && blanks > 0:
			respace(p, a, b, "", fmt.Sprintf("blanks before the colon of `%s`", name()))
		case (a.kind == ':' || a.kind == '?') && blanks > 1 && b.kind != '#':
			respace(p, a, b, " ", fmt.Sprintf("%d blanks behind the `%c`", blanks, a.kind))
		}
	})
}

func commaSpacing(p *lint.Pass) {
	eachGap(p, func(l *layout, a, b token, blanks int) {
		switch {
		case b.kind == ',' && blanks > 0 && a.kind != ',':
			respace(p, a, b, "", "blanks before a comma")
		case a.kind != ',' || closes(b.kind) || b.kind == '#':
		case blanks == 0:
			respace(p, a, b, " ", fmt.Sprintf("no blank between the comma and `%s`", shorter(l.file.Text(source.Span{Start: b.start, End: b.end}))))
		case blanks > 1:
			respace(p, a, b, " ", fmt.Sprintf("%d blanks behind a comma", blanks))
		}
	})
}

func hyphenSpacing(p *lint.Pass) {
	eachGap(p, func(l *layout, a, b token, blanks int) {
		if a.kind != '-' || b.kind == '#' || blanks < 2 {
			return
		}
		f := lint.Finding{
			Span:    source.Span{Start: a.end, End: b.start},
			Message: fmt.Sprintf("%d blanks behind the dash of the list", blanks),
			Help:    "write one blank, and indent what belongs to the entry as much less",
		}
		if edits := l.pullIn(a, b, blanks-1); edits != nil {
			f.Fix = &source.Fix{Title: "write one blank", Safe: true, Edits: edits}
		}
		p.Report(f)
	})
}

// pullIn moves an entry of a list nearer to its dash, and its further lines with it. It is nil where one of them has no room.
func (l *layout) pullIn(dash, entry token, by int) []source.Edit {
	item := l.itemBehind(l.root, dash.end, entry.start)
	if item == nil {
		return nil
	}
	edits := []source.Edit{{Span: source.Span{Start: entry.start - by, End: entry.start}}}
	last := l.lineAt(max(item.Span.End-1, item.Span.Start))
	for n := l.lineAt(dash.start) + 1; n <= last; n++ {
		line := l.lines[n]
		blanks := indentation(l.file.Data[line.start:line.end])
		if blanks == line.end-line.start {
			continue
		}
		if blanks < by {
			return nil
		}
		edits = append(edits, source.Edit{Span: source.Span{Start: line.start, End: line.start + by}})
	}
	if len(edits) > 1 && !sameDocuments(l.file, edits, sameTree) {
		return nil
	}
	return edits
}

// itemBehind is the entry of a list between whose dash and beginning two offsets lie.
func (l *layout) itemBehind(n *source.Node, dash, start int) *source.Node {
	if n == nil || n.Alias != nil {
		return nil
	}
	for _, item := range n.Items {
		if found := l.itemBehind(item, dash, start); found != nil {
			return found
		}
		// Before the entry there may be an anchor or a tag.
		if !n.Flow && item.Span.Start >= start && strings.TrimSpace(l.file.Text(source.Span{Start: dash, End: start})) == "" && l.lineAt(item.Span.Start) == l.lineAt(start) {
			return item
		}
	}
	for _, e := range n.Entries {
		if e.Merged {
			continue
		}
		if found := l.itemBehind(e.Value, dash, start); found != nil {
			return found
		}
	}
	return nil
}

// indentation is the number of spaces at the beginning of a line.
func indentation(line []byte) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

func commentSpacing(p *lint.Pass) {
	l := layoutOf(p)
	if l.odd {
		return
	}
	for i, t := range l.tokens {
		if t.kind != '#' {
			continue
		}
		at := source.Span{Start: t.start, End: t.end}
		text := strings.TrimLeft(l.file.Text(at), "#")
		shebang := t.start == 0 && strings.HasPrefix(text, "!")
		var f lint.Finding
		switch {
		case i > 0 && l.tokens[i-1].end == t.start && l.tokens[i-1].kind != blockToken:
			f.Message, f.Fix = "no blank before the comment `"+shorter(l.file.Text(at))+"`", &source.Fix{Edits: []source.Edit{{Span: source.Span{Start: t.start, End: t.start}, New: " "}}}
		case text != "" && text[0] != ' ' && text[0] != '\t' && !shebang:
			behind := t.end - len(text)
			f.Message, f.Fix = "no blank behind the `#` of `"+shorter(l.file.Text(at))+"`", &source.Fix{Edits: []source.Edit{{Span: source.Span{Start: behind, End: behind}, New: " "}}}
		default:
			continue
		}
		f.Span, f.Help = at, "write a blank"
		f.Fix.Title, f.Fix.Safe = "write a blank", true
		p.Report(f)
	}
}
