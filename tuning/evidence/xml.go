package evidence

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readXML reads every <Event> of an XML text, whatever stands around: one document, `<Events>`, one a line, Splunk's raw events.
func readXML(t *text, limit int, emit emit) error {
	in := &xmlScan{from: t.Reader, line: 1, limit: limit}
	found := false
	for {
		data, line, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			if !found {
				emit(nil, 1, errors.New("there is no <Event> in this XML"))
			}
			return nil
		case errors.Is(err, errLong):
			found = true
			if !emit(nil, line, fmt.Errorf("the event is longer than %d bytes", limit)) {
				return nil
			}
			continue
		case errors.Is(err, errTruncated):
			emit(nil, line, err)
			return nil
		case err != nil:
			return endOf(err, line, emit)
		}
		found = true
		fields, err := xmlEvent(data)
		if err != nil {
			fields = nil
		}
		if !emit(fields, line, err) {
			return nil
		}
	}
}

// xmlScan cuts <Event …>…</Event> out of a text. Events do not nest.
type xmlScan struct {
	from  *bufio.Reader
	line  int
	limit int
	held  []byte
}

const eventOpen, eventClose = "<Event", "</Event>"

func (s *xmlScan) next() (data []byte, line int, err error) {
	if err := s.seek(); err != nil {
		return nil, s.line, err
	}
	line = s.line
	s.held = append(s.held[:0], eventOpen...)
	long := false
	for {
		part, err := s.from.ReadSlice('>')
		s.line += bytes.Count(part, []byte("\n"))
		if long = long || len(s.held)+len(part) > s.limit; long {
			s.held = append(s.held[:0], s.held[max(0, len(s.held)-len(eventClose)):]...) // the closing tag may lie across two parts
			if len(part) > s.limit {
				part = part[len(part)-len(eventClose):]
			}
		}
		s.held = append(s.held, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			if errors.Is(err, io.EOF) {
				err = errTruncated
			}
			return nil, line, err
		}
		if bytes.HasSuffix(s.held, []byte(eventClose)) || bytes.HasSuffix(s.held, []byte("/>")) && bytes.Count(s.held, []byte("<")) == 1 {
			if long {
				return nil, line, errLong
			}
			return s.held, line, nil
		}
	}
}

// seek reads up to and including the next `<Event` that is a whole name.
func (s *xmlScan) seek() error {
	for {
		part, err := s.from.ReadSlice('<')
		s.line += bytes.Count(part, []byte("\n"))
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return err
		}
		head, err := s.from.Peek(len(eventOpen)) // the name without `<`, and one byte more
		if err != nil {
			if errors.Is(err, io.EOF) && len(head) < len(eventOpen) {
				continue // what is left holds no event; ReadSlice finds the end
			}
			return err
		}
		if string(head[:len(eventOpen)-1]) == eventOpen[1:] && strings.IndexByte(" \t\r\n>/", head[len(eventOpen)-1]) >= 0 {
			_, err := s.from.Discard(len(eventOpen) - 1)
			return err
		}
	}
}

// xmlEvent decodes one <Event>.
func xmlEvent(data []byte) (map[string]any, error) {
	if err := notUTF8(data); err != nil {
		return nil, err
	}
	root, err := parseXML(data)
	if err != nil {
		return nil, fmt.Errorf("the event is no XML: %w", err)
	}
	return map[string]any{"Event": root.value(0)}, nil
}

// element is an XML element. EVTX records become elements too.
type element struct {
	name       string
	attributes []attribute
	children   []*element
	text       any // nil, string, or a typed value of EVTX
	weight     int // elements below it and itself, in EVTX
}

type attribute struct {
	name  string
	value any
}

func parseXML(data []byte) (*element, error) {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now, whatever it says
	var stack []*element
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local}
			for _, a := range token.Attr {
				e.attributes = append(e.attributes, attribute{a.Name.Local, a.Value})
			}
			if len(stack) >= maxDepth {
				return nil, errDepth
			}
			if n := len(stack); n > 0 {
				stack[n-1].children = append(stack[n-1].children, e)
			}
			stack = append(stack, e)
		case xml.CharData:
			if n := len(stack); n > 0 {
				before, _ := stack[n-1].text.(string)
				stack[n-1].text = before + string(token)
			}
		case xml.EndElement:
			if len(stack) == 1 {
				return stack[0], nil
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// value is the element as evtx dumps write it in JSON: children by name, attributes under `#attributes`, text alone where there is nothing
// else. The named <Data> of EventData become fields.
func (e *element) value(depth int) any {
	if depth > maxDepth {
		return nil
	}
	if len(e.children) == 0 && len(e.attributes) == 0 {
		if s, ok := e.text.(string); ok && strings.TrimSpace(s) == "" {
			return ""
		}
		return e.text
	}
	out := make(map[string]any, len(e.children)+1)
	attributes := map[string]any{}
	for _, a := range e.attributes {
		if a.name != "xmlns" {
			attributes[a.name] = a.value
		}
	}
	for _, c := range e.children {
		name, v := c.name, any(nil)
		if given := c.dataName(); given != "" {
			name, v = given, c.text
			if v == nil && len(c.children) == 0 {
				v = ""
			}
			if len(c.children) > 0 {
				v = (&element{children: c.children}).value(depth + 1)
			}
		} else {
			v = c.value(depth + 1)
		}
		switch before := out[name].(type) {
		case nil:
			out[name] = v
		case []any:
			out[name] = append(before, v)
		default:
			out[name] = []any{before, v}
		}
	}
	if len(attributes) > 0 {
		out["#attributes"] = attributes
	}
	switch text := e.text.(type) {
	case nil:
	case string:
		if strings.TrimSpace(text) != "" {
			out["#text"] = text
		}
	default:
		out["#text"] = text
	}
	return out
}

// dataName is the Name of a <Data>.
func (e *element) dataName() string {
	if e.name != "Data" && e.name != "ComplexData" {
		return ""
	}
	for _, a := range e.attributes {
		if a.name == "Name" {
			name, _ := a.value.(string)
			return name
		}
	}
	return ""
}
