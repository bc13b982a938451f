package fix

import (
	"strings"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// defectsOfForm belong to the families conventions and formatting.
var defectsOfForm = []mutation{
	{"title-starts-with-detects", another, attribute("title", func(s string) string { return "Detects " + s })},
	{"title-ends-with-dot", bytewise, attribute("title", func(s string) string { return s + "." })},
	{"title-case", another, attribute("title", func(s string) string {
		if first, last, ok := strings.Cut(s, " "); ok && !strings.Contains(last, " ") {
			return first + " " + strings.ToLower(last)
		}
		words := strings.Fields(s)
		if len(words) > 2 {
			words[2] = strings.ToLower(words[2])
		}
		return strings.Join(words, " ")
	})},
	{"link-in-description", another, func(r *rules.Rule) []source.Edit {
		text := attribute("description", func(s string) string { return s + " See https://example.org/notes/seeded" })(r)
		if list := withoutAttribute("references")(r); text != nil && list != nil {
			return append(text, list...)
		}
		return nil
	}},
	{"falsepositive-case", bytewise, firstEntry("falsepositives", func(s string) string { return strings.ToLower(s[:1]) + s[1:] })},
	{"falsepositive-banned-word", another, firstEntry("falsepositives", func(string) string { return "None" })},
	{"falsepositive-typo", another, firstEntry("falsepositives", func(string) string { return "Unkown" })},
	{"falsepositive-typo", another, newEntry("falsepositives", "Ligitimate seeding")},
	{"attack-link", another, newEntry("references", "https://attack.mitre.org/techniques/T1059/001/")},
	{"title-not-first", another, lineBelow("title", "id")},
	{"key-order", bytewise, lineBelow("status", "description")},
	{"key-order", bytewise, lineBelow("author", "date")},
	{"exclusion-name", another, added("seeded", "Seeded: 'a'", "RULE and not seeded")},
	{"quoting-style", bytewise, firstValue(quoted, func(v *rules.Value) string {
		if strings.ContainsAny(v.Text, "\\\"") {
			return v.Node.Text()
		}
		return `"` + v.Text + `"`
	})},

	{"trailing-space", bytewise, atEndOf("title", " ")},
	{"trailing-space", bytewise, atEndOf("status", "\t ")},
	{"indentation", bytewise, narrow},
	{"missing-final-newline", bytewise, func(r *rules.Rule) []source.Edit {
		end := len(r.File.Data)
		at := len(strings.TrimRight(string(r.File.Data), "\r\n"))
		if at == end || strings.Count(string(r.File.Data[at:]), "\n") != 1 {
			return nil
		}
		return []source.Edit{{Span: source.Span{Start: at, End: end}}}
	}},
	{"blank-lines", another, above("logsource", "\n\n\n")},
	{"line-endings", bytewise, func(r *rules.Rule) []source.Edit {
		if strings.Contains(string(r.File.Data), "\r") {
			return nil
		}
		return []source.Edit{{Span: source.Span{End: len(r.File.Data)}, New: crlf(string(r.File.Data))}}
	}},
	{"document-start", bytewise, func(r *rules.Rule) []source.Edit { return insert(0, ended(r.File, "---")) }},
	{"bracket-spacing", another, newItem("Seeded: [ 'a', 'b' ]")},
	{"bracket-spacing", another, newItem("Seeded: ['a', 'b'  ]")},
	{"colon-spacing", bytewise, func(r *rules.Rule) []source.Edit {
		return insert(r.Attribute("status").Key.Span.End, " ")
	}},
	{"colon-spacing", bytewise, func(r *rules.Rule) []source.Edit {
		return insert(r.Attribute("level").Value.Span.Start, "  ")
	}},
	{"comma-spacing", another, newItem("Seeded: ['a' , 'b']")},
	{"comma-spacing", another, newItem("Seeded: ['a','b']")},
	{"hyphen-spacing", bytewise, func(r *rules.Rule) []source.Edit {
		if len(r.Tags) == 0 || r.Root.Find("tags").Flow {
			return nil
		}
		return insert(r.Tags[0].Node.Span.Start, "  ")
	}},
	{"comment-spacing", another, above("logsource", "#seeded")},
	{"comment-spacing", another, atEndOf("status", " #seeded")},
}

// lineBelow moves the line of an attribute below that of a later one.
func lineBelow(name, other string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		from, to := r.Attribute(name), r.Attribute(other)
		if from == nil || to == nil || from.Key.Span.Start > to.Key.Span.Start {
			return nil
		}
		line, below := r.File.LineAt(from.Key.Span.Start), r.File.LineAt(to.Key.Span.Start)
		if r.File.LineAt(from.Value.Span.End) != line || r.File.LineAt(to.Value.Span.End) != below || below == r.File.Lines() {
			return nil
		}
		at := source.Span{Start: r.File.LineSpan(line).Start, End: r.File.LineSpan(line + 1).Start}
		return append(insert(r.File.LineSpan(below+1).Start, r.File.Text(at)), source.Edit{Span: at})
	}
}

// atEndOf appends to the line of a plain attribute, above puts a line there.
func atEndOf(name, text string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		e := r.Attribute(name)
		if e == nil || e.Value.Kind != source.Scalar || r.File.LineAt(e.Key.Span.Start) != r.File.LineAt(e.Value.Span.End) {
			return nil
		}
		return insert(r.File.LineSpan(r.File.LineAt(e.Key.Span.Start)).End, text)
	}
}

func above(name, line string) func(*rules.Rule) []source.Edit {
	return func(r *rules.Rule) []source.Edit {
		return insert(r.Attribute(name).Key.Span.Start, ended(r.File, line))
	}
}

// narrow indents by two blanks what is indented by four.
func narrow(r *rules.Rule) []source.Edit {
	var edits []source.Edit
	for line := 1; line <= r.File.Lines(); line++ {
		at := r.File.LineSpan(line)
		text := r.File.Text(at)
		width := len(text) - len(strings.TrimLeft(text, " "))
		if width%4 != 0 || strings.HasSuffix(text, "|") || strings.HasSuffix(text, ">") {
			return nil
		}
		if width > 0 {
			edits = append(edits, source.Edit{Span: source.Span{Start: at.Start, End: at.Start + width/2}})
		}
	}
	return edits
}
