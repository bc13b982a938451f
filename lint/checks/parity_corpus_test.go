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
	golden.WriteString("# tool id set: files that both report, only theirs, only ours\n")
	table.WriteString("| Tool | Id | Rules | Both | Theirs | Ours | Reason |\n|---|---|---|--:|--:|--:|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&golden, "%s %s %s: %d %d %d\n", r.tool, r.id, r.set, r.both, len(r.onlyTheirs), len(r.onlyOurs))
		reason := ""
		if len(r.onlyTheirs)+len(r.onlyOurs) > 0 {
			reason = parityReasons[r.tool+" "+r.id]
		}
		set := map[string]string{"main": "live", "legacy": "legacy"}[r.set]
		fmt.Fprintf(&table, "| %s | %s | %s | %d | %d | %d | %s |\n", r.tool, r.id, set, r.both, len(r.onlyTheirs), len(r.onlyOurs), reason)
	}
	const page, goldenFile, begin, end = "../../docs/parity.md", "testdata/parity.golden", "<!-- begin: counts -->\n", "<!-- end: counts -->\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), begin)
	_, tail, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has lost its marks", page)
	}
	for _, file := range []struct{ name, want string }{{goldenFile, golden.String()}, {page, head + begin + table.String() + end + tail}} {
		if *update {
			if err := os.WriteFile(file.name, []byte(file.want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file.name); err != nil || string(got) != file.want {
			t.Errorf("%s is not what was found; if that is meant, run with -update (%v)\n%s", file.name, err, golden.String())
		}
	}
}

// parityReasons say why a check differs from the one of a peer that it stands for.
var parityReasons = map[string]string{
	"pysigma dangling_detection":                              "`timeframe` is no identifier: it is SIG0221 legacy-timeframe",
	"pysigma duplicate_references":                            "a slash at the end makes no other page",
	"pysigma duplicate_title":                                 "of two rules with one title the later path is marked, and the other one is related; the peer marks the one that it reads later",
	"pysigma specific_instead_of_generic_logsource":           "Sysmon's events 16 and 27 to 29 stay with the service: the repository accepts those rules, and its own exclusions name them",
	"pysigma wildcards_instead_of_modifiers":                  "a star under `contains` does nothing: it is SIG0640 redundant-wildcard",
	"pysigma-sigmahq sigmahq_category_event_id":               "the same rules as sigmahq_redundant_field: one check stands for both, and one defect is one finding",
	"pysigma-sigmahq sigmahq_invalid_fieldname":               "the fields of auditd depend on the record: the list is an observed one, and a field outside it is SIG0511 unobserved-field",
	"pysigma-sigmahq sigmahq_logsource_unknown":               "the peer's table is older than the rules; SigmaHQ has this validator off",
	"pysigma-sigmahq sigmahq_status":                          "the peer never looks at the path: it reports every deprecated rule, in the folder for deprecated rules too, and not the live status there",
	"pysigma-sigmahq sigmahq_tags_techniques_without_tactics": "a tactic with an underscore is misspelt, not missing: SIG0407 legacy-attack-tactic",
	"schema title required":                                   "documents of an old collection with `action: global` share attributes: they are SIG0222 legacy-action, and nothing is missing",
	"schema logsource required":                               "as for `title`",
	"schema condition required":                               "as for `title`",
	"sigmalint ATK002":                                        "the peer's table does not have the retired data sources; documents with `action` are not read",
	"sigmalint ATK003":                                        "the peer has a table of 7 techniques; ours are the platforms of ATT&CK 19.1, and log sources without an operating system say nothing",
	"sigmalint ATK004":                                        "the peer looks for words anywhere in the text; the check looks at what the rule tests, for exactly one sub-technique",
	"sigmalint FP001":                                         "the peer counts the characters of rules with one value; the check weighs the evidence of every branch of every condition",
	"sigmalint FP002":                                         "values with a wildcard inside cannot be written with a modifier, and `*` alone is SIG0631 presence-only-value",
	"sigmalint FP004":                                         "a text search for addresses and names; the check looks at profiles of one user, private addresses and network cards only",
	"sigmalint META003":                                       "the peer looks at rules of level high and critical only; the check is an info for the others",
	"sigmalint RED002":                                        "the peer reports none of these; a title counts as the same whatever its case and spacing, and an id in any folder",
	"sigmalint SCHEMA001":                                     "several documents in one file are legal",
	"sigmalint SCHEMA002":                                     "checks of their own say what is wrong (SIG0221, SIG0314, SIG0315); SIG0223 is for what none of them sees",
	"sigmalint SCHEMA004":                                     "a retired aggregation is SIG0706 legacy-aggregation",
	"sigmalint STY003":                                        "the peer looks at comments and continued lines, and takes 4n+2; yamllint with SigmaHQ's configuration, which the check follows, does not",
	"sigmalint TAX001":                                        "the peer's lists lack fields of the specification and of Sysmon: none of its findings on live rules is right",
	"sigmalint TAX002":                                        "the peer's list lacks modifiers of the specification",
}
