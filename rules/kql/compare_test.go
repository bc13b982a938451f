package kql

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
)

// compared is the rule that the comparisons below are about; its query reads
// (TargetProcessName endswith "/id" or TargetProcessName endswith "/Who") and (not((TargetUsername =~ "root" and TargetProcessCommandLine contains "x y"))).
func compared(t testing.TB) *rules.Rule {
	return processRule(t, "selection: {Image|endswith: ['/id', '/Who']}\nfilter: {User: root, CommandLine|contains: 'x y'}", "selection and not filter")
}

func TestCompare(t *testing.T) {
	const where = "imProcessCreate\n| where "
	r := compared(t)
	for _, c := range []struct {
		name, query string
		want        Answer
		exact       bool
		difference  string // or, when Unknown, the statement
	}{
		{"the same text", where + `(TargetProcessName endswith "/id" or TargetProcessName endswith "/Who") and (not((TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")))`, Yes, true, ""},
		{"other white space", "  imProcessCreate |  where\n\t" + `(TargetProcessName endswith "/id" or  TargetProcessName endswith "/Who") and (not((TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")))` + "\n", Yes, true, ""},
		{"another order", where + `(not((TargetProcessCommandLine contains "x y" and TargetUsername =~ "root"))) and (TargetProcessName endswith "/Who" or TargetProcessName endswith "/id")`, Yes, false, ""},
		{"two filters", where + `TargetProcessName endswith "/id" or TargetProcessName endswith "/Who"` + "\n" + `| where not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")`, Yes, false, ""},
		{"another case where case is nothing", where + `(TargetProcessName endswith "/ID" or TargetProcessName endswith "/who") and not(TargetUsername in~ ("ROOT") and TargetProcessCommandLine contains "X Y")`, Yes, false, ""},
		{"negation moved inwards", where + `(TargetProcessName endswith "/id" or TargetProcessName endswith "/Who") and (TargetUsername !~ "root" or TargetProcessCommandLine !contains "x y")`, Yes, false, ""},
		{"multiplied out", where + `(TargetProcessName endswith "/id" and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")) or ` +
			`(TargetProcessName endswith "/who" and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y"))`, Yes, false, ""},
		{"comments and a verbatim string", "imProcessCreate // processes\n| where " + `(TargetProcessName endswith @"/id" or TargetProcessName endswith '/Who') and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x\u0020y");`, Yes, false, ""},
		{"case where case counts", where + `(TargetProcessName endswith_cs "/id" or TargetProcessName endswith "/Who") and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")`, No, false,
			"the query tests `TargetProcessName endswith_cs \"/id\"` where the rule tests `TargetProcessName endswith \"/id\"`"},
		{"a value missing", where + `TargetProcessName endswith "/id" and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")`, No, false,
			"the value `/Who` of `TargetProcessName endswith` is missing in the query"},
		{"a value more", where + `(TargetProcessName endswith "/id" or TargetProcessName endswith "/Who" or TargetProcessName endswith "/w") and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")`, No, false,
			"the query tests `TargetProcessName endswith \"/w\"`, the rule does not"},
		{"the filter missing", where + `TargetProcessName endswith "/id" or TargetProcessName endswith "/Who"`, No, false,
			"the rule tests `TargetUsername =~ \"root\"`, the query does not"},
		{"the filter not negated", where + `(TargetProcessName endswith "/id" or TargetProcessName endswith "/Who") and (TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")`, No, false,
			"`TargetUsername =~ \"root\"` is negated in the rule, not in the query"},
		{"and for or", where + `(TargetProcessName endswith "/id" and TargetProcessName endswith "/Who") and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")`, No, false,
			"the query has the rule's tests, joined differently by and, or and not"},
		{"white space inside a value", where + `(TargetProcessName endswith "/id" or TargetProcessName endswith "/Who") and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x  y")`, No, false,
			"the query tests `TargetProcessCommandLine contains \"x  y\"` where the rule tests `TargetProcessCommandLine contains \"x y\"`"},
		{"a test that others cover", where + `(TargetProcessName endswith "/id" or TargetProcessName endswith "/Who" or TargetProcessName endswith "x/who") and not(TargetUsername =~ "root" and TargetProcessCommandLine contains "x y")`, Unknown, false,
			"the two are written differently, and no event was found on which they differ"},
		{"another table", "imFileEvent\n| where TargetFileName endswith \"/id\"", No, false, "the query reads `imFileEvent`, the rule's translation `imProcessCreate`"},
		{"a parser of another name", "_Im_ProcessCreate\n| where TargetProcessName endswith \"/id\"", Unknown, false, "two names may stand for the same events"},
		{"a further step", where + "TargetProcessName endswith \"/id\"\n| summarize count()", Unknown, false, "the query cannot be compared: it goes on with `summarize`, which is not compared"},
		{"terms are not evaluated", where + `TargetProcessName has "id"`, Unknown, false, "the two are written differently, and no event was found on which they differ"},
		{"an unknown function", where + `tolower(TargetProcessName) endswith "/id"`, Unknown, false, "the query cannot be compared: the function `tolower` is not compared"},
		{"an open string", where + `TargetProcessName endswith "/id`, Unknown, false, "the query cannot be compared: a string is not closed"},
		{"typographic quotes", where + `TargetProcessName endswith “/id”`, Unknown, false, "the query cannot be compared: `“` is outside what can be compared"},
		{"nothing", "", Unknown, false, "the query cannot be compared: the end stands where the name of a table is expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Compare(r, c.query)
			said := got.Difference
			if c.want == Unknown {
				said = got.Statement
			}
			if got.Equivalent != c.want || got.Exact != c.exact || said != c.difference {
				t.Errorf("%s, exact %v: %s\n got %s\nwant %s %s", got.Equivalent, got.Exact, got.Statement, got.Difference, c.want, c.difference)
			}
			if got.Equivalent == No && got.Witness == nil && !strings.Contains(got.Difference, "reads") {
				t.Errorf("No without an event: %+v", got)
			}
			if got.Span.End > len(c.query) || got.Span.Start > got.Span.End {
				t.Errorf("span %v of %d bytes", got.Span, len(c.query))
			}
		})
	}
}

func TestADifferenceShowsBothTextsAndAnEvent(t *testing.T) {
	const query = "imProcessCreate\n| where (TargetProcessName endswith \"/id\" or TargetProcessName endswith \"/w\") and not(TargetUsername =~ \"root\")"
	c := Compare(compared(t), query)
	if at := query[c.Span.Start:c.Span.End]; at != `"/w"` || !strings.HasPrefix(c.Query, `"/w") and`) || !strings.HasPrefix(c.Translated, `"/Who")`) {
		t.Errorf("at %q: %q, %q", at, c.Query, c.Translated)
	}
	if c.Equivalent != No || c.SelectedBy != "query" || c.Witness["TargetProcessName"] != "/w" {
		t.Errorf("%+v", c)
	}
	if want := "an event with TargetProcessName = `/w` is found by the query only"; c.Statement != want {
		t.Errorf("%s", c.Statement)
	}
}

// A query that mends what the reference writes wrong is the rule's too.
func TestCompareKnowsTheMendedQuery(t *testing.T) {
	r := categoryRule(t, "registry_set", `s: {TargetObject|contains: '\Run\'}`, "s")
	c := Compare(r, `imRegistry | where RegistryKey contains "\\Run\\"`)
	if c.Equivalent != Yes || c.Exact || !strings.HasPrefix(c.Statement, "the query is the rule's with the reference's defects mended") {
		t.Errorf("%+v", c)
	}
	c = Compare(r, `imRegistry | where RegistryKey endswith "\\Run*"`)
	if c.Equivalent != Yes || !c.Exact || len(c.Notes) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestCompareChoosesTheDialectByTheTable(t *testing.T) {
	c := Compare(compared(t), `DeviceProcessEvents | where (FolderPath endswith "/id" or FolderPath endswith "/Who") and `+
		`(not((AccountName =~ "root" and ProcessCommandLine contains "x y")))`)
	if c.Equivalent != Yes || !c.Exact {
		t.Errorf("%+v", c)
	}
}

func TestCompareSaysWhyThereIsNoTranslation(t *testing.T) {
	c := Compare(categoryRule(t, "image_load", "s: {Image: a}", "s"), "imProcessCreate")
	if c.Equivalent != Unknown || c.Statement != "the rule has no query to compare with: no ASIM table for category `image_load`" {
		t.Errorf("%+v", c)
	}
}

// Whatever a page holds, reading it ends, and a claim comes with its evidence.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"imProcessCreate\n| where (TargetProcessName endswith \"/id\") and (not((TargetUsername =~ \"root\")))",
		`DeviceProcessEvents | where not(isempty(FolderPath)) and ['x'] in~ ("a", 'b') or F matches regex @"a\d" or ipv4_is_in_range(F, "10.0.0.0/8")`,
		"imX | where a == 1 or b != 2.5 // note\n| where * contains \"\\u0041\";", "a|where((((b==c", `"`, `@'`, "a | where !", "\xff",
	} {
		f.Add(seed)
	}
	r := compared(f)
	f.Fuzz(func(t *testing.T, query string) {
		c := Compare(r, query)
		switch {
		case c.Statement == "":
			t.Errorf("%q: an answer without a statement: %+v", query, c)
		case c.Equivalent == No && c.Difference == "":
			t.Errorf("%q: different, and no difference: %+v", query, c)
		case c.Span.Start < 0 || c.Span.End > len(query):
			t.Errorf("%q: span %v", query, c.Span)
		}
		if s, err := readQuery(query); err == nil {
			n := normalise(s.where, false)
			if back := normalise(s.where, true); complement(n).op == opLeaf && back.op != opLeaf {
				t.Errorf("%q: the complement of %s is %s", query, n.key, back.key)
			}
		}
	})
}

func BenchmarkTranslate(b *testing.B) {
	r := compared(b)
	for b.Loop() {
		if _, _, err := Translate(r, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompareReordered(b *testing.B) {
	r := compared(b)
	for b.Loop() {
		Compare(r, `imProcessCreate | where not(TargetProcessCommandLine contains "x y" and TargetUsername =~ "root") and (TargetProcessName endswith "/who" or TargetProcessName endswith "/id")`)
	}
}
