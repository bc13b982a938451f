package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/sigtune/sigtune/rules/match"
)

// jsonForm tells JSON lines from JSON documents, and what wraps the events of a document.
func jsonForm(sample []byte, whole bool) form {
	if e, ok := envelopeOf(sample); ok {
		return form{name: e.name, read: readJSONDocument(e)}
	}
	line, rest, more := bytes.Cut(sample, []byte("\n"))
	switch {
	case json.Valid(line), !more && !whole: // an object a line; or one longer than the sample
		return form{name: "JSON lines", read: readJSONLines}
	case more && bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r"), []byte("{")): // the first line is broken, the next begins an object
		return form{name: "JSON lines", read: readJSONLines}
	case !more:
		return form{name: "JSON lines", read: readJSONLines}
	}
	return form{name: "JSON objects", read: readJSONDocument(envelope{})}
}

// readJSONLines reads an object a line. A broken line costs that line.
func readJSONLines(t *text, limit int, emit emit) error {
	in := lines{from: t.Reader, limit: limit}
	for {
		line, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLong):
			if !emit(nil, in.number, tooLong("line", limit)) {
				return nil
			}
			continue
		case err != nil:
			return endOf(err, in.number, emit)
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if !emit(rawObject(line), in.number, nil) {
			return nil
		}
	}
}

// endOf makes a truncated or damaged compressed input one problem: what came before stands.
func endOf(err error, line int, emit emit) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || isDamage(err) {
		emit(nil, line, fmt.Errorf("the input ends early: %w", err))
		return nil
	}
	return err
}

// parseObject decodes a JSON object; numbers keep their digits.
func parseObject(data []byte) (map[string]any, error) {
	if err := notUTF8(data); err != nil {
		return nil, err
	}
	v, err := decode(data)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("an event is a JSON object, this is " + match.JSONKind(v))
	}
	return object, nil
}

func decode(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends in the middle")
		}
		return nil, fmt.Errorf("the event is no JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the event at byte %d; write one object a line", decoder.InputOffset())
	}
	return v, nil
}

// jsonScan walks over JSON text without holding more than one value of it.
type jsonScan struct {
	from  *bufio.Reader
	line  int // 1-based, of the next byte
	limit int
	held  []byte
	emit  emit
	ended bool // emit wants no more
	last  int  // line of the value last read
}

var errTruncated = errors.New("the input ends in the middle of an event")

// readJSONDocument reads arrays, concatenated objects, and results in an envelope.
func readJSONDocument(e envelope) func(*text, int, emit) error {
	return func(t *text, limit int, emit emit) error {
		s := &jsonScan{from: t.Reader, line: 1, limit: limit, emit: emit}
		err := s.documents(e)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errTruncated):
			if !s.ended {
				emit(nil, s.line, errTruncated)
			}
			return nil
		case err != nil:
			return endOf(err, s.line, emit)
		}
		return nil
	}
}

// documents reads top-level values until the end, which is io.EOF.
func (s *jsonScan) documents(e envelope) error {
	for !s.ended {
		c, err := s.next()
		if err != nil {
			return err
		}
		switch {
		case c == '[':
			s.skip()
			err = s.elements()
		case c == '{' && e.path != nil:
			s.skip()
			err = s.descend(e.path, e.table)
		case c == '{':
			err = s.event()
		default:
			s.emit(nil, s.line, fmt.Errorf("`%c` stands where an event should begin", printable(c)))
			err = s.resume()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func printable(c byte) rune {
	if c < ' ' || c > '~' {
		return '\ufffd'
	}
	return rune(c)
}

// resume skips what is no event, up to the next line that begins one.
func (s *jsonScan) resume() error {
	for {
		c, err := s.from.ReadByte()
		if err != nil {
			return err
		}
		if c != '\n' {
			continue
		}
		s.line++
		if c, err = s.next(); err != nil || c == '{' || c == '[' {
			return err
		}
	}
}

// next is the next byte that is neither blank nor comma; it is not consumed.
func (s *jsonScan) next() (byte, error) {
	for {
		c, err := s.from.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case '\n':
			s.line++
		case ' ', '\t', '\r', ',', ':':
		default:
			return c, s.from.UnreadByte()
		}
	}
}

func (s *jsonScan) skip() { _, _ = s.from.Discard(1) } // a byte that next has seen

// inside makes the end of the input a truncation.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return errTruncated
	}
	return err
}

// elements reads the events of an array to its end.
func (s *jsonScan) elements() error {
	for !s.ended {
		c, err := s.next()
		if err != nil {
			return inside(err)
		}
		if c == ']' {
			s.skip()
			return nil
		}
		if c == '}' {
			s.skip()
			s.emit(nil, s.line, errors.New("`}` stands where an event should begin"))
			continue
		}
		if err := s.event(); err != nil {
			return err
		}
	}
	return nil
}

// event reads one value and gives out the event in it.
func (s *jsonScan) event() error {
	data, err := s.value()
	if errors.Is(err, errLong) {
		s.ended = !s.emit(nil, s.last, fmt.Errorf("the event is longer than %d bytes", s.limit))
		return nil
	}
	if err != nil {
		return err
	}
	s.ended = !s.emit(rawObject(data), s.last, nil)
	return nil
}

// value reads one value, valid until the following call. One over the limit is skipped and gives errLong.
func (s *jsonScan) value() ([]byte, error) {
	if _, err := s.next(); err != nil {
		return nil, inside(err)
	}
	s.last, s.held = s.line, s.held[:0]
	depth, quoted, long := 0, false, false
	for {
		c, err := s.from.ReadByte()
		if err != nil {
			if depth == 0 && !quoted && errors.Is(err, io.EOF) {
				return s.held, nil
			}
			s.line = s.last // what is cut is named by where it begins
			return nil, inside(err)
		}
		if depth == 0 && !quoted && len(s.held) > 0 && (c == ',' || c == ']' || c == '}' || c == '\n') { // the end of a number or a word
			return s.held, s.from.UnreadByte()
		}
		if long = long || len(s.held) >= s.limit; !long {
			s.held = append(s.held, c)
		}
		switch {
		case c == '\n':
			s.line++
		case quoted && c == '\\':
			if c, err = s.from.ReadByte(); err != nil {
				s.line = s.last
				return nil, inside(err)
			}
			if !long {
				s.held = append(s.held, c)
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if depth <= 0 && !quoted && (c == '}' || c == ']' || c == '"') {
			if long {
				return nil, errLong
			}
			return s.held, nil
		}
	}
}

// descend goes down the path of keys in an object that has been entered, and reads the events at its end.
func (s *jsonScan) descend(path []string, table bool) error {
	var columns []string
	for !s.ended {
		c, err := s.next()
		if err != nil {
			return inside(err)
		}
		if c == '}' {
			s.skip()
			return nil
		}
		key, err := s.key()
		if err != nil {
			return err
		}
		if c, err = s.next(); err != nil {
			return inside(err)
		}
		switch {
		case table && len(path) == 1 && isColumns(key) && c == '[':
			if columns, err = s.columns(); err != nil {
				return err
			}
		case key != path[0] || c != '[' && c != '{':
			if _, err := s.value(); err != nil && !errors.Is(err, errLong) {
				return err
			}
		case len(path) > 1 && c == '[': // a list of objects that each lead on
			s.skip()
			if err := s.each(path[1:], table); err != nil {
				return err
			}
		case len(path) > 1:
			s.skip()
			if err := s.descend(path[1:], table); err != nil {
				return err
			}
		case table:
			s.skip()
			if err := s.rows(columns); err != nil {
				return err
			}
		case c == '[':
			s.skip()
			if err := s.elements(); err != nil {
				return err
			}
		default:
			if err := s.event(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *jsonScan) key() (string, error) {
	data, err := s.value()
	if err != nil {
		return "", err
	}
	var key string
	if json.Unmarshal(data, &key) != nil {
		s.emit(nil, s.last, fmt.Errorf("`%.20s` stands where a key should; the rest of the input is not read", data))
		return "", io.EOF
	}
	return key, nil
}

// each descends into every object of an array.
func (s *jsonScan) each(path []string, table bool) error {
	for !s.ended {
		c, err := s.next()
		if err != nil {
			return inside(err)
		}
		switch c {
		case ']':
			s.skip()
			return nil
		case '{':
			s.skip()
			err = s.descend(path, table)
		default:
			_, err = s.value()
		}
		if err != nil && !errors.Is(err, errLong) {
			return err
		}
	}
	return nil
}
