package logic

import (
	"sort"
	"sync"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/rules/source"
)

// corpusRules are the published rules that can be parsed.
func corpusRules(t testing.TB) []*rules.Rule {
	var out []*rules.Rule
	for _, f := range corpustest.Open(t).LiveRules(t) {
		docs, _ := rules.Parse(source.Parse(f.Path, f.Data, source.Limits{}))
		for _, d := range docs {
			if r, ok := d.(*rules.Rule); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// knownUnsatisfiable is how many published rules contradict themselves (spec/checks.md, 0801).
const knownUnsatisfiable = 1

func TestEveryPublishedRuleHasAWitnessOrAProof(t *testing.T) {
	for _, search := range []bool{false, true} {
		count := map[Verdict]int{}
		var slow []string
		var times []time.Duration
		begin := time.Now()
		for _, r := range corpusRules(t) {
			f := FromRule(r)
			start := time.Now()
			p := NewProver(Options{})
			p.noGuess = search
			a := p.Satisfiable(f)
			took := time.Since(start)
			times = append(times, took)
			count[a.Verdict]++
			if took > 200*time.Millisecond {
				slow = append(slow, r.File.Path+" "+took.String())
			}
			switch a.Verdict {
			case Yes:
				if f.Eval(a.Witness, BothFoldings) == Fails {
					t.Errorf("%s: %v does not match", r.File.Path, a.Witness)
				}
			case No:
				t.Logf("%s: %s", r.File.Path, a.Explain())
			case Unknown:
				if len(f.Opaque()) == 0 {
					t.Errorf("%s: %s", r.File.Path, a.Reason)
				}
			}
		}
		sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
		t.Logf("search=%v: %v yes/no/unknown %d/%d/%d; median %v p99 %v max %v; slow %v", search, time.Since(begin).Round(time.Millisecond),
			count[Yes], count[No], count[Unknown], times[len(times)/2], times[len(times)*99/100], times[len(times)-1], slow)
		if count[No] != knownUnsatisfiable {
			t.Errorf("%d rules are unsatisfiable, want %d", count[No], knownUnsatisfiable)
		}
	}
}

// tally counts questions about published rules.
type tally struct {
	rules     int
	asked     int // questions
	differ    int // the part makes a difference, and there is an event
	same      int // it makes none, and there is a proof
	unsure    int
	confirmed int // events that package match, and a second evaluator, judge as the answer says
	refused   int // events of rules that package match does not read
}

// What all questions about the published rules come to.
const (
	leastAsked     = 130_000
	leastAnswered  = 0.998 // of the questions asked
	expectedUnsure = 52    // values of two lists of Cyrillic letters: whether `А` is covered by `а` depends on how the back-end folds case
)

// longList is how many values a list may have for every one to be evaluated a second time; of longer lists a sample is.
const longList = 100

// Every part of every rule is replaced by both constants. Where that makes a difference the event that shows it is put to package match,
// which knows nothing of how it was found.
func TestEveryQuestionAboutPublishedRules(t *testing.T) {
	var total tally
	var lock sync.Mutex
	each(corpusRules(t), func(r *rules.Rule) {
		if r.Detection.Evaluable() != nil {
			return
		}
		var own tally
		own.ask(t, r)
		lock.Lock()
		defer lock.Unlock()
		total.add(own)
		if own.unsure > 0 {
			t.Logf("not decided: %d in %s", own.unsure, r.File.Path)
		}
	})
	t.Logf("%+v", total)
	if total.asked < leastAsked {
		t.Errorf("%d questions, want at least %d", total.asked, leastAsked)
	}
	if share := float64(total.differ+total.same) / float64(total.asked); share < leastAnswered {
		t.Errorf("%.4f of the questions are answered, want %v", share, leastAnswered)
	}
	if total.unsure > expectedUnsure {
		t.Errorf("%d questions are not decided, want %d", total.unsure, expectedUnsure)
	}
}

func (n *tally) add(m tally) {
	n.rules++
	n.asked += m.asked
	n.differ += m.differ
	n.same += m.same
	n.unsure += m.unsure
	n.confirmed += m.confirmed
	n.refused += m.refused
}

// ask puts all questions about the parts of a rule: does it change anything to drop the part, and does it to take it for granted? The
// second makes no sense of a value that stands beside others of which one is enough.
func (n *tally) ask(t *testing.T, r *rules.Rule) {
	a := Analyse(r, Options{})
	m, err := match.Compile(r)
	readable := err == nil && len(a.formula.Opaque()) == 0
	seen := map[Part]bool{}
	var item *rules.Item
	a.formula.each(func(f *Formula) {
		for _, part := range f.parts {
			if i, ok := part.(*rules.Item); ok {
				item = i
			}
			if seen[part] {
				continue
			}
			seen[part] = true
			_, value := part.(*rules.Test)
			for _, by := range []bool{false, true} {
				if by && value && len(item.Tests) > 1 && !item.All {
					continue
				}
				n.asked++
				event, verdict := a.shown(part, by)
				switch {
				case verdict == No:
					n.same++
					continue
				case verdict == Unknown:
					n.unsure++
					continue
				}
				n.differ++
				if !readable {
					n.refused++
					continue
				}
				matches := m.Match(match.NewEvent(event))
				negated, both := a.polarity(part)
				wrong := !both && matches != (by == negated)
				if !value || len(item.Tests) < longList || n.asked%longList == 0 {
					wrong = wrong || a.formula.With(part, by).Eval(event, UnicodeFolding) != truth(!matches)
				}
				if wrong {
					t.Errorf("%s: %v does not show that %T matters", r.File.Path, event, part)
					continue
				}
				n.confirmed++
			}
		}
	})
}

// shown is an event on which it makes a difference to replace a part by a constant.
func (a *Analysis) shown(part Part, by bool) (Event, Verdict) {
	if cast, ok := a.tried(part, by); ok {
		return a.sheet.event(cast), Yes
	}
	answer := a.proved(part, by)
	return answer.Witness, answer.Verdict
}
