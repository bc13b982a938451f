package scenario

import "strings"

// flushWords decides what the plain words read so far are: values, or a description. beforeClass says that a class
// noun follows: "monit service" names monit, "monitoring service" names nothing.
func (b *builder) flushWords(beforeClass bool) {
	words := b.words
	b.words = nil
	if len(words) == 0 {
		return
	}
	for len(words) > 0 && stopWords[words[0].key] && !b.toolHere(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	if !b.canHold() || len(b.cur.Values) > 0 && b.prep != "" && !b.examples && !b.continued {
		b.residue = append(b.residue, words...)
		return
	}
	switch {
	case len(words) == 1:
		if b.nameable(words[0], beforeClass) {
			b.add(words[0])
			return
		}
	case b.allNames(words) && !beforeClass && !b.open:
		joined := words[0]
		joined.end = words[len(words)-1].end
		joined.text, joined.shape, joined.kind = b.p.sentence.text[joined.start:joined.end], ShapeName, valuePhrase
		b.add(joined)
		return
	case b.toolHere(words[0]) && !beforeClass && (b.cur.hasOp || b.examples):
		joined := words[0]
		joined.end = words[len(words)-1].end
		joined.text, joined.shape = b.p.sentence.text[joined.start:joined.end], ShapeCommand
		b.add(joined)
		return
	case b.toolHere(words[0]) && !beforeClass:
		b.add(words[0])
		b.residue = append(b.residue, words[1:]...)
		return
	case beforeClass && b.nameable(words[len(words)-1], true) && !b.open && len(words) <= 2:
		b.residue = append(b.residue, words[:len(words)-1]...)
		b.add(words[len(words)-1])
		return
	}
	b.residue = append(b.residue, words...)
	if b.cur.hasOp || b.cur.relation != noRelation {
		b.cur.Open = true // an object in words that name no value
		b.cur.cover(words[0].start, words[len(words)-1].end)
	}
}

// canHold says whether plain words can be values here.
func (b *builder) canHold() bool {
	return b.slot || b.examples || b.cur.hasOp || b.cur.relation != noRelation || b.cur.hasRole || b.continued
}

// allNames: capitalised words that form one name, "Macro Recorder". A sentence's first word does not count.
func (b *builder) allNames(words []phrase) bool {
	if !(b.cur.hasOp || b.examples || b.cur.relation != noRelation || b.noted) {
		return false
	}
	for _, w := range words {
		if !capitalised(w.text) {
			return false
		}
	}
	return true
}

// toolHere says whether the word is a command's name in a place where a command can stand.
func (b *builder) toolHere(ph phrase) bool {
	known, plain := isTool(ph.text)
	if !known || b.open || b.article {
		return false
	}
	return plain || b.started || b.cur.hasOp || b.examples || b.chunk.verb || b.cur.relation != noRelation || b.continued
}

// nameable says whether one plain word is a value where it stands.
func (b *builder) nameable(ph phrase, beforeClass bool) bool {
	if b.toolHere(ph) && !(beforeClass && genericModifier(ph.key)) || ph.shape == ShapeIdentifier {
		return !b.open || ph.shape == ShapeIdentifier
	}
	if stopWords[ph.key] || b.open {
		return false
	}
	if !b.cur.exact && (b.cur.Role == RoleOther || b.cur.Role == RoleUnstated && b.cur.hasRole) {
		return false // "observations are rare"
	}
	if !b.p.exclusion && !b.open && !b.article && inCamelCase(ph.text) && len(b.cur.Values) == 0 {
		return true // no English word is written so
	}
	if !b.p.exclusion && !b.cur.exact && !b.noted && !(b.cur.hasRole && b.cur.hasOp && !b.cur.elided && !describing(ph.key)) {
		return false // a description, no list of what to exclude: only names count
	}
	if beforeClass {
		return !b.article && !genericModifier(ph.key) && (b.examples || b.definite || b.cur.relation == byAgent || b.cur.relation == memberOf)
	}
	switch {
	case b.chunk.postposed && b.cur.blank() && !b.cur.hasOp:
		return !describing(ph.key) && !b.article
	case b.examples, b.cur.exact:
		return true
	case b.cur.hasOp:
		return !b.article && !(b.cur.Operator == Is && describing(ph.key))
	case b.cur.hasRole:
		return !b.article && !describing(ph.key) && b.prep == "" && (b.ends || !verbLike(ph.key))
	case b.continued:
		return b.cur.Role != "" && !describing(ph.key) && !b.article
	case b.cur.loose && b.cur.relation == byAgent:
		return false // "approved by management"
	case b.cur.relation == byAgent || b.cur.relation == childOf || b.cur.relation == runAs:
		return !b.article && !describing(ph.key)
	case b.cur.relation != noRelation:
		return !b.article && (capitalised(ph.text) || ph.product != "")
	}
	// the object of a verb alone: "FP with acmesync" names something, "Exclude noise" does not
	return b.noted && b.cur.blank() && !describing(ph.key) && !b.article
}

// group reads something in parentheses: examples, an expression, or a gloss.
func (b *builder) group(ph phrase) {
	children := ph.children
	named := !b.cur.blank() || b.cur.hasRole || b.open || len(b.words) > 0
	b.flushWords(false)
	lead := len(children) > 0 && children[0].kind == examplePhrase
	if isExpression(children) {
		b.expressionGroup(ph, lead, named)
		return
	}
	if role, ok := glossRole(children); ok {
		// "started by /usr/bin/x (visible in the parent command line)"
		if len(b.cur.Values) > 0 && role != RoleUser {
			b.cur.Role, b.cur.hasRole, b.cur.relation, b.cur.hasOp, b.cur.Operator = role, true, noRelation, false, ""
			b.cur.cover(ph.start, ph.end)
		}
		return
	}
	if !b.p.exclusion && !lead && len(b.cur.Values) > 0 && onlyValues(children) && children[0].shape.located() {
		names := true
		for _, v := range b.cur.Values {
			names = names && (v.Product != "" || v.Shape == ShapeName)
		}
		if names {
			b.cur.Values = nil // "the Acme folder (C:\Acme\)": the path is what the name stands for
		}
	}
	listed := b.cur.hasOp && len(b.cur.Values) == 0 && !b.cur.Open && b.cur.Class == ClassNone && !lead
	if !(lead || listed || (len(b.cur.Values) == 0 && named && onlyValues(children))) {
		b.gloss(ph)
		return
	}
	skip := b.skip
	b.skip = false
	if !listed {
		wasOpen := b.cur.Open
		b.examples, b.cur.examples = true, true
		b.cur.Open = wasOpen || lead || b.cur.Class != ClassNone
		if b.cur.hasRole && b.cur.Class == ClassNone && !lead {
			b.cur.Open = wasOpen
		}
	}
	b.slot = true
	class, open := b.cur.Class, b.open
	b.open, b.article, b.definite = false, false, false
	for i, child := range children {
		if alone(children, i) {
			child.entry = entry{} // a word of the vocabulary as one item of the list: "(e.g., root, admin)"
		}
		switch child.kind {
		case valuePhrase:
			b.flushWords(false)
			b.add(child)
		case wordPhrase:
			b.words = append(b.words, child)
		case connectivePhrase:
			b.flushWords(false)
		case classPhrase:
			if child.class == ClassPrivilege || child.class == ClassPattern {
				b.residue, b.words = append(b.residue, b.words...), nil
			}
			b.flushWords(true)
		case verbPhrase, advicePhrase, rolePhrase, nounPhrase, activePhrase, openPhrase:
			if child.kind == rolePhrase && child.class != ClassNone {
				b.flushWords(true)
				continue
			}
			b.words = append(b.words, child)
		case groupPhrase:
			b.flushWords(false)
			b.gloss(child)
		case similarPhrase:
			b.flushWords(false)
			b.similar = true
		}
	}
	b.flushWords(false)
	b.cur.Class, b.skip = class, skip
	if open {
		b.cur.Open = true
	}
	b.cur.cover(ph.start, ph.end)
	if !listed {
		b.examples = false
	}
}

// expressionGroup: "(a == 1 and b == 2)" is a part of the expression; "(e.g., src_ip IN (…))" gives the class
// before it a field and values.
func (b *builder) expressionGroup(ph phrase, lead, named bool) {
	children := ph.children
	if lead {
		children = children[1:]
	}
	subject, noun := b.p.subject, b.p.noun
	groups := b.p.expression(children)
	b.p.subject, b.p.noun = subject, noun
	if len(groups) == 0 {
		b.gloss(ph)
		return
	}
	if !named || (!lead && b.cur.blank() && !b.cur.hasRole && b.cur.relation == noRelation) {
		b.sub = product(b.sub, groups)
		return
	}
	c := groups[0][0]
	if b.cur.hasRole && b.cur.Role != c.Role && len(b.cur.Values) > 0 {
		b.gloss(ph)
		return
	}
	b.cur.Role, b.cur.hasRole, b.cur.relation, b.cur.Field = c.Role, true, noRelation, c.Field
	b.cur.Operator, b.cur.hasOp = c.Operator, c.Stated
	b.cur.Negated = c.Negated
	for _, v := range c.Values {
		v.Example = true
		b.cur.Values = append(b.cur.Values, v)
	}
	b.cur.Open, b.cur.examples = true, true
	b.cur.cover(ph.start, ph.end)
}

// glossRole: parentheses that name where something is seen, "(visible in the parent command line)".
func glossRole(children []phrase) (Role, bool) {
	role, found := Role(""), false
	for _, c := range children {
		switch c.kind {
		case rolePhrase:
			if found {
				return "", false
			}
			role, found = c.role, true
		case fillerPhrase, prepositionPhrase, determinerPhrase:
		default:
			return "", false
		}
	}
	return role, found && role != RoleProcess
}

// onlyValues: values, names and connectives, nothing that makes it a remark.
func onlyValues(children []phrase) bool {
	found := false
	for _, c := range children {
		switch c.kind {
		case valuePhrase:
			found = true
		case connectivePhrase:
		case wordPhrase:
			if stopWords[c.key] {
				return false
			}
			known, _ := isTool(c.text)
			found = found || known
		default:
			return false
		}
	}
	return found
}

// alone: a single word between the separators of a list.
func alone(children []phrase, i int) bool {
	switch children[i].kind {
	case classPhrase, rolePhrase, nounPhrase, activePhrase, verbPhrase, advicePhrase:
	default:
		return false
	}
	separator := func(ph phrase) bool { return ph.kind == connectivePhrase || ph.kind == examplePhrase }
	return (i == 0 || separator(children[i-1])) && (i+1 == len(children) || separator(children[i+1])) && !strings.Contains(children[i].text, " ")
}

func (b *builder) gloss(ph phrase) {
	base := b.p.sentence.base
	b.p.out.Notes = append(b.p.out.Notes, Note{Code: NoteGloss, Span: Span{base + ph.start, base + ph.end},
		Message: "a remark in parentheses, not read as a condition"})
	b.cur.cover(b.cur.from, b.cur.to)
}
