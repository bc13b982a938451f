package scenario

// clause is what one verb governs: "exclude lsof when … and …". Its units are joined by and/or.
type clause struct {
	units       []unit
	or          bool // joined to the clause before by "or"
	literal     bool // an explicit "exclude": != is a real negation
	afterAdvice bool
}

// unit is one condition, or a parenthesised expression, between connectives.
type unit struct {
	term   term
	sub    [][]Condition // of a parenthesised expression; then term is empty
	or     bool          // joined to the unit before by "or"
	strong bool          // that "or" starts a new alternative: ", or where …"
	comma  bool          // joined by a comma alone: takes the connective that follows
	bound  bool          // belongs to the unit before: "calling x with y"
}

// add appends the terms of a chunk.
func (cl *clause) add(c chunk, b builder) {
	if c.verb && len(b.chunk.items) > 0 && exclusionVerbs[c.items[0].key] {
		cl.literal = true
	}
	first := true
	put := func(u unit) {
		if first {
			u.or = c.or
			u.strong = c.or && (c.opener && !c.with || c.comma) && !u.term.elided
			u.comma = c.comma && !c.or && !c.and
			u.bound = c.with && !c.or && !c.comma
		}
		first = false
		cl.units = append(cl.units, u)
	}
	for _, t := range b.done {
		n := len(cl.units)
		if first && t.postposed && n > 0 && !c.narrows && cl.units[n-1].bare() && !cl.units[n-1].term.head {
			// "cron or systemd in the command line": the role is for both
			before := cl.units[n-1].term
			t.Values = append(append([]Value{}, before.Values...), t.Values...)
			t.cover(before.from, before.to)
			cl.units[n-1].term = t
			first = false
			continue
		}
		t.alternative = first && c.or && !t.hasRole && !t.hasOp && t.relation == noRelation && len(t.Values) == 0
		t.head = t.head || c.verb && t.Role == RoleUnstated
		t.settleSpan(b.p.sentence)
		put(unit{term: t})
	}
	if b.sub != nil {
		put(unit{sub: b.sub})
	}
	for i := range cl.units {
		cl.units[i].term.settleSpan(b.p.sentence)
	}
	if n := len(cl.units); n > 0 && (len(b.done) > 0) {
		cl.units[n-1].term.takesMore = cl.units[n-1].sub == nil && !cl.units[n-1].term.agent
	}
}

// bare: values without role, operator and relation.
func (u unit) bare() bool {
	return u.sub == nil && !u.term.hasRole && !u.term.hasOp && u.term.relation == noRelation && u.term.Class == ClassNone && len(u.term.Values) > 0
}

// lastTerm is the term that a following list goes on with.
func (cl *clause) lastTerm() *term {
	if n := len(cl.units); n > 0 && cl.units[n-1].sub == nil {
		return &cl.units[n-1].term
	}
	return nil
}

// settleSpan writes the covered bytes into the condition.
func (t *term) settleSpan(s sentence) {
	if t.to > t.from && t.to <= len(s.text) {
		t.Phrase, t.Span = s.text[t.from:t.to], Span{s.base + t.from, s.base + t.to}
	}
}

// joinClauses joins what the verbs govern.
func (p *parser) joinClauses(clauses []clause) [][]Condition {
	var groups [][]Condition
	for _, cl := range clauses {
		if len(cl.units) == 0 {
			continue
		}
		for i := range cl.units {
			cl.units[i].term.settleSpan(p.sentence)
		}
		read := p.clauseGroups(cl)
		if cl.or || groups == nil {
			groups = union(groups, read)
		} else {
			groups = product(groups, read)
		}
	}
	return p.bounded(groups)
}

// clauseGroups reads one clause: what stands before the first condition holds for all alternatives.
func (p *parser) clauseGroups(cl clause) [][]Condition {
	var heads [][]Condition
	units := cl.units
	for len(units) > 0 && units[0].term.head && len(cl.units) > 1 {
		heads = product(heads, units[0].dnf())
		units = units[1:]
	}
	units = bind(units)
	inheritCommas(units)
	p.polarity(units, cl.literal)
	var groups [][]Condition
	for start := 0; start < len(units); {
		end := start + 1
		for end < len(units) && !units[end].strong {
			end++
		}
		groups = union(groups, p.mixed(units[start:end], heads))
		start = end
	}
	return product(heads, groups)
}

// bind joins a unit to the one it belongs to.
func bind(units []unit) []unit {
	var out []unit
	for _, u := range units {
		if n := len(out); u.bound && n > 0 && out[n-1].term.Role != RoleUnstated && len(units) > 2 {
			out[n-1].sub = product(out[n-1].dnf(), u.dnf())
			continue
		}
		out = append(out, u)
	}
	return out
}

// inheritCommas gives a comma the connective that ends its list.
func inheritCommas(units []unit) {
	or, strong := false, false
	for i := len(units) - 1; i >= 0; i-- {
		if units[i].comma {
			units[i].or, units[i].strong = or, strong
		} else {
			or, strong = units[i].or, units[i].strong
		}
	}
}

// polarity reads != under a heading that says exclusion: "a != x" there means "exclude x".
func (p *parser) polarity(units []unit, literal bool) {
	if !p.exclusion {
		return
	}
	unequal, equal := 0, 0
	for _, u := range units {
		switch {
		case u.term.unequal:
			unequal++
		case u.sub == nil && u.term.exact:
			equal++
		}
	}
	if unequal == 0 || literal && equal > 0 {
		return
	}
	sameRole := true
	for i := range units {
		u := &units[i]
		sameRole = sameRole && (i == 0 || u.term.Role == units[0].term.Role)
		if u.term.unequal {
			u.term.Negated = false
		}
	}
	if equal > 0 {
		reason := "!= beside == under an exclusion: which of them is excluded is not certain"
		p.out.Notes = append(p.out.Notes, Note{Code: NoteMixedPolarity, Message: reason, Span: p.sentence.span()})
		p.out.Ambiguities = append(p.out.Ambiguities, Ambiguity{Code: NoteMixedPolarity, Reason: reason, Groups: byPrecedence(units)})
		for i := range units {
			units[i].or, units[i].strong = false, false // the narrowest reading: all of them
		}
		return
	}
	p.out.Notes = append(p.out.Notes, Note{Code: NotePolarity, Span: p.sentence.span(),
		Message: "!= under an exclusion read as \"exclude this\"; taken literally it would exclude everything else"})
	for i := 1; i < len(units); i++ {
		switch {
		case sameRole:
			units[i].or = true
		default: // not (a != x and b != y) is a == x or b == y
			units[i].or = !units[i].or
		}
		units[i].strong = false
	}
}

// mixed joins units that have both and and or between them, by spec/tuning.md section 3, scoping rule 3: neighbours
// on one role by OR first.
func (p *parser) mixed(units []unit, heads [][]Condition) [][]Condition {
	ands, ors := 0, 0
	for _, u := range units[1:] {
		if u.or {
			ors++
		} else {
			ands++
		}
	}
	if ands == 0 || ors == 0 {
		return byPrecedence(units)
	}
	var sets []unit // each an OR of neighbours
	joined, loose := false, false
	for i, u := range units {
		if n := len(sets); i > 0 && u.or && tight(units, i) {
			sets[n-1].sub = union(sets[n-1].dnf(), u.dnf())
			sets[n-1].term.Role = u.term.Role
			joined = joined || !u.term.elided && !u.term.alternative
			continue
		}
		loose = loose || i > 0 && u.or
		sets = append(sets, u)
	}
	standard := byPrecedence(units)
	if !loose {
		groups := byPrecedence(sets)
		if joined {
			p.ambiguous("and/or without parentheses: neighbours on one field were joined first", product(heads, standard))
		}
		return groups
	}
	narrow := orFirst(sets)
	if expression(units) {
		groups := byPrecedence(sets)
		p.ambiguous("and/or without parentheses: read with AND before OR", product(heads, narrow))
		return groups
	}
	p.ambiguous("and/or without parentheses: the narrower reading was taken", product(heads, standard))
	return narrow
}

func (p *parser) ambiguous(reason string, groups [][]Condition) {
	p.out.Notes = append(p.out.Notes, Note{Code: NoteMixedAndOr, Message: reason, Span: p.sentence.span()})
	p.out.Ambiguities = append(p.out.Ambiguities, Ambiguity{Code: NoteMixedAndOr, Reason: reason, Groups: groups})
}

// tight says whether unit i belongs to the OR of the unit before it: it has no subject of its own, or both are
// about one role. An interpreter that is qualified by what follows stands alone: in "a.exe or cmd.exe and the user
// is x" only cmd.exe needs the user.
func tight(units []unit, i int) bool {
	before, u := units[i-1], units[i]
	if u.term.elided || u.term.alternative {
		return true
	}
	if before.sub != nil || u.sub != nil || before.term.Role != u.term.Role {
		return false
	}
	qualified := i+1 < len(units) && !units[i+1].or
	return !(qualified && u.term.Role == RoleProcess && interpreters(u.term.Values) && !interpreters(before.term.Values))
}

func interpreters(values []Value) bool {
	for _, v := range values {
		if !interprets(v.Text) {
			return false
		}
	}
	return len(values) > 0
}

// expression says whether the units are written in a query's notation.
func expression(units []unit) bool {
	for _, u := range units {
		if u.sub == nil && !u.term.exact && !u.term.field {
			return false
		}
	}
	return true
}

// byPrecedence: AND before OR.
func byPrecedence(units []unit) [][]Condition {
	var groups, run [][]Condition
	for i, u := range units {
		if i > 0 && u.or {
			groups = union(groups, run)
			run = nil
		}
		run = product(run, u.dnf())
	}
	return union(groups, run)
}

// orFirst: OR before AND.
func orFirst(units []unit) [][]Condition {
	var groups, run [][]Condition
	for i, u := range units {
		if i > 0 && !u.or {
			groups = product(groups, run)
			run = nil
		}
		run = union(run, u.dnf())
	}
	return product(groups, run)
}

// dnf is the unit as an OR of ANDs.
func (u unit) dnf() [][]Condition {
	if u.sub != nil {
		return u.sub
	}
	c := u.term.Condition
	if !u.term.tree {
		return [][]Condition{{c}}
	}
	c.Note = "events hold one level of the process tree: the process itself and its parent"
	parent := c
	if c.Role == RoleProcess || c.Role == RoleUnstated {
		parent.Role = RoleParent
		return [][]Condition{{c}, {parent}}
	}
	return [][]Condition{{c}}
}

// union joins alternatives; single conditions on one role become one condition with more values.
func union(a, b [][]Condition) [][]Condition {
	for _, group := range b {
		if n := len(a); n > 0 && len(group) == 1 && len(a[n-1]) == 1 && mergeable(a[n-1][0], group[0]) {
			merged := merge(a[n-1][0], group[0])
			a = append(append([][]Condition{}, a[:n-1]...), []Condition{merged})
			continue
		}
		a = append(a[:len(a):len(a)], group)
	}
	return a
}

func mergeable(a, b Condition) bool {
	return a.Role == b.Role && a.Operator == b.Operator && !a.Negated && !b.Negated && !a.All && !b.All && a.Role != RoleOther &&
		a.Class == b.Class && (a.Role != RoleField || a.Field == b.Field) && !a.Operator.bare()
}

func merge(a, b Condition) Condition {
	a.Values = append(append([]Value{}, a.Values...), b.Values...)
	a.Open = a.Open || b.Open
	if b.Span.End > a.Span.End && b.Span.Start >= a.Span.Start {
		a.Span.End = b.Span.End
	}
	a.Phrase = "" // set again from the span, when the text is at hand
	return a
}

// product joins two parts that both must hold.
func product(a, b [][]Condition) [][]Condition {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	var groups [][]Condition
	for _, x := range a {
		for _, y := range b {
			if len(groups) > maxGroups {
				return groups
			}
			groups = append(groups, append(append(make([]Condition, 0, len(x)+len(y)), x...), y...))
		}
	}
	return groups
}
