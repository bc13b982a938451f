package schema

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
	"github.com/sigtune/sigtune/rules/source"
)

var update = flag.Bool("update", false, "write the golden files")

// linted is a corpus file with the problems of its documents.
type linted struct {
	file      *source.File
	problems  []rules.Problem // of the parser: those of the file and of its documents
	documents []rules.Document
	found     []Problem // one for each kind and place: documents that share a template repeat its problems
}

func lintCorpus(files []corpustest.File) map[string]linted {
	out := map[string]linted{}
	for _, f := range files {
		l := linted{file: source.Parse(f.Path, f.Data, source.Limits{})}
		l.documents, l.problems = rules.Parse(l.file)
		seen := map[string]bool{}
		for _, d := range l.documents {
			l.problems = append(l.problems, d.Base().Problems...)
			for _, p := range Validate(d) {
				if key := fmt.Sprint(p.Kind, p.Span); !seen[key] {
					seen[key] = true
					l.found = append(l.found, p)
				}
			}
		}
		out[f.Path] = l
	}
	return out
}

// The numbers of problems over SigmaHQ's rules. On live rules there is none; a change is a bug, or new data.
func TestCorpusCounts(t *testing.T) {
	corpus := corpustest.Open(t)
	var b strings.Builder
	for _, set := range []struct {
		name  string
		files []corpustest.File
	}{{"live", corpus.LiveRules(t)}, {"legacy", corpus.LegacyRules(t)}} {
		counts := map[string]int{}
		documents := 0
		for path, l := range lintCorpus(set.files) {
			documents += len(l.documents)
			for _, p := range l.found {
				counts[p.Kind]++
				if set.name == "live" {
					t.Errorf("%s: %s: %s", path, p.Kind, p.Message)
				}
			}
		}
		fmt.Fprintf(&b, "%s: %d files, %d documents\n", set.name, len(set.files), documents)
		kinds := make([]string, 0, len(counts))
		for k := range counts {
			kinds = append(kinds, k)
		}
		sort.Strings(kinds)
		for _, k := range kinds {
			fmt.Fprintf(&b, "    %s %d\n", k, counts[k])
		}
	}
	golden := filepath.Join("testdata", "corpus.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// officialFinding is one line of what the official schemas say about the corpus.
type officialFinding struct {
	File, InstancePath, Keyword, Message string
	Doc                                  int
}

// Whatever the official schemas report, we report at the same place, or another check of ours does, or the file is a
// collection whose fragments only make rules together.
func TestOfficialSchemaFindingsAreCovered(t *testing.T) {
	corpus := corpustest.Open(t)
	lintedFiles := lintCorpus(append(corpus.LiveRules(t), corpus.LegacyRules(t)...))
	why := map[string]int{}
	corpus.Lines(t, "peers/schema.jsonl.gz", func(line json.RawMessage) {
		var f officialFinding
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		l := lintedFiles[f.File]
		if l.file == nil || f.Doc >= len(l.file.Documents) {
			t.Fatalf("no document %d in %s", f.Doc, f.File)
		}
		node := l.file.Documents[f.Doc].Root.At(f.InstancePath)
		switch {
		case f.Keyword == "uniqueItems":
			why["said by duplicate-list-entry, which also ignores letter case"]++
		case f.Keyword == "required" && reported(l.problems, rules.KindLegacyAction, source.Span{End: len(l.file.Data)}):
			why["fragment of an `action: global` collection, which is merged before it is judged"]++
		case reported(l.problems, rules.KindLegacyTimeframe, node.Span):
			why["said by legacy-timeframe"]++
		case at(l.found, node.Span):
			why["same place"]++
		default:
			t.Errorf("%s %d %s: %s: only the official schema says so", f.File, f.Doc, f.InstancePath, f.Message)
		}
	})
	t.Logf("%v", why)
	if len(why) == 0 {
		t.Error("no official finding was read")
	}
}

// reported looks for a problem of this kind that overlaps a place.
func reported(problems []rules.Problem, kind string, span source.Span) bool {
	for _, p := range problems {
		if p.Kind == kind && p.Span.Start < span.End && span.Start < p.Span.End {
			return true
		}
	}
	return false
}

func at(problems []Problem, span source.Span) bool {
	for _, p := range problems {
		if p.Span == span {
			return true
		}
	}
	return false
}
