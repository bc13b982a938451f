package kql

import (
	"encoding/json"
	"errors"
	"sort"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// referenceQuery is what the reference makes of a rule: a query, no queries at all, or an error.
type referenceQuery struct {
	Path    string
	Query   string
	Queries []string
	Error   string
}

// corpusRules are the live rules by path.
func corpusRules(t testing.TB, corpus corpustest.Corpus) map[string]*rules.Rule {
	out := map[string]*rules.Rule{}
	for _, f := range corpus.LiveRules(t) {
		documents, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok && out[f.Path] == nil {
				out[f.Path] = r
			}
		}
	}
	return out
}

// Parity mode writes what the reference writes, byte for byte, over all live rules, and fails where it fails.
func TestParityReproducesTheReference(t *testing.T) {
	corpus := corpustest.Open(t)
	byPath := corpusRules(t, corpus)
	for _, target := range []struct {
		name, file string
		dialect    Dialect
		queries    int
	}{
		{"ASIM", "kql/kql_asim_fixed.jsonl.gz", ASIM, 2297},
		{"XDR", "kql/kql_xdr.jsonl.gz", XDR, 2313},
	} {
		t.Run(target.name, func(t *testing.T) {
			equal, empty, failed, shown := 0, 0, 0, 0
			causes := map[string]int{}
			corpus.Lines(t, target.file, func(line json.RawMessage) {
				var want referenceQuery
				if err := json.Unmarshal(line, &want); err != nil {
					t.Fatal(err)
				}
				r := byPath[want.Path]
				if r == nil {
					t.Errorf("%s: no rule", want.Path)
					return
				}
				queries, _, err := Translate(r, Options{Dialect: target.dialect, Parity: true})
				var e *Error
				switch {
				case want.Error != "":
					if !errors.As(err, &e) {
						t.Errorf("%s: no error, the reference has: %s\n%v", want.Path, want.Error, queries)
						return
					}
					failed++
					causes[e.Causes[0].Kind]++
				case err != nil:
					t.Errorf("%s: %v\nwant %s", want.Path, err, want.Query)
				case want.Query == "":
					if len(queries) != 0 {
						t.Errorf("%s: want no query, got %v", want.Path, queries)
						return
					}
					empty++
				case len(queries) != 1 || queries[0].Text != want.Query:
					if shown++; shown < 10 {
						t.Errorf("%s\n got %v\nwant %s", want.Path, queries, want.Query)
					}
				default:
					equal++
				}
			})
			var names []string
			for name := range causes {
				names = append(names, name)
			}
			sort.Strings(names)
			t.Logf("%d of %d queries byte-equal, %d empty, %d errors", equal, target.queries, empty, failed)
			for _, name := range names {
				t.Logf("%s: %d", name, causes[name])
			}
			if equal != target.queries {
				t.Errorf("%d of %d queries are byte-equal", equal, target.queries)
			}
		})
	}
}
