package logic

import (
	"fmt"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// Options adjust what is assumed about events and how much a question may cost. The zero value is the default.
type Options struct {
	// Folding is the case folding of proofs. The default demands that an answer holds under both.
	Folding Folding
	// Lists reports fields that may hold several values at once; a test then holds when it holds for one of them, and a negated
	// one when it holds for none. Without it every field holds one value. Keywords always search several.
	Lists func(field string) bool
	// Domain says what a field can hold, as a formula over that field alone, true also for absence; nil where nothing is known.
	Domain func(field string) *Formula
	// Axioms hold for every event.
	Axioms []*Formula
	// Platform is `windows`, `linux` or `macos` and only makes witnesses look at home; "" takes the product of the rule.
	Platform string
	// States bounds the product states of one question, Steps its decisions; 0 means DefaultStates and DefaultSteps.
	States, Steps int
}

// Default budgets of one question. The whole published rule corpus stays under a tenth of either.
const (
	DefaultStates = 400_000
	DefaultSteps  = 100_000
)

// Prover answers questions and remembers automata and conflicts between them: use one for all questions about a rule, or about a
// pair of rules. It is not safe for several goroutines.
type Prover struct {
	options  Options
	literals *literals
	theories [2]*theory // Unicode, ASCII
	domains  map[string]*Formula
	meter    meter
	noGuess  bool
	recheck  rechecker
}

// NewProver makes a prover.
func NewProver(o Options) *Prover {
	if o.States == 0 {
		o.States = DefaultStates
	}
	if o.Steps == 0 {
		o.Steps = DefaultSteps
	}
	p := &Prover{options: o, literals: newLiterals(), domains: map[string]*Formula{}}
	p.recheck.matchers = map[*rules.Detection]*match.Matcher{}
	for i, folding := range []Folding{UnicodeFolding, ASCIIFolding} {
		p.theories[i] = &theory{space: newSpace(folding), literals: p.literals, lists: o.Lists, known: map[string]fieldAnswer{}, meter: &p.meter}
		p.theories[i].space.meter = &p.meter
	}
	return p
}

// Satisfiable asks whether any event matches.
func Satisfiable(f *Formula) Answer { return NewProver(Options{}).Satisfiable(f) }

// Implies asks whether every event that matches a matches b.
func Implies(a, b *Formula) Answer { return NewProver(Options{}).Implies(a, b) }

// Disjoint asks whether no event matches both.
func Disjoint(a, b *Formula) Answer { return NewProver(Options{}).Disjoint(a, b) }

// Equivalent asks whether the same events match both.
func Equivalent(a, b *Formula) Answer { return NewProver(Options{}).Equivalent(a, b) }

// Implies asks whether every event that matches a matches b. A No carries an event that matches a and not b.
func (p *Prover) Implies(a, b *Formula) Answer { return p.Satisfiable(And(a, Not(b))).reversed() }

// Disjoint asks whether no event matches both. A No carries an event that does.
func (p *Prover) Disjoint(a, b *Formula) Answer { return p.Satisfiable(And(a, b)).reversed() }

// Equivalent asks whether the same events match both. A No carries an event that only one of them matches.
func (p *Prover) Equivalent(a, b *Formula) Answer {
	forth := p.Implies(a, b)
	if forth.Verdict == No {
		return forth
	}
	back := p.Implies(b, a)
	if forth.Verdict == Unknown && back.Verdict != No {
		return forth
	}
	if back.Verdict == Yes {
		back.Conflicts = append(append([]Conflict(nil), forth.Conflicts...), back.Conflicts...)
		back.Assumptions = sortAssumptions(append(append([]Assumption(nil), forth.Assumptions...), back.Assumptions...))
	}
	return back
}

// reversed is the answer to "there is no such event".
func (a Answer) reversed() Answer {
	switch a.Verdict {
	case Yes:
		a.Verdict = No
	case No:
		a.Verdict = Yes
	}
	return a
}

// Satisfiable asks whether any event matches, the axioms and domains granted.
func (p *Prover) Satisfiable(f *Formula) Answer {
	f = p.withAxioms(f)
	p.setPlatform(f)
	defer p.forget()
	switch p.options.Folding {
	case UnicodeFolding:
		return p.under(f, p.theories[0])
	case ASCIIFolding:
		return p.under(f, p.theories[1])
	}
	a := p.under(f, p.theories[0])
	switch a.Verdict {
	case Yes:
		if f.Eval(a.Witness, ASCIIFolding) == Holds {
			return a
		}
		b := p.under(f, p.theories[1])
		if b.Verdict == Yes && f.Eval(b.Witness, UnicodeFolding) == Holds {
			return b
		}
		if b.Verdict == Yes {
			return a // possible either way, though not by one event
		}
		return Answer{Reason: "it depends on whether the back-end folds upper and lower case beyond ASCII"}
	case No:
		if f.foldsAlike() {
			return a
		}
		if b := p.under(f, p.theories[1]); b.Verdict != No {
			return Answer{
				Reason:    "it depends on whether the back-end folds upper and lower case beyond ASCII",
				Conflicts: a.Conflicts,
			}
		}
	}
	return a
}

// foldsAlike reports that the foldings cannot give different answers: all text is ASCII, and no test tells `k` from `K`, so
// that an event with a Kelvin sign has a twin with a `k`.
func (f *Formula) foldsAlike() bool {
	alike := true
	f.each(func(g *Formula) {
		l := g.leaf
		if l == nil || !alike || l.kind != textLeaf {
			return
		}
		switch l.test.Kind {
		case rules.RegexTest:
			alike = false
			return
		}
		for _, w := range l.words {
			for _, g := range w.glyphs {
				switch {
				case g.kind != one:
				case g.r >= 0x80, w.cased && (g.r|0x20 == 'k' || g.r|0x20 == 's'):
					alike = false
				}
			}
		}
	})
	return alike
}

func (p *Prover) withAxioms(f *Formula) *Formula {
	axioms := append([]*Formula(nil), p.options.Axioms...)
	if p.options.Domain != nil {
		seen := map[string]bool{}
		f.each(func(g *Formula) {
			if g.leaf == nil || seen[g.leaf.field] || g.leaf.kind == opaqueLeaf {
				return
			}
			field := g.leaf.field
			seen[field] = true
			domain, ok := p.domains[field]
			if !ok {
				if domain = p.options.Domain(field); domain != nil {
					domain = domain.asAxiom()
				}
				p.domains[field] = domain
			}
			if domain != nil {
				axioms = append(axioms, domain)
			}
		})
	}
	if len(axioms) == 0 {
		return f
	}
	for i := range p.options.Axioms {
		key := fmt.Sprintf("\x00axiom %d", i)
		if p.domains[key] == nil {
			p.domains[key] = axioms[i].asAxiom()
		}
		axioms[i] = p.domains[key]
	}
	return And(append([]*Formula{f}, axioms...)...)
}

// asAxiom marks every test as a fact that the caller added.
func (f *Formula) asAxiom() *Formula {
	return f.rewrite(func(g *Formula) *Formula {
		if g.leaf == nil {
			return nil
		}
		out := *g
		l := *g.leaf
		l.axiom = true
		out.leaf = &l
		return &out
	})
}

func (p *Prover) setPlatform(f *Formula) {
	platform := p.options.Platform
	if r := f.source(); platform == "" && r != nil {
		platform = r.Logsource.Product.Value
	}
	for _, t := range p.theories {
		if t.platform != platform {
			t.known = map[string]fieldAnswer{}
		}
		t.platform, t.noGuess = platform, p.noGuess
	}
}

func (p *Prover) forget() {
	for _, t := range p.theories {
		t.space.forget()
	}
	if p.meter.held > keptUnits {
		p.meter.held = 0
	}
}
