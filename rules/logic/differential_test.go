package logic

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The differential test writes random rules as text, asks every question about them, and tries to prove the answers wrong. It
// enumerates events made of each rule's own characters and values, and evaluates them with package match: value by value, and
// joined by a naive evaluator. Neither shares code with the search. For a Yes, package match has to confirm the witness.

// Sizes of the differential test. One case is four formulas, which share identifiers and automata.
const (
	differentialCases  = 5000
	formulasOfCase     = 4
	analysisCases      = 480
	differentialShards = 4  // run side by side; each has its own seed
	shortShare         = 10 // with -short only one of so many cases
)

func eachShard(t *testing.T, cases int, run func(t *testing.T, shard, cases int, total *score)) *score {
	if testing.Short() {
		cases /= shortShare
	}
	totals := make([]*score, differentialShards)
	t.Run("shards", func(t *testing.T) {
		for shard := range differentialShards {
			totals[shard] = newScore()
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				run(t, shard, cases/differentialShards, totals[shard])
			})
		}
	})
	for _, o := range totals[1:] {
		totals[0].add(o)
	}
	return totals[0]
}

// score counts answers by what they are about.
type score struct{ rows map[string]map[string]int }

func newScore() *score { return &score{map[string]map[string]int{}} }

func (t *score) count(row, column string) {
	if t.rows[row] == nil {
		t.rows[row] = map[string]int{}
	}
	t.rows[row][column]++
}

func (t *score) add(o *score) {
	for row, columns := range o.rows {
		for column, n := range columns {
			if t.rows[row] == nil {
				t.rows[row] = map[string]int{}
			}
			t.rows[row][column] += n
		}
	}
}

func (t *score) String() string {
	var b strings.Builder
	for _, row := range slices.Sorted(maps.Keys(t.rows)) {
		fmt.Fprintf(&b, "\n%-24s", row)
		for _, column := range slices.Sorted(maps.Keys(t.rows[row])) {
			fmt.Fprintf(&b, " %s %d", column, t.rows[row][column])
		}
	}
	return b.String()
}

func TestAnswersAgainstBruteForce(t *testing.T) {
	total := eachShard(t, differentialCases, func(t *testing.T, shard, cases int, total *score) {
		r := rand.New(rand.NewSource(int64(100 + shard)))
		for n := range cases {
			differentialCase(t, r, n, total)
			if t.Failed() {
				return
			}
		}
	})
	t.Log(total)
	if t.Failed() {
		return
	}
	asked := 0
	for question, answers := range total.rows {
		if !strings.HasPrefix(question, "? ") {
			continue
		}
		all := answers["yes"] + answers["no"] + answers["unknown"]
		asked += all
		if answers["unknown"]*100 > all*3 || answers["yes"]*40 < all || answers["no"]*40 < all {
			t.Errorf("%s: too few decided, or all alike: %v", question, answers)
		}
	}
	want := 20_000
	if testing.Short() {
		want /= shortShare
	}
	if formulas := total.rows["formulas"]["written"]; formulas < want {
		t.Errorf("only %d formulas", formulas)
	}
	for _, feature := range features {
		if got := total.rows["with "+feature]; !testing.Short() && (got["yes"] < 25 || got["no"] < 25) {
			t.Errorf("%s hardly occurs: %v", feature, got)
		}
	}
}

// features are what rules of the test have to have among them, with both answers.
var features = []string{
	"*", "?", "escape", "contains", "startswith", "endswith", "all", "cased", "windash", "neq", "exists", "null", "empty", "number", "bool", "gt", "gte",
	"lt", "lte", "IPv4", "IPv6", "base64", "base64offset", "wide", "re", "re|i", "re|m", "re|s", "^", "$", `\b`, `\B`, "class", "keyword", "keyword all",
	"list of maps", "1 of", "all of", "not", "lists", "long list", "minute", "hour", "day", "week", "month", "year", "time and text",
}

func differentialCase(t *testing.T, r *rand.Rand, n int, total *score) {
	a := newAuthor(r)
	var conditions []string
	for range formulasOfCase {
		conditions = append(conditions, a.condition(3))
	}
	text := a.rule(conditions...)
	rule := parseRule(t, text)
	if rule.Detection.Evaluable() != nil {
		t.Errorf("not evaluable: %v\n%s", rule.Detection.Evaluable(), text)
		return
	}
	o := Options{Folding: []Folding{UnicodeFolding, BothFoldings}[n%2]}
	if a.lists {
		o.Lists = func(field string) bool { return field == listField }
	}
	p := NewProver(o)
	p.noGuess = n%4 >= 2
	w := &world{rule: rule, author: a, lists: a.lists}
	type question struct {
		name  string
		ask   func(f, g *Formula) Answer
		event func(v *verdict) bool // what an event that answers it meets
		none  bool                  // Yes says that there is none
		f, g  int
	}
	var questions []question
	for k := range formulasOfCase {
		total.count("formulas", "written")
		questions = append(questions, question{"satisfiable", func(f, _ *Formula) Answer { return p.Satisfiable(f) }, whole(k), false, k, k})
	}
	i, j := r.Intn(formulasOfCase), r.Intn(formulasOfCase)
	f, g := whole(i), whole(j)
	switch n % 4 {
	case 0:
		questions = append(questions, question{"implies", p.Implies, func(v *verdict) bool { return f(v) && !g(v) }, true, i, j})
	case 1:
		questions = append(questions, question{"disjoint", p.Disjoint, func(v *verdict) bool { return f(v) && g(v) }, true, i, j})
	case 2:
		questions = append(questions, question{"equivalent", p.Equivalent, func(v *verdict) bool { return f(v) != g(v) }, true, i, j})
	case 3:
		always := func(f, _ *Formula) Answer { return p.Satisfiable(Not(f)).reversed() }
		questions = append(questions, question{"always", always, func(v *verdict) bool { return !f(v) }, true, i, j})
	}
	for k, q := range questions {
		answer := q.ask(FromCondition(rule.Detection.Conditions[q.f]), FromCondition(rule.Detection.Conditions[q.g]))
		verdict := answer.Verdict
		if k == 0 {
			for feature := range a.used {
				total.count("with "+feature, verdict.String())
			}
		}
		if q.none {
			verdict = answer.reversed().Verdict
		}
		total.count("? "+q.name, answer.Verdict.String())
		switch verdict {
		case Unknown:
			reason, _, _ := strings.Cut(answer.Reason, ":")
			total.count("! "+reason, q.name)
		case Yes:
			if !w.holds(t, answer.Witness, q.event) {
				t.Errorf("%s: package match does not confirm %v\n%s", q.name, answer.Witness, text)
			}
		case No:
			if e := w.find(t, q.event); e != nil {
				t.Errorf("%s: there is no such event, but %v is one: %s\n%s", q.name, e, answer.Explain(), text)
			}
			if answer.Explain() == "" {
				t.Errorf("%s: a proof without words\n%s", q.name, text)
			}
		}
	}
}

// whole is the verdict of one of the conditions.
func whole(condition int) func(*verdict) bool {
	return func(v *verdict) bool { return v.expr(v.rule.Detection.Conditions[condition].Root) }
}

// Whatever an analysis says of parts holds on all enumerated events.
func TestAnalysisAgainstBruteForce(t *testing.T) {
	total := eachShard(t, analysisCases, func(t *testing.T, shard, cases int, total *score) {
		r := rand.New(rand.NewSource(int64(200 + shard)))
		for range cases {
			analysisCase(t, r, total)
			if t.Failed() {
				return
			}
		}
	})
	t.Log(total)
	if t.Failed() || testing.Short() {
		return
	}
	for kind, word := range kindWords {
		if least := 1; total.rows["findings"][word] < least {
			t.Errorf("kind %d, %q, was found %d times", kind, word, total.rows["findings"][word])
		}
	}
	if unsure, parts := total.rows["rules"]["unsure"], total.rows["rules"]["parts"]; unsure*100 > parts*3 {
		t.Errorf("of %d parts %d are undecided", parts, unsure)
	}
	for _, feature := range features {
		if got := total.rows["with "+feature]; got["found"] == 0 {
			t.Errorf("%s has no findings: %v", feature, got)
		}
	}
}

func analysisCase(t *testing.T, r *rand.Rand, total *score) {
	a := newAuthor(r)
	a.tame = true
	text := a.rule(a.filtered())
	rule := parseRule(t, text)
	o := Options{}
	if a.lists {
		o.Lists = func(field string) bool { return field == listField }
	}
	analysis := Analyse(rule, o)
	w := &world{rule: rule, author: a, lists: a.lists}
	findings := slices.Concat(analysis.Whole(), analysis.Identifiers(), analysis.Values(), analysis.Details())
	total.count("rules", "asked")
	for range analysis.Unsure() {
		total.count("rules", "unsure")
	}
	FromRule(rule).each(func(*Formula) { total.count("rules", "parts") })
	said := "nothing"
	if len(findings) > 0 {
		said = "found"
	}
	for feature := range a.used {
		total.count("with "+feature, said)
	}
	plain := whole(0)
	differs := func(replaced map[any]bool) func(*verdict) bool {
		return func(v *verdict) bool {
			other := *v
			other.replaced = replaced
			return plain(v) != plain(&other)
		}
	}
	gone := map[any]bool{}
	for _, f := range findings {
		total.count("findings", kindWords[f.Kind])
		claim := func(says string, counterexample func(*verdict) bool) {
			if e := w.find(t, counterexample); e != nil {
				t.Errorf("%s of %v: %s, but %v\n%s", kindWords[f.Kind], f.Part, says, e, text)
			}
		}
		parts, by := []any{f.Part}, false
		switch f.Kind {
		case RuleNeverMatches, ExclusionsSwallowRule:
			claim("it never matches", plain)
			continue
		case RuleAlwaysMatches:
			claim("it always matches", func(v *verdict) bool { return !plain(v) })
			continue
		case IdentifiersIdentical:
			for _, d := range f.By {
				claim("they are the same", func(v *verdict) bool { return v.block(f.Detection.Block) != v.block(d.Block) })
			}
			continue
		case IdentifierContradictory:
			claim("it contradicts itself", func(v *verdict) bool { return v.block(f.Detection.Block) })
		case IdentifierImplied, ItemImplied, ExclusionRestates, AllValueImplied:
			by = true
		}
		if len(f.Tests) > 0 {
			parts = nil
			for _, x := range f.Tests {
				parts = append(parts, x)
			}
		}
		for _, x := range parts {
			claim("it can go", differs(map[any]bool{x: by}))
		}
		together := map[any]bool{}
		for _, x := range parts {
			together[x] = by
		}
		if f.Kind == ValueCovered || f.Kind == AllValueImplied || f.Kind == ValueDead || f.Kind == ExclusionValueDead {
			claim("its values can all go", differs(together))
		}
		if f.Kind == ValueDead || f.Kind == ExclusionValueDead {
			maps.Copy(gone, together)
		}
	}
	for _, d := range analysis.gone {
		gone[d] = false
	}
	if e := w.find(t, differs(gone)); e != nil {
		t.Errorf("dead parts cannot all go at once: %v\n%s", e, text)
	}
	for _, x := range analysis.Witnesses() {
		total.count("rules", "witnesses")
		if !w.holds(t, x.Event, plain) || !w.holds(t, x.Event, differs(map[any]bool{x.Part: false})) {
			t.Errorf("%v does not show that %v matters\n%s", x.Event, x.Part, text)
		}
	}
}

// What the differential test found, each as one identifier.
var foundByDifference = []struct {
	name, block string
	want        Verdict
}{
	{"text that no number ends in leaves no odd spelling of one", "    a|lt: 0.5\n    a|endswith|all: ['.', '1..']\n    a|contains: ['01', '111']", No},
	{"text that no address has, and no zone may precede", "    a|cidr: '10.0.0.0/8'\n    a|startswith: 'sb'", No},
	{"an exponent may stand before text that a number ends in", "    a|gt: 1000\n    a|re: '[eE]0?4$'", Yes},
}

func TestFoundByDifference(t *testing.T) {
	for _, row := range foundByDifference {
		if a := Satisfiable(parsed(t, row.block)); a.Verdict != row.want {
			t.Errorf("%s: %v %v %s", row.name, a.Verdict, a.Witness, a.Explain())
		}
	}
}
