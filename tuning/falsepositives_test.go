package tuning

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
)

// Every entry that the published rules have under falsepositives ends in a verdict. Most are generic ("Legitimate administrator activity"):
// of these at most one in twenty may become a filter that could be applied as it stands.
func TestFalsePositivesOfPublishedRules(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT MEASURED: the falsepositives of 3,780 rules take half a minute; run without -short")
	}
	corpus := corpustest.Open(t)
	concreteTexts := labelledConcrete(t, corpus)
	count := map[string]int{}
	shown := 0
	for _, f := range corpus.LiveRules(t) {
		r, err := Tune(Input{Path: f.Path, Text: string(f.Data), Today: testDay})
		if err != nil {
			count["rules without a result"]++
			continue
		}
		for k, o := range r.Outcomes {
			if k >= len(r.Rule.FalsePositives) {
				break
			}
			kind := "generic"
			if concreteTexts[f.Path+"\n"+r.Rule.FalsePositives[k].Value] {
				kind = "concrete"
			}
			count[kind+": entries"]++
			count[kind+": verdict "+string(o.Verdict)]++
			if concrete(&Result{Outcomes: []Outcome{o}}) {
				count[kind+": a filter to apply"]++
				if kind == "generic" && testing.Verbose() && shown < 400 {
					shown++
					t.Logf("%s: %s\n  ours %s", f.Path, o.Text, ours(&Result{Outcomes: []Outcome{o}}))
				}
			}
		}
	}
	if made, all := count["generic: a filter to apply"], count["generic: entries"]; made*20 > all {
		t.Errorf("%d of %d generic entries become a filter", made, all)
	}
	compareGolden(t, "testdata/falsepositives.golden", strings.Join(sortedCounts(count), ""))
}

// labelledConcrete are the entries that name an artefact or a product, by rule and text.
func labelledConcrete(t *testing.T, corpus corpustest.Corpus) map[string]bool {
	t.Helper()
	file, err := os.Open(filepath.Join(corpus.Dir, "tuning", "falsepositive_texts.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for decoder := json.NewDecoder(unpacked); decoder.More(); {
		var entry struct {
			Path, Text string
			Concrete   bool
		}
		if err := decoder.Decode(&entry); err != nil {
			t.Fatal(fmt.Errorf("falsepositive_texts: %w", err))
		}
		if entry.Concrete {
			out[entry.Path+"\n"+entry.Text] = true
		}
	}
	return out
}
