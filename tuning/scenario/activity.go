package scenario

// Activity is what happens in a scenario sentence: "Scheduled job using netstat to monitor connections".
type Activity struct {
	Tool    Value   // the tool that runs; zero when none is named
	Tools   []Value // all tools named, Tool first
	Actors  []Actor
	Purpose Phrase // "to monitor connections", "during a security audit"
}

// Actor is who or what acts.
type Actor struct {
	Name  string // the words: "System administrators", or the name: "rsyslog"
	Kind  ActorKind
	Role  Role  // where events show such an actor: the parent for daemons and jobs, the user for people
	Value Value // the name, when the actor is named; an example when Value.Example
	Span  Span
}

func (a Actor) named() bool { return a.Value.Text != "" }

// ActorKind is what kind of thing acts.
type ActorKind string

// The kinds of actors.
const (
	Person      ActorKind = "person"
	PeopleGroup ActorKind = "group"
	ServiceKind ActorKind = "service"
	JobKind     ActorKind = "job"
	ToolKind    ActorKind = "tool"
	AccountKind ActorKind = "account"
)

// actorKinds: the kind and the role of each class of actors.
var actorKinds = map[Class]struct {
	kind ActorKind
	role Role
}{
	ClassUser:    {Person, RoleUser},
	ClassGroup:   {PeopleGroup, RoleGroup},
	ClassService: {ServiceKind, RoleParent},
	ClassJob:     {JobKind, RoleParent},
	ClassScript:  {JobKind, RoleParent},
	ClassTool:    {ToolKind, RoleParent},
}

// activityOf reads the scenario's sentences.
func activityOf(list []sentence) Activity {
	var a Activity
	for _, s := range list {
		r := activityReader{activity: &a, sentence: s, subject: true}
		for i := 0; i < len(s.phrases); i++ {
			r.read(s.phrases, i)
		}
		r.flush()
	}
	return a
}

// activityReader walks one sentence: first its subject, then the verb, the tool, and "by" somebody.
type activityReader struct {
	activity *Activity
	sentence sentence

	subject  bool // before the verb
	agent    bool // after "by"
	tool     bool // a tool is expected next
	actor    []phrase
	class    Class
	classEnd int
	names    []phrase
}

func (r *activityReader) read(items []phrase, i int) {
	ph := items[i]
	switch ph.kind {
	case relationPhrase:
		r.relation(ph)
	case prepositionPhrase:
		switch ph.key {
		case "for", "in", "at":
			r.purpose(ph)
		default:
			r.flush()
			r.agent = false
		}
	case openerPhrase:
		r.flush()
		r.subject, r.agent, r.tool = false, false, ph.key == "with"
	case activePhrase:
		r.verb()
	case verbPhrase, advicePhrase:
		if ph.key == "use" || ph.key == "using" {
			if i+1 < len(items) && items[i+1].key == "of" {
				r.subject = false // "Use of x by y"
			} else {
				r.verb()
			}
		} else if i > 0 {
			r.word(ph)
		}
	case nounPhrase:
		if ph.key == "useof" || ph.key == "usage" {
			r.subject, r.tool = false, true
		}
	case opPhrase:
		if r.subject && ph.op == Is {
			r.flush()
		}
	case rolePhrase:
		if i+1 == len(items) || items[i+1].kind != wordPhrase || verbLike(items[i+1].key) || r.agent {
			r.classNoun(ph) // "login report" is no user
		}
	case classPhrase:
		r.classNoun(ph)
	case valuePhrase:
		r.value(ph, items, i)
	case wordPhrase:
		r.word(ph)
	case groupPhrase:
		r.examples(ph)
	}
}

func (r *activityReader) verb() {
	r.flush()
	r.subject, r.agent, r.tool = false, false, true
}

func (r *activityReader) relation(ph phrase) {
	if ph.weak && ph.relation == byAgent && r.agent {
		return
	}
	switch ph.relation {
	case via, calls:
		r.flush()
		r.subject, r.agent, r.tool = false, false, true
	case byAgent, childOf, runAs:
		r.flush()
		r.subject, r.agent, r.tool = false, true, false
	case during, to:
		r.purpose(ph)
	case relatedTo:
		if !r.subject {
			r.tool = true
		}
	default:
		r.flush()
		r.agent, r.tool = false, false
	}
}

// purpose takes the rest of the sentence as what it is for, but reading goes on: a tool can follow.
func (r *activityReader) purpose(ph phrase) {
	r.flush()
	r.subject, r.agent, r.tool = false, false, false
	if r.activity.Purpose.Text != "" {
		return
	}
	end := r.sentence.span().End - r.sentence.base
	if end > ph.start && end <= len(r.sentence.text) {
		base := r.sentence.base
		r.activity.Purpose = Phrase{Text: r.sentence.text[ph.start:end], Span: Span{base + ph.start, base + end}}
	}
}

func (r *activityReader) classNoun(ph phrase) {
	if possessive(ph.text) || !r.subject && !r.agent {
		if r.tool && ph.class != ClassNone {
			r.tool = false
		}
		return
	}
	r.actor = append(r.actor, ph)
	if _, ok := actorKinds[ph.class]; !ok {
		return
	}
	r.class, r.classEnd = ph.class, ph.end
}

func possessive(text string) bool {
	for _, suffix := range []string{"'s", "’s", "s'", "s’"} {
		if hasSuffixFold(text, suffix) {
			return true
		}
	}
	return false
}

func (r *activityReader) word(ph phrase) {
	known, plain := isTool(ph.text)
	switch {
	case known && (plain || r.tool) && !r.agent && (r.tool || !r.subject || plain && !capitalised(ph.text)):
		r.take(ph)
	case !r.subject && !r.agent:
	case ph.product != "", r.agent && known && plain:
		r.names = append(r.names, ph)
	case verbLike(ph.key) && r.subject && (r.class != ClassNone || len(r.names) > 0):
		r.verb()
	default:
		r.actor = append(r.actor, ph)
	}
}

// verbLike: an English verb in the third person, "decodes", or the plural's "-ing" after an actor.
func verbLike(key string) bool {
	n := len(key)
	return n > 3 && key[n-1] == 's' && key[n-2] != 's'
}

func (r *activityReader) value(ph phrase, items []phrase, i int) {
	known, _ := isTool(ph.text)
	program := known || ph.shape == ShapeFileName || ph.shape == ShapeCommand || ph.product != ""
	switch {
	case r.agent:
		r.names = append(r.names, ph)
	case r.tool && (program || ph.shape == ShapePath || ph.shape == ShapeIdentifier):
		r.take(ph)
	case r.subject && ph.product != "":
		r.names = append(r.names, ph)
	case r.subject && i+1 < len(items) && program && (items[i+1].kind == opPhrase || items[i+1].kind == relationPhrase && items[i+1].relation == byAgent):
		r.take(ph)
	case r.subject && i+1 < len(items) && items[i+1].kind == activePhrase:
		r.names = append(r.names, ph)
	case !r.subject && (ph.shape == ShapeFileName || ph.shape == ShapeCommand || known && ph.product == ""):
		r.take(ph)
	}
}

func (r *activityReader) take(ph phrase) {
	v := r.valueOf(ph)
	r.activity.Tools = append(r.activity.Tools, v)
	if r.activity.Tool.Text == "" {
		r.activity.Tool = v
	}
}

func (r *activityReader) valueOf(ph phrase) Value {
	known, _ := isTool(ph.text)
	start := ph.start
	if ph.quoted {
		start = ph.inner
	}
	start += r.sentence.base
	return Value{Text: ph.text, Span: Span{start, start + len(ph.text)}, Shape: ph.shape, Quoted: ph.quoted, BareTool: known, Product: ph.product}
}

// examples: "(e.g., rsyslog, auditd)" after an actor names actors.
func (r *activityReader) examples(ph phrase) {
	if len(ph.children) == 0 || ph.children[0].kind != examplePhrase || r.class == ClassNone {
		return
	}
	kind := actorKinds[r.class]
	for _, child := range ph.children[1:] {
		if child.kind == valuePhrase || child.kind == wordPhrase && !stopWords[child.key] {
			v := r.valueOf(child)
			v.Example = true
			r.activity.Actors = append(r.activity.Actors, Actor{Name: v.Text, Kind: kind.kind, Role: kind.role, Value: v, Span: v.Span})
		}
	}
	r.flush()
}

// flush ends the actor that was being read.
func (r *activityReader) flush() {
	base := r.sentence.base
	kind, ok := actorKinds[r.class]
	if ok && len(r.actor) > 0 {
		start := r.actor[0].start
		if start < r.classEnd {
			span := Span{base + start, base + r.classEnd}
			r.activity.Actors = append(r.activity.Actors, Actor{Name: r.sentence.text[start:r.classEnd], Kind: kind.kind, Role: kind.role, Span: span})
		}
	}
	for _, name := range r.names {
		v := r.valueOf(name)
		a := Actor{Name: v.Text, Kind: ServiceKind, Role: RoleParent, Value: v, Span: v.Span}
		switch {
		case ok:
			a.Kind, a.Role = kind.kind, kind.role
		case v.Shape == ShapeAccount:
			a.Kind, a.Role = AccountKind, RoleUser
		}
		r.activity.Actors = append(r.activity.Actors, a)
	}
	r.actor, r.names, r.class = nil, nil, ClassNone
}
