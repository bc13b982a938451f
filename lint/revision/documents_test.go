package revision

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

func anything(*rules.Rule) logic.Options { return logic.Options{} }

// treeOf is a tree of files with texts; documents in one file are parted by `---`.
func treeOf(t *testing.T, texts ...string) Tree {
	t.Helper()
	var tree Tree
	for k, text := range texts {
		place := fmt.Sprintf("%d.yml", k)
		tree.Add(source.Parse(place, []byte(text), source.Limits{}), place, "")
	}
	if len(tree.Unread) > 0 {
		t.Fatal(tree.Unread[0].Problem)
	}
	return tree
}

const scanner = `title: scanner
id: aa
name: scanner
logsource: {product: linux, category: process_creation}
detection:
  s:
    Image|endswith: /nmap
    User: root
  condition: s
`

func filterOn(targets, selection, condition string) string {
	return "title: f\nid: ff\nlogsource: {product: linux}\nfilter:\n  rules: " + targets + "\n  x: " + selection + "\n  condition: " + condition + "\n"
}

func TestAFilterIsWhatItDoesToItsRules(t *testing.T) {
	narrow := filterOn("[aa]", "{Parent: p, Host: h}", "not x")
	for _, row := range []struct {
		name     string
		old, new []string
		want     string // the verdict of the filter, then of each rule it applies to, and what is missing
	}{
		{"wider", []string{scanner, narrow}, []string{scanner, filterOn("[aa]", "{Parent: p}", "not x")}, "narrowed narrowed"},
		{"narrower", []string{scanner, filterOn("[aa]", "{Parent: p}", "not x")}, []string{scanner, narrow}, "widened widened"},
		{"another", []string{scanner, narrow}, []string{scanner, filterOn("[aa]", "{Parent: q, Host: h}", "not x")}, "both both"},
		{"worded otherwise", []string{scanner, narrow}, []string{scanner, filterOn("[aa]", "{Parent: p, Host: h}", "not (x and x)")}, "equivalent equivalent"},
		{"what no event of the rule has", []string{scanner, narrow}, []string{scanner, filterOn("[aa]", "[{Parent: p, Host: h}, {User: daemon}]", "not x")}, "narrowed equivalent"},
		{"added", []string{scanner}, []string{scanner, narrow}, "added narrowed"},
		{"removed", []string{scanner, narrow}, []string{scanner}, "removed widened"},
		{"a target more", []string{scanner, filterOn("[bb]", "{Parent: p}", "not x")}, []string{scanner, filterOn("[bb, aa]", "{Parent: p}", "not x")}, "narrowed narrowed -bb"},
		{"a target less", []string{scanner, filterOn("[bb, aa]", "{Parent: p}", "not x")}, []string{scanner, filterOn("[bb]", "{Parent: p}", "not x")}, "widened widened -bb"},
		{"named otherwise", []string{scanner, narrow}, []string{scanner, strings.Replace(narrow, "[aa]", "[scanner]", 1)}, "equivalent equivalent"},
		{"of any rule", []string{scanner, narrow}, []string{scanner, strings.Replace(narrow, "[aa]", "any", 1)}, "narrowed equivalent"},
		{"of other logs", []string{scanner, narrow}, []string{scanner, strings.Replace(narrow, "linux", "windows", 1)}, "widened widened"},
		{
			"what another filter takes already",
			[]string{scanner, narrow, strings.Replace(filterOn("[aa]", "{Parent: p}", "not x"), "ff", "gg", 1)},
			[]string{scanner, filterOn("[aa]", "{Parent: p}", "not x"), strings.Replace(filterOn("[aa]", "{Parent: p}", "not x"), "ff", "gg", 1)},
			"narrowed equivalent",
		},
		{"a placeholder", []string{scanner, narrow}, []string{scanner, filterOn("[aa]", "{'Parent|expand': '%p%'}", "not x")}, "unknown unknown"},
		{"without its rules", []string{narrow}, []string{filterOn("[aa]", "{Parent: p}", "not x")}, "narrowed -aa"},
		{"a target more, unknown", []string{filterOn("[bb]", "{Parent: p}", "not x")}, []string{filterOn("[bb, aa]", "{Parent: p}", "not x")}, "unknown -aa -bb"},
		{"a target less of any", []string{filterOn("any", "{Parent: p}", "not x")}, []string{filterOn("[bb]", "{Parent: p}", "not x")}, "widened -bb"},
		{"the rule is new, too", []string{narrow}, []string{filterOn("[aa]", "{Parent: p}", "not x"), scanner}, "narrowed"},
	} {
		c := Compare(Match(treeOf(t, row.old...), treeOf(t, row.new...)), anything)
		if len(c.Filters) != 1 {
			t.Errorf("%s: %d filters", row.name, len(c.Filters))
			continue
		}
		f := c.Filters[0]
		got := string(f.Verdict)
		for _, a := range f.Affected {
			got += " " + string(a.Verdict)
			if (a.Lost.Verdict == logic.Yes) != (a.Lost.Witness != nil) || (a.Gained.Verdict == logic.Yes) != (a.Gained.Witness != nil) {
				t.Errorf("%s: a verdict without an event: %+v", row.name, a)
			}
		}
		for _, m := range f.Missing {
			got += " -" + m
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

func correlation(kind, rest string) string {
	return "title: c\nid: cc\ncorrelation:\n  type: " + kind + "\n" + rest
}

func TestOnlyAThresholdHasADirection(t *testing.T) {
	base := "  rules: [a, b]\n  group-by: [u, h]\n  timespan: 1h\n"
	for _, row := range []struct{ name, kind, old, new, want string }{
		{"raised", "event_count", base + "  condition: {gte: 5}\n", base + "  condition: {gte: 6}\n", "narrowed"},
		{"lowered", "value_count", base + "  condition: {gt: 5, field: f}\n", base + "  condition: {gt: 4, field: f}\n", "widened"},
		{"said otherwise", "event_count", base + "  condition: {gte: 5}\n", base + "  condition: {gt: 4}\n", "equivalent"},
		{"no event is no start", "event_count", base + "  condition: {gte: 0}\n", base + "  condition: {gte: 1}\n", "equivalent"},
		{"an upper end", "event_count", base + "  condition: {lt: 5}\n", base + "  condition: {lt: 9}\n", "widened"},
		{"moved", "event_count", base + "  condition: {eq: 5}\n", base + "  condition: {eq: 6}\n", "both"},
		{"another field", "value_count", base + "  condition: {gt: 5, field: f}\n", base + "  condition: {gt: 6, field: g}\n", "unknown"},
		{"not a whole number", "event_count", base + "  condition: {gte: 5}\n", base + "  condition: {gte: 5.5}\n", "unknown"},
		{"an average", "value_avg", base + "  condition: {gte: 5}\n", base + "  condition: {gte: 6}\n", "unknown"},
		{"never", "event_count", base + "  condition: {gte: 5}\n", base + "  condition: {gte: 5, lt: 5}\n", "unknown"},
		{"not a condition", "temporal", base + "  condition: a and b\n", base + "  condition: a or b\n", "unknown"},
		{"order and unit", "event_count", base + "  condition: {gte: 5}\n", "  rules: [b, a]\n  group-by: [h, u]\n  timespan: 60m\n  condition: {gte: 5}\n", "equivalent"},
		{"order that counts", "temporal_ordered", base, strings.Replace(base, "[a, b]", "[b, a]", 1), "unknown"},
		{"months have several lengths", "temporal", strings.Replace(base, "1h", "1M", 1), strings.Replace(base, "1h", "30d", 1), "unknown"},
		{"raised, but longer", "event_count", base + "  condition: {gte: 5}\n", strings.Replace(base, "1h", "2h", 1) + "  condition: {gte: 6}\n", "unknown"},
		{"one group less", "event_count", base, strings.Replace(base, "[u, h]", "[u]", 1), "unknown"},
		{"generate", "temporal", base, base + "  generate: true\n", "unknown"},
	} {
		c := Compare(Match(treeOf(t, correlation(row.kind, row.old)), treeOf(t, correlation(row.kind, row.new))), anything)
		if len(c.Correlations) != 1 {
			t.Errorf("%s: %d correlations", row.name, len(c.Correlations))
			continue
		}
		got := c.Correlations[0]
		if string(got.Verdict) != row.want || (got.Verdict == Unknown) != (got.Reason != "") {
			t.Errorf("%s: %s (%s), want %s", row.name, got.Verdict, got.Reason, row.want)
		}
	}
}

func TestACorrelationNamesItsChangedRules(t *testing.T) {
	counting := correlation("event_count", "  rules: [scanner]\n  timespan: 1h\n  condition: {gte: 5}\n")
	changed := strings.Replace(scanner, "/nmap", "nmap", 1)
	for _, row := range []struct{ name, old, new, want string }{
		{"widened", scanner, changed, "equivalent: scanner widened"},
		{"the same", scanner, scanner, ""},
		{"metadata alone", scanner, scanner + "level: low\n", ""},
	} {
		c := Compare(Match(treeOf(t, row.old, counting), treeOf(t, row.new, counting)), anything)
		var got []string
		for _, x := range c.Correlations {
			for _, r := range x.Rules {
				got = append(got, fmt.Sprintf("%s: %s %s", x.Verdict, r.Name, r.Verdict))
			}
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("%s: %q, want %q", row.name, s, row.want)
		}
	}
}

// Layout of metadata and of the log source is no change.
func TestLayoutIsNoChange(t *testing.T) {
	old := "title: t\nrelated:\n  - id: a\n    type: similar\nlogsource:\n  product: linux\ndetection:\n  s: {a: b}\n  condition: s\n"
	new := strings.ReplaceAll("title: 't'\nrelated: [{type: similar, id: a}] # one\nlogsource: {product: 'linux'}\ndetection:\n  s:\n    a: b\n  condition: s\n", "\n", "\r\n")
	if c := Compare(Match(treeOf(t, old), treeOf(t, new)), anything); len(c.Rules) != 0 || c.Same != 1 {
		t.Errorf("%+v", c.Rules)
	}
}

func TestContextIsReadWhenAFilterChanged(t *testing.T) {
	s := newScratch(t)
	s.write("sub/rule.yml", scanner)
	s.write("sub/unnamed.yml", strings.ReplaceAll(scanner, "aa", "bb"))
	s.write("sub/correlation.yml", correlation("event_count", "  rules: [scanner]\n"))
	s.write("other.yml", strings.Replace(filterOn("[aa]", "{a: b}", "not x"), "ff", "gg", 1))
	s.write("broken.yml", "filter:\n  'aa\n")
	s.commit("one")
	s.git("config", "submodule.recurse", "true")
	s.write("filter.yml", filterOn("['AA']", "{a: b}", "not x"))
	if err := os.Symlink("sub/rule.yml", filepath.Join(s.dir, "link.yml")); err != nil {
		t.Log("NOT TESTED: links; ", err)
	}
	r, err := Open(context.Background(), filepath.Join(s.dir, "sub"))
	if err != nil {
		t.Fatal(err)
	}
	changed := Pair{New: version(t, "filter.yml", filterOn("['AA']", "{a: b}", "not x"))}
	pairs, err := r.Context(context.Background(), []Pair{changed}, []File{{Path: "filter.yml"}}, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range pairs {
		got = append(got, p.Path())
	}
	// An id is looked for in any case; the text of other files may hold it, too, which does no harm.
	if want := "other.yml sub/correlation.yml sub/rule.yml"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
