package schema

import (
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

func parseOne(t testing.TB, text string) rules.Document {
	t.Helper()
	documents, problems := rules.Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
	if len(documents) != 1 {
		t.Fatalf("%d documents, problems %v, in\n%s", len(documents), problems, text)
	}
	return documents[0]
}

func apply(t testing.TB, text string, fix *source.Fix) string {
	t.Helper()
	edits := append([]source.Edit(nil), fix.Edits...)
	sort.Slice(edits, func(i, j int) bool { return edits[i].Span.Start > edits[j].Span.Start })
	for _, e := range edits {
		text = text[:e.Span.Start] + e.New + text[e.Span.End:]
	}
	return text
}

func replaceOnce(t testing.TB, document, old, replacement string) string {
	t.Helper()
	if old != "" && strings.Count(document, old) != 1 {
		t.Fatalf("%q occurs %d times", old, strings.Count(document, old))
	}
	return strings.Replace(document, old, replacement, 1)
}

func kindsOf(problems []Problem) []string {
	var kinds []string
	for _, p := range problems {
		kinds = append(kinds, p.Kind)
	}
	return kinds
}

func TestOneDefectGivesOneProblemInWordsAtItsPlace(t *testing.T) {
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			text := replaceOnce(t, c.document, c.old, c.new)
			var found *Problem
			problems := Validate(parseOne(t, text))
			var rest []string
			for i := range problems {
				if problems[i].Kind == c.kind && found == nil {
					found = &problems[i]
				} else {
					rest = append(rest, problems[i].Kind)
				}
			}
			if found == nil {
				t.Fatalf("no %s, but %v", c.kind, kindsOf(problems))
			}
			if got := strings.Join(rest, " "); got != c.also {
				t.Errorf("also reported: %q, want %q", got, c.also)
			}
			if got := text[found.Span.Start:found.Span.End]; got != c.marked {
				t.Errorf("marked %q, want %q", got, c.marked)
			}
			if !strings.Contains(found.Message, c.message) {
				t.Errorf("message %q lacks %q", found.Message, c.message)
			}
			if len([]rune(found.Message)) > 140 {
				t.Errorf("message of %d characters: %s", len(found.Message), found.Message)
			}
			if found.Help == "" || !strings.Contains(found.Help, c.help) {
				t.Errorf("help %q lacks %q", found.Help, c.help)
			}
			if found.Warning != c.warning {
				t.Errorf("warning = %v", found.Warning)
			}
			checkRepair(t, c, text, found)
		})
	}
}

func checkRepair(t *testing.T, c change, text string, p *Problem) {
	t.Helper()
	if p.Fix == nil {
		if c.fixed != "" {
			t.Error("no repair")
		}
		return
	}
	if c.fixed == "" {
		t.Fatalf("unexpected repair %+v", p.Fix)
	}
	if p.Fix.Safe != c.safe {
		t.Errorf("safe = %v", p.Fix.Safe)
	}
	want := c.fixed
	if want == "<nothing>" {
		want = ""
	}
	repaired := apply(t, text, p.Fix)
	if repaired != replaceOnce(t, c.document, c.old, want) {
		t.Fatalf("the repair gives\n%s", repaired)
	}
	if rest := kindsOf(Validate(parseOne(t, repaired))); strings.Join(rest, " ") != c.left {
		t.Errorf("the repaired document has %v", rest)
	}
}

func TestWhatIsAllowedOrSaidElsewhereIsQuiet(t *testing.T) {
	for _, c := range quietChanges {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range Validate(parseOne(t, replaceOnce(t, c.document, c.old, c.new))) {
				t.Errorf("%s at %v: %s", p.Kind, p.Span, p.Message)
			}
		})
	}
}

// A document that is none of the three kinds is still held against what it has, but lacks nothing.
func TestDocumentOfNoKind(t *testing.T) {
	got := kindsOf(Validate(parseOne(t, "title: A\nlevel: hihg\ndetecton:\n    selection:\n        a: b\n    condition: selection\n")))
	if want := []string{InvalidLevel, Misspelt}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := Validate(parseOne(t, "services:\n    web: {}\n"), "services"); len(got) > 0 {
		t.Errorf("a stranger's file gives %v", kindsOf(got))
	}
}

func TestSuggestionOnlyWhereTheValueFits(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"data: some text", Custom},
		{"data: {a: b}", Custom},
		{"dat: 2024/01/01", Misspelt},
		{"state: some text", Custom},
		{"statu: experimental", Misspelt},
		{"file: some text", Custom},
		{"titles: [a, b]", Custom},
		{"tag: attack.t1059", Misspelt},
		{"filters: {a: b}", Custom},
		{"licence: MIT", Misspelt},
		{"score: high", Custom},
		{"idd: 0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", Misspelt},
	} {
		text := c.line + "\n" + "logsource:\n    product: x\ndetection:\n    a:\n        b: c\n    condition: a\n"
		if !strings.HasPrefix(c.line, "titles") {
			text = "title: A\n" + text
		}
		problems := Validate(parseOne(t, text))
		if len(problems) == 0 || text[problems[0].Span.Start:problems[0].Span.End] == "title" {
			t.Errorf("%s: %v", c.line, kindsOf(problems))
			continue
		}
		found := false
		for _, p := range problems {
			found = found || p.Kind == c.want
		}
		if !found {
			t.Errorf("%s: %v, want %s", c.line, kindsOf(problems), c.want)
		}
	}
	if got := Validate(parseOne(t, cleanRule+"tag: attack.t1059\n"), "tag"); len(got) > 0 {
		t.Errorf("an allowed attribute gives %v", kindsOf(got))
	}
}

// Every row of the table is needed by some document, and no error of the schema is without a row.
func TestEveryRowIsUsed(t *testing.T) {
	used := make([]bool, len(table)+1)
	visit := func(document, old, replacement string) {
		d := newDocument(parseOne(t, replaceOnce(t, document, old, replacement)))
		found, err := d.violations()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range found {
			used[v.row] = true
		}
	}
	for _, c := range changes {
		visit(c.document, c.old, c.new)
	}
	for _, c := range quietChanges {
		visit(c.document, c.old, c.new)
	}
	for i := range table {
		if !used[i] {
			t.Errorf("no case reaches row %q %q", table[i].path, table[i].types)
		}
		if (table[i].say == nil) == (table[i].quiet == "") {
			t.Errorf("row %q %q must either speak or say why not", table[i].path, table[i].types)
		}
	}
}

func TestEveryKindIsReported(t *testing.T) {
	seen := map[string]bool{SchemaViolation: true} // the backstop: TestBackstop
	for _, c := range changes {
		seen[c.kind] = true
	}
	for _, k := range Kinds() {
		if !seen[k] {
			t.Errorf("no case reports %s", k)
		}
		delete(seen, k)
	}
	for k := range seen {
		t.Errorf("%s is not in Kinds", k)
	}
}
