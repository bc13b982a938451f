package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// accountCheck is SIG0521.
var accountCheck = &lint.Check{
	Code: "SIG0521", Name: "localised-account", Severity: lint.Warning, Profiles: rqs,
	Doc: lint.Doc{
		Title: "Account name of one language",
		What:  "The values of a user field hold `AUTHORI` and none holds `AUTORI`, or the reverse.",
		Why:   "Windows translates its own accounts: `NT AUTHORITY` is `AUTORITE NT` on a French system, and events there are missed.",
		Bad:   onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n        User|contains: 'AUTHORI'\n"),
		Good:  onWindows("category: process_creation", "        Image|endswith: '\\openfiles.exe'\n        User|contains:\n            - 'AUTHORI'\n            - 'AUTORI'\n"),
	},
	Document: checkLocalisedAccount,
}

// The two spellings of NT AUTHORITY: English and German have the h, French, Spanish and Italian do not.
const (
	withH    = "AUTHORI"
	withoutH = "AUTORI"
)

func checkLocalisedAccount(p *lint.Pass) {
	s, ok := sourceOf(p.Document)
	if !ok {
		return
	}
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		if field := strings.ToLower(i.Field); !strings.HasSuffix(field, "user") && !strings.HasSuffix(field, "username") || i.Has("re") {
			return
		}
		var at [2]*rules.Value
		for _, v := range i.Values {
			for k, word := range []string{withH, withoutH} {
				if strings.Contains(strings.ToUpper(v.Text), word) && at[k] == nil {
					at[k] = v
				}
			}
		}
		found, missing := at[0], withoutH
		if found == nil {
			found, missing = at[1], withH
		}
		if found == nil || at[0] != nil && at[1] != nil {
			return
		}
		p.Report(lint.Finding{
			Span:    found.Node.Span,
			Message: fmt.Sprintf("`%s` of `%s` is the account's name in some languages only", source.Shorten(found.Text), source.Shorten(i.Field)),
			Help:    fmt.Sprintf("use `%s|contains` with both `AUTHORI` and `AUTORI`; `%s` is missing", i.Field, missing),
			Fix:     bothAccounts(p.Document.Base().File, i, found, missing),
		})
	})
}

// bothAccounts is the fix that adds the value in the other spelling behind the one that is there, nil where it would have to change as a whole: with
// `all` both would have to hold, and an exact name of one language is not that of another with a letter more or less.
func bothAccounts(f *source.File, i *rules.Item, found *rules.Value, missing string) *source.Fix {
	if !i.Has("contains") || i.All || !editable(found.Node) || found.Node.Style == source.DoubleQuoted {
		return nil
	}
	upper := strings.ToUpper(found.Text)
	present := withH
	if missing == withH {
		present = withoutH
	}
	at := strings.Index(upper, present)
	if at < 0 || len(upper) != len(found.Text) || !strings.EqualFold(strings.TrimSpace(found.Text), present) {
		return nil // more than the common start of the word: AUTHORITY is AUTORITE, not AUTORITY
	}
	other := source.Quote(found.Text[:at] + missing + found.Text[at+len(present):])
	title := "add " + other
	switch {
	case i.Node == found.Node: // a value of its own becomes a list
		return &source.Fix{Title: title, Edits: []source.Edit{{Span: found.Node.Span, New: "[" + source.Quote(found.Text) + ", " + other + "]"}}}
	case i.Node.Alias != nil:
		return nil
	case i.Node.Flow:
		end := found.Node.Span.End
		return &source.Fix{Title: title, Edits: []source.Edit{{Span: source.Span{Start: end, End: end}, New: ", " + other}}}
	}
	edits := addEntries(f, i.Node, slices.Index(i.Node.Items, found.Node), []string{other})
	if edits == nil {
		return nil
	}
	return &source.Fix{Title: title, Edits: edits}
}
