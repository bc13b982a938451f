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
	return len(t.Values) == 0 && !t.Open && t.Class == ClassNone && t.Operator != Exists
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
	noted      bool // a note on a false positive: "FP with x"
	acted      bool // after an active verb: "starts it"
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
	case opPhrase:
		b.operator(ph, items, i)
	case relationPhrase:
		b.relate(ph, items, i)
	case activePhrase:
		b.active(ph)
	case valuePhrase:
		b.flushWords(ph.shape == ShapeFlag)
		b.add(ph)
	case groupPhrase:
		b.group(ph)
	default:
		b.words = append(b.words, ph)
	}
	return 0
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
	case ph.note && b.chunk.first && len(b.words) == 1 && b.cur.blank() && !genericModifier(b.words[0].key) && !stopWords[b.words[0].key]:
		b.add(b.words[0]) // "acmesync FP"
		b.words = nil
		return
	}
	ph.entry = entry{} // a noun here: "a health check", "an update"
	b.words = append(b.words, ph)
}

func (b *builder) preposition(ph phrase, after []phrase) {
	if ph.key == "for" && !b.continued {
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

// noun: what is excluded ("curl calls", "processes"). A tool before it is the process.
func (b *builder) noun(ph phrase) {
	toolBefore := ph.subject == processNoun || ph.key == "traffic" || ph.key == "requests" || ph.key == "connections"
	if len(b.words) > 0 && toolBefore {
		last := b.words[len(b.words)-1]
		if known, _ := isTool(last.text); known || last.product != "" {
			b.add(last)
		} else {
			b.residue = append(b.residue, last)
		}
		b.words = nil
	} else if len(b.words) > 0 {
		b.residue, b.words = append(b.residue, b.words...), nil
	}
	if n := len(b.cur.Values); n > 0 && !b.cur.hasRole && !b.cur.hasOp && b.cur.relation == noRelation && ph.subject == objectNoun && !toolBefore &&
		ph.adjacent && b.cur.Values[n-1].Product != "" && !b.cur.Values[n-1].Quoted {
		b.cur.Values = b.cur.Values[:n-1] // "cron files": what kind of files, not who
	}
	if len(b.cur.Values) > 0 && !b.cur.hasRole && !b.cur.hasOp && b.cur.relation == noRelation && ph.subject == processNoun {
		b.cur.Role, b.cur.hasRole = RoleProcess, true
		b.cur.cover(ph.start, ph.end)
	}
	if b.cur.blank() && !b.cur.hasRole {
		b.p.noun = ph.subject
		b.open, b.article, b.definite = false, false, false
	}
}

func (b *builder) class(ph phrase, items []phrase, i int) {
	if b.cur.Operator == Exists || b.acted && b.definite {
		return // "manages the task": what is excluded, named again
	}
	if modifies(ph, items[i+1:]) {
		b.flushWords(true)
		b.cur.cover(ph.start, ph.end)
		return // "admin tools": the last noun counts
	}
	if describes[ph.class] {
		b.residue, b.words = append(b.residue, b.words...), nil
	}
	if n := len(b.cur.Values); n > 0 && describes[ph.class] && items[max(0, i-1)].kind == valuePhrase && !items[i-1].quoted &&
		(b.cur.Values[n-1].Product != "" || !b.cur.Values[n-1].Shape.artefact()) {
		b.cur.Values = b.cur.Values[:n-1] // "logrotate configuration files", "sudo context"
		b.cur.Open = true
	}
	before := len(b.cur.Values)
	b.flushWords(true)
	named := len(b.cur.Values) > before || before > 0 && !b.examples && !b.open && i > 0 && items[i-1].kind == valuePhrase
	b.cur.cover(ph.start, ph.end)
	if !b.cur.hasRole && b.cur.relation == noRelation && !named && len(b.cur.Values) == 0 && !b.open && i+1 < len(items) && startsPredicate(items[i+1]) && !b.examples {
		b.cur.Role, b.cur.hasRole, b.cur.Field = ph.role, true, ph.text
		if ph.role == RoleOther {
			b.subject = append(b.residue, ph)
			b.cur.about = ph.class
		}
		b.cur.Class = ClassNone
		b.prep = ""
		return
	}
	if ph.class == ClassPattern && (b.cur.hasRole || b.cur.Class != ClassNone) {
		b.cur.Open = b.cur.Open || b.open
		return
	}
	if b.cur.Class == ClassNone || b.cur.Class == ClassPattern {
		b.cur.Class = ph.class
	}
	if !named || b.open {
		b.cur.Open = true
	}
	b.cur.noun = ph.role
	b.open, b.article = false, false
	b.slot = b.slot || b.cur.hasOp || b.cur.relation != noRelation
}

// modifies says whether a noun only describes the next one: "vendor update ranges", "service changes".
func modifies(ph phrase, after []phrase) bool {
	for _, next := range after {
		switch next.kind {
		case classPhrase:
			return true
		case nounPhrase:
			return next.subject == objectNoun && ph.class != ClassUser && ph.class != ClassHost && ph.class != ClassGroup && ph.class != ClassTime
		case wordPhrase, verbPhrase, advicePhrase:
			if next.kind == wordPhrase && verbLike(next.key) {
				return false
			}
		default:
			return false
		}
	}
	return false
}

// describes are classes whose noun takes a name as description: the "sudo context" is not sudo.
var describes = map[Class]bool{ClassPrivilege: true, ClassFile: true, ClassTime: true, ClassApproval: true, ClassEnvironment: true, ClassPattern: true,
	ClassDirectory: true}

// startsPredicate: an operator follows the noun, so the noun is a subject.
func startsPredicate(ph phrase) bool {
	return ph.kind == opPhrase || ph.kind == relationPhrase && !ph.weak || ph.kind == negationPhrase
}

func (b *builder) rolePhrase(ph phrase, items []phrase, i int) {
	role := ph.role
	if other, ok := ph.in[b.p.kind]; ok {
		role = other
	}
	cur := &b.cur
	asClass := ph.class != ClassNone && ph.role != RoleParent && !ph.exact
	objectOfOp := cur.hasRole && cur.hasOp && len(cur.Values) == 0
	switch {
	case asClass && (b.open || (objectOfOp && role == RoleUser && cur.Role != RoleOther)) && !(i+1 < len(items) && items[i+1].kind == opPhrase && items[i+1].exact):
		ph.kind, ph.entry.role = classPhrase, role
		if cur.relation == byAgent || cur.relation == launchedFrom {
			cur.Role, cur.hasRole, cur.relation = role, true, noRelation
		}
		b.class(ph, items, i)
		return
	}
	b.flushWords(false)
	switch {
	case cur.relation != noRelation && cur.blank():
		b.roleOfRelation(role)
	case len(cur.Values) > 0 && (!cur.hasRole || b.copula):
		direct := b.prep == "" && !b.copula
		if direct && textual(role) { // "curl command lines"
			cur.Role, cur.hasRole = RoleProcess, true
			b.start()
			b.cur.Role, b.cur.hasRole = role, true
		} else {
			cur.Role, cur.hasRole, cur.postposed = role, true, true
			cur.hasOp = false
			cur.Operator = ""
		}
	case len(cur.Values) > 0 && cur.hasRole && !cur.hasOp && direct(b.prep) && textual(role):
		b.start()
		b.cur.Role, b.cur.hasRole = role, true
	case len(cur.Values) > 0 && cur.hasRole:
		if b.prep == "in" || b.prep == "as" { // a second location: keep the first
			return
		}
		b.start()
		b.cur.Role, b.cur.hasRole = role, true
	case objectOfOp || cur.Class != ClassNone && cur.hasRole:
		// "the command line has the path of the script": the object
		cur.Open = true
		if ph.class != ClassNone {
			cur.Class = ph.class
		}
	default:
		cur.Role, cur.hasRole = role, true
		cur.Class, cur.Open = ClassNone, cur.Open && cur.examples
		if b.open {
			cur.Open = true
		}
	}
	b.cur.cover(ph.start, ph.end)
	if b.cur.Field == "" {
		b.cur.Field = ph.text
	}
	b.cur.exact, b.cur.field = b.cur.exact || ph.exact, b.cur.field || isFieldName(ph.text)
	b.slot, b.prep, b.copula, b.article, b.definite, b.open = true, "", false, false, false, false
	b.role = role
}

func direct(prep string) bool { return prep == "" }

// roleOfRelation: "executed by the user x", "started by a parent process named x".
func (b *builder) roleOfRelation(role Role) {
	cur := &b.cur
	if (cur.relation == byAgent || cur.relation == childOf || cur.relation == launchedFrom) && role == RoleProcess {
		return // the relation says which process
	}
	if cur.relation == launchedFrom && role == RoleDirectory {
		return
	}
	cur.relation, cur.Role, cur.hasRole, cur.hasOp, cur.Operator = noRelation, role, true, false, ""
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
	b.flushWords(false)
	b.skip = false
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
	b.cur.relation = ph.relation
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
			return ph.shape == ShapeURL || ph.shape == ShapeDomain || ph.shape == ShapeIP || ph.shape == ShapeCIDR
		case classPhrase:
			return ph.class == ClassURL || ph.class == ClassNetwork || ph.class == ClassHost
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
func (b *builder) active(ph phrase) {
	if b.cur.hasRole && b.cur.blank() && !b.cur.hasOp && len(b.words) == 0 {
		b.start() // "a user called x.exe"
		b.object()
		return
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
		t := term{Condition: Condition{Role: RoleOther, Operator: Is, Open: true, Negated: b.negated}}
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

// noteUnread reports words after a condition's values that were not understood: they may have limited it.
func (b *builder) noteUnread() {
	if len(b.done) == 0 || len(b.residue) == 0 {
		return
	}
	base := b.p.sentence.base
	for _, w := range b.residue {
		for _, t := range b.done {
			if n := len(t.Values); n > 0 && w.start >= t.Values[n-1].Span.End-base && !stopWords[w.key] {
				last := b.residue[len(b.residue)-1]
				b.p.out.Notes = append(b.p.out.Notes, Note{Code: NoteUnreadWords, Span: Span{base + w.start, base + max(w.end, last.end)},
					Message: "these words were not understood; if they limit the exclusion, say so in a condition of their own"})
				return
			}
		}
	}
}
