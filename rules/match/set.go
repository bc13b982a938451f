package match

import "strings"

// Set is many matchers with an index: of each it is known what an event must hold for the matcher to have a chance, so that most are not asked. It is
// immutable; a Reader evaluates it. What a Reader finds is what each Matcher finds alone.
type Set struct {
	matchers []*Matcher
	names    []string // by slot
	slots    map[string]int32
	asked    int       // the first so many names are those that rules ask for; the others lead to them
	locals   [][]int32 // by matcher: the slot of each of its fields
	below    [][]int32 // by slot: the dotted names that its value may lead to
	paths    [][]step  // by slot: the ways to a dotted name, the shortest key first
	keywords bool
	raws     []int32 // the slots of RawFields, when there are keywords
	index    *index
}

// step is a key that a dotted name begins with, and the rest of the name.
type step struct {
	slot int32
	rest string
}

// NewSet indexes matchers. They are known by their number from here on.
func NewSet(matchers []*Matcher) *Set {
	s := &Set{matchers: matchers, slots: map[string]int32{}}
	for _, m := range matchers {
		s.keywords = s.keywords || m.env.fields.keywords
		local := make([]int32, len(m.env.fields.names))
		for i, name := range m.env.fields.names {
			local[i] = s.slot(name)
		}
		s.locals = append(s.locals, local)
	}
	s.asked = len(s.names)
	if s.keywords {
		for _, name := range RawFields {
			s.raws = append(s.raws, s.slot(name))
		}
	}
	for slot := 0; slot < len(s.names); slot++ { // keys on the way get slots too, which have no way of their own
		name := s.names[slot]
		for at := 0; slot < s.asked || s.isRaw(slot); {
			dot := strings.IndexByte(name[at:], '.')
			if dot < 0 {
				break
			}
			at += dot
			first := s.slot(name[:at])
			s.paths[slot] = append(s.paths[slot], step{first, name[at+1:]})
			s.below[first] = append(s.below[first], int32(slot))
			at++
		}
	}
	s.index = newIndex(s)
	return s
}

func (s *Set) isRaw(slot int) bool {
	for _, raw := range s.raws {
		if int(raw) == slot {
			return true
		}
	}
	return false
}

// slot numbers a name.
func (s *Set) slot(name string) int32 {
	slot, ok := s.slots[name]
	if !ok {
		slot = int32(len(s.names))
		s.names, s.slots[name] = append(s.names, name), slot
		s.below, s.paths = append(s.below, nil), append(s.paths, nil)
	}
	return slot
}

// Fields are the names that rules of the set ask for, in the order of the rules.
func (s *Set) Fields() []string { return s.names[:s.asked:s.asked] }

// Keywords reports whether a rule searches the raw message or the texts of all fields.
func (s *Set) Keywords() bool { return s.keywords }

// FieldsOf are the names that one matcher asks for.
func (s *Set) FieldsOf(matcher int) []string { return s.matchers[matcher].env.fields.names }

// Always is the number of matchers that every event is put to, as nothing of it tells beforehand that they cannot match.
func (s *Set) Always() int { return len(s.index.always) }
