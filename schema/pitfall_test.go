package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules"
	"github.com/xeipuuv/gojsonschema"
)

type noNetwork struct{ asked []string }

func (n *noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	n.asked = append(n.asked, r.URL.String())
	return nil, errors.New("the network is off in tests")
}

// The schemas are valid draft-07, every reference is answered from memory, and nothing asks the network.
func TestSchemasCompileWithoutTheNetwork(t *testing.T) {
	guard, before := &noNetwork{}, http.DefaultTransport
	http.DefaultTransport = guard
	t.Cleanup(func() { http.DefaultTransport = before })
	for _, k := range []kind{ruleKind, correlationKind, filterKind} {
		for _, check := range []bool{false, true} {
			if _, err := compile(k, check); err != nil {
				t.Errorf("%s: %v", k, err)
			}
		}
	}
	if len(guard.asked) > 0 {
		t.Errorf("asked for %v", guard.asked)
	}
}

// gojsonschema skips the type check for int, float64 and time.Time: they must never reach it.
func TestValuesAreOnlyWhatTheLibraryChecks(t *testing.T) {
	root := parseOne(t, "title: 5\nlevel: 1.5\nstatus: 0x1F\ndate: 2024-01-01\nx: [0o17, 1_000, .inf, 1e999999999, 2024-01-01, true, null, text, 08]\ndetection: {}\n").Base().Root
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(path+"/"+k, e)
			}
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s/%d", path, i), e)
			}
		case nil, string, bool, json.Number:
		default:
			t.Errorf("%s is a %T", path, v)
		}
	}
	value := jsonDocument(root)
	walk("", value)
	for path, want := range map[string]any{"title": json.Number("5"), "status": json.Number("31"), "date": "2024-01-01"} {
		if value[path] != want {
			t.Errorf("%s is %#v, want %#v", path, value[path], want)
		}
	}
}

// This is why: when it fails, the library has mended its ways.
func TestLibrarySkipsTheTypeCheckOfGoNumbers(t *testing.T) {
	s, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(`{"type": "string"}`))
	if err != nil {
		t.Fatal(err)
	}
	for value, valid := range map[any]bool{5: true, 5.5: true, json.Number("5"): false} {
		result, err := s.Validate(gojsonschema.NewRawLoader(value))
		if err != nil || result.Valid() != valid {
			t.Errorf("%T: valid %v, error %v", value, result.Valid(), err)
		}
	}
}

// An exponent of nine digits must not become an integer of a billion digits.
func TestHugeExponentCostsNothing(t *testing.T) {
	for _, number := range []string{"1e999999999", "1e-999999999", "1e308", "0x" + strings.Repeat("f", 400), strings.Repeat("9", 400), ".inf"} {
		document := parseOne(t, replaceOnce(t, cleanCorrelation, "gte: 10", "gte: "+number))
		done := make(chan []Problem, 1)
		go func() { done <- Validate(document) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatalf("still busy with %.20s after ten seconds", number)
		}
	}
}

// Keys may hold whatever separates the steps of a path elsewhere.
func TestKeysWithSeparatorsAreFound(t *testing.T) {
	for _, key := range []string{`a/b`, `a.b`, `a~1b`, `"a\xffb"`, `"a\0b"`, `'(root)'`, `''`, `'0'`} {
		text := replaceOnce(t, cleanCorrelation, "            failed_logon: TargetUserName", "            "+key+": 4711")
		problems := Validate(parseOne(t, text))
		if len(problems) != 1 || text[problems[0].Span.Start:problems[0].Span.End] != "4711" {
			t.Errorf("%s: %v", key, problems)
		}
	}
}

// The library orders errors by maps that it fills when it compiles; the answer must not show it.
func TestAnswersDoNotDependOnMapOrder(t *testing.T) {
	text := "related: [{foo: 1, bar: 2}, 5]\nlogsource: {category: A B, product: 5}\nstatus: x\nlevel: y\ndate: z\nTags: a\nfoo: 1\nbar: 2\ntags: {a: b}\ndetection: {a: {b: c}}\n"
	document := parseOne(t, text)
	want := Validate(document)
	if len(want) < 12 {
		t.Fatalf("only %v", kindsOf(want))
	}
	before := compiled[ruleKind]
	t.Cleanup(func() { compiled[ruleKind] = before })
	for range 20 {
		compiled[ruleKind] = sync.OnceValues(func() (*gojsonschema.Schema, error) { return compile(ruleKind, false) })
		if got := Validate(document); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\nthen\n%v", want, got)
		}
	}
}

func TestManyGoroutinesShareTheSchemas(t *testing.T) {
	var documents []rules.Document
	for _, text := range []string{cleanRule, cleanCorrelation, cleanFilter} {
		documents = append(documents, parseOne(t, strings.Replace(text, "title:", "titel:", 1)))
	}
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range 60 {
				if got := kindsOf(Validate(documents[i%3])); !reflect.DeepEqual(got, []string{MissingTitle, Misspelt}) {
					t.Errorf("%v", got)
				}
			}
		}()
	}
	group.Wait()
}

// What no row takes is still said, with the path and the reason.
func TestBackstop(t *testing.T) {
	d := newDocument(parseOne(t, replaceOnce(t, cleanRule, "keywords:\n        - 'uid=0'", "keywords: []")))
	found, err := d.violations()
	if err != nil || len(found) != 1 || found[0].row != len(table) {
		t.Fatalf("%v %v", found, err)
	}
	p := found[0].explain()
	if p.Kind != SchemaViolation || p.Message != "`detection` → `keywords` does not fit the schema of a rule" || p.Help == "" {
		t.Errorf("%+v", p)
	}
}

// Lists that code and schema both hold must be the same.
func TestCodeAndSchemaAgree(t *testing.T) {
	properties := map[string]bool{}
	var correlation map[string]any
	for _, k := range []kind{ruleKind, correlationKind, filterKind} {
		schema := readSchema(t, string(k))
		for name := range schema["properties"].(map[string]any) {
			properties[name] = true
		}
		if k == correlationKind {
			correlation = schema
		}
	}
	for _, a := range attributes {
		if !properties[a.name] {
			t.Errorf("no schema has %s", a.name)
		}
		delete(properties, a.name)
	}
	for name := range properties {
		t.Errorf("spelling does not know %s", name)
	}
	inner := correlation["properties"].(map[string]any)["correlation"].(map[string]any)["properties"].(map[string]any)
	sameKeys(t, "correlation", correlationKeys, inner)
	definitions := correlation["definitions"].(map[string]any)
	sameKeys(t, "condition", correlationOperators, definitions["condition"].(map[string]any)["properties"].(map[string]any))
	shared := readSchema(t, shared)["definitions"].(map[string]any)
	sameKeys(t, "logsource", logsourceKeys, shared["logsource"].(map[string]any)["properties"].(map[string]any))
	for name, limit := range map[string]int{"title": longestName, "name": longestName, "taxonomy": longestName, "description": longestDescription} {
		if got := shared[name].(map[string]any)["maxLength"]; got != float64(limit) {
			t.Errorf("%s: %v characters in the schema, %d in the message", name, got, limit)
		}
	}
}

func sameKeys(t *testing.T, what string, keys []string, schema map[string]any) {
	t.Helper()
	for _, k := range keys {
		if schema[k] == nil {
			t.Errorf("the schema of %s lacks %s", what, k)
		}
	}
	for k := range schema {
		if !slices.Contains(keys, k) {
			t.Errorf("the code of %s lacks %s", what, k)
		}
	}
}

func readSchema(t *testing.T, name string) map[string]any {
	t.Helper()
	data, err := embedded.ReadFile("json/" + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return schema
}
