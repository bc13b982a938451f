package recover

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sigtune/sigtune/rules/source"
)

// Result is what became of a text.
type Result struct {
	Text     string    // the best reading; the input when it was valid, or when nothing works
	Changed  bool      // Text differs from the input
	Readings []Reading // the best first; several when the text leaves a choice, none when nothing works
	Notes    []Note    // what the reader should check, in order of their place
	Err      error     // an *Error when nothing works

	origin []segment
}

// Reading is one way to indent the text.
type Reading struct {
	Text     string
	Problems []source.Problem // what is wrong with the rule itself; spans into Text
	Note     Note             // where it differs from the best reading; zero for the best one
}

// Note is a remark about a place of the input.
type Note struct {
	Span    source.Span // bytes of the input
	Message string
}

// Error says why no reading works.
type Error struct {
	Span    source.Span // bytes of the input
	Line    int         // 1-based
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// Ambiguous reports that the text can be read in more than one way.
func (r Result) Ambiguous() bool { return len(r.Readings) > 1 }

// segment is a line of Text and where its content stood in the input.
type segment struct{ text, input, length int }

// Origin maps a span of Text to the input. Added indentation maps to the start of its line's content.
func (r Result) Origin(s source.Span) source.Span {
	if !r.Changed || len(r.origin) == 0 {
		return s
	}
	return source.Span{Start: r.at(s.Start), End: max(r.at(s.Start), r.at(s.End))}
}

func (r Result) at(offset int) int {
	i := sort.Search(len(r.origin), func(i int) bool { return r.origin[i].text > offset })
	if i == 0 {
		return r.origin[0].input
	}
	s := r.origin[i-1]
	return s.input + min(offset-s.text, s.length)
}

// Limits of one text: a page of the seed's kind has 3 KB, the longest published rule 40 KB and 1,000 lines.
const (
	maxBytes = 1 << 20
	maxLines = 5_000
)

// indentStep is SigmaHQ's indentation.
const indentStep = 4

// Rule gives a rule its indentation back. It never fails hard: when no reading gives a rule, Err says where and why, and Text is
// the input.
func Rule(text string) Result {
	unchanged := Result{Text: text}
	if len(text) > maxBytes || strings.Count(text, "\n") > maxLines {
		unchanged.Err = &Error{Line: 1, Message: fmt.Sprintf("the text is too long for a rule (%d bytes, %d lines); cut the rule out of it", len(text), strings.Count(text, "\n"))}
		return unchanged
	}
	asIs := judge(text)
	if asIs.intact && asIs.faults == 0 {
		unchanged.Readings = []Reading{{Text: text, Problems: asIs.problems}}
		return unchanged
	}
	r := recovery{input: text, lines: splitLines(text)}
	r.repair()
	result := r.read()
	// A rule with faults of its own that kept its indentation is not improved by another guess.
	if asIs.intact && (result.Err != nil || r.faults >= asIs.faults) {
		unchanged.Readings = []Reading{{Text: text, Problems: asIs.problems}}
		return unchanged
	}
	return result
}

// recovery is the work on one text.
type recovery struct {
	input  string
	lines  []*line
	notes  []Note
	faults int // of the best reading
}

func (r *recovery) note(s source.Span, message string) {
	r.notes = append(r.notes, Note{Span: s, Message: message})
}

// repair undoes what pages do beside losing indentation: odd blanks, and an empty line behind every line.
func (r *recovery) repair() {
	var common = -1
	for i, l := range r.lines {
		if i == 0 && strings.HasPrefix(r.input, "\ufeff") {
			l.lead = 0
		}
		if l.repairBlanks() {
			r.note(source.Span{Start: l.start, End: l.end}, "a non-breaking space was replaced by a blank")
		}
		if l.kind != blankLine && (common < 0 || l.lead < common) {
			common = l.lead
		}
	}
	for _, l := range r.lines {
		if common > 0 && l.kind != blankLine {
			l.lead -= common // the page moved the whole rule
		}
	}
	if r.doubled() {
		r.note(source.Span{}, "an empty line stood behind every line; it was left out")
		var kept []*line
		for i, l := range r.lines {
			if l.kind == blankLine && i > 0 && r.lines[i-1].kind != blankLine {
				continue
			}
			kept = append(kept, l)
		}
		r.lines = kept
	}
}

// minDoubled is how many lines a text needs before "every second line is empty" says anything.
const minDoubled = 6

func (r *recovery) doubled() bool {
	full, followed := 0, 0
	for i, l := range r.lines {
		if l.kind == blankLine {
			continue
		}
		if i+1 < len(r.lines) {
			full++
			if r.lines[i+1].kind == blankLine {
				followed++
			}
		}
	}
	return full >= minDoubled && followed == full
}

// maxJudged is how many readings of one document are parsed; the choices that remain after the search are few.
const maxJudged = 12

// part is one YAML document of the text: lines [from, to).
type part struct{ from, to int }

// parts cuts the lines at document markers.
func (r *recovery) parts() []part {
	var parts []part
	from := 0
	for i, l := range r.lines {
		if isMarker(l.text) {
			parts = append(parts, part{from, i})
			from = i + 1
		}
	}
	return append(parts, part{from, len(r.lines)})
}

func isMarker(text string) bool {
	t := strings.TrimRight(text, " \t")
	return t == "---" || t == "..." || strings.HasPrefix(t, "--- #")
}

// candidate is a reading of one document.
type candidate struct {
	columns []int // per line of the part
	steps   []*step
	cost    int
	verdict verdict
	text    string
}

// read finds the readings of every document and puts them together. Choices in one document are shown with the best reading of
// the others.
func (r *recovery) read() Result {
	parts := r.parts()
	chosen := make([][]candidate, len(parts))
	for n, p := range parts {
		if r.empty(p) {
			continue
		}
		found, err := r.readPart(p)
		if err != nil {
			return Result{Text: r.input, Notes: r.notes, Err: err}
		}
		chosen[n] = found
		r.faults += found[0].verdict.faults
	}
	best := make([]*candidate, len(parts))
	any := false
	for n := range chosen {
		if len(chosen[n]) > 0 {
			best[n], any = &chosen[n][0], true
		}
	}
	if !any {
		return Result{Text: r.input, Notes: r.notes, Err: &Error{Line: 1, Message: "there is no rule in this text"}}
	}
	result := Result{}
	result.Text, result.origin = r.render(parts, best)
	result.Changed = result.Text != r.input
	result.Readings = []Reading{{Text: result.Text, Problems: judge(result.Text).problems}}
	for n := range chosen {
		for k := 1; k < len(chosen[n]); k++ {
			other := append([]*candidate(nil), best...)
			other[n] = &chosen[n][k]
			text, _ := r.render(parts, other)
			note := r.difference(parts[n], best[n], other[n])
			result.Readings = append(result.Readings, Reading{Text: text, Problems: judge(text).problems, Note: note})
			r.notes = append(r.notes, note)
		}
	}
	sort.SliceStable(r.notes, func(i, j int) bool { return r.notes[i].Span.Start < r.notes[j].Span.Start })
	result.Notes = r.notes
	return result
}

// hasAction reports a collection of the old kind, whose documents complete each other.
func (r *recovery) hasAction() bool {
	for _, l := range r.lines {
		if l.kind == keyLine && l.key == "action" {
			return true
		}
	}
	return false
}

func (r *recovery) empty(p part) bool {
	for _, l := range r.lines[p.from:p.to] {
		if l.kind != blankLine && l.kind != commentLine {
			return false
		}
	}
	return true
}

// readPart gives the valid readings of one document that mean different things, the best first.
func (r *recovery) readPart(p part) ([]candidate, error) {
	s := search{lines: r.lines[p.from:p.to], collection: r.hasAction()}
	if s.names = readNames(s.lines); !s.names.any && s.collection {
		s.names = readNames(r.lines) // the condition stands in the template, or the identifiers do
	}
	found := s.run()
	if len(found) == 0 {
		if s.reached >= len(s.lines) {
			return nil, r.fail(p, firstFull(s.lines), "a quote or a bracket is never closed")
		}
		return nil, r.fail(p, s.reached, misfitMessage)
	}
	var candidates []candidate
	seen := map[string]bool{}
	least := 2 * hopeless
	for _, h := range found {
		if len(candidates) >= maxJudged || h.cost > least+ambiguous {
			break
		}
		c := candidate{cost: h.cost}
		c.columns, c.steps = layout(&h, s.lines)
		c.text, _ = r.render([]part{p}, []*candidate{&c})
		c.verdict = judge(c.text)
		if s.collection && c.verdict.lacking != "" {
			c.verdict.intact, c.verdict.lacking = true, "" // what it lacks may stand in another document
		}
		if seen[c.verdict.meaning] || !c.verdict.wellFormed {
			continue
		}
		seen[c.verdict.meaning] = true
		least = min(least, c.total())
		candidates = append(candidates, c)
	}
	if len(candidates) == 0 {
		if s.misfit >= 0 {
			return nil, r.fail(p, s.misfit, misfitMessage)
		}
		return nil, r.fail(p, firstFull(s.lines), "no indentation makes this well-formed YAML; a quote or a colon may be lost")
	}
	sort.SliceStable(candidates, func(i, j int) bool { return candidates[i].total() < candidates[j].total() })
	best := candidates[0]
	if !best.verdict.intact {
		if s.misfit >= 0 {
			return nil, r.fail(p, s.misfit, misfitMessage)
		}
		return nil, r.fail(p, firstFull(s.lines), "the text holds no rule: "+best.verdict.lacking)
	}
	kept := candidates[:1]
	for _, c := range candidates[1:] {
		if c.verdict.intact && c.verdict.faults <= best.verdict.faults && c.total() <= best.total()+ambiguous {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

const misfitMessage = "this line is neither a key, a list item nor the rest of a value; is it part of the rule?"

// faultCost is what a fault of the rule that a reading gives counts against it.
const faultCost = 10

func (c candidate) total() int {
	total := c.cost + faultCost*c.verdict.faults
	if !c.verdict.intact {
		total += hopeless
	}
	return total
}

func firstFull(lines []*line) int {
	for i, l := range lines {
		if l.kind != blankLine {
			return i
		}
	}
	return 0
}

func (r *recovery) fail(p part, i int, message string) error {
	i = min(p.from+i, len(r.lines)-1)
	l := r.lines[i]
	return &Error{Span: source.Span{Start: l.start, End: l.end}, Line: strings.Count(r.input[:l.start], "\n") + 1, Message: message}
}

// difference words where two readings part.
func (r *recovery) difference(p part, best, other *candidate) Note {
	for i := range best.steps {
		a, b := best.steps[i], other.steps[i]
		if a.col == b.col && a.text == b.text && a.place == b.place && a.parent == b.parent {
			continue
		}
		l := r.lines[p.from+i]
		return Note{
			Span: source.Span{Start: l.start, End: l.end},
			Message: fmt.Sprintf("`%s` is read as %s; it may be %s",
				source.Shorten(strings.TrimRight(l.text, " \t")), role(a), role(b)),
		}
	}
	return Note{Message: "the text can be read in another way"}
}

// role words what a line is in a reading.
func role(s *step) string {
	under := ""
	if s.parent != "" {
		under = " of `" + source.Shorten(s.parent) + "`"
	}
	switch {
	case s.text:
		return "text"
	case s.col == followColumn:
		return "a comment"
	}
	switch s.place {
	case root:
		return "an attribute of the rule"
	case identifiers, filterKeys:
		return "an identifier" + under
	case fields:
		return "a field" + under
	case fieldMaps:
		return "an entry" + under
	case values, texts:
		return "a value" + under
	}
	return "a part" + under
}
