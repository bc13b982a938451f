package edit

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

// parse reads the one rule of a text.
func parse(t testing.TB, text string) *rules.Rule {
	t.Helper()
	documents, _ := rules.Parse(source.Parse("test.yml", []byte(text), source.Limits{}))
	for _, d := range documents {
		if r, ok := d.(*rules.Rule); ok {
			return r
		}
	}
	t.Fatalf("no rule in\n%s", text)
	return nil
}

func apply(t testing.TB, text string, edits []source.Edit, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Apply([]byte(text), edits)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func span(a, b int) source.Span { return source.Span{Start: a, End: b} }

func TestApply(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []source.Edit
		want  string
	}{
		{"none", nil, "0123456789"},
		{"from the end, whatever the order", []source.Edit{{Span: span(1, 2), New: "a"}, {Span: span(8, 9), New: "b"}, {Span: span(4, 4), New: "c"}}, "0a23c4567b9"},
		{"neighbours do not overlap", []source.Edit{{Span: span(2, 4), New: "x"}, {Span: span(4, 6), New: "y"}}, "01xy6789"},
		{"an insertion before a replacement at the same place", []source.Edit{{Span: span(2, 3), New: "x"}, {Span: span(2, 2), New: "i"}}, "01ix3456789"},
		{"insertions at one place keep their order", []source.Edit{{Span: span(2, 2), New: "a"}, {Span: span(2, 2), New: "b"}}, "01ab23456789"},
		{"deeper lines first", []source.Edit{{Span: span(2, 2), New: "top:\n"}, {Span: span(2, 2), New: "    deep:\n"}}, "01    deep:\ntop:\n23456789"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte("0123456789")
			got, err := Apply(data, c.edits)
			if err != nil || string(got) != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
			if string(data) != "0123456789" {
				t.Error("the input changed")
			}
		})
	}
	var overlap *OverlapError
	if _, err := Apply([]byte("0123456789"), []source.Edit{{Span: span(5, 8), New: "x"}, {Span: span(2, 6), New: "y"}}); !errors.As(err, &overlap) {
		t.Errorf("an overlap is not refused: %v", err)
	} else if overlap.First.New != "y" || overlap.Second.New != "x" {
		t.Errorf("the wrong edits are named: %v", err)
	}
	for _, s := range []source.Span{{Start: -1, End: 0}, {Start: 9, End: 11}, {Start: 5, End: 4}} {
		if _, err := Apply([]byte("0123456789"), []source.Edit{{Span: s}}); err == nil {
			t.Errorf("%v is not refused", s)
		}
	}
}

const block = `filter_main_monit:
    Image|endswith: '/netstat'
    ParentImage|endswith:
        - '/monit'
        - '/systemd'
`

func TestInsertDetectionTakesTheStyleOfTheRule(t *testing.T) {
	for _, c := range []struct{ name, after, block, rule, want string }{
		{"four blanks, behind the last identifier", "", block,
			"title: T\ndetection:\n    selection:\n        Image|endswith:\n            - '/a'\n            - '/b' # last\n    condition: selection\n",
			"title: T\ndetection:\n    selection:\n        Image|endswith:\n            - '/a'\n            - '/b' # last\n" +
				"    filter_main_monit:\n        Image|endswith: '/netstat'\n        ParentImage|endswith:\n            - '/monit'\n            - '/systemd'\n" +
				"    condition: selection\n"},
		{"two blanks and lists at the column of their key", "", block,
			"detection:\n  selection:\n    Image|endswith:\n    - '/a'\n  condition: selection\n",
			"detection:\n  selection:\n    Image|endswith:\n    - '/a'\n" +
				"  filter_main_monit:\n    Image|endswith: '/netstat'\n    ParentImage|endswith:\n    - '/monit'\n    - '/systemd'\n" +
				"  condition: selection\n"},
		{"CRLF, condition first, no final line end", "", block,
			"detection:\r\n  condition: selection\r\n  selection:\r\n    Image: a",
			"detection:\r\n  condition: selection\r\n  selection:\r\n    Image: a\r\n" +
				"  filter_main_monit:\r\n    Image|endswith: '/netstat'\r\n    ParentImage|endswith:\r\n      - '/monit'\r\n      - '/systemd'"},
		{"behind the identifier named, comments stay with it", "selection", "filter_x:\n  a: b",
			"detection:\n    selection:\n        Image: a\n        # - b\n    # the filters\n    filter_y:\n        a: c\n    condition: selection and not 1 of filter_*\n",
			"detection:\n    selection:\n        Image: a\n        # - b\n    filter_x:\n        a: b\n    # the filters\n    filter_y:\n        a: c\n    condition: selection and not 1 of filter_*\n"},
		{"a list of maps, two blanks", "", "filter_x:\n    - Image|endswith:\n          - a\n          - b\n      User: c\n    - Image: d\n",
			"detection:\n  sel:\n    a: b\n  condition: sel\n",
			"detection:\n  sel:\n    a: b\n  filter_x:\n    - Image|endswith:\n        - a\n        - b\n      User: c\n    - Image: d\n  condition: sel\n"},
		{"empty lines between identifiers", "", "filter_x:\n    a: b\n",
			"detection:\n    sel:\n        a: b\n\n    other:\n        a: c\n\n    condition: sel or other\n",
			"detection:\n    sel:\n        a: b\n\n    other:\n        a: c\n\n    filter_x:\n        a: b\n\n    condition: sel or other\n"},
		{"behind a text block", "", "filter_x:\n    a: b\n",
			"detection:\n    sel:\n        a: |\n            one\n            two\n    condition: sel\n",
			"detection:\n    sel:\n        a: |\n            one\n            two\n    filter_x:\n        a: b\n    condition: sel\n"},
		{"with a byte order mark", "", "filter_x:\n    a: b\n",
			"\ufeffdetection:\n    sel:\n        a: b\n    condition: sel\n",
			"\ufeffdetection:\n    sel:\n        a: b\n    filter_x:\n        a: b\n    condition: sel\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edits, err := InsertDetection(parse(t, c.rule), c.after, c.block)
			if got := apply(t, c.rule, edits, err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestInsertDetectionRefuses(t *testing.T) {
	rule := "detection:\n    sel:\n        a: b\n    condition: sel\n"
	for _, c := range []struct{ name, rule, after, block, want string }{
		{"a name that is taken", rule, "", "sel:\n    a: c\n", "already"},
		{"an unknown place", rule, "nowhere", "filter_x:\n    a: c\n", "no identifier `nowhere`"},
		{"a block of two identifiers", rule, "", "x:\n    a: c\ny:\n    a: d\n", "no identifier"},
		{"a broken block", rule, "", "x:\n    a: 'c\n", "never closed"},
		{"a detection in braces", "detection: {sel: {a: b}, condition: sel}\n", "", "x:\n    a: c\n", "not written in lines"},
		{"a rule in braces", "{title: T, detection: {sel: {a: b}, condition: sel}}\n", "", "x:\n    a: c\n", "in braces"},
		{"a rule of several documents", "action: global\ntitle: T\ndetection:\n    condition: sel\n---\ndetection:\n    sel:\n        a: b\n", "", "x:\n    a: c\n", "several documents"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := InsertDetection(parse(t, c.rule), c.after, c.block)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v; want %q", err, c.want)
			}
		})
	}
}

func TestExclude(t *testing.T) {
	const main = "filter_main_new"
	identifiers := "    selection:\n        a: b\n    sel_a:\n        a: b\n    sel_b:\n        a: b\n    filter_y:\n        a: b\n"
	filters := identifiers + "    filter_main_x:\n        a: b\n"
	few := "    a1:\n        a: b\n    a2:\n        a: b\n"
	for _, c := range []struct{ name, identifiers, new, condition, want string }{
		{"a name", identifiers, main, "condition: selection", "condition: selection and not 1 of filter_main_*"},
		{"an optional filter", identifiers, "filter_optional_x", "condition: selection", "condition: selection and not 1 of filter_optional_*"},
		{"another name", identifiers, "filter_x", "condition: selection", "condition: selection and not filter_x"},
		{"a comment behind it", identifiers, main, "condition: selection # all", "condition: selection and not 1 of filter_main_* # all"},
		{"an AND", identifiers, main, "condition: selection and sel_a", "condition: selection and sel_a and not 1 of filter_main_*"},
		{"an OR gets parentheses", identifiers, main, "condition: sel_a or sel_b", "condition: (sel_a or sel_b) and not 1 of filter_main_*"},
		{"an AND inside an OR", identifiers, main, "condition: sel_a or sel_b and selection", "condition: (sel_a or sel_b and selection) and not 1 of filter_main_*"},
		{"an OR in parentheses", identifiers, main, "condition: (sel_a or sel_b)", "condition: (sel_a or sel_b) and not 1 of filter_main_*"},
		{"a selector", identifiers, main, "condition: 1 of sel_*", "condition: 1 of sel_* and not 1 of filter_main_*"},
		{"a negation", identifiers, main, "condition: not filter_y", "condition: not filter_y and not 1 of filter_main_*"},
		{"excluded already by the same pattern", filters, main, "condition: selection and not 1 of filter_main_*", ""},
		{"excluded already by a wider pattern", filters, main, "condition: selection and not 1 of filter_*", ""},
		{"excluded already inside a negated OR", filters, main, "condition: selection and not (filter_y or 1 of filter_main*)", ""},
		{"a narrower pattern does not exclude it", filters, main, "condition: selection and not 1 of filter_main_x*", "condition: selection and not 1 of filter_main_x* and not 1 of filter_main_*"},
		{"one of two negated must hold", filters, main, "condition: selection and not all of filter_*", "condition: selection and not (filter_y and filter_main_x) and not filter_main_new"},
		{"a filter of the family on one branch keeps its place", filters, main, "condition: sel_a or (sel_b and not 1 of filter_main_*)", "condition: (sel_a or (sel_b and not 1 of filter_main_*)) and not filter_main_new"},
		{"a selection that is named like a filter", filters, main, "condition: filter_main_x", "condition: filter_main_x and not filter_main_new"},
		{"single quotes", identifiers, main, "condition: 'sel_a or sel_b'", "condition: '(sel_a or sel_b) and not 1 of filter_main_*'"},
		{"double quotes", identifiers, main, `condition: "sel_a or\tsel_b"`, `condition: "(sel_a or\tsel_b) and not 1 of filter_main_*"`},
		{"folded", identifiers, main, "condition: >-\n        sel_a\n        or sel_b", "condition: >-\n        (sel_a\n        or sel_b) and not 1 of filter_main_*"},
		{"literal, CRLF", identifiers, main, "condition: |\r\n        selection\r\n        and sel_a\r", "condition: |\r\n        selection\r\n        and sel_a and not 1 of filter_main_*\r"},
		{"plain over two lines", identifiers, main, "condition: sel_a or\n        sel_b", "condition: (sel_a or\n        sel_b) and not 1 of filter_main_*"},
		{"a list: every entry", identifiers, main, "condition:\n        - selection\n        - sel_a or sel_b", "condition:\n        - selection and not 1 of filter_main_*\n        - (sel_a or sel_b) and not 1 of filter_main_*"},
		{"an old aggregation", identifiers, main, "condition: sel_a or sel_b | count() > 5", "condition: (sel_a or sel_b) and not 1 of filter_main_* | count() > 5"},
		{"1 of them would take in the filter", few, main, "condition: 1 of them", "condition: 1 of a* and not 1 of filter_main_*"},
		{"all of them would take in the filter", identifiers, main, "condition: all of them", "condition: (selection and sel_a and sel_b and filter_y) and not 1 of filter_main_*"},
		{"1 of them, names without a common beginning", "    x:\n        a: b\n    y:\n        a: b\n", main, "condition: ( 1 of them ) and x", "condition: ( (x or y) ) and x and not 1 of filter_main_*"},
		{"1 of them and its own exclusion", filters, main, "condition: 1 of them and not 1 of filter_*", "condition: (selection or sel_a or sel_b or filter_y or filter_main_x) and not 1 of filter_*"},
		{"a wide pattern of a single identifier", identifiers, main, "condition: not 1 of filter_y* or 1 of fil*", "condition: (not 1 of filter_y* or filter_y) and not 1 of filter_main_*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "title: T\ndetection:\n" + c.identifiers + "    " + c.condition + "\nlevel: low\n"
			want := "title: T\ndetection:\n" + c.identifiers + "    " + c.want + "\nlevel: low\n"
			if c.want == "" {
				want = text
			}
			edits, err := Exclude(parse(t, text), c.new)
			if got := apply(t, text, edits, err); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	text := "title: T\ndetection: {sel: {a: b}, condition: sel}\n"
	edits, err := Exclude(parse(t, text), "filter_x")
	if got := apply(t, text, edits, err); got != "title: T\ndetection: {sel: {a: b}, condition: sel and not filter_x}\n" {
		t.Errorf("in braces: got\n%s", got)
	}
}

func TestExtendCondition(t *testing.T) {
	identifiers := "    sel:\n        a: b\n    other:\n        a: b\n    filter_main_x:\n        a: b\n"
	for _, c := range []struct{ name, term, condition, want string }{
		{"a pattern", "not 1 of filter_optional_*", "sel or other", "(sel or other) and not 1 of filter_optional_*"},
		{"a name", "not filter_z", "sel", "sel and not filter_z"},
		{"a name that is there and not excluded", "not filter_main_x", "sel", "sel and not filter_main_x"},
		{"excluded already", "not 1 of filter_main_*", "sel and not 1 of filter_*", "sel and not 1 of filter_*"},
		{"a name excluded by a pattern", "not filter_main_z", "sel and not 1 of filter_main_*", "sel and not 1 of filter_main_*"},
		{"the pattern's identifiers are excluded by name", "not 1 of filter_main_*", "sel and not filter_main_x", "sel and not filter_main_x and not 1 of filter_main_*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "detection:\n" + identifiers + "    condition: " + c.condition + "\n"
			edits, err := ExtendCondition(parse(t, text), c.term)
			if got, want := apply(t, text, edits, err), "detection:\n"+identifiers+"    condition: "+c.want+"\n"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	text := "detection:\n" + identifiers + "    condition: sel or (other and not filter_main_x)\n"
	if _, err := ExtendCondition(parse(t, text), "not 1 of filter_main_*"); err == nil || !strings.Contains(err.Error(), "would also exclude `filter_main_x`") {
		t.Errorf("a term that excludes more than the new filter: %v", err)
	}
}

func TestExtendConditionRefuses(t *testing.T) {
	for _, c := range []struct{ name, condition, term, want string }{
		{"what does not parse", "condition: sel and", "not x", "cannot be extended"},
		{"an unknown name", "condition: sel and nothing", "not x", "not defined"},
		{"a term that is no exclusion", "condition: sel", "x or y", "no exclusion"},
		{"no condition", "x:\n        a: b", "not x", "no condition"},
		{"an alias", "c: &c sel\n    condition: *c", "not x", "alias"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ExtendCondition(parse(t, "detection:\n    sel:\n        a: b\n    "+c.condition+"\n"), c.term)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v; want %q", err, c.want)
			}
		})
	}
}

func TestExclusion(t *testing.T) {
	for name, want := range map[string]string{
		"filter_main_monit":   "not 1 of filter_main_*",
		"filter_optional_nrp": "not 1 of filter_optional_*",
		"filter_monit":        "not filter_monit",
		"filter_main_":        "not filter_main_",
	} {
		if got := Exclusion(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestSetModified(t *testing.T) {
	detection := "detection:\n    sel:\n        a: b\n    condition: sel\n"
	for _, c := range []struct{ name, head, want string }{
		{"bumped", "date: 2020-01-01\nmodified: 2021-02-03 # when\n", "date: 2020-01-01\nmodified: 2026-11-23 # when\n"},
		{"in quotes", "modified: '2021-02-03'\n", "modified: '2026-11-23'\n"},
		{"with slashes", "modified: 2021/02/03\n", "modified: 2026-11-23\n"},
		{"without a value", "modified:\n", "modified: 2026-11-23\n"},
		{"never back", "modified: 2027-01-01\n", "modified: 2027-01-01\n"},
		{"inserted behind date", "title: T\ndate: 2020-01-01 # first\ntags:\n    - a.b\n", "title: T\ndate: 2020-01-01 # first\nmodified: 2026-11-23\ntags:\n    - a.b\n"},
		{"inserted without a date", "title: T\nauthor: A\ntags:\n    - a.b\n", "title: T\nauthor: A\nmodified: 2026-11-23\ntags:\n    - a.b\n"},
		{"CRLF", "title: T\r\ndate: 2020-01-01\r\n", "title: T\r\ndate: 2020-01-01\r\nmodified: 2026-11-23\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := c.head + detection
			edits, err := SetModified(parse(t, text), "2026-11-23")
			if got, want := apply(t, text, edits, err), c.want+detection; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	if _, err := SetModified(parse(t, detection), "tomorrow"); err == nil {
		t.Error("any text is taken for a date")
	}
}

func TestAppendListEntry(t *testing.T) {
	detection := "detection:\n    sel:\n        a: b\n    condition: sel\n"
	for _, c := range []struct{ name, text, rule, want string }{
		{"to a list", "Monit runs netstat", detection + "falsepositives:\n    - Unknown # so far\nlevel: low\n",
			detection + "falsepositives:\n    - Unknown # so far\n    - Monit runs netstat\nlevel: low\n"},
		{"at the column of the key, wide dash", "x", detection + "falsepositives:\n-   Unknown\nlevel: low\n",
			detection + "falsepositives:\n-   Unknown\n-   x\nlevel: low\n"},
		{"behind an entry over two lines, with its comment", "x", detection + "falsepositives:\n    - Unknown\n      reason\n    # more\nlevel: low",
			detection + "falsepositives:\n    - Unknown\n      reason\n    # more\n    - x\nlevel: low"},
		{"in brackets", "it's, x", detection + "falsepositives: [a, 'b']\n", detection + "falsepositives: [a, 'b', 'it''s, x']\n"},
		{"in empty brackets", "x", detection + "falsepositives: []\n", detection + "falsepositives: ['x']\n"},
		{"below a key without value", "x", "title: T\ntags:\n  - a.b\n" + detection + "falsepositives: # none\nlevel: low\n",
			"title: T\ntags:\n  - a.b\n" + detection + "falsepositives: # none\n  - x\nlevel: low\n"},
		{"in its usual place", "x", "title: T\nreferences:\n- a\n" + detection + "level: low\n", "title: T\nreferences:\n- a\n" + detection + "falsepositives:\n- x\nlevel: low\n"},
		{"in its usual place, without lists to go by", "x", "title: T\n" + detection + "level: low\n", "title: T\n" + detection + "falsepositives:\n    - x\nlevel: low\n"},
		{"at the end of a file without final line end", "x", "title: T\r\ndetection:\r\n  sel:\r\n    a: b\r\n  condition: sel", "title: T\r\ndetection:\r\n  sel:\r\n    a: b\r\n  condition: sel\r\nfalsepositives:\r\n  - x"},
		{"there already", "unKNOWN", detection + "falsepositives:\n    - Unknown\n", detection + "falsepositives:\n    - Unknown\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edits, err := AppendListEntry(parse(t, c.rule), "falsepositives", c.text)
			if got := apply(t, c.rule, edits, err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	for _, text := range []string{"a scalar", "two: parts"} {
		if _, err := AppendListEntry(parse(t, detection+"falsepositives: '"+text+"'\n"), "falsepositives", "x"); err == nil {
			t.Error("a scalar is no list")
		}
	}
}

func TestQuotesOnlyWhereYAMLNeedsThem(t *testing.T) {
	for text, want := range map[string]string{
		"Monit runs netstat":   "Monit runs netstat",
		"C:\\Program Files":    "C:\\Program Files",
		"it's monit":           "it's monit",
		"ends with colon:":     "'ends with colon:'",
		"key: value":           "'key: value'",
		"monit # the daemon":   "'monit # the daemon'",
		"# monit":              "'# monit'",
		"*.exe":                "'*.exe'",
		"%temp%":               "'%temp%'",
		"- x":                  "'- x'",
		"yes":                  "'yes'",
		"null":                 "'null'",
		"1.10":                 "'1.10'",
		"2024-01-02":           "'2024-01-02'",
		"'quoted'":             "'''quoted'''",
		"[x]":                  "'[x]'",
		"tabs\tand\nlines":     "tabs and lines",
		"“typographic” quotes": "“typographic” quotes",
	} {
		rule := "detection:\n    sel:\n        a: b\n    condition: sel\nfalsepositives:\n    - Unknown\n"
		edits, err := AppendListEntry(parse(t, rule), "falsepositives", text)
		if got := apply(t, rule, edits, err); got != rule+"    - "+want+"\n" {
			t.Errorf("%q: got\n%s", text, got)
		}
	}
}

func TestRemoveEntry(t *testing.T) {
	detection := "detection:\n    sel:\n        a: b\n    condition: sel\n"
	for _, c := range []struct{ name, rule, want string }{
		{"a line", detection + "falsepositives:\n    - a\n    - x # why\n    - b\nlevel: low\n", detection + "falsepositives:\n    - a\n    - b\nlevel: low\n"},
		{"over two lines", detection + "falsepositives:\n    - a\n    - 'x'\n", detection + "falsepositives:\n    - a\n"},
		{"the only one", detection + "falsepositives:\n    - x\nlevel: low\n", detection + "level: low\n"},
		{"the last line without line end", detection + "falsepositives:\n    - a\n    - x", detection + "falsepositives:\n    - a"},
		{"the first in brackets", detection + "falsepositives: [x, a]\n", detection + "falsepositives: [a]\n"},
		{"the last in brackets", detection + "falsepositives: [a, x]\n", detection + "falsepositives: [a]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edits, err := RemoveEntry(parse(t, c.rule), "falsepositives", "x")
			if got := apply(t, c.rule, edits, err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	if _, err := RemoveEntry(parse(t, detection), "falsepositives", "x"); err == nil {
		t.Error("there is nothing to remove")
	}
}

func TestUniqueName(t *testing.T) {
	rule := parse(t, "detection:\n    filter_main_monit:\n        a: b\n    filter_main_Monit_2:\n        a: b\n    condition: filter_main_monit\n")
	for base, want := range map[string]string{
		"filter_main_monit":     "filter_main_monit_3",
		"filter_main_cron":      "filter_main_cron",
		"filter_main_mdadm.con": "filter_main_mdadm_con",
		"condition":             "condition_2",
		"":                      "filter_main_1",
		"Ünï":                   "filter_main_1",
	} {
		if got := UniqueName(rule, base); base != "Ünï" && got != want {
			t.Errorf("%q: %s", base, got)
		}
	}
}

func TestAllEditsTogetherMakeOneDiff(t *testing.T) {
	const text = `title: Listing of open ports
date: 2020-10-19
logsource:
    product: linux
detection:
    selection:
        Image|endswith: '/netstat' # the tool
    condition: selection
level: low
`
	rule := parse(t, text)
	name := UniqueName(rule, "filter_main_monit")
	var edits []source.Edit
	for _, more := range []func() ([]source.Edit, error){
		func() ([]source.Edit, error) { return AppendListEntry(rule, "falsepositives", "Monit: runs netstat") },
		func() ([]source.Edit, error) { return InsertDetection(rule, "", block) },
		func() ([]source.Edit, error) { return Exclude(rule, name) },
		func() ([]source.Edit, error) { return SetModified(rule, "2026-11-23") },
	} {
		e, err := more()
		if err != nil {
			t.Fatal(err)
		}
		edits = append(edits, e...)
	}
	got := apply(t, text, edits, nil)
	want := `--- a/rules/x.yml
+++ b/rules/x.yml
@@ -1,9 +1,17 @@
 title: Listing of open ports
 date: 2020-10-19
+modified: 2026-11-23
 logsource:
     product: linux
 detection:
     selection:
         Image|endswith: '/netstat' # the tool
-    condition: selection
+    filter_main_monit:
+        Image|endswith: '/netstat'
+        ParentImage|endswith:
+            - '/monit'
+            - '/systemd'
+    condition: selection and not 1 of filter_main_*
+falsepositives:
+    - 'Monit: runs netstat'
 level: low
`
	if diff := Diff("rules/x.yml", "rules/x.yml", []byte(text), []byte(got)); diff != want {
		t.Errorf("got\n%s", diff)
	}
}

func TestTwoBlocksAndAKeyAtTheEndOfTheFile(t *testing.T) {
	for _, eol := range []string{"\n", "\r\n"} {
		text := strings.ReplaceAll("title: T\ndetection:\n  condition: sel\n  sel:\n    a: b", "\n", eol)
		rule := parse(t, text)
		var edits []source.Edit
		for _, more := range [][]source.Edit{
			must(AppendListEntry(rule, "falsepositives", "x")),
			must(InsertDetection(rule, "", "filter_a:\n  a: c\n")),
			must(InsertDetection(rule, "", "filter_b:\n  a: d\n")),
			must(ExtendCondition(rule, "not 1 of filter_*")),
		} {
			edits = append(edits, more...)
		}
		want := strings.ReplaceAll("title: T\ndetection:\n  condition: sel and not 1 of filter_*\n  sel:\n    a: b\n  filter_a:\n    a: c\n  filter_b:\n    a: d\nfalsepositives:\n  - x", "\n", eol)
		if got := apply(t, text, edits, nil); got != want {
			t.Errorf("got\n%q\nwant\n%q", got, want)
		}
	}
}

func must(edits []source.Edit, err error) []source.Edit {
	if err != nil {
		panic(err)
	}
	return edits
}

func TestDiffIsReadByPatch(t *testing.T) {
	tool, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("NOT MEASURED: there is no `patch` on this system")
	}
	dir := t.TempDir()
	before, after := "a\nb\nc\nd\ne\nf\ng\nh", "a\nB\nc\nd\ne\nf\ng\nh\ni\n"
	path := filepath.Join(dir, "x.yml")
	if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "-p1")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(Diff("x.yml", "x.yml", []byte(before), []byte(after)))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got, _ := os.ReadFile(path); string(got) != after {
		t.Errorf("got %q", got)
	}
	if Diff("x", "x", []byte(before), []byte(before)) != "" {
		t.Error("equal texts differ")
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "rule.yml")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	check := func(path, want string, mode os.FileMode) {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", path, data, err)
		}
		if info, _ := os.Lstat(path); mode != 0 && info.Mode().Perm() != mode {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
	}
	check(path, "new", 0o600)

	link := filepath.Join(dir, "link.yml")
	if err := os.Symlink("rule.yml", link); err != nil {
		t.Skip("NOT MEASURED: no symbolic links on this system")
	}
	if err := WriteFile(link, []byte("through the link")); err != nil {
		t.Fatal(err)
	}
	check(path, "through the link", 0o600)
	if info, _ := os.Lstat(link); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}

	fresh := filepath.Join(dir, "fresh.yml")
	if err := WriteFile(fresh, []byte("x")); err != nil {
		t.Fatal(err)
	}
	check(fresh, "x", 0)

	for _, bad := range []string{dir, filepath.Join(dir, "missing", "x.yml")} {
		if err := WriteFile(bad, nil); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	loop := filepath.Join(dir, "loop")
	os.Symlink("loop", loop)
	if err := WriteFile(loop, nil); err == nil {
		t.Error("a loop of links is followed")
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".*.tmp"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func FuzzApply(f *testing.F) {
	f.Add([]byte("0123456789"), 1, 3, "x", 4, 4, "y")
	f.Fuzz(func(t *testing.T, data []byte, a, b int, x string, c, d int, y string) {
		edits := []source.Edit{{Span: span(a, b), New: x}, {Span: span(c, d), New: y}}
		before := bytes.Clone(data)
		out, err := Apply(data, edits)
		if !bytes.Equal(before, data) {
			t.Fatal("the input changed")
		}
		if err == nil && len(out) != len(data)-(b-a)-(d-c)+len(x)+len(y) {
			t.Fatalf("the length is wrong: %d", len(out))
		}
	})
}

func BenchmarkInsertAndExtend(b *testing.B) {
	const text = "title: T\ndetection:\n    selection:\n        Image|endswith: '/netstat'\n    condition: selection\nlevel: low\n"
	rule := parse(b, text)
	for b.Loop() {
		edits := append(must(InsertDetection(rule, "", block)), must(ExtendCondition(rule, "not 1 of filter_main_*"))...)
		if _, err := Apply([]byte(text), edits); err != nil {
			b.Fatal(err)
		}
	}
}
