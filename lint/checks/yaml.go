package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// yamlChecks work on the source, before any Sigma meaning.
var yamlChecks = slices.Concat([]*lint.Check{
	{
		Code: "SIG0101", Name: source.KindSyntax, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "The document is not well-formed YAML",
			What: "A tab as indentation, a missing colon or blank after it, an unclosed quote or bracket, an unknown escape in double quotes, an alias without anchor, " +
				"a plain value that begins with `*`, `%`, `@` or a backtick, and whatever else YAML refuses. The other documents of the file are still checked.",
			Why:  "No engine loads the rule: it detects nothing.",
			Bad:  example("    selection:\n        Image|endswith: *lsof\n    condition: selection\n"),
			Good: example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0102", Name: source.KindDuplicateKey, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A key occurs twice in one map",
			What:  "Two equal keys in one map, at any depth, compared without their quotes.",
			Why:   "Most readers keep the last one without a word: half of the selection is gone.",
			Bad:   example("    selection:\n        Image|endswith: '/lsof'\n        Image|endswith: '/netstat'\n    condition: selection\n"),
			Good:  example("    selection:\n        Image|endswith:\n            - '/lsof'\n            - '/netstat'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0103", Name: rules.KindNotMapping, Severity: lint.Error, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A document is a list or a single value",
			What:  "The document is not a map, so it cannot be a rule.",
			Why:   "Nothing in it is detected.",
			Bad:   "- title: Listing of Open Files\n- level: low\n",
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0104", Name: source.KindEmptyDocument, Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "A document or the file is empty",
			What:  "A file without any document, or a document with nothing in it, as a stray `---` makes one.",
			Why:   "pySigma ends the whole run on such a document.",
			Bad:   example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n") + "---\n",
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0105", Name: source.KindEncoding, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "The file is not UTF-8 text",
			What:  "Bytes that are not UTF-8, a UTF-16 or UTF-32 mark, NUL bytes or other control characters.",
			Why:   "YAML readers refuse the file or decode it differently.",
			Bad:   "title: Listing of Open Files \xe4\n",
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0106", Name: source.KindByteOrderMark, Severity: lint.Warning, Profiles: rs,
		Doc: lint.Doc{
			Title: "The file begins with a byte order mark",
			What:  "The three bytes EF BB BF at the start.",
			Why:   "Some Sigma tools take them as part of the first key, and then the rule has no title.",
			Bad:   "\xef\xbb\xbf" + example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0110", Name: "ambiguous-scalar", Severity: lint.Warning, Profiles: rqs,
		Doc: lint.Doc{
			Title: "YAML readers disagree on an unquoted value",
			What: "An unquoted detection value that readers type differently or that loses its spelling: yes, no, on, off, a leading zero, 0o, 0x, 0b, 1_000, " +
				"12:30, 1e3, 4.10.",
			Why:  "The event holds text such as `0x1f`; after reading the rule asks for 31.",
			Bad:  example("    selection:\n        Image|endswith: '/lsof'\n        LogonId: 0x3e7\n    condition: selection\n"),
			Good: example("    selection:\n        Image|endswith: '/lsof'\n        LogonId: '0x3e7'\n    condition: selection\n"),
		},
		Document: ambiguousScalars,
	},
	{
		Code: "SIG0111", Name: rules.KindUnquotedTimestamp, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "An unquoted date as detection value",
			What:  "A detection value that YAML reads as a date or time. `date` and `modified` of the rule are exempt.",
			Why:   "A date is never equal to the text of a log; pySigma refuses the rule.",
			Bad:   example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: 2024-01-02\n    condition: selection\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n        CommandLine|contains: '2024-01-02'\n    condition: selection\n"),
		},
	},
	{
		Code: "SIG0116", Name: source.KindNonStringKey, Severity: lint.Error, Profiles: rs,
		Doc: lint.Doc{
			Title: "A key is not text",
			What:  "A key that YAML reads as a number, a boolean, null, a list or a map.",
			Why:   "pySigma ends with a crash on such a rule.",
			Bad:   example("    selection:\n        Image|endswith: '/lsof'\n        4688: 'x'\n    condition: selection\n"),
			Good:  example("    selection:\n        Image|endswith: '/lsof'\n        User: 'x'\n    condition: selection\n"),
		},
	},
}, scalarChecks)

// ambiguousScalars looks at plain detection values.
func ambiguousScalars(p *lint.Pass) {
	d := p.Detections()
	if d == nil {
		return
	}
	for _, named := range d.Named {
		named.Block.Each(func(i *rules.Item) {
			for _, v := range i.Values {
				if v.Node.Kind != source.Scalar || v.Node.Style != source.Plain || v.Node.Explicit || v.Node.Alias != nil {
					continue
				}
				if readings := readings(v, i.Has("re")); readings != "" {
					p.Report(lint.Finding{
						Span:    v.Node.Span,
						Message: fmt.Sprintf("`%s` is read differently: %s", source.Shorten(v.Node.Text()), readings),
						Help:    "quote it if the text is meant: " + source.Quote(v.Node.Text()),
						Fix: &source.Fix{Title: "quote the value", Edits: []source.Edit{
							{Span: v.Node.Span, New: source.Quote(v.Node.Text())}}},
					})
				}
			}
		})
	}
}

// yaml11Booleans are text for YAML 1.2 and booleans for YAML 1.1.
var yaml11Booleans = map[string]bool{"yes": true, "no": true, "on": true, "off": true}

// readings says how readers differ on a plain value, or nothing when they agree.
func readings(v *rules.Value, regex bool) string {
	text := v.Node.Text()
	digits := strings.TrimLeft(text, "+-")
	if digits == "" || len(text) > 40 {
		return ""
	}
	switch {
	case yaml11Booleans[strings.ToLower(text)]:
		return "text in YAML 1.2, a boolean in YAML 1.1"
	case digits[0] < '0' || digits[0] > '9' || regex:
		return ""
	case v.Kind == rules.NumberValue && v.Number.Text != text:
		if len(digits) > 1 && digits[0] == '0' && strings.Trim(digits, "01234567") == "" {
			return "octal, so " + v.Number.Text
		}
		return "the number " + v.Number.Text
	case sexagesimal(digits):
		return "text in YAML 1.2, a number in base 60 in YAML 1.1"
	case exponent(digits):
		return "text in YAML 1.1, a number in YAML 1.2"
	}
	return ""
}

// sexagesimal reports 12:30 and 1:30:05.
func sexagesimal(s string) bool {
	parts := strings.Split(s, ":")
	for i, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" || i > 0 && len(p) > 2 {
			return false
		}
	}
	return len(parts) > 1
}

// exponent reports 1e3: hash and id fragments look like it.
func exponent(s string) bool {
	mantissa, power, ok := strings.Cut(strings.ToLower(s), "e")
	return ok && mantissa != "" && power != "" && strings.Trim(mantissa, "0123456789.") == "" && strings.Trim(power, "+-0123456789") == ""
}
