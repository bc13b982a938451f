package schema

import (
	"embed"
	"fmt"
	"sync"

	"github.com/xeipuuv/gojsonschema"
)

//go:embed json/*.schema.json
var embedded embed.FS

// kind is a kind of document, by the name of its schema and as messages call it.
type kind string

const (
	ruleKind        kind = "rule"
	correlationKind kind = "correlation"
	filterKind      kind = "filter"
)

// shared holds the definitions to which the others refer.
const shared = "metadata"

// schemaBase is where the schemas would be found. Nothing is read from there: all references are answered from the pool.
const schemaBase = "https://raw.githubusercontent.com/sigtune/sigtune/main/schema/json/"

var compiled = map[kind]func() (*gojsonschema.Schema, error){
	ruleKind:        sync.OnceValues(func() (*gojsonschema.Schema, error) { return compile(ruleKind, false) }),
	correlationKind: sync.OnceValues(func() (*gojsonschema.Schema, error) { return compile(correlationKind, false) }),
	filterKind:      sync.OnceValues(func() (*gojsonschema.Schema, error) { return compile(filterKind, false) }),
}

// compile builds a schema from the embedded files. check holds them against the metaschema, which only a test needs to do.
func compile(k kind, check bool) (*gojsonschema.Schema, error) {
	loader := gojsonschema.NewSchemaLoader()
	loader.Draft, loader.AutoDetect, loader.Validate = gojsonschema.Draft7, false, check
	read := func(name string) (gojsonschema.JSONLoader, error) {
		data, err := embedded.ReadFile("json/" + name + ".schema.json")
		if err != nil {
			return nil, fmt.Errorf("reading the embedded schema: %w", err)
		}
		return gojsonschema.NewBytesLoader(data), nil
	}
	definitions, err := read(shared)
	if err != nil {
		return nil, err
	}
	if err := loader.AddSchema(schemaBase+shared+".schema.json", definitions); err != nil {
		return nil, fmt.Errorf("schema %s: %w", shared, err)
	}
	root, err := read(string(k))
	if err != nil {
		return nil, err
	}
	s, err := loader.Compile(root)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", k, err)
	}
	return s, nil
}
