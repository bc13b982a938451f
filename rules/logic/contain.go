package logic

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/sigtune/sigtune/rules"
)

// Ruleset answers which rules contain which, over many rules. Events of each rule refute nearly all pairs; a row of characters that a
// rule needs keeps most pairs from being looked at at all. It is not safe for several goroutines.
type Ruleset struct {
	rule     func(i int) *rules.Rule // reads a rule for the few pairs that are left; called from several goroutines
	options  Options
	outlines []*Outline
	at       [][]int32             // by rule: its places among those of all
	places   []any                 // of all rules
	needing  map[placeNeed][]int32 // rules that need this in some field of every event
	widths   [gramWidth + 1]bool
	others   []int32 // rules that need nothing in particular
	near     func(inner, outer int) bool
	hits     [][]int32 // by inner rule: the near ones that match its event; nil before they are asked for

	reading  sync.Mutex
	formulas map[int]*Formula
}

// fieldNeed is characters that a field must hold.
type fieldNeed struct {
	field string
	need  need
}

// placeNeed is the same for a place of a ruleset.
type placeNeed struct {
	place int32
	need  need
}

// Containment says that every event that the rule Inner matches is matched by the rule Outer. Both are indexes.
type Containment struct {
	Inner, Outer int
	Proof        Answer
}

// NewRuleset prepares questions about rules, on all processors. Those without a certain meaning take no part.
func NewRuleset(list []*rules.Rule, o Options) *Ruleset {
	outlines := make([]*Outline, len(list))
	inParallel(len(list), func(i int) { outlines[i] = Analyse(list[i], o).Outline() })
	return RulesetOf(outlines, func(i int) *rules.Rule { return list[i] }, o)
}

// RulesetOf prepares the same questions about rules that are no longer in memory. rule reads one again, from several goroutines; nil, when it is
// gone, takes it out of the answers.
func RulesetOf(outlines []*Outline, rule func(i int) *rules.Rule, o Options) *Ruleset {
	s := &Ruleset{
		rule: rule, options: o, outlines: outlines, at: make([][]int32, len(outlines)), needing: map[placeNeed][]int32{}, formulas: map[int]*Formula{},
	}
	ids := map[any]int32{}
	place := func(key any) int32 {
		id, ok := ids[key]
		if !ok {
			id = int32(len(ids))
			ids[key] = id
			s.places = append(s.places, key)
		}
		return id
	}
	for i, o := range outlines {
		if o.body == nil {
			continue
		}
		s.at[i] = make([]int32, len(o.places))
		for k, key := range o.places {
			s.at[i][k] = place(key)
		}
		if !o.needed {
			s.others = append(s.others, int32(i))
		}
		for _, n := range o.needs {
			key := placeNeed{place(n.field), n.need}
			s.needing[key] = append(s.needing[key], int32(i))
			s.widths[n.need.width] = true
		}
	}
	return s
}

// inParallel does n things on all processors.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(n, 1)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	workers.Wait()
}

// Among restricts all questions to pairs for which near is true, which is called from several goroutines. What an event of a rule refutes is then found out once for all of them.
func (s *Ruleset) Among(near func(inner, outer int) bool) { s.near, s.hits = near, nil }

// tooManyNeeds is how many alternatives are worth an index entry each; rules with longer lists are simply looked at.
const tooManyNeeds = 2000

// needs is a set of which every event that the formula matches has a member; false when there is none.
func (f *Formula) needs(negated bool) ([]fieldNeed, bool) {
	switch {
	case f.op == opNot:
		return f.args[0].needs(!negated)
	case f.op == opLeaf:
		if negated || f.leaf.field == "" {
			return nil, false
		}
		var out []fieldNeed
		for _, n := range f.leaf.needs(nil) {
			out = append(out, fieldNeed{f.leaf.field, n})
		}
		return out, out != nil
	case f.op != opAnd && f.op != opOr:
		return nil, false
	case (f.op == opAnd) != negated:
		var best []fieldNeed
		for _, a := range f.args {
			if n, ok := a.needs(negated); ok && (best == nil || weight(n) < weight(best)) {
				best = n
			}
		}
		return best, best != nil
	}
	var out []fieldNeed
	for _, a := range f.args {
		n, ok := a.needs(negated)
		if !ok || len(out) > tooManyNeeds {
			return nil, false
		}
		out = append(out, n...)
	}
	return out, out != nil
}

// weight prefers few and wide rows.
func weight(list []fieldNeed) int {
	w := len(list)
	for _, n := range list {
		if n.need.width < gramWidth {
			w += 10
		}
	}
	return w
}

// theatre is what one goroutine needs to hold events of rules against other rules.
type theatre struct {
	set   *Ruleset
	stage stage
	seen  []int32 // by rule: the round in which it was last a candidate
	round int32
}

func (s *Ruleset) theatre() *theatre {
	t := &theatre{set: s, seen: make([]int32, len(s.outlines))}
	t.stage = stage{values: make([]fieldValue, len(s.places)), folded: make([]string, len(s.places))}
	for i := range s.places {
		t.clear(int32(i))
	}
	return t
}

// clear makes a place what it is in an event that says nothing.
func (t *theatre) clear(place int32) {
	t.stage.values[place], t.stage.folded[place] = absent, ""
	if t.set.places[place] == "" { // keywords
		t.stage.values[place], t.stage.folded[place] = fieldValue{isText, silence}, silence
	}
}

// play puts an event of a rule on the stage.
func (t *theatre) play(rule int, cast []fieldValue, texts []string) {
	for k, place := range t.set.at[rule] {
		t.stage.values[place], t.stage.folded[place] = cast[k], texts[k]
	}
}

// end takes the event of a rule off the stage.
func (t *theatre) end(rule int) {
	for _, place := range t.set.at[rule] {
		t.clear(place)
	}
}

// matches reports that a rule matches the event on the stage.
func (t *theatre) matches(rule int) bool {
	return t.set.outlines[rule].body.holds(&t.stage, t.set.at[rule])
}

// candidates are the rules that the event of a rule could match, each once.
func (t *theatre) candidates(rule int, visit func(int32)) {
	s := t.set
	t.round++
	try := func(list []int32) {
		for _, i := range list {
			if t.seen[i] != t.round {
				t.seen[i] = t.round
				visit(i)
			}
		}
	}
	try(s.others)
	for k, v := range s.outlines[rule].cast {
		if _, field := s.outlines[rule].places[k].(string); !field || v.presence != isText {
			continue
		}
		g, at := gram(0), 0
		for _, r := range v.text {
			g = g.then(r)
			at++
			for width := 1; width <= min(at, gramWidth); width++ {
				if s.widths[width] {
					try(s.needing[placeNeed{s.at[rule][k], need{g.last(width), width}}])
				}
			}
		}
	}
}

// Contained gives the proved containments among the pairs that are wanted, by inner and outer rule. wanted is called from several goroutines.
func (s *Ruleset) Contained(wanted func(inner, outer int) bool) []Containment {
	return s.compare(wanted, false)
}

// Equivalent gives the pairs among those wanted that match the same events; the later rule is called the inner one.
func (s *Ruleset) Equivalent(wanted func(inner, outer int) bool) []Containment {
	return s.compare(func(i, j int) bool { return i > j && wanted(i, j) }, true)
}

func (s *Ruleset) compare(wanted func(inner, outer int) bool, both bool) []Containment {
	hits := s.hits
	if s.near == nil {
		hits = s.matching(wanted)
	} else if hits == nil {
		hits = s.matching(s.near)
		s.hits = hits
	}
	theatres := s.theatres()
	found := make([][]Containment, len(s.outlines))
	inParallel(len(s.outlines), func(i int) {
		if len(hits[i]) == 0 {
			return
		}
		t := <-theatres
		defer func() { theatres <- t }()
		found[i] = t.contained(i, hits[i], wanted, both)
	})
	return slices.Concat(found...)
}

// theatres are as many as there are processors, to take and to put back.
func (s *Ruleset) theatres() chan *theatre {
	n := runtime.GOMAXPROCS(0)
	list := make(chan *theatre, n)
	for range n {
		list <- s.theatre()
	}
	return list
}

// contained gives the rules among those that match the event of a rule that contain it.
func (t *theatre) contained(i int, hits []int32, wanted func(inner, outer int) bool, both bool) (out []Containment) {
	s := t.set
	var left []int
	for _, j := range hits {
		if !wanted(i, int(j)) {
			continue
		}
		if both { // the other way round as well
			outer := s.outlines[j]
			t.play(int(j), outer.cast, outer.folded)
			matches := t.matches(i)
			if t.end(int(j)); !matches {
				continue
			}
		}
		left = append(left, int(j))
	}
	for _, j := range t.refute(i, left) {
		if both && len(t.refute(j, []int{i})) == 0 {
			continue
		}
		inner, outer := s.Formula(i), s.Formula(j)
		if inner == nil || outer == nil {
			continue
		}
		p := NewProver(s.options)
		proof := p.Implies(inner, outer)
		if both && proof.Verdict == Yes {
			proof = p.Equivalent(inner, outer)
		}
		if proof.Verdict == Yes {
			out = append(out, Containment{i, j, proof})
		}
	}
	return out
}

// Formula is what a rule of the set says; nil when the rule is gone. It is safe for several goroutines.
func (s *Ruleset) Formula(i int) *Formula {
	s.reading.Lock()
	f, ok := s.formulas[i]
	s.reading.Unlock()
	if ok {
		return f
	}
	if r := s.rule(i); r != nil {
		f = FromRule(r)
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	s.formulas[i] = f
	return f
}

// matching gives for each rule the others of the pairs asked for that match its event, in order.
func (s *Ruleset) matching(asked func(inner, outer int) bool) [][]int32 {
	hits := make([][]int32, len(s.outlines))
	theatres := s.theatres()
	inParallel(len(s.outlines), func(i int) {
		inner := s.outlines[i]
		if inner.cast == nil {
			return
		}
		t := <-theatres
		defer func() { theatres <- t }()
		t.play(i, inner.cast, inner.folded)
		t.candidates(i, func(j int32) {
			if int(j) != i && s.outlines[j].cast != nil && asked(i, int(j)) && t.matches(int(j)) {
				hits[i] = append(hits[i], j)
			}
		})
		t.end(i)
		slices.Sort(hits[i])
	})
	return hits
}

// comparedEvents is how many events of a rule are held against the rules that are left.
const comparedEvents = 60

// refute drops rules that miss an event of the inner rule.
func (t *theatre) refute(inner int, left []int) []int {
	if len(left) == 0 {
		return nil
	}
	r := t.set.rule(inner)
	if r == nil {
		return nil
	}
	a := Analyse(r, t.set.options)
	if len(a.sheet.fields) != len(t.set.at[inner]) {
		return nil // the rule was changed meanwhile
	}
	texts := make([]string, len(a.sheet.fields))
	events := 0
	for i := range a.sheet.nodes {
		n := &a.sheet.nodes[i]
		if n.negated || n.parent < 0 || a.sheet.nodes[n.parent].op != opOr || events == comparedEvents || len(left) == 0 {
			continue
		}
		events++
		cast, ok := a.trial.event([]int32{int32(i)}, false)
		if !ok {
			continue
		}
		for k := range cast {
			texts[k] = folded(cast[k].text)
		}
		t.play(inner, cast, texts)
		kept := left[:0]
		for _, j := range left {
			if t.matches(j) {
				kept = append(kept, j)
			}
		}
		left = kept
		t.end(inner)
	}
	return left
}
