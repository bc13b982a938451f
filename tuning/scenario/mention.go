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

// Fields says which words are names of fields: this package knows none. Keys are in small letters, without blanks and marks. The zero value knows
// no field.
type Fields struct {
	Named func(key string) string // the field of the log source with this name, or empty
	Used  func(key string) string // the same, of those that the rule uses
	Open  bool                    // the log source may have fields that nobody lists
}

// Mentions reads the values of a description, or of its exclusion where there is one. What a sentence says must keep firing, or does not happen, is
// left out. It accepts every input.
func Mentions(s Scenario, fields Fields) []Mention {
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
