package scenario

import "strings"

// term is a condition while it is read. Its offsets are into the sentence's text until settle.
type term struct {
	Condition
	from, to  int // covered bytes
	relation  relation
	relSub    Role // the role the relation is about: "the parent is located in"
	hasRole   bool
	hasOp     bool
	exact     bool  // written as an expression: ==, CONTAINS
	field     bool  // the role was written as a field's name
	colon     bool  // the operator was a colon
	unequal   bool  // the operator was !=
	elided    bool  // the subject was taken from the term before
	postposed bool  // the role stands after the values: "x in the command line"
	examples  bool  // values are examples
	tree      bool  // "in the process tree"
	takesMore bool  // a following chunk without predicate continues its values
	head      bool  // from the verb's object: it holds for all alternatives of the clause
	agent     bool  // the subject of an active verb
	loose     bool  // the relation is a mere preposition
	about     Class // of a subject that has no role: "an approved ticket exists"
	asked     Role  // the role before its class changed it: what an elided subject is
	noun      Role  // the role of the class noun
	chunk     chunk

	alternative bool // a class that continues the list of classes before it
}

func (t *term) cover(start, end int) {
	if t.to == 0 && t.from == 0 || start < t.from {
		t.from = start
	}
	t.to = max(t.to, end)
}

func (t *term) blank() bool {
	return len(t.Values) == 0 && !t.Open && t.Class == ClassNone && !t.Operator.bare()
}

// builder reads the phrases of one chunk into terms.
type builder struct {
	p       *parser
	chunk   chunk
	cur     term
	done    []term
	sub     [][]Condition // a parenthesised expression
	words   []phrase      // plain words not yet understood
	residue []phrase      // plain words that were understood as no value
	subject []phrase      // words before an operator: an unknown subject

	lacks Operator // what the next role is said to be: "null", "empty"

	slot       bool // a plain word here can be a value
	examples   bool
	open       bool // "known", "trusted": the next noun is a class
	article    bool // "a"
	definite   bool // "the"
	prep       string
	copula     bool // values, then "is": a role may follow
	negated    bool
	similar    bool
	skip       bool // the rest is a purpose: "to check …"
	continued  bool
	adviceVerb bool
	adviceOnly bool
	ends       bool // nothing follows in the chunk
	noted      bool // a note on a false positive: "FP with x"
	acted      bool // after an active verb: "starts it"
	started    bool // before "started by": "cat started by x"
	role       Role // a role that was named without a value
}

// phrase reads items[i] and returns how many further items it took.
func (b *builder) phrase(items []phrase, i int) int {
	ph := items[i]
	if b.skip && ph.kind != relationPhrase && ph.kind != groupPhrase {
		return 0
	}
	switch ph.kind {
	case fillerPhrase:
	case determinerPhrase:
		b.flushWords(false)
		b.article, b.definite = ph.article, !ph.article
	case prepositionPhrase:
		b.preposition(ph, items[i+1:])
	case verbPhrase, advicePhrase:
		b.verb(ph, items, i)
	case openPhrase:
		b.flushWords(false)
		b.open = true
		b.cur.cover(ph.start, ph.end)
	case examplePhrase:
		b.flushWords(false)
		if i == 0 && illustrates(b.chunk) {
			return 0
		}
		b.examples, b.slot, b.cur.examples = true, true, true
		b.cur.Open = b.cur.Open || i > 0 || b.continued
		if i+1 < len(items) && items[i+1].kind == opPhrase && items[i+1].text == ":" {
			return 1
		}
	case similarPhrase:
		b.words, b.similar, b.cur.Open = nil, true, true
		b.cur.cover(ph.start, ph.end)
	case negationPhrase:
		if (ph.key == "no" || ph.key == "without") && i+2 == len(items) && items[i+1].kind == rolePhrase {
			b.lacks = NullOrEmpty // "without a parent"
			return 0
		}
		b.flushWords(false)
		if len(b.cur.Values) > 0 {
			b.start()
			b.inherit()
		}
		b.negated = !b.negated
		b.cur.cover(ph.start, ph.end)
	case treePhrase:
		b.flushWords(false)
		b.cur.tree = true
		b.cur.cover(ph.start, ph.end)
	case nounPhrase:
		b.noun(ph)
	case classPhrase:
		b.class(ph, items, i)
	case rolePhrase:
		b.rolePhrase(ph, items, i)
		if b.lacks != "" && b.cur.hasRole && b.cur.blank() {
			b.cur.Operator, b.cur.hasOp = b.lacks, true
		}
		b.lacks = ""
	case opPhrase:
		b.operator(ph, items, i)
	case relationPhrase:
		b.relate(ph, items, i)
	case activePhrase:
		var next *phrase
		if i+1 < len(items) {
			next = &items[i+1]
		}
		b.active(ph, next)
	case valuePhrase:
		if n := len(b.cur.Values); n > 0 && (b.cur.Role == RoleCommandLine || b.cur.Role == RoleParentCommandLine) && b.cur.hasOp && ph.adjacent && len(b.words) == 0 && i > 0 && items[i-1].kind == valuePhrase && !items[i-1].quoted {
			last := &b.cur.Values[n-1] // `includes -volname "Acme Desktop"`: one part of the line
			base := b.p.sentence.base
			last.Span.End = base + ph.end
			last.Text, last.Shape, last.Quoted = b.p.sentence.text[last.Span.Start-base:ph.end], ShapeCommand, true
			b.cur.cover(ph.start, ph.end)
			return 0
		}
		b.flushWords(ph.shape == ShapeFlag)
		b.add(ph)
	case groupPhrase:
		b.group(ph)
	default:
		if lack := lacking(ph.key); lack != "" {
			switch {
			case i+1 < len(items) && items[i+1].kind == rolePhrase && b.cur.blank() && !b.cur.hasRole:
				b.lacks = lack // "null parent"
				return 0
			case b.cur.hasRole && b.cur.hasOp && b.cur.Operator == Is && len(b.cur.Values) == 0 && !b.negated:
				b.cur.Operator = lack // "ParentImage: null"
				b.cur.cover(ph.start, ph.end)
				return 0
			}
		}
		b.words = append(b.words, ph)
	}
	return 0
}

// lacking is the operator of a word for a field without a value, or empty.
func lacking(word string) Operator {
	switch word {
	case "null", "missing", "unset":
		return Null
	case "empty", "blank":
		return Empty
	}
	return ""
}

func (b *builder) verb(ph phrase, items []phrase, i int) {
	switch {
	case ph.key == "use" && (i > 0 || b.chunk.opener):
		ph.entry = entry{kind: relationPhrase, relation: calls}
		b.relate(ph, items, i)
		return
	case i == 0 && ph.kind == verbPhrase:
		b.adviceVerb, b.noted, b.slot = ph.advice, ph.note, true
		return
	case b.chunk.verb && ph.kind == verbPhrase && b.cur.blank() && len(b.words) == 0 && (i == 1 || b.noted):
		b.noted = b.noted || ph.note
		return // "filter FP"
	case ph.note && b.chunk.first && len(b.words) == 1 && b.cur.blank() && !describing(b.words[0].key) && !stopWords[b.words[0].key]:
		b.add(b.words[0]) // "acmesync FP"
		b.words = nil
		return
	}
	ph.entry = entry{} // a noun here: "a health check", "an update"
	b.words = append(b.words, ph)
}

func (b *builder) add(ph phrase) {
	if n := len(b.cur.Values); n > 0 && ph.adjacent && b.cur.Values[n-1].Product != "" && (ph.shape == ShapeFileName || ph.shape == ShapePath) {
		b.cur.Values = b.cur.Values[:n-1] // "Dell ServiceShell.exe": the file is the value
	}
	if b.noted && strings.HasPrefix(ph.text, "filter_") {
		return // the name of a filter
	}
	if ph.shape == ShapeSchedule && b.cur.Role != RoleTime && b.cur.Role != RoleJob && b.cur.Role != RoleCommandLine {
		b.cur.Open = true // "*/5 * * * *" is how a schedule is written, and no name of anything in an event
		b.cur.cover(ph.start, ph.end)
		return
	}
	text, start := ph.text, ph.start
	if ph.quoted {
		start = ph.inner
	}
	if ph.quoted && b.cur.hasOp && b.cur.Operator == Contains {
		if trimmed := strings.TrimSuffix(text, "%"); trimmed != text {
			text = trimmed
		}
		if trimmed := strings.TrimPrefix(text, "%"); trimmed != text && trimmed != "" {
			start += len(text) - len(trimmed)
			text = trimmed
		}
	}
	if text == "" {
		return
	}
	shape := ph.shape
	if text != ph.text {
		shape = shapeOf(text)
	}
	base := b.p.sentence.base
	b.cur.Values = append(b.cur.Values, Value{Text: text, Span: Span{base + start, base + start + len(text)}, Shape: shape,
		Quoted: ph.quoted, Example: b.examples, Product: ph.product})
	b.cur.cover(ph.start, ph.end)
	if b.open {
		b.cur.Open, b.open = true, false
	}
	b.article, b.definite = false, false
}

// start closes the current term and begins a new one.
func (b *builder) start() {
	b.settle()
	b.cur = term{}
	b.copula, b.prep, b.open, b.article = false, "", false, false
	b.examples = false
}

// settle ends the current term: a term that says nothing is dropped, the others get their role and operator.
func (b *builder) settle() {
	if b.negated && !b.cur.blank() {
		b.cur.Negated = true
		b.negated = b.chunk.negated
	}
	if b.cur.blank() {
		return
	}
	b.resolve()
	b.done = append(b.done, b.cur)
	if b.cur.Role != RoleUnstated && b.cur.Role != RoleOther || b.cur.hasRole {
		last := b.cur
		b.p.subject = &last
	}
}

// close ends the chunk.
func (b *builder) close() {
	b.ends = true
	b.flushWords(false)
	b.settle()
	b.noteUnread()
	if len(b.done) > 0 || b.sub != nil {
		if n := len(b.done); n == 1 && b.done[0].Role == RoleOther && len(b.done[0].Values) == 0 {
			items := b.chunk.items
			b.done[0].cover(items[0].start, items[len(items)-1].end)
		}
		if b.cur.blank() && b.cur.hasRole && !b.cur.hasOp && !b.acted {
			last := b.cur
			b.p.subject = &last // "curl command lines" + "that contain"
		}
		return
	}
	if b.cur.hasRole && b.chunk.verb && b.adviceVerb {
		b.adviceOnly = true
		return
	}
	if b.cur.hasRole && !b.cur.hasOp { // "curl command lines" + "that contain": a subject for what follows
		last := b.cur
		b.p.subject = &last
		if last.Role == RoleOther || !b.chunk.opener {
			return
		}
	}
	content := len(b.residue) + len(b.subject)
	if (b.chunk.opener || b.chunk.and || b.chunk.or || b.chunk.narrows) && (content > 0 || b.cur.hasOp || b.cur.relation != noRelation) {
		t := term{Condition: Condition{Role: RoleOther, Operator: Is, Open: true, Negated: b.negated, Class: b.cur.about}}
		if b.cur.hasRole {
			t.Role, t.Field, t.hasRole = b.cur.Role, b.cur.Field, true
		}
		items := b.chunk.items
		t.cover(items[0].start, items[len(items)-1].end)
		b.done = append(b.done, t)
	} else if b.adviceVerb {
		b.adviceOnly = true
	}
}

// sometime are words for how often something is done, which no event says and no condition needs.
var sometime = wordSet("last first often always regularly sometimes again once twice early late each")

// noteUnread reports words after a condition's values that were not understood: they may have limited it.
func (b *builder) noteUnread() {
	if len(b.done) == 0 || len(b.residue) == 0 {
		return
	}
	base := b.p.sentence.base
	for _, w := range b.residue {
		inside := false
		for _, t := range b.done {
			inside = inside || w.start >= t.from && w.start < t.to // described a class: "monitoring agent"
		}
		for _, t := range b.done {
			if n := len(t.Values); !inside && n > 0 && w.start >= t.Values[n-1].Span.End-base && !stopWords[w.key] && !sometime[w.key] && !strings.HasSuffix(w.key, "ly") && len(Content(w.text)) > 0 {
				last := b.residue[len(b.residue)-1]
				b.p.out.Notes = append(b.p.out.Notes, Note{Code: NoteUnreadWords, Span: Span{base + w.start, base + max(w.end, last.end)},
					Message: "these words were not understood; if they limit the exclusion, say so in a condition of their own"})
				return
			}
		}
	}
}
