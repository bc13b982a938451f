package logic

import (
	"bytes"
	"regexp/syntax"
	"strings"

	"github.com/sigtune/sigtune/rules"
)

// Guesses are texts that a person would write for what the positive literals ask: the values of the rule put together, made into
// whole paths. They are only ever suggestions: each is evaluated directly, and where all fail the exact search decides.

// Limits of guessing, chosen so that a query on the whole rule corpus costs under a millisecond.
const (
	guessedValues = 6  // values of a list that are tried
	sampleLength  = 64 // how long a sample of a regular expression may get
)

// shape is a value taken apart: what stands at the start, in between, at the end; whole when nothing may surround it.
type shape struct {
	start, end string
	middle     []string
	whole      bool
}

// guesses lists texts to try, the most plausible first.
func (t *theory) guesses(literals []*literal) []string {
	if times := timeGuesses(literals); times != nil {
		return times
	}
	field := literals[0].field
	var lists [][]shape
	longest := 1
	for _, l := range literals {
		if l.negated || l.kind != textLeaf {
			continue
		}
		var shapes []shape
		l.live(func(_ int32, leaf *leaf) bool {
			shapes = append(shapes, leaf.shapes()...)
			return len(shapes) < guessedValues
		})
		if len(shapes) == 0 {
			return nil
		}
		lists = append(lists, shapes)
		longest = max(longest, len(shapes))
	}
	if len(lists) == 0 {
		return []string{"x", "unknown", "0"}
	}
	var out []string
	units := assembling(lists)
	for i := range longest {
		if t.meter.spend(costTrial, units); t.meter.exhausted() {
			break
		}
		picked := make([]shape, len(lists))
		for k, shapes := range lists {
			picked[k] = shapes[min(i, len(shapes)-1)]
		}
		out = append(out, t.assemble(field, picked)...)
	}
	return out
}

// assemble puts shapes together to whole texts.
func (t *theory) assemble(field string, picked []shape) []string {
	for _, s := range picked {
		if s.whole {
			return []string{s.start}
		}
	}
	var all shape
	for _, s := range picked {
		if len(s.start) > len(all.start) {
			all.start = s.start
		}
		if len(s.end) > len(all.end) {
			all.end = s.end
		}
	}
	seen := []byte(all.start + "\x00" + all.end)
	for _, s := range picked {
		for _, m := range s.middle {
			if !bytes.Contains(seen, []byte(m)) {
				all.middle = append(all.middle, m)
				seen = append(append(seen, 0), m...)
			}
		}
	}
	path := pathLike(field)
	var out []string
	for _, gap := range gaps(path) {
		parts := all.middle
		if all.start != "" {
			parts = append([]string{all.start}, parts...)
		}
		if all.end != "" {
			parts = append(append([]string(nil), parts...), all.end)
		}
		text := joinParts(parts, gap)
		if path && all.start == "" {
			out = append(out, t.wholePaths(text)...)
		} else if path && all.end != "" {
			// What the start asks may be met by a usual directory as well.
			out = append(out, t.wholePaths(joinParts(parts[1:], gap))...)
		}
		out = append(out, text)
	}
	return out
}

func gaps(path bool) []string {
	if path {
		return []string{"", " "}
	}
	return []string{" ", ""}
}

// joinParts joins without doubling blanks that the parts bring along.
func joinParts(parts []string, gap string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 && gap != "" && !strings.HasPrefix(p, gap) && !strings.HasSuffix(parts[i-1], gap) {
			b.WriteString(gap)
		}
		b.WriteString(p)
	}
	return b.String()
}

// pathFields are endings of field names that hold paths.
var pathFields = []string{"Image", "Path", "path", "Filename", "ImageLoaded", "Directory", "name", "exe"}

func pathLike(field string) bool {
	for _, ending := range pathFields {
		if strings.HasSuffix(field, ending) && field != "OriginalFileName" {
			return true
		}
	}
	return false
}

// wholePaths puts the end of a path behind a directory where such files live.
func (t *theory) wholePaths(text string) []string {
	windows := t.platform == "windows" || strings.HasPrefix(text, `\`)
	switch {
	case strings.HasPrefix(text, `\\`), strings.HasPrefix(text, ":"):
		return []string{"C" + text}
	case windows && strings.HasPrefix(text, `\`):
		if strings.Count(text, `\`) > 1 {
			return []string{"C:" + text, `C:\Users\user` + text}
		}
		return []string{`C:\Windows\System32` + text}
	case windows && !strings.Contains(text, ":"):
		return []string{`C:\Windows\System32\` + text}
	case !windows && strings.HasPrefix(text, "/") && strings.Count(text, "/") == 1:
		return []string{"/usr/bin" + text}
	case !windows && t.platform != "" && !strings.HasPrefix(text, "/"):
		return []string{"/usr/bin/" + text}
	}
	return nil
}

// shapes takes the values of a test apart.
func (l *leaf) shapes() []shape {
	t := l.test
	switch t.Kind {
	case rules.RegexTest:
		return regexShapes(t.Regex)
	case rules.TimeTest:
		return l.timeShapes()
	}
	var out []shape
	for _, w := range l.words {
		out = append(out, w.shape())
	}
	return out
}

// anyRuneShown is what a `?` becomes.
const anyRuneShown = 'x'

func (w word) shape() shape {
	var s shape
	var segment []rune
	segments := 0
	flush := func(last bool) {
		text := string(segment)
		segment = segment[:0]
		switch {
		case segments == 0 && last:
			s.start, s.whole = text, true
		case segments == 0:
			s.start = text
		case last:
			s.end = text
		case text != "":
			s.middle = append(s.middle, text)
		}
		segments++
	}
	for _, g := range w.glyphs {
		switch g.kind {
		case anyRun:
			flush(false)
		case anyOne:
			segment = append(segment, anyRuneShown)
		default:
			segment = append(segment, g.r)
		}
	}
	flush(true)
	return s
}

// regexShapes samples a regular expression: one text that it matches, or that it would match but for its assertions.
func regexShapes(r *rules.Regex) []shape {
	tree, err := syntax.Parse(r.Program.String(), syntax.Perl)
	if err != nil {
		return nil
	}
	var b strings.Builder
	sample(&b, tree)
	text := b.String()
	if len(text) > sampleLength*16 {
		return nil
	}
	source := strings.TrimPrefix(r.Program.String(), "(?"+r.Flags+")")
	s := shape{middle: []string{text}}
	begins, ends := strings.HasPrefix(source, "^"), strings.HasSuffix(source, "$") && !strings.HasSuffix(source, `\$`)
	switch {
	case begins && ends:
		s = shape{start: text, whole: true}
	case begins:
		s = shape{start: text}
	case ends:
		s = shape{end: text}
	}
	return []shape{s}
}

func sample(b *strings.Builder, re *syntax.Regexp) {
	if b.Len() > sampleLength*16 {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		best, rank := rune('x'), -1
		for i := 0; i+1 < len(re.Rune); i += 2 {
			if r, k := mostReadable(re.Rune[i], re.Rune[i+1]); k >= 0 && (rank < 0 || k < rank) {
				best, rank = r, k
			}
		}
		b.WriteRune(best)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune(anyRuneShown)
	case syntax.OpCapture, syntax.OpPlus:
		sample(b, re.Sub[0])
	case syntax.OpRepeat:
		for range re.Min {
			sample(b, re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			sample(b, sub)
		}
	case syntax.OpAlternate:
		sample(b, re.Sub[0])
	}
}
