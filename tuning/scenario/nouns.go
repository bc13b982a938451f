package scenario

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
	if b.cur.relation == signedBy && capitalised(ph.text) && len(b.words) > 0 {
		ph.entry = entry{} // "Acme Software GmbH"
		b.words = append(b.words, ph)
		return
	}
	if b.cur.Operator.bare() || b.acted && b.definite {
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
	if n := i + 1; n < len(items) && items[n].kind == valuePhrase && items[n].adjacent && !items[n].quoted {
		named = true // "the folder D:\Backups\": the value follows
	}
	b.cur.cover(ph.start, ph.end)
	if i > 0 && items[i-1].kind == rolePhrase && b.cur.blank() && !b.cur.hasOp && (ph.class == ClassDirectory || ph.class == ClassPattern || ph.class == ClassFile) {
		return // "loaded DLL path": still the role
	}
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
	case len(cur.Values) > 0 && !cur.hasRole && cur.relation != noRelation && b.prep == "":
		if role != RoleProcess && role != RoleParent { // "run by the svc-x account"
			cur.relation, cur.Role, cur.hasRole = noRelation, role, true
		}
	case len(cur.Values) > 0 && !b.copula && !locates[b.prep]:
		b.residue = append(b.residue, ph) // "during login"
		return
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
	case len(cur.Values) > 0 && cur.hasRole && !cur.hasOp && b.prep == "" && textual(role):
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

// locates are prepositions between values and their role: "x in the command line", "x as parent".
var locates = map[string]bool{"": true, "in": true, "as": true, "within": true}

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

// inCamelCase: a capital behind a small letter, as in the names of programs.
func inCamelCase(text string) bool {
	for i := 1; i < len(text); i++ {
		if text[i] >= 'A' && text[i] <= 'Z' && text[i-1] >= 'a' && text[i-1] <= 'z' {
			return true
		}
	}
	return false
}
