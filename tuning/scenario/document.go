package scenario

import (
	"strings"
)

// Document is a text taken apart. Every section may be empty.
type Document struct {
	Hypothesis Section // the prose before the rule
	Rule       Section // the first rule, as it stands: its indentation may be lost
	Query      Query   // the first query in another language
	Scenarios  []Scenario

	// FalsePositives are the entries of the rule's own falsepositives list, one Scenario each, without exclusion.
	FalsePositives []Scenario

	// Cut is set when the text ends mid-sentence. The last scenario then has Cut set too and its last sentence is
	// not extracted.
	Cut   bool
	Notes []Note

	paragraphs bool // nothing is labelled: each paragraph and each item of a list is a scenario
}

// Query is a section written in a query language.
type Query struct {
	Section
	Language Language
}

// Language of a query.
type Language string

// The languages that Read tells apart.
const (
	KQL             Language = "kql"
	SPL             Language = "spl"
	UnknownLanguage Language = ""
)

// Scenario is one situation that should not alert.
type Scenario struct {
	Text        Section // the situation: "Administrators run nmap during an audit."
	Description Section // more about it, when the document has a description
	Exclusion   Section // what to exclude: "Exclude processes where …"; empty in a bare sentence
	Cut         bool    // the last sentence of the last section is incomplete

	Stated []Condition // what to exclude, in fields: an AND. The structured form says so; it wins over the prose
}

// maxInput bounds the work on one document. The longest page of the seed's kind has 3 KB and the longest live rule
// 40 KB; a megabyte leaves room for a whole tracker export.
const maxInput = 1 << 20

// Read takes a text apart. It accepts everything and never fails: what it does not recognise is a hypothesis, or,
// in a text without rule and scenarios, a scenario for each paragraph.
func Read(text string) Document {
	var doc Document
	if len(text) > maxInput {
		doc.Notes = append(doc.Notes, Note{Code: NoteTooLongToRead, Span: Span{maxInput, len(text)},
			Message: "only the first megabyte was read; pass fewer scenarios at a time"})
		text = text[:maxInput]
	}
	if list, ok := structured(text); ok {
		doc.Scenarios = list
		return doc
	}
	r := reader{text: text, lines: splitLines(text)}
	r.run()
	doc.Notes = append(doc.Notes, r.notes...)
	doc.Hypothesis = r.section(r.hypothesis)
	doc.Rule = r.section(r.rule)
	doc.Query = Query{Section: r.section(r.query), Language: r.language}
	doc.Scenarios = r.scenarios()
	if len(doc.Scenarios) == 0 && doc.Rule.Empty() && doc.Query.Empty() {
		doc.Scenarios, doc.paragraphs = r.paragraphs(), true
		doc.Hypothesis = Section{}
	}
	if !doc.Rule.Empty() {
		doc.FalsePositives = falsePositives(text, doc.Rule)
	}
	doc.markCut(text)
	doc.notePairs()
	return doc
}

// notePairs says which scenarios lack a half.
func (d *Document) notePairs() {
	paired := false
	for _, s := range d.Scenarios {
		paired = paired || !s.Exclusion.Empty()
	}
	for _, s := range d.Scenarios {
		switch {
		case !paired:
		case s.Exclusion.Empty():
			d.Notes = append(d.Notes, Note{Code: NoteNoExclusion, Span: s.Text.Span,
				Message: "this scenario has no filter sentence; conditions are read from the scenario itself"})
		case s.Text.Empty():
			d.Notes = append(d.Notes, Note{Code: NoteNoScenario, Span: s.Exclusion.Span,
				Message: "this filter sentence has no scenario before it"})
		}
	}
}

// markCut finds out whether the text ends mid-sentence. A text that never uses end marks (notes, query fragments)
// is only cut when its last words cannot end a sentence.
func (d *Document) markCut(text string) {
	if len(d.Scenarios) == 0 {
		return
	}
	last := &d.Scenarios[len(d.Scenarios)-1]
	end := last.lastSection()
	if end.Empty() || len(end.Text) > maxSection || strings.TrimSpace(text[end.Span.End:]) != "" {
		return
	}
	punctuated := false
	for _, s := range d.Scenarios {
		for _, part := range []Section{s.Text, s.Description, s.Exclusion} {
			punctuated = punctuated || (part.Span != end.Span && endsSentence(part.Text))
		}
	}
	if dangles(end.Text) || (punctuated && !endsSentence(end.Text) && !endsInCode(end.Text)) {
		last.Cut, d.Cut = true, true
		d.Notes = append(d.Notes, Note{Code: NoteCut, Span: end.Span,
			Message: "the text ends mid-sentence; its last sentence was not read"})
	}
}

// Message reads one text that somebody wrote about a rule: its labelled scenarios, or all of it as one. Its paragraphs and the items of its lists
// are about one thing, other than those of a page.
func Message(text string) []Scenario {
	doc := Read(text)
	list := doc.Scenarios
	if len(list) < 2 || !doc.paragraphs {
		return list
	}
	body := sectionOf(text, Span{0, len(text)})
	return []Scenario{{Text: body, Cut: list[len(list)-1].Cut}}
}

func (s Scenario) lastSection() Section {
	last := s.Text
	for _, part := range []Section{s.Description, s.Exclusion} {
		if !part.Empty() && part.Span.End >= last.Span.End {
			last = part
		}
	}
	return last
}

// endsSentence says whether the text ends with an end mark, closing quotes and brackets aside.
func endsSentence(text string) bool {
	text = strings.TrimRight(text, " \t\r\n*_`\"')”’»]")
	return strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?")
}

// endsInCode says whether the last sentence ends the way an expression does: a bracket, a quoted value, a
// comparison with one value, a path.
func endsInCode(text string) bool {
	trimmed := strings.TrimRight(text, " \t\r\n")
	for _, close := range []string{")", "\"", "'", "”", "’", "`", "]", ";"} {
		if strings.HasSuffix(trimmed, close) {
			return true
		}
	}
	tokens := tokenise(text)
	n := len(tokens)
	if n == 0 {
		return false
	}
	if tokens[n-1].kind == literalToken {
		return true
	}
	return n > 1 && tokens[n-2].kind == operatorToken
}

// dangles says whether the text stops where no sentence can: after a connective, an article, an operator, a comma,
// or inside a bracket or quotation.
func dangles(text string) bool {
	tokens := tokenise(text)
	depth := 0
	for _, t := range tokens {
		switch t.kind {
		case openToken:
			depth++
		case closeToken:
			depth = max(0, depth-1)
		}
	}
	if depth > 0 || len(tokens) == 0 {
		return depth > 0
	}
	last := tokens[len(tokens)-1]
	switch last.kind {
	case commaToken, operatorToken:
		return true
	case wordToken:
		return cannotEnd[last.key]
	}
	return false
}

// cannotEnd are words after which an English sentence goes on.
var cannotEnd = wordSet("and or the a an of to with where when whose is are was by from in on at for that which " +
	"includes contains including containing like if as equals has have not but plus e.g. e.g i.e. such")
