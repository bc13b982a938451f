package checks

import (
	"fmt"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// keywordChecks are about texts without a field, and about log sources that are read whole.
var keywordChecks = []*lint.Check{
	{
		Code: "SIG0909", Name: "short-keyword", Severity: lint.Info, Profiles: s, YieldsTo: []string{"empty-string-with-modifier"},
		Doc: lint.Doc{
			Title: "A keyword of few characters",
			What:  "A keyword (a text without a field) that the rule looks for has 3 characters or fewer (option `most-characters`), wildcards aside, or is a bare number.",
			Why:   "A keyword is searched in the whole event: `ssh` is part of paths and names, and a number of lengths, times and process ids.",
			Bad:   example("    keywords:\n        - 'ss'\n    condition: keywords\n"),
			Good:  example("    selection:\n        Image|endswith: '/ss'\n    condition: selection\n"),
			Fix:   "Name the field, or write more of the line.",
		},
		Options:  []lint.Option{{Name: "most-characters", Meaning: "length, in characters, up to which a keyword is short", Default: shortKeywordLength, Min: 1, Max: 20}},
		Document: shortKeyword,
	},
	{
		Code: "SIG0910", Name: "keyword-in-structured-logsource", Severity: lint.Info, Profiles: rs,
		Doc: lint.Doc{
			Title: "Keywords where all fields are known",
			What:  "A keyword search that the rule wants, on a log source whose list of fields is complete. Access logs of web servers and proxies are left out: they are lines of text.",
			Why: "Keywords are searched in every field, the user's names and the words of the message too, and engines differ in which: some read the raw line, " +
				"some all fields, some none.",
			Bad:     example("    keywords:\n        - 'lsof -i'\n    condition: keywords\n"),
			Good:    example("    selection:\n        CommandLine|contains: 'lsof -i'\n    condition: selection\n"),
			Fix:     "Name the field that holds the text.",
			Assumes: "the bundled taxonomy",
		},
		Document: keywordInStructuredLogsource,
	},
	{
		Code: "SIG0913", Name: "unscoped-logsource", Severity: lint.Info, Profiles: s,
		Doc: lint.Doc{
			Title: "A log source that is a whole product",
			What:  "The log source of a rule has a product, and neither category nor service.",
			Why:   "The rule reads every log of the product, which costs time, and a field of the same name in another log matches too.",
			Bad:   onWindows("", "        EventID: 1102\n        Channel: 'Security'\n"),
			Good:  onWindows("service: security", "        EventID: 1102\n"),
		},
		Document: unscopedLogsource,
	},
}

// shortKeywordLength is the catalogue's: 14 findings on the published rules, among them the names of tools.
const shortKeywordLength = 3

// wantedKeywords visits the keyword items of identifiers that the condition wants.
func wantedKeywords(p *lint.Pass, visit func(d *rules.Detection, i *rules.Item)) {
	if p.Rule == nil {
		return
	}
	for _, d := range p.Rule.Detection.Named {
		if p.Rule.Detection.Polarity(d)&rules.Positive == 0 {
			continue
		}
		d.Block.Each(func(i *rules.Item) {
			if i.Keyword() {
				visit(d, i)
			}
		})
	}
}

func shortKeyword(p *lint.Pass) {
	most := p.Int("most-characters")
	wantedKeywords(p, func(_ *rules.Detection, i *rules.Item) {
		if i.All {
			return // the other keywords have to be there, too
		}
		for _, t := range i.Tests {
			if t.Value == nil || t.Value.Node == nil {
				continue
			}
			what := ""
			switch t.Kind {
			case rules.NumberTest:
				what = "is part of many numbers"
			case rules.TextTest:
				length := -1
				for _, pattern := range t.Patterns {
					if n := utf8.RuneCountInString(pattern.LiteralText()); length < 0 || n < length {
						length = n
					}
				}
				if length > 0 && length <= most {
					what = "is part of many words"
				}
			}
			if what != "" {
				p.Report(lint.Finding{
					Span:    t.Value.Node.Span,
					Message: fmt.Sprintf("the keyword `%s` is searched in the whole event, where it %s", source.Shorten(t.Value.Node.Text()), what),
					Help:    "name the field, or write more of the line",
				})
			}
		}
	})
}

// linesOfText is the authority of access logs (W3C extended log format): they are lines of text, and the line is what a keyword is searched in.
const linesOfText = "w3c"

func keywordInStructuredLogsource(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok || !s.complete() || s.table.Authority == linesOfText {
		return
	}
	wantedKeywords(p, func(d *rules.Detection, i *rules.Item) {
		if len(i.Tests) == 0 || i.Node == nil {
			return
		}
		p.Report(lint.Finding{
			Span:    i.Span(),
			Message: fmt.Sprintf("`%s` searches every field of %s, although all of them are known", source.Shorten(d.Name), s.name()),
			Help:    "name the field that holds the text",
		})
	})
}

func unscopedLogsource(p *lint.Pass) {
	l := p.Logsource()
	if p.Rule == nil || l.Product.Value == "" || l.Category.Value != "" || l.Service.Value != "" {
		return
	}
	p.Report(lint.Finding{
		Span:    l.Product.Span(),
		Message: fmt.Sprintf("`product: %s` alone reads every log of the product", source.Shorten(l.Product.Value)),
		Help:    "add the category or the service whose events are meant",
	})
}
