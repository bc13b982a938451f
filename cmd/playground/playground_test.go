package playground

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/cmd/playground/page"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

const rule = `title: Listing of Open Files
id: 7b9b1f0e-6a37-4b52-9c3c-2a8e0f4d5c11
status: test
description: Detects a program that lists open files
references:
    - https://example.org/
author: tests
date: 2026-01-15
tags:
    - attack.discovery
    - attack.t1049
logsource:
    product: linux
    category: process_creation
detection:
    selection:
        Image|endswith:
            - '/lsof'
            - '/netstat'
    condition: selection
falsepositives:
    - netstat started by monit
level: low
`

type answer struct {
	Lint struct {
		Findings []struct{ Code string }
	}
	Prove struct {
		Rules []struct{ Matches struct{ Verdict string } }
	}
	Tune struct {
		Scenarios []struct{ Verdict string }
		RuleAfter *string `json:"rule_after"`
	}
}

func read(t *testing.T, out Response) (a answer) {
	t.Helper()
	for part, into := range map[string]struct {
		text json.RawMessage
		to   any
	}{"lint": {out.Lint, &a.Lint}, "prove": {out.Prove, &a.Prove}, "tune": {out.Tune, &a.Tune}} {
		if into.text == nil {
			continue
		}
		if err := json.Unmarshal(into.text, into.to); err != nil {
			t.Errorf("%s: %v", part, err)
		}
	}
	return a
}

func TestAnswer(t *testing.T) {
	hunt, err := os.ReadFile("../../testdata/hunt/system-network-connections-discovery.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, text, code, verdict string
		recovered, filter         bool
	}{
		{"a good rule", rule, "", "yes", false, true},
		{"a rule that never matches", strings.Replace(rule, "condition: selection", "condition: selection and not selection", 1), "SIG0801", "no", false, false},
		{"half a rule", "title: half\ndetection:\n  a: {b: ", "SIG0101", "", false, false},
		{"nothing", "", "SIG0104", "", false, false},
		{"a hunting page", string(hunt), "", "yes", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := Answer(Request{Text: test.text}, today)
			a := read(t, out)
			code, verdict := "", ""
			if len(a.Lint.Findings) > 0 {
				code = a.Lint.Findings[0].Code
			}
			if len(a.Prove.Rules) > 0 {
				verdict = a.Prove.Rules[0].Matches.Verdict
			}
			if code != test.code || verdict != test.verdict || out.Recovered != test.recovered || (a.Tune.RuleAfter != nil) != test.filter {
				t.Errorf("finding %q, verdict %q, recovered %v, filter %v; wanted %+v\n%s", code, verdict, out.Recovered, a.Tune.RuleAfter != nil, test, out.Errors)
			}
		})
	}
}

func TestAnswerToTooMuch(t *testing.T) {
	out := Answer(Request{Text: strings.Repeat("#", MaxText+1)}, today)
	if len(out.Errors) != 1 || out.Lint != nil {
		t.Errorf("answered %+v", out)
	}
}

// The page loads nothing, and no text of it ends the script that holds it.
func TestPage(t *testing.T) {
	html, err := page.Render("// a runtime </script>", "cHJvZ3JhbQ==", "a page </script>")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(html), "</script>"); n != 2 {
		t.Errorf("%d scripts end, wanted 2", n)
	}
	for _, mark := range []string{"/*style*/", "/*texts*/", "/*play*/", "<!--program-->"} {
		if strings.Contains(string(html), mark) {
			t.Errorf("%s was not filled in", mark)
		}
	}
	for _, load := range []string{"src=", "@import", "fetch(", "http-equiv=\"refresh\""} {
		if strings.Contains(string(html), load) {
			t.Errorf("the page holds %q", load)
		}
	}
}
