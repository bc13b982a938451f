package scenario

import (
	"strings"
	"unicode/utf8"
)

// line is one line of the text without its line break.
type line struct {
	start, end int
	text       string
}

func splitLines(text string) []line {
	var lines []line
	start := 0
	if strings.HasPrefix(text, "\uFEFF") {
		start = len("\uFEFF")
	}
	for start <= len(text) {
		end := len(text)
		next := len(text) + 1
		if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
			end, next = start+i, start+i+1
		}
		content := strings.TrimSuffix(text[start:end], "\r")
		lines = append(lines, line{start, start + len(content), content})
		start = next
	}
	return lines
}

// reader walks the lines once and says for each to which section it belongs.
type reader struct {
	text  string
	lines []line
	notes []Note

	hypothesis, rule, query Span
	language                Language
	condition               bool   // the rule's condition was seen
	proofs                  []bool // see proof
	marks                   []mark
}

// mark is a labelled piece of a scenario: "Filter/Exclusion: …".
type mark struct {
	label label
	body  Span
}

// label of a piece of a scenario.
type label int

const (
	noLabel label = iota
	scenarioLabel
	descriptionLabel
	exclusionLabel
)

// labels are the words that open a piece of a scenario, in lower case without the colon.
var labels = map[string]label{
	"scenario": scenarioLabel, "false positive": scenarioLabel, "false positive scenario": scenarioLabel,
	"fp scenario": scenarioLabel, "situation": scenarioLabel, "use case": scenarioLabel, "benign scenario": scenarioLabel,
	"description": descriptionLabel, "details": descriptionLabel, "explanation": descriptionLabel, "context": descriptionLabel,
	"filter/exclusion": exclusionLabel, "filter / exclusion": exclusionLabel, "exclusion/filter": exclusionLabel,
	"filter": exclusionLabel, "exclusion": exclusionLabel, "exclude": exclusionLabel, "filters": exclusionLabel,
	"exclusions": exclusionLabel, "filter or exclusion": exclusionLabel, "filter and exclusion": exclusionLabel,
	"suggested filter": exclusionLabel, "suggested exclusion": exclusionLabel, "tuning": exclusionLabel,
	"recommended filter": exclusionLabel, "recommended exclusion": exclusionLabel, "mitigation": exclusionLabel,
}

// structuredLabels are the keys of our own YAML form, `scenarios:` with `text` and `exclude`; "text" is too common
// a word to be a label anywhere else.
var structuredLabels = map[string]label{"text": scenarioLabel, "description": descriptionLabel, "exclude": exclusionLabel}

// headings are lines that open a section and belong to none.
var headings = map[string]part{
	"detection rule": ruleHeading, "sigma rule": ruleHeading, "rule": ruleHeading, "detection": ruleHeading,
	"kql query": queryHeading, "kql": queryHeading, "query": queryHeading, "hunting query": queryHeading,
	"sentinel query": queryHeading, "splunk query": queryHeading, "detection query": queryHeading,
	"hypothesis": proseHeading, "hunt hypothesis": proseHeading, "scenarios": proseHeading,
	"false positives": proseHeading, "false positive scenarios": proseHeading, "false positive guidance": proseHeading,
	"known false positives": proseHeading, "tuning guidance": proseHeading, "exclusions": proseHeading,
	"filters": proseHeading, "references": proseHeading, "background": proseHeading,
}

type part int

const (
	prosePart part = iota
	rulePart
	queryPart
	scenarioPart
	ruleHeading
	queryHeading
	proseHeading
)

func (r *reader) run() {
	state := prosePart
	structured := false
	for i := 0; i < len(r.lines); i++ {
		l := r.lines[i]
		if isFence(l.text) {
			if state == rulePart || state == queryPart {
				state = prosePart
			}
			continue
		}
		if !structured && strings.TrimSpace(l.text) == "scenarios:" {
			structured, state = true, scenarioPart
			continue
		}
		if labelled := r.labelled(l, structured && state == scenarioPart, state); len(labelled) > 0 {
			r.marks = append(r.marks, labelled...)
			state = scenarioPart
			continue
		}
		if heading, ok := headings[headingText(l.text)]; ok && !(state == rulePart && isRuleLine(l.text)) {
			state = prosePart
			r.expect(i+1, heading)
			continue
		}
		if state != rulePart && r.startsRule(i) {
			state = rulePart
			if r.rule != (Span{}) {
				r.notes = append(r.notes, Note{Code: NoteSecondRule, Span: Span{l.start, l.end},
					Message: "the document holds a second rule; only the first one is tuned"})
			}
		} else if state != queryPart && r.startsQuery(i) {
			state = queryPart
			if r.query.End > r.query.Start {
				r.notes = append(r.notes, Note{Code: NoteSecondQuery, Span: Span{l.start, l.end},
					Message: "the document holds a second query; only the first one is compared"})
			}
		} else if state == rulePart && r.endsRule(i) {
			state = prosePart
		} else if state == queryPart && r.endsQuery(i) {
			state = prosePart
		} else if state == scenarioPart && r.endsScenario(i) {
			state = prosePart
		}
		r.take(state, i)
	}
}

// expect notes that a heading announces a rule or query on line i: an announced query needs no further proof.
func (r *reader) expect(i int, heading part) {
	if heading != queryHeading || r.query != (Span{}) {
		return
	}
	for ; i < len(r.lines) && (blank(r.lines[i].text) || isFence(r.lines[i].text)); i++ {
	}
	if i < len(r.lines) && !r.startsRule(i) && len(r.labelled(r.lines[i], false, prosePart)) == 0 {
		r.query = Span{r.lines[i].start, r.lines[i].start}
		r.language = languageOf(r.lines[i].text, "")
	}
}

// take adds line i to its section.
func (r *reader) take(state part, i int) {
	l := r.lines[i]
	if blank(l.text) {
		return
	}
	switch state {
	case rulePart:
		r.condition = r.condition || yamlKey(l.text) == "condition"
		extend(&r.rule, l, r.sameBlock(l, NoteSecondRule))
	case queryPart:
		if r.language == UnknownLanguage {
			r.language = languageOf(l.text, r.after(i))
		}
		extend(&r.query, l, r.sameBlock(l, NoteSecondQuery))
	case scenarioPart:
		if n := len(r.marks); n > 0 {
			m := &r.marks[n-1]
			m.body.End = l.end
			if m.body.Start == m.body.End || blank(r.text[m.body.Start:l.start]) {
				m.body.Start = l.start + len(l.text) - len(strings.TrimLeft(l.text, " \t"))
			}
		}
	default:
		if len(r.marks) == 0 && r.rule == (Span{}) && r.query == (Span{}) && !isTitleLine(l.text) {
			extend(&r.hypothesis, l, true)
		}
	}
}

// sameBlock says whether the line still belongs to the first rule or query rather than to a second one.
func (r *reader) sameBlock(l line, second NoteCode) bool {
	for _, n := range r.notes {
		if n.Code == second && n.Span.Start <= l.start {
			return false
		}
	}
	return true
}

func extend(s *Span, l line, allowed bool) {
	if !allowed {
		return
	}
	if *s == (Span{}) || s.End == s.Start {
		s.Start = l.start
	}
	s.End = l.end
}

func (r *reader) after(i int) string {
	for i++; i < len(r.lines); i++ {
		if !blank(r.lines[i].text) {
			return r.lines[i].text
		}
	}
	return ""
}

func (r *reader) section(s Span) Section {
	return sectionOf(r.text, s)
}

// sectionOf cuts white space off both ends of the span.
func sectionOf(text string, s Span) Section {
	if s.Start < 0 || s.End > len(text) || s.Start >= s.End {
		return Section{}
	}
	for s.Start < s.End && isSpace(text[s.Start]) {
		s.Start++
	}
	for s.End > s.Start && isSpace(text[s.End-1]) {
		s.End--
	}
	if s.Start == s.End {
		return Section{}
	}
	return Section{Span: s, Text: text[s.Start:s.End]}
}

// scenarios pairs the labelled pieces.
func (r *reader) scenarios() []Scenario {
	var list []Scenario
	var open *Scenario
	add := func() {
		if open != nil && (!open.Text.Empty() || !open.Exclusion.Empty() || !open.Description.Empty()) {
			list = append(list, *open)
		}
		open = nil
	}
	for _, m := range r.marks {
		body := r.section(trimMarkup(r.text, m.body))
		switch {
		case m.label == scenarioLabel, open == nil, m.label == exclusionLabel && !open.Exclusion.Empty():
			add()
			open = &Scenario{}
		}
		switch m.label {
		case scenarioLabel:
			open.Text = body
		case descriptionLabel:
			if open.Text.Empty() {
				open.Text = body
			} else {
				open.Description = body
			}
		case exclusionLabel:
			open.Exclusion = body
		}
	}
	add()
	return list
}

// paragraphs reads a text without labels: a scenario for each paragraph or list item. A paragraph that opens with
// a verb of exclusion is an exclusion.
func (r *reader) paragraphs() []Scenario {
	var list []Scenario
	var span Span
	flush := func() {
		body := r.section(trimMarkup(r.text, span))
		span = Span{}
		if body.Empty() {
			return
		}
		if opensWithVerb(body.Text) {
			list = append(list, Scenario{Exclusion: body})
		} else {
			list = append(list, Scenario{Text: body})
		}
	}
	for _, l := range r.lines {
		if blank(l.text) || isFence(l.text) {
			flush()
			continue
		}
		if bullet(l.text) > 0 {
			flush()
		}
		if _, ok := headings[headingText(l.text)]; ok {
			flush()
			continue
		}
		if span == (Span{}) {
			span.Start = l.start + bullet(l.text)
		}
		span.End = l.end
	}
	flush()
	return list
}

// labelled finds the pieces a line opens: usually one, two when the exclusion follows the scenario on one line.
func (r *reader) labelled(l line, structured bool, state part) []mark {
	body := bullet(l.text)
	name, value := splitLabel(l.text[body:])
	kind := labels[name]
	if structured {
		if k, ok := structuredLabels[name]; ok {
			kind = k
		}
	}
	if kind == noLabel {
		return nil
	}
	if kind != scenarioLabel && name != "filter/exclusion" && !structured {
		// "filter:", "description:" and "exclude:" are labels only inside a scenario: a rule has such keys too.
		if state == rulePart || state == queryPart || (state == prosePart && len(r.marks) == 0 && kind == descriptionLabel) {
			return nil
		}
	}
	if state == rulePart && value == len(l.text[body:]) && kind == scenarioLabel && name != "scenario" {
		return nil
	}
	marks := []mark{{kind, Span{l.start + body + value, l.end}}}
	rest := l.text[body+value:]
	if kind == scenarioLabel {
		if i, n := inlineExclusion(rest); i >= 0 {
			at := l.start + body + value
			marks[0].body.End = at + i
			marks = append(marks, mark{exclusionLabel, Span{at + i + n, l.end}})
		}
	}
	return marks
}

// inlineExclusion finds "Filter/Exclusion:" in the middle of a line: its offset and length, or -1.
func inlineExclusion(text string) (int, int) {
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // lower case changed the length: offsets would not fit
		return -1, 0
	}
	const name = "filter/exclusion:"
	return strings.Index(lower, name), len(name)
}

// splitLabel reads "**Scenario 2:** text" as ("scenario", offset of text). The name is in lower case without
// markup, number and colon.
func splitLabel(text string) (string, int) {
	colon := strings.IndexByte(text, ':')
	const longest = 40 // bytes; the longest label with markup and number has 31
	if colon < 0 || colon > longest {
		return "", 0
	}
	name := strings.ToLower(strings.Trim(text[:colon], " \t*_#>`\"'"))
	name = strings.TrimRight(name, " 0123456789.#)")
	value := colon + 1
	for value < len(text) && strings.IndexByte(" \t*_", text[value]) >= 0 {
		value++
	}
	return name, value
}

// bullet is the length of a list marker, heading marks or quote marks at the start of a line, 0 when there is none.
func bullet(text string) int {
	i := 0
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '>') {
		i++
	}
	start := i
	for _, mark := range []string{"- [ ] ", "- [x] ", "- ", "* ", "+ ", "• ", "– ", "— "} {
		if strings.HasPrefix(text[i:], mark) {
			return i + len(mark)
		}
	}
	for i < len(text) && text[i] == '#' {
		i++
	}
	if i > start && i < len(text) && text[i] == ' ' {
		return i + 1
	}
	i = start
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	const longestNumber = 3 // digits of an ordered list's number
	if i > start && i-start <= longestNumber && i+1 < len(text) && (text[i] == '.' || text[i] == ')') && text[i+1] == ' ' {
		return i + 2
	}
	return 0
}

// headingText is a line as the headings table spells it.
func headingText(text string) string {
	if len(text) > 60 { // no heading is that long
		return ""
	}
	return strings.ToLower(strings.Trim(text, " \t#*_:=-"))
}

func isTitleLine(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), "#") }

func isFence(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "```") || strings.HasPrefix(text, "~~~")
}

func (r *reader) endsScenario(i int) bool {
	return isTitleLine(r.lines[i].text) && bullet(r.lines[i].text) > 0
}

// trimMarkup takes Markdown emphasis off both ends.
func trimMarkup(text string, s Span) Span {
	if s.Start > s.End || s.End > len(text) {
		return Span{}
	}
	body := text[s.Start:s.End]
	lead := len(body) - len(strings.TrimLeft(body, " \t\r\n"))
	for strings.HasPrefix(body[lead:], "**") && strings.Count(body, "**")%2 == 1 {
		lead += 2
	}
	trimmed := strings.TrimRight(body[lead:], " \t\r\n")
	for strings.HasSuffix(trimmed, "**") && strings.Count(trimmed, "**")%2 == 1 {
		trimmed = strings.TrimRight(strings.TrimSuffix(trimmed, "**"), " \t\r\n")
	}
	return Span{s.Start + lead, s.Start + lead + len(trimmed)}
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

func isSpace(b byte) bool {
	return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f' || b == '\v'
}

// firstRune is the first rune of the text, 0 when empty.
func firstRune(text string) rune {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return 0
	}
	return r
}
