package schema

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/sigtune/sigtune/rules/source"
)

// outline is a schema in a form that a tree of nodes is held against without making JSON of it. It only ever proves that a document is valid: what
// it does not accept goes to gojsonschema, which decides and says what is wrong. Nine of ten published rules end here, in a tenth of the time.
type outline struct {
	types         typeSet // 0: any
	required      []string
	properties    map[string]*outline
	others        *outline // of properties that are not named; nil: any
	closed        bool     // there may be no others
	names         *outline // of the keys
	minProperties int
	items         *outline
	minItems      int
	pattern       func(string) bool
	minLength     int
	maxLength     int // 0: none
	day           bool
	enum          []string
	anyOf         []*outline
}

// typeSet is a set of JSON types.
type typeSet uint8

const (
	objectType typeSet = 1 << iota
	arrayType
	stringType
	numberType
	booleanType
	nullType
)

var typeSets = map[string]typeSet{
	"object": objectType, "array": arrayType, "string": stringType, "number": numberType, "boolean": booleanType, "null": nullType,
}

// outlines holds the outlines of the kinds of documents; nil where a schema has keywords that outlines do not know, as those of correlations and filters do.
var outlines = map[kind]func() *outline{
	ruleKind:        sync.OnceValue(func() *outline { return readOutline(ruleKind) }),
	correlationKind: sync.OnceValue(func() *outline { return readOutline(correlationKind) }),
	filterKind:      sync.OnceValue(func() *outline { return readOutline(filterKind) }),
}

// plainlyValid reports a document that was proved to be valid. False says nothing.
func (d *document) plainlyValid() bool {
	s := outlines[d.kind]()
	return s != nil && d.Root != nil && s.accepts(d.Root, d.Root)
}

// readOutline reads the outline of an embedded schema, nil when it has a keyword that is not known here.
func readOutline(k kind) *outline {
	r := outlineReader{documents: map[string]map[string]any{}, known: map[string]*outline{}}
	s, err := r.reference(string(k)+".schema.json", "#")
	if err != nil {
		return nil
	}
	return s
}

type outlineReader struct {
	documents map[string]map[string]any
	known     map[string]*outline
}

// reference reads what a `$ref` in a document names: another place of it, or of a document next to it.
func (r *outlineReader) reference(in, ref string) (*outline, error) {
	file, place, _ := strings.Cut(ref, "#")
	if file == "" {
		file = in
	}
	if s, ok := r.known[file+"#"+place]; ok {
		return s, nil
	}
	if r.documents[file] == nil {
		data, err := embedded.ReadFile("json/" + file)
		if err != nil {
			return nil, err
		}
		var parsed map[string]any
		if err := json.Unmarshal(data, &parsed); err != nil {
			return nil, err
		}
		r.documents[file] = parsed
	}
	at := any(r.documents[file])
	for _, step := range strings.Split(strings.TrimPrefix(place, "/"), "/") {
		if step == "" {
			continue
		}
		m, _ := at.(map[string]any)
		at = m[step]
	}
	s := &outline{}
	r.known[file+"#"+place] = s
	return s, r.read(s, file, at)
}

// ignored are keywords that demand nothing.
var ignored = []string{"$schema", "$id", "title", "description", "definitions", "examples"}

func (r *outlineReader) read(s *outline, in string, from any) error {
	m, ok := from.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: no schema", in)
	}
	if ref, ok := m["$ref"].(string); ok {
		target, err := r.reference(in, ref)
		if err == nil {
			*s = *target
		}
		return err
	}
	sub := func(from any) (*outline, error) {
		t := &outline{}
		return t, r.read(t, in, from)
	}
	for word, v := range m {
		var err error
		known := true
		switch v := v.(type) {
		case map[string]any:
			switch word {
			case "properties":
				s.properties = map[string]*outline{}
				for name, of := range v {
					if s.properties[name], err = sub(of); err != nil {
						break
					}
				}
			case "additionalProperties":
				s.others, err = sub(v)
			case "propertyNames":
				s.names, err = sub(v)
			case "items":
				s.items, err = sub(v)
			default:
				known = slices.Contains(ignored, word)
			}
		case []any:
			for _, x := range v {
				text, isText := x.(string)
				switch {
				case word == "type" && typeSets[text] != 0:
					s.types |= typeSets[text]
				case word == "required" && isText:
					s.required = append(s.required, text)
				case word == "enum" && isText:
					s.enum = append(s.enum, text)
				case word == "anyOf":
					var one *outline
					if one, err = sub(x); err == nil {
						s.anyOf = append(s.anyOf, one)
					}
				default:
					known = slices.Contains(ignored, word)
				}
			}
		case string:
			switch {
			case word == "type" && typeSets[v] != 0:
				s.types = typeSets[v]
			case word == "pattern":
				s.pattern, err = matcherOf(v)
			case word == "format" && v == "date":
				s.day = true
			default:
				known = slices.Contains(ignored, word)
			}
		case float64:
			switch word {
			case "minProperties":
				s.minProperties = int(v)
			case "minItems":
				s.minItems = int(v)
			case "minLength":
				s.minLength = int(v)
			case "maxLength":
				s.maxLength = int(v)
			default:
				known = false
			}
		case bool:
			s.closed = word == "additionalProperties" && !v
			known = s.closed
		default:
			known = false
		}
		if err != nil || !known {
			return fmt.Errorf("%s: %s: not known here: %w", in, word, err)
		}
	}
	return nil
}

// matcherOf compiles a pattern as gojsonschema does.
func matcherOf(pattern string) (func(string) bool, error) {
	if pattern == `\S` { // nearly every text is asked for something to read
		return func(s string) bool { return strings.Trim(s, "\t\n\f\r ") != "" }, nil
	}
	p, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	return p.MatchString, nil
}

// accepts reports that a node was proved to be valid, as jsonDocument reads it.
func (s *outline) accepts(n, root *source.Node) bool {
	t := typeOf(n)
	if s.types != 0 && s.types&t == 0 || s.enum != nil && (t != stringType || !slices.Contains(s.enum, n.Value)) {
		return false
	}
	if s.anyOf != nil && !slices.ContainsFunc(s.anyOf, func(one *outline) bool { return one.accepts(n, root) }) {
		return false
	}
	switch t {
	case stringType:
		return s.acceptsText(n.Value)
	case arrayType:
		if len(n.Items) < s.minItems {
			return false
		}
		for _, item := range n.Items {
			if s.items != nil && !s.items.accepts(item, root) {
				return false
			}
		}
	case objectType:
		return s.acceptsEntries(n, root)
	}
	return true
}

func (s *outline) acceptsEntries(n, root *source.Node) bool {
	if len(n.Entries) < s.minProperties || len(n.Entries) > comparedKeys {
		return false
	}
	for _, name := range s.required {
		if n.Entry(name) == nil {
			return false
		}
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if n.Entry(e.Key.Value) != e {
			return false // a key that occurs twice counts once
		}
		of, named := s.properties[e.Key.Value]
		switch {
		case !named && s.closed, s.names != nil && !s.names.acceptsText(e.Key.Value):
			return false
		case !named:
			of = s.others
		}
		switch {
		case of == nil:
		case n == root && slices.Contains(days, e.Key.Value) && e.Value.Kind == source.Scalar && !e.Value.IsNull():
			if of.types&^stringType != 0 || of.enum != nil || of.anyOf != nil || !of.acceptsText(e.Value.Value) {
				return false
			}
		case !of.accepts(e.Value, root):
			return false
		}
	}
	return true
}

// comparedKeys is how many keys of one map are compared with each other.
const comparedKeys = 200

func (s *outline) acceptsText(text string) bool {
	if s.pattern != nil && !s.pattern(text) {
		return false
	}
	if s.minLength > 0 || s.maxLength > 0 {
		if n := utf8.RuneCountInString(text); n < s.minLength || s.maxLength > 0 && n > s.maxLength {
			return false
		}
	}
	if s.day {
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	}
	return true
}

// typeOf is the JSON type of what jsonValue makes of a node.
func typeOf(n *source.Node) typeSet {
	switch n.Kind {
	case source.Map:
		return objectType
	case source.List:
		return arrayType
	}
	switch n.Tag {
	case source.TagNull:
		return nullType
	case source.TagBool:
		return booleanType
	case source.TagInt, source.TagFloat, source.TagTimestamp:
		return numberType
	}
	return stringType
}
