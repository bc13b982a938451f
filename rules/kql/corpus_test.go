package kql

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares figures with testdata/NAME.golden.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update when that is meant\n got\n%s\nwant\n%s", path, got, want)
	}
}

// figures is a golden file: a head and counted lines below it.
func figures(head string, counts map[string]int) string {
	var b strings.Builder
	fmt.Fprintln(&b, head)
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "  %5d %s\n", counts[name], name)
	}
	return b.String()
}

// referenceQuery is what the reference makes of a rule: a query, no queries at all, or an error.
type referenceQuery struct {
	Path    string
	Query   string
	Queries []string
	Error   string
}

// referenceCauses tells the reference's errors apart by a piece of their text.
var referenceCauses = []struct{ text, kind string }{
	{"Unable to determine table name", CauseNoTable},
	{"Invalid SigmaDetectionItem field name", CauseUnknownColumn},
	{"Field reference expression", CauseUnsupported},
	{"SigmaFieldReference", CauseUnsupported},
	{"unhandled placeholder", CausePlaceholder},
	{"hash", CauseHash},
}

func referenceCause(message string) string {
	for _, c := range referenceCauses {
		if strings.Contains(message, c.text) {
			return c.kind
		}
	}
	return "another: " + message
}

var parsed = map[string]map[string]*rules.Rule{} // by the corpus's directory

// corpusRules are the live rules by path, parsed once for all tests.
func corpusRules(t testing.TB, corpus corpustest.Corpus) map[string]*rules.Rule {
	if known := parsed[corpus.Dir]; known != nil {
		return known
	}
	out := map[string]*rules.Rule{}
	parsed[corpus.Dir] = out
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

// Parity mode writes what the reference writes, byte for byte, over all live rules, and fails where it fails and for its cause.
func TestParityReproducesTheReference(t *testing.T) {
	corpus := corpustest.Open(t)
	byPath := corpusRules(t, corpus)
	summary := ""
	for _, target := range []struct {
		name, file string
		dialect    Dialect
		subset     bool // a release that fails for more rules
	}{
		{"ASIM", "kql/kql_asim_fixed.jsonl.gz", ASIM, false},
		{"ASIM without the column that the reference lacks", "kql/kql_asim.jsonl.gz", ASIM, true},
		{"XDR", "kql/kql_xdr.jsonl.gz", XDR, false},
	} {
		equal, wanted := 0, 0
		counts := map[string]int{}
		corpus.Lines(t, target.file, func(line json.RawMessage) {
			var want referenceQuery
			if err := json.Unmarshal(line, &want); err != nil {
				t.Fatal(err)
			}
			queries, _, err := Translate(byPath[want.Path], Options{Dialect: target.dialect, Parity: true})
			var e *Error
			switch {
			case want.Error != "" && target.subset:
			case want.Error != "":
				if !errors.As(err, &e) {
					t.Errorf("%s %s: no error, the reference has: %s\n%v", target.name, want.Path, want.Error, queries)
				} else if kind := referenceCause(want.Error); e.Causes[0].Kind != kind {
					t.Errorf("%s %s: %v, the reference: %s", target.name, want.Path, err, kind)
				} else {
					counts["error "+kind]++
				}
			case want.Query == "":
				if err != nil || len(queries) != 0 {
					t.Errorf("%s %s: want no query, got %v, %v", target.name, want.Path, queries, err)
				}
				counts["without a query"]++
			default:
				wanted++
				if err != nil || len(queries) != 1 || queries[0].Text != want.Query {
					t.Errorf("%s %s: %v\n got %v\nwant %s", target.name, want.Path, err, queries, want.Query)
					return
				}
				equal++
				counts["table "+queries[0].Table]++
			}
		})
		summary += figures(fmt.Sprintf("%s: %d of %d queries byte-equal", target.name, equal, wanted), counts)
	}
	golden(t, "parity", summary)
}

// warts are what the default mode must never write.
var warts = []*regexp.Regexp{
	regexp.MustCompile(`has_all|_=~|CurrentControlSet001`),
	regexp.MustCompile(`NetworkDirection =~ "?(true|false)`),
	regexp.MustCompile(`ipv4_is_in_range\(\w+, "[^"]*:`),
	regexp.MustCompile(`PortNumber in~|RemotePort in~|LocalPort in~`),
	regexp.MustCompile(`imFileEvent\n(?s:.*)TargetFileName startswith "C:`),
}

// In the default mode no live rule's query has a wart; each is text that Kusto reads. The notes are counted by defect.
func TestDefaultModeHasNoWarts(t *testing.T) {
	corpus := corpustest.Open(t)
	byPath := corpusRules(t, corpus)
	summary := ""
	for _, dialect := range []Dialect{ASIM, XDR} {
		tables, written := embedded[dialect](), 0
		counts := map[string]int{}
		for _, path := range slices.Sorted(maps.Keys(byPath)) {
			queries, notes, err := Translate(byPath[path], Options{Dialect: dialect})
			var e *Error
			if errors.As(err, &e) {
				counts["error "+e.Causes[0].Kind]++
				continue
			}
			noted := map[string]bool{}
			for _, n := range notes {
				noted["note "+n.ID] = true
			}
			for id := range noted {
				counts[id]++
			}
			for _, q := range queries {
				written++
				for _, w := range warts {
					if w.MatchString(q.Text) {
						t.Errorf("%s: %s in %s", path, w, q.Text)
					}
				}
				checkTypes(t, path, tables.named(q.Table), q.Text)
			}
		}
		summary += figures(fmt.Sprintf("%s: %d queries", dialect, written), counts)
	}
	golden(t, "default", summary)
}

// checkTypes reads a query and looks for operators that do not go with their column.
func checkTypes(t *testing.T, path string, x *table, text string) {
	t.Helper()
	s, err := readQuery(text)
	if err != nil {
		if !strings.Contains(err.Error(), "stands where a value is expected") { // one column compared with another
			t.Errorf("%s: %v in %s", path, err, text)
		}
		return
	}
	normalise(s.where, false).each(func(leaf *form) {
		a := leaf.atom
		c, known := x.columns[a.column]
		switch {
		case !known:
		case c.kind == textColumn && (a.kind == numberLiteral || a.kind == boolLiteral || a.operator == "isnull"),
			c.kind == numberColumn && a.kind == textLiteral:
			t.Errorf("%s: %s on a column of another type", path, a)
		}
	})
}
