package checks

import (
	"fmt"
	"strings"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/schema/taxonomy"
)

// spellingCheck is SIG0512.
var spellingCheck = &lint.Check{
	Code: "SIG0512", Name: "inconsistent-field-spelling", Severity: lint.Info, Profiles: rs, YieldsTo: []string{fieldCase},
	Doc: lint.Doc{
		Title: "Field that other rules spell otherwise",
		What: "On a log source of which no table lists the fields: a field name that differs by letter case only from one that at least twice as many rules use there. " +
			"The rules are those that are linted together, and those that `sigtune learn` counted.",
		Why: "Field names are case-sensitive in most engines: one of the two spellings never matches.",
		Bad: strings.Join([]string{
			spelled("user_agent", "71d2b1c0", "One"), spelled("user_agent", "72d2b1c0", "Two"), spelled("User_Agent", "73d2b1c0", "Three"),
		}, "---\n"),
		Good: strings.Join([]string{
			spelled("user_agent", "71d2b1c0", "One"), spelled("user_agent", "72d2b1c0", "Two"), spelled("user_agent", "73d2b1c0", "Three"),
		}, "---\n"),
		Fix: "Look at an event, and write the name as it stands there in all rules.",
	},
	Tree: checkSpelling,
}

// spelled is a rule on a cloud log with one field.
func spelled(field, id, title string) string {
	return strings.NewReplacer(
		"    category: process_creation\n    product: linux\n", "    product: aws\n    service: cloudtrail\n", "6f1f7c3e", id, "Open Files by a Shell", "Open Files by Agent "+title,
	).Replace(example("    selection:\n        " + field + ": 'lsof/" + strings.ToLower(title) + "'\n    condition: selection\n"))
}

// outnumbered is how many times as many rules have to use the other spelling (spec/checks.md, 0512).
const outnumbered = 2

// spellings are the spellings of one field of a log source, with how many rules use each.
type spellings map[string]int

// common is the spelling that outnumbers one, empty when none does.
func (s spellings) common(name string) string {
	best := ""
	for other, n := range s {
		if other != name && n >= outnumbered*s[name] && (best == "" || n > s[best] || n == s[best] && other < best) {
			best = other
		}
	}
	return best
}

func checkSpelling(p *lint.TreePass) {
	count := map[taxonomy.Key]map[string]spellings{}
	note := func(k taxonomy.Key, name string, n int, learned bool) {
		low := strings.ToLower(name)
		if count[k] == nil {
			count[k] = map[string]spellings{}
		}
		if count[k][low] == nil {
			count[k][low] = spellings{}
		}
		if learned { // the rules of the run are among those that were counted
			count[k][low][name] = max(count[k][low][name], n)
		} else {
			count[k][low][name] += n
		}
	}
	for _, e := range p.Entries {
		if e.Context {
			continue // retired rules and test data around the linted ones are no authority
		}
		for _, name := range e.Fields {
			note(keyOfEntry(e), name, 1, false)
		}
	}
	p.Facts.Learned.Each(func(k taxonomy.Key, name string, n int) { note(k, name, n, true) })
	for _, e := range p.Entries {
		if e.Context {
			continue
		}
		for _, name := range e.Fields {
			better := count[keyOfEntry(e)][strings.ToLower(name)].common(name)
			if better == "" {
				continue
			}
			reportSpelling(p, e, name, better, count[keyOfEntry(e)][strings.ToLower(name)])
		}
	}
}

func keyOfEntry(e *lint.Entry) taxonomy.Key {
	l := e.Logsource
	return taxonomy.Key{Product: strings.ToLower(l.Product.Value), Category: strings.ToLower(l.Category.Value), Service: strings.ToLower(l.Service.Value)}
}

// reportSpelling reads the document again for the places of the name, unless a table knows better.
func reportSpelling(p *lint.TreePass, e *lint.Entry, name, better string, all spellings) {
	s, ok := sourceWith(e.Document(), p.Facts)
	if !ok || s.complete() || s.isObserved() && !s.learned() {
		return
	}
	var at []*rules.Item
	s.fields(func(_ *rules.Detection, i *rules.Item) {
		if i.Field == name {
			at = append(at, i)
		}
	})
	if len(at) == 0 {
		return
	}
	f := lint.Finding{
		Span:    at[0].FieldSpan,
		Message: fmt.Sprintf("`%s` is spelt `%s` in %s on `%s`", source.Shorten(name), source.Shorten(better), rulesWord(all[better]), s.name()),
		Help:    "write `" + better + "`, if that is how events spell it",
		Fix:     &source.Fix{Title: "write `" + better + "`"},
	}
	for _, i := range at {
		one := s.renameField(i, better, false)
		if one == nil {
			f.Fix = nil
			break
		}
		f.Fix.Edits = append(f.Fix.Edits, one.Edits...)
	}
	for _, i := range at[1:] {
		f.Related = append(f.Related, lint.Related{Span: i.FieldSpan, Message: "and here"})
	}
	p.ReportEntry(e, f)
}

func rulesWord(n int) string {
	if n == 1 {
		return "one other rule"
	}
	return fmt.Sprintf("%d other rules", n)
}
