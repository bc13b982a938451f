package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const netstatRule = `title: Connections Listed
id: 1d4f6a56-11e0-4c7e-9c0d-2f9d5b8f7a21
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\netstat.exe'
    condition: selection
level: low
`

// The events object, with everything in it, follows the schema.
func TestTuneEventsJSONFollowsItsSchema(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	event := func(n int, image, parent string) string {
		return fmt.Sprintf(`{"EventID":1,"UtcTime":"2026-01-0%d 08:00:00.000","Computer":"H%d","Image":"C:\\Windows\\System32\\%s","ParentImage":"%s"}`+"\n", 1+n%9, n, image, strings.ReplaceAll(parent, `\`, `\\`))
	}
	fp := event(1, "netstat.exe", `C:\Program Files\Monitor\probe.exe`) + event(2, "netstat.exe", `C:\Program Files\Monitor\probe.exe`) +
		event(3, "net.exe", `C:\Program Files\Monitor\probe.exe`) + event(4, "netstat.exe", `C:\Users\ann\Downloads\tool.exe`) + event(5, "netstat.exe", `C:\Temp\evil.exe`)
	tp := event(5, "netstat.exe", `C:\Temp\evil.exe`)
	var out struct {
		Events struct {
			FP struct {
				Given, Excluded, Silent, Contradicted, Distinct int
				Uncovered                                       []struct{ Count int }
			}
			TP       struct{ Given, Kept int }
			Baseline *struct{ Given, Fires, Kept int }
			WhyNot   []struct{ Field string } `json:"why_not"`
			Notes    []string
		}
	}
	got := sigtune("", "tune", write("rule.yml", netstatRule), "--fp", write("fp.ndjson", fp), "--tp", write("tp.ndjson", tp), "--baseline", write("all.ndjson", fp), "--format", "json")
	follows(t, "tune.schema.json", got.stdout, &out)
	e := out.Events
	if e.FP.Given != 5 || e.FP.Excluded != 2 || e.FP.Silent != 1 || e.FP.Contradicted != 1 || len(e.FP.Uncovered) != 1 || e.TP.Given != 1 || e.TP.Kept != 1 ||
		e.Baseline == nil || e.Baseline.Fires != 4 || len(e.WhyNot) == 0 || len(e.Notes) == 0 {
		t.Errorf("%+v\n%s", e, got.stderr)
	}
}
