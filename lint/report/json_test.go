package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/xeipuuv/gojsonschema"
)

func TestJSONFollowsItsSchema(t *testing.T) {
	schema, err := os.ReadFile(filepath.Join("..", "..", "docs", "json", "lint.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewStringLoader(render(t, "json", sample(t), sampleOptions)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range result.Errors() {
		t.Error(e)
	}
}

// Escapes of characters that nobody sees are another spelling of the same JSON.
func TestHiddenCharactersOfJSONAreEscapedWithoutLoss(t *testing.T) {
	r := sample(t)
	r.Findings[0].Subject.Title = "a\u202eb\u200b\u0085\u007f\ufeff 😀"
	var out struct {
		Findings []struct {
			Title string `json:"rule_title"`
		}
	}
	if err := json.Unmarshal([]byte(render(t, "json", r, Options{})), &out); err != nil {
		t.Fatal(err)
	}
	if out.Findings[0].Title != r.Findings[0].Subject.Title {
		t.Errorf("%q", out.Findings[0].Title)
	}
}

// A text that JSON cannot carry would become another text, and the fix another fix.
func TestAFixWithBytesThatAreNotUTF8IsLeftOut(t *testing.T) {
	r := sample(t)
	r.Findings[3].Fix.Edits[0].New = "\xff"
	r.Findings[1].Fix.Edits[0].New = "\xff"
	for _, format := range []string{"json", "sarif", "rdjson"} {
		var out any
		if err := json.Unmarshal([]byte(render(t, format, r, sampleOptions)), &out); err != nil {
			t.Fatal(err)
		}
		if n := count(out, map[string]bool{"fix": true, "fixes": true, "unsafeFix": true, "suggestions": true}); n != 1 {
			t.Errorf("%s writes %d fixes, not the one that is sound", format, n)
		}
	}
}

// count is how many keys of a set a JSON value has at any depth.
func count(value any, keys map[string]bool) (n int) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			n += count(item, keys)
		}
	case map[string]any:
		for k, item := range v {
			if keys[k] {
				n++
				continue
			}
			n += count(item, keys)
		}
	}
	return n
}
