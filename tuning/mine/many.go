package mine

import (
	"fmt"
	"sort"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
	"github.com/sigtune/sigtune/tuning"
	"github.com/sigtune/sigtune/tuning/evidence"
)

// Source is a rule of many, with the text of its file.
type Source struct {
	Path string
	Text string
	Rule *rules.Rule
}

// Many shares alerts out among the rules that fire on them.
type Many struct {
	Events   int // false positives read
	Silent   int // on which no rule fires
	options  Options
	today    time.Time
	as       tuning.Form
	matchers []manyRule
}

type manyRule struct {
	Source
	matcher *match.Matcher
	miner   *Miner // nil until the rule fires
	result  *tuning.Result
	alerts  int
	err     error
}

// Tuned is a rule that fired on the alerts.
type Tuned struct {
	Source
	Alerts int // false positives on which it fires
	Result *tuning.Result
	Miner  *Miner
	Err    error // it fires and cannot be tuned
}

// NewMany prepares rules. Those that cannot be evaluated are left out; say so beforehand.
func NewMany(list []Source, as tuning.Form, today time.Time, o Options) *Many {
	m := &Many{options: o, today: today, as: as}
	for _, s := range list {
		if compiled, err := match.Compile(s.Rule); err == nil {
			m.matchers = append(m.matchers, manyRule{Source: s, matcher: compiled})
		}
	}
	return m
}

// FalsePositive gives an event to every rule that fires on it.
func (x *Many) FalsePositive(r *evidence.Record) {
	x.Events++
	if !x.share(r, (*Miner).FalsePositive, true) {
		x.Silent++
	}
}

// TruePositive gives an event to every rule that fires on it.
func (x *Many) TruePositive(r *evidence.Record) { x.share(r, (*Miner).TruePositive, false) }

// Baseline gives an event to every rule that fires on it.
func (x *Many) Baseline(r *evidence.Record) { x.share(r, (*Miner).Baseline, false) }

func (x *Many) share(r *evidence.Record, add func(*Miner, *evidence.Record), alert bool) bool {
	fired := false
	for k := range x.matchers {
		rule := &x.matchers[k]
		if !rule.matcher.Match(r.Event) {
			continue
		}
		fired = true
		if rule.miner == nil && rule.err == nil {
			rule.begin(x)
		}
		if alert {
			rule.alerts++
		}
		if rule.miner != nil {
			add(rule.miner, r)
		}
	}
	return fired
}

// begin tunes a rule that fired, without scenarios: its events speak.
func (r *manyRule) begin(x *Many) {
	result, err := tuning.Tune(tuning.Input{Path: r.Path, Text: r.Text, Today: x.today, As: x.as, Nth: r.nth(), GivenOnly: true})
	if err != nil {
		r.err = err
		return
	}
	if r.miner, r.err = New(result, x.options); r.err == nil {
		r.result = result
	}
}

// nth is which rule of its file this is.
func (r *manyRule) nth() int {
	n := 0
	documents, _ := rules.Parse(r.Rule.File)
	for _, d := range documents {
		if other, ok := d.(*rules.Rule); ok && len(other.Detection.Named) > 0 {
			if other.Index >= r.Rule.Index {
				return n
			}
			n++
		}
	}
	return n
}

// Mine mines every rule that fired on a false positive, the noisiest first.
func (x *Many) Mine() []*Tuned {
	var out []*Tuned
	for k := range x.matchers {
		r := &x.matchers[k]
		if r.alerts == 0 {
			continue
		}
		t := &Tuned{Source: r.Source, Alerts: r.alerts, Result: r.result, Miner: r.miner, Err: r.err}
		if r.miner != nil {
			r.miner.Mine()
		}
		out = append(out, t)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Alerts > out[j].Alerts })
	return out
}

// Summary is one line about a rule, for a ranking.
func (t *Tuned) Summary() string {
	switch {
	case t.Err != nil:
		return fmt.Sprintf("cannot be tuned: %v", t.Err)
	case t.Result.Events.FP.Kept == 0:
		return "nothing safe to propose"
	}
	return fmt.Sprintf("%d hidden by %s", t.Result.Events.FP.Kept, plural(recommended(t.Result), "filter"))
}

func recommended(r *tuning.Result) int {
	n := 0
	for _, o := range r.Outcomes {
		for _, p := range o.Proposals {
			if p.Recommended {
				n++
			}
		}
	}
	return n
}
