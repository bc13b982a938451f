package scenario

import (
	"regexp"
	"strings"
)

// Mention is one value in a description, with what the words around it say of its part in what happens. A description is written for
// people: its sentences are not conditions, but its values are, and verbs and prepositions say whose they are.
type Mention struct {
	Value    Value
	Role     Role     // what the words call it, or empty
	Field    string   // the field that the words name, or empty
	Operator Operator // as the words state it, or empty
	Part     Part     // of the one who acts, or of what is acted on
	Place    Place    // of a directory: what is there
	Class    Class    // of the noun beside it: "the AcmeSync service"
	Join     Join     // how it goes on with the list of the mention before
	Negated  bool     // "but not", "except"
	Name     bool     // a name for people that no table knows: "Acme Sync"
	Beside   bool     // in parentheses or right behind a name: it says what the name stands for
	Content  bool     // behind "with": what is in the text of the one that acts
	Scripts  bool     // scripts are what the sentence is about
	After    string   // the word before: "the default 3389"
	Example  bool     // behind "e.g.": one of a class that stays open
	Firm     bool     // the words leave no doubt that it acts: "run by x"
	Via      bool     // behind "through": what stands between the agent and the object
	Sentence int      // counted from 0; the items of a list count as sentences
}

// Part says who does it and to what.
type Part int

// The parts. An agent starts, writes, opens or connects; an object is started, written, opened or reached.
const (
	NoPart Part = iota
	Agent
	Object
)

// Place says what a directory is of.
type Place int

// The places.
const (
	NoPlace  Place = iota
	Within         // in, under, below
	RunsFrom       // started from, running from, installed in
	Into           // to, into
	Out            // from
)

// Join is how a mention goes on with the one before.
type Join int

// The joins.
const (
	NoJoin    Join = iota
	OrJoin         // or
	AndJoin        // and
	CommaJoin      // a comma alone; in the result it is what ends the list
)

// Artefact says whether the value is one by its looks, not only by its place in the sentence.
func (m Mention) Artefact() bool {
	return !m.Name && (m.Value.Quoted || m.Value.Shape.artefact() && m.Value.Shape != ShapeNumber && m.Value.Shape != ShapeTime && m.Value.Shape != ShapeSchedule && m.Value.Product == "" ||
		m.Value.Shape == ShapeFileName || m.Value.Shape.located())
}

// Mentions reads the values of a description. fields gives the name of the log source's field that words, written as one in small letters,
// name, or empty. What a sentence says must keep firing, or does not happen, is left out.
func Mentions(s Scenario, fields func(string) string) []Mention {
	var out []Mention
	count := 0
	sections := []Section{s.Text, s.Description}
	if !s.Exclusion.Empty() {
		sections = []Section{s.Exclusion} // what happens is background then
	}
	for _, section := range sections {
		section.Text = plain(section.Text)
		for _, sentence := range sentences(section) {
			r := mentionReader{sentence: sentence, fields: fields, number: count}
			switch {
			case contrasts(sentence):
			case sentence.isCommand() || sentence.isPlainCommand():
				out = append(out, sentence.pasted(count))
			default:
				r.read(flatten(sentence.phrases))
				settleCommas(r.out)
				for _, m := range r.out {
					if !sentence.aside(m.Value.Span) {
						out = append(out, m)
					}
				}
			}
			count += r.clauses + 1
		}
	}
	return out
}

// speaker is who says a line of a conversation, with or without the time.
var speaker = regexp.MustCompile(`(?m)\[\d{1,2}:\d{2}\]\s*[A-Za-z][\w.-]*:|^\s*[a-z][\w.-]{1,14}:(?:\s)`)

// emphasis is what Markdown sets in bold or italics.
var emphasis = regexp.MustCompile(`(^|[\s(])(\*{1,2}|_{1,2})([A-Za-z][^*_\n]*?)(\*{1,2}|_{1,2})([\s.,:;)]|$)`)

// plain blanks out the marks of conversations and of Markdown. Offsets stay.
func plain(text string) string {
	b := []byte(text)
	for _, at := range speaker.FindAllStringIndex(text, -1) {
		if key := keyOf(strings.Trim(text[at[0]:at[1]], " \t\n:")); lexicon[key].kind == rolePhrase {
			continue // "parent: x"
		}
		for k := at[0]; k < at[1]; k++ {
			if b[k] != '\n' {
				b[k] = ' '
			}
		}
		if at[0] > 0 {
			b[at[0]] = '\n'
		}
		if k := at[1] - 1; at[0] > 1 && k > at[0] {
			b[at[0]] = ';'
		}
	}
	for _, at := range emphasis.FindAllSubmatchIndex(b, -1) {
		for _, group := range []int{4, 8} {
			for k := at[group]; k < at[group+1]; k++ {
				b[k] = ' '
			}
		}
	}
	return string(b)
}

// flatten puts what stands in parentheses in line with the rest.
func flatten(phrases []phrase) []phrase {
	var out []phrase
	for _, ph := range phrases {
		if ph.kind != groupPhrase {
			out = append(out, ph)
			continue
		}
		out = append(out, phrase{entry: entry{kind: groupPhrase}, start: ph.start, end: ph.start, text: "("})
		out = append(out, flatten(ph.children)...)
		out = append(out, phrase{entry: entry{kind: groupPhrase}, start: ph.end, end: ph.end, text: ")"})
	}
	return out
}

// settleCommas gives a comma the connective that ends its list.
func settleCommas(list []Mention) {
	after := OrJoin
	for k := len(list) - 1; k >= 0; k-- {
		switch list[k].Join {
		case CommaJoin:
			list[k].Join = after
		case NoJoin:
			after = OrJoin
		default:
			after = list[k].Join
		}
	}
}

// contrasting are words of sentences that say what must not be lost, or what did not happen.
var contrasting = []string{"should still", "must still", "has to still", "needs to still", "still fire", "still alert", "still trigger", "still be", "still want", "keep firing", "keep alerting", "keep the rule", "nothing else",
	"anything else", "everything else", "any other", "all other", "other than that", "do not lose", "not lose", "don't lose", "rather than", "instead of", "attacker", "malicious", "malware", "adversar", "not to be confused",
	"have to remain", "has to remain", "must remain", "should remain", "anywhere else", "as they are", "leave the other", "the other children", "still an alert", "stays an alert", "stay an alert", "masquerad", "escalate", "stay visible", "stays visible", "stay covered", "stays covered", "to be kept", "are kept", "→ keep", "-> keep", "forbidden", "is something else", "of interest", "do not occur", "does not occur",
	"stays a detection", "stay a detection", "free pass", "foreign", "as before", "not the other", "not for the other", "other extensions", "is not benign", "subject is not", "would be odd", "would be suspicious", "is suspicious", "we never",
	"everything unchanged", "worth a look", "worth looking", "must alert", "should alert", "must fire", "should fire", "want to see", "not excluded", "still shown", "still report", "stay in scope", "must not be excluded", "should not be excluded", "not be hidden", "real attack", "unlike"}

// contrasts says whether a sentence is about what must keep firing, before its first aside.
func contrasts(s sentence) bool {
	span := s.span()
	text := s.text[span.Start-s.base : span.End-s.base]
	if k := strings.IndexAny(text, ";("); k >= 0 {
		text = text[:k]
	}
	return contrasted(text)
}

func contrasted(text string) bool {
	text = strings.ToLower(text)
	for _, c := range contrasting {
		if strings.Contains(text, c) {
			return true
		}
	}
	return false
}

// aside says whether a value stands in a part of the sentence that is about what must keep firing: a parenthesis, or what a semicolon or a
// "but" sets apart.
func (s sentence) aside(v Span) bool {
	span := s.span()
	at, text := v.Start-s.base, s.text
	start, end := span.Start-s.base, span.End-s.base
	if at < start || at > end {
		return false
	}
	for k := at - 1; k >= start; k-- {
		if strings.IndexByte(";(", text[k]) >= 0 && !(text[k] == '(' && strings.HasPrefix(text[k:], "(x86")) || hasFold(text[k:], ", but ") || hasFold(text[k:], " - ") {
			start = k
			break
		}
	}
	for k := v.End - s.base; k < end; k++ {
		if strings.IndexByte(";)(", text[k]) >= 0 || hasFold(text[k:], ", but ") || hasFold(text[k:], " - ") {
			end = k
			break
		}
	}
	return contrasted(text[start:end])
}

// isPlainCommand says whether the sentence is a command with arguments and nothing else: "sc query acme1".
func (s sentence) isPlainCommand() bool {
	const longest = 6 // words; a longer line without a flag is prose
	if len(s.phrases) < 2 || len(s.phrases) > longest || capitalised(s.phrases[0].text) {
		return false
	}
	if _, plain := isTool(s.phrases[0].text); !plain && !systemPrograms()[strings.ToLower(s.phrases[0].text)] {
		return false
	}
	for k, ph := range s.phrases {
		if ph.kind != wordPhrase && ph.kind != valuePhrase || ph.quoted || stopWords[ph.key] || verbForm(ph.key) || k > 0 && ph.start > s.phrases[k-1].end+1 || capitalised(ph.text) && ph.shape == ShapeName {
			return false
		}
	}
	return true
}

// shells are how a command line begins that only hands on another.
var shells = []string{"cmd /c ", "cmd.exe /c ", "cmd /k ", "sh -c ", "bash -c "}

// pasted is the mention of a whole command line, without the shell that it is handed to.
func (s sentence) pasted(number int) Mention {
	c := s.command()
	v := c.Values[0]
	for _, shell := range shells {
		if hasFold(v.Text, shell) {
			v.Text, v.Span.Start = v.Text[len(shell):], v.Span.Start+len(shell)
		}
	}
	v.Quoted = true
	return Mention{Value: v, Role: RoleCommandLine, Operator: Contains, Sentence: number}
}

// mentionReader walks one sentence from left to right and keeps what the words since the last value say.
type mentionReader struct {
	sentence sentence
	fields   func(string) string
	number   int
	clauses  int // further clauses of the sentence, set apart by semicolons
	out      []Mention

	role     Role
	field    string
	op       Operator
	part     Part
	place    Place
	class    Class
	negated  bool
	join     Join
	cued     bool // words since the last mention say something of the next one
	lacks    Operator
	boundary bool // a new clause since the last mention
	list     int  // the first mention of the list that is being read
	last     int  // index of the phrase of the last mention, -1 when there is none
	inside   bool // in parentheses
	named    bool // a name or class noun stands right before
	acted    bool // a verb came in this clause
	firm     bool // the agent was named by "run by", not by a mere "by"
	article  bool // "the", "a" stands right before
	content  bool // behind "with": what something holds
	exact    bool // the operator is one of a query
	classAt  int  // index of the phrase that gave class
	scripts  bool // a noun for scripts came
	example  bool // behind "e.g."
	owner    bool // behind "whose": what is said is of the agent
	via      bool // behind "through"
	names    []phrase
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
			r.boundary, r.acted, r.part, r.join, r.last = true, false, NoPart, NoJoin, -1
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
		r.boundary, r.acted, r.part = true, false, NoPart
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

// equalities are operators that leave no room before and behind.
var equalities = wordSet("equals equal ==")

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

// wellKnown are directories that people name without their path.
var wellKnown = wordSet("programfiles programdata appdata localappdata system32 syswow64 winsxs usersprofile")

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
		for i+n < len(items) && items[i+n].kind == classPhrase && items[i+n].class == ClassDirectory && false {
			n++
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

// lackingWord reads "null parent", "empty or missing command line", "the command line is empty".
func (r *mentionReader) lackingWord(items []phrase, i int, lack Operator) int {
	j := i + 1
	if j+1 < len(items) && items[j].kind == connectivePhrase && lacking(items[j+1].key) != "" {
		if lacking(items[j+1].key) != lack {
			lack = NullOrEmpty
		}
		j += 2
	}
	if j < len(items) && r.lacking(items, j, lack) {
		return j - i - 1 + r.skipTo(items, j)
	}
	if n := len(r.out); r.role == "" && r.field == "" && n > 0 && r.join == OrJoin && (r.out[n-1].Field != "" || r.out[n-1].Role != "") {
		r.role, r.field = r.out[n-1].Role, r.out[n-1].Field // `is "-" or empty`
	}
	if r.role != "" || r.field != "" {
		r.lack(lack, items[i])
		return j - i - 1
	}
	return 0
}

// lacking adds a mention for a role that is said not to be there, when the phrase at i names one.
func (r *mentionReader) lacking(items []phrase, i int, lack Operator) bool {
	for i < len(items) && items[i].kind == determinerPhrase {
		i++
	}
	if i >= len(items) || items[i].kind != rolePhrase || i+1 < len(items) && (items[i+1].kind == valuePhrase || items[i+1].kind == opPhrase) {
		return false
	}
	r.role = items[i].role
	if isFieldName(items[i].text) {
		r.field = items[i].text
	}
	r.lack(lack, items[i])
	return true
}

// skipTo is how many phrases after i-1 are read with the role at or after i.
func (r *mentionReader) skipTo(items []phrase, i int) int {
	n := 1
	for i < len(items) && items[i].kind == determinerPhrase {
		i, n = i+1, n+1
	}
	return n
}

func (r *mentionReader) lack(op Operator, ph phrase) {
	if n := len(r.out); n > 0 && r.join == OrJoin && r.out[n-1].Operator.Lacks() && r.out[n-1].Role == r.role && r.out[n-1].Field == r.field {
		r.out[n-1].Operator = NullOrEmpty // "is null or empty"
		r.clear()
		r.join = NoJoin
		return
	}
	base := r.sentence.base
	m := Mention{Role: r.role, Field: r.field, Operator: op, Sentence: r.number + r.clauses, Negated: r.negated, Join: r.join}
	m.Value.Span = Span{base + ph.start, base + ph.end}
	r.out = append(r.out, m)
	r.clear()
	r.negated, r.join = false, NoJoin
}

// fieldAt reads the name of a field of the log source, and returns how many phrases it takes.
func (r *mentionReader) fieldAt(items []phrase, i int) int {
	const most = 4 // words
	if r.fields == nil {
		return 0
	}
	key := ""
	found, name := 0, ""
	for n := 0; n < most && i+n < len(items); n++ {
		ph := items[i+n]
		switch ph.kind {
		case wordPhrase, rolePhrase, classPhrase, nounPhrase, activePhrase, verbPhrase, advicePhrase, openPhrase:
		case valuePhrase:
			if ph.quoted && (n > 0 || r.fields(keyOf(ph.text)) != ph.text) || !ph.quoted && ph.shape != ShapeIdentifier && ph.shape != ShapeDomain && ph.shape != ShapeName {
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
		field := r.fields(key)
		inParens := r.inside && i > 0 && items[i-1].text == "(" && i+1 < len(items) && items[i+1].text == ")"
		if n == 0 && !isFieldName(ph.text) && !ph.quoted && !inParens && !(i+1 < len(items) && items[i+1].kind == opPhrase && items[i+1].exact) {
			if exact := r.fields(key); exact != ph.text || !capitalised(ph.text) || i+1 >= len(items) || !items[i+1].quoted {
				field = r.fields("used " + key) // an everyday word is a field where the rule has it
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
	if ph := items[i]; found == 0 && i == 0 && ph.kind == wordPhrase && inCamelCase(ph.text) && isFieldName(ph.text) && i+1 < len(items) && items[i+1].kind == wordPhrase && capitalised(items[i+1].text) && items[i+1].start == ph.end+1 && r.fields("any CamelCase") != "" {
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

// unknownField says whether a word in the form of a field's name is one, although the log source is not known to have it: an operator of a query
// follows, or an operator in words and a value.
func unknownField(items []phrase, i int) bool {
	ph := items[i]
	if ph.quoted || ph.kind == opPhrase || ph.kind == rolePhrase && ph.role != RoleField || ph.text == "" || !isASCIILetter(ph.text[0]) || ph.shape == ShapeFileName || ph.shape.located() || strings.ContainsAny(ph.text, `\/@`) {
		return false
	}
	k := i + 1
	for k < len(items) && (items[k].kind == groupPhrase || items[k].kind == fillerPhrase) {
		k++
	}
	if k >= len(items) {
		return false
	}
	next := items[k]
	if next.kind == opPhrase && (next.text == "=" || next.text == "==" || next.text == "=~") {
		return isIdentifier(ph.text)
	}
	if !isFieldName(ph.text) || ph.shape == ShapeDomain && !strings.ContainsAny(ph.text, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") && next.kind != opPhrase {
		return false
	}
	switch {
	case next.kind == opPhrase && (next.exact || next.op != Is):
		return true
	case next.kind == opPhrase && (next.key == "is" || next.key == "equals" || next.key == "set to" || next.key == "is set to"), next.kind == prepositionPhrase && next.key == "in", next.kind == opPhrase && next.op == InRange:
		return k+1 < len(items) && (items[k+1].kind == valuePhrase || strings.ContainsAny(ph.text, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.Contains(ph.text, "."))
	case next.kind == valuePhrase || next.kind == wordPhrase:
		return k == i+1 && strings.Contains(ph.text, ".") && next.start == ph.end+1 && strings.ContainsAny(next.text, ":/-_@.0123456789") && !next.shape.located()
	}
	return false
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// nameBegins says whether a word of the vocabulary in capitals opens a name: the next word is in capitals as well, and nobody knows it.
func nameBegins(items []phrase, i int) bool {
	ph := items[i]
	switch ph.kind {
	case rolePhrase, classPhrase, nounPhrase:
	default:
		return false
	}
	return capitalised(ph.text) && !strings.Contains(ph.text, " ") && !isFieldName(ph.text) && i+1 < len(items) && items[i+1].kind == wordPhrase && items[i+1].shape == ShapeName && !generic[items[i+1].key] &&
		items[i+1].start == ph.end+1 && !(i > 0 && items[i-1].kind == connectivePhrase && false)
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

// accountLike reports a word that is the name of an account rather than that of anything else.
func accountLike(v Value) bool {
	known, _ := isTool(v.Text)
	return v.Shape == ShapeAccount || v.Shape == ShapeIdentifier || v.Shape == ShapeSID || strings.ContainsAny(v.Text, "_.$@0123456789") || v.Shape == ShapeWord && (known || v.Product != "") || accounts[v.Text]
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
	if (r.field != "" || r.role != "" && r.op != "") && len(r.out) >= 0 {
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
	if len(r.out) == 0 || r.boundary && false {
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
	r.negated, r.join, r.named, r.boundary, r.firm, r.via = false, NoJoin, false, false, false, false
	if r.part == Agent {
		r.part = NoPart
	}
}

// alike says whether two values can be in one list.
func alike(a, b Value) bool {
	group := func(v Value) int {
		switch v.Shape {
		case ShapeIP, ShapeCIDR, ShapeDomain, ShapeURL:
			return 2
		case ShapeRegistry:
			return 3
		case ShapeDirectory:
			return 4
		case ShapeNumber:
			return 5
		case ShapeFlag:
			return 6
		case ShapePath, ShapeFileName, ShapeGlob:
			return 7
		}
		return 0
	}
	x, y := group(a), group(b)
	return x == y || (x == 0 && y == 7 || x == 7 && y == 0) && a.Quoted == b.Quoted
}

// verbs of what programs do to things, by their stems.
var verbStems = wordSet("write read open creat drop unpack extract copi copy copie mov renam delet remov modifi modify edit sav stor plac put load import inject access queri query connect contact reach resolv " +
	"request download upload fetch install register set touch configur check enumerat scan list dump start launch spawn run runn execut call invok trigger us perform generat produc map mount mark enabl disabl stop " +
	"kill use restart poll push pull sync pars collect prob grep cat ping writ add stag deploy delivers deliver attach talk beacon log hook monitor inspect updat refresh grab read set sett put putt leav keep issu send sends")

// verbForm: a verb in the third person, or its -ing form.
func verbForm(key string) bool {
	for _, suffix := range []string{"ing", "es", "s"} {
		if stem, ok := strings.CutSuffix(key, suffix); ok && len(stem) > 1 && verbStems[stem] {
			return true
		}
	}
	return false
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
		if stem := strings.TrimSuffix(ph.text, "s"); stem != ph.text && tools()[stem] && !verbStems[stem+"!"] && isCommandVerb(stem) {
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
	case windowsWord(ph.text, (r.part == Agent || r.role == RoleParent || r.role == RoleProcess || r.part == Object && r.acted && ends(items, i)) && !r.article), known && (r.role == RoleProcess || r.role == RoleParent || r.part == Agent && r.firm) && !r.article:
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

// userThings are what a user has: the word is about them, not the name of an account.
var userThings = wordSet("profile profiles data folder folders interface mode level session sessions right rights input agent name names space land request requests home desktop context activity behavior behaviour action actions somehow too anyway error errors")

// adjective: a word with the ending of an adjective, or one that judges.
func adjective(key string) bool {
	return suffixed(key, "ent", "ble", "ous", "ful", "ic", "ive", "ary", "ant", "less", "ish", "ate") || key == "enough" || key == "different" || key == "fine" || key == "true"
}

// ends says whether a clause ends behind items[i].
func ends(items []phrase, i int) bool {
	if i+1 == len(items) {
		return true
	}
	switch items[i+1].kind {
	case connectivePhrase, groupPhrase, openerPhrase:
		return true
	}
	return false
}

// englishPrograms are programs of Windows whose names are English words.
var englishPrograms = wordSet("at change choice cipher clip compact consent control convert dns expand explorer find finger format ftp hostname label logoff magnify mode more mrt narrator net ping print query recover " +
	"replace reset route sc services shutdown sort subst verifier where write calc cmd powershell")

// windowsWord says whether a plain word names a program of Windows. Where a program is expected, a word that is English as well will do.
func windowsWord(text string, expected bool) bool {
	key := strings.ToLower(text)
	const shortest = 4
	return systemPrograms()[key] && (expected && len(key) >= shortest || !englishPrograms[key] && len(key) > shortest)
}

// shortestName is how long a word in capitals is that nobody has to know: SSL, GPO and HTML name no product.
const shortestName = 4

func isCommandVerb(stem string) bool {
	return stem == "grep" || stem == "cat" || stem == "curl" || stem == "ping" || stem == "tail"
}

func verbNext(items []phrase, i int) bool {
	return i+1 < len(items) && (items[i+1].kind == activePhrase || items[i+1].kind == wordPhrase && verbForm(items[i+1].key))
}

// generic are words in capitals that name nothing by themselves.
var generic = wordSet("os windows microsoft ms it ad gpo pc soc fp fps vm av edr hr us ui gui api cli dc dcs siem sigma kql splunk sysmon linux mac macos admin admins user users note reason tuning scenario status ok hi thanks regards team " +
	"please can could we our the this these those if when only all any no yes id ids sids dll dlls exe exes url urls ip ips dns http https tcp udp rdp smb ldap wmi mfa sso vpn cdn root cause expected description component request response ops devops " +
	"false positive positives legit legitimate benign known closed resolved wontfix action rule rules filter filters exclude exclusion suppress add update fix new also installer setup service services process processes parent child server servers client clients")

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

// Span is where the value stands.
func (m Mention) Span() Span { return m.Value.Span }

// Limits are the words of a description for people, hosts, times and approvals: who, where and when, which no value says.
func Limits(s Scenario) []string {
	var out []string
	for _, section := range []Section{s.Text, s.Description} {
		for _, sentence := range sentences(section) {
			if contrasts(sentence) {
				continue
			}
			for _, ph := range flatten(sentence.phrases) {
				switch ph.class {
				case ClassUser, ClassGroup, ClassTime, ClassApproval, ClassFrequency, ClassPrivilege:
					if ph.kind == classPhrase && !everyday[ph.key] {
						out = append(out, ph.text)
					}
				}
			}
		}
	}
	return out
}

// everyday are words of those classes that mostly limit nothing: "at install time", "on first request".
var everyday = wordSet("time times day days request change documentation cleanup policy policies inventory audit audits exercise exception person people staff owners context rights date dates month week period periods")
