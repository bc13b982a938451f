package tuning

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/logic"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/tuning/safety"
)

// tuningCase is a public tuning case (spec/tuning.md section 6). The reference, the human's filter, is never an input: it is printed
// beside a failure, for the reader.
type tuningCase struct {
	ID, Kind, Expect, Text string
	RuleBefore             string            `json:"rule_before"`
	Logsource              map[string]string `json:"logsource"`
	Reference              struct{ Alternatives [][][2]any }
	Events                 struct {
		FPGiven  []map[string]any `json:"fp_given"`
		FPHidden []map[string]any `json:"fp_hidden"`
		TP       []map[string]any
		NearMiss []struct{ Event map[string]any } `json:"near_miss"`
	}
}

// half keeps the cases apart that were looked at to find causes, and those that only count: every number that four divides.
func half(id string) string {
	n, err := strconv.Atoi(id[strings.LastIndexByte(id, '-')+1:])
	if err == nil && n%4 == 0 {
		return "held out"
	}
	return "looked at"
}

// scored is what became of one case.
type scored struct {
	passed, strict bool
	reason         string // of a failure
}

// How the text cases come out, in numbers: a change of the reading or of a verdict shows in review. Run with -v, it prints every failure
// of the half that is looked at with its reason.
func TestPublicTextCases(t *testing.T) {
	corpus := corpustest.Open(t)
	files := corpus.Archive(t, "tuning/public.tar.gz", func(path string) bool {
		return strings.Contains(path, "/t2f-") || strings.Contains(path, "/neg-")
	})
	count := map[string]int{}
	reasons := map[string]int{}
	for _, file := range files {
		var c tuningCase
		if err := json.Unmarshal(file.Data, &c); err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		scoreCase(t, &c, half(c.ID), count, reasons)
	}
	for _, n := range sortedCounts(reasons) {
		t.Log(n)
	}
	compareGolden(t, "testdata/public_text.golden", strings.Join(sortedCounts(count), ""))
}

// Scores the cases of any directory, in the form of the public ones (spec/tuning.md section 6), one JSON file each:
//
//	SIGTUNE_CASES=/path/to/cases go test ./tuning -run TestCasesOfDirectory -v
//
// It prints every failure with its reason, what was read and what was proposed, and the counts at the end. A case needs id, kind
// ("text" or "text_negative"), rule_before, text and events; where reference is missing, the shown events are cut down to the rule's fields.
func TestCasesOfDirectory(t *testing.T) {
	directory := os.Getenv("SIGTUNE_CASES")
	if directory == "" {
		t.Skip("NOT SCORED: set SIGTUNE_CASES to a directory of tuning cases")
	}
	paths, err := filepath.Glob(filepath.Join(directory, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases in %s: %v", directory, err)
	}
	count, reasons := map[string]int{}, map[string]int{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var c tuningCase
		if err := json.Unmarshal(data, &c); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		scoreCase(t, &c, "given", count, reasons)
	}
	for _, n := range append(sortedCounts(reasons), sortedCounts(count)...) {
		t.Log(strings.TrimSuffix(n, "\n"))
	}
}

// scoreCase tunes the rule of one case and counts what became of it. Failures are printed, except those of a held-out part.
func scoreCase(t *testing.T, c *tuningCase, part string, count, reasons map[string]int) {
	t.Helper()
	key := c.Kind + " (" + part + "): "
	count[key+"cases"]++
	r, err := Tune(Input{Path: c.ID, Text: c.RuleBefore, Scenarios: []string{c.Text}, Today: testDay})
	if err != nil {
		count[key+"no result"]++
		t.Logf("%s: %v", c.ID, err)
		return
	}
	checkClaims(t, c.ID, r)
	for _, v := range verdicts(r) {
		count[c.Kind+": verdict "+v]++
	}
	s := scoreNegative(c, r)
	if c.Kind == "text" {
		s = scoreText(t, c, r)
	}
	if s.passed {
		count[key+"passed"]++
	}
	if s.strict {
		count[key+"passed, near misses kept"]++
	}
	if r.Recommended() && c.Kind == "text" {
		count[key+"recommended"]++
		if passed, _ := passes(t, c, r.RuleAfter); passed == "" {
			count[key+"recommended and passed"]++
		}
	}
	if s.reason == "" {
		return
	}
	kind, _, _ := strings.Cut(s.reason, ":")
	reasons[c.Kind+" ("+part+"): "+kind]++
	if part != "held out" {
		t.Logf("%s %v %s\n  text   %s\n  human  %v\n  ours   %s", c.ID, c.Logsource, s.reason, oneLine(c.Text), c.Reference.Alternatives, ours(r))
	}
}

func sortedCounts(count map[string]int) []string {
	var lines []string
	for key, n := range count {
		lines = append(lines, fmt.Sprintf("%-80s %4d\n", key, n))
	}
	sort.Strings(lines)
	return lines
}

func verdicts(r *Result) []string {
	var names []string
	for _, o := range r.Outcomes {
		names = append(names, string(o.Verdict))
	}
	sort.Strings(names)
	return distinct(names)
}

// ours shows what was read and proposed.
func ours(r *Result) string {
	var b strings.Builder
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "%s", o.Verdict)
		for _, g := range o.Conditions {
			b.WriteString(" [" + groupText(g) + "]")
		}
		for _, open := range o.Open {
			fmt.Fprintf(&b, " open(%s: %s)", open.Phrase, open.Reason)
		}
		for _, p := range o.Proposals {
			fmt.Fprintf(&b, "\n    %d %s %s:", p.Rank, p.Safety.Grade, p.Title)
			for _, g := range p.Conditions {
				b.WriteString(" [" + groupText(g) + "]")
			}
		}
		if len(o.Proposals) == 0 {
			b.WriteString("\n    " + o.Proof.Statement)
		}
		b.WriteString("\n         ")
	}
	return strings.TrimSpace(b.String())
}

func groupText(g []Condition) string {
	var parts []string
	for _, c := range g {
		text := conditionText(c)
		if c.Negated {
			text = "not " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// concrete reports a proposal that a hurried reader could apply as it stands.
func concrete(r *Result) bool {
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			if len(p.Fill) == 0 {
				return true
			}
		}
	}
	return false
}

func scoreNegative(c *tuningCase, r *Result) scored {
	if concrete(r) {
		return scored{reason: "a concrete filter where there is none: " + c.Expect}
	}
	return scored{passed: true}
}

// scoreText scores the first proposal of each scenario.
func scoreText(t *testing.T, c *tuningCase, r *Result) scored {
	t.Helper()
	first, verdict := "", "no outcome"
	var chosen []Choice
	for k := range r.Outcomes {
		o := &r.Outcomes[k]
		verdict = string(o.Verdict)
		if len(o.Proposals) > 0 && len(o.Proposals[0].Fill) == 0 {
			chosen = append(chosen, Choice{o, &o.Proposals[0]})
		}
	}
	switch len(chosen) {
	case 0:
	case 1:
		first = chosen[0].Proposal.RuleAfter
	default: // a text with several scenarios: the first proposal of each, written together
		together := *r
		together.Choose(chosen)
		first = together.RuleAfter
	}
	if first == "" {
		return scored{reason: "no filter, " + verdict + ":"}
	}
	if reason, _ := passes(t, c, first); reason != "" {
		for _, o := range r.Outcomes {
			for _, p := range o.Proposals {
				if again, _ := passes(t, c, p.RuleAfter); again == "" && len(p.Fill) == 0 {
					return scored{reason: "not the first proposal: " + reason}
				}
			}
		}
		return scored{reason: reason}
	}
	if _, near := passes(t, c, first); near != "" {
		return scored{passed: true, reason: near}
	}
	return scored{passed: true, strict: true}
}

// passes: every false positive is excluded and every true positive kept; near is the reason why a near miss is lost.
func passes(t *testing.T, c *tuningCase, rule string) (reason, near string) {
	t.Helper()
	parsed, err := (&tuner{in: Input{Path: c.ID}}).parse(rule)
	if err != nil {
		t.Errorf("%s: the proposed rule does not load: %v", c.ID, err)
		return "does not load:", ""
	}
	m, err := match.Compile(parsed)
	if err != nil {
		return "the rule has placeholders of its own:", ""
	}
	hidden, all := 0, 0
	var example map[string]any
	for _, list := range [][]map[string]any{c.Events.FPGiven, c.Events.FPHidden} {
		for _, e := range list {
			all++
			if m.Match(match.NewEvent(e)) {
				example = e
			} else {
				hidden++
			}
		}
	}
	if hidden < all {
		return fmt.Sprintf("hides some false positives only: %d of %d, not %s", hidden, all, brief(c, example)), ""
	}
	for _, e := range c.Events.TP {
		if !m.Match(match.NewEvent(e)) {
			return fmt.Sprintf("hides a true positive: %s", brief(c, e)), ""
		}
	}
	for _, e := range c.Events.NearMiss {
		if !m.Match(match.NewEvent(e.Event)) {
			return "", fmt.Sprintf("hides a near miss: %s", brief(c, e.Event))
		}
	}
	return "", ""
}

// brief shows the fields of an event that the human's filter looks at, or those of the rule where there is none.
func brief(c *tuningCase, event map[string]any) string {
	shown := map[string]bool{}
	var parts []string
	if len(c.Reference.Alternatives) == 0 {
		if r, err := (&tuner{}).parse(c.RuleBefore); err == nil {
			for _, d := range r.Detection.Named {
				d.Block.Each(func(i *rules.Item) {
					if !shown[i.Field] && event[i.Field] != nil {
						shown[i.Field] = true
						parts = append(parts, fmt.Sprintf("%s=%v", i.Field, event[i.Field]))
					}
				})
			}
		}
	}
	for _, alternative := range c.Reference.Alternatives {
		for _, unit := range alternative {
			field, _, _ := strings.Cut(fmt.Sprint(unit[0]), "|")
			if !shown[field] {
				shown[field] = true
				parts = append(parts, fmt.Sprintf("%s=%v", field, event[field]))
			}
		}
	}
	return strings.Join(parts, " ")
}

// checkClaims holds every emitted rule to what is said about it: it loads, it is no worse than before for the linter, and its filter
// is neither a no-op nor does it swallow.
func checkClaims(t *testing.T, id string, r *Result) {
	t.Helper()
	before := map[string]int{}
	for _, f := range r.Findings {
		before[f.Check.Name]++
	}
	for _, f := range r.After {
		before[f.Check.Name]--
		if before[f.Check.Name] < 0 && f.Severity >= lint.Warning {
			t.Errorf("%s: the tuned rule has a new finding, %s: %s\n%s", id, f.Check.Name, f.Message, r.RuleAfter)
		}
	}
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			if p.Safety.Grade == safety.D || p.Safety.Noop != "" || len(p.Safety.Swallowed) > 0 {
				t.Errorf("%s: proposed although refused: %s %v", id, p.Safety.Noop, p.Safety.Swallowed)
			}
			after, err := (&tuner{in: Input{Path: id}}).parse(p.RuleAfter)
			if err != nil {
				t.Errorf("%s: does not load: %v", id, err)
				continue
			}
			if len(p.Fill) > 0 {
				continue // nobody can say what it hides before it is filled in
			}
			prover, before, left := logic.NewProver(logic.Options{}), logic.FromRule(r.Rule), logic.FromRule(after)
			if a := prover.Satisfiable(left); a.Verdict == logic.No {
				t.Errorf("%s: nothing is left of the rule with %s", id, p.Name)
			}
			if a := prover.Satisfiable(logic.And(before, logic.Not(left))); a.Verdict == logic.No {
				t.Errorf("%s: %s hides nothing", id, p.Name)
			}
			if a := prover.Satisfiable(logic.And(left, logic.Not(before))); a.Verdict == logic.Yes {
				t.Errorf("%s: the rule finds more with %s than before: %v", id, p.Name, a.Witness)
			}
		}
		if o.Verdict == Filter && len(o.Proposals) == 0 {
			t.Errorf("%s: the verdict is filter, and there is none", id)
		}
	}
}

// goldCase is a labelled sentence of a hunting page.
type goldCase struct {
	ID, Doc, Scenario string
	RuleType          string `json:"rule_type"`
	Filter            string `json:"filter_text"`
	Gold              struct {
		Verdict       string
		Groups        [][]goldTest
		AltGroups     [][]goldTest `json:"alt_groups"`
		Unexpressible []string
	}
}

type goldTest struct {
	Field, Modifier string
	Values          []string
	Negate          bool
}

// verdictClasses are the verdicts that say what a label says.
var verdictClasses = map[string][]Verdict{
	"expressible":     {Filter},
	"partly":          {NeedsEnvironment, Filter, NotExpressible},
	"not_expressible": {NotExpressible, NeedsEnvironment},
	"noop_for_rule":   {Noop},
	"swallows_rule":   {Swallows, Refused},
}

// The labelled sentences of the pages that hold a rule, through the whole command: the verdict's class and the conditions.
func TestHuntGold(t *testing.T) {
	corpus := corpustest.Open(t)
	pages := map[string]string{}
	for _, f := range corpus.Archive(t, "hunt/documents.tar.gz", func(path string) bool { return strings.HasSuffix(path, ".txt") }) {
		pages[strings.TrimSuffix(f.Path[strings.LastIndexByte(f.Path, '/')+1:], ".txt")] = string(f.Data)
	}
	count := map[string]int{}
	results := map[string]*Result{}
	corpus.Lines(t, "hunt/gold.jsonl", func(line json.RawMessage) {
		var g goldCase
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatal(err)
		}
		if g.RuleType != "sigma" {
			return
		}
		r := results[g.Doc]
		if r == nil {
			var err error
			if r, err = Tune(Input{Path: g.Doc, Text: pages[g.Doc], Today: testDay}); err != nil {
				count["no result"]++
				t.Logf("%s: %v", g.ID, err)
				return
			}
			checkClaims(t, g.Doc, r)
			results[g.Doc] = r
		}
		n, _ := strconv.Atoi(g.ID[strings.LastIndexByte(g.ID, '#')+1:])
		if n > len(r.Outcomes) {
			count["no outcome"]++
			return
		}
		o := r.Outcomes[n-1]
		count["sentences"]++
		right := false
		for _, v := range verdictClasses[g.Gold.Verdict] {
			right = right || v == o.Verdict
		}
		if g.Gold.Verdict == "partly" && len(o.Open) == 0 && o.Verdict != NeedsEnvironment {
			right = len(o.Proposals) > 0
		}
		same := sameGroups(g.Gold.Groups, o.Conditions) || sameGroups(g.Gold.AltGroups, o.Conditions)
		if right {
			count["verdict right"]++
		}
		if same {
			count["conditions right"]++
		}
		if !right || !same {
			t.Logf("%s verdict %v, conditions %v\n  text   %s\n  gold   %s %+v %v\n  ours   %s", g.ID, right, same, g.Filter, g.Gold.Verdict, g.Gold.Groups, g.Gold.Unexpressible,
				ours(&Result{Outcomes: []Outcome{o}}))
		}
	})
	compareGolden(t, "testdata/hunt_gold.golden", strings.Join(sortedCounts(count), ""))
}

// sameGroups compares in the manner of a person: anchors and placeholders aside, and a tool under the command line may stand for its image.
func sameGroups(want [][]goldTest, got [][]Condition) bool {
	if want == nil {
		return false
	}
	key := func(field string, negated bool, values []string) string {
		var plain []string
		for _, v := range values {
			v = strings.TrimSuffix(strings.ToLower(strings.Trim(strings.ReplaceAll(v, `\*`, `*`), `/\*`)), ".exe")
			if k := strings.LastIndex(v, `*\`); k >= 0 {
				v = v[k+2:]
			}
			plain = append(plain, v)
		}
		sort.Strings(plain)
		return fmt.Sprintf("%s %v %s", field, negated, strings.Join(plain, ","))
	}
	normal := func(parts []string) string { sort.Strings(parts); return strings.Join(parts, " & ") }
	var a, b []string
	for _, g := range want {
		var parts []string
		for _, c := range g {
			parts = append(parts, strings.Replace(key(c.Field, c.Negate, c.Values), "CommandLine", "Image", 1))
		}
		a = append(a, normal(parts))
	}
	for _, g := range got {
		var parts []string
		for _, c := range g {
			if !c.Placeholder {
				parts = append(parts, strings.Replace(key(c.Field, c.Negated, c.Values), "CommandLine", "Image", 1))
			}
		}
		if len(parts) > 0 {
			b = append(b, normal(parts))
		}
	}
	a, b = distinct(a), distinct(b)
	sort.Strings(a)
	sort.Strings(b)
	return strings.Join(a, " | ") == strings.Join(b, " | ")
}

// The same claims hold for every page and rule of our own.
func TestClaimsOnOurOwnPages(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(filepath.Join("..", "testdata"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".txt" && filepath.Ext(path) != ".yml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if r, err := Tune(Input{Path: path, Text: string(data), Today: testDay}); err == nil {
			checkClaims(t, path, r)
			seen++
		}
		return nil
	})
	if err != nil || seen == 0 {
		t.Fatalf("%d pages and rules read: %v", seen, err)
	}
}
