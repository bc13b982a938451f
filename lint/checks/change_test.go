package checks

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/lint/since"
	"github.com/sigtune/sigtune/rules/source"
)

func TestChangesOfADocument(t *testing.T) {
	before := example(selectLsof + "    condition: selection\n")
	swap := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(before) }
	for name, c := range map[string]struct {
		after string
		want  string
	}{
		"nothing":                             {before, ""},
		"line ends, comments and quotes":      {strings.ReplaceAll(swap("'/lsof'", `"/lsof"`, "detection:", "detection: # what it looks for"), "\n", "\r\n"), ""},
		"another order of keys":               {strings.Replace(strings.Replace(before, "    category: process_creation\n", "", 1), "    product: linux\n", "    product: linux\n    category: process_creation\n", 1), ""},
		"a level":                             {swap("level: low", "level: high"), "SIG1320"},
		"the author is no matter":             {swap("author: sigtune", "author: someone"), ""},
		"a level, with a date":                {swap("level: low", "level: high", "date: 2026-01-10\n", "date: 2026-01-10\nmodified: 2026-02-01\n"), ""},
		"a narrower detection":                {swap("'/lsof'", "'/bin/lsof'"), "SIG1320 SIG1322"},
		"a wider detection":                   {swap("'/lsof'", "'lsof'"), "SIG1320 SIG1323"},
		"another detection":                   {swap("'/lsof'", "'/ss'"), "SIG1320 SIG1322 SIG1323"},
		"other words for the same":            {swap("Image|endswith: '/lsof'", "Image: '*/lsof'"), "SIG1320"},
		"a narrower log source":               {swap("    product: linux\n", "    product: linux\n    service: auditd\n"), "SIG1320 SIG1322"},
		"another id":                          {swap("6f1f7c3e", "7a1f7c3e"), "SIG1321"},
		"another id that names the earlier":   {swap("6f1f7c3e", "7a1f7c3e", "status:", "related:\n    - id: 6f1f7c3e-3f0b-4a52-9c0b-0d6a6d8a2f11\n      type: obsolete\nstatus:"), ""},
		"an id in capitals is the same":       {swap("6f1f7c3e", "6F1F7C3E"), ""},
		"what cannot be read proves nothing":  {swap("condition: selection", "condition: selection and"), "SIG1320"},
		"a pattern that nobody can reason on": {swap("Image|endswith: '/lsof'", "Image|re: '(?<!x)lsof'"), "SIG1320"},
	} {
		t.Run(name, func(t *testing.T) {
			file := func(text string) *source.File { return source.Parse("a.yml", []byte(text), source.Limits{}) }
			engine := lint.Engine{Checks: changeChecks, Facts: lint.Facts{Today: testDay}, Changes: since.Between(file(before), file(c.after))}
			var got []string
			for _, f := range engine.Files(file(c.after)).Findings {
				got = append(got, f.Check.Code)
				checkMessages(t, []lint.Finding{f})
				if f.Check.Code == "SIG1322" && !strings.Contains(f.Help, `"Image"`) {
					t.Errorf("no event is shown: %s", f.Help)
				}
			}
			for _, code := range strings.Fields(c.want) {
				if !strings.Contains(strings.Join(got, " "), code) {
					t.Errorf("%s is missing", code)
				}
			}
			if len(got) != len(strings.Fields(c.want)) {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestTheDateOfAChangeIsSetToToday(t *testing.T) {
	file := func(text string) *source.File { return source.Parse("a.yml", []byte(text), source.Limits{}) }
	for _, dates := range [][2]string{{"date: 2026-01-10\n", "date: 2026-01-10\nmodified: 2026-11-23\n"}, {"date: 2026-01-10\nmodified: 2026-02-01\n", "date: 2026-01-10\nmodified: 2026-11-23\n"}} {
		before := strings.Replace(example(selectLsof+"    condition: selection\n"), "date: 2026-01-10\n", dates[0], 1)
		after := strings.Replace(before, "level: low", "level: high", 1)
		engine := lint.Engine{Checks: changeChecks, Facts: lint.Facts{Today: testDay}, Changes: since.Between(file(before), file(after))}
		found := engine.Files(file(after)).Findings
		if len(found) != 1 || found[0].Fix == nil || !found[0].Fix.Safe {
			t.Fatalf("want one finding with a safe fix: %q", show(found))
		}
		if got, want := applyFix(after, found[0].Fix), strings.Replace(after, dates[0], dates[1], 1); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// The checks of family 10 look at changed documents whether chosen or not, and louder. Another check stands in for them.
func TestChangedDocumentsAreLookedAtMoreClosely(t *testing.T) {
	file := func(text string) *source.File { return source.Parse("a.yml", []byte(text), source.Limits{}) }
	closer := &lint.Check{Code: "SIG1099", Name: "stand-in", Severity: lint.Info, Document: func(p *lint.Pass) {
		p.Report(lint.Finding{Span: p.Document.Base().Anchor(), Message: "looked at"})
	}}
	text := example(selectLsof+"    condition: selection\n") + "---\n" + otherExample.Replace(example(selectLsof+"    condition: selection\n"))
	for name, c := range map[string]struct {
		chosen []*lint.Check
		want   string
	}{
		"it is not chosen": {nil, "1 warning"},
		"it is chosen":     {[]*lint.Check{closer}, "1 warning, 2 info"},
	} {
		t.Run(name, func(t *testing.T) {
			engine := lint.Engine{Checks: c.chosen, Closer: []*lint.Check{closer}, Changes: since.Between(file(""), file(text))[:1]}
			var got []string
			for _, f := range engine.Files(file(text)).Findings {
				got = append(got, string(rune('0'+f.Subject.Document))+" "+f.Severity.String())
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %q, want %s", got, c.want)
			}
		})
	}
}
