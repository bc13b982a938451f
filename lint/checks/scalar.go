package checks

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// scalarChecks look at how YAML writes a value: quotes, line breaks, tags, characters that nobody sees.
var scalarChecks = []*lint.Check{
	{
		Code: "SIG0107", Name: "invisible-character", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A character that nobody sees",
			What: "A zero-width, bidirectional, no-break or soft-hyphen character or an odd line separator, raw, anywhere outside of a quoted detection value, or inside one " +
				"between two ASCII letters or digits. Values of nothing but such characters, joined emoji and escapes are deliberate.",
			Why:  "What looks equal is not: the value never matches, or the text shown to a reviewer is another one than the machine reads.",
			Bad:  selectWith("CommandLine|contains: 'ls\u200bof'"),
			Good: selectWith("CommandLine|contains: 'lsof'"),
		},
		Document: invisibleCharacter,
	},
	{
		Code: "SIG0108", Name: "yaml-anchor", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "An anchor, an alias or a merge key",
			What:  "`&name`, `*name` or `<<:` anywhere in the document.",
			Why:   "It is legal YAML that several Sigma tools and every line-based editor mishandle.",
			Bad:   selectWith("CommandLine|contains: &flag ' -i'\nParentCommandLine|contains: *flag"),
			Good:  selectWith("CommandLine|contains: ' -i'\nParentCommandLine|contains: ' -i'"),
		},
		Document: yamlAnchor,
	},
	{
		Code: "SIG0109", Name: "yaml-tag", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "An explicit YAML tag",
			What:  "A tag such as `!!str` before a value. `!x y` is one too: the text before the blank is lost.",
			Why:   "Readers that know the tag change the type of the value, others refuse the file.",
			Bad:   selectWith("CommandLine|contains: !!str lsof"),
			Good:  selectWith("CommandLine|contains: 'lsof'"),
		},
		Document: yamlTag,
	},
	{
		Code: "SIG0112", Name: "implicit-null", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A field with nothing after the colon",
			What:  "An item without modifiers whose value is left out. An explicit `null` or `~` is fine.",
			Why:   "It means \"the field is absent\"; usually a value was forgotten.",
			Bad:   selectWith("ParentImage:"),
			Good:  selectWith("ParentImage: null"),
		},
		Document: implicitNull,
	},
	{
		Code: "SIG0113", Name: "multi-line-value", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A detection value over several lines",
			What: "A detection value that holds a line break or was folded from several lines. Quiet for `contains` on fields with script text or messages, for " +
				"keywords, and for regular expressions.",
			Why:  "The folded blanks or the line break become part of the value, which then equals no value of a log.",
			Bad:  selectWith("CommandLine|contains: 'lsof\n      -i'"),
			Good: selectWith("CommandLine|contains: 'lsof -i'"),
		},
		Document: multiLineValue,
	},
	{
		Code: "SIG0114", Name: "comment-cuts-value", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A comment that looks like the rest of the value",
			What:  "A plain detection value followed by a blank and a `#` with another character than a blank behind it.",
			Why:   "Everything from the `#` on is a comment: the value is shorter than it looks, and matches more.",
			Bad:   selectWith("CommandLine|contains: lsof #3"),
			Good:  selectWith("CommandLine|contains: 'lsof #3'"),
		},
		Document: commentCutsValue,
	},
	{
		Code: "SIG0115", Name: "double-quoted-escape", Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "A path in double quotes lost its backslashes",
			What:  "A double-quoted detection value in which `\\t`, `\\n`, `\\r`, `\\b`, `\\f`, `\\v`, `\\a`, `\\e` or `\\0` became a control character although the value looks like a path or registry key.",
			Why:   "`\"C:\\temp\"` is C, a colon, a tab and `emp`: it is in no log.",
			Bad:   selectOnWindows("ParentImage|startswith: \"C:\\temp\""),
			Good:  selectOnWindows("ParentImage|startswith: 'C:\\temp'"),
		},
		Document: doubleQuotedEscape,
	},
}

// invisible reports a character that leaves no mark, or looks like a common one.
func invisible(r rune) bool {
	switch {
	case r == 0x85, r == 0xa0, r == 0xad, r == 0xfeff, r == 0x2060, r == 0x180e,
		r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

func invisibleCharacter(p *lint.Pass) {
	head := p.Document.Base()
	if head.Index >= len(head.File.Documents) {
		return
	}
	span := head.File.Documents[head.Index].Span
	if !bytes.ContainsFunc(head.File.Data[span.Start:min(span.End, len(head.File.Data))], invisible) {
		return
	}
	quoted := map[source.Span]bool{}
	if p.Detections() != nil {
		eachItem(p, func(_ *rules.Detection, i *rules.Item) {
			for _, v := range i.Values {
				if v.Node.Kind == source.Scalar && v.Node.Style != source.Plain {
					quoted[v.Node.Span] = true
				}
			}
		})
	}
	within := func(at int) bool {
		for s := range quoted {
			if s.Start <= at && at < s.End {
				return true
			}
		}
		return false
	}
	text := head.File.Text(span)
	for k, r := range text {
		if !invisible(r) || span.Start+k == 0 {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:k])
		after, _ := utf8.DecodeRuneInString(text[k+utf8.RuneLen(r):])
		joined := r == 0x200d && before >= utf8.RuneSelf && after >= utf8.RuneSelf
		if joined || within(span.Start+k) && !(asciiAlnum(before) && asciiAlnum(after)) {
			continue
		}
		at := source.Span{Start: span.Start + k, End: span.Start + k + utf8.RuneLen(r)}
		p.Report(lint.Finding{
			Span:    at,
			Message: fmt.Sprintf("an invisible character U+%04X stands in this line", r),
			Help:    fmt.Sprintf("delete it; where it is meant, write the escape `\\u%04X` in double quotes", r),
			Fix:     &source.Fix{Title: "delete it", Edits: []source.Edit{{Span: at}}},
		})
		return // the first one tells where to look
	}
}

func asciiAlnum(r rune) bool { return r < utf8.RuneSelf && isWordByte(byte(r)) && r != '_' }

func yamlAnchor(p *lint.Pass) {
	told := map[source.Span]bool{}
	p.Document.Base().Root.Each(func(n *source.Node) bool {
		if n.Alias == nil && n.Anchor == "" || told[n.Span] {
			return n.Alias == nil
		}
		told[n.Span] = true
		file := p.Document.Base().File
		what, span := "the anchor `&"+source.Shorten(n.Anchor)+"`", anchorBefore(file, n)
		if n.Alias != nil {
			what, span = "the alias `"+source.Shorten(n.Text())+"`", file.FirstLine(n.Span)
		}
		p.Report(lint.Finding{
			Span:    span,
			Message: what + " is legal YAML that several tools mishandle",
			Help:    "write the value out",
		})
		return n.Alias == nil
	})
}

// anchorBefore is the place of the anchor that a node bears: it stands before the value, perhaps on a line above.
func anchorBefore(f *source.File, n *source.Node) source.Span {
	at := bytes.LastIndex(f.Data[:n.Span.Start], []byte("&"+n.Anchor))
	if at < 0 {
		return f.FirstLine(n.Span)
	}
	return source.Span{Start: at, End: at + len("&"+n.Anchor)}
}

func yamlTag(p *lint.Pass) {
	p.Document.Base().Root.Each(func(n *source.Node) bool {
		if n.Explicit && n.Alias == nil {
			p.Report(lint.Finding{
				Span:    p.Document.Base().File.FirstLine(n.Span),
				Message: fmt.Sprintf("`%s` has the explicit tag `%s`", shorter(n.Text()), source.Shorten(n.Tag)),
				Help:    "remove the tag; quote the value if text is meant",
			})
		}
		return true
	})
}

func implicitNull(p *lint.Pass) {
	data := p.Document.Base().File.Data
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		if i.Key == nil || len(i.Modifiers) > 0 || len(i.Values) != 1 || !i.Values[0].Node.Missing() || i.Node.Kind == source.List {
			return
		}
		f := lint.Finding{
			Span:    i.Key.Span,
			Message: fmt.Sprintf("`%s` has no value, which means that the field is absent", source.Shorten(i.KeyText())),
			Help:    "write the value that was forgotten, or `null`",
		}
		if end := i.Key.Span.End; end < len(data) && data[end] == ':' {
			f.Fix = &source.Fix{Title: "write `null`", Safe: true, Edits: []source.Edit{{Span: source.Span{Start: end + 1, End: end + 1}, New: " null"}}}
		}
		p.Report(f)
	})
}

func multiLineValue(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, t taxonomy.Type) {
		n := v.Node
		if i.Keyword() || i.Has("contains") && (t == taxonomy.Script || t == taxonomy.Text) {
			return
		}
		if n.Alias == nil && strings.Contains(strings.TrimRight(n.Text(), "\r\n \t"), "\n") && (n.Style == source.Plain || n.Style == source.SingleQuoted || n.Style == source.DoubleQuoted) ||
			strings.Contains(v.Text, "\n") && n.Style != source.DoubleQuoted {
			p.Report(lint.Finding{
				Span:    p.Document.Base().File.FirstLine(n.Span),
				Message: fmt.Sprintf("the value `%s` of `%s` goes over several lines", shorter(v.Text), source.Shorten(i.KeyText())),
				Help:    "write it on one line in single quotes",
			})
		}
	})
}

func commentCutsValue(p *lint.Pass) {
	file := p.Document.Base().File
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for _, v := range i.Values {
			n := v.Node
			if n.Kind != source.Scalar || n.Style != source.Plain || n.Alias != nil || n.Span.Len() == 0 {
				continue
			}
			line := file.LineSpan(file.LineAt(n.Span.End))
			rest := file.Text(source.Span{Start: n.Span.End, End: line.End})
			comment := strings.TrimLeft(rest, " \t")
			if len(comment) < 2 || comment == rest || comment[0] != '#' || strings.ContainsRune(" \t#-=", rune(comment[1])) {
				continue
			}
			whole := source.Span{Start: n.Span.Start, End: line.End - len(comment) + len(strings.TrimRight(comment, " \t\r"))}
			text := source.Quote(file.Text(whole))
			p.Report(lint.Finding{
				Span:    source.Span{Start: n.Span.End + len(rest) - len(comment), End: whole.End},
				Message: fmt.Sprintf("`%s` is a comment; the value ends at `%s`", shorter(strings.TrimSpace(comment)), shorter(n.Text())),
				Help:    "quote the whole value, or put a blank behind the `#`",
				Fix:     &source.Fix{Title: "quote the whole", Edits: []source.Edit{{Span: whole, New: text}}},
			})
		}
	})
}

// slippedPath is the source of a double-quoted path whose separators are read as escapes.
var slippedPath = regexp.MustCompile(`(?i)^"(?:\*|:)?(?:[a-z]:\\|%[a-z0-9_()]+%\\|\\?hk(?:lm|u|cu|cr|cc)\\|\\[tnrbfvae0][a-z0-9_. -]+(?:\\|\.[a-z0-9]{2,4}"?$))`)

// lostEscape is an escape that becomes a control character.
var lostEscape = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*(\\[tnrbfvae0])`)

func doubleQuotedEscape(p *lint.Pass) {
	eachText(p, func(i *rules.Item, v *rules.Value, _ taxonomy.Type) {
		n := v.Node
		if n.Style != source.DoubleQuoted || n.Alias != nil {
			return
		}
		text := n.Text()
		at := lostEscape.FindStringSubmatchIndex(text)
		if at == nil || !slippedPath.MatchString(text) {
			return
		}
		inner := strings.Trim(text, `"`)
		p.Report(lint.Finding{
			Span:    source.Span{Start: n.Span.Start + at[2], End: n.Span.Start + at[3]},
			Message: fmt.Sprintf("`%s` in double quotes is a control character, not a separator and a letter", text[at[2]:at[3]]),
			Help:    "write " + source.Shorten("'"+inner+"'"),
			Fix:     &source.Fix{Title: "write single quotes", Edits: []source.Edit{{Span: n.Span, New: "'" + strings.ReplaceAll(inner, "'", "''") + "'"}}},
		})
	})
}
