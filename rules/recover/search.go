package recover

import "sort"

// A reading is found line by line: each line is put at every place where it can stand, and the cheapest hypotheses go
// on. This is a beam search; on the 3,780 published rules a width of 2 already finds every right reading.

// beamWidth is how many hypotheses survive a line. A real choice (an identifier or a field, a key or the text of a block)
// doubles them; 24 leaves room for four such choices in a row.
const beamWidth = 24

// beamSlack is how much worse than the best a hypothesis may be before it is dropped.
const beamSlack = 60

type search struct {
	names names
	lines []*line
	// collection: the document is one of several that complete each other (`action: global`)
	collection bool
	reached    int // the first line that no hypothesis could take
	misfit     int // the line that made the best hypothesis worse than any other line; -1 when none stands out
}

func (s *search) root(f *frame) *frame {
	for f.up != nil {
		f = f.up
	}
	return f
}

// run gives the readings of the lines, the cheapest first.
func (s *search) run() []hypothesis {
	beam := []hypothesis{{top: &frame{place: root}}}
	s.misfit = -1
	worst := rare - 1
	for i := range s.lines {
		var next []hypothesis
		for _, h := range beam {
			next = s.advance(next, h, i)
		}
		if len(next) == 0 {
			s.reached = i
			return nil
		}
		next = prune(next)
		if rise := next[0].cost - beam[0].cost; rise > worst {
			worst, s.misfit = rise, i
		}
		beam = next
	}
	s.reached = len(s.lines)
	var done []hypothesis
	for _, h := range beam {
		if h.mode == inQuote || h.mode == inFlow {
			continue
		}
		h.cost += s.endCost(&h)
		done = append(done, h)
	}
	return prune(done)
}

func prune(beam []hypothesis) []hypothesis {
	sort.SliceStable(beam, func(i, j int) bool { return beam[i].cost < beam[j].cost })
	for i := range beam {
		if i >= beamWidth || beam[i].cost > beam[0].cost+beamSlack {
			return beam[:i]
		}
	}
	return beam
}

// endCost closes everything that is open.
func (s *search) endCost(h *hypothesis) int {
	cost := 0
	if h.pending.open {
		cost += h.pending.missing()
	}
	cost += leaveCost(h.top, nil)
	for f := h.top; f != nil; f = f.up {
		if f.place == root && !(f.has("detection") || f.has("correlation") || f.has("filter") || s.collection) {
			cost += absurd
		}
	}
	return cost
}

func (p pending) missing() int {
	if p.dash {
		return faulty
	}
	return missingCost(p.at, p.key)
}

// leaveCost is what it costs to close the frames from f up to, and without, to.
func leaveCost(f, to *frame) int {
	cost := 0
	for ; f != nil && f != to; f = f.up {
		if (f.place == identifiers || f.place == filterKeys) && !f.has("condition") {
			cost += faulty
		}
	}
	return cost
}

// put adds a hypothesis with line i at a column.
func (h hypothesis) put(i, col int, text bool, at place, parent string) hypothesis {
	h.last = &step{before: h.last, line: i, col: col, text: text, place: at, parent: parent}
	return h
}

// followColumn is the column of comments: they go where the next line of structure goes.
const followColumn = -1

// advance puts line i at every place where it can stand.
func (s *search) advance(out []hypothesis, h hypothesis, i int) []hypothesis {
	l := s.lines[i]
	switch h.mode {
	case inQuote, inFlow:
		return s.goOn(out, h, i)
	case inBlock:
		if l.kind == blankLine {
			return append(out, h.put(i, 0, true, h.top.place, h.top.name))
		}
		text := h.put(i, h.textCol, true, h.top.place, h.top.name)
		text.cost += s.textCost(h, l)
		out = append(out, text)
		if l.kind == commentLine {
			h.mode = between
			h.cost++ // inside or behind the block: the text leaves that open
		}
	}
	if l.kind == blankLine {
		return append(out, h.put(i, 0, false, h.top.place, h.top.name))
	}
	if l.kind == commentLine {
		if h.mode == inPlain {
			h.mode = between
		}
		return append(out, h.put(i, followColumn, false, h.top.place, h.top.name))
	}
	if h.mode == inPlain && l.kind != keyLine && !oneWord[h.lastKey()] {
		more := h.put(i, h.textCol, true, h.top.place, h.top.name)
		if l.kind == itemLine {
			more.cost += faulty
		}
		if hasComment(l.text) {
			more.mode = between // a comment ends plain text
		}
		out = append(out, more)
	}
	switch l.kind {
	case textLine:
		if h.pending.open && h.mode == between {
			out = s.valueBelow(out, h, i)
		}
	case keyLine:
		out = s.keys(out, h, i)
	case itemLine:
		out = s.items(out, h, i)
	}
	return out
}

// oneWord are keys whose value is one word: a line behind it that is no key is not part of the rule.
var oneWord = set("id status level date modified category product service timeframe timespan")

// lastKey is the key of a map that came last, "" inside a list.
func (h *hypothesis) lastKey() string {
	if h.top.keys == nil || h.top.place == fields {
		return ""
	}
	return h.top.keys.key
}

func hasComment(text string) bool {
	for i := 1; i < len(text); i++ {
		if text[i] == '#' && (text[i-1] == ' ' || text[i-1] == '\t') {
			return true
		}
	}
	return false
}

// textCost is what it costs to take a line for text of the block that is open.
func (s *search) textCost(h hypothesis, l *line) int {
	if l.kind != keyLine {
		return 0
	}
	if _, top := rootRank[l.key]; top {
		switch {
		case s.root(h.top).has(l.key):
			return unusual
		case plausible(l):
			return faulty + rare
		}
		return rare
	}
	switch {
	case s.names.exact[l.key], h.top.place == logsourceKeys && keysOf[logsourceKeys][l.key]:
		return faulty
	case h.top.place == logsourceKeys && soundsLikeField(l.key):
		return 0 // `Note: …` in a definition
	case h.top.place != root && (l.value == noValue || s.names.matched(l.key)):
		return rare
	case h.top.place != root:
		return unusual
	}
	return 0
}

// goOn reads a line inside an open quote or bracket.
func (s *search) goOn(out []hypothesis, h hypothesis, i int) []hypothesis {
	l := s.lines[i]
	text := l.text
	col := h.textCol
	if l.kind == blankLine {
		col = 0
	}
	h = h.put(i, col, true, h.top.place, h.top.name)
	n := 0
	if h.mode == inQuote {
		n = h.open.feed(text)
		if h.open.quote != 0 {
			return append(out, h)
		}
	} else {
		n = h.open.feedFlow(text)
		if h.open.depth > 0 {
			return append(out, h)
		}
	}
	rest := text[n:]
	if _, blanks := cutBlanks(rest); blanks < len(rest) && (rest[blanks] != '#' || blanks == 0) {
		return out // text behind the closing quote: not well-formed
	}
	h.mode = between
	return append(out, h)
}

// valueBelow reads a value that stands on the line below its key.
func (s *search) valueBelow(out []hypothesis, h hypothesis, i int) []hypothesis {
	l := s.lines[i]
	if l.value == blockValue || l.value == noValue {
		return out
	}
	p := h.pending
	col := p.col + indentStep
	if p.dash {
		col = p.col
		h.cost += faulty / 3
	}
	h.cost += unusual
	if !p.dash {
		switch keys, _ := below(p.at, p.key); {
		case keys != nowhere && p.at != root && p.at != customKeys:
			h.cost += rare // a lone keyword below its identifier
		case p.at == root && keys != nowhere && keys != customKeys:
			return out
		}
	}
	h.pending = pending{}
	h = h.put(i, col, true, h.top.place, h.top.name)
	return append(out, h.begin(l, col))
}

// begin sets the mode behind a value that begins on this line. col is where its further lines go.
func (h hypothesis) begin(l *line, col int) hypothesis {
	h.mode, h.textCol, h.open = between, col, l.open
	switch l.value {
	case plainValue:
		h.mode = inPlain
	case blockValue:
		h.mode = inBlock
	case quoteValue:
		h.mode = inQuote
	case flowValue:
		h.mode = inFlow
	}
	return h
}

// keys puts a key below the key that waits for a value, and beside the keys of every open map.
func (s *search) keys(out []hypothesis, h hypothesis, i int) []hypothesis {
	if p := h.pending; p.open {
		if p.dash {
			if keys, cost := mapsIn(p.list); keys != nowhere {
				child := h
				child.cost += cost + unusual
				f := h.top.open(keys, h.top.name, p.col)
				out = s.key(out, child, f, i, s.lines[i], p.col)
			}
		} else if keys, _ := below(p.at, p.key); keys != nowhere {
			f := h.top.open(keys, p.key, p.col+indentStep)
			out = s.key(out, h, f, i, s.lines[i], f.col)
		}
		h.cost += p.missing()
	}
	for f := h.top; f != nil; f = f.up {
		if !f.isList() {
			beside := h
			beside.cost += leaveCost(h.top, f)
			out = s.key(out, beside, f, i, s.lines[i], f.col)
		}
	}
	return out
}

// key puts a key into a map. lineCol is where its line begins: at the dash for the first key of a list entry.
func (s *search) key(out []hypothesis, h hypothesis, f *frame, i int, l *line, lineCol int) []hypothesis {
	h.cost += s.keyCost(f, l)
	if h.cost >= hopeless || f.depth > maxDepth {
		return out
	}
	top := *f
	top.keys = &keyset{l.key, f.keys}
	if rank, known := rootRank[l.key]; known && f.place == root {
		top.rank = rank
	}
	h.top = &top
	h.pending = pending{}
	if l.value == noValue {
		h.pending = pending{open: true, at: f.place, key: l.key, col: f.col}
	}
	h = h.hint(s.lines[i], f.place, lineCol)
	h = h.put(i, lineCol, false, f.place, f.name)
	col := f.col + indentStep
	if l.value == blockValue && l.indicator > 0 {
		col = f.col + l.indicator
	}
	return append(out, h.begin(l, col))
}

// items puts a list entry below the key that waits for a value, and into every open list.
func (s *search) items(out []hypothesis, h hypothesis, i int) []hypothesis {
	if p := h.pending; p.open {
		if !p.dash {
			if _, list := below(p.at, p.key); list != nowhere {
				f := h.top.open(list, p.key, p.col+indentStep)
				out = s.item(out, h, f, i)
			}
		}
		h.cost += p.missing()
	}
	for f := h.top; f != nil; f = f.up {
		if f.isList() {
			beside := h
			beside.cost += leaveCost(h.top, f)
			out = s.item(out, beside, f, i)
		}
	}
	return out
}

// dashWidth is the dash and the blank behind it.
const dashWidth = 2

// item puts an entry into a list.
func (s *search) item(out []hypothesis, h hypothesis, f *frame, i int) []hypothesis {
	if f.depth > maxDepth {
		return out
	}
	l := s.lines[i]
	isMap := l.inner != nil && l.inner.kind == keyLine
	shape := shapeScalars
	if isMap {
		shape = shapeMaps
	}
	if f.shape != shapeUnknown && f.shape != shape && l.inner != nil {
		h.cost += faulty
	}
	list := *f
	list.shape = shape
	h.top, h.pending = &list, pending{}
	inside := f.col + dashWidth
	if isMap {
		keys, cost := mapsIn(f.place)
		h.cost += cost
		m := list.open(keys, f.name, inside)
		return s.key(out, h, m, i, l.inner, f.col)
	}
	if f.place == relations {
		h.cost += faulty
	}
	if h.cost >= hopeless {
		return out
	}
	h = h.hint(l, f.place, f.col)
	h = h.put(i, f.col, false, f.place, f.name)
	if l.inner == nil {
		h.pending = pending{open: true, dash: true, list: f.place, col: inside}
		h.mode = between
		return append(out, h)
	}
	col := inside
	if l.inner.value == blockValue && l.inner.indicator > 0 {
		col = f.col + l.inner.indicator
	}
	return append(out, h.begin(l.inner, col))
}

// Costs of contradicting what indentation the text still has.
const (
	againstLead = 3
	leadAtRoot  = 4
)

// hint weighs what is left of the indentation: a line that is still indented is not at the top, and deeper lines are deeper.
func (h hypothesis) hint(l *line, at place, col int) hypothesis {
	switch {
	case l.lead > 0 && at == root:
		h.cost += leadAtRoot
	case l.lead > h.lead && col <= h.col && h.last != nil && h.lead > 0:
		h.cost += againstLead
	case l.lead > 0 && l.lead == h.lead && col != h.col:
		h.cost += againstLead
	case l.lead > 0 && l.lead < h.lead && col >= h.col:
		h.cost += againstLead
	}
	h.lead, h.col = l.lead, col
	return h
}
