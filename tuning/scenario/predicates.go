package scenario

func (b *builder) preposition(ph phrase, after []phrase) {
	if ph.key == "for" && !b.continued {
		b.flushWords(false)
		switch {
		case b.cur.hasRole && !b.cur.hasOp && len(b.cur.Values) == 0: // "check the command line for x"
			b.cur.hasOp, b.cur.Operator, b.slot = true, Contains, true
			if !textual(b.cur.Role) {
				b.cur.Operator = Is
			}
			return
		case len(b.cur.Values) > 0 || (b.cur.Open || b.cur.Class != ClassNone) && b.cur.Class != ClassPattern:
			b.flushWords(false)
			if b.p.exclusion && restricts(after) {
				b.start() // "rm for the user backup": who, not what for
				b.slot = true
				return
			}
			b.skip = true // a purpose
			return
		}
	}
	b.flushWords(false)
	b.prep = ph.key
}

// restricts says whether what follows "for" limits the exclusion rather than says what it is good for.
func restricts(after []phrase) bool {
	for _, ph := range after {
		switch ph.kind {
		case rolePhrase, valuePhrase:
			return true
		case classPhrase:
			switch ph.class {
			case ClassUser, ClassGroup, ClassHost, ClassTime, ClassNetwork, ClassEnvironment, ClassApproval:
				return true
			}
		}
	}
	return false
}

func (b *builder) operator(ph phrase, items []phrase, i int) {
	cur := &b.cur
	if ph.text == ":" && i > 0 && (items[i-1].kind != rolePhrase && items[i-1].kind != wordPhrase || !ph.exact) {
		return
	}
	has := ph.key == "has" || ph.key == "have" || ph.key == "had"
	if has && i+1 < len(items) && items[i+1].kind == negationPhrase {
		return
	}
	following := i+1 < len(items) && items[i+1].kind == relationPhrase && !items[i+1].weak
	switch {
	case len(cur.Values) > 0 && !cur.hasRole && cur.relation == noRelation && !ph.exact:
		if ph.op == Is {
			b.copula = true
			return
		}
		b.start()
		b.inherit()
	case len(cur.Values) > 0 && cur.hasRole:
		b.start()
		b.inherit()
	case !cur.hasRole && cur.relation == noRelation:
		b.implySubject(ph)
	}
	b.flushWords(false)
	if following && ph.op == Is && !ph.exact {
		return
	}
	cur = &b.cur
	if cur.relation != noRelation && !ph.exact && ph.op == Is {
		b.slot = true // "started by a process named x"
		return
	}
	cur.Operator, cur.hasOp = ph.op, true
	cur.exact = cur.exact || ph.exact
	if ph.negated {
		b.negated = !b.negated
	}
	b.cur.cover(ph.start, ph.end)
	b.slot, b.prep = true, ""
	cur.colon = ph.text == ":"
	cur.unequal = ph.exact && ph.negated
}

// implySubject finds the subject of an operator without a role before it.
func (b *builder) implySubject(ph phrase) {
	cur := &b.cur
	switch {
	case len(b.words) == 1 && ph.exact && isIdentifier(b.words[0].text):
		cur.Role, cur.Field, cur.hasRole = RoleField, b.words[0].text, true
		cur.cover(b.words[0].start, b.words[0].end)
		b.words = nil
	case cur.Class != ClassNone:
		cur.about = cur.Class
		cur.Role, cur.hasRole, cur.Class, cur.Open = roleOf(cur.Class), true, ClassNone, false
		b.residue, b.words = append(b.residue, b.words...), nil
	case len(b.words)+len(b.residue) > 0 && !b.chunk.verb:
		words := append(b.residue, b.words...)
		cur.Role, cur.hasRole = RoleOther, true
		cur.cover(words[0].start, words[len(words)-1].end)
		cur.Field = b.p.sentence.text[words[0].start:words[len(words)-1].end]
		b.words, b.residue = nil, nil
	default:
		b.inherit()
	}
}

// inherit takes the subject of the term before: "… and contains x", "… or has y".
func (b *builder) inherit() {
	if s := b.lastSubject(); s != nil && !b.cur.hasRole {
		b.cur.Role, b.cur.Field, b.cur.hasRole, b.cur.elided = or(s.asked, s.Role), s.Field, true, true
	} else if !b.cur.hasRole {
		b.cur.Role, b.cur.hasRole = RoleUnstated, true
	}
}

func (b *builder) lastSubject() *term {
	for i := len(b.done) - 1; i >= 0; i-- {
		if b.done[i].hasRole && b.done[i].Role != RoleUnstated {
			return &b.done[i]
		}
	}
	return b.p.subject
}

func (b *builder) relate(ph phrase, items []phrase, i int) {
	cur := &b.cur
	if b.skip && ph.weak {
		return
	}
	if ph.weak && (cur.hasOp && cur.hasRole && len(cur.Values) == 0 || b.examples && len(cur.Values) == 0) {
		b.flushWords(false)
		return // inside the object: "a path from a trusted directory"
	}
	switch ph.relation {
	case relatedTo:
		if ph.weak && (cur.Class != ClassNone || cur.hasRole || b.open || b.continued) {
			b.flushWords(false)
			return
		}
		if ph.weak && b.residueOnly() {
			b.flushWords(false)
			b.slot = true
			return
		}
	case to:
		if !reachable(items, i) {
			b.flushWords(false)
			b.skip = true // an infinitive: "to check open files"
			return
		}
	case during, onHost, via:
		if ph.weak && !b.meant(ph, items, i) {
			b.flushWords(false)
			b.prep = ph.key
			return
		}
	}
	b.started = ph.relation == byAgent && !ph.weak
	b.flushWords(false)
	b.skip, b.started = false, false
	if ph.relation == calls && !cur.hasRole && cur.relation == noRelation && (len(cur.Values) > 0 && cur.Class != ClassScript) {
		cur.relation, cur.agent = byAgent, true // "acmesync running x.exe"
		b.start()
		b.object()
		return
	}
	switch {
	case cur.hasRole && cur.blank():
		b.cur.relSub, b.cur.hasRole, b.cur.hasOp = cur.Role, false, false
	case len(cur.Values) > 0 && !cur.hasRole && cur.relation == noRelation:
		if b.p.noun != objectNoun || b.chunk.verb {
			cur.head = b.chunk.verb
		}
		b.start()
	case !cur.blank() || cur.relation != noRelation:
		b.start()
	}
	b.cur.relation, b.cur.loose = ph.relation, ph.weak
	b.cur.cover(ph.start, ph.end)
	b.slot, b.prep, b.open, b.article = true, "", false, false
	if ph.relation == calls || ph.relation == downloaded {
		b.residue = nil
	}
}

func (b *builder) residueOnly() bool { return b.cur.blank() && len(b.words)+len(b.residue) > 0 }

// reachable: an address or a class of addresses follows "to".
func reachable(items []phrase, i int) bool {
	for _, ph := range items[i+1:] {
		switch ph.kind {
		case determinerPhrase, openPhrase:
			continue
		case wordPhrase:
			if !genericWords[ph.key] {
				return false // a verb: "to encrypt devices"
			}
			continue
		case valuePhrase:
			return ph.shape == ShapeURL || ph.shape == ShapeDomain || ph.shape == ShapeIP || ph.shape == ShapeCIDR || ph.shape == ShapePath || ph.shape == ShapeDirectory
		case classPhrase:
			return ph.class == ClassDirectory || ph.class == ClassURL || ph.class == ClassNetwork || ph.class == ClassHost
		case rolePhrase:
			return ph.role == RoleDestinationIP || ph.role == RoleDestinationHost || ph.role == RolePort || ph.role == RoleURL
		}
		return false
	}
	return false
}

// meant says whether a preposition starts a condition of its own: the noun after it is of the right class.
func (b *builder) meant(ph phrase, items []phrase, i int) bool {
	for _, next := range items[i+1:] {
		switch next.kind {
		case determinerPhrase, openPhrase, wordPhrase:
			continue
		case classPhrase:
			switch ph.relation {
			case during:
				return next.class == ClassTime || next.class == ClassApproval || next.class == ClassEnvironment
			case onHost:
				return next.class == ClassHost || next.class == ClassTime || next.class == ClassEnvironment
			}
			return next.class == ClassTool || next.class == ClassScript
		case valuePhrase:
			switch ph.relation {
			case during:
				return next.shape == ShapeTime || next.shape == ShapeSchedule
			case onHost:
				return b.cur.hasRole || b.p.noun == anyNoun && next.shape != ShapePath
			}
			return true
		case rolePhrase:
			return ph.relation == onHost && next.role == RoleHost || ph.relation == during && next.role == RoleTime
		}
		return false
	}
	return false
}

// active: "that monit starts", "where a known admin account started it".
func (b *builder) active(ph phrase, next *phrase) {
	if b.cur.hasRole && b.cur.blank() && !b.cur.hasOp && len(b.words) == 0 {
		b.start() // "a user called x.exe"
		b.object()
		return
	}
	if b.p.exclusion && len(b.words) == 1 && b.cur.blank() && !b.cur.hasRole && !describing(b.words[0].key) && !stopWords[b.words[0].key] && !b.open && !b.article {
		b.add(b.words[0]) // "that acmesync starts"
		b.words = nil
	}
	if next == nil && !b.chunk.opener || next != nil && next.kind == relationPhrase && (next.relation == byAgent || next.relation == to) {
		if len(b.cur.Values) > 0 || len(b.words) > 0 { // "mkfifo calls by x": a noun
			ph.subject = processNoun
			b.noun(ph)
			return
		}
	}
	slotBefore := b.slot
	b.slot = true
	if len(b.words) > 0 && !b.cur.hasRole && b.cur.Class == ClassNone {
		b.flushWords(false)
	} else {
		b.flushWords(true)
	}
	if (len(b.cur.Values) == 0 && b.cur.Class == ClassNone) || b.cur.hasOp {
		b.slot = slotBefore
		return
	}
	if b.cur.Role == RoleProcess && b.p.kind == KindProcess && len(b.cur.Values) > 0 {
		b.cur.hasRole, b.cur.Field = false, "" // "the process x starts y": x is the parent of what is found
	}
	if !b.cur.hasRole || b.cur.Role == RoleUser {
		b.cur.relation, b.cur.agent = byAgent, true
		b.cur.hasRole = b.cur.Role == RoleUser
	}
	b.cur.cover(ph.start, ph.end)
	b.start()
	b.object()
}

// object begins the object of an active verb: "monit starts netstat".
func (b *builder) object() {
	b.slot, b.acted = true, true
	b.cur.Role, b.cur.hasRole = RoleProcess, true
}
