package editor

import (
	"slices"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/lint/checks"
	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/edit"
	"github.com/sigtune/sigtune/rules/source"
)

// cursor marks a place in the texts of tests.
const cursor = "▮"

func marked(t testing.TB, text string) (data []byte, offset int) {
	t.Helper()
	offset = strings.Index(text, cursor)
	if offset < 0 {
		t.Fatalf("no cursor in %q", text)
	}
	return []byte(strings.Replace(text, cursor, "", 1)), offset
}

var world = World{Checks: checks.All()}

func parsed(data []byte) File {
	f := source.Parse("rule.yml", data, source.Limits{})
	documents, _ := rules.Parse(f)
	return File{f, documents}
}

const head = `title: Open Files
logsource:
    product: windows
    category: process_creation
detection:
`

func TestWhatIsProposed(t *testing.T) {
	for name, row := range map[string]struct {
		text         string
		want, wanted string // proposals that are there, and those that are not
	}{
		"a key of a rule":                           {"title: x\nst" + cursor, "status level detection", "title selection"},
		"nothing in a file of something else":       {"services:\n    web: x\nst" + cursor, "", "status"},
		"the words of status":                       {head + "    s:\n        A: b\nstatus: " + cursor, "test experimental stable", "high"},
		"the words of level, half typed":            {"title: x\ndetection:\nlevel: hi" + cursor, "high critical", "test"},
		"keys of a log source, but those there":     {"logsource:\n    product: windows\n    " + cursor, "category service", "product title"},
		"categories that go with the product":       {"logsource:\n    product: linux\n    category: " + cursor, "process_creation", "registry_set"},
		"services of a product":                     {"logsource:\n    product: windows\n    service: s" + cursor, "security sysmon", "auditd"},
		"fields of the log source":                  {head + "    selection:\n        Im" + cursor, "Image CommandLine ParentImage", "c-uri selection"},
		"fields in a list of maps":                  {head + "    selection:\n        - Im" + cursor, "Image", "c-uri"},
		"fields below the first of a map in a list": {head + "    selection:\n        - Image: a\n          Co" + cursor, "CommandLine", "tag"},
		"fields on an empty line":                   {head + "    selection:\n        Image: a\n        " + cursor + "\n    condition: selection\n", "CommandLine", "selection"},
		"modifiers behind a bar":                    {head + "    selection:\n        Image|" + cursor, "endswith contains re cidr", "Image"},
		"modifiers with a key that is complete":     {head + "    selection:\n        Image|end" + cursor + ": 'x'\n", "endswith", "Image"},
		"no modifier that the parser refuses":       {head + "    selection:\n        CommandLine|contains|" + cursor, "all", "endswith contains gt cidr"},
		"true and false behind exists":              {head + "    selection:\n        Image|exists: " + cursor, "true false", ""},
		"identifiers in a condition":                {head + "    selection_a:\n        A: b\n    selection_b:\n        A: c\n    condition: " + cursor, "selection_a not", "condition and"},
		"patterns in a condition":                   {head + "    selection_a:\n        A: b\n    selection_b:\n        A: c\n    condition: 1 of " + cursor, "selection_* them", "and"},
		"operators behind a name":                   {head + "    selection_a:\n        A: b\n    condition: selection_a " + cursor, "and or", "selection_a"},
		"names behind not":                          {head + "    filter_main_x:\n        A: b\n    condition: sel and not " + cursor, "filter_main_x", "and not"},
		"a condition above the identifiers":         {head + "    condition: " + cursor + "\n    selection:\n        A: b\n", "selection", "condition"},
		"tags with their names":                     {"title: x\ndetection:\ntags:\n    - att" + cursor, "attack.execution attack.t1059 attack.t1059.001", "attack.t1064"},
		"tags in a list at the column of its key":   {"title: x\ndetection:\ntags:\n- " + cursor, "attack.execution", "title"},
		"no tag twice":                              {"title: x\ndetection:\ntags:\n    - attack.execution\n    - " + cursor, "attack.t1059", "attack.execution"},
		"types of related rules":                    {"title: x\ndetection:\nrelated:\n    - id: x\n      type: " + cursor, "derived obsolete", "high"},
		"keys of a correlation":                     {"correlation:\n    type: event_count\n    " + cursor, "rules timespan", "type"},
		"types of a correlation":                    {"correlation:\n    type: " + cursor, "event_count temporal_ordered", "rules"},
		"names for identifiers":                     {head + "    " + cursor, "selection condition", "Image"},
		"nothing inside a text":                     {"description: |\n    sta" + cursor + "\n", "", "status"},
		"the second document of a file":             {head + "    selection:\n        A: b\n---\nlogsource:\n    product: linux\n    category: " + cursor, "process_creation", "registry_set"},
		"with windows line ends":                    {strings.ReplaceAll(head+"    selection:\n        Im"+cursor+"\n    condition: selection\n", "\n", "\r\n"), "Image", "c-uri"},
	} {
		data, offset := marked(t, row.text)
		var labels []string
		for _, p := range world.Complete(data, offset) {
			labels = append(labels, p.Label)
		}
		for _, want := range strings.Fields(row.want) {
			if !slices.Contains(labels, want) {
				t.Errorf("%s: %s is not proposed; %d are: %.200s", name, want, len(labels), strings.Join(labels, " "))
			}
		}
		for _, unwanted := range strings.Fields(row.wanted) {
			if slices.Contains(labels, unwanted) {
				t.Errorf("%s: %s is proposed", name, unwanted)
			}
		}
	}
}

func TestAProposalReplacesTheWordAtTheCursor(t *testing.T) {
	for _, row := range []struct{ text, label, want string }{
		{head + "    selection:\n        Im" + cursor + "age|endswith: 'x'\n", "ParentImage", head + "    selection:\n        ParentImage|endswith: 'x'\n"},
		{head + "    selection:\n        Image|end" + cursor + ": 'x'\n", "startswith", head + "    selection:\n        Image|startswith: 'x'\n"},
		{head + "    sel:\n        A: b\n    condition: not s" + cursor + " and x\n", "sel", head + "    sel:\n        A: b\n    condition: not sel and x\n"},
		{"title: x\nlogs" + cursor, "logsource", "title: x\nlogsource:"},
		{"title: x\nlogs" + cursor + ": a", "logsource", "title: x\nlogsource: a"},
	} {
		data, offset := marked(t, row.text)
		for _, p := range world.Complete(data, offset) {
			if p.Label == row.label {
				text := p.Text
				if text == "" {
					text = p.Label
				}
				out, err := edit.Apply(data, []source.Edit{{Span: p.Span, New: text}})
				if err != nil || string(out) != row.want {
					t.Errorf("%q gives %q, %v", row.text, out, err)
				}
			}
		}
	}
}

func TestLikelyModifiersComeFirst(t *testing.T) {
	data, offset := marked(t, "logsource:\n    product: windows\n    category: network_connection\ndetection:\n    s:\n        DestinationIp|"+cursor)
	if list := world.Complete(data, offset); len(list) == 0 || list[0].Label != "cidr" {
		t.Errorf("an address begins with %+v", list)
	}
}

// FuzzComplete asks at every place of any text: nothing may panic, and what is proposed replaces a part of the line of the cursor.
func FuzzComplete(f *testing.F) {
	f.Add(head+"    - - a: b\n  -\n    condition: 1 of ", 3)
	f.Add("tags:\n-\r\n - \"", 8)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if at < 0 || at > len(text) || len(text) > 2000 {
			return
		}
		for _, p := range world.Complete([]byte(text), at) {
			if p.Span.Start < 0 || p.Span.Start > at || p.Span.End < at || p.Span.End > len(text) || strings.ContainsAny(text[p.Span.Start:p.Span.End], "\r\n") {
				t.Fatalf("%q at %d: %+v", text, at, p)
			}
		}
	})
}
