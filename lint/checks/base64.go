package checks

import (
	"fmt"
	"unicode/utf8"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
)

// leastEncoded is the number of bytes below which the base64 of a text is a fragment of a few letters, which any encoded text may hold.
const leastEncoded = 4

// shortFragment reports what the parser lets pass: short values that still mean something.
func shortFragment(p *lint.Pass) {
	eachItem(p, func(_ *rules.Detection, i *rules.Item) {
		offset := i.Has("base64offset")
		if !offset && !i.Has("base64") || i.Has("expand") {
			return
		}
		for _, v := range i.Values {
			n := len(v.Text)
			if i.Has("wide") || i.Has("utf16le") || i.Has("utf16be") || i.Has("utf16") {
				n = 2 * utf8.RuneCountInString(v.Text)
			}
			if v.Kind != rules.TextValue || n == 0 || n >= leastEncoded || offset && n == 1 {
				continue
			}
			p.Report(lint.Finding{
				Span: v.Node.Span, Severity: lint.Warning,
				Message: fmt.Sprintf("`%s` is %d %s: its base64 is in many encoded texts", shorter(v.Text), n, plural(n, "byte", "bytes")),
				Help:    "encode more of the text",
			})
		}
	})
}
