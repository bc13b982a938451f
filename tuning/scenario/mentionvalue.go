package scenario

import "strings"

func (r *mentionReader) value(ph phrase, i int) {
	if ph.text == "" {
		return
	}
	base := r.sentence.base
	start := ph.start
	if ph.quoted {
		start = ph.inner
	}
	start += base
	if n := len(r.out); n > 0 && r.last == i-1 && ph.adjacent && !ph.quoted && !r.out[n-1].Value.Quoted && r.out[n-1].Value.Shape == ShapeFlag && r.join == NoJoin {
		before := &r.out[n-1].Value // "/start acme_bridge"
		before.Text, before.Span.End, before.Shape, before.Quoted = r.sentence.text[before.Span.Start-base:ph.end], base+ph.end, ShapeCommand, true
		r.last = i
		return
	}
	if n := len(r.out); n > 0 && ph.shape == ShapePlaceholder && r.last == i-1 && r.out[n-1].Value.Span.End == base+ph.start && !r.out[n-1].Value.Shape.located() {
		r.out[n-1].Operator = StartsWith // "MSOL_<id>"
		r.last = i
		return
	}
	known, _ := isTool(ph.text)
	m := Mention{Sentence: r.number + r.clauses, Negated: r.negated, Role: r.role, Field: r.field, Operator: r.op, Part: r.part, Place: r.place, Class: r.class}
	if m.Class != ClassNone && m.Class != ClassHost && i-r.classAt > 3 {
		m.Class = ClassNone
	}
	m.Value = Value{Text: ph.text, Span: Span{start, start + len(ph.text)}, Shape: ph.shape, Quoted: ph.quoted, BareTool: known, Product: ph.product}
	if m.Class == ClassNone && (m.Place == Out || m.Place == Within || m.Place == RunsFrom) && !ph.quoted && ph.product == "" && (ph.shape == ShapeWord || ph.shape == ShapeName) && inCamelCase(ph.text) && !systemPrograms()[strings.ToLower(ph.text)] && m.Role == "" && m.Field == "" {
		m.Class = ClassDirectory // "out of a SteamLibrary"
	}
	m.Scripts, m.Example, m.Firm = r.scripts, r.example, r.firm && r.part == Agent
	m.Content, m.Via = r.content && r.acted && ph.product == "" && ph.shape != ShapeGlob, r.via
	m.Beside = r.inside && (r.named || len(r.out) > 0) || len(r.out) > 0 && r.last == i-1 && ph.adjacent && !r.cued
	if n := len(r.out); r.op != "" && r.role == "" && r.field == "" && n > 0 && (r.join == AndJoin || r.join == OrJoin) && r.part == NoPart {
		m.Role, m.Field = r.out[n-1].Role, r.out[n-1].Field // "starting with a and ending in b"
	}
	repeated := r.cued && r.join == OrJoin && len(r.out) > 0 && r.role == "" && r.field == "" && r.part != NoPart && r.part == r.out[len(r.out)-1].Part
	if n := len(r.out); n > 0 && r.join != NoJoin && (!r.cued || repeated) && (alike(r.out[n-1].Value, m.Value) || (textual(r.out[n-1].Role) || r.out[n-1].Field != "") && r.out[n-1].Operator != "" && r.role == "" && r.field == "") {
		before := r.out[n-1] // "a, b or c"
		m.Join, m.Role, m.Field, m.Operator, m.Part, m.Place, m.Class, m.Negated = r.join, before.Role, before.Field, before.Operator, before.Part, before.Place, before.Class, before.Negated
	} else {
		r.list = n
	}
	r.out = append(r.out, m)
	r.last = i
	r.clear()
	r.negated, r.join, r.named, r.firm, r.via = false, NoJoin, false, false, false
	if r.part == Agent {
		r.part = NoPart
	}
}

func (r *mentionReader) word(ph phrase, items []phrase, i int) {
	switch ph.key {
	case "exactly", "precisely", "literally":
		if r.role != "" || r.field != "" {
			r.op = Equals
		}
		return
	case "always", "somewhere", "anywhere", "itself", "nothing", "everything":
		return
	}
	if possessive(ph.text) {
		r.name(i)
		return // "systemd's factory copy"
	}
	known, plain := isTool(ph.text)
	after := r.last >= 0 && r.last == i-1 || r.named || i > 0 && (items[i-1].kind == classPhrase || items[i-1].kind == fillerPhrase || items[i-1].key == "it" || items[i-1].kind == openerPhrase || items[i-1].text == ")") || len(r.names) > 0
	switch {
	case verbForm(ph.key) && after && !(ph.kind == wordPhrase && capitalised(ph.text) && len(r.names) > 0):
		r.name(i)
		if stem := strings.TrimSuffix(ph.text, "s"); stem != ph.text && tools()[stem] && isCommandVerb(stem) {
			r.verb(i)
			tool := ph
			tool.text, tool.end, tool.shape, tool.product = stem, ph.start+len(stem), ShapeWord, ""
			r.value(tool, i) // "greps x"
			r.part, r.cued = Object, true
			return
		}
		r.verb(i)
	case verbStems[ph.key] && i > 0 && (items[i-1].kind == classPhrase || items[i-1].kind == rolePhrase || items[i-1].kind == valuePhrase) && strings.HasSuffix(items[i-1].key, "s"):
		r.name(i)
		r.verb(i) // "users open x"
	case ph.kind != wordPhrase:
		r.name(i)
	case ph.key == "localhost":
		ph.shape = ShapeDomain
		r.value(ph, i)
	case isUpperWord(ph.text) && len(ph.text) <= shortestName && len(r.names) == 0 && r.role == "" && r.field == "" && r.part != Agent:
		r.named = true // an abbreviation: "POST", "SSH"
	case capitalised(ph.text) && !inCamelCase(ph.text) && (len(r.names) > 0 && r.names[len(r.names)-1].end+1 == ph.start || i+1 < len(items) && items[i+1].kind == wordPhrase && items[i+1].shape == ShapeName && items[i+1].start == ph.end+1 && !verbForm(items[i+1].key)):
		r.names = append(r.names, ph) // "Oracle Java Access Bridge"
		r.named = true
	case known && plain || ph.product != "":
		r.name(i)
		r.value(ph, i)
	case known && i+1 < len(items) && items[i+1].kind == relationPhrase && !items[i+1].weak && (items[i+1].relation == byAgent || items[i+1].relation == childOf || items[i+1].relation == launchedFrom) && !r.article && (i == 0 || r.last != i-1):
		r.name(i)
		r.value(ph, i) // "cat started by x"
	case windowsWord(ph.text, (i+2 < len(items) && items[i+1].key == "as" && items[i+2].kind == rolePhrase || r.part == Agent || r.role == RoleParent || r.role == RoleProcess || r.part == Object && r.acted && ends(items, i)) && !r.article), known && (r.role == RoleProcess || r.role == RoleParent || r.part == Agent && r.firm) && !r.article:
		r.name(i)
		r.value(ph, i)
	case ph.shape == ShapeIdentifier || inCamelCase(ph.text):
		r.name(i)
		r.value(ph, i)
	case r.join != NoJoin && !r.cued && len(r.out) > 0 && (r.out[len(r.out)-1].Field != "" || r.out[len(r.out)-1].Operator != "") && strings.ContainsAny(ph.text, ":_./\\@0123456789"):
		r.value(ph, i) // "the user is a:b:c or a:b:d"
	case (r.field != "" || r.role == RoleService || r.role == RoleJob || r.role == RoleUser || r.role == RolePipe || r.role == RoleCommandLine || r.role == RoleParentCommandLine) && r.op != "" && i > 0 && items[i-1].kind == opPhrase && !r.article && !stopWords[ph.key] && !describing(ph.key) && ends(items, i):
		r.value(ph, i) // "the service name is acmesync"
	case (r.role == RoleParent || r.role == RoleProcess) && r.op == Is && i > 0 && items[i-1].kind == opPhrase && !r.article && !stopWords[ph.key] && !genericModifier(ph.key) && !describing(ph.key) && ph.shape == ShapeWord && !adjective(ph.key) && ends(items, i):
		r.value(ph, i) // "the parent is acmesync"
	case (r.part == Agent && r.firm || (r.role == RoleParent || r.role == RoleProcess || r.role == RoleUser && accountLike(Value{Text: ph.text, Shape: ph.shape, Product: ph.product})) && i > 0 && (items[i-1].kind == rolePhrase || items[i-1].kind == relationPhrase && !items[i-1].weak)) && !r.article &&
		!stopWords[ph.key] && !genericModifier(ph.key) && !describing(ph.key) && !strings.HasSuffix(ph.key, "ly") && !(r.role == RoleUser && userThings[ph.key]) && ends(items, i):
		r.value(ph, i) // "run by acmesync", "(parent acmesync)"
	case capitalised(ph.text) && !stopWords[ph.key] && (i > 0 || len(items) > 1 && items[1].kind == wordPhrase && capitalised(items[1].text) || verbNext(items, i) || i+2 < len(items) && ph.shape == ShapeName && (items[i+1].kind == classPhrase && items[i+1].class == ClassTool || items[i+2].kind == classPhrase && items[i+2].class == ClassTool)):
		r.names = append(r.names, ph)
		r.named = true
	default:
		r.name(i)
		if !stopWords[ph.key] {
			r.named, r.class = false, ClassNone
			if r.role != "" && r.op == "" && r.field == "" {
				r.clear() // a role is said of the value beside it
			}
		}
	}
}

// name ends a run of capitalised words: the name of something for people.
func (r *mentionReader) name(i int) {
	if len(r.names) == 0 {
		return
	}
	for len(r.names) > 0 && generic[r.names[0].key] {
		r.names = r.names[1:]
	}
	for n := len(r.names); n > 0 && generic[r.names[n-1].key]; n-- {
		r.names = r.names[:n-1]
	}
	if len(r.names) == 0 {
		return
	}
	first, last := r.names[0], r.names[len(r.names)-1]
	r.names = nil
	joined := first
	joined.end, joined.kind, joined.shape = last.end, valuePhrase, ShapeName
	joined.text = r.sentence.text[first.start:last.end]
	if len(strings.Fields(joined.text)) == 1 {
		joined.shape = ShapeWord
	}
	part := r.part
	switch r.role {
	case RoleUser, RoleGroup, RoleProduct, RoleSigner, RoleHost:
		r.clear()
	}
	r.value(joined, i-1)
	r.out[len(r.out)-1].Name = true
	r.named = true
	if part == Object {
		r.part = Object
	}
}
