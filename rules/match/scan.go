package match

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Scan makes a line the current event: one JSON object, of which only the fields that rules of the set ask for are decoded. The whole text
// is checked. It is false, and there is no current event, for what is no JSON object, and for what is rare enough to leave to ParseEvent and
// Take: a name that stands twice, text that is no UTF-8, deep nesting, a key that Stop names. What Scan takes means what ParseEvent makes of it.
func (r *Reader) Scan(line string) bool {
	r.reset()
	if len(r.known) > mostKnown {
		clear(r.known)
		r.order = r.order[:0]
	}
	if !r.object(line) || r.high && !utf8.ValidString(line) {
		r.reset()
		return false
	}
	r.settle()
	return true
}

// lineScan is what is the same in every line that is scanned.
type lineScan struct {
	high   bool // the line has characters beyond ASCII
	memory memory
	folds  *memory // where values keep their folded texts; nil for values that other goroutines may see
}

// mostKnown bounds the keys of events that a Reader remembers. Cloud audit logs have some hundreds.
const mostKnown = 4096

// scanDepth bounds the nesting that Scan follows; ParseEvent takes more.
const scanDepth = 100

// knownKey is a key of events that were read.
type knownKey struct {
	text  string
	slot  int32 // or noSlot
	stop  bool
	event uint64 // that had it last
}

const noSlot = -1

func newKnownKey(text string, stop func(string) bool) *knownKey {
	k := &knownKey{text: strings.Clone(text), slot: noSlot}
	k.stop = stop != nil && stop(k.text)
	return k
}

// object reads the object that is the event. Keys come in the order of the event before more often than not.
func (r *Reader) object(s string) bool {
	i := blank(s, 0)
	if i == len(s) || s[i] != '{' {
		return false
	}
	i = blank(s, i+1)
	if i < len(s) && s[i] == '}' {
		return blank(s, i+1) == len(s)
	}
	for n := 0; ; n++ {
		if i >= len(s) || s[i] != '"' {
			return false
		}
		end, escaped := r.text(s, i+1)
		if end < 0 {
			return false
		}
		k := r.key(n, s[i+1:end], escaped)
		if k.stop || k.event == r.event {
			return false
		}
		k.event = r.event
		i = blank(s, end+1)
		if i >= len(s) || s[i] != ':' {
			return false
		}
		if i = r.member(s, blank(s, i+1), k); i < 0 {
			return false
		}
		if i = blank(s, i); i >= len(s) {
			return false
		}
		switch s[i] {
		case ',':
			i = blank(s, i+1)
		case '}':
			return blank(s, i+1) == len(s)
		default:
			return false
		}
	}
}

// key finds what is known of the n-th key of the event.
func (r *Reader) key(n int, text string, escaped bool) *knownKey {
	if escaped {
		text = unescape(text)
	}
	if n < len(r.order) && r.order[n].text == text {
		return r.order[n]
	}
	k := r.known[text]
	if k == nil {
		k = newKnownKey(text, r.stop)
		if slot, ok := r.slotOf(k.text); ok {
			k.slot = slot
		}
		r.known[k.text] = k
	}
	if n < len(r.order) {
		r.order[n] = k
	} else if n == len(r.order) && n < mostKnown {
		r.order = append(r.order, k)
	}
	return k
}

// member reads the value of a key and returns where it ends, or -1.
func (r *Reader) member(s string, i int, k *knownKey) int {
	if k.slot == noSlot && !r.set.keywords {
		return r.skip(s, i, 0)
	}
	if i >= len(s) {
		return -1
	}
	v := r.take(k.slot)
	switch c := s[i]; c {
	case '"':
		end, escaped := r.text(s, i+1)
		if end < 0 {
			return -1
		}
		v.kind = textValue
		if escaped {
			v.text = r.memory.unescape(s[i+1 : end])
		} else {
			v.text = s[i+1 : end]
		}
		return end + 1
	case '{', '[':
		tree, end := r.tree(s, i, 0)
		if end < 0 {
			return -1
		}
		v.kind, v.items, v.fields = tree.kind, tree.items, tree.fields
		return end
	default:
		end := r.skip(s, i, 0)
		if end < 0 {
			return -1
		}
		v.scalarOf(s[i:end])
		return end
	}
}

// scalarOf makes a value of a checked number, boolean or null.
func (v *value) scalarOf(s string) {
	switch s[0] {
	case 'n':
		v.kind = nullValue
	case 't', 'f':
		v.kind, v.text = boolValue, s
	default:
		v.kind, v.text = numberValue, s
	}
}

// tree decodes any value, and returns where it ends, or -1.
func (r *lineScan) tree(s string, i, depth int) (*value, int) {
	if i >= len(s) || depth > scanDepth {
		return nil, -1
	}
	switch s[i] {
	case '"':
		end, escaped := r.text(s, i+1)
		if end < 0 {
			return nil, -1
		}
		text := s[i+1 : end]
		if escaped {
			text = r.memory.unescape(text)
		}
		return &value{kind: textValue, text: text, memory: r.folds}, end + 1
	case '{':
		out := &value{kind: objectValue, fields: map[string]*value{}}
		end := r.members(s, i+1, func(key string, at int) int {
			v, end := r.tree(s, at, depth+1)
			out.fields[key] = v
			return end
		})
		return out, end
	case '[':
		out := &value{kind: listValue}
		end := elements(s, i+1, func(at int) int {
			v, end := r.tree(s, at, depth+1)
			out.items = append(out.items, v)
			return end
		})
		return out, end
	}
	end := r.skip(s, i, depth)
	if end < 0 {
		return nil, -1
	}
	v := &value{}
	v.scalarOf(s[i:end])
	return v, end
}

// skip checks any value without decoding it, and returns where it ends, or -1.
func (r *lineScan) skip(s string, i, depth int) int {
	if i >= len(s) || depth > scanDepth {
		return -1
	}
	switch c := s[i]; {
	case c == '"':
		end, _ := r.text(s, i+1)
		if end < 0 {
			return -1
		}
		return end + 1
	case c == '{':
		return r.members(s, i+1, func(_ string, at int) int { return r.skip(s, at, depth+1) })
	case c == '[':
		return elements(s, i+1, func(at int) int { return r.skip(s, at, depth+1) })
	case c == '-' || '0' <= c && c <= '9':
		return numberEnd(s, i)
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(s[i:], word) {
			return i + len(word)
		}
	}
	return -1
}

// members reads the members of an object that begins before i, each with a function that returns where its value ends.
func (r *lineScan) members(s string, i int, each func(key string, at int) int) int {
	if i = blank(s, i); i < len(s) && s[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(s) || s[i] != '"' {
			return -1
		}
		end, escaped := r.text(s, i+1)
		if end < 0 {
			return -1
		}
		key := s[i+1 : end]
		if escaped {
			key = unescape(key)
		}
		if i = blank(s, end+1); i >= len(s) || s[i] != ':' {
			return -1
		}
		if i = each(key, blank(s, i+1)); i < 0 {
			return -1
		}
		switch i = blank(s, i); {
		case i < len(s) && s[i] == ',':
			i = blank(s, i+1)
		case i < len(s) && s[i] == '}':
			return i + 1
		default:
			return -1
		}
	}
}

// elements reads the elements of an array that begins before i.
func elements(s string, i int, each func(at int) int) int {
	if i = blank(s, i); i < len(s) && s[i] == ']' {
		return i + 1
	}
	for {
		if i = each(i); i < 0 {
			return -1
		}
		switch i = blank(s, i); {
		case i < len(s) && s[i] == ',':
			i = blank(s, i+1)
		case i < len(s) && s[i] == ']':
			return i + 1
		default:
			return -1
		}
	}
}

func blank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// Eight bytes at a time: one bit per byte of a word, and bytes that end the plain part of a text.
const (
	lowBits    = 0x0101010101010101
	highBits   = 0x8080808080808080
	quotes     = '"' * lowBits
	slashes    = '\\' * lowBits
	firstPlain = ' ' * lowBits // what is less is a control character, which JSON texts do not hold
)

// text finds the quote that ends the text from i on, or -1, and whether it has escapes. It notes characters beyond ASCII.
func (r *lineScan) text(s string, i int) (end int, escaped bool) {
	for {
		for ; i+8 <= len(s); i += 8 {
			word := word(s[i : i+8])
			quote, slash := word^quotes, word^slashes
			found := ((quote - lowBits) &^ quote) | ((slash - lowBits) &^ slash) | ((word - firstPlain) &^ word)
			if word&highBits != 0 {
				r.high = true
			}
			// Only the lowest bit is sure: a byte found lends from the one above it.
			if found &= highBits; found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
		}
		for i < len(s) && s[i] >= ' ' && s[i] != '"' && s[i] != '\\' {
			if s[i] >= utf8.RuneSelf {
				r.high = true
			}
			i++
		}
		if i >= len(s) || s[i] < ' ' {
			return -1, false
		}
		if s[i] == '"' {
			return i, escaped
		}
		escaped = true
		if i+1 >= len(s) {
			return -1, false
		}
		switch s[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if i+6 > len(s) || hexUnit(s[i+2:i+6]) < 0 {
				return -1, false
			}
			i += 6
		default:
			return -1, false
		}
	}
}

// hexUnit reads four hexadecimal digits, or gives -1.
func hexUnit(s string) rune {
	var out rune
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			out = out<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			out = out<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			out = out<<4 | rune(c-'A'+10)
		default:
			return -1
		}
	}
	return out
}

func unescape(s string) string { return string(appendUnescaped(nil, s)) }

// escapes are the one-letter escapes that are not themselves.
var escapes = [256]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\', '/': '/'}

// appendUnescaped decodes a checked text. Half of a surrogate pair becomes U+FFFD.
func appendUnescaped(to []byte, s string) []byte {
	for {
		to, s = appendPlain(to, s)
		if s == "" {
			return to
		}
		if s[1] != 'u' {
			to, s = append(to, escapes[s[1]]), s[2:]
			continue
		}
		c := hexUnit(s[2:6])
		s = s[6:]
		if utf16.IsSurrogate(c) {
			second := rune(-1)
			if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				second = hexUnit(s[2:6])
			}
			if c = utf16.DecodeRune(c, second); c != utf8.RuneError {
				s = s[6:]
			}
		}
		to = utf8.AppendRune(to, c)
	}
}

// appendPlain copies up to the first backslash, and returns what begins with it. Paths have one every eight bytes or so.
func appendPlain(to []byte, s string) ([]byte, string) {
	for len(s) >= 8 {
		w := word(s[:8])
		slash := w ^ slashes
		to = binary.LittleEndian.AppendUint64(to, w)
		if found := (slash - lowBits) &^ slash & highBits; found != 0 {
			after := 8 - bits.TrailingZeros64(found)/8
			return to[:len(to)-after], s[8-after:]
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] == '\\' {
			return to, s[i:]
		}
		to = append(to, s[i])
	}
	return to, ""
}

// numberEnd is where a JSON number ends, or -1.
func numberEnd(s string, i int) int {
	if s[i] == '-' {
		i++
	}
	switch n := digitRun(s[i:]); {
	case n == 0 || n > 1 && s[i] == '0':
		return -1
	default:
		i += n
	}
	if i < len(s) && s[i] == '.' {
		n := digitRun(s[i+1:])
		if n == 0 {
			return -1
		}
		i += 1 + n
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		n := digitRun(s[i:])
		if n == 0 {
			return -1
		}
		i += n
	}
	return i
}
