package rules

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules/corpustest"
	"github.com/sigtune/sigtune/rules/source"
)

// referenceRule is one line of the reference parse: what pySigma 1.5 reads.
type referenceRule struct {
	File, ID   string
	Doc        int
	Conditions []struct {
		Condition string
		Tree      any
		Error     string
	}
	Detections map[string]any
}

// knownDifferences are the places where the specification decides against pySigma.
var knownDifferences = map[string]string{
	"dd7876d8-0f09-11eb-adc1-0242ac120002 selection": "a hyphen ends the name of a placeholder: %DC-MACHINE-NAME% is text",
}

// Every condition tree and every value after its modifiers agrees with pySigma on the whole corpus, but for the
// reference's documented bugs (spec/sigma-semantics.md section 13).
func TestParseAgreesWithTheReference(t *testing.T) {
	corpus := corpustest.Open(t)
	type place struct {
		file string
		doc  int
	}
	documents := map[place]Document{}
	problems := map[string]int{}
	for _, file := range append(corpus.LiveRules(t), corpus.LegacyRules(t)...) {
		parsed, _ := Parse(source.Parse(file.Path, file.Data, source.Limits{}))
		for n, d := range parsed {
			documents[place{file.Path, n}] = d // pySigma numbers what an `action: global` file emits
			if strings.HasPrefix(file.Path, "rules") {
				for _, p := range d.Base().Problems {
					problems[p.Kind]++
					t.Logf("%s:%d: %s: %s", file.Path, d.Base().File.Pos(p.Span.Start).Line, p.Kind, p.Message)
				}
			}
		}
	}
	t.Logf("problems on live rules: %v", problems)
	compared, values := 0, 0
	corpus.Lines(t, "sigmahq/reference_parse.jsonl.gz", func(line json.RawMessage) {
		var want referenceRule
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		d, ok := documents[place{want.File, want.Doc}].(*Rule)
		if !ok {
			t.Errorf("%s: document %d is no rule here", want.File, want.Doc)
			return
		}
		compared++
		for name, detection := range want.Detections {
			mine := d.Detection.Find(name)
			if mine == nil {
				if name != "timeframe" { // pySigma takes it for an identifier
					t.Errorf("%s: %s is missing", want.File, name)
				}
				continue
			}
			values += strings.Count(jsonText(detection), `"str"`)
			if known := knownDifferences[want.ID+" "+name]; known != "" {
				continue
			}
			if got, want := canonical(mine.Block), canonicalReference(detection); got != want {
				t.Errorf("%s: %s\n got %s\nwant %s", d.File.Path, name, got, want)
			}
		}
		for i, c := range want.Conditions {
			if c.Tree == nil {
				continue // retired aggregation
			}
			if i >= len(d.Detection.Conditions) {
				t.Errorf("%s: condition %d is missing", want.File, i)
				continue
			}
			if got, want := treeText(d.Detection.Conditions[i].Root), jsonText(c.Tree); got != want {
				t.Errorf("%s: condition\n got %s\nwant %s", d.File.Path, got, want)
			}
		}
	})
	t.Logf("%d rules and %d text values compared", compared, values)
}

func jsonText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func treeText(e *Expr) string { return jsonText(tree(e)) }

func tree(e *Expr) any {
	list := func() []any {
		var out []any
		for _, a := range e.Args {
			out = append(out, tree(a))
		}
		return out
	}
	switch e.Op {
	case And:
		return map[string]any{"and": list()}
	case Or:
		return map[string]any{"or": list()}
	case Not:
		return map[string]any{"not": tree(e.Args[0])}
	case Name:
		return map[string]any{"id": e.Pattern}
	case Of:
		return map[string]any{"selector": e.Quantifier, "pattern": e.Pattern}
	}
	return "bad: " + e.Reason
}

// canonical writes a block in the reference's form.
func canonical(b *Block) string {
	switch b.Shape {
	case ListShape:
		var parts []string
		for _, a := range b.Alternatives {
			parts = append(parts, canonical(a))
		}
		return "or(" + strings.Join(parts, "; ") + ")"
	}
	var parts []string
	for _, i := range b.Items {
		parts = append(parts, canonicalItem(i))
	}
	return "and(" + strings.Join(parts, "; ") + ")"
}

func canonicalItem(i *Item) string {
	link := "or"
	if i.All {
		link = "and"
	}
	var values []string
	for _, t := range i.Tests {
		values = append(values, canonicalTest(t))
	}
	return fmt.Sprintf("%q %s %s", i.Field, link, strings.Join(values, ", "))
}

func canonicalTest(t *Test) string {
	switch t.Kind {
	case TextTest:
		var forms []string
		for _, p := range t.Patterns {
			forms = append(forms, dashForms(p)...)
		}
		sort.Strings(forms)
		return strings.Join(forms, " | ")
	case NumberTest:
		return "num " + t.Number.Text
	case BoolTest:
		return fmt.Sprint("bool ", t.Bool)
	case NullTest:
		return "null"
	case RegexTest:
		return fmt.Sprintf("re %q %s", t.Regex.Source, t.Regex.Flags)
	case CIDRTest:
		return "cidr " + t.Network.String()
	case FieldRefTest:
		return "fieldref " + t.Ref
	}
	return fmt.Sprintf("kind %d: %s", t.Kind, t.Reason)
}

// dashForms writes every spelling of a pattern with windash characters.
func dashForms(p Pattern) []string {
	forms := []string{""}
	for _, t := range p {
		options := []string{tokenText(t)}
		if t.Kind == Dash {
			options = nil
			for _, r := range DashCharacters {
				options = append(options, string(r))
			}
		}
		var next []string
		for _, f := range forms {
			for _, o := range options {
				next = append(next, f+o)
			}
		}
		forms = next
	}
	return forms
}

func tokenText(t Token) string {
	switch t.Kind {
	case AnyRun:
		return "⟨*⟩"
	case AnyOne:
		return "⟨?⟩"
	case Placeholder:
		return "⟨%" + t.Text + "%⟩"
	}
	return t.Text
}

func canonicalReference(v any) string {
	m := v.(map[string]any)
	var parts []string
	nested := false
	for _, raw := range m["items"].([]any) {
		item := raw.(map[string]any)
		if _, ok := item["items"]; ok {
			nested = true
			parts = append(parts, canonicalReference(item))
			continue
		}
		field, _ := item["field"].(string)
		var values []string
		for _, raw := range item["values"].([]any) {
			values = append(values, referenceValue(raw.(map[string]any)))
		}
		parts = append(parts, fmt.Sprintf("%q %s %s", field, item["link"], strings.Join(values, ", ")))
	}
	if nested {
		return "or(" + strings.Join(parts, "; ") + ")"
	}
	return "and(" + strings.Join(parts, "; ") + ")"
}

func referenceValue(v map[string]any) string {
	switch {
	case v["str"] != nil:
		var b strings.Builder
		for _, raw := range v["str"].([]any) {
			switch part := raw.(type) {
			case string:
				b.WriteString(part)
			case map[string]any:
				for kind, name := range part {
					if kind == "placeholder" {
						b.WriteString(fmt.Sprintf("⟨%%%s%%⟩", name))
					} else {
						b.WriteString(fmt.Sprintf("⟨%s⟩", name))
					}
				}
			}
		}
		return b.String()
	case v["expansion"] != nil:
		var forms []string
		for _, raw := range v["expansion"].([]any) {
			forms = append(forms, referenceValue(raw.(map[string]any)))
		}
		sort.Strings(forms)
		return strings.Join(forms, " | ")
	case v["num"] != nil:
		return "num " + strconv.FormatFloat(v["num"].(float64), 'f', -1, 64)
	case v["re"] != nil:
		flags := ""
		for _, f := range v["flags"].([]any) {
			flags += f.(string)
		}
		return fmt.Sprintf("re %q %s", v["re"], flags)
	case v["cidr"] != nil:
		return fmt.Sprintf("cidr %v", v["cidr"])
	case v["fieldref"] != nil:
		return fmt.Sprintf("fieldref %v", v["fieldref"])
	}
	if b, ok := v["bool"]; ok {
		return fmt.Sprintf("bool %v", b)
	}
	return "null"
}
