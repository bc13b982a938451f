package domain

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "rewrite golden files")

// Values outside their domain and rules that die of it, on the live rules: one line each, so that a change of a row shows its effect.
func TestLiveRulesOutsideTheirDomains(t *testing.T) {
	var b strings.Builder
	values, asked, unknown := 0, 0, 0
	var dead []string
	for _, r := range liveRules(t) {
		fields := Default().For(r)
		prover := logic.NewProver(logic.Options{Domain: fields.Formula})
		outside := false
		for _, d := range r.Detection.Named {
			d.Block.Each(func(i *rules.Item) {
				for _, test := range i.Tests {
					if fields.Of(i.Field) == nil {
						continue
					}
					asked++
					switch prover.Satisfiable(logic.FromTest(i.Field, test)).Verdict {
					case logic.No:
						values++
						outside = true
						fmt.Fprintf(&b, "value %s %s:%d %s\n", fields.Of(i.Field).Name, filepath.Base(r.File.Path), r.File.Pos(test.Value.Node.Span.Start).Line, i.KeyText())
					case logic.Unknown:
						unknown++
					}
				}
			})
		}
		f := logic.FromRule(r)
		if prover.Satisfiable(f).Verdict == logic.No {
			line := fmt.Sprintf("rule %s", filepath.Base(r.File.Path))
			if logic.Satisfiable(f).Verdict == logic.No {
				line += " (without domains too)"
			} else if !outside {
				line += " (no single value is outside)"
			}
			dead = append(dead, line)
		}
	}
	text := fmt.Sprintf("%d values in a field with a domain, %d outside, %d unknown\n%s%s\n", asked, values, unknown, b.String(), strings.Join(dead, "\n"))
	const golden = "testdata/corpus.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("findings changed; if that is meant, run with -update\n%s", text)
	}
}

// Real events prove that the domains are wide enough: every value of a field with a domain lies inside.
func TestRealEventsLieInsideTheirDomains(t *testing.T) {
	corpus := corpustest.Open(t)
	byPath := map[string]*rules.Rule{}
	for _, r := range liveRules(t) {
		byPath[r.File.Path] = r
	}
	count, outside := map[string]int{}, map[string]int{}
	check := func(r *rules.Rule, event map[string]any) {
		fields := Default().For(r)
		for name, value := range event {
			d := fields.Of(name)
			if d == nil {
				continue
			}
			count[d.Name]++
			if text := fmt.Sprint(value); !d.Contains(text) {
				if outside[d.Name]++; outside[d.Name] < 10 {
					t.Errorf("%s: %s: %q", filepath.Base(r.File.Path), name, text)
				}
			}
		}
	}
	corpus.Lines(t, "events/otrf_rule_hits.jsonl.gz", func(line json.RawMessage) {
		var hit struct {
			Path  string
			Event map[string]any
		}
		if err := json.Unmarshal(line, &hit); err != nil {
			t.Fatal(err)
		}
		if r := byPath[hit.Path]; r != nil {
			check(r, hit.Event)
		}
	})
	regression := corpus.Archive(t, "sigmahq/regression_data.tar.gz", func(path string) bool { return strings.HasSuffix(path, ".json") })
	for _, f := range regression {
		rule := strings.TrimPrefix(filepath.Dir(f.Path), "regression_data/") + ".yml"
		r := byPath[rule]
		var tree any
		if r == nil || json.Unmarshal(f.Data, &tree) != nil {
			continue
		}
		eachObject(tree, func(event map[string]any) { check(r, event) })
	}
	var lines []string
	total := 0
	for name, n := range count {
		total += n
		lines = append(lines, fmt.Sprintf("%s %d", name, n))
	}
	sort.Strings(lines)
	t.Logf("%d values: %s", total, strings.Join(lines, ", "))
	// Measured: 8,570. Fewer would mean that the events are no longer read.
	if total < 8_000 {
		t.Errorf("only %d values were looked at", total)
	}
}

// eachObject visits every object of a JSON tree: regression events nest their fields as Windows does.
func eachObject(tree any, visit func(map[string]any)) {
	switch tree := tree.(type) {
	case map[string]any:
		flat := map[string]any{}
		for name, v := range tree {
			switch v := v.(type) {
			case map[string]any, []any:
				eachObject(v, visit)
			case nil:
			default:
				flat[name] = v
			}
		}
		visit(flat)
	case []any:
		for _, v := range tree {
			eachObject(v, visit)
		}
	}
}

func liveRules(t *testing.T) []*rules.Rule {
	var out []*rules.Rule
	for _, f := range corpustest.Open(t).LiveRules(t) {
		documents, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		for _, d := range documents {
			if r, ok := d.(*rules.Rule); ok {
				out = append(out, r)
			}
		}
	}
	return out
}
