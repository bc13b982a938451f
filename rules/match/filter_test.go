package match

import (
	"strings"
	"testing"

	"github.com/sigtune/sigtune/rules"
)

const filteredRule = `title: T
id: 6f3e2987-db24-4c78-a860-b4f4095a7095
name: the_rule
logsource:
  category: process_creation
  product: windows
detection:
  sel:
    a: 1
  filter:
    b: 1
  condition: sel and not filter
`

func filterDocument(logsource, reference, detections string) string {
	return "title: F\nlogsource: " + logsource + "\nfilter:\n  rules: " + reference + "\n" + indent(detections, "  ")
}

const keepsC = "filter:\n  c: 1\ncondition: not filter"

func parseFilters(t testing.TB, texts ...string) []*rules.Filter {
	t.Helper()
	var filters []*rules.Filter
	for _, text := range texts {
		f, ok := parse(t, text)[0].(*rules.Filter)
		if !ok {
			t.Fatalf("no filter:\n%s", text)
		}
		filters = append(filters, f)
	}
	return filters
}

func TestFiltersApplyByLogsourceAndReference(t *testing.T) {
	r := parseRule(t, filteredRule)
	for _, tc := range []struct{ logsource, reference, refusal string }{
		{"{category: process_creation}", "[the_rule]", ""},
		{"{product: windows}", "[other, 6F3E2987-DB24-4C78-A860-B4F4095A7095]", ""},
		{"{category: process_creation, product: windows, definition: d}", "any", ""},
		{"{product: windows}", "ANY", ""},
		{"{product: linux}", "any", "the filter is for product 'linux', the rule for 'windows'"},
		{"{service: sysmon}", "any", "the filter is for service 'sysmon', and the rule sets no service"},
		{"{product: windows}", "[T]", "the filter names neither"},
		{"{product: windows}", "[THE_RULE]", "the filter names neither"},
		{"{product: windows}", "[]", "the filter names neither"},
		{"{definition: d}", "any", "the filter has no log source"},
	} {
		f := parseFilters(t, filterDocument(tc.logsource, tc.reference, keepsC))[0]
		switch err := Applies(f, r); {
		case tc.refusal == "" && err != nil:
			t.Errorf("%s %s: %v", tc.logsource, tc.reference, err)
		case tc.refusal != "" && (err == nil || !strings.HasPrefix(err.Error(), tc.refusal)):
			t.Errorf("%s %s: %v, want %q", tc.logsource, tc.reference, err, tc.refusal)
		}
	}
}

func TestFiltersAreAndedAsWritten(t *testing.T) {
	base := compile(t, filteredRule)
	const windows = "{product: windows}"
	m, err := base.With(parseFilters(t,
		filterDocument(windows, "any", keepsC),                                // its `filter` is not the rule's
		filterDocument(windows, "any", "sel:\n  d: 1\ncondition: sel"),        // no negation: keeps only these
		filterDocument("{product: linux}", "any", "s:\n  z: 1\ncondition: s"), // does not apply
	)...)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Filters) != 2 || len(base.Filters) != 0 {
		t.Errorf("%d filters apply, and %d to the base", len(m.Filters), len(base.Filters))
	}
	check(t, base, `{"a":1,"c":1}`, true)
	check(t, m, `{"a":1,"d":1}`, true)
	check(t, m, `{"a":1}`, false)
	check(t, m, `{"a":1,"d":1,"c":1}`, false)
	check(t, m, `{"a":1,"d":1,"b":1}`, false)
	check(t, m, `{"d":1}`, false)
}

func TestAFilterThatCannotBeEvaluatedIsAnError(t *testing.T) {
	base := compile(t, filteredRule)
	for detections, want := range map[string]string{
		"s:\n  c|nope: 1\ncondition: s":           "the filter 'F': ",
		"s:\n  c: 1\ncondition: [s, not s]":       "has several conditions",
		"s:\n  c|expand: '%x%'\ncondition: not s": "%x%",
	} {
		_, err := base.With(parseFilters(t, filterDocument("{product: windows}", "any", detections))...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", detections, err, want)
		}
	}
}

func TestFiltersUseThePlaceholdersOfTheRule(t *testing.T) {
	base := compile(t, filteredRule, WithPlaceholders(map[string][]string{"x": {"v"}}))
	m, err := base.With(parseFilters(t, filterDocument("{product: windows}", "any", "s:\n  c|expand: '%x%'\ncondition: not s"))...)
	if err != nil {
		t.Fatal(err)
	}
	check(t, m, `{"a":1,"c":"V"}`, false)
	check(t, m, `{"a":1,"c":"w"}`, true)
}
