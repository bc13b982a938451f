package checks

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// evasionSelectionChecks look at small changes of an attack that a selection no longer finds. They are about processes on Windows.
var evasionSelectionChecks = []*lint.Check{
	{
		Code: "SIG1018", Name: "flag-without-windash", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A flag in one spelling of its dash",
			What:  "Windows process_creation: a positive value of a command line has a flag that begins with `-` or `/`, and the item lacks `windash`. One finding per item. Quiet where the item lists the flag with another dash as well.",
			Why:   "Many programs of Windows take either, and PowerShell takes typographic dashes too: the same command with another dash is missed.",
			Bad:   selectOnWindows("CommandLine|contains: ' /query'"),
			Good:  selectOnWindows("CommandLine|contains|windash: ' /query'"),
		},
		Document: flagWithoutWindash,
	},
	{
		Code: "SIG1019", Name: "image-name-only", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A program told by its file name only",
			What:  "Windows process_creation: a branch of the rule tests Image for a file name, and no positive item of the rule tests OriginalFileName, other metadata or hashes. One finding per rule.",
			Why:   "A renamed copy of the program does the same and is not found.",
			Bad:   selectOnWindows("CommandLine|contains|windash: ' /query'"),
			Good:  strings.Replace(selectOnWindows("CommandLine|contains|windash: ' /query'"), "        Image|endswith: '\\openfiles.exe'\n", "        OriginalFileName: 'openfiles.exe'\n", 1),
			Fix:   "Add an alternative: a list with `Image|endswith` and `OriginalFileName`.",
		},
		Document: imageNameOnly,
	},
	{
		Code: "SIG1020", Name: "fragile-spacing", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "Words of a command line with one blank between them",
			What:  "Windows process_creation: a positive value of a command line has two words with a single blank between them. One finding per item.",
			Why:   "A second blank, a quote or a caret between the words does not change the command, and the value no longer matches.",
			Bad:   selectOnWindows("CommandLine|contains: 'query session'"),
			Good:  selectOnWindows("CommandLine|contains|all:\n    - 'query'\n    - 'session'"),
		},
		Document: fragileSpacing,
	},
}

// eachCommandLine visits the text items on command lines that a rule about Windows processes tests positively.
func eachCommandLine(p *lint.Pass, visit func(i *rules.Item)) {
	if !windowsProcesses(p) {
		return
	}
	d := &p.Rule.Detection
	for _, named := range d.Named {
		if d.Polarity(named) != rules.Positive {
			continue
		}
		named.Block.Each(func(i *rules.Item) {
			if i.Field == "CommandLine" && !i.Negated {
				visit(i)
			}
		})
	}
}

func windowsProcesses(p *lint.Pass) bool {
	l := p.Logsource()
	return p.Rule != nil && strings.EqualFold(l.Product.Value, "windows") && strings.EqualFold(l.Category.Value, "process_creation")
}

// dashFlag is a dash or slash that begins a word of letters, at the start of the value or behind a blank or quote.
var dashFlag = regexp.MustCompile(`(?:^|[\s"'])[-/][A-Za-z]`)

// writtenFlag is the flag itself.
var writtenFlag = regexp.MustCompile(`[-/][A-Za-z][^\s"':=]*`)

func flagWithoutWindash(p *lint.Pass) {
	eachCommandLine(p, func(i *rules.Item) {
		if i.Has("windash") || i.Has("re") || i.Has("base64") || i.Has("base64offset") || i.Has("fieldref") {
			return
		}
		var flags []*rules.Test
		for _, t := range i.Tests {
			if t.Kind == rules.TextTest && t.Value.Kind == rules.TextValue && dashFlag.MatchString(t.Value.Text) && !otherDash(i, t) {
				flags = append(flags, t)
			}
		}
		if len(flags) == 0 {
			return
		}
		at := dashFlag.FindStringIndex(flags[0].Value.Text)
		word := writtenFlag.FindString(flags[0].Value.Text[at[0]:])
		other := "/" + word[1:]
		if word[0] == '/' {
			other = "-" + word[1:]
		}
		f := lint.Finding{
			Span:    flags[0].Value.Node.Span,
			Message: fmt.Sprintf("`%s` misses the same command with `%s`", shorter(flags[0].Value.Text), shorter(other)),
			Help:    "write `" + source.Shorten(i.KeyText()) + "|windash`",
		}
		for _, t := range flags[1:] {
			f.Related = append(f.Related, lint.Related{Span: t.Value.Node.Span, Message: "and this flag"})
		}
		f.Place = lint.LeastPlace(p.Document, spansOf(i, flags)...)
		if editable(i.Key) {
			f.Fix = &source.Fix{Title: "add `windash`", Edits: []source.Edit{{Span: source.Span{Start: i.Key.Range(len(i.Key.Value), len(i.Key.Value)).Start, End: i.Key.Range(len(i.Key.Value), len(i.Key.Value)).Start}, New: "|windash"}}}
		}
		f.Fix = unlessTaken(p, i, f.Fix)
		p.Report(f)
	})
}

// spansOf are the places of values.
func spansOf(i *rules.Item, tests []*rules.Test) []source.Span {
	var out []source.Span
	for _, t := range tests {
		out = append(out, valueSpan(i, t))
	}
	return out
}

// otherDash reports an item that lists the value with the other dash too, so that nothing is missed.
func otherDash(i *rules.Item, t *rules.Test) bool {
	if i.All {
		return false
	}
	swapped := strings.Map(func(r rune) rune {
		switch r {
		case '-':
			return '/'
		case '/':
			return '-'
		}
		return r
	}, t.Value.Text)
	for _, o := range i.Tests {
		if o.Value != nil && strings.EqualFold(o.Value.Text, swapped) {
			return true
		}
	}
	return false
}

func imageNameOnly(p *lint.Pass) {
	if !windowsProcesses(p) {
		return
	}
	s, ok := sourceOf(p.Document)
	if !ok || s.table == nil {
		return
	}
	d := &p.Rule.Detection
	for _, named := range d.Named {
		if d.Polarity(named)&rules.Positive == 0 {
			continue
		}
		content := false
		named.Block.Each(func(i *rules.Item) {
			f, _ := s.table.Field(i.Field)
			content = content || f.Role == taxonomy.RoleMetadata || f.Role == taxonomy.RoleHash
		})
		if content {
			return
		}
	}
	told := false
	eachBranch(p, func(b branch) {
		for _, t := range b.positive {
			if told || t.item.Field != "Image" || t.item.Negated || len(t.item.Tests) == 0 {
				continue
			}
			names := 0
			for _, value := range t.item.Tests {
				if name := fileNameOf(value); strings.Contains(name, ".") {
					names++
				}
			}
			if names != len(t.item.Tests) {
				continue
			}
			told = true
			p.Report(lint.Finding{
				Span:    valueSpan(t.item, t.item.Tests[0]),
				Message: fmt.Sprintf("`%s` is all that tells the program: a renamed copy is not found", shorter(writtenValue(t.item.Tests[0]))),
				Help:    "add the alternative `OriginalFileName: '" + source.Shorten(fileNameOf(t.item.Tests[0])) + "'`",
				Place:   lint.LeastPlace(p.Document, spansOf(t.item, t.item.Tests)...),
			})
		}
	})
}

// spaced is two words with one blank between them.
var spaced = regexp.MustCompile(`[^\s*?] [^\s*?]`)

func fragileSpacing(p *lint.Pass) {
	eachCommandLine(p, func(i *rules.Item) {
		if i.Has("re") || i.Has("base64") || i.Has("base64offset") || i.Has("fieldref") {
			return
		}
		var found []*rules.Test
		for _, t := range i.Tests {
			if t.Kind == rules.TextTest && t.Value.Kind == rules.TextValue && spaced.MatchString(t.Value.Text) {
				found = append(found, t)
			}
		}
		if len(found) == 0 {
			return
		}
		text := found[0].Value.Text
		parts := strings.Fields(text)
		f := lint.Finding{
			Span:    found[0].Value.Node.Span,
			Message: fmt.Sprintf("`%s` no longer matches with a second blank, a quote or a caret between its words", shorter(text)),
			Help:    "write the words under `contains|all`: " + enumerate(inBackticks(parts)),
			Fix:     unlessTaken(p, i, splitWords(p.Rule.File, i, found)),
		}
		for _, t := range found[1:] {
			f.Related = append(f.Related, lint.Related{Span: t.Value.Node.Span, Message: "and neither does this value"})
		}
		f.Place = lint.LeastPlace(p.Document, spansOf(i, found)...)
		p.Report(f)
	})
}

func inBackticks(parts []string) []string {
	out := make([]string, len(parts))
	for i, part := range parts {
		out[i] = "`" + source.Shorten(part) + "`"
	}
	return out
}

// shortestPart is the length in characters below which a part of a value says too little alone.
const shortestPart = 3

// splitWords writes the words of values as values of their own under `all`: for a value that stands alone, and for values of a list under `all`. Values
// that are alternatives would need identifiers of their own.
func splitWords(file *source.File, i *rules.Item, found []*rules.Test) *source.Fix {
	if !i.Has("contains") || i.Has("cased") || !editable(i.Key) || !i.All && len(i.Tests) > 1 {
		return nil
	}
	fix := &source.Fix{Title: "split the words"}
	for _, t := range found {
		n := t.Value.Node
		parts := strings.Fields(t.Value.Text)
		if !editable(n) || strings.ContainsAny(t.Value.Text, `*?\`) {
			return nil
		}
		for _, part := range parts {
			if len([]rune(part)) < shortestPart {
				return nil
			}
		}
		line := file.LineSpan(file.LineAt(n.Span.Start))
		before := file.Text(source.Span{Start: line.Start, End: n.Span.Start})
		if i.All && i.Node.Kind == source.List {
			if i.Node.Flow || strings.TrimSpace(before) != "-" {
				return nil
			}
			separator := lineEnd(file, line) + before
			fix.Edits = append(fix.Edits, source.Edit{Span: n.Span, New: strings.Join(values(parts), separator)})
			continue
		}
		if i.Node != n || i.Node.Kind == source.List {
			return nil
		}
		key := file.LineSpan(file.LineAt(i.Key.Span.Start))
		lead := file.Text(source.Span{Start: key.Start, End: i.Key.Span.Start})
		indent := strings.Repeat(" ", len(lead)) // of a key behind a dash, too
		if strings.Trim(lead, " -") != "" || strings.TrimSpace(file.Text(source.Span{Start: n.Span.End, End: key.End})) != "" || file.LineAt(n.Span.Start) != file.LineAt(i.Key.Span.Start) {
			return nil
		}
		blank := n.Span.Start - 1
		if blank < 0 || file.Data[blank] != ' ' || blank-1 < i.Key.Span.End {
			return nil
		}
		var b strings.Builder
		for _, v := range values(parts) {
			b.WriteString(lineEnd(file, key) + indent + "    - " + v)
		}
		fix.Edits = append(fix.Edits, source.Edit{Span: source.Span{Start: blank, End: n.Span.End}, New: b.String()})
	}
	if !i.All {
		at := i.Key.Range(len(i.Key.Value), len(i.Key.Value)).Start
		fix.Edits = append([]source.Edit{{Span: source.Span{Start: at, End: at}, New: "|all"}}, fix.Edits...)
	}
	return fix
}

func values(parts []string) []string {
	out := make([]string, len(parts))
	for k, part := range parts {
		out[k] = source.Quote(part)
	}
	return out
}
