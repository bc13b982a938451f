package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// eachFalsePositive visits the entries of `falsepositives` that are text.
func eachFalsePositive(p *lint.Pass, visit func(t rules.Text)) {
	for _, t := range p.Document.Base().FalsePositives {
		if writtenText(t) {
			visit(t)
		}
	}
}

func falsePositiveCase(p *lint.Pass) {
	eachFalsePositive(p, func(t rules.Text) {
		first, n := utf8.DecodeRuneInString(t.Value)
		upper := unicode.ToUpper(first)
		if upper == first {
			return
		}
		p.Report(lint.Finding{
			Span:    t.Node.Span,
			Message: fmt.Sprintf("the false positive `%s` does not begin with a capital", source.Shorten(t.Value)),
			Help:    "begin it with a capital",
			Fix:     replaceText(t.Node, 0, n, string(upper), "capitalise", true),
		})
	})
}

// lettersOf cuts a text into its words of letters.
var lettersOf = regexp.MustCompile(`\pL+`)

func falsePositiveBanned(p *lint.Pass) {
	var banned []string
	for _, w := range p.Strings("words") {
		banned = append(banned, strings.ToLower(strings.TrimSpace(w)))
	}
	eachFalsePositive(p, func(t rules.Text) {
		words := lettersOf.FindAllStringIndex(t.Value, -1)
		for i, m := range words {
			word := t.Value[m[0]:m[1]]
			sentence := i+1 < len(words) && strings.EqualFold(t.Value[words[i+1][0]:words[i+1][1]], "of")
			if !slices.Contains(banned, strings.ToLower(word)) || sentence {
				continue
			}
			f := lint.Finding{
				Span:    t.Node.Range(m[0], m[1]),
				Message: fmt.Sprintf("`%s` in `%s` names no false positive", word, shorter(t.Value)),
				Help:    "list harmless activities that match, or write `Unknown`",
			}
			if t.Node.Alias == nil && t.Node.Anchor == "" && t.Node.Style != source.Literal && t.Node.Style != source.Folded {
				f.Fix = &source.Fix{Title: "write `Unknown`", Edits: []source.Edit{{Span: t.Node.Span, New: "Unknown"}}}
			}
			p.Report(f)
			return
		}
	})
}

func falsePositiveTypo(p *lint.Pass) {
	right := map[string]string{}
	for _, pair := range p.Strings("words") {
		wrong, meant, _ := strings.Cut(pair, "=")
		right[strings.ToLower(strings.TrimSpace(wrong))] = meant
	}
	eachFalsePositive(p, func(t rules.Text) {
		for _, m := range lettersOf.FindAllStringIndex(t.Value, -1) {
			word := t.Value[m[0]:m[1]]
			meant, ok := right[strings.ToLower(word)]
			if !ok {
				continue
			}
			f := lint.Finding{Span: t.Node.Range(m[0], m[1]), Message: fmt.Sprintf("`%s` is misspelt", word), Help: "correct the word"}
			if meant != "" {
				if !allLower(word) {
					meant = firstUpper(meant)
				}
				f.Help = "write `" + meant + "`"
				f.Fix = replaceText(t.Node, m[0], m[1], meant, f.Help, true)
			}
			p.Report(f)
		}
	})
}
