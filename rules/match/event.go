package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
)

// RawFields are the names under which shippers keep the unparsed record: Splunk, syslog forwarders, the Elastic Common
// Schema, and the rendered message of Windows events. Keywords are searched in the first of them that holds text.
var RawFields = []string{"_raw", "raw", "raw_message", "event.original", "message", "Message"}

// maxDepth bounds the nesting of events; the deepest real ones (cloud audit logs) have about ten levels.
const maxDepth = 128

// Event is one JSON object. It is immutable and safe for many goroutines; the look-up of nested fields and the folding of
// texts happen when a matcher first asks for them.
type Event struct {
	root *value
	flat *flat // of Lines, which then has no root; else nil
	view *view // of a Reader, which then has no root; else nil
}

// value is a JSON value. The text of numbers and booleans is the one they are spelled with.
type value struct {
	kind   valueKind
	text   string
	folded atomic.Pointer[string]
	memory *memory           // where a Reader keeps the folded text; else nil
	items  []*value          // of a list
	fields map[string]*value // of an object
}

type valueKind uint8

const (
	nullValue valueKind = iota
	boolValue
	numberValue
	textValue
	listValue
	objectValue
)

// ParseEvent reads one JSON object. Numbers keep the digits they were written with.
func ParseEvent(data []byte) (*Event, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var decoded any // not a map: encoding/json fills an interface without reflection
	if err := decoder.Decode(&decoded); errors.Is(err, io.EOF) {
		return nil, errors.New("an event is a JSON object, this is empty")
	} else if err != nil {
		return nil, fmt.Errorf("the event is no JSON: %w", err)
	}
	fields, ok := decoded.(map[string]any)
	if !ok {
		return nil, errors.New("an event is a JSON object, this is " + JSONKind(decoded))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the event at byte %d; write one object a line", decoder.InputOffset())
	}
	root, err := convert(fields, 0)
	if err != nil {
		return nil, err
	}
	return &Event{root: root}, nil
}

// JSONKind names the kind of a decoded JSON value for messages: `an array`, `null`.
func JSONKind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case []any:
		return "an array"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case map[string]any:
		return "an object"
	}
	return "a number"
}

// NewEvent takes a decoded JSON object: nil, booleans, strings, json.Number and Go numbers, slices and maps of these.
// Any other value becomes the text that fmt prints. The map may change afterwards. A field nested deeper than 128 levels
// reads as null; ParseEvent refuses such an event.
func NewEvent(fields map[string]any) *Event {
	root, err := convert(fields, 0)
	if err != nil {
		root = shallow(fields)
	}
	return &Event{root: root}
}

// shallow converts what convert refuses, each field on its own.
func shallow(fields map[string]any) *value {
	out := &value{kind: objectValue, fields: make(map[string]*value, len(fields))}
	for key, v := range fields {
		converted, err := convert(v, 1)
		if err != nil {
			converted = &value{kind: nullValue}
		}
		out.fields[key] = converted
	}
	return out
}

var errDepth = fmt.Errorf("the event is nested deeper than %d levels", maxDepth)

func convert(v any, depth int) (*value, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	switch v := v.(type) {
	case nil:
		return &value{kind: nullValue}, nil
	case string:
		return &value{kind: textValue, text: v}, nil
	case bool:
		return &value{kind: boolValue, text: strconv.FormatBool(v)}, nil
	case json.Number:
		return &value{kind: numberValue, text: v.String()}, nil
	case float64:
		return floatValue(v, 64), nil
	case float32:
		return floatValue(float64(v), 32), nil
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return &value{kind: numberValue, text: fmt.Sprint(v)}, nil
	case map[string]any:
		return convertObject(v, depth)
	case map[string]string:
		return convertObject(v, depth)
	case []any:
		return convertList(v, depth)
	case []string:
		return convertList(v, depth)
	case []map[string]any:
		return convertList(v, depth)
	}
	return &value{kind: textValue, text: fmt.Sprint(v)}, nil
}

func convertObject[T any](fields map[string]T, depth int) (*value, error) {
	out := &value{kind: objectValue, fields: make(map[string]*value, len(fields))}
	for key, f := range fields {
		converted, err := convert(f, depth+1)
		if err != nil {
			return nil, err
		}
		out.fields[key] = converted
	}
	return out, nil
}

func convertList[T any](items []T, depth int) (*value, error) {
	out := &value{kind: listValue, items: make([]*value, len(items))}
	for i, item := range items {
		converted, err := convert(item, depth+1)
		if err != nil {
			return nil, err
		}
		out.items[i] = converted
	}
	return out, nil
}

// maxIntegralFloat is where float64 stops holding every integer.
const maxIntegralFloat = 1 << 53

func floatValue(f float64, bits int) *value {
	if f == math.Trunc(f) && math.Abs(f) <= maxIntegralFloat {
		return &value{kind: numberValue, text: strconv.FormatInt(int64(f), 10)}
	}
	return &value{kind: numberValue, text: strconv.FormatFloat(f, 'g', -1, bits)}
}

// lower is the folded text, computed once.
func (v *value) lower() string {
	done := v.folded.Load()
	if done == nil {
		done = v.fold()
		v.folded.Store(done)
	}
	return *done
}

func (v *value) fold() *string {
	switch {
	case isFolded(v.text):
		return &v.text // nothing to allocate
	case v.memory != nil:
		return v.memory.fold(v.text)
	}
	folded := fold(v.text)
	return &folded
}

func (v *value) isFolded() bool { return v.folded.Load() != nil }

// scalar reports text, a number or a boolean: what text tests read.
func (v *value) scalar() bool {
	return v.kind == textValue || v.kind == numberValue || v.kind == boolValue
}

// lookup finds a field: the exact key, then a dotted path. nil is an absent field.
func (e *Event) lookup(field string, dotted bool) *value {
	if e.flat != nil {
		return e.flat.lookup(field, dotted)
	}
	return lookup(e.root, field, dotted)
}

func lookup(object *value, field string, dotted bool) *value {
	if v, ok := object.fields[field]; ok {
		return v
	}
	if !dotted {
		return nil
	}
	return object.find(field)
}

// object is the event as a tree.
func (e *Event) object() *value {
	if e.flat != nil {
		return e.flat.object()
	}
	return e.root
}

// find follows a dotted path. A key may hold dots itself; the shortest key that leads on wins. Every value below is
// visited at most once, as the keys on the way to it spell one prefix of the path.
func (v *value) find(path string) *value {
	switch v.kind {
	case objectValue:
		if field, ok := v.fields[path]; ok {
			return field
		}
		for at := 0; ; at++ {
			dot := strings.IndexByte(path[at:], '.')
			if dot < 0 {
				return nil
			}
			at += dot
			if next, ok := v.fields[path[:at]]; ok {
				if found := next.find(path[at+1:]); found != nil {
					return found
				}
			}
		}
	case listValue:
		var found []*value
		for _, item := range v.items {
			if f := item.find(path); f != nil {
				found = append(found, f)
			}
		}
		if found != nil {
			return &value{kind: listValue, items: found}
		}
	}
	return nil
}

// of is the value of a field that a test asks for, or nil.
func (e *Event) of(f *field) *value {
	if e.view != nil {
		return e.view.slots[e.view.local[f.at]]
	}
	return e.lookup(f.name, f.dotted)
}

// raw is the unparsed record, or nil.
func (e *Event) raw() *value {
	if e.view != nil {
		return e.view.raw
	}
	for _, name := range RawFields {
		if v := e.lookup(name, true); v != nil && v.kind == textValue {
			return v
		}
	}
	return nil
}

// whole holds every value of the event.
func (e *Event) whole() *value {
	if e.view != nil {
		return e.view.whole
	}
	return e.object()
}

// Texts are the texts that tests of a field compare with, array elements in their order, and whether the field is present
// at all. Null, objects and empty arrays have no text.
func (e *Event) Texts(field string) (texts []string, present bool) {
	v := e.lookup(field, true)
	if v == nil {
		return nil, false
	}
	return v.texts(nil), true
}

func (v *value) texts(to []string) []string {
	if v.scalar() {
		return append(to, v.text)
	}
	for _, item := range v.items {
		to = item.texts(to)
	}
	return to
}
