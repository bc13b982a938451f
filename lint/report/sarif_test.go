package report

import (
	"encoding/json"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // carries the schema
	"github.com/xeipuuv/gojsonschema"

	"github.com/sigtune/sigtune/lint"
	"github.com/sigtune/sigtune/rules/source"
)

// sarifSchemaText is the published JSON Schema of SARIF 2.1.0. The module that carries it keeps it in a constant of its own and
// validates only what went through its types, which is another text than ours; so the constant is read from its source.
func sarifSchemaText(t testing.TB) string {
	t.Helper()
	const module = "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	found, err := build.Import(module, ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(found.Dir, "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING && strings.Contains(literal.Value, "Version 2.1.0 JSON Schema") {
			text, err = strconv.Unquote(literal.Value)
		}
		return true
	})
	if err != nil || text == "" {
		t.Fatalf("%s holds no schema: %v", module, err)
	}
	return text
}

// invalid is what the schema has against a SARIF log.
func invalid(t testing.TB, schema *gojsonschema.Schema, text string) []gojsonschema.ResultError {
	t.Helper()
	result, err := schema.Validate(gojsonschema.NewStringLoader(text))
	if err != nil {
		t.Fatal(err)
	}
	return result.Errors()
}

func TestSARIFFollowsItsSchema(t *testing.T) {
	schema, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(sarifSchemaText(t)))
	if err != nil {
		t.Fatal(err)
	}
	text := render(t, "sarif", sample(t), sampleOptions)
	for name, log := range map[string]string{"everything": text, "nothing": render(t, "sarif", &lint.Result{}, Options{})} {
		for _, e := range invalid(t, schema, log) {
			t.Errorf("%s: %s", name, e)
		}
	}
	// And it does refuse.
	for _, change := range [][2]string{
		{`"columnKind": "utf16CodeUnits"`, `"columnKind": "bytes"`},
		{`"kind": "inSource"`, `"kind": "comment"`},
		{`"level": "note"`, `"level": "info"`},
		{`"startLine": 5`, `"startLine": 0`},
		{`"executionSuccessful"`, `"successful"`},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("the output has no %s", change[0])
		}
		if len(invalid(t, schema, strings.Replace(text, change[0], change[1], 1))) == 0 {
			t.Errorf("%s is accepted", change[1])
		}
	}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	var out any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// A reader that counts bytes and a reader that counts UTF-16 units in lines find the same text, in places, other places, and edits.
func TestSARIFRegionsAgree(t *testing.T) {
	r := sample(t)
	files := map[string]*source.File{}
	for i := range r.Findings {
		f := &r.Findings[i]
		files[sampleOptions.relative(f.File.Path)] = f.File
		for _, other := range f.Related {
			files[sampleOptions.relative(other.File.Path)] = other.File
		}
	}
	seen := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if artifact, ok := v["artifactLocation"].(map[string]any); ok {
				file := files[unescape(t, artifact["uri"].(string))]
				if file == nil {
					t.Fatalf("%s is no file of the result", artifact["uri"])
				}
				if region, ok := v["region"].(map[string]any); ok {
					seen++
					agree(t, file, region)
				}
				replacements, _ := v["replacements"].([]any)
				for _, item := range replacements {
					seen++
					agree(t, file, item.(map[string]any)["deletedRegion"].(map[string]any))
				}
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(decode(t, render(t, "sarif", r, sampleOptions)))
	if seen < 10 {
		t.Errorf("only %d regions", seen)
	}
}

func unescape(t testing.TB, reference string) string {
	t.Helper()
	u, err := url.Parse(reference)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

func agree(t testing.TB, f *source.File, region map[string]any) {
	t.Helper()
	number := func(name string) int { return int(region[name].(float64)) }
	offset := func(line, column int) int {
		lines := strings.SplitAfter(string(f.Data), "\n")
		units := utf16.Encode([]rune(lines[line-1]))
		return len(strings.Join(lines[:line-1], "")) + len(string(utf16.Decode(units[:column-1])))
	}
	start, end := offset(number("startLine"), number("startColumn")), offset(number("endLine"), number("endColumn"))
	if start != number("byteOffset") || end-start != number("byteLength") {
		t.Errorf("%v is %d..%d by line and column", region, start, end)
	}
}

func TestSARIFSaysWhatFailed(t *testing.T) {
	r := sample(t)
	run := func() map[string]any {
		return decode(t, render(t, "sarif", r, Options{})).(map[string]any)["runs"].([]any)[0].(map[string]any)
	}
	failed := run()
	if invocation := failed["invocations"].([]any)[0].(map[string]any); invocation["executionSuccessful"] != false || len(invocation["toolExecutionNotifications"].([]any)) != 1 {
		t.Errorf("a check failed, but: %v", invocation)
	}
	if n := len(failed["results"].([]any)); n != len(r.Findings)-1+len(r.Suppressed) {
		t.Errorf("%d results; one finding has no place", n)
	}
	r.Findings = r.Findings[1:]
	if invocation := run()["invocations"].([]any)[0].(map[string]any); invocation["executionSuccessful"] != true {
		t.Errorf("nothing failed, but: %v", invocation)
	}
}

func TestTextIsNoLinkInSARIF(t *testing.T) {
	for text, want := range map[string]string{
		"`a[0]` is b":         "`a[0]` is b",
		"see [this](http://)": `see \[this\](http://)`,
		`\[x](1)`:             `\\\[x\](1)`,
		"a\u202eb\nc":         "a<U+202E>b\nc",
	} {
		if got := sarifPlain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestACategoryEndsInOneSlash(t *testing.T) {
	for category, want := range map[string]string{"": "sigtune/", "nightly": "nightly/", "a/b/": "a/b/"} {
		if out := render(t, "sarif", &lint.Result{}, Options{Category: category}); !strings.Contains(out, `"id": "`+want+`"`) {
			t.Errorf("%q: %s", category, out)
		}
	}
}
