package logic

import (
	"encoding/binary"
	"strings"
)

// space holds the alphabets and automata of all fields under one folding.
type space struct {
	folding Folding
	fields  map[string]*fieldSpace
}

// fieldSpace is what is known about one field. The sets of the alphabet are stable; its classes change when a new set comes in,
// and then only the lazily built tables are thrown away.
type fieldSpace struct {
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

func newSpace(f Folding) *space { return &space{folding: f, fields: map[string]*fieldSpace{}} }

func (s *space) field(name string) *fieldSpace {
	f, ok := s.fields[name]
	if !ok {
		f = &fieldSpace{folding: s.folding, alphabet: newAlphabet(), built: map[string]*builtUnion{}, automata: map[string]automaton{}}
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
			b.programs[member] = newRegexProgram(prog, f.alphabet)
			b.order = append(b.order, member)
			continue
		}
		if b.trie == nil {
			b.trie = newTrie(f.alphabet)
		}
		for _, w := range l.words {
			b.trie.add(w, member, f.folding)
		}
	}
	if b.trie != nil {
		b.trie.measure()
	}
	f.built[key] = b
	return b
}

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

// settle makes the classes fit all sets; automata for other classes are dropped.
func (f *fieldSpace) settle() {
	if f.classes == len(f.alphabet.sets) {
		return
	}
	f.alphabet.close()
	f.classes = len(f.alphabet.sets)
	f.automata = map[string]automaton{}
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
		parts = append(parts, newTrieView(b.trie, excluded))
	}
	for _, member := range b.order {
		if !excluded[member] {
			parts = append(parts, newRegexAutomaton(b.programs[member]))
		}
	}
	a := newEither(f.alphabet.size(), parts)
	f.automata[key] = a
	return a
}

// forget drops the views of queries past: thousands of them would fill the memory for nothing.
func (s *space) forget() {
	for _, f := range s.fields {
		if len(f.automata) > keptAutomata {
			f.automata = map[string]automaton{}
		}
		if len(f.built) > keptAutomata {
			f.built = map[string]*builtUnion{}
		}
	}
}

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
