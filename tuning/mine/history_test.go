package mine

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

func hashOf(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()
}

// unseenRules are those of the public cases that nobody may look at: a case made of one of them tells what the human wrote.
func unseenRules(t *testing.T, corpus corpustest.Corpus) map[string]bool {
	out := map[string]bool{}
	for _, file := range corpus.Archive(t, "tuning/public.tar.gz", func(path string) bool { return strings.HasSuffix(path, ".json") }) {
		var c struct {
			ID   string
			Rule string `json:"rule_id"`
		}
		if err := json.Unmarshal(file.Data, &c); err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		if heldOut(c.ID) {
			out[c.Rule] = true
		}
	}
	return out
}

// everyNth case is run where SIGTUNE_HISTORY is not set.
const everyNth = 4

// TestHistoryCases is a benchmark of our own: every filter of a live rule is a case. The rule without it is tuned from made-up false positives
// (history_events_test.go), which are the only input; the filter that a person wrote is the reference and never an input. Scored as the
// public cases are. A third of the cases, and all of rules that occur in held-out public cases, only count: nobody looks at them.
//
//	go test ./tuning/mine -run History -v                               every fourth case, held against the golden file
//	SIGTUNE_HISTORY='looked at' go test ./tuning/mine -run History -v   all that may be looked at, with the reason of every failure
//	SIGTUNE_HISTORY=all go test ./tuning/mine -run History -v           all
//	CASE=id go test ./tuning/mine -run History -v                       one, by the id of its rule
func TestHistoryCases(t *testing.T) {
	corpus := corpustest.Open(t)
	mode := os.Getenv("SIGTUNE_HISTORY")
	only := os.Getenv("CASE")
	groups := map[string]*tally{}
	reasons := map[string]int{}
	blocks, made := 0, 0
	unseen := unseenRules(t, corpus)
	for _, file := range corpus.LiveRules(t) {
		documents, _ := rules.Parse(source.Parse(file.Path, file.Data, source.Limits{}))
		if len(documents) != 1 {
			continue
		}
		rule, ok := documents[0].(*rules.Rule)
		if !ok {
			continue
		}
		for _, d := range rule.Detection.Named {
			if !strings.HasPrefix(d.Name, "filter") || rule.Detection.Polarity(d) != rules.Negative {
				continue
			}
			blocks++
			id := rule.ID.Value + " " + d.Name
			if only != "" && !strings.Contains(id, only) || mode == "" && only == "" && hashOf("sample "+id)%everyNth != 0 {
				continue
			}
			apart := hashOf(id)%3 == 0 || unseen[rule.ID.Value]
			if mode == "looked at" && apart {
				continue
			}
			c := historyCase(rule, d)
			if c == nil {
				continue
			}
			made++
			r := mined(t, c, false, true)
			name := "looked at"
			if apart {
				name = "held out"
			}
			if groups[name] == nil {
				groups[name] = &tally{}
			}
			if reason := score(t, c, r, groups[name]); reason != "" && !apart {
				kind, _, _ := strings.Cut(reason, ":")
				reasons[kind]++
				t.Logf("%s %s %s\n  human %s\n  ours  %s", c.ID, rule.Logsource, reason, strings.Join(strings.Fields(rule.File.Text(d.Node.Span)), " "), ours(r))
			}
		}
	}
	for _, k := range sortedKeys(reasons) {
		t.Logf("%-70s %d", k, reasons[k])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "filters %d, cases made %d\n", blocks, made)
	for _, name := range sortedKeys(groups) {
		fmt.Fprintf(&b, "%s: %s", name, groups[name])
	}
	if mode == "" && only == "" {
		golden(t, "mine_history.golden", b.String())
	} else {
		t.Log(b.String())
	}
}
