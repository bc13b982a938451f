package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigtune/sigtune/rules/source"
)

var testDay = time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)

func chosen(checks []*Check) map[*Check]bool {
	ran := map[*Check]bool{}
	for _, c := range checks {
		ran[c] = true
	}
	return ran
}

// marked makes a finding of a check at every occurrence of its code in angle brackets: `<0904>` stands where the finding begins.
func marked(t testing.TB, text string) (*source.File, []Finding, []Directive) {
	t.Helper()
	type mark struct {
		at   int
		code string
	}
	var marks []mark
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			break
		}
		marks = append(marks, mark{i, text[i+1 : i+5]})
		text = text[:i] + text[i+6:]
	}
	f, found := directives(t, text)
	var findings []Finding
	for _, m := range marks {
		c := Find(catalogue, m.code)
		findings = append(findings, Finding{Check: c, Severity: c.Severity, File: f, Span: source.Span{Start: m.at, End: m.at + 1}, Message: "found"})
	}
	return f, findings, found
}

// outline lists what is shown and what is silenced, by code and line.
func outline(f *source.File, kept, suppressed []Finding) string {
	var out []string
	for _, k := range kept {
		out = append(out, fmt.Sprintf("%s:%d", k.Check.Code[3:], f.Pos(k.Span.Start).Line))
	}
	for _, s := range suppressed {
		out = append(out, fmt.Sprintf("(%s:%d)", s.Check.Code[3:], f.Pos(s.Span.Start).Line))
	}
	return strings.Join(out, " ")
}

func TestWhatADirectiveSilences(t *testing.T) {
	for _, c := range []struct {
		name, text string
		policy     Policy
		without    []string // checks that did not run
		want       string   // shown findings by code and line; silenced ones in brackets
	}{
		{name: "its check on its line", text: "a: <0904>1 # sigtune:ignore SIG0904 -- r\nb: <0904>2\n", want: "0904:2 (0904:1)"},
		{name: "no other check", text: "a: <0905><0904>1 # sigtune:ignore SIG0904 -- r\n", want: "0905:1 (0904:1)"},
		{name: "every check", text: "a: <0905><0904>1 # sigtune:ignore -- r\n", want: "1607:1 (0905:1) (0904:1)"},
		{name: "the next line", text: "# sigtune:ignore weak-branch -- r\na: <0904>1\nb: <0904>2\n", want: "0904:3 (0904:2)"},
		{name: "two directives above one line", text: "# sigtune:ignore SIG0904 -- r\n# sigtune:ignore SIG0905 -- r\na: <0904><0905>1\n", want: "(0904:3) (0905:3)"},
		{name: "the document only", text: "title: x # sigtune:ignore-file SIG0904 -- r\na: <0904>1\nb: <0904>1\n---\nc: <0904>2\n", want: "0904:5 (0904:2) (0904:3)"},
		{name: "the file, for a peer", text: "a: <0904>1\n---\nb: <0904>2 # sigmalint: disable=FP001\n", want: "(0904:1) (0904:3)"},

		{name: "malformed silences nothing", text: "a: <0904>1 # sigtune:ignore SIG0904 r\n", want: "0904:1 1601:1"},
		{name: "an unknown code beside a known one", text: "a: <0904>1 # sigtune:ignore SIG0904,SIG0999 -- r\n", want: "1602:1 (0904:1)"},
		{name: "unused", text: "a: 1 # sigtune:ignore SIG0904 -- r\n", want: "1603:1"},
		{name: "unused in part", text: "a: <0905>1 # sigtune:ignore SIG0904,SIG0905 -- r\n", want: "1603:1 (0905:1)"},
		{name: "unused, but its check did not run", text: "a: 1 # sigtune:ignore SIG0904 -- r\n", without: []string{"0904"}, want: ""},
		{name: "unused, but of a peer", text: "a: 1 # sigmalint: disable=FP001\n", want: ""},
		{name: "redundant beside a narrower one", text: "a: <0904>1 # sigtune:ignore SIG0904 -- r\n# sigtune:ignore-file SIG0904 -- r\n", want: "1603:2 (0904:1)"},
		{name: "without reason", text: "a: <0904>1 # sigtune:ignore SIG0904\n", want: "1604:1 (0904:1)"},
		{name: "a reason is required", text: "a: <0904>1 # sigtune:ignore SIG0904\n", policy: Policy{RequireReason: true}, want: "0904:1 1604:1"},
		{name: "a reason is required of peers too", text: "a: <0904>1 # sigmalint: disable=FP001\n", policy: Policy{RequireReason: true}, want: "0904:1"},
		{name: "its last day", text: "a: <0904>1 # sigtune:ignore SIG0904 until=2026-11-23 -- r\n", want: "(0904:1)"},
		{name: "expired", text: "a: <0904>1 # sigtune:ignore SIG0904 until=2026-11-22 -- r\n", want: "0904:1 1605:1"},
		{name: "expired and nothing left to silence", text: "a: 1 # sigtune:ignore SIG0904 until=2026-11-22 -- r\n", want: "1603:1"},
		{name: "expired, and another one holds", text: "a: <0904>1 # sigtune:ignore SIG0904 until=2026-11-22 -- r\n# sigtune:ignore-file SIG0904 -- r\nb: <0904>1\n", want: "1605:1 (0904:1) (0904:3)"},
		{name: "the run cannot be silenced", text: "a: <0001>1 # sigtune:ignore internal-error -- r\n", want: "0001:1 1606:1"},
		{name: "broken YAML cannot be silenced", text: "a: <0101><0904>1 # sigtune:ignore SIG0101,SIG0904 -- r\n", want: "0101:1 1606:1 (0904:1)"},
		{name: "nor can directives", text: "a: <0904>1 # sigtune:ignore SIG1604,SIG0904\n", want: "1604:1 1606:1 (0904:1)"},
		{name: "everything but the run", text: "a: <0001><0904>1 # sigtune:ignore -- r\n", want: "0001:1 1607:1 (0904:1)"},
		{name: "protected by the policy", text: "a: <0904>1 # sigtune:ignore SIG0904 -- r\n", policy: Policy{Protected: map[string]bool{"SIG0904": true}}, want: "0904:1 1606:1"},
		{name: "switched off by the policy", text: "a: <0904>1 # sigtune:ignore SIG0904\n", policy: Policy{NoDirectives: true}, want: "0904:1 1606:1"},
		{name: "a document for one line", text: "title: x\na: <0904>1\n# sigtune:ignore-file SIG0904 -- r\n", want: "1607:3 (0904:2)"},
		{name: "a document for what it lacks", text: "<0301>title: x\na: 1\n# sigtune:ignore-file missing-id -- r\n", want: "(0301:1)"},
		{name: "far", text: "a: <0904>1 # sigtune:ignore SIG0904 until=2027-11-24 -- r\n", want: "1608:1 (0904:1)"},
		{name: "not far", text: "a: <0904>1 # sigtune:ignore SIG0904 until=2027-11-23 -- r\n", want: "(0904:1)"},
		{name: "the checks of directives did not run", text: "a: <0904>1 # sigtune:ignore SIG0904,SIG0905\n", without: []string{"1603", "1604"}, want: "(0904:1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, findings, found := marked(t, c.text)
			ran := chosen(catalogue)
			for _, code := range c.without {
				ran[Find(catalogue, code)] = false
			}
			kept, suppressed := suppress(f, findings, found, c.policy, ran, testDay)
			if got := outline(f, kept, suppressed); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, s := range suppressed {
				if s.Suppressed == nil || s.Suppressed.By != ByDirective || f.Text(s.Suppressed.Span)[0] != '#' {
					t.Errorf("%+v does not say by whom", s.Suppressed)
				}
			}
			for _, k := range kept {
				if k.Suppressed != nil || k.File != f || len(k.Message) > 140 || k.Check.Family() == suppressionFamily && k.Place.Value == "" {
					t.Errorf("%+v", k)
				}
			}
		})
	}
}

func TestFixesOfDirectives(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"at the end of a line", "a: 1  # sigtune:ignore SIG0904 -- r\nb: 2\n", "a: 1\nb: 2\n"},
		{"a line of its own", "a: 1\n  # sigtune:ignore SIG0904 -- r\nb: 2\n", "a: 1\nb: 2\n"},
		{"with CRLF", "a: 1\r\n# sigtune:ignore SIG0904 -- r\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"},
		{"the last line", "a: 1\n# sigtune:ignore SIG0904 -- r", "a: 1\n"},
		{"behind another comment", "a: 1\n# why # sigtune:ignore SIG0904 -- r\nb: 2\n", "a: 1\n# why\nb: 2\n"},
		{"the first of a list", "a: <0905>1 # sigtune:ignore SIG0904, SIG0905 -- r\n", "a: 1 # sigtune:ignore SIG0905 -- r\n"},
		{"the last of a list", "a: <0905>1 # sigtune:ignore SIG0905,SIG0904 -- r\n", "a: 1 # sigtune:ignore SIG0905 -- r\n"},
		{"the outer ones of a list", "a: <0905>1 # sigtune:ignore SIG0904,SIG0905,SIG0301 until=2027-01-01 -- r\n", "a: 1 # sigtune:ignore SIG0905 until=2027-01-01 -- r\n"},
		{"the nearest name", "a: <0904>1 # sigtune:ignore waek-branch -- r\n", "a: 1 # sigtune:ignore weak-branch -- r\n"},
		{"what cannot be silenced", "a: <0904>1 # sigtune:ignore SIG0101,SIG0904 -- r\n", "a: 1 # sigtune:ignore SIG0904 -- r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, findings, found := marked(t, c.text)
			kept, _ := suppress(f, findings, found, Policy{}, chosen(catalogue), testDay)
			got := string(f.Data)
			for _, k := range slices.Backward(kept) {
				if k.Fix != nil {
					if safe := k.Check.Name != UnknownCheck; k.Fix.Safe != safe {
						t.Errorf("%s: safe is %v", k.Check.Name, k.Fix.Safe)
					}
					for _, e := range slices.Backward(k.Fix.Edits) {
						got = got[:e.Span.Start] + e.New + got[e.Span.End:]
					}
				}
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestWithoutDirectivesNothingChanges(t *testing.T) {
	f, findings, found := marked(t, "a: <0904>1 # an ordinary comment\n")
	kept, suppressed := suppress(f, findings, found, Policy{}, nil, testDay)
	if len(kept) != 1 || suppressed != nil || &kept[0] != &findings[0] {
		t.Error("findings were copied or lost")
	}
}

func TestPeers(t *testing.T) {
	counts := map[string]int{}
	for i, p := range Peers {
		counts[p.Tool]++
		if i > 0 && Peers[i-1].Tool == p.Tool && Peers[i-1].ID >= p.ID {
			t.Errorf("%s %s is out of order or twice", p.Tool, p.ID)
		}
		for _, code := range p.Codes {
			if len(code) != len("SIG0000") {
				t.Errorf("%s %s has the code %q", p.Tool, p.ID, code)
			}
		}
		if len(p.Codes) == 0 {
			t.Errorf("%s %s has no code", p.Tool, p.ID)
		}
	}
	want := map[string]int{PySigma: 31, PySigmaSigmaHQ: 49, SigmaHQTests: 14, Yamllint: 17, Rsigma: 73, Sigmalint: 25}
	for tool, n := range want {
		if counts[tool] != n {
			t.Errorf("%s has %d ids, want %d", tool, counts[tool], n)
		}
	}
	if p := FindPeers(PySigma, "ATTACKTAG"); len(p) != 1 || strings.Join(p[0].Codes, " ") != "SIG0402 SIG0404 SIG0405 SIG0406 SIG0407" {
		t.Errorf("%+v", p)
	}
}
