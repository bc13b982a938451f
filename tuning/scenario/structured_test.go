package scenario

import (
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
