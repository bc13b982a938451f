package logic

import "sort"

// conflict turns a learned lemma into what people read: of a negated list only the values that matter.
func (q *question) conflict(l lemma) (Conflict, []Assumption) {
	c := Conflict{Field: l.core[0].field}
	var assumptions []Assumption
	if l.scalar {
		assumptions = append(assumptions, Assumption{OneValue, c.Field, "`" + c.Field + "` holds one value at a time"})
	}
	core := append([]*literal(nil), l.core...)
	for i, x := range core {
		if x.union != nil && x.negated && len(x.leaves()) > 1 {
			core[i] = q.narrowed(core, i)
		}
	}
	for _, x := range core {
		literal := Literal{Field: x.field, Negated: x.negated, kind: x.kind}
		for k, leaf := range x.leaves() {
			if k == 0 {
				literal.Item = leaf.item
			}
			literal.Tests = append(literal.Tests, leaf.test)
			literal.Axiom = literal.Axiom || leaf.axiom
			switch {
			case leaf.axiom:
				assumptions = append(assumptions, Assumption{Axiom, c.Field, "what `" + c.Field + "` can hold"})
			case leaf.kind == opaqueLeaf:
				assumptions = append(assumptions, Assumption{Opaque, c.Field, leaf.why + ": it means the same in both places"})
			}
		}
		c.Literals = append(c.Literals, literal)
	}
	if timesBesideText(core) {
		assumptions = append(assumptions, Assumption{TimeForm, c.Field, "times in `" + c.Field + "` are written as `2006-01-02T15:04:05Z` or a part of that"})
	}
	sort.SliceStable(c.Literals, func(i, j int) bool { return !c.Literals[i].Axiom && c.Literals[j].Axiom })
	return c, assumptions
}

// narrowedMembers is how many members of a list are singled out for an explanation. Each costs a search, and a sentence that
// needs more of them is no clearer than the whole list.
const narrowedMembers = 8

// narrowed is the negated list core[i] with only as many members as the conflict needs: members are added for as long as
// a text escapes those chosen so far.
func (q *question) narrowed(core []*literal, i int) *literal {
	whole := core[i]
	if len(core) < 2 {
		return whole
	}
	members := whole.leaves()
	rest := append([]*literal(nil), core...)
	with := func(chosen []*leaf) (*literal, fieldAnswer) {
		l := q.prover.literals.merged(&group{field: whole.field, leaves: chosen}, true)
		rest[i] = l
		return l, q.theory.absentOrText(rest)
	}
	escape := q.theory.text(append(append([]*literal(nil), core[:i]...), core[i+1:]...))
	var chosen []*leaf
	for range min(len(members), narrowedMembers) {
		if escape.verdict != Yes {
			return whole
		}
		catching := members[:0:0]
		for _, m := range members {
			for _, s := range texts(escape.value) {
				if m.holdsFor(s, q.theory.space.folding) {
					catching = append(catching, m)
					break
				}
			}
		}
		if len(catching) == 0 {
			return whole
		}
		// One member that does it alone is the best explanation.
		if len(chosen) == 0 {
			for _, m := range catching {
				if l, a := with([]*leaf{m}); a.verdict == No {
					return l
				}
			}
		}
		chosen = append(chosen, catching[0])
		l, a := with(chosen)
		if a.verdict == No {
			return l
		}
		escape = a
	}
	return whole
}
