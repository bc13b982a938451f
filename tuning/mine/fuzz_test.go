package mine

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/schema/taxonomy"
	"github.com/sigtune/sigtune/tuning"
)

// A form holds for every value that it was made from, whatever the values and the kind of the field are.
func FuzzForms(f *testing.F) {
	for _, seed := range [][3]string{
		{`C:\Users\ann\AppData\Local\Temp\is-4F9K2.tmp\setup.exe`, `C:\Users\bob\AppData\Local\Temp\is-9A8B7.tmp\setup.exe`, `C:\Users\bob\x.exe`},
		{`"C:\a b\c.exe" -k x*?\ --y`, `c.exe -k x*?\ --y`, "-k\nx"}, {"10.0.0.1", "192.168.1.1", "::1"}, {"HOST$", "$", "a$"}, {"a.example.com", "b.example.com", "example.com"},
		{`HKU\S-1-5-21-1-2-3-1001\Software\{6F2E51E0-38D3-1796-24F8-5DE78B44CF44}\x`, `\\`, `\`}, {"İ -k", "i̇ -k", "K"}, {"", "%a%", "'\"#: -"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	r, err := tuning.Tune(tuning.Input{Path: "rule.yml", Text: whoamiRule, Today: testDay, GivenOnly: true})
	if err != nil {
		f.Fatal(err)
	}
	x, err := New(r, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if text := a + b + c; len(text) > 2000 || !utf8.ValidString(a) || !utf8.ValidString(b) || !utf8.ValidString(c) || strings.ContainsAny(text, hole+stand) {
			return // the table never gives such texts to forms
		}
		values := []seen{{a, 1}, {b, 2}, {c, 1}}
		for k := wholeKind; k <= hostKind; k++ {
			for n := 1; n <= len(values); n++ {
				form := x.m.formOf(&field{name: "F", kind: k, role: taxonomy.RoleCommandLine}, values[:n])
				if len(form.conditions) == 0 {
					continue
				}
				d, err := tuning.Block("filter", [][]tuning.Condition{form.conditions})
				if err != nil {
					continue // what cannot be written is not proposed
				}
				m, err := match.CompileDetection(d)
				if err != nil {
					continue
				}
				for _, v := range values[:n] {
					if !m.Match(match.NewEvent(map[string]any{"F": v.text})) {
						t.Fatalf("kind %d: %s does not hold for %q", k, conditionsText(form.conditions), v.text)
					}
				}
			}
		}
	})
}
