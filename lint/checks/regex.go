package checks

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// regexChecks look into regular expressions.
var regexChecks = []*lint.Check{
	{
		Code: "SIG0672", Name: "regex-odd-escape", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A backslash before a letter that needs none",
			What:  "A backslash before a letter that is no class, anchor, control character, group or hex escape.",
			Why:   "Engines take it as the letter or refuse it; where a path was meant, the backslash is lost.",
			Bad:   selectWith("CommandLine|re: 'C:\\\\Users\\lsof'"),
			Good:  selectWith("CommandLine|re: 'C:\\\\Users\\\\lsof'"),
		},
		Document: regexOddEscape,
	},
	{
		Code: "SIG0675", Name: "regex-large-repeat", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A repetition of 1,000 times or more",
			What:  "A counted repetition whose lower or upper bound is 1,000 or more.",
			Why:   "It is slow everywhere, and RE2-based engines refuse more than 1,000.",
			Bad:   selectWith("CommandLine|re: 'lsof .{1000,}'"),
			Good:  selectWith("CommandLine|re: 'lsof .{100,}'"),
		},
		Document: regexLargeRepeat,
	},
	{
		Code: "SIG0676", Name: "regex-unescaped-dot", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "A dot that stands for any character",
			What:  "A dot without quantifier between a letter, digit or underscore and a known file extension or top-level domain that ends the word.",
			Why:   "`cmd.exe` as an expression also matches `cmdxexe`; `\\.` is meant.",
			Bad:   selectWith("CommandLine|re: 'lsof[0-9] cmd.exe'"),
			Good:  selectWith("CommandLine|re: 'lsof[0-9] cmd\\.exe'"),
		},
		Document: regexUnescapedDot,
	},
	{
		Code: "SIG0677", Name: "regex-is-literal", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A regular expression without any operator",
			What:  "An expression that is plain text after unescaping.",
			Why:   "`contains` says the same, is faster, and does not look at letter case.",
			Bad:   selectWith("CommandLine|re: 'lsof -i'"),
			Good:  selectWith("CommandLine|contains: 'lsof -i'"),
		},
		Document: regexIsLiteral,
	},
	{
		Code: "SIG0678", Name: "regex-redundant-any", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "`.*` at an end of a regular expression",
			What:  "`.*` at the start or the end of an expression without alternatives.",
			Why:   "An expression is searched in the whole value: it does nothing but cost time.",
			Bad:   selectWith("CommandLine|re: '.*lsof -[in]'"),
			Good:  selectWith("CommandLine|re: 'lsof -[in]'"),
		},
		Document: regexRedundantAny,
	},
	{
		Code: "SIG0680", Name: "regex-case-sensitive", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A regular expression that looks at letter case",
			What:  "An expression with three or more literal letters in a row and without the flag `i`, on Windows, where names and commands ignore letter case.",
			Why:   "Writing the command in other letters evades the rule.",
			Bad:   selectOnWindows("CommandLine|re: 'openfiles\\s+/query'"),
			Good:  selectOnWindows("CommandLine|re|i: 'openfiles\\s+/query'"),
		},
		Document: regexCaseSensitive,
	},
}

// eachRegex visits every regular expression that some engine takes.
func eachRegex(p *lint.Pass, visit func(i *rules.Item, t *rules.Test)) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		for _, t := range i.Tests {
			if t.Regex != nil && t.Regex.Broken == "" && t.Value != nil {
				visit(i, t)
			}
		}
	})
}

// escapes are the letters that mean something behind a backslash in PCRE.
const escapes = "dDwWsSbBAzZnrtfvaexuUpPQEkgGhHRNKXVCoc"

// eachSymbol visits the bytes of an expression that stand outside classes and are not escaped, and the escapes as a whole.
func eachSymbol(text string, visit func(at int, inClass, escaped bool)) {
	inClass := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], `\Q`):
			end := strings.Index(text[i:], `\E`)
			if end < 0 {
				return
			}
			i += end + 1
		case c == '\\' && i+1 < len(text):
			visit(i, inClass, true)
			i++
		case c == '[' && !inClass:
			inClass = true
			if strings.HasPrefix(text[i+1:], "^") {
				i++
			}
			if strings.HasPrefix(text[i+1:], "]") {
				i++
			}
		case c == '[' && strings.HasPrefix(text[i:], "[:"):
			if end := strings.Index(text[i:], ":]"); end > 0 {
				i += end + 1
			}
		case c == ']' && inClass:
			inClass = false
		default:
			visit(i, inClass, false)
		}
	}
}

func regexOddEscape(p *lint.Pass) {
	eachRegex(p, func(i *rules.Item, t *rules.Test) {
		text, told := t.Regex.Source, false
		eachSymbol(text, func(at int, _, escaped bool) {
			next := text[min(at+1, len(text)-1)]
			letter := next >= 'a' && next <= 'z' || next >= 'A' && next <= 'Z'
			if told || !escaped || !letter || strings.IndexByte(escapes, next) >= 0 {
				return
			}
			told = true
			p.Report(lint.Finding{
				Span:    t.Value.Node.Range(at, at+2),
				Message: fmt.Sprintf("`\\%c` means nothing in `%s`; engines read it as `%c` or refuse it", next, shorter(text), next),
				Help:    fmt.Sprintf("write `%c`, or `\\\\%c` for a backslash before it", next, next),
				Fix:     rewrite(t.Value, at, at+1, "", false),
			})
		})
	})
}

// slowRepeat is the count from which a repetition is worth a word: RE2 refuses more than 1,000.
const slowRepeat = 1000

func regexLargeRepeat(p *lint.Pass) {
	eachRegex(p, func(i *rules.Item, t *rules.Test) {
		for _, c := range t.Regex.Nonportable {
			if strings.HasPrefix(c.Name, "a repeat count") {
				return // nonportable-regex says so
			}
		}
		tree, err := syntax.Parse(t.Regex.Source, syntax.Perl)
		if err != nil || !repeatsOften(tree) {
			return
		}
		p.Report(lint.Finding{
			Span:    t.Value.Node.Span,
			Message: fmt.Sprintf("`%s` counts to %d or more", shorter(t.Regex.Source), slowRepeat),
			Help:    "a few hundred tell as much",
		})
	})
}

func repeatsOften(re *syntax.Regexp) bool {
	if re.Op == syntax.OpRepeat && max(re.Min, re.Max) >= slowRepeat {
		return true
	}
	for _, sub := range re.Sub {
		if repeatsOften(sub) {
			return true
		}
	}
	return false
}

// wordEnds are file extensions and top-level domains that are hardly ever the end of a longer word.
var wordEnds = map[string]bool{
	"exe": true, "dll": true, "sys": true, "bat": true, "cmd": true, "ps1": true, "psm1": true, "vbs": true, "vbe": true, "js": true, "jse": true, "wsf": true, "hta": true,
	"msi": true, "scr": true, "cpl": true, "lnk": true, "iso": true, "zip": true, "rar": true, "7z": true, "tmp": true, "dat": true, "txt": true, "log": true, "xml": true, "json": true,
	"php": true, "asp": true, "aspx": true, "jsp": true, "html": true, "htm": true, "doc": true, "docx": true, "xls": true, "xlsx": true, "pdf": true, "rtf": true, "sh": true, "py": true,
	"com": true, "net": true, "org": true, "io": true, "ru": true, "info": true, "xyz": true, "top": true,
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func regexUnescapedDot(p *lint.Pass) {
	eachRegex(p, func(i *rules.Item, t *rules.Test) {
		text, told := t.Regex.Source, false
		literal := make([]bool, len(text)) // bytes that stand for themselves
		eachSymbol(text, func(at int, inClass, escaped bool) { literal[at] = !inClass && !escaped && isWordByte(text[at]) })
		eachSymbol(text, func(at int, inClass, escaped bool) {
			if told || inClass || escaped || text[at] != '.' || at == 0 || !literal[at-1] {
				return
			}
			end := at + 1
			for end < len(text) && literal[end] {
				end++
			}
			if !wordEnds[strings.ToLower(text[at+1:end])] || end < len(text) && strings.IndexByte("*+?{", text[end]) >= 0 {
				return
			}
			told = true
			p.Report(lint.Finding{
				Span:    t.Value.Node.Range(at, at+1),
				Message: fmt.Sprintf("the `.` of `%s` stands for any character", shorter(text)),
				Help:    `write \. for a dot`,
				Fix:     rewrite(t.Value, at, at+1, `\.`, false),
			})
		})
	})
}

func regexIsLiteral(p *lint.Pass) {
	eachRegex(p, func(i *rules.Item, t *rules.Test) {
		tree, err := syntax.Parse(t.Regex.Source, syntax.Perl)
		if err != nil || tree.Op != syntax.OpLiteral {
			return
		}
		p.Report(lint.Finding{
			Span:    t.Value.Node.Span,
			Message: fmt.Sprintf("`%s` is plain text", shorter(t.Regex.Source)),
			Help:    "write `contains` for `re`, which also ignores letter case, or `contains|cased`",
			Fix:     unlessTaken(p, i, writeContains(i, t.Value, string(tree.Rune))),
		})
	})
}

// writeContains is the fix that searches for the text itself, for an item with this value alone.
func writeContains(i *rules.Item, v *rules.Value, text string) *source.Fix {
	if i.Keyword() || i.Node != v.Node || !editable(i.Key) || !editable(v.Node) || i.Modifiers[0].Name != "re" {
		return nil
	}
	for _, m := range i.Modifiers[1:] {
		if m.Name != "i" {
			return nil
		}
	}
	value := rules.Pattern{{Kind: rules.Literal, Text: text}}.String()
	return &source.Fix{Title: "write `contains`", Edits: []source.Edit{
		{Span: source.Span{Start: i.FieldSpan.End, End: i.FieldSpan.End + len(i.KeyText()) - len(i.Field)}, New: "|contains"},
		{Span: v.Node.Span, New: source.Quote(value)},
	}}
}

func regexRedundantAny(p *lint.Pass) {
	eachRegex(p, func(i *rules.Item, t *rules.Test) {
		text := t.Regex.Source
		tree, err := syntax.Parse(text, syntax.Perl)
		if err != nil || tree.Op != syntax.OpConcat || len(tree.Sub) < 2 {
			return
		}
		at, end := 0, 0
		switch {
		case strings.HasPrefix(text, ".*") && !strings.HasPrefix(text, ".*?"):
			end = 2
		case strings.HasSuffix(text, ".*") && !strings.HasSuffix(text, `\.*`):
			at, end = len(text)-2, len(text)
		default:
			return
		}
		p.Report(lint.Finding{
			Span:    t.Value.Node.Range(at, end),
			Message: fmt.Sprintf("`.*` at an end of `%s` does nothing: an expression may match anywhere", shorter(text)),
			Help:    "remove it",
			Fix:     rewrite(t.Value, at, end, "", true),
		})
	})
}

// literalLetters is how many letters in a row make a word whose case somebody could change.
const literalLetters = 3

func regexCaseSensitive(p *lint.Pass) {
	if !strings.EqualFold(p.Logsource().Product.Value, "windows") {
		return
	}
	eachRegex(p, func(i *rules.Item, t *rules.Test) {
		tree, err := syntax.Parse(t.Regex.Source, syntax.Perl)
		if err != nil || strings.Contains(t.Regex.Flags, "i") || !hasCasedWord(tree) {
			return
		}
		f := lint.Finding{
			Span:    t.Value.Node.Span,
			Message: fmt.Sprintf("`%s` looks at letter case, and Windows does not", shorter(t.Regex.Source)),
			Help:    "write `re|i`",
		}
		if m := modifier(i, "re"); m != nil && len(i.Tests) == 1 {
			f.Fix = unlessTaken(p, i, &source.Fix{Title: "write `re|i`", Edits: []source.Edit{{Span: source.Span{Start: m.Span.End, End: m.Span.End}, New: "|i"}}})
		}
		p.Report(f)
	})
}

func hasCasedWord(re *syntax.Regexp) bool {
	if re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0 {
		run := 0
		for _, r := range re.Rune {
			if r < 'A' || r > 'Z' && r < 'a' || r > 'z' {
				run = 0
			} else if run++; run >= literalLetters {
				return true
			}
		}
	}
	for _, sub := range re.Sub {
		if hasCasedWord(sub) {
			return true
		}
	}
	return false
}
