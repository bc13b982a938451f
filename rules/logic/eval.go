package logic

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/match"
)

// Event is an event as JSON would give it: fields to text, numbers, booleans, null or lists of them. A field that is not there is
// absent.
type Event map[string]any

// Truth is the result of evaluating a formula on an event.
type Truth uint8

// The results. Undetermined depends on an opaque part.
const (
	Fails Truth = iota
	Holds
	Undetermined
)

func truth(b bool) Truth {
	if b {
		return Holds
	}
	return Fails
}

func (t Truth) not() Truth {
	switch t {
	case Fails:
		return Holds
	case Holds:
		return Fails
	}
	return Undetermined
}

// Eval decides the formula on one event, directly and without any automaton. BothFoldings gives Undetermined where
// the foldings disagree.
func (f *Formula) Eval(e Event, folding Folding) Truth {
	if folding == BothFoldings {
		u, a := f.Eval(e, UnicodeFolding), f.Eval(e, ASCIIFolding)
		if u != a {
			return Undetermined
		}
		return u
	}
	reading := reading{event: e, folding: folding, subjects: map[string][]subject{}}
	return reading.eval(f)
}

// reading is one event being evaluated.
type reading struct {
	event    Event
	folding  Folding
	subjects map[string][]subject // by field
}

func (r *reading) eval(f *Formula) Truth {
	switch f.op {
	case opTrue:
		return Holds
	case opFalse:
		return Fails
	case opNot:
		return r.eval(f.args[0]).not()
	case opLeaf:
		return r.leaf(f.leaf)
	}
	return joined(f.op, len(f.args), func(i int) Truth { return r.eval(f.args[i]) })
}

// joined is the truth of an AND or OR over n operands.
func joined(op operator, n int, operand func(int) Truth) Truth {
	neutral, absorbing := Holds, Fails
	if op == opOr {
		neutral, absorbing = Fails, Holds
	}
	out := neutral
	for i := range n {
		switch operand(i) {
		case absorbing:
			return absorbing
		case Undetermined:
			out = Undetermined
		}
	}
	return out
}

func (r *reading) leaf(l *leaf) Truth {
	v, present := r.event[l.field]
	switch l.kind {
	case opaqueLeaf:
		return Undetermined
	case nullLeaf:
		return truth(!present || v == nil)
	case existsLeaf:
		return truth(present)
	case absentLeaf:
		return truth(!present)
	}
	subjects, ok := r.subjects[l.field]
	if !ok {
		all := texts(v)
		if l.field == "" {
			all = r.event.rawTexts()
		}
		for _, s := range all {
			subjects = append(subjects, subject{text: s})
		}
		r.subjects[l.field] = subjects
	}
	for i := range subjects {
		if l.takes(&subjects[i], r.folding) {
			return Holds
		}
	}
	return Fails
}

// texts are the texts a value holds: its own, or those of its elements.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{strconv.FormatBool(v)}
	case int:
		return []string{strconv.Itoa(v)}
	case int64:
		return []string{strconv.FormatInt(v, 10)}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case json.Number:
		return []string{v.String()}
	case []string:
		return v
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, texts(x)...)
		}
		return out
	}
	return nil
}

// rawTexts are the texts that keywords are searched in: the raw message where there is one, else every text.
func (e Event) rawTexts() []string {
	for _, name := range match.RawFields {
		if s, ok := e[name].(string); ok {
			return []string{s}
		}
	}
	var names []string
	for name := range e {
		names = append(names, name)
	}
	sort.Strings(names)
	var out []string
	for _, name := range names {
		out = append(out, texts(e[name])...)
	}
	return out
}

// holdsFor decides the test on one text. It shares no code with the automata.
func (l *leaf) holdsFor(s string, folding Folding) bool {
	return l.takes(&subject{text: s}, folding)
}

// subject is a text that many tests look at.
type subject struct {
	text    string
	runes   []rune
	decoded bool
	valid   bool
}

// decode fills runes; false for bytes that are no text, which no pattern covers.
func (s *subject) decode() bool {
	if !s.decoded {
		s.decoded, s.valid = true, utf8.ValidString(s.text)
		s.runes = []rune(s.text)
	}
	return s.valid
}

func (l *leaf) takes(text *subject, folding Folding) bool {
	t, s := l.test, text.text
	switch t.Kind {
	case rules.TextTest, rules.NumberTest, rules.BoolTest:
		if !text.decode() {
			return false
		}
		for i := range l.words {
			if l.words[i].covers(text.runes, folding) {
				return true
			}
		}
		return false
	case rules.RegexTest:
		return t.Regex.Program.MatchString(s)
	case rules.CIDRTest:
		a, err := netip.ParseAddr(s)
		return err == nil && network(t).Contains(a.Unmap().WithZone(""))
	case rules.CompareTest:
		n, ok := spelledNumber(s)
		return ok && t.Compare.Holds(n.Cmp(rational(t.Number)))
	case rules.TimeTest:
		n, ok := timePart(s, t.Part)
		return ok && takesPart(t, n)
	}
	panic(fmt.Sprintf("a test of kind %d is evaluated as text", t.Kind))
}

// numberSpelling is what events spell numbers with (package match reads the same).
var numberSpelling = regexp.MustCompile(`\A-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,9})?\z`)

// maxExponent bounds the numbers that are computed exactly. Beyond it a number is larger, or nearer to zero, than any a rule can
// hold; 400 is past the range of a float64.
const maxExponent = 400

func spelledNumber(s string) (*big.Rat, bool) {
	if !numberSpelling.MatchString(s) {
		return nil, false
	}
	digits, power := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		digits, power = s[:i], s[i+1:]
	}
	if exponent, _ := strconv.Atoi(power); exponent > maxExponent || exponent < -maxExponent {
		s = digits + "e" + strconv.Itoa(max(-maxExponent, min(maxExponent, exponent)))
	}
	return new(big.Rat).SetString(s)
}

// readWords are the patterns of a test that is made of patterns.
func readWords(field string, t *rules.Test) []word {
	var out []word
	switch t.Kind {
	case rules.TextTest:
		for _, p := range t.Patterns {
			out = append(out, newWord(p, t.Cased))
		}
	case rules.NumberTest:
		out = []word{plainWord(t.Number.Text, true)}
	case rules.BoolTest:
		out = []word{plainWord(strconv.FormatBool(t.Bool), false)}
	}
	if field == "" {
		for i := range out {
			out[i] = out[i].open()
		}
	}
	return out
}
