package config

import (
	"encoding/json"

	"github.com/sigtune/sigtune/lint"
)

// JSONSchema is the JSON Schema (draft 7) of the configuration file, for editors. It is rendered from what the reader itself checks.
func JSONSchema(all []*lint.Check) []byte {
	w := schemaWriter{all: all}
	root := w.of(top(all))
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "sigtune configuration (.sigtune.yml)"
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // cannot happen: maps, texts and numbers
	}
	return append(out, '\n')
}

type schemaWriter struct{ all []*lint.Check }

func (w schemaWriter) of(s *shape) map[string]any {
	m := map[string]any{}
	if s.meaning != "" {
		m["description"] = s.meaning
	}
	switch s.kind {
	case aText:
		m["type"], m["minLength"] = "string", 1
		if s.pattern != nil {
			m["pattern"] = s.pattern.String()
		}
	case aDate:
		m["type"], m["format"] = "string", "date"
	case aWord:
		m["enum"] = s.words
	case aBool:
		m["type"] = "boolean"
	case aNumber:
		m["type"], m["minimum"] = "integer", s.min
		if s.max > 0 {
			m["maximum"] = s.max
		}
	case aCheck:
		m["type"], m["enum"] = "string", w.words()
	case aSelection:
		m["type"] = "string"
		m["anyOf"] = []any{map[string]any{"enum": append(w.words(), "ALL")}, map[string]any{"pattern": `^(SIG)?[0-9]{2}([0-9]{2})?$`}, map[string]any{"enum": families()}}
	case aList:
		m["type"], m["items"] = "array", w.of(s.of)
	case aDict:
		m["type"], m["additionalProperties"] = "object", w.of(s.of)
		if s.names != nil {
			m["propertyNames"] = w.of(s.names)
		}
	case aMap:
		properties := map[string]any{}
		for i := range s.keys {
			properties[s.keys[i].name] = w.of(&s.keys[i].shape)
		}
		m["type"], m["additionalProperties"], m["properties"] = "object", false, properties
		if len(s.need) > 0 {
			m["required"] = s.need
		}
	}
	return m
}

func (w schemaWriter) words() []string {
	var words []string
	for _, c := range w.all {
		words = append(words, c.Code, c.Name)
	}
	return words
}

func families() []string {
	var names []string
	for _, code := range lint.FamilyCodes() {
		names = append(names, lint.Families[code])
	}
	return names
}
