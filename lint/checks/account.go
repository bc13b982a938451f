package checks

import (
	"fmt"
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
		})
	})
}
