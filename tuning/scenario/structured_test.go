package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

const structuredText = `scenarios:
  - text: Monit counts sockets every minute.
    conditions:
      - field: Image
        modifier: endswith
        values: /netstat
      - {field: ParentImage, values: [/usr/bin/monit, /usr/local/bin/monit]}
      - {field: CommandLine, modifier: contains, values: --evil, not: true}
  - text: 'Backups read everything.'
    exclude: Exclude processes started by acmebackup.
`

func TestStructuredScenarios(t *testing.T) {
	doc := Read(structuredText)
	if len(doc.Scenarios) != 2 {
		t.Fatalf("%d scenarios", len(doc.Scenarios))
	}
	for k, want := range []string{
		`process endswith ["/netstat"]; parent is ["/usr/bin/monit" "/usr/local/bin/monit"]; not command_line contains ["--evil"]`,
		`parent is ["acmebackup"]`,
	} {
		s := doc.Scenarios[k]
		if s.Text.Text != structuredText[s.Text.Span.Start:s.Text.Span.End] {
			t.Errorf("scenario %d: the text %q is not at its place", k+1, s.Text.Text)
		}
		var got []string
		for _, c := range Extract(s, KindProcess).Groups[0] {
			text, _, _ := strings.Cut(describeCondition(c), " <")
			got = append(got, text)
		}
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("scenario %d: %s, want %s", k+1, text, want)
		}
	}
}

// What cannot be read stays as an open part of the AND: leaving it out would widen the exclusion.
func TestStructuredFormDropsNothing(t *testing.T) {
	for _, bad := range []string{
		"{field: Image, modifier: fieldref, values: x}", "{field: Image}", "{values: x}", "{field: Image, values: []}", "{field: Image, values: x, case: no}", "just words",
	} {
		doc := Read("scenarios:\n  - text: x\n    conditions:\n      - {field: User, values: root}\n      - " + bad + "\n")
		if len(doc.Scenarios) != 1 {
			t.Fatalf("%s: %d scenarios", bad, len(doc.Scenarios))
		}
		open := 0
		for _, c := range Extract(doc.Scenarios[0], KindProcess).Groups[0] {
			if c.Open {
				open++
			}
		}
		if open != 1 {
			t.Errorf("%s: %d open parts", bad, open)
		}
	}
}

// scenariosSchema is the part of docs/json/scenarios.schema.json that names keys.
type scenariosSchema struct {
	Definitions map[string]struct {
		AdditionalProperties *bool
		Properties           map[string]struct {
			Enum []string `json:"enum"`
		}
	}
}

func readScenariosSchema(t *testing.T) scenariosSchema {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "json", "scenarios.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s scenariosSchema
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// The schema that editors complete from and the reader know the same keys and modifiers.
func TestTheSchemaNamesWhatIsRead(t *testing.T) {
	schema := readScenariosSchema(t)
	for name, known := range map[string]map[string]bool{"scenario": structuredKeys, "condition": conditionKeys} {
		d := schema.Definitions[name]
		if d.AdditionalProperties == nil || *d.AdditionalProperties {
			t.Errorf("%s: the schema allows other keys", name)
		}
		for key := range d.Properties {
			if !known[key] {
				t.Errorf("%s: the schema has `%s`, which is not read", name, key)
			}
		}
		for key := range known {
			if _, has := d.Properties[key]; !has {
				t.Errorf("%s: `%s` is read and not in the schema", name, key)
			}
		}
	}
	var want, got []string
	for _, m := range schema.Definitions["condition"].Properties["modifier"].Enum {
		plain := strings.TrimSuffix(m, "|all")
		if _, known := statedOperators[plain]; !known {
			t.Errorf("the schema has the modifier %q, which is not read", m)
		}
		if plain == m {
			want = append(want, m)
		}
	}
	for m := range statedOperators {
		got = append(got, m)
	}
	sort.Strings(want)
	sort.Strings(got)
	if strings.Join(want, " ") != strings.Join(got, " ") {
		t.Errorf("modifiers of the schema %q, of the reader %q", want, got)
	}
}

// Every key of the schema does something: with it, another scenario is read than without it.
func TestEveryKeyOfTheSchemaIsRead(t *testing.T) {
	const rest = "    conditions:\n      - {field: Image, values: /a}\n"
	scenarios := map[string]string{
		"text": "text: it happens\n", "description": "description: at night\n", "exclusion": "exclusion: Exclude it.\n", "exclude": "exclude: Exclude it.\n", "environment": "environment: in the laboratory\n",
		"conditions": "conditions:\n      - {field: User, values: root}\n",
	}
	describe := func(text string) string {
		var b strings.Builder
		for _, s := range Read(text).Scenarios {
			b.WriteString(s.Text.Text + "|" + s.Description.Text + "|" + s.Exclusion.Text)
			for _, g := range Extract(s, KindProcess).Groups {
				for _, c := range g {
					b.WriteString("|" + describeCondition(c) + string(c.Class))
					if c.Negated {
						b.WriteString(" negated")
					}
				}
			}
		}
		return b.String()
	}
	schema := readScenariosSchema(t)
	for key := range schema.Definitions["scenario"].Properties {
		with := "scenarios:\n  - " + scenarios[key] + rest
		if key == "conditions" {
			with = "scenarios:\n  - " + scenarios[key]
		}
		if scenarios[key] == "" || describe(with) == describe("scenarios:\n  - conditions:\n      - {field: Image, values: /a}\n") {
			t.Errorf("`%s` of a scenario changes nothing", key)
		}
	}
	conditions := map[string]string{"field": "field: User, values: a", "modifier": "field: Image, modifier: contains, values: a", "values": "field: Image, values: b", "not": "field: Image, values: a, not: true"}
	for key := range schema.Definitions["condition"].Properties {
		text := func(c string) string { return "scenarios:\n  - text: x\n    conditions:\n      - {" + c + "}\n" }
		if conditions[key] == "" || describe(text(conditions[key])) == describe(text("field: Image, values: a")) {
			t.Errorf("`%s` of a condition changes nothing", key)
		}
	}
}

func TestUnknownKeysOfTheStructuredFormAreNamed(t *testing.T) {
	for _, c := range []struct{ text, at, message, help string }{
		{"scenarios:\n  - text: x\n    exclud: Exclude a.\n", "3:5", "`exclud` is no key of a scenario", "did you mean `exclude`?"},
		{"scenarios:\n  - text: x\n    conditions:\n      - {field: Image, value: /a}\n", "4:24", "`value` is no key of a condition", "did you mean `values`?"},
		{"scenarios:\n  - text: x\n    owner: me\n", "3:5", "`owner` is no key of a scenario", "it has `conditions`, "},
		{`{"scenarios": [{"text": "x", "conditons": []}]}`, "1:30", "`conditons` is no key of a scenario", "did you mean `conditions`?"},
	} {
		file, problems := Problems("notes.yml", c.text)
		if len(problems) != 1 {
			t.Errorf("%s: %d problems", c.text, len(problems))
			continue
		}
		p := problems[0]
		if at := fmt.Sprintf("%d:%d", file.Pos(p.Span.Start).Line, file.Pos(p.Span.Start).Column); at != c.at || p.Message != c.message || !strings.HasPrefix(p.Help, c.help) {
			t.Errorf("%s: %s: %s; %s", c.text, at, p.Message, p.Help)
		}
	}
	for _, other := range []string{"Scenario: x\nExclusion: Exclude a.\n", "scenarios:\n  - just text\n", "scenarios:\n  - name: x\n    steps: y\n", "# scenarios: [", structuredText} {
		if _, problems := Problems("notes.txt", other); len(problems) > 0 {
			t.Errorf("%q: %s", other, problems[0].Message)
		}
	}
}

func TestTheStructuredFormMayBeJSON(t *testing.T) {
	doc := Read(`{"scenarios": [{"text": "x", "conditions": [{"field": "User", "values": ["root"]}]}]}`)
	if len(doc.Scenarios) != 1 || len(doc.Scenarios[0].Stated) != 1 {
		t.Errorf("%+v", doc.Scenarios)
	}
}
