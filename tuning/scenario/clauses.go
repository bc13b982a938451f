package scenario

import "fmt"

// parser reads the sentences of one section.
type parser struct {
	kind      Kind
	out       *Extraction
	exclusion bool // the text stands under a heading that says exclusion: != means "exclude this"

	sentence sentence
	noun     nounKind // what the current verb excludes
	subject  *term    // the last term that named a role: elided subjects take it
}

// chunk is what stands between two boundaries: connectives, commas and openers.
type chunk struct {
	items   []phrase
	or      bool // joined to the chunk before by "or"
	and     bool // joined by an explicit "and"
	comma   bool // a comma stands before it
	opener  bool // where, whose, with: a condition starts here
	narrows bool // limited to, plus: always a condition of its own
	with    bool // the opener is "with" or "having": the subject goes on
	verb    bool // starts with a verb of exclusion
	advice  bool
	negated bool // except, unless
	first   bool

	postposed bool // a role follows the values, here or at the end of the list: "x or y in the command line"
}

// document reads all sentences and joins them: sentences are alternatives, except that an illustration ("For
// instance: (expression)") replaces the prose before it.
func (p *parser) document(list []sentence) [][]Condition {
	var groups [][]Condition
	for _, s := range list {
		if len(list) > 1 && contrasts(s) {
			p.out.Notes = append(p.out.Notes, Note{Code: NoteKept, Span: s.span(), Message: "this sentence says what must keep firing: no condition was read from it"})
			continue
		}
		p.sentence, p.noun, p.subject = s, anyNoun, nil
		advice := len(p.out.Advice)
		illustrates := len(s.phrases) > 1 && s.phrases[0].kind == examplePhrase
		read := p.expression(s.phrases)
		if !p.exclusion && s.isCommand() {
			read = [][]Condition{{s.command()}}
		}
		if illustrates && len(groups) > 0 && len(read) > 0 {
			p.out.Notes = append(p.out.Notes, Note{Code: NoteIllustrated, Span: s.span(),
				Message: "the expression is read instead of the prose it illustrates"})
			groups = nil
		}
		if len(read) == 0 && p.exclusion && len(p.out.Advice) == advice {
			p.out.Notes = append(p.out.Notes, Note{Code: NoteUnreadSentence, Span: s.span(), Message: "no condition was found in this sentence"})
		}
		for _, group := range read {
			for i := range group {
				if c := &group[i]; c.Phrase == "" && c.Span.End > c.Span.Start && c.Span.Start >= s.base && c.Span.End-s.base <= len(s.text) {
					c.Phrase = s.text[c.Span.Start-s.base : c.Span.End-s.base]
				}
			}
		}
		groups = union(groups, read)
	}
	return p.bounded(groups)
}

func (p *parser) bounded(groups [][]Condition) [][]Condition {
	if len(groups) > maxGroups {
		p.out.Notes = append(p.out.Notes, Note{Code: NoteTooManyGroups, Message: fmt.Sprintf("only the first %d alternatives were kept", maxGroups)})
		groups = groups[:maxGroups]
	}
	return groups
}

// expression reads phrases as an OR of ANDs.
func (p *parser) expression(phrases []phrase) [][]Condition {
	var clauses []clause
	current := clause{}
	var carried chunk // connectives of a chunk that said nothing: "or those" + "having x"
	for i, c := range split(phrases) {
		c.first = i == 0
		if !c.or && !c.and {
			c.or, c.and, c.comma = carried.or, carried.and, c.comma || carried.comma
		}
		carried = chunk{}
		if c.verb && i > 0 && len(current.units) > 0 {
			clauses = append(clauses, current)
			current = clause{or: c.or}
			p.subject, p.noun = nil, anyNoun
		}
		if !p.chunk(c, &current) {
			carried = c
		}
	}
	clauses = append(clauses, current)
	return p.joinClauses(clauses)
}

// split cuts phrases into chunks.
func split(phrases []phrase) []chunk {
	var list []chunk
	current := chunk{}
	flush := func(next chunk) {
		if len(current.items) > 0 {
			list = append(list, current)
		} else { // nothing between two boundaries: they act together
			next.or, next.and, next.comma = next.or || current.or, next.and || current.and, next.comma || current.comma
			next.negated, next.narrows = next.negated || current.negated, next.narrows || current.narrows
		}
		current = next
	}
	for i, ph := range phrases {
		switch {
		case ph.kind == connectivePhrase && ph.text == ",":
			flush(chunk{comma: true})
		case ph.kind == connectivePhrase:
			flush(chunk{or: ph.or, and: !ph.or, narrows: ph.narrows})
		case ph.kind == openerPhrase:
			if len(current.items) == 1 && current.items[0].kind == verbPhrase && ph.key == "with" {
				continue // "FP with Zoom"
			}
			flush(chunk{opener: true, with: ph.key == "with" || ph.key == "having"})
		case ph.kind == negationPhrase && ph.narrows:
			flush(chunk{negated: true, and: true, opener: true})
		case ph.kind == verbPhrase && len(current.items) == 0 && (i == 0 || startsVerb(phrases[i-1])):
			current.verb = true
			current.items = append(current.items, ph)
		case ph.kind == advicePhrase && len(current.items) == 0:
			current.advice = true
			current.items = append(current.items, ph)
		case ph.kind == fillerPhrase && len(current.items) == 0:
			// "or simply …"
		default:
			current.items = append(current.items, ph)
		}
	}
	flush(chunk{})
	for i := len(list) - 1; i >= 0; i-- {
		list[i].postposed = postposes(list[i].items) ||
			i+1 < len(list) && list[i+1].postposed && (list[i+1].or || list[i+1].comma) && len(list[i].items) == 1
	}
	return list
}

// postposes: a word or value, then "in the ROLE", "as ROLE" or "is the ROLE".
func postposes(items []phrase) bool {
	if len(items) < 3 || items[0].kind != wordPhrase && items[0].kind != valuePhrase {
		return false
	}
	if !(items[1].kind == prepositionPhrase && (items[1].key == "in" || items[1].key == "as") || items[1].kind == opPhrase && items[1].op == Is && !items[1].exact) {
		return false
	}
	for _, ph := range items[2:] {
		if ph.kind != determinerPhrase {
			return ph.kind == rolePhrase
		}
	}
	return false
}

// startsVerb: a verb of exclusion is one only at the start of a clause, after a connective or a filler.
func startsVerb(before phrase) bool {
	return before.kind == connectivePhrase || before.kind == fillerPhrase || before.kind == verbPhrase || before.kind == examplePhrase
}

// chunk reads one chunk into the clause, and says whether it held anything.
func (p *parser) chunk(c chunk, into *clause) bool {
	if c.advice && len(c.items) > 1 {
		p.advise(c)
		into.afterAdvice = true
		return true
	}
	if into.afterAdvice && !c.verb && !c.opener && !hasCondition(c.items) {
		last := &p.out.Advice[len(p.out.Advice)-1]
		base := p.sentence.base
		last.Span.End = base + c.items[len(c.items)-1].end
		last.Text = p.sentence.text[last.Span.Start-base : last.Span.End-base]
		return true
	}
	into.afterAdvice = false
	if p.continues(c, into) {
		return true
	}
	if illustrates(c) && len(into.units) > 0 {
		p.out.Notes = append(p.out.Notes, Note{Code: NoteIllustrated, Span: p.sentence.span(),
			Message: "the expression is read instead of the prose it illustrates"})
		into.units = nil
	}
	exampleOf := -1
	if c.items[0].kind == examplePhrase && len(into.units) > 0 && into.lastTerm() != nil && len(into.lastTerm().Values) == 0 {
		exampleOf = len(into.units) - 1 // "known patterns, such as anything below x": what follows says more
	}
	b := builder{p: p, chunk: c, slot: c.verb || c.with || c.narrows || c.postposed || c.first && !c.opener, negated: c.negated}
	for i := 0; i < len(c.items); i++ {
		i += b.phrase(c.items, i)
	}
	b.close()
	if b.adviceOnly {
		p.advise(c)
	}
	if exampleOf >= 0 && len(b.done) > 0 {
		before := into.units[exampleOf]
		into.units = into.units[:exampleOf]
		c.or, c.and, c.comma = before.or, false, false
		for i := range b.done {
			b.done[i].Open = true
		}
	}
	into.add(c, b)
	return len(b.done) > 0 || b.sub != nil || b.adviceOnly
}

// illustrates: "such as: (expression)".
func illustrates(c chunk) bool {
	if len(c.items) == 0 || c.items[0].kind != examplePhrase {
		return false
	}
	for _, ph := range c.items[1:] {
		if ph.kind == groupPhrase {
			return isExpression(ph.children)
		}
		if ph.kind != opPhrase || ph.text != ":" {
			return false
		}
	}
	return false
}

func (p *parser) advise(c chunk) {
	s := Span{c.items[0].start, c.items[len(c.items)-1].end}
	p.out.Advice = append(p.out.Advice, Phrase{Text: p.sentence.text[s.Start:s.End], Span: Span{p.sentence.base + s.Start, p.sentence.base + s.End}})
}

// hasCondition: a role with an operator, which makes a chunk a condition whatever stands before it.
func hasCondition(items []phrase) bool {
	role := false
	for _, ph := range items {
		if ph.kind == rolePhrase {
			role = true
		}
		if role && ph.kind == opPhrase {
			return true
		}
	}
	return false
}

// continues attaches a chunk to the list of values before it when it has no predicate of its own, and says whether
// it did.
func (p *parser) continues(c chunk, into *clause) bool {
	if c.opener || c.verb || c.narrows || c.negated || len(into.units) == 0 {
		return false
	}
	last := into.lastTerm()
	if last == nil || !last.takesMore {
		return false
	}
	for i, ph := range c.items {
		switch ph.kind {
		case opPhrase, activePhrase:
			return false
		case relationPhrase:
			if !ph.weak || i == 0 {
				return false
			}
		case rolePhrase:
			if ph.class == ClassNone || i+1 < len(c.items) || i == 0 {
				return false
			}
		case nounPhrase:
			if i+1 < len(c.items) {
				return false
			}
		case prepositionPhrase:
			if i > 0 && i+1 < len(c.items) && (c.items[i+1].kind == rolePhrase || c.items[i+1].kind == determinerPhrase) {
				return false
			}
		case groupPhrase:
			if isExpression(ph.children) && i == 0 {
				return false
			}
		}
	}
	if last.Open && len(last.Values) == 0 && otherClass(last, c.items) {
		return false // "a development environment or specific project directory": two conditions
	}
	b := builder{p: p, chunk: c, slot: true, continued: true, cur: term{Condition: Condition{Role: last.Role, Operator: last.Operator}}}
	b.cur.hasOp = last.hasOp
	b.examples = last.examples
	for i := 0; i < len(c.items); i++ {
		i += b.phrase(c.items, i)
	}
	b.flushWords(false)
	more := b.cur
	if len(more.Values) == 0 && !more.Open && more.Class == ClassNone && !b.similar {
		if len(b.residue) == 0 {
			return false
		}
		if last.hasOp || last.Open {
			last.Open = true // an alternative that could not be read as a value
		}
	}
	if c.and && last.Operator == Contains && !last.examples && textual(last.Role) && !last.Negated {
		last.All = true
	}
	if len(more.Values) > 0 && (more.Open || more.Class != ClassNone) && len(last.Values) == 0 && last.Class == ClassNone {
		last.Class = more.Class
	}
	if !last.hasRole && last.relation == noRelation && len(more.Values) > 0 && more.Class != ClassNone {
		last.Class, last.noun = more.Class, more.noun
	}
	last.tree = last.tree || more.tree
	last.Values = append(last.Values, more.Values...)
	last.Open = last.Open || more.Open || (len(more.Values) == 0 && more.Class != ClassNone) || b.similar
	if last.Class == ClassNone {
		last.Class = more.Class
	}
	last.examples = last.examples || b.examples
	last.cover(c.items[0].start, c.items[len(c.items)-1].end)
	if !last.hasRole && !last.elided {
		last.resolve(p.kind, p.noun, last.chunk, p.subject)
	}
	return true
}

// otherClass says whether the chunk is a class of another role than the term's.
func otherClass(last *term, items []phrase) bool {
	noun := items[len(items)-1]
	if last.hasRole && last.relation == noRelation || last.Class == ClassNone {
		return false
	}
	if noun.kind != classPhrase && !(noun.kind == rolePhrase && noun.class != ClassNone) {
		return false
	}
	for _, ph := range items {
		if ph.kind == valuePhrase || ph.kind == groupPhrase || ph.kind == examplePhrase || ph.kind == similarPhrase {
			return false
		}
	}
	switch noun.class {
	case ClassPattern, ClassFile, last.Class:
		return false
	}
	return noun.role != last.Role && noun.role != last.noun && noun.class != ClassService
}

// textual says whether values of the role are searched in a text, so that two of them can be there at once.
func textual(role Role) bool {
	switch role {
	case RoleCommandLine, RoleParentCommandLine, RoleScript, RoleURL, RoleFile, RoleRegistryKey, RoleOther, RoleField, RoleUnstated:
		return true
	}
	return false
}

// isExpression says whether the phrases hold a comparison with a named role.
func isExpression(phrases []phrase) bool {
	for i, ph := range phrases {
		if ph.kind == rolePhrase && i+1 < len(phrases) {
			for _, after := range phrases[i+1:] {
				if after.kind == opPhrase || after.kind == relationPhrase {
					return true
				}
			}
		}
		if ph.kind == groupPhrase && isExpression(ph.children) {
			return true
		}
	}
	return false
}
