package scenario

// Value is one value as the text has it.
type Value struct {
	Text     string // the bytes at Span: quotes and the % of LIKE are off, nothing else is changed
	Span     Span   // in the text given to Read, or in Section.Text when the section has no span
	Shape    Shape
	Quoted   bool
	BareTool bool   // a tool's name without path, under "command line contains" or alone: an image, not a substring
	Example  bool   // one of the examples of an open class
	Product  string // the product table's name for it, when it is an alias: a display name is no value of a field
}

// Condition is one comparison. A condition without values that is not Open asks whether the role is set (Exists).
type Condition struct {
	Role     Role
	Maybe    Role   // the other role the words allow: the parent where a launcher is named as process; usually empty
	Field    string // the field or words as the text names the role, "process.name"; empty when the role is implied
	Operator Operator
	Stated   bool // the text states the operator; otherwise it is the role's default
	Values   []Value
	All      bool // every value must be there ("contains a and b"); otherwise any of them
	Negated  bool // inside the exclusion: an exception to it

	// Open is set when the phrase names a class of things ("a known monitoring tool"), alone or beside its examples.
	// Values then are examples at best, and a filter made of them alone is narrower than what was asked for.
	Open      bool
	Class     Class
	Suggested []Value // what the scenario sentence names for this open class: "(e.g., rsyslog, auditd)"

	Phrase string // the words, as they stand
	Span   Span
	Note   string // one sentence for the person, or empty
}

// Ambiguity is another reading of the exclusion.
type Ambiguity struct {
	Code   NoteCode
	Reason string
	Groups [][]Condition // the other reading, in the form of Extraction.Groups
}

// Phrase is a piece of the text.
type Phrase struct {
	Text string
	Span Span
}

// Extraction is what a scenario says.
type Extraction struct {
	Activity Activity // from the scenario sentence and its description

	// Groups is what to exclude: an OR of ANDs. Open and inexpressible conditions stay in their group. No groups
	// means that the text names nothing that an event could be compared with.
	Groups      [][]Condition
	Ambiguities []Ambiguity
	Advice      []Phrase // instructions to people: "review the parent relationship"; no conditions
	FromText    bool     // Groups was read from the scenario sentence, because there is no exclusion
	Cut         bool     // a last incomplete sentence was left out
	Notes       []Note
}

// maxGroups bounds the expansion of nested alternatives. Prose has up to 4 groups; an expression with more than 64
// is a rule of its own.
const maxGroups = 64

// maxSection bounds the work on one section. The longest of the seed's kind has 300 bytes.
const maxSection = 16 << 10

// Extract reads one scenario for a kind of log source. It accepts every input.
func Extract(s Scenario, kind Kind) Extraction {
	out := Extraction{Cut: s.Cut}
	last := s.lastSection()
	read := func(section Section) []sentence {
		list := sentences(section)
		if s.Cut && section.Span == last.Span && section.Text == last.Text && len(list) > 0 {
			cut := list[len(list)-1]
			out.Notes = append(out.Notes, Note{Code: NoteCut, Span: cut.span(), Message: "this sentence is incomplete and was not read"})
			list = list[:len(list)-1]
		}
		return list
	}
	situation := append(read(s.Text), read(s.Description)...)
	out.Activity = activityOf(situation)
	if len(s.Stated) > 0 {
		out.Groups = [][]Condition{append([]Condition(nil), s.Stated...)}
		return out
	}
	exclusion := read(s.Exclusion)
	if s.Exclusion.Empty() {
		exclusion, out.FromText = situation, true
	}
	p := parser{kind: kind, out: &out, exclusion: !out.FromText}
	out.Groups = p.document(exclusion)
	finish(&out)
	return out
}

// sentence is the phrases of one sentence. base is added to offsets to get spans.
type sentence struct {
	text    string
	base    int
	phrases []phrase
}

func (s sentence) span() Span {
	if len(s.phrases) == 0 {
		return Span{}
	}
	return Span{s.base + s.phrases[0].start, s.base + s.phrases[len(s.phrases)-1].end}
}

// sentences segments a section.
func sentences(section Section) []sentence {
	text := section.Text
	if len(text) > maxSection {
		text = text[:maxSection]
	}
	tokens := tokenise(text)
	var list []sentence
	start, depth := 0, 0
	flush := func(end int) {
		if phrases := phrasesOf(text, tokens[start:end]); len(phrases) > 0 {
			list = append(list, sentence{text: text, base: section.Span.Start, phrases: phrases})
		}
		start = end
	}
	for i, t := range tokens {
		switch t.kind {
		case openToken:
			depth++
		case closeToken:
			depth = max(0, depth-1)
		case stopToken:
			if depth == 0 {
				flush(i + 1)
			}
		case semicolonToken:
			if depth == 0 && t.lineStart && i > start {
				flush(i) // the next item of a list
			}
		}
	}
	flush(len(tokens))
	return list
}

// finish fills what only the whole extraction shows: tools, suggestions, slips.
func finish(out *Extraction) {
	readings := [][][]Condition{out.Groups}
	for _, a := range out.Ambiguities {
		readings = append(readings, a.Groups)
	}
	for _, groups := range readings {
		for _, group := range groups {
			for i := range group {
				out.finishCondition(&group[i])
			}
		}
	}
	for _, group := range out.Groups {
		for _, c := range group {
			out.noteCondition(c)
		}
	}
}

func (out *Extraction) finishCondition(c *Condition) {
	for i := range c.Values {
		v := &c.Values[i]
		v.BareTool = !v.Quoted && (c.Role == RoleCommandLine || c.Role == RoleUnstated) && out.bareTool(*v)
	}
	if c.Role == RoleProcess && c.Maybe == "" && len(c.Values) > 0 && c.Field != "" {
		slip := true
		for _, v := range c.Values {
			slip = slip && launches(v.Text)
		}
		if slip {
			c.Maybe = RoleParent
		}
	}
	if c.Open && len(c.Values) == 0 {
		c.Suggested = nil
		for _, a := range out.Activity.Actors {
			if a.Role == c.Role && a.named() {
				c.Suggested = append(c.Suggested, a.Value)
			}
		}
	}
}

// bareTool: a word that is a command, or the tool of the scenario sentence.
func (out *Extraction) bareTool(v Value) bool {
	if v.Shape != ShapeWord && v.Shape != ShapeIdentifier && v.Shape != ShapeName {
		return false
	}
	if known, _ := isTool(v.Text); known {
		return true
	}
	return v.Text == out.Activity.Tool.Text && v.Text != ""
}

// conditionNotes: what to say about a condition, by its looks.
func (out *Extraction) noteCondition(c Condition) {
	say := func(code NoteCode, message string) {
		for _, n := range out.Notes {
			if n.Code == code && n.Span == c.Span {
				return
			}
		}
		out.Notes = append(out.Notes, Note{Code: code, Message: message, Span: c.Span})
	}
	if c.Maybe == RoleParent {
		say(NoteRoleSlip, "this program starts others: events show it as parent, not as the process")
	}
	for _, v := range c.Values {
		switch {
		case v.Product != "" && len(products().byFile[fileKey(v.Text)]) == 0:
			say(NoteDisplayName, "a product's name, not a value of a field: take its programs from the product table")
		case c.Role == RoleUser && looksLikeGroup(v.Text):
			say(NoteGroupAsUser, "this looks like the name of a group; user fields hold account names")
		case (c.Role == RoleProcess || c.Role == RoleParent) && scriptName(v.Text):
			say(NoteScriptAsImage, "the image of a script is its interpreter; the script's name is in the command line")
		}
	}
	for _, row := range vocabulary {
		if row.Role == c.Role && row.Note != "" {
			say(NoteApproximated, row.Note)
			return
		}
	}
}
