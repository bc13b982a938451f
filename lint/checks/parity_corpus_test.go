package checks

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// What other tools find on SigmaHQ's live and legacy rules is compared, file by file, with what the checks find that stand for theirs (lint.Peers).
// The counts are a golden file and a table in docs/parity.md; every difference has its reason there.
func TestParityWithPeers(t *testing.T) {
	corpus := corpustest.Open(t)
	theirs := peerFindings(t, corpus)
	ours := map[string]map[string][]string{"main": checkedFiles(t, corpus.LiveRules(t)), "legacy": checkedFiles(t, corpus.LegacyRules(t))}

	var rows []parity
	seen := map[string]bool{}
	for _, p := range comparedPeers() {
		for _, set := range []string{"main", "legacy"} {
			row := parity{tool: p.Tool, id: p.ID, set: set, codes: p.Codes}
			reported := theirs[p.Tool+" "+p.ID+" "+set]
			broken := theirs[lint.PySigma+" condition "+set]
			for file, codes := range ours[set] {
				if p.ID != "condition" && (p.Tool == lint.PySigma || p.Tool == lint.PySigmaSigmaHQ) && (broken[file] || slices.Contains(codes, "SIG0222")) {
					continue // pySigma looks no further where it cannot read the condition, and knows no actions
				}
				if !slices.ContainsFunc(codes, func(code string) bool { return slices.Contains(p.Codes, code) }) {
					continue
				}
				if reported[file] {
					row.both++
				} else {
					row.onlyOurs = append(row.onlyOurs, file)
				}
			}
			for file := range reported {
				if !slices.ContainsFunc(ours[set][file], func(code string) bool { return slices.Contains(p.Codes, code) }) {
					row.onlyTheirs = append(row.onlyTheirs, file)
				}
			}
			sort.Strings(row.onlyOurs)
			sort.Strings(row.onlyTheirs)
			if row.both+len(row.onlyOurs)+len(row.onlyTheirs) > 0 {
				rows = append(rows, row)
			}
			seen[p.Tool+" "+p.ID+" "+set] = true
		}
	}
	for key, files := range theirs {
		if !seen[key] && !declined[key[:strings.LastIndex(key, " ")]] {
			t.Errorf("%s: %d findings of a peer, and no check stands for them", key, len(files))
		}
	}
	used := map[string]bool{}
	for _, row := range rows {
		differs := len(row.onlyOurs)+len(row.onlyTheirs) > 0
		_, known := parityReasons[row.tool+" "+row.id]
		used[row.tool+" "+row.id] = used[row.tool+" "+row.id] || differs
		if differs && !known {
			t.Errorf("%s %s on %s: %d of both, no reason for\n  theirs: %s\n  ours: %s", row.tool, row.id, row.set, row.both, some(row.onlyTheirs), some(row.onlyOurs))
		}
	}
	for key := range parityReasons {
		if !used[key] {
			t.Errorf("%s does not differ any more; drop its reason", key)
		}
	}
	goldenParity(t, rows)
}

// parity compares a peer's check with ours on one set of rules.
type parity struct {
	tool, id, set        string
	codes                []string
	both                 int
	onlyTheirs, onlyOurs []string // files
}

func some(files []string) string {
	const most = 12
	if len(files) > most {
		return fmt.Sprintf("%d: %s …", len(files), strings.Join(files[:most], " "))
	}
	return fmt.Sprintf("%d: %s", len(files), strings.Join(files, " "))
}

// schemaTool stands for the official JSON schemas in lint.Peers' manner: they have no ids, so the place and the keyword of a violation are one.
const schemaTool = "schema"

var schemaPeers = []lint.Peer{
	{Tool: schemaTool, ID: "date pattern", Codes: []string{"SIG0314", "SIG0315"}},
	{Tool: schemaTool, ID: "/detection/timeframe anyOf", Codes: []string{"SIG0221"}},
	{Tool: schemaTool, ID: "/detection/timeframe type", Codes: []string{"SIG0221"}},
	{Tool: schemaTool, ID: "title required", Codes: []string{"SIG0203"}},
	{Tool: schemaTool, ID: "logsource required", Codes: []string{"SIG0204"}},
	{Tool: schemaTool, ID: "condition required", Codes: []string{"SIG0205"}},
	{Tool: schemaTool, ID: "/falsepositives uniqueItems", Codes: []string{"SIG0324"}},
}

// declined are ids that we have no check for on purpose (spec/checks.md, "Where we differ from peers on purpose").
var declined = map[string]bool{lint.Sigmalint + " META004": true, lint.Sigmalint + " FP003": true}

// comparedPeers are the ids that the corpus has findings for.
func comparedPeers() []lint.Peer {
	var out []lint.Peer
	for _, p := range lint.Peers {
		switch p.Tool {
		case lint.PySigma, lint.PySigmaSigmaHQ, lint.Sigmalint:
			out = append(out, p)
		}
	}
	out = append(out, lint.Peer{Tool: lint.PySigma, ID: "condition", Codes: []string{"SIG0701", "SIG0702", "SIG0703", "SIG0705", "SIG0706"}}) // the parser's errors
	return append(out, schemaPeers...)
}

var indexes = regexp.MustCompile(`/\d+`)

// peerFindings are the files that peers complain about, by tool, id and set.
func peerFindings(t *testing.T, corpus corpustest.Corpus) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	for _, archive := range []struct{ name, tool string }{
		{"pysigma_core", lint.PySigma}, {"sigmahq_validators", lint.PySigmaSigmaHQ}, {"sigmalint", lint.Sigmalint}, {"schema", schemaTool},
	} {
		corpus.Lines(t, "peers/"+archive.name+".jsonl.gz", func(line json.RawMessage) {
			var f struct {
				Set, File, Validator, InstancePath, Keyword string
				Params                                      json.RawMessage
			}
			if err := json.Unmarshal(line, &f); err != nil {
				t.Fatal(err)
			}
			id := f.Validator
			if archive.tool == schemaTool {
				var missing struct{ MissingProperty string }
				if f.Keyword == "required" {
					if err := json.Unmarshal(f.Params, &missing); err != nil {
						t.Fatal(err)
					}
					f.InstancePath = missing.MissingProperty
				}
				id = indexes.ReplaceAllString(f.InstancePath, "/N") + " " + f.Keyword
				if f.InstancePath == "/date" || f.InstancePath == "/modified" {
					id = "date " + f.Keyword
				}
			}
			key := archive.tool + " " + id + " " + f.Set
			if found[key] == nil {
				found[key] = map[string]bool{}
			}
			found[key][f.File] = true
		})
	}
	return found
}

// checkedFiles are the codes found in every file by the checks that stand for those of peers, as in the profile of SigmaHQ's gate.
func checkedFiles(t *testing.T, files []corpustest.File) map[string][]string {
	t.Helper()
	var words []string
	for _, p := range comparedPeers() {
		words = append(words, p.Codes...)
	}
	words = append(words, "SIG0222")
	chosen, err := lint.Selection{Profile: lint.None, Select: words}.Apply(All())
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*source.File
	for _, f := range files {
		parsed = append(parsed, source.Parse(f.Path, f.Data, source.Limits{}))
	}
	facts := lint.Facts{Today: testDay, Profile: lint.SigmaHQ, Complete: true, Options: map[string]map[string]any{"filename-prefix": {"all-logsources": 1}}}
	engine := lint.Engine{Checks: chosen, All: All(), Reporters: Reporters(), Facts: facts}
	found := map[string][]string{}
	for _, f := range engine.Files(parsed...).Findings {
		if !slices.Contains(found[f.File.Path], f.Check.Code) {
			found[f.File.Path] = append(found[f.File.Path], f.Check.Code)
		}
	}
	return found
}

// goldenParity holds the counts against testdata/parity.golden and the table in docs/parity.md; -update writes both.
func goldenParity(t *testing.T, rows []parity) {
	t.Helper()
	var golden, table strings.Builder
	golden.WriteString("# tool id set: files that both report, only theirs, only ours; below it the files that only one of them reports\n")
	table.WriteString("| Tool | Id | Rules | Both | Theirs | Ours | Reason |\n|---|---|---|--:|--:|--:|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&golden, "%s %s %s: %d %d %d\n", r.tool, r.id, r.set, r.both, len(r.onlyTheirs), len(r.onlyOurs))
		for _, file := range r.onlyTheirs {
			fmt.Fprintf(&golden, "  theirs %s\n", file)
		}
		for _, file := range r.onlyOurs {
			fmt.Fprintf(&golden, "  ours   %s\n", file)
		}
		reason := ""
		if len(r.onlyTheirs)+len(r.onlyOurs) > 0 {
			reason = parityReasons[r.tool+" "+r.id]
		}
		set := map[string]string{"main": "live", "legacy": "legacy"}[r.set]
		fmt.Fprintf(&table, "| %s | %s | %s | %d | %d | %d | %s |\n", r.tool, r.id, set, r.both, len(r.onlyTheirs), len(r.onlyOurs), reason)
	}
	compareGolden(t, "testdata/parity.golden", golden.String())
	goldenSection(t, "../../docs/parity.md", "counts", table.String())
}

// goldenSection compares a generated part of a page, between two comments that name it, with what it should be.
func goldenSection(t *testing.T, page, name, want string) {
	t.Helper()
	begin, end := "<!-- begin: "+name+" -->\n", "<!-- end: "+name+" -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), begin)
	_, tail, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has lost its marks of %s", page, name)
	}
	compareGolden(t, page, head+begin+want+end+tail)
}

// parityReasons say why a check differs from the one of a peer that it stands for: those of the checks, and of the schemas, which have no ids.
var parityReasons = func() map[string]string {
	reasons := map[string]string{
		"schema title required":     "documents of an old collection with `action: global` share attributes: they are SIG0222 legacy-action, and nothing is missing",
		"schema logsource required": "as for `title`",
		"schema condition required": "as for `title`",
	}
	for _, d := range differences {
		reasons[d.tool+" "+d.id] = d.reason
	}
	return reasons
}()
