package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// tool is one thing that assistants can ask for.
type tool struct {
	name, title, description string
	form                     string // of the answer, `sigtune.lint/1`
	parts                    []string
	add                      func(s *server, to *sdk.Server)
}

// declare makes a tool of a function from a call to an answer. The input schema comes from the type of the call; words are the values that a
// field may have; parts are the keys that the object of every answer has.
func declare[In any](name, title, description, form string, parts []string, words map[string][]string, call func(*server, In) (answer, error)) tool {
	t := tool{name: name, title: title, description: description, form: form, parts: parts}
	t.add = func(s *server, to *sdk.Server) {
		closed := false
		declared := &sdk.Tool{
			Name: name, Title: title, Description: description,
			InputSchema: inputSchema[In](words, s.root != nil), OutputSchema: outputSchema(form, parts),
			Annotations: &sdk.ToolAnnotations{Title: title, ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed},
		}
		sdk.AddTool(to, declared, func(ctx context.Context, _ *sdk.CallToolRequest, in In) (*sdk.CallToolResult, json.RawMessage, error) {
			a, err := s.within(ctx, func() (answer, error) { return call(s, in) })
			if err != nil {
				return nil, nil, err
			}
			return s.bounded(a)
		})
	}
	return t
}

// inputSchema is the schema of a call. Where no directory was opened, calls cannot name a path.
func inputSchema[In any](words map[string][]string, files bool) *jsonschema.Schema {
	schema, err := jsonschema.For[In](nil)
	if err != nil {
		panic(err) // the type is ours, and every start of a server comes by
	}
	for field, list := range words {
		for _, w := range list {
			schema.Properties[field].Enum = append(schema.Properties[field].Enum, w)
		}
	}
	for field := range schema.Properties {
		if !files && (field == "path" || strings.HasSuffix(field, "_path")) {
			delete(schema.Properties, field)
		}
	}
	return schema
}

// outputSchema names the form of an answer and its keys. The whole schema is published (docs/json.md); sent with every list of tools it would take
// up the room that an assistant has for rules.
func outputSchema(form string, parts []string) *jsonschema.Schema {
	var constant any = form
	schema := &jsonschema.Schema{
		Type: "object", Description: fmt.Sprintf("An object of the form %s, see https://github.com/sigtune/sigtune/blob/main/docs/json.md", form),
		Properties: map[string]*jsonschema.Schema{"schema": {Const: &constant}}, Required: append([]string{"schema"}, parts...),
	}
	for _, p := range parts {
		schema.Properties[p] = &jsonschema.Schema{}
	}
	return schema
}
