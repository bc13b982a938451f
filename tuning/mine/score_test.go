package mine

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
)

var update = flag.Bool("update", false, "write golden files anew")

var testDay = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// eventCase is a public tuning case (spec/tuning.md section 6). fp_given is the only input; the true positives are for scoring, unless the
// variant says that they are given, too. The reference, the human's filter, is never an input: it is printed beside a failure.
type eventCase struct {
	ID, Kind   string
	RuleBefore string `json:"rule_before"`
	Reference  struct {
		Alternatives [][][2]any
		RuleAfter    string `json:"rule_after"`
	}
	Events struct {
		FPGiven      []map[string]any `json:"fp_given"`
		FPHidden     []map[string]any `json:"fp_hidden"`
		FPGeneralise []map[string]any `json:"fp_generalise"`
		TP           []map[string]any
		NearMiss     []struct {
			Event   map[string]any
			Flipped string
			How     string
		} `json:"near_miss"`
		Evasion []struct {
			Event      map[string]any
			Field, How string
			HumanKeeps bool `json:"human_keeps"`
		} `json:"evasion_probe"`
	}
}

// heldOut is a third of the cases, by the hash of their names. They only count: nobody looked at one of them.
func heldOut(id string) bool {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32()%3 == 0
}

// tally is what became of a group of cases.
type tally struct {
	cases, passed, strict, applied     int
	fp, fpHit, gen, genHit, tp, tpKept int
	near, nearKept                     int
	probes, humanLets, bothLet, weLet  int
	lost, refused                      int // true positives; rules that cannot be evaluated
	f                                  float64
}

func (t tally) String() string {
	pc := func(a, b int) string {
		if b == 0 {
			return "-"
		}
		return fmt.Sprintf("%d of %d (%.1f %%)", a, b, 100*float64(a)/float64(b))
	}
	return fmt.Sprintf("cases %d, of them %d rules that cannot be evaluated\n  passed                     %s\n  passed, near misses kept   %s\n  F, mean over the cases     %.3f\n  fp_generalise excluded     %s\n  near misses kept           %s\n  true positives lost        %d of %d\n  probes past human and us   %d of %d\n  probes past us             %d of %d\n  all recommended (A or B)   %s\n",
		t.cases, t.refused, pc(t.passed, t.cases), pc(t.strict, t.cases), t.f/float64(max(t.cases, 1)), pc(t.genHit, t.gen), pc(t.nearKept, t.near), t.lost, t.tp,
		t.bothLet, t.humanLets, t.weLet, t.probes, pc(t.applied, t.cases))
}

func mined(t testing.TB, c *eventCase, withTP bool, accept bool) *tuning.Result {
	t.Helper()
	r, err := tuning.Tune(tuning.Input{Path: c.ID, Text: c.RuleBefore, Today: testDay, GivenOnly: true})
	if err != nil {
		return nil
	}
	m, err := New(r, Options{AcceptWeak: accept})
	if err != nil {
		return nil
	}
	feed(t, r.Rule, c.Events.FPGiven, m.FalsePositive)
	if withTP {
		feed(t, r.Rule, c.Events.TP, m.TruePositive)
	}
	m.Mine()
	return r
}

func feed(t testing.TB, rule *rules.Rule, events []map[string]any, add func(*evidence.Record)) {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	for _, e := range events {
		if err := encoder.Encode(e); err != nil {
			t.Fatal(err)
		}
	}
	for r := range evidence.Read("events", &b, evidence.Options{Logsource: Logsource(rule)}).Records() {
		add(r)
	}
}

func compiled(t testing.TB, text string) *match.Matcher {
	t.Helper()
	documents, _ := rules.Parse(source.Parse("rule", []byte(text), source.Limits{}))
	for _, d := range documents {
		if r, ok := d.(*rules.Rule); ok {
			m, err := match.Compile(r)
			if err != nil {
				return nil
			}
			return m
		}
	}
	return nil
}

// score holds the tuned rule against the events of a case; the reason of a failure is empty when there is none.
func score(t testing.TB, c *eventCase, r *tuning.Result, into *tally) (reason string) {
	text := c.RuleBefore
	if r != nil && r.RuleAfter != "" {
		text = r.RuleAfter
	}
	m, human := compiled(t, text), compiled(t, c.Reference.RuleAfter)
	if m == nil {
		into.cases++
		into.refused++
		return "the rule has no certain meaning:"
	}
	fires := func(m *match.Matcher, e map[string]any) bool { return m != nil && m.Match(match.NewEvent(e)) }
	say := func(format string, args ...any) {
		if reason == "" {
			reason = fmt.Sprintf(format, args...)
		}
	}
	into.cases++
	passed := true
	recall, recalled, kept, keeps := 0, 0, 0, 0
	for k, list := range [][]map[string]any{c.Events.FPGiven, c.Events.FPHidden, c.Events.FPGeneralise} {
		for _, e := range list {
			recall++
			hit := !fires(m, e)
			if hit {
				recalled++
			}
			if k == 2 {
				into.gen++
				if hit {
					into.genHit++
				} else {
					say("generalise: %s", shown(c, e))
				}
				continue
			}
			into.fp++
			if hit {
				into.fpHit++
				continue
			}
			passed = false
			say("%s: not excluded: %s", []string{"given", "hidden"}[k], shown(c, e))
		}
	}
	for _, e := range c.Events.TP {
		into.tp++
		keeps++
		if fires(m, e) {
			into.tpKept++
			kept++
			continue
		}
		into.lost++
		passed = false
		reason = fmt.Sprintf("true positive lost: %s", shown(c, e))
	}
	strict := passed
	for _, n := range c.Events.NearMiss {
		into.near++
		keeps++
		if fires(m, n.Event) {
			into.nearKept++
			kept++
			continue
		}
		strict = false
		say("near miss: %s %s: %s", n.Flipped, n.How, shown(c, n.Event))
	}
	for _, p := range c.Events.Evasion {
		into.probes++
		past := !fires(m, p.Event)
		if past {
			into.weLet++
		}
		if !fires(human, p.Event) {
			into.humanLets++
			if past {
				into.bothLet++
				say("probe past: %s %s: %s", p.Field, p.How, shown(c, p.Event))
			}
		}
	}
	if passed {
		into.passed++
	}
	if strict {
		into.strict++
	}
	precision, share := 1.0, float64(recalled)/float64(max(recall, 1))
	if keeps > 0 {
		precision = float64(kept) / float64(keeps)
	}
	if precision+share > 0 {
		into.f += 2 * precision * share / (precision + share)
	}
	all := true
	if r == nil {
		return reason
	}
	for _, o := range r.Outcomes {
		all = all && len(o.Proposals) > 0 && o.Proposals[0].Safety.Grade <= "B"
	}
	if all {
		into.applied++
	}
	return reason
}

func shown(c *eventCase, e map[string]any) string {
	fields := map[string]bool{}
	for _, a := range c.Reference.Alternatives {
		for _, u := range a {
			f, _, _ := strings.Cut(fmt.Sprint(u[0]), "|")
			fields[f] = true
		}
	}
	for _, f := range []string{"Image", "ParentImage", "CommandLine"} {
		fields[f] = true
	}
	var parts []string
	for _, f := range sortedKeys(fields) {
		if v, ok := e[f]; ok {
			text := fmt.Sprint(v)
			if len(text) > 200 {
				text = text[:200] + "…"
			}
			parts = append(parts, f+"="+text)
		}
	}
	return strings.Join(parts, " ")
}

func ours(r *tuning.Result) string {
	var b strings.Builder
	if r == nil {
		return "none"
	}
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "\n    %s", o.Verdict)
		for k, p := range o.Proposals {
			if k == 0 || os.Getenv("CASE") != "" {
				fmt.Fprintf(&b, " [%s] ", p.Safety.Grade)
			} else {
				continue
			}
			for _, g := range p.Conditions {
				b.WriteString("{" + conditionsText(g) + "}")
			}
		}
		if len(o.Proposals) == 0 {
			b.WriteString(" " + o.Proof.Statement)
		}
	}
	if os.Getenv("CASE") != "" && r.Events != nil {
		for _, n := range r.Events.WhyNot {
			fmt.Fprintf(&b, "\n      why not %s: %s", n.Field, n.Why)
		}
	}
	return b.String()
}

// How the event cases come out, in numbers. With -v it prints every failure of the cases that are looked at, with its reason.
func TestPublicEventCases(t *testing.T) {
	corpus := corpustest.Open(t)
	only := os.Getenv("CASE")
	files := corpus.Archive(t, "tuning/public.tar.gz", func(path string) bool {
		return (strings.Contains(path, "/e2f-") || strings.Contains(path, "/r2f-")) && (only == "" || strings.Contains(path, only))
	})
	groups := map[string]*tally{}
	reasons := map[string]int{}
	for _, file := range files {
		var c eventCase
		if err := json.Unmarshal(file.Data, &c); err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		for _, v := range []struct {
			name                 string
			withTP, weak, looked bool
		}{
			{"true positives unseen", false, true, true},
			{"true positives unseen, recommended filters only", false, false, false},
			{"true positives given", true, true, only != ""},
		} {
			variant := c.Kind + ", " + v.name
			r := mined(t, &c, v.withTP, v.weak)
			names := []string{variant + ": all", variant + ": looked at"}
			if heldOut(c.ID) {
				names[1] = variant + ": held out"
			}
			reason := ""
			for _, name := range names {
				if groups[name] == nil {
					groups[name] = &tally{}
				}
				reason = score(t, &c, r, groups[name])
			}
			if v.looked && reason != "" && !heldOut(c.ID) {
				kind, _, _ := strings.Cut(reason, ":")
				reasons[variant+": "+kind]++
				if v.looked {
					t.Logf("%s %s\n  human %v\n  ours  %s", c.ID, reason, c.Reference.Alternatives, ours(r))
				}
			}
		}
	}
	for _, k := range sortedKeys(reasons) {
		t.Logf("%-70s %d", k, reasons[k])
	}
	var b strings.Builder
	names := sortedKeys(groups)
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s", name, groups[name])
	}
	if only == "" {
		golden(t, "mine_public.golden", b.String())
	} else {
		t.Log(b.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "testdata", name)
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
	if string(want) != got {
		t.Errorf("%s differs; look at it and run with -update\n got\n%s\nwant\n%s", path, got, want)
	}
}

func eventOf(e map[string]any) *match.Event { return match.NewEvent(e) }
