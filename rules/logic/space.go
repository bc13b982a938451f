package logic

import (
	"encoding/binary"
	"math"
	"strings"
)

// space holds the alphabets and automata of all fields under one folding.
type space struct {
	meter   *meter
	folding Folding
	fields  map[string]*fieldSpace
}

// fieldSpace is what is known about one field. The sets of the alphabet are stable; its classes change when a new set comes in,
// and then only the lazily built tables are thrown away.
type fieldSpace struct {
	meter    *meter
	folding  Folding
	alphabet *alphabet
	classes  int // sets the classes were made for
	built    map[string]*builtUnion
	automata map[string]automaton
}

// builtUnion is a union as automata see it.
type builtUnion struct {
	trie     *trie                   // nil when no member is a pattern
	programs map[int32]*regexProgram // by member
	order    []int32                 // of programs
}

// newSpace is a space without a budget; whoever asks questions sets its meter.
func newSpace(f Folding) *space {
	return &space{folding: f, meter: &meter{left: math.MaxInt}, fields: map[string]*fieldSpace{}}
}

func (s *space) field(name string) *fieldSpace {
	f, ok := s.fields[name]
	if !ok {
		f = &fieldSpace{meter: s.meter, folding: s.folding, alphabet: newAlphabet(), built: map[string]*builtUnion{}, automata: map[string]automaton{}}
		s.fields[name] = f
	}
	return f
}

// build makes the automata's raw material for a union, once. Where most members were substituted away, only the rest is built: a view
// of the whole would search among what it must not find.
func (f *fieldSpace) build(u *union, excluded map[int32]bool) *builtUnion {
	sparse := 2*len(excluded) > len(u.leaves)
	key := unionKey(u, nil)
	if sparse {
		key = unionKey(u, excluded)
	}
	if b, ok := f.built[key]; ok {
		return b
	}
	b := &builtUnion{programs: map[int32]*regexProgram{}}
	for i, l := range u.leaves {
		member := int32(i)
		if sparse && excluded[member] {
			continue
		}
		if prog := l.program(); prog != nil {
			b.programs[member] = newRegexProgram(f.meter, prog, f.alphabet)
			b.order = append(b.order, member)
			continue
		}
		if b.trie == nil {
			b.trie = newTrie(f.alphabet)
		}
		for _, w := range l.words {
			f.meter.keep(costTexts, trieGlyph*len(w.glyphs))
			b.trie.add(w, member, f.folding)
		}
	}
	if b.trie != nil {
		b.trie.measure()
	}
	f.built[key] = b
	return b
}

// trieGlyph is what a glyph costs in a trie: a node and its set of characters.
const trieGlyph = 20

// unionKey tells unions, and views of them, apart.
func unionKey(u *union, excluded map[int32]bool) string {
	key := binary.LittleEndian.AppendUint32(nil, uint32(u.id))
	if len(excluded) > 0 {
		for i := range u.leaves {
			if excluded[int32(i)] {
				key = binary.LittleEndian.AppendUint32(key, uint32(i))
			}
		}
	}
	return string(key)
}

// settle makes the classes fit all sets; automata for other classes are dropped. False when that takes more than is left.
func (f *fieldSpace) settle() bool {
	if f.classes == len(f.alphabet.sets) {
		return true
	}
	f.automata = map[string]automaton{}
	f.classes = 0
	if !f.alphabet.close(f.meter) {
		return false
	}
	f.classes = len(f.alphabet.sets)
	return true
}

// automaton is the automaton of a union without its excluded members. All unions of the question must be built and the field
// settled.
func (f *fieldSpace) automaton(u *union, excluded map[int32]bool) automaton {
	key := unionKey(u, excluded)
	if a, ok := f.automata[key]; ok {
		return a
	}
	b := f.build(u, excluded)
	var parts []automaton
	if b.trie != nil {
		parts = append(parts, newTrieView(f.meter, b.trie, excluded))
	}
	for _, member := range b.order {
		if !excluded[member] {
			parts = append(parts, newRegexAutomaton(f.meter, b.programs[member]))
		}
	}
	a := newEither(f.meter, f.alphabet.size(), parts)
	f.automata[key] = a
	return a
}

// forget drops the views of queries past: thousands of them would fill the memory for nothing.
func (s *space) forget() {
	if s.meter.held > keptUnits {
		for _, f := range s.fields {
			f.automata = map[string]automaton{}
			f.built = map[string]*builtUnion{}
		}
	}
	for _, f := range s.fields {
		if len(f.automata) > keptAutomata {
			f.automata = map[string]automaton{}
		}
		if len(f.built) > keptAutomata {
			f.built = map[string]*builtUnion{}
		}
	}
}

// keptUnits is how much the automata of all fields may hold between questions, in units of a meter: some 60 MB.
const keptUnits = 15_000_000

// keptAutomata is how many automata a field keeps between queries. Rules have a few dozen lists per field; what is
// more comes from questions about single values.
const keptAutomata = 200

// text spells a word of classes with their most readable runes.
func (a *alphabet) text(classes []int32) string {
	var b strings.Builder
	for _, c := range classes {
		b.WriteRune(a.shown[c])
	}
	return b.String()
}
