package schema

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
	"github.com/sigtune/sigtune/rules/source"
)

func TestReadDay(t *testing.T) {
	for text, want := range map[string]string{
		"2024-01-31":             "2024-01-31",
		" 2024-01-31 ":           "2024-01-31",
		"2024/1/5":               "2024-01-05",
		"2024.01.05":             "2024-01-05",
		"20240105":               "2024-01-05",
		"2024-01-05 10:20":       "2024-01-05",
		"2024-01-05T10:20:30.5Z": "2024-01-05",
		"2024/01/05 10:20 +0100": "2024-01-05",
		"2000-02-29":             "2000-02-29",
		"1900-02-29":             "! the year is not between 1970 and 2099",
		"2100-01-01":             "! the year is not between 1970 and 2099",
		"2023-02-29":             "! February 2023 has 28 days",
		"2024-04-31":             "! April 2024 has 30 days",
		"2024-00-10":             "! there is no month 0",
		"2024-13-01":             "! there is no month 13",
		"2024-01-00":             "! January 2024 has 31 days",
		"05/01/2024":             "! nobody can tell day and month apart",
		"5.1.24":                 "! nobody can tell day and month apart",
		"Jan 5, 2024":            "! it is not a date",
		"2024":                   "! it is not a date",
		"":                       "! it is not a date",
	} {
		canonical, reason := readDay(text)
		got := canonical
		if reason != "" {
			got = "! " + reason
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// repairs gives the repairs of all documents of a text, as the text that each makes.
func repairs(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	documents, _ := rules.Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
	for _, d := range documents {
		for _, p := range Validate(d) {
			if p.Fix != nil {
				out = append(out, apply(t, text, p.Fix))
			}
		}
	}
	return out
}

func TestRepairKeepsTheLineBreaksOfTheFile(t *testing.T) {
	windows := strings.ReplaceAll(cleanRule, "\n", "\r\n")
	broken := strings.Replace(windows, "tags:\r\n    - attack.persistence", "tags: attack.persistence", 1)
	if got := repairs(t, broken); len(got) != 1 || got[0] != windows {
		t.Errorf("%q", got)
	}
	broken = strings.Replace(windows, "level: high\r\n", "level: high\r\nlicense:\r\n", 1)
	broken = strings.Replace(broken, "license: DRL-1.1\r\n", "", 1)
	if got := repairs(t, broken); len(got) != 1 || got[0] != strings.Replace(windows, "license: DRL-1.1\r\n", "", 1) {
		t.Errorf("%q", got)
	}
}

// What stands elsewhere belongs to others as well: it is reported, and left alone.
func TestNoRepairOfSharedText(t *testing.T) {
	for name, text := range map[string]string{
		"template of a collection": "action: global\ntitle: A\nlevel: High\nlogsource: {product: x}\n---\ndetection:\n    a: {b: c}\n    condition: a\n",
		"merge key":                "x: &x {level: High}\n<<: *x\ntitle: A\nlogsource: {product: x}\ndetection:\n    a: {b: c}\n    condition: a\n",
		"anchor":                   "level: &x High\nstage: *x\ntitle: A\nlogsource: {product: x}\ndetection:\n    a: {b: c}\n    condition: a\n",
	} {
		documents, _ := rules.Parse(source.Parse("rule.yml", []byte(text), source.Limits{}))
		found := false
		for _, p := range Validate(documents[len(documents)-1]) {
			found = found || p.Kind == InvalidLevel
			if p.Fix != nil {
				t.Errorf("%s: %s has the repair %+v", name, p.Kind, p.Fix)
			}
		}
		if !found {
			t.Errorf("%s: the level was not reported", name)
		}
	}
}
