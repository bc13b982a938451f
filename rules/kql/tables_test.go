package kql

import (
	"strings"
	"testing"
)

// Both embedded tables read, and every field leads to a column that exists.
func TestEmbeddedTablesAreConsistent(t *testing.T) {
	for dialect, load := range embedded {
		tables := load()
		for _, x := range tables.all {
			for field, columns := range x.fields {
				for _, c := range columns {
					if _, ok := tables.column(x, c, false); !ok {
						t.Errorf("%s: %s of field %s is no column", x.name, c, field)
					}
				}
			}
			for _, c := range x.hashes {
				if _, ok := tables.column(x, c, false); !ok || hashName(c) == "" {
					t.Errorf("%s: hash column %s", x.name, c)
				}
			}
			if len(x.categories)+len(x.events) == 0 {
				t.Errorf("%s %s: nothing selects it", dialect, x.name)
			}
		}
		for _, g := range eventGroups {
			if g.name == "image_load" || g.name == "pipe" || g.name == "wmi" || tables.forEvents(g.name) != nil {
				continue
			}
			t.Errorf("%s: no table for events of %s", dialect, g.name)
		}
	}
}

func TestTablesCanBeReplaced(t *testing.T) {
	tables, err := ReadTables(strings.NewReader(`
# our own parser
table corpProcess
  category process_creation
  text   Host Proc{Path Args}
  number ProcId
  ProcPath = Image
  ProcId   = ProcessId
shared
  Host = Computer
`))
	if err != nil {
		t.Fatal(err)
	}
	r := processRule(t, "s: {Image: a, ProcessId: [1, 2], Computer: b}", "s")
	got, _ := where(t, r, Options{Tables: tables})
	if want := `ProcPath =~ "a" and (ProcId in (1, 2)) and Host =~ "b"`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestBrokenTablesNameTheLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"text A", "line 1: `text` stands before the first `table`"},
		{"table t\ntext", "line 2: `text` has nothing behind it"},
		{"table t\ntexts A B", "line 2: `texts A B` is no line of a table"},
		{"table t\nreference A B", "line 2: `reference A B` is no line of a table"},
	} {
		if _, err := ReadTables(strings.NewReader(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}
