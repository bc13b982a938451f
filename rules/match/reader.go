package match

import "slices"

// Reader evaluates the matchers of a set on one event after the other. It belongs to one goroutine; a set has any number of readers.
type Reader struct {
	set   *Set
	stop  func(key string) bool
	slots map[string]int32 // of Options beyond those of the set

	event  uint64 // number of the current event
	known  map[string]*knownKey
	order  []*knownKey // the keys of the event before, by their place in it
	pool   []*value    // one for each slot
	others []*value    // more, for values of keys without a slot
	other  int         // of those, how many the current event has

	view    view
	scratch Event   // the current event when it was scanned or taken
	filled  []int32 // slots that hold a value
	seen    []bool  // slots that ever held one
	lineScan

	marks      []uint64 // by matcher: the event that made it a candidate
	candidates []int32
	hits       []int
}

// ReaderOptions say what else a reader looks at. The zero value is usable.
type ReaderOptions struct {
	// Stop names keys of the event's top level that make Scan give up, because the event has to be brought to other names first. It is asked once
	// for each key. nil stops nothing.
	Stop func(key string) bool
	// Fields are fields to read besides those that rules ask for.
	Fields []string
}

// Reader begins to evaluate events.
func (s *Set) Reader(o ReaderOptions) *Reader {
	r := &Reader{set: s, stop: o.Stop, slots: map[string]int32{}, known: map[string]*knownKey{}, marks: make([]uint64, len(s.matchers))}
	n := len(s.names)
	for _, name := range o.Fields {
		if _, there := r.slotOf(name); !there {
			r.slots[name] = int32(n)
			n++
		}
	}
	r.view.slots, r.seen = make([]*value, n), make([]bool, n)
	r.pool = make([]*value, n)
	for i := range r.pool {
		r.pool[i] = &value{memory: &r.memory}
	}
	r.folds = &r.memory
	r.view.whole = &value{kind: objectValue}
	r.scratch.view = &r.view
	return r
}

func (r *Reader) slotOf(name string) (int32, bool) {
	if slot, ok := r.set.slots[name]; ok {
		return slot, true
	}
	slot, ok := r.slots[name]
	return slot, ok
}

// reset forgets the current event.
func (r *Reader) reset() {
	for _, slot := range r.filled {
		r.view.slots[slot] = nil
	}
	r.event++
	r.filled, r.other, r.high = r.filled[:0], 0, false
	r.memory.forget()
	r.view.raw, r.view.whole.items, r.view.whole.fields = nil, r.view.whole.items[:0], nil
}

// take is a fresh value for a slot, or for a key without one.
func (r *Reader) take(slot int32) *value {
	var v *value
	if slot == noSlot {
		if r.other == len(r.others) {
			r.others = append(r.others, &value{memory: &r.memory})
		}
		v = r.others[r.other]
		r.other++
	} else {
		v = r.pool[slot]
		r.fill(slot, v)
	}
	if v.isFolded() {
		v.folded.Store(nil)
	}
	v.kind, v.text, v.items, v.fields = nullValue, "", nil, nil
	if r.set.keywords {
		r.view.whole.items = append(r.view.whole.items, v)
	}
	return v
}

func (r *Reader) fill(slot int32, v *value) {
	r.view.slots[slot] = v
	r.seen[slot] = true
	r.filled = append(r.filled, slot)
}

// Take makes an event the current one.
func (r *Reader) Take(e *Event) {
	r.reset()
	for name, v := range e.object().fields {
		if slot, ok := r.slotOf(name); ok {
			r.fill(slot, v)
		}
	}
	if r.set.keywords {
		r.view.whole.fields = e.object().fields
	}
	r.settle()
}

// Text is the text of a field of the current event, as it was read at its top level. It is false for a field that has none, and for one that neither a
// rule nor the options ask for.
func (r *Reader) Text(field string) (string, bool) {
	slot, ok := r.slotOf(field)
	if !ok || r.view.slots[slot] == nil || r.view.slots[slot].kind != textValue {
		return "", false
	}
	return r.view.slots[slot].text, true
}

// Has reports whether the current event has a field, of those that rules or the options ask for.
func (r *Reader) Has(field string) bool {
	slot, ok := r.slotOf(field)
	return ok && r.view.slots[slot] != nil
}

// Add gives the current event, which must have been scanned, a field that it does not have.
func (r *Reader) Add(field, text string) {
	slot, ok := r.slotOf(field)
	if !ok {
		if !r.set.keywords {
			return
		}
		slot = noSlot
	} else if r.view.slots[slot] != nil {
		return
	}
	v := r.take(slot)
	v.kind, v.text = textValue, text
}

// Seen reports whether any event so far had a field that a rule asks for.
func (r *Reader) Seen(field string) bool {
	slot, ok := r.slotOf(field)
	return ok && r.seen[slot]
}

// settle finds dotted names in nested objects, and the raw message.
func (r *Reader) settle() {
	s := r.set
	if len(s.below) > 0 {
		for _, slot := range r.filled[:len(r.filled):len(r.filled)] {
			if int(slot) >= len(s.names) || r.view.slots[slot].scalar() {
				continue
			}
			for _, dotted := range s.below[slot] {
				if r.view.slots[dotted] != nil {
					continue
				}
				if v := r.descend(s.paths[dotted]); v != nil {
					r.fill(dotted, v)
				}
			}
		}
	}
	if s.keywords {
		for _, slot := range s.raws {
			if v := r.view.slots[slot]; v != nil && v.kind == textValue {
				r.view.raw = v
				break
			}
		}
	}
}

// descend follows the first key that leads on, as Event.lookup does.
func (r *Reader) descend(paths []step) *value {
	for _, p := range paths {
		if v := r.view.slots[p.slot]; v != nil {
			if found := v.find(p.rest); found != nil {
				return found
			}
		}
	}
	return nil
}

// Hits are the matchers that match the current event, as numbers in their set, ascending. They are valid until the next call.
func (r *Reader) Hits() []int {
	r.hits, r.candidates = r.hits[:0], r.candidates[:0]
	r.set.index.find(r)
	for _, c := range r.candidates {
		r.try(c)
	}
	for _, m := range r.set.index.always {
		r.try(m)
	}
	slices.Sort(r.hits)
	return r.hits
}

func (r *Reader) try(matcher int32) {
	r.view.local = r.set.locals[matcher]
	if r.set.matchers[matcher].Match(&r.scratch) {
		r.hits = append(r.hits, int(matcher))
	}
}

// mark makes matchers candidates, each once an event.
func (r *Reader) mark(matchers []int32) {
	for _, m := range matchers {
		if r.marks[m] != r.event {
			r.marks[m] = r.event
			r.candidates = append(r.candidates, m)
		}
	}
}
