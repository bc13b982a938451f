package scenario

import "strings"

// mentionReader walks one sentence from left to right and keeps what the words since the last value say.
type mentionReader struct {
	sentence sentence
	fields   Fields
	number   int
	clauses  int // further clauses of the sentence, set apart by semicolons
	out      []Mention

	role    Role
	field   string
	op      Operator
	part    Part
	place   Place
	class   Class
	negated bool
	join    Join
	cued    bool // words since the last mention say something of the next one
	lacks   Operator
	list    int  // the first mention of the list that is being read
	last    int  // index of the phrase of the last mention, -1 when there is none
	inside  bool // in parentheses
	named   bool // a name or class noun stands right before
	acted   bool // a verb came in this clause
	firm    bool // the agent was named by "run by", not by a mere "by"
	article bool // "the", "a" stands right before
	content bool // behind "with": what something holds
	exact   bool // the operator is one of a query
	classAt int  // index of the phrase that gave class
	scripts bool // a noun for scripts came
	example bool // behind "e.g."
	owner   bool // behind "whose": what is said is of the agent
	via     bool // behind "through"
	names   []phrase
}

func (r *mentionReader) read(items []phrase) {
	r.last = -1
	for i := 0; i < len(items); i++ {
		i += r.phrase(items, i)
	}
	r.name(len(items))
}

// clear forgets what was said of the next value.
func (r *mentionReader) clear() {
	r.role, r.field, r.op, r.place, r.class, r.lacks = "", "", "", NoPlace, ClassNone, ""
	r.cued = false
}

func (r *mentionReader) phrase(items []phrase, i int) int {
	ph := items[i]
	if ph.kind != determinerPhrase {
		defer func(before bool) { r.article = r.article && !before }(r.article)
	}
	if ph.text == "/" || ph.text == "+" {
		r.name(i)
		r.join = OrJoin
		return 0
	}
	if ph.text == "->" || ph.text == "=>" {
		r.acted, r.join = false, NoJoin
		r.verb(i)
		return 0
	}
	if ph.key == "dollar" && r.op == EndsWith {
		m := Mention{Role: r.role, Field: r.field, Operator: EndsWith, Sentence: r.number + r.clauses}
		m.Value = Value{Text: "$", Span: Span{r.sentence.base + ph.start, r.sentence.base + ph.end}, Shape: ShapeText, Quoted: true}
		r.out = append(r.out, m)
		r.clear()
		return 0
	}
	if n := componentAt(items, i); n > 0 {
		r.name(i)
		last := items[i+n-1]
		whole := phrase{entry: entry{kind: valuePhrase}, start: ph.start, end: last.end, text: r.sentence.text[ph.start:last.end], shape: ShapeName, adjacent: ph.adjacent}
		r.value(whole, i)
		r.last = i + n - 1
		return n - 1
	}
	if n := r.directoryAt(items, i); n > 0 {
		return n - 1
	}
	if n := r.fieldAt(items, i); n > 0 {
		return n - 1
	}
	if nameBegins(items, i) || len(r.names) > 0 && ph.kind == classPhrase && capitalised(ph.text) && !strings.Contains(ph.text, " ") && i+1 < len(items) && items[i+1].kind == classPhrase && r.names[len(r.names)-1].end+1 == ph.start {
		r.names = append(r.names, ph) // "Process Explorer", "Directory Opus"
		return 0
	}
	if ph.kind != wordPhrase {
		r.name(i)
	}
	if (r.field != "" && r.op != "" || r.role == RoleIntegrity && capitalised(ph.text)) && !r.article && !strings.Contains(ph.text, " ") {
		switch ph.kind {
		case classPhrase, nounPhrase, openPhrase, verbPhrase, advicePhrase, activePhrase, wordPhrase, rolePhrase:
			if !stopWords[ph.key] || ph.kind == wordPhrase && r.exact && !stopWords[ph.key] {
				r.value(ph, i) // "the resource is jobs"
				return r.extend(items, i)
			}
		}
	}
	switch ph.kind {
	case examplePhrase:
		r.example = true
	case groupPhrase:
		r.inside = ph.text == "("
		r.example = r.example && r.inside
		if !r.inside {
			r.named = false
		}
	case connectivePhrase:
		if ph.text == "," && ph.start < len(r.sentence.text) && r.sentence.text[ph.start] != ',' {
			r.clear() // a semicolon, or the next item of a list
			r.acted, r.part, r.join, r.last = false, NoPart, NoJoin, -1
			r.clauses++
			return 0
		}
		switch {
		case ph.text == ",":
			if r.join == NoJoin {
				r.join = CommaJoin
			}
		case ph.or:
			r.join = OrJoin
		default:
			r.join = AndJoin
		}
	case openerPhrase:
		if ph.key == "with" {
			r.op, r.content = "", true
			return 0
		}
		if i > 0 && items[i-1].kind != negationPhrase {
			r.negated = false
		}
		if i > 0 && items[i-1].kind == rolePhrase && r.role == items[i-1].role && (ph.key == "that" || ph.key == "which") {
			return 0 // "command lines that contain x"
		}
		r.owner = ph.key == "whose" && i > 0 && (r.last == i-1 && len(r.out) > 0 && (r.out[len(r.out)-1].Part == Agent || r.out[len(r.out)-1].Role == RoleParent) || items[i-1].kind == rolePhrase && items[i-1].role == RoleParent)
		r.clear()
		r.acted, r.part = false, NoPart
	case negationPhrase:
		if i+1 < len(items) && (ph.key == "no" || ph.key == "without") && r.lacking(items, i+1, NullOrEmpty) {
			return r.skipTo(items, i+1)
		}
		if i+1 < len(items) && (items[i+1].kind == nounPhrase || items[i+1].kind == groupPhrase) {
			return 0 // "no alert when …", `where not (…)`
		}
		r.negated = true
	case rolePhrase:
		r.rolePhrase(ph, items, i)
	case opPhrase:
		if ph.op.bare() {
			if r.role != "" {
				r.lack(ph.op, ph)
			}
			return 0
		}
		if ph.negated {
			r.negated = true
		}
		if ph.text == ":" && (r.role == RoleProduct || r.role == RoleSigner) && !(i > 0 && isFieldName(items[i-1].text)) {
			r.clear() // a label: "Description:"
			return 0
		}
		if r.role != "" || r.field != "" || ph.op != Is && ph.op != Contains {
			r.op, r.exact = ph.op, ph.exact
			if equalities[ph.key] {
				r.op = Equals
			}
		}
		r.cued = r.cued || ph.op != Is
	case relationPhrase:
		r.relation(ph, items, i)
	case activePhrase:
		r.verb(i)
	case classPhrase:
		r.classNoun(ph, items, i)
	case determinerPhrase:
		r.article = true
		return 0
	case prepositionPhrase:
		switch ph.key {
		case "in", "under", "over":
			r.place, r.cued = Within, true
			if r.field != "" && r.op == "" {
				r.op = Is
			}
		case "into":
			r.place, r.cued = Into, true
		case "for", "per", "about":
			r.cued = true
		}
	case valuePhrase:
		if i+1 < len(items) && items[i+1].kind == opPhrase && items[i+1].text == ":" && !ph.quoted && (ph.shape == ShapeIdentifier || ph.shape == ShapeName || ph.shape == ShapeWord) {
			r.clear()
			return 0 // a label: "SOC-4410:"
		}
		r.value(ph, i)
		if i > 0 && len(r.out) > 0 {
			r.out[len(r.out)-1].After = items[i-1].key
		}
		return r.extend(items, i)
	case nounPhrase:
		if verbForm(ph.key) && (r.last >= 0 && r.last == i-1 || r.named) && i+1 < len(items) && items[i+1].kind != connectivePhrase && items[i+1].kind != opPhrase {
			r.verb(i) // "x writes to y"
			return 0
		}
		if r.role != "" && r.op == "" && r.field == "" {
			r.clear()
		}
	case wordPhrase, verbPhrase, advicePhrase:
		if lack := lacking(ph.key); lack != "" {
			return r.lackingWord(items, i, lack)
		}
		r.word(ph, items, i)
	}
	return 0
}

// extend takes the rest of a command line that is written without quotation marks behind its operator: "starting with /bin/sh /opt/acme/".
func (r *mentionReader) extend(items []phrase, i int) int {
	m := &r.out[len(r.out)-1]
	command := m.Value.Shape == ShapeCommand && m.Role == "" && m.Field == ""
	if (m.Role != RoleCommandLine && m.Role != RoleParentCommandLine || m.Operator == "") && !command || m.Value.Quoted || r.last != i {
		return 0
	}
	n := 0
	for i+n+1 < len(items) {
		next := items[i+n+1]
		if next.start > items[i+n].end+1 || command && (next.quoted || next.shape == ShapePlaceholder) || next.kind != valuePhrase && (next.kind != wordPhrase || stopWords[next.key]) && !(items[i+n].shape == ShapeFlag && capitalised(next.text) && (next.kind == classPhrase || next.kind == nounPhrase)) || next.text == "->" {
			break
		}
		n++
	}
	for n > 0 && items[i+n].kind == wordPhrase && !ends(items, i+n) {
		n-- // "-a or -b depending on …": prose goes on
	}
	if n > 0 {
		base := r.sentence.base
		m.Value.Span.End = base + items[i+n].end
		m.Value.Text, m.Value.Shape, m.Value.Quoted = r.sentence.text[m.Value.Span.Start-base:items[i+n].end], ShapeCommand, !command
		r.last = i + n
	}
	return n
}

// directoryAt reads the name of a directory that every Windows has, and returns how many phrases it takes.
func (r *mentionReader) directoryAt(items []phrase, i int) int {
	n := 0
	switch ph := items[i]; {
	case ph.quoted || strings.ContainsAny(ph.text, `\/%`):
		return 0
	case strings.EqualFold(ph.text, "program") && i+1 < len(items) && strings.EqualFold(items[i+1].text, "files"), strings.EqualFold(ph.text, "program files"):
		n = 1
		if strings.EqualFold(ph.text, "program") {
			n = 2
		}
	case wellKnown[strings.ToLower(ph.text)] && (ph.kind == wordPhrase || ph.kind == valuePhrase):
		n = 1
	}
	if n == 0 || r.place == NoPlace && !(i+n < len(items) && items[i+n].kind == classPhrase && items[i+n].class == ClassDirectory) && !(r.join != NoJoin && len(r.out) > 0 && r.out[len(r.out)-1].Class == ClassDirectory) {
		return 0
	}
	r.name(i)
	last := items[i+n-1]
	whole := phrase{entry: entry{kind: valuePhrase}, start: items[i].start, end: last.end, text: r.sentence.text[items[i].start:last.end], shape: ShapeDirectory}
	r.class = ClassDirectory
	r.value(whole, i)
	r.last = i + n - 1
	return n
}

// fieldAt reads the name of a field of the log source, and returns how many phrases it takes.
func (r *mentionReader) fieldAt(items []phrase, i int) int {
	const most = 4 // words
	if r.fields.Named == nil {
		return 0
	}
	key := ""
	found, name := 0, ""
	for n := 0; n < most && i+n < len(items); n++ {
		ph := items[i+n]
		switch ph.kind {
		case wordPhrase, rolePhrase, classPhrase, nounPhrase, activePhrase, verbPhrase, advicePhrase, openPhrase:
		case valuePhrase:
			if ph.quoted && (n > 0 || r.fields.Named(keyOf(ph.text)) != ph.text) || !ph.quoted && ph.shape != ShapeIdentifier && ph.shape != ShapeDomain && ph.shape != ShapeName {
				n = most
				continue
			}
		default:
			n = most
			continue
		}
		if ph.quoted {
			key = keyOf(ph.text)
		}
		if !ph.quoted {
			key += strings.ReplaceAll(ph.key, " ", "")
		}
		field := r.fields.Named(key)
		inParens := r.inside && i > 0 && items[i-1].text == "(" && i+1 < len(items) && items[i+1].text == ")"
		if n == 0 && !isFieldName(ph.text) && !ph.quoted && !inParens && !(i+1 < len(items) && items[i+1].kind == opPhrase && items[i+1].exact) {
			if exact := r.fields.Named(key); exact != ph.text || !capitalised(ph.text) || i+1 >= len(items) || !items[i+1].quoted {
				field = r.fields.Used(key) // an everyday word is a field where the rule has it
			}
		}
		if field == "" {
			continue
		}
		written := n == 0 && (field == ph.text && capitalised(ph.text) && i+1 < len(items) && items[i+1].quoted || inParens && capitalised(ph.text) || strings.EqualFold(ph.text, field) && isFieldName(ph.text) || ph.quoted)
		follows := i+n+1 < len(items) && (items[i+n+1].kind == opPhrase && !(items[i+n+1].text == ":" && n == 0 && !isFieldName(ph.text)) || items[i+n+1].kind == valuePhrase && (items[i+n+1].quoted || items[i+n+1].shape.artefact()))
		if written || n > 0 && ph.kind != rolePhrase || follows && (n > 0 || ph.kind != rolePhrase && ph.kind != activePhrase && ph.kind != valuePhrase) {
			found, name = n+1, field
		}
	}
	if ph := items[i]; found == 0 && i == 0 && ph.kind == wordPhrase && inCamelCase(ph.text) && isFieldName(ph.text) && i+1 < len(items) && items[i+1].kind == wordPhrase && capitalised(items[i+1].text) && items[i+1].start == ph.end+1 && r.fields.Open {
		found, name = 1, ph.text // "DeliveryAction Blocked"
	}
	if found == 0 && unknownField(items, i) {
		found, name = 1, items[i].text
	}
	if found == 0 {
		return 0
	}
	if k := r.before(items, i); k == r.last && k >= 0 && len(r.out) > 0 && r.adjoins(items, i) && !(i+found < len(items) && items[i+found].kind == opPhrase) {
		r.postpose("", name) // "0x1410 as GrantedAccess"
		return found
	}
	r.clear()
	r.field, r.cued = name, true
	if items[i].kind == rolePhrase && found == 1 && items[i].role != RoleField {
		r.role = items[i].role
	}
	if k := i + found; k < len(items) && items[k].start == items[k-1].end+1 && items[k].kind == wordPhrase && strings.ContainsAny(items[k].text, ":/-_@") {
		r.op = Is
	}
	if k := i + found; isFieldName(items[i].text) && k < len(items) && items[k].kind == wordPhrase && (capitalised(items[k].text) || isNumber(items[k].text)) && items[k].start == items[k-1].end+1 {
		r.op = Is // "DeliveryAction Blocked"
	}
	return found
}

// before is the index of the last phrase before i that is no determiner or preposition of place.
func (r *mentionReader) before(items []phrase, i int) int {
	for i--; i >= 0; i-- {
		switch {
		case items[i].kind == determinerPhrase, items[i].kind == groupPhrase, items[i].kind == fillerPhrase:
		case items[i].kind == prepositionPhrase && (items[i].key == "in" || items[i].key == "as"), items[i].kind == relationPhrase && items[i].key == "within":
		default:
			return i
		}
	}
	return -1
}

// adjoins says whether a role at i follows a value in the manner of "x as parent", "x in the command line", "x process".
func (r *mentionReader) adjoins(items []phrase, i int) bool {
	return i > 0 && (items[i-1].kind == valuePhrase || items[i-1].kind == wordPhrase || items[i-1].kind == prepositionPhrase || items[i-1].kind == determinerPhrase && i > 1 && items[i-2].kind == prepositionPhrase || items[i-1].kind == groupPhrase && i+1 < len(items) && items[i+1].kind == groupPhrase)
}

// postpose gives the mentions of the list that was just read a role.
func (r *mentionReader) postpose(role Role, field string) {
	for k := r.list; k < len(r.out); k++ {
		if m := &r.out[k]; m.Role == "" && m.Field == "" && !(role == RoleUser && !m.Value.Quoted && !accountLike(m.Value)) {
			m.Role, m.Field = role, field
			if m.Operator == "" && textual(role) {
				m.Operator = Contains
			}
		}
	}
}

func (r *mentionReader) rolePhrase(ph phrase, items []phrase, i int) {
	if possessive(ph.text) {
		return // "into the user's folder"
	}
	next := i+1 < len(items) && (items[i+1].kind == opPhrase && !items[i+1].op.bare() || items[i+1].kind == valuePhrase)
	if of := i+1 < len(items) && items[i+1].kind == relationPhrase && items[i+1].key == "of"; of && ph.role == RoleParent && r.last >= 0 && r.before(items, i) == r.last {
		r.postpose(RoleParent, "") // "makes x the parent of y"
		r.part = Object
		return
	}
	if k := i - 1; k > 1 && items[k].kind == determinerPhrase && items[k-1].kind == opPhrase && items[k-1].op == Is && !items[k-1].exact && !items[k-1].negated && r.last == k-2 && len(r.out) > 0 && !next && ends(items, i) {
		r.postpose(ph.role, "") // "x is the parent"
		r.op = ""
		return
	}
	if k := r.before(items, i); k >= 0 && k == r.last && r.adjoins(items, i) && !next {
		if (ph.role != RoleProcess || items[i-1].kind != valuePhrase && items[i-1].kind != wordPhrase && items[i-1].kind != groupPhrase) && ph.key != "command" && ph.key != "commands" && !(i+1 < len(items) && (items[i+1].kind == wordPhrase || items[i+1].kind == nounPhrase || items[i+1].kind == classPhrase) && items[i+1].start <= ph.end+1 && items[i-1].kind != prepositionPhrase && !verbForm(items[i+1].key)) {
			r.postpose(ph.role, "")
		}
		return
	}
	if i+1 < len(items) && items[i+1].kind == opPhrase && items[i+1].op.bare() || next || ph.class == ClassNone || ph.role == RoleUser || ph.role == RoleParent {
		r.clear()
		r.role, r.cued = ph.role, true
		if r.owner && ph.role == RoleCommandLine {
			r.role = RoleParentCommandLine
		}
		if isFieldName(ph.text) || i+1 < len(items) && (items[i+1].text == "=" || items[i+1].text == "==") {
			r.field = ph.text
		}
		r.named = true
		return
	}
	r.named = true
	r.class, r.classAt = ph.class, i
}

func (r *mentionReader) relation(ph phrase, items []phrase, i int) {
	keep := r.class
	if r.field != "" || r.role != "" && r.op != "" {
		switch ph.relation {
		case during, locatedIn, from, onHost, to, launchedFrom:
			r.place = Within // "the address is within x", "the directory is below y"
			if ph.relation == from || ph.relation == launchedFrom {
				r.place = Out
			}
			return
		}
	}
	switch ph.relation {
	case byAgent, childOf:
		if !ph.weak && len(r.out) > 0 && r.last == i-1 {
			for k := r.list; k < len(r.out); k++ {
				if m := &r.out[k]; m.Role == "" && m.Field == "" && m.Part == NoPart && m.Place == NoPlace {
					m.Part = Object // "x run by y"
				}
			}
		}
		r.clear()
		r.part, r.cued, r.firm = Agent, true, !ph.weak
	case via:
		r.clear()
		r.part, r.cued, r.via = NoPart, true, true
	case runAs:
		r.clear()
		r.role, r.cued = RoleUser, true
	case locatedIn:
		r.clear()
		r.place, r.cued = Within, true
		if strings.Contains(ph.key, "install") || strings.Contains(ph.key, "runs") || strings.Contains(ph.key, "running") {
			r.place = RunsFrom
		}
	case launchedFrom:
		r.clear()
		r.place, r.part, r.cued = RunsFrom, Agent, true
	case from:
		r.clear()
		r.place, r.cued = Out, true
	case to, downloaded:
		r.clear()
		r.place, r.part, r.cued = Into, Object, true
		if ph.relation == downloaded {
			r.agents(i)
		}
	case receivedFrom:
		r.clear()
		r.place, r.cued = Out, true
	case onHost:
		if !r.cued {
			r.class, r.cued = ClassHost, true
		}
	case calls:
		r.agents(i)
		r.clear()
		r.part, r.cued, r.acted = Object, true, true
	case signedBy:
		r.clear()
		r.role, r.cued = RoleSigner, true
	case during:
		if ph.key == "within" || ph.key == "inside" {
			r.clear()
			r.place, r.cued = Within, true
		}
	case relatedTo:
		r.class = keep
	}
}

// agents makes the mentions of the list that stands before the verb at i the ones who act.
func (r *mentionReader) agents(i int) {
	if len(r.out) == 0 {
		return
	}
	for k := r.list; k < len(r.out); k++ {
		m := &r.out[k]
		if m.Role == RoleProcess && m.Field == "" && m.Operator == "" && k == len(r.out)-1 && r.last == i-1 {
			m.Role, m.Part = "", Agent // "the process x starts y"
		}
		if m.Role == "" && m.Field == "" && m.Part == NoPart && (m.Place == NoPlace || m.Place == Out && !m.Value.Shape.located()) && m.Operator == "" {
			m.Part = Agent
		}
	}
}

func (r *mentionReader) verb(i int) {
	if !r.acted {
		r.agents(i)
	}
	r.clear()
	r.part, r.cued, r.acted = Object, true, true
}

func (r *mentionReader) classNoun(ph phrase, items []phrase, i int) {
	r.scripts = r.scripts || ph.class == ClassScript
	if k := r.before(items, i); (ph.key == "path" || ph.key == "name" || ph.key == "paths") && k >= 0 && k == r.last && i > 1 && items[i-1].kind == determinerPhrase && len(r.out) > 0 && r.out[len(r.out)-1].Role == "" {
		r.out[len(r.out)-1].Role, r.out[len(r.out)-1].Operator = RoleProcess, Contains // "with acme in the path"
		r.out[len(r.out)-1].Value.Quoted, r.out[len(r.out)-1].Name = true, false
		return
	}
	if i > 0 && i-1 == r.last && len(r.out) > 0 && !(i+1 < len(items) && items[i+1].kind == valuePhrase) {
		for k := r.list; k < len(r.out); k++ {
			r.out[k].Class = ph.class
		}
		r.named = true
		return
	}
	r.class, r.classAt, r.named = ph.class, i, true
}
